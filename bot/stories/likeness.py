"""How likely one reported change and one story are the same act: evidence for and against, added up, with reasons.

The weights are judgement, tuned on real clusters of reports (``docs/stories.md`` says how it is measured): an agreeing actor
weighs most, then the action; targets, place, product and headline help, and speak up where a field is missing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bot.model import PolicyChange, Reason, Stage, StoryCandidate
from bot.stories.actors import ActorKey, Body, Branch, Same
from bot.stories.details import BILL, FIGURE, shared
from bot.stories.families import (
    BURST,
    CASES,
    FAMILY,
    LINK_BACK,
    THREAD_WINDOW,
    Family,
    Fit,
    fit,
    undoes,
    window,
)
from bot.stories.keys import IN_COURT
from bot.stories.measures import contradict, measures
from bot.stories.places import Places, relate
from bot.stories.reported import Known, Report, actor_of, known, makes_law, same_decider, stems, telling
from bot.stories.stages import PHASE, Phase, stage_of
from bot.stories.text import stem

OPEN: Final = frozenset({"anyone", "public_space"})
"""Users that take all others in."""
_NEIGHBOURS: Final = tuple(
    frozenset(users.split())
    for users in (
        "police government border military",
        "government employers transport border housing",
        "retail venues employers transport housing",
        "social_media retail health",
    )
)
"""Users that desks name for one another: a city's ban is on its government, its police or its employees."""
_CONTESTED: Final = frozenset({Stage.CHALLENGED, Stage.STRUCK_DOWN})
_LAWS: Final = frozenset({Family.LIMIT, Family.ALLOW, Family.LAW})
_SAME_DAYS: Final = timedelta(days=2)
_WEEKS: Final = timedelta(days=21)
_OTHER_CASE: Final = 0.25
_SOMEWHAT: Final = 0.25
_TWO: Final = 2
_LEAST_DETAILS: Final = 0.5
_MOST_DETAILS: Final = 1.5
_TOLD_ALIKE: Final = 1.0
_LIKE_HEADLINE: Final = 0.4
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

JOIN: Final = 3.0
"""Evidence from which a report joins a story."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The sum of evidence, and what it is made of."""

    total: float
    reasons: tuple[Reason, ...]
    same_actor: Same
    same_place: Places
    fit: Fit
    late: bool
    """Reported so long after that it cannot be more coverage."""
    gap: timedelta
    """Between the report and the story's span of reports."""
    title: float | None
    """0…1, likeness of headlines; None when they leave nothing to compare."""

    @property
    def joins(self) -> bool:
        """True when the evidence is enough."""
        return self.total >= JOIN


@dataclass(slots=True)
class _Evidence:
    total: float = 0.0
    reasons: list[Reason] = field(default_factory=list)

    def add(self, weight: float, code: str, detail: str) -> None:
        """Note a piece of evidence; what weighs nothing needs no reason."""
        self.total += weight
        if weight:
            self.reasons.append(Reason(f"match_{code}", f"{detail} ({weight:+.1f})"))


def commonness(candidates: Iterable[StoryCandidate]) -> Mapping[str, int]:
    """In how many of the stories at hand each name and figure stands."""
    return Counter(detail for candidate in candidates for detail in set(candidate.details))


def compare(this: Report, candidate: StoryCandidate, common: Mapping[str, int] = MappingProxyType({})) -> Likeness:
    """Weigh one report against one story: the best of the story's readings counts.

    Args:
        this: The report.
        candidate: The story.
        common: Of :func:`commonness`: what many stories share tells none from another.
    """
    readings = (candidate.change, *candidate.readings)
    story = known(this, candidate)
    return max((_weigh(this, reading, story, common) for reading in readings), key=lambda found: found.total)


def _weigh(this: Report, reading: PolicyChange, story: Known, common: Mapping[str, int]) -> Likeness:
    evidence, candidate, title = _Evidence(), story.candidate, story.title
    places = relate(this.change.jurisdictions, reading.jurisdictions)
    other = actor_of(reading.actor, reading.actor_id)
    same = same_decider(this, reading, other, places, story)
    by_law = this.by_law and makes_law(reading)
    told_alike = _weigh_details(evidence, this, other, story, common)
    _weigh_actor(evidence, this, reading, same, places, by_law=by_law)
    actions = fit(this.change.action, reading.action)
    if undoes(this.change.action, reading.action) and this.article.published > candidate.last_at:
        actions = Fit.UNDOES
    contested = contests(this, reading, other, candidate) and places is not Places.APART
    if contested:
        same, actions = Same.PARTY, Fit.RELATED
        evidence.add(1.0, "court", f"what is taken to court is what {reading.actor} decided")
    close = story.gap <= _SAME_DAYS and (
        told_alike >= _TOLD_ALIKE
        or (title or 0.0) >= _LIKE_HEADLINE
        or (told_alike >= _LEAST_DETAILS and same is Same.YES and places is Places.SAME)
    )
    _weigh_action(evidence, this.change, reading, actions, by_law=by_law, close=close)
    _weigh_targets(evidence, this.change, reading, close=close)
    apart = story.gap > _SAME_DAYS and title == 0.0 and told_alike < _LEAST_DETAILS and actions is not Fit.SAME
    if apart and _one_names_users(this, candidate):
        evidence.add(-0.8, "users", "another act, users named in one of them only, and no word or name in common")
    _weigh_place(
        evidence, places, same, public=by_law or this.actor.body is not Body.NONE or FAMILY[this.change.action] in CASES
    )
    _weigh_title(evidence, title)
    _weigh_measure(evidence, this, reading, story)
    gap = story.gap
    if same is Same.UNKNOWN and gap <= _SAME_DAYS and _unnamed(this, other, story, actions, told_alike):
        evidence.add(0.8, "unnamed", "nobody named, the same act in the same days under a like headline")
    if gap > _WEEKS and not title and not (_moves_on(this, reading, by_law=by_law) or _recalls(this, other, candidate)):
        evidence.add(-0.5, "apart", "later, and no word of headline or opening in common")
    allowed = LINK_BACK if actions is Fit.UNDOES else _allowed(this, reading, by_law=by_law)
    allowed = THREAD_WINDOW if contested else allowed
    _weigh_time(evidence, this, gap, allowed, title)
    return Likeness(evidence.total, tuple(evidence.reasons), same, places, actions, gap > allowed, gap, title)


def _weigh_actor(
    evidence: _Evidence, this: Report, reading: PolicyChange, same: Same, places: Places, *, by_law: bool
) -> None:
    names = f"{this.change.actor} / {reading.actor}" if this.change.actor != reading.actor else this.change.actor
    if same is Same.YES:
        evidence.add(1.6 if this.actor.national else 2.5, "actor", f"same actor: {names}")
    elif same is Same.PARTY:
        evidence.add(1.2, "actor", f"two parties of one act: {names}")
    elif same is Same.MAYBE:
        evidence.add(1.2, "actor", f"perhaps the same actor: {names}")
    elif by_law and places is Places.SAME:
        evidence.add(1.2, "actor", f"bodies of one place: {names}")
    elif same is Same.UNKNOWN:
        evidence.add(0.0, "actor", "")
    else:
        evidence.add(-2.5, "actor", f"different actors: {names}")


def _weigh_action(
    evidence: _Evidence, change: PolicyChange, reading: PolicyChange, actions: Fit, *, by_law: bool, close: bool
) -> None:
    names = f"{change.action} / {reading.action}" if change.action is not reading.action else change.action.value
    if actions is Fit.SAME:
        evidence.add(1.5, "action", f"same action: {names}")
    elif actions is Fit.UNDOES:
        evidence.add(1.0, "action", f"undoes it: {names}")
    elif actions is Fit.OPPOSED:
        evidence.add(-3.0, "action", f"opposite actions: {names}")
    elif actions is Fit.FAMILY or by_law:
        evidence.add(1.0, "action", f"one kind of act: {names}")
    elif actions is Fit.RELATED:
        evidence.add(0.6, "action", f"often said of one act: {names}")
    elif actions is Fit.VAGUE:
        evidence.add(0.3, "action", f"an act of no particular kind: {names}")
    else:
        evidence.add(-0.5 if close else -1.5, "action", f"unlike actions: {names}")


def _weigh_targets(evidence: _Evidence, change: PolicyChange, reading: PolicyChange, *, close: bool) -> None:
    one, other = _plainly(change.targets), _plainly(reading.targets)
    if not one or not other or OPEN & (one | other):
        if one & other:
            evidence.add(0.3, "targets", f"both on {', '.join(sorted(one & other))}")
    elif one & other:
        evidence.add(0.5, "targets", f"both on {', '.join(sorted(one & other))}")
    elif any(one & users and other & users for users in _NEIGHBOURS):
        return
    else:
        evidence.add(-0.7 if close else -2.0, "targets", f"{', '.join(sorted(one))} / {', '.join(sorted(other))}")


def _one_names_users(this: Report, candidate: StoryCandidate) -> bool:
    theirs = any(one.targets for one in (candidate.change, *candidate.readings))
    return bool(this.change.targets) is not theirs


def _plainly(targets: Iterable[str]) -> set[str]:
    """The users named, without those that take all others in where others are named beside them."""
    named = set(targets)
    return named - OPEN or named


def _weigh_place(evidence: _Evidence, places: Places, same: Same, *, public: bool) -> None:
    if places is Places.SAME:
        evidence.add(0.5, "place", "same place")
    elif places is Places.APART:
        together = same is Same.PARTY or (
            same is Same.YES and not public
        )  # two authorities of one probe have two countries
        evidence.add(-0.5 if together else -3.0, "place", "different places")


def _unnamed(this: Report, other: ActorKey, story: Known, actions: Fit, told_alike: float) -> bool:
    """Whether nobody is named, and the rest speaks for one act: details, words, or a branch of government and some words."""
    branches = this.actor.branch is other.branch is not Branch.NONE
    if actions is Fit.SAME:
        like = _share_words(this, story.candidate) or (branches and (story.title or 0.0) >= _SOMEWHAT)
        return told_alike >= _LEAST_DETAILS or like
    return actions is Fit.FAMILY and told_alike >= _LEAST_DETAILS


def _share_words(this: Report, candidate: StoryCandidate) -> bool:
    """Two telling words in common with one headline: a verb alone is no likeness."""
    return any(len(this.telling & telling(headline)) >= _TWO for headline in candidate.titles)


def _weigh_details(
    evidence: _Evidence, this: Report, other: ActorKey, story: Known, common: Mapping[str, int]
) -> float:
    """Names and figures in common beyond the actors', while an act is fresh; gives how much they weigh."""
    if story.gap > BURST:
        return 0.0
    without = this.named | {stem(word) for word in other.core}
    weight, found = shared(this.details, story.candidate.details, without, common)
    weight = min(_MOST_DETAILS, round(weight, 1))
    if weight >= _LEAST_DETAILS:
        evidence.add(weight, "details", f"both tell of {', '.join(each.lstrip(FIGURE + BILL) for each in found[:4])}")
    return weight


def _weigh_title(evidence: _Evidence, title: float | None) -> None:
    if title is None:
        return
    weight = round(4.0 * title - 0.6, 1)
    if title > 0.05:
        evidence.add(min(weight, 2.2), "title", f"headlines {title:.0%} alike")
    else:
        evidence.add(-0.4, "title", "headlines share no telling word")


def _weigh_measure(evidence: _Evidence, this: Report, reading: PolicyChange, story: Known) -> None:
    theirs = _measures(" ".join((reading.evidence.quote, reading.line, reading.product or "", *story.candidate.titles)))
    if this.measures & theirs:
        evidence.add(2.0, "measure", f"same measure: {', '.join(sorted(this.measures & theirs))}")
    elif contradict(this.measures, theirs):
        evidence.add(-3.0, "measure", "another bill of the same chamber")
    elif this.by_law and makes_law(reading) and story.gap > BURST:  # within it, details count already
        bills = [
            each.removeprefix(BILL) for each in this.details & set(story.candidate.details) if each.startswith(BILL)
        ]
        evidence.add(1.5 if bills else 0.0, "measure", f"both tell of bill {', '.join(sorted(bills))}")


def _allowed(this: Report, reading: PolicyChange, *, by_law: bool) -> timedelta:
    """How long after a story's last report this one may still belong to it."""
    if by_law:
        later = PHASE[stage_of(this.change)]
        if later > PHASE[stage_of(reading)] or later is Phase.FORCE:
            return THREAD_WINDOW  # the next step of a measure, not more coverage of this one
        return window(this.change.action, by_law=True)
    return min(window(this.change.action, by_law=False), window(reading.action, by_law=False))


def contests(this: Report, reading: PolicyChange, other: ActorKey, candidate: StoryCandidate) -> bool:
    """Whether a suit or a judgement is about a law of these lawmakers: a step of their law, whoever sues or judges."""
    in_court = this.change.action in IN_COURT and stage_of(this.change) in _CONTESTED
    if not in_court or not makes_law(reading) or FAMILY[reading.action] not in _LAWS or other.national:
        return False
    made = PHASE[candidate.stage] in (Phase.MADE, Phase.FORCE, Phase.DOUBT)
    return made and this.article.published > candidate.last_at and other.body is Body.LAW and other.within(this.names)


def _moves_on(this: Report, reading: PolicyChange, *, by_law: bool) -> bool:
    return by_law and PHASE[stage_of(this.change)] > PHASE[stage_of(reading)]


def _recalls(this: Report, other: ActorKey, candidate: StoryCandidate) -> bool:
    """Whether report and story share any name or figure beyond the actors'; also where either has none to share."""
    theirs = frozenset(candidate.details)
    return not theirs or not this.details or bool((this.details & theirs) - this.named - stems(other))


def _weigh_time(evidence: _Evidence, this: Report, gap: timedelta, allowed: timedelta, title: float | None) -> None:
    if gap <= _SAME_DAYS:
        evidence.add(0.3, "time", "in the same days")
    if gap <= BURST:
        return
    if (title or 0.0) < _OTHER_CASE and FAMILY[this.change.action] in CASES:
        evidence.add(-0.8, "case", "another headline, later: perhaps another case")
    weight = -3.0 if gap > allowed else -0.3 - 1.5 * (gap / allowed)
    evidence.add(weight, "time", f"{gap.days} days apart")


@lru_cache(maxsize=4096)
def _measures(text: str) -> frozenset[str]:
    return measures(text)
