"""What people do to stories: merge two that are one, split off a report that is another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, select, update

from bot.errors import UsageError
from bot.model import PolicyChange, Stage, StoryRole
from bot.store.rows import change_from_json, change_from_row
from bot.store.sql import insert
from bot.store.story_rows import lead_columns, more_details, more_readings, more_titles
from bot.store.story_steps import StageRecord, step_rows
from bot.store.tables.articles import articles, policy_changes
from bot.store.tables.stories import stories, story_articles, story_keys, story_revisions, story_stages

MAX_KEYS = 60
"""Keys one story may gather."""
_REPORTS = (StoryRole.LEAD, StoryRole.ASIDE)


def merge(connection: Connection, keep: int, other: int) -> None:
    """Make ``other`` a part of ``keep``; its id goes on to mean the story that took it in.

    Raises:
        UsageError: They are one already, or one of them is not there (any more).
    """
    if keep == other:
        raise UsageError(f"s{keep} and s{other} are one story already")
    kept, gone = _live(connection, keep), _live(connection, other)
    for table in (story_articles, story_stages, story_revisions):
        connection.execute(update(table).where(table.c.story_id == other).values(story_id=keep))
    for key in connection.execute(select(story_keys.c.key).where(story_keys.c.story_id == other)).scalars().all():
        row = {"story_id": keep, "key": key, "at": kept["last_at"]}
        connection.execute(insert(connection, story_keys).values(row).on_conflict_do_nothing())
    connection.execute(delete(story_keys).where(story_keys.c.story_id == other))
    connection.execute(
        update(stories).where(stories.c.previous_id == other, stories.c.id != keep).values(previous_id=keep)
    )
    last_at = max(kept["last_at"], gone["last_at"])
    titles = list(kept["titles"])
    for title in gone["titles"]:
        titles = more_titles(titles, title)
    values: dict[str, Any] = {
        "first_at": min(kept["first_at"], gone["first_at"]),
        "last_at": last_at,
        "told": kept["told"] or gone["told"],
        "alerted": kept["alerted"] or gone["alerted"],
        "curated": kept["curated"] and gone["curated"],  # what was observed may be news again
        "titles": titles,
        "details": more_details(kept["details"], gone["details"]),
        "readings": more_readings(kept["readings"], change_from_json(kept["change"]), change_from_json(gone["change"])),
        "previous_id": None if kept["previous_id"] == other else kept["previous_id"],
    }
    connection.execute(update(stories).where(stories.c.id == keep).values(values))
    connection.execute(update(story_keys).where(story_keys.c.story_id == keep).values(at=last_at))
    connection.execute(
        update(stories).where(stories.c.id == other).values(merged_into=keep, article_count=0, source_count=0)
    )
    recount(connection, keep)


def split(connection: Connection, story_id: int, article_id: int, now: datetime) -> int:
    """Take a report out of a story into a new one of its own, which counts as told; returns the new story's id.

    Near-copies of the report go with it. Nobody is told: people are looking at it already.

    Raises:
        UsageError: The article is no report of the story, or the story's only one.
    """
    row = _live(connection, story_id)
    table = story_articles
    copies = select(table.c.article_id).where(table.c.copy_of == article_id)
    mine = (table.c.story_id == story_id) & ((table.c.article_id == article_id) | table.c.article_id.in_(copies))
    parts = (
        connection.execute(
            select(table).where(mine, table.c.role.in_(_REPORTS)).order_by(table.c.published, table.c.id)
        )
        .mappings()
        .all()
    )
    chosen = next((part for part in parts if part["article_id"] == article_id), None)
    if chosen is None:
        raise UsageError(f"article {article_id} is no report of s{story_id}")
    reports = select(func.count(table.c.article_id.distinct())).where(
        table.c.story_id == story_id, table.c.role.in_(_REPORTS)
    )
    if connection.execute(reports).scalar_one() <= len({part["article_id"] for part in parts}):
        raise UsageError(f"s{story_id} has no other report: there is nothing to split")
    values = _lead_of(connection, chosen, row) | {
        "stage_at": chosen["published"],
        "first_at": min(part["published"] for part in parts),
        "last_at": max(part["published"] for part in parts),
        "created_at": now,
        "told": True,
        "alerted": False,
        "titles": [],
        "readings": [],
        "details": [],
    }
    new_id: int = connection.execute(insert(connection, stories).values(values).returning(stories.c.id)).scalar_one()
    title = connection.execute(select(articles.c.title).where(articles.c.id == article_id)).scalar_one()
    connection.execute(update(stories).where(stories.c.id == new_id).values(titles=more_titles((), title)))
    keys = connection.execute(select(story_keys.c.key).where(story_keys.c.story_id == story_id)).scalars().all()
    rows = [{"story_id": new_id, "key": key, "at": values["last_at"]} for key in keys]
    if rows:
        connection.execute(insert(connection, story_keys), rows)
    moved = {part["article_id"] for part in parts}
    noted = (story_revisions.c.story_id == story_id) & story_revisions.c.article_id.in_(moved)
    connection.execute(update(story_revisions).where(noted).values(story_id=new_id))
    connection.execute(update(table).where(mine).values(story_id=new_id))
    stage = {
        "story_id": new_id, "stage": values["stage"], "at": chosen["published"], "article_id": article_id, "news": False,
        "line": values["line"], "recorded_at": now,
    }  # fmt: skip
    connection.execute(insert(connection, story_stages).values(stage))
    _narrow(connection, story_id)
    recount(connection, story_id)
    recount(connection, new_id)
    return new_id


def restate(connection: Connection, story_id: int, lead: PolicyChange, stage: Stage, stage_at: datetime) -> None:
    """After a merge: what the story says and how far it has come; of its steps those stay that lead there, each once."""
    values = lead_columns(lead) | {"stage": stage, "stage_at": stage_at}
    connection.execute(update(stories).where(stories.c.id == story_id).values(values))
    steps = step_rows(connection, story_id)
    last = max((place for place, one in enumerate(steps) if one["stage"] is stage), default=None)
    if last is None:  # it was named more exactly than any report did
        connection.execute(update(story_stages).where(story_stages.c.id == steps[-1]["id"]).values(stage=stage))
        last = len(steps) - 1
    wrong = [one["id"] for place, one in enumerate(steps) if place > last]
    wrong += [one["id"] for before, one in pairwise(steps[: last + 1]) if before["stage"] is one["stage"]]
    connection.execute(delete(story_stages).where(story_stages.c.id.in_(wrong)))


def said(connection: Connection, story_id: int, limit: int) -> list[tuple[int, PolicyChange]]:
    """The articles of a story's reports with what each says of it, the best first."""
    table = story_articles.c
    query = (
        select(table.article_id, *policy_changes.c)
        .join(policy_changes, policy_changes.c.id == table.change_id)
        .where(table.story_id == story_id, table.role.in_(_REPORTS))
        .order_by(table.rank, table.published, table.id)
        .limit(limit)
    )
    return [(row["article_id"], change_from_row(row)) for row in connection.execute(query).mappings()]


def step_back(connection: Connection, story_id: int, gone: Collection[int], told: Sequence[StageRecord]) -> None:
    """After a split: steps that only the reports that left told of are undone; another report of a step takes it over.

    Args:
        connection: Of the transaction.
        story_id: The story that was split.
        gone: The articles that left.
        told: The reports that stayed, each with the stage that it tells of, the earliest first.
    """
    for step in step_rows(connection, story_id):
        if step["article_id"] not in gone:
            continue
        heir = next((one for one in told if one.stage is step["stage"] and one.at >= step["at"]), None)
        this = story_stages.c.id == step["id"]
        if heir is None:
            connection.execute(delete(story_stages).where(this))
        else:
            values = {"article_id": heir.article_id, "at": heir.at, "line": heir.line}
            connection.execute(update(story_stages).where(this).values(values))
    steps = step_rows(connection, story_id)
    if not steps and told:
        row = {
            "story_id": story_id, "stage": told[0].stage, "at": told[0].at, "article_id": told[0].article_id,
            "news": False, "line": told[0].line, "recorded_at": told[0].at,
        }  # fmt: skip
        connection.execute(insert(connection, story_stages).values(row))
        steps = step_rows(connection, story_id)
    if steps:
        values = {"stage": steps[-1]["stage"], "stage_at": steps[-1]["at"]}
        connection.execute(update(stories).where(stories.c.id == story_id).values(values))


def relearn(
    connection: Connection,
    story_id: int,
    lead: PolicyChange,
    *,
    titles: Sequence[str],
    details: Sequence[str],
    readings: Sequence[PolicyChange],
    keys: Sequence[str],
) -> None:
    """Write what a story says and is found by in place of what it had gathered."""
    kept_titles: list[str] = []
    for title in titles:
        kept_titles = more_titles(kept_titles, title)
    kept: list[Any] = []
    for reading in readings:
        kept = more_readings(kept, lead, reading)
    values = lead_columns(lead) | {"titles": kept_titles, "details": more_details((), details), "readings": kept}
    connection.execute(update(stories).where(stories.c.id == story_id).values(values))
    connection.execute(delete(story_keys).where(story_keys.c.story_id == story_id))
    at = connection.execute(select(stories.c.last_at).where(stories.c.id == story_id)).scalar_one()
    rows = [{"story_id": story_id, "key": key, "at": at} for key in dict.fromkeys(keys)]
    if rows:
        connection.execute(insert(connection, story_keys).on_conflict_do_nothing(), rows[:MAX_KEYS])


def recount(connection: Connection, story_id: int) -> None:
    """Count a story's reports and sources; what only recalls it does not count."""
    table = story_articles
    counted = select(func.count(table.c.article_id.distinct()), func.count(table.c.source_id.distinct())).where(
        table.c.story_id == story_id, table.c.role.in_(_REPORTS)
    )
    many, sources = connection.execute(counted).one()
    connection.execute(update(stories).where(stories.c.id == story_id).values(article_count=many, source_count=sources))


def _live(connection: Connection, story_id: int) -> RowMapping:
    row = connection.execute(select(stories).where(stories.c.id == story_id)).mappings().first()
    if row is None:
        raise UsageError(f"there is no story s{story_id}")
    if row["merged_into"] is not None:
        raise UsageError(f"s{story_id} was merged into s{row['merged_into']}")
    return row


def _lead_of(connection: Connection, part: RowMapping, story: RowMapping) -> dict[str, Any]:
    """What the new story says: the report's own change, else (its analysis was replaced) what the old story said."""
    query = select(policy_changes).where(policy_changes.c.id == part["change_id"])
    row = None if part["change_id"] is None else connection.execute(query).mappings().first()
    if row is None:
        names = [*lead_columns_names(), "stage"]
        return {name: story[name] for name in names}
    change = change_from_row(row)
    return lead_columns(change) | {"stage": change.stage}


def lead_columns_names() -> tuple[str, ...]:
    """Names of the columns that say what a story's lead says."""
    return (
        "change",
        "actor",
        "actor_id",
        "action",
        "targets",
        "jurisdictions",
        "line",
        "score",
        "effective",
        "expires",
        "decided_at",
    )


def _narrow(connection: Connection, story_id: int) -> None:
    """After a split: the dates of the reports that stayed."""
    table = story_articles
    query = select(func.min(table.c.published), func.max(table.c.published)).where(
        table.c.story_id == story_id, table.c.role.in_(_REPORTS)
    )
    first_at, last_at = connection.execute(query).one()
    connection.execute(update(stories).where(stories.c.id == story_id).values(first_at=first_at, last_at=last_at))
