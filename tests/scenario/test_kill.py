"""Real processes, really killed with SIGKILL: what they were at is neither lost nor done twice."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import upkeep
from bot.model import DeliveryState
from bot.wiring import is_dead
from tests.fakes.feed_server import Page, hanging
from tests.fakes.slack_server import BOT_TOKEN
from tests.integration.processes import Process, environment, until
from tests.scenario.news import Item, ban, page
from tests.scenario.world import LOOPBACK, World

MINUTE = timedelta(minutes=1)
ALERT = "Boise City Council bans police use of facial recognition"


async def owed(world: World) -> None:
    """One alert is owed and not sent."""
    world.publish("gazette")
    world.begin()
    await world.poll()
    world.publish("gazette", ban("Boise", world.clock.advance(MINUTE)))
    await world.poll()
    (delivery,) = world.deliveries()
    assert delivery.state is DeliveryState.PENDING


def sender_of(world: World, call_timeout: str) -> Process:
    """A process that delivers what this world owes to its Slack."""
    world.slack.clock = time.time
    env = environment(
        DATABASE_URL=world.database_url, POLICYWATCH_CONFIG=world.config_dir, SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_API_URL=world.slack.api_url,
    )  # fmt: skip
    return Process(call_timeout, env=env, module="tests.scenario.sender")


async def test_a_sender_killed_in_mid_call_leaves_exactly_one_post(postgres_url: str, tmp_path: Path):
    async with World(postgres_url, tmp_path, now=datetime.now(UTC) - MINUTE) as world:
        await owed(world)
        world.slack.fault("chat.postMessage", "commit_hang")
        async with sender_of(world, "20") as sender:
            await until(world.posts)
            await sender.kill()
        (delivery,) = world.deliveries()
        assert (delivery.state, delivery.ts) == (DeliveryState.SENDING, None), "killed between acceptance and commit"

        restarted = world.new_parts()
        upkeep.start_up(restarted)
        await world.deliver(parts=restarted)
        assert not world.slack.called("conversations.history"), "the dead sender's lease still runs"
        for _ in range(3):
            world.clock.advance(MINUTE)
            await world.deliver(parts=restarted)
        assert world.texts() == [ALERT]
        assert len(world.slack.called("chat.postMessage")) == 1
        (delivery,) = world.deliveries()
        assert delivery.state is DeliveryState.SENT


async def test_a_sender_restarted_as_a_process_finds_what_the_killed_one_posted(real_clock_sqlite: World):
    world = real_clock_sqlite
    await owed(world)
    world.slack.fault("chat.postMessage", "commit_hang")
    async with sender_of(world, "1.5") as sender:
        await until(world.posts)
        await sender.kill()
    async with sender_of(world, "1.5") as sender:
        await sender.says("nothing is owed")
    assert world.texts() == [ALERT]
    assert len(world.slack.called("chat.postMessage")) == 1
    assert world.slack.called("conversations.history"), "it was looked up"
    (delivery,) = world.deliveries()
    assert delivery.state is DeliveryState.SENT


async def test_a_poll_killed_at_an_articles_page_loses_neither_entry_nor_page(real_clock_sqlite: World):
    world = real_clock_sqlite
    world.publish("gazette")
    world.sources["gazette"]["dedicated"] = True
    world.begin()
    await world.poll()
    world.clock.advance(MINUTE)
    link = world.server.url("/news/boise")
    headline = "Boise City Council bans the software"
    world.publish("gazette", Item(headline, "What was decided on Tuesday.", world.clock.now, "boise", link))
    world.server.serve("/news/boise", hanging())
    env = environment(
        DATABASE_URL=world.database_url, POLICYWATCH_CONFIG=world.config_dir, POLICYWATCH_ALLOW_NETWORKS=LOOPBACK,
        SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL=world.slack.api_url,
    )  # fmt: skip
    async with Process("poll", env=env) as process:
        await until(lambda: world.server.asked("/news/boise") or not process.running)
        assert process.running, process.output
        await process.kill()
    entry, _ = world.entries("gazette")
    assert entry.verdict == "off_topic"

    text = "The Boise City Council banned police use of facial recognition on Tuesday. The members voted seven to two to ban the software."
    world.server.serve("/news/boise", Page(page(Item(headline, text)), content_type="text/html"))
    world.clock.advance(MINUTE)
    restarted = world.new_parts()
    upkeep.start_up(restarted)
    assert await world.read_pages(restarted) == 1, (
        "a restart on the same machine need not wait for the dead one's lease"
    )
    await world.deliver(parts=restarted)
    assert world.texts() == [ALERT]


def test_only_a_process_of_this_machine_that_is_no_more_is_dead(world: World):
    world.publish("gazette")
    mine = world.begin().owner
    host, pid, _ = mine.rsplit(":", 2)
    assert not is_dead(mine)
    assert is_dead(f"{host}:{pid}:00000000"), "the same id in a container's next life"
    assert is_dead(f"{host}:99999999:00000000")
    assert not is_dead(f"{host}:1:00000000"), "it lives"
    assert not is_dead("elsewhere:99999999:00000000")
    assert not is_dead("something else")
