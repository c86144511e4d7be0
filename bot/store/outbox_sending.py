"""The sender's half of the outbox: claim one delivery with its channel, write what became of it, recover from crashes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, case, delete, func, or_, select, update

from bot.model import Delivery, DeliveryKind, DeliveryState, Settlement
from bot.store import sql
from bot.store.outbox_rows import UNTOLD, OutboxRows, is_open, is_ready, is_sending
from bot.store.tables.outbox import channels, deliveries, sending_stops

SLACK = "slack"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChannelBlock:
    """A channel that refuses us. Its deliveries are kept."""

    channel: str
    reason: str
    since: datetime
    probe_at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Slack refuses everything: readiness is red."""

    reason: str
    since: datetime
    probe_at: datetime


class OutboxSending(OutboxRows):
    """Claiming and finishing. See :class:`bot.store.outbox.Outbox`."""

    def claim(self, owner: str, now: datetime, lease: timedelta) -> Delivery | None:
        """Take the next due delivery together with its channel; the caller commits before it calls Slack.

        One owner sends to a channel at a time, and not before the channel's ``next_send_at``. Within a channel the
        oldest goes first, edits last. A blocked channel and a stopped Slack are tried with one delivery at their time.

        Returns:
            A delivery in state ``sending`` (call Slack with its ``send_key``), one in state ``unknown`` (look its
            message up), or None: nothing is due that nobody else works on.
        """
        if not self._may_call(now):
            return None
        channel = self._free_channel(now)
        if channel is None:
            return None
        query = (
            select(deliveries)
            .where(deliveries.c.channel == channel, is_open(), is_ready(), deliveries.c.not_before <= now)
            .order_by(case((deliveries.c.kind == DeliveryKind.EDIT, 1), else_=0), deliveries.c.id)
            .limit(1)
        )
        row = self._connection.execute(sql.for_update(self._connection, query, skip_locked=True)).mappings().first()
        if row is None:  # the only due one is locked by a writer: next round
            return None
        until = now + lease
        self._connection.execute(
            update(channels).where(channels.c.channel == channel).values(lease_owner=owner, lease_until=until)
        )
        values: dict[str, Any] = {"lease_owner": owner, "lease_until": until}
        if row["state"] is not DeliveryState.UNKNOWN or row["kind"] is DeliveryKind.EDIT:
            values |= {
                "state": DeliveryState.SENDING,
                "attempts": row["attempts"] + 1,
                "started_at": now,
                "first_started_at": row["first_started_at"] or now,
                "send_key": row["send_key"] or uuid.uuid4().hex,
                "taken": row["wanted"],
            }
        self._write([row["id"]], **values)
        return self.get(row["id"])

    def finish(self, delivery: Delivery, owner: str, settlement: Settlement, now: datetime) -> bool:
        """Write what became of a claimed delivery and give its channel back.

        Returns:
            False when the claim was lost meanwhile (the lease ran out and somebody else took over). A message that
            was posted all the same is then recorded where that still helps, or marked for the sweep.
        """
        if delivery.parent_id is not None:
            self._locked(delivery.parent_id)  # parents before children, as in request_edit: no deadlock
        row = self._locked(delivery.id)
        if row is None:
            return False
        ours: bool = row["lease_owner"] == owner and row["attempts"] == delivery.attempts
        if ours and row["state"] in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
            self._settle(row, settlement, now)
            self._settle_channel(row["channel"], settlement, now)
        elif settlement.ts and row["kind"] is not DeliveryKind.EDIT:
            self._record_late(row, settlement.ts, now)
        self._release(row["channel"], owner, settlement)
        return ours

    def _settle(self, row: RowMapping, settlement: Settlement, now: datetime) -> None:
        state = settlement.state
        values: dict[str, Any] = {
            "state": state,
            "not_before": settlement.not_before or now,
            "error": settlement.error,
            "plain": row["plain"] or settlement.plain,
            "lease_owner": None,
            "lease_until": None,
            "doubtful": row["doubtful"] or state is DeliveryState.UNKNOWN,
        }
        if state is DeliveryState.SENT:
            values |= {"sent_at": now, "sweep_at": settlement.sweep_at}
            values["ts"] = None if row["kind"] is DeliveryKind.EDIT else settlement.ts
        if row["kind"] is DeliveryKind.EDIT:
            values["doubtful"] = False  # an edit may be repeated
            if state is DeliveryState.SENT and row["wanted"] > row["taken"]:
                values |= {"state": DeliveryState.PENDING, "not_before": row["not_before"], "plain": False}
        self._write([row["id"]], **values)
        if state in {DeliveryState.DEAD, DeliveryState.DROPPED}:
            self._drop_children(row["id"], "its message was never posted")
        if settlement.uneditable and row["parent_id"] is not None:
            self._write([row["parent_id"]], editable=False)

    def _settle_channel(self, channel: str, settlement: Settlement, now: datetime) -> None:
        began = True
        if settlement.block:
            began = self._block(channel, settlement, now)
        elif settlement.stop:
            began = self.stop(settlement.stop, now, settlement.probe_at or now)
        elif settlement.state is DeliveryState.SENT:
            self.unblock(channel, now)
            self.resume()
        if began:
            for notice in settlement.notices:
                self.enqueue(notice, now)

    def _block(self, channel: str, settlement: Settlement, now: datetime) -> bool:
        row = channels.c
        query = select(row.blocked_since).where(row.channel == channel)
        since = self._connection.execute(query).scalar()
        values = {"blocked_reason": settlement.block, "blocked_since": since or now, "probe_at": settlement.probe_at}
        self._connection.execute(update(channels).where(row.channel == channel).values(**values))
        return since is None

    def stop(self, reason: str, now: datetime, probe_at: datetime) -> bool:
        """Slack refuses everything, until one delivery is tried at ``probe_at``. False when that was known."""
        statement = sql.insert(self._connection, sending_stops).values(
            name=SLACK, reason=reason, since=now, probe_at=probe_at
        )
        began = self._connection.execute(statement.on_conflict_do_nothing().returning(sending_stops.c.name)).scalar()
        if began is None:
            again = update(sending_stops).values(reason=reason, probe_at=probe_at)
            self._connection.execute(again)
        return began is not None

    def _record_late(self, row: RowMapping, ts: str, now: datetime) -> None:
        """A sender that was thought dead has posted: believe it if nobody else has, else let the sweep find the double."""
        if row["ts"] is None and row["state"] in {*UNTOLD, DeliveryState.UNKNOWN} and row["folded_into"] is None:
            self._write(
                [row["id"]], state=DeliveryState.SENT, ts=ts, sent_at=now, sweep_at=now, error=None,
                lease_owner=None, lease_until=None,
            )  # fmt: skip
        elif row["state"] is DeliveryState.SENT and row["ts"] != ts:
            self._write([row["id"]], sweep_at=now)

    def _release(self, channel: str, owner: str, settlement: Settlement) -> None:
        values: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        if settlement.channel_next_at is not None:
            values["next_send_at"] = settlement.channel_next_at
        self._connection.execute(
            update(channels).where(channels.c.channel == channel, channels.c.lease_owner == owner).values(**values)
        )

    def recover(self, now: datetime, look_after: timedelta) -> int:
        """Take over what a dead sender left: ``sending`` whose lease ran out becomes ``unknown``, an edit is due again.

        Args:
            now: The time.
            look_after: How long after its start a call may still be accepted: its time-out and a margin.

        Returns:
            How many were recovered.
        """
        query = select(deliveries).where(deliveries.c.lease_until <= now, is_sending())
        rows = self._connection.execute(sql.for_update(self._connection, query, skip_locked=True)).mappings().all()
        for row in rows:
            values: dict[str, Any] = {
                "lease_owner": None,
                "lease_until": None,
                "error": "the sender stopped in mid-call",
            }
            if row["kind"] is DeliveryKind.EDIT:
                values |= {"state": DeliveryState.PENDING, "not_before": now}
            else:
                due = (row["started_at"] or now) + look_after
                values |= {"state": DeliveryState.UNKNOWN, "doubtful": True, "not_before": due}
            self._write([row["id"]], **values)
        return len(rows)

    def unblock(self, channel: str, now: datetime) -> bool:
        """Let a channel be sent to again; what waited for it is due. False when it was not blocked."""
        row = channels.c
        statement = update(channels).where(row.channel == channel, row.blocked_since.is_not(None))
        values = {"blocked_since": None, "blocked_reason": None, "probe_at": None}
        changed = self._connection.execute(statement.values(**values)).rowcount
        if changed:
            self._connection.execute(
                update(deliveries)
                .where(deliveries.c.channel == channel, deliveries.c.state == DeliveryState.BLOCKED, is_open())
                .values(state=DeliveryState.PENDING, not_before=now)
            )
        return bool(changed)

    def resume(self) -> bool:
        """Slack accepts us (again). False when nothing was stopped."""
        return bool(self._connection.execute(delete(sending_stops)).rowcount)

    def blocks(self) -> list[ChannelBlock]:
        """All blocked channels."""
        row = channels.c
        found = self._connection.execute(
            select(row.channel, row.blocked_reason, row.blocked_since, row.probe_at).where(
                row.blocked_since.is_not(None)
            )
        )
        return [ChannelBlock(channel, reason or "", since, probe or since) for channel, reason, since, probe in found]

    def stopped(self) -> Stop | None:
        """Whether, why and since when Slack refuses everything."""
        row = sending_stops.c
        found = self._connection.execute(select(row.reason, row.since, row.probe_at)).first()
        return Stop(*found) if found else None

    def to_sweep(self, now: datetime, limit: int = 20) -> list[Delivery]:
        """Sent messages that may be there twice, and whose time to be checked has come."""
        due = and_(deliveries.c.sweep_at.is_not(None), deliveries.c.sweep_at <= now)
        return self._select(due, deliveries.c.state == DeliveryState.SENT, limit=limit)

    def swept(self, delivery_id: int, *, ts: str | None = None, again_at: datetime | None = None) -> None:
        """Note that a message was checked for doubles.

        Args:
            delivery_id: Which.
            ts: The message that stays, when it is another than was recorded.
            again_at: When to check once more; None: done.
        """
        self._write([delivery_id], sweep_at=again_at, **({"ts": ts} if ts else {}))

    def next_due(self, now: datetime) -> datetime | None:
        """Say when there is something to do next: now or earlier when there is already, None when nothing is owed."""
        query = (
            select(channels, func.min(deliveries.c.not_before).label("due"))
            .join(deliveries, deliveries.c.channel == channels.c.channel)
            .where(is_open(), is_ready())
            .group_by(channels.c.channel)
        )
        stop = self.stopped()
        times = [
            max(
                filter(
                    None,
                    (row["due"], row["next_send_at"], row["probe_at"], _lease_end(row, now), stop and stop.probe_at),
                )
            )
            for row in self._connection.execute(query).mappings()
        ]
        others = (
            select(func.min(deliveries.c.lease_until)).where(is_sending()),
            select(func.min(deliveries.c.sweep_at)).where(deliveries.c.sweep_at.is_not(None)),
        )
        times += [time for query in others if (time := self._connection.execute(query).scalar()) is not None]
        return min(times, default=None)

    def _may_call(self, now: datetime) -> bool:
        stop = self.stopped()
        if stop is None:
            return True
        row = sending_stops.c
        # One sender tries; whoever comes meanwhile waits for the next time.
        statement = update(sending_stops).where(row.probe_at <= now).values(probe_at=now + timedelta(minutes=1))
        return bool(self._connection.execute(statement).rowcount)

    def _free_channel(self, now: datetime) -> str | None:
        row = channels.c
        owed = (
            select(deliveries.c.id)
            .where(deliveries.c.channel == row.channel, is_open(), is_ready(), deliveries.c.not_before <= now)
            .exists()
        )
        query = (
            select(row.channel)
            .where(
                or_(row.lease_until.is_(None), row.lease_until <= now),
                or_(row.next_send_at.is_(None), row.next_send_at <= now),
                or_(row.blocked_since.is_(None), row.probe_at <= now),
                owed,
            )
            .order_by(func.coalesce(row.next_send_at, _LONG_AGO), row.channel)
            .limit(1)
        )
        return self._connection.execute(sql.for_update(self._connection, query, skip_locked=True)).scalar()


def _lease_end(row: RowMapping, now: datetime) -> datetime | None:
    until: datetime | None = row["lease_until"]
    return until if until is not None and until > now else None
