"""What the tracker's pages read, over a database that the pipeline filled."""

from __future__ import annotations

from bot.queries import Reader
from tests.integration.world import ANNA, BAN, HALT, NOTHING, PLAN, World


def test_a_story_with_all_its_reports_and_stages(world: World):
    world.report(HALT)
    world.report(HALT, "post")
    world.report(PLAN)
    world.clock.advance(days=2)
    world.report(BAN)
    reader = Reader(world.parts)
    microsoft, oakland = reader.story("s1"), reader.story("s2")
    assert microsoft is not None
    assert oakland is not None
    assert [one.source_name for one in reader.articles("s1")] == ["Wire", "Post"]
    assert [one.rank for one in reader.articles("s1")] == [2, 2]
    assert reader.articles("s1")[0] == microsoft.best
    steps = reader.steps("s2")
    assert [step.stage for step in steps] == ["considered", "passed"]
    assert steps[0].at < steps[1].at
    assert steps[0].line != steps[1].line
    assert oakland.story.stage_at == steps[1].at
    assert [view.story.ref for view in reader.stories(limit=10)] == ["s2", "s1"], "what moved last stands first"
    assert [view.story.ref for view in reader.stories(limit=10, words="microsoft")] == ["s1"]


def test_what_is_not_there_has_nothing(world: World):
    reader = Reader(world.parts)
    for ref in ("s99", "99", "", "x", "s1; drop table stories"):
        assert reader.story(ref) is None
        assert not reader.articles(ref)
        assert not reader.steps(ref)
    assert not reader.entries("nobody")


def test_a_merged_story_gives_the_reports_of_both(world: World):
    world.report(HALT)
    world.report(PLAN, "post")
    world.deeds.merge("s2", "s1", ANNA, world.now)
    reader = Reader(world.parts)
    merged = reader.story("s2")
    assert merged is not None
    assert merged.story.ref == "s1"
    assert len(reader.articles("s2")) == len(reader.articles("s1")) == 2


def test_the_entries_of_a_source_with_what_became_of_them(world: World):
    world.report(HALT)
    world.report(NOTHING)
    world.report(HALT, "post")
    newest, oldest = Reader(world.parts).entries("wire")
    assert (newest.title, oldest.title) == (NOTHING[0], HALT[0])
    assert newest.verdict == "off_topic"
    assert newest.reason
    assert "s1" in oldest.reason
    assert {row.source.id for row in Reader(world.parts).sources()} == {"wire", "post", "herald"}
