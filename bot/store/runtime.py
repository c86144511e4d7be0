"""The running system: last good configuration, heartbeats, routes, people's labels, used signatures, small facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, case, delete, or_, select, update

from bot.model import Filters, Quiet, Route, Schedule
from bot.store.sql import insert
from bot.store.tables.base import digest
from bot.store.tables.runtime import config_versions, facts, heartbeats, labels, routes, used_signatures

KEPT_CONFIGS = 20
"""Good configurations that are kept."""

SIGNATURES_KEPT = timedelta(minutes=15)
"""Longer than the window in which Slack's signatures are valid (5 minutes either side)."""

BEATS_KEPT = timedelta(days=7)
"""After this nobody asks any more when a process was last seen."""


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    """A configuration that was found good."""

    files: Mapping[str, str]
    """Raw text by file name."""
    fingerprint: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of one process."""

    process: str
    kind: str
    """``worker``, ``web``, …"""
    started_at: datetime
    """Its first beat."""
    beat_at: datetime
    info: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said about something at run time: not relevant, muted here, followed, taken."""

    subject: str
    """What it is about: ``s12``, ``actor:Microsoft``, ``source:ms-blog``."""
    label: str
    person: str
    at: datetime
    channel: str = ""
    """Where it holds; empty: everywhere."""
    value: Any = None
    until: datetime | None = None


class Runtime:
    """Rows that overlay the configuration files and reach every process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- configuration ---

    def save_config(self, files: Mapping[str, str], fingerprint: str, now: datetime) -> None:
        """Keep a configuration that was found good; the one that is already last is not stored again."""
        last = self.last_config()
        if last is None or last.fingerprint != fingerprint:
            row = {"files": dict(files), "fingerprint": fingerprint, "saved_at": now}
            self._connection.execute(config_versions.insert(), row)

    def last_config(self) -> ConfigVersion | None:
        """Read the configuration saved last."""
        query = select(config_versions).order_by(config_versions.c.id.desc()).limit(1)
        row = self._connection.execute(query).mappings().one_or_none()
        return ConfigVersion(row["files"], row["fingerprint"], row["saved_at"]) if row else None

    # --- processes ---

    def beat(self, process: str, kind: str, now: datetime, info: Mapping[str, Any]) -> None:
        """Note that a process is alive."""
        row = {"process": process, "kind": kind, "started_at": now, "beat_at": now, "info": dict(info)}
        statement = insert(self._connection, heartbeats).values(row)
        changed = {"kind": kind, "beat_at": now, "info": dict(info)}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["process"], set_=changed))

    def beats(self) -> list[Beat]:
        """All processes, the one seen last first."""
        query = select(heartbeats).order_by(heartbeats.c.beat_at.desc(), heartbeats.c.process)
        rows = self._connection.execute(query).mappings()
        return [Beat(**{name: row[name] for name in Beat.__slots__}) for row in rows]

    def use_signature(self, signature: str, now: datetime) -> bool:
        """Mark a request's signature as used. False: it was used before, and this is a replay."""
        row = {"signature_hash": digest(signature), "used_at": now}
        statement = insert(self._connection, used_signatures).values(row).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(used_signatures.c.used_at)).one_or_none() is not None

    # --- routes ---

    def sync_routes(self, wanted: Iterable[Route], now: datetime) -> tuple[Route, ...]:
        """Note the routes of the files, and give all routes in force: these, then the subscriptions.

        ``created_at`` of each says since when it is in force; a route to another channel, or one that was gone
        meanwhile, counts as new.
        """
        known = {(row["name"], row["channel"]): row for row in self._routes("file")}
        result: list[Route] = []
        for route in wanted:
            row = known.pop((route.name, route.channel), None)
            if row is not None and row["in_force"]:
                result.append(replace(route, created_at=row["created_at"]))
            else:
                result.append(self._put_route(route, now, None))
        for row in known.values():
            if row["in_force"]:
                self._connection.execute(update(routes).where(routes.c.id == row["id"]).values(in_force=False))
        return (*result, *self.subscriptions())

    def routes_in_force(self, wanted: Iterable[Route]) -> tuple[Route, ...]:
        """Give all routes in force as :meth:`sync_routes` does, and write nothing: ``created_at`` of one that is new is None."""
        since = {(row["name"], row["channel"]): row["created_at"] for row in self._routes("file") if row["in_force"]}
        mine = (replace(route, created_at=since.get((route.name, route.channel))) for route in wanted)
        return (*mine, *self.subscriptions())

    def subscribe(self, route: Route, person: str, now: datetime) -> Route:
        """Put a route in force that a person asked for in Slack; nothing earlier than now is sent to it."""
        return self._put_route(replace(route, origin="subscription", where=f"subscribed by {person}"), now, person)

    def unsubscribe(self, name: str, channel: str) -> bool:
        """End a subscription. False: there is none."""
        mine = and_(
            routes.c.name == name, routes.c.channel == channel, routes.c.origin == "subscription", routes.c.in_force
        )
        return self._connection.execute(update(routes).where(mine).values(in_force=False)).rowcount == 1

    def subscriptions(self) -> tuple[Route, ...]:
        """Subscriptions in force, the oldest first."""
        rows = [row for row in self._routes("subscription") if row["in_force"]]
        return tuple(replace(_route(row["route"]), created_at=row["created_at"]) for row in rows)

    def _routes(self, origin: str) -> list[RowMapping]:
        query = select(routes).where(routes.c.origin == origin).order_by(routes.c.created_at, routes.c.id)
        return list(self._connection.execute(query).mappings())

    def _put_route(self, route: Route, now: datetime, person: str | None) -> Route:
        """Insert a route's row, or put it in force again; of two processes doing so at once the first one's time counts."""
        row = {
            "name": route.name,
            "channel": route.channel,
            "origin": route.origin,
            "route": None if route.origin == "file" else _route_row(route),
            "created_by": person,
            "created_at": now,
            "in_force": True,
        }
        statement = insert(self._connection, routes).values(row)
        since = case((routes.c.in_force, routes.c.created_at), else_=statement.excluded.created_at)
        statement = statement.on_conflict_do_update(
            index_elements=["name", "channel", "origin"],
            set_={"route": row["route"], "created_by": person, "created_at": since, "in_force": True},
        )
        self._connection.execute(statement)
        mine = and_(routes.c.name == route.name, routes.c.channel == route.channel, routes.c.origin == route.origin)
        created_at = self._connection.execute(select(routes.c.created_at).where(mine)).scalar_one()
        return replace(route, created_at=created_at)

    # --- labels and facts ---

    def label(self, label: Label) -> None:
        """Write a label; the same person's same label on the same thing in the same channel is replaced."""
        row = {name: getattr(label, name) for name in Label.__slots__}
        statement = insert(self._connection, labels).values(row)
        changed = {name: row[name] for name in ("value", "at", "until")}
        key = ["subject", "channel", "label", "person"]
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))

    def unlabel(self, subject: str, label: str, *, channel: str = "", person: str | None = None) -> int:
        """Take a label away, one person's or (None) everybody's; tells how many there were."""
        mine = and_(labels.c.subject == subject, labels.c.label == label, labels.c.channel == channel)
        if person is not None:
            mine = and_(mine, labels.c.person == person)
        return self._connection.execute(delete(labels).where(mine)).rowcount

    def labels(
        self, now: datetime, *, subject: str | None = None, label: str | None = None, channel: str | None = None
    ) -> list[Label]:
        """Labels that hold now, the oldest first; of a channel: those for it and those for everywhere."""
        query = select(labels).where(or_(labels.c.until.is_(None), labels.c.until > now))
        if subject is not None:
            query = query.where(labels.c.subject == subject)
        if label is not None:
            query = query.where(labels.c.label == label)
        if channel is not None:
            query = query.where(labels.c.channel.in_(["", channel]))
        rows = self._connection.execute(query.order_by(labels.c.at, labels.c.id)).mappings()
        return [Label(**{name: row[name] for name in Label.__slots__}) for row in rows]

    def remember(self, key: str, value: Any, now: datetime) -> None:
        """Keep a small JSON value that every process should know."""
        row = {"key": key, "value": value, "at": now}
        statement = insert(self._connection, facts).values(row)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["key"], set_={"value": value, "at": now})
        )

    def recall(self, key: str) -> Any:
        """Read a value back; None when there is none."""
        return self._connection.execute(select(facts.c.value).where(facts.c.key == key)).scalar()

    def recall_since(self, prefix: str, since: datetime) -> dict[str, tuple[Any, datetime]]:
        """Read back all values whose key begins so and that were kept since then: by the rest of the key, with the time."""
        query = select(facts).where(facts.c.key.startswith(prefix, autoescape=True), facts.c.at >= since)
        return {row.key.removeprefix(prefix): (row.value, row.at) for row in self._connection.execute(query)}

    def forget(self, key: str) -> None:
        """Drop a value."""
        self._connection.execute(delete(facts).where(facts.c.key == key))

    # --- upkeep ---

    def prune(self, now: datetime) -> int:
        """Delete what nobody asks for any more; tells how many rows. Entries and stories are kept for ever."""
        kept = select(config_versions.c.id).order_by(config_versions.c.id.desc()).limit(KEPT_CONFIGS)
        statements = (
            delete(used_signatures).where(used_signatures.c.used_at < now - SIGNATURES_KEPT),
            delete(heartbeats).where(heartbeats.c.beat_at < now - BEATS_KEPT),
            delete(labels).where(labels.c.until < now),
            delete(config_versions).where(config_versions.c.id.not_in(kept)),
        )
        return sum(self._connection.execute(statement).rowcount for statement in statements)


def _route_row(route: Route) -> dict[str, Any]:
    quiet = route.quiet and {"start": f"{route.quiet.start}", "end": f"{route.quiet.end}", "zone": route.quiet.zone}
    return asdict(replace(route, created_at=None, quiet=None)) | {"quiet": quiet}


def _quiet(value: Mapping[str, str] | None) -> Quiet | None:
    if value is None:
        return None
    return Quiet(time.fromisoformat(value["start"]), time.fromisoformat(value["end"]), value["zone"])


def _route(value: Mapping[str, Any]) -> Route:
    filters: dict[str, Any] = {
        name: tuple(item) if isinstance(item, list) else item for name, item in value["filters"].items()
    }
    read = {
        "schedule": Schedule(**value["schedule"]),
        "filters": Filters(**filters),
        "quiet": _quiet(value.get("quiet")),
    }
    return Route(**{**value, **read})
