"""A whole Policywatch on loopback: outlets and Slack over real HTTP, the real pipeline, a clock that is moved.

async with World(database_url, tmp_path) as world:
    world.publish("gazette", ban("Boise", world.clock.now))
    world.begin("gazette")
    await world.poll()
    await world.deliver()
    world.posts() -> what stands in the policy channel, without thread replies
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from bot import pipeline, upkeep
from bot.config.load import Config, load
from bot.model import Delivery, DeliveryState, SourceState
from bot.pipeline import Polled
from bot.rendering import remember_workspace
from bot.settings import read_settings
from bot.slack.client import SlackSender
from bot.sources.http import Fetcher, FetchLimits
from bot.sources.robots import Robots
from bot.store import Store, Tx
from bot.store.entries import StoredEntry
from bot.wiring import Live, Parts
from tests.conftest import Clock
from tests.fakes.feed_server import FeedServer, Page
from tests.fakes.slack_server import BOT_TOKEN, FakeSlack
from tests.scenario.news import Item, bakery, rss

POLICY = "C0POLICY001"
OPERATORS = "C0OPERATOR1"
START = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
LOOPBACK = "127.0.0.0/8"
ROUTES: tuple[Mapping[str, Any], ...] = (
    {"name": "policy-team", "channel": POLICY, "send": "now"},
    {"name": "operators", "channel": OPERATORS, "kind": "operators"},
)


def nowhere(host: str) -> list[str]:
    """Knows no name: what is not on loopback is not reached."""
    raise OSError(f"no names in tests: {host}")


class World:
    """Everything between an outlet and a channel, in one event loop. An async context manager."""

    def __init__(self, database_url: str, folder: Path, *, now: datetime = START, history: bool = False) -> None:
        """``history``: fill the ledger with the curated history, which takes a second."""
        self.database_url = database_url
        self.config_dir = folder / "config"
        self.clock = Clock(now)
        self.server = FeedServer()
        self.slack = FakeSlack(clock=lambda: self.clock().timestamp())
        self.routes: list[Mapping[str, Any]] = list(ROUTES)
        self.sources: dict[str, dict[str, Any]] = {}
        self.settings: dict[str, Any] = {}
        self._history = history
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self.server)
        await self._stack.enter_async_context(self.slack)
        for channel in (POLICY, OPERATORS):
            self.slack.add_channel(channel)
        self.fetcher = await self._stack.enter_async_context(self.new_fetcher())
        self.sender = SlackSender(BOT_TOKEN, base_url=self.slack.api_url)
        self.robots = Robots(self.fetcher)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    def new_fetcher(self, **limits: Any) -> Fetcher:
        bounds = FetchLimits(**({"spacing": 0, "per_host": 16} | limits))
        return Fetcher("tests", allow_networks=[LOOPBACK], limits=bounds, look_up=nowhere)

    # --- what there is to watch --------------------------------------------------------------------------------------

    def publish(self, outlet: str, *items: Item, etag: str | None = None, last_modified: str | None = None) -> None:
        """Let an outlet's feed hold these items from now on; the outlet becomes a source of the configuration.

        Without items it has an old one on nothing of ours, because a feed without any entry is a failure.
        """
        items = items or (bakery(0, START - timedelta(days=9)),)
        url = self.server.serve(
            f"/{outlet}/feed", Page(rss(items, title=outlet), etag=etag, last_modified=last_modified)
        )
        self.sources.setdefault(outlet, {"id": outlet, "name": outlet.title(), "url": url})

    def write_config(self) -> None:
        """Write the configuration files."""
        self.config_dir.mkdir(exist_ok=True)
        alerts = {"routes": self.routes} | ({"settings": self.settings} if self.settings else {})
        (self.config_dir / "sources.yaml").write_text(json.dumps({"sources": list(self.sources.values())}, indent=1))
        (self.config_dir / "alerts.yaml").write_text(json.dumps(alerts, indent=1))

    def begin(self) -> Parts:
        """Write the configuration, open the database, start up: as a process that begins."""
        self.write_config()
        self.parts = self.new_parts()
        upkeep.start_up(self.parts)
        remember_workspace(self.parts.store, "https://fake.slack.example/", self.clock())
        return self.parts

    def new_parts(self, **changes: Any) -> Parts:
        """Parts of another process on the same database and configuration."""
        environ = {
            "DATABASE_URL": self.database_url,
            "POLICYWATCH_CONFIG": str(self.config_dir),
            "SLACK_BOT_TOKEN": BOT_TOKEN,
        }
        settings = read_settings(environ, terminal=False)
        store = Store.open(self.database_url)
        self._stack.callback(store.close)
        return Parts(settings, store, Live(self._read()), self.clock, **changes)

    def _read(self) -> Config:
        config = load(self.config_dir, env={"SLACK_BOT_TOKEN": BOT_TOKEN})
        return config if self._history else replace(config, topic=replace(config.topic, history=()))

    def reconfigure(self) -> None:
        """Write the configuration again and put it in force, as a reload does."""
        self.write_config()
        self.parts.live.replace(self._read())
        upkeep.start_up(self.parts)

    def tune(self, **changes: Any) -> None:
        """Set delivery settings of the configuration in force."""
        judgement = self.parts.live.get()
        judgement.__dict__["delivery"] = replace(judgement.delivery, **changes)

    # --- what the worker does ------------------------------------------------------------------------------------------

    async def poll(self, *ids: str, parts: Parts | None = None) -> dict[str, Polled]:
        """Poll these sources (all), due or not."""
        parts = parts or self.parts
        claimed = upkeep.claim(parts, list(ids) or list(parts.live.get().sources))
        return {source.id: await pipeline.poll(parts, self.fetcher, source, state) for source, state in claimed}

    async def read_pages(self, parts: Parts | None = None) -> int:
        return await pipeline.read_pages(parts or self.parts, self.fetcher, self.robots)

    async def deliver(self, *, parts: Parts | None = None, rounds: int = 60) -> int:
        """Deliver until nothing is due now, two seconds of the clock between two messages; gives how many were sent."""
        sent = 0
        for _ in range(rounds):
            report = await pipeline.deliver(parts or self.parts, self.sender)
            sent += report.sent
            if not sum(report.settled.values()) and not report.folded:
                return sent
            self.clock.advance(seconds=2)
        raise AssertionError("deliveries never came to an end")

    async def round(self, *, after: timedelta = timedelta()) -> dict[str, Polled]:
        """Time passes, everything is polled, everything due is delivered."""
        self.clock.advance(after)
        polled = await self.poll()
        await self.deliver()
        return polled

    # --- what is to be seen --------------------------------------------------------------------------------------------

    def posts(self, channel: str = POLICY) -> list[dict[str, Any]]:
        """Messages of a channel but the replies in threads, oldest first."""
        return [message for message in self.slack.messages(channel) if "thread_ts" not in message]

    def texts(self, channel: str = POLICY) -> list[str]:
        """First lines of :meth:`posts`."""
        return [message["text"].partition("\n")[0] for message in self.posts(channel)]

    def replies(self, ts: str, channel: str = POLICY) -> list[dict[str, Any]]:
        return [message for message in self.slack.messages(channel) if message.get("thread_ts") == ts]

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        with self.parts.store.reading() as tx:
            yield tx

    def entries(self, source_id: str) -> list[StoredEntry]:
        with self.reading() as tx:
            return tx.entries.of_source(source_id, 1000)

    def deliveries(self) -> list[Delivery]:
        with self.reading() as tx:
            return list(tx.outbox.list(list(DeliveryState), limit=1000))

    def state(self, source_id: str) -> SourceState:
        with self.reading() as tx:
            state = tx.sources.get(source_id)
        assert state is not None
        return state

    def count(self, table: str) -> int:
        """Rows of a table."""
        with self.reading() as tx:
            return int(tx.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
