"""Column types hold and give back the same values on both databases, and clean what one of them would refuse."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, select

from bot.errors import StoreError
from bot.model import Health
from bot.store.tables.base import (
    Duration,
    Id,
    Json,
    PlainText,
    Tags,
    UtcDateTime,
    Word,
    auto_id,
    clean,
    digest,
    tagged,
)

scratch = Table(
    "scratch",
    MetaData(),
    Column("id", Id, auto_id(), primary_key=True),
    Column("at", UtcDateTime),
    Column("length", Duration),
    Column("words", PlainText(10)),
    Column("json", Json),
    Column("tags", Tags),
    Column("health", Word(Health)),
    prefixes=["TEMPORARY"],
)


@pytest.fixture
def there_and_back(store):
    with store.transaction() as tx:
        scratch.create(tx.connection)

        def send(**values):
            row_id = tx.connection.execute(scratch.insert().values(values)).inserted_primary_key[0]
            row = tx.connection.execute(select(scratch).where(scratch.c.id == row_id)).mappings().one()
            return row[next(iter(values))]

        send.connection = tx.connection
        yield send
        scratch.drop(tx.connection)


def test_a_naive_time_is_refused(store):
    with pytest.raises(Exception, match="time zone"), store.transaction() as tx:
        tx.runtime.remember("a", 1, datetime(2020, 6, 11))


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(2020, 6, 11, 20, 4, 5, 678901, tzinfo=timezone(timedelta(hours=2))),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_times_come_back_as_the_same_instant_in_utc(there_and_back, at):
    back = there_and_back(at=at)
    assert back == at
    assert back.tzinfo is UTC


def test_times_sort_in_order_whatever_zone_they_came_in(there_and_back):
    early = datetime(2020, 6, 11, 23, 0, tzinfo=timezone(timedelta(hours=9)))  # 14:00 UTC
    late = datetime(2020, 6, 11, 15, 0, tzinfo=UTC)
    for at in (late, early):
        there_and_back(at=at)
    found = there_and_back.connection.execute(select(scratch.c.at).order_by(scratch.c.at)).scalars().all()
    assert found == [early, late]
    assert there_and_back.connection.execute(select(scratch.c.at).where(scratch.c.at < late)).scalars().all() == [early]


@pytest.mark.parametrize(
    "length", [timedelta(microseconds=1), timedelta(days=-3, microseconds=7), timedelta(days=365_000)]
)
def test_durations_are_exact(there_and_back, length):
    assert there_and_back(length=length) == length


def test_text_that_postgresql_refuses_is_mended_and_keeps_its_offsets(there_and_back):
    assert there_and_back(words="a\x00b\ud800c") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert there_and_back(words="0123456789 and more") == "0123456789"
    assert there_and_back(json={"k\x00": ["\udfff", ("x", 1.5, None)]}) == {
        "k\N{REPLACEMENT CHARACTER}": ["\N{REPLACEMENT CHARACTER}", ["x", 1.5, None]]
    }
    assert there_and_back(json=None) is None


@given(st.text(st.characters(categories=["L", "Cs", "Cc", "So"])))
def test_clean_keeps_length_and_always_encodes(text):
    cleaned = clean(text)
    assert len(cleaned) == len(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean(cleaned) == cleaned


def test_digest_keeps_parts_apart():
    assert digest("ab", "c") != digest("a", "bc") != digest("abc")
    assert len(digest("\ud800" * 5000)) == 32


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tags=st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))).map(tuple))
def test_tags_come_back_equal(there_and_back, tags):
    assert there_and_back(tags=tags) == tags


def test_tags_are_found_whole_and_below(there_and_back):
    for tags in [("US",), ("US-CA/San Francisco", "EU"), ("AUS",), ("50%_off",), ()]:
        there_and_back(tags=tags)

    def find(*wanted, below=False):
        query = select(scratch.c.tags).where(tagged(scratch.c.tags, wanted, below=below)).order_by(scratch.c.id)
        return there_and_back.connection.execute(query).scalars().all()

    assert find("US") == [("US",)]
    assert find("US", below=True) == [("US",), ("US-CA/San Francisco", "EU")]
    assert find("US-CA", below=True) == [("US-CA/San Francisco", "EU")]
    assert find("50%_off") == [("50%_off",)]
    assert find("5_%_off") == []
    assert find() == []


def test_words_must_be_members(there_and_back):
    assert there_and_back(health="late") is Health.LATE
    with pytest.raises((StoreError, ValueError, Exception), match="bogus"):
        there_and_back(health="bogus")
