"""`replay --since`: what an edit of vocabulary or thresholds would have changed, on the stored history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import replay
from bot.cli import main
from bot.config.load import load
from bot.wiring import Judgement
from tests.scenario.news import Item, bakery, ban
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def own_words(at: datetime) -> Item:
    """A report that only somebody who knows the local words for it understands."""
    text = "The Omaha City Council voted on Tuesday to ban visage scanning by the police department."
    return Item(
        "Omaha City Council bans police use of visage scanning", text, at, "omaha", "https://gazette.example/omaha"
    )


@pytest.fixture
async def history(any_world: World) -> World:
    """A month of a world: one old report, two that were told, one that was not understood, one on nothing."""
    world = any_world
    world.clock.now = datetime.now(UTC) - 45 * DAY
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    world.publish("gazette", ban("Tulsa", world.clock.advance(DAY)))
    await world.round(after=MINUTE)
    world.clock.now = datetime.now(UTC) - 3 * DAY
    at = world.clock.now
    world.publish("gazette", ban("Boise", at), ban("Boise", at, outlet="herald"), own_words(at), bakery(1, at))
    await world.round(after=MINUTE)
    assert [text.split()[0] for text in world.texts()] == ["Tulsa", "Boise"]
    return world


def compared(world: World) -> replay.Comparison:
    """With the files as they are now."""
    now = Judgement(load(world.config_dir, env={}))
    since = datetime.now(UTC) - 30 * DAY
    return replay.compare(world.parts.store, now, since, was=world.parts.live.get())


def add_words(world: World) -> None:
    folder = world.config_dir / "topics" / "facial-recognition" / "en"
    folder.mkdir(parents=True)
    (folder / "terms.yaml").write_text("terms:\n  - id: face-scan\n    words: [visage scanning]\n")


async def test_nothing_edited_changes_nothing(history: World):
    found = compared(history)
    assert found.articles == 3, "what is older than a month is left out, and the same words again are no second article"
    ((_, what),) = found.alerts
    assert what.startswith("Boise City Council bans")
    assert (found.new, found.gone) == ((), ())


async def test_a_new_word_lists_what_it_would_have_told(history: World):
    add_words(history)
    found = compared(history)
    assert found.gone == ()
    ((line, what),) = found.new
    assert line.url == "https://gazette.example/omaha"
    assert what.startswith("Omaha City Council bans")
    assert len(found.alerts) == 2


async def test_a_raised_threshold_lists_what_would_not_have_been_told(history: World):
    history.settings = {"thresholds": {"alert": 1.0, "digest": 1.0}}
    history.write_config()
    found = compared(history)
    assert found.new == ()
    assert found.alerts == ()
    ((line, what),) = found.gone
    assert line.title.startswith("Boise")
    assert what.startswith("Boise City Council bans")


async def test_replaying_leaves_the_database_as_it_was(history: World):
    tables = ("entries", "articles", "policy_changes", "stories", "deliveries", "routes", "sources")
    before = {name: history.count(name) for name in tables}
    add_words(history)
    compared(history)
    assert {name: history.count(name) for name in tables} == before


@pytest.fixture
def command(history: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`policywatch replay --since …` on that history."""
    monkeypatch.setenv("DATABASE_URL", history.database_url)
    monkeypatch.setenv("POLICYWATCH_CONFIG", str(history.config_dir))

    def run(*arguments: str, status: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["replay", *arguments])
        printed = capsys.readouterr()
        assert ended.value.code == status, printed.err
        return printed.out if status == 0 else printed.err

    return run


async def test_the_command_lists_new_and_gone(history: World, command: Callable[..., str], tmp_path: Path):
    assert command("--since", "30d").splitlines() == [
        "3 articles of the last 30d: would have alerted 1 time, 0 new, 0 gone."
    ]
    add_words(history)
    head, line = command("--since", "30d").splitlines()
    assert head == "3 articles of the last 30d: would have alerted 2 times, 1 new, 0 gone."
    assert line.startswith("new   ")
    assert "Omaha City Council bans" in line
    assert line.endswith("https://gazette.example/omaha")
    assert len(json.loads(command("--since", "30d", "--json"))["new"]) == 1
    history.settings = {"thresholds": {"alert": 1.0, "digest": 1.0}}
    history.write_config()
    head, line = command("--since", "30d").splitlines()
    assert head == "3 articles of the last 30d: would have alerted 0 times, 0 new, 1 gone."
    assert line.startswith("gone  ")
    assert "Boise City Council bans" in line
    assert "no time span" in command("--since", "soon", status=2)
    assert "or --since 30d" in command(status=2)
