"""What is known of each source, and who is polling it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, or_, select, update

from bot.model import Health, Source, SourceKind, SourceRow, SourceState, Validators
from bot.store.sql import for_update, insert, one_of, run_many, run_one
from bot.store.tables.sources import sources

_LEARNED = (
    "baseline_at", "known_slices", "moved_to", "next_poll_at", "last_polled_at", "last_ok_at", "last_entry_at", "habit", "ttl", "failures",
    "polls_failed", "health", "health_since", "last_error", "entries_total", "title",
)  # fmt: skip
"""Fields of SourceState that a poll writes, beside the validators and the interval. Not the mute: people change it meanwhile."""

_RELEASED: dict[str, Any] = {"lease_owner": None, "lease_until": None}

_POLLED = ("next_poll_at", "last_polled_at", "last_ok_at")
"""The fields that every poll writes, also the one that finds nothing new; beside the interval."""
_OTHERS = tuple(name for name in _LEARNED if name not in _POLLED)
_VALIDATORS = ("etag", "last_modified", "body_hash")
_COLUMN_OF = {"interval": "poll_interval"}
_STATE = [sources.c[_COLUMN_OF.get(name, name)] for name in SourceState._fields if name != "validators"] + [
    sources.c[name] for name in _VALIDATORS
]
"""What :func:`_state` reads, in its order."""
_BEFORE_VALIDATORS = SourceState._fields.index("validators")

_NOTHING_LEARNED: dict[str, Any] = _RELEASED | {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "known_slices": b"",
    "moved_to": None,
    "ttl": None,
    "next_poll_at": None,
}
"""A source at a new address: validators belong to the old one, and a poll of the old one that is still under way is void."""


class Sources:
    """Rows of ``sources``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sync(self, wanted: Iterable[Source], now: datetime) -> None:
        """Make the rows fit the configuration: new sources get a row, absent ones are marked, changed addresses start anew.

        A source that comes back (removed and added again, or enabled again) counts as added now, so that its past is not
        alerted on. Writes only rows that differ.
        """
        query = for_update(self._connection, select(sources).order_by(sources.c.id))
        known = {row["id"]: row for row in self._connection.execute(query).mappings()}
        present: set[str] = set()
        fresh: list[dict[str, Any]] = []
        for source in wanted:
            present.add(source.id)
            row = known.get(source.id)
            if row is None:
                fresh.append(_definition(source) | {"id": source.id, "added_at": now, "known_slices": b""})
            elif changes := _differences(row, source, now):
                self._set(source.id, changes)
        if fresh:
            self._connection.execute(insert(self._connection, sources).on_conflict_do_nothing(), fresh)
        for row in known.values():
            if row["id"] not in present and row["configured"]:
                self._set(row["id"], _RELEASED | {"configured": False})

    def claim_due(
        self, ids: Collection[str] | None, owner: str, now: datetime, lease: timedelta, limit: int
    ) -> list[SourceState]:
        """Lease the sources whose poll is due, the longest overdue first; those that others hold are passed over.

        Args:
            ids: Only these; None: all that are configured and enabled.
            owner: Who polls; a claim of the same owner renews nothing while its lease runs.
            now: The time it is.
            lease: After this the claim lapses, and another worker may take the source.
            limit: Most sources to take.
        """
        return self._claim(
            ids, or_(sources.c.next_poll_at.is_(None), sources.c.next_poll_at <= now), owner, now, lease, limit
        )

    def any_due(self, now: datetime) -> bool:
        """Tell cheaply whether any source may be due and free; a claim decides."""
        free = or_(sources.c.lease_until.is_(None), sources.c.lease_until <= now)
        watched = and_(sources.c.configured, sources.c.enabled, free)
        query = select(sources.c.id).where(sources.c.next_poll_at <= now, watched).limit(1)
        fresh = select(sources.c.id).where(sources.c.next_poll_at.is_(None), watched).limit(1)
        return any(self._connection.execute(each).first() is not None for each in (query, fresh))

    def overdue(self, before: datetime) -> list[SourceState]:
        """Configured and enabled sources that were due before a time, by id."""
        behind = and_(sources.c.next_poll_at < before, sources.c.configured, sources.c.enabled)
        query = select(*_STATE).where(behind).order_by(sources.c.id)
        return [_state(row) for row in self._connection.execute(query)]

    def waiting(self, before: datetime) -> list[str]:
        """Ids of watched sources that nobody holds and that were due before a time, or never polled; by id."""
        due = or_(sources.c.next_poll_at.is_(None), sources.c.next_poll_at < before)
        watched = and_(sources.c.configured, sources.c.enabled, sources.c.lease_owner.is_(None), due)
        return list(self._connection.execute(select(sources.c.id).where(watched).order_by(sources.c.id)).scalars())

    def schedule(self, times: Mapping[str, datetime]) -> None:
        """Set when sources are polled next, by id; those that somebody polls now are left."""
        free = and_(sources.c.id == bindparam("_id"), sources.c.lease_owner.is_(None))
        statement = update(sources).where(free).values(next_poll_at=bindparam("_at"))
        if times:
            self._connection.execute(statement, [{"_id": each, "_at": at} for each, at in times.items()])

    def claim(self, ids: Collection[str], owner: str, now: datetime, lease: timedelta) -> list[SourceState]:
        """Lease these sources, due or not, except those that others hold."""
        return self._claim(ids, None, owner, now, lease, len(ids))

    def _claim(
        self,
        ids: Collection[str] | None,
        due: ColumnElement[bool] | None,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
    ) -> list[SourceState]:
        free = or_(sources.c.lease_until.is_(None), sources.c.lease_until <= now)
        query = select(sources.c.id).where(sources.c.configured, sources.c.enabled, free)
        if due is not None:
            query = query.where(due)
        if ids is not None:
            query = query.where(one_of(self._connection, sources.c.id, ids))
        query = query.order_by(sources.c.next_poll_at.asc().nulls_first(), sources.c.id).limit(limit)
        taken = self._connection.execute(for_update(self._connection, query, skip_locked=True)).scalars().all()
        if not taken:
            return []
        claimed = self._connection.execute(
            update(sources)
            .where(one_of(self._connection, sources.c.id, taken))
            .values(lease_owner=owner, lease_until=now + lease)
            .returning(*_STATE)
        )
        states = {row[0]: _state(row) for row in claimed}
        return [states[source_id] for source_id in taken]

    def finish(self, state: SourceState, owner: str) -> bool:
        """Write what a poll learned and give the lease back.

        Returns:
            False when the lease is no longer this owner's or the source's address has changed since: nothing was written,
            and what the poll found belongs to nobody.
        """
        return run_one(self._connection, _FINISH_WHOLE, _times(state, owner) | _rest(state)) == 1

    def finish_many(self, polled: Iterable[tuple[SourceState, SourceState]], owner: str) -> None:
        """Write what polls learned that brought no entry, and give their leases back: many for the price of one.

        Args:
            polled: The state before and after each poll; only the times are written where nothing else differs.
            owner: Who polled; what it holds no longer is passed over, as by :meth:`finish`.
        """
        times: list[dict[str, Any]] = []
        whole: list[dict[str, Any]] = []
        for before, after in polled:
            row = _times(after, owner)
            if _same_but_times(before, after):
                times.append(row)
            else:
                whole.append(row | _rest(after))
        run_many(self._connection, _FINISH_TIMES, times)
        run_many(self._connection, _FINISH_WHOLE, whole)

    def release(self, ids: Collection[str], owner: str) -> None:
        """Give leases back without having polled (shutting down)."""
        mine = and_(one_of(self._connection, sources.c.id, ids), sources.c.lease_owner == owner)
        self._connection.execute(update(sources).where(mine).values(_RELEASED))

    def owners(self) -> set[str]:
        """Who holds leases, run out or not."""
        query = select(sources.c.lease_owner).where(sources.c.lease_owner.is_not(None)).distinct()
        return set(self._connection.execute(query).scalars())

    def release_of(self, owners: Collection[str]) -> int:
        """Give back every lease of owners that are no more; tells how many there were."""
        theirs = one_of(self._connection, sources.c.lease_owner, owners)
        return self._connection.execute(update(sources).where(theirs).values(_RELEASED)).rowcount

    def holds(self, source_id: str, owner: str) -> bool:
        """Tell whether the lease is still this owner's, and keep it so until the transaction ends."""
        query = select(sources.c.lease_owner).where(sources.c.id == source_id)
        return self._connection.execute(for_update(self._connection, query)).scalar() == owner

    def get(self, source_id: str) -> SourceState | None:
        """State of one source, also of one that is no longer configured."""
        row = self._connection.execute(select(*_STATE).where(sources.c.id == source_id)).one_or_none()
        return _state(row) if row else None

    def all(self) -> list[SourceState]:
        """States of all configured sources, by id."""
        rows = self._connection.execute(select(*_STATE).where(sources.c.configured).order_by(sources.c.id))
        return [_state(row) for row in rows]

    def rows(self, *, gone: bool = False) -> list[SourceRow]:
        """Configured sources as the database knows them, by id: for readers that have no configuration at hand.

        Args:
            gone: Also those that are no longer configured; their entries and stories stay.
        """
        query = select(sources).order_by(sources.c.id)
        if not gone:
            query = query.where(sources.c.configured)
        return [_row(row) for row in self._connection.execute(query).mappings()]

    def know(self, source: Source, now: datetime) -> None:
        """Give a source that is in no configuration a row, so that entries may refer to it; it is not watched."""
        row = _definition(source) | {"id": source.id, "added_at": now, "known_slices": b"", "configured": False}
        self._connection.execute(insert(self._connection, sources).values(row).on_conflict_do_nothing())

    def mute(self, source_id: str, until: datetime | None) -> bool:
        """Mute a source until a time; None ends it. False: there is no such source."""
        return self._set(source_id, {"muted_until": until})

    def set_health(self, source_id: str, health: Health, since: datetime) -> bool:
        """Write a state that upkeep found (late, or no longer). False: there is no such source."""
        return self._set(source_id, {"health": health, "health_since": since})

    def poll_now(self, source_id: str) -> bool:
        """Make a source due at once. False: there is no such source."""
        return self._set(source_id, {"next_poll_at": None})

    def _set(self, source_id: str, values: Mapping[str, Any]) -> bool:
        return self._connection.execute(update(sources).where(sources.c.id == source_id).values(values)).rowcount == 1


_TAKEN = and_(
    sources.c.id == bindparam("_id"), sources.c.lease_owner == bindparam("_owner"), sources.c.url == bindparam("_url")
)
_FINISH_TIMES = (
    update(sources)
    .where(_TAKEN)
    .values({name: bindparam(f"_{name}") for name in (*_POLLED, "poll_interval")} | _RELEASED)
)
_FINISH_WHOLE = _FINISH_TIMES.values({name: bindparam(f"_{name}") for name in (*_LEARNED, *_VALIDATORS)})


def _times(state: SourceState, owner: str) -> dict[str, Any]:
    return {
        "_next_poll_at": state.next_poll_at,
        "_last_polled_at": state.last_polled_at,
        "_last_ok_at": state.last_ok_at,
        "_poll_interval": state.interval,
        "_id": state.id,
        "_owner": owner,
        "_url": state.url,
    }


def _rest(state: SourceState) -> dict[str, Any]:
    row = {f"_{name}": getattr(state, name) for name in _OTHERS}
    return row | {f"_{name}": getattr(state.validators, name) for name in _VALIDATORS}


_all_but_times = attrgetter("validators", *_OTHERS)


def _same_but_times(before: SourceState, after: SourceState) -> bool:
    same: bool = _all_but_times(before) == _all_but_times(after)
    return same


def _definition(source: Source) -> dict[str, Any]:
    return {
        "name": source.name,
        "url": source.url,
        "kind": source.kind.value,
        "category": source.category,
        "jurisdiction": source.jurisdiction,
        "actor": source.actor,
        "enabled": source.enabled,
        "configured": True,
    }


def _differences(row: RowMapping, source: Source, now: datetime) -> dict[str, Any]:
    changes = {name: value for name, value in _definition(source).items() if row[name] != value}
    if "url" in changes:
        changes |= _NOTHING_LEARNED | {"failures": 0.0, "polls_failed": 0}
    if source.enabled and (changes.get("configured") or changes.get("enabled")):
        changes |= _NOTHING_LEARNED | {"added_at": now, "baseline_at": None}
    return changes


def _state(row: Iterable[Any]) -> SourceState:
    """The columns of ``_STATE`` as a value. (By place: by name it takes three times as long, and each claim reads many.)"""
    *plain, etag, last_modified, body_hash = row
    plain.insert(_BEFORE_VALIDATORS, Validators(etag, last_modified, body_hash))
    return SourceState(*plain)


def _row(row: RowMapping) -> SourceRow:
    names = ("id", "name", "url", "category", "jurisdiction", "actor", "enabled")
    source = Source(kind=SourceKind(row["kind"]), **{name: row[name] for name in names})
    return SourceRow(source, _state([row[column] for column in _STATE]))
