"""What `policywatch config show` says: all that is in force now, whoever put it there, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import labels
from bot.alerts.digests import next_end
from bot.commands.common import counted
from bot.config.scalars import quiet_text, schedule_text, span_text
from bot.model import Filters, Route, SourceState
from bot.slack.writing import filter_words
from bot.store import Tx
from bot.store.runtime import Label
from bot.wiring import Parts

FROM_SNOOZE = "a digest once a day in place of alerts"


@dataclass(frozen=True, slots=True)
class InForce:
    """What is in force, as JSON-able rows."""

    files: Mapping[str, Any]
    """Where the files are, since when they are in force, and why newer ones are refused."""
    sources: Sequence[Mapping[str, Any]]
    """Those that are on."""
    sources_off: int
    routes: Sequence[Mapping[str, Any]]
    snoozes: Sequence[Mapping[str, Any]]
    mutes: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any]


def in_force(parts: Parts) -> InForce:
    """Gather it: one read, nothing is written."""
    judgement, now = parts.live.get(), parts.clock()
    config = judgement.config
    with parts.store.reading() as tx:
        states = {state.id: state for state in tx.sources.all()}
        saved = tx.runtime.last_config()
        routes = tx.runtime.routes_in_force(config.routes)
        snoozes = [one for one in labels.snoozes(tx, now) if one.until > now]
        mutes = _mutes(tx, states, now)
    refused = parts.live.refused
    known = saved is not None and saved.fingerprint == config.fingerprint
    return InForce(
        files={
            "folder": str(parts.settings.config_dir),
            "since": saved.saved_at if saved is not None and known else None,
            "refused": [str(problem) for problem in refused.problems] if refused else [],
        },
        sources=[
            {
                "id": source.id,
                "name": source.name,
                "kind": source.kind.value,
                "url": source.shown_url,
                "every": span_text(source.every) if source.every else None,
                "alert_since": source.alert_since or (states[source.id].added_at if source.id in states else None),
                "defined": source.where,
            }
            for source in judgement.sources.values()
        ],
        sources_off=len(config.sources) - len(judgement.sources),
        routes=[_route(route, now) for route in routes],
        snoozes=[
            {"channel": one.channel, "since": one.since, "until": one.until, "by": one.person, "next_digest": min(one.until, next_end(one.route.schedule, now))}
            for one in snoozes
        ],
        mutes=mutes,
        settings=asdict(config.settings),
    )  # fmt: skip


def _route(route: Route, now: datetime) -> Mapping[str, Any]:
    digest = route.kind == "policy" and route.schedule.kind != "now"
    return {
        "name": route.name,
        "channel": route.channel,
        "kind": route.kind,
        "send": schedule_text(route.schedule),
        "next_digest": next_end(route.schedule, now) if digest else None,
        "filters": {name: value for name, value in asdict(route.filters).items() if value not in ((), None)},
        "quiet": quiet_text(route.quiet) or None,
        "group": route.group if digest else None,
        "when_empty": route.when_empty if digest else None,
        "max_per_hour": route.max_per_hour,
        "thread": route.thread,
        "broadcast": route.broadcast,
        "origin": route.origin,
        "since": route.created_at,
        "defined": route.where,
    }


def _mutes(tx: Tx, states: Mapping[str, SourceState], now: datetime) -> list[Mapping[str, Any]]:
    """Muted sources, then what is muted in a channel."""
    found: list[Mapping[str, Any]] = [
        {"what": f"source {state.id}", "channel": None, "until": state.muted_until, "since": None, "by": None}
        for state in states.values()
        if state.muted_until is not None and state.muted_until > now
    ]
    return [*found, *(_muted(label) for label in tx.runtime.labels(now, label=labels.MUTE_HERE))]


def _muted(label: Label) -> Mapping[str, Any]:
    what = label.subject.replace(":", " ", 1) if ":" in label.subject else f"story {label.subject}"
    name = labels.name_of(label)
    return {"what": what, "channel": label.channel, "until": label.until, "since": label.at, "by": name}


# --- in words ----------------------------------------------------------------------------------------------------------


def lines(found: InForce) -> Iterator[str]:
    """The same for people, a section for each kind."""
    since = found.files["since"]
    yield f"Files of {found.files['folder']}, " + (f"in force since {_moment(since)}" if since else "not yet in force")
    for problem in found.files["refused"]:
        yield f"  refused, the last good ones stay: {problem}"
    yield ""
    off = f", {found.sources_off} off" if found.sources_off else ""
    yield f"{counted(len(found.sources), 'source')} on{off}"
    for source in found.sources:
        every = f"every {source['every']}" if source["every"] else "adaptive"
        yield f"  {source['id']}  {source['kind']}, {every}  {source['url']}  ({source['defined']})"
    yield ""
    yield f"{len(found.routes)} routes"
    for route in found.routes:
        yield from _route_lines(route)
    yield from _section(
        "Snoozed",
        [
            f"{one['channel']} until {_moment(one['until'])}, by {one['by']}: {FROM_SNOOZE}, next {_moment(one['next_digest'])}"
            for one in found.snoozes
        ],
    )
    yield from _section("Muted", [_mute_line(one) for one in found.mutes])


def _route_lines(route: Mapping[str, Any]) -> Iterator[str]:
    zone = route["send"].split()[-1] if route["next_digest"] else "UTC"
    since = f"since {_moment(route['since'])}" if route["since"] else "not yet seen by a worker"
    yield f"  {route['name']} -> {route['channel']}  {route['send']}  ({route['defined'] or route['origin']}, {since})"
    if route["kind"] == "operators":
        yield "      operators: broken sources, refused config, messages that could not be sent"
    else:
        yield "      takes " + (" ".join(filter_words(Filters(**route["filters"]))) or "every policy change")
    if route["quiet"]:
        yield f"      quiet {route['quiet']}"
    if route["next_digest"]:
        how = "" if route["group"] == "news" else f", by {route['group']}"
        how += ", a line when nothing happened" if route["when_empty"] == "line" else ""
        yield f"      next digest {_moment(route['next_digest'], zone)}{how}"


def _mute_line(one: Mapping[str, Any]) -> str:
    where = f" in {one['channel']}" if one["channel"] else ""
    until = f" until {_moment(one['until'])}" if one["until"] else ""
    return f"{one['what']}{where}{until}" + (f", by {one['by']}" if one["by"] else "")


def _section(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield ""
        yield title
        yield from (f"  {row}" for row in rows)


def _moment(at: datetime, zone: str = "UTC") -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M} {zone}"
