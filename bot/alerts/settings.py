"""What operators may set about alerts and their delivery, with the values used otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """What decides whether a story is told at once, in a digest, or not."""

    alert_score: float = 0.7
    """From this score on a story is told at once; a route's ``min_score`` counts instead."""
    digest_score: float = 0.5
    """From this score on a story is in digests, as less certain below ``alert_score``."""
    late_after: timedelta = timedelta(hours=12)
    """An alert on something published longer ago says how late it is and waits for its fellows."""
    settle: timedelta = timedelta(minutes=2)
    """How long a late alert waits for its fellows."""
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Place -> the countries it takes in as a filter: ``{"EU": ("AT", "BE", …)}``."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Casefolded name or alias of an actor or place -> canonical name or code."""


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How deliveries are sent, repeated and folded."""

    operators: tuple[str, ...] = ()
    """Channels that are told what goes wrong."""
    unknown_posts: Literal["hold", "repost"] = "hold"
    """What becomes of a post of unknown fate when the channel's history may not be read."""
    call_timeout: timedelta = timedelta(seconds=15)
    """One Slack call is given up after this long; the sender's own time-out should be shorter."""
    margin: timedelta = timedelta(seconds=15)
    """How much longer Slack may take to accept a call that we gave up."""
    skew: timedelta = timedelta(minutes=5)
    """How much our clock may differ from Slack's; look-ups reach that much further."""
    pace: timedelta = timedelta(seconds=1)
    """Between two messages to one channel."""
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=10)
    longest_wait: timedelta = timedelta(hours=1)
    """Most that Slack's own ``Retry-After`` is obeyed."""
    probe_blocked: timedelta = timedelta(minutes=30)
    """A blocked channel is tried again with one delivery."""
    probe_stopped: timedelta = timedelta(minutes=1)
    """So is Slack as a whole, when it refuses the token."""
    hold_retry: timedelta = timedelta(hours=1)
    """A held post is looked up again."""
    sweep_after: timedelta = timedelta(minutes=5)
    """When a message that may be there twice is looked for."""
    sweep_until: timedelta = timedelta(hours=24)
    """After this long since it was sent the search is given up."""
    senders: int = 4
    """Channels served at once by one process."""
    late_after: timedelta = timedelta(hours=12)
    """An alert that has waited longer for being sent counts as late."""
    most_late: int = 5
    """More late alerts than this for one channel in one window become one catch-up message."""
    window: timedelta = timedelta(hours=1)
    """What ``max_per_hour`` counts, and how long one message grows before another is begun."""
    grow_every: timedelta = timedelta(seconds=30)
    """A growing message is edited at most this often."""
    max_per_hour: Mapping[str, int] = field(default_factory=dict)
    """Route -> most alerts in a window; what is over it grows one message."""
    default_max_per_hour: int = 12
    most_notices: int = 5
    """More sources than this in trouble (or well again) at once are told in one notice."""

    @property
    def lease(self) -> timedelta:
        """How long a claim lasts: a live sender has surely finished by then."""
        return 2 * (self.call_timeout + self.margin)

    @property
    def look_up_timeout(self) -> timedelta:
        """How long reading a channel's history may take, many pages together: the lease outlives it."""
        return self.lease - self.margin

    @property
    def look_after(self) -> timedelta:
        """How long after a call's start its message is looked up."""
        return self.call_timeout + self.margin
