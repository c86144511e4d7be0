"""Slack calls that are owed, how they ended, and what is written after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class DeliveryKind(StrEnum):
    """One Slack call owed."""

    POST = "post"
    """A story's message for one transition."""
    EDIT = "edit"
    """Refresh that message; one row for each message, coalesced."""
    REPLY = "reply"
    """In the thread of a story's message."""
    CATCH_UP = "catch_up"
    """Many stories in one message after a backlog, or over `max_per_hour`."""
    DIGEST = "digest"
    NOTICE = "notice"
    """To operators: source health, refused config, dead deliveries."""
    WELCOME = "welcome"
    """Once for each channel after the baseline: what is watched."""


class DeliveryState(StrEnum):
    """pending -> sending -> sent | waiting | unknown | blocked | dead (docs/architecture.md)."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be put into the outbox. ``dedupe_key`` is unique: enqueuing it twice stores one row."""

    kind: DeliveryKind
    channel: str
    dedupe_key: str
    route: str
    story_id: int | None = None
    transition: str = ""
    """`new`, `stage:passed`, …"""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """JSON; what rendering needs beyond the story (late alerts, catch-up members, notice text)."""
    not_before: datetime | None = None
    parent_id: int | None = None
    """The delivery whose message is edited or replied to."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox, claimed or listed."""

    id: int
    kind: DeliveryKind
    channel: str
    route: str
    dedupe_key: str
    state: DeliveryState
    created_at: datetime
    story_id: int | None = None
    transition: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    not_before: datetime | None = None
    send_key: str | None = None
    """Written with the claim, carried in the message's metadata, looked up before a repeated post."""
    started_at: datetime | None = None
    ts: str | None = None
    """Slack's message id once known."""
    parent_id: int | None = None
    parent_ts: str | None = None
    plain: bool = False
    """Blocks were refused once: send as plain text."""
    error: str | None = None
    sent_at: datetime | None = None
    first_started_at: datetime | None = None
    """Start of the first call: a look-up for a lost message begins there."""
    doubtful: bool = False
    """A call of it once ended unknown: after it is sent, a sweep looks for a double."""
    parent_kind: DeliveryKind | None = None
    """Of an edit: what kind of message is edited (the edit carries its story, transition, payload and send key)."""
    folded_into: int | None = None
    """The catch-up delivery that tells it instead."""


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered Slack message. ``text`` is always there: notifications and screen readers use it."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """How one Slack call ended (docs/delivery.md)."""

    SENT = "sent"
    WAIT = "wait"
    UNKNOWN = "unknown"
    BAD_MESSAGE = "bad_message"
    CHANNEL_BLOCKED = "channel_blocked"
    STOPPED = "stopped"
    NOT_EDITABLE = "not_editable"


@dataclass(frozen=True, slots=True)
class SendResult:
    """Result of one Slack call, as a value."""

    outcome: Outcome
    ts: str | None = None
    error: str | None = None
    retry_after: timedelta | None = None


class Found(StrEnum):
    """Result of looking a lost post up."""

    YES = "yes"
    NO = "no"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LookUp:
    """What paging through a channel's history for a delivery key gave."""

    found: Found
    ts: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to write after one Slack call or one look-up: alerts decides it, the store writes it in one transaction."""

    state: DeliveryState
    not_before: datetime | None = None
    """When an unfinished delivery is due again; None: at once."""
    ts: str | None = None
    error: str | None = None
    plain: bool = False
    channel_next_at: datetime | None = None
    """Nothing else is sent to the channel before; None: the channel's pace is not changed."""
    block: str | None = None
    """The channel refuses us, and why."""
    stop: str | None = None
    """Slack refuses everything, and why."""
    probe_at: datetime | None = None
    """When a blocked channel, or a stopped Slack, is tried again with one delivery."""
    uneditable: bool = False
    """The message that was to be edited is never edited again."""
    sweep_at: datetime | None = None
    """When to look for doubles of this message."""
    notices: tuple[NewDelivery, ...] = ()
    """To operators. Those on a block or a stop are enqueued only when it begins."""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A story's transition that a digest route has taken, kept until its digest is composed."""

    route: str
    channel: str
    story_id: int
    transition: str
    at: datetime
    maybe: bool = False
    """Below the alert threshold: told as less certain."""
    id: int | None = None
