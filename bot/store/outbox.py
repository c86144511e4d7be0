"""What is owed to Slack: the outbox. Nothing is lost, nothing is twice.

A delivery is enqueued in the transaction that stored its cause; its ``dedupe_key`` is unique for ever. Its states::

    pending -> sending -> sent
                       -> waiting    Slack said: later                          -> sending
                       -> unknown    nobody knows; looked up by its send key    -> sent | pending
                       -> blocked    the channel refuses us; kept until it does not
                       -> dead       refused twice, operators are told
                       -> dropped    nothing to say any more, told in a catch-up, or by an operator
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update

from bot.model import Delivery, DeliveryKind, DeliveryState, DigestItem, NewDelivery
from bot.store import sql
from bot.store.outbox_rows import FINAL, UNTOLD, is_dead, is_open
from bot.store.outbox_sending import ChannelBlock, OutboxSending, Stop
from bot.store.tables.outbox import deliveries, digest_items, digest_runs

FOLDED = "told in a catch-up message"

_FOLDABLE = (DeliveryKind.POST, DeliveryKind.NOTICE)


class Outbox(OutboxSending):
    """Deliveries, channels and digests, over the connection of one transaction."""

    # --- for the pipeline -------------------------------------------------------------------------------------------

    def request_edits(self, story_id: int, now: datetime, not_before: datetime | None = None) -> list[int]:
        """Ask that the story's latest message in each channel be brought up to date; see :meth:`request_edit`."""
        latest = {one.channel: one.id for one in self.by_story(story_id) if one.kind is DeliveryKind.POST}
        asked = (self.request_edit(parent, now, not_before) for parent in latest.values())
        return [edit for edit in asked if edit is not None]

    def by_story(self, story_id: int) -> list[Delivery]:
        """All deliveries of a story, oldest first (edits belong to their message and are left out)."""
        return self._select(deliveries.c.story_id == story_id)

    def by_message(self, channel: str, ts: str) -> Delivery | None:
        """The delivery that a Slack message was posted for."""
        found = self._select(deliveries.c.channel == channel, deliveries.c.ts == ts, limit=1)
        return found[0] if found else None

    def by_key(self, dedupe_key: str) -> Delivery | None:
        """The delivery with a key."""
        found = self._select(deliveries.c.dedupe_key == dedupe_key, limit=1)
        return found[0] if found else None

    # --- folding ----------------------------------------------------------------------------------------------------

    def foldable(self) -> list[Delivery]:
        """Open posts, notices and catch-ups of all channels, oldest first: what folding decides on."""
        kinds = (*_FOLDABLE, DeliveryKind.CATCH_UP)
        return self._select(is_open(), deliveries.c.kind.in_(kinds), limit=20_000)

    def sent_since(self, channel: str, since: datetime) -> list[Delivery]:
        """What was sent to a channel since then, oldest first."""
        return self._select(deliveries.c.channel == channel, deliveries.c.sent_at >= since, limit=20_000)

    def fold(
        self, members: Mapping[int, Any], into: NewDelivery | int, now: datetime, edit_at: datetime | None = None
    ) -> int | None:
        """Tell several deliveries in one, in one transaction; each is then ``dropped`` and says where it is told.

        Args:
            members: Delivery id -> what ``payload["members"]`` of the one shall hold of it. Those that somebody has
                begun to send meanwhile, and those that may have been posted already, are left alone.
            into: The new delivery, or the id of one to be grown; when that is posted already, an edit is requested.
            now: The time.
            edit_at: When that edit is due at the earliest.

        Returns:
            Id of the delivery that tells them, or None when nothing was left to fold or it can grow no more.
        """
        ids: list[int] = []
        for some in sql.chunks(sorted(members)):
            query = select(deliveries.c.id).where(
                deliveries.c.id.in_(some),
                deliveries.c.state.in_(UNTOLD),
                deliveries.c.kind.in_(_FOLDABLE),
                deliveries.c.doubtful.is_(False),
            )
            locked = sql.for_update(self._connection, query.order_by(deliveries.c.id))
            ids += self._connection.execute(locked).scalars()
        if not ids:
            return None
        told = [members[one] for one in ids]
        if isinstance(into, NewDelivery):
            target = self.enqueue(_with_members(into, told), now) or self._grow(into.dedupe_key, told, now, edit_at)
        else:
            target = self._grow(into, told, now, edit_at)
        if target is None:
            return None
        self._write(ids, state=DeliveryState.DROPPED, folded_into=target, error=FOLDED)
        return target

    def _grow(self, target: int | str, told: list[Any], now: datetime, edit_at: datetime | None) -> int | None:
        column = deliveries.c.dedupe_key if isinstance(target, str) else deliveries.c.id
        query = sql.for_update(self._connection, select(deliveries).where(column == target))
        row = self._connection.execute(query).mappings().first()
        if row is None or row["state"] in {DeliveryState.DEAD, DeliveryState.DROPPED} or not row["editable"]:
            return None
        payload = row["payload"] or {}
        self._write([row["id"]], payload={**payload, "members": [*payload.get("members", ()), *told]})
        self.request_edit(row["id"], now, edit_at)
        return int(row["id"])

    def cancel(self, ids: Collection[int], reason: str) -> int:
        """Drop what nobody needs to hear any more, unless it is being sent or may have been. Returns how many."""
        untold = (deliveries.c.state.in_(UNTOLD), deliveries.c.doubtful.is_(False))
        dropped = 0
        for some in sql.chunks(sorted(ids)):
            statement = update(deliveries).where(deliveries.c.id.in_(some), *untold)
            dropped += self._connection.execute(statement.values(state=DeliveryState.DROPPED, error=reason)).rowcount
        return dropped

    def adopt(self, ids: Sequence[int], story_id: int) -> None:
        """Make deliveries another story's, into which theirs was merged; keys and messages stay."""
        self._write(ids, story_id=story_id)

    def hurry(self, now: datetime) -> int:
        """Make due what still waits for its fellows: for a single pass, after which nobody else will come. Returns how many.

        What is kept over quiet hours stays: they are somebody's night, and the next pass finds it.
        """
        waiting = self._select(
            is_open(),
            deliveries.c.state == DeliveryState.PENDING,
            deliveries.c.attempts == 0,
            deliveries.c.kind.in_(_FOLDABLE),
            deliveries.c.not_before > now,
            limit=20_000,
        )
        due = [one.id for one in waiting if "quiet" not in one.payload]
        for part in sql.chunks(due):
            self._connection.execute(update(deliveries).where(deliveries.c.id.in_(part)).values(not_before=now))
        return len(due)

    # --- for operators ----------------------------------------------------------------------------------------------

    def list(
        self, states: Collection[DeliveryState] = (), channel: str | None = None, limit: int = 50
    ) -> list[Delivery]:
        """Deliveries in these states (none given: all), newest first."""
        conditions: list[ColumnElement[bool]] = [deliveries.c.state.in_(states)] if states else []
        only_open = bool(states) and not set(states) & set(FINAL)
        if only_open:
            conditions.append(is_open())
        if channel is not None:
            conditions.append(deliveries.c.channel == channel)
        return self._select(*conditions, newest=True, limit=limit, along_id=not only_open)

    def counts(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state that is not finished, and how many are dead."""
        found: dict[DeliveryState, int] = {}
        for condition in (is_open(), is_dead()):
            query = select(deliveries.c.state, func.count()).where(condition).group_by(deliveries.c.state)
            found |= {row.state: row[1] for row in self._connection.execute(query)}
        return found

    def oldest_due(self, now: datetime) -> datetime | None:
        """Since when the delivery that waits longest could have been sent."""
        query = select(func.min(deliveries.c.not_before)).where(is_open(), deliveries.c.not_before <= now)
        return self._connection.execute(query).scalar()

    def retry(self, delivery_id: int, now: datetime) -> bool:
        """Send a dead, dropped, held or waiting delivery (again) at once. False when it is sent, being sent or told elsewhere.

        One in state ``unknown`` is posted without another look-up: the operator has looked.
        """
        row = self._locked(delivery_id)
        barred = {DeliveryState.SENT, DeliveryState.SENDING}
        if row is None or row["state"] in barred or row["folded_into"] is not None:
            return False
        if row["lease_until"] is not None and row["lease_until"] > now:
            return False  # it is being looked up
        self._write([delivery_id], state=DeliveryState.PENDING, not_before=now, plain=False, error=None)
        return True

    def drop(self, delivery_id: int) -> bool:
        """Give a delivery up, and what was to follow it. False when it is sent or being sent."""
        row = self._locked(delivery_id)
        if row is None or row["state"] in {DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.DROPPED}:
            return False
        self._write([delivery_id], state=DeliveryState.DROPPED, error="dropped by an operator")
        self._drop_children(delivery_id, "its message was dropped by an operator")
        return True

    # --- digests ----------------------------------------------------------------------------------------------------

    def take_for_digest(self, items: Sequence[DigestItem]) -> int:
        """Keep stories for their routes' digests, in the caller's transaction; a known one is kept once.

        One that was less certain and is now surely told is raised, unless a digest has told it already.

        Returns:
            How many are new or were raised.
        """
        row = digest_items.c
        kept = 0
        for item in items:
            statement = sql.insert(self._connection, digest_items).values(
                route=item.route,
                channel=item.channel,
                story_id=item.story_id,
                transition=item.transition,
                at=item.at,
                maybe=item.maybe,
            )
            raised = statement.on_conflict_do_update(
                index_elements=["route", "story_id", "transition"],
                set_={"maybe": False},
                where=and_(row.told_in.is_(None), row.maybe.is_(True), sql.excluded("maybe").is_(False)),
            )
            kept += self._connection.execute(raised.returning(row.id)).first() is not None
        return kept

    def digest_items(self, route: str, until: datetime) -> Sequence[DigestItem]:
        """What a route has taken before ``until`` and no digest has told yet, oldest first."""
        row = digest_items.c
        query = (
            select(row.route, row.channel, row.story_id, row.transition, row.at, row.maybe, row.id)
            .where(row.route == route, row.told_in.is_(None), row.at < until)
            .order_by(row.at, row.id)
        )
        return [DigestItem(*found) for found in self._connection.execute(query)]

    def digest_runs(self) -> dict[str, datetime]:
        """Route -> end of the last digest period that was finished, sent or empty."""
        return {
            row.route: row.ended_at
            for row in self._connection.execute(select(digest_runs.c.route, digest_runs.c.ended_at))
        }

    def finish_digest(
        self,
        route: str,
        ended_at: datetime,
        items: Collection[int],
        digest: NewDelivery | None,
        now: datetime,
        thread: Sequence[NewDelivery] = (),
    ) -> bool:
        """Finish a period of a digest route: owe its digest (None: nothing to say) and its thread, mark its items as told.

        Returns:
            False, and nothing is written, when this or a later period was finished already.
        """
        statement = sql.insert(self._connection, digest_runs).values(route=route, ended_at=ended_at)
        later = statement.on_conflict_do_update(
            index_elements=["route"], set_={"ended_at": ended_at}, where=digest_runs.c.ended_at < ended_at
        )
        if self._connection.execute(later.returning(digest_runs.c.route)).first() is None:
            return False
        parent = self.enqueue(digest, now) if digest is not None else None
        for reply in thread if parent is not None else ():
            self.enqueue(replace(reply, parent_id=parent), now)
        told_in = digest.dedupe_key if digest else ""
        for some in sql.chunks(sorted(items)):
            self._connection.execute(update(digest_items).where(digest_items.c.id.in_(some)).values(told_in=told_in))
        return True


def _with_members(new: NewDelivery, told: Sequence[Any]) -> NewDelivery:
    return NewDelivery(
        kind=new.kind,
        channel=new.channel,
        dedupe_key=new.dedupe_key,
        route=new.route,
        story_id=new.story_id,
        transition=new.transition,
        payload={**new.payload, "members": list(told)},
        not_before=new.not_before,
        parent_id=new.parent_id,
    )


__all__ = ["ChannelBlock", "Outbox", "Stop"]
