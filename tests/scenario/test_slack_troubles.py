"""Slack refuses, slows down or says nothing: nothing is lost, nothing comes twice, and operators hear of it."""

from __future__ import annotations

from datetime import timedelta

from bot import upkeep
from bot.commands.serve import meet_slack
from bot.model import DeliveryState
from bot.queries import Reader
from tests.scenario.news import ban
from tests.scenario.world import OPERATORS, POLICY, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def begin(world: World, *cities: str) -> None:
    """A baseline, then news that is owed and not sent."""
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    world.publish("gazette", *(ban(city, at) for city in cities))
    await world.poll()


def slack_check(world: World) -> bool:
    return next(one.ok for one in Reader(world.parts).checks() if one.name == "slack")


async def wait(world: World, *, minutes: int) -> None:
    """Time passes while the worker delivers."""
    for _ in range(minutes):
        world.clock.advance(MINUTE)
        await world.deliver()


async def test_a_revoked_token_stops_everything_and_a_new_one_sends_what_was_owed(any_world: World):
    world = any_world
    await begin(world, "Boise", "Tulsa")
    token, world.slack.bot_token = world.slack.bot_token, "xoxb-another"
    await wait(world, minutes=3)
    assert world.posts() == []
    assert not slack_check(world), "readiness is red"
    calls = len(world.slack.called("chat.postMessage"))
    assert calls <= 4, "one delivery tries at a time, and not often"
    world.slack.bot_token = token
    await wait(world, minutes=3)
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Tulsa"]
    assert slack_check(world)
    assert any("Slack refused all messages" in text for text in world.texts(OPERATORS))


async def test_a_token_revoked_before_the_start_is_seen_before_anything_is_owed(any_world: World):
    world = any_world
    world.publish("gazette")
    world.begin()
    token, world.slack.bot_token = world.slack.bot_token, "xoxb-another"
    assert slack_check(world)
    for _ in range(2):
        assert not await meet_slack(world.parts, world.sender)
        assert not slack_check(world)
    (check,) = (one for one in Reader(world.parts).checks() if one.name == "slack")
    assert check.detail == "refuses everything: invalid_auth"
    assert world.slack.called("chat.postMessage") == []
    world.slack.bot_token = token
    assert await meet_slack(world.parts, world.sender)
    assert slack_check(world), "without a message having been sent"
    await world.deliver()
    (notice,) = world.texts(OPERATORS)
    assert "Slack refused all messages" in notice


async def test_a_slack_that_does_not_answer_at_the_start_is_no_refusal(world: World):
    world.publish("gazette")
    world.begin()
    world.slack.fault("auth.test", "html_502")
    assert not await meet_slack(world.parts, world.sender)
    assert slack_check(world)
    assert await meet_slack(world.parts, world.sender)


async def test_a_missing_scope_stays_red_though_the_token_is_good(world: World):
    world.publish("gazette")
    world.begin()
    upkeep.slack_refused(world.parts, "missing_scope: needs chat:write")
    assert await meet_slack(world.parts, world.sender)
    assert not slack_check(world)


async def test_a_channel_without_the_bot_keeps_its_messages_and_the_others_go_on(world: World):
    world.slack.add_channel("C0STRANGER1", member=False)
    world.routes.append({"name": "stranger", "channel": "C0STRANGER1"})
    await begin(world, "Boise", "Tulsa")
    await world.deliver()
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Tulsa"]
    (notice,) = world.posts(OPERATORS)
    assert "C0STRANGER1" in notice["text"]
    assert "/invite" in str(notice["blocks"])
    assert world.posts("C0STRANGER1") == []
    world.slack.channels["C0STRANGER1"].member = True
    await wait(world, minutes=35)
    assert sorted(text.split()[0] for text in world.texts("C0STRANGER1")) == ["Boise", "Tulsa"]
    assert len(world.posts(OPERATORS)) == 1


async def test_slowing_down_is_obeyed(world: World):
    await begin(world, "Boise", "Tulsa")
    world.slack.fault("chat.postMessage", "ratelimited")  # seven seconds
    await world.deliver()
    assert world.posts() == []
    assert len(world.slack.called("chat.postMessage")) == 1
    world.clock.advance(seconds=8)
    await world.deliver()
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Tulsa"]


async def test_a_post_of_unknown_fate_is_looked_up_before_it_is_repeated(any_world: World):
    world = any_world
    await begin(world, "Boise", "Tulsa", "Omaha")
    world.slack.fault("chat.postMessage", "commit_reset")
    world.slack.fault("chat.postMessage", "reset")
    world.slack.fault("chat.postMessage", "commit_html_502")
    await wait(world, minutes=3)
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Omaha", "Tulsa"]
    assert len(world.slack.called("chat.postMessage")) == 4, "only the one that was not accepted is sent again"
    assert world.slack.called("conversations.history")
    await wait(world, minutes=10)
    assert len(world.posts()) == 3


async def test_where_history_may_not_be_read_a_doubtful_post_is_held_and_operators_decide(world: World):
    await begin(world, "Boise")
    world.slack.fault("chat.postMessage", "commit_reset")
    world.slack.fault("conversations.history", "missing_scope", times=50)
    await wait(world, minutes=5)
    assert len(world.posts()) == 1
    (notice,) = world.posts(OPERATORS)
    assert "is held" in notice["text"]
    assert "policywatch outbox" in str(notice["blocks"])
    (held,) = [one for one in world.deliveries() if one.channel == POLICY]
    assert held.state is DeliveryState.UNKNOWN
    with world.parts.store.transaction() as tx:
        assert tx.outbox.drop(held.id)
    await wait(world, minutes=5)
    assert len(world.posts()) == 1


async def test_blocks_that_slack_refuses_go_out_as_text(world: World):
    await begin(world, "Boise")
    world.slack.fault("chat.postMessage", "invalid_blocks")
    await wait(world, minutes=1)
    (post,) = world.posts()
    assert post["text"].startswith("Boise City Council bans police use of facial recognition")
    assert post["blocks"] == []
    world.publish("gazette", ban("Boise", world.clock.now), ban("Tulsa", world.clock.now))
    await world.poll()
    world.slack.fault("chat.postMessage", "invalid_blocks", times=2)
    await wait(world, minutes=2)
    assert len(world.posts()) == 1
    assert "could not be posted: invalid_blocks" in world.posts(OPERATORS)[0]["text"]


async def test_a_message_that_somebody_deleted_is_not_posted_anew(world: World):
    await begin(world, "Boise")
    world.publish("herald")
    world.reconfigure()
    await world.round(after=MINUTE)
    world.slack.channels[POLICY].messages.clear()
    world.publish("herald", ban("Boise", world.clock.now, outlet="herald", words="The mayor welcomed the vote."))
    await world.round(after=MINUTE)
    await wait(world, minutes=10)
    assert world.posts() == []
    assert [one.state for one in world.deliveries() if one.kind == "post"] == [DeliveryState.SENT]
