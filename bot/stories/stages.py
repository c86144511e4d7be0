"""How far a change has come, and which step is news.

The order is considered, proposed, announced, passed, enacted, in force; from any of them a change can be postponed,
challenged, withdrawn, struck down, reversed, or expire. A step forwards or back is news and says what was before. What is
not: another report of the same stage, an older report arriving late, and desks that name one act by neighbouring stages
("passes ban", "bans") on the same days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from bot.model import Action, PolicyChange, Stage
from bot.stories.families import LAWMAKING, LIFTING, undoes

if TYPE_CHECKING:
    from datetime import datetime


class Phase(IntEnum):
    """Stages that desks mix up share a phase."""

    BEFORE = 0
    MADE = 1
    FORCE = 2
    DOUBT = 3
    OVER = 4


PHASE: Final = {
    Stage.CONSIDERED: Phase.BEFORE,
    Stage.PROPOSED: Phase.BEFORE,
    Stage.ANNOUNCED: Phase.MADE,
    Stage.PASSED: Phase.MADE,
    Stage.ENACTED: Phase.MADE,
    Stage.IN_FORCE: Phase.FORCE,
    Stage.POSTPONED: Phase.DOUBT,
    Stage.CHALLENGED: Phase.DOUBT,
    Stage.STRUCK_DOWN: Phase.OVER,
    Stage.WITHDRAWN: Phase.OVER,
    Stage.EXPIRED: Phase.OVER,
    Stage.REVERSED: Phase.OVER,
}
_STOPS: Final = frozenset({Action.HALT, Action.PAUSE, Action.RESTRICT, Action.BAN, Action.COMMIT, Action.DELETE})
_RANK: Final = {stage: rank for rank, stage in enumerate(Stage)}
_SIGNED = re.compile(
    r"\b(?:sign(?:s|ed|ing)?|signature|vetoe?[sd]?|into law|enact(?:s|ed)?|becomes? law|final (?:vote|passage|approval))\b",
    re.IGNORECASE,
)
_SIGNS: Final = re.compile(
    r"\b(?:signs|signed)\b(?! (?:up|on|off|a letter|an? (?:open )?letter|petitions?)\b)", re.IGNORECASE
)
_NOT_YET: Final = re.compile(
    r"\b(?:if|once|until|unless|before|when|would|could|must|should|awaits?|awaiting|pending|whether|yet|to be|may|not|never|(?:days?|weeks?|months?) after)\b[^.;]*$",
    re.IGNORECASE,
)
_BEFORE_SIGNING: Final = 60
_IN_FORCE_AFTER: Final = timedelta(days=4)
_ENACTED_AFTER: Final = timedelta(hours=20)
_PROPOSED_AFTER: Final = timedelta(days=4)
_REVIVED_AFTER: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Step:
    """What a report of a stage means for a story at another."""

    stage: Stage
    """The story's stage from now on."""
    news: bool
    """True when people are told again."""
    reason: str


def stage_of(change: PolicyChange) -> Stage:
    """The stage a change speaks of, where the action says more than the field."""
    if change.action is Action.PROPOSE and change.stage in (Stage.ANNOUNCED, Stage.PASSED, Stage.ENACTED):
        return Stage.PROPOSED
    if change.action is Action.ENACT and change.stage is Stage.ANNOUNCED:
        return Stage.PASSED
    if change.action in LIFTING and change.stage is Stage.ANNOUNCED:
        return Stage.REVERSED
    if change.stage is Stage.PASSED and change.action in LAWMAKING and says_signed(change.evidence.quote):
        return Stage.ENACTED
    return change.stage


def says_signed(text: str) -> bool:
    """True when a text says that somebody signed, not that somebody is still to sign."""
    return any(not _NOT_YET.search(text[: match.start()][-_BEFORE_SIGNING:]) for match in _SIGNS.finditer(text))


def step(
    story: Stage, since: datetime, change: PolicyChange, at: datetime, *, by_law: bool, act: Action | None = None
) -> Step | None:
    """Say what a report means for its story's stage; None when the stage stays.

    Args:
        story: Stage of the story so far.
        since: When that stage was first reported.
        change: What the report says.
        at: When the report was published.
        by_law: The actor makes law, so that passing, signing and taking effect are steps of their own.
        act: What the story is about; a halt that "withdraws" a plan, or a pause that "puts it off", is the act itself, not its end.
    """
    new = stage_of(change)
    if change.action in LIFTING and PHASE[new] in (Phase.MADE, Phase.FORCE):
        over = story is Stage.REVERSED or (act is not None and undoes(change.action, act))
        new = Stage.REVERSED if over else new  # a repeal that is passed: for the story of the ban it is the end
    if new is story or at < since or not _may_move(change.action, new, by_law=by_law):
        return None
    if new in (Stage.WITHDRAWN, Stage.POSTPONED) and act in _STOPS and change.action in _STOPS:
        return None
    before, after, gap = PHASE[story], PHASE[new], at - since
    told = Step(new, news=True, reason=f"{story} before, {new} now")
    if before is Phase.OVER:
        revived = new in (Stage.PASSED, Stage.ENACTED, Stage.IN_FORCE) and gap >= _REVIVED_AFTER
        return told if revived else None
    if before is Phase.DOUBT and after < Phase.DOUBT:
        decided = after is not Phase.BEFORE and gap >= _ENACTED_AFTER
        return told if decided else None
    if after is before:
        return _within_phase(story, told, gap, change, by_law=by_law)
    return _onwards(told, before, after, gap, by_law=by_law)


def _onwards(told: Step, before: Phase, after: Phase, gap: timedelta, *, by_law: bool) -> Step | None:
    """A step to a later phase, in which doubt and ending count as later."""
    if after < before:  # reports of an act retell what came before it
        return None
    if by_law and told.stage is Stage.ANNOUNCED and gap < _PROPOSED_AFTER:  # a desk's word for a proposal
        return None
    same_days = after is Phase.FORCE and before is Phase.MADE and gap < _IN_FORCE_AFTER
    return _refined(told.stage) if same_days else told


def _may_move(action: Action, stage: Stage, *, by_law: bool) -> bool:
    """A call or a review moves nothing; what fits no other action ("the vote was put off") may only hold up or end a law."""
    if action in (Action.CALL_FOR, Action.REVIEW, Action.COMMIT):
        return False
    return action is not Action.OTHER or (by_law and PHASE[stage] in (Phase.DOUBT, Phase.OVER))


def _within_phase(story: Stage, told: Step, gap: timedelta, change: PolicyChange, *, by_law: bool) -> Step | None:
    """Stages that desks mix up: a step only where time and words say so, else the story's stage is put right silently."""
    if told.stage in (Stage.POSTPONED, Stage.CHALLENGED):
        return told if told.stage is Stage.CHALLENGED else None
    if _RANK[told.stage] < _RANK[story]:
        return None
    signed = told.stage is Stage.ENACTED and story is Stage.PASSED and by_law
    if signed and gap >= _ENACTED_AFTER and _says_signed(change):
        return told
    brought_in = told.stage is Stage.PROPOSED and story is Stage.CONSIDERED
    return told if brought_in and gap >= _PROPOSED_AFTER else _refined(told.stage)


def _refined(stage: Stage) -> Step:
    return Step(stage, news=False, reason=f"the same act, said to be {stage}")


def _says_signed(change: PolicyChange) -> bool:
    return bool(_SIGNED.search(change.evidence.quote) or _SIGNED.search(change.line))
