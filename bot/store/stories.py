"""Stories: look-ups for matching, and writing what was decided. Reading them for people is :mod:`bot.store.story_views`.

All writes expect the matching lock (``store.transaction(lock=True)``): what is matched by likeness cannot be a constraint.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, delete, func, select, update

from bot.errors import UsageError
from bot.model import (
    Article,
    Fingerprint,
    PolicyChange,
    Stage,
    StoryEvent,
    StoryPart,
    StoryPlan,
    StoryRole,
    Transition,
    step_key,
)
from bot.store import story_desk
from bot.store.sql import Insertion, excluded, insert, insert_of, run_many
from bot.store.story_desk import MAX_KEYS, recount
from bot.store.story_lookups import StoryLookups
from bot.store.story_rows import (
    lead_columns,
    more_details,
    more_readings,
    more_titles,
    reason_codes,
    story_from_row,
)
from bot.store.story_steps import StageRecord
from bot.store.tables.stories import (
    fingerprint_bands,
    fingerprints,
    stories,
    story_articles,
    story_keys,
    story_revisions,
    story_stages,
)


@cache
def _new_bands(dialect: str) -> Insertion:
    return insert_of(dialect, fingerprint_bands).on_conflict_do_nothing()


class Stories(StoryLookups):
    """Rows of ``stories`` and of the tables that hang on them."""

    # --- writing what was decided ---

    def add_fingerprint(self, article_id: int, fingerprint: Fingerprint, *, fresh: bool = False) -> None:
        """Store an article's fingerprint, in place of an earlier one; ``fresh``: there is none."""
        row = {
            "article_id": article_id,
            "signature": fingerprint.signature,
            "opening": fingerprint.opening,
            "size": fingerprint.size,
            "title": fingerprint.title,
        }
        statement = insert(self._connection, fingerprints).values(row)
        new = {name: excluded(name) for name in row if name != "article_id"}
        replaced = statement.on_conflict_do_update(index_elements=["article_id"], set_=new)
        self._connection.execute(replaced)
        if not fresh:
            self._connection.execute(delete(fingerprint_bands).where(fingerprint_bands.c.article_id == article_id))
        rows = [{"band": band, "article_id": article_id} for band in fingerprint.bands]
        run_many(self._connection, _new_bands(self._connection.dialect.name), rows)

    def apply(
        self,
        plan: StoryPlan,
        *,
        article: Article,
        article_id: int,
        changes: Sequence[PolicyChange],
        change_ids: Sequence[int] = (),
        now: datetime,
        fresh: bool = False,
    ) -> tuple[StoryEvent, ...]:
        """Write a plan. Doing it again for the same article (its page arrived) replaces what the article said before.

        Args:
            plan: From :func:`bot.stories.assign`.
            article: The article.
            article_id: Its id.
            changes: Of its analysis, in the order the plan's indexes mean.
            change_ids: Their ids, in the same order; may be left empty.
            now: The time.
            fresh: The article was stored in this transaction, and is in no story.

        Returns:
            What happened to each story, the lead first.
        """
        before = () if fresh else self.for_article(article_id)
        if before:
            self._connection.execute(delete(story_articles).where(story_articles.c.article_id == article_id))
        events: list[StoryEvent] = []
        lead_story: int | None = None
        for part in plan.parts:
            change = changes[part.change_index]
            story_id = lead_story if part.role is StoryRole.ALSO else part.story_id
            created = story_id is None
            if story_id is None:
                story_id = self.create(
                    change,
                    stage=part.stage or change.stage,
                    at=article.published,
                    now=now,
                    article_id=article_id,
                    previous=part.previous,
                )
            if part.role is StoryRole.LEAD:
                lead_story = story_id
            self._attach(story_id, part, plan, article, article_id, change, change_ids, now)
            if part.role in (StoryRole.LEAD, StoryRole.ASIDE):
                self._learn(story_id, part, article, article_id, change, now, created=created)
            if part.role is not StoryRole.ALSO:
                events.append(self._event(story_id, part, created=created))
        touched = {event.story_id for event in events} | {story_id for story_id, _ in before}
        for story_id in sorted(touched):
            recount(self._connection, story_id)
        return tuple(events)

    def create(
        self,
        change: PolicyChange,
        *,
        stage: Stage,
        at: datetime,
        now: datetime,
        curated: bool = False,
        keys: Collection[str] = (),
        title: str = "",
        thread: str | None = None,
        previous: int | None = None,
        article_id: int | None = None,
    ) -> int:
        """Begin a story; returns its id.

        Args:
            change: What it is about.
            stage: How far the change has come.
            at: When it was reported, or took place.
            now: The time.
            curated: From the curated history: not told by itself, and joined by what reports or retells it.
            keys: What it is found by; :meth:`apply` adds those of its parts.
            title: A headline for matching.
            thread: Name of the matter, from the curated history.
            previous: The earlier story it follows.
            article_id: The article that reported it.
        """
        row = lead_columns(change) | {
            "stage": stage,
            "stage_at": at,
            "first_at": at,
            "last_at": at,
            "created_at": now,
            "curated": curated,
            "told": curated,
            "previous_id": previous,
            "thread": thread,
            "titles": more_titles((), title),
            "readings": [],
            "details": [],
        }
        story_id: int = self._connection.execute(
            insert(self._connection, stories).values(row).returning(stories.c.id)
        ).scalar_one()
        self._add_stage(story_id, stage, at, article_id, now, news=not curated, line=change.line)
        self._add_keys(story_id, keys, at)
        return story_id

    def _attach(
        self,
        story_id: int,
        part: StoryPart,
        plan: StoryPlan,
        article: Article,
        article_id: int,
        change: PolicyChange,
        change_ids: Sequence[int],
        now: datetime,
    ) -> None:
        row = {
            "story_id": story_id,
            "article_id": article_id,
            "change_index": part.change_index,
            "change_id": change_ids[part.change_index] if part.change_index < len(change_ids) else None,
            "role": part.role,
            "rank": plan.rank,
            "source_id": article.source_id,
            "published": article.published,
            "line": change.line,
            "reasons": reason_codes(part.reasons),
            "copy_of": plan.copy_of if plan.copy_of != article_id else None,
            "joined_at": now,
        }
        self._connection.execute(insert(self._connection, story_articles).values(row).on_conflict_do_nothing())

    def _learn(
        self,
        story_id: int,
        part: StoryPart,
        article: Article,
        article_id: int,
        change: PolicyChange,
        now: datetime,
        *,
        created: bool,
    ) -> None:
        """Let a story take in what a report adds: dates, headline, keys, a better lead, a stage, a revision."""
        row = self._row(story_id)
        at = article.published
        lead = part.lead or change if created else part.lead
        values: dict[str, Any] = {
            "first_at": min(at, row["first_at"]),
            "last_at": max(at, row["last_at"]),
            "titles": more_titles(row["titles"], article.title or article.text[:160]),
            "details": more_details(row["details"], part.details),
        }
        if lead is not None:
            values |= lead_columns(lead)
        known = lead or story_from_row(row).change
        readings = row["readings"]
        for reading in (change, *part.readings):
            readings = more_readings(readings, known, reading)
        values["readings"] = readings
        if part.stage is not None and not created and part.stage is not row["stage"]:
            values["stage"] = part.stage
            if part.transition is Transition.STAGE:
                values["stage_at"] = at
                self._add_stage(story_id, part.stage, at, article_id, now, news=True, line=change.line)
            else:
                self._correct_stage(story_id, part.stage)
        if at < row["first_at"] == row["stage_at"] and change.stage is row["stage"] and "stage" not in values:
            values["stage_at"] = at  # a late report of the step that the story began with: it was reported that early
            first = (story_stages.c.story_id == story_id) & (story_stages.c.at == row["stage_at"])
            self._connection.execute(update(story_stages).where(first).values(at=at))
        self._connection.execute(update(stories).where(stories.c.id == story_id).values(values))
        self._add_keys(story_id, part.keys, values["last_at"])
        if values["last_at"] != row["last_at"]:
            moved = update(story_keys).where(story_keys.c.story_id == story_id).values(at=values["last_at"])
            self._connection.execute(moved)
        if part.revision:
            self.note_revision(story_id, article_id, part.revision, at)

    # --- afterwards, see bot.regrouping ---

    def restate(self, story_id: int, lead: PolicyChange, stage: Stage, stage_at: datetime) -> None:
        """After a merge: what the story says and how far it has come."""
        story_desk.restate(self._connection, story_id, lead, stage, stage_at)

    def said(self, story_id: int, limit: int) -> list[tuple[int, PolicyChange]]:
        """The articles of a story's reports with what each says of it, the best first."""
        return story_desk.said(self._connection, story_id, limit)

    def step_back(self, story_id: int, gone: Collection[int], told: Sequence[StageRecord]) -> None:
        """After a split: steps that only the reports that left told of are undone; of ``told`` one takes over the others."""
        story_desk.step_back(self._connection, story_id, gone, told)

    def relearn(
        self,
        story_id: int,
        lead: PolicyChange,
        *,
        titles: Sequence[str],
        details: Sequence[str],
        readings: Sequence[PolicyChange],
        keys: Sequence[str],
    ) -> None:
        """After a split: what the story says and is found by, in place of what it had gathered."""
        story_desk.relearn(
            self._connection, story_id, lead, titles=titles, details=details, readings=readings, keys=keys
        )

    def _event(self, story_id: int, part: StoryPart, *, created: bool) -> StoryEvent:
        key = ""
        if part.transition is Transition.NEW:
            key = "new"
        elif part.transition is Transition.STAGE:
            key = step_key([one.stage for one in self.stages(story_id)])
        changed = part.role is StoryRole.LEAD and part.transition is None
        return StoryEvent(story_id, part.role, created, part.transition, key, part.revision, changed)

    def note_revision(self, story_id: int, article_id: int, text: str, at: datetime) -> None:
        """Keep what a report changed that people who were told must hear."""
        note = {"story_id": story_id, "article_id": article_id, "text": text, "at": at}
        self._connection.execute(insert(self._connection, story_revisions).values(note))

    def _row(self, story_id: int) -> RowMapping:
        return self._connection.execute(select(stories).where(stories.c.id == story_id)).mappings().one()

    def _add_stage(
        self, story_id: int, stage: Stage, at: datetime, article_id: int | None, now: datetime, *, news: bool, line: str
    ) -> None:
        row = {
            "story_id": story_id,
            "stage": stage,
            "at": at,
            "article_id": article_id,
            "news": news,
            "line": line,
            "recorded_at": now,
        }
        self._connection.execute(insert(self._connection, story_stages).values(row))

    def _correct_stage(self, story_id: int, stage: Stage) -> None:
        """Put the last step right: another desk named the same step more exactly."""
        last = select(func.max(story_stages.c.id)).where(story_stages.c.story_id == story_id).scalar_subquery()
        self._connection.execute(update(story_stages).where(story_stages.c.id == last).values(stage=stage))

    def _add_keys(self, story_id: int, keys: Collection[str], at: datetime) -> None:
        if not keys:
            return
        count = self._connection.execute(
            select(func.count()).select_from(story_keys).where(story_keys.c.story_id == story_id)
        ).scalar_one()
        room = list(dict.fromkeys(keys))[: max(0, MAX_KEYS - count)]
        if room:
            rows = [{"story_id": story_id, "key": key, "at": at} for key in room]
            self._connection.execute(insert(self._connection, story_keys).on_conflict_do_nothing(), rows)

    def supersede(self, curated: int, by: int) -> None:
        """Let an observed story take the place of the curated one that it reports; the curated id goes on leading there."""
        connection = self._connection
        connection.execute(update(story_articles).where(story_articles.c.story_id == curated).values(story_id=by))
        connection.execute(delete(story_keys).where(story_keys.c.story_id == curated))
        connection.execute(update(stories).where(stories.c.previous_id == curated).values(previous_id=by))
        gone = {"merged_into": by, "article_count": 0, "source_count": 0}
        connection.execute(update(stories).where(stories.c.id == curated).values(gone))
        recount(connection, by)

    def mark_told(self, story_id: int, *, alerted: bool) -> None:
        """Note that people were told of a story, or that it was decided not to tell them (baseline, below the threshold)."""
        values: dict[str, Any] = {"told": True} | ({"alerted": True} if alerted else {})
        self._connection.execute(update(stories).where(stories.c.id == story_id).values(values))

    # --- what people do ---

    def merge(self, keep: str | int, other: str | int) -> int:
        """Make one story of two; returns the id kept. The other id redirects from then on.

        Raises:
            UsageError: One of them is unknown, or they are one already.
        """
        ids = [self.resolve(ref) for ref in (keep, other)]
        for ref, found in zip((keep, other), ids, strict=True):
            if found is None:
                raise UsageError(f"there is no story {ref}")
        story_desk.merge(self._connection, ids[0] or 0, ids[1] or 0)
        return ids[0] or 0

    def split(self, ref: str | int, article_id: int, now: datetime) -> int:
        """Take a report, with its copies, out of a story into a new one, silently; returns the new id.

        Raises:
            UsageError: The story is unknown, the article is no report of it, or its only one.
        """
        story_id = self.resolve(ref)
        if story_id is None:
            raise UsageError(f"there is no story {ref}")
        return story_desk.split(self._connection, story_id, article_id, now)
