"""Which routes take a story's transition, and what they owe for it (pure). Every silence has its reason.

A post's payload holds, each only where it applies: ``late_seconds`` (how long ago it was published), ``published``,
``unstated`` (``place``, ``target``: passed a filter because it does not say), ``routes`` (all that took it),
``broadcast`` and ``thread`` (settings of the route, for replies), ``quiet`` (it waits for the end of the quiet hours).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, Literal

from bot.alerts.filters import is_soft, refusal, unstated
from bot.alerts.quiet import quiet_until
from bot.alerts.settings import RoutingSettings
from bot.model import DeliveryKind, DigestItem, NewDelivery, Route, Stage, Story

NEW = "new"

_CLOCKS_DIFFER = timedelta(minutes=1)
_PULLED_IN = timedelta(days=7)
"""An article this much older than the last time its source was read was not in it then: something old came back."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The article that makes a story worth telling, and what is known of its source."""

    published: datetime
    """Publication, else first sight."""
    first_seen: datetime
    dated: bool = True
    """The source gave a date; else ``published`` is the first sight."""
    category: str | None = None
    """Of the source."""
    source_added_at: datetime | None = None
    alert_since: datetime | None = None
    """The source's own, as configured; None: since it was added."""
    baseline_at: datetime | None = None
    """When the source was first polled; None: this is that poll."""
    muted_until: datetime | None = None
    last_ok_at: datetime | None = None
    """When the source was last read before the poll that brought the article; None: not known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one route does with a transition, for `explain`."""

    route: str
    channel: str
    how: Literal["now", "digest", "silent"]
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transition owes. ``deliveries`` and ``digest`` go into the transaction that stores the story."""

    deliveries: tuple[NewDelivery, ...] = ()
    digest: tuple[DigestItem, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def stage_transition(stage: Stage) -> str:
    """Name a move to another stage as a transition: ``stage:passed``."""
    return f"stage:{stage.value}"


def plan(
    story: Story,
    transition: str,
    sighting: Sighting,
    routes: Sequence[Route],
    now: datetime,
    settings: RoutingSettings,
) -> Plan:
    """Decide what every policy route does with a story that appeared or moved on.

    Args:
        story: With its lead change and its stage now.
        transition: ``new``, or :func:`stage_transition`.
        sighting: The article that says it.
        routes: In force; operators' routes are left out.
        now: The time.
        settings: Thresholds, lateness, places and aliases.

    Returns:
        At most one delivery for each channel: the first route that takes the story at once gives its name.
    """
    posts: dict[str, tuple[NewDelivery, list[str]]] = {}
    items: list[DigestItem] = []
    verdicts: list[Verdict] = []
    for route in routes:
        if route.kind == "operators":
            continue
        verdict = judge(story, sighting, route, now, settings)
        if verdict.how == "now" and route.channel in posts:
            post, first = posts[route.channel]
            if "quiet" in post.payload:  # told with the route that may speak first
                posts[route.channel] = (_sooner(post, _post(story, transition, sighting, route, now, settings)), first)
            verdicts.append(
                Verdict(route.name, route.channel, "now", f"told once for the channel, with route {first[0]}")
            )
            first.append(route.name)
            continue
        verdicts.append(verdict)
        if verdict.how == "now":
            posts[route.channel] = (_post(story, transition, sighting, route, now, settings), [route.name])
        elif verdict.how == "digest":
            maybe = story.change.score < settings.alert_score
            items.append(DigestItem(route.name, route.channel, story.id, transition, now, maybe=maybe))
    deliveries = tuple(_named(post, names) for post, names in posts.values())
    return Plan(deliveries, tuple(items), tuple(verdicts))


def judge(story: Story, sighting: Sighting, route: Route, now: datetime, settings: RoutingSettings) -> Verdict:
    """Decide what one route does with a story, and say why."""
    at_once = route.schedule.kind == "now"

    def silent(reason: str) -> Verdict:
        return Verdict(route.name, route.channel, "silent", reason)

    reason = (
        _past(story, sighting, route, now)
        or refusal(route.filters, story.change, story.stage, sighting.category, settings)
        or _too_low(route, story.change.score, settings, at_once=at_once)
    )
    if reason:
        return silent(reason)
    if at_once and is_soft(route.filters, story.change):
        return silent(f"{story.change.action} is told in digests only, unless a route asks for it by name")
    missing = unstated(route.filters, story.change)
    passed = f"; it states no {' and no '.join(missing)}, so it may concern you" if missing else ""
    return Verdict(route.name, route.channel, "now" if at_once else "digest", f"all filters take it{passed}")


def follows(route: Route, story: Story, settings: RoutingSettings, *, told: bool) -> bool:
    """Tell whether a route would be told of a story at once, whenever it appeared: who is reminded of its dates.

    ``told`` says that its channel was: then the category of the source that brought it does not matter.
    """
    if route.kind != "policy" or route.schedule.kind != "now" or (route.filters.categories and not told):
        return False
    filters = replace(route.filters, categories=())
    return not (
        refusal(filters, story.change, story.stage, None, settings)
        or _too_low(route, story.change.score, settings, at_once=True)
        or is_soft(filters, story.change)
    )


def reply(parent_id: int, route: Route, what: str, payload: Mapping[str, Any], story_id: int) -> NewDelivery:
    """Owe a reply in the thread of a message, once for each ``what`` (``coverage``, ``revision:…``)."""
    return NewDelivery(
        kind=DeliveryKind.REPLY,
        channel=route.channel,
        dedupe_key=f"reply:{parent_id}:{what}",
        route=route.name,
        story_id=story_id,
        payload={**payload, "of": what.partition(":")[0]} | ({"broadcast": True} if route.broadcast else {}),
        parent_id=parent_id,
    )


def _post(
    story: Story, transition: str, sighting: Sighting, route: Route, now: datetime, settings: RoutingSettings
) -> NewDelivery:
    payload: dict[str, Any] = {"published": sighting.published.isoformat()}
    late = now - sighting.published
    if late > settings.late_after:
        payload["late_seconds"] = int(late.total_seconds())
    until = quiet_until(route.quiet, now)
    if until is not None:
        payload["quiet"] = True
    missing = unstated(route.filters, story.change)
    if missing:
        payload["unstated"] = list(missing)
    if not route.thread:
        payload["thread"] = False
    if route.broadcast:
        payload["broadcast"] = True
    return NewDelivery(
        kind=DeliveryKind.POST,
        channel=route.channel,
        dedupe_key=f"post:{story.id}:{route.channel}:{transition}",
        route=route.name,
        story_id=story.id,
        transition=transition,
        payload=payload,
        not_before=until or (now + settings.settle if "late_seconds" in payload else None),
    )


def _sooner(post: NewDelivery, other: NewDelivery) -> NewDelivery:
    """Of a channel's one message by two routes: at the time of the one that speaks first."""
    if other.not_before is not None and post.not_before is not None and other.not_before >= post.not_before:
        return post
    payload = dict(post.payload)
    if "quiet" not in other.payload:
        del payload["quiet"]
    return replace(post, not_before=other.not_before, payload=payload)


def _named(post: NewDelivery, names: list[str]) -> NewDelivery:
    return replace(post, payload={**post.payload, "routes": names})


def _past(story: Story, sighting: Sighting, route: Route, now: datetime) -> str | None:
    """Say why a story belongs to the past for a route; None: it does not.

    A source alerts on what was published since its ``alert_since``, else since it was added. A route that came after
    the source's baseline hears nothing published or seen before it was made; one that was there from the start hears
    what ``alert_since`` asks for. What was published or seen during a mute is never sent, also after it.
    """
    return next(_pasts(story, sighting, route, now), None)


def _pasts(story: Story, sighting: Sighting, route: Route, now: datetime) -> Iterator[str]:
    if story.curated:
        yield "curated history is never alerted"
    baseline = sighting.baseline_at is None
    if baseline and not sighting.dated:
        yield "undated, and already there when its source was first read"
    muted = sighting.muted_until
    if muted is not None and (muted > now or (sighting.dated and _before(sighting, muted))):
        yield "its source was muted"
    floor = sighting.alert_since or sighting.source_added_at
    if floor is not None and _before(sighting, floor):
        since = "its source's alert_since" if sighting.alert_since else "its source was added"
        yield f"published {sighting.published:%Y-%m-%d %H:%M}, before {since} ({floor:%Y-%m-%d %H:%M})"
    read = sighting.last_ok_at
    if read is not None and not baseline and sighting.dated and sighting.published < read - _PULLED_IN:
        yield f"an old post of {sighting.published:%Y-%m-%d}, not in its source when that was read on {read:%Y-%m-%d}"
    made = route.created_at
    if made is not None and sighting.first_seen < made:
        yield f"known before the route was made ({made:%Y-%m-%d %H:%M})"
    from_start = made is None or (sighting.alert_since and (baseline or (sighting.baseline_at or now) >= made))
    if made is not None and not from_start and _before(sighting, made):
        yield f"published before the route was made ({made:%Y-%m-%d %H:%M})"


def _before(sighting: Sighting, floor: datetime) -> bool:
    """Tell whether an article is older than an instant.

    After the baseline an article that was not there before is surely new, so clocks may differ by a minute, and a date
    without a time counts as its whole day.
    """
    at = sighting.published if sighting.dated else sighting.first_seen
    if sighting.baseline_at is None:
        return at < floor
    if at.time() == time(0) and at.date() == floor.date():
        return False
    return at < floor - _CLOCKS_DIFFER


def _too_low(route: Route, score: float, settings: RoutingSettings, *, at_once: bool) -> str | None:
    usual = settings.alert_score if at_once else settings.digest_score
    least = route.filters.min_score if route.filters.min_score is not None else usual
    return None if score >= least else f"score {score:.2f} is below {least:.2f}"
