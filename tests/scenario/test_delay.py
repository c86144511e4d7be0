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
