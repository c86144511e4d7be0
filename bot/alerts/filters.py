"""Whether a route takes a story (pure): each filter says yes, or why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.alerts.settings import RoutingSettings
from bot.model import SOFT_ACTIONS, Filters, PolicyChange, Stage

ANYONE = "anyone"


def refusal(
    filters: Filters, change: PolicyChange, stage: Stage, category: str | None, settings: RoutingSettings
) -> str | None:
    """Say which filter refuses a change, in words for `explain`; None: all take it.

    An empty filter takes all. A change that names no place passes every place filter, one that names no target (or
    ``anyone``) every target filter: it may concern them, and :func:`unstated` marks it.
    """
    return next(_refusals(filters, change, stage, category, settings), None)


def _refusals(
    filters: Filters, change: PolicyChange, stage: Stage, category: str | None, settings: RoutingSettings
) -> Iterator[str]:
    if filters.actors and not _actor_taken(filters.actors, change, settings.aliases):
        yield f"actor {change.actor} is not among {_listed(filters.actors)}"
    if filters.actions and change.action.value not in filters.actions:
        yield f"action {change.action} is not among {_listed(filters.actions)}"
    if filters.stages and stage.value not in filters.stages:
        yield f"stage {stage} is not among {_listed(filters.stages)}"
    if filters.categories and category not in filters.categories:
        yield f"source category {category or 'none'} is not among {_listed(filters.categories)}"
    if filters.targets and change.targets and not _target_taken(filters.targets, change.targets):
        yield f"targets {_listed(change.targets)} are not among {_listed(filters.targets)}"
    if filters.jurisdictions and change.jurisdictions and not _place_taken(filters.jurisdictions, change, settings):
        yield f"place {_listed(change.jurisdictions)} is not in {_listed(filters.jurisdictions)}"


def unstated(filters: Filters, change: PolicyChange) -> tuple[str, ...]:
    """Name the filters that a change passes only because it does not say: ``place``, ``target``."""
    place = ("place",) if filters.jurisdictions and not change.jurisdictions else ()
    target = ("target",) if filters.targets and not change.targets else ()
    return place + target


def is_soft(filters: Filters, change: PolicyChange) -> bool:
    """Tell whether a change is told in digests only: a call, a review or the like that the route does not ask for by name."""
    return change.action in SOFT_ACTIONS and change.action.value not in filters.actions


def place_within(place: str, wanted: str, members: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether a place is, or lies in, a wanted one.

    ``US`` takes ``US-CA`` and ``US-CA/San Francisco`` in; ``EU`` its members (``DE``, ``DE-BE``) by ``members``.
    """
    candidates = (wanted, *members.get(wanted, ()))
    return any(place == one or place.startswith((f"{one}-", f"{one}/")) for one in candidates)


def _actor_taken(wanted: tuple[str, ...], change: PolicyChange, aliases: Mapping[str, str]) -> bool:
    own = {change.actor.casefold(), (change.actor_id or change.actor).casefold()}
    own |= {aliases[name].casefold() for name in list(own) if name in aliases}
    return any(name.casefold() in own or aliases.get(name.casefold(), name).casefold() in own for name in wanted)


def _target_taken(wanted: tuple[str, ...], targets: tuple[str, ...]) -> bool:
    return ANYONE in targets or ANYONE in wanted or any(target in wanted for target in targets)


def _place_taken(wanted: tuple[str, ...], change: PolicyChange, settings: RoutingSettings) -> bool:
    codes = [settings.aliases.get(one.casefold(), one) for one in wanted]
    return any(place_within(place, code, settings.members) for place in change.jurisdictions for code in codes)


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)
