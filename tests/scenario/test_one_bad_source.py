"""One bad source harms only itself: slow, huge, malformed, hostile or gone, it delays and spoils no other."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot import pipeline, upkeep
from bot.model import FailureKind, Health
from tests.fakes.feed_server import bomb, broken_off, dripping, endless, hanging, redirect, status
from tests.scenario.news import CITIES, ban
from tests.scenario.world import OPERATORS, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BAD = {
    "hanging": (hanging(), FailureKind.TIMEOUT),
    "stalled": (hanging(b"<rss"), FailureKind.TIMEOUT),
    "dripping": (dripping(), FailureKind.TIMEOUT),
    "endless": (endless(), FailureKind.TOO_LARGE),
    "bomb": (bomb("gzip"), FailureKind.TOO_LARGE),
    "cut": (broken_off(b"<rss><channel>", 5000), FailureKind.CONNECT),
    "malformed": ("<rss><channel><item><title>half a feed &nosuch; <b></rss>\x00\x01", None),
    "page": ("<!doctype html><html><body>We have moved.</body></html>", FailureKind.NOT_A_FEED),
    "inside": (redirect("http://169.254.169.254/latest/meta-data/"), FailureKind.REFUSED_ADDRESS),
    "loop": (redirect("/loop/feed"), FailureKind.REDIRECT),
    "gone": (status(410), FailureKind.GONE),
    "down": (status(503, retry_after="600"), None),
}
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><title>&i;</title><item><title>&i;</title></item></channel></rss>"
)
"""Ten to the eighth words, if it were expanded."""


SLOW = {"hanging", "stalled", "dripping"}


async def test_bad_sources_beside_good_ones_in_one_pass(world: World, monkeypatch: pytest.MonkeyPatch):
    """All others are through while the slow ones are still waited for, however fast this machine is; then the waiting ends."""
    for name, (answer, _) in BAD.items():
        url = world.server.serve(f"/{name}/feed", answer)
        world.sources[name] = {"id": name, "name": name, "url": url}
    world.sources["entities"] = {"id": "entities", "name": "e", "url": world.server.serve("/entities/feed", ENTITIES)}
    good = [f"good-{number}" for number in range(4)]
    for name in good:
        world.publish(name)
    world.begin()
    await world.poll(*good)
    at = world.clock.advance(HOUR)
    for name, city in zip(good, CITIES, strict=False):
        world.publish(name, ban(city, at))

    limits = {"connect": 600.0, "read": 600.0, "total": 1200.0}
    claimed = upkeep.claim(world.parts, list(world.parts.live.get().sources))
    async with world.new_fetcher(**limits, body=1_000_000) as fetcher:
        polls = {
            source.id: asyncio.create_task(pipeline.poll(world.parts, fetcher, source, state))
            for source, state in claimed
        }
        await asyncio.wait({task for name, task in polls.items() if name not in SLOW})
        await asyncio.sleep(0)
        assert {name for name, task in polls.items() if not task.done()} == SLOW
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "time", lambda now=loop.time: now() + limits["total"] + 1)
        results = {name: await task for name, task in polls.items()}
    assert len(results) == len(BAD) + 1 + len(good)
    for name, (_, kind) in BAD.items():
        failure = results[name].failure
        assert failure is not None, name
        assert kind is None or failure.kind is kind, (name, failure)
        assert world.state(name).polls_failed == 1
        assert world.state(name).baseline_at is None
    await world.deliver()
    assert sorted(text.split()[0] for text in world.texts()) == sorted(CITIES[: len(good)])
    assert {world.state(name).health for name in good} == {Health.OK}


async def test_a_poll_that_breaks_in_our_own_code_is_that_sources_failure(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """The command's pass and the worker alike: the rest is polled, and the broken one backs off."""
    from bot.commands import serve

    world.publish("bad")
    world.publish("good")
    world.begin()
    real = pipeline.poll

    async def poll(parts, fetcher, source, state, **more):
        if source.id == "bad":
            raise RecursionError("deep inside a parser")
        return await real(parts, fetcher, source, state, **more)

    monkeypatch.setattr(pipeline, "poll", poll)
    monkeypatch.setattr(serve, "make_fetcher", lambda *_: world.new_fetcher())
    monkeypatch.setattr(serve, "make_sender", lambda *_: world.sender)
    await serve._poll(world.parts, ["bad", "good"], due=False)
    assert world.state("good").last_ok_at == world.clock.now
    bad = world.state("bad")
    assert (bad.polls_failed, bad.last_ok_at) == (1, None)
    assert "RecursionError" in (bad.last_error or "")
    assert bad.next_poll_at is not None
    assert bad.next_poll_at > world.clock.now


async def test_a_text_that_breaks_the_analysis_is_quarantined(world: World, monkeypatch: pytest.MonkeyPatch):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    analyser = world.parts.live.get().analyser

    class Fragile:
        def analyse(self, article):
            if "Tulsa" in article.title:
                raise RecursionError("catastrophic")
            return analyser.analyse(article)

    monkeypatch.setattr(world.parts.live.get(), "analyser", Fragile())
    at = world.clock.advance(HOUR)
    world.publish("gazette", ban("Boise", at), ban("Tulsa", at), ban("Omaha", at))
    await world.round(after=MINUTE)
    assert sorted(text.split()[0] for text in world.texts()) == ["Boise", "Omaha"]
    verdicts = {entry.title.split()[0]: (entry.verdict, entry.reason) for entry in world.entries("gazette")}
    assert verdicts["Tulsa"] == ("quarantined", "the analysis failed on this text (RecursionError)")
    assert world.state("gazette").health is Health.OK


async def test_operators_hear_once_of_a_source_that_breaks_and_once_that_it_works_again(world: World):
    world.publish("gazette")
    for number in range(5):
        world.publish(f"good-{number}")
    world.begin()
    await world.round(after=MINUTE)
    world.server.serve("/gazette/feed", status(404))
    for _ in range(30):
        await world.round(after=6 * HOUR)
    (notice,) = world.posts(OPERATORS)
    assert notice["text"].startswith("Gazette: failing since")
    assert "404" in notice["text"]
    assert "sources.yaml:" in str(notice["blocks"]), "where to mend it"
    assert world.posts() == [], "readers hear nothing of it"
    world.publish("gazette")
    for _ in range(4):
        await world.round(after=6 * HOUR)
    _, recovered = world.posts(OPERATORS)
    assert "works again" in recovered["text"]


async def test_everything_down_at_once_is_one_message_about_our_network(world: World):
    for number in range(9):
        world.publish(f"outlet-{number}")
    world.begin()
    await world.round(after=MINUTE)
    for number in range(9):
        world.server.serve(f"/outlet-{number}/feed", status(503))
    for _ in range(30):
        await world.round(after=6 * HOUR)
    (notice,) = world.posts(OPERATORS)
    assert "9 of 9 sources failing, probably our own network" in notice["text"]


async def test_a_huge_feed_holds_nobody_up_and_dies_halfway_without_loss(
    any_world: World, monkeypatch: pytest.MonkeyPatch
):
    """Stored in parts: each entry with its story and messages; the validators with the last part."""
    world = any_world
    monkeypatch.setattr(pipeline, "STORED_AT_ONCE", 3)
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    before = world.state("gazette").validators
    at = world.clock.advance(HOUR)
    world.publish("gazette", *(ban(city, at) for city in CITIES[:8]), etag='"new"')

    taken = pipeline.Desk.take

    def dies(desk, judged, **more):
        if any("Tulsa" in one.entry.title for one in judged):
            raise RecursionError("killed in the second part")
        return taken(desk, judged, **more)

    with monkeypatch.context() as killed:
        killed.setattr(pipeline.Desk, "take", dies)
        with pytest.raises(RecursionError):
            await world.poll()
    assert len(world.entries("gazette")) == 1 + 3
    assert world.state("gazette").validators == before, "the rest is still to be read"
    world.clock.advance(pipeline.LEASE)
    polled = (await world.poll())["gazette"]
    assert len(polled.told) == 8 - 3
    await world.deliver()
    assert sorted(text.split()[0] for text in world.texts()) == sorted(CITIES[:8])
    assert len(world.slack.called("chat.postMessage")) == 8
    assert world.state("gazette").validators.etag == '"new"'


async def test_a_source_that_is_not_polled_is_told_once_as_late_and_once_when_it_is_polled_again(any_world: World):
    world = any_world
    for name in ("gazette", "herald", "post"):
        world.publish(name)
    world.begin()
    await world.round(after=MINUTE)
    world.clock.advance(12 * HOUR)
    await world.poll("herald", "post")
    assert upkeep.find_late(world.parts) == 1
    assert upkeep.find_late(world.parts) == 0
    world.clock.advance(5 * MINUTE)
    await world.deliver()
    (late,) = world.posts(OPERATORS)
    assert late["text"].startswith("Gazette: late since"), late["text"]
    await world.round(after=HOUR)
    world.clock.advance(5 * MINUTE)
    await world.deliver()
    _, again = world.posts(OPERATORS)
    assert "works again" in again["text"]


async def test_what_one_feed_is_told_to_wait_its_neighbours_are_not(world: World):
    for name in ("gazette", "herald"):
        world.publish(name)
    world.begin()
    await world.round(after=MINUTE)
    world.server.serve("/gazette/feed", status(429, retry_after="36000"))
    await world.round(after=HOUR)
    now = world.clock.now
    waits = {name: (world.state(name).next_poll_at or now) - now for name in ("gazette", "herald")}
    assert waits["gazette"] >= 9 * HOUR
    assert waits["herald"] <= HOUR
    assert world.state("herald").failures == 0
