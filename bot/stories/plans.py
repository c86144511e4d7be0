"""What an article means for the stories: every change's part in them, and what of it is news.

The pipeline asks in this order, inside the transaction that holds the matching lock::

    looks      = looks_for(article, analysis)                  what to look up
    candidates = tx.stories.candidates(looks)                  stories that share a key
    plan       = assign(article, analysis, candidates, copied) what to write, and what is news
    events     = tx.stories.apply(plan, …)

One article makes at most one ping: its strongest primary change leads; lesser acts of the same actor ride along as "also";
changes it only recalls attach to their stories and tell nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import (
    SOFT_ACTIONS,
    Analysis,
    Article,
    CopyOf,
    PolicyChange,
    Reason,
    Span,
    StoryCandidate,
    StoryPart,
    StoryPlan,
    StoryRole,
    Transition,
    date_of,
)
from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.details import details
from bot.stories.families import CASES, FAMILY, LINK_BACK, Family, Fit
from bot.stories.keys import keys_for
from bot.stories.likeness import compare
from bot.stories.matching import COPIED_WITHIN, Match, decide, reworded
from bot.stories.places import Places
from bot.stories.reported import makes_law, report
from bot.stories.revisions import advanced, filled, revision
from bot.stories.stages import PHASE, Step, stage_of, step
from bot.stories.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUND_UP: Final = 3
"""Primary changes by so many different actors, none of them in the headline, make an article a round-up."""
_LEAD_BONUS: Final = 0.5
_ACTS_KEPT: Final = 2


@dataclass(frozen=True, slots=True)
class _Lead:
    """The change an article leads with, and how else the article tells the act."""

    article: Article
    index: int
    change: PolicyChange
    acts: tuple[PolicyChange, ...]
    """Lesser acts of the same actor."""
    parties: tuple[PolicyChange, ...]
    """The same fine, order or ruling as told of its other party."""
    retold: tuple[PolicyChange, ...]
    """What else the text says of the actor, and may mean the act by."""
    rank: int
    quiet: bool
    """A round-up: it joins and tells nothing."""

    @property
    def keys(self) -> tuple[str, ...]:
        title = self.article.title or self.article.text[:160]
        return tuple(dict.fromkeys(key for one in (self.change, *self.parties) for key in keys_for(one, title)))

    @property
    def details(self) -> tuple[str, ...]:
        return details(self.article.title, self.article.text)

    @property
    def readings(self) -> tuple[PolicyChange, ...]:
        return (*self.acts[:_ACTS_KEPT], *self.parties)

    @property
    def speaker(self) -> PolicyChange:
        """Which of the actor's acts says the stage: the one the headline tells, else the strongest."""
        group = (self.change, *self.acts)
        return next((change for change in group if change.evidence.part == "title"), self.change)


def assign(
    article: Article,
    analysis: Analysis,
    candidates: Sequence[StoryCandidate],
    copied: CopyOf | None = None,
    *,
    rank: int = 2,
) -> StoryPlan:
    """Decide for every change of an article which story it belongs to, and what of it is news.

    Args:
        article: The article, stored or not.
        analysis: What it says, strongest primary change first.
        candidates: Stories that share a key with it (and those of the article it copies).
        copied: The near-copy seen before it, if any.
        rank: The article's among sources (:func:`bot.stories.coverage.rank`).
    """
    primaries = [index for index, change in enumerate(analysis.changes) if change.primary]
    parts: list[StoryPart] = []
    if copied is not None and primaries and reworded(article, analysis.changes[primaries[0]], candidates, copied):
        copied = None
    if primaries:
        seen, riders = _lead_of(article, analysis, primaries, rank)
        lead = _lead(seen, candidates, copied)
        parts.append(lead)
        parts += [_also(analysis.changes[index], index, lead) for index in riders]
        asides = [index for index in primaries[1:] if index not in riders]
        parts += [part for index in asides if (part := _aside(article, analysis.changes[index], index, candidates))]
    taken = {part.story_id for part in parts if part.story_id is not None}
    for index, change in enumerate(analysis.changes):
        part = None if change.primary else _background(article, change, index, candidates)
        if part is not None and part.story_id not in taken:
            parts.append(part)
    return StoryPlan(tuple(parts), rank, copied.article_id if copied else None)


def _lead_of(article: Article, analysis: Analysis, primaries: Sequence[int], rank: int) -> tuple[_Lead, list[int]]:
    """Take the strongest primary change for the lead; also gives the indexes of the acts that ride along."""
    changes, index = analysis.changes, primaries[0]
    riders = [other for other in primaries[1:] if _rides(changes[index], changes[other])]
    quiet = _is_round_up(article, [changes[other] for other in primaries])
    acts = tuple(changes[rider] for rider in riders)
    retold = _retold(changes, changes[index])
    return _Lead(article, index, changes[index], acts, _parties(analysis, index), retold, rank, quiet), riders


def _lead(lead: _Lead, candidates: Sequence[StoryCandidate], copied: CopyOf | None) -> StoryPart:
    """The part of the strongest change: which story, and what is news in it."""
    match = decide(lead.article, lead.change, candidates, copied)
    if match is None or not match.copy:
        for other in (
            *lead.acts,
            *lead.parties,
        ):  # desks differ in which act they think strongest, whose they say it is
            found = decide(lead.article, other, candidates)
            if found is not None and _leads_like(found, other, match):
                match = found
    if match is None:
        match = _as_retold(lead, candidates)
    if match is not None:
        return _joined(lead, match)
    return StoryPart(
        lead.index,
        StoryRole.LEAD,
        story_id=None,
        keys=lead.keys,
        reasons=(Reason("new_story", "no story tells of this act"),),
        transition=None if lead.quiet else Transition.NEW,
        stage=stage_of(lead.change),
        previous=_follows(lead.article, lead.change, candidates),
        readings=lead.readings,
        details=lead.details,
    )


def _as_retold(lead: _Lead, candidates: Sequence[StoryCandidate]) -> Match | None:
    """The story of these very days that tells the act as the article's own text does, where its lead was read otherwise."""
    for change in lead.retold:
        match = decide(lead.article, change, candidates)
        if match is not None and abs(lead.article.published - match.candidate.last_at) <= COPIED_WITHIN:
            return match
    return None


def _retold(changes: Sequence[PolicyChange], lead: PolicyChange) -> tuple[PolicyChange, ...]:
    """What the text says of the lead's actor at the lead's place beside the lead, and not as of another time."""
    return tuple(
        change
        for change in changes
        if not change.primary
        and change.decided is None
        and change.actor == lead.actor
        and change.jurisdictions == lead.jurisdictions
        and PHASE[change.stage] is PHASE[lead.stage]
    )


def _parties(analysis: Analysis, index: int) -> tuple[PolicyChange, ...]:
    """The same fine, order or ruling as the article tells it of its other party."""
    lead = analysis.changes[index]
    if FAMILY[lead.action] not in CASES:
        return ()
    return tuple(
        replace(change, jurisdictions=lead.jurisdictions or change.jurisdictions, targets=lead.targets)
        for change in analysis.changes
        if change.action is lead.action and change.actor != lead.actor
    )


def _leads_like(other: Match, change: PolicyChange, match: Match | None) -> bool:
    """A lesser act's match counts when that story leads with such an act, and the lead's own match is weaker."""
    if change.action in SOFT_ACTIONS and match is None:
        return False
    return match is None or other.total > match.total + _LEAD_BONUS


def _joined(lead: _Lead, match: Match) -> StoryPart:
    """The part of a report that joins a story."""
    story = match.candidate
    moved = None if lead.quiet or (match.own and match.edited_at is None) else _moved(lead, match)
    better, stage = filled(story.change, lead.change, lead.rank), moved.stage if moved else None
    news = moved is not None and moved.news
    if (
        match.own and story.article_count <= 1 and not news
    ):  # nothing else says it: the new judgement takes the old one's place
        better, stage = (lead.change if lead.change != story.change else None), stage_of(lead.change)
    elif news:  # the story is told by what moved it; what that does not say still holds
        better = advanced(story.change, lead.change)
    transition = None
    if not story.told and not story.curated and not lead.quiet:
        transition = Transition.NEW
    elif news:
        transition = Transition.STAGE
    quietly = transition is not None or lead.quiet
    return StoryPart(
        lead.index,
        StoryRole.LEAD,
        story.story_id,
        keys=lead.keys,
        reasons=match.reasons + ((Reason("stage", moved.reason),) if moved else ()),
        transition=transition,
        stage=stage,
        lead=better,
        revision=None if quietly else revision(story.change, lead.change, lead.article),
        readings=lead.readings,
        details=lead.details,
    )


def _moved(lead: _Lead, match: Match) -> Step | None:
    story, at = match.candidate, match.edited_at or lead.article.published
    if match.copy and not match.own and at - story.last_at < COPIED_WITHIN:
        return None
    by_law = makes_law(lead.speaker) or makes_law(story.change)
    return step(story.stage, story.stage_at, lead.speaker, at, by_law=by_law, act=story.change.action)


def _also(change: PolicyChange, index: int, lead: StoryPart) -> StoryPart:
    reason = Reason("also", f"{change.actor} does more than one thing here: the strongest leads")
    return StoryPart(index, StoryRole.ALSO, lead.story_id, (), (reason,))


def _aside(
    article: Article, change: PolicyChange, index: int, candidates: Sequence[StoryCandidate]
) -> StoryPart | None:
    """A primary change of another actor: it joins or, when it is more than a call, begins a story, and tells nobody yet."""
    keys = keys_for(change)
    match = decide(article, change, candidates)
    if match is not None:
        return StoryPart(index, StoryRole.ASIDE, match.candidate.story_id, keys, match.reasons)
    if change.action in SOFT_ACTIONS:
        return None
    return StoryPart(index, StoryRole.ASIDE, None, keys, (Reason("aside", "the article leads with another change"),))


def _background(
    article: Article, change: PolicyChange, index: int, candidates: Sequence[StoryCandidate]
) -> StoryPart | None:
    """A recalled change attaches to the story it recalls: same actor, fitting act, nearest to the date it names."""
    when = date_of(change.decided) or article.published
    this = report(change, article)
    found = []
    for candidate in candidates:
        likeness = compare(this, candidate)
        if likeness.same_actor is not Same.YES or likeness.fit in (Fit.OPPOSED, Fit.UNRELATED):
            continue
        if likeness.same_place is Places.APART or _other_targets(change, candidate.change):
            continue
        if candidate.first_at > article.published + timedelta(days=2):
            continue
        exact = likeness.fit in (Fit.SAME, Fit.FAMILY)
        found.append((exact, -abs((candidate.first_at - when).total_seconds()), -candidate.story_id, candidate))
    if not found:
        return None
    best = max(found, key=lambda item: item[:3])[3]
    reason = Reason("background", f"recalls what {change.actor} did before", change.evidence)
    return StoryPart(index, StoryRole.BACKGROUND, best.story_id, (), (reason,))


def _other_targets(one: PolicyChange, other: PolicyChange) -> bool:
    mine, theirs = set(one.targets), set(other.targets)
    return bool(mine and theirs and not mine & theirs and "anyone" not in mine | theirs)


def _rides(lead: PolicyChange, change: PolicyChange) -> bool:
    """A lesser act of the lead's actor, or the same act of a partner told in the same sentence."""
    same = same_actor(actor_key(lead.actor, lead.actor_id), actor_key(change.actor, change.actor_id))
    if same in (Same.YES, Same.MAYBE):
        return True
    return change.evidence == lead.evidence and (change.action is lead.action or change.action in SOFT_ACTIONS)


def _is_round_up(article: Article, primaries: Sequence[PolicyChange]) -> bool:
    """Several actors' acts, told in sentences of their own, none of the actors in the headline."""
    told: dict[str, Span] = {}
    for change in primaries:
        key = actor_key(change.actor, change.actor_id)
        told.setdefault(key.text, change.evidence)
    if len(told) < ROUND_UP or len(set(told.values())) < ROUND_UP:
        return False
    headline = frozenset(words(article.title))
    return not any(name and frozenset(name.split()) <= headline for name in told)


def _follows(article: Article, change: PolicyChange, candidates: Sequence[StoryCandidate]) -> int | None:
    """The latest earlier story of the same matter: same actor, same targets, an act that bears on it."""
    this = report(change, article)
    found = []
    for candidate in candidates:
        age = article.published - candidate.last_at
        if not timedelta(0) <= age <= LINK_BACK:
            continue
        likeness = compare(this, candidate)
        if likeness.same_actor is not Same.YES or likeness.same_place is Places.APART or likeness.fit is Fit.UNRELATED:
            continue
        if Family.TALK in (FAMILY[change.action], FAMILY[candidate.change.action]) and likeness.fit is not Fit.SAME:
            continue
        if not _other_targets(change, candidate.change):
            found.append((candidate.last_at, candidate.story_id))
    return max(found)[1] if found else None
