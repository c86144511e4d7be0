"""The worker itself, in this process, on short notice: what it does by itself, and how it stops."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot import pipeline
from bot.errors import SchemaError, StoreUnavailable
from bot.model import DeliveryState
from bot.worker import Worker
from tests.fakes.feed_server import hanging
from tests.integration.processes import until
from tests.scenario.news import ban
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)


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
