"""Floods become one message (pure): a backlog, what is over a route's ``max_per_hour``, many sources in trouble at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.alerts.notices import ROUTE, TROUBLE
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, DeliveryState, Health, NewDelivery

BACKLOG = "backlog"
OVER_LIMIT = "over_limit"

_UNTOLD = frozenset({DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.BLOCKED})
_ENDED = frozenset({DeliveryState.DEAD, DeliveryState.DROPPED})


@dataclass(frozen=True, slots=True)
class Fold:
    """Deliveries to be told in one: a new one, or one (by id) that grows."""

    members: Mapping[int, Mapping[str, Any]]
    into: NewDelivery | int


@dataclass(frozen=True, slots=True)
class FoldPlan:
    """What to do for one channel before anything is sent to it."""

    folds: tuple[Fold, ...] = ()
    cancel: tuple[int, ...] = ()
    """Notices of trouble that passed before anybody was told, with the notice that it passed."""
    reason: str = field(default="passed before anybody was told", init=False)


def plan(
    channel: str, waiting: Sequence[Delivery], sent: Sequence[Delivery], now: datetime, settings: DeliverySettings
) -> FoldPlan:
    """Decide what one channel is told together.

    Args:
        channel: Which.
        waiting: Its open posts, notices and catch-ups, oldest first.
        sent: What it was sent in the last window.
        now: The time.
        settings: Limits and window.

    A backlog: with more than ``most_late`` late alerts, counting those sent in this window, the rest of them becomes
    one catch-up message. Over the limit: alerts beyond a route's ``max_per_hour`` go into one message that grows.
    """
    untold = [one for one in waiting if one.state in _UNTOLD and not one.doubtful]
    growing = _growing([*sent, *waiting], now, settings)
    posts = [one for one in untold if one.kind is DeliveryKind.POST]
    late = _backlog(posts, sent, now, settings, grows=BACKLOG in growing)
    folded = {one.id for one in late}
    over = _over_limit([one for one in posts if one.id not in folded], sent, now, settings)
    folds = [
        Fold({one.id: _member(one) for one in some}, growing.get(why) or _catch_up(channel, why, some[0], settings))
        for why, some in ((BACKLOG, late), (OVER_LIMIT, over))
        if some
    ]
    news = [one for one in untold if one.kind is DeliveryKind.NOTICE and "source" in one.payload]
    cancelled = _cancelled(news)
    news = [one for one in news if one.id not in cancelled]
    folds += _notice_folds(channel, news, sent, growing, now, settings)
    return FoldPlan(tuple(folds), tuple(sorted(cancelled)))


def is_late(delivery: Delivery, now: datetime, settings: DeliverySettings) -> bool:
    """Tell whether an alert was late when it was made, was kept over quiet hours, or has waited too long since."""
    kept = "late_seconds" in delivery.payload or "quiet" in delivery.payload
    return kept or delivery.created_at <= now - settings.late_after


def _backlog(
    posts: Sequence[Delivery], sent: Sequence[Delivery], now: datetime, settings: DeliverySettings, *, grows: bool
) -> list[Delivery]:
    late = [one for one in posts if is_late(one, now, settings)]
    if not any(_due(one, now) for one in late):
        return []  # they still wait for their fellows
    told = sum(one.kind is DeliveryKind.POST and is_late(one, one.sent_at or now, settings) for one in sent)
    return late if grows or told + len(late) > settings.most_late else []


def _over_limit(
    posts: Sequence[Delivery], sent: Sequence[Delivery], now: datetime, settings: DeliverySettings
) -> list[Delivery]:
    used = Counter(one.route for one in sent if one.kind is DeliveryKind.POST)
    over: list[Delivery] = []
    for one in posts:
        if not _due(one, now):
            continue
        used[one.route] += 1
        if used[one.route] > settings.max_per_hour.get(one.route, settings.default_max_per_hour):
            over.append(one)
    return over


def _growing(known: Iterable[Delivery], now: datetime, settings: DeliverySettings) -> dict[str, int]:
    """Find, for each reason, the latest message that still grows."""
    return {
        one.transition: one.id
        for one in sorted(known, key=lambda one: one.id)
        if one.kind in {DeliveryKind.CATCH_UP, DeliveryKind.NOTICE}
        and "members" in one.payload
        and one.state not in _ENDED
        and one.created_at > now - settings.window
    }


def _catch_up(channel: str, why: str, first: Delivery, settings: DeliverySettings) -> NewDelivery:
    payload = {"per_hour": settings.max_per_hour.get(first.route, settings.default_max_per_hour)}
    return NewDelivery(
        kind=DeliveryKind.CATCH_UP,
        channel=channel,
        dedupe_key=f"catch_up:{channel}:{first.id}",
        route=first.route,
        transition=why,
        payload={"over_limit": True, **payload} if why == OVER_LIMIT else {},
    )


def _member(post: Delivery) -> dict[str, Any]:
    late = {"late_seconds": post.payload["late_seconds"]} if "late_seconds" in post.payload else {}
    return {"delivery": post.id, "story": post.story_id, "transition": post.transition} | late


def _cancelled(news: Sequence[Delivery]) -> set[int]:
    """Pair trouble and recovery of a source that nobody has been told of yet."""
    open_trouble: dict[str, list[int]] = {}
    cancelled: set[int] = set()
    for one in news:
        source, health = one.payload["source"], one.payload.get("health")
        if health in TROUBLE:
            open_trouble.setdefault(source, []).append(one.id)
        elif source in open_trouble:
            cancelled |= {one.id, *open_trouble.pop(source)}
    return cancelled


def _notice_folds(
    channel: str,
    news: Sequence[Delivery],
    sent: Sequence[Delivery],
    growing: Mapping[str, int],
    now: datetime,
    settings: DeliverySettings,
) -> list[Fold]:
    folds: list[Fold] = []
    for health, kinds in (("trouble", TROUBLE), (Health.OK.value, frozenset({Health.OK.value}))):
        some = [one for one in news if one.payload.get("health") in kinds]
        told = sum(one.kind is DeliveryKind.NOTICE and one.payload.get("health") in kinds for one in sent)
        why = f"sources:{health}"
        enough = len(some) > settings.most_notices or (why in growing and told + len(some) > 0)
        if not some or not enough or not any(_due(one, now) for one in some):
            continue
        first = some[0]
        members = {
            one.id: {name: one.payload.get(name) for name in ("source", "name", "health", "since", "answered")}
            for one in some
        }
        payload = {"health": health, "of": max(int(one.payload.get("of") or 0) for one in some)}
        new = NewDelivery(
            kind=DeliveryKind.NOTICE,
            channel=channel,
            dedupe_key=f"notice:{why}:{first.id}:{channel}",
            route=ROUTE,
            transition=why,
            payload=payload,
        )
        folds.append(Fold(members, growing.get(why, new)))
    return folds


def _due(delivery: Delivery, now: datetime) -> bool:
    return delivery.not_before is None or delivery.not_before <= now
