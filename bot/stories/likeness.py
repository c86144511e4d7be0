"""How likely one reported change and one story are the same act: evidence for and against, added up, with reasons.

The weights are judgement, tuned on real clusters of reports (``docs/stories.md`` says how it is measured): an agreeing actor
weighs most, then the action; targets, place, product and headline help, and speak up where a field is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bot.model import Action, Article, PolicyChange, Reason, Stage, StoryCandidate
from bot.stories.actors import SAME_NAMES, ActorKey, Body, Same, actor_key, names_in, same_actor
from bot.stories.families import BURST, CASES, FAMILY, LAWMAKING, LINK_BACK, THREAD_WINDOW, Fit, fit, undoes, window
from bot.stories.measures import contradict, measures
from bot.stories.places import Places, relate
from bot.stories.stages import PHASE, Phase, stage_of
from bot.stories.text import plain_title, stem, telling_words

_OPEN: Final = frozenset({"anyone", "public_space"})
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
_SAME_DAYS: Final = timedelta(days=2)
_OTHER_CASE: Final = 0.25
_TWO: Final = 2
if TYPE_CHECKING:
    from collections.abc import Iterable

JOIN: Final = 3.0
"""Evidence from which a report joins a story."""

_AGAIN = re.compile(
    r"\b(?:extend(?:s|ed|ing)?|extension|renew(?:s|ed|ing)?|prolong(?:s|ed)?|indefinite(?:ly)?|until further notice|reintroduc\w+|"
    r"re-introduc\w+|continue(?:s|d)?\s+(?:its|the|a)?\s*(?:pause|ban|moratorium|suspension))\b",
    re.IGNORECASE,
)


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


@dataclass(frozen=True, slots=True)
class Report:
    """One change as one article reports it, prepared for comparing."""

    change: PolicyChange
    article: Article
    actor: ActorKey
    telling: frozenset[str]
    named: frozenset[str]
    """Stems of the actor's name."""
    names: frozenset[str]
    """Words of headline and evidence, for seeing whom else they name."""
    measures: frozenset[str]
    by_law: bool
    again: bool


def report(change: PolicyChange, article: Article) -> Report:
    """Prepare a change for comparing with many stories."""
    headline = article.title or article.text[:160]
    actor = _actor(change.actor, change.actor_id)
    return Report(
        change=change,
        article=article,
        actor=actor,
        telling=_telling(headline),
        named=frozenset(map(stem, actor.core)),
        names=names_in(f"{headline} {change.evidence.quote}"),
        measures=measures(f"{headline} {change.evidence.quote} {change.product or ''}"),
        by_law=makes_law(change),
        again=bool(_AGAIN.search(f"{headline} {change.evidence.quote} {change.duration or ''}")),
    )


def makes_law(change: PolicyChange) -> bool:
    """True when the change is a step of a measure of a lawmaking body."""
    if change.action not in LAWMAKING:
        return False
    return (
        actor_key(change.actor, change.actor_id).body is Body.LAW
        or change.action is Action.ENACT
        or change.stage
        in (
            Stage.PASSED,
            Stage.ENACTED,
            Stage.PROPOSED,
            Stage.CONSIDERED,
        )
    )


def compare(this: Report, candidate: StoryCandidate) -> Likeness:
    """Weigh one report against one story: the best of the story's readings counts."""
    title = max(
        (_headlines(this, headline) for headline in candidate.titles),
        default=None,
        key=lambda one: -1.0 if one is None else one,
    )
    readings = (candidate.change, *candidate.readings)
    return max((_weigh(this, reading, candidate, title) for reading in readings), key=lambda found: found.total)


def _weigh(this: Report, reading: PolicyChange, candidate: StoryCandidate, title: float | None) -> Likeness:
    evidence = _Evidence()
    places = relate(this.change.jurisdictions, reading.jurisdictions)
    same = _same_actor(this, _actor(reading.actor, reading.actor_id))
    by_law = this.by_law and makes_law(reading)
    _weigh_actor(evidence, this, reading, same, places, by_law=by_law)
    actions = fit(this.change.action, reading.action)
    if undoes(this.change.action, reading.action) and this.article.published > candidate.last_at:
        actions = Fit.UNDOES
    _weigh_action(evidence, this.change, reading, actions, by_law=by_law)
    _weigh_targets(evidence, this.change, reading)
    _weigh_place(
        evidence, places, same, public=by_law or this.actor.body is not Body.NONE or FAMILY[this.change.action] in CASES
    )
    _weigh_title(evidence, title)
    _weigh_measure(evidence, this, reading, candidate.titles)
    gap = _gap(this.article, candidate)
    if same is Same.UNKNOWN and actions is Fit.SAME and gap <= _SAME_DAYS and _share_words(this, candidate):
        evidence.add(0.8, "unnamed", "nobody named, the same act in the same days under a like headline")
    allowed = LINK_BACK if actions is Fit.UNDOES else _allowed(this, reading, by_law=by_law)
    _weigh_time(evidence, this, gap, allowed, title)
    return Likeness(evidence.total, tuple(evidence.reasons), same, places, actions, gap > allowed, gap, title)


def _same_actor(this: Report, other: ActorKey) -> Same:
    """An actor that may be none gives way to the story's where headline or evidence names that one."""
    same = same_actor(this.actor, other)
    nobody = same is Same.UNKNOWN or (same is Same.NO and this.actor.vague)
    if nobody and other.core and other.core <= this.names:
        return Same.MAYBE
    return same


def _weigh_actor(
    evidence: _Evidence, this: Report, reading: PolicyChange, same: Same, places: Places, *, by_law: bool
) -> None:
    names = f"{this.change.actor} / {reading.actor}" if this.change.actor != reading.actor else this.change.actor
    if same is Same.YES:
        evidence.add(1.6 if this.actor.national else 2.5, "actor", f"same actor: {names}")
    elif same is Same.MAYBE:
        evidence.add(1.2, "actor", f"perhaps the same actor: {names}")
    elif by_law and places is Places.SAME:
        evidence.add(1.2, "actor", f"bodies of one place: {names}")
    elif same is Same.UNKNOWN:
        evidence.add(0.0, "actor", "")
    else:
        evidence.add(-2.5, "actor", f"different actors: {names}")


def _weigh_action(
    evidence: _Evidence, change: PolicyChange, reading: PolicyChange, actions: Fit, *, by_law: bool
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
        evidence.add(-1.5, "action", f"unlike actions: {names}")


def _weigh_targets(evidence: _Evidence, change: PolicyChange, reading: PolicyChange) -> None:
    one, other = set(change.targets), set(reading.targets)
    if not one or not other or _OPEN & (one | other):
        if one & other:
            evidence.add(0.3, "targets", f"both on {', '.join(sorted(one & other))}")
    elif one & other:
        evidence.add(0.5, "targets", f"both on {', '.join(sorted(one & other))}")
    elif any(one & users and other & users for users in _NEIGHBOURS):
        return
    else:
        evidence.add(-2.0, "targets", f"{', '.join(sorted(one))} / {', '.join(sorted(other))}")


def _weigh_place(evidence: _Evidence, places: Places, same: Same, *, public: bool) -> None:
    if places is Places.SAME:
        evidence.add(0.5, "place", "same place")
    elif places is Places.APART:
        evidence.add(-0.5 if same is Same.YES and not public else -3.0, "place", "different places")


def _headlines(this: Report, headline: str) -> float | None:
    """Likeness of headlines beyond the actor's own name, which is weighed already; None when nothing is left to compare."""
    mine, theirs = this.telling - this.named, _telling(headline) - this.named
    return _dice(mine, theirs) if mine and theirs else None


def _share_words(this: Report, candidate: StoryCandidate) -> bool:
    """Two telling words in common with one headline: a verb alone is no likeness."""
    return any(len(this.telling & _telling(headline)) >= _TWO for headline in candidate.titles)


def _weigh_title(evidence: _Evidence, title: float | None) -> None:
    if title is None:
        return
    weight = round(4.0 * title - 0.6, 1)
    if title > 0.05:
        evidence.add(min(weight, 2.2), "title", f"headlines {title:.0%} alike")
    else:
        evidence.add(-0.4, "title", "headlines share no telling word")


def _weigh_measure(evidence: _Evidence, this: Report, reading: PolicyChange, titles: Iterable[str]) -> None:
    theirs = _measures(" ".join((reading.evidence.quote, reading.line, reading.product or "", *titles)))
    if this.measures & theirs:
        evidence.add(2.0, "measure", f"same measure: {', '.join(sorted(this.measures & theirs))}")
    elif contradict(this.measures, theirs):
        evidence.add(-3.0, "measure", "another bill of the same chamber")


def _allowed(this: Report, reading: PolicyChange, *, by_law: bool) -> timedelta:
    """How long after a story's last report this one may still belong to it."""
    if by_law:
        later = PHASE[stage_of(this.change)]
        if later > PHASE[stage_of(reading)] or later is Phase.FORCE:
            return THREAD_WINDOW  # the next step of a measure, not more coverage of this one
        return window(this.change.action, by_law=True)
    return min(window(this.change.action, by_law=False), window(reading.action, by_law=False))


def _weigh_time(evidence: _Evidence, this: Report, gap: timedelta, allowed: timedelta, title: float | None) -> None:
    if gap <= _SAME_DAYS:
        evidence.add(0.3, "time", "in the same days")
    if gap <= BURST:
        return
    if (title or 0.0) < _OTHER_CASE and FAMILY[this.change.action] in CASES:
        evidence.add(-0.8, "case", "another headline, later: perhaps another case")
    weight = -3.0 if gap > allowed else -0.3 - 1.5 * (gap / allowed)
    evidence.add(weight, "time", f"{gap.days} days apart")


def _gap(article: Article, candidate: StoryCandidate) -> timedelta:
    at = article.published
    if at > candidate.last_at:
        return at - candidate.last_at
    return max(candidate.first_at - at, timedelta(0))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


@lru_cache(maxsize=4096)
def _actor(actor: str, actor_id: str | None) -> ActorKey:
    return actor_key(actor, actor_id)


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    return frozenset(SAME_NAMES.get(word, word) for word in telling_words(plain_title(text)))


@lru_cache(maxsize=4096)
def _measures(text: str) -> frozenset[str]:
    return measures(text)
