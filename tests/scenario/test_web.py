"""The web process over real HTTP, on what a pipeline really stored: pages, readiness, Slack's requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot import upkeep
from bot.commands import serve
from bot.errors import StoreUnavailable
from bot.wiring import Parts
from tests.fakes.slack_requests import SECRET, signed, slash_command
from tests.integration.processes import until
from tests.scenario.news import Item, ban
from tests.scenario.world import World

HOSTILE = '<script>alert("x")</script> City Council bans police use of facial recognition'


@pytest.fixture
async def site(world: World) -> AsyncIterator[tuple[World, aiohttp.ClientSession]]:
    """A world that has told one story, and its web process's address. The clock is the real one: Slack signs with it."""
    world.clock.now = datetime.now(UTC) - timedelta(minutes=10)
    world.publish("gazette")
    world.begin()
    await world.round()
    at = world.clock.advance(minutes=5)
    hostile = replace(ban("Tulsa", at), title=HOSTILE, link="javascript:alert(1)")
    world.publish("gazette", ban("Boise", at), hostile)
    await world.round(after=timedelta(minutes=5))
    settings = replace(world.parts.settings, port=0, slack_signing_secret=SECRET, slack_api_url=world.slack.api_url)
    parts = Parts(settings, world.parts.store, world.parts.live)
    async with AsyncExitStack() as stack:
        address = await serve._start_web(stack, parts, "127.0.0.1")
        session = await stack.enter_async_context(aiohttp.ClientSession(address))
        yield world, session


async def test_pages_show_what_the_pipeline_stored(site):
    _world, session = site
    async with session.get("/") as answer:
        index = await answer.text()
    assert answer.status == 200
    assert "Boise City Council bans police use of facial recognition" in index
    async with session.get("/stories/s1") as answer:
        story = await answer.text()
    assert answer.status == 200
    assert "https://gazette.example/news/boise-ban" in story
    async with session.get("/sources") as answer:
        assert "Gazette" in await answer.text()
    async with session.get("/", params={"q": "boise"}) as answer:
        found = await answer.text()
    assert "Boise City Council" in found
    async with session.get("/", params={"q": "zebra"}) as answer:
        assert "Boise City Council" not in await answer.text()
    async with session.get("/stories/s999") as answer:
        assert answer.status == 404
    for page in (index, story, found):
        assert "<script" not in page
        assert "javascript:" not in page


async def test_readiness_is_red_without_a_worker_and_green_after_its_heartbeat(site):
    world, session = site
    async with session.get("/healthz") as answer:
        assert answer.status == 200
    async with session.get("/readyz") as answer:
        body = await answer.json()
    assert answer.status == 503
    assert not body["checks"]["worker"]["ok"]
    assert "no worker was ever seen" in body["checks"]["worker"]["detail"]
    assert body["checks"]["database"]["ok"]
    world.clock.now = datetime.now(UTC)
    upkeep.beat(world.parts, "worker")
    async with session.get("/readyz") as answer:
        body = await answer.json()
    assert (answer.status, body["status"]) == (200, "ready")
    world.clock.advance(hours=-1)
    with world.parts.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM heartbeats")
    upkeep.beat(world.parts, "worker")
    async with session.get("/readyz") as answer:
        body = await answer.json()
    assert answer.status == 503
    assert "it is dead or stuck" in body["checks"]["worker"]["detail"]


async def command(session: aiohttp.ClientSession, world: World, text: str) -> str:
    """Send a slash command as Slack does; gives all that the person is shown."""
    url = world.slack.response_url()
    body = slash_command(text, response_url=url)
    async with session.post("/slack/events", data=body, headers=signed(body)) as answer:
        assert answer.status == 200
        shown = await answer.text()
    if not shown:
        await until(lambda: any(used == url for used, _ in world.slack.responses), patience=10)
    return shown + "".join(str(said) for used, said in world.slack.responses if used == url)


async def test_slash_commands_are_answered_from_the_database(site):
    world, session = site
    recent = await command(session, world, "recent")
    assert "Boise City Council bans police use of facial recognition" in recent
    assert "s1" in recent
    assert "1 source" in recent
    assert "/policywatch recent" in await command(session, world, "help")
    assert "<script>" not in recent
    assert "Boise" in await command(session, world, "recent 1 since:1d in:US")
    assert "No changes" in await command(session, world, "recent in:France")


async def test_requests_that_are_not_slacks_are_refused(site):
    _world, session = site
    body = slash_command("recent")
    right = signed(body)
    refused = [
        {},
        signed(body, secret="another"),
        signed(body, at=0),
        right | {"X-Slack-Signature": right["X-Slack-Signature"][:-1] + "0"} if not right["X-Slack-Signature"].endswith("0") else {},
    ]  # fmt: skip
    for headers in refused:
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        async with session.post("/slack/events", data=body, headers=headers) as answer:
            assert answer.status == 401
            assert "Boise" not in await answer.text()
    async with session.post("/slack/events", data=body, headers=right) as answer:
        assert answer.status == 200
    async with session.post("/slack/events", data=body, headers=right) as answer:
        assert answer.status == 401, "a replay"


async def test_a_message_cannot_mention_or_forge(site):
    """The same hostile headline on its way to Slack."""
    world, _ = site
    world.clock.now = datetime.now(UTC)
    nasty = Item(
        "Omaha City Council bans police use of facial recognition <!channel> <@U0ANNA0001> <https://evil.example|here>",
        "The Omaha City Council voted to ban the use of facial recognition by the police. <!here> &lt;!everyone&gt;",
        world.clock.now, "nasty", "https://gazette.example/nasty",
    )  # fmt: skip
    world.publish("gazette", nasty)
    await world.round(after=timedelta(minutes=1))
    post = world.posts()[-1]
    assert "Omaha" in post["text"]
    for forged in ("<!channel>", "<@U0ANNA0001>", "<!here>", "<!everyone>", "<https://evil"):
        assert forged not in post["text"]


async def test_the_web_process_outlives_its_database_and_follows_its_files(site, monkeypatch: pytest.MonkeyPatch):
    world, session = site
    stop, beats = asyncio.Event(), []

    def away(parts, kind):
        beats.append(kind)
        raise StoreUnavailable("the database does not answer")

    monkeypatch.setattr(upkeep, "beat", away)
    waits = asyncio.wait_for

    async def soon(what, timeout):
        return await waits(what, min(timeout, 0.01))

    monkeypatch.setattr(asyncio, "wait_for", soon)
    process = asyncio.create_task(serve._wait_as_web(world.parts, stop))
    await until(lambda: len(beats) > 2)
    world.sources["gazette"]["name"] = "The Evening Gazette"
    world.write_config()
    await until(lambda: world.parts.config.sources[0].name == "The Evening Gazette")
    (world.config_dir / "sources.yaml").write_text("sources: 1")
    before = len(beats)
    await until(lambda: len(beats) > before + 3)
    assert not process.done()
    assert world.parts.config.sources[0].name == "The Evening Gazette"
    async with session.get("/sources") as answer:
        assert "The Evening Gazette" in await answer.text()
    stop.set()
    await process
