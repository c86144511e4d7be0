"""What people said at run time about stories, channels and addresses, and what follows from it for alerts.

Each is a :class:`bot.store.runtime.Label`, a row that overlays the configuration and reaches every process:

===================  ===========================  =======  ==============================================================
label                subject                      channel  value
===================  ===========================  =======  ==============================================================
``taken``            ``s12``                               ``{"name"}``
``not_a_change``     ``s12``                               ``{"name", "reason"}``
``corrected``        ``s12``                               ``{"name", "text"}``
``follow``           ``s12``                               ``{"channel"}``: the direct conversation that is told
``same_as``          ``s12`` (merged)                      ``{"into", "articles", "with"}``: ids of articles of both
``not_same``         ``article:5``                         ``{"story", "new"}``
``mute_here``        ``s12``, ``actor:…``,        where    ``{"name", "story"}``
                     ``action:…``, ``place:…``
``snooze``           ``channel``                  where    ``{"since", "until", "name"}``
``missed``           ``url:<hash>``                        ``{"url", "name"}``
``suggested``        ``url:<hash>``                        ``{"url", "name"}``
===================  ===========================  =======  ==============================================================

:func:`overlay` is what they mean for the messages that a transition owes; :mod:`bot.rendering` shows the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.alerts.digests import DueDigest, latest_end
from bot.alerts.filters import place_within
from bot.alerts.routing import Plan, Verdict
from bot.model import DeliveryKind, DeliveryState, DigestItem, Filters, NewDelivery, Route, Schedule, Story, StoryView
from bot.slack.asks import Asker
from bot.store import Tx
from bot.store.runtime import Label

TAKEN = "taken"
NOT_A_CHANGE = "not_a_change"
CORRECTED = "corrected"
FOLLOW = "follow"
SAME_AS = "same_as"
NOT_SAME = "not_same"
MUTE_HERE = "mute_here"
SNOOZE = "snooze"
MISSED = "missed"
SUGGESTED = "suggested"

THE_CHANNEL = "channel"
"""Subject of what is said of a channel as a whole."""
FOLLOWERS = "follow"
"""Name that a follower's messages carry where others name their route."""
_LOST = frozenset({DeliveryState.DROPPED, DeliveryState.DEAD})


def ref_of(story_id: int) -> str:
    """Name a story as people do: `s12`."""
    return f"s{story_id}"


def subject_of(url: str) -> str:
    """Name an address; addresses are longer than a subject may be."""
    return f"url:{hashlib.sha256(url.encode()).hexdigest()[:32]}"


def name_of(label: Label) -> str:
    """Who said it, as people read it: the name at that time, else the Slack user id."""
    return str(value_of(label).get("name") or label.person)


def value_of(label: Label) -> Mapping[str, Any]:
    """A label's value, empty when another version of the code wrote something else."""
    return label.value if isinstance(label.value, Mapping) else {}


# --- stories -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """What people did to a story: of several the first who took or dismissed it, the latest correction."""

    taken: Label | None = None
    dismissed: Label | None = None
    corrected: Label | None = None


def standing(tx: Tx, story_id: int, now: datetime) -> Standing:
    """Read what people did to a story."""
    said = tx.runtime.labels(now, subject=ref_of(story_id))
    first = {one.label: one for one in reversed(said)}
    last = {one.label: one for one in said}
    return Standing(first.get(TAKEN), first.get(NOT_A_CHANGE), last.get(CORRECTED))


def dismissed(tx: Tx, story_id: int, now: datetime) -> Label | None:
    """Who said that a story is no policy change; None: nobody does."""
    return standing(tx, story_id, now).dismissed


def muted_from(tx: Tx, story: Story, channel: str, now: datetime) -> Label | None:
    """Who, on this story's message, asked that a channel hear no more of it or of its kind."""
    said = (one for one in tx.runtime.labels(now, label=MUTE_HERE) if one.channel == channel)
    return next((one for one in said if story.ref in {one.subject, value_of(one).get("story")}), None)


def merged_by(tx: Tx, gone: int, now: datetime) -> Label | None:
    """Who made a story part of another one."""
    return next(iter(tx.runtime.labels(now, subject=ref_of(gone), label=SAME_AS)), None)


def followers(tx: Tx, story: Story, now: datetime) -> tuple[Route, ...]:
    """A route to each person who follows a story: it takes every later stage, but nothing from before they followed."""
    return tuple(
        Route(
            FOLLOWERS,
            str(value_of(label).get("channel") or label.person),
            # Named, the action is told at once even where it is soft; whoever follows a story wants its weak reports too.
            filters=Filters(actions=(story.change.action.value,), min_score=0.0),
            thread=False,
            origin="subscription",
            created_at=label.at,
        )
        for label in tx.runtime.labels(now, subject=ref_of(story.id), label=FOLLOW)
    )


def say(tx: Tx, subject: str, label: str, by: Asker, now: datetime, **value: object) -> None:
    """Keep what a person said of a subject, with their name and more facts about it."""
    tx.runtime.label(Label(subject, label, by.user, now, value={"name": by.name, **value}))


def carry_over(tx: Tx, gone: int, kept: int, now: datetime) -> None:
    """After a merge: who took, follows or muted the one story does so with the other, and so do its messages.

    In a channel that was told of both, the message of the story that is gone will point to the other one; elsewhere it
    becomes that story's message and goes on being edited.
    """
    has_keeper = standing(tx, kept, now).taken is not None
    for label in tx.runtime.labels(now, subject=ref_of(gone)):
        if label.label in {FOLLOW, MUTE_HERE} or (label.label == TAKEN and not has_keeper):
            tx.runtime.unlabel(label.subject, label.label, person=label.person, channel=label.channel)
            tx.runtime.label(replace(label, subject=ref_of(kept)))
        elif label.label == NOT_A_CHANGE:
            tx.runtime.unlabel(label.subject, label.label)  # it is a report of the other one: that is the later word
    told = {
        one.channel
        for one in tx.outbox.by_story(kept)
        if one.kind is DeliveryKind.POST and one.state not in _LOST and one.folded_into is None
    }
    tx.outbox.adopt([one.id for one in tx.outbox.by_story(gone) if one.channel not in told], kept)


def edit_messages(tx: Tx, story_id: int, now: datetime, not_before: datetime | None = None) -> None:
    """Have every message of a story edited, in all channels and for all its stages."""
    for one in tx.outbox.by_story(story_id):
        if one.kind is DeliveryKind.POST:
            tx.outbox.request_edit(one.id, now, not_before)


# --- channels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snooze:
    """A channel that is told once a day instead of at once.

    While it lasts, what would be posted at once is kept as digest items of a route of its own, ``snooze:<channel>``,
    that exists nowhere else. That route's digest is due every 24 hours after the snooze began, and a last time at its
    end; the transaction that finishes the last one takes the label away. The label itself has no ``until`` (expired
    labels are pruned), so that a worker that was down at the end still finds it, and the digest's key, made of the end,
    is the same in every worker.
    """

    channel: str
    since: datetime
    until: datetime
    person: str

    @property
    def route(self) -> Route:
        """The route whose digest tells what was kept."""
        at = self.since
        schedule = Schedule("daily", hour=at.hour, minute=at.minute)
        return Route(f"{SNOOZE}:{self.channel}", self.channel, schedule=schedule, origin="subscription", created_at=at)


def snoozes(tx: Tx, now: datetime, channel: str | None = None) -> list[Snooze]:
    """Read the snoozes whose last digest is not finished; those with ``until`` in the past are over otherwise."""
    found = tx.runtime.labels(now, subject=THE_CHANNEL, label=SNOOZE, channel=channel)
    return [made for label in found if (made := _snooze(label)) is not None]


def due_snoozes(held: Iterable[Snooze], finished: Mapping[str, datetime], now: datetime) -> list[DueDigest]:
    """Find the digests that snoozed channels are owed now (pure): the day's, and after the end the last one."""
    due = []
    for one in held:
        start = max(finished.get(one.route.name, one.since), one.since)
        end = one.until if one.until <= now else latest_end(one.route.schedule, now)
        if start < end:
            due.append(DueDigest(one.route, start, end))
    return due


def end_snoozes(tx: Tx, held: Iterable[Snooze], now: datetime) -> None:
    """Take away the snoozes whose last digest is finished."""
    for one in held:
        if one.until <= now:
            tx.runtime.unlabel(THE_CHANNEL, SNOOZE, channel=one.channel)


def views_for(
    tx: Tx,
    channel: str,
    story_ids: Iterable[int],
    muted: Sequence[Label],
    members: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> dict[int, StoryView]:
    """Stories of a channel's digest as they are now, without those dismissed, or muted there, since they were taken."""
    views = {each: view for each in dict.fromkeys(story_ids) if (view := tx.stories.view(each)) is not None}
    return {
        each: view
        for each, view in views.items()
        if not mute_of(muted, channel, view.story, members) and not dismissed(tx, view.story.id, now)
    }


def _snooze(label: Label) -> Snooze | None:
    value = value_of(label)
    try:
        since, until = (datetime.fromisoformat(str(value[name])) for name in ("since", "until"))
    except (KeyError, ValueError):
        return None
    return Snooze(label.channel, since, until, name_of(label))


@dataclass(frozen=True, slots=True)
class Overlay:
    """All that people said that bears on what a story's transition owes."""

    dismissed: Label | None = None
    muted: tuple[Label, ...] = ()
    snoozed: Mapping[str, Snooze] = field(default_factory=dict)
    """By channel."""


def read_overlay(tx: Tx, story_id: int, now: datetime) -> Overlay:
    """Read what bears on a story now."""
    return Overlay(
        dismissed(tx, story_id, now),
        tuple(tx.runtime.labels(now, label=MUTE_HERE)),
        {one.channel: one for one in snoozes(tx, now) if one.until > now},
    )


def mute_words(subject: str, places: Mapping[str, str]) -> str:
    """What a mute keeps away, to say behind "nothing more": `on s12`, `on Microsoft`, `of this kind (ban)`, `from California`."""
    kind, colon, what = subject.partition(":")
    match kind if colon else "":
        case "action":
            return f"of this kind ({what.replace('_', ' ')})"
        case "place":
            return f"from {places.get(what, what)}"
        case _:
            return f"on {what or subject}"


def mute_of(
    muted: Iterable[Label], channel: str, story: Story, members: Mapping[str, tuple[str, ...]] | None = None
) -> Label | None:
    """Find what keeps a story from a channel: the story itself, its actor, its action, or the place all of it lies in."""
    for label in muted:
        kind, colon, what = label.subject.partition(":")
        if label.channel == channel and (label.subject == story.ref or (colon and _meant(kind, what, story, members))):
            return label
    return None


def _meant(kind: str, what: str, story: Story, members: Mapping[str, tuple[str, ...]] | None) -> bool:
    change = story.change
    match kind:
        case "actor":
            return what.casefold() in {change.actor.casefold(), (change.actor_id or change.actor).casefold()}
        case "action":
            return what == change.action.value
        case "place":
            places = change.jurisdictions
            return bool(places) and all(place_within(place, what, members or {}) for place in places)
        case _:
            return False


def overlay(plan: Plan, story: Story, said: Overlay, now: datetime, members: Mapping[str, tuple[str, ...]]) -> Plan:
    """Say what a plan still owes, and why not the rest (pure).

    Nothing of a dismissed story, nothing muted in its channel; in a snoozed channel what was to be told at once waits for
    the digest.
    """
    silenced = {channel: why for channel in _channels(plan) if (why := _silence(channel, story, said, members))}
    waiting = {channel: one for channel, one in said.snoozed.items() if channel not in silenced}
    kept = [item for item in plan.digest if item.channel not in silenced]
    deliveries: list[NewDelivery] = []
    for post in plan.deliveries:
        if post.channel in waiting:
            kept.append(DigestItem(waiting[post.channel].route.name, post.channel, story.id, post.transition, now))
        elif post.channel not in silenced:
            deliveries.append(post)
    verdicts = tuple(_verdict(one, silenced, waiting) for one in plan.verdicts)
    return Plan(tuple(deliveries), tuple(kept), verdicts)


def _channels(plan: Plan) -> Sequence[str]:
    return list(dict.fromkeys(verdict.channel for verdict in plan.verdicts))


def _silence(channel: str, story: Story, said: Overlay, members: Mapping[str, tuple[str, ...]]) -> str | None:
    if said.dismissed is not None:
        return f"{name_of(said.dismissed)} marked it as no policy change"
    label = mute_of(said.muted, channel, story, members)
    return None if label is None else f"{name_of(label)} muted {label.subject.replace(':', ' ', 1)} in this channel"


def _verdict(verdict: Verdict, silenced: Mapping[str, str], waiting: Mapping[str, Snooze]) -> Verdict:
    if verdict.how == "silent":
        return verdict
    if verdict.channel in silenced:
        return replace(verdict, how="silent", reason=silenced[verdict.channel])
    if verdict.how == "now" and verdict.channel in waiting:
        until = waiting[verdict.channel].until
        return replace(verdict, how="digest", reason=f"the channel is snoozed until {until:%Y-%m-%d %H:%M}")
    return verdict
