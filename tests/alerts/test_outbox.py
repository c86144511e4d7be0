"""What each Slack result means: every outcome, every kind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.outbox import backoff, next_state, resolve_unknown
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, DeliveryState, Found, LookUp, Outcome, SendResult
from tests.alerts.samples import NOW

SETTINGS = DeliverySettings(operators=("C9",))
POST = Delivery(
    id=7, kind=DeliveryKind.POST, channel="C1", route="policy", dedupe_key="k", state=DeliveryState.SENDING,
    created_at=NOW, story_id=12, attempts=1, send_key="key", started_at=NOW, first_started_at=NOW,
)  # fmt: skip
EDIT = replace(POST, kind=DeliveryKind.EDIT, parent_id=3, parent_ts="1.0", parent_kind=DeliveryKind.POST)
UNKNOWN = replace(POST, state=DeliveryState.UNKNOWN, doubtful=True)


def after(outcome: Outcome, delivery: Delivery = POST, **more: object):
    return next_state(delivery, SendResult(outcome, **({"error": "why"} | more)), NOW, SETTINGS)


@given(
    st.sampled_from(list(Outcome)),
    st.sampled_from(list(DeliveryKind)),
    st.integers(1, 1000),
    st.booleans(),
    st.one_of(st.none(), st.timedeltas()),
)
def test_nothing_but_a_bad_message_dies_and_only_an_uneditable_one_is_dropped(outcome, kind, attempts, plain, wait):
    delivery = replace(POST, kind=kind, attempts=attempts, plain=plain)
    result = next_state(delivery, SendResult(outcome, ts="1.0", retry_after=wait), NOW, SETTINGS)
    assert (result.state is DeliveryState.DEAD) == (outcome is Outcome.BAD_MESSAGE and plain)
    assert (result.state is DeliveryState.DROPPED) == (outcome is Outcome.NOT_EDITABLE)
    assert (result.state is DeliveryState.SENT) == (outcome is Outcome.SENT)
    if result.not_before is not None:
        assert NOW <= result.not_before <= NOW + SETTINGS.longest_wait


def test_slacks_time_is_obeyed_and_bounded_and_the_channel_waits_with_it():
    waits = {
        wait: after(Outcome.WAIT, retry_after=wait)
        for wait in (None, timedelta(0), timedelta(seconds=30), timedelta(days=9))
    }
    assert [one.not_before - NOW for one in waits.values()] == [
        timedelta(seconds=5), timedelta(seconds=1), timedelta(seconds=30), timedelta(hours=1),
    ]  # fmt: skip
    assert all(one.channel_next_at == one.not_before for one in waits.values())


def test_waits_double_up_to_ten_minutes():
    assert [backoff(attempts, SETTINGS).total_seconds() for attempts in (0, 1, 2, 3, 8, 10_000)] == [
        5,
        5,
        10,
        20,
        600,
        600,
    ]


def test_an_unknown_post_is_looked_up_but_an_unknown_edit_is_repeated():
    post, edit = after(Outcome.UNKNOWN), after(Outcome.UNKNOWN, EDIT)
    assert (post.state, edit.state) == (DeliveryState.UNKNOWN, DeliveryState.WAITING)
    assert post.not_before == NOW + SETTINGS.call_timeout + SETTINGS.margin


def test_a_message_that_was_in_doubt_is_swept_and_another_is_not():
    assert after(Outcome.SENT, ts="1.0").sweep_at is None
    assert after(Outcome.SENT, replace(POST, doubtful=True), ts="1.0").sweep_at == NOW + SETTINGS.sweep_after
    assert after(Outcome.SENT, replace(EDIT, doubtful=True)).sweep_at is None


def test_only_a_block_blocks_and_only_a_stop_stops():
    for outcome in Outcome:
        result = after(outcome)
        assert bool(result.block) == (outcome is Outcome.CHANNEL_BLOCKED)
        assert bool(result.stop) == (outcome is Outcome.STOPPED)
        assert result.uneditable == (outcome is Outcome.NOT_EDITABLE)
    assert after(Outcome.STOPPED).state is DeliveryState.PENDING


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (LookUp(Found.YES, ts="1.0"), DeliveryState.SENT),
        (LookUp(Found.YES), DeliveryState.UNKNOWN),
        (LookUp(Found.NO), DeliveryState.PENDING),
        (LookUp(Found.FAILED, error="ratelimited"), DeliveryState.UNKNOWN),
        (LookUp(Found.FAILED), DeliveryState.UNKNOWN),
        (LookUp(Found.FAILED, error="missing_scope: channels:history"), DeliveryState.UNKNOWN),
    ],
)
def test_a_look_up_is_believed_only_when_it_was_complete(found, state):
    result = resolve_unknown(UNKNOWN, found, NOW, SETTINGS)
    assert result.state is state
    assert bool(result.notices) == ("missing_scope" in (found.error or ""))


def test_repost_is_only_for_history_that_may_not_be_read():
    repost = replace(SETTINGS, unknown_posts="repost")
    states = [
        resolve_unknown(UNKNOWN, LookUp(Found.FAILED, error=error), NOW, repost).state
        for error in ("missing_scope", "http_502")
    ]
    assert states == [DeliveryState.PENDING, DeliveryState.UNKNOWN]
