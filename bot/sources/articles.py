"""The main text of an article's page (pure but for :func:`fetch_article`).

trafilatura finds the text; this module decides whether it *is* the article: a paywall's teaser, a consent page or a bot
check is not, and is a failure rather than a text to judge.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from bot.model import Failure, FailureKind, Fetched
from bot.sources import dates, urls
from bot.sources import text as texts
from bot.sources.encodings import decoded, not_text
from bot.sources.jsonfeed import language_of
from bot.sources.robots import Fetching, Robots
from bot.sources.standins import CHALLENGE, CONSENT, PROMPTS, stand_in

log = logging.getLogger(__name__)

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
MAX_BYTES = 4 * 1024 * 1024
MIN_TEXT = 250
"""Shorter than this is a teaser or a message, not an article, in characters."""

_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|guce|privacy-gateway)\.", re.IGNORECASE)
_DATE_METAS = (
    "article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "sailthru.date", "dc.date.issued",
    "dcterms.created", "dcterms.date", "dc.date", "citation_publication_date", "publish-date", "pubdate", "publication_date", "date",
)  # fmt: skip

TEASER = 1_200
"""A page that says it is not free, and asks to subscribe, shows its beginning only when it shows less than this."""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """What an article's page gives."""

    title: str
    text: str
    """Main text, plain, paragraphs separated by a blank line."""
    published: datetime | None
    canonical_url: str | None
    """As the page names itself, absolute; None when it does not, or implausibly."""
    language: str | None
    url: str
    """Where the page was found, after redirects."""


async def fetch_article(fetcher: Fetching, robots: Robots, url: str, now: datetime) -> Fetched | Failure:
    """Fetch an article's page if its robots file lets us; :func:`extract` (CPU-bound) comes after.

    A redirect to another host is followed without asking again: it is the publisher's own forwarding.
    """
    if (wrong := urls.problem(url)) is not None:
        return Failure(FailureKind.BAD_URL, f"The article's address {wrong}.")
    refusal = await robots.refusal(url, now)
    return refusal or await fetcher.fetch(url, accept=ACCEPT, now=now, body_limit=MAX_BYTES)


def extract(fetched: Fetched, now: datetime) -> ArticlePage | Failure:
    """Find the main text of a fetched page.

    Args:
        fetched: a 200 answer.
        now: time of the fetch; dates after it are not believed.

    Returns:
        The page, or ``NO_TEXT`` with what was found instead. Never raises.
    """
    host = urls.host_of(fetched.url)
    if (what := not_text(fetched.body, fetched.content_type)) is not None:
        return _no_text(host, what)
    if _CONSENT_HOST.search(host):
        return _no_text(host, "a consent page")
    markup = decoded(fetched.body, fetched.content_type)
    root = texts.parse_html(texts.scrub(markup))
    if root is None:
        return _no_text(host, "an empty page")
    facts = list(_linked_data(root))
    try:
        found = _trafilatura(markup, fetched.url)
    except Exception as error:  # any bug of the extractor is this page's failure and nobody else's
        log.debug("extraction failed on a page of %s", host, exc_info=True)
        return _no_text(host, f"a page that cannot be read ({type(error).__name__})")
    title = texts.line(found.get("title") or "") or texts.line(_words(next(root.iter("title"), None)))
    text, wrong = _judged(found.get("text") or "", title, facts)
    if wrong is not None:
        return _no_text(host, wrong)
    return ArticlePage(
        title=title,
        text=text,
        published=_published(root, facts, now) or dates.parse(found.get("date"), now),
        canonical_url=_canonical(root, fetched.url),
        language=language_of(root.get("lang")),
        url=fetched.url,
    )


def _trafilatura(markup: str, url: str) -> dict[str, Any]:
    import trafilatura

    document = trafilatura.bare_extraction(
        markup,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if document is None or isinstance(document, dict):
        return document or {}
    return dict(document.as_dict())


def _words(element: texts.Element | None) -> str:
    return "" if element is None else str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))


def _judged(raw: str, title: str, facts: list[dict[str, Any]]) -> tuple[str, str | None]:
    """The text without what is not the article's, and what is wrong when nothing worth judging is left."""
    parts = [part for part in texts.paragraphs(raw.replace("\n", "\n\n")).split("\n\n") if part]
    asks = sum(bool(PROMPTS.search(part)) for part in parts)
    consents = sum(bool(CONSENT.search(part)) for part in parts)
    if parts and parts[0].casefold() == title.casefold():  # the heading, repeated
        parts.pop(0)
    kept = [part for part in parts if not (len(part) < 400 and (PROMPTS.search(part) or CONSENT.search(part)))]
    text = "\n\n".join(kept)
    if (instead := stand_in(title, "\n\n".join(parts))) is not None:
        return "", instead
    barred = any(fact.get("isAccessibleForFree") in {False, "False", "false"} for fact in facts)
    if len(text) >= (TEASER if barred and asks else MIN_TEXT):
        return text, None
    if CHALLENGE.search(title) or CHALLENGE.search(raw[:2000]):
        return "", "a check for browsers"
    if asks or barred:
        return "", "a page behind a paywall"
    if consents:
        return "", "a consent page"
    return "", "a page without enough text"


def _no_text(host: str, what: str) -> Failure:
    return Failure(FailureKind.NO_TEXT, f"{host} gives {what} instead of an article.")


def _linked_data(root: texts.Element) -> Iterator[dict[str, Any]]:
    """Objects of the page's JSON-LD, those inside ``@graph`` and lists too."""
    scripts = (element for element in root.iter("script") if element.get("type") == "application/ld+json")
    for element in islice(scripts, 20):
        try:
            loaded = json.loads(element.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for item in loaded if isinstance(loaded, list) else [loaded]:
            if isinstance(item, dict):
                yield item
                graph = item.get("@graph")
                yield from (inner for inner in graph if isinstance(inner, dict)) if isinstance(graph, list) else ()


def _published(root: texts.Element, facts: list[dict[str, Any]], now: datetime) -> datetime | None:
    for fact in facts:
        if (at := dates.parse(fact.get("datePublished"), now)) is not None:
            return at
    metas: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and element.get("content"):
            metas.setdefault(name.lower(), str(element.get("content")))
    for name in _DATE_METAS:
        if (at := dates.parse(metas.get(name), now)) is not None:
            return at
    times = (element for element in root.iter("time") if _marks_publication(element))
    for element in islice(times, 3):
        if (at := dates.parse(element.get("datetime") or _words(element), now)) is not None:
            return at
    return None


def _marks_publication(element: texts.Element) -> bool:
    return (
        element.get("pubdate") is not None
        or element.get("itemprop") == "datePublished"
        or "published" in (element.get("class") or "").lower()
    )


def _canonical(root: texts.Element, url: str) -> str | None:
    links = [element.get("href") for element in root.iter("link") if (element.get("rel") or "").lower() == "canonical"]
    graph = [element.get("content") for element in root.iter("meta") if element.get("property") == "og:url"]
    for found in (*links, *graph):
        link = urls.absolute(found, url)
        # a page that names the home page as its canonical address is misconfigured, and would merge all of its site
        if link is not None and not (urlsplit(link).path in {"", "/"} and urlsplit(url).path not in {"", "/"}):
            return link
    return None
