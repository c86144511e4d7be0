"""A Slack that can be told to fail at each instant, a renderer, and an outbox that dies with its process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import Delivery, Found, LookUp, Message, Outcome, SendResult


class KilledError(BaseException):
    """The process ends here: no handler, no commit."""


@dataclass
class Posted:
    ts: str
    key: str
    text: str
    thread_ts: str | None = None
    broadcast: bool = False
    edits: int = 0


@dataclass(frozen=True)
class Copies:
    ts: tuple[str, ...] = ()
    error: str | None = None


@dataclass
class FakeSender:
    """Faults are taken from ``script`` in order, one for each post or update; then everything works.

    ``crash_before`` and ``crash_after`` (Slack's acceptance) kill the process; ``lost_before`` and ``lost_after`` lose the
    answer, ``slow`` too, nine seconds after the call began; ``late`` accepts a call only when :meth:`accept_late` is called; other words are Slack outcomes.
    """

    clock: Callable[[], datetime]
    script: list[str] = field(default_factory=list)
    channels: dict[str, list[Posted]] = field(default_factory=dict)
    calls: list[tuple[str, str, datetime]] = field(default_factory=list)
    history_error: str | None = None
    hide: bool = False
    gate: asyncio.Event | None = None
    accepted: asyncio.Event | None = None
    _late: list[tuple[str, Posted]] = field(default_factory=list)
    _last: float = 0.0

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> SendResult:
        self.calls.append(("post", channel, self.clock()))
        fault = self.script.pop(0) if self.script else "ok"
        if fault == "crash_before":
            raise KilledError
        refused = self._refused(fault)
        if refused:
            return refused
        if fault == "slow":
            self.clock.advance(seconds=9)
        key = message.metadata["event_payload"]["key"]
        posted = Posted(self._ts(), key, message.text, thread_ts, broadcast)
        if fault == "late":
            self._late.append((channel, posted))
            return SendResult(Outcome.UNKNOWN, error="timeout")
        self.channels.setdefault(channel, []).append(posted)
        if self.gate is not None:
            if self.accepted is not None:
                self.accepted.set()
            await self.gate.wait()
        if fault == "crash_after":
            raise KilledError
        if fault in {"lost_after", "slow"}:
            return SendResult(Outcome.UNKNOWN, error="connection reset")
        return SendResult(Outcome.SENT, ts=posted.ts)

    def accept_late(self) -> None:
        for channel, posted in self._late:
            self.channels.setdefault(channel, []).append(posted)
        self._late.clear()

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        self.calls.append(("update", channel, self.clock()))
        fault = self.script.pop(0) if self.script else "ok"
        if fault == "crash_before":
            raise KilledError
        refused = self._refused(fault)
        if refused:
            return refused
        found = [one for one in self.channels.get(channel, []) if one.ts == ts]
        if not found:
            return SendResult(Outcome.NOT_EDITABLE, error="message_not_found")
        found[0].text = message.text
        found[0].edits += 1
        if fault == "crash_after":
            raise KilledError
        if fault == "lost_after":
            return SendResult(Outcome.UNKNOWN, error="connection reset")
        return SendResult(Outcome.SENT, ts=ts)

    async def look_up(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> LookUp:
        copies = await self.copies(channel, send_key, oldest=oldest, latest=latest, thread_ts=thread_ts)
        if copies.ts:
            return LookUp(Found.YES, ts=copies.ts[0])
        return LookUp(Found.FAILED, error=copies.error) if copies.error else LookUp(Found.NO)

    async def copies(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> Copies:
        self.calls.append(("copies", channel, self.clock()))
        if self.history_error:
            return Copies(error=self.history_error)
        if self.hide:
            return Copies()
        return Copies(
            tuple(
                one.ts
                for one in self.channels.get(channel, [])
                if one.key == send_key
                and one.thread_ts == thread_ts
                and oldest <= datetime.fromtimestamp(float(one.ts), UTC) <= latest
            )
        )

    async def delete(self, channel: str, ts: str) -> SendResult:
        self.calls.append(("delete", channel, self.clock()))
        kept = [one for one in self.channels.get(channel, []) if one.ts != ts]
        if len(kept) == len(self.channels.get(channel, [])):
            return SendResult(Outcome.NOT_EDITABLE, error="message_not_found")
        self.channels[channel] = kept
        return SendResult(Outcome.SENT)

    def texts(self, channel: str) -> list[str]:
        return [one.text for one in self.channels.get(channel, [])]

    def count(self, kind: str) -> int:
        return sum(call[0] == kind for call in self.calls)

    def _refused(self, fault: str) -> SendResult | None:
        if fault == "lost_before":
            return SendResult(Outcome.UNKNOWN, error="http_502")
        if fault == "wait":
            return SendResult(Outcome.WAIT, error="ratelimited", retry_after=timedelta(seconds=30))
        if fault in set(Outcome) - {Outcome.SENT}:
            errors = {"channel_blocked": "not_in_channel", "stopped": "invalid_auth", "bad_message": "invalid_blocks"}
            return SendResult(Outcome(fault), error=errors.get(fault, fault))
        return None

    def _ts(self) -> str:
        self._last = max(self.clock().timestamp(), self._last + 0.000_1)
        return f"{self._last:.6f}"


@dataclass
class FakeRenderer:
    """Says which delivery it is and how often that was said; ``state`` is what an edit should show."""

    state: str = "1 source"
    nothing_for: set[int] = field(default_factory=set)
    broken_for: set[int] = field(default_factory=set)
    seen: list[Delivery] = field(default_factory=list)

    def render(self, delivery: Delivery) -> Message | None:
        self.seen.append(delivery)
        if delivery.id in self.nothing_for:
            return None
        if delivery.id in self.broken_for:
            raise ValueError("no title")
        told = [str(member.get("story") or member.get("source")) for member in delivery.payload.get("members", ())]
        head = delivery.payload.get("headline") or f"{delivery.kind}:{delivery.story_id}:{delivery.transition}"
        text = f"{head} [{self.state}]" + (f" {','.join(told)}" if told else "") + (" plain" if delivery.plain else "")
        return Message(text, metadata={"event_type": "policywatch", "event_payload": {"key": delivery.send_key or ""}})


class DyingDesk:
    """Passes everything on to the real outbox, and dies at one named instant: ``claim:after``, ``finish:before``, …"""

    def __init__(self, desk: object, dies_at: str) -> None:
        self._desk = desk
        self.dies_at: str | None = dies_at

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if self.dies_at == f"{name}:before":
                raise KilledError
            result = getattr(self._desk, name)(*args, **kwargs)
            if self.dies_at == f"{name}:after" and result:
                raise KilledError
            return result

        return call
