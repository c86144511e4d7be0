"""Which routes take a story, and that nothing of the past is ever sent."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.alerts.filters import place_within
from bot.alerts.routing import plan, reply, stage_transition
from bot.model import Action, DeliveryKind, Quiet, Stage
from tests.alerts.samples import DAILY, DAY, NOW, SETTINGS, SIGHTING, STORY, route, story


def decide(story_=STORY, sighting=SIGHTING, routes=(route(),), transition="new"):
    return plan(story_, transition, sighting, routes, NOW, SETTINGS)


def how(story_=STORY, sighting=SIGHTING, route_=None):
    (verdict,) = decide(story_, sighting, (route_ or route(),)).verdicts
    return verdict.how, verdict.reason


def test_a_new_story_is_owed_to_its_channel_under_its_own_key():
    (delivery,) = decide().deliveries
    assert delivery.kind is DeliveryKind.POST
    assert delivery.dedupe_key == "post:12:C0POLICY01:new"
    assert delivery.not_before is None
    assert "late_seconds" not in delivery.payload


def test_a_stage_is_news_under_another_key():
    (delivery,) = decide(story(stage=Stage.PASSED), transition=stage_transition(Stage.PASSED)).deliveries
    assert delivery.dedupe_key == "post:12:C0POLICY01:stage:passed"


def test_two_routes_to_one_channel_are_one_delivery():
    result = decide(routes=(route("a"), route("b"), route("c", channel="C2")))
    assert [(one.channel, one.route, one.payload["routes"]) for one in result.deliveries] == [
        ("C0POLICY01", "a", ["a", "b"]),
        ("C2", "c", ["c"]),
    ]
    assert [one.how for one in result.verdicts] == ["now"] * 3
    assert "route a" in result.verdicts[1].reason


def test_operators_routes_take_no_story():
    assert decide(routes=(route(kind="operators"),)).verdicts == ()


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ({"actors": ("Microsoft",)}, True), ({"actors": ("microsoft",)}, True), ({"actors": ("MSFT",)}, True),
        ({"actors": ("IBM",)}, False), ({"actions": ("halt", "ban")}, True), ({"actions": ("ban",)}, False),
        ({"targets": ("police",)}, True), ({"targets": ("schools",)}, False), ({"targets": ("anyone",)}, True),
        ({"stages": ("announced",)}, True), ({"stages": ("passed",)}, False),
        ({"categories": ("corporate_newsroom",)}, True), ({"categories": ("court",)}, False),
        ({"jurisdictions": ("US",)}, True), ({"jurisdictions": ("EU",)}, False), ({"jurisdictions": ("EU", "US")}, True),
        ({"min_score": 0.99}, False), ({"min_score": 0.9}, True),
        ({"actors": ("Microsoft",), "actions": ("ban",)}, False),
    ],
)  # fmt: skip
def test_filters(when, taken):
    verdict, reason = how(route_=route(when=when))
    assert verdict == ("now" if taken else "silent")
    assert taken or any(word in reason for word in ("among", "not in", "below"))


@pytest.mark.parametrize(
    ("place", "wanted", "inside"),
    [
        ("DE", "EU", True), ("DE-BE", "EU", True), ("EU", "EU", True), ("GB", "EU", False), ("US-CA", "US", True),
        ("US-CA/San Francisco", "US-CA", True), ("US-CA/San Francisco", "US", True), ("US", "US-CA", False),
        ("US-CA", "US-C", False), ("EU", "DE", False), ("IEX", "IE", False),
    ],
)  # fmt: skip
def test_a_place_takes_in_what_lies_in_it(place, wanted, inside):
    assert place_within(place, wanted, SETTINGS.members) is inside


def test_a_place_may_be_typed_by_name():
    assert (
        how(story(jurisdictions=("US-CA/Oakland",)), route_=route(when={"jurisdictions": ("California",)}))[0] == "now"
    )


def test_a_change_that_states_no_place_or_target_passes_and_is_marked():
    only = route(when={"jurisdictions": ("EU",), "targets": ("schools",)})
    result = decide(story(jurisdictions=(), targets=()), routes=(only,))
    assert result.deliveries[0].payload["unstated"] == ["place", "target"]
    assert "no place" in result.verdicts[0].reason
    assert "unstated" not in decide(story(jurisdictions=(), targets=())).deliveries[0].payload


def test_scores_decide_between_at_once_a_digest_and_silence():
    digest = route("weekly", schedule=DAILY)
    results = {score: decide(story(score=score), routes=(route(), digest)) for score in (0.9, 0.6, 0.3)}
    assert {score: [one.how for one in result.verdicts] for score, result in results.items()} == {
        0.9: ["now", "digest"],
        0.6: ["silent", "digest"],
        0.3: ["silent", "silent"],
    }
    assert [result.digest[0].maybe for result in results.values() if result.digest] == [False, True]
    assert how(story(score=0.4), route_=route(when={"min_score": 0.3}))[0] == "now"


def test_a_digest_route_keeps_the_story_and_owes_no_post():
    result = decide(routes=(route("weekly", schedule=DAILY),))
    assert result.deliveries == ()
    (item,) = result.digest
    assert (item.route, item.story_id, item.transition, item.at) == ("weekly", 12, "new", NOW)


@pytest.mark.parametrize("action", [Action.CALL_FOR, Action.REVIEW, Action.OTHER])
def test_soft_actions_are_for_digests_unless_asked_for_by_name(action):
    soft = story(action=action)
    assert how(soft)[0] == "silent"
    assert how(soft, route_=route(schedule=DAILY))[0] == "digest"
    assert how(soft, route_=route(when={"actions": (action.value,)}))[0] == "now"


# --- nothing of the past ---------------------------------------------------------------------------------------------

FIRST_POLL = replace(SIGHTING, source_added_at=NOW - timedelta(seconds=5), baseline_at=None)
YOUNG = route(created_at=NOW - timedelta(seconds=5))


@pytest.mark.parametrize(
    ("sighting", "route_", "taken"),
    [
        # The first poll is a baseline …
        (replace(FIRST_POLL, published=NOW - DAY), YOUNG, False),
        (replace(FIRST_POLL, published=NOW - timedelta(minutes=1)), YOUNG, False),
        (replace(FIRST_POLL, published=NOW, dated=False), YOUNG, False),
        # … unless the operator asked for what was published since.
        (replace(FIRST_POLL, published=NOW - DAY, alert_since=NOW - 2 * DAY), YOUNG, True),
        (replace(FIRST_POLL, published=NOW - 3 * DAY, alert_since=NOW - 2 * DAY), YOUNG, False),
        (replace(FIRST_POLL, published=NOW, dated=False, alert_since=NOW - 2 * DAY), YOUNG, False),
        # Later polls: what is new since the source was added; an undated entry is as old as its first sight.
        (replace(SIGHTING, published=NOW - 11 * DAY), None, False),
        (replace(SIGHTING, published=NOW - 9 * DAY), None, True),
        (replace(SIGHTING, published=NOW, dated=False), None, True),
        # A date without a time counts as its whole day, after the baseline.
        (replace(SIGHTING, source_added_at=NOW, baseline_at=NOW, published=NOW.replace(hour=0, minute=0)), None, True),
        (replace(SIGHTING, source_added_at=NOW, baseline_at=None, published=NOW.replace(hour=0, minute=0)), None, False),
        # A route that came later hears nothing published or known before it was made.
        (replace(SIGHTING, published=NOW - DAY), route(created_at=NOW - timedelta(hours=1)), False),
        (replace(SIGHTING, first_seen=NOW - 2 * DAY), route(created_at=NOW - timedelta(hours=1)), False),
        (SIGHTING, route(created_at=NOW - timedelta(hours=1)), True),
        (replace(SIGHTING, published=NOW - DAY, alert_since=NOW - 20 * DAY), route(created_at=NOW - timedelta(hours=1)), False),
        (replace(SIGHTING, published=NOW - DAY, alert_since=NOW - 20 * DAY), route(created_at=NOW - 10 * DAY), True),
        # Something old that came back into the feed; a backlog after downtime is news.
        (replace(SIGHTING, published=NOW - 9 * DAY, last_ok_at=NOW - timedelta(hours=1)), None, False),
        (replace(SIGHTING, published=NOW - 6 * DAY, last_ok_at=NOW - timedelta(hours=1)), None, True),
        (replace(SIGHTING, published=NOW - 9 * DAY, last_ok_at=NOW - 9.5 * DAY), None, True),
        (replace(SIGHTING, published=NOW - 9 * DAY, last_ok_at=NOW - 4 * DAY), None, True),
        (replace(SIGHTING, published=NOW, dated=False, last_ok_at=NOW - timedelta(hours=1)), None, True),
        # A mute swallows what was published in it, also when it is over.
        (replace(SIGHTING, muted_until=NOW + DAY), None, False),
        (replace(SIGHTING, published=NOW - timedelta(hours=3), muted_until=NOW - timedelta(hours=1)), None, False),
        (replace(SIGHTING, muted_until=NOW - timedelta(hours=1)), None, True),
    ],
)  # fmt: skip
def test_nothing_of_the_past(sighting, route_, taken):
    verdict, reason = how(sighting=sighting, route_=route_)
    assert verdict == ("now" if taken else "silent"), reason


def test_curated_history_is_never_alerted_nor_in_a_digest():
    curated = replace(STORY, curated=True)
    assert how(curated)[0] == "silent"
    assert how(curated, route_=route(schedule=DAILY))[0] == "silent"


def test_a_late_alert_says_how_late_and_waits_for_its_fellows():
    (delivery,) = decide(sighting=replace(SIGHTING, published=NOW - DAY)).deliveries
    assert delivery.payload["late_seconds"] == 86_400
    assert delivery.not_before == NOW + SETTINGS.settle


NIGHT = Quiet(time(17), time(19), "UTC")
END = NOW.replace(hour=19, minute=0)


def test_in_quiet_hours_a_post_waits_for_their_end():
    (delivery,) = decide(routes=(route(quiet=NIGHT),)).deliveries
    assert (delivery.not_before, delivery.payload["quiet"]) == (END, True)
    (late,) = decide(sighting=replace(SIGHTING, published=NOW - DAY), routes=(route(quiet=NIGHT),)).deliveries
    assert late.not_before == END
    (awake,) = decide(routes=(route(quiet=Quiet(time(19), time(7))),)).deliveries
    assert awake.not_before is None
    assert "quiet" not in awake.payload


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_routes_to_a_channel_the_one_that_is_awake_speaks(order):
    (delivery,) = decide(routes=(route("a", quiet=NIGHT), route("b"))[::order]).deliveries
    assert delivery.not_before is None
    assert "quiet" not in delivery.payload
    assert len(delivery.payload["routes"]) == 2
    short = route("b", quiet=replace(NIGHT, end=time(18, 30)))
    (delivery,) = decide(routes=(route("a", quiet=NIGHT), short)[::order]).deliveries
    assert delivery.not_before == END - timedelta(minutes=30)


def test_replies_are_owed_once_for_each_thing_and_broadcast_only_where_the_route_asks():
    plain = reply(7, route(), "coverage", {}, 12)
    loud = reply(7, route(broadcast=True), "revision:3", {"text": "x"}, 12)
    assert (plain.dedupe_key, plain.payload) == ("reply:7:coverage", {"of": "coverage"})
    assert (loud.dedupe_key, loud.payload) == ("reply:7:revision:3", {"text": "x", "of": "revision", "broadcast": True})
