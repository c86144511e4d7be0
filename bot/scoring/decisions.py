"""Decisions: the lines that ``policywatch replay`` (or ``analyse --jsonl``) prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import Problem
from bot.model import SOFT_ACTIONS, Action
from bot.scoring.lines import BadLine, Fields, parse_lines, refuse

ALERTS = ("new", "stage", "update", "none")
"""What ``alert`` may say; the first two tell people."""


@dataclass(frozen=True, slots=True)
class DecidedChange:
    """One change as the bot reported it."""

    actor: str
    action: str
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    stage: str | None = None
    primary: bool = True

    @property
    def soft(self) -> bool:
        """A call, a review or `other`."""
        return self.action in SOFT_ACTIONS


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bot decided on one article."""

    id: str
    relevant: bool
    score: float
    changes: tuple[DecidedChange, ...] = ()
    duplicate_of: str | None = None
    story: str | None = None
    stories: tuple[str, ...] = ()
    alert: str | None = None
    """None where the line has no stories part (``analyse``)."""

    @property
    def primaries(self) -> tuple[DecidedChange, ...]:
        """Primary changes, strongest first."""
        return tuple(change for change in self.changes if change.primary)

    @property
    def lead(self) -> DecidedChange | None:
        """The strongest primary change."""
        return next(iter(self.primaries), None)

    @property
    def only_soft(self) -> bool:
        """Every primary change is soft: it belongs in a digest, and is neither right nor wrong as an alert."""
        return bool(self.primaries) and all(change.soft for change in self.primaries)

    @property
    def tells(self) -> bool:
        """People are told: a first message or a stage."""
        return self.alert in {"new", "stage"}


def read_decisions(lines: Iterable[str], file: str = "decisions") -> list[Decision]:
    """Read the output of ``replay`` or ``analyse --jsonl``.

    Raises:
        UsageError: all bad lines and repeated ids at once, as ``file:line: what is wrong``.
    """
    decisions: list[Decision] = []
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for number, fields in parse_lines(lines, file):
        try:
            decision = _decision(fields)
        except BadLine as error:
            problems.append(Problem(file, number, str(error)))
            continue
        if decision.id in first_line:
            problems.append(Problem(file, number, f"id {decision.id!r} is already on line {first_line[decision.id]}"))
            continue
        first_line[decision.id] = number
        decisions.append(decision)
    refuse(problems)
    return decisions


def _decision(fields: Fields) -> Decision:
    alert = fields.optional_text("alert")
    if alert is not None and alert not in ALERTS:
        raise BadLine(f"{alert!r} is no alert; one of: {', '.join(ALERTS)}")
    story = fields.optional_text("story")
    return Decision(
        id=fields.text("id"),
        relevant=fields.flag("relevant"),
        score=fields.share("score"),
        changes=tuple(_change(one) for one in fields.objects("changes")),
        duplicate_of=fields.optional_text("duplicate_of"),
        story=story,
        stories=fields.texts("stories") or ((story,) if story else ()),
        alert=alert,
    )


def _change(fields: Fields) -> DecidedChange:
    action = fields.text("action")
    if action not in frozenset(Action):
        raise BadLine(f"{action!r} is no action; one of: {', '.join(sorted(Action))}")
    return DecidedChange(
        actor=fields.optional_text("actor") or "",
        action=action,
        targets=fields.texts("targets"),
        jurisdictions=fields.texts("jurisdictions"),
        stage=fields.optional_text("stage"),
        primary=fields.flag("primary", True),
    )
