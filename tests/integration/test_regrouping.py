"""Merges and splits through commands and buttons: what the stories say, are found by and are told of afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import labels, regrouping
from bot.errors import UsageError
from bot.model import Stage, StoryView
from bot.slack.asks import Asker
from tests.integration.world import BAN, ELSEWHERE, HALT, PAUSE, PLAN, POLICY, World

DAY = timedelta(days=1)
SCHOOLS = (
    "Oakland passes ban on facial recognition in schools",
    "The Oakland school board on Tuesday passed a policy that bans facial recognition in Oakland's public schools, 5-2.",
)
SCHOOLS_AGAIN = (
    "School cameras: board says no to face scans",
    "By a vote of 5-2 the Oakland school board passed a policy that bans facial recognition in public schools.",
)


def number(ref: str | None) -> int:
    return int((ref or "s0")[1:])


def merge(world: World, kept: str, gone: str) -> None:
    with world.store.transaction(lock=True) as tx:
        regrouping.merge(tx, number(kept), number(gone), world.now)


def split(world: World, ref: str, article_id: int | None) -> str:
    with world.store.transaction(lock=True) as tx:
        return f"s{regrouping.split(tx, number(ref), article_id or 0, world.now)}"


def view(world: World, ref: str) -> StoryView:
    with world.store.reading() as tx:
        found = tx.stories.view(ref)
    assert found is not None
    return found


def steps(world: World, ref: str) -> list[Stage]:
    with world.store.reading() as tx:
        return [one.stage for one in tx.stories.stages(view(world, ref).story.id)]


def forced(world: World, words: tuple[str, str], into: str, source_id: str = "post") -> int:
    """A report that got into a story where it does not belong: a merge put it there."""
    told = world.report(words, source_id)
    assert told.story_id is not None
    merge(world, into, f"s{told.story_id}") if f"s{told.story_id}" != into else None
    return told.article_id or 0


def test_a_story_made_by_a_split_knows_its_names_figures_and_headline(world: World):
    ref = world.story(BAN)
    wrong = forced(world, SCHOOLS, ref)
    new = split(world, ref, wrong)
    with world.store.reading() as tx:
        kept, own = tx.stories.load([number(ref), number(new)])
    assert "#5-2" in own.details, "what two desks share in any words"
    assert "#5-2" not in kept.details
    assert own.titles == (SCHOOLS[0],)
    assert kept.titles == (BAN[0],)
    assert "school" in own.change.actor.lower()
    world.clock.advance(hours=2)
    assert world.report(SCHOOLS_AGAIN, "herald").story_id == number(new), "later reports join it"


def test_the_report_that_began_a_story_leaves_and_the_story_says_what_the_others_say(world: World):
    ref = world.story(HALT)
    first = view(world, ref).first
    assert first is not None
    forced(world, PAUSE, ref)
    new = split(world, ref, first.article_id)
    assert view(world, ref).story.change.actor == "Amazon"
    assert view(world, new).story.change.actor == "Microsoft"


def test_a_step_that_only_the_split_off_report_told_of_is_undone(world: World):
    ref = world.story(PLAN)
    world.clock.advance(days=20)
    told = world.report(BAN, "post")
    assert (told.story_id, told.alert) == (number(ref), "stage")
    split(world, ref, told.article_id)
    assert (view(world, ref).story.stage, steps(world, ref)) == (Stage.CONSIDERED, [Stage.CONSIDERED])


def test_a_step_that_another_report_told_of_too_stays(world: World):
    ref = world.story(PLAN)
    world.clock.advance(days=20)
    told = world.report(BAN, "post")
    again = world.report((BAN[0] + ", 6-1", "The council voted. " + BAN[1]), "herald")
    assert again.story_id == told.story_id
    with world.store.transaction() as tx:  # no copy of it, or it would leave with it
        tx.stories._connection.exec_driver_sql("UPDATE story_articles SET copy_of = NULL")
    split(world, ref, told.article_id)
    assert (view(world, ref).story.stage, steps(world, ref)) == (Stage.PASSED, [Stage.CONSIDERED, Stage.PASSED])
    assert world.report(("Oakland bans face recognition", BAN[1]), "wire").alert != "stage", "nobody is told again"


@pytest.mark.parametrize("earlier_is_kept", [True, False])
async def test_two_steps_that_were_two_stories_become_one_story_at_the_later_step(world: World, earlier_is_kept: bool):
    plan = world.story(PLAN)
    world.clock.advance(days=20)
    with world.store.transaction(lock=True) as tx:  # as if matching had missed it
        tx.stories._connection.exec_driver_sql("DELETE FROM story_keys")
    ban = world.story(BAN, "post")
    assert plan != ban
    await world.deliver()
    kept, gone = (plan, ban) if earlier_is_kept else (ban, plan)
    merge(world, kept, gone)
    found = view(world, kept)
    assert (found.story.stage, steps(world, kept)) == (Stage.PASSED, [Stage.CONSIDERED, Stage.PASSED])
    assert found.previous is not None
    assert found.previous.stage is Stage.CONSIDERED
    owed = len(world.owed(POLICY))
    again = world.report((BAN[0] + " by 6-1", BAN[1]), "herald")
    assert (again.story_id, again.alert) == (number(kept), "update"), "the step was told already"
    assert len(world.owed(POLICY)) == owed


def test_two_stories_at_one_stage_take_no_step_by_being_merged(world: World):
    kept, gone = world.story(HALT), world.story(PAUSE, "post")
    merge(world, kept, gone)
    assert steps(world, kept) == [Stage.ANNOUNCED]
    assert view(world, kept).previous is None


def test_names_lead_on_through_any_number_of_merges(world: World):
    refs = [world.story(HALT), world.story(PAUSE, "post"), world.story(PLAN, "herald")]
    merge(world, refs[1], refs[0])
    merge(world, refs[2], refs[1])
    assert {view(world, ref).story.ref for ref in refs} == {refs[2]}
    assert view(world, refs[0]).story.article_count == 3
    for one, other in ((refs[0], refs[0]), (refs[2], refs[2]), (refs[1], refs[0])):
        with pytest.raises(UsageError):
            merge(world, one, other)


def test_what_was_merged_can_be_split_again_and_its_name_stays_where_it_led(world: World):
    kept = world.story(HALT)
    told = world.report(PAUSE, "post")
    gone = f"s{told.story_id}"
    merge(world, kept, gone)
    new = split(world, kept, told.article_id)
    assert new not in {kept, gone}
    assert view(world, gone).story.ref == kept
    assert view(world, new).story.change.actor == "Amazon"
    assert view(world, kept).story.article_count == 1
    with pytest.raises(UsageError, match="nothing to split"):
        split(world, new, told.article_id)


def test_an_observed_story_merged_into_a_curated_one_is_news_when_it_moves(world: World):
    observed = world.story(PLAN)
    with world.store.transaction(lock=True) as tx:
        change = view(world, observed).story.change
        at = world.now - 40 * DAY
        curated = tx.stories.create(change, stage=Stage.CONSIDERED, at=at, now=world.now, curated=True)
    merge(world, f"s{curated}", observed)
    world.clock.advance(days=20)
    told = world.report(BAN, "post")
    assert (told.story_id, told.alert) == (curated, "stage")


def test_what_an_operator_puts_right_is_kept_as_a_label(world: World):
    kept, gone = world.story(BAN), world.story(ELSEWHERE, "post")
    merge(world, kept, gone)
    with world.store.reading() as tx:
        (said,) = tx.runtime.labels(world.now, subject=gone, label=labels.SAME_AS)
        report = tx.stories.coverage(number(kept))[-1].article_id
    assert said.person == "operator"
    assert said.value is not None
    assert said.value["into"] == kept
    new = split(world, kept, report)
    with world.store.reading() as tx:
        (said,) = tx.runtime.labels(world.now, label=labels.NOT_SAME)
    assert said.value is not None
    assert (said.value["story"], said.value["new"]) == (kept, new)


def test_a_mute_of_a_story_goes_where_the_story_goes(world: World):
    kept, gone = world.story(BAN), world.story(ELSEWHERE, "post")
    world.deeds.mute_here(gone, "story", Asker("U0ANNA00001", "C0POLICY001", "Anna"), world.now)
    merge(world, kept, gone)
    with world.store.reading() as tx:
        (held,) = tx.runtime.labels(world.now, label=labels.MUTE_HERE)
    assert (held.subject, held.channel) == (kept, "C0POLICY001")
