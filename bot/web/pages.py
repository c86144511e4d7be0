"""Values into HTML (pure): Jinja2 with autoescape; every address is checked before it becomes a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.model import ArticleRef, Health, SourceRow, Story, StoryView, shown_url
from bot.web.ports import SeenEntry, Step

RANKS = ("Official", "Wires and regulators", "Others")
"""Names of :attr:`bot.model.ArticleRef.rank`."""

MEANINGS = {
    Health.OK: "The last poll worked.",
    Health.LATE: "Polls cannot keep their interval.",
    Health.FAILING: "Polls have failed for a while; later entries may be missed.",
    Health.SILENT: "Nothing new for much longer than is usual for this source.",
    Health.GONE: "The publisher says that this feed is gone for good.",
}
"""What a source's state means (docs/operations.md)."""

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")


class Renderer:
    """Renders the tracker's pages."""

    def __init__(self, names: Callable[[str], str], *, demo: bool = False) -> None:
        self._env = Environment(
            loader=PackageLoader("bot.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.filters |= {"day": day, "ago": ago, "date": iso_day, "safe_url": safe_url, "place": names}
        self._env.filters |= {"shown_url": shown_url, "span": span, "stage_day": stage_day, "words": words_of}
        self._env.globals |= {"demo": demo, "meanings": MEANINGS}

    def index(
        self,
        views: Sequence[StoryView],
        rows: Sequence[SourceRow],
        now: datetime,
        *,
        words: str,
        page: int,
        more: bool,
        trouble: str = "",
    ) -> str:
        """Recent stories, with the state of the sources in one line, and before it what keeps them from being looked at."""
        template = self._env.get_template("index.html")
        summary = summarise(rows, now)
        return template.render(views=views, summary=summary, words=words, page=page, more=more, trouble=trouble)

    def story(self, view: StoryView, articles: Sequence[ArticleRef], steps: Sequence[Step]) -> str:
        """One story with everything known of it: its fields, its stages, all of its reports."""
        groups = [(name, [one for one in articles if one.rank == rank]) for rank, name in enumerate(RANKS)]
        template = self._env.get_template("story.html")
        return template.render(view=view, steps=steps, groups=groups, shown=len(articles))

    def sources(self, rows: Sequence[SourceRow], now: datetime, *, trouble: str = "") -> str:
        """Every source: broken ones first, then by name; sources that are off come last."""
        order, summary = sorted(rows, key=_source_order), summarise(rows, now)
        return self._env.get_template("sources.html").render(rows=order, summary=summary, now=now, trouble=trouble)

    def source(self, row: SourceRow, entries: Sequence[SeenEntry], now: datetime) -> str:
        """One source: what the configuration says, how it is, and what became of the last things it published."""
        return self._env.get_template("source.html").render(row=row, entries=entries, now=now)

    def problem(self, title: str, sentence: str) -> str:
        """A page for what is not there or out of order."""
        return self._env.get_template("problem.html").render(title=title, sentence=sentence)


def _source_order(row: SourceRow) -> tuple[bool, bool, str]:
    ok = row.state is None or row.state.health is Health.OK
    return (not row.source.enabled, ok, row.source.name.casefold())


def summarise(rows: Sequence[SourceRow], now: datetime) -> str:
    """`61 sources, last checked 2 min ago, 2 broken`."""
    watched = [row for row in rows if row.source.enabled]
    states = [row.state for row in watched if row.state]
    polled = [state.last_polled_at for state in states if state.last_polled_at]
    counts = Counter(state.health for state in states)
    broken = counts[Health.FAILING] + counts[Health.GONE]
    parts = [f"{len(watched)} source{'' if len(watched) == 1 else 's'}"]
    parts.append(f"last checked {ago(max(polled), now)}" if polled else "not checked yet")
    if broken:
        parts.append(f"{broken} broken")
    if counts[Health.SILENT]:
        parts.append(f"{counts[Health.SILENT]} unusually silent")
    return ", ".join(parts)


def day(value: datetime) -> str:
    """`11 Jun 2020`."""
    return f"{value.day} {value:%b %Y}"


def iso_day(value: str | None) -> str:
    """An ISO 8601 date of full or reduced precision as people read it: `2020-07` becomes `Jul 2020`; other text stays."""
    found = _DATE.fullmatch(value or "")
    try:
        moment = datetime(int(found[1]), int(found[2] or 1), int(found[3] or 1), tzinfo=UTC) if found else None
    except ValueError:
        moment = None
    if found is None or moment is None:
        return value or ""
    if found[3]:
        return day(moment)
    return f"{moment:%b %Y}" if found[2] else found[1]


def stage_day(story: Story) -> str:
    """When the story reached its stage: the day of the decision where it is known, else of the report that said so."""
    return iso_day(story.change.decided) or day(story.stage_at or story.first_at)


def span(value: timedelta) -> str:
    """`45 s`, `15 min`, `6 h`, `2 days`."""
    seconds = int(value.total_seconds())
    for size, unit in ((86400, "day"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (seconds >= size and seconds % size == 0):
            count = seconds // size
            return f"{count} {unit}{'s' if unit == 'day' and count != 1 else ''}"
    return f"{seconds} s"


def words_of(name: str) -> str:
    """An identifier as people read it: `social_media` becomes `social media`."""
    return name.replace("_", " ")


def ago(value: datetime | None, now: datetime) -> str:
    """`just now`, `2 min ago`, `3 h ago`, `5 days ago`."""
    if value is None:
        return "never"
    passed = now - value
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} h ago"
    return f"{passed.days} days ago"


def safe_url(url: str | None) -> str:
    """The address if it is a web address, else empty: `javascript:` and the like never become a link."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""
