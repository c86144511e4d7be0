"""What people do in Slack, on both databases: what is stored, what messages say then, and that twice changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot import upkeep
from bot.errors import UsageError
from bot.model import DeliveryKind, DeliveryState, Filters, Quiet, Schedule
from bot.rendering import remember_workspace
from bot.slack.elements import visible
from bot.slack.ports import Done
from tests.integration.world import (
    ANNA,
    BAN,
    BEN,
    ELSEWHERE,
    HALT,
    OPERATORS,
    OTHER,
    PAUSE,
    PLAN,
    POLICY,
    SUIT,
    World,
)


def edits(world: World) -> int:
    with world.store.reading() as tx:
        return len([one for one in tx.outbox.list([DeliveryState.PENDING]) if one.kind is DeliveryKind.EDIT])


def blocks_of(world: World, channel: str = POLICY, nth: int = -1) -> str:
    return str(world.shown(world.owed(channel)[nth]).blocks)


# --- take, follow --------------------------------------------------------------------------------------------------------


async def test_the_first_to_take_a_story_stays_and_every_message_says_who(world: World):
    ref = world.story()
    await world.deliver()
    assert world.deeds.take(ref, ANNA, world.now) == world.deeds.take(ref, ANNA, world.now)
    refused = world.deeds.take(ref, BEN, world.now)

    assert not refused.ok
    assert "anna" in refused.text
    assert [(one.subject, one.person) for one in world.labels("taken")] == [(ref, ANNA.user)]
    assert edits(world) == 2, "one for each channel"
    assert ANNA.user in blocks_of(world, POLICY)
    assert ANNA.user in blocks_of(world, OTHER)


async def test_a_story_is_given_back_by_who_took_it(world: World):
    ref = world.story()
    await world.deliver()
    world.deeds.take(ref, ANNA, world.now)
    await world.deliver()
    world.deeds.release(ref, BEN, world.now)
    assert len(world.labels("taken")) == 1, "another's is not his to give"
    for _ in range(2):
        world.deeds.release(ref, ANNA, world.now)
    assert edits(world) == 2, "one for each channel, the second time changed nothing"
    await world.deliver()
    assert ANNA.user not in blocks_of(world, POLICY)
    assert world.deeds.take(ref, BEN, world.now).ok


async def test_a_taken_click_that_changes_nothing_owes_no_edit(world: World):
    ref = world.story()
    await world.deliver()
    world.deeds.take(ref, ANNA, world.now)
    await world.deliver()
    sent = len(world.sender.edits)
    world.deeds.take(ref, ANNA, world.now)
    await world.deliver()
    assert len(world.sender.edits) == sent == 2


async def test_a_follower_is_told_directly_of_each_later_stage_once(world: World):
    ref = world.story(PLAN)
    direct = replace(ANNA, channel="D0ANNA0001")
    world.deeds.follow(ref, direct, world.now)
    await world.deliver()
    world.clock.advance(days=2)
    assert world.report(BAN).alert == "stage"
    world.report(BAN, "post")

    (owed,) = world.owed("D0ANNA0001")
    assert (owed.transition, owed.dedupe_key) == ("stage:passed", f"post:{ref[1:]}:D0ANNA0001:stage:passed")
    assert not world.owed(ANNA.user)
    await world.deliver()
    assert sum(channel == "D0ANNA0001" for channel, _, thread, _ in world.sender.posts if thread is None) == 1


def test_following_starts_now_and_a_second_time_ends_it_but_a_double_click_does_not(world: World):
    ref = world.story(PLAN)
    first = world.deeds.follow(ref, ANNA, world.now)
    assert world.deeds.follow(ref, ANNA, world.clock.advance(seconds=1)) == first
    assert world.labels("follow")[0].value["channel"] == ANNA.user, "without a direct conversation: the person"
    world.deeds.follow(ref, ANNA, world.clock.advance(minutes=5))
    assert not world.labels("follow")
    world.clock.advance(days=2)
    world.report(BAN)
    assert not world.owed(ANNA.user)


def test_followers_hear_nothing_that_was_published_before_they_followed(world: World):
    ref = world.story(PLAN)
    world.clock.advance(days=3)
    world.deeds.follow(ref, ANNA, world.now)
    assert world.report(BAN, ago=timedelta(hours=20)).alert == "stage"
    assert not world.owed(ANNA.user)
    assert world.owed(POLICY)[-1].transition == "stage:passed"


# --- not relevant ----------------------------------------------------------------------------------------------------------


async def test_dismissed_everywhere_and_restored(world: World):
    ref = world.story()
    await world.deliver()
    said = world.deeds.dismiss(ref, "it is an opinion", ANNA, world.now)
    assert world.deeds.dismiss(ref, "it is an opinion", ANNA, world.now) == said
    world.deeds.dismiss(ref, "", BEN, world.now)

    (label,) = world.labels("not_a_change")
    assert (label.subject, label.person, label.value["reason"]) == (ref, ANNA.user, "it is an opinion")
    for channel in (POLICY, OTHER):
        assert "Not a policy change, says " in blocks_of(world, channel)
    assert world.deeds.restore(ref, BEN, world.now) == world.deeds.restore(ref, BEN, world.now)
    assert not world.labels("not_a_change")
    assert "Not relevant" in blocks_of(world)


def test_nobody_is_told_when_a_dismissed_story_moves_on(world: World):
    ref = world.story(PLAN)
    world.deeds.follow(ref, ANNA, world.now)
    world.deeds.dismiss(ref, "", ANNA, world.now)
    world.clock.advance(days=2)
    told = world.report(BAN)
    assert told.alert == "none"
    assert "anna marked it as no policy change" in told.reason
    assert {one.transition for one in world.owed()} == {"new"}


async def test_a_story_dismissed_before_it_was_told_is_not_posted(world: World):
    ref = world.story()
    world.deeds.dismiss(ref, "", ANNA, world.now)
    await world.deliver()
    assert not world.sender.posts
    assert {one.state for one in world.owed()} == {DeliveryState.DROPPED}


def test_a_dismissed_story_is_left_out_of_digests(world: World):
    subscribed = Filters(actors=("Microsoft", "Amazon"))
    world.deeds.subscribe(subscribed, Schedule("daily", hour=9), replace(ANNA, channel="C0DIGESTS01"), world.now)
    ref = world.story(HALT)
    world.story(PAUSE)
    world.deeds.dismiss(ref, "", ANNA, world.now)
    world.clock.advance(days=1)
    upkeep.enqueue_digests(world.parts)
    (digest,) = world.owed("C0DIGESTS01", DeliveryKind.DIGEST)
    assert "Amazon" in str(digest.payload["groups"])
    assert "Microsoft" not in str(digest.payload["groups"])


@pytest.mark.parametrize(
    ("what", "subject", "next_one"),
    [
        ("actor", "actor:Oakland City Council", SUIT),
        ("place", "place:US-CA/Oakland", SUIT),
        ("action", "action:propose", ELSEWHERE),
    ],
)
def test_a_mute_keeps_its_channel_from_more_of_the_kind_and_no_other(
    world: World, what: str, subject: str, next_one: tuple[str, str]
):
    ref = world.story(PLAN)
    assert world.deeds.mute_here(ref, what, ANNA, world.now) == world.deeds.mute_here(ref, what, BEN, world.now)
    (label,) = world.labels("mute_here")
    assert (label.subject, label.channel) == (subject, POLICY)
    world.clock.advance(days=20)
    told = world.report(next_one)
    assert told.alert == "new"
    assert world.owed(OTHER)[-1].story_id == told.story_id
    assert [one.story_id for one in world.owed(POLICY)] == [int(ref[1:])]
    with world.store.reading() as tx:
        article = tx.articles.get(told.article_id or 0)
    assert article is not None
    assert (
        f"policy: silent, anna muted {subject.replace(':', ' ')} in this channel"
        in world.reader.why(article.url).verdict
    )


def test_what_is_not_of_the_kind_is_told(world: World):
    world.deeds.mute_here(world.story(PLAN), "actor", ANNA, world.now)
    world.deeds.mute_here("s1", "place", ANNA, world.now)
    told = world.report(HALT)
    assert world.owed(POLICY)[-1].story_id == told.story_id


def test_a_story_muted_here_moves_on_elsewhere_only(world: World):
    ref = world.story(PLAN)
    world.deeds.mute_here(ref, "story", ANNA, world.now)
    assert world.owed(POLICY)[0].state is DeliveryState.DROPPED, "it was not sent yet"
    world.clock.advance(days=2)
    world.report(BAN)
    assert [one.transition for one in world.owed(POLICY)] == ["new"]
    assert [one.transition for one in world.owed(OTHER)] == ["new", "stage:passed"]


async def test_the_message_says_who_wants_no_more_of_it_in_its_channel_only(world: World):
    ref = world.story(HALT)
    await world.deliver()
    for _ in range(2):
        world.deeds.mute_here(ref, "actor", ANNA, world.now)
    assert edits(world) == 1
    await world.deliver()
    ((channel, _, message),) = world.sender.edits
    assert channel == POLICY
    assert "wants no more on Microsoft in this channel" in "".join(map(visible, message.blocks))
    assert ANNA.user in str(message.blocks)
    assert ANNA.user not in blocks_of(world, OTHER)


@pytest.mark.parametrize("what", ["story", "actor", "place", "action"])
async def test_a_mute_is_undone_and_the_past_is_not_told(world: World, what: str):
    ref = world.story(PLAN)
    await world.deliver()
    said = world.deeds.mute_here(ref, what, ANNA, world.now)
    world.clock.advance(days=1)
    world.report(BAN)
    (muted,) = world.reader.muted(POLICY, world.now)
    assert world.reader.muted(OTHER, world.now) == []
    assert (muted.subject, muted.by) == (said.undo, ANNA.user)
    assert said.text == f"This channel hears nothing more {muted.words}."
    assert world.deeds.unmute_here(muted.subject, BEN, world.now) == world.deeds.unmute_here(said.undo, ANNA, world.now)
    assert world.reader.muted(POLICY, world.now) == []
    await world.deliver()
    assert ANNA.user not in blocks_of(world, POLICY), "the message no longer says who wants no more of it"
    before = ["new", "stage:passed"] if what == "action" else ["new"]  # a ban that passed is no proposal
    assert [one.transition for one in world.owed(POLICY)] == before, "what came meanwhile is not sent"
    world.clock.advance(days=30)
    told = world.report(SUIT)
    assert [one.story_id for one in world.owed(POLICY)] == [int(ref[1:])] * len(before) + [told.story_id]


def test_what_cannot_be_muted_is_said(world: World):
    ref = world.story(PAUSE)
    with pytest.raises(UsageError, match="cannot be muted"):
        world.deeds.mute_here(ref, "everything", ANNA, world.now)
    with pytest.raises(UsageError, match="no story s99"):
        world.deeds.mute_here("s99", "story", ANNA, world.now)


# --- wrong story -------------------------------------------------------------------------------------------------------------


async def test_a_correction_is_marked_and_told_once_in_each_channel(world: World):
    ref = world.story()
    await world.deliver()
    text = "It concerns police in the US only."
    assert world.deeds.correct(ref, text, ANNA, world.now) == world.deeds.correct(ref, text, ANNA, world.now)
    await world.deliver()
    replies = [(channel, message.text) for channel, message, thread, shown in world.sender.posts if thread and shown]
    assert sorted(replies) == [(OTHER, f"Corrected by anna: {text}"), (POLICY, f"Corrected by anna: {text}")]
    message = world.shown(world.owed(POLICY)[0])
    assert message.text.startswith("CORRECTED: ")
    assert text in str(message.blocks)
    assert ANNA.user in str(message.blocks), "it names who said so"

    world.deeds.correct(ref, "It concerns the whole country.", BEN, world.now)
    await world.deliver()
    assert len([one for one in world.sender.posts if one[3]]) == 4
    assert len(world.labels("corrected")) == 1, "the later word counts"
    assert not world.deeds.correct(ref, "  ", ANNA, world.now).ok


async def test_merged_messages_point_to_the_story_they_became(world: World):
    kept, gone = world.story(HALT), world.story(PAUSE)
    await world.deliver()
    world.deeds.take(gone, ANNA, world.now)
    remember_workspace(world.store, "https://fake.slack.example/", world.now)
    assert world.deeds.merge(gone, kept, ANNA, world.now) == world.deeds.merge(gone, kept, ANNA, world.now)

    (label,) = world.labels("same_as")
    assert (label.subject, label.value["into"]) == (gone, kept)
    assert [one.subject for one in world.labels("taken")] == [kept]
    first, second = world.owed(POLICY)
    collapsed = world.shown(second)
    assert "Part of another story" in collapsed.text
    assert collapsed.text.startswith("Amazon"), "it still says what it was"
    assert ANNA.user in str(collapsed.blocks)
    assert f"https://fake.slack.example/archives/{POLICY}/p{(first.ts or '').replace('.', '')}" in str(collapsed.blocks)
    assert "Part of another story" not in world.shown(first).text
    assert not world.deeds.merge(kept, kept, ANNA, world.now).ok


async def test_a_channel_that_knew_only_the_merged_story_keeps_its_message(world: World):
    gone = world.story(PAUSE)
    world.deeds.mute_here(gone, "story", replace(ANNA, channel=OTHER), world.now)
    await world.deliver()
    kept = world.story(HALT)
    world.deeds.mute_here(kept, "story", ANNA, world.now)
    await world.deliver()
    world.deeds.merge(gone, kept, BEN, world.now)
    await world.deliver()
    channel, _, message = world.sender.edits[-1]
    assert message.text.startswith("Microsoft")
    assert {one[0] for one in world.sender.edits} == {POLICY, OTHER}
    assert channel in {POLICY, OTHER}
    assert all("Part of" not in one[2].text for one in world.sender.edits)


async def test_split_off_articles_are_a_story_of_their_own(world: World):
    ref = world.story(HALT)
    told = world.report(HALT, "post")
    assert told.story_id == int(ref[1:])
    await world.deliver()
    article_id = told.article_id or 0
    said = world.deeds.split(ref, article_id, ANNA, world.now)
    assert world.deeds.split(ref, article_id, ANNA, world.now) == said
    (label,) = world.labels("not_same")
    assert label.value["story"] == ref
    with world.store.reading() as tx:
        assert tx.stories.for_article(article_id)[0][0] == int(label.value["new"][1:])
    assert len(world.owed(POLICY)) == 1, "nobody is pinged"
    with pytest.raises(UsageError, match="no report"):
        world.deeds.split(ref, 999, ANNA, world.now)


async def test_old_messages_link_forward_and_new_ones_back(world: World):
    world.story(PLAN)
    await world.deliver()
    remember_workspace(world.store, "https://fake.slack.example/", world.now)
    world.clock.advance(days=2)
    world.report(BAN)
    await world.deliver()
    first, second = world.owed(POLICY)
    link = f"https://fake.slack.example/archives/{POLICY}/p"
    assert f"{link}{(second.ts or '').replace('.', '')}" in str(
        [one for one in world.sender.edits if one[1] == first.ts]
    )
    assert f"{link}{(first.ts or '').replace('.', '')}" in blocks_of(world)


# --- sources -----------------------------------------------------------------------------------------------------------------


def test_a_muted_source_alerts_on_nothing_of_the_meantime(world: World):
    week = timedelta(days=7)
    assert world.deeds.mute_source("wire", week, ANNA, world.now) == world.deeds.mute_source(
        "wire", week, ANNA, world.now
    )
    assert world.report(HALT).alert == "none"
    world.clock.advance(days=1)
    said = world.deeds.unmute_source("wire", ANNA, world.now)
    assert world.deeds.unmute_source("wire", ANNA, world.clock.advance(minutes=1)) == said
    assert world.report(PAUSE, ago=timedelta(hours=2)).alert == "none", "published during the mute"
    assert world.report(PLAN).alert == "new"
    with pytest.raises(UsageError, match="no source nowhere"):
        world.deeds.mute_source("nowhere", week, ANNA, world.now)


# --- routes, snooze, digests ---------------------------------------------------------------------------------------------------


def test_a_subscription_hears_from_now_on_and_can_be_ended(world: World):
    here = replace(ANNA, channel="C0SUBSCR001")
    world.story(HALT)
    amazon = Filters(actors=("Amazon",))
    said = world.deeds.subscribe(amazon, Schedule(), here, world.now)
    assert world.deeds.subscribe(amazon, Schedule(), here, world.clock.advance(minutes=1)) == said
    world.deeds.subscribe(Filters(jurisdictions=("EU",)), Schedule("daily"), here, world.now)
    world.report(PAUSE)
    assert [one.route for one in world.owed("C0SUBSCR001")] == ["C0SUBSCR001 actor:Amazon"]
    assert {one.name for one in world.reader.routes("C0SUBSCR001")} == {"C0SUBSCR001 actor:Amazon", "C0SUBSCR001 in:EU"}

    world.deeds.unsubscribe(amazon, here, world.now)
    assert [one.filters.jurisdictions for one in world.reader.routes("C0SUBSCR001")] == [("EU",)]
    assert world.deeds.unsubscribe(Filters(), here, world.now) == world.deeds.unsubscribe(Filters(), here, world.now)
    assert not world.reader.routes("C0SUBSCR001")
    assert "route policy of alerts.yaml" in world.deeds.unsubscribe(Filters(), ANNA, world.now).text


def test_a_subscription_keeps_quiet_hours_and_makes_no_threads(world: World):
    here, night = replace(ANNA, channel="C0SUBSCR001"), Quiet(time(22), time(7), "UTC")
    said = world.deeds.subscribe(Filters(), Schedule(), here, world.now, quiet=night, thread=False).text
    assert said.startswith(
        "This channel hears at once, but not 22:00-07:00 UTC, without threads, of every policy change"
    )
    (route,) = world.reader.routes("C0SUBSCR001")
    assert (route.quiet, route.thread) == (night, False)
    world.clock.now = world.now.replace(hour=23)
    world.report(HALT)
    (kept,) = world.owed("C0SUBSCR001")
    assert kept.not_before == (world.now + timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)
    assert kept.payload["thread"] is False
    world.deeds.subscribe(Filters(), Schedule(), here, world.now)
    (route,) = world.reader.routes("C0SUBSCR001")
    assert (route.quiet, route.thread) == (None, True), "said anew, it is as it was said last"


def test_a_subscription_to_a_name_that_is_nearly_known_says_so(world: World):
    said = world.deeds.subscribe(Filters(actors=("Micrsoft",)), Schedule(), ANNA, world.now).text
    assert said.endswith("I know no “Micrsoft”; did you mean Microsoft?")
    assert "did you mean" not in world.deeds.subscribe(Filters(actors=("Facebook",)), Schedule(), ANNA, world.now).text


def test_another_schedule_for_the_same_filters_replaces_the_first(world: World):
    here = replace(ANNA, channel="C0SUBSCR001")
    world.deeds.subscribe(Filters(), Schedule(), here, world.now)
    world.deeds.subscribe(Filters(), Schedule("weekly", weekday=2), here, world.now)
    (route,) = world.reader.routes("C0SUBSCR001")
    assert route.schedule == Schedule("weekly", weekday=2)


async def test_a_snoozed_channel_hears_once_a_day_and_at_the_end(world: World):
    began = world.now
    said = world.deeds.snooze(timedelta(days=2, hours=1), ANNA, world.now)
    assert world.deeds.snooze(timedelta(days=2, hours=1), BEN, world.clock.advance(seconds=3)) == said
    assert len(world.labels("snooze")) == 1
    told = world.report(HALT)
    assert "policy: digest, the channel is snoozed until" in told.reason
    assert not world.owed(POLICY)
    assert len(world.owed(OTHER)) == 1

    upkeep.enqueue_digests(world.parts)
    assert not world.owed(POLICY, DeliveryKind.DIGEST), "the day is not over"
    world.clock.now = began + timedelta(days=1, minutes=1)
    for _ in range(2):
        upkeep.enqueue_digests(world.parts)
    (daily,) = world.owed(POLICY, DeliveryKind.DIGEST)
    assert "1 new" in daily.payload["title"]

    world.report(PAUSE)
    world.clock.now = began + timedelta(days=2, hours=2)
    assert world.report(PLAN, "post").alert == "new", "over: at once again"
    assert [one.transition for one in world.owed(POLICY)] == ["new"]
    for _ in range(2):
        upkeep.enqueue_digests(world.parts)
    last = world.owed(POLICY, DeliveryKind.DIGEST)[-1]
    assert len(world.owed(POLICY, DeliveryKind.DIGEST)) == 2
    assert "Amazon" in str(last.payload)
    assert "Microsoft" not in str(last.payload)
    assert not world.labels("snooze")
    await world.deliver()
    assert world.report(HALT, "herald").alert in {"update", "none"}, "what the digest told is not told again"


async def test_a_digest_is_one_message_with_its_thread_and_a_line_when_the_route_wishes(world: World):
    """Due digests stand in the database: a week of downtime is one digest, and an empty day a line where that is set."""
    here = replace(ANNA, channel="C0DIGESTS01")
    world.deeds.subscribe(Filters(), Schedule("daily", 9), here, world.now, "actor")
    world.story(HALT)
    world.story(PLAN)
    world.clock.advance(days=7)
    for _ in range(2):
        upkeep.enqueue_digests(world.parts)
    (digest,) = world.owed("C0DIGESTS01", DeliveryKind.DIGEST)
    assert {group["label"] for group in digest.payload["groups"]} == {"Microsoft", "Oakland City Council"}
    await world.deliver()
    (_, top, none, _), (_, details, parent, broadcast) = [one for one in world.sender.posts if one[0] == "C0DIGESTS01"]
    assert none is None
    assert parent is not None
    assert not broadcast
    assert "Microsoft" in top.text
    assert "until" in str(details.blocks)
    world.clock.advance(days=1)
    upkeep.enqueue_digests(world.parts)
    assert len(world.owed("C0DIGESTS01", DeliveryKind.DIGEST)) == 1, "nothing happened, and nothing is said"
    with world.store.transaction() as tx:
        (route,) = tx.runtime.subscriptions()
        tx.runtime.subscribe(replace(route, when_empty="line"), "anna", world.now)
    world.clock.advance(days=1)
    upkeep.enqueue_digests(world.parts)
    assert world.owed("C0DIGESTS01", DeliveryKind.DIGEST)[-1].payload["title"].endswith("nothing new")


def test_a_snooze_that_is_ended_tells_at_once_what_it_kept(world: World):
    world.deeds.snooze(timedelta(days=3), ANNA, world.now)
    world.story(HALT)
    world.clock.advance(hours=2)
    said = world.deeds.snooze(timedelta(0), ANNA, world.now)
    assert world.deeds.snooze(timedelta(0), ANNA, world.now) == said
    world.clock.advance(minutes=1)
    upkeep.enqueue_digests(world.parts)
    assert len(world.owed(POLICY, DeliveryKind.DIGEST)) == 1
    assert not world.labels("snooze")
    world.story(PAUSE)
    assert len(world.owed(POLICY)) == 1


def test_a_second_snooze_is_not_held_back_by_the_first_ones_digests(world: World):
    for words in (HALT, PAUSE):
        world.deeds.snooze(timedelta(hours=3), ANNA, world.now)
        world.story(words)
        world.clock.advance(days=20)
        upkeep.enqueue_digests(world.parts)
    digests = world.owed(POLICY, DeliveryKind.DIGEST)
    assert ["Microsoft" in str(one.payload) for one in digests] == [True, False]
    assert ["Amazon" in str(one.payload) for one in digests] == [False, True]


async def test_a_digest_on_request_tells_the_time_since_the_last_one(world: World):
    world.story(HALT)
    said = world.deeds.digest_now(None, ANNA, world.now)
    assert world.deeds.digest_now(None, ANNA, world.clock.advance(seconds=5)) == said
    (digest,) = world.owed(POLICY, DeliveryKind.DIGEST)
    assert "Microsoft" in str(digest.payload)
    assert world.reader.digest_markdown(digest.payload["key"])

    world.clock.advance(hours=1)
    assert "Nothing new since" in world.deeds.digest_now(None, ANNA, world.now).text
    world.deeds.digest_now(timedelta(days=1), ANNA, world.now)
    assert len(world.owed(POLICY, DeliveryKind.DIGEST)) == 2
    await world.deliver()
    assert sum(one.state is DeliveryState.SENT for one in world.owed(POLICY, DeliveryKind.DIGEST)) == 2


def test_a_digest_on_request_keeps_to_the_channels_filters(world: World):
    here = replace(ANNA, channel="C0SUBSCR001")
    world.deeds.subscribe(Filters(actors=("Amazon",)), Schedule("weekly"), here, world.now)
    world.story(HALT)
    world.story(PAUSE)
    world.deeds.digest_now(None, here, world.now)
    (digest,) = world.owed("C0SUBSCR001", DeliveryKind.DIGEST)
    assert "Amazon" in str(digest.payload)
    assert "Microsoft" not in str(digest.payload)


# --- addresses, hello ----------------------------------------------------------------------------------------------------------


def test_hello_is_said_once_in_each_channel(world: World):
    for _ in range(2):
        world.deeds.joined(replace(ANNA, channel="C0NEW000001"), world.now)
    (hello,) = world.owed("C0NEW000001", DeliveryKind.WELCOME)
    assert "Watching 3 sources" in hello.payload["text"]
    assert hello.payload["sends"] is False, "nothing is sent there until somebody subscribes"
    world.deeds.joined(replace(ANNA, channel=POLICY), world.now)
    assert not world.owed(POLICY, DeliveryKind.WELCOME), "the worker says it, once it has looked at all sources"


def test_where_nothing_is_told_at_once_there_is_nothing_to_snooze(world: World):
    nowhere = replace(ANNA, channel="C0NEW000001")
    assert not world.deeds.snooze(timedelta(days=1), nowhere, world.now).ok
    assert world.labels("snooze") == []
    world.deeds.follow(world.story(HALT), replace(ANNA, channel="D0ANNA00001"), world.now)
    assert world.deeds.snooze(timedelta(days=1), replace(ANNA, channel="D0ANNA00001"), world.now).ok


def test_a_suggested_source_is_told_to_operators_once(world: World):
    url = "https://agency.example/news"
    assert world.deeds.suggest_source(url, ANNA, world.now) == world.deeds.suggest_source(url, BEN, world.now)
    (notice,) = world.owed(OPERATORS, DeliveryKind.NOTICE)
    assert notice.payload["headline"] == f"anna suggests a source: {url}"
    assert len(world.labels("suggested")) == 1


def test_addresses_that_are_none_are_refused(world: World):
    for deed in (world.deeds.analyse, world.deeds.suggest_source, world.deeds.record_missed):
        with pytest.raises(UsageError, match="begins with http"):
            deed("javascript:alert(1)", ANNA, world.now)


def test_unknown_stories_are_refused_by_every_deed(world: World):
    deeds = world.deeds
    calls = [
        lambda: deeds.take("s9", ANNA, world.now),
        lambda: deeds.follow("s9", ANNA, world.now),
        lambda: deeds.dismiss("s9", "", ANNA, world.now),
        lambda: deeds.restore("s9", ANNA, world.now),
        lambda: deeds.correct("s9", "x", ANNA, world.now),
        lambda: deeds.merge("s9", "s8", ANNA, world.now),
        lambda: deeds.split("s9", 1, ANNA, world.now),
    ]
    for call in calls:
        with pytest.raises(UsageError, match="There is no story s9"):
            call()


def test_what_needs_a_channel_says_so_elsewhere(world: World):
    nowhere = replace(ANNA, channel="")
    ref = world.story()
    for done in (
        world.deeds.mute_here(ref, "story", nowhere, world.now),
        world.deeds.subscribe(Filters(), Schedule(), nowhere, world.now),
        world.deeds.snooze(timedelta(days=1), nowhere, world.now),
        world.deeds.digest_now(None, nowhere, world.now),
    ):
        assert done == Done("That works only in a channel.", ok=False)
