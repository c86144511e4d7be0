"""Merging two stories and splitting one, for operators and for buttons in Slack: rows, labels and messages follow.

Both expect the matching lock. Nobody is pinged: people are looking at the stories already. Both are kept as labels, which
`policywatch labels export` writes as corpus lines: nothing teaches more than what people had to put right.
"""

from __future__ import annotations

from datetime import datetime

from bot import labels, stories
from bot.labels import ref_of
from bot.slack.asks import Asker
from bot.store import Tx
from bot.store.story_steps import StageRecord

OPERATOR = Asker("operator", name="an operator")
"""Who merges and splits at the command line."""
LEARNED_FROM = 40
"""Most reports that a story is learned anew from after a split."""


def merge(tx: Tx, kept: int, gone: int, now: datetime, by: Asker = OPERATOR) -> None:
    """Make one story a part of another; its name goes on leading there.

    Raises:
        UsageError: They are one already, or one of them is not there (any more).
    """
    both = {one.story_id: one for one in tx.stories.load([kept, gone])}
    said = stories.joined(both[kept], both[gone]) if {kept, gone} == set(both) and kept != gone else None
    theirs, ours = ([one.article_id for one in tx.stories.coverage(each)] for each in (gone, kept))
    tx.stories.merge(kept, gone)
    if said is not None:
        tx.stories.restate(kept, said.lead, said.stage, said.stage_at)
    labels.carry_over(tx, gone, kept, now)
    labels.say(tx, ref_of(gone), labels.SAME_AS, by, now, into=ref_of(kept), articles=theirs, **{"with": ours})
    for each in (kept, gone):
        labels.edit_messages(tx, each, now)


def split(tx: Tx, story_id: int, article_id: int, now: datetime, by: Asker = OPERATOR) -> int:
    """Make a report, with its near-copies, a story of its own; both stories know from then on what their own reports say.

    Raises:
        UsageError: The article is no report of the story, or the story's only one.
    """
    new = tx.stories.split(story_id, article_id, now)
    stayed, left = _learn(tx, story_id), _learn(tx, new)
    tx.stories.step_back(story_id, {one.article_id for one in left if one.article_id}, stayed)
    (story,) = tx.stories.load([new])
    tx.stories.restate(new, story.change, stories.stage_of(story.change), story.stage_at)
    labels.say(tx, f"article:{article_id}", labels.NOT_SAME, by, now, story=ref_of(story_id), new=ref_of(new))
    labels.edit_messages(tx, story_id, now)
    return new


def _learn(tx: Tx, story_id: int) -> list[StageRecord]:
    """Let a story know what its own reports say; gives which stage each tells of, the earliest first."""
    said = tx.stories.said(story_id, LEARNED_FROM)
    reports = [(article, change) for one, change in said if (article := tx.articles.get(one)) is not None]
    (story,) = tx.stories.load([story_id])
    found = stories.learned(story.change, reports)
    tx.stories.relearn(
        story_id, found.lead, titles=found.titles, details=found.details, readings=found.readings, keys=found.keys
    )
    steps = [
        StageRecord(stories.stage_of(change), article.published, news=False, line=change.line, article_id=article.id)
        for article, change in reports
    ]
    return sorted(steps, key=lambda one: one.at)
