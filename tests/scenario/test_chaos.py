"""Processes that die at any instant, a Slack that fails in every way: after recovery each story has one message.

What dies is decided by a seed, so that a failure can be repeated: a process ends before or after any commit, before or
after any call to Slack, and another one takes over when its leases have run out.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot import pipeline, upkeep
from bot.model import DeliveryState
from bot.store import Store
from tests.fakes.feed_server import Page
from tests.scenario.news import CITIES, Item, ban, considered, page, passed
from tests.scenario.world import POLICY, World

MINUTE = timedelta(minutes=1)
FAULTS = (
    "commit_reset", "reset", "html_502", "commit_html_502", "commit_cut_body", "commit_cut_json", "commit_empty", "commit_no_ts",
    "fatal_error", "internal_error", "ratelimited", "ratelimited_bare",
)  # fmt: skip


class Killed(BaseException):
    """What no process survives."""


class Fate:
    """Kills the process at hand when its time has come."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.left = 10**9
        self.deaths = 0

    def live_for(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.deaths += 1
            raise Killed


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch):
    """Let every commit and every call to Slack be a possible last step, before it and after it."""
    fates: list[Fate] = []
    transaction = Store.transaction

    @contextmanager
    def deadly(self: Store, **more: Any) -> Iterator[Any]:
        with transaction(self, **more) as tx:
            yield tx
            fates[-1].step()  # rolled back
        fates[-1].step()  # committed, and nobody is left who knows

    def begin(seed: int, world: World) -> Fate:
        fate = Fate(seed)
        fates.append(fate)
        monkeypatch.setattr(Store, "transaction", deadly)
        for name in ("post", "update"):
            call = getattr(world.sender, name)

            async def called(*arguments: Any, call: Any = call, **more: Any) -> Any:
                fate.step()
                result = await call(*arguments, **more)
                fate.step()
                return result

            monkeypatch.setattr(world.sender, name, called)
        return fate

    return begin


async def work(world: World, parts: Any) -> None:
    """What a worker does in a minute."""
    judgement = parts.live.get()
    judgement.__dict__["delivery"] = replace(judgement.delivery, senders=1)  # a dead process has no second lane
    upkeep.start_up(parts)
    await world.poll(parts=parts)
    await world.read_pages(parts)
    await world.deliver(parts=parts)


@pytest.mark.parametrize("seed", [0, 2, 3])
async def test_whoever_dies_each_story_is_told_once(request, tmp_path, mortal, seed: int):
    url = request.getfixturevalue("postgres_url" if seed % 4 == 3 else "sqlite_url")
    async with World(url, tmp_path) as world:
        outlets = ("gazette", "herald")
        for outlet in outlets:
            world.publish(outlet)
            world.sources[outlet]["dedicated"] = True
        world.begin()
        await world.round()
        fate = mortal(seed, world)
        at = world.clock.advance(minutes=30)
        items = [ban(city, at) for city in CITIES[:4]]
        link = world.server.serve("/boise", Page(page(items[0]), content_type="text/html"))
        items[0] = Item(items[0].title, "On Tuesday.", at, "thin", link)
        world.publish("gazette", *items, considered("Wichita", at))
        world.publish(
            "herald", *(ban(city, at, outlet="herald", words="The mayor welcomed the vote.") for city in CITIES[:3])
        )
        for life in range(15):
            for _ in range(fate.random.randrange(3)):
                world.slack.fault(fate.random.choice(("chat.postMessage", "chat.update")), fate.random.choice(FAULTS))
            if life == 7:
                at = world.clock.now
                world.publish("gazette", passed("Wichita", at), *items, considered("Wichita", at))
            fate.live_for(fate.random.randrange(1, 25))
            with contextlib.suppress(Killed):
                await work(world, world.new_parts(owner=f"life {life}"))
            world.clock.advance(pipeline.LEASE + MINUTE)
        fate.live_for(10**9)
        world.slack.faults.clear()
        last = world.new_parts(owner="the last")
        for _ in range(6):
            await work(world, last)
            world.clock.advance(minutes=15)

        told = sorted(text.split()[0] for text in world.texts())
        assert told == sorted([*CITIES[:4], "Wichita", "Wichita"]), (seed, fate.deaths)
        assert fate.deaths > 3
        posts = [message["metadata"]["event_payload"]["key"] for message in world.posts()]
        assert len(posts) == len(set(posts))
        deliveries = world.deliveries()
        assert {one.state for one in deliveries if one.channel == POLICY} == {DeliveryState.SENT}
        assert all("2 sources" in post["text"] for post in world.posts() if post["text"].split()[0] in CITIES[:3])
        for post in world.posts():
            assert len(world.replies(post["ts"])) <= 1, "one reply lists the coverage"
