"""Small values: what is read, and what is said of what cannot be."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import opml, scalars, yaml12
from bot.model import Quiet, Schedule


def refusal(function, value) -> str:
    with pytest.raises(ValueError) as caught:
        function(value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "span"),
    [("5s", timedelta(seconds=5)), ("15m", timedelta(minutes=15)), ("2h", timedelta(hours=2)), ("1d", timedelta(days=1)),
     ("2w", timedelta(days=14)), ("90 m", timedelta(minutes=90)), ("15M", timedelta(minutes=15))],
)  # fmt: skip
def test_time_spans(written, span):
    assert scalars.span(written) == span


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (900, '"900" has no unit; write 900s, 900m, 900h or 900d'),
        ("15 min", '"15 min" is no time span; write a number with s, m, h or d, like 15m'),
        ("soon", '"soon" is no time span; write a number with s, m, h or d, like 15m'),
        ("3hours", '"3hours" is no time span; write a number with s, m, h or d, like 3h'),
        ("5y", '"5y" is no time span; write a number with s, m, h or d, like 15m'),
        ("", '"" is no time span; write a number with s, m, h or d, like 15m'),
        ("0s", '"0s" is out of range; write at least 1s and at most 366d'),
        ("9999999d", '"9999999d" is out of range; write at least 1s and at most 366d'),
    ],
)
def test_what_is_no_time_span(written, said):
    assert refusal(scalars.span, written) == said


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=scalars.MAX_SPAN))
def test_spans_are_written_as_they_are_read(span):
    whole = timedelta(seconds=int(span.total_seconds()))
    assert scalars.span(scalars.span_text(whole)) == whole


def test_dates():
    assert scalars.moment("2026-11-01") == datetime(2026, 11, 1, tzinfo=UTC)
    assert scalars.moment("2026-11-01T09:30:00+02:00") == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    assert scalars.moment("2026-11-01 09:30") == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    for wrong in ("01.11.2026", "2026-13-01", "yesterday", 2026, "0001-01-01T00:00:00+14:00"):
        assert (
            refusal(scalars.moment, wrong) == f'"{wrong}" is no date; write it like 2026-11-01 or 2026-11-01T09:00:00Z'
        )


def test_addresses():
    for fine in (
        "https://example.org/feed",
        "http://127.0.0.1:8000/x?y=1#z",
        "https://[2001:db8::1]/",
        "https://bücher.example/",
    ):
        assert scalars.address(fine) == fine


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ftp://example.org/x", '"ftp://example.org/x" begins with "ftp:", which is not fetched; write an address that begins with https:// or http://'),
        ("file:///etc/passwd", '"file:///etc/passwd" begins with "file:", which is not fetched; write an address that begins with https:// or http://'),
        ("feed://example.org/x", '"feed://example.org/x" begins with "feed:", which is not fetched; write https://example.org/x'),
        ("example.org/feed", '"example.org/feed" lacks its beginning; write "https://example.org/feed"'),
        ("//example.org/feed", '"//example.org/feed" lacks its beginning; write "https://example.org/feed"'),
        ("https:///feed", '"https:///feed" names no host; write one like https://example.org/feed.xml'),
        ("https://exa mple.org", '"https://exa mple.org" has a space or control character in it; write the address without (a space is %20)'),
        ("https://example.org:port/", '"https://example.org:port/" is no address; write one like https://example.org/feed.xml'),
        ("http://[::1/", '"http://[::1/" is no address; write one like https://example.org/feed.xml'),
    ],
)  # fmt: skip
def test_what_is_no_address(written, said):
    assert refusal(scalars.address, written) == said


def test_an_endless_address_is_refused_briefly():
    said = refusal(scalars.address, "https://example.org/" + "a" * 5000)
    assert said.endswith("is longer than 2048 characters; shorten it")
    assert len(said) < 200


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("#policy", '"#policy" is a name; write its id, like C0123456789 (Slack: channel name → About → bottom)'),
        ("policy", '"policy" is a name; write its id, like C0123456789 (Slack: channel name → About → bottom)'),
        ("c0123456789", '"c0123456789" has small letters; write "C0123456789"'),
        ("U0123456789", '"U0123456789" is a person; write the id of a channel, like C0123456789 (Slack: channel name → About → bottom)'),
        ("https://acme.slack.com/archives/C0123456789/p1", '"https://acme.slack.com/archives/C0123456789/p1" is a link; write C0123456789'),
    ],
)  # fmt: skip
def test_what_is_no_channel(written, said):
    assert refusal(scalars.channel, written) == said


def test_channels():
    for fine in ("C0123456789", "G0123456789", "D0123456789", "C012345678901"):
        assert scalars.channel(fine) == fine


def test_people():
    assert scalars.person("U0123456789") == "U0123456789"
    assert refusal(scalars.person, "@ann").startswith('"@ann" is no Slack user id; write it like U0123456789')


@pytest.mark.parametrize(
    ("written", "schedule"),
    [
        ("now", Schedule()),
        ("Now", Schedule()),
        ("daily 09:00 Europe/Brussels", Schedule("daily", 9, 0, 0, "Europe/Brussels")),
        ("daily 7:05", Schedule("daily", 7, 5, 0, "UTC")),
        ("weekly mon 09:00 America/New_York", Schedule("weekly", 9, 0, 0, "America/New_York")),
        ("weekly Sunday 23:59 Asia/Kolkata", Schedule("weekly", 23, 59, 6, "Asia/Kolkata")),
    ],
)
def test_schedules(written, schedule):
    assert scalars.schedule(written) == schedule
    assert scalars.schedule(scalars.schedule_text(schedule)) == schedule


@pytest.mark.parametrize(
    ("written", "quiet"),
    [
        ("22:00-07:00 Europe/Brussels", Quiet(time(22), time(7), "Europe/Brussels")),
        ("12:30 - 13:00 America/New_York", Quiet(time(12, 30), time(13), "America/New_York")),
        ("22:00–7:00", Quiet(time(22), time(7), "UTC")),
        (None, None),
    ],
)
def test_quiet_hours(written, quiet):
    assert scalars.quiet(written) == quiet
    assert scalars.quiet(scalars.quiet_text(quiet) or None) == quiet


QUIET = "22:00-07:00 Europe/Brussels"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("night", f'"night" is no time of the day; write a start and an end, like {QUIET}'),
        ("22:00", f'"22:00" is no time of the day; write a start and an end, like {QUIET}'),
        ("22:00-07:00 Europe/Brussels daily", f'"22:00-07:00 Europe/Brussels daily" is no time of the day; write a start and an end, like {QUIET}'),
        ("22:00-24:00", 'has the time "24:00"; write hours and minutes from 00:00 to 23:59, like 09:00'),
        ("10pm-7:00", 'has the time "10pm"; write hours and minutes from 00:00 to 23:59, like 09:00'),
        ("22:00-7am Brussels", 'has the time "7am"; write hours and minutes from 00:00 to 23:59, like 09:00; it has the time zone "Brussels", which is unknown; write "Europe/Brussels"'),
        ("07:00-07:00", f'"07:00-07:00" ends when it begins; write two different times, like {QUIET}'),
        ("22:00-07:00 Brussels", 'has the time zone "Brussels", which is unknown; write "Europe/Brussels"'),
    ],
)  # fmt: skip
def test_what_are_no_quiet_hours(written, said):
    assert refusal(scalars.quiet, written) == said


HOW = "write now, daily 09:00 Europe/Brussels or weekly mon 09:00 Europe/Brussels"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("hourly", f'"hourly" is no schedule; {HOW}'),
        ("", f'"" is no schedule; {HOW}'),
        ("now 09:00", f'"now 09:00" is no schedule; {HOW}'),
        ("daily", f'"daily" is no schedule; {HOW}'),
        ("weekly 09:00", f'"weekly 09:00" is no schedule; {HOW}'),
        ("weekly moon 09:00", 'has the day "moon" is unknown; write "mon" (or tue, wed, thu, fri, sat, sun)'),
        ("daily 25:00", 'has the time "25:00"; write hours and minutes from 00:00 to 23:59, like 09:00'),
        ("daily 9am", 'has the time "9am"; write hours and minutes from 00:00 to 23:59, like 09:00'),
        ("daily 09:00 Europe/Brusels", 'has the time zone "Europe/Brusels", which is unknown; write "Europe/Brussels"'),
        (
            "daily 09:00 europe/brussels",
            'has the time zone "europe/brussels", which is unknown; write "Europe/Brussels"',
        ),
        ("daily 09:00 Brussels", 'has the time zone "Brussels", which is unknown; write "Europe/Brussels"'),
        (
            "daily 09:00 Nowhere/XYZ",
            'has the time zone "Nowhere/XYZ", which is unknown; write a name like Europe/Brussels',
        ),
    ],
)
def test_what_is_no_schedule(written, said):
    assert refusal(scalars.schedule, written) == said


@pytest.mark.parametrize(
    ("function", "written", "said"),
    [
        (scalars.source_id, "My Feed!", '"My Feed!" has characters other than letters, digits, ".", "_", "-", or more than 64; write "my-feed"'),
        (scalars.source_id, "!", '"!" has characters other than letters, digits, ".", "_", "-", or more than 64; write it like ms-on-the-issues'),
        (scalars.language, "English", '"English" is no language code; write two small letters, like en, fr or pt-BR'),
        (scalars.category, "Trade Press", '"Trade Press" is not one word of small letters; write "trade_press"'),
        (scalars.place, "UK", '"UK" is no ISO 3166 code; write "GB"'),
        (scalars.place, "us-ca", '"us-ca" has small letters; write "US-CA"'),
        (scalars.place, "California", '"California" is no code of a place; write ISO 3166, like US, US-CA, EU or US-CA/San Francisco'),
    ],
)  # fmt: skip
def test_codes_and_ids_that_are_refused(function, written, said):
    assert refusal(function, written) == said


def test_codes_and_ids():
    assert scalars.source_id("404-media") == "404-media"
    assert scalars.place("US-CA/San Francisco") == "US-CA/San Francisco"
    assert scalars.language("pt-BR") == "pt-BR"
    assert scalars.category("court") == "court"


ALL = (scalars.span, scalars.moment, scalars.source_id, scalars.address, scalars.channel, scalars.person, scalars.language,
       scalars.category, scalars.place, scalars.schedule)  # fmt: skip


@given(st.sampled_from(ALL), st.one_of(st.text(max_size=40), st.integers(), st.booleans(), st.floats()))
def test_anything_else_is_a_value_error_with_advice(function, value):
    said = None
    try:
        function(value)
    except ValueError as error:
        said = str(error)
    assert said is None or (("; write" in said or "; shorten" in said) and "\n" not in said)


@pytest.mark.parametrize("module", [scalars, yaml12, opml])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module).failed == 0
