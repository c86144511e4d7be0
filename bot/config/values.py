"""A checked configuration as frozen values. Everything in it is usable as it stands; nothing here reads files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal

from bot.errors import Problem
from bot.model import Route, Source
from bot.topic import Topic


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a change is told. Below ``digest`` it goes to the ledger only."""

    alert: float
    digest: float


@dataclass(frozen=True, slots=True)
class PollLimits:
    """Bounds of the interval that is learned for a source; a source's own ``every`` is kept as it is."""

    min_interval: timedelta = timedelta(minutes=5)
    max_interval: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of fetching, for all sources together and for each host."""

    concurrency: int = 32
    """Requests at the same time."""
    per_host: int = 2
    """Requests to one host at the same time."""
    spacing: timedelta = timedelta(seconds=1)
    """Pause between two requests to one host."""
    timeout: timedelta = timedelta(seconds=45)
    """For a whole exchange, redirects included."""
    max_bytes: int = 10_000_000
    """Of a body once decompressed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The ``settings:`` block of ``alerts.yaml``, filled up with defaults."""

    thresholds: Thresholds
    poll: PollLimits = PollLimits()
    fetch: FetchLimits = FetchLimits()
    late_after: timedelta = timedelta(hours=12)
    """An alert on something published longer ago says how late it is, and waits for others to fold with."""
    settle: timedelta = timedelta(minutes=2)
    """How long late alerts wait for each other."""
    edit_every: timedelta = timedelta(minutes=2)
    """A message is edited at most once in this time."""
    operators: tuple[str, ...] = ()
    """Slack user ids that may mute sources and channels; empty: everybody."""
    unknown_posts: Literal["hold", "repost"] = "hold"
    """What happens to a post whose fate cannot be looked up: hold it and tell operators, or risk posting it twice."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything configuration files say, checked as a whole."""

    sources: tuple[Source, ...]
    """In the order of the files, those switched off included (``enabled`` is False)."""
    routes: tuple[Route, ...]
    settings: Settings
    topic: Topic
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Name below the folder -> text as read (`${NAME}` not replaced), to keep as the last good configuration."""
    fingerprint: str = ""
    """Changes when anything in force changes, a variable's value included."""
    folder: Path | None = None
    """Where it was read from; None for a stored one."""
    warnings: tuple[Problem, ...] = ()
    """What works, and is probably not meant so."""
