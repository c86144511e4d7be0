"""Two workers on one database, at the same instant: one story, one post, one poll."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from bot import pipeline, upkeep
from bot.model import DeliveryState
from bot.settling import Settled, settle
from tests.scenario.news import CITIES, ban
from tests.scenario.world import World

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PAIRS = 6


def at_once(*functions: Callable[[], T]) -> list[T]:
    """Run each in a thread of its own, all released at one instant."""
    barrier = threading.Barrier(len(functions))

    def released(function: Callable[[], T]) -> T:
        barrier.wait(timeout=30)
        return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(released, functions))


async def test_two_workers_and_one_event_at_the_same_instant_make_one_story(any_world: World):
    """Each polls an outlet of its own; both report the same events, in each order of the two outlets."""
    world = any_world
    for outlet in ("gazette", "herald"):
        world.publish(outlet)
    world.begin()
    await world.round(after=MINUTE)
    other = world.new_parts()
    for city in CITIES[:PAIRS]:
        at = world.clock.advance(HOUR)
        world.publish("gazette", ban(city, at))
        world.publish("herald", ban(city, at, outlet="herald", words="The mayor welcomed the vote of the members."))
        fetched = {}
        for parts, name in ((world.parts, "gazette"), (other, "herald")):
            ((source, state),) = await asyncio.to_thread(upkeep.claim, parts, [name])
            fetched[name] = (parts, source, state, await world.fetcher.fetch(source.url, now=world.clock()))
        jobs = [
            lambda one=one: pipeline._digest(one[0], one[0].live.get(), one[1], one[2], one[3])
            for one in fetched.values()
        ]
        polled = await asyncio.to_thread(at_once, *jobs)
        told = [told for one in polled for told in one.told]
        assert [one.alert for one in told].count("new") == 1, city
        assert len({one.story_id for one in told}) == 1, city
    assert world.count("stories") == PAIRS
    await asyncio.gather(*(pipeline.deliver(parts, world.sender) for parts in (world.parts, other)))
    world.clock.advance(seconds=2)
    await world.deliver()
    await world.deliver(parts=other)
    assert sorted(text.split()[0] for text in world.texts()) == sorted(CITIES[:PAIRS])
    posts = [one for one in world.deliveries() if one.kind == "post"]
    assert len(posts) == PAIRS
    assert {one.state for one in posts} == {DeliveryState.SENT}


async def test_two_workers_share_the_sources_and_poll_none_twice(any_world: World):
    world = any_world
    for number in range(12):
        world.publish(f"outlet-{number}")
    world.begin()
    workers = [world.parts, world.new_parts(), world.new_parts()]
    claims = await asyncio.to_thread(at_once, *(lambda parts=parts: upkeep.claim_due(parts, 5) for parts in workers))
    ids = [source.id for claimed in claims for source, _ in claimed]
    assert len(ids) == len(set(ids)) == 12

    for parts, claimed in zip(workers, claims, strict=True):
        for source, state in claimed:
            await pipeline.poll(parts, world.fetcher, source, state)
    assert all(len(world.server.asked(f"/outlet-{number}/feed")) == 1 for number in range(12))
    assert [upkeep.claim_due(parts, 50) for parts in workers] == [[], [], []], "nothing is due before its time"


async def test_what_a_worker_brings_whose_lease_ran_out_is_not_stored_twice(any_world: World):
    """Frozen for longer than its lease, then alive again: another worker has polled meanwhile."""
    world = any_world
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    world.publish("gazette", ban("Boise", world.clock.advance(HOUR)))
    frozen, other = world.parts, world.new_parts()
    ((source, state),) = upkeep.claim(frozen, ["gazette"])
    fetched = await world.fetcher.fetch(source.url, now=world.clock())
    world.clock.advance(pipeline.LEASE)
    await world.poll(parts=other)
    after = world.state("gazette")
    late = pipeline._digest(frozen, frozen.live.get(), source, state, fetched)
    assert isinstance(late, Settled), "all of it is known by now"
    settle(frozen, [late])
    assert world.state("gazette") == after
    await world.deliver()
    assert len(world.posts()) == 1
    assert len(world.entries("gazette")) == 2


async def test_two_senders_post_each_message_once(any_world: World):
    world = any_world
    world.routes.append({"name": "second", "channel": "C0ASECOND01"})
    world.slack.add_channel("C0ASECOND01")
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    world.publish("gazette", *(ban(city, at) for city in CITIES[:4]))
    await world.poll()
    workers = [world.parts, *(world.new_parts() for _ in range(2))]
    for _ in range(8):
        await asyncio.gather(*(pipeline.deliver(parts, world.sender) for parts in workers))
        world.clock.advance(seconds=2)
    for channel in ("C0POLICY001", "C0ASECOND01"):
        assert sorted(text.split()[0] for text in world.texts(channel)) == sorted(CITIES[:4])
    assert len(world.slack.called("chat.postMessage")) == 8
