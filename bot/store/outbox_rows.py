"""Putting deliveries into the outbox and reading them back: what both halves of the outbox repository need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, or_, select, text, update

from bot.model import Delivery, DeliveryKind, DeliveryState, NewDelivery
from bot.store import sql
from bot.store.tables.outbox import DUE_STATES, OPEN, channels, deliveries

PARENT = deliveries.alias("parent")

FINAL = (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.DROPPED)
"""States that only a request or an operator opens again."""

UNTOLD = (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.BLOCKED)
"""States in which Slack surely has nothing of the delivery (unless it is doubtful)."""

CHILDREN = (DeliveryKind.EDIT, DeliveryKind.REPLY)

_COPIED = (
    "id", "kind", "channel", "route", "dedupe_key", "state", "created_at", "story_id", "transition", "attempts",
    "not_before", "send_key", "started_at", "ts", "parent_id", "plain", "error", "sent_at", "first_started_at",
    "doubtful", "folded_into",
)  # fmt: skip


def is_open() -> ColumnElement[bool]:
    """Match what is not finished, in the words of the partial index."""
    return text(f"deliveries.{OPEN}")  # type: ignore[return-value]


def is_dead() -> ColumnElement[bool]:
    """Match what was given up, in the words of the partial index."""
    return text("deliveries.state = 'dead'")  # type: ignore[return-value]


def is_sending() -> ColumnElement[bool]:
    """Match what a sender has claimed, in the words of the partial index."""
    return text("deliveries.state = 'sending'")  # type: ignore[return-value]


def is_ready() -> ColumnElement[bool]:
    """Match what can be sent as soon as it is due: an edit or reply needs its parent's message."""
    parent_sent = select(PARENT.c.id).where(PARENT.c.id == deliveries.c.parent_id, PARENT.c.ts.is_not(None)).exists()
    return and_(deliveries.c.state.in_(DUE_STATES), or_(deliveries.c.kind.not_in(CHILDREN), parent_sent))


def to_delivery(row: RowMapping, parent: RowMapping | None = None) -> Delivery:
    """Make a row a value. With its parent's row, an edit carries what it shows: the parent's story, payload and key."""
    values = {name: row[name] for name in _COPIED} | {"payload": row["payload"] or {}}
    if parent is not None:
        values |= {"parent_ts": parent["ts"], "parent_kind": parent["kind"]}
        if row["kind"] is DeliveryKind.EDIT:
            values |= {name: parent[name] for name in ("story_id", "transition", "send_key")}
            values["payload"] = parent["payload"] or {}
    return Delivery(**values)


class OutboxRows:
    """The part of the outbox that everything else in it is built on. See :class:`bot.store.outbox.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def enqueue(self, new: NewDelivery, now: datetime) -> int | None:
        """Owe a delivery, in the caller's transaction.

        Returns:
            Its id, or None when one with this ``dedupe_key`` is there already, whatever became of it.
        """
        self._know_channel(new.channel)
        statement = (
            sql.insert(self._connection, deliveries)
            .values(
                kind=new.kind,
                channel=new.channel,
                route=new.route,
                dedupe_key=new.dedupe_key,
                state=DeliveryState.PENDING,
                created_at=now,
                not_before=new.not_before or now,
                story_id=new.story_id,
                transition=new.transition,
                payload=dict(new.payload),
                parent_id=new.parent_id,
            )
            .on_conflict_do_nothing(index_elements=["dedupe_key"])
            .returning(deliveries.c.id)
        )
        return self._connection.execute(statement).scalar()

    def request_edit(self, parent_id: int, now: datetime, not_before: datetime | None = None) -> int | None:
        """Ask that a message be brought up to date, in the caller's transaction.

        All requests for one message share one row: before it is sent they coalesce, while it is being sent it is sent
        once more afterwards, after it was sent it opens again.

        Args:
            parent_id: The delivery whose message is meant.
            now: The time.
            not_before: When the edit is due at the earliest; an earlier wish that still waits stands.

        Returns:
            The edit's id, or None when nothing is to be done: the message is not posted yet (it will be rendered as
            things are then), or it is dead, dropped, told in a catch-up, or can no longer be edited.
        """
        parent = self._locked(parent_id)
        if parent is None or not parent["editable"] or parent["folded_into"] is not None:
            return None
        posted = parent["ts"] is not None
        if not posted and parent["state"] not in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
            return None
        due = not_before or now
        row = deliveries.c
        statement = sql.insert(self._connection, deliveries).values(
            kind=DeliveryKind.EDIT,
            channel=parent["channel"],
            route=parent["route"],
            dedupe_key=f"edit:{parent_id}",
            state=DeliveryState.PENDING,
            created_at=now,
            not_before=due,
            payload={},
            parent_id=parent_id,
            wanted=1,
        )
        finished = row.state.in_(FINAL)
        wish = statement.on_conflict_do_update(
            index_elements=["dedupe_key"],
            set_={
                "wanted": row.wanted + 1,
                "state": case((finished, DeliveryState.PENDING), else_=row.state),
                # While it is sent the next time counts; else the earlier of two wishes, but never before a wait's end.
                "not_before": case(
                    (or_(finished, row.state == DeliveryState.SENDING), due),
                    (and_(row.state == DeliveryState.PENDING, row.not_before > due), due),
                    else_=row.not_before,
                ),
                "plain": case((finished, False), else_=row.plain),
            },
        ).returning(row.id)
        return self._connection.execute(wish).scalar()

    def get(self, delivery_id: int) -> Delivery | None:
        """Read one delivery."""
        found = self._select(deliveries.c.id == delivery_id)
        return found[0] if found else None

    def _select(
        self, *conditions: ColumnElement[bool], newest: bool = False, limit: int = 1000, along_id: bool = False
    ) -> list[Delivery]:
        """Read deliveries in the order of their ids, by an index of the conditions; ``along_id``: by the primary key."""
        # SQLite would else read the whole table in the order of its key rather than sort the few rows of an index.
        key = deliveries.c.id if along_id else deliveries.c.id + 0
        query = select(deliveries).where(*conditions).order_by(key.desc() if newest else key).limit(limit)
        rows = self._connection.execute(query).mappings().all()
        parents = self._rows_of({row["parent_id"] for row in rows if row["parent_id"] is not None})
        return [to_delivery(row, parents.get(row["parent_id"])) for row in rows]

    def _rows_of(self, ids: set[int]) -> dict[int, RowMapping]:
        found: dict[int, RowMapping] = {}
        for some in sql.chunks(sorted(ids)):
            rows = self._connection.execute(select(deliveries).where(deliveries.c.id.in_(some))).mappings()
            found |= {row["id"]: row for row in rows}
        return found

    def _locked(self, delivery_id: int) -> RowMapping | None:
        query = select(deliveries).where(deliveries.c.id == delivery_id)
        return self._connection.execute(sql.for_update(self._connection, query)).mappings().first()

    def _write(self, ids: Sequence[int], **values: Any) -> None:
        for some in sql.chunks(ids):
            self._connection.execute(update(deliveries).where(deliveries.c.id.in_(some)).values(**values))

    def _drop_children(self, parent_id: int, reason: str) -> None:
        """What was to follow a message that will never be there is not owed any more."""
        self._connection.execute(
            update(deliveries)
            .where(deliveries.c.parent_id == parent_id, deliveries.c.state.in_((*UNTOLD, DeliveryState.UNKNOWN)))
            .values(state=DeliveryState.DROPPED, error=reason)
        )

    def _know_channel(self, channel: str) -> None:
        known = self._connection.execute(select(channels.c.channel).where(channels.c.channel == channel)).first()
        if known is None:
            self._connection.execute(
                sql.insert(self._connection, channels).values(channel=channel).on_conflict_do_nothing()
            )
