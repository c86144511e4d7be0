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
    """Compose a route's digest.

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
    groups, maybe = _grouped(items, views)
    if not groups and not maybe and not when_empty:
        return None
    deadlines = sorted(ahead, key=lambda one: one.on)
    shown = [*groups]
    if deadlines:
        lines = [{"line": one.line, "url": one.url, "note": f"{one.on.day} {one.on:%b}"} for one in deadlines]
        shown.append({"label": "AHEAD", "lines": lines})
    counts = {str(group["label"]): len(group["lines"]) for group in shown}
    return NewDelivery(
        kind=DeliveryKind.DIGEST,
        channel=digest.route.channel,
        dedupe_key=digest.key,
        route=digest.route.name,
        payload={
            "title": _title(digest, counts, len(maybe)),
            "groups": shown,
            "maybe": maybe,
            "sources_line": _sources_line(sources),
            "key": digest.key,
        },
    )


def _at(day: date, schedule: Schedule, zone: ZoneInfo) -> datetime:
    local = datetime(day.year, day.month, day.day, schedule.hour, schedule.minute, tzinfo=zone)
    return local.astimezone(UTC)


def _length(schedule: Schedule) -> timedelta:
    return timedelta(days=7 if schedule.kind == "weekly" else 1)


def _grouped(
    items: Sequence[DigestItem], views: Mapping[int, StoryView]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sort stories into NEW, MOVED and less certain; each stands once, and the surest place wins."""
    place: dict[int, tuple[int, StoryView]] = {}
    for item in items:
        view = views.get(item.story_id)
        if view is None:
            continue
        rank = 2 if item.maybe else 1 if item.transition.startswith("stage:") else 0
        known = place.get(view.story.id)
        if known is None or rank < known[0]:
            place[view.story.id] = (rank, view)
    lines: tuple[list[dict[str, Any]], ...] = ([], [], [])
    for rank, view in place.values():
        lines[rank].append(_line(view, moved=rank == 1))
    groups = [{"label": label, "lines": some} for label, some in (("NEW", lines[0]), ("MOVED", lines[1])) if some]
    return groups, lines[2]


def _line(view: StoryView, *, moved: bool) -> dict[str, Any]:
    story = view.story
    best = view.best or view.first
    if moved:
        before = view.previous.stage if view.previous and view.previous.stage else None
        note = f"{before} → {story.stage}" if before else f"now {story.stage}"
    else:
        at = story.first_at
        sources = f" · {story.source_count} sources" if story.source_count > 1 else ""
        note = f"{at.day} {at:%b}{sources}"
    return {"line": story.change.line or story.change.evidence.quote, "url": best.url if best else None, "note": note}


def _title(digest: DueDigest, counts: Mapping[str, int], maybe: int) -> str:
    zone = ZoneInfo(digest.route.schedule.zone)
    last = digest.end.astimezone(zone).date() - timedelta(days=1 if digest.route.schedule.kind == "weekly" else 0)
    whole = digest.end - digest.start > timedelta(hours=25)  # more than the one day that a daily digest is named for
    first = min(digest.start.astimezone(zone).date(), last) if whole else last
    parts = [
        f"{count} {word}" if count == 1 or not plural else f"{count} {plural}"
        for label, word, plural in (("NEW", "new", ""), ("MOVED", "moved", ""), ("AHEAD", "deadline", "deadlines"))
        if (count := counts.get(label, 0))
    ]
    if maybe:
        parts.append(f"{maybe} less certain")
    return f"{_TOPIC}, {_days(first, last)}: {', '.join(parts) or 'nothing new'}"


def _days(first: date, last: date) -> str:
    if first == last:
        return f"{last.day} {last:%B}"
    start = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%B}"
    return f"{start}–{last.day} {last:%B}"


def _sources_line(sources: SourcesNow | None) -> str:
    if sources is None:
        return ""
    total = f"{sources.total} source" if sources.total == 1 else f"{sources.total} sources"
    if not sources.broken:
        return f"{total}, all well"
    names = ", ".join(sources.broken[:5]) + ("…" if len(sources.broken) > 5 else "")
    return f"{total}, {len(sources.broken)} broken: {names}"
