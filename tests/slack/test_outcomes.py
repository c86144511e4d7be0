from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Outcome
from bot.slack.outcomes import DEFAULT_WAIT, MAX_WAIT, OUTCOME_OF, classify, classify_exception, retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": " 7.5 "}, 7.5),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "-3"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": ""}, 30),
        ({}, 30),
        ({"Retry-After": "999999"}, 3_600),
        ({"Retry-After": "nan"}, 30),
        ({"Retry-After": "inf"}, 30),
        ({"Retry-After": "1e300"}, 30),
        ({"Retry-After": "Thu, 11 Jun 2020 18:05:00 GMT", "Date": "Thu, 11 Jun 2020 18:04:00 GMT"}, 60),
        ({"Retry-After": "Thu, 11 Jun 2020 18:05:00 GMT"}, 30),
    ],
)
def test_retry_after_is_read_defensively(headers: dict[str, str], seconds: float):
    assert retry_after(headers) == timedelta(seconds=seconds)


@given(st.text(), st.text())
def test_retry_after_is_always_within_its_bounds(value: str, date: str):
    assert timedelta(seconds=1) <= retry_after({"Retry-After": value, "Date": date}) <= MAX_WAIT


@given(
    st.integers(100, 599),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(st.sampled_from(["ok", "error", "ts", "errors", "needed"]), x, max_size=4)
        ),
        max_leaves=6,
    ),
)
def test_any_answer_has_a_meaning_and_only_a_plain_ok_is_sent(status: int, data: object):
    result = classify(status, data, {})
    assert isinstance(result.outcome, Outcome)
    if result.outcome is Outcome.SENT:
        assert status == 200
        assert data["ok"] is True


def test_no_error_has_two_meanings():
    from bot.slack.outcomes import _TABLE

    assert sum(map(len, _TABLE.values())) == len(OUTCOME_OF)


def test_a_429_waits_whatever_its_body_says():
    assert classify(429, {"ok": False, "error": "invalid_auth"}, {}).outcome is Outcome.WAIT


def test_the_detail_that_slack_gives_is_kept_short():
    result = classify(200, {"ok": False, "error": "invalid_blocks", "errors": ["must be more than 0 " + "x" * 999]}, {})
    assert result.error.startswith("invalid_blocks: must be")
    assert len(result.error) < 250


def test_a_lost_answer_is_unknown():
    assert classify_exception(ConnectionResetError()).outcome is Outcome.UNKNOWN
    assert classify_exception(TimeoutError()).error == "timeout"
    assert timedelta(0) < DEFAULT_WAIT
