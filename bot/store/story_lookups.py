"""Look-ups for matching: which stories and which near-copies an article may belong to. All are indexed and limited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import RowMapping, func, select, union_all

from bot.model import CopyOf, Fingerprint, StoryCandidate, StoryLook, StoryRole
from bot.store.sql import chunks
from bot.store.story_rows import candidate_from_row, fingerprint_from_row
from bot.store.story_views import StoryViews
from bot.store.tables.stories import fingerprint_bands, fingerprints, stories, story_articles, story_keys

KEY_ROWS = 40
"""Most stories looked at for one key: bounds the cost of a key that thousands of stories share (a whole country)."""


class StoryLookups(StoryViews):
    """The matching half of :class:`bot.store.stories.Stories`."""

    def candidates(self, looks: Iterable[StoryLook], also: Collection[int] = ()) -> list[StoryCandidate]:
        """Find the stories that share a key within the times of a look-up, most shared keys first.

        Args:
            looks: What to look up; each is limited, and so is each of its keys, so that the cost does not grow with the archive.
            also: Ids of stories to add (those of the article that was copied).
        """
        wanted: dict[int, None] = {}
        for look in looks:
            if look.keys:
                wanted.update(dict.fromkeys(self._find(look)))
        wanted.update(dict.fromkeys(also))
        return self.load(tuple(wanted))

    def _find(self, look: StoryLook) -> list[int]:
        each = [_newest(key, look).subquery() for key in look.keys]
        found = union_all(*(select(part.c.story_id, part.c.at) for part in each)).subquery()
        query = (
            select(found.c.story_id)
            .group_by(found.c.story_id)
            .order_by(func.count().desc(), func.max(found.c.at).desc(), found.c.story_id.desc())
            .limit(look.limit)
        )
        return list(self._connection.execute(query).scalars())

    def load(self, ids: Sequence[int]) -> list[StoryCandidate]:
        """Load stories for matching, in the order given; merged ones stand for what they were merged into."""
        rows: dict[int, RowMapping] = {}
        for part in chunks(list(ids)):
            query = select(stories).where(stories.c.id.in_(part), stories.c.merged_into.is_(None))
            rows.update((row["id"], row) for row in self._connection.execute(query).mappings())
        return [candidate_from_row(rows[key]) for key in ids if key in rows]

    def near(self, bands: Collection[int], *, limit: int = 20, but: int | None = None) -> dict[int, Fingerprint]:
        """Find the stored fingerprints that share a band, those that share most first.

        Args:
            bands: Of :attr:`bot.model.Fingerprint.bands`.
            limit: Most fingerprints.
            but: An article to leave out (itself).
        """
        if not bands:
            return {}
        table = fingerprint_bands
        query = (
            select(table.c.article_id)
            .where(table.c.band.in_(bands), table.c.article_id != (but or 0))
            .group_by(table.c.article_id)
            .order_by(func.count().desc(), table.c.article_id)
            .limit(limit)
        )
        ids = list(self._connection.execute(query).scalars())
        rows = self._connection.execute(select(fingerprints).where(fingerprints.c.article_id.in_(ids))).mappings()
        found = {row["article_id"]: fingerprint_from_row(row) for row in rows}
        return {key: found[key] for key in ids if key in found}

    def copy_of(self, article_id: int, reason: str) -> CopyOf:
        """Say what the article that was copied (or, if it is a copy itself, its original) joined."""
        query = select(story_articles.c.copy_of).where(
            story_articles.c.article_id == article_id, story_articles.c.copy_of.is_not(None)
        )
        original = self._connection.execute(query.limit(1)).scalar()
        return CopyOf(original or article_id, reason, self.for_article(article_id))

    def own(self, article_id: int) -> CopyOf | None:
        """The stories of an article that is judged again (its page arrived): it stays where it is."""
        joined = self.for_article(article_id)
        if not any(role is StoryRole.LEAD for _, role in joined):
            return None
        query = select(story_articles.c.copy_of).where(story_articles.c.article_id == article_id).limit(1)
        original = self._connection.execute(query).scalar()
        return CopyOf(original or article_id, "this article's own story", joined, own=True)

    def for_article(self, article_id: int) -> tuple[tuple[int, StoryRole], ...]:
        """The stories an article belongs to, its lead first."""
        table = story_articles
        query = (
            select(table.c.story_id, table.c.role)
            .where(table.c.article_id == article_id)
            .order_by(table.c.change_index)
        )
        found = dict.fromkeys((row.story_id, row.role) for row in self._connection.execute(query))
        return tuple(sorted(found, key=lambda item: list(StoryRole).index(item[1])))


def _newest(key: str, look: StoryLook) -> Any:
    table = story_keys
    query = select(table.c.story_id, table.c.at).where(table.c.key == key)
    if look.since is not None:
        query = query.where(table.c.at >= look.since)
    if look.until is not None:
        query = query.where(table.c.at <= look.until)
    return query.order_by(table.c.at.desc()).limit(KEY_ROWS)
