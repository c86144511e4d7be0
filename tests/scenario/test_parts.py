"""A first poll of very many entries is stored in parts: whoever dies between two of them loses nothing and tells nothing twice."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from bot import pipeline
from bot.store.sources import Sources
from tests.scenario.news import bakery, ban
from tests.scenario.world import World

HOUR = timedelta(hours=1)


class Killed(BaseException):
    """What the process does not survive."""


async def large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the baseline, ten entries, two of them news, that are stored in parts of four."""
    monkeypatch.setattr(pipeline, "STORED_AT_ONCE", 4)
    world.publish("gazette")
    world.begin()
    await world.round()
    at = world.clock.advance(HOUR)
    items = [bakery(n, at - n * timedelta(minutes=1)) for n in range(1, 9)]
    world.publish("gazette", ban("Boise", at), *items, ban("Tulsa", at - HOUR / 2), etag='"large"')


@pytest.mark.parametrize("part", [1, 2, 3])
async def test_a_kill_between_two_parts(any_world: World, monkeypatch: pytest.MonkeyPatch, part: int):
    world = any_world
    await large(world, monkeypatch)
    before, parts = world.state("gazette").validators, 0
    take = pipeline.Desk.take

    def killed_at(desk, judged, **more):
        nonlocal parts
        parts += 1
        if parts == part:
            raise Killed
        return take(desk, judged, **more)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline.Desk, "take", killed_at)
        with contextlib.suppress(Killed):
            await world.poll()
    assert len(world.entries("gazette")) == 1 + 4 * (part - 1), "whole parts, and the baseline's entry"
    assert world.state("gazette").validators == before, "they say that all is stored"
    world.clock.advance(pipeline.LEASE + HOUR)
    after = world.new_parts(owner="the next one")
    polled = await world.poll(parts=after)
    assert len(polled["gazette"].told) == 10 - 4 * (part - 1)
    assert len(world.entries("gazette")) == 11
    assert world.state("gazette").validators.etag == '"large"'
    await world.deliver(parts=after)
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Tulsa"]


async def test_a_lease_that_is_lost_between_two_parts(world: World, monkeypatch: pytest.MonkeyPatch):
    await large(world, monkeypatch)
    before = world.state("gazette").validators
    holds = iter([True, False])
    monkeypatch.setattr(Sources, "holds", lambda *_: next(holds))
    polled = await world.poll()
    assert len(polled["gazette"].told) == 4, "what was stored stays stored; the rest is for whoever has the lease"
    assert world.state("gazette").validators == before
