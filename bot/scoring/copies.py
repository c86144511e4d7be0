"""Near-copies: groups of real copies and look-alikes against what ``duplicate_of`` says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.errors import Problem
from bot.scoring.decisions import Decision
from bot.scoring.lines import BadLine, Fields, parse_lines, refuse

_DUPLICATE, _TRAP = "duplicate", "not_duplicate"


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Articles that are copies of each other, or that only look like it."""

    ids: tuple[str, ...]
    copies: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CopyScore:
    """Pairs of articles."""

    listed: int
    """Pairs that are copies."""
    found: int
    listed_relevant: int
    """Of those, pairs that are both relevant: only on-topic articles enter the matching."""
    found_relevant: int
    traps: int
    """Pairs that only look like copies."""
    trapped: tuple[tuple[str, str], ...]
    """Those taken for copies."""
    unlisted: tuple[tuple[str, str], ...]
    """Pairs taken for copies that no group lists: to be looked at."""
    missed: tuple[tuple[str, str], ...]


def read_copies(lines: Iterable[str], file: str = "copies") -> list[CopyGroup]:
    """Read ``{"verdict": "duplicate" | "not_duplicate", "ids": […]}`` lines.

    Raises:
        UsageError: all bad lines at once, as ``file:line: what is wrong``.
    """
    groups: list[CopyGroup] = []
    problems: list[Problem] = []
    for number, fields in parse_lines(lines, file):
        try:
            groups.append(_group(fields))
        except BadLine as error:
            problems.append(Problem(file, number, str(error)))
    refuse(problems)
    return groups


def _group(fields: Fields) -> CopyGroup:
    verdict = fields.text("verdict")
    if verdict not in {_DUPLICATE, _TRAP}:
        raise BadLine(f"'verdict' must be {_DUPLICATE!r} or {_TRAP!r}, not {verdict!r}")
    return CopyGroup(fields.texts("ids"), verdict == _DUPLICATE, fields.optional_text("kind") or "")


def score_copies(groups: Sequence[CopyGroup], decisions: Sequence[Decision]) -> CopyScore:
    """Compare pairs. Ids without a decision, and an id listed twice, make no pair."""
    known = {decision.id: decision for decision in decisions}
    root = _roots(decisions)
    listed = _pairs((group.ids for group in groups if group.copies), known)
    traps = _pairs((group.ids for group in groups if not group.copies), known) - listed
    said = _pairs(_families(root), known)
    relevant = {pair for pair in listed if known[pair[0]].relevant and known[pair[1]].relevant}
    return CopyScore(
        listed=len(listed),
        found=len(listed & said),
        listed_relevant=len(relevant),
        found_relevant=len(relevant & said),
        traps=len(traps),
        trapped=tuple(sorted(traps & said)),
        unlisted=tuple(sorted(said - listed - traps)),
        missed=tuple(sorted(listed - said)),
    )


def _pairs(groups: Iterable[Iterable[str]], known: dict[str, Decision]) -> set[tuple[str, str]]:
    return {pair for ids in groups for pair in combinations(sorted({one for one in ids if one in known}), 2)}


def _roots(decisions: Sequence[Decision]) -> dict[str, str]:
    """The first of each family of copies, following ``duplicate_of`` to its end."""
    first = {decision.id: decision.duplicate_of for decision in decisions if decision.duplicate_of}
    roots: dict[str, str] = {}
    for decision in decisions:
        one, seen = decision.id, {decision.id}
        while (before := first.get(one)) is not None and before not in seen:
            seen.add(before)
            one = before
        roots[decision.id] = one
    return roots


def _families(roots: dict[str, str]) -> list[list[str]]:
    families: dict[str, list[str]] = {}
    for one, root in roots.items():
        families.setdefault(root, [root]).append(one)
    return list(families.values())
