"""Old posts that slide back into a feed, a backlog after downtime, and the hours in which a channel wants to sleep."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import upkeep
from tests.scenario.news import CITIES, Item, bakery, ban, page
from tests.scenario.world import POLICY, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def long_watched(world: World) -> None:
    """An outlet that has been read every few days for two months."""
    world.publish("gazette", bakery(1, world.clock.now - HOUR))
    world.begin()
    for _ in range(12):
        await world.round(after=5 * DAY)


async def test_a_post_of_last_month_that_slides_back_into_the_feed_is_silent(any_world: World):
    world = any_world
    await long_watched(world)
    world.publish("gazette", bakery(1, world.clock.now), ban("Boise", world.clock.now - 20 * DAY))
    polled = (await world.round(after=MINUTE))["gazette"]
    assert [(told.verdict, told.alert) for told in polled.told] == [("change", "none")]
    assert "not in its source when that was read on" in polled.told[0].reason
    await world.round(after=HOUR)
    assert world.posts() == []


@pytest.mark.parametrize("downtime", [DAY, 22 * DAY])
async def test_what_a_page_adds_is_told_only_when_its_report_is_no_old_post(world: World, downtime: timedelta):
    await long_watched(world)
    told = ban("Boise", world.clock.advance(downtime) - 20 * DAY)
    url = world.server.serve("/boise", page(told))
    thin = Item(
        "Boise City Council votes on facial recognition",
        "Facial recognition was on the agenda.",
        told.published,
        "thin",
        url,
    )
    world.publish("gazette", bakery(1, world.clock.now), thin)
    await world.round(after=MINUTE)
    assert await world.read_pages() == 1
    await world.round(after=HOUR)
    with world.reading() as tx:
        assert tx.reports.recent().total == 1, "the page says that it is a change"
    assert len(world.posts()) == (downtime > 20 * DAY)


async def test_a_backlog_after_real_downtime_is_told(any_world: World):
    world = any_world
    await long_watched(world)
    read_at = world.clock.now
    world.clock.advance(20 * DAY)
    world.publish("gazette", *(ban(city, read_at + (2 + number) * DAY) for number, city in enumerate(CITIES[:7])))
    await world.round()
    await world.round(after=10 * MINUTE)
    (message,) = world.posts()
    assert message["text"].startswith("Catching up: 7 policy changes")


def quiet_world(world: World) -> None:
    world.routes[0] = {**world.routes[0], "quiet": "22:00-07:00 Europe/Brussels"}
    world.publish("gazette")
    world.begin()


async def test_what_happens_in_quiet_hours_is_told_in_the_morning(any_world: World):
    world = any_world  # it begins at ten in the morning in Brussels
    quiet_world(world)
    await world.round(after=MINUTE)
    world.clock.advance(13 * HOUR)
    world.publish("gazette", *(ban(city, world.clock.now) for city in CITIES[:3]))
    await world.round(after=MINUTE)
    upkeep.hurry(world.parts)  # as a single pass does at its end
    await world.deliver()
    assert world.posts() == []
    await world.round(after=7 * HOUR)
    assert world.posts() == []
    await world.round(after=HOUR)
    assert sorted(text.split()[0] for text in world.texts()) == sorted(CITIES[:3])
    assert all("after it was published" not in str(post["blocks"]) for post in world.posts())


async def test_a_night_with_more_than_five_is_one_message(world: World):
    quiet_world(world)
    await world.round(after=MINUTE)
    world.clock.advance(13 * HOUR)
    for number in range(1, 8):
        world.publish("gazette", *(ban(city, world.clock.now) for city in CITIES[:number]))
        await world.round(after=HOUR)
    assert world.posts() == []
    await world.round(after=2 * HOUR)
    (message,) = world.posts(POLICY)
    assert message["text"].startswith("Catching up: 7 policy changes")
