"""A digest outside Slack: what it would say now, as Markdown or HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.alerts import digests
from bot.alerts.digests import DueDigest
from bot.model import DigestItem, Route
from bot.store import Store
from bot.upkeep import deadlines

_MARKS = re.compile(r"([\\`*_\[\]<>#|])")


def preview(store: Store, start: datetime, end: datetime) -> Mapping[str, Any]:
    """Compose a digest of all stories that appeared or moved between two times; nothing is stored or sent."""
    with store.reading() as tx:
        listed = tx.reports.recent(since=start, until=end, limit=500).items
        items = [
            DigestItem(
                "preview",
                "",
                one.story.id,
                "new" if one.story.first_at >= start else f"stage:{one.story.stage.value}",
                one.at,
            )
            for one in reversed(listed)
        ]
        views = {item.story_id: view for item in items if (view := tx.stories.view(item.story_id)) is not None}
        ahead = deadlines(tx, end)
    due = DueDigest(Route("preview", ""), start, end)
    composed = digests.compose(due, items, views, ahead=ahead, when_empty=True)
    assert composed is not None  # when_empty
    return composed.payload


def as_markdown(digest: Mapping[str, Any]) -> str:
    """Markdown whose text cannot turn into markup."""
    lines = [f"# {_escaped(digest['title'])}", ""]
    for group in _groups(digest):
        lines += [f"## {_escaped(group['label'])}", ""]
        for one in group["lines"]:
            text = _escaped(one["line"])
            linked = f"[{text}](<{one['url']}>)" if one.get("url") else text
            lines.append(f"- {_day(one)}{linked}" + (f" · {_escaped(one['note'])}" if one.get("note") else ""))
        lines.append("")
    return "\n".join(lines).rstrip()


def as_html(digest: Mapping[str, Any]) -> str:
    """A fragment of HTML for a mail."""
    parts = [f"<h1>{html.escape(digest['title'])}</h1>"]
    for group in _groups(digest):
        parts.append(f"<h2>{html.escape(group['label'])}</h2>\n<ul>")
        for one in group["lines"]:
            text = html.escape(one["line"])
            linked = f'<a href="{html.escape(one["url"])}">{text}</a>' if one.get("url") else text
            parts.append(
                f"<li>{html.escape(_day(one))}{linked}"
                + (f" · {html.escape(one['note'])}" if one.get("note") else "")
                + "</li>"
            )
        parts.append("</ul>")
    return "\n".join(parts)


def _groups(digest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    groups = list(digest["groups"])
    if digest.get("maybe"):
        groups.append({"label": "MAYBE", "lines": digest["maybe"]})
    return groups


def _day(line: Mapping[str, Any]) -> str:
    """The date of something that lies ahead, before it."""
    return f"{line['day']}: " if line.get("day") else ""


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(str(text).split()))
