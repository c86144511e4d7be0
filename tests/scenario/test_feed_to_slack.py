"""Feed in, Slack message out, over real HTTP on both sides: one message for one story, whatever is published about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.model import DeliveryState
from bot.slack.text import day
from tests.scenario.news import CITIES, bakery, ban, considered, passed
from tests.scenario.world import POLICY, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def permalink(message: dict[str, Any]) -> str:
    return f"https://fake.slack.example/archives/{POLICY}/p{message['ts'].replace('.', '')}"


async def test_a_new_relevant_entry_becomes_exactly_one_post(any_world: World):
    world = any_world
    world.publish("gazette", bakery(1, world.clock.now - HOUR))
    world.begin()
    await world.round()
    assert world.posts() == []

    at = world.clock.advance(HOUR)
    world.publish("gazette", ban("Boise", at), bakery(2, at), bakery(1, at - HOUR))
    polled = (await world.round(after=MINUTE))["gazette"]
    assert sorted(told.alert for told in polled.told) == ["new", "none"]
    (post,) = world.posts()
    assert post["text"].startswith("Boise City Council bans police use of facial recognition\n")
    key = post["metadata"]["event_payload"]["key"]
    assert post["metadata"] == {"event_type": "policywatch", "event_payload": {"key": key, "story": "s1"}}

    for _ in range(3):
        await world.round(after=HOUR)
    assert world.posts() == [post]
    assert len(world.slack.called("chat.postMessage")) == 1
    (delivery,) = [one for one in world.deliveries() if one.story_id]
    assert (delivery.state, delivery.ts, delivery.send_key) == (DeliveryState.SENT, post["ts"], key)
    assert delivery.dedupe_key == "post:1:C0POLICY001:new"


async def test_a_second_poll_is_conditional_and_stores_nothing(world: World):
    world.publish("etag", bakery(1, world.clock.now - HOUR), etag='"v1"')
    world.publish("dated", bakery(2, world.clock.now - HOUR), last_modified="Thu, 12 Nov 2026 08:00:00 GMT")
    world.publish("bare", bakery(3, world.clock.now - HOUR))
    world.begin()
    await world.round()
    tables = ("entries", "articles", "stories", "policy_changes", "deliveries")
    before = {table: world.count(table) for table in tables}

    polled = await world.round(after=HOUR)
    assert {name: one.told for name, one in polled.items()} == {"etag": (), "dated": (), "bare": ()}
    first, second = world.server.asked("/etag/feed")
    assert "If-None-Match" not in first.headers
    assert (second.headers["If-None-Match"], second.status) == ('"v1"', 304)
    _, second = world.server.asked("/dated/feed")
    assert (second.headers["If-Modified-Since"], second.status) == ("Thu, 12 Nov 2026 08:00:00 GMT", 304)
    _, second = world.server.asked("/bare/feed")
    assert second.status == 200
    assert {table: world.count(table) for table in tables} == before
    assert world.state("bare").last_ok_at == world.clock.now


async def test_more_outlets_change_the_one_message_and_its_thread(world: World):
    outlets = ["gazette", "herald", "courier"]
    for outlet in outlets:
        world.publish(outlet)
    world.begin()
    at = world.clock.advance(HOUR)
    await world.round()
    world.publish("gazette", ban("Boise", at))
    await world.round(after=MINUTE)
    (post,) = world.posts()
    assert "1 source" in post["text"]

    world.publish("herald", ban("Boise", at + MINUTE, outlet="herald", words="The mayor welcomed the vote."))
    world.publish("courier", ban("Boise", at + 2 * MINUTE, outlet="courier", words="The police union criticised it."))
    polled = await world.round(after=5 * MINUTE)
    assert [polled[name].told[0].alert for name in ("herald", "courier")] == ["update", "update"]
    world.clock.advance(5 * MINUTE)
    await world.deliver()
    (post,) = world.posts()
    assert "3 sources" in post["text"]
    (reply,) = world.replies(post["ts"])
    assert reply["text"].startswith("Coverage (3)")
    assert len(world.slack.called("chat.postMessage")) == 2, "the alert and its one reply: nobody was pinged again"
    assert post["metadata"]["event_payload"]["story"] == "s1", "an edit keeps the key by which the post is found"


async def test_a_stage_move_is_a_second_post_that_links_the_first(any_world: World):
    world = any_world
    world.publish("gazette")
    world.begin()
    at = world.clock.advance(HOUR)
    await world.round()
    first = considered("Boise", at)
    world.publish("gazette", first)
    await world.round(after=MINUTE)
    later = world.clock.advance(timedelta(days=9))
    world.publish("gazette", passed("Boise", later), first)
    polled = (await world.round(after=MINUTE))["gazette"]
    assert [told.alert for told in polled.told] == ["stage"]
    world.clock.advance(5 * MINUTE)
    await world.deliver()
    before, now = world.posts()
    assert "considered → passed" in now["text"].partition("\n")[0]
    assert permalink(before) in str(now["blocks"]), "the new message links the first one in the channel"
    assert f"considered {day(at)}" in str(before["blocks"]), "it was considered on that day, whatever came later"
    assert f"passed {day(later)}" in str(now["blocks"])
    assert "Now passed" in str(before["blocks"]), "the first message says that the matter has moved on"
    assert permalink(now) in str(before["blocks"])
    keys = {one.dedupe_key for one in world.deliveries() if one.kind == "post"}
    assert keys == {"post:1:C0POLICY001:new", "post:1:C0POLICY001:stage:passed"}


async def test_a_desks_template_with_another_name_in_it_is_another_story(world: World):
    """Trackers write each decision in the same words: alike as copies are, and each is news."""
    world.publish("gazette")
    world.begin()
    await world.round()
    at = world.clock.advance(HOUR)
    world.publish("gazette", *(ban(city, at) for city in CITIES))
    polled = (await world.round(after=MINUTE))["gazette"]
    assert [told.alert for told in polled.told] == ["new"] * len(CITIES)
    assert sorted(text.split()[0] for text in world.texts()) == sorted(CITIES)
    # And the next step of one of them, days later, in the words of the step before.
    later = world.clock.advance(timedelta(days=9))
    first = considered("Madison", later)
    world.publish("gazette", first)
    await world.round(after=MINUTE)
    later = world.clock.advance(timedelta(days=9))
    world.publish(
        "gazette",
        replace(
            passed("Madison", later), text=first.text.replace("is considering", "passed").replace("would ban", "bans")
        ),
    )
    polled = (await world.round(after=MINUTE))["gazette"]
    assert [told.alert for told in polled.told] == ["stage"]
