from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Failure, FailureKind, SourceKind
from bot.sources.cadence import CadenceLimits, Poll, learned_habit, next_interval, next_poll, share, spread, weight
from tests.sources.samples import NOW, source, state

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMITS = CadenceLimits(shortest=5 * MINUTE, longest=6 * HOUR, start=30 * MINUTE)
HARD, SOFT = Failure(FailureKind.NOT_A_FEED, "x."), Failure(FailureKind.HTTP, "x.", 503)


@pytest.mark.parametrize(
    ("failure", "counts"),
    [
        (Failure(FailureKind.NOT_A_FEED, ""), 1.0), (Failure(FailureKind.HTTP, "", 403), 1.0), (Failure(FailureKind.TLS, ""), 1.0),
        (Failure(FailureKind.HTTP, "", 404), 0.5), (Failure(FailureKind.RATE_LIMITED, "", 429), 0.5), (Failure(FailureKind.HTTP, "", 500), 0.5),
        (Failure(FailureKind.TIMEOUT, ""), 0.5), (Failure(FailureKind.DNS, ""), 0.25), (Failure(FailureKind.GONE, "", 410), 1.0),
    ],
)  # fmt: skip
def test_weights(failure: Failure, counts: float) -> None:
    assert weight(failure) == counts


def test_a_wish_is_kept_to() -> None:
    wish = source(every=5 * MINUTE)
    for poll in (Poll(new=0, total=9), Poll(new=9, total=9), Poll(ttl=DAY)):
        assert next_interval(wish, state(interval=HOUR), poll, LIMITS) == 5 * MINUTE
    at = next_poll(wish, state(interval=5 * MINUTE), Poll(), NOW, LIMITS)
    assert NOW + 4.5 * MINUTE <= at <= NOW + 5 * MINUTE, "jitter only ever shortens"
    assert next_poll(
        source(every=timedelta(seconds=5)), state(interval=timedelta(seconds=5)), Poll(), NOW
    ) == NOW + timedelta(seconds=5)


def test_quiet_polls_lengthen_and_busy_ones_shorten() -> None:
    known = state(interval=HOUR, habit=2 * DAY)
    assert next_interval(source(), known, Poll(new=0, total=20), LIMITS) > HOUR
    assert next_interval(source(), known, Poll(new=15, total=20), LIMITS) < HOUR
    assert next_interval(source(), known, Poll(new=20, total=20), LIMITS) <= HOUR / 3
    assert Poll(new=20, total=20).may_have_missed
    assert not Poll(new=20, total=20, first=True).may_have_missed


def test_it_settles_on_the_sources_own_rhythm() -> None:
    known = state(interval=30 * MINUTE, habit=16 * HOUR)
    for _ in range(20):
        known = state(habit=16 * HOUR, interval=next_interval(source(), known, Poll(new=0, total=20), LIMITS))
    assert known.interval is not None
    assert abs(known.interval - 2 * HOUR) < 5 * MINUTE


def test_the_publishers_wish_counts_within_reason() -> None:
    assert next_interval(source(), state(interval=10 * MINUTE), Poll(total=5, ttl=45 * MINUTE), LIMITS) == 45 * MINUTE
    assert next_interval(source(), state(interval=10 * MINUTE), Poll(total=5, ttl=7 * DAY), LIMITS) == HOUR


def test_a_document_is_looked_at_seldom_unless_wished() -> None:
    page = source(kind=SourceKind.DOCUMENT)
    assert next_interval(page, state(), Poll(total=1, first=True), LIMITS) == LIMITS.longest
    assert next_interval(source(kind=SourceKind.DOCUMENT, every=HOUR), state(), Poll(total=1), LIMITS) == HOUR


def test_failures_back_off_linearly_within_bounds_and_never_for_good() -> None:
    def wait(failures: float, failure: Failure = HARD) -> timedelta:
        return (
            next_poll(
                source(), state(interval=HOUR, failures=failures), Poll(failure=failure), NOW, CadenceLimits(jitter=0)
            )
            - NOW
        )

    assert [wait(count) for count in (1, 2, 3)] == [2 * HOUR, 3 * HOUR, 4 * HOUR]
    assert wait(0.5, SOFT) == 1.5 * HOUR
    assert wait(1000) == DAY
    assert next_interval(source(), state(interval=HOUR), Poll(failure=HARD), LIMITS) == HOUR, (
        "the rhythm itself is not forgotten"
    )


def test_retry_after_is_respected_and_does_not_shorten_a_backoff() -> None:
    later = Failure(FailureKind.RATE_LIMITED, "x.", 429, NOW + 5 * HOUR)
    sooner = Failure(FailureKind.RATE_LIMITED, "x.", 429, NOW + MINUTE)
    known = state(interval=HOUR, failures=1)
    assert next_poll(source(), known, Poll(failure=later), NOW) == NOW + 5 * HOUR
    assert next_poll(source(), known, Poll(failure=sooner), NOW) > NOW + HOUR


def test_sources_of_one_host_do_not_come_back_together() -> None:
    polls = {
        next_poll(
            source(id=f"s{n}"), state(id=f"s{n}", interval=HOUR, failures=1, polls_failed=1), Poll(failure=SOFT), NOW
        )
        for n in range(50)
    }
    assert len(polls) == 50
    assert max(polls) - min(polls) > 5 * MINUTE


def test_the_habit_is_the_median_gap_then_follows_slowly() -> None:
    dates = [NOW - 10 * DAY, NOW - 6 * DAY, NOW - 6 * DAY + MINUTE, NOW - 4 * DAY, NOW - 2 * DAY]
    assert learned_habit(state(), dates) == 2 * DAY
    known = state(habit=2 * DAY, last_entry_at=NOW - 6 * DAY)
    assert learned_habit(known, [NOW]) == 3 * DAY
    assert learned_habit(known, []) == 2 * DAY
    assert learned_habit(known, [NOW - 6 * DAY + MINUTE]) == 2 * DAY
    assert learned_habit(state(), [NOW]) is None


def test_a_wish_is_left_for_one_poll_where_items_may_have_been_missed() -> None:
    missed = Poll(new=9, total=9)
    for wish, then in ((3 * HOUR, HOUR), (9 * MINUTE, LIMITS.shortest), (MINUTE, MINUTE)):
        wished = source(every=wish)
        assert next_interval(wished, state(), missed, LIMITS) == then
        assert next_interval(wished, state(interval=then), Poll(new=1, total=9), LIMITS) == wish


def test_many_due_at_once_are_spread_the_same_way_everywhere() -> None:
    ids = [f"s{n}" for n in range(1_000)]
    times = spread(ids, NOW, 10 * MINUTE)
    assert times == spread(list(reversed(ids)), NOW, 10 * MINUTE)
    per_minute = [sum(NOW + n * MINUTE <= at < NOW + (n + 1) * MINUTE for at in times.values()) for n in range(10)]
    assert min(per_minute) > 60
    assert all(0 <= share(source_id) < 1 for source_id in ids)


_spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))


@given(
    interval=st.none() | _spans,
    habit=st.none() | _spans,
    new=st.integers(0, 50),
    more=st.integers(0, 50),
    ttl=st.none() | _spans,
    first=st.booleans(),
)
def test_adaptive_intervals_stay_within_the_limits(
    interval: timedelta | None, habit: timedelta | None, new: int, more: int, ttl: timedelta | None, first: bool
) -> None:
    poll = Poll(new=new, total=new + more, ttl=ttl, first=first)
    found = next_interval(source(), state(interval=interval, habit=habit), poll, LIMITS)
    assert LIMITS.shortest <= found <= LIMITS.longest


def test_a_wire_service_has_a_habit_and_a_batch_has_none() -> None:
    def every(minutes: int, count: int) -> list[datetime]:
        return [NOW - timedelta(minutes=minutes * n) for n in range(count)]

    assert learned_habit(state(), every(5, 30)) == timedelta(minutes=10), "else its silence is noticed after 60 days"
    assert learned_habit(state(), every(1, 30)) is None
    assert learned_habit(state(), every(10, 4)) is None
