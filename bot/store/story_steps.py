"""The steps that a story took from stage to stage, and what was reported at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from bot.model import PolicyChange, Stage, step_of
from bot.store.rows import change_from_row
from bot.store.tables.articles import policy_changes
from bot.store.tables.stories import story_stages


@dataclass(frozen=True, slots=True)
class StageRecord:
    """One step a story took."""

    stage: Stage
    at: datetime
    """Publication of the report that said so."""
    news: bool
    line: str
    article_id: int | None = None


def step_rows(connection: Connection, story_id: int) -> Sequence[RowMapping]:
    """The rows of a story's steps, earliest first."""
    table = story_stages.c
    query = select(story_stages).where(table.story_id == story_id).order_by(table.at, table.id)
    return connection.execute(query).mappings().all()


class StorySteps:
    """What :class:`bot.store.story_views.StoryViews` knows of stages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stages(self, story_id: int) -> list[StageRecord]:
        """The steps a story took, earliest first."""
        rows = step_rows(self._connection, story_id)
        return [StageRecord(row["stage"], row["at"], row["news"], row["line"], row["article_id"]) for row in rows]

    def step(self, story_id: int, transition: str) -> StageRecord | None:
        """The step that a message tells of: `new` the first one, `stage:passed` the one to that stage."""
        steps = self.stages(story_id)
        place = _place(steps, transition)
        return None if place is None else steps[place]

    def span(self, story_id: int, transition: str = "") -> tuple[datetime | None, datetime | None]:
        """From when to when reports told of a step (without a transition, of the latest one); None: no bound."""
        steps = self.stages(story_id)
        place = _place(steps, transition) if transition else len(steps) - 1
        if place is None or place < 0:
            return None, None
        after = steps[place + 1].at if place + 1 < len(steps) else None
        return (steps[place].at if place else None), after  # what is older than the first step tells of it, too

    def change_at(self, story_id: int, transition: str) -> PolicyChange | None:
        """What was reported when a story appeared (`new`) or reached a stage (`stage:passed`): for messages sent then.

        None: it is the story's lead now, or the report is gone.
        """
        steps = self.stages(story_id)
        place = _place(steps, transition)
        if place is None or steps[place].article_id is None or steps[place].stage is steps[-1].stage:
            return None
        query = (
            select(policy_changes)
            .where(
                policy_changes.c.article_id == steps[place].article_id,
                policy_changes.c.primary,
                policy_changes.c.current,
            )
            .order_by(policy_changes.c.position)
            .limit(1)
        )
        row = self._connection.execute(query).mappings().first()
        return change_from_row(row) if row else None


def _place(steps: list[StageRecord], transition: str) -> int | None:
    """Which of the steps a transition names; of a stage that was reached twice, the first where no number says which."""
    stage, number = step_of(transition)
    if number is not None and number <= len(steps) and steps[number - 1].stage is stage:
        return number - 1
    places = [place for place, one in enumerate(steps) if transition == "new" or one.stage is stage]
    return next(iter(reversed(places) if number is not None else places), None)
