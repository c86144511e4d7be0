"""What goes wrong in feed monitors, each once through the whole of it: one story stays one message."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.scenario.news import CITIES, Item, bakery, ban
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def watching(world: World) -> World:
    """Two outlets, their baseline behind them."""
    for outlet in ("gazette", "herald"):
        world.publish(outlet, bakery(0, world.clock.now - DAY), bakery(1, world.clock.now - DAY))
    world.begin()
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    return world


def cities(world: World) -> list[str]:
    return sorted(text.split()[0] for text in world.texts())


async def test_one_guid_on_every_item(watching: World):
    at = watching.clock.now
    watching.publish("gazette", *(replace(ban(city, at), guid="the-guid") for city in CITIES[:3]))
    await watching.round(after=MINUTE)
    await watching.round(after=HOUR)
    assert cities(watching) == sorted(CITIES[:3])


async def test_one_link_on_every_item(watching: World):
    at = watching.clock.now
    watching.publish("gazette", *(replace(ban(city, at), link="https://gazette.example/") for city in CITIES[:3]))
    await watching.round(after=MINUTE)
    await watching.round(after=HOUR)
    assert cities(watching) == sorted(CITIES[:3])


async def test_guids_and_links_that_rotate_with_every_fetch(watching: World):
    """As news aggregators do it; the links do not resolve by redirect."""
    at = watching.clock.now
    for number in range(5):
        items = [
            replace(ban(city, at), guid=f"{city}{number}", link=f"https://agg.example/rss/articles/{city}{number}?oc={number}")
            for city in CITIES[:3]
        ]  # fmt: skip
        watching.publish("gazette", *items)
        await watching.round(after=10 * MINUTE)
    assert cities(watching) == sorted(CITIES[:3])
    assert len(watching.slack.called("chat.postMessage")) == 3


async def test_a_headline_that_is_edited_with_its_address(watching: World):
    at = watching.clock.now
    first = ban("Boise", at, words="Seven members voted for it and two against, after three hours of testimony.")
    watching.publish("gazette", first)
    await watching.round(after=MINUTE)
    edited = replace(
        first, title="Boise bans facial recognition by its police", guid="new", link=first.link + "-by-police"
    )
    watching.publish("gazette", edited)
    polled = (await watching.round(after=10 * MINUTE))["gazette"]
    assert [told.alert for told in polled.told] in ([], ["update"], ["none"])
    assert len(watching.posts()) == 1
    assert "1 source" in watching.posts()[0]["text"], "one outlet is one source, however often it writes"


async def test_two_versions_of_an_entry_that_flip_flop(watching: World):
    at = watching.clock.now
    one = ban("Boise", at)
    other = replace(one, title=f"Update: {one.title}", text=f"{one.text} This report was updated.")
    for item in itertools.islice(itertools.cycle((one, other)), 10):
        watching.publish("gazette", item, bakery(1, at))
        await watching.round(after=10 * MINUTE)
    assert len(watching.posts()) == 1
    assert watching.posts()[0]["edits"] <= 5, "what changes nothing that a message shows edits nothing"


async def test_a_feed_that_shrinks_and_comes_back(watching: World):
    at = watching.clock.now
    items = [ban(city, at) for city in CITIES[:3]]
    watching.publish("gazette", *items)
    await watching.round(after=MINUTE)
    for body in ("", "<rss><channel><title>x</title></channel></rss>"):
        watching.server.serve("/gazette/feed", body)
        polled = (await watching.round(after=6 * HOUR))["gazette"]
        assert polled.failure is not None, "a 200 without a single readable entry is a failure"
    watching.publish("gazette", items[0])
    await watching.round(after=6 * HOUR)
    watching.publish("gazette", *items)
    await watching.round(after=6 * HOUR)
    assert cities(watching) == sorted(CITIES[:3])
    assert len(watching.slack.called("chat.postMessage")) == 3


async def test_dates_of_1970_and_of_the_future(watching: World):
    watching.publish(
        "gazette",
        ban("Boise", datetime(1970, 1, 1, tzinfo=UTC)),
        ban("Tulsa", watching.clock.now + 400 * DAY),
        ban("Omaha", watching.clock.now + 10 * MINUTE),
    )
    await watching.round(after=MINUTE)
    assert cities(watching) == ["Boise", "Omaha", "Tulsa"], "new to us, and their dates say nothing"


async def test_one_article_by_many_addresses(watching: World):
    """Tracking parameters, AMP, mobile hosts, fragments, ports and case: one article, one source."""
    at, item = watching.clock.now, ban("Boise", watching.clock.now)
    watching.publish("gazette", item)
    await watching.round(after=MINUTE)
    for number, link in enumerate(
        (
            "https://gazette.example/news/boise-ban?utm_source=rss&utm_medium=feed",
            "https://GAZETTE.example:443/news/boise-ban#comments",
            "https://m.gazette.example/news/boise-ban",
            "https://gazette.example/news/boise-ban?fbclid=abc",
        )
    ):
        watching.publish("herald", replace(item, guid=f"again-{number}", link=link, published=at))
        (told,) = (await watching.round(after=MINUTE))["herald"].told
        assert told.verdict in {"same_article", "republished"}, link
    watching.clock.advance(HOUR)
    await watching.deliver()
    assert len(watching.posts()) == 1
    assert watching.count("stories") == 1


async def test_a_host_name_that_rotates(watching: World):
    """The same item under another subdomain, with another id, at every fetch."""
    item = ban("Boise", watching.clock.now)
    watching.publish("gazette", item)
    await watching.round(after=MINUTE)
    for number in range(3):
        link = f"https://s{number}.gazette.example/news/boise-ban"
        watching.publish("gazette", replace(item, guid=link, link=link))
        polled = await watching.round(after=MINUTE)
        assert [told.alert for told in polled["gazette"].told if told.alert in {"new", "stage"}] == []
    watching.clock.advance(HOUR)
    await watching.deliver()
    assert len(watching.posts()) == 1
    assert watching.count("stories") == 1


async def test_markup_and_entities_in_titles(watching: World):
    at = watching.clock.now
    item = replace(
        ban("Boise", at), title="<b>Boise</b> City&nbsp;Council bans police use of facial&#8209;recognition &amp; more"
    )
    watching.publish("gazette", item)
    await watching.round(after=MINUTE)
    (post,) = watching.posts()
    headline = post["text"].partition("\n")[0]
    assert headline.startswith("Boise City Council bans police use of facial recognition")
    assert "<b>" not in str(post)
    assert "&nbsp;" not in str(post)


async def test_an_entry_without_link_guid_and_date(watching: World):
    watching.publish("gazette", Item(ban("Boise", None).title, ban("Boise", None).text))
    for _ in range(3):
        await watching.round(after=HOUR)
    (post,) = watching.posts()
    assert "http" not in str(post["blocks"]) or watching.sources["gazette"]["url"] in str(post["blocks"])


async def test_a_feed_that_always_shows_one_item_under_its_home_page(watching: World):
    """Each is another article, and none is taken for the one before it."""
    for number, city in enumerate(CITIES[:3]):
        item = replace(ban(city, watching.clock.now), guid=f"g{number}", link="https://gazette.example/")
        watching.publish("gazette", item)
        (told,) = (await watching.round(after=HOUR))["gazette"].told
        assert told.verdict == "change"
    assert cities(watching) == sorted(CITIES[:3])


async def test_a_link_that_is_given_to_another_item(watching: World):
    link = "https://gazette.example/latest"
    quiet = replace(bakery(7, watching.clock.now), guid="one", link=link)
    for guid, item in (
        ("one", quiet),
        ("two", ban("Boise", watching.clock.now)),
        ("three", ban("Tulsa", watching.clock.now)),
    ):
        watching.publish("gazette", replace(item, guid=guid, link=link))
        await watching.round(after=HOUR)
    assert cities(watching) == ["Boise", "Tulsa"]


async def test_a_new_id_for_an_edited_headline_is_no_other_item(watching: World):
    first = ban("Boise", watching.clock.now)
    watching.publish("gazette", first)
    await watching.round(after=MINUTE)
    watching.publish("gazette", replace(first, guid="new", title=f"{first.title}, mayor to sign it"))
    (told,) = (await watching.round(after=HOUR))["gazette"].told
    assert told.verdict == "same_article"
    assert cities(watching) == ["Boise"]
