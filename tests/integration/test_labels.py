"""`policywatch labels`: what people said becomes lines that `replay` and `score` read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import scoring
from bot.cli import cli
from bot.commands.labels import export_lines
from bot.replay import read_lines
from tests.conftest import Clock
from tests.integration.world import ANNA, HALT, PAUSE, PLAN, World


def by_id(world: World) -> dict[str, dict]:
    lines, _ = export_lines(world.store)
    return {line["id"]: line for line in lines}


def test_a_dismissed_story_becomes_an_article_that_is_no_change(world: World):
    world.deeds.dismiss(world.story(HALT), "it is a rumour", ANNA, world.now)
    world.story(PAUSE)
    (line,) = by_id(world).values()
    assert line["title"] == HALT[0]
    assert line["text"] == HALT[1]
    assert line["source"] == "wire"
    assert (line["label"]["is_policy_change"], line["label"]["action"]) == (False, "none")
    assert line["label"]["reason"] == "it is a rumour"
    assert line["label"]["event_key"] is None


def test_a_restored_story_is_no_label(world: World):
    ref = world.story(HALT)
    world.deeds.dismiss(ref, "", ANNA, world.now)
    world.deeds.restore(ref, ANNA, world.now)
    assert not by_id(world)


def test_merged_stories_share_an_event_and_split_ones_do_not(world: World):
    kept, gone = world.story(HALT), world.story(PAUSE)
    world.deeds.merge(gone, kept, ANNA, world.now)
    assert [line["label"]["event_key"] for line in by_id(world).values()] == [kept, kept]

    with world.store.reading() as tx:
        article = next(one.article_id for one in tx.stories.coverage(int(kept[1:])) if "Amazon" in one.title)
    world.deeds.split(kept, article, ANNA, world.now)
    keys = [line["label"]["event_key"] for line in by_id(world).values()]
    assert len(keys) == len(set(keys)) == 2
    assert {line["label"]["action"] for line in by_id(world).values()} == {"halt", "pause"}


def test_a_missed_address_that_a_source_brought_is_a_change_of_unknown_kind(world: World):
    told = world.report(("Notes from the council", "The council met on Tuesday to speak of facial recognition."))
    assert told.alert == "none"
    with world.store.reading() as tx:
        article = tx.articles.get(told.article_id or 0)
    assert article is not None
    world.deeds.record_missed(article.url, ANNA, world.now)
    (line,) = by_id(world).values()
    assert line["label"]["is_policy_change"]
    assert line["label"]["action"] == "other"
    assert line["label"]["by"] == "missed"


def test_the_export_is_read_by_replay_and_score(world: World):
    world.deeds.dismiss(world.story(HALT), "", ANNA, world.now)
    kept, gone = world.story(PAUSE), world.story(PLAN)
    world.deeds.merge(gone, kept, ANNA, world.now)
    lines, _ = export_lines(world.store)
    text = "\n".join(json.dumps(line) for line in lines)
    labels = scoring.read_labels(text.splitlines())
    assert [label.is_change for label in labels] == [False, True, True]
    assert len(read_lines("labels.jsonl", text, stream=True)) == 3


@pytest.fixture
def at_home(sqlite_url: str, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that commands find by the environment, on SQLite: the commands are the same on both."""
    from bot.store import Store

    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    store = Store.open(sqlite_url)
    made = World(store, clock)
    yield made
    store.close()


def test_commands_list_remove_and_export(at_home: World, tmp_path: Path):
    ref = at_home.story(HALT)
    at_home.deeds.mute_here(ref, "actor", ANNA, at_home.now)
    at_home.deeds.dismiss(ref, "a rumour", ANNA, at_home.now)
    run = CliRunner()
    listed = json.loads(run.invoke(cli, ["labels", "list", "--json"], catch_exceptions=False).output)
    assert [(one["subject"], one["label"], one["person"]) for one in listed] == [
        ("actor:Microsoft", "mute_here", "anna"),
        (ref, "not_a_change", "anna"),
    ]
    assert "actor:Microsoft" in run.invoke(cli, ["labels", "list"]).output
    target = tmp_path / "labels.jsonl"
    run.invoke(cli, ["labels", "export", "-o", str(target)], catch_exceptions=False)
    assert json.loads(target.read_text())["label"]["by"] == "not_a_change"

    channel = ANNA.channel
    gone = run.invoke(cli, ["labels", "remove", "actor:Microsoft", "mute_here", "--channel", channel])
    assert gone.exit_code == 0, gone.output
    assert not at_home.labels("mute_here")
    assert run.invoke(cli, ["labels", "remove", "actor:Microsoft", "mute_here", "--channel", channel]).exit_code != 0
