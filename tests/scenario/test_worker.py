"""The worker itself, in this process, on short notice: what it does by itself, and how it stops."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot import pipeline, upkeep
from bot.errors import SchemaError, StoreUnavailable
from bot.model import DeliveryState
from bot.sources.gates import SLOW
from bot.worker import Worker
from tests.fakes.feed_server import FeedServer, hanging
from tests.integration.processes import until
from tests.scenario.news import ban
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def running(world: World):
    """A world with the real time, a baseline behind it, and a worker at work."""
    world.clock.now = datetime.now(UTC) - 10 * MINUTE
    world.publish("gazette")
    world.sources["gazette"]["every"] = "5s"
    world.begin()
    await world.poll()
    world.clock.now = datetime.now(UTC)
    worker = Worker(world.parts, world.fetcher, world.sender)
    task = asyncio.create_task(worker.run())
    await until(lambda: world.count("heartbeats"))
    yield world, worker, task
    worker.stop()
    await asyncio.wait([task], timeout=30)


async def test_it_polls_delivers_and_greets_by_itself(running):
    world, worker, task = running
    world.publish("gazette", ban("Boise", world.clock.now))
    await until(lambda: any("bans" in text for text in world.texts()), patience=20)
    worker.stop()
    await asyncio.wait_for(task, 20)
    assert [text for text in world.texts() if "bans" in text] == [
        "Boise City Council bans police use of facial recognition"
    ]


async def test_a_stop_lets_the_slack_call_under_way_end(running, monkeypatch: pytest.MonkeyPatch):
    """Else its outcome would be unknown, and the message would wait for a look-up."""
    world, worker, task = running
    begun, go_on = asyncio.Event(), asyncio.Event()
    post = world.sender.post

    async def slowly(*arguments, **more):
        begun.set()
        await go_on.wait()
        return await post(*arguments, **more)

    monkeypatch.setattr(world.sender, "post", slowly)
    world.publish("gazette", ban("Boise", world.clock.now))
    await asyncio.wait_for(begun.wait(), 20)
    worker.stop()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    await asyncio.wait_for(task, 20)
    assert len(world.slack.called("chat.postMessage")) == 1
    assert {one.state for one in world.deliveries() if one.ts} == {DeliveryState.SENT}
    assert not [one for one in world.deliveries() if one.state is DeliveryState.SENDING]


async def test_a_database_that_is_away_is_waited_for(running, monkeypatch: pytest.MonkeyPatch):
    world, worker, task = running
    store, away = type(world.parts.store), True
    real = store.transaction

    def sometimes(self, **more):
        if away:
            raise StoreUnavailable("the database does not answer")
        return real(self, **more)

    monkeypatch.setattr(store, "transaction", sometimes)
    world.publish("gazette", ban("Boise", world.clock.now))
    tried = asyncio.Event()
    monkeypatch.setattr(worker, "_fail", lambda error: tried.set())
    await asyncio.sleep(1.5)
    assert not task.done()
    assert not tried.is_set()
    away = False
    await until(lambda: any("bans" in text for text in world.texts()), patience=20)


async def test_a_database_that_refuses_to_work_stops_the_worker(running, monkeypatch: pytest.MonkeyPatch):
    _, _, task = running

    def refuses(*_, **__):
        raise SchemaError("the schema is newer than this version; upgrade Policywatch")

    monkeypatch.setattr(pipeline, "deliver", refuses)
    with pytest.raises(SchemaError):
        await asyncio.wait_for(asyncio.shield(task), 20)


async def test_a_source_that_hangs_does_not_hold_up_the_stop_for_long(running, monkeypatch: pytest.MonkeyPatch):
    world, worker, task = running
    monkeypatch.setattr("bot.worker.GRACE", timedelta(milliseconds=300))
    world.server.serve("/gazette/feed", hanging())
    asked = len(world.server.asked("/gazette/feed"))
    await until(lambda: len(world.server.asked("/gazette/feed")) > asked, patience=20)
    worker.stop()
    await asyncio.wait_for(task, 10)
    assert world.state("gazette").polls_failed == 0


async def test_slow_sources_hold_a_share_of_the_requests_however_many_are_due(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """Six that hang would fill all four polls that may be under way; known as slow, they get one, and the quick one its turn."""
    monkeypatch.setattr("bot.worker.GRACE", timedelta(0))
    world.settings = {"fetch": {"concurrency": 1}}
    for number in range(6):
        url = world.server.serve(f"/slow-{number}/feed", hanging())
        world.sources[f"a-slow-{number}"] = {"id": f"a-slow-{number}", "name": "slow", "url": url}
    world.publish("gazette")
    world.begin()
    async with world.new_fetcher(in_all=3) as fetcher:
        for source in world.sources.values():
            fetcher.laggards.note(source["url"], 60.0 if "slow" in source["id"] else 0.1)
        worker = Worker(world.parts, fetcher, world.sender)
        for polled in (1, 2):
            await worker._poll()
            (quick,) = (task for task in worker._polls if task.get_name() == "poll gazette")
            await quick
            assert len(world.server.asked("/gazette/feed")) == polled
            assert len(worker._polls) == len(worker._slow_polls) == 1
            await worker._settle()
            world.clock.advance(HOUR)
        worker.stop()
        await worker._wind_down()


async def test_what_answers_slowly_is_noted_under_the_address_of_its_source(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    world.publish("gazette")
    world.begin()
    loop, passed = asyncio.get_running_loop(), [0.0]
    monkeypatch.setattr(loop, "time", lambda now=loop.time: now() + passed[0])

    async def late(_server: FeedServer, _request: web.Request) -> web.Response:
        passed[0] += SLOW
        return web.Response(status=304)

    ((source, state),) = upkeep.claim(world.parts, ["gazette"])
    state = state._replace(moved_to=world.server.serve("/moved", late))
    await pipeline.poll(world.parts, world.fetcher, source, state)
    assert source.url in world.fetcher.laggards
