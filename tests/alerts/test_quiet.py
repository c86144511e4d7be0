"""Quiet hours end when the local clock says so, also in the nights in which it is changed."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.alerts.quiet import quiet_until
from bot.model import Quiet

NIGHT = Quiet(time(22), time(7), "Europe/Brussels")
NOON = Quiet(time(12), time(13, 30), "America/New_York")
SMALL_HOURS = Quiet(time(22), time(2, 30), "Europe/Brussels")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (None, "2026-06-10T22:00", None),
        # Brussels is two hours ahead in summer, one in winter.
        (NIGHT, "2026-06-10T19:59", None),
        (NIGHT, "2026-06-10T20:00", "2026-06-11T05:00"),
        (NIGHT, "2026-06-10T23:30", "2026-06-11T05:00"),
        (NIGHT, "2026-06-11T04:59:59", "2026-06-11T05:00"),
        (NIGHT, "2026-06-11T05:00", None),
        (NIGHT, "2026-12-10T20:30", None),
        (NIGHT, "2026-12-10T21:00", "2026-12-11T06:00"),
        # The nights of the change: seven o'clock is seven o'clock.
        (NIGHT, "2026-03-28T22:00", "2026-03-29T05:00"),
        (NIGHT, "2026-10-24T21:00", "2026-10-25T06:00"),
        # Within a day.
        (NOON, "2026-06-10T15:59", None),
        (NOON, "2026-06-10T16:00", "2026-06-10T17:30"),
        (NOON, "2026-06-10T17:30", None),
        # An end that the clock skips (02:30 of 29 March): an hour later on the clock.
        (SMALL_HOURS, "2026-03-28T23:00", "2026-03-29T01:30"),
        # An end that it shows twice (25 October): the first; in the repeated hour the second.
        (SMALL_HOURS, "2026-10-24T22:00", "2026-10-25T00:30"),
        (SMALL_HOURS, "2026-10-25T00:45", None),
        (SMALL_HOURS, "2026-10-25T01:15", "2026-10-25T01:30"),
    ],
)
def test_when_it_is_quiet_and_until_when(quiet, now, until):
    assert quiet_until(quiet, at(now)) == (None if until is None else at(until))


@pytest.mark.parametrize("quiet", [NIGHT, NOON, SMALL_HOURS])
def test_the_end_always_lies_ahead_and_is_not_quiet(quiet):
    now = at("2026-01-01T00:10")
    while now.year == 2026:
        until = quiet_until(quiet, now)
        if until is not None:
            assert now < until <= now + timedelta(hours=11)
            assert quiet_until(quiet, until) is None
        now += timedelta(minutes=47)
