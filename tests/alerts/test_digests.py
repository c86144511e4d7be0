"""When digests are due, through clock changes and downtime, and what they say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.digests import Deadline, DueDigest, SourcesNow, compose, due, latest_end, next_end, thread
from bot.model import DeliveryKind, DigestItem, Related, Schedule, Stage
from tests.alerts.samples import DAILY, DAY, NOW, WEEKLY, route, story, view

BRUSSELS = route("daily", schedule=DAILY, created_at=NOW - 30 * DAY)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "now", "end"),
    [
        (DAILY, utc(2020, 6, 11, 18, 4), utc(2020, 6, 11, 7)),
        (DAILY, utc(2020, 6, 11, 6, 59), utc(2020, 6, 10, 7)),
        (DAILY, utc(2020, 6, 11, 7), utc(2020, 6, 11, 7)),
        # Clocks go forward on 29 March 2020 and back on 25 October.
        (DAILY, utc(2020, 3, 28, 12), utc(2020, 3, 28, 8)),
        (DAILY, utc(2020, 3, 29, 12), utc(2020, 3, 29, 7)),
        (DAILY, utc(2020, 10, 25, 12), utc(2020, 10, 25, 8)),
        (Schedule("daily", 2, 30, zone="Europe/Brussels"), utc(2020, 3, 29, 12), utc(2020, 3, 29, 1, 30)),
        (Schedule("daily", 2, 30, zone="Europe/Brussels"), utc(2020, 10, 25, 12), utc(2020, 10, 25, 0, 30)),
        (WEEKLY, utc(2020, 6, 11, 18, 4), utc(2020, 6, 8, 13)),
        (WEEKLY, utc(2020, 6, 15, 12, 59), utc(2020, 6, 8, 13)),
        (WEEKLY, utc(2020, 6, 15, 13), utc(2020, 6, 15, 13)),
        (Schedule("daily", 0, 15, zone="Pacific/Kiritimati"), utc(2020, 6, 11, 11), utc(2020, 6, 11, 10, 15)),
    ],
)  # fmt: skip
def test_the_last_end_is_at_the_local_time(schedule, now, end):
    assert latest_end(schedule, now) == end


@given(
    st.datetimes(datetime(2019, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "UTC", "America/Sao_Paulo"]),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["daily", "weekly"]),
    st.integers(0, 6),
)
def test_ends_follow_each_other_and_show_the_wished_time(at, zone, hour, minute, kind, weekday):
    now = at.replace(tzinfo=UTC)
    schedule = Schedule(kind, hour, minute, weekday, zone)
    end, after = latest_end(schedule, now), next_end(schedule, now)
    assert end <= now < after
    assert latest_end(schedule, after) == after
    length = DAY if kind == "daily" else 7 * DAY
    assert abs((after - end) - length) <= timedelta(hours=1)
    local = end.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (hour, minute) or end.astimezone(UTC).month in {2, 3, 4, 9, 10, 11}
    assert kind == "daily" or local.weekday() == weekday


def test_a_digest_is_due_once_a_period():
    (first,) = due([BRUSSELS], {"daily": utc(2020, 6, 10, 7)}, NOW)
    assert (first.start, first.end) == (utc(2020, 6, 10, 7), utc(2020, 6, 11, 7))
    assert first.key == "digest:daily:2020-06-11T07:00Z"
    assert due([BRUSSELS], {"daily": first.end}, NOW) == []


def test_missed_digests_are_one_after_downtime():
    (only,) = due([BRUSSELS], {"daily": utc(2020, 6, 3, 7)}, NOW)
    assert (only.start, only.end) == (utc(2020, 6, 3, 7), utc(2020, 6, 11, 7))


def test_a_new_route_starts_with_what_comes_and_others_have_no_digest():
    young = replace(BRUSSELS, created_at=NOW - timedelta(hours=1))
    assert due([young], {}, NOW) == []
    (first,) = due([young], {}, NOW + DAY)
    assert first.start == young.created_at
    assert due([route(), route(kind="operators", schedule=DAILY)], {}, NOW) == []


PERIOD = DueDigest(route("weekly", schedule=WEEKLY), utc(2020, 6, 8, 13), utc(2020, 6, 15, 13))


def item(number: int, transition: str = "new", *, maybe: bool = False) -> DigestItem:
    return DigestItem("weekly", "C0POLICY01", number, transition, NOW, maybe=maybe, id=number)


def test_a_digest_groups_what_happened_and_names_what_lies_ahead():
    views = {number: view(story(id=number, line=f"Line {number}")) for number in (1, 2, 3, 4)}
    passed = story(id=3, line="Line 3", stage=Stage.PASSED)
    views[3] = replace(view(passed), previous=Related("s3", "Line 3", NOW, stage=Stage.PROPOSED))
    items = [item(1), item(2), item(3, "stage:passed"), item(4, maybe=True)]
    ahead = [Deadline(date(2020, 6, 30), "consultation closes", "https://example.org/c")]
    digest = compose(PERIOD, items, views, ahead=ahead, sources=SourcesNow(61, ("A", "B"), utc(2020, 6, 11, 9)))
    assert digest.dedupe_key == "digest:weekly:2020-06-15T13:00Z"
    assert digest.payload["title"] == "Facial recognition, 8–14 June: 2 new, 1 moved, 1 deadline"
    lines = {
        group["label"]: [(one["line"], one.get("note") or one["day"]) for one in group["lines"]]
        for group in digest.payload["groups"]
    }
    assert lines == {
        "NEW": [("Line 1", "11 Jun"), ("Line 2", "11 Jun")],
        "MOVED": [("Line 3", "proposed → passed")],
        "AHEAD": [("consultation closes", "30 Jun")],
    }
    assert [one["line"] for one in digest.payload["maybe"]] == ["Line 4"]
    assert digest.payload["sources_line"] == "61 sources, 2 broken since Thursday: A, B"


def test_its_thread_tells_the_stories_in_detail_some_in_each_reply():
    views = {number: view(story(id=number, line=f"Line {number}")) for number in range(1, 13)}
    digest = compose(PERIOD, [item(number, maybe=number == 1) for number in views], views)
    first, second = thread(digest)
    assert (first.kind, first.channel, first.dedupe_key) == (
        DeliveryKind.REPLY, "C0POLICY01", "digest:weekly:2020-06-15T13:00Z:details:1",
    )  # fmt: skip
    refs = [one["ref"] for reply in (first, second) for one in reply.payload["details"]]
    assert refs == [*(f"s{number}" for number in range(2, 13)), "s1"], "the less certain one comes last"
    assert [one["maybe"] for one in second.payload["details"]] == [False, False, False, True]
    silent = replace(PERIOD, route=replace(PERIOD.route, thread=False))
    assert thread(compose(silent, [item(1)], views)) == ()
    assert thread(compose(PERIOD, [], {}, when_empty=True)) == ()


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("place", [({"place": "US"}, 3), ({"place": "DE"}, 1), ({"place": ""}, 2)]),
        ("actor", [({"label": "Microsoft"}, 5), ({"label": "Amazon"}, 1)]),
    ],
)
def test_lines_can_stand_under_places_or_actors(by, groups):
    places = [(), ("DE",), ("US-CA", "US"), ("US",), ("US-MA/Boston",), ()]
    views = {
        number: view(story(id=number, jurisdictions=where, actor="Amazon" if number == 2 else "Microsoft"))
        for number, where in enumerate(places)
    }
    digest = compose(
        replace(PERIOD, route=replace(PERIOD.route, group=by)),
        [item(n, "stage:passed" if n == 3 else "new") for n in views],
        views,
    )
    found = [
        ({key: value for key, value in one.items() if key != "lines"}, len(one["lines"]))
        for one in digest.payload["groups"]
    ]
    assert found == groups
    assert digest.payload["title"].endswith("5 new, 1 moved")


def test_a_story_stands_once_at_its_surest_place():
    views = {1: view(story(id=1)), 2: view(story(id=1))}  # 2 was merged into 1
    digest = compose(PERIOD, [item(1, maybe=True), item(1, "stage:passed"), item(1), item(2)], views)
    assert [(group["label"], len(group["lines"])) for group in digest.payload["groups"]] == [("NEW", 1)]
    assert digest.payload["maybe"] == []


def test_nothing_is_sent_when_nothing_happened_unless_wanted():
    ahead = [Deadline(date(2020, 6, 30), "consultation closes")]
    assert compose(PERIOD, [], {}, ahead=ahead) is None
    assert compose(PERIOD, [item(9)], {}) is None, "its story was dismissed"
    assert compose(PERIOD, [], {}, when_empty=True).payload["title"] == "Facial recognition, 8–14 June: nothing new"


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (utc(2020, 6, 10, 7), utc(2020, 6, 11, 7), "11 June"),
        (utc(2020, 6, 3, 7), utc(2020, 6, 11, 7), "3–11 June"),
        (utc(2020, 5, 30, 7), utc(2020, 6, 2, 7), "30 May–2 June"),
    ],
)
def test_the_title_names_the_days(start, end, days):
    digest = compose(DueDigest(BRUSSELS, start, end), [], {}, when_empty=True)
    assert digest.payload["title"] == f"Facial recognition, {days}: nothing new"
