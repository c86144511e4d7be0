"""What sources published, with each entry's verdict: the reason of every alert and every silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, or_, select, update

from bot.model import Entry
from bot.said import said
from bot.store.sql import FEW, Insertion, chunks, having, insert_new, insert_of, read_one, run_many
from bot.store.tables.base import digest
from bot.store.tables.sources import entries

UNJUDGED = "new"
"""Verdict of an entry that was stored and not yet judged; no committed poll leaves one behind."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on one entry."""

    entry_id: int
    verdict: str
    """Stable and short, as the pipeline names them."""
    reason: str
    """A sentence for people."""
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as the database keeps it: without its text, with its verdict."""

    id: int
    source_id: str
    key: str
    url: str | None
    canonical_url: str | None
    title: str
    published: datetime | None
    seen_at: datetime
    verdict: str
    reason: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A known entry whose words are others now."""

    id: int
    article_id: int | None
    verdict: str
    updates: int
    """How often its words were changed before."""
    content_hash: bytes | None
    """Of the words that are stored."""


def content_hash(entry: Entry) -> bytes | None:
    """Fingerprint an entry by what it says; None when it says too little. Taken here where it was not when it was read."""
    return said(entry.title, entry.text) if entry.said == b"" else entry.said


class Entries:
    """Rows of ``entries``, unique by source and key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._said: dict[tuple[str, str], bytes | None] = {}
        """Fingerprints of what this transaction has stored."""
        self._added: dict[int, tuple[str, str]] = {}
        """Sources and keys of what it has stored, by id."""

    def compare(self, source_id: str, candidates: Sequence[Entry], *, most: int) -> tuple[set[str], dict[str, Changed]]:
        """Compare a document's entries with what is stored of them.

        Args:
            source_id: Their source.
            candidates: The entries.
            most: An entry whose words changed so often already is left as it is.

        Returns:
            The keys that are new, and by key the known ones whose words changed. Of two copies under one key one that
            reads as stored is enough for no change.
        """
        if len(candidates) > FEW and not self._any(source_id):
            return {entry.key for entry in candidates}, {}
        by_hash = {digest(entry.key): entry.key for entry in candidates}
        known = {
            by_hash[key_hash]: Changed(*rest)
            for key_hash, *rest in having(
                self._connection, _KNOWN, entries.c.key_hash, list(by_hash), _source=source_id
            )
        }
        says: dict[str, set[bytes | None]] = {}
        for entry in candidates:
            if entry.key in known and known[entry.key].updates < most:
                says.setdefault(entry.key, set()).add(content_hash(entry))
        changed = {key: known[key] for key, said in says.items() if not said & {None, known[key].content_hash}}
        return set(by_hash.values()) - known.keys(), changed

    def _any(self, source_id: str, before: int | None = None) -> bool:
        """Whether a source has entries, with ids below one that is given. Where many come at once it mostly has none: a first poll."""
        row = {"_source": source_id, "_before": before or _NO_END}
        return bool(read_one(self._connection, _ANY, row))

    def reword(self, changed: Changed, entry: Entry) -> bool:
        """Store the new words of a known entry; False when they are no longer those that were compared."""
        before = changed.content_hash
        same = entries.c.content_hash.is_(None) if before is None else entries.c.content_hash == before
        values = {"title": entry.title, "updated": entry.updated, "content_hash": content_hash(entry)}
        statement = update(entries).where(entries.c.id == changed.id, same)
        return self._connection.execute(statement.values(**values, updates=entries.c.updates + 1)).rowcount == 1

    def add(
        self, source_id: str, new: Sequence[Entry], now: datetime, canonical: Mapping[str, str] | None = None
    ) -> dict[str, int]:
        """Store entries; those that are known already are left as they are.

        Args:
            source_id: Their source, which has a row.
            new: The entries; of several with one key the first counts.
            now: When they were seen.
            canonical: Canonical URLs by entry key, so that they are found by them.

        Returns:
            The ids by key of the entries that this call inserted.
        """
        if not new:
            return {}
        canonical = canonical or {}
        keys: dict[bytes, str] = {}
        rows: list[dict[str, Any]] = []
        for entry in new:
            row = _row(source_id, entry, now, canonical.get(entry.key))
            self._said[source_id, entry.key] = row["content_hash"]
            if keys.setdefault(row["key_hash"], entry.key) == entry.key:
                rows.append(row)
        insertion = _new_rows(self._connection.dialect.name)
        added = insert_new(self._connection, insertion, rows, entries.c.id, entries.c.key_hash)
        ids = {entry_id: keys[key_hash] for entry_id, key_hash in added}
        self._added |= {entry_id: (source_id, key) for entry_id, key in ids.items()}
        return {key: entry_id for entry_id, key in ids.items()}

    def judge(self, entry_id: int, article_id: int | None, verdict: str, reason: str) -> None:
        """Write one entry's verdict."""
        self.judge_many([Judgement(entry_id, verdict, reason, article_id)])

    def judge_many(self, judgements: Sequence[Judgement]) -> None:
        """Write many entries' verdicts in one batch."""
        rows = [
            {"_id": j.entry_id, "_article": j.article_id, "_verdict": j.verdict, "_reason": j.reason}
            for j in judgements
        ]
        run_many(self._connection, _JUDGE, rows)

    def get(self, entry_id: int) -> StoredEntry | None:
        """Read one entry."""
        row = self._connection.execute(select(*_COLUMNS).where(entries.c.id == entry_id)).mappings().one_or_none()
        return _stored(row) if row else None

    def by_url(self, url: str) -> list[StoredEntry]:
        """All entries with this URL, as published or canonical, the earliest first."""
        url_hash = digest(url)
        query = select(*_COLUMNS).where(or_(entries.c.url_hash == url_hash, entries.c.canonical_hash == url_hash))
        return [_stored(row) for row in self._connection.execute(query.order_by(entries.c.id)).mappings()]

    def of_article(self, article_id: int) -> list[StoredEntry]:
        """All entries that led to an article, the earliest first."""
        query = select(*_COLUMNS).where(entries.c.article_id == article_id).order_by(entries.c.id)
        return [_stored(row) for row in self._connection.execute(query).mappings()]

    def of_source(self, source_id: str, limit: int = 20) -> list[StoredEntry]:
        """The entries a source published, those seen last first."""
        query = select(*_COLUMNS).where(entries.c.source_id == source_id).order_by(entries.c.id.desc()).limit(limit)
        return [_stored(row) for row in self._connection.execute(query).mappings()]

    def republished(self, source_id: str, candidates: Iterable[Entry]) -> dict[str, StoredEntry]:
        """Find entries that the source has published before with the same words.

        Returns:
            For the keys of those candidates: the earliest stored entry that says the same under another key.
        """
        hashes = {entry.key: self._said.get((source_id, entry.key)) or content_hash(entry) for entry in candidates}
        wanted = list({value for value in hashes.values() if value is not None})
        if len(wanted) <= FEW or self._any(source_id, min(self._added, default=None)):
            found = having(self._connection, _FIRST_TO_SAY, entries.c.content_hash, wanted, _source=source_id)
            firsts = {row[0]: row[1] for row in found}
        else:
            firsts = self._firsts(source_id)
        earlier = {
            key: firsts[value]
            for key, value in hashes.items()
            if value in firsts and self._added.get(firsts[value]) != (source_id, key)
        }
        stored = {entry.id: entry for entry in self._with_ids(set(earlier.values()))}
        return {key: stored[first] for key, first in earlier.items() if stored[first].key != key}

    def _firsts(self, source_id: str) -> dict[bytes, int]:
        """The first entry with each fingerprint among those that this transaction has stored."""
        firsts: dict[bytes, int] = {}
        for entry_id, added in sorted(self._added.items()):
            said = self._said.get(added)
            if said is not None and added[0] == source_id:
                firsts.setdefault(said, entry_id)
        return firsts

    def _with_ids(self, ids: Collection[int]) -> list[StoredEntry]:
        query = select(*_COLUMNS)
        return [
            _stored(row)
            for chunk in chunks(list(ids))
            for row in self._connection.execute(query.where(entries.c.id.in_(chunk))).mappings()
        ]


_NO_END = 2**62
_ANY = (
    select(entries.c.id)
    .where(entries.c.source_id == bindparam("_source"), entries.c.id < bindparam("_before"))
    .limit(1)
)
_KNOWN = select(entries.c.key_hash, *(entries.c[name] for name in Changed.__slots__)).where(
    entries.c.source_id == bindparam("_source")
)
"""What :meth:`Entries.compare` looks at."""
_FIRST_TO_SAY = (
    select(entries.c.content_hash, func.min(entries.c.id).label("id"))
    .where(entries.c.source_id == bindparam("_source"))
    .group_by(entries.c.content_hash)
)
_JUDGE = (
    update(entries)
    .where(entries.c.id == bindparam("_id"))
    .values(article_id=bindparam("_article"), verdict=bindparam("_verdict"), reason=bindparam("_reason"))
)


@cache
def _new_rows(dialect: str) -> Insertion:
    """The statement that adds rows, built once: building costs as much as adding a few rows does."""
    return insert_of(dialect, entries).on_conflict_do_nothing(index_elements=["source_id", "key_hash"])


_COLUMNS = [entries.c[name] for name in StoredEntry.__slots__]


def _stored(row: RowMapping) -> StoredEntry:
    return StoredEntry(**{name: row[name] for name in StoredEntry.__slots__})


def _row(source_id: str, entry: Entry, now: datetime, canonical: str | None) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "key": entry.key,
        "key_hash": digest(entry.key),
        "url": entry.url,
        # Not where the canonical address says the same: entries are found by either, and each random key in an index is
        # a page of the database to be written.
        "url_hash": None if entry.url is None or entry.url == canonical else digest(entry.url),
        "canonical_url": canonical,
        "canonical_hash": None if canonical is None else digest(canonical),
        "content_hash": content_hash(entry),
        "title": entry.title,
        "published": entry.published,
        "updated": entry.updated,
        "seen_at": now,
        "language": entry.language,
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "verdict": UNJUDGED,
        "reason": "stored, not judged yet",
    }
