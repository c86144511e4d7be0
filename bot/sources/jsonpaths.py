"""Paths for a JSON list that is no feed (an API's search, a legislation tracker), suggested from its keys (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.sources import dates
from bot.sources.jsonfeed import load_json
from bot.sources.suggest import ANY_TIME

_PARTS = {
    "title": ("title", "headline", "name", "subject", "short_title", "bill_title"),
    "link": ("html_url", "web_url", "permalink", "state_link", "url", "link", "href", "uri", "text_url"),
    "date": ("publication_date", "published_at", "publishedat", "published", "date_published", "datepublished", "pubdate", "date", "last_action_date", "status_date",
             "introduced", "updated_at", "updated", "created_at"),
    "summary": ("abstract", "summary", "description", "excerpt", "teaser", "last_action", "content"),
}  # fmt: skip
"""Names of keys, folded, the best first."""
_DEEPEST = 5
_LOOKED_AT = 20
"""Items of a list from which its keys are judged."""


def suggest_paths(body: bytes) -> dict[str, str] | None:
    """Suggest ``select`` for a JSON document.

    Args:
        body: the document.

    Returns:
        Paths of the list whose items most look like articles: at least a title and an address each. None where there is none.
    """
    ranked = sorted(_lists(load_json(body), ()), key=lambda found: (len(found[1]), found[2]), reverse=True)
    return next(({"item": path} | parts if path else parts for path, parts, _ in ranked), None)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str], int]]:
    """Lists of items with what their keys give: (path, parts, number of items)."""
    if isinstance(value, list):
        items = [item for item in value[:_LOOKED_AT] if isinstance(item, dict)]
        parts = _parts(items)
        if {"title", "link"} <= parts.keys():
            yield ".".join(path), parts, len(value)
    elif isinstance(value, dict) and len(path) < _DEEPEST:
        for key, inner in value.items():
            if isinstance(key, str) and key and "." not in key:
                yield from _lists(inner, (*path, key))


def _parts(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The key for each part that most items have in a form that can be used."""
    found: dict[str, str] = {}
    for part, names in _PARTS.items():
        for name in names:
            keys = [key for key in (items[0] if items else {}) if key.lower() == name]
            if keys and 2 * sum(_fits(part, item.get(keys[0])) for item in items) > len(items):
                found[part] = keys[0]
                break
    return found


def _fits(part: str, value: object) -> bool:
    if not isinstance(value, str) or not value.strip():
        return False
    if part == "link":
        return value.startswith(("http://", "https://", "/"))
    return part != "date" or dates.parse(value, ANY_TIME) is not None
