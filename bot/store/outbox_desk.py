"""The outbox as the delivery loop sees it: every method is one short transaction of its own, safe to call from threads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.model import Delivery, NewDelivery, Settlement
from bot.store.database import Store
from bot.store.outbox import Outbox


class OutboxDesk:
    """Gives the sender claimed deliveries and takes their results. See :class:`bot.store.outbox.Outbox` for each method."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def recover(self, now: datetime, look_after: timedelta) -> int:
        """Take over what dead senders left."""
        with self._store.transaction() as tx:
            return Outbox(tx.connection).recover(now, look_after)

    def foldable(self) -> list[Delivery]:
        """Open posts, notices and catch-ups."""
        with self._store.reading() as tx:
            return Outbox(tx.connection).foldable()

    def sent_since(self, channel: str, since: datetime) -> list[Delivery]:
        """What a channel was sent since then."""
        with self._store.reading() as tx:
            return Outbox(tx.connection).sent_since(channel, since)

    def fold(
        self, members: Mapping[int, Any], into: NewDelivery | int, now: datetime, edit_at: datetime | None = None
    ) -> int | None:
        """Tell several deliveries in one."""
        with self._store.transaction() as tx:
            return Outbox(tx.connection).fold(members, into, now, edit_at)

    def cancel(self, ids: Collection[int], reason: str) -> int:
        """Drop what nobody needs to hear any more."""
        with self._store.transaction() as tx:
            return Outbox(tx.connection).cancel(ids, reason)

    def claim(self, owner: str, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the next due delivery; committed when this returns."""
        with self._store.transaction() as tx:
            return Outbox(tx.connection).claim(owner, now, lease)

    def finish(self, delivery: Delivery, owner: str, settlement: Settlement, now: datetime) -> bool:
        """Write what became of it."""
        with self._store.transaction() as tx:
            return Outbox(tx.connection).finish(delivery, owner, settlement, now)

    def to_sweep(self, now: datetime) -> list[Delivery]:
        """Messages to be checked for doubles."""
        with self._store.reading() as tx:
            return Outbox(tx.connection).to_sweep(now)

    def swept(self, delivery_id: int, *, ts: str | None = None, again_at: datetime | None = None) -> None:
        """Note the result of a check for doubles."""
        with self._store.transaction() as tx:
            Outbox(tx.connection).swept(delivery_id, ts=ts, again_at=again_at)

    def next_due(self, now: datetime) -> datetime | None:
        """When there is something to do next."""
        with self._store.reading() as tx:
            return Outbox(tx.connection).next_due(now)
