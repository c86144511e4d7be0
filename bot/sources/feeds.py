"""RSS, Atom, RDF and JSON Feed: from a fetched document to entries (pure, never raises).

feedparser is the parser of record. It is always given a byte stream, never a string (a string that holds a path or an
address would be opened), the response's content type and address, and neither sanitises nor resolves the HTML inside:
texts are made plain here and relative links in them do not matter.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import feedparser

from bot.model import Failure, FailureKind, Fetched, Reading, Source, SourceState, Validators
from bot.sources import dates, discovery, parser, slices, urls
from bot.sources import text as texts
from bot.sources.entries import MAX_ENTRIES, RawEntry, identified, newest
from bot.sources.jsonfeed import language_of, looks_like_json, read_json

log = logging.getLogger(__name__)

_LONGEST_TTL = timedelta(days=7)
_MAX_TAGS = 250_000
"""feedparser takes some 10 to 40 microseconds for each tag; ten megabytes of nothing else would keep it for a minute."""
_MARKUP = re.compile(
    r"</?(?:a|b|i|u|p|br|em|div|sub|sup|img|svg|font|span|math|style|video|audio|embed|strong|script|iframe|object|form|input|link|meta|h[1-6])\b[^<>]*>",
    re.IGNORECASE,
)
_HEAD = 20_000
"""Bytes in which the wishes of a feed's head are looked for when none of its items is parsed."""
_WISHES = re.compile(r"<(?:\w+:)?(ttl|updatePeriod|updateFrequency)>\s*(\w{1,20})\s*</")
_GROWING_ENTITY = re.compile(
    rb"<!ENTITY\s+(?:%\s+)?[^\s\"'>]{1,200}\s+(?:\"(?:[^\"]{0,300}?&(?!#)|[^\"]{300})|'(?:[^']{0,300}?&(?!#)|[^']{300}))"
)
_get = dict.get
"""In place of feedparser's own, which looks for aliases of each name and falls back from one date to another."""
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one feed document says."""

    entries: list[RawEntry]
    title: str | None = None
    ttl: timedelta | None = None
    well_formed: bool = True
    """A truncated document parses too, but may not have said all."""
    is_feed: bool = True
    """The root is that of a known feed format."""


def read_feed(
    source: Source, state: SourceState, fetched: Fetched, now: datetime, cut: slices.Sliced | None = None
) -> Reading | Failure:
    """Read one feed.

    Args:
        source: what the configuration says of it.
        state: what is known of it; ``entries_total`` tells whether an empty feed is plausible.
        fetched: a 200 answer with its body.
        now: time of the fetch.
        cut: the document without the items read before, where :func:`look` has cut it already.

    Returns:
        All entries of the document, or why there are none.
    """
    if not fetched.body.strip():
        return Failure(
            FailureKind.EMPTY, f"{urls.host_of(fetched.url)} answered with an empty document.", fetched.status
        )
    cut = cut or slices.sliced(fetched.body, fetched.content_type, state.known_slices)
    if cut is not None and not cut.unseen:
        return _nothing_new(state, fetched, cut)
    document = fetched.body if cut is None else cut.document
    parsed = parse(document, fetched.content_type, fetched.url, now)
    if isinstance(parsed, Failure):
        return parsed
    entries = identified(source.id, newest(parsed.entries))
    if not entries:
        wrong = _nothing_in_it(parsed, state, fetched)
        if wrong is not None:
            return wrong
    return Reading(
        entries=entries,
        validators=trusted(fetched.validators, well_formed=parsed.well_formed),
        known_slices=b"" if cut is None else cut.hashes,
        total=len(entries) if cut is None else cut.total,
        title=parsed.title,
        ttl=parsed.ttl or fetched.max_age,
        warnings=tuple(_warnings(parsed)),
    )


def look(state: SourceState, fetched: Fetched) -> Reading | slices.Sliced | None:
    """What a feed gives all of whose items were read before; else the rest of it, cut out; None where it cannot be cut."""
    if not state.known_slices or not fetched.body.strip():
        return None
    cut = slices.sliced(fetched.body, fetched.content_type, state.known_slices)
    return cut if cut is None or cut.unseen else _nothing_new(state, fetched, cut)


def _nothing_new(state: SourceState, fetched: Fetched, cut: slices.Sliced) -> Reading:
    """Every item was read before; only something around them differs."""
    head = cut.document[:_HEAD].decode("utf-8", "replace")
    wishes = dict(_WISHES.findall(head))
    ttl = _ttl(
        {
            "ttl": wishes.get("ttl"),
            "sy_updateperiod": wishes.get("updatePeriod"),
            "sy_updatefrequency": wishes.get("updateFrequency"),
        }
    )
    return Reading((), fetched.validators, cut.hashes, cut.total, state.title, ttl or fetched.max_age)


def parse(body: bytes, content_type: str, url: str, now: datetime) -> Parsed | Failure:
    """Read a document of any feed format, or say why it is none."""
    if looks_like_json(body, content_type):
        document = read_json(body, url, now)
        if isinstance(document, Failure):
            return document
        return Parsed(document.entries, document.title)
    wrong = _unfit(body, url)
    if wrong is not None:
        return wrong
    try:
        return _understood(_found(body, content_type, url), url, now)
    except Exception as error:
        log.debug("feedparser failed on a document of %s", urls.host_of(url), exc_info=True)
        return Failure(FailureKind.MALFORMED, f"The feed cannot be parsed ({type(error).__name__}).")


def _found(body: bytes, content_type: str, url: str) -> Mapping[str, Any]:
    """What feedparser gives; characters that do not exist are taken out only where it fails at them, which is seldom."""
    try:
        return parser.parse(body, content_type, url)  # type: ignore[no-any-return]
    except (ValueError, OverflowError):  # UnicodeError is a ValueError
        mended = parser.possible(body)
        if mended == body:
            raise
        return parser.parse(mended, content_type, url)  # type: ignore[no-any-return]


def _unfit(body: bytes, url: str) -> Failure | None:
    """What must not reach feedparser: web pages, and documents that would keep it busy for minutes."""
    host = urls.host_of(url)
    if discovery.looks_like_html(body) and not _feed_root_inside(body):
        return not_a_feed(body, url)
    if body.count(b"<") > _MAX_TAGS:
        return Failure(FailureKind.TOO_LARGE, f"The feed of {host} holds more than {_MAX_TAGS:,} tags.")
    if dangerous_entities(body):
        return Failure(FailureKind.MALFORMED, f"The feed of {host} declares entities that would grow without bound.")
    return None


def dangerous_entities(body: bytes) -> bool:
    """Whether declared entities contain entities or long texts: a small document could become gigabytes, or hours of work.

    Characters by number and short texts (``<!ENTITY nbsp "&#160;">``) are common and harmless.
    """
    if b"\x00" in body[:64]:  # UTF-16 or UTF-32
        body = body.replace(b"\x00", b"")
    return b"<!ENTITY" in body and _GROWING_ENTITY.search(body) is not None


def trusted(validators: Validators, *, well_formed: bool) -> Validators:
    """Validators that may be stored: after a malformed (perhaps truncated) document, ask again for the whole of it."""
    return validators if well_formed else validators._replace(etag=None, last_modified=None)


def not_a_feed(body: bytes, url: str) -> Failure:
    """The failure for a web page in a feed's place, with the feed it advertises."""
    feeds = [feed for feed in discovery.advertised_feeds(body, url) if feed.url != url]
    hint = " It names a feed of its own." if feeds else ""
    return Failure(
        FailureKind.NOT_A_FEED,
        f"{urls.host_of(url)} answers with a web page instead of a feed.{hint}",
        moved_to=feeds[0].url if feeds else None,
    )


def _feed_root_inside(body: bytes) -> bool:
    """Some feeds are wrapped in a page's tags; feedparser reads those."""
    start = body[:4096].lower()
    return b"<rss" in start or b"<rdf:rdf" in start or b"<feed" in start


def _understood(found: Mapping[str, Any], url: str, now: datetime) -> Parsed:
    feed = found["feed"]
    language = language_of(feed.get("language"))
    base = urls.absolute(feed.get("link"), url) or url
    entries = found["entries"]
    if len(entries) > 4 * MAX_ENTRIES:
        entries = entries[: 2 * MAX_ENTRIES] + entries[-2 * MAX_ENTRIES :]
    detail = feed.get("title_detail") or {}
    atom = str(found.get("version") or "").startswith("atom")
    return Parsed(
        entries=[_raw(entry, base, url, language, now, atom=atom) for entry in entries],
        title=_title(detail, feed.get("title"), atom=atom) or None,
        ttl=_ttl(feed),
        well_formed=not _broken(found),
        is_feed=bool(found.get("version")),
    )


def _broken(found: Mapping[str, Any]) -> bool:
    """Not well-formed; a wrongly declared encoding or content type is common and loses nothing."""
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return bool(found.get("bozo")) and not isinstance(found.get("bozo_exception"), harmless)


def _raw(entry: dict[str, Any], base: str, url: str, language: str | None, now: datetime, *, atom: bool) -> RawEntry:
    detail = _get(entry, "title_detail") or {}
    link = _link(entry, base, url)
    guid = _get(entry, "id")
    return RawEntry(
        guid=(texts.scrub(guid).strip() or None) if isinstance(guid, str) else None,
        link=link,
        title=_title(detail, _get(entry, "title"), atom=atom),
        text=_richest(entry),
        published=_date(entry, ("published", "created"), now),
        updated=_date(entry, ("updated",), now),
        language=language_of(_get(detail, "language")) or language,
        authors=tuple(_names(entry)),
        categories=tuple(_terms(entry)),
    )


def _title(detail: dict[str, Any], value: object, *, atom: bool) -> str:
    """A title as one line. Atom says what is plain text; elsewhere feedparser guesses, and takes what it does not like for plain."""
    if not isinstance(value, str):
        return ""
    plain = _get(detail, "type") == "text/plain" and (atom or _MARKUP.search(value) is None)
    return texts.line(value) if plain else texts.line_of_html(value)


def _richest(entry: dict[str, Any]) -> str:
    """The longest of the texts the entry gives, made plain. Markup-heavy ones can be short in words, so the runner-up counts."""
    parts = [
        part for part in (*(_get(entry, "content") or ()), _get(entry, "summary_detail") or {}) if _get(part, "value")
    ]
    if not parts and isinstance(_get(entry, "summary"), str):
        parts = [{"value": entry["summary"], "type": "text/html"}]
    best = ""
    for part in sorted(parts, key=lambda part: len(part["value"]), reverse=True):
        if len(part["value"]) <= len(best):
            break
        kind = str(_get(part, "type") or "")
        if kind == "text/plain":
            plain = texts.paragraphs(part["value"])
        elif kind.startswith("text/") or kind.endswith(("html", "xml")) or not kind:
            plain = texts.paragraphs_of_html(part["value"])
        else:  # an image or the like, encoded as text
            continue
        best = max(best, plain, key=len)
    return best


def _link(entry: dict[str, Any], base: str, feed_url: str) -> str | None:
    """The entry's page: FeedBurner's note of the original first, then the alternate link, then any other to a page.

    The feed itself is no page: links such as ``#top`` come out as its address.
    """
    for candidate in _links(entry):
        link = urls.absolute(candidate, base)
        if link is not None and link.partition("#")[0] != feed_url:
            return link
    return None


def _links(entry: dict[str, Any]) -> Iterator[str]:
    for name in ("feedburner_origlink", "link"):
        value = _get(entry, name)
        if isinstance(value, str):
            yield value
    for link in _get(entry, "links") or ():
        if _get(link, "rel", "alternate") in {"alternate", "via", "related"} and isinstance(_get(link, "href"), str):
            yield link["href"]


def _date(entry: dict[str, Any], names: tuple[str, ...], now: datetime) -> datetime | None:
    for name in names:
        raw = _get(entry, name)
        if isinstance(raw, str) and raw:
            at = dates.from_feedparser(raw, _get(entry, f"{name}_parsed"), now)
            if at is not None:
                return at
    return None


def _names(entry: dict[str, Any]) -> Iterator[str]:
    for author in _get(entry, "authors") or ():
        name = _get(author, "name")
        if isinstance(name, str) and (clean := texts.line_of_html(name, 100)):
            yield clean


def _terms(entry: dict[str, Any]) -> Iterator[str]:
    for tag in _get(entry, "tags") or ():
        term = _get(tag, "label") or _get(tag, "term")
        if isinstance(term, str) and (clean := texts.line_of_html(term, 100)):
            yield clean


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    """``ttl`` in minutes (RSS 2.0), else ``sy:updatePeriod`` over ``sy:updateFrequency`` (RSS syndication module)."""
    ttl = str(feed.get("ttl") or "").strip()
    if ttl.isascii() and ttl.isdigit() and int(ttl[:9]) > 0:
        return min(timedelta(minutes=int(ttl[:9])), _LONGEST_TTL)
    seconds = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if seconds is None:
        return None
    frequency = str(feed.get("sy_updatefrequency") or "1").strip()
    times = int(frequency[:6]) if frequency.isascii() and frequency.isdigit() else 1
    return min(timedelta(seconds=seconds / max(times, 1)), _LONGEST_TTL)


def _nothing_in_it(parsed: Parsed, state: SourceState, fetched: Fetched) -> Failure | None:
    """Why a 200 without one readable entry is a failure, or None for a feed that has simply not begun."""
    host = urls.host_of(fetched.url)
    if not parsed.is_feed:
        if discovery.looks_like_html(fetched.body) or "html" in fetched.content_type.lower():
            return not_a_feed(fetched.body, fetched.url)
        return Failure(FailureKind.NOT_A_FEED, f"{host} answers with something that is not a feed.", fetched.status)
    if not parsed.well_formed:
        return Failure(
            FailureKind.MALFORMED, f"The feed of {host} is broken and nothing in it can be read.", fetched.status
        )
    if parsed.entries or state.entries_total:
        return Failure(
            FailureKind.EMPTY,
            f"The feed of {host} has no readable entry{' any more' if state.entries_total else ''}.",
            fetched.status,
        )
    return None


def _warnings(parsed: Parsed) -> Iterator[str]:
    if not parsed.well_formed:
        yield "The feed is not well-formed; what could be read was taken, and it is fetched whole each time."
    if len(parsed.entries) > MAX_ENTRIES:
        yield f"The feed holds {len(parsed.entries)} entries; the newest {MAX_ENTRIES} were taken."
