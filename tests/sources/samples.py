"""Small builders of feeds and values, so that a test states only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import escape

from bot.model import Fetched, Source, SourceState, Validators

NOW = datetime(2020, 6, 12, 9, 0, tzinfo=UTC)
URL = "https://news.example/feed"


def item(
    title: str = "City bans facial recognition",
    *,
    guid: str | None = None,
    link: str | None = None,
    text: str = "",
    date: str | None = "Thu, 11 Jun 2020 18:00:00 GMT",
    extra: str = "",
) -> str:
    parts = [f"<title>{escape(title)}</title>" if title else ""]
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid)}</guid>')
    if link is not None:
        parts.append(f"<link>{escape(link)}</link>")
    if text:
        parts.append(f"<description>{escape(text)}</description>")
    if date:
        parts.append(f"<pubDate>{date}</pubDate>")
    return f"<item>{''.join(parts)}{extra}</item>"


def rss(*items: str, head: str = "<title>Example News</title><link>https://news.example/</link>") -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel>{head}{''.join(items)}</channel></rss>"
    ).encode()


def fetched(
    body: bytes | str,
    content_type: str = "application/rss+xml; charset=utf-8",
    *,
    url: str = URL,
    max_age: timedelta | None = None,
    not_modified: bool = False,
) -> Fetched:
    raw = body.encode() if isinstance(body, str) else body
    return Fetched(
        url, 200, raw, content_type, Validators('"e"', "then", b"h" * 32), not_modified, NOW, max_age=max_age
    )


def source(**changes: object) -> Source:
    return Source(**{"id": "example", "name": "Example News", "url": URL, **changes})  # type: ignore[arg-type]


def state(**changes: object) -> SourceState:
    return SourceState(**{"id": "example", "url": URL, "added_at": NOW - timedelta(days=30), **changes})  # type: ignore[arg-type]
