"""What readiness answers and listings of sources show."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.sources import Source, SourceState


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a readiness answer, of `doctor` and of `status`."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as listings show it: what the config says beside what was learned."""

    source: Source
    state: SourceState | None
    why: str = ""
    """Why it is in its state, or what went wrong with its last poll."""
    warning: str = ""
    """What a poll of the last days brought to light although it worked, and when."""
