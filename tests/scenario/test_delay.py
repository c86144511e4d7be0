"""From an item's appearance to its message: one poll interval plus two seconds at most, and nothing in between that waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import pipeline, upkeep
from tests.scenario.news import ban
from tests.scenario.world import World

TICK = timedelta(seconds=1)
"""What is due waits for the worker's next tick: once for the poll, once for the delivery."""


@pytest.mark.parametrize("every", [timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=1)])
async def test_an_item_is_told_within_one_poll_interval_and_two_seconds(world: World, every: timedelta):
    world.publish("gazette")
    world.sources["gazette"]["every"] = f"{every.total_seconds():g}s"
    world.begin()
    await world.poll()

    appeared = world.clock.advance(timedelta(milliseconds=1))  # just missed: the worst case
    world.publish("gazette", ban("Boise", appeared))
    due = world.state("gazette").next_poll_at
    assert due is not None
    world.clock.now = due - timedelta(milliseconds=1)
    assert upkeep.claim_due(world.parts, 10) == []

    world.clock.now = due + TICK
    ((source, state),) = upkeep.claim_due(world.parts, 10)
    await pipeline.poll(world.parts, world.fetcher, source, state)
    told = world.clock.advance(TICK)
    await pipeline.deliver(world.parts, world.sender)  # one round, whatever it finds due
    assert [text for text in world.texts() if "bans" in text]
    assert told - appeared <= every + 2 * TICK


async def test_after_a_downtime_many_sources_are_not_all_asked_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    names = [f"outlet-{number}" for number in range(5)]
    for name in names:
        world.publish(name)
    world.begin()
    await world.poll()
    now = world.clock.advance(timedelta(days=2))
    assert upkeep.spread_out(world.parts) == 0, "a few are polled within seconds anyway"
    monkeypatch.setattr(upkeep, "MANY_WAIT", 5)
    assert upkeep.spread_out(world.parts) == 5
    over = upkeep.SPREAD_EACH * 5
    times = {name: world.state(name).next_poll_at for name in names}
    assert len(set(times.values())) == 5
    assert all(at is not None and now <= at <= now + over for at in times.values())
    world.clock.now = now + over
    assert {source.id for source, _ in upkeep.claim_due(world.parts, 10)} == set(names)
