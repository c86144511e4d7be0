"""The ledger: what an actor's policy is now, derived from its changes over time.

A stance is the latest change of an actor on one matter: the same users (targets) at the same place. A later change on that
matter replaces it; one on another matter stands beside it. A stance with a date of expiry ends by itself, and one whose
last step undid it (reversed, struck down, withdrawn, expired) is history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.model import Action, PolicyChange, Stage, Story, date_of
from bot.stories.actors import actor_key
from bot.stories.families import LIFTING
from bot.stories.places import narrowest
from bot.stories.stages import PHASE, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

NO_STANCE: Final = frozenset(
    {Action.SUE, Action.RULE, Action.FINE, Action.INVESTIGATE, Action.SETTLE, Action.REVIEW, Action.OTHER}
)
"""Acts about others, or steps that say nothing of one's own policy."""
_STANDS: Final = {
    Action.HALT: "against", Action.PAUSE: "against", Action.BAN: "against", Action.RESTRICT: "limits", Action.COMMIT: "limits",
    Action.DELETE: "limits", Action.ENACT: "limits", Action.ORDER: "limits", Action.PROPOSE: "proposes", Action.CALL_FOR: "asks",
    Action.RESUME: "for", Action.PERMIT: "for", Action.ADOPT: "for", Action.REPEAL: "for",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stance:
    """What an actor's policy on one matter is, and how it came to be."""

    actor: str
    position: str
    """`against`, `limits`, `proposes`, `asks` or `for`."""
    line: str
    """The change that set it, in one line."""
    since: datetime
    condition: str | None
    until: datetime | None
    """When it ends by itself; None: open."""
    current: bool
    """False once it was undone or has expired."""
    stage: Stage
    targets: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    stories: tuple[int, ...]
    """The stories behind it, latest first: its evidence and history."""


def stances(stories: Iterable[Story], now: datetime) -> tuple[Stance, ...]:
    """Derive the ledger from stories, curated and observed; current stances first, the latest first.

    Args:
        stories: Of one actor or of many, in any order; merged ones are left out.
        now: The time, for what has expired.
    """
    matters: dict[tuple[str, str, frozenset[str]], list[Story]] = {}
    for story in stories:
        if story.merged_into is None and story.change.action not in NO_STANCE:
            matters.setdefault(_matter(story.change), []).append(story)
    found = [_stance(sorted(group, key=_decided, reverse=True), now) for group in _joined(matters)]
    return tuple(sorted(found, key=lambda one: (not one.current, -one.since.timestamp(), one.actor)))


def ends(change: PolicyChange, stage: Stage, now: datetime) -> datetime | None:
    """When a change's effect ends or ended by itself; None when it is open."""
    until = date_of(change.expires) if PHASE[stage] is not Phase.BEFORE else None  # a proposal closes for comments
    return now if until is None and stage is Stage.EXPIRED else until


def _matter(change: PolicyChange) -> tuple[str, str, frozenset[str]]:
    key = actor_key(change.actor, change.actor_id)
    public = bool(key.body.value)
    who = change.actor_id or key.text or change.actor
    return (who, (narrowest(change.jurisdictions) or "") if public else "", frozenset(change.targets))


def _joined(matters: dict[tuple[str, str, frozenset[str]], list[Story]]) -> list[list[Story]]:
    """Matters of one actor whose users overlap, or are not named, are one matter."""
    groups: list[tuple[tuple[str, str], frozenset[str], list[Story]]] = []
    for (who, place, targets), stories in sorted(matters.items(), key=_widest_first):
        for index, (owner, users, members) in enumerate(groups):
            if owner == (who, place) and (not targets or not users or users & targets):
                groups[index] = (owner, users | targets, members + stories)
                break
        else:
            groups.append(((who, place), targets, list(stories)))
    return [members for _, _, members in groups]


def _widest_first(item: tuple[tuple[str, str, frozenset[str]], list[Story]]) -> tuple[int, list[str], str, str]:
    who, place, targets = item[0]
    return (-len(targets), sorted(targets), who, place)


def _decided(story: Story) -> tuple[datetime, int]:
    return (date_of(story.change.decided) or story.first_at, story.id)


def _stance(history: list[Story], now: datetime) -> Stance:
    latest = history[0]
    change = latest.change
    until = ends(change, latest.stage, now)
    undone = PHASE[latest.stage] is Phase.OVER and change.action not in LIFTING
    expired = until is not None and until < now
    return Stance(
        actor=change.actor,
        position=_STANDS.get(change.action, "limits"),
        line=change.line,
        since=_decided(latest)[0],
        condition=change.condition,
        until=until,
        current=not undone and not expired and latest.stage is not Stage.EXPIRED,
        stage=latest.stage,
        targets=change.targets,
        jurisdictions=change.jurisdictions,
        stories=tuple(story.id for story in history),
    )
