"""What an outlet changes after it was read: judged again, told to those who heard the first words, never a second time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import intake
from bot.stories import canonical_url
from tests.scenario.news import Item, bakery, ban, considered, page, passed
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def told(world: World, item: Item) -> Item:
    """An outlet whose one report was told."""
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    item = replace(item, published=world.clock.advance(HOUR))
    world.publish("gazette", item)
    await world.round(after=MINUTE)
    assert len(world.posts()) == 1
    return item


async def edit(world: World, *items: Item, after: timedelta = HOUR):
    """The outlet publishes other words; what follows is delivered. Gives the poll."""
    world.clock.advance(after)
    world.publish("gazette", *items)
    polled = (await world.round())["gazette"]
    await world.round(after=10 * MINUTE)
    return polled


def revisions(world: World) -> list[str]:
    return [reply["text"] for post in world.posts() for reply in world.replies(post["ts"])]


async def known_beside(world: World, first: Item) -> list[Item]:
    """Older items of the same outlet, read already."""
    others = [bakery(number, first.published) for number in range(3)]
    await edit(world, first, *others)
    return others


async def test_an_edit_beside_a_new_report_is_found_where_all_else_is_known(any_world: World):
    world = any_world
    first = await told(world, ban("Boise", None))
    others = await known_beside(world, first)
    title = "Correction: Boise City Council bans police use of facial recognition until 2028"
    polled = await edit(world, ban("Tulsa", world.clock()), replace(first, title=title), *others)
    assert [one.alert for one in polled.told] == ["new"]
    assert [one.alert for one in polled.edited] == ["update"]
    assert len(world.posts()) == 2
    assert len(world.entries("gazette")) == 2 + len(others)


async def test_a_new_report_is_told_by_storing_it_where_all_else_is_known(
    any_world: World, monkeypatch: pytest.MonkeyPatch
):
    world = any_world
    others = await known_beside(world, await told(world, ban("Boise", None)))
    monkeypatch.delattr(intake, "sort_out")
    polled = await edit(world, ban("Tulsa", world.clock()), *others)
    assert [one.alert for one in polled.told] == ["new"]
    assert len(world.posts()) == 2


async def test_a_correction_in_the_headline_is_one_reply_in_the_thread_and_no_second_post(any_world: World):
    world = any_world
    first = await told(world, ban("Boise", None))
    title = "Correction: Boise City Council bans police use of facial recognition until 2028"
    polled = await edit(world, replace(first, title=title))
    assert [(one.verdict, one.alert) for one in polled.edited] == [("change", "update")]
    assert polled.told == ()
    assert len(world.posts()) == 1
    (reply,) = revisions(world)
    assert "Boise City Council bans police use of facial recognition until 2028" in reply
    (entry,) = [one for one in world.entries("gazette") if "Boise" in one.title]
    assert entry.title == title
    assert "judged again on edited words (edit 1)" in entry.reason
    await edit(world, replace(first, title=title), bakery(2, world.clock.now))
    assert len(revisions(world)) == 1, "the same words again change nothing"
    assert world.count("stories") == 1


async def test_a_retraction_is_told_where_the_report_was_told(any_world: World):
    world = any_world
    first = await told(world, ban("Boise", None))
    gone = replace(
        first,
        title="Boise City Council did not vote on facial recognition",
        text="Correction: An earlier version of this article said that the council had voted. It has not voted on the matter.",
    )
    polled = await edit(world, gone)
    assert [one.alert for one in polled.edited] == ["none"]
    assert "state no change any more" in polled.edited[0].reason
    (reply,) = revisions(world)
    assert "An earlier version of this article said that the council had voted." in reply
    assert len(world.posts()) == 1
    with world.reading() as tx:
        (story,) = tx.reports.recent().items
        assert [text for _, text in tx.stories.revisions(story.story.id)]
        assert story.story.article_count == 1, "what people were told stays as it was told"


async def test_an_edit_that_tells_of_the_next_stage_is_news(any_world: World):
    world = any_world
    first = await told(world, considered("Tulsa", None))
    voted = passed("Tulsa", None)
    polled = await edit(world, replace(first, title=voted.title, text=voted.text), after=2 * DAY)
    assert [one.alert for one in polled.edited] == ["stage"]
    assert len(world.posts()) == 2
    assert "considered" in str(world.posts()[1]["blocks"])
    assert "after it was published" not in str(world.posts()[1]["blocks"]), "the step is as young as the edit"


async def test_a_report_that_becomes_one_of_ours_when_edited_is_told_once(any_world: World):
    world = any_world
    world.publish("gazette")
    world.begin()
    await world.round(after=MINUTE)
    at = world.clock.advance(HOUR)
    ours = ban("Boise", at)
    live = replace(ours, title="Boise City Council meets", text="The Boise City Council meets tonight. " * 30)
    world.publish("gazette", live)
    await world.round(after=MINUTE)
    assert world.posts() == []
    polled = await edit(world, ours)
    assert [one.alert for one in polled.edited] == ["new"]
    assert len(world.posts()) == 1
    await edit(world, replace(ours, title=ours.title + " in a close vote"))
    assert len(world.posts()) == 1


async def test_counters_blanks_dates_and_a_cut_text_are_no_edit(world: World):
    first = ban("Boise", None, words="12 comments. Updated 3 hours ago. The mayor will sign the ordinance on Friday.")
    first = await told(world, first)
    volatile = replace(
        first,
        text=first.text.replace("12 comments", "345  comments").replace("3 hours", "2 days"),
        published=first.published + HOUR,
    )
    polled = await edit(world, volatile)
    assert (polled.told, polled.edited) == ((), ())
    polled = await edit(world, replace(volatile, text=first.text[:60] + "…"))
    assert polled.edited == (), "a feed that cuts its texts from now on corrects nothing"
    assert revisions(world) == []


async def test_two_copies_that_take_turns_under_one_key_come_to_an_end(any_world: World, monkeypatch):
    monkeypatch.setattr(intake, "MOST_EDITS", 4)
    world = any_world
    first = await told(world, ban("Boise", None))
    other = replace(first, title=first.title + ", a first in the state")
    judged = [len((await edit(world, (first, other)[turn % 2], after=MINUTE)).edited) for turn in range(1, 9)]
    assert judged == [1, 1, 1, 1, 0, 0, 0, 0]
    (entry,) = [one for one in world.entries("gazette") if "Boise" in one.title]
    assert "(edit 4, the last that is followed)" in entry.reason
    # Both in one document: the first counts, and while one reads as stored nothing is new.
    assert (await edit(world, first, other)).edited == ()
    assert len(world.posts()) == 1
    assert revisions(world) == []


async def test_the_text_of_a_page_stays_when_the_feeds_words_are_edited(world: World):
    item = ban("Boise", None)
    url = world.server.serve("/boise", page(replace(item, text=item.text + " It takes effect on 1 March 2027.")))
    first = await told(world, replace(item, link=url))
    assert await world.read_pages() == 1
    await edit(world, replace(first, title="Boise council bans police use of facial recognition", text="Short."))
    with world.reading() as tx:
        (article,) = tx.articles.by_canonical_url(canonical_url(url))
    assert article.title == "Boise council bans police use of facial recognition"
    assert "It takes effect on 1 March 2027." in article.text


async def test_one_id_for_whatever_is_the_latest_is_no_edit(any_world: World):
    """A feed that gives its one item always the same id: another article is another entry."""
    world = any_world
    first = await told(world, replace(ban("Boise", None), guid="latest"))
    other = replace(ban("Omaha", world.clock.now + HOUR), guid="latest")
    polled = await edit(world, other)
    assert [one.alert for one in polled.told] == ["new"]
    assert [text.split()[0] for text in world.texts()] == ["Boise", "Omaha"]
    polled = await edit(world, replace(first, guid="latest"), after=DAY)
    assert (polled.told, polled.edited) == ((), ())
    assert len(world.posts()) == 2
