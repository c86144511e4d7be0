"""What a person asks for with `/policywatch …`, as values. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from bot.model import Filters, Quiet, Schedule

Verb = Literal[
    "help", "recent", "search", "show", "stance", "timeline", "why", "sources", "status", "mute", "unmute", "muted",
    "subscribe", "unsubscribe", "digest", "snooze",
]  # fmt: skip

DEFAULT_SINCE = timedelta(days=7)
DEFAULT_COUNT = 5
MOST_COUNT = 20
EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that people may type; read from the configuration now in force."""

    places: Mapping[str, str] = field(default_factory=dict)
    """Code to name: `US-CA` to `California`."""
    actors: tuple[str, ...] = ()
    """Canonical names."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Source id to name."""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One understood command. Which fields matter depends on the verb."""

    verb: Verb
    subject: str = ""
    """Words searched, story, actor, address or source id."""
    count: int = DEFAULT_COUNT
    offset: int = 0
    since: timedelta | None = None
    filters: Filters = EVERYTHING
    lasting: timedelta | None = None
    """For how long: mute, snooze."""
    schedule: Schedule | None = None
    """When a subscription sends; None: at once."""
    group: Literal["news", "place", "actor"] = "news"
    """What the lines of a subscribed digest stand under."""
    quiet: Quiet | None = None
    """When a subscription posts nothing at once."""
    thread: bool = True
    """Whether a subscription's messages list the coverage in their threads."""
    share: bool = False
    """Show the answer to the whole channel."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A command that cannot be understood: one sentence that says what is accepted, and one example that works."""

    message: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    user: str
    """Slack user id."""
    channel: str = ""
    """Slack conversation id; empty where there is none (Home)."""
    name: str = ""
