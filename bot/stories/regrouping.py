"""What people's merges and splits leave behind: the stage and lead of two stories in one, what a story is found by from now on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.model import Article, PolicyChange, Stage
from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.details import details
from bot.stories.keys import keys_for
from bot.stories.reported import makes_law
from bot.stories.revisions import advanced, filled
from bot.stories.stages import step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.model import StoryCandidate

_OTHERS = 2


@dataclass(frozen=True, slots=True)
class Joined:
    """What a story says that took another one in."""

    lead: PolicyChange
    stage: Stage
    stage_at: datetime


@dataclass(frozen=True, slots=True)
class Learned:
    """What a story says and is found by, as its reports tell it."""

    lead: PolicyChange
    titles: tuple[str, ...]
    details: tuple[str, ...]
    readings: tuple[PolicyChange, ...]
    keys: tuple[str, ...]


def joined(kept: StoryCandidate, gone: StoryCandidate) -> Joined:
    """Decide what two stories say as one: the later stage where it is a step onwards, in the words that told of it."""
    first, last = sorted((kept, gone), key=lambda one: one.stage_at)
    told = replace(last.change, stage=last.stage)
    by_law = makes_law(told) or makes_law(first.change)
    moved = step(first.stage, first.stage_at, told, last.stage_at, by_law=by_law, act=first.change.action)
    if moved is not None and moved.news:
        lead = kept.change if last is kept else advanced(kept.change, gone.change)
        return Joined(lead, moved.stage, last.stage_at)
    one, other = (actor_key(each.change.actor, each.change.actor_id) for each in (kept, gone))
    alike = same_actor(one, other) in (
        Same.YES,
        Same.MAYBE,
    )  # else people know better, and we not whose words these are
    lead = (filled(kept.change, gone.change, _OTHERS) if alike else None) or kept.change
    return Joined(lead, moved.stage if moved is not None else first.stage, first.stage_at)


def learned(lead: PolicyChange, reports: Sequence[tuple[Article, PolicyChange]]) -> Learned:
    """Learn a story anew from the reports that it has now.

    Args:
        lead: What it said so far; what none of its reports says any more gives way to its best report.
        reports: Articles with what each says of the story, the best first.
    """
    said = [change for _, change in reports]
    if said and not any(change.evidence == lead.evidence for change in said):
        lead = said[0]
        for change in said[1:]:
            lead = filled(lead, change, _OTHERS) or lead
    titles = [article.title or article.text[:160] for article, _ in reports]
    found = [each for article, _ in reports for each in details(article.title, article.text)]
    keys = [key for title, change in zip(titles, said, strict=True) for key in keys_for(change, title)]
    return Learned(
        lead=lead,
        titles=tuple(dict.fromkeys(titles)),
        details=tuple(dict.fromkeys(found)),
        readings=tuple(said),
        keys=tuple(dict.fromkeys((*keys_for(lead), *keys))),
    )
