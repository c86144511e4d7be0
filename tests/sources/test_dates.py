import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import dates
from bot.sources.feeds import Parsed, parse
from tests.sources.samples import NOW, item, rss

EIGHTEEN = datetime(2020, 6, 11, 18, 0, tzinfo=UTC)
DAY = datetime(2020, 6, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Thu, 11 Jun 2020 20:00:00 CEST", EIGHTEEN), ("Thu, 11 Jun 2020 19:00:00 CET", EIGHTEEN), ("2020-06-11T18:00:00Z", EIGHTEEN),
        ("2020-06-11 19:00 BST", EIGHTEEN), ("Thursday, June 11, 2020 at 2:00 p.m. EDT", EIGHTEEN), ("June 11, 2020 6 PM", EIGHTEEN),
        ("Thu, 11 Jun 2020 06:00 PM", EIGHTEEN), ("11 Jun 20 18:00:00 GMT", EIGHTEEN), ("11 juin 2020 18h00", EIGHTEEN),
        ("11.06.2020 18:00", EIGHTEEN), ("1591898400", EIGHTEEN), ("1591898400000", EIGHTEEN), ("Thu Jun 11 18:00:00 UTC 2020", EIGHTEEN),
        ("2020-06-11T23:30:00+05:30", EIGHTEEN), ("11. Juni 2020", DAY), ("11 de junio de 2020", DAY), ("June 11th, 2020", DAY),
        ("20200611", DAY), ("21/05/2020", datetime(2020, 5, 21, tzinfo=UTC)), ("12/31/2019", datetime(2019, 12, 31, tzinfo=UTC)), ("06/11/2020", None),
        ("05/05/2020", datetime(2020, 5, 5, tzinfo=UTC)), ("June 2020", datetime(2020, 6, 1, tzinfo=UTC)),
        ("Updated: 11 June 2020 | 4 comments", DAY), ("12 Mar 99", datetime(1999, 3, 12, tzinfo=UTC)),
        ("", None), ("soon", None), ("31 Feb 2020", None), ("0000-00-00", None), ("1970-01-01", None), ("2099-01-01", None),
        (None, None), (True, None), ([], None), (1591898400, EIGHTEEN), (1e30, None), ("99999999999999999", None),
    ],
)  # fmt: skip
def test_dates_as_written(written: object, meant: datetime | None) -> None:
    assert dates.parse(written, NOW) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2020年6月11日", DAY), ("2020年06月11日 18:00", EIGHTEEN), ("2020-W24-4", DAY), ("20200611T180000Z", EIGHTEEN), ("1591898400", EIGHTEEN),
        ("1591898400000", EIGHTEEN), ("Thu, 11 Jun 2020 18:00:00 +9999", None), ("Thu, 11 Jun 2020 20:00:00 +0200", EIGHTEEN), ("11-06-2020", None), ("21-05-2020", datetime(2020, 5, 21, tzinfo=UTC)), ("11-06-20 10:00", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None), ("Thu, 01 Jan 2099 00:00:00 GMT", None),
    ],
)  # fmt: skip
def test_a_feed_with_dates_that_feedparser_misreads(written: str, meant: datetime | None) -> None:
    found = parse(rss(item("T", guid="1", date=written)), "application/rss+xml", "https://news.example/feed", NOW)
    assert isinstance(found, Parsed)
    assert found.entries[0].published == meant, "off by weeks, it would pass for old and be kept silent"


def test_dates_from_feedparser_are_corrected_where_it_misreads() -> None:
    wrong = time.struct_time((2020, 6, 11, 20, 0, 0, 3, 163, 0))
    assert dates.from_feedparser("Thu, 11 Jun 2020 20:00:00 CEST", wrong, NOW) == EIGHTEEN
    assert dates.from_feedparser("whatever it was", wrong, NOW) == EIGHTEEN + timedelta(hours=2)
    assert dates.from_feedparser("11. Juni 2020", None, NOW) == DAY


def test_the_day_ahead_is_for_clocks_that_go_wrong() -> None:
    assert dates.clamp(NOW + timedelta(hours=23), NOW) == NOW + timedelta(hours=23)
    assert dates.clamp(NOW + timedelta(hours=25), NOW) is None
    assert dates.clamp(datetime(1989, 12, 31, tzinfo=UTC), NOW) is None
    assert dates.clamp(datetime(2020, 6, 11, 18, 0), NOW) == EIGHTEEN  # without a zone: UTC
    assert dates.clamp(datetime.max.replace(tzinfo=UTC), NOW) is None


@given(st.text(max_size=60) | st.integers() | st.floats())
def test_any_date_is_aware_and_plausible_or_none(written: object) -> None:
    at = dates.parse(written, NOW)
    assert at is None or (at.tzinfo is UTC and 1990 <= at.year <= 2020)


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2020, 6, 11)))
def test_common_formats_come_back(at: datetime) -> None:
    at = at.replace(tzinfo=UTC, microsecond=0)
    for form in ("%a, %d %b %Y %H:%M:%S +0000", "%Y-%m-%dT%H:%M:%SZ", "%B %d, %Y, %H:%M:%S UTC", "%Y/%m/%d %H:%M:%S"):
        assert dates.parse(at.strftime(form), NOW) == at
