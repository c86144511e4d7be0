"""Families of actions: what one desk calls a ban, another calls a halt, a pause or a limit.

Which words desks use for one act was read from real clusters of reports; ``RELATED`` lists the pairs met there. How long
coverage of an act goes on, and so how far apart two reports may be, depends on the family.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.model import Action

A = Action


class Family(StrEnum):
    """What sort of act it is; a story is of one sort."""

    LIMIT = "limit"
    ALLOW = "allow"
    LAW = "law"
    ENFORCE = "enforce"
    LITIGATE = "litigate"
    TALK = "talk"


FAMILY: Final = {
    A.HALT: Family.LIMIT, A.PAUSE: Family.LIMIT, A.RESTRICT: Family.LIMIT, A.BAN: Family.LIMIT, A.DELETE: Family.ENFORCE,
    A.COMMIT: Family.LIMIT, A.RESUME: Family.ALLOW, A.PERMIT: Family.ALLOW, A.ADOPT: Family.ALLOW, A.REPEAL: Family.ALLOW,
    A.PROPOSE: Family.LAW, A.ENACT: Family.LAW, A.ORDER: Family.ENFORCE, A.FINE: Family.ENFORCE,
    A.INVESTIGATE: Family.ENFORCE, A.RULE: Family.LITIGATE, A.SUE: Family.LITIGATE, A.SETTLE: Family.LITIGATE,
    A.CALL_FOR: Family.TALK, A.REVIEW: Family.TALK, A.OTHER: Family.TALK,
}  # fmt: skip

_RELATED: Final = frozenset(
    frozenset(pair)
    for pair in (
        (A.HALT, A.REPEAL), (A.RESTRICT, A.ENACT), (A.BAN, A.ENACT),
        (A.BAN, A.ORDER), (A.PAUSE, A.ORDER), (A.HALT, A.ORDER), (A.RESTRICT, A.ORDER), (A.DELETE, A.ORDER),
        (A.PERMIT, A.ENACT), (A.PERMIT, A.RESTRICT), (A.REPEAL, A.ENACT),
        (A.PROPOSE, A.BAN), (A.PROPOSE, A.PAUSE), (A.PROPOSE, A.RESTRICT), (A.PROPOSE, A.REVIEW), (A.PROPOSE, A.CALL_FOR),
        (A.PROPOSE, A.PERMIT), (A.PROPOSE, A.ADOPT), (A.PROPOSE, A.REPEAL),
        (A.CALL_FOR, A.INVESTIGATE), (A.REVIEW, A.INVESTIGATE), (A.CALL_FOR, A.BAN), (A.CALL_FOR, A.PAUSE), (A.CALL_FOR, A.RESTRICT),
        (A.CALL_FOR, A.COMMIT), (A.REVIEW, A.RESTRICT), (A.REVIEW, A.PAUSE), (A.REVIEW, A.HALT),
        (A.DELETE, A.RULE), (A.HALT, A.RULE), (A.PAUSE, A.RULE), (A.CALL_FOR, A.RULE), (A.CALL_FOR, A.ORDER),
        (A.ORDER, A.RULE), (A.FINE, A.RULE), (A.INVESTIGATE, A.RULE), (A.INVESTIGATE, A.PERMIT), (A.INVESTIGATE, A.ORDER), (A.HALT, A.DELETE), (A.COMMIT, A.DELETE), (A.FINE, A.SETTLE), (A.ORDER, A.SETTLE), (A.RESTRICT, A.SETTLE), (A.HALT, A.SETTLE), (A.BAN, A.SETTLE),
        (A.BAN, A.RULE), (A.RULE, A.PERMIT), (A.RULE, A.REPEAL), (A.RULE, A.RESTRICT), (A.SUE, A.INVESTIGATE),
        (A.SUE, A.SETTLE), (A.COMMIT, A.SETTLE), (A.ADOPT, A.ENACT),
    )
)  # fmt: skip

_OPPOSED: Final = frozenset(
    frozenset(pair)
    for pair in (
        (A.HALT, A.RESUME), (A.HALT, A.ADOPT), (A.PAUSE, A.RESUME), (A.PAUSE, A.ADOPT), (A.BAN, A.PERMIT), (A.BAN, A.REPEAL),
        (A.BAN, A.ADOPT), (A.BAN, A.RESUME), (A.RESTRICT, A.REPEAL), (A.COMMIT, A.ADOPT), (A.HALT, A.PERMIT), (A.PAUSE, A.PERMIT), (A.SUE, A.RULE),
    )
)  # fmt: skip


class Fit(StrEnum):
    """How two actions fit together."""

    SAME = "same"
    FAMILY = "family"
    RELATED = "related"
    VAGUE = "vague"
    UNRELATED = "unrelated"
    UNDOES = "undoes"
    OPPOSED = "opposed"


def undoes(later: Action, earlier: Action) -> bool:
    """True when an act by its nature ends an earlier one: its last stage, no story of its own."""
    return later in (A.RESUME, A.REPEAL) and FAMILY[earlier] in (Family.LIMIT, Family.LAW)


def fit(one: Action, other: Action) -> Fit:
    """Say whether two readings can be of one act."""
    if one is other:
        return Fit.SAME
    if A.OTHER in (one, other):
        return Fit.VAGUE
    pair = frozenset((one, other))
    if pair in _OPPOSED:
        return Fit.OPPOSED
    if FAMILY[one] is FAMILY[other]:
        return Fit.FAMILY
    return Fit.RELATED if pair in _RELATED else Fit.UNRELATED


_WINDOWS: Final = {
    Family.LIMIT: timedelta(days=45),
    Family.ALLOW: timedelta(days=45),
    Family.LAW: timedelta(days=75),
    Family.ENFORCE: timedelta(days=45),
    Family.LITIGATE: timedelta(days=60),
    Family.TALK: timedelta(days=14),
}
LAW_WINDOW: Final = timedelta(days=120)
"""A council passes one ban once: its coverage, law firms' notes included, trails for months."""
THREAD_WINDOW: Final = timedelta(days=400)
"""How far apart two stages of one measure may be."""
LINK_BACK: Final = timedelta(days=3 * 366)
"""How far back a new story is linked to the one it follows, and a reversal to what it undoes."""
BURST: Final = timedelta(days=6)
"""Most coverage of an act comes within it."""


IMPOSED: Final = frozenset({A.BAN, A.ORDER, A.FINE, A.INVESTIGATE, A.RULE, A.SUE, A.SETTLE, A.DELETE})
"""What one party does to another: a report may name either."""


def window(action: Action, *, by_law: bool) -> timedelta:
    """How long after an act's last report another report may still be of it."""
    if by_law and FAMILY[action] in (Family.LIMIT, Family.LAW, Family.ALLOW):
        return LAW_WINDOW
    return _WINDOWS[FAMILY[action]]


LIFTING: Final = frozenset({A.RESUME, A.REPEAL})
"""Acts that end a limit."""
LAWMAKING: Final = frozenset({A.PROPOSE, A.ENACT, A.BAN, A.RESTRICT, A.PAUSE, A.PERMIT, A.REPEAL, A.HALT})
"""Actions that can be steps of one measure when the actor is a lawmaking body."""

CASES: Final = frozenset({Family.ENFORCE, Family.LITIGATE})
"""Acts with two parties: one desk names the regulator or court, another whom it decided about."""
