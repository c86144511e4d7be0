"""A page without a feed, through the whole of it; and what is heard when it is rebuilt, or when a source runs ahead of its polls."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bot.model import Health
from bot.queries import Reader
from tests.fakes.feed_server import Page
from tests.scenario.news import bakery, ban
from tests.scenario.world import OPERATORS, World

HOUR = timedelta(hours=1)


def listing(*titles: str, css: str = "release") -> Page:
    items = "".join(f'<li class="{css}"><a href="/n/{title.split()[0].lower()}">{title}</a></li>' for title in titles)
    return Page(f"<!doctype html><html><body><ul>{items}</ul></body></html>", content_type="text/html")


async def test_a_rebuilt_page_is_a_failure_that_operators_hear_of_once(world: World):
    old, new = "Parks open an hour earlier in summer", ban("Boise", None).title
    url = world.server.serve("/news", listing(old))
    world.sources["city"] = {"id": "city", "name": "City", "url": url, "kind": "page", "select": {"item": "li.release"}}
    for number in range(3):
        world.publish(f"good-{number}")
    world.begin()
    await world.round(after=HOUR)
    world.server.serve("/news", listing(new, old))
    await world.round(after=HOUR)
    assert world.texts() == ["Boise City Council bans police use of facial recognition"]
    world.server.serve("/news", listing(new, old, css="teaser"))
    for _ in range(8):
        await world.round(after=6 * HOUR)
    assert world.state("city").health is Health.FAILING
    (notice,) = world.posts(OPERATORS)
    assert notice["text"].startswith("City: failing since")
    assert "li.release" in str(notice)
    assert "rebuilt" in str(notice)


async def test_a_poll_that_shares_nothing_with_the_last_says_so_and_comes_sooner(
    any_world: World, caplog: pytest.LogCaptureFixture
):
    world = any_world
    world.publish("gazette", *(bakery(n, world.clock.now) for n in range(4)))
    world.begin()
    await world.round()
    before = world.state("gazette").interval
    world.clock.advance(HOUR)
    world.publish("gazette", *(bakery(n, world.clock.now) for n in range(10, 14)))
    with caplog.at_level(logging.WARNING):
        await world.round()
    assert any("some may have been missed" in record.message for record in caplog.records)
    (row,) = [row for row in Reader(world.parts).sources() if row.source.id == "gazette"]
    assert "some may have been missed" in row.warning, "an operator sees it without reading the log"
    world.clock.advance(8 * 24 * HOUR)
    assert not Reader(world.parts).sources()[0].warning
    after = world.state("gazette").interval
    assert before is not None
    assert after is not None
    assert after <= before / 3
