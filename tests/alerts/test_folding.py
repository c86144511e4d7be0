"""Floods become one message, and only floods."""

from dataclasses import replace
from datetime import timedelta

from bot.alerts.folding import BACKLOG, OVER_LIMIT, plan
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, DeliveryState
from tests.alerts.samples import NOW

SETTINGS = DeliverySettings(max_per_hour={"policy": 12})


def post(number: int, **more: object) -> Delivery:
    values = {
        "state": DeliveryState.PENDING,
        "created_at": NOW,
        "not_before": NOW,
        "story_id": number,
        "transition": "new",
    }
    values |= {"route": "policy"} | more
    return Delivery(id=number, kind=DeliveryKind.POST, channel="C1", dedupe_key=f"p{number}", **values)


def late(number: int, **more: object) -> Delivery:
    return post(number, **({"payload": {"late_seconds": 99_999}} | more))


def catch_up(number: int, why: str, **more: object) -> Delivery:
    values = {
        "kind": DeliveryKind.CATCH_UP,
        "transition": why,
        "payload": {"members": [{}]},
        "state": DeliveryState.SENT,
    }
    return replace(post(number), **(values | {"sent_at": NOW} | more))


def folds(waiting, sent=(), settings=SETTINGS):
    return [(sorted(one.members), one.into) for one in plan("C1", waiting, sent, NOW, settings).folds]


def test_five_late_alerts_are_five_messages_and_six_are_one():
    assert folds([late(number) for number in range(5)]) == []
    ((members, into),) = folds([late(number) for number in range(6)])
    assert members == list(range(6))
    assert (into.kind, into.transition, into.dedupe_key) == (DeliveryKind.CATCH_UP, BACKLOG, "catch_up:C1:0")


def test_late_ones_are_counted_over_the_window_so_that_a_trickle_does_not_pass():
    sent = [late(number, state=DeliveryState.SENT, sent_at=NOW) for number in range(5)]
    ((members, _),) = folds([late(9)], sent)
    assert members == [9]


def test_late_ones_wait_for_each_other_and_are_then_told_together():
    waiting = [late(number, not_before=NOW + timedelta(seconds=number - 1)) for number in range(1, 9)]
    ((members, _),) = folds(waiting)
    assert members == list(range(1, 9)), "one is due: all are told"
    assert folds([replace(one, not_before=NOW + timedelta(minutes=1)) for one in waiting]) == []


def test_alerts_that_could_not_be_sent_for_long_are_late_too():
    assert folds([post(number, created_at=NOW - timedelta(hours=13)) for number in range(6)]) != []
    assert folds([post(number, created_at=NOW - timedelta(hours=11)) for number in range(6)]) == []


def test_what_was_kept_over_quiet_hours_folds_like_a_backlog():
    kept = [post(number, payload={"quiet": True}) for number in range(6)]
    assert folds(kept[:5]) == []
    ((members, into),) = folds(kept)
    assert (members, into.transition) == (list(range(6)), BACKLOG)


def test_on_time_alerts_are_not_drawn_into_a_catch_up():
    ((members, _),) = folds([late(number) for number in range(6)] + [post(7)])
    assert members == list(range(6))


def test_what_may_have_been_posted_is_left_alone():
    waiting = [late(number) for number in range(6)]
    for odd in (
        late(7, doubtful=True), late(7, state=DeliveryState.UNKNOWN), late(7, state=DeliveryState.SENDING),
    ):  # fmt: skip
        ((members, _),) = folds([*waiting, odd])
        assert 7 not in members


def test_over_the_limit_the_newest_are_folded_and_the_message_grows():
    sent = [post(number, state=DeliveryState.SENT, sent_at=NOW) for number in range(10)]
    waiting = [post(number) for number in range(20, 25)]
    ((members, into),) = folds(waiting, sent)
    assert members == [22, 23, 24]
    assert into.payload["over_limit"] is True
    ((members, into),) = folds(waiting[2:], [*sent, *sent[:2], catch_up(30, OVER_LIMIT)])
    assert (members, into) == ([22, 23, 24], 30)


def test_each_route_has_its_own_limit():
    settings = DeliverySettings(max_per_hour={"a": 1, "b": 3})
    waiting = [post(number, route="ab"[number % 2]) for number in range(6)]
    ((members, _),) = folds(waiting, settings=settings)
    assert members == [2, 4]


def test_a_message_grows_for_a_window_only_and_not_when_it_is_dead():
    waiting = [late(number) for number in range(1, 8)]
    for old in (
        catch_up(30, BACKLOG, created_at=NOW - timedelta(hours=2)),
        catch_up(30, BACKLOG, state=DeliveryState.DEAD),
    ):
        ((_, into),) = folds(waiting, [old])
        assert into != 30
    ((_, into),) = folds([late(1), catch_up(30, BACKLOG, state=DeliveryState.SENDING)])
    assert into == 30


def notice(number: int, source: str, health: str, **more: object) -> Delivery:
    payload = {"source": source, "name": source.upper(), "health": health, "of": 61}
    return replace(post(number), kind=DeliveryKind.NOTICE, story_id=None, payload=payload, **more)


def test_trouble_that_passed_untold_is_cancelled_with_its_recovery():
    result = plan("C9", [notice(1, "a", "failing"), notice(2, "b", "failing"), notice(3, "a", "ok")], [], NOW, SETTINGS)
    assert result.cancel == (1, 3)
    assert result.folds == ()


def test_a_recovery_from_told_trouble_is_told():
    assert plan("C9", [notice(3, "a", "ok")], [], NOW, SETTINGS).cancel == ()


def test_five_failing_sources_are_five_notices_and_six_are_one():
    assert folds([notice(number, f"s{number}", "failing") for number in range(5)]) == []
    ((members, into),) = folds(
        [notice(number, f"s{number}", "gone" if number % 2 else "failing") for number in range(6)]
    )
    assert len(members) == 6
    assert into.payload == {"health": "trouble", "of": 61}


def test_other_notices_are_never_folded():
    others = [replace(notice(number, "", ""), payload={"headline": "x"}) for number in range(20)]
    assert plan("C9", others, [], NOW, SETTINGS).folds == ()
