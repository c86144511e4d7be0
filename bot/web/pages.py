"""Values into HTML (pure): Jinja2 with autoescape; every address is checked before it becomes a link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.model import Health, SourceRow, StoryView


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
        self._env.filters |= {"day": day, "ago": ago, "safe_url": safe_url, "place": names}
        self._env.globals["demo"] = demo

    def index(
        self, views: Sequence[StoryView], rows: Sequence[SourceRow], now: datetime, *, words: str, page: int, more: bool
    ) -> str:
        """Recent stories, with the state of the sources in one line."""
        template = self._env.get_template("index.html")
        return template.render(views=views, summary=summarise(rows, now), now=now, words=words, page=page, more=more)

    def story(self, view: StoryView, now: datetime) -> str:
        """One story with everything known of it."""
        return self._env.get_template("story.html").render(view=view, now=now)

    def sources(self, rows: Sequence[SourceRow], now: datetime) -> str:
        """Every source: broken ones first, then by name; sources that are off come last."""
        order = sorted(rows, key=_source_order)
        return self._env.get_template("sources.html").render(rows=order, summary=summarise(rows, now), now=now)


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
