"""The state of a source, and when operators hear of it (pure): once on entering a bad state, once on recovery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.model import Failure, FailureKind, Health, Source, SourceKind, SourceState

FAILING_AT = 3.0
"""Weighted failures in a row from which a source is failing."""
_FAILING_AFTER = timedelta(hours=24)
"""Or this long without success, with several failures."""
_GONE_AFTER = 2
"""A 410 must be said this often before it is believed."""
_QUIET_FACTOR = 6
_QUIET_AT_LEAST = timedelta(days=3)
_QUIET_AT_MOST = timedelta(days=180)
_QUIET_UNKNOWN = timedelta(days=60)
LATE_AT_LEAST = timedelta(minutes=15)
"""No source is late before it is overdue by this."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that operators are owed. Its key is ``notice:{source_id}:{health}:{since}``."""

    source_id: str
    health: Health
    """The state entered; OK for a recovery."""
    previous: Health
    since: datetime
    text: str

    @property
    def dedupe_key(self) -> str:
        """Unique per source, state and moment, so that no process tells it twice."""
        return f"notice:{self.source_id}:{self.health.value}:{self.since.isoformat(timespec='seconds')}"


class Assessment(NamedTuple):
    """The state of a source now, and the notice when it changed."""

    health: Health
    since: datetime
    notice: Notice | None = None


def assess(source: Source, state: SourceState, failure: Failure | None, now: datetime) -> Assessment:
    """Judge a source after a poll. A document has no habit: it is never silent.

    Args:
        source: for its name.
        state: with this poll counted in (failures, polls_failed, last_ok_at, last_entry_at), but with the old health.
        failure: of this poll.
        now: time of this poll.
    """
    if failure is not None:
        wanted, why = _while_failing(state, failure, now)
    elif source.kind is not SourceKind.DOCUMENT and (quiet := quiet_for(state, now)) is not None:
        wanted, why = Health.SILENT, _silent(state, quiet)
    else:
        wanted, why = Health.OK, ""
    return _moved(source, state, wanted, why, now)


def assess_schedule(source: Source, state: SourceState, now: datetime) -> Assessment:
    """Judge whether a source is polled on time; called by upkeep, not after polls. Only ok and late are told apart here."""
    if state.next_poll_at is None or state.health not in {Health.OK, Health.LATE}:
        return Assessment(state.health, state.health_since or state.added_at)
    overdue = now - state.next_poll_at
    if overdue <= max(LATE_AT_LEAST, 2 * (state.interval or source.every or LATE_AT_LEAST)):
        return Assessment(state.health, state.health_since or state.added_at)
    return _moved(source, state, Health.LATE, _late(overdue), now)


def why(source: Source, state: SourceState, now: datetime) -> str:
    """Why a source is in the state that it is in, for listings; of one that is well, what went wrong with the last poll, if anything."""
    quiet = None if source.kind is SourceKind.DOCUMENT else quiet_for(state, now)
    if state.health is Health.SILENT and quiet is not None:
        return _silent(state, quiet)
    if state.health is Health.LATE and state.next_poll_at is not None and now > state.next_poll_at:
        return _late(now - state.next_poll_at)
    return state.last_error or ""


def quiet_for(state: SourceState, now: datetime) -> timedelta | None:
    """How long a source has been unusually silent, or None while it is within its habit."""
    newest = (
        state.last_entry_at or state.baseline_at
    )  # without dates, and nothing new since: quiet since the first poll
    if newest is None:
        return None
    quiet = now - newest
    usual = _QUIET_UNKNOWN if state.habit is None else state.habit * _QUIET_FACTOR
    return quiet if quiet > min(max(usual, _QUIET_AT_LEAST), _QUIET_AT_MOST) else None


def _while_failing(state: SourceState, failure: Failure, now: datetime) -> tuple[Health, str]:
    if failure.kind is FailureKind.GONE and state.polls_failed >= _GONE_AFTER:
        return Health.GONE, "says that it is gone for good (410); remove it or give its new address"
    long_without = state.polls_failed >= 4 and now - (state.last_ok_at or state.added_at) >= _FAILING_AFTER
    if state.failures >= FAILING_AT or long_without:
        if state.health is Health.GONE:
            return Health.GONE, ""
        since = f" since {state.last_ok_at:%d %b %H:%M} UTC" if state.last_ok_at else " from the start"
        hint = f" A feed is advertised at {failure.moved_to}" if failure.moved_to else ""
        return Health.FAILING, f"has failed{since}: {failure.detail}{hint}".rstrip(".")
    return state.health, ""


def _moved(source: Source, state: SourceState, wanted: Health, why: str, now: datetime) -> Assessment:
    if wanted is state.health:
        return Assessment(wanted, state.health_since or state.added_at)
    if wanted is Health.OK:
        was = {Health.SILENT: "publishes again", Health.LATE: "is polled on time again"}.get(
            state.health, "works again"
        )
        since = f" after {_length(now - state.health_since)}" if state.health_since else ""
        text = f"{source.name} {was}{since}."
    else:
        text = f"{source.name} {why}."
    return Assessment(wanted, now, Notice(source.id, wanted, state.health, now, text))


def _silent(state: SourceState, quiet: timedelta) -> str:
    return f"has published nothing for {_length(quiet)}{_usual(state)}"


def _late(overdue: timedelta) -> str:
    return f"was due {_length(overdue)} ago and has not been polled"


def _usual(state: SourceState) -> str:
    return f"; usually something comes about every {_length(state.habit)}" if state.habit else ""


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    for size, word in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = round(minutes / size)
            return f"{count} {word}{'' if count == 1 else 's'}"
    return "a moment"
