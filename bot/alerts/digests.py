"""Digests (pure): when a route's is due at its local time, and what it says.

A route's stories are kept as rows when they are taken (``DigestItem``), in the transaction that stores the story, and
not gathered by a query later: filters, mutes and thresholds are those of that moment, so that the digest agrees with
`explain`; nothing falls between two periods however long the bot was down; and a digest that was missed is sent once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.model import DeliveryKind, DigestItem, NewDelivery, Route, Schedule, StoryView

_TOPIC = "Facial recognition"
NEW, MOVED, MAYBE = range(3)
"""What a story is in a digest; the surest comes first."""
DETAILS = 8
"""Stories told in detail by one reply in the thread."""
MOST_REPLIES = 8


@dataclass(frozen=True, slots=True)
class DueDigest:
    """A period that has ended and was not told yet."""

    route: Route
    start: datetime
    """End of the period that was finished last; None was: when the route was made, at most a period back."""
    end: datetime

    @property
    def key(self) -> str:
        """Unique for ever: enqueued twice it is stored once."""
        return f"digest:{self.route.name}:{self.end.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """Something that lies ahead: a date of effect, an expiry, a closing consultation."""

    on: date
    line: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SourcesNow:
    """How the sources are, for the last line."""

    total: int
    broken: tuple[str, ...] = ()
    """Names."""
    since: datetime | None = None
    """Since when the first of them is."""


def due(routes: Sequence[Route], finished: Mapping[str, datetime], now: datetime) -> list[DueDigest]:
    """Find the digests to compose now; one for each route, however many periods were missed.

    Args:
        routes: In force.
        finished: Route -> end of the period that was finished last.
        now: The time.
    """
    found: list[DueDigest] = []
    for route in routes:
        if route.kind == "operators" or route.schedule.kind == "now":
            continue
        end = latest_end(route.schedule, now)
        start = finished.get(route.name)
        if start is None:
            if route.created_at is not None and end <= route.created_at:
                continue  # its first period has not ended
            start = max(end - _length(route.schedule), route.created_at or end - _length(route.schedule))
        if start < end:
            found.append(DueDigest(route, start, end))
    return found


def latest_end(schedule: Schedule, now: datetime) -> datetime:
    """Find the last instant, at or before now, at which the schedule's local clock showed its time.

    A time that the clock skips in spring counts as the instant it would have been (an hour later on the clock); one
    that it shows twice in autumn counts the first time only.
    """
    zone = ZoneInfo(schedule.zone)
    day = now.astimezone(zone).date() + timedelta(days=1)
    if schedule.kind == "weekly":
        day -= timedelta(days=(day.weekday() - schedule.weekday) % 7)
    step = timedelta(days=7 if schedule.kind == "weekly" else 1)
    while (at := _at(day, schedule, zone)) > now:
        day -= step
    return at


def next_end(schedule: Schedule, now: datetime) -> datetime:
    """Find the first instant after now at which a digest is due: for `config show` and App Home."""
    zone = ZoneInfo(schedule.zone)
    step = timedelta(days=7 if schedule.kind == "weekly" else 1)
    day = latest_end(schedule, now).astimezone(zone).date() + step
    return _at(day, schedule, zone)


def compose(
    digest: DueDigest,
    items: Sequence[DigestItem],
    views: Mapping[int, StoryView],
    *,
    ahead: Sequence[Deadline] = (),
    sources: SourcesNow | None = None,
    when_empty: bool = False,
) -> NewDelivery | None:
    """Compose a route's digest; :func:`thread` gives what stands below it.

    Args:
        digest: Which, from :func:`due`.
        items: What the route has taken, oldest first.
        views: The stories as they are now, by the id in the item; one that is not there (dismissed) is left out, and
            two ids that were merged share a view and are told once.
        ahead: Deadlines to name; they alone do not make a digest.
        sources: For the last line.
        when_empty: Also say that nothing happened.

    Returns:
        The delivery, or None when there is nothing to tell.
    """
    told = _told(items, views)
    if not told and not when_empty:
        return None
    deadlines = sorted(ahead, key=lambda one: one.on)
    shown = _grouped([one for one in told if one[0] != MAYBE], digest.route.group)
    if deadlines:
        lines = [{"line": one.line, "url": one.url, "day": f"{one.on.day} {one.on:%b}"} for one in deadlines]
        shown.append({"label": "AHEAD", "lines": lines})
    return NewDelivery(
        kind=DeliveryKind.DIGEST,
        channel=digest.route.channel,
        dedupe_key=digest.key,
        route=digest.route.name,
        payload={
            "title": _title(digest, [rank for rank, _ in told], len(deadlines)),
            "groups": shown,
            "maybe": [_line(view, rank) for rank, view in told if rank == MAYBE],
            "details": [_detail(view, rank) for rank, view in told],
            "sources_line": _sources_line(sources, digest.end),
            "key": digest.key,
        }
        | ({} if digest.route.thread else {"thread": False}),
    )


def thread(digest: NewDelivery) -> tuple[NewDelivery, ...]:
    """Give the replies below a digest that tell its stories in detail; who stores them knows their parent."""
    payload = digest.payload
    details = payload["details"] if payload.get("thread") is not False else []
    pages = [details[start : start + DETAILS] for start in range(0, len(details), DETAILS)][:MOST_REPLIES]
    return tuple(
        NewDelivery(
            kind=DeliveryKind.REPLY,
            channel=digest.channel,
            dedupe_key=f"{digest.dedupe_key}:details:{number}",
            route=digest.route,
            payload={"of": "digest", "title": payload["title"], "details": page},
        )
        for number, page in enumerate(pages, start=1)
    )


def _at(day: date, schedule: Schedule, zone: ZoneInfo) -> datetime:
    local = datetime(day.year, day.month, day.day, schedule.hour, schedule.minute, tzinfo=zone)
    return local.astimezone(UTC)


def _length(schedule: Schedule) -> timedelta:
    return timedelta(days=7 if schedule.kind == "weekly" else 1)


def _told(items: Sequence[DigestItem], views: Mapping[int, StoryView]) -> list[tuple[int, StoryView]]:
    """Sort stories into new, moved and less certain; each stands once, and the surest place wins."""
    place: dict[int, tuple[int, StoryView]] = {}
    for item in items:
        view = views.get(item.story_id)
        if view is None:
            continue
        rank = MAYBE if item.maybe else MOVED if item.transition.startswith("stage:") else NEW
        known = place.get(view.story.id)
        if known is None or rank < known[0]:
            place[view.story.id] = (rank, view)
    return sorted(place.values(), key=lambda one: one[0])


def _grouped(told: Sequence[tuple[int, StoryView]], by: str) -> list[dict[str, Any]]:
    """Put what is told under headings: NEW and MOVED, or places or actors, those with most stories first."""
    groups: dict[str, dict[str, Any]] = {}
    for rank, view in told:
        heading = _heading(rank, view, by)
        groups.setdefault(str(heading), heading | {"lines": []})["lines"].append(_line(view, rank))
    found = list(groups.values())
    return found if by == "news" else sorted(found, key=lambda one: (one.get("place") == "", -len(one["lines"])))


def _heading(rank: int, view: StoryView, by: str) -> dict[str, str]:
    """Name the group that a story belongs to; a place is a code, and people are shown its name."""
    change = view.story.change
    if by == "actor":
        return {"label": change.actor}
    if by == "place":
        first = change.jurisdictions[0] if change.jurisdictions else ""
        return {"place": first.split("/")[0].split("-")[0]}
    return {"label": "MOVED" if rank == MOVED else "NEW"}


def _line(view: StoryView, rank: int) -> dict[str, Any]:
    story = view.story
    best = view.best or view.first
    if rank == MOVED:
        before = view.previous.stage if view.previous and view.previous.stage else None
        note = f"{before} → {story.stage}" if before else f"now {story.stage}"
    else:
        at = story.first_at
        sources = f" · {story.source_count} sources" if story.source_count > 1 else ""
        note = f"{at.day} {at:%b}{sources}"
    return {"line": story.change.line or story.change.evidence.quote, "url": best.url if best else None, "note": note}


def _detail(view: StoryView, rank: int) -> dict[str, Any]:
    """What the thread says of a story beyond its line."""
    story, change = view.story, view.story.change
    decided = change.decided if change.stage is story.stage else None
    return _line(view, rank) | {
        "note": "",
        "ref": story.ref,
        "before": view.previous.stage.value if rank == MOVED and view.previous and view.previous.stage else "",
        "sources": story.source_count,
        "maybe": rank == MAYBE,
        "terms": [change.condition or "", change.duration or ""],
        "stage": story.stage.value,
        "on": decided or (story.stage_at or story.first_at).date().isoformat(),
        "places": list(change.jurisdictions),
        "quote": change.quote or change.evidence.quote,
        "speaker": change.speaker or "",
    }


def _title(digest: DueDigest, ranks: Sequence[int], deadlines: int) -> str:
    zone = ZoneInfo(digest.route.schedule.zone)
    last = digest.end.astimezone(zone).date() - timedelta(days=1 if digest.route.schedule.kind == "weekly" else 0)
    whole = digest.end - digest.start > timedelta(hours=25)  # more than the one day that a daily digest is named for
    first = min(digest.start.astimezone(zone).date(), last) if whole else last
    parts = [f"{ranks.count(rank)} {word}" for rank, word in ((NEW, "new"), (MOVED, "moved")) if rank in ranks]
    if not parts:
        parts = [f"{ranks.count(MAYBE)} less certain" if ranks else "nothing new"]
    if deadlines:
        parts.append("1 deadline" if deadlines == 1 else f"{deadlines} deadlines")
    return f"{_TOPIC}, {_days(first, last)}: {', '.join(parts)}"


def _days(first: date, last: date) -> str:
    if first == last:
        return f"{last.day} {last:%B}"
    start = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%B}"
    return f"{start}–{last.day} {last:%B}"


def _sources_line(sources: SourcesNow | None, now: datetime) -> str:
    if sources is None:
        return ""
    total = f"{sources.total} source" if sources.total == 1 else f"{sources.total} sources"
    if not sources.broken:
        return f"{total}, all well"
    since = ""
    if sources.since is not None:
        within_the_week = now - sources.since < timedelta(days=6)
        since = f" since {sources.since:%A}" if within_the_week else f" since {sources.since.day} {sources.since:%B}"
    names = ", ".join(sources.broken[:5]) + ("…" if len(sources.broken) > 5 else "")
    return f"{total}, {len(sources.broken)} broken{since}: {names}"
