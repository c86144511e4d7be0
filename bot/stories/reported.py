"""One report and one story, prepared for comparing: whom they name, and whether they mean one decider.

Desks put many in the decider's place: nobody in particular ("the government"), the state for its city, the company for the
regulator that fined it. What the headline and the opening name beside says more than the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from bot.model import Action, Article, PolicyChange, Stage, StoryCandidate
from bot.stories.actors import SAME_NAMES, ActorKey, Body, Same, actor_key, names_in, same_actor
from bot.stories.details import BILL, OPENING, details, initials_in
from bot.stories.families import BURST, IMPOSED, LAWMAKING
from bot.stories.measures import measures
from bot.stories.places import Places, level, narrowest
from bot.stories.text import plain_title, stem, telling_words

_AGAIN = re.compile(
    r"\b(?:extend(?:s|ed|ing)?|extension|renew(?:s|ed|ing)?|prolong(?:s|ed)?|indefinite(?:ly)?|until further notice|reintroduc\w+|"
    r"re-introduc\w+|continue(?:s|d)?\s+(?:its|the|a)?\s*(?:pause|ban|moratorium|suspension))\b",
    re.IGNORECASE,
)


_NOT_MADE = frozenset({Stage.WITHDRAWN, Stage.POSTPONED})


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
    headline: frozenset[str]
    """Words of the headline alone."""
    details: frozenset[str]
    """Names and figures of headline and opening."""


def report(change: PolicyChange, article: Article) -> Report:
    """Prepare a change for comparing with many stories."""
    headline = article.title or article.text[:160]
    actor = actor_of(change.actor, change.actor_id)
    return Report(
        change=change,
        article=article,
        actor=actor,
        telling=telling(headline),
        named=frozenset(map(stem, actor.core)),
        names=_names_of(headline, change.evidence.quote),
        measures=measures(f"{headline} {change.evidence.quote} {change.product or ''}"),
        by_law=makes_law(change),
        again=bool(_AGAIN.search(f"{headline} {change.evidence.quote} {change.duration or ''}")),
        headline=names_in(headline),
        details=_details(article.title, article.text[:OPENING]),
    )


def makes_law(change: PolicyChange) -> bool:
    """True when the change is a step of a measure of a lawmaking body."""
    if change.action is Action.OTHER:  # voted down, vetoed or put off
        return change.stage in _NOT_MADE and actor_key(change.actor, change.actor_id).body is Body.LAW
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


@dataclass(frozen=True, slots=True)
class Known:
    """A story, prepared for weighing its readings against one report."""

    candidate: StoryCandidate
    title: float | None
    """Likeness of its headlines to the report's."""
    names: frozenset[str]
    """Words of its headlines and evidence."""
    gap: timedelta


def same_decider(this: Report, reading: PolicyChange, other: ActorKey, places: Places, story: Known) -> Same:
    """Compare deciders, and see past what desks put in their place: nobody in particular, the state, the other party."""
    same = same_actor(this.actor, other)
    nobody = same is Same.UNKNOWN or (same is Same.NO and this.actor.vague and not this.actor.core <= this.headline)
    if nobody and other.core and other.core <= this.names:
        return Same.MAYBE
    if same is not Same.NO or not other.core or story.gap > BURST:
        return same
    if this.actor.body is other.body is Body.LAW:
        bills = {each for each in this.details if each.startswith(BILL)} & set(story.candidate.details)
        one_measure = bills or (places is Places.WITHIN and _inner_is_named(this, reading, other, story))
        return Same.MAYBE if one_measure and places is not Places.APART else same
    return Same.PARTY if _parties(this, reading, other, story) else same


def _parties(this: Report, reading: PolicyChange, other: ActorKey, story: Known) -> bool:
    """Two parties of one act: either tells of the other, one of them where it tells the act, and one imposes it or is a body."""
    if this.actor.national or other.national:
        return False
    mine, theirs = this.actor.within(story.names), other.within(this.names)
    if this.change.action is reading.action is Action.INVESTIGATE and (mine or theirs):
        return True  # a joint probe
    bodies = [actor.body for actor in (this.actor, other) if actor.body is not Body.NONE]
    if not {this.change.action, reading.action} & IMPOSED and len(bodies) != 1:
        return False
    if mine and theirs:
        return True
    opening = frozenset(story.candidate.details)
    return (mine and other.within(this.details, stem)) or (theirs and this.actor.within(opening, stem))


def stems(actor: ActorKey) -> frozenset[str]:
    """Stems of the telling words of a name."""
    return frozenset(map(stem, actor.core))


def _inner_is_named(this: Report, reading: PolicyChange, other: ActorKey, story: Known) -> bool:
    """A city's act that a desk gives to its state: the headline names the city all the same."""
    if level(narrowest(reading.jurisdictions) or "") > level(narrowest(this.change.jurisdictions) or ""):
        return other.core <= this.headline
    return any(this.actor.core <= names_in(title) for title in story.candidate.titles)


def known(this: Report, candidate: StoryCandidate) -> Known:
    """Prepare a story for weighing its readings against one report."""
    title = max(
        (_headlines(this, headline) for headline in candidate.titles),
        default=None,
        key=lambda one: -1.0 if one is None else one,
    )
    return Known(candidate, title, _named(candidate), _gap(this.article, candidate))


def _named(candidate: StoryCandidate) -> frozenset[str]:
    readings = (candidate.change, *candidate.readings)
    return _names_of(*candidate.titles, *(reading.evidence.quote for reading in readings))


@lru_cache(maxsize=4096)
def _names_of(*texts: str) -> frozenset[str]:
    whole = " . ".join(texts)
    return names_in(whole) | initials_in(whole)


def _headlines(this: Report, headline: str) -> float | None:
    """Likeness of headlines beyond the actor's own name, which is weighed already; None when nothing is left to compare."""
    mine, theirs = this.telling - this.named, telling(headline) - this.named
    return _dice(mine, theirs) if mine and theirs else None


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
def actor_of(actor: str, actor_id: str | None) -> ActorKey:
    """A name taken apart, remembered."""
    return actor_key(actor, actor_id)


@lru_cache(maxsize=4096)
def telling(text: str) -> frozenset[str]:
    """Stems of the words of a headline that tell one event from another."""
    return frozenset(SAME_NAMES.get(word, word) for word in telling_words(plain_title(text)))


@lru_cache(maxsize=512)
def _details(title: str, opening: str) -> frozenset[str]:
    return frozenset(details(title, opening))
