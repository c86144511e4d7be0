"""Which story an article belongs to: the decision, as values with reasons.

The pipeline asks in this order, inside the transaction that holds the matching lock::

    looks      = looks_for(article, analysis)                  what to look up
    candidates = tx.stories.candidates(looks)                  stories that share a key
    plan       = assign(article, analysis, candidates, copied) what to write, and what is news
    applied    = tx.stories.apply(plan, …)

One article makes at most one ping: its strongest primary change leads; lesser acts of the same actor ride along as "also";
changes it only recalls attach to their stories and tell nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.model import (
    SOFT_ACTIONS,
    Action,
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
)
from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.families import CASES, FAMILY, Family, Fit
from bot.stories.keys import date_of, keys_for
from bot.stories.likeness import Likeness, Report, compare, makes_law, report
from bot.stories.nearcopies import same_template
from bot.stories.places import Places, relate
from bot.stories.revisions import advanced, filled, revision
from bot.stories.stages import stage_of, step
from bot.stories.text import words

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUND_UP: Final = 3
"""Primary changes by so many different actors, none of them in the headline, make an article a round-up."""
_LEAD_BONUS: Final = 0.5
_ACTS_KEPT: Final = 2
_AGAIN_AFTER: Final = timedelta(days=20)
_LINK_BACK: Final = timedelta(days=3 * 366)
_COPIED_WITHIN: Final = timedelta(days=2)
"""The same words later than this are a desk's template for the next step ("considers", "passes"), no syndicated copy."""


@dataclass(frozen=True, slots=True)
class Match:
    """The story that a change was found to belong to."""

    candidate: StoryCandidate
    reasons: tuple[Reason, ...]
    total: float
    copy: bool = False
    own: bool = False
    """The article is in that story already."""


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
    if primaries:
        round_up = _is_round_up(article, [analysis.changes[index] for index in primaries])
        riders = [index for index in primaries[1:] if _rides(analysis.changes[primaries[0]], analysis.changes[index])]
        lead = _lead(article, analysis, primaries[0], riders, candidates, copied, rank, quiet=round_up)
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


def decide(
    article: Article, change: PolicyChange, candidates: Sequence[StoryCandidate], copied: CopyOf | None = None
) -> Match | None:
    """Find the story that one reported change belongs to; None when it begins one."""
    this = report(change, article)
    if copied is not None:
        by_id = {candidate.story_id: candidate for candidate in candidates}
        for story_id, role in copied.stories:
            if role is StoryRole.LEAD and story_id in by_id and not _other_name(this, by_id[story_id]):
                return Match(by_id[story_id], (Reason("copy", copied.reason),), 9.0, copy=True, own=copied.own)
    found: list[tuple[float, float, int, Match]] = []
    for candidate in candidates:
        likeness = _best_time(this, candidate)
        if likeness.joins and not _separate(this, candidate, likeness):
            nearness = -abs((candidate.last_at - article.published).total_seconds())
            found.append(
                (
                    round(likeness.total, 1),
                    nearness,
                    -candidate.story_id,
                    Match(candidate, likeness.reasons, likeness.total),
                )
            )
    return max(found, key=lambda item: item[:3])[3] if found else None


def _other_name(this: Report, candidate: StoryCandidate) -> bool:
    """A desk's template with another place or actor in it ("X bans …"): the same words, and no copy."""
    change, known = this.change, candidate.change
    apart = relate(change.jurisdictions, known.jurisdictions) is Places.APART
    others = same_actor(actor_key(change.actor, change.actor_id), actor_key(known.actor, known.actor_id)) is Same.NO
    return (apart or others) and any(same_template(this.article.title, title) for title in candidate.titles)


def _best_time(this: Report, candidate: StoryCandidate) -> Likeness:
    """Compare at the time of publication and, where the text says when it was decided, at that time."""
    likeness = compare(this, candidate)
    when = date_of(this.change.decided)
    if when is None or abs(when - this.article.published) < timedelta(days=20):
        return likeness
    then = compare(replace(this, article=replace(this.article, published=min(when, this.article.published))), candidate)
    return max(likeness, then, key=lambda one: one.total)


def _separate(this: Report, candidate: StoryCandidate, likeness: Likeness) -> bool:
    """What keeps a report out of a story however alike they are."""
    if likeness.fit is Fit.OPPOSED and not _reverses(this.change, candidate, likeness):
        return True
    if this.again and likeness.gap > _AGAIN_AFTER:  # "extends its moratorium" is a step of its own
        return True
    case = FAMILY[this.change.action] in CASES
    return likeness.same_place is Places.APART and (case or likeness.same_actor is not Same.YES)


def _reverses(change: PolicyChange, candidate: StoryCandidate, likeness: Likeness) -> bool:
    """A resumption or repeal by the same actor is the last stage of the story it undoes."""
    limited = FAMILY[candidate.change.action] in (Family.LIMIT, Family.LAW)
    return limited and change.action in (Action.RESUME, Action.REPEAL) and likeness.same_actor is Same.YES


def _lead(
    article: Article,
    analysis: Analysis,
    index: int,
    riders: Sequence[int],
    candidates: Sequence[StoryCandidate],
    copied: CopyOf | None,
    rank: int,
    *,
    quiet: bool,
) -> StoryPart:
    """The part of the strongest change: which story, and what is news in it."""
    change = analysis.changes[index]
    match = decide(article, change, candidates, copied)
    acts = tuple(analysis.changes[rider] for rider in riders)
    others = _parties(analysis, index)
    told_as = (*acts[:_ACTS_KEPT], *others)
    if match is None or not match.copy:
        for other in (*acts, *others):
            found = decide(
                article, other, candidates
            )  # desks differ in which act they think strongest, whose they say it is
            if found is not None and _leads_like(found, other, match):
                match = found
    title = article.title or article.text[:160]
    keys = tuple(dict.fromkeys(key for one in (change, *others) for key in keys_for(one, title)))
    if match is None:
        previous = _follows(article, change, candidates)
        reasons = (Reason("new_story", "no story tells of this act"),)
        return StoryPart(
            index,
            StoryRole.LEAD,
            None,
            keys,
            reasons,
            None if quiet else Transition.NEW,
            stage_of(change),
            previous=previous,
            readings=told_as,
        )
    speaks = _speaker([change, *acts])
    return replace(_joined(article, change, speaks, index, match, keys, rank, quiet=quiet), readings=told_as)


def _speaker(group: Sequence[PolicyChange]) -> PolicyChange:
    """Which of an actor's acts says the stage: the one the headline tells, else the strongest."""
    return next((change for change in group if change.evidence.part == "title"), group[0])


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


def _joined(
    article: Article,
    change: PolicyChange,
    speaks: PolicyChange,
    index: int,
    match: Match,
    keys: tuple[str, ...],
    rank: int,
    *,
    quiet: bool,
) -> StoryPart:
    story = match.candidate
    moved = None
    by_law = makes_law(speaks) or makes_law(story.change)
    fresh_copy = match.own or (match.copy and article.published - story.last_at < _COPIED_WITHIN)
    if not fresh_copy and not quiet:
        moved = step(story.stage, story.stage_at, speaks, article.published, by_law=by_law, act=story.change.action)
    lead = filled(story.change, change, rank)
    stage = moved.stage if moved else None
    if (
        match.own and story.article_count <= 1
    ):  # nothing but this article says it: the new judgement takes the old one's place
        lead, stage = (change if change != story.change else None), stage_of(change)
    elif moved is not None and moved.news:  # the story is told by what moved it; what that does not say still holds
        lead = advanced(story.change, change)
    transition = None
    if not story.told and not story.curated and not quiet:
        transition = Transition.NEW
    elif moved is not None and moved.news:
        transition = Transition.STAGE
    told_of = None if transition is Transition.NEW or quiet else revision(story.change, change, article)
    reasons = match.reasons + ((Reason("stage", moved.reason),) if moved else ())
    return StoryPart(
        index,
        StoryRole.LEAD,
        story.story_id,
        keys,
        reasons,
        transition,
        stage,
        lead,
        None if transition else told_of,
    )


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
        if not timedelta(0) <= age <= _LINK_BACK:
            continue
        likeness = compare(this, candidate)
        if likeness.same_actor is not Same.YES or likeness.same_place is Places.APART or likeness.fit is Fit.UNRELATED:
            continue
        if Family.TALK in (FAMILY[change.action], FAMILY[candidate.change.action]) and likeness.fit is not Fit.SAME:
            continue
        if not _other_targets(change, candidate.change):
            found.append((candidate.last_at, candidate.story_id))
    return max(found)[1] if found else None
