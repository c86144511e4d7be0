"""Readers for commands and pages. They write nothing, and a page of any listing costs the same however much is stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, cast, func, or_, select

from bot.model import Action, Analysis, Article, ArticleRef, Delivery, DeliveryState, Filters, Health, Story, StoryRole
from bot.store.articles import WANTED, Articles
from bot.store.entries import Entries, StoredEntry
from bot.store.outbox import Outbox
from bot.store.outbox_rows import to_delivery
from bot.store.rows import reasons_from_json
from bot.store.search import fits, matches
from bot.store.sql import chunks, mostly_null
from bot.store.story_rows import story_from_row
from bot.store.tables.articles import articles, wanted_pages
from bot.store.tables.outbox import deliveries
from bot.store.tables.runtime import labels
from bot.store.tables.sources import entries, sources
from bot.store.tables.stories import stories, story_articles, story_stages

_ABOUT = (StoryRole.LEAD, StoryRole.ALSO, StoryRole.ASIDE)

COUNTED = 1000
"""Up to how many the stories of a listing are counted: beyond it people narrow the question, and counting would cost."""

Cursor = tuple[datetime, int]
"""Where a page ended: time and id of its last story."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A story in a listing."""

    story: Story
    at: datetime
    """When it appeared or last moved to another stage: what listings are ordered by."""
    best: ArticleRef | None
    """The most official article about it, of several the earliest; None: from the curated history."""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a listing, newest first."""

    items: tuple[Listed, ...]
    total: int
    """How many there are in all; counting stops at :data:`COUNTED`, so that it means "that many or more"."""
    next: Cursor | None
    """Give it as ``after`` for the following page; None: this was the last."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Why an article belongs to a story."""

    story: Story
    role: StoryRole
    line: str
    """The change line of the article's own reading."""
    reasons: tuple[str, ...]
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class ExplainedArticle:
    """What was made of an article."""

    article: Article
    analysis: Analysis
    page: str | None
    """Whether its page was fetched: ``wanted``, ``fetched``, ``given up``; None: never asked for."""
    curated: bool
    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is known of an address: why it did, or did not, alert."""

    entries: tuple[StoredEntry, ...]
    articles: tuple[ExplainedArticle, ...]


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """How the watched sources are, cheap enough for every slash command."""

    total: int
    """Configured and enabled."""
    health: Mapping[Health, int]
    last_polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for ``status``, the Home tab and metrics."""

    sources: int
    """Configured and enabled."""
    health: Mapping[Health, int]
    """Of those, by state."""
    muted: int
    last_polled_at: datetime | None
    entries_day: int
    """Seen in the last 24 hours."""
    articles: int
    stories: int
    """Observed ones; merged ones count once."""
    stories_curated: int
    stories_week: int
    stories_month: int
    """Observed ones that appeared in the last 7 and 30 days."""
    pages_wanted: int
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    """By state: those not finished, and the dead."""
    oldest_due_at: datetime | None = None
    """Since when the oldest delivery waits that could be sent."""


class Reports:
    """Questions that people ask; answered from all tables."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # --- listings ---

    def recent(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        words: str = "",
        curated: bool = True,
        limit: int = 20,
        offset: int = 0,
        after: Cursor | None = None,
    ) -> Page:
        """List stories, the one that appeared or moved last first.

        Args:
            since: Appeared or moved at this time or later.
            until: Before this time.
            filters: As a route has them; a union's members must be listed.
            words: All of them in the change line, actor or a headline, as beginnings of words.
            curated: Also those of the curated history.
            limit: Most stories on the page.
            offset: How many to pass over; ``after`` is the better way where the reader can keep it.
            after: ``next`` of the page before.
        """
        conditions = [*fits(filters), *_between(since, until)]
        if not curated:
            conditions.append(stories.c.curated.is_(False))
        if words:
            conditions.append(matches(self._connection, words))
        some = _newest_first(conditions, None).with_only_columns(stories.c.id).limit(COUNTED).subquery()
        total = self._scalar(select(func.count()).select_from(some))
        query = _newest_first(conditions, after).limit(limit + 1).offset(offset)
        found = [(story_from_row(row), row["stage_at"]) for row in self._connection.execute(query).mappings()]
        page = found[:limit]
        best = self._best([story.id for story, _ in page])
        items = tuple(Listed(story, at, best.get(story.id)) for story, at in page)
        more = len(found) > limit and bool(items)
        return Page(items, total, (items[-1].at, items[-1].story.id) if more else None)

    def search(self, words: str, *, limit: int = 20, after: Cursor | None = None) -> Page:
        """List stories that hold all words, the newest first."""
        return self.recent(words=words, limit=limit, after=after)

    def export(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        filters: Filters = Filters(),  # noqa: B008 - frozen
    ) -> Iterator[Listed]:
        """Give all stories that fit, the newest first, reading a few hundred at a time."""
        after: Cursor | None = None
        while True:
            query = _newest_first([*fits(filters), *_between(since, until)], after).limit(_BATCH)
            rows = self._connection.execute(query).mappings().all()
            best = self._best([row["id"] for row in rows])
            for row in rows:
                yield Listed(story_from_row(row), row["stage_at"], best.get(row["id"]))
            if len(rows) < _BATCH:
                return
            after = (rows[-1]["stage_at"], rows[-1]["id"])

    def latest(self, actor: str, but: Collection[Action] = ()) -> list[Story]:
        """What an actor decided last for each set of users and places: what its stances are derived from, the earliest first.

        Args:
            actor: Its name or id.
            but: Acts that do not count.
        """
        table = stories.c
        last = func.row_number().over(
            partition_by=[table.actor, table.actor_id, table.jurisdictions, table.targets],
            order_by=[func.coalesce(table.decided_at, table.first_at).desc(), table.id.desc()],
        )
        ranked = select(table.id, last.label("place")).where(_done_by(actor), table.action.not_in(but)).subquery()
        query = select(stories).join(ranked, ranked.c.id == table.id).where(ranked.c.place == 1)
        rows = self._connection.execute(query.order_by(table.first_at, table.id)).mappings()
        return [story_from_row(row) for row in rows]

    def timeline(self, actor: str, offset: int, limit: int) -> tuple[list[Story], int]:
        """One page of all that an actor did, the newest first, and how much that is in all."""
        mine = _done_by(actor)
        newest = select(stories.c.id).where(mine).order_by(stories.c.first_at.desc(), stories.c.id.desc())
        ids = list(self._connection.execute(newest.offset(offset).limit(limit)).scalars())
        rows = self._connection.execute(select(stories).where(stories.c.id.in_(ids))).mappings()
        found = {row["id"]: story_from_row(row) for row in rows}
        return [found[each] for each in ids], self._count(mine)

    def _count(self, condition: ColumnElement[bool]) -> int:
        return self._connection.execute(select(func.count()).select_from(stories).where(condition)).scalar_one()

    def _best(self, ids: Sequence[int]) -> dict[int, ArticleRef]:
        """The best article on each story's latest step, else on the story: by rank, then the earliest."""
        best: dict[int, ArticleRef] = {}
        table, steps = story_articles.c, story_stages.c
        for chunk in chunks(ids):
            moved = (
                select(steps.story_id, func.max(steps.at).label("at"))
                .where(steps.story_id.in_(chunk))
                .group_by(steps.story_id)
                .having(func.count() > 1)
                .subquery()
            )
            order = [case((table.published < moved.c.at, 1), else_=0), table.rank, table.published, table.id]
            place = func.row_number().over(partition_by=table.story_id, order_by=order)
            ranked = (
                select(table.story_id, table.article_id, table.rank, place.label("place"))
                .outerjoin(moved, moved.c.story_id == table.story_id)
                .where(table.story_id.in_(chunk), table.role.in_(_ABOUT))
                .subquery()
            )
            query = (
                select(ranked.c.story_id, ranked.c.rank, *_REF_COLUMNS)
                .join(articles, articles.c.id == ranked.c.article_id)
                .outerjoin(sources, sources.c.id == articles.c.source_id)
                .where(ranked.c.place == 1)
            )
            for row in self._connection.execute(query).mappings():
                best[row["story_id"]] = ArticleRef(**{name: row[name] for name in _REF_NAMES}, rank=row["rank"])
        return best

    # --- explanations ---

    def explain(self, *urls: str) -> Explanation:
        """Tell all that is known of an address.

        Args:
            urls: The address as people gave it, and its canonical form.
        """
        found: dict[int, StoredEntry] = {}
        wanted: dict[int, None] = {}
        for url in dict.fromkeys(urls):
            found |= {entry.id: entry for entry in Entries(self._connection).by_url(url)}
            wanted |= {article.id: None for article in Articles(self._connection).by_canonical_url(url) if article.id}
        ordered = tuple(found[key] for key in sorted(found))
        wanted |= {entry.article_id: None for entry in ordered if entry.article_id is not None}
        return Explanation(ordered, tuple(self._explain(article_id) for article_id in sorted(wanted)))

    def _explain(self, article_id: int) -> ExplainedArticle:
        repository = Articles(self._connection)
        article, analysis = repository.get(article_id), repository.analysis(article_id)
        assert article is not None
        assert analysis is not None
        curated = self._connection.execute(select(articles.c.curated).where(articles.c.id == article_id)).scalar_one()
        page = repository.page_state(article_id)
        return ExplainedArticle(article, analysis, page, curated, self._memberships(article_id))

    def _memberships(self, article_id: int) -> tuple[Membership, ...]:
        own = [story_articles.c[name].label(f"own_{name}") for name in ("role", "line", "reasons")]
        query = (
            select(stories, *own)
            .join(story_articles, story_articles.c.story_id == stories.c.id)
            .where(story_articles.c.article_id == article_id)
            .order_by(story_articles.c.change_index)
        )
        rows = self._connection.execute(query).mappings().all()
        owed = self._deliveries([row["id"] for row in rows])
        return tuple(
            Membership(
                story=story_from_row(row),
                role=row["own_role"],
                line=row["own_line"],
                reasons=tuple(reason.detail for reason in reasons_from_json(row["own_reasons"])),
                deliveries=owed.get(row["id"], ()),
            )
            for row in rows
        )

    def _deliveries(self, story_ids: Sequence[int]) -> dict[int, tuple[Delivery, ...]]:
        query = select(deliveries).where(deliveries.c.story_id.in_(story_ids)).order_by(deliveries.c.id)
        owed: dict[int, tuple[Delivery, ...]] = {}
        for row in self._connection.execute(query).mappings():
            owed[row["story_id"]] = (*owed.get(row["story_id"], ()), to_delivery(row))
        return owed

    # --- numbers ---

    def source_counts(self) -> SourceCounts:
        """Count the watched sources by state."""
        watched = and_(sources.c.configured, sources.c.enabled)
        by_health = select(sources.c.health, func.count(), func.max(sources.c.last_polled_at)).where(watched)
        found = self._connection.execute(by_health.group_by(sources.c.health)).all()
        polled = [row[2] for row in found if row[2] is not None]
        health = {row[0]: row[1] for row in found}
        return SourceCounts(sum(health.values()), health, max(polled, default=None))

    def counts(self, now: datetime) -> Counts:
        """Count what ``status`` shows."""
        watched = and_(sources.c.configured, sources.c.enabled)
        by_source = self.source_counts()
        observed = and_(stories.c.merged_into.is_(None), stories.c.curated.is_(False))
        return Counts(
            sources=by_source.total,
            health=by_source.health,
            muted=self._scalar(select(func.count()).select_from(sources).where(watched, sources.c.muted_until > now)),
            last_polled_at=by_source.last_polled_at,
            entries_day=self._scalar(
                select(func.count()).select_from(entries).where(entries.c.seen_at > now - timedelta(days=1))
            ),
            articles=self._scalar(select(func.count()).select_from(articles)),
            stories=self._count(observed),
            stories_curated=self._count(and_(stories.c.merged_into.is_(None), stories.c.curated)),
            stories_week=self._count(and_(observed, stories.c.first_at > now - timedelta(days=7))),
            stories_month=self._count(and_(observed, stories.c.first_at > now - timedelta(days=30))),
            pages_wanted=self._scalar(
                select(func.count()).select_from(wanted_pages).where(wanted_pages.c.state == WANTED)
            ),
            deliveries=Outbox(self._connection).counts(),
            oldest_due_at=Outbox(self._connection).oldest_due(now),
        )

    def _scalar(self, query: Select[int]) -> int:
        return self._connection.execute(query).scalar_one()


_BATCH = 400

_CURRENT = mostly_null(stories.c.merged_into)

# What people marked as no policy change is in no listing; `why`, and the story's own page, still show it.
# Subjects of that label are story names, `s12`: as numbers they are looked up in a hash, and listings still walk the newest.
_STANDS = stories.c.id.not_in(
    select(cast(func.substr(labels.c.subject, 2), stories.c.id.type)).where(labels.c.label == "not_a_change")
)

_REF_COLUMNS = [
    articles.c.id.label("article_id"),
    articles.c.url,
    articles.c.title,
    articles.c.source_id,
    func.coalesce(sources.c.name, articles.c.source_id).label("source_name"),
    articles.c.published,
]
_REF_NAMES = ("article_id", "url", "title", "source_id", "source_name", "published")


def _done_by(actor: str) -> ColumnElement[bool]:
    return and_(stories.c.merged_into.is_(None), _STANDS, *fits(Filters(actors=(actor,))))


def _between(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(stories.c.stage_at >= since)
    if until is not None:
        conditions.append(stories.c.stage_at < until)
    return conditions


def _newest_first(conditions: Sequence[ColumnElement[bool]], after: Cursor | None) -> Select[Any]:
    query = select(stories).where(_CURRENT, _STANDS, *conditions)
    if after is not None:
        at, story_id = after
        query = query.where(or_(stories.c.stage_at < at, and_(stories.c.stage_at == at, stories.c.id < story_id)))
    return query.order_by(stories.c.stage_at.desc(), stories.c.id.desc())
