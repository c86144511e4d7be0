"""What is remembered of a source after a poll (pure): the new :class:`SourceState` in one value, to store in one write.

Validators, slices and counters move together here and nowhere else, so that they can only advance in the transaction
that stores what the body held.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from bot.model import Failure, Fetched, Reading, Source, SourceState, Validators, shown_url
from bot.sources import cadence
from bot.sources.cadence import CadenceLimits, Poll
from bot.sources.health import Assessment, Notice, assess


class Target(NamedTuple):
    """What to ask for at the next poll."""

    url: str
    validators: Validators


class Learned(NamedTuple):
    """The state after a poll, what operators are owed, and what belongs into the log."""

    state: SourceState
    notice: Notice | None = None
    warnings: tuple[str, ...] = ()


def current(source: Source, state: SourceState) -> SourceState:
    """The state as it holds for this configuration: another address in it voids what was learned of the old one."""
    if state.url == source.url:
        return state
    return state._replace(
        url=source.url,
        validators=Validators(),
        known_slices=b"",
        moved_to=None,
        ttl=None,
        failures=0.0,
        polls_failed=0,
    )


def target(source: Source, state: SourceState) -> Target:
    """Where to poll: a remembered permanent redirect, but the configured address at every other try while that fails."""
    state = current(source, state)
    if state.moved_to is not None and state.polls_failed % 2 == 1:
        return Target(source.url, Validators())
    return Target(state.moved_to or source.url, state.validators)


def after_success(
    source: Source,
    state: SourceState,
    fetched: Fetched,
    reading: Reading,
    new: tuple[datetime | None, ...],
    now: datetime,
    limits: CadenceLimits = CadenceLimits(),  # noqa: B008  frozen
) -> Learned:
    """Learn from a poll that worked.

    Args:
        source: the configuration.
        state: before the poll.
        fetched: the answer.
        reading: what was read from it.
        new: publication date (or None) of each entry that was not known before.
        now: time of the poll.
        limits: bounds of polling.
    """
    state = current(source, state)
    first = state.baseline_at is None
    dates = tuple(min(at, now) for at in new if at is not None)
    ttl = _wish(state, fetched, reading)
    poll = Poll(new=len(new), total=reading.total, first=first, ttl=ttl, published=dates)
    newest = max((*dates, *((state.last_entry_at,) if state.last_entry_at else ())), default=None)
    if new and not first:  # entries without dates were published between the two polls
        newest = max(newest or now, now) if not dates else newest
    # What health and rhythm look at; most polls bring nothing, and copying a state is dear where thousands are copied.
    seen = state._replace(last_entry_at=newest, habit=cadence.learned_habit(state, dates)) if new else state
    judged, interval, at = _judged(source, seen, poll, now, limits)
    after = state._replace(
        validators=reading.validators,
        known_slices=reading.known_slices,
        moved_to=fetched.moved_to or _still_moved(state, fetched),
        baseline_at=state.baseline_at or now,
        last_polled_at=now,
        last_ok_at=now,
        last_entry_at=seen.last_entry_at,
        habit=seen.habit,
        ttl=ttl,
        failures=0.0,
        polls_failed=0,
        last_error=None,
        entries_total=state.entries_total + len(new),
        title=reading.title or state.title,
        interval=interval,
        health=judged.health,
        health_since=judged.since,
        next_poll_at=at,
    )
    return Learned(after, judged.notice, (*reading.warnings, *_warnings(source, state, after, poll)))


def after_failure(
    source: Source,
    state: SourceState,
    failure: Failure,
    now: datetime,
    limits: CadenceLimits = CadenceLimits(),  # noqa: B008  frozen
) -> Learned:
    """Learn from a poll that failed: validators and slices stay, so that nothing is skipped when it works again."""
    state = current(source, state)
    poll = Poll(failure=failure)
    after = state._replace(
        last_polled_at=now,
        failures=state.failures + cadence.weight(failure),
        polls_failed=state.polls_failed + 1,
        last_error=failure.detail,
    )
    judged, interval, at = _judged(source, after, poll, now, limits)
    after = after._replace(interval=interval, health=judged.health, health_since=judged.since, next_poll_at=at)
    return Learned(after, judged.notice)


def _wish(state: SourceState, fetched: Fetched, reading: Reading) -> timedelta | None:
    """What the publisher asks for: an answer without a body repeats nothing, so what the last one said goes on to count."""
    if not fetched.not_modified or state.ttl is None or reading.ttl is None:
        return reading.ttl or (state.ttl if fetched.not_modified else None)
    return max(state.ttl, reading.ttl)


def _judged(
    source: Source, after: SourceState, poll: Poll, now: datetime, limits: CadenceLimits
) -> tuple[Assessment, timedelta, datetime]:
    """The health of a source after a poll, its interval, and the time of its next poll."""
    judged = assess(source, after, poll.failure, now)
    interval = cadence.next_interval(source, after, poll, limits)
    return judged, interval, cadence.next_poll(source, after, poll, now, limits, interval=interval)


def _still_moved(state: SourceState, fetched: Fetched) -> str | None:
    """A remembered target stays while it answers; an answer from elsewhere (the configured address again) drops it."""
    return state.moved_to if state.moved_to == fetched.url else None


def _warnings(source: Source, before: SourceState, after: SourceState, poll: Poll) -> tuple[str, ...]:
    found = []
    if poll.may_have_missed:
        advice = ["it is polled sooner"] if after.interval != source.every else []
        if source.every is not None:
            advice.append("its `every` may be too long")
        then = ", and ".join(advice)
        found.append(f"{source.name} shares no entry with the last poll: some may have been missed; {then}.")
    if after.moved_to and after.moved_to != before.moved_to:
        found.append(
            f"{source.name} has moved for good to {shown_url(after.moved_to)}; write that into the configuration."
        )
    return tuple(found)
