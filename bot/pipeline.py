"""The way of the data, on one page.

::

    config ──> sources ──> fetch ──> parse ──> entries ──> known? ──> article ──> policy changes ──> story ──> outbox ──> Slack
                                                                                                                │
               poll ───────────────────────────────────────────────────────────────────────────────────> take_in   deliver

Each step is one call into a room; what goes from one to the next is a frozen value (:mod:`bot.model`). Network waits are
awaited here; everything else is an ordinary function in a thread. Times come from the parts' clock.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from bot import intake, sources
from bot.alerts.delivery import Courier, RoundReport, deliver_round
from bot.alerts.ports import SenderPort
from bot.intake import AlreadyKnown, Desk, Edit, Judged, Stored
from bot.model import Entry, Failure, FailureKind, Fetched, Reading, Source, SourceKind, SourceState, TextOrigin
from bot.pool import Pool
from bot.rendering import StoreRenderer
from bot.settling import Settled, Settler, keep_warnings, owe_notice, settle
from bot.sources import learning
from bot.sources.articles import ArticlePage, extract, fetch_article
from bot.sources.http import Fetcher
from bot.sources.robots import Robots
from bot.sources.urls import host_of
from bot.store.articles import Wanted
from bot.store.outbox_desk import OutboxDesk
from bot.telling import Told
from bot.wiring import Judgement, Parts

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""A poll or page that takes longer belongs to whoever claims it next."""
PAGES_AT_ONCE, PAGES_OF_ONE_HOST = 16, 2
"""Article pages read at the same time, in all and of one host: the others of it come when these are done."""
LARGE, LARGE_UNKNOWN = 256 * 1024, 24 * 1024
"""Bytes from which a document is read in a process: one of which nothing is known takes far longer."""
MAY_BE_DANGEROUS = 1024 * 1024
"""Bytes from which a document is never read in this process."""
FEW = 3
"""Items never read before that are taken for new entries, as they nearly always are, where all others of a document were
read before: that storing them tells it saves looking them up first, a tenth of such a poll."""
STORED_AT_ONCE = 100
"""Entries in one transaction: they hold up everybody else for about a second at most."""
PAGE_RETRIES = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
"""Waits before an article's page is tried again; after the last it is given up and the feed's text stands."""


class Polled(NamedTuple):
    """What one poll of one source gave."""

    source: Source
    failure: Failure | None = None
    entries: int = 0
    """Entries in the document."""
    told: tuple[Told, ...] = ()
    """What became of each new entry."""
    edited: tuple[Told, ...] = ()
    """What became of known entries whose words were edited."""
    baseline: bool = False


async def poll(
    parts: Parts,
    fetcher: Fetcher,
    source: Source,
    state: SourceState,
    *,
    pool: Pool | None = None,
    settler: Settler | None = None,
) -> Polled:
    """Poll one claimed source: what it brought is stored together with what follows from it, or not at all.

    Args:
        parts: What we work with.
        fetcher: Gets it.
        source: What the configuration says.
        state: As claimed.
        pool: Processes for large documents; None: they are read in a thread.
        settler: Takes a poll without news, to store it with others; None: it is stored at once.
    """
    judgement = parts.live.get()
    state = learning.current(source, state)
    target = learning.target(source, state)
    fetched = await fetcher.fetch(target.url, target.validators, now=parts.clock(), known_as=source.url)
    done: Polled | Settled
    if isinstance(fetched, Failure):
        done = _failed(judgement, source, state, fetched, parts.clock())
    elif isinstance(known := sources.read_known(source, state, fetched), Reading):
        done = _digest(parts, judgement, source, state, fetched, known)  # nothing to look up: not worth a thread
    else:
        async with pool.results if pool is not None else nullcontext():
            reading = known or await _read_elsewhere(parts, pool, source, state, fetched)
            if isinstance(reading, Reading):
                fetched = fetched._replace(body=b"")  # nobody looks at it again
            store = pool.storing.call if pool is not None else asyncio.to_thread
            done = await store(_digest, parts, judgement, source, state, fetched, reading)
    if isinstance(done, Polled):
        return done
    if settler is None:
        await asyncio.to_thread(settle, parts, [done])
    else:
        await settler.add(done)
    total = 0 if done.reading is None else done.reading.total
    return Polled(source, done.failure, total, baseline=done.failure is None and state.baseline_at is None)


async def _read_elsewhere(
    parts: Parts, pool: Pool | None, source: Source, state: SourceState, fetched: Fetched
) -> Reading | Failure | None:
    """Read a large document in a process; None: it is small, or known but for a few items, and is read where it is judged."""
    size = len(fetched.body)
    if pool is None or size < (LARGE if state.known_slices else LARGE_UNKNOWN):
        return None
    previous = await asyncio.to_thread(_previous, parts, source)
    return await pool.run(
        sources.read, source, state, fetched, parts.clock(), previous, isolated=size >= MAY_BE_DANGEROUS
    )


def _previous(parts: Parts, source: Source) -> bytes | None:
    """The last stored version of a document."""
    if source.kind is not SourceKind.DOCUMENT:
        return None
    with parts.store.reading() as tx:
        return tx.documents.newest(source.id)


def _digest(
    parts: Parts,
    judgement: Judgement,
    source: Source,
    state: SourceState,
    fetched: Fetched,
    reading: Reading | Failure | sources.Sliced | None = None,
) -> Polled | Settled:
    """Read what was fetched, unless that was done already or in part, judge what is new in it, and store it."""
    now = parts.clock()
    if isinstance(reading, sources.Sliced):
        reading = sources.read(source, state, fetched, now, cut=reading)
    elif reading is None:
        previous = None if fetched.not_modified else _previous(parts, source)
        reading = sources.read(source, state, fetched, now, previous)
    if isinstance(reading, Failure):
        return _failed(judgement, source, state, reading, now)
    if 0 < len(reading.entries) <= FEW and reading.total > len(reading.entries):
        likely = [intake.judge(judgement, source, entry, now) for entry in reading.entries]
        with suppress(AlreadyKnown):  # edited words, or another item under a known id: looked up below
            return _take_in(parts, judgement, source, state, fetched, reading, likely, now, all_new=True)
    new, edited = list[Entry](), list[Stored]()
    if reading.entries:
        with parts.store.reading() as tx:
            new, edited = intake.sort_out(tx, source, reading.entries)
    if not new and not edited and reading.snapshot is None:
        learned = learning.after_success(source, state, fetched, reading, (), now, judgement.cadence)
        return Settled(judgement, source, state, learned, reading=reading)
    judged = [
        *(intake.judge(judgement, source, entry, now) for entry in new),
        *(intake.judge_edit(judgement, source, stored, now) for stored in edited),
    ]
    return _take_in(parts, judgement, source, state, fetched, reading, judged, now)


def _take_in(
    parts: Parts,
    judgement: Judgement,
    source: Source,
    state: SourceState,
    fetched: Fetched,
    reading: Reading,
    judged: Sequence[Judged | Edit],
    now: datetime,
    *,
    all_new: bool = False,
) -> Polled:
    """Store what a poll brought: entries, articles, stories, deliveries and, with the last of them, the validators.

    Very many at once are stored in several transactions, because each holds the matching lock. A worker that dies between
    two has stored whole entries, and the validators tell the next poll that the rest is still to be read.

    Raises:
        AlreadyKnown: ``all_new`` was said, and one of them is not: nothing is stored.
    """
    new = sorted((one for one in judged if isinstance(one, Judged)), key=lambda one: one.article.published)
    ordered = [*new, *(one for one in judged if isinstance(one, Edit))]
    dates = tuple(one.entry.published for one in new)
    learned = learning.after_success(source, state, fetched, reading, dates, now, judgement.cadence)
    told, edited = list[Told](), list[Told]()
    for start in range(0, max(len(ordered), 1), STORED_AT_ONCE):
        part, last = ordered[start : start + STORED_AT_ONCE], start + STORED_AT_ONCE >= len(ordered)
        with parts.store.transaction(lock=bool(part)) as tx:
            ours = tx.sources.finish(learned.state, parts.owner) if last else tx.sources.holds(source.id, parts.owner)
            if not ours:
                log.warning("lease lost, another worker has polled", extra={"source": source.id})
                return Polled(source, told=tuple(told), edited=tuple(edited))
            desk = Desk(tx, judgement, source, state, now)
            told += desk.take([one for one in part if isinstance(one, Judged)], all_new=all_new)
            edited += desk.edited([one for one in part if isinstance(one, Edit)])
            if last:
                if reading.snapshot is not None:
                    tx.documents.add(source.id, reading.snapshot, now)
                owe_notice(tx, parts, Settled(judgement, source, state, learned))
                keep_warnings(tx, source, learned.warnings, now)
    for warning in learned.warnings:
        log.warning(warning, extra={"source": source.id})
    return Polled(source, None, reading.total, tuple(told), tuple(edited), baseline=state.baseline_at is None)


def take_failure(
    parts: Parts, judgement: Judgement, source: Source, state: SourceState, failure: Failure, now: datetime
) -> Polled:
    """Store that a poll failed: the source backs off, and operators are told when it enters another state."""
    settle(parts, [_failed(judgement, source, state, failure, now)])
    return Polled(source, failure)


def _failed(judgement: Judgement, source: Source, state: SourceState, failure: Failure, now: datetime) -> Settled:
    log.info("poll failed", extra={"source": source.id, "why": failure.detail})
    learned = learning.after_failure(source, state, failure, now, judgement.cadence)
    return Settled(judgement, source, state, learned, failure)


# --- article pages -----------------------------------------------------------------------------------------------------


async def read_pages(parts: Parts, fetcher: Fetcher, robots: Robots, pool: Pool | None = None) -> int:
    """Fetch the article pages that are due, as many as may be at once, and judge their articles again. Gives how many."""
    wanted = await asyncio.to_thread(claim_pages, parts, PAGES_AT_ONCE)
    await asyncio.gather(*(read_page(parts, fetcher, robots, pool, one) for one in wanted))
    return len(wanted)


def claim_pages(parts: Parts, limit: int, under_way: Iterable[str] = ()) -> list[Wanted]:
    """Lease article pages that are due, only a few of one host, so that a slow one keeps no others waiting.

    Args:
        parts: What we work with.
        limit: Most pages.
        under_way: Hosts of pages that are being read now, once for each.
    """
    busy = Counter(under_way)

    def fits(url: str) -> bool:
        host = host_of(url)
        busy[host] += 1
        return busy[host] <= PAGES_OF_ONE_HOST

    with parts.store.transaction() as tx:
        return tx.articles.claim_wanted(parts.owner, parts.clock(), LEASE, limit, fits)


async def read_page(parts: Parts, fetcher: Fetcher, robots: Robots, pool: Pool | None, wanted: Wanted) -> None:
    """Fetch one claimed article page and judge its article again."""
    fetched = await fetch_article(fetcher, robots, wanted.url, parts.clock())
    page: ArticlePage | Failure | None = fetched if isinstance(fetched, Failure) else None
    if isinstance(fetched, Fetched) and pool is not None and len(fetched.body) >= LARGE_UNKNOWN:
        isolated = len(fetched.body) >= MAY_BE_DANGEROUS
        page = await pool.run(extract, fetched, parts.clock(), isolated=isolated)
    await asyncio.to_thread(_take_page, parts, wanted, fetched, page)


def _take_page(parts: Parts, wanted: Wanted, fetched: Fetched | Failure, page: ArticlePage | Failure | None) -> None:
    """Store an article's page: its text, the new judgement and what follows from it, in one transaction."""
    now, judgement = parts.clock(), parts.live.get()
    if page is None:
        page = fetched if isinstance(fetched, Failure) else extract(fetched, now)
    with parts.store.reading() as tx:
        article, state = tx.articles.get(wanted.article_id), tx.sources.get(wanted.source_id)
    if article is None or isinstance(page, Failure):
        detail = page.detail if isinstance(page, Failure) else "the article is gone"
        with parts.store.transaction() as tx:
            tx.articles.page_failed(wanted.article_id, _retry_at(page, wanted.attempts, now), detail)
        return
    named = intake.named_by_page(article, page)
    article = intake.with_page(article, page)
    analysis, fingerprint = intake.examine(judgement, article)
    source = judgement.sources.get(wanted.source_id)
    with parts.store.transaction(lock=True) as tx:
        tx.articles.page_done(wanted.article_id)
        if source is not None and state is not None and article.text_origin is TextOrigin.PAGE:
            state = state._replace(last_ok_at=wanted.source_ok_at)  # as it was when the article came
            desk = Desk(tx, judgement, source, state, now)
            other = tx.articles.find(named) if named else None
            if other is not None and not tx.stories.for_article(wanted.article_id):
                desk.page_of(article, other)
            else:
                desk.page_arrived(article, analysis, fingerprint)


def page_crashed(parts: Parts, wanted: Wanted, error: BaseException) -> None:
    """Record a page that broke in our own code, so that it is tried again later and given up in the end."""
    detail = f"an error of Policywatch itself while reading it ({type(error).__name__})"
    _take_page(parts, wanted, Failure(FailureKind.INTERNAL, detail), None)


def _retry_at(page: ArticlePage | Failure, attempts: int, now: datetime) -> datetime | None:
    if not isinstance(page, Failure) or attempts >= len(PAGE_RETRIES):
        return None
    if page.kind.value in {"no_text", "gone", "bad_url", "refused_address"} or page.status in {401, 403, 404, 410, 451}:
        return None
    if page.kind.value == "robots" and page.retry_after is None:
        return None
    return max(now + PAGE_RETRIES[attempts], page.retry_after or now)


# --- out ---------------------------------------------------------------------------------------------------------------


async def deliver(parts: Parts, sender: SenderPort, stopping: Callable[[], bool] = lambda: False) -> RoundReport:
    """Send what is due, each delivery rendered from the story as it is now; begin nothing new once ``stopping``."""
    judgement = parts.live.get()
    renderer = StoreRenderer(parts.store, judgement.place_names, parts.settings.public_url, parts.clock)
    desk = OutboxDesk(parts.store)
    courier = Courier(desk, sender, renderer, parts.clock, parts.owner, judgement.delivery)
    return await deliver_round(courier, stopping)
