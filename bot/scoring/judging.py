"""Relevance, fields, confusion and calibration: one article at a time.

What counts:

- a label below confidence 0.5 is left out of everything, a soft one (a call, a review, `other`) out of relevance;
- a core change is *found* when the decision is relevant; anything else that is relevant is a *false alert*;
- the *lenient* count forgives two kinds of false alert: those whose primaries are all soft, since readers disagree on
  calls and the bot sends them to digests, and those whose action the label names as another right reading;
- fields are judged on found changes, by the strongest primary change; ``any`` counts every primary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.model import TARGETS, Stage
from bot.scoring.decisions import DecidedChange, Decision
from bot.scoring.labels import NO_ACTION, Label
from bot.scoring.names import Names, known_targets, places_overlap

BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Lower edges of the calibration table."""

_STAGES = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Counts:
    """Found, missed, false and rightly silent."""

    found: int = 0
    missed: int = 0
    false: int = 0
    silent: int = 0

    @property
    def precision(self) -> float | None:
        """Share of the alerts that are right; None without alerts."""
        return _share(self.found, self.found + self.false)

    @property
    def recall(self) -> float | None:
        """Share of the changes that were found; None without changes."""
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return _share(2 * self.found, 2 * self.found + self.missed + self.false)


@dataclass(frozen=True, slots=True)
class FieldScore:
    """How often one field was right, among the found changes whose label gives it."""

    name: str
    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """Accuracy; None when no label gave the field."""
        return _share(self.right, self.judged)


@dataclass(frozen=True, slots=True)
class Bin:
    """Articles whose score lies in [low, high), and how many of them hold a change."""

    low: float
    high: float
    items: int
    right: int
    mean: float
    """Mean score: what the share should be."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One article judged wrongly. ``kind``: false, missed, actor, action."""

    kind: str
    id: str
    title: str
    detail: str
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Pair:
    """An article's label and what was decided."""

    label: Label
    decision: Decision

    @property
    def forgiven(self) -> bool:
        """Nothing to find, and the false alert is one that the lenient count leaves out."""
        lead = self.decision.lead
        other_reading = lead is not None and lead.action in self.label.alt_actions
        return not self.label.is_change and self.decision.relevant and (self.decision.only_soft or other_reading)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def counted(pairs: Sequence[Pair]) -> list[Pair]:
    """Those that count for relevance: sure labels that are no soft change."""
    return [pair for pair in pairs if not pair.label.unsure and not (pair.label.is_change and pair.label.soft)]


def found(pairs: Sequence[Pair]) -> list[Pair]:
    """Core changes that were found."""
    return [pair for pair in counted(pairs) if pair.label.core and pair.decision.relevant]


def relevance(pairs: Sequence[Pair], *, lenient: bool = False) -> Counts:
    """Count found, missed and false ones."""
    seen = Counter(
        (pair.label.core, pair.decision.relevant) for pair in counted(pairs) if not (lenient and pair.forgiven)
    )
    return Counts(found=seen[True, True], missed=seen[True, False], false=seen[False, True], silent=seen[False, False])


def fields(pairs: Sequence[Pair], names: Names) -> tuple[FieldScore, ...]:
    """Accuracy of each field among the found changes."""
    hits = found(pairs)
    tests: tuple[tuple[str, Callable[[Label], bool], Callable[[Label, DecidedChange], bool]], ...] = (
        ("actor", lambda label: bool(label.actors), lambda label, change: actor_right(label, change, names)),
        ("actor, exactly", lambda label: bool(label.actors), lambda label, change: actor_exact(label, change, names)),
        ("action", lambda _: True, lambda label, change: change.action in label.right_actions),
        ("action, first reading", lambda _: True, lambda label, change: change.action == label.action),
        (
            "targets",
            lambda label: bool(_targets(label)),
            lambda label, change: bool(_targets(label) & set(change.targets)),
        ),
        (
            "jurisdictions",
            lambda label: bool(label.jurisdictions),
            lambda label, change: place_right(label, change, names),
        ),
        ("stage", lambda label: label.stage in _STAGES, lambda label, change: change.stage == label.stage),
    )
    scores = []
    for name, given, right in tests:
        judged = [pair for pair in hits if given(pair.label)]
        leads = sum(pair.decision.lead is not None and right(pair.label, pair.decision.lead) for pair in judged)
        scores.append(FieldScore(name, leads, len(judged)))
        if name in {"actor", "action"}:
            anywhere = sum(any(right(pair.label, change) for change in pair.decision.primaries) for pair in judged)
            scores.append(FieldScore(f"{name}, any primary", anywhere, len(judged)))
    return tuple(scores)


def actor_right(label: Label, change: DecidedChange, names: Names) -> bool:
    """One of the label's actors, or one that acts for it."""
    return any(names.like_actor(change.actor, actor) for actor in label.actors)


def actor_exact(label: Label, change: DecidedChange, names: Names) -> bool:
    """One of the label's actors itself."""
    return any(names.same_actor(change.actor, actor) for actor in label.actors)


def place_right(label: Label, change: DecidedChange, names: Names) -> bool:
    """One of the label's places, or a place within or around it."""
    return places_overlap([names.code(place) for place in label.jurisdictions], change.jurisdictions)


def _targets(label: Label) -> frozenset[str]:
    return known_targets(label.targets, TARGETS)


def confusion(pairs: Sequence[Pair]) -> dict[tuple[str, str], int]:
    """(action of the label, action said) -> how often. `none` stands for no change and for not found."""
    table: Counter[tuple[str, str]] = Counter()
    for pair in counted(pairs):
        gold = pair.label.action if pair.label.core else NO_ACTION
        lead = pair.decision.lead
        said = (lead.action if lead else NO_ACTION) if pair.decision.relevant else NO_ACTION
        if gold == said == NO_ACTION:
            continue
        table[gold, said] += 1
    return dict(sorted(table.items()))


def calibration(pairs: Sequence[Pair]) -> tuple[Bin, ...]:
    """Of the articles scored x, how many hold a change. Empty bins are left out."""
    edges = [*BINS, 1.0 + 1e-9]
    bins = []
    for low, high in pairwise(edges):
        inside = [pair for pair in counted(pairs) if low <= pair.decision.score < high]
        if inside:
            mean = sum(sorted(pair.decision.score for pair in inside)) / len(inside)
            bins.append(Bin(low, min(high, 1.0), len(inside), sum(pair.label.core for pair in inside), mean))
    return tuple(bins)


def mistakes(pairs: Sequence[Pair], names: Names) -> tuple[Mistake, ...]:
    """Everything judged wrongly, the surest labels and the boldest scores first."""
    wrong: list[Mistake] = []
    for pair in counted(pairs):
        label, decision = pair.label, pair.decision
        lead = decision.lead
        said = f"{lead.actor or '?'}: {lead.action}" if lead else "no primary change"
        gold = f"{', '.join(label.actors) or '?'}: {label.action}"
        if label.core and not decision.relevant:
            wrong.append(_mistake("missed", pair, gold))
        elif not label.core and decision.relevant:
            wrong.append(_mistake("false", pair, f"{said} (label: {label.kind_if_not or label.role or 'no change'})"))
        elif label.core:
            if label.actors and not (lead and actor_right(label, lead, names)):
                wrong.append(_mistake("actor", pair, f"{said} (label: {gold})"))
            if not (lead and lead.action in label.right_actions):
                wrong.append(_mistake("action", pair, f"{said} (label: {gold})"))
    return tuple(sorted(wrong, key=_badness))


def _mistake(kind: str, pair: Pair, detail: str) -> Mistake:
    label = pair.label
    return Mistake(kind, label.id, label.title, detail, pair.decision.score, label.confidence)


def _badness(mistake: Mistake) -> tuple[str, float, float, str]:
    bold = mistake.score if mistake.kind == "missed" else -mistake.score
    return (mistake.kind, -mistake.confidence, bold, mistake.id)
