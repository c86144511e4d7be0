"""What an HTML page says about feeds (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.sources import text as texts
from bot.sources import urls

_FEED_TYPES = {
    "application/rss+xml": 3,
    "application/atom+xml": 3,
    "application/feed+json": 2,
    "application/rdf+xml": 2,
    "application/json": 1,
    "text/xml": 1,
    "application/xml": 1,
}
_HEAD = 400_000
"""Bytes of a page in which its head is looked for."""


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that a page advertises."""

    url: str
    title: str
    type: str


def looks_like_html(body: bytes) -> bool:
    """Tell a web page from a feed by how it begins."""
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    while start.startswith(b"<!--"):
        start = start.partition(b"-->")[2].lstrip()
    if start.startswith(b"<?xml"):
        start = start.partition(b"?>")[2].lstrip()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<title"))


def advertised_feeds(body: bytes, url: str) -> tuple[FeedLink, ...]:
    """Feeds named in a page's ``<link rel="alternate">``, best first: feeds of the whole site before those of comments."""
    root = texts.parse_html(body[:_HEAD])
    if root is None:
        return ()
    base = next((urls.absolute(element.get("href"), url) for element in root.iter("base")), None) or url
    found: dict[str, tuple[int, FeedLink]] = {}
    for order, (href, title, kind) in enumerate(_alternates(root)):
        link = urls.absolute(href, base)
        if link is None or link in found:
            continue
        lesser = 100 if "comment" in link.lower() or "comment" in title.lower() else 0
        found[link] = (lesser + order - 10 * _FEED_TYPES[kind], FeedLink(link, title, kind))
    return tuple(feed for _, feed in sorted(found.values(), key=lambda pair: pair[0]))


def page_title(body: bytes) -> str | None:
    """The title in a page's head, as one line."""
    root = texts.parse_html(body[:_HEAD])
    title = None if root is None else next(root.iter("title"), None)
    return texts.line("".join(map(str, title.itertext())), 200) or None if title is not None else None


def _alternates(root: texts.Element) -> Iterator[tuple[str, str, str]]:
    for element in root.iter("link"):
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        rel = (element.get("rel") or "").lower().split()
        href = element.get("href")
        if href and kind in _FEED_TYPES and "alternate" in rel and "stylesheet" not in rel:
            yield href, texts.line(element.get("title") or "", 200), kind
