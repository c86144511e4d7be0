"""Selectors for a listing without a feed, suggested from its structure (pure): what repeats and carries headlines is the list.

An operator sees the suggestion with the entries it gives, and decides; nothing is watched on a guess.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bs4 import BeautifulSoup, Tag

from bot.model import Fetched
from bot.sources import dates, urls
from bot.sources import text as texts
from bot.sources.encodings import decoded
from bot.sources.entries import RawEntry
from bot.sources.pages import MAX_MARKUP, raw_entries

_FRAME = frozenset({"nav", "header", "footer", "aside", "form"})
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FEWEST = 3
ANY_TIME = datetime(9000, 1, 1, tzinfo=UTC)
"""A time of fetching that lets every date pass."""
_STATE_CLASSES = re.compile(
    r"(?:first|last|odd|even|active|current|selected|hidden|visible|open|closed|is-.*|has-.*|js-.*|post-\d+|.*\d{3,}.*)"
)
_PLAIN_CLASS = re.compile(r"[A-Za-z][\w-]{0,60}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Selectors and what they give now."""

    select: dict[str, str]
    entries: tuple[RawEntry, ...]


def suggest(fetched: Fetched, now: datetime) -> Suggestion | None:
    """Suggest ``select`` for a page.

    Args:
        fetched: the page.
        now: time of the fetch.

    Returns:
        The likeliest listing, or None when nothing on the page repeats like one.
    """
    soup = texts.soup(decoded(fetched.body, fetched.content_type)[:MAX_MARKUP])
    ranked = sorted(_groups(soup, fetched.url), key=_worth, reverse=True)
    for items in ranked[:5]:
        select = _selectors(items)
        found = raw_entries(fetched._replace(content_type="text/html"), select, now)
        if isinstance(found, list) and len({raw.link for raw in found if raw.link}) >= _FEWEST:
            return Suggestion(select, tuple(found))
    return None


def _groups(soup: BeautifulSoup, url: str) -> list[list[Tag]]:
    """Items that look alike: one headline link in each, the same kind of element in the same kind of place."""
    headlines = [link for link in soup.find_all("a", href=True) if isinstance(link, Tag) and _is_headline(link, url)]
    marked = {id(link): urls.absolute(str(link["href"]), url) for link in headlines}
    below: defaultdict[int, set[str | None]] = defaultdict(set)
    for link in headlines:
        for ancestor in link.parents:
            below[id(ancestor)].add(marked[id(link)])
    groups: defaultdict[tuple[object, ...], dict[int, Tag]] = defaultdict(dict)
    for link in headlines:
        item = link
        while item.parent is not None and len(below[id(item.parent)]) == 1 and item.parent.name not in {"body", "html"}:
            item = item.parent
        parent = item.parent
        place = (item.name, parent.name if parent else "", tuple(_classes(parent)) if parent else ())
        groups[place][id(item)] = item
    return [list(items.values()) for items in groups.values() if len(items) >= _FEWEST]


def _is_headline(link: Tag, url: str) -> bool:
    if any(parent.name in _FRAME and not _inside_article(parent) for parent in link.parents):
        return False
    target = urls.absolute(str(link["href"]), url)
    if target is None or target.partition("#")[0] == url.partition("#")[0]:
        return False
    words = " ".join(link.get_text(" ").split())
    in_heading = link.find(_HEADINGS) is not None or any(parent.name in _HEADINGS for parent in link.parents)
    return len(words) >= (12 if in_heading else 24)


def _inside_article(frame: Tag) -> bool:
    """Each teaser may have a ``<header>`` of its own; only the page's frame is left out."""
    return frame.name in {"header", "footer"} and any(
        parent.name in {"article", "li", "section"} for parent in frame.parents
    )


def _worth(items: list[Tag]) -> float:
    """Many items, with dates and headings, and titles of the length of headlines."""
    lengths = [len(" ".join(item.get_text(" ").split())) for item in items]
    dated = sum(item.find("time") is not None or _dated(item) is not None for item in items) / len(items)
    headed = sum(item.name in _HEADINGS or item.find(_HEADINGS) is not None for item in items) / len(items)
    fitting = sum(20 <= length <= 1_500 for length in lengths) / len(items)
    return min(len(items), 40) * (1 + 2 * dated + headed) * fitting


def _selectors(items: list[Tag]) -> dict[str, str]:
    first = items[0]
    parent = first.parent
    own = _css(first.name, _shared(_classes(item) for item in items))
    select = {
        "item": f"{_css(parent.name, _classes(parent))} > {own}"
        if parent is not None and parent.name != "body"
        else own
    }
    heading = _most(item.find(_HEADINGS) for item in items)
    if heading and first.name not in _HEADINGS:
        select["title"] = heading
        if sum(item.select_one(f"{heading} a[href]") is not None for item in items) * 2 > len(items):
            select["link"] = f"{heading} a"
    if sum(item.find("time") is not None for item in items) * 2 > len(items):
        select["date"] = "time"
    elif (dated := Counter(css for item in items if (css := _dated(item)) is not None).most_common(1)) and dated[0][
        1
    ] * 2 > len(items):
        select["date"] = dated[0][0]
    if sum(item.find("p") is not None for item in items) * 2 > len(items):
        select["summary"] = "p"
    return select


def _dated(item: Tag) -> str | None:
    """The selector of a small element that says a date."""
    for tag in item.find_all(["span", "div", "p", "small", "em", "dd", "td"], limit=40):
        words = " ".join(tag.get_text(" ").split()) if isinstance(tag, Tag) else ""
        if (
            isinstance(tag, Tag)
            and 6 <= len(words) <= 40
            and _classes(tag)
            and dates.parse(words, ANY_TIME) is not None
        ):
            return _css(tag.name, _classes(tag)[:1])
    return None


def _most(tags: Iterable[object]) -> str | None:
    names = Counter(tag.name for tag in tags if isinstance(tag, Tag))
    return names.most_common(1)[0][0] if names else None


def _shared(lists: Iterable[list[str]]) -> list[str]:
    every = [set(names) for names in lists]
    return sorted(set.intersection(*every)) if every else []


def _classes(tag: Tag) -> list[str]:
    found = tag.get("class")
    return sorted(_stable(found)) if isinstance(found, list) else []


def _stable(names: Iterable[str]) -> Iterator[str]:
    """Classes that say what a thing is, not in what state or with which number."""
    return (name for name in names if _PLAIN_CLASS.fullmatch(name) and not _STATE_CLASSES.fullmatch(name))


def _css(name: str, classes: Iterable[str]) -> str:
    return name + "".join(f".{one}" for one in list(classes)[:3])
