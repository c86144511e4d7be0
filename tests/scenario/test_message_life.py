"""The life of one message: told once, edited as coverage grows, revised in its thread, followed by the next step's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.scenario.news import Item, ban, passed
from tests.scenario.world import POLICY, World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUIET, LOUD = "C0QUIET0001", "C0LOUD00001"
WORDS = (
    "The mayor welcomed the vote.",
    "The police union criticised it.",
    "Residents spoke for three hours.",
    "The chief will hand the cameras back.",
    "Two members voted against it.",
    "A vendor said that it regrets the decision.",
)


def begin(world: World, *outlets: str) -> None:
    for outlet in outlets:
        world.publish(outlet)
    world.begin()


def report(world: World, outlet: str, words: str = "", **changes: object) -> Item:
    """Let an outlet report the ban now, in words of its own."""
    item = replace(ban("Boise", world.clock.now, outlet=outlet, words=words), **changes)  # type: ignore[arg-type]
    world.publish(outlet, item)
    return item


async def test_seven_sources_edit_one_message_now_and_then_the_best_one_first(any_world: World):
    world = any_world
    outlets = ["gazette", "herald", "courier", "times", "post", "wire", "council"]
    for outlet in outlets:
        world.publish(outlet)
    world.sources["wire"]["category"] = "wire"
    world.sources["council"]["actor"] = "Boise City Council"
    world.begin()
    await world.round()
    world.clock.advance(HOUR)
    report(world, "gazette")
    await world.round(after=MINUTE)
    (post,) = world.posts()
    edits = len(world.slack.called("chat.update"))
    started = world.clock.now
    for outlet, words in zip(outlets[1:], WORDS, strict=True):
        report(world, outlet, words)
        await world.round(after=MINUTE)
    await world.round(after=10 * MINUTE)
    (post,) = world.posts()
    assert "7 sources · best: Council · first: Gazette" in post["text"]
    gone = world.clock.now - started
    every = world.parts.config.settings.edit_every
    to_post = [call for call in world.slack.called("chat.update")[edits:] if call.get("ts") == post["ts"]]
    assert 1 <= len(to_post) <= gone // every + 1, "at most once in a few minutes"
    assert [len(world.posts()), len(world.replies(post["ts"]))] == [1, 1]


async def test_a_new_condition_is_told_in_the_thread_as_each_route_wishes(any_world: World):
    world = any_world
    for channel in (QUIET, LOUD):
        world.slack.add_channel(channel)
    world.routes += (
        {"name": "quiet", "channel": QUIET, "send": "now", "thread": False},
        {"name": "loud", "channel": LOUD, "send": "now", "broadcast": True},
    )
    begin(world, "gazette", "herald")
    await world.round()
    world.clock.advance(HOUR)
    report(world, "gazette")
    await world.round(after=MINUTE)
    title = "Boise City Council bans police use of facial recognition until there is a state law"
    report(world, "herald", title=title, text=title + ", it decided on Tuesday.")
    await world.round(after=MINUTE)
    await world.round(after=10 * MINUTE)
    for channel, coverage in ((POLICY, 1), (QUIET, 0), (LOUD, 1)):
        (post,) = world.posts(channel)
        replies = world.replies(post["ts"], channel)
        revised = [one for one in replies if "until there is a state law" in one["text"] and "Condition" in one["text"]]
        assert len(revised) == 1, channel
        assert len(replies) - len(revised) == coverage, channel
        assert bool(revised[0].get("broadcast")) is (channel == LOUD)
        assert not any(one.get("broadcast") for one in replies if one not in revised), "the list of reports is no news"
        assert ("coverage in thread" in post["text"]) is bool(coverage)


async def test_what_arrives_late_improves_the_date_and_pings_nobody(any_world: World):
    world = any_world
    begin(world, "gazette", "herald")
    await world.round()
    world.clock.advance(HOUR)
    early = world.clock.now
    world.clock.advance(3 * HOUR)
    report(world, "gazette")
    await world.round(after=MINUTE)
    world.publish("herald", ban("Boise", early, outlet="herald", words=WORDS[0]))
    polled = await world.round(after=MINUTE)
    assert [told.alert for told in polled["herald"].told] == ["update"]
    await world.round(after=10 * MINUTE)
    (post,) = world.posts()
    assert f"first: Herald {early:%H:%M}" in post["text"]
    with world.parts.store.reading() as tx:
        story = tx.stories.get(1)
        assert story is not None
        assert story.first_at == early


async def test_a_backfilled_archive_moves_no_stage_and_tells_nobody(any_world: World):
    """An outlet that is added later brings older and newer reports of what was told: its baseline is silent, and so is its archive."""
    world = any_world
    begin(world, "gazette")
    await world.round()
    at = world.clock.advance(HOUR)
    world.publish("gazette", passed("Boise", at))
    await world.round(after=MINUTE)
    sent = len(world.slack.called("chat.postMessage"))
    old = ban("Boise", at - timedelta(days=4), outlet="herald", words=WORDS[0])
    others = [
        ban(city, at - timedelta(days=30 + number), outlet="herald") for number, city in enumerate(("Tulsa", "Omaha"))
    ]
    world.publish("herald", old, *others)
    world.reconfigure()
    await world.round(after=HOUR)
    again = [replace(one, guid=f"{one.guid}-new", link=f"{one.link}?v=2", published=world.clock.now) for one in others]
    world.publish("herald", old, *others, *again)
    await world.round(after=HOUR)
    await world.round(after=10 * MINUTE)
    assert len(world.posts()) == 1
    assert len(world.slack.called("chat.postMessage")) <= sent + 1, "its coverage reply at most"


async def test_what_a_message_will_say_itself_is_no_reply_below_it(world: World):
    """Two outlets in one pass: the message is posted after both were read, with all that they say."""
    begin(world, "gazette", "herald")
    await world.round()
    world.clock.advance(HOUR)
    report(world, "gazette")
    title = "Boise City Council bans police use of facial recognition until there is a state law"
    report(world, "herald", title=title, text=title + ", it decided on Tuesday.")
    await world.round(after=MINUTE)
    await world.round(after=10 * MINUTE)
    (post,) = world.posts()
    assert "until there is a state law" in post["text"].lower()
    assert [one["text"].partition(" ")[0] for one in world.replies(post["ts"])] == ["Coverage"]
