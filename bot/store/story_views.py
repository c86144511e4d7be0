"""Stories as people are shown them: with coverage, what they recall, what went before, and what lies ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, func, select

from bot.model import OPEN_STAGES, ArticleRef, Reason, Related, Story, StoryRole, StoryView
from bot.store.rows import span_from_json
from bot.store.story_rows import story_from_row
from bot.store.story_steps import StorySteps
from bot.store.tables.articles import articles, policy_changes
from bot.store.tables.sources import sources
from bot.store.tables.stories import stories, story_articles, story_revisions

MAX_ALSO = 4
MAX_UNCLEAR = 3
MAX_BEFORE = 4
_MAX_REDIRECTS = 50
_REPORTS = (StoryRole.LEAD, StoryRole.ASIDE)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date of a story that lies ahead."""

    story_id: int
    kind: Literal["expires", "effective", "closes"]
    """`closes`: the last day for comments on what is considered or proposed."""
    at: datetime
    """The first moment of the date, UTC; a month or year stands for its first day."""
    date: str
    """As the story says it: reduced precision allowed."""
    line: str


class StoryViews(StorySteps):
    """The reading half of :class:`bot.store.stories.Stories`."""

    def resolve(self, ref: str | int) -> int | None:
        """Find the story that an id or name (``12``, ``s12``) means now, through merges; None when there is none."""
        text = str(ref).strip().lower().removeprefix("s")
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            return None
        wanted = int(text)
        for _ in range(_MAX_REDIRECTS):
            row = self._connection.execute(
                select(stories.c.id, stories.c.merged_into).where(stories.c.id == wanted)
            ).first()
            if row is None:
                return None
            if row.merged_into is None:
                return int(row.id)
            wanted = row.merged_into
        return None

    def get(self, story_id: int) -> Story | None:
        """A story by its id, merged or not."""
        row = self._connection.execute(select(stories).where(stories.c.id == story_id)).mappings().first()
        return None if row is None else story_from_row(row)

    def view(self, ref: str | int, told: str = "") -> StoryView | None:
        """A story with all that a message or page shows of it; a merged one shows what it became.

        Args:
            ref: Its id or name.
            told: The transition that a message tells of, whose best report is wanted; empty: the story's latest step.
        """
        story_id = self.resolve(ref)
        story = None if story_id is None else self.get(story_id)
        if story is None:
            return None
        reports = self.coverage(story.id)
        counts = [sum(1 for report in _by_source(reports) if report.rank == rank) for rank in range(3)]
        return StoryView(
            story=story,
            also=self._also(story),
            unclear=self._unclear(story),
            before=self._before(story),
            previous=self._previous(story),
            best=self._best(story.id, self.span(story.id, told)),
            first=min(reports, key=lambda report: (report.published, report.article_id)) if reports else None,
            official=counts[0],
            wire=counts[1],
            others=counts[2],
            reasons=self._reasons(story),
        )

    def coverage(
        self, story_id: int, limit: int = 200, within: tuple[datetime | None, datetime | None] = (None, None)
    ) -> list[ArticleRef]:
        """The reports of a story, best first: official, then wire or regulator, then others, the earliest first.

        Args:
            story_id: The story.
            limit: Most reports.
            within: Only those published from the first time on and before the second one.
        """
        table = story_articles
        rank = func.min(table.c.rank).label("rank")
        query = (
            select(
                table.c.article_id,
                rank,
                articles.c.url,
                articles.c.title,
                articles.c.source_id,
                articles.c.published,
                sources.c.name,
            )
            .join(articles, articles.c.id == table.c.article_id)
            .outerjoin(sources, sources.c.id == articles.c.source_id)
            .where(table.c.story_id == story_id, table.c.role.in_(_REPORTS), *_published(*within))
            .group_by(
                table.c.article_id,
                articles.c.url,
                articles.c.title,
                articles.c.source_id,
                articles.c.published,
                sources.c.name,
            )
            .order_by(rank, articles.c.published, table.c.article_id)
            .limit(limit)
        )
        return [
            ArticleRef(
                article_id=row.article_id,
                url=row.url,
                title=row.title,
                source_id=row.source_id,
                source_name=row.name or row.source_id,
                published=row.published,
                rank=row.rank,
            )
            for row in self._connection.execute(query)
        ]

    def revisions(self, story_id: int) -> list[tuple[datetime, str]]:
        """What later reports changed materially, earliest first."""
        table = story_revisions
        query = select(table.c.at, table.c.text).where(table.c.story_id == story_id).order_by(table.c.at, table.c.id)
        return [(row.at, row.text) for row in self._connection.execute(query)]

    def expiring(self, now: datetime, within: timedelta) -> list[Deadline]:
        """Dates of expiry and effect, and last days for comments, that lie between now and ``now + within``, earliest first.

        Dates are stored as their texts say them (ISO 8601, reduced precision), which sort as text.
        """
        first, last = now.date().isoformat(), (now + within).date().isoformat()
        found = []
        for kind, column in (("expires", stories.c.expires), ("effective", stories.c.effective)):
            query = select(stories.c.id, stories.c.line, stories.c.stage, column.label("date")).where(
                stories.c.merged_into.is_(None), column >= first[:4], column <= last
            )
            for row in self._connection.execute(query):
                at = _first_moment(row.date)
                if at is not None and now.date() <= at.date() <= (now + within).date():
                    what = "closes" if kind == "expires" and row.stage in OPEN_STAGES else kind
                    found.append(Deadline(row.id, what, at, row.date, row.line))  # type: ignore[arg-type]
        return sorted(found, key=lambda item: (item.at, item.story_id))

    # --- parts of a view ---

    def _reported_by(self, story: Story) -> Any:
        return select(story_articles.c.article_id).where(
            story_articles.c.story_id == story.id, story_articles.c.role == StoryRole.LEAD
        )

    def _also(self, story: Story) -> tuple[str, ...]:
        """Lesser acts told in the reports that lead with this story, those told most often first."""
        table = story_articles
        query = (
            select(table.c.line)
            .where(
                table.c.article_id.in_(self._reported_by(story)),
                table.c.role.in_((StoryRole.ALSO, StoryRole.ASIDE)),
                table.c.line != "",
            )
            .group_by(table.c.line)
            .order_by(func.count().desc(), func.min(table.c.id))
            .limit(MAX_ALSO + 1)
        )
        lines = [line for line in self._connection.execute(query).scalars() if line != story.change.line]
        return tuple(line.removeprefix(f"{story.change.actor} ") for line in lines[:MAX_ALSO])

    def _unclear(self, story: Story) -> tuple[str, ...]:
        """What the reports say is open, without repeats."""
        query = (
            select(articles.c.open_questions)
            .where(articles.c.id.in_(self._reported_by(story)))
            .order_by(articles.c.published)
            .limit(50)
        )
        found: dict[str, str] = {}
        for questions in self._connection.execute(query).scalars():
            for question in questions or ():
                text = span_from_json(question).quote
                found.setdefault(" ".join(text.casefold().split()), text)
        return tuple(found.values())[:MAX_UNCLEAR]

    def _before(self, story: Story) -> tuple[Related, ...]:
        """Other stories that the reports of this one recall, those recalled most often first."""
        table = story_articles
        query = (
            select(table.c.story_id, func.count().label("times"))
            .where(
                table.c.article_id.in_(self._reported_by(story)),
                table.c.role == StoryRole.BACKGROUND,
                table.c.story_id != story.id,
            )
            .group_by(table.c.story_id)
            .order_by(func.count().desc(), table.c.story_id)
            .limit(MAX_BEFORE)
        )
        related = (self._related(row.story_id) for row in self._connection.execute(query))
        found = [item for item in related if item is not None and item.at <= story.last_at]
        return tuple(sorted(found, key=lambda item: item.at, reverse=True)) + self._recalled_only(
            story, MAX_BEFORE - len(found)
        )

    def _recalled_only(self, story: Story, room: int) -> tuple[Related, ...]:
        """Recalled changes that no story tells of: shown without a link."""
        if room <= 0:
            return ()
        joined = select(story_articles.c.change_id).where(story_articles.c.change_id.is_not(None))
        query = (
            select(policy_changes.c.line, func.min(articles.c.published).label("at"))
            .join(articles, articles.c.id == policy_changes.c.article_id)
            .where(
                policy_changes.c.article_id.in_(self._reported_by(story)),
                policy_changes.c.primary.is_(False),
                policy_changes.c.current,
                policy_changes.c.line.not_in(("", story.change.line)),
                policy_changes.c.id.not_in(joined.where(story_articles.c.article_id == policy_changes.c.article_id)),
            )
            .group_by(policy_changes.c.line)
            .order_by(func.count().desc(), policy_changes.c.line)
            .limit(room)
        )
        return tuple(Related("", row.line, row.at) for row in self._connection.execute(query))

    def _previous(self, story: Story) -> Related | None:
        """The same matter before: the stage this story had, else the story it follows."""
        steps = self.stages(story.id)
        if len(steps) > 1:
            before = steps[-2]
            url = self._url(story.id, (before.at, steps[-1].at))
            return Related(story.ref, before.line, before.at, url, before.stage)
        query = select(stories.c.previous_id).where(stories.c.id == story.id)
        previous = self._connection.execute(query).scalar()
        return None if previous is None else self._related(previous)

    def _related(self, story_id: int) -> Related | None:
        resolved = self.resolve(story_id)
        other = None if resolved is None else self.get(resolved)
        if other is None:
            return None
        return Related(other.ref, other.change.line, other.first_at, self._url(other.id), other.stage)

    def _best(self, story_id: int, within: tuple[datetime | None, datetime | None]) -> ArticleRef | None:
        """The best report of a step: an official page on what went before says nothing of it. Else the story's best."""
        found = self.coverage(story_id, 1, within) or self.coverage(story_id, 1)
        return found[0] if found else None

    def _url(self, story_id: int, within: tuple[datetime | None, datetime | None] | None = None) -> str | None:
        best = self._best(story_id, within or self.span(story_id))
        return best.url if best else None

    def _reasons(self, story: Story) -> tuple[Reason, ...]:
        """Why the first report began the story, and why the change was seen."""
        query = (
            select(story_articles.c.reasons)
            .where(story_articles.c.story_id == story.id, story_articles.c.role == StoryRole.LEAD)
            .order_by(story_articles.c.published, story_articles.c.id)
            .limit(1)
        )
        first = self._connection.execute(query).scalar() or []
        return story.change.reasons + tuple(Reason(item["code"], item["detail"]) for item in first)


def _published(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    at = story_articles.c.published
    return [*([at >= since] if since else []), *([at < until] if until else [])]


def _by_source(reports: Sequence[ArticleRef]) -> list[ArticleRef]:
    """The best report of each source."""
    best: dict[str, ArticleRef] = {}
    for report in reports:
        best.setdefault(report.source_id, report)
    return list(best.values())


def _first_moment(text: str) -> datetime | None:
    parts = [*text.split("T", maxsplit=1)[0].split("-"), "1", "1"][:3]
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
