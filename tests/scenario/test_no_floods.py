"""The past is not alerted: baselines, new routes, mutes, re-published feeds; what comes late comes in one message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import upkeep
from bot.deeds import Deeds
from bot.slack.asks import Asker
from tests.scenario.news import CITIES, bakery, ban
from tests.scenario.world import POLICY, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def mute(world: World, source_id: str, until) -> None:
    with world.parts.store.transaction() as tx:
        assert tx.sources.mute(source_id, until)


async def test_the_baseline_fills_the_ledger_and_alerts_on_nothing(world: World):
    start = world.clock.now
    old = [ban(city, start - (number + 1) * HOUR) for number, city in enumerate(CITIES[:6])]
    world.publish("gazette", *old, ban(CITIES[6], None))
    world.begin()
    polled = (await world.round(after=MINUTE))["gazette"]
    assert polled.baseline
    assert len(polled.told) == 7
    assert {told.verdict for told in polled.told} == {"change"}
    assert {told.alert for told in polled.told} == {"none"}
    assert world.posts() == []
    assert world.count("stories") == 7
    silences = {entry.reason for entry in world.entries("gazette")}
    assert any("before its source was added" in reason for reason in silences)
    assert any("undated, and already there when its source was first read" in reason for reason in silences)


async def test_what_a_first_poll_finds_from_after_the_source_was_added_is_told(world: World):
    world.publish("gazette", ban("Boise", world.clock.now + MINUTE), ban("Tulsa", world.clock.now - MINUTE))
    world.begin()
    await world.round(after=2 * MINUTE)
    assert [text for text in world.texts() if "bans" in text] == [
        "Boise City Council bans police use of facial recognition"
    ]


async def test_alert_since_in_the_past_tells_late_ones_and_folds_over_five(world: World):
    start = world.clock.now
    few = [ban(city, start - 2 * DAY) for city in CITIES[:2]]
    world.publish("gazette", *few, ban(CITIES[9], start - 20 * DAY))
    world.sources["gazette"]["alert_since"] = (start - 10 * DAY).date().isoformat()
    world.begin()
    await world.round(after=MINUTE)
    assert world.posts() == [], "late ones wait for each other"
    world.clock.advance(3 * MINUTE)
    await world.deliver()
    assert sorted(world.texts()) == sorted(
        f"{city} City Council bans police use of facial recognition" for city in CITIES[:2]
    )
    assert all("Told 2 days after it was published" in str(post["blocks"]) for post in world.posts())

    many = [ban(city, world.clock.now - 3 * DAY, outlet="herald") for city in CITIES[2:9]]
    world.publish("herald", *many)
    world.sources["herald"]["alert_since"] = (start - 10 * DAY).date().isoformat()
    world.clock.advance(2 * HOUR)
    world.reconfigure()
    await world.round(after=MINUTE)
    world.clock.advance(3 * MINUTE)
    await world.deliver()
    (message,) = world.posts()[2:]
    assert message["text"].startswith("Catching up: 7 policy changes")
    assert all(city in message["text"] for city in CITIES[2:9])
    assert CITIES[9] not in str(world.slack.messages(POLICY)), "older than alert_since"


async def test_a_new_route_hears_nothing_of_the_past(world: World):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    world.publish("gazette", ban("Boise", at))
    await world.round(after=MINUTE)
    assert len(world.posts()) == 1

    world.slack.add_channel("C0NEWCOMER1")
    world.routes.append({"name": "newcomer", "channel": "C0NEWCOMER1"})
    world.clock.advance(HOUR)
    world.reconfigure()
    # Another outlet's report of what is known already, and a late one from before the route.
    world.publish("gazette", ban("Tulsa", at + MINUTE), ban("Boise", at))
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    await world.deliver()
    assert [text.split()[0] for text in world.texts()] == ["Boise", "Tulsa"]
    assert world.posts("C0NEWCOMER1") == []

    world.publish("gazette", ban("Omaha", world.clock.now))
    await world.round(after=MINUTE)
    assert [text.split()[0] for text in world.texts("C0NEWCOMER1")] == ["Omaha"]
    assert [text.split()[0] for text in world.texts()] == ["Boise", "Tulsa", "Omaha"]


async def test_an_unmute_sends_nothing_of_the_meantime(world: World):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    mute(world, "gazette", world.clock.now + 7 * DAY)
    dated = ban("Boise", world.clock.advance(DAY))
    world.publish("gazette", dated, ban("Tulsa", None))
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    mute(world, "gazette", world.clock.now)
    await world.round(after=HOUR)
    # What was published during the mute and only comes to light after it is the past as well.
    world.publish("gazette", ban("Omaha", dated.published + MINUTE / 2), dated, ban("Tulsa", None))
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    await world.deliver()
    assert world.posts() == []
    world.publish("gazette", ban("Toledo", world.clock.now), dated)
    await world.round(after=MINUTE)
    assert [text.split()[0] for text in world.texts()] == ["Toledo"]


async def test_a_republished_feed_alerts_on_nothing(any_world: World):
    world = any_world
    world.publish("gazette", bakery(0, world.clock.now - HOUR))
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    items = [ban("Boise", at), ban("Tulsa", at), bakery(1, at)]
    world.publish("gazette", *items)
    await world.round(after=MINUTE)
    assert len(world.posts()) == 2
    stories = world.count("stories")

    for number in range(1, 4):
        at = world.clock.advance(30 * DAY)
        again = [
            replace(item, guid=f"{item.guid}-{number}", link=f"{item.link}-{number}", published=at) for item in items
        ]
        world.publish("gazette", *again)
        polled = (await world.round(after=MINUTE))["gazette"]
        assert {told.verdict for told in polled.told} == {"republished"}
    world.clock.advance(DAY)
    await world.deliver()
    assert len(world.posts()) == 2
    assert len(world.slack.called("chat.postMessage")) == 2
    assert world.count("stories") == stories


async def test_old_items_pulled_into_the_window_alert_on_nothing(world: World):
    """A deleted item lets last year's post slide into the feed: it is new to us, and it is the past."""
    world.publish("gazette", bakery(1, world.clock.now - HOUR))
    world.begin()
    await world.round(after=MINUTE)
    world.clock.advance(DAY)
    world.publish("gazette", bakery(1, world.clock.now - DAY), ban("Boise", world.clock.now - 400 * DAY))
    polled = (await world.round(after=MINUTE))["gazette"]
    assert [(told.verdict, told.alert) for told in polled.told] == [("change", "none")]
    assert world.posts() == []


async def test_a_baseline_that_failed_first_is_a_baseline_when_it_works(world: World):
    world.publish("gazette", ban("Boise", world.clock.now - HOUR))
    world.begin()
    url = world.sources["gazette"]["url"]
    world.server.remove("/gazette/feed")
    await world.round(after=MINUTE)
    assert world.state("gazette").baseline_at is None
    world.publish("gazette", ban("Boise", world.clock.now - HOUR), ban("Tulsa", None))
    assert world.sources["gazette"]["url"] == url
    polled = (await world.round(after=DAY))["gazette"]
    assert polled.baseline
    assert world.posts() == []


async def test_the_welcome_is_said_once_in_each_channel(any_world: World):
    world = any_world
    world.slack.add_channel("C0ASECOND01")
    world.routes.append({"name": "second", "channel": "C0ASECOND01", "when": {"actions": ["ban"]}})
    world.routes.append({"name": "same-channel", "channel": POLICY, "when": {"actions": ["fine"]}})
    world.publish("gazette", ban("Boise", world.clock.now - HOUR))
    world.publish("herald", bakery(1, world.clock.now - HOUR))
    world.begin()
    await world.poll("gazette")
    assert not upkeep.welcome(world.parts)
    invited = Asker("U0ANNA0001", POLICY)
    Deeds(world.parts).joined(invited, world.clock.now)
    await world.deliver()
    assert world.posts() == [], "the baseline is not complete yet: what hello would say is not known"
    await world.poll("herald")
    for _ in range(3):
        assert upkeep.welcome(world.parts)
        Deeds(world.parts).joined(invited, world.clock.now)
        await world.deliver()
    line = "Watching 2 sources; 1 change in the last 30 days, not alerted."
    assert world.texts() == [line]
    assert world.texts("C0ASECOND01") == [line]
    assert world.posts("C0OPERATOR1") == []
    # Another process, a day later.
    world.clock.advance(DAY)
    assert upkeep.welcome(world.new_parts()), "a restart finds it settled and does not ask for ever"
    await world.deliver()
    assert len(world.posts()) == 1


async def test_more_than_a_route_allows_in_an_hour_grows_one_message(world: World):
    world.routes[0] = {**world.routes[0], "max_per_hour": 3}
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    world.publish("gazette", *(ban(city, at) for city in CITIES[:6]))
    await world.round(after=MINUTE)
    world.publish("gazette", *(ban(city, at) for city in CITIES[:8]))
    await world.round(after=5 * MINUTE)
    world.clock.advance(MINUTE)
    await world.deliver()
    *single, growing = world.posts()
    assert len(single) == 3
    assert "5 more in one message: over 3 alerts in an hour" in growing["text"]
    told = "\n".join(post["text"] for post in world.posts())
    assert all(city in told for city in CITIES[:8])


async def test_what_a_baseline_showed_is_told_when_it_is_still_news_and_not_weeks_later(world: World):
    start = world.clock.now
    world.publish("gazette", ban("Boise", start - 2 * HOUR), ban("Tulsa", start - 2 * HOUR))
    world.publish("herald")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(3 * HOUR)
    fresh = ban("Boise", at, outlet="herald", words="The mayor welcomed the vote and thanked the members.")
    world.publish("herald", fresh)
    await world.round(after=MINUTE)
    assert [text.split()[0] for text in world.texts()] == ["Boise"]

    at = world.clock.advance(6 * DAY)
    world.publish(
        "herald", ban("Tulsa", at, outlet="herald", words="The mayor welcomed the vote and thanked them."), fresh
    )
    polled = (await world.round(after=MINUTE))["herald"]
    assert [told.alert for told in polled.told] == ["none"]
    assert polled.told[0].story_id is not None
    assert [text.split()[0] for text in world.texts()] == ["Boise"]
