"""What messages are made from, beyond the values of :mod:`bot.model`. Frozen, no I/O.

A delivery's ``payload`` is JSON; the ``…_from`` functions here read the payloads of each kind defensively, so that a
row written by another version of the code still renders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import ArticleRef, Related, Stage, StoryView


@dataclass(frozen=True, slots=True)
class Marks:
    """What people did to a story; shown on its message. Users are Slack ids (`U0123456789`)."""

    taken_by: str | None = None
    """Who said "I'll take it"."""
    dismissed_by: str | None = None
    """Who said that it is no policy change: the message collapses, and can be opened again."""
    corrected: str | None = None
    """What was wrong and is now right, in one sentence; the message is marked CORRECTED."""
    corrected_by: str | None = None
    """Who said so."""
    muted_by: str | None = None
    """Who said, of this story, that its channel should hear no more of it or of its kind."""
    muted: str = ""
    """Behind "no more": empty for the story itself, else `on Microsoft`, `of this kind (ban)`, `from California`."""
    forward: Related | None = None
    """The same matter at a later stage: the old message links forward to it."""
    merged_into: Related | None = None
    """The story this one turned out to be part of."""
    merged_by: str | None = None
    """Who said so; None: the bot found it out."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What a delivery knows of how it is told."""

    late: timedelta | None = None
    """How long after publication, when that is worth saying."""
    unstated: tuple[str, ...] = ()
    """`place`, `target`: it passed the route's filter because it does not say."""
    threaded: bool = True
    """Whether coverage is listed in the thread."""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One line of a digest."""

    line: str
    url: str | None = None
    note: str = ""
    """Stages or number of sources, after the line."""
    day: str = ""
    """Of something that lies ahead, before the line."""


@dataclass(frozen=True, slots=True)
class DigestDetail:
    """What the thread of a digest says of one story."""

    line: DigestLine
    ref: str = ""
    maybe: bool = False
    terms: tuple[str, ...] = ()
    """On what condition, for how long."""
    before: str = ""
    """The stage that it moved from."""
    stage: str = ""
    on: str = ""
    """ISO date of the stage."""
    places: tuple[str, ...] = ()
    quote: str = ""
    speaker: str = ""
    sources: int = 1


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Lines under one label: `NEW`, `MOVED`, `AHEAD`; or an actor, or a place, when grouped so."""

    label: str
    lines: tuple[DigestLine, ...] = ()
    place: str | None = None
    """Code of the place that stands for the label; empty: none is stated."""


@dataclass(frozen=True, slots=True)
class DigestView:
    """All that a digest says."""

    title: str
    """`Facial recognition, 8–14 June: 3 new, 1 moved, 1 deadline`."""
    groups: tuple[DigestGroup, ...] = ()
    maybe: tuple[DigestLine, ...] = ()
    """Less certain ones: only counted here, listed in the thread."""
    sources_line: str = ""
    """`61 sources, 2 broken since Tuesday: <names>`."""
    key: str = ""
    """Names the digest for the button *Copy as Markdown* (route and period)."""
    threaded: bool = True
    """Whether its thread tells the stories in detail."""
    details: tuple[DigestDetail, ...] = ()
    """For one reply in the thread."""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A message to operators."""

    headline: str
    lines: tuple[str, ...] = ()
    fix: str = ""
    """Where to mend it: `url at config/sources.yaml:41`."""
    test: str = ""
    """The command that shows whether it works."""
    mute: str = ""
    """Id of the source that a button can mute; empty: no button."""
    footer: str = ""
    """`Next message: on recovery.`"""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What rendering a delivery needs besides the delivery and its story."""

    names: Mapping[str, str] = field(default_factory=dict)
    """Codes of places to the names that people read: `US-CA` to `California`."""
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    public_url: str | None = None
    """Address of the tracker; None: no links to it."""
    marks: Marks = Marks()
    articles: tuple[ArticleRef, ...] = ()
    """Coverage to list in the thread reply, best first."""
    members: tuple[StoryView, ...] = ()
    """Stories of a catch-up message."""
    why: str = ""
    """The route that took the story, for `why` lines."""
    step: tuple[Stage, datetime] | None = None
    """The stage that the message tells of, and when it was reached; None: not known, the story as it is tells."""


def story_url(public_url: str | None, ref: str) -> str | None:
    """Return the tracker page of a story, when the tracker is reachable from outside."""
    return f"{public_url}/stories/{ref}" if public_url else None


def related_from(value: Any) -> Related | None:
    """Read a link to another story: ``{"ref", "line", "at", "url", "stage"}``."""
    if not isinstance(value, Mapping) or not value.get("line"):
        return None
    stage = value.get("stage")
    return Related(
        ref=str(value.get("ref", "")),
        line=str(value["line"]),
        at=_moment(value.get("at")),
        url=_text(value.get("url")) or None,
        stage=Stage(stage) if stage in set(Stage) else None,
    )


def marks_from(payload: Mapping[str, Any], otherwise: Marks = Marks()) -> Marks:
    """Read marks from ``payload["marks"]``; what is not there is taken from ``otherwise``."""
    given = payload.get("marks")
    if not isinstance(given, Mapping):
        return otherwise
    return Marks(
        taken_by=_text(given.get("taken_by")) or otherwise.taken_by,
        dismissed_by=_text(given.get("dismissed_by")) or otherwise.dismissed_by,
        corrected=_text(given.get("corrected")) or otherwise.corrected,
        forward=related_from(given.get("forward")) or otherwise.forward,
        merged_into=related_from(given.get("merged_into")) or otherwise.merged_into,
        corrected_by=_text(given.get("corrected_by")) or otherwise.corrected_by,
        muted_by=_text(given.get("muted_by")) or otherwise.muted_by,
        muted=_text(given.get("muted")) or otherwise.muted,
        merged_by=_text(given.get("merged_by")) or otherwise.merged_by,
    )


def digest_from(payload: Mapping[str, Any]) -> DigestView:
    """Read ``{"title", "groups": [{"label" or "place", "lines": [{"line", "url", "note"}]}], "maybe", "sources_line", "key"}``.

    A reply in its thread has ``{"title", "details": [{"line", "url", "ref", "terms", "before", "stage", "on", "places", "quote", …}]}``.
    """
    groups = tuple(
        DigestGroup(
            _text(group.get("label")),
            _digest_lines(group.get("lines")),
            _text(group["place"]) if "place" in group else None,
        )
        for group in _list(payload.get("groups"))
        if isinstance(group, Mapping)
    )
    return DigestView(
        title=_text(payload.get("title")) or _text(payload.get("text")),
        groups=groups,
        maybe=_digest_lines(payload.get("maybe")),
        sources_line=_text(payload.get("sources_line")),
        key=_text(payload.get("key")),
        threaded=payload.get("thread") is not False,
        details=tuple(_detail(one) for one in _list(payload.get("details")) if isinstance(one, Mapping)),
    )


def _detail(value: Mapping[str, Any]) -> DigestDetail:
    (line,) = _digest_lines([value])
    return DigestDetail(
        line,
        ref=_text(value.get("ref")),
        maybe=value.get("maybe") is True,
        terms=tuple(_text(one) for one in _list(value.get("terms"))),
        before=_text(value.get("before")),
        stage=_text(value.get("stage")),
        on=_text(value.get("on")),
        places=tuple(_text(one) for one in _list(value.get("places"))),
        quote=_text(value.get("quote")),
        speaker=_text(value.get("speaker")),
        sources=sources if isinstance(sources := value.get("sources"), int) else 1,
    )


def notice_from(payload: Mapping[str, Any]) -> NoticeView:
    """Read ``{"headline" or "text", "lines", "fix", "test", "mute", "footer"}``; ``text`` may hold several lines."""
    first, *more = (_text(payload.get("headline")) or _text(payload.get("text"))).split("\n")
    return NoticeView(
        headline=first,
        lines=(*more, *(_text(line) for line in _list(payload.get("lines")))),
        fix=_text(payload.get("fix")),
        test=_text(payload.get("test")),
        mute=_text(payload.get("mute")),
        footer=_text(payload.get("footer")),
    )


def telling_from(payload: Mapping[str, Any]) -> Telling:
    """Read ``late_seconds``, ``unstated`` and ``thread`` of a post."""
    seconds = payload.get("late_seconds")
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return Telling(
        late=timedelta(seconds=min(float(seconds or 0), 1e9)) if known and (seconds or 0) > 0 else None,
        unstated=tuple(_text(item) for item in _list(payload.get("unstated")) if item in {"place", "target"}),
        threaded=payload.get("thread") is not False,
    )


def _digest_lines(value: Any) -> tuple[DigestLine, ...]:
    return tuple(
        DigestLine(
            _text(item.get("line")), _text(item.get("url")) or None, _text(item.get("note")), _text(item.get("day"))
        )
        if isinstance(item, Mapping)
        else DigestLine(_text(item))
        for item in _list(value)
    )


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
