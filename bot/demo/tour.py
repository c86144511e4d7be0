"""The tour: five steps through the real pipeline, on sample outlets and a clock that runs through June 2020."""

from __future__ import annotations

import asyncio
import io
import json
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from bot import pipeline, upkeep
from bot.config.load import Config, load
from bot.demo.outlets import Outlet, OutletServer
from bot.history import moment
from bot.model import DeliveryState, Message, SendResult
from bot.queries import Reader
from bot.settings import Settings, read_settings
from bot.slack.terminal import TerminalSender
from bot.sources.http import Fetcher, FetchLimits
from bot.store import Store
from bot.telling import Told
from bot.web import Tracker, build_app
from bot.wiring import Live, Parts

CHANNEL = "C0POLICY00"
START = datetime(2020, 6, 8, 9, tzinfo=UTC)
PORTS = (8000, 8001, 8080, 0)
BREATH = 0.4
"""Seconds between steps on a terminal, so that eyes can follow; none in a pipe."""


class _Counting(TerminalSender):
    """Prints, and counts what Slack would have got."""

    posts = 0
    edits = 0

    @contextmanager
    def held(self) -> Iterator[io.StringIO]:
        """Keep what is printed meanwhile, to print it below the line that sums it up."""
        shown, kept = self._console, io.StringIO()
        self._console = Console(
            file=kept, width=shown.width, force_terminal=shown.is_terminal, highlight=False, soft_wrap=shown.soft_wrap
        )
        try:
            yield kept
        finally:
            self._console = shown

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> SendResult:
        self.posts += thread_ts is None
        return await super().post(channel, message, thread_ts=thread_ts, broadcast=broadcast)

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        self.edits += 1
        return await super().update(channel, ts, message)


@dataclass
class _Stage:
    """Everything the steps need."""

    console: Console
    server: OutletServer
    parts: Parts
    fetcher: Fetcher
    sender: _Counting
    clock: _Clock
    told: list[Told] = field(default_factory=list)

    async def at(self, now: datetime) -> list[Told]:
        """Let it be ``now``: poll every outlet, then deliver what is due."""
        self.clock.now = self.server.now = now
        claimed = await asyncio.to_thread(upkeep.claim, self.parts, [source.id for source in self.parts.config.sources])
        with self.console.status("polling …"):
            polled = await asyncio.gather(*(pipeline.poll(self.parts, self.fetcher, *each) for each in claimed))
        told = [each for one in polled for each in one.told]
        self.told += told
        await self.deliver()
        return told

    async def deliver(self) -> None:
        """Deliver until nothing is due, a second of the clock apart: Slack's pace in one channel."""
        while sum((await pipeline.deliver(self.parts, self.sender)).settled.values()):
            self.clock.now += timedelta(seconds=2)

    async def say(self, number: int, title: str, result: str = "") -> None:
        if self.console.is_terminal:
            await asyncio.sleep(BREATH)
        line = Text(f"{number} {title}", style="bold")
        self.console.print(line.append(f"    {result}", style="not bold") if result else line)

    def note(self, text: str) -> None:
        """A line under a step: broken between words on a terminal, whole in a pipe."""
        self.console.print(
            Padding(Text(text), (0, 0, 0, 2)) if self.console.is_terminal else Text(f"  {text}"),
            soft_wrap=not self.console.is_terminal,
        )


class _Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


async def tour(*, once: bool, console: Console | None = None) -> None:
    """Run the tour; then serve the tracker page until Ctrl-C, unless ``once``."""
    console = console or Console(highlight=False, soft_wrap=True)
    started = time.monotonic()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="policywatch-demo-")))
        server = await stack.enter_async_context(OutletServer())
        parts, clock = _parts(folder, server)
        stack.callback(parts.store.close)
        limits = FetchLimits(spacing=0, per_host=16)
        fetcher = await stack.enter_async_context(Fetcher("demo", allow_networks=["127.0.0.0/8"], limits=limits))
        sender = _Counting(console, channels={CHANNEL: "policy"}, clock=clock)
        stage = _Stage(console, server, parts, fetcher, sender, clock)
        console.print("Sample outlets, real June 2020 events. No Slack, no network.")
        await _steps(stage)
        stories, doubles = _outcome(parts)
        twice = "nothing twice" if not doubles else f"{doubles} twice"
        console.print(
            f"Finished in {time.monotonic() - started:.0f} s: {stories} stories, {sender.posts} messages, {twice}."
        )
        if not once:
            await _show(stack, console, parts)


async def _steps(stage: _Stage) -> None:
    await asyncio.to_thread(upkeep.start_up, stage.parts)
    await _first_poll(stage)
    await _news(stage)
    await _coverage(stage)
    await _silence(stage)
    await _moves(stage)


async def _first_poll(stage: _Stage) -> None:
    told = await stage.at(START)
    alerts = sum(one.alert in {"new", "stage"} for one in told)
    await stage.say(1, "First poll", f"{len(told)} old entries read, {alerts} alerts: no flood")


async def _news(stage: _Stage) -> None:
    await stage.say(2, "News arrives")
    stage.server.step = 2
    for now in _moments(stage, 2):
        await stage.at(now)


async def _coverage(stage: _Stage) -> None:
    others = sum(item.step == 3 for item in stage.server.items)
    stage.server.step = 3
    before = stage.sender.posts
    with stage.sender.held() as printed:
        await stage.at(_moments(stage, 3)[-1])
        stage.clock.now += timedelta(minutes=5)
        await stage.deliver()
    with stage.parts.store.reading() as tx:
        story = max((one.story for one in tx.reports.recent(curated=False).items), key=lambda each: each.source_count)
    result = f'same message: "{story.source_count} sources", {stage.sender.posts - before} pings'
    await stage.say(3, f"{others} more outlets report it", result)
    stage.console.file.write(printed.getvalue())


async def _silence(stage: _Stage) -> None:
    await stage.say(4, "Kept silent")
    stage.server.step = 4
    before = stage.sender.posts
    await stage.at(_moments(stage, 4)[-1])
    for item in stage.server.items:
        if item.step == 4:
            with stage.parts.store.reading() as tx:
                entry = tx.entries.by_url(f"{stage.server.base}/{item.outlet}/{item.slug}")[0]
            stage.note(f'"{item.title}": {entry.reason}')
    stage.note(f"{stage.sender.posts - before} pings")


async def _moves(stage: _Stage) -> None:
    await stage.say(5, "A city ban moves: proposed → passed; a new message, and it links the first")
    stage.server.step = 5
    for now in _moments(stage, 5):
        await stage.at(now)
    stage.clock.now += timedelta(minutes=5)
    await stage.deliver()


def _moments(stage: _Stage, step: int) -> list[datetime]:
    """When each item of a step is polled: three minutes after it appeared."""
    return sorted(item.at + timedelta(minutes=3) for item in stage.server.items if item.step == step)


def _outcome(parts: Parts) -> tuple[int, int]:
    """How many stories were alerted, and how many deliveries were sent more than once for one transition."""
    with parts.store.reading() as tx:
        sent = [one for one in tx.outbox.list([DeliveryState.SENT]) if one.kind.value == "post"]
    owed = [(one.story_id, one.channel, one.transition) for one in sent]
    return len({one.story_id for one in sent}), len(owed) - len(set(owed))


def _parts(folder: Path, server: OutletServer) -> tuple[Parts, _Clock]:
    """A configuration of the sample outlets with the shipped topic, and a database in a folder of its own."""
    config = folder / "config"
    config.mkdir()
    (config / "sources.yaml").write_text(_sources_yaml(server.outlets, server.base), encoding="utf-8")
    (config / "alerts.yaml").write_text(
        f"routes:\n  - name: policy\n    channel: {CHANNEL}\n    send: now\n", encoding="utf-8"
    )
    settings: Settings = read_settings(
        {"DATABASE_URL": f"sqlite:///{folder}/demo.db", "POLICYWATCH_CONFIG": str(config)}, terminal=True
    )
    store = Store.open(settings.database_url)
    store.upgrade()
    clock = _Clock(START)
    return Parts(settings, store, Live(_as_of(START, load(config, env={}))), clock), clock


def _as_of(now: datetime, config: Config) -> Config:
    """The configuration with the curated history as it was then: what follows is the tour's to tell."""
    past = tuple(event for event in config.topic.history if moment(event.date) < now - timedelta(days=7))
    return replace(config, topic=replace(config.topic, history=past))


def _sources_yaml(outlets: Sequence[Outlet], base: str) -> str:
    """JSON is YAML."""
    sources = [
        {"id": each.id, "name": each.name, "url": f"{base}/{each.id}/feed", "category": each.category}
        for each in outlets
    ]
    return json.dumps({"sources": sources}, indent=1)


async def _show(stack: AsyncExitStack, console: Console, parts: Parts) -> None:
    """Serve the tracker page until Ctrl-C."""
    names = parts.live.get().place_names
    tracker = Tracker(parts.clock, names=lambda code: names.get(code, code), bundled_demo=True)
    runner = web.AppRunner(build_app(Reader(parts), tracker), access_log=None, shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    for port in PORTS:
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            break
        except OSError:
            continue
    console.print(f"Look: http://127.0.0.1:{runner.addresses[0][1]} (Ctrl-C ends)   Next: make run")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    console.print("")
