"""Judged texts, their policy changes, and pages still to be fetched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, or_, select, update

from bot.model import Analysis, Article, PolicyChange, TextOrigin
from bot.store.rows import (
    change_from_row,
    change_to_row,
    reasons_from_json,
    reasons_to_json,
    span_from_json,
    span_to_json,
)
from bot.store.sql import Insertion, for_update, having, insert, insert_new, insert_of, run_many
from bot.store.tables.articles import articles, change_words, policy_changes, wanted_pages
from bot.store.tables.base import digest
from bot.store.words import words_of

_PLAIN = (
    "canonical_url", "discriminator", "url", "title", "text", "source_id", "published", "first_seen", "language",
    "text_origin", "source_jurisdiction", "source_actor",
)  # fmt: skip
"""Fields of an article that are columns of the same name."""

WANTED, FETCHED, GIVEN_UP = "wanted", "fetched", "given up"
"""States of a page that is still to be fetched, was, or will not be."""
_LOOKED_AT = 8
"""Due pages looked at for each one that is claimed: many of one host must not hide those of others."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article whose page is still to be fetched."""

    article_id: int
    url: str
    source_id: str
    wanted_at: datetime
    attempts: int
    """How often it was tried in vain."""
    source_ok_at: datetime | None = None
    """When its source had been read before the poll that brought the article."""


_IDENTITY = select(articles.c.identity_hash, articles.c.id)


@cache
def _new_rows(dialect: str) -> Insertion:
    """The statement that adds rows, built once."""
    return insert_of(dialect, articles).on_conflict_do_nothing(index_elements=["identity_hash"])


_NEW_WORDS = change_words.insert()


class Articles:
    """Rows of ``articles``, unique by canonical URL and discriminator, and of the tables that hang on them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- articles ---

    def add(self, article: Article, analysis: Analysis, fingerprint: str, *, curated: bool = False) -> tuple[int, bool]:
        """Store an article with what the analysis said of it, except its changes (:meth:`save_changes`).

        Args:
            article: The article; its ``id`` is not looked at.
            analysis: What was seen in its text.
            fingerprint: Of the code and vocabulary that judged it.
            curated: From the curated history, not observed.

        Returns:
            Its id, and whether this call created it; an article that was there already is left as it is.
        """
        ((article_id, created),) = self.add_many([(article, analysis)], fingerprint, curated=curated)
        return article_id, created

    def add_many(
        self, judged: Sequence[tuple[Article, Analysis]], fingerprint: str, *, curated: bool = False
    ) -> list[tuple[int, bool]]:
        """Store several articles as :meth:`add` does, in one statement; of those with one identity the first counts."""
        rows: dict[bytes, dict[str, Any]] = {}
        identities = [digest(article.canonical_url, article.discriminator) for article, _ in judged]
        for identity, (article, analysis) in zip(identities, judged, strict=True):
            if identity not in rows:
                row = {name: getattr(article, name) for name in _PLAIN} | _analysis_row(analysis, fingerprint)
                row |= {"canonical_hash": _shared_hash(article), "curated": curated}
                rows[identity] = row | {"identity_hash": identity}
        if not rows:
            return []
        insertion = _new_rows(self._connection.dialect.name)
        created = insert_new(self._connection, insertion, list(rows.values()), articles.c.id, articles.c.identity_hash)
        ids = {identity: article_id for article_id, identity in created}
        news = set(ids)
        if absent := [each for each in rows if each not in ids]:
            known = having(self._connection, _IDENTITY, articles.c.identity_hash, absent)
            ids |= {row[0]: row[1] for row in known}
        result = []
        for identity in identities:
            result.append((ids[identity], identity in news))
            news.discard(identity)
        return result

    def get(self, article_id: int) -> Article | None:
        """Read one article."""
        return self._one(articles.c.id == article_id)

    def find(self, canonical_url: str, discriminator: str = "") -> Article | None:
        """Find an article by its identity."""
        return self._one(articles.c.identity_hash == digest(canonical_url, discriminator))

    def by_canonical_url(self, canonical_url: str) -> list[Article]:
        """All articles that share a canonical URL, the earliest first."""
        alone = articles.c.identity_hash == digest(canonical_url, "")
        shared = articles.c.canonical_hash == digest(canonical_url)
        query = select(articles).where(or_(alone, shared)).order_by(articles.c.id)
        return [_article(row) for row in self._connection.execute(query).mappings()]

    def update_text(
        self, article_id: int, title: str, text: str, origin: TextOrigin, published: datetime | None = None
    ) -> None:
        """Replace an article's words, and its date when one is given: its page has arrived, or it was edited."""
        values: dict[str, Any] = {"title": title, "text": text, "text_origin": origin}
        values |= {"published": published} if published is not None else {}
        self._connection.execute(update(articles).where(articles.c.id == article_id).values(values))

    def rejudge(self, article_id: int, analysis: Analysis, fingerprint: str) -> None:
        """Replace what the analysis said of an article, except its changes (:meth:`save_changes`)."""
        statement = update(articles).where(articles.c.id == article_id).values(_analysis_row(analysis, fingerprint))
        self._connection.execute(statement)

    def analysis(self, article_id: int) -> Analysis | None:
        """What the analysis said of an article, with its current changes."""
        row = self._connection.execute(select(articles).where(articles.c.id == article_id)).mappings().one_or_none()
        if row is None:
            return None
        return Analysis(
            changes=self.changes(article_id),
            score=row["score"],
            relevant=row["relevant"],
            on_topic=row["on_topic"],
            reasons=reasons_from_json(row["reasons"]),
            open_questions=tuple(span_from_json(value) for value in row["open_questions"]),
        )

    def since(self, at: datetime) -> list[Article]:
        """Observed articles first seen at a time or later, the earliest published first."""
        query = select(articles).where(articles.c.first_seen >= at, articles.c.curated.is_(False))
        rows = self._connection.execute(query.order_by(articles.c.published, articles.c.id)).mappings()
        return [_article(row) for row in rows]

    def stale(self, fingerprint: str, limit: int) -> list[Article]:
        """Articles judged by other code or vocabulary, to be judged again; the curated ones are nobody's judgement."""
        other = or_(
            articles.c.fingerprint < fingerprint, articles.c.fingerprint > fingerprint
        )  # two ranges of the index
        query = select(articles).where(other, articles.c.curated.is_(False))
        query = query.order_by(articles.c.fingerprint, articles.c.id).limit(limit)
        return [_article(row) for row in self._connection.execute(query).mappings()]

    def _one(self, condition: ColumnElement[bool]) -> Article | None:
        row = self._connection.execute(select(articles).where(condition)).mappings().one_or_none()
        return _article(row) if row else None

    # --- policy changes ---

    def save_changes(self, article_id: int, changes: Sequence[PolicyChange], *, fresh: bool = False) -> list[int]:
        """Make these an article's changes, in this order, and index its words for searching.

        A change that an earlier analysis has found too (the same, else of the same actor and action) keeps its row and id, so that what refers to
        it goes on doing so; rows that are no longer found stay, marked as not current.

        Args:
            article_id: The article.
            changes: What is found now.
            fresh: The article was stored in this transaction: it has no changes yet, so there is nothing to pair or retire.

        Returns:
            The changes' ids in the given order.
        """
        kept = {} if fresh else self._retired(article_id, changes)
        ids = [self._save_change(article_id, place, change, kept.get(place)) for place, change in enumerate(changes)]
        self._index_words(article_id, dict(zip(ids, changes, strict=True)))
        return ids

    def _retired(self, article_id: int, changes: Sequence[PolicyChange]) -> dict[int, int]:
        """Take an article's changes out of force and out of the index; gives the ids of rows to be kept, by place in ``changes``."""
        query = (
            select(policy_changes).where(policy_changes.c.article_id == article_id).order_by(policy_changes.c.position)
        )
        old = {row["id"]: change_from_row(row) for row in self._connection.execute(query).mappings()}
        if old:
            retire = update(policy_changes).where(policy_changes.c.article_id == article_id).values(current=False)
            self._connection.execute(retire)
            indexed = select(policy_changes.c.id).where(policy_changes.c.article_id == article_id)
            self._connection.execute(delete(change_words).where(change_words.c.change_id.in_(indexed)))
        return _pair(old, changes)

    def _save_change(self, article_id: int, place: int, change: PolicyChange, old_id: int | None) -> int:
        row = change_to_row(change) | {"article_id": article_id, "position": place, "current": True}
        if old_id is not None:
            self._connection.execute(update(policy_changes).where(policy_changes.c.id == old_id).values(row))
            return old_id
        statement = insert(self._connection, policy_changes).values(row).returning(policy_changes.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def changes(self, article_id: int) -> tuple[PolicyChange, ...]:
        """An article's current changes, in the order they were saved."""
        return tuple(change for _, change in self.changes_with_ids(article_id))

    def changes_with_ids(self, article_id: int) -> list[tuple[int, PolicyChange]]:
        """An article's current changes with their ids, in the order they were saved."""
        query = (
            select(policy_changes)
            .where(policy_changes.c.article_id == article_id, policy_changes.c.current)
            .order_by(policy_changes.c.position)
        )
        return [(row["id"], change_from_row(row)) for row in self._connection.execute(query).mappings()]

    def _index_words(self, article_id: int, current: Mapping[int, PolicyChange]) -> None:
        """Index the words of the title and of each current change: people search for stories, not for all that was read."""
        if not current:
            return
        title = self._connection.execute(select(articles.c.title).where(articles.c.id == article_id)).scalar_one()
        rows = [
            {"word": word, "change_id": change_id}
            for change_id, change in current.items()
            for word in words_of(f"{title} {change.line} {change.actor}")
        ]
        run_many(self._connection, _NEW_WORDS, rows)

    # --- pages to fetch ---

    def want_page(self, article_id: int, url: str, now: datetime, source_ok_at: datetime | None = None) -> None:
        """Ask for an article's page to be fetched; asking again changes nothing.

        ``source_ok_at`` says when its source had been read before the poll that brought the article.
        """
        row = {"article_id": article_id, "url": url, "state": WANTED, "wanted_at": now, "next_at": now}
        row |= {"source_ok_at": source_ok_at}
        self._connection.execute(insert(self._connection, wanted_pages).values(row).on_conflict_do_nothing())

    def claim_wanted(
        self, owner: str, now: datetime, lease: timedelta, limit: int, fits: Callable[[str], bool] = lambda _: True
    ) -> list[Wanted]:
        """Lease pages that are due, the longest due first; those that others hold are passed over.

        Args:
            owner: Who fetches them.
            now: The time.
            lease: After this the claim lapses.
            limit: Most pages to take.
            fits: Asked of each address in turn; a page of which it says no is left for a later claim.
        """
        free = or_(wanted_pages.c.lease_until.is_(None), wanted_pages.c.lease_until <= now)
        query = (
            select(wanted_pages.c.article_id, wanted_pages.c.url)
            .where(wanted_pages.c.state == WANTED, wanted_pages.c.next_at <= now, free)
            .order_by(wanted_pages.c.next_at, wanted_pages.c.article_id)
            .limit(limit * _LOOKED_AT)
        )
        due = self._connection.execute(for_update(self._connection, query, skip_locked=True))
        taken = [row.article_id for row in due if fits(row.url)][:limit]
        if not taken:
            return []
        self._connection.execute(
            update(wanted_pages)
            .where(wanted_pages.c.article_id.in_(taken))
            .values(lease_owner=owner, lease_until=now + lease)
        )
        query = (
            select(wanted_pages, articles.c.source_id)
            .join(articles, articles.c.id == wanted_pages.c.article_id)
            .where(wanted_pages.c.article_id.in_(taken))
            .order_by(wanted_pages.c.next_at, wanted_pages.c.article_id)
        )
        rows = self._connection.execute(query).mappings()
        return [Wanted(**{name: row[name] for name in Wanted.__slots__}) for row in rows]

    def page_owners(self) -> set[str]:
        """Who holds leases on pages, run out or not."""
        query = select(wanted_pages.c.lease_owner).where(wanted_pages.c.lease_owner.is_not(None)).distinct()
        return set(self._connection.execute(query).scalars())

    def release_pages_of(self, owners: Collection[str]) -> int:
        """Give back every lease on pages of owners that are no more; tells how many there were."""
        theirs = wanted_pages.c.lease_owner.in_(owners)
        released: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        return self._connection.execute(update(wanted_pages).where(theirs).values(released)).rowcount

    def page_done(self, article_id: int) -> None:
        """Note that the page was fetched and the article judged on it."""
        self._page(article_id, {"state": FETCHED, "error": None})

    def page_failed(self, article_id: int, retry_at: datetime | None, error: str) -> None:
        """Note that the page could not be had: try again at a time, or (None) give up; the feed's text then stands."""
        again = {"state": GIVEN_UP} if retry_at is None else {"next_at": retry_at}
        self._page(article_id, again | {"attempts": wanted_pages.c.attempts + 1, "error": error})

    def page_state(self, article_id: int) -> str | None:
        """Tell ``wanted``, ``fetched`` or ``given up``; None when the page was never asked for."""
        query = select(wanted_pages.c.state).where(wanted_pages.c.article_id == article_id)
        return self._connection.execute(query).scalar()

    def _page(self, article_id: int, values: dict[str, Any]) -> None:
        released: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        statement = update(wanted_pages).where(wanted_pages.c.article_id == article_id, wanted_pages.c.state == WANTED)
        self._connection.execute(statement.values(values | released))


def _pair(old: dict[int, PolicyChange], new: Sequence[PolicyChange]) -> dict[int, int]:
    """Find for the new changes, by place, the old row that is the same change; each old row is used once."""
    pairs: dict[int, int] = {}
    free = dict(old)
    for likeness in (_same, _same_actor_action_stage, _same_actor_action):
        for place, change in enumerate(new):
            if place in pairs:
                continue
            match = next((row_id for row_id, candidate in free.items() if likeness(candidate, change)), None)
            if match is not None:
                pairs[place] = match
                del free[match]
    return pairs


def _same(one: PolicyChange, other: PolicyChange) -> bool:
    return one == other


def _same_actor_action_stage(one: PolicyChange, other: PolicyChange) -> bool:
    return _same_actor_action(one, other) and one.stage == other.stage and one.primary == other.primary


def _same_actor_action(one: PolicyChange, other: PolicyChange) -> bool:
    return one.actor == other.actor and one.action == other.action


def _shared_hash(article: Article) -> bytes:
    """Of the canonical URL where the identity holds more than that; empty for nearly all articles, which are found by that.

    Each random key in an index is a page of the database to be written.
    """
    return digest(article.canonical_url) if article.discriminator else b""


def _analysis_row(analysis: Analysis, fingerprint: str) -> dict[str, Any]:
    return (_row_of if analysis.on_topic else _remembered_row_of)(analysis, fingerprint)


def _row_of(analysis: Analysis, fingerprint: str) -> dict[str, Any]:
    return {
        "score": analysis.score,
        "relevant": analysis.relevant,
        "on_topic": analysis.on_topic,
        "reasons": reasons_to_json(analysis.reasons),
        "open_questions": [span_to_json(span) for span in analysis.open_questions],
        "fingerprint": fingerprint,
    }


_remembered_row_of = lru_cache(maxsize=16)(_row_of)
"""Nearly all that is read does not speak of the topic, and the same is said of it."""


def _article(row: RowMapping) -> Article:
    return Article(id=row["id"], **{name: row[name] for name in _PLAIN})
