"""Sitemaps, those of Google News among them (https://www.sitemaps.org/protocol.html), as listings (pure, never raises)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from lxml import etree

from bot.model import Failure, FailureKind
from bot.sources import dates, urls
from bot.sources import text as texts
from bot.sources.entries import MAX_ENTRIES, RawEntry, newest

_ROOT = re.compile(rb"<(?:[A-Za-z]{1,20}:)?(?:urlset|sitemapindex)[\s>]")
_NEVER = datetime.min.replace(tzinfo=UTC)
_OTHERS = ("/sitemap-image/", "/sitemap-video/")
"""Namespaces that say what else is on a page."""


def looks_like_sitemap(body: bytes) -> bool:
    """Tell a sitemap, or an index of sitemaps, by its root."""
    return _ROOT.search(body, 0, 8192) is not None


def read_sitemap(body: bytes, url: str, now: datetime) -> list[RawEntry] | Failure:
    """Read a sitemap.

    Args:
        body: the document.
        url: its address.
        now: time of the fetch, for dates.

    Returns:
        Its newest pages; the title is the news title, else made of the address. An index is a failure that names the
        sitemap to use instead.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        root = None
    if root is None:
        return Failure(FailureKind.MALFORMED, f"The sitemap of {urls.host_of(url)} is not well-formed.")
    if _name(root) == "sitemapindex":
        return _index(root, url, now)
    found = [_page(element, url, now) for element in root if _name(element) == "url"]
    return newest([page for page in found if page.link], MAX_ENTRIES)


def _page(element: texts.Element, base: str, now: datetime) -> RawEntry:
    facts = _facts(element)
    link = urls.absolute(facts.get("loc"), base)
    return RawEntry(
        link=link,
        title=texts.line(facts.get("title", "")) or _title_of(link or ""),
        text=texts.paragraphs(facts.get("keywords", "")),
        published=dates.parse(facts.get("publication_date"), now) or dates.parse(facts.get("lastmod"), now),
        updated=dates.parse(facts.get("lastmod"), now),
        language=(facts.get("language") or "")[:2].lower() or None,
    )


def _index(root: texts.Element, url: str, now: datetime) -> Failure:
    maps = [_facts(element) for element in root if _name(element) == "sitemap"]
    ranked = sorted(
        maps,
        key=lambda facts: ("news" in facts.get("loc", ""), dates.parse(facts.get("lastmod"), now) or _NEVER),
        reverse=True,
    )
    best = urls.absolute(ranked[0].get("loc"), url) if ranked else None
    return Failure(FailureKind.NOT_A_FEED, "This is an index of sitemaps; watch one of those it names.", moved_to=best)


def _facts(element: texts.Element) -> dict[str, str]:
    """The first text of every element below, by its local name; pictures and films have titles and dates of their own."""
    facts: dict[str, str] = {}
    for inner in element.iter():
        if not isinstance(inner.tag, str) or inner is element or any(other in inner.tag for other in _OTHERS):
            continue
        if words := (inner.text or "").strip():
            facts.setdefault(_name(inner), words)
    return facts


def _name(element: texts.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _title_of(link: str) -> str:
    """Words from an address: ``/2020/06/city-bans-it.html`` -> ``city bans it``."""
    try:
        last = unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""
    return texts.line(last.rpartition(".")[0] or last, 200).replace("-", " ").replace("_", " ").strip()
