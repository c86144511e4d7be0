"""The worker: APScheduler only ticks; what is due stands in tables.

Ticks: `poll` claims due sources and starts their polls as tasks, `settle` stores those that brought nothing new, `pages` reads wanted article pages, `deliver` runs delivery rounds, `digests`
enqueues what is due, `reload` looks at the config files (and says the welcome line once), `beat` writes the heartbeat, `upkeep` re-analyses and prunes. A tick that finds nothing
to do costs one indexed query. Expected failures are values and recorded; a database that does not answer is waited for; any other
storage error stops the worker (a supervisor restarts it), because going on would lose what it promises to keep.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import pipeline, upkeep
from bot.alerts.ports import SenderPort
from bot.config.watch import Watcher
from bot.errors import StoreError, StoreUnavailable
from bot.model import Source, SourceState
from bot.pool import Pool
from bot.settling import Settler
from bot.sources.http import Fetcher
from bot.sources.robots import Robots
from bot.sources.urls import host_of
from bot.store.articles import Wanted
from bot.wiring import Parts

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=20)
"""How long polls and deliveries under way may go on after a stop is asked for."""
AHEAD = 4
"""Polls under way for each request that may run: most of them wait for their host's turn, and a host must not fill them all."""
SLOW_SHARE = 3
"""One in so many requests may be that of a source known to be slow; article pages take up to half, the rest is for the quick."""


class Worker:
    """Everything that happens by itself, in one event loop."""

    def __init__(self, parts: Parts, fetcher: Fetcher, sender: SenderPort) -> None:
        self._parts = parts
        self._fetcher = fetcher
        self._sender = sender
        self._stop = asyncio.Event()
        self._fault: BaseException | None = None
        self._polls: set[asyncio.Task[None]] = set()
        self._slow_polls: set[asyncio.Task[None]] = set()
        self._pages_read: set[asyncio.Task[None]] = set()
        self._ticks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Event()
        self._robots = Robots(fetcher)
        self._pool = Pool()
        self._settler = Settler(parts)
        self._watcher = Watcher(parts.settings.config_dir, parts.settings.environ)
        self._welcomed = False

    def stop(self) -> None:
        """Begin nothing new; :meth:`run` returns when what is under way has ended."""
        self._stop.set()
        self._room.set()

    async def run(self) -> None:
        """Work until :meth:`stop`.

        Raises:
            StoreError: the database refuses to work (not merely unreachable).
        """
        await asyncio.to_thread(upkeep.start_up, self._parts)
        await asyncio.to_thread(upkeep.spread_out, self._parts)
        gc.freeze()  # vocabulary and configuration stay for good: walking through them again and again takes 0.2 s each time
        scheduler = AsyncIOScheduler(
            timezone="UTC",
            # A late tick is as good as a punctual one: the tables say what is due.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        ticks: list[tuple[Callable[[], Awaitable[None]], float]] = [
            (self._poll, 1),
            (self._settle, 1),
            (self._pages, 2),
            (self._deliver, 1),
            (self._digests, 30),
            (self._reload, 5),
            (self._beat, 20),
            (self._upkeep, 60),
        ]
        for tick, seconds in ticks:
            scheduler.add_job(self._guarded(tick), "interval", seconds=seconds, id=tick.__name__.strip("_"))
        await self._guarded(self._beat)()
        scheduler.start()
        log.info("worker started", extra={"owner": self._parts.owner})
        try:
            await self._stop.wait()
        finally:
            scheduler.pause()  # shutting it down at once would cancel a Slack call whose outcome we would then not know
            await self._wind_down()
            scheduler.shutdown(wait=False)
        if self._fault is not None:
            raise self._fault

    async def _wind_down(self) -> None:
        under_way = self._polls | self._pages_read | self._ticks
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=GRACE.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._pool.close()
        try:
            await self._settler.flush()
        except StoreError as error:
            log.warning("last polls not stored, they are repeated", extra={"error": str(error)})
        log.info("worker stopped")

    def _guarded(self, tick: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def guarded() -> None:
            task = asyncio.current_task()
            if self._stop.is_set() or task is None:
                return
            self._ticks.add(task)
            try:
                await tick()
            except StoreUnavailable as error:
                log.warning("database does not answer, trying again", extra={"error": str(error)})
            except StoreError as error:
                self._fail(error)
            except Exception:
                log.exception("tick failed", extra={"tick": tick.__name__.strip("_")})
            finally:
                self._ticks.discard(task)

        return guarded

    def _fail(self, error: StoreError) -> None:
        log.error("database refuses to work, stopping", extra={"error": str(error)})
        self._fault = error
        self._stop.set()

    # --- ticks -------------------------------------------------------------------------------------------------------

    async def _poll(self) -> None:
        """Start a task for each due source, until all that is due is under way.

        Slow ones delay no other: those that answered slowly last time hold a third of the requests at most, and wait in the tables.
        """
        while not self._stop.is_set():
            most = AHEAD * self._parts.config.settings.fetch.concurrency
            free = most - len(self._polls)
            if free > 0:
                crowded, slow = self._fetcher.gates.crowded(), self._slow()
                room = max(self._fetcher.limits.in_all // SLOW_SHARE, 1) - len(self._slow_polls)
                claimed = await asyncio.to_thread(
                    upkeep.claim_due, self._parts, free, crowded=crowded, slow=slow, room_for_slow=room
                )
                for source, state in claimed:
                    task = asyncio.create_task(self._poll_one(source, state), name=f"poll {source.id}")
                    self._polls.add(task)
                    if source.id in slow:
                        self._slow_polls.add(task)
                    task.add_done_callback(self._polled)
                if len(claimed) < free:
                    return
            self._room.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), 1)

    def _slow(self) -> set[str]:
        """Sources that answered slowly when they were last asked."""
        laggards = self._fetcher.laggards
        return {source.id for source in self._parts.config.sources if source.url in laggards} if laggards else set()

    def _polled(self, task: asyncio.Task[None]) -> None:
        self._polls.discard(task)
        self._slow_polls.discard(task)
        if 2 * len(self._polls) <= AHEAD * self._parts.config.settings.fetch.concurrency:
            self._room.set()

    async def _poll_one(self, source: Source, state: SourceState) -> None:
        try:
            await pipeline.poll(self._parts, self._fetcher, source, state, pool=self._pool, settler=self._settler)
        except StoreUnavailable as error:
            log.warning("poll not stored, its lease will run out", extra={"source": source.id, "error": str(error)})
        except StoreError as error:
            self._fail(error)
        except Exception as error:
            log.exception("poll failed", extra={"source": source.id})
            await asyncio.to_thread(upkeep.poll_crashed, self._parts, source, state, error)

    async def _settle(self) -> None:
        await self._settler.flush()

    async def _pages(self) -> None:
        """Start a task for each due page while there is room; a slow one delays no other."""
        free = pipeline.PAGES_AT_ONCE - len(self._pages_read)
        if free <= 0:
            return
        under_way = [task.get_name() for task in self._pages_read]
        for wanted in await asyncio.to_thread(pipeline.claim_pages, self._parts, free, under_way):
            task = asyncio.create_task(self._page_one(wanted), name=host_of(wanted.url))
            self._pages_read.add(task)
            task.add_done_callback(self._pages_read.discard)

    async def _page_one(self, wanted: Wanted) -> None:
        try:
            await pipeline.read_page(self._parts, self._fetcher, self._robots, self._pool, wanted)
        except StoreUnavailable as error:
            log.warning("page not stored, its lease will run out", extra={"url": wanted.url, "error": str(error)})
        except StoreError as error:
            self._fail(error)
        except Exception as error:
            log.exception("page failed", extra={"url": wanted.url})
            await asyncio.to_thread(pipeline.page_crashed, self._parts, wanted, error)

    async def _deliver(self) -> None:
        await pipeline.deliver(self._parts, self._sender, self._stop.is_set)

    async def _digests(self) -> None:
        await asyncio.to_thread(upkeep.enqueue_digests, self._parts)
        await asyncio.to_thread(upkeep.remind, self._parts)

    async def _reload(self) -> None:
        if await asyncio.to_thread(upkeep.reload, self._parts, self._watcher):
            self._welcomed = False  # there may be channels that were never told
        if not self._welcomed:
            self._welcomed = await asyncio.to_thread(upkeep.welcome, self._parts)

    async def _beat(self) -> None:
        await asyncio.to_thread(upkeep.beat, self._parts, "worker")

    async def _upkeep(self) -> None:
        await asyncio.to_thread(upkeep.find_late, self._parts)
        await asyncio.to_thread(upkeep.reanalyse, self._parts)
        await asyncio.to_thread(upkeep.prune, self._parts)
        self._pool.rest()
