"""Listings without a feed: entries found by CSS selectors, in a news sitemap, or in JSON by paths (pure, never raises).

``select`` names the parts. In an HTML page each is a CSS selector, searched within the item; ``selector@attribute`` takes an
attribute instead of the text, and without a selector ``@attribute`` takes the item's own::

    select: {item: "li.release", link: "h3 a", title: "h3", date: "time@datetime", summary: "p.teaser"}

Only ``item`` is needed: the link is then the item's first link and the title that link's text. In a JSON document each is a
path with dots (``results``, ``agency.name``, ``links.0.href``), and a link may be put together (``https://x.example/{id}``).

A listing in which nothing is found is a failure, always: it means that the page was rebuilt, and silence would hide it. So
is one whose items have no link, or no title, where ``select`` says; without dates or summaries it is read on, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bs4 import Tag
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_css

from bot.model import Failure, FailureKind, Fetched, Reading, Source
from bot.sources import dates, sitemaps, urls
from bot.sources import text as texts
from bot.sources.encodings import decoded
from bot.sources.entries import MAX_ENTRIES, RawEntry, identified, newest
from bot.sources.jsonfeed import load_json, looks_like_json

MAX_MARKUP = 3_000_000
"""Characters of a page that are looked at; listings are short, and what comes later is not the news."""
_DEEPEST = 8
_HOLE = re.compile(r"\{([^{}]{1,100})\}")
_MORE = re.compile(
    r"(?:read|learn|see|view|find out|continue|show)\b.{0,20}\bmore\b.{0,30}|more\b.{0,10}|details?|here|link|→|»",
    re.IGNORECASE,
)


def read_page(source: Source, fetched: Fetched, now: datetime) -> Reading | Failure:
    """Read a listing.

    Args:
        source: with ``select``, which may be empty for a news sitemap only.
        fetched: a 200 answer.
        now: time of the fetch.
    """
    found = raw_entries(fetched, source.select, now)
    if isinstance(found, Failure):
        return found
    entries = identified(source.id, newest(found))
    if not entries:
        return Failure(
            FailureKind.EMPTY,
            f"Nothing on the page of {urls.host_of(fetched.url)} matches what `select` says ({_spelled(source.select)}): "
            "the page was probably rebuilt.",
            fetched.status,
        )
    dead = _dead(source.select, found)
    if broken := [part for part in dead if part in {"link", "title"}]:
        return Failure(
            FailureKind.EMPTY,
            f"In none of the {len(found)} items on the page of {urls.host_of(fetched.url)} is anything where `select` says that the "
            f"{broken[0]} is ({source.select[broken[0]]}): the page was probably rebuilt.",
            fetched.status,
        )
    warnings = tuple(
        f"In none of its {len(found)} items is a {part} where `select` says ({source.select[part]})." for part in dead
    )
    return Reading(entries, fetched.validators, total=len(entries), ttl=fetched.max_age, warnings=warnings)


def _spelled(select: Mapping[str, str]) -> str:
    """The selectors that an entry cannot be without."""
    return "; ".join(f"{part}: {select[part]}" for part in ("item", "link", "title") if part in select) or "nothing"


def _dead(select: Mapping[str, str], items: Sequence[RawEntry]) -> list[str]:
    """Parts that were to be found and are in no item; of a single item nothing can be told."""
    if len(items) < 2:
        return []
    given = {
        "link": any(item.link for item in items),
        "title": any(item.title for item in items),
        "date": any(item.published for item in items),
        "summary": any(item.text for item in items),
    }
    return [part for part, found in given.items() if part in select and not found]


def raw_entries(fetched: Fetched, select: Mapping[str, str], now: datetime) -> list[RawEntry] | Failure:
    """The items of a listing of any kind, before they are told apart."""
    if looks_like_json(fetched.body, fetched.content_type):
        return _from_json(fetched, select, now)
    if sitemaps.looks_like_sitemap(fetched.body):
        return sitemaps.read_sitemap(fetched.body, fetched.url, now)
    if not select.get("item"):
        return Failure(
            FailureKind.NOT_A_FEED, "This is a page, and its entry in the configuration has no `select: {item: …}`."
        )
    try:
        return _from_html(decoded(fetched.body, fetched.content_type)[:MAX_MARKUP], fetched.url, select, now)
    except SelectorSyntaxError as error:
        return Failure(
            FailureKind.MALFORMED,
            f"A selector of this page is not valid CSS: {str(error).splitlines()[0].rstrip('.')}.",
        )
    except (RecursionError, ValueError, AssertionError) as error:
        return Failure(FailureKind.MALFORMED, f"The page cannot be read ({type(error).__name__}).")


def _from_html(markup: str, url: str, select: Mapping[str, str], now: datetime) -> list[RawEntry]:
    soup = texts.soup(markup)
    base_tag = soup.find("base", href=True)
    base = (urls.absolute(str(base_tag["href"]), url) if isinstance(base_tag, Tag) else None) or url
    language = soup.html.get("lang") if soup.html else None
    raws = []
    for item in _not_too_deep(compile_css(select["item"]).select(soup, limit=4 * MAX_ENTRIES)):
        link_tag, link = _link(item, select.get("link"), base)
        title = _value(item, select["title"]) if "title" in select else _link_title(item, link_tag)
        raws.append(
            RawEntry(
                link=link if link and link.partition("#")[0] != url.partition("#")[0] else None,
                title=texts.line(title),
                text=texts.paragraphs(_value(item, select["summary"])) if "summary" in select else "",
                published=dates.parse(_date(item, select.get("date")), now),
                language=str(language).partition("-")[0].lower() if isinstance(language, str) and language else None,
            )
        )
    return _one_for_each_link(raw for raw in raws if raw.link or raw.title)


def _not_too_deep(items: Iterable[Tag]) -> Iterator[Tag]:
    """Items, in document order, without those that lie within many others: each is searched whole, so a page of nothing but boxes in
    boxes would take minutes.
    """
    levels: dict[int, int] = {}
    for item in items:
        level = next((levels[id(outer)] + 1 for outer in item.parents if id(outer) in levels), 0)
        levels[id(item)] = level
        if level < _DEEPEST:
            yield item


def _link(item: Tag, selector: str | None, base: str) -> tuple[Tag | None, str | None]:
    css, _, attribute = (selector or "").partition("@")
    if css:
        tag: Tag | None = compile_css(css).select_one(item)
    elif attribute or (item.name == "a" and item.get("href")):
        tag = item
    else:
        tag = next((a for a in item.find_all("a", href=True) if isinstance(a, Tag)), None)
    if tag is not None and not attribute and not tag.get("href"):  # a selector that names what is around the link
        tag = next((a for a in tag.find_all("a", href=True) if isinstance(a, Tag)), tag)
    return tag, urls.absolute(_attribute(tag, attribute or "href"), base) if tag is not None else None


def _link_title(item: Tag, link: Tag | None) -> str:
    """The link's own words; where they are none or say only "Read more", the item's heading."""
    words = " ".join(link.get_text(" ").split()) if link is not None else ""
    if words and not _MORE.fullmatch(words):
        return words
    heading = item.find(["h1", "h2", "h3", "h4", "h5", "h6"])
    return heading.get_text(" ") if isinstance(heading, Tag) else words


def _value(item: Tag, selector: str) -> str:
    css, _, attribute = selector.partition("@")
    tag = compile_css(css).select_one(item) if css else item
    if tag is None:
        return ""
    return _attribute(tag, attribute) or "" if attribute else tag.get_text(" ")


def _date(item: Tag, selector: str | None) -> str | None:
    """The date as the selector says, or a ``<time>`` in the item; its machine-readable form first."""
    if selector is not None and "@" in selector:
        return _value(item, selector)
    tag = compile_css(selector).select_one(item) if selector else item.find("time")
    if not isinstance(tag, Tag):
        return None
    inner = tag if tag.name == "time" else tag.find("time")
    return (_attribute(inner, "datetime") if isinstance(inner, Tag) else None) or tag.get_text(" ")


def _attribute(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return " ".join(value) if isinstance(value, list) else value


def _one_for_each_link(raws: Iterable[RawEntry]) -> list[RawEntry]:
    """A teaser often links twice, by its picture and by its headline: the same link with no other title is the same item."""
    kept: list[RawEntry] = []
    by_link: dict[str, list[RawEntry]] = {}
    for raw in raws:
        same = by_link.setdefault(raw.link or "", [])
        twin = next(
            (other for other in same if raw.link and (not raw.title or not other.title or raw.title == other.title)),
            None,
        )
        if twin is None:
            same.append(raw)
            kept.append(raw)
        else:
            twin.title, twin.text = twin.title or raw.title, twin.text or raw.text
            twin.published = twin.published or raw.published
    return kept


def _from_json(fetched: Fetched, select: Mapping[str, str], now: datetime) -> list[RawEntry] | Failure:
    loaded = load_json(fetched.body)
    if isinstance(loaded, Failure):
        return loaded
    items = _at(loaded, select.get("item", ""))
    if isinstance(items, dict):
        items = list(items.values())
    if not isinstance(items, list):
        return Failure(
            FailureKind.EMPTY,
            f"The JSON document has no list at the path `{select.get('item', '')}`: it was probably rebuilt.",
        )
    return [_json_entry(item, select, fetched.url, now) for item in items if isinstance(item, dict)]


def _json_entry(item: Mapping[str, Any], select: Mapping[str, str], url: str, now: datetime) -> RawEntry:
    summary = max((_json_text(item, select.get(part)) for part in ("summary", "content")), key=len)
    return RawEntry(
        link=urls.absolute(_json_link(item, select.get("link", "url")), url),
        title=texts.line_of_html(_json_text(item, select.get("title", "title"))),
        text=texts.paragraphs_of_html(summary),
        published=dates.parse(_json_text(item, select.get("date", "date")), now),
    )


def _json_link(item: Mapping[str, Any], path: str) -> str:
    if "{" not in path:
        return _json_text(item, path)
    parts = {hole: _json_text(item, hole) for hole in _HOLE.findall(path)}
    return _HOLE.sub(lambda hole: parts[hole[1]], path) if all(parts.values()) else ""


def _json_text(item: object, path: str | None) -> str:
    value = _at(item, path) if path else None
    if isinstance(value, list):
        value = " ".join(str(part) for part in value if isinstance(part, str))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _at(value: Any, path: str) -> Any:
    """Follow ``results.0.title``; None where it ends early."""
    for step in _steps(path):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.lstrip("-").isdigit() and -len(value) <= int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _steps(path: str) -> Iterator[str]:
    yield from (step for step in path.removeprefix("$").replace("[", ".").replace("]", "").split(".") if step)
