"""How two sets of jurisdictions relate: `US-CA/San Francisco` lies in `US-CA` lies in `US`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Places(StrEnum):
    """How two sets of places relate."""

    SAME = "same"
    WITHIN = "within"
    UNKNOWN = "unknown"
    APART = "apart"


def relate(one: Sequence[str], other: Sequence[str]) -> Places:
    """Relate two sets of jurisdiction codes; an empty one says nothing."""
    if not one or not other:
        return Places.UNKNOWN
    if set(one) & set(other):
        return Places.SAME
    if any(within(a, b) or within(b, a) for a in one for b in other):
        return Places.WITHIN
    return Places.APART


def within(inner: str, outer: str) -> bool:
    """True when a code lies in another by its spelling alone."""
    return inner != outer and inner.startswith((f"{outer}-", f"{outer}/"))


def level(code: str) -> int:
    """0 for a country or the EU, 1 for a state, 2 for a place below."""
    if "/" in code:
        return 2
    return 1 if "-" in code else 0


def narrowest(codes: Sequence[str]) -> str | None:
    """The most local code: where the decision was taken, if it was taken anywhere in particular."""
    return max(codes, key=level) if codes else None
