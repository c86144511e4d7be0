"""Which stories go to which channel, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a route sends: at once, or as a digest at a local time."""

    kind: Literal["now", "daily", "weekly"] = "now"
    hour: int = 9
    minute: int = 0
    weekday: int = 0
    """Monday is 0; for weekly."""
    zone: str = "UTC"
    """IANA time zone."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A part of each day at a local time; over midnight where the end is earlier than the start."""

    start: time
    end: time
    zone: str = "UTC"
    """IANA time zone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stories a route takes; an empty field takes all."""

    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    min_score: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Which stories go to which channel, and when."""

    name: str
    channel: str
    """Slack conversation id, `C0123456789`."""
    kind: Literal["policy", "operators"] = "policy"
    schedule: Schedule = Schedule()
    filters: Filters = Filters()
    max_per_hour: int = 12
    thread: bool = True
    broadcast: bool = False
    quiet: Quiet | None = None
    """When nothing is posted at once: it comes at the end of that time."""
    group: Literal["news", "place", "actor"] = "news"
    """What the lines of a digest stand under: what is new and what moved, or places, or actors."""
    when_empty: Literal["nothing", "line"] = "nothing"
    """What a digest without news is."""
    origin: Literal["file", "subscription"] = "file"
    created_at: datetime | None = None
    """First time it was in force: nothing earlier is ever sent to it."""
    where: str = ""
