"""Which story one reported change belongs to: the likeliest, unless something keeps them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.model import Article, CopyOf, PolicyChange, Reason, StoryCandidate, StoryRole, date_of
from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.families import CASES, FAMILY, Fit, fit
from bot.stories.likeness import OPEN, Likeness, commonness, compare
from bot.stories.nearcopies import same_template
from bot.stories.places import Places, relate
from bot.stories.reported import Report, report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AGAIN_AFTER: Final = timedelta(days=20)
COPIED_WITHIN: Final = timedelta(days=2)
"""The same words later than this are a desk's template for the next step ("considers", "passes"), no syndicated copy."""
_COPY: Final = 9.0
"""Evidence of a copied text: more than any other adds up to."""


@dataclass(frozen=True, slots=True)
class Match:
    """The story that a change was found to belong to."""

    candidate: StoryCandidate
    reasons: tuple[Reason, ...]
    total: float
    copy: bool = False
    own: bool = False
    """The article is in that story already."""
    edited_at: datetime | None = None
    """When its words were edited since."""


def decide(
    article: Article, change: PolicyChange, candidates: Sequence[StoryCandidate], copied: CopyOf | None = None
) -> Match | None:
    """Find the story that one reported change belongs to; None when it begins one."""
    this = report(change, article)
    for known in _copied_leads(candidates, copied):
        if copied is not None and (copied.own or not _reworded(this, known)):
            why = (Reason("copy", copied.reason),)
            return Match(known, why, _COPY, copy=True, own=copied.own, edited_at=copied.edited_at)
    found: list[tuple[float, float, int, Match]] = []
    common = commonness(candidates)
    for candidate in candidates:
        likeness = _best_time(this, candidate, common)
        if likeness.joins and not _separate(this, likeness):
            nearness = -abs((candidate.last_at - article.published).total_seconds())
            match = Match(candidate, likeness.reasons, likeness.total)
            found.append((round(likeness.total, 1), nearness, -candidate.story_id, match))
    return max(found, key=lambda item: item[:3])[3] if found else None


def reworded(article: Article, change: PolicyChange, candidates: Sequence[StoryCandidate], copied: CopyOf) -> bool:
    """Tell whether an article only looks like a copy: a desk used the words of one act again for another one."""
    leads = _copied_leads(candidates, copied)
    if not leads or copied.own:
        return False
    this = report(change, article)
    return all(_reworded(this, known) for known in leads)


def _copied_leads(candidates: Sequence[StoryCandidate], copied: CopyOf | None) -> list[StoryCandidate]:
    by_id = {candidate.story_id: candidate for candidate in candidates}
    roles = copied.stories if copied is not None else ()
    return [by_id[story_id] for story_id, role in roles if role is StoryRole.LEAD and story_id in by_id]


def _reworded(this: Report, candidate: StoryCandidate) -> bool:
    return _other_name(this, candidate) or _other_act(this, candidate)


def _other_act(this: Report, candidate: StoryCandidate) -> bool:
    """The words of a ban, days later, on its repeal or on other users: what was copied is the phrasing, not the report."""
    if this.article.published - candidate.last_at < COPIED_WITHIN:
        return False
    readings = (candidate.change, *candidate.readings)
    mine, theirs = set(this.change.targets), {target for one in readings for target in one.targets}
    others = bool(mine - OPEN) and bool(theirs) and not (mine | OPEN) & theirs
    acts = {one.action for one in readings}
    turned = this.change.action not in acts and any(fit(this.change.action, act) is Fit.OPPOSED for act in acts)
    return others or turned


def _other_name(this: Report, candidate: StoryCandidate) -> bool:
    """A desk's template with another place or actor in it ("X bans …"): the same words, and no copy."""
    change, known = this.change, candidate.change
    apart = relate(change.jurisdictions, known.jurisdictions) is Places.APART
    others = same_actor(actor_key(change.actor, change.actor_id), actor_key(known.actor, known.actor_id)) is Same.NO
    return (apart or others) and any(same_template(this.article.title, title) for title in candidate.titles)


def _best_time(this: Report, candidate: StoryCandidate, common: Mapping[str, int]) -> Likeness:
    """Compare at the time of publication and, where the text says when it was decided, at that time."""
    likeness = compare(this, candidate, common)
    when = date_of(this.change.decided)
    if when is None or abs(when - this.article.published) < timedelta(days=20):
        return likeness
    earlier = replace(this, article=replace(this.article, published=min(when, this.article.published)))
    then = compare(earlier, candidate, common)
    return max(likeness, then, key=lambda one: one.total)


def _separate(this: Report, likeness: Likeness) -> bool:
    """What keeps a report out of a story however alike they are."""
    if likeness.fit is Fit.OPPOSED or likeness.late:
        return True
    if this.again and likeness.gap > _AGAIN_AFTER:  # "extends its moratorium" is a step of its own
        return True
    case = FAMILY[this.change.action] in CASES
    if likeness.same_actor is Same.PARTY:
        return False  # two authorities of one probe, a company and the foreign authority that fines it
    return likeness.same_place is Places.APART and (case or likeness.same_actor is not Same.YES)
