"""What the delivery loop needs of other rooms. They implement these shapes without knowing this room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.model import Delivery, LookUp, Message, NewDelivery, SendResult, Settlement


class CopiesLike(Protocol):
    """All messages with one delivery key in a stretch of history."""

    @property
    def ts(self) -> tuple[str, ...]:
        """Their ids, oldest first."""

    @property
    def error(self) -> str | None:
        """Set when the history was not read to its end."""


class SenderPort(Protocol):
    """Slack, or a terminal in its place. Failures are values; nothing here sleeps or retries."""

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> SendResult:
        """Send a new message; ``SENT`` carries its ``ts``."""

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        """Replace a message's content; repeating it is harmless."""

    async def look_up(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> LookUp:
        """Find the message that carries a key. ``NO`` only after the whole stretch was read."""

    async def copies(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> CopiesLike:
        """Find all messages that carry a key."""

    async def delete(self, channel: str, ts: str) -> SendResult:
        """Delete one of our messages; ``NOT_EDITABLE`` when it is gone already."""


class Renderer(Protocol):
    """Makes a delivery the message that is true now."""

    def render(self, delivery: Delivery) -> Message | None:
        """Render, reading what is needed; called in a thread.

        Returns:
            The message, or None: there is nothing to say any more (the delivery is dropped).

        Raises:
            StoreError: The database did not answer; the delivery is left for later.
        """


class OutboxPort(Protocol):
    """The outbox; each call is one transaction, committed when it returns (``bot.store`` documents the methods)."""

    def recover(self, now: datetime, look_after: timedelta) -> int:
        """Take over what dead senders left."""

    def foldable(self) -> Sequence[Delivery]:
        """Open posts, notices and catch-ups."""

    def sent_since(self, channel: str, since: datetime) -> Sequence[Delivery]:
        """What a channel was sent since then."""

    def fold(
        self, members: Mapping[int, Any], into: NewDelivery | int, now: datetime, edit_at: datetime | None = None
    ) -> int | None:
        """Tell several deliveries in one."""

    def cancel(self, ids: Collection[int], reason: str) -> int:
        """Drop what nobody needs to hear any more."""

    def claim(self, owner: str, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the next due delivery and its channel."""

    def finish(self, delivery: Delivery, owner: str, settlement: Settlement, now: datetime) -> bool:
        """Write what became of it and give the channel back."""

    def to_sweep(self, now: datetime) -> Sequence[Delivery]:
        """Messages to be checked for doubles."""

    def swept(self, delivery_id: int, *, ts: str | None = None, again_at: datetime | None = None) -> None:
        """Note the result of that check."""

    def next_due(self, now: datetime) -> datetime | None:
        """When there is something to do next."""
