"""Analyse now, and record as missed: a page is fetched and judged, stored apart, and no channel hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot import upkeep
from bot.model import DeliveryKind
from bot.store import Store
from tests.conftest import Clock
from tests.fakes.feed_server import FeedServer, Page, status
from tests.integration.world import ANNA, BAN, BEN, HALT, NOTHING, PLAN, World


def page(words: tuple[str, str], repeat: int = 4) -> Page:
    title, text = words
    paragraphs = "".join(f"<p>{text}</p>" for _ in range(repeat))
    filler = "<p>The office of the spokesperson answered questions on Friday and had nothing to add to that.</p>"
    html = f"<!doctype html><html lang=en><title>{title}</title><article><h1>{title}</h1>{paragraphs}{filler * 3}</article></html>"
    return Page(html, content_type="text/html; charset=utf-8")


@pytest.fixture
async def site() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        server.serve("/robots.txt", status(404))
        server.serve("/halt", page(HALT))
        server.serve("/ban", page(BAN))
        server.serve("/tips", page(NOTHING, repeat=12))
        yield server


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    return World(store, clock, {"POLICYWATCH_ALLOW_NETWORKS": "127.0.0.0/8"})


async def test_what_a_page_says_is_told_to_who_asked_and_nobody_else(world: World, site: FeedServer):
    url = site.url("/halt")
    assert not world.reader.why(url).seen
    done = await asyncio.to_thread(world.deeds.analyse, url, ANNA, world.now)
    again = await asyncio.to_thread(world.deeds.analyse, url, BEN, world.now)

    assert done.ok
    assert done.text.startswith("A policy change (score ")
    assert "Microsoft" in done.text
    assert again == done
    why = world.reader.why(url)
    assert why.seen
    assert why.reasons
    assert "on request of anna" in why.verdict
    assert not world.owed()
    assert sum(asked.path == "/halt" for asked in site.requests) == 1


async def test_asking_first_does_not_keep_channels_from_hearing_of_it(world: World, site: FeedServer):
    ref = world.story(PLAN)
    world.clock.advance(days=2)
    done = await asyncio.to_thread(world.deeds.analyse, site.url("/ban"), ANNA, world.now)
    assert f"It tells of {ref}." in done.text
    assert world.report(BAN).alert == "stage"


async def test_what_a_source_brings_later_is_what_why_tells(world: World, site: FeedServer):
    url = site.url("/halt")
    await asyncio.to_thread(world.deeds.analyse, url, ANNA, world.now)
    told = world.report(HALT, url=url)
    assert told.alert == "new"
    why = world.reader.why(url)
    assert why.source == "Wire"
    assert "on request" not in why.verdict
    assert why.story is not None


async def test_an_upgrade_does_not_make_a_story_of_what_was_asked(world: World, site: FeedServer):
    await asyncio.to_thread(world.deeds.analyse, site.url("/halt"), ANNA, world.now)
    with world.store.reading() as tx:
        (article,) = tx.articles.stale("another version", 10)
    assert article.id is not None
    with world.store.transaction() as tx:
        analysis = tx.articles.analysis(article.id)
        assert analysis is not None
        tx.articles.rejudge(article.id, analysis, "another version")
    assert upkeep.reanalyse(world.parts) == 1
    with world.store.reading() as tx:
        assert tx.reports.recent().total == 0


async def test_a_page_without_a_change_says_why(world: World, site: FeedServer):
    done = await asyncio.to_thread(world.deeds.analyse, site.url("/tips"), ANNA, world.now)
    assert done.text.startswith("No policy change (score 0")


async def test_a_page_that_cannot_be_read_says_so(world: World, site: FeedServer):
    site.serve("/gone", status(404))
    done = await asyncio.to_thread(world.deeds.analyse, site.url("/gone"), ANNA, world.now)
    assert not done.ok
    assert done.text.startswith("That page could not be read: ")
    missed = await asyncio.to_thread(world.deeds.record_missed, site.url("/gone"), ANNA, world.now)
    assert "could not be read" in missed.text
    assert len(world.labels("missed")) == 1


async def test_a_missed_address_is_stored_once_with_its_words(world: World, site: FeedServer):
    url = site.url("/halt")
    for _ in range(2):
        await asyncio.to_thread(world.deeds.record_missed, url, ANNA, world.now)
    (label,) = world.labels("missed")
    assert label.value["url"] == url
    with world.store.reading() as tx:
        assert tx.reports.explain(url).articles
    assert not world.owed(kind=DeliveryKind.POST)
