"""When a source is polled next (pure).

A wish in the configuration (``every``) is kept to, but for the one poll after items may have been missed. Without one the
interval follows the source's own habit: an eighth of its usual gap between entries, shorter while polls bring mostly new
entries, slowly longer while they bring none, and not shorter than the publisher asks within reason. Failures lengthen it
linearly by their weight, so that a source is never given up by itself and never hammered. Spreading comes from a hash of
the source's id: the same everywhere and each time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from statistics import median
from typing import NamedTuple

from bot.model import Failure, FailureKind, Source, SourceKind, SourceState

_SOFT_STATUS = frozenset({404, 408, 421, 425, 429})
_SOFT_KINDS = frozenset(
    {FailureKind.RATE_LIMITED, FailureKind.TIMEOUT, FailureKind.CONNECT, FailureKind.INTERNAL, FailureKind.ROBOTS}
)
_WISH_LIMIT = timedelta(hours=1)
"""A publisher's ``ttl`` is honoured up to this; many say a day and publish hourly."""
_SAME_MOMENT = timedelta(minutes=10)
"""Entries published closer together than this are one batch and say nothing about the habit."""
_MANY_TIMES = 5
_STEADY = timedelta(hours=1)
"""So many entries over so long without a longer gap are the habit of a wire service."""
_LONGEST_HABIT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class CadenceLimits:
    """Bounds of adaptive polling."""

    shortest: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=6)
    start: timedelta = timedelta(minutes=30)
    """Interval of a source whose habit is not known."""
    longest_backoff: timedelta = timedelta(hours=24)
    jitter: float = 0.1
    """An interval is shortened by up to this share, never lengthened."""


class Poll(NamedTuple):
    """What one poll gave, as far as the next one depends on it."""

    failure: Failure | None = None
    new: int = 0
    """Entries not known before."""
    total: int = 0
    """Entries in the document."""
    first: bool = False
    """The baseline: everything is new and means nothing."""
    ttl: timedelta | None = None
    published: tuple[datetime, ...] = ()
    """Dates of the new entries (of all, on the first poll)."""

    @property
    def may_have_missed(self) -> bool:
        """The document shares no entry with the last one: some may have come and gone between the two."""
        return self.failure is None and not self.first and self.total > 1 and self.new >= self.total


def weight(failure: Failure) -> float:
    """How much one failure counts: 1 when it will not mend by itself, 0.5 when it may, 0.25 for name resolution."""
    if failure.kind is FailureKind.DNS:
        return 0.25
    status = failure.status or 0
    return 0.5 if failure.kind in _SOFT_KINDS or status in _SOFT_STATUS or status >= 500 else 1.0


def next_interval(source: Source, state: SourceState, poll: Poll, limits: CadenceLimits) -> timedelta:
    """The interval until the next poll when nothing fails; kept in the state and lengthened by failures only for a time.

    ``state`` is as it was before the poll but for ``habit``, which should be the newly learned one.
    """
    if source.every is not None:
        return min(source.every, max(source.every / 3, limits.shortest)) if poll.may_have_missed else source.every
    start = limits.longest if source.kind is SourceKind.DOCUMENT else limits.start  # wording changes a few times a year
    current = state.interval or start
    if poll.failure is not None:
        return current
    target = _between(state.habit / 8 if state.habit else start, limits)
    if poll.may_have_missed:
        return _between(min(current, target) / 3, limits)
    if poll.first:
        wished = target
    elif poll.new and poll.new * 2 >= poll.total:
        wished = min(current, target) / 2
    elif poll.new:
        wished = (current + target) / 2
    else:
        wished = min(current * 1.25, max(target, current)) if current < target else (current + target) / 2
    if poll.ttl is not None:
        wished = max(wished, min(poll.ttl, _WISH_LIMIT))
    return _between(wished, limits)


def next_poll(
    source: Source,
    state: SourceState,
    poll: Poll,
    now: datetime,
    limits: CadenceLimits = CadenceLimits(),
    *,
    interval: timedelta | None = None,
) -> datetime:
    """The time of the next poll.

    Args:
        source: the configuration's wish.
        state: *after* this poll: its ``interval``, and ``failures`` with this failure counted.
        poll: what this poll gave.
        now: time of this poll.
        limits: bounds.
        interval: that was found for it; None: the state's.

    Returns:
        Later by the interval, less the source's own jitter; after failures later by the interval times one more than
        their weight; never before the server's ``Retry-After``.
    """
    interval = interval or state.interval or source.every or limits.start
    if poll.failure is None:
        return (
            now + interval * (1 - limits.jitter * share(source.id))
            if interval >= timedelta(minutes=1)
            else now + interval
        )
    backoff = min(interval * (1 + state.failures), max(limits.longest_backoff, interval))
    backoff *= 1 - limits.jitter * share(source.id, str(state.polls_failed))  # sources of one host drift apart
    at = now + backoff
    return max(at, poll.failure.retry_after) if poll.failure.retry_after else at


def learned_habit(state: SourceState, published: Iterable[datetime]) -> timedelta | None:
    """The usual gap between entries, with these new ones counted in.

    The first time it is the median gap of the dates given; later each new batch moves it by a quarter.
    """
    times = sorted(set(published))
    if state.habit is None or state.last_entry_at is None:
        gaps = [after - before for before, after in itertools.pairwise(times) if after - before > _SAME_MOMENT]
        if not gaps:
            busy = len(times) >= _MANY_TIMES and times[-1] - times[0] >= _STEADY
            return _SAME_MOMENT if busy else state.habit  # one after the other without a break: no batch
        return min(timedelta(seconds=median(gap.total_seconds() for gap in gaps[-30:])), _LONGEST_HABIT)
    if not times or times[-1] - state.last_entry_at <= _SAME_MOMENT:
        return state.habit
    gap = min(times[-1] - state.last_entry_at, _LONGEST_HABIT)
    return min(state.habit * 0.75 + gap * 0.25, _LONGEST_HABIT)


def spread(source_ids: Sequence[str], now: datetime, over: timedelta) -> dict[str, datetime]:
    """Times for many sources that are due at once (first start, end of a downtime), each at its own place in ``over``."""
    return {source_id: now + over * share(source_id) for source_id in source_ids}


@lru_cache(maxsize=4096)
def share(source_id: str, salt: str = "") -> float:
    """A number in [0, 1) that belongs to this source, the same in every process."""
    return int.from_bytes(sha256(f"{salt}\x00{source_id}".encode()).digest()[:6]) / 2**48


def _between(interval: timedelta, limits: CadenceLimits) -> timedelta:
    return min(max(interval, limits.shortest), limits.longest)
