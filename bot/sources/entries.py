"""From what one document says to entries with an identity (pure).

Identity within a source is the publisher's id, else the link, else a hash of what does not change. Publishers break each:
one id on every item, an id or link on several different items, the same item twice. So an id (or link) identifies only
when, in this document, it belongs to one item; and an item given twice is one item.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from bot.model import Entry
from bot.said import said
from bot.sources import text as texts

MAX_ENTRIES = 1_000
"""More entries than this in one document are not read: the newest are kept."""
_MAX_KEY = 400
_MAX_TAGS = 30


@dataclass(slots=True)
class RawEntry:
    """One item as a reader of some format understood it: plain texts, absolute link, identity still undecided."""

    guid: str | None = None
    link: str | None = None
    title: str = ""
    text: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def newest(raws: Sequence[RawEntry], limit: int = MAX_ENTRIES) -> list[RawEntry]:
    """At most ``limit`` entries, the newest by date (undated ones last), in document order."""
    if len(raws) <= limit:
        return list(raws)
    floor = datetime.min.replace(tzinfo=UTC)
    ranked = sorted(range(len(raws)), key=lambda index: (raws[index].published or floor, -index), reverse=True)
    return [raws[index] for index in sorted(ranked[:limit])]


def identified(source_id: str, raws: Iterable[RawEntry]) -> tuple[Entry, ...]:
    """Give each item its key and drop repeated and unreadable ones; order is the document's.

    An item is readable when it has a title, a text or a link.
    """
    items = _distinct(raws)
    guids = _unambiguous(items)
    links = Counter(item.link for item in items if item.link)
    found: dict[str, Entry] = {}
    for item in items:
        guid = item.guid if item.guid in guids else None
        shared = item.link is not None and links[item.link] > 1
        key = _key(item, guid, shared=shared)
        if key in found:
            if guid is None and found[key].published != item.published:  # same words on another day are another item
                key = _hashed("dated", key, str(item.published))
            if key in found:
                continue
        found[key] = _entry(source_id, key, item, guid, shared=shared)
    return tuple(found.values())


def _distinct(raws: Iterable[RawEntry]) -> list[RawEntry]:
    """Readable items, the same one (id and link, or all it says) once: the first."""
    seen: set[tuple[str | None, ...]] = set()
    kept = []
    for raw in raws:
        if not (raw.title or raw.text or raw.link):
            continue
        mark = (
            (raw.guid, raw.link)
            if raw.guid and raw.link
            else (raw.guid, raw.link, raw.title, raw.text[:500], str(raw.published))
        )
        if mark not in seen:
            seen.add(mark)
            kept.append(raw)
    return kept


def _unambiguous(items: Iterable[RawEntry]) -> set[str]:
    users: defaultdict[str, int] = defaultdict(int)
    for item in items:
        if item.guid:
            users[item.guid] += 1
    return {guid for guid, count in users.items() if count == 1}


def _key(item: RawEntry, guid: str | None, *, shared: bool) -> str:
    if guid:
        return _bounded(guid)
    if item.link and not shared:
        return _bounded(item.link)
    return _hashed(item.link or "", item.title or item.text[:200])


def _bounded(key: str) -> str:
    return key if len(key) <= _MAX_KEY else _hashed("long", key)


def _hashed(*parts: str) -> str:
    return "sha256:" + sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _entry(source_id: str, key: str, item: RawEntry, guid: str | None, *, shared: bool) -> Entry:
    title = item.title or texts.headline(item.text) or item.link or ""
    return Entry(
        source_id=source_id,
        key=key,
        url=item.link,
        title=title,
        text=item.text,
        published=item.published or item.updated,
        updated=item.updated,
        language=item.language,
        authors=item.authors[:_MAX_TAGS],
        categories=item.categories[:_MAX_TAGS],
        guid=guid,
        shared_link=shared,
        said=said(title, item.text),
    )
