"""All figures of one run, as a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.errors import UsageError
from bot.scoring import judging
from bot.scoring.copies import CopyGroup, CopyScore, score_copies
from bot.scoring.decisions import Decision
from bot.scoring.judging import Bin, Counts, FieldScore, Mistake, Pair
from bot.scoring.labels import Label
from bot.scoring.names import Names
from bot.scoring.stories import StoryScore, score_stories

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured. Shares are 0…1; None where there was nothing to measure."""

    items: int
    unsure: int
    """Left out: labels below the confidence that counts."""
    soft: int
    """Left out of relevance: calls, reviews, other."""
    relevance: Counts
    lenient: Counts
    fields: tuple[FieldScore, ...]
    confusion: Mapping[tuple[str, str], int]
    calibration: tuple[Bin, ...]
    mistakes: tuple[Mistake, ...]
    stories: StoryScore | None = None
    copies: CopyScore | None = None

    def field(self, name: str) -> FieldScore:
        """The score of one field by its name."""
        return next(score for score in self.fields if score.name == name)


def pair_up(labels: Sequence[Label], decisions: Sequence[Decision]) -> list[Pair]:
    """Labels with their decisions.

    Raises:
        UsageError: ids on one side only, with the first few named.
    """
    decided = {decision.id: decision for decision in decisions}
    labelled = {label.id for label in labels}
    complaints = []
    if undecided := [label.id for label in labels if label.id not in decided]:
        complaints.append(f"{len(undecided)} labelled ids have no decision: {_named(undecided)}")
    if unlabelled := [decision.id for decision in decisions if decision.id not in labelled]:
        complaints.append(f"{len(unlabelled)} decided ids have no label: {_named(unlabelled)}")
    if complaints:
        raise UsageError("labels and decisions do not belong together: " + "; ".join(complaints))
    return [Pair(label, decided[label.id]) for label in labels]


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MOST_NAMED]) + (", …" if len(ids) > _MOST_NAMED else "")


def score(
    labels: Sequence[Label],
    decisions: Sequence[Decision],
    *,
    names: Names | None = None,
    copies: Sequence[CopyGroup] = (),
) -> Report:
    """Measure decisions against labels.

    Args:
        labels: what readers said.
        decisions: what the bot said of the same ids; the order does not matter.
        names: the vocabulary's names (:meth:`Names.of`); without it names are only compared as they read.
        copies: groups of near-copies, if they are to be measured.

    Raises:
        UsageError: the two do not hold the same ids.
    """
    pairs = pair_up(labels, decisions)
    known = names or Names()
    return Report(
        items=len(pairs),
        unsure=sum(pair.label.unsure for pair in pairs),
        soft=sum(pair.label.is_change and pair.label.soft and not pair.label.unsure for pair in pairs),
        relevance=judging.relevance(pairs),
        lenient=judging.relevance(pairs, lenient=True),
        fields=judging.fields(pairs, known),
        confusion=judging.confusion(pairs),
        calibration=judging.calibration(pairs),
        mistakes=judging.mistakes(pairs, known),
        stories=score_stories(pairs),
        copies=score_copies(copies, decisions) if copies else None,
    )


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values, with the shares spelled out."""
    counts = {
        name: asdict(value) | {"precision": value.precision, "recall": value.recall, "f1": value.f1}
        for name, value in (("relevance", report.relevance), ("lenient", report.lenient))
    }
    values: dict[str, Any] = {
        "items": report.items,
        "left_out": {"unsure": report.unsure, "soft": report.soft},
        **counts,
        "fields": {field.name: asdict(field) | {"share": field.share} for field in report.fields},
        "confusion": [{"label": gold, "said": said, "items": n} for (gold, said), n in report.confusion.items()],
        "calibration": [asdict(one) for one in report.calibration],
        "mistakes": [asdict(one) for one in report.mistakes],
        "stories": None,
        "copies": asdict(report.copies) if report.copies else None,
    }
    if report.stories:
        values["stories"] = asdict(report.stories) | {"alerts_per_event": report.stories.alerts_per_event}
        for name in ("clusters", "with_missed"):
            values["stories"][name]["f1"] = getattr(report.stories, name).f1
    return values
