"""The pipeline without its network: a configuration on disk, the shipped topic, a database, a clock; sources report by call."""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import intake, pipeline
from bot.alerts.ports import SenderPort
from bot.config.load import load
from bot.config.values import Config
from bot.deeds import Deeds
from bot.intake import Desk
from bot.model import Delivery, DeliveryKind, Entry, Message, Outcome, SendResult
from bot.rendering import StoreRenderer
from bot.settings import Settings, read_settings
from bot.slack.asks import Asker
from bot.slack.terminal import TerminalSender
from bot.slackdesk import SlackReader
from bot.store import Store
from bot.telling import Told
from bot.wiring import Live, Parts
from tests.conftest import Clock

POLICY = "C0POLICY001"
OTHER = "C0OTHERS001"
OPERATORS = "C0OPERATE01"
ANNA = Asker("U0ANNA0001", POLICY, "anna")
BEN = Asker("U0BEN00001", POLICY, "ben")

ALERTS = f"""\
routes:
  - {{name: policy, channel: {POLICY}, send: now}}
  - {{name: others, channel: {OTHER}, send: now}}
  - {{name: operators, channel: {OPERATORS}, kind: operators}}
"""

HALT = (
    "Microsoft will not sell facial recognition to US police until there is a national law",
    (
        "Microsoft said on Thursday that it will not sell facial recognition technology to police departments in the United"
        ' States until there is a national law. "We will not sell this technology to police," its president said.'
    ),
)
PAUSE = (
    "Amazon pauses police use of its facial recognition for one year",
    (
        "Amazon said on Wednesday that it is implementing a one-year moratorium on police use of Rekognition, its facial"
        " recognition service, in the United States."
    ),
)
PLAN = (
    "Oakland considers ban on facial recognition by city agencies",
    (
        "The Oakland City Council is considering an ordinance that would ban the use of facial recognition by city agencies,"
        " including the police."
    ),
)
BAN = (
    "Oakland passes ban on facial recognition by city agencies",
    (
        "The Oakland City Council on Tuesday passed an ordinance that bans the use of facial recognition by city agencies,"
        " including the police."
    ),
)
SUIT = (
    "Oakland sues Clearview AI over facial recognition",
    "The Oakland City Council voted on Monday to sue Clearview AI over its facial recognition database, the city said.",
)
ELSEWHERE = (
    "Portland considers ban on facial recognition by private businesses",
    (
        "The Portland City Council is considering an ordinance that would ban the use of facial recognition by private"
        " businesses."
    ),
)
NOTHING = ("Ten tips for better portraits", "Hold the camera still, and ask people to look into the light.")


@functools.cache
def _loaded() -> tuple[Live, Path]:
    """The shipped topic compiled once; no test changes it."""
    folder = Path(tempfile.mkdtemp(prefix="policywatch-config-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    sources = [
        {"id": each, "name": each.title(), "url": f"https://{each}.example/feed"} for each in ("wire", "post", "herald")
    ]
    (folder / "sources.yaml").write_text(json.dumps({"sources": sources}), encoding="utf-8")
    (folder / "alerts.yaml").write_text(ALERTS, encoding="utf-8")
    config: Config = load(folder, env={})
    fetch = replace(config.settings.fetch, spacing=timedelta(0))
    settings = replace(config.settings, fetch=fetch)
    return Live(replace(config, topic=replace(config.topic, history=()), settings=settings)), folder


class World:
    """Everything that happens, in one database."""

    def __init__(self, store: Store, clock: Clock, environ: dict[str, str] | None = None) -> None:
        live, folder = _loaded()
        settings: Settings = read_settings({"POLICYWATCH_CONFIG": str(folder), **(environ or {})}, terminal=False)
        self.store, self.clock = store, clock
        self.parts = Parts(settings, store, live, clock, owner="test")
        self.deeds = Deeds(self.parts)
        self.reader = SlackReader(self.parts)
        self.sender = Recorder()
        with store.transaction() as tx:
            tx.sources.sync(self.parts.config.sources, clock())
            tx.runtime.sync_routes(self.parts.config.routes, clock())
        clock.advance(hours=1)

    @property
    def now(self) -> datetime:
        return self.clock()

    def report(
        self, words: tuple[str, str], source_id: str = "wire", *, ago: timedelta = timedelta(0), url: str = ""
    ) -> Told:
        """A source publishes an article, and is polled a minute later."""
        published = self.clock() - ago
        now = self.clock.advance(minutes=1)
        judgement = self.parts.live.get()
        source = judgement.sources[source_id]
        url = url or f"https://{source_id}.example/{zlib.crc32(words[0].encode())}-{published:%d%H%M}"
        judged = intake.judge(judgement, source, Entry(source_id, url, url, *words, published), now)
        with self.store.transaction(lock=True) as tx:
            state = tx.sources.get(source_id)
            assert state is not None
            state = state._replace(baseline_at=state.added_at)
            (told,) = Desk(tx, judgement, source, state, now).take([judged])
        return told

    def story(self, words: tuple[str, str] = HALT, source_id: str = "wire") -> str:
        """A report that begins a story; gives its name."""
        told = self.report(words, source_id)
        assert told.story_id is not None, told
        return f"s{told.story_id}"

    async def deliver(self, sender: SenderPort | None = None) -> None:
        """Send all that is owed by now and in the next minutes."""
        for _ in range(2):
            while sum((await pipeline.deliver(self.parts, sender or self.sender)).settled.values()):
                self.clock.advance(seconds=2)
            self.clock.advance(minutes=4)

    def owed(self, channel: str | None = None, kind: DeliveryKind = DeliveryKind.POST) -> list[Delivery]:
        """Deliveries of a kind, the oldest first."""
        with self.store.reading() as tx:
            return [one for one in reversed(tx.outbox.list(channel=channel, limit=500)) if one.kind is kind]

    def labels(self, label: str | None = None) -> list[Any]:
        with self.store.reading() as tx:
            return tx.runtime.labels(self.now, label=label)

    def shown(self, delivery: Delivery) -> Message:
        """What a message says once it is edited."""
        renderer = StoreRenderer(self.store, {}, None, self.clock)
        message = renderer.render(replace(delivery, parent_id=delivery.id))
        assert message is not None
        return message


class Recorder(TerminalSender):
    """Keeps what Slack would have got."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Message, str | None, bool]] = []
        self.edits: list[tuple[str, str, Message]] = []

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> SendResult:
        self.posts.append((channel, message, thread_ts, broadcast))
        return SendResult(Outcome.SENT, ts=f"1591900000.{len(self.posts):06d}")

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        self.edits.append((channel, ts, message))
        return SendResult(Outcome.SENT, ts=ts)
