"""What an article says: policy changes with their evidence and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal


class Action(StrEnum):
    """What an actor does about the technology (INTERFACE.md)."""

    HALT = "halt"
    PAUSE = "pause"
    RESTRICT = "restrict"
    BAN = "ban"
    RESUME = "resume"
    PERMIT = "permit"
    ADOPT = "adopt"
    PROPOSE = "propose"
    ENACT = "enact"
    REPEAL = "repeal"
    SUE = "sue"
    SETTLE = "settle"
    RULE = "rule"
    FINE = "fine"
    ORDER = "order"
    INVESTIGATE = "investigate"
    COMMIT = "commit"
    CALL_FOR = "call_for"
    REVIEW = "review"
    DELETE = "delete"
    OTHER = "other"


SOFT_ACTIONS = frozenset({Action.CALL_FOR, Action.REVIEW, Action.OTHER})
"""Recorded, and by default told in digests only: readers disagree most on them."""


class Stage(StrEnum):
    """How far a change has come."""

    CONSIDERED = "considered"
    ANNOUNCED = "announced"
    PROPOSED = "proposed"
    PASSED = "passed"
    ENACTED = "enacted"
    IN_FORCE = "in force"
    CHALLENGED = "challenged"
    POSTPONED = "postponed"
    STRUCK_DOWN = "struck down"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVERSED = "reversed"


OPEN_STAGES = frozenset({Stage.CONSIDERED, Stage.PROPOSED})
"""Of what is still open: it cannot expire, and a last date is the one for comments."""
TARGETS = (
    "police", "government", "border", "military", "schools", "retail", "employers", "housing", "health", "transport",
    "venues", "social_media", "public_space", "anyone",
)  # fmt: skip
"""Whose use is meant, most specific reading first in ties."""


@dataclass(frozen=True, slots=True)
class Span:
    """Exact words of an article. ``article.title[start:end]`` or ``article.text[start:end]`` equals ``quote``."""

    part: Literal["title", "text"]
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a verdict that a person can check."""

    code: str
    """Stable and short: `topic`, `action`, `actor`, `negated`, `opinion`, `background`, `no_actor`, …"""
    detail: str
    span: Span | None = None
    entry: str | None = None
    """The vocabulary entry that matched, as `file-stem:id`."""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A decision or formal step about whether or how facial recognition may be developed, sold or used."""

    actor: str
    """Canonical name, or as written where the actors file has none."""
    action: Action
    evidence: Span
    """The exact sentence that says it."""
    actor_id: str | None = None
    product: str | None = None
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    condition: str | None = None
    duration: str | None = None
    effective: str | None = None
    """ISO 8601 date, reduced precision allowed: `2020`, `2020-07`, `2020-07-01`."""
    expires: str | None = None
    """When it ends by itself; of what is only considered or proposed: the last day for comments."""
    decided: str | None = None
    """When the actor decided, where the text says; for background changes approximate."""
    stage: Stage = Stage.ANNOUNCED
    primary: bool = True
    quote: str | None = None
    """What people should read: a direct quotation if the article has one, else the evidence sentence."""
    speaker: str | None = None
    line: str = ""
    """The composed change line: `Microsoft will not sell facial recognition to US police`."""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the bot sees in a text."""

    changes: tuple[PolicyChange, ...]
    """Strongest primary first, then other primaries, then background."""
    score: float
    """0…1: of texts scored x, about a share x is about a policy change."""
    relevant: bool
    """At least one primary change at or above the digest threshold."""
    on_topic: bool
    reasons: tuple[Reason, ...]
    open_questions: tuple[Span, ...] = ()
    """What the article says is unclear."""

    @property
    def lead(self) -> PolicyChange | None:
        """The strongest primary change."""
        return next((change for change in self.changes if change.primary), None)


def date_of(text: str | None) -> datetime | None:
    """Read an ISO date of reduced precision as the middle of the time it names; None when it is none."""
    if not text:
        return None
    parts = text.split("T")[0].split("-")
    try:
        numbers = [int(part) for part in parts[:3]]
        year = numbers[0]
        month = numbers[1] if len(numbers) > 1 else 7
        day = numbers[2] if len(numbers) > 2 else (15 if len(numbers) > 1 else 1)
        return datetime(year, month, day, 12, tzinfo=UTC)
    except ValueError:
        return None
