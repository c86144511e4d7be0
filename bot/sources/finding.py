"""What to watch at an address that somebody names: its feed, the feed it advertises, or selectors for its listing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from bot.model import Entry, Failure, FailureKind, Fetched, Reading, Source, SourceKind, SourceState
from bot.sources.discovery import advertised_feeds, looks_like_html, page_title
from bot.sources.entries import identified
from bot.sources.feeds import read_feed
from bot.sources.jsonfeed import looks_like_json
from bot.sources.jsonpaths import suggest_paths
from bot.sources.pages import raw_entries
from bot.sources.robots import Fetching
from bot.sources.sitemaps import looks_like_sitemap

_USUAL = ("feed/", "feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json")
_MOST_TRIES = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What can be watched there."""

    kind: SourceKind
    url: str
    title: str | None
    entries: tuple[Entry, ...]
    """What it holds now, to show to the operator."""
    select: dict[str, str] = field(default_factory=dict)
    """For a page: suggested selectors."""
    how: str = ""
    """A few words: `a feed`, `the feed the page names`, `the feed at the usual place`, `a JSON list`, `a listing`."""


async def find(fetcher: Fetching, url: str, now: datetime) -> Found | Failure:
    """Look at an address and say what to watch there.

    Tried in this order: the address is a feed, a sitemap or a JSON list; the page names a feed; a feed is at a usual place of the site;
    the page is a listing for which selectors can be suggested.

    Returns:
        The first of these that gives entries, or the failure that says why none does.
    """
    answer = await fetcher.fetch(url, now=now)
    if isinstance(answer, Failure):
        return answer
    direct = _as_feed(answer, now, "a feed") or _as_json(answer, now)
    if direct is not None:
        return direct
    if looks_like_sitemap(answer.body):
        return await _in_index(fetcher, answer, now)
    if not looks_like_html(answer.body) and "html" not in answer.content_type.lower():
        return Failure(FailureKind.NOT_A_FEED, "The address answers with neither a feed nor a web page.")
    tried = {answer.url}
    for candidate, how in _candidates(answer):
        if candidate in tried or len(tried) > _MOST_TRIES:
            continue
        tried.add(candidate)
        other = await fetcher.fetch(candidate, now=now)
        if isinstance(other, Fetched) and (feed := _as_feed(other, now, how)) is not None:
            return feed
    return _as_listing(answer, now) or Failure(
        FailureKind.NOT_A_FEED, "No feed was found there, and nothing on the page repeats like a list of articles."
    )


def _candidates(page: Fetched) -> Iterator[tuple[str, str]]:
    for feed in advertised_feeds(page.body, page.url)[:4]:
        yield feed.url, "the feed the page names"
    parts = urlsplit(page.url)
    folder = page.url if parts.path.endswith("/") else f"{page.url.partition('?')[0]}/"
    for base in dict.fromkeys((folder, f"{parts.scheme}://{parts.netloc}/")):
        for name in _USUAL if base != folder or parts.path in {"", "/"} else _USUAL[:3]:
            yield urljoin(base, name), "the feed at the usual place"


def _as_feed(answer: Fetched, now: datetime, how: str) -> Found | None:
    source = Source("new", "new", answer.url)
    if looks_like_sitemap(answer.body):
        pages = raw_entries(answer, {}, now)
        if isinstance(pages, Failure) or not pages:
            return None
        return Found(SourceKind.PAGE, answer.url, None, identified("new", pages), {}, "a sitemap")
    reading = read_feed(source, SourceState("new", answer.url, now), answer, now)
    if not isinstance(reading, Reading) or not reading.entries:
        return None
    return Found(SourceKind.FEED, answer.url, reading.title, reading.entries, {}, how)


async def _in_index(fetcher: Fetching, index: Fetched, now: datetime) -> Found | Failure:
    """The sitemap that an index of sitemaps names for news, else its newest one."""
    read = raw_entries(index, {}, now)
    if isinstance(read, Failure) and read.moved_to:
        inner = await fetcher.fetch(read.moved_to, now=now)
        if isinstance(inner, Fetched) and (found := _as_feed(inner, now, "a sitemap")) is not None:
            return found
    return read if isinstance(read, Failure) else Failure(FailureKind.EMPTY, "The sitemap names no page.")


def _as_json(answer: Fetched, now: datetime) -> Found | None:
    if not looks_like_json(answer.body, answer.content_type):
        return None
    select = suggest_paths(answer.body)
    found = raw_entries(answer, select, now) if select else []
    if select is None or isinstance(found, Failure) or not (entries := identified("new", found)):
        return None
    return Found(SourceKind.PAGE, answer.url, None, entries, select, "a JSON list")


def _as_listing(page: Fetched, now: datetime) -> Found | None:
    from bot.sources.suggest import suggest

    suggestion = suggest(page, now)
    if suggestion is None:
        return None
    title = page_title(page.body)
    return Found(
        SourceKind.PAGE, page.url, title, identified("new", suggestion.entries), suggestion.select, "a listing"
    )
