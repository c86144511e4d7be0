"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), read leniently (pure).

Ids may be numbers, dates may be missing, fields may have the wrong type: whatever cannot be used is left out, and only
a document that is not a JSON Feed at all is a failure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.model import Failure, FailureKind
from bot.sources import dates, urls
from bot.sources import text as texts
from bot.sources.entries import RawEntry

_VERSION = "jsonfeed.org/version/"


@dataclass(frozen=True, slots=True)
class Document:
    """What a feed document says, whatever its format."""

    entries: list[RawEntry]
    title: str | None = None
    home: str | None = None


def looks_like_json(body: bytes, content_type: str) -> bool:
    """Tell JSON from XML by its first character, and trust the content type only when that agrees."""
    start = body[:256].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1]
    return start == b"{" or (start == b"[" and "json" in content_type.lower())


def read_json(body: bytes, url: str, now: datetime) -> Document | Failure:
    """Read a JSON Feed.

    Args:
        body: the document.
        url: its address, for relative links.
        now: time of the fetch, for dates.
    """
    loaded = load_json(body)
    if isinstance(loaded, Failure):
        return loaded
    if not isinstance(loaded, dict) or not (_VERSION in str(loaded.get("version", "")) or "items" in loaded):
        return Failure(FailureKind.NOT_A_FEED, "The address answers with JSON that is not a JSON Feed.")
    items = loaded.get("items")
    if not isinstance(items, list):
        return Failure(FailureKind.MALFORMED, "The JSON Feed has no list of items.")
    home = urls.absolute(_string(loaded.get("home_page_url")), url)
    language = language_of(_string(loaded.get("language")))
    entries = [_item(item, home or url, language, now) for item in items if isinstance(item, dict)]
    title = texts.line(_string(loaded.get("title")) or "") or None
    return Document(entries, title, home)


def load_json(body: bytes) -> Any:
    """Parse JSON of any Unicode encoding, or say as a ``Failure`` that it is none; depth and numbers are bounded by Python."""
    try:
        return json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return Failure(FailureKind.MALFORMED, "The JSON document is not well-formed.")


def language_of(tag: str | None) -> str | None:
    """The primary language of a tag (``en-US`` -> ``en``), or None when it is no tag."""
    primary = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else None


def _item(item: Mapping[str, Any], base: str, language: str | None, now: datetime) -> RawEntry:
    link = urls.absolute(_string(item.get("url")), base) or urls.absolute(_string(item.get("external_url")), base)
    html, plain = _string(item.get("content_html")), _string(item.get("content_text"))
    text = texts.paragraphs_of_html(html) if html else ""
    if plain and len(plain) > len(text):
        text = max(text, texts.paragraphs(plain), key=len)
    return RawEntry(
        guid=texts.scrub(_string(item.get("id")) or "").strip() or None,
        link=link,
        title=texts.line_of_html(_string(item.get("title")) or ""),
        text=text or texts.paragraphs_of_html(_string(item.get("summary")) or ""),
        published=dates.parse(item.get("date_published"), now),
        updated=dates.parse(item.get("date_modified"), now),
        language=language_of(_string(item.get("language"))) or language,
        authors=_authors(item),
        categories=tuple(
            texts.line(tag, 100) for tag in _list(item.get("tags")) if isinstance(tag, str) and tag.strip()
        ),
    )


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = [*_list(item.get("authors")), item.get("author")]
    names = [texts.line(_string(person.get("name")) or "", 100) for person in people if isinstance(person, dict)]
    return tuple(dict.fromkeys(name for name in names if name))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: object) -> str | None:
    """Text, or a number as text (ids are numbers in the wild); anything else is None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return str(value)
    except ValueError:  # more digits than Python converts
        return None
