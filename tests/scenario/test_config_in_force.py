"""A broken configuration is refused before it acts: the last good one stays, also over a restart, and operators hear once."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta

import pytest

from bot import upkeep, wiring
from bot.config.watch import Watcher
from bot.errors import ConfigError, StoreUnavailable
from bot.queries import Reader
from bot.wiring import open_parts
from bot.worker import Worker
from tests.scenario.news import bakery, ban
from tests.scenario.world import OPERATORS, START, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TYPO = "sources:\n  - id: gazette\n    name: Gazette\n    url: {url}\n    kind: fed\n"


def break_config(world: World) -> str:
    """A typo in sources.yaml; gives the text that was good."""
    file = world.config_dir / "sources.yaml"
    good = file.read_text()
    file.write_text(TYPO.format(url=world.sources["gazette"]["url"]))
    return good


def watcher_of(world: World) -> Watcher:
    return Watcher(world.config_dir, {"SLACK_BOT_TOKEN": "xoxb-fake-bot-token"})


def check(world: World) -> str | None:
    """What readiness says of the configuration; None: fine."""
    (found,) = [one for one in Reader(world.parts).checks() if one.name == "config"]
    return None if found.ok else found.detail


async def test_a_running_worker_keeps_the_last_good_config_and_operators_hear_once(world: World):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    watcher = watcher_of(world)
    good = break_config(world)
    for _ in range(3):
        assert not upkeep.reload(world.parts, watcher)
        os.utime(world.config_dir / "sources.yaml")  # touched, and as wrong as before
        world.publish("gazette", ban("Boise", world.clock.advance(MINUTE)))
        await world.round(after=MINUTE)
    (notice,) = world.posts(OPERATORS)
    assert "Config refused: 1 error. Nothing changed; the config of" in notice["text"]
    assert "sources.yaml:5:" in str(notice["blocks"])
    assert "write" in str(notice["blocks"])
    assert len(world.posts()) == 1, "it goes on watching"
    assert "sources.yaml:5: " in (check(world) or "")

    (world.config_dir / "sources.yaml").write_text(good.replace('"Gazette"', '"The Gazette"'))
    assert upkeep.reload(world.parts, watcher)
    await world.round(after=MINUTE)
    assert world.texts(OPERATORS)[1:] == ["Config accepted: the changed files are in force."]
    assert world.parts.config.sources[0].name == "The Gazette"
    assert check(world) is None


async def test_a_restart_with_broken_files_works_on_with_the_stored_config(world: World):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    good = break_config(world)
    restarted = open_parts(world.parts.settings, clock=world.clock)
    try:
        assert [source.id for source in restarted.config.sources] == ["gazette"]
        assert restarted.live.refused is not None
        upkeep.start_up(restarted)
        world.publish("gazette", ban("Boise", world.clock.advance(HOUR)))
        world.clock.advance(MINUTE)
        await world.poll(parts=restarted)
        await world.deliver(parts=restarted)
        assert world.texts() == ["Boise City Council bans police use of facial recognition"]
        assert [text.partition(".")[0] for text in world.texts(OPERATORS)] == ["Config refused: 1 error"]
        watcher = watcher_of(world)
        (world.config_dir / "sources.yaml").write_text(good)
        assert upkeep.reload(restarted, watcher)
        await world.deliver(parts=restarted)
        assert world.texts(OPERATORS)[1:] == ["Config accepted: the changed files are in force."]
    finally:
        restarted.store.close()


async def test_a_restart_with_broken_files_and_nothing_stored_is_refused(world: World):
    world.publish("gazette")
    world.begin()
    with world.parts.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM config_versions")
    break_config(world)
    with pytest.raises(ConfigError) as refused:
        open_parts(world.parts.settings, clock=world.clock)
    assert refused.value.exit_status == 2
    assert str(refused.value).startswith(f"{world.config_dir}/sources.yaml:5: ")


async def test_a_new_source_in_the_files_is_a_baseline_of_its_own(world: World):
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    watcher = watcher_of(world)
    world.publish("herald", ban("Boise", world.clock.advance(HOUR)))
    world.clock.advance(HOUR)
    world.write_config()
    assert upkeep.reload(world.parts, watcher)
    polled = (await world.round(after=MINUTE))["herald"]
    assert polled.baseline
    assert world.posts() == []


async def test_a_source_that_is_removed_and_comes_back_sends_nothing_of_the_meantime(world: World):
    world.publish("gazette")
    world.publish("herald")
    world.begin()
    await world.round(after=MINUTE)
    herald = world.sources.pop("herald")
    world.reconfigure()
    assert set(await world.poll()) == {"gazette"}
    world.publish("herald", ban("Boise", world.clock.advance(HOUR)))
    world.clock.advance(HOUR)
    world.sources["herald"] = herald
    world.reconfigure()
    await world.round(after=MINUTE)
    assert world.posts() == []


async def test_a_changed_address_begins_anew_without_alerting_on_its_past(world: World):
    world.publish("gazette", ban("Boise", world.clock.now - HOUR), etag='"one"')
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    url = world.server.serve("/new/feed", world.server._answers["/gazette/feed"])
    world.sources["gazette"]["url"] = url
    world.reconfigure()
    world.clock.advance(MINUTE)
    polled = (await world.poll())["gazette"]
    assert polled.told == ()
    (asked,) = world.server.asked("/new/feed")
    assert "If-None-Match" not in asked.headers, "a validator belongs to its address"
    await world.deliver()
    assert world.posts() == []
    assert at > START


async def test_a_reload_that_the_database_interrupts_is_done_again(world: World, monkeypatch: pytest.MonkeyPatch):
    """The change is noticed once; it may not be lost because the database was away at that moment."""
    world.publish("gazette")
    world.begin()
    watcher = watcher_of(world)
    world.publish("herald")
    world.write_config()
    with monkeypatch.context() as away:

        def gone(*_: object, **__: object) -> None:
            raise StoreUnavailable("the database does not answer")

        away.setattr(type(world.parts.store), "transaction", gone)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                upkeep.reload(world.parts, watcher)
    upkeep.reload(world.parts, watcher)
    assert set(await world.poll()) == {"gazette", "herald"}
    break_config(world)
    with monkeypatch.context() as away:
        away.setattr(type(world.parts.store), "transaction", gone)
        with pytest.raises(StoreUnavailable):
            upkeep.reload(world.parts, watcher)
    upkeep.reload(world.parts, watcher)
    await world.deliver()
    assert len(world.posts(OPERATORS)) == 1


async def test_another_vocabulary_judges_again_in_silence(any_world: World):
    world = any_world
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    world.publish("gazette", ban("Boise", at), ban("Tulsa", at), bakery(1, at))
    await world.round(after=MINUTE)
    calls = len(world.slack.calls)
    deliveries = world.count("deliveries")
    assert upkeep.reanalyse(world.parts) == 0, "everything is judged by this vocabulary"

    overlay = world.config_dir / "topics" / "facial-recognition"
    overlay.mkdir(parents=True)
    (overlay / "actors.yaml").write_text(
        "actors:\n  - {id: boise-board, name: Boise Oversight Board, aliases: [Boise Board]}\n"
    )
    world.clock.advance(HOUR)
    before = world.parts.live.get().fingerprint
    upkeep.reload(world.parts, watcher_of_before(world))
    assert world.parts.live.get().fingerprint != before
    judged = 0
    while done := upkeep.reanalyse(world.parts, limit=2):
        judged += done
        assert judged < 50, "it never ends"
    assert judged == world.count("articles")
    await world.round(after=HOUR)
    assert len(world.slack.calls) == calls, "nobody is told, and nothing is edited"
    assert world.count("deliveries") == deliveries
    with world.reading() as tx:
        assert tx.reports.recent(curated=False).total == 2


def watcher_of_before(world: World) -> Watcher:
    """A watcher that has seen the folder without its newest files."""
    watcher = watcher_of(world)
    watcher._stamp, watcher._hash = (), ""
    return watcher


async def test_the_worker_itself_reloads_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch):
    world.publish("gazette")
    world.begin()
    monkeypatch.setattr(wiring, "utc_now", world.clock)
    worker = Worker(world.parts, world.fetcher, world.sender)
    break_config(world)
    await worker._reload()
    await worker._poll()
    await asyncio.gather(*worker._polls)
    await worker._deliver()
    assert len(world.posts(OPERATORS)) == 1
    assert world.state("gazette").last_ok_at is not None
