"""The sending loop over a real outbox on both databases, with a Slack that fails at each instant."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from bot.errors import StoreUnavailable
from bot.model import DeliveryKind, DeliveryState, NewDelivery
from tests.alerts.conftest import CHANNEL, OPERATORS, Office, post
from tests.alerts.fakes import FakeSender


async def test_a_post_is_sent_once_with_its_key_and_its_channel_is_paced(office):
    first, second = office.enqueue(post(1), post(2))
    report = await office.round()
    assert report.sent == 1
    assert report.next_due == office.clock() + timedelta(seconds=1)
    assert office.texts() == ["post:1:new [1 source]"]
    assert office.get(first).ts == office.sender.channels[CHANNEL][0].ts
    assert office.get(first).send_key == office.sender.channels[CHANNEL][0].key
    await office.rounds()
    assert office.texts() == ["post:1:new [1 source]", "post:2:new [1 source]"]
    (_, _, one), (_, _, two) = office.sender.calls
    assert two - one >= timedelta(seconds=1)
    assert office.get(second).state is DeliveryState.SENT


async def test_channels_are_served_in_one_round_each_at_its_own_pace(office):
    office.enqueue(*(post(story, f"C{channel}") for story in (1, 2) for channel in range(6)))
    assert (await office.round()).sent == 6


async def test_the_same_transition_is_owed_once(office):
    assert office.enqueue(post(1))[0] is not None
    assert office.enqueue(post(1)) == [None]
    await office.rounds()
    assert office.enqueue(post(1)) == [None]
    await office.rounds()
    assert len(office.texts()) == 1


@pytest.mark.parametrize(
    ("fault", "dies_at"),
    [
        ("crash_before", None), ("crash_after", None), ("ok", "claim:after"), ("ok", "finish:before"),
        ("ok", "finish:after"), ("ok", "recover:after"),
    ],
)  # fmt: skip
async def test_killed_at_each_instant_the_message_is_there_exactly_once(office, colleague, fault, dies_at):
    office.enqueue(post(1))
    office.sender.script = [fault]
    office.dies_at = dies_at
    if dies_at == "recover:after":
        office.sender.script, office.dies_at = ["crash_after"], None
        await office.killed()
        office.clock.advance(minutes=5)
        office.dies_at = dies_at
    await office.killed()
    other = colleague(office)
    await other.rounds()
    assert office.texts() == ["post:1:new [1 source]"]
    (row,) = office.all()
    assert row.state is DeliveryState.SENT
    assert row.ts == office.sender.channels[CHANNEL][0].ts


@pytest.mark.parametrize(("fault", "posts"), [("lost_before", 2), ("lost_after", 1), ("slow", 1), ("wait", 2)])
async def test_an_answer_that_says_nothing_is_looked_up_before_the_post_is_repeated(office, fault, posts):
    office.enqueue(post(1))
    office.sender.script = [fault]
    await office.rounds()
    assert len(office.texts()) == 1
    assert office.sender.count("post") == posts


async def test_the_look_up_waits_for_the_time_out_and_a_margin(office):
    office.enqueue(post(1))
    office.sender.script = ["lost_after"]
    started = office.clock()
    await office.rounds()
    looked = next(at for kind, _, at in office.sender.calls if kind == "copies")
    assert looked - started >= office.settings.call_timeout + office.settings.margin


async def test_other_messages_do_not_wait_for_one_that_is_in_doubt(office):
    office.enqueue(post(1), post(2))
    office.sender.script = ["lost_before"]
    await office.round()
    office.clock.advance(seconds=1)
    await office.round()
    assert office.texts() == ["post:2:new [1 source]"]


async def test_a_rate_limit_pauses_the_channel_until_slacks_time_and_no_other(office):
    first, _ = office.enqueue(post(1), post(2))
    office.sender.script = ["wait"]
    await office.round()
    office.enqueue(post(3, "C2"))
    office.clock.advance(seconds=10)
    await office.round()
    assert office.texts() == []
    assert len(office.texts("C2")) == 1
    assert office.get(first).not_before == office.clock() + timedelta(seconds=20)
    await office.rounds()
    assert office.texts() == ["post:1:new [1 source]", "post:2:new [1 source]"]


async def test_a_rate_limit_is_never_given_up(lite):
    lite.enqueue(post(1))
    lite.sender.script = ["wait"] * 15
    await lite.rounds()
    assert len(lite.texts()) == 1


async def test_a_refused_message_is_sent_as_plain_text_and_refused_again_it_is_dead_and_told(office):
    once, twice = office.enqueue(post(1), post(2))
    office.sender.script = ["bad_message"]
    await office.round()
    office.clock.advance(seconds=1)
    office.sender.script = []
    await office.round()
    assert office.texts() == ["post:1:new [1 source] plain"]
    office.clock.advance(seconds=1)
    office.sender.script = ["bad_message", "bad_message"]
    await office.rounds()
    assert office.get(once).state is DeliveryState.SENT
    assert office.get(twice).state is DeliveryState.DEAD
    assert len(office.texts(OPERATORS)) == 1
    assert CHANNEL in office.texts(OPERATORS)[0]


async def test_a_message_that_is_to_be_plain_stays_plain_through_a_wait(lite):
    lite.enqueue(post(1))
    lite.sender.script = ["bad_message", "wait", "lost_before"]
    await lite.rounds()
    assert lite.texts() == ["post:1:new [1 source] plain"]


async def test_a_dead_notice_is_not_told_in_a_notice(lite):
    lite.enqueue(NewDelivery(DeliveryKind.NOTICE, OPERATORS, "notice:x", "operators", payload={"headline": "x"}))
    lite.sender.script = ["bad_message", "bad_message"]
    await lite.rounds()
    assert [one.state for one in lite.all()] == [DeliveryState.DEAD]


async def test_a_blocked_channel_keeps_its_messages_others_go_on_and_operators_hear_once(office):
    office.enqueue(post(1), post(2))
    office.sender.script = ["channel_blocked"]
    await office.round()
    office.enqueue(post(3, "C2"))
    office.clock.advance(seconds=5)
    await office.round()
    assert office.texts() == []
    assert len(office.texts("C2")) == 1
    with office.store.reading() as tx:
        (block,) = tx.outbox.blocks()
    assert (block.channel, block.reason) == (CHANNEL, "not_in_channel")
    office.sender.script = ["channel_blocked"]  # the first try after half an hour
    office.clock.advance(minutes=31)
    await office.round()
    assert office.sender.script == []
    assert len(office.texts(OPERATORS)) == 1
    await office.rounds()
    assert [text[:6] for text in office.texts()] == ["post:1", "post:2"]
    with office.store.reading() as tx:
        assert tx.outbox.blocks() == []


async def test_an_invitation_unblocks_at_once(office):
    office.enqueue(post(1))
    office.sender.script = ["channel_blocked"]
    await office.round()
    with office.store.transaction() as tx:
        assert tx.outbox.unblock(CHANNEL, office.clock())
        assert not tx.outbox.unblock(CHANNEL, office.clock())
    await office.round()
    assert len(office.texts()) == 1


async def test_when_slack_refuses_the_token_everything_stays_and_is_sent_afterwards(office):
    office.with_settings(senders=1)
    office.enqueue(post(1), post(2, "C2"), post(3, "C3"))
    office.sender.script = ["stopped", "stopped"]
    report = await office.round()
    assert report.stopped == "invalid_auth"
    assert office.sender.count("post") == 1
    with office.store.reading() as tx:
        since = tx.outbox.stopped().since
    assert since == office.clock()
    office.clock.advance(minutes=2)
    await office.round()
    assert office.sender.count("post") == 2, "one delivery tries again, not all"
    with office.store.reading() as tx:
        assert tx.outbox.stopped().since == since
    await office.rounds()
    assert [len(office.texts(channel)) for channel in (CHANNEL, "C2", "C3", OPERATORS)] == [1, 1, 1, 1]
    with office.store.reading() as tx:
        assert tx.outbox.stopped() is None


async def test_history_that_may_not_be_read_holds_the_post_and_tells_operators(office):
    (held,) = office.enqueue(post(1))
    office.sender.script = ["lost_before"]
    office.sender.history_error = "missing_scope"
    await office.rounds(until=timedelta(minutes=50))
    assert office.texts() == []
    assert office.get(held).state is DeliveryState.UNKNOWN
    assert len(office.texts(OPERATORS)) == 1
    with office.store.transaction() as tx:
        assert tx.outbox.retry(held, office.clock())
    office.sender.history_error = None
    await office.rounds()
    assert len(office.texts()) == 1


async def test_history_that_may_not_be_read_reposts_when_the_setting_says_so(lite):
    lite.with_settings(unknown_posts="repost")
    lite.enqueue(post(1))
    lite.sender.script = ["lost_before"]
    lite.sender.history_error = "not_in_channel"
    await lite.rounds(until=timedelta(minutes=5))
    assert len(lite.texts()) == 1


async def test_a_failed_look_up_is_repeated_not_believed(office):
    office.enqueue(post(1))
    office.sender.script = ["lost_after"]
    office.sender.history_error = "ratelimited"
    await office.rounds(until=timedelta(minutes=1))
    assert office.sender.count("copies") > 1
    office.sender.history_error = None
    await office.rounds()
    assert len(office.texts()) == 1
    assert office.sender.count("post") == 1


async def test_slack_accepting_after_an_empty_look_up_is_swept(office):
    office.enqueue(post(1))
    office.sender.script = ["late"]
    await office.rounds(until=timedelta(minutes=1))
    office.sender.accept_late()
    assert len(office.texts()) == 2
    await office.rounds()
    (kept,) = office.sender.channels[CHANNEL]
    assert office.all()[0].ts == kept.ts


async def test_a_frozen_worker_that_goes_on_leaves_one_message(office, colleague):
    office.enqueue(post(1))
    office.sender.gate, office.sender.accepted = asyncio.Event(), asyncio.Event()
    frozen = asyncio.create_task(office.round())
    await office.sender.accepted.wait()
    office.clock.advance(minutes=10)
    gate, office.sender.gate = office.sender.gate, None
    office.sender.hide = True  # Slack's history does not show it yet
    other = colleague(office)
    await other.round()
    await other.rounds(until=timedelta(seconds=30))
    assert len(office.texts()) == 2
    office.sender.hide = False
    gate.set()
    assert (await frozen).lost_claims == 1
    await other.rounds()
    assert len(office.texts()) == 1
    assert office.all()[0].ts == office.sender.channels[CHANNEL][0].ts


async def test_a_slow_worker_that_lost_its_claim_is_believed_when_nobody_sent_meanwhile(office, colleague):
    office.enqueue(post(1))
    office.sender.gate, office.sender.accepted = asyncio.Event(), asyncio.Event()
    slow = asyncio.create_task(office.round())
    await office.sender.accepted.wait()
    office.clock.advance(minutes=2)
    with office.store.transaction() as tx:
        assert tx.outbox.recover(office.clock(), timedelta(minutes=5)) == 1
    office.sender.gate.set()
    assert (await slow).lost_claims == 1
    assert office.all()[0].state is DeliveryState.SENT
    office.sender.gate = None
    await colleague(office).rounds()
    assert len(office.texts()) == 1
    assert office.sender.count("post") == 1


async def test_two_workers_share_a_channel_without_a_double_and_at_its_pace(office, colleague):
    office.with_settings(max_per_hour={"policy": 100})
    office.enqueue(*(post(story) for story in range(8)))
    other = colleague(office)
    for _ in range(20):
        await asyncio.gather(office.round(), other.round())
        office.clock.advance(seconds=1)
    assert office.texts() == [f"post:{story}:new [1 source]" for story in range(8)]
    assert office.renderer.seen or other.renderer.seen
    times = Counter(at for kind, _, at in office.sender.calls if kind == "post")
    assert max(times.values()) == 1


async def test_an_edit_shows_the_latest_and_requests_coalesce(office):
    (parent,) = office.enqueue(post(1))
    assert office.edit(parent) is None, "not posted yet: it will be rendered as things are then"
    await office.rounds()
    edit = office.edit(parent, seconds=60)
    assert office.edit(parent, seconds=90) == edit
    office.renderer.state = "42 sources"
    await office.rounds()
    assert office.texts() == ["post:1:new [42 sources]"]
    assert office.sender.count("update") == 1
    office.renderer.state = "43 sources"
    assert office.edit(parent) == edit
    await office.rounds()
    assert office.texts() == ["post:1:new [43 sources]"]
    assert office.sender.channels[CHANNEL][0].edits == 2


async def test_an_edit_asked_for_while_it_is_being_sent_is_sent_again(office):
    (parent,) = office.enqueue(post(1))
    await office.rounds()
    edit = office.edit(parent)
    with office.store.transaction() as tx:
        claimed = tx.outbox.claim("w", office.clock.advance(seconds=2), timedelta(minutes=1))
    assert claimed.id == edit
    assert office.edit(parent) == edit
    from bot.alerts.outbox import next_state
    from bot.model import Outcome, SendResult

    with office.store.transaction() as tx:
        done = next_state(claimed, SendResult(Outcome.SENT), office.clock(), office.settings)
        assert tx.outbox.finish(claimed, "w", done, office.clock())
    assert office.get(edit).state is DeliveryState.PENDING
    await office.rounds()
    assert office.sender.count("update") == 1
    assert office.get(edit).state is DeliveryState.SENT


@pytest.mark.parametrize("fault", ["lost_before", "lost_after", "crash_before", "crash_after"])
async def test_a_lost_edit_is_repeated_without_a_look_up(office, colleague, fault):
    (parent,) = office.enqueue(post(1))
    await office.rounds()
    office.edit(parent)
    office.clock.advance(seconds=2)
    office.renderer.state = "2 sources"
    office.sender.script = [fault]
    if fault.startswith("crash"):
        await office.killed()
    other = colleague(office)
    other.renderer.state = "2 sources"
    await other.rounds()
    assert office.texts() == ["post:1:new [2 sources]"]
    assert office.sender.count("post") == 1
    assert office.sender.count("copies") == 0


async def test_a_message_that_cannot_be_edited_is_never_edited_again_nor_posted_anew(office):
    (parent,) = office.enqueue(post(1))
    await office.rounds()
    office.sender.channels[CHANNEL].clear()
    office.edit(parent)
    await office.rounds()
    assert office.texts() == []
    assert office.edit(parent) is None
    assert office.sender.count("update") == 1


async def test_posts_go_before_edits(office):
    (parent,) = office.enqueue(post(1))
    await office.rounds()
    office.edit(parent)
    office.enqueue(post(2))
    await office.rounds()
    assert [kind for kind, _, _ in office.sender.calls] == ["post", "post", "update"]


async def test_a_reply_waits_for_its_parent_and_goes_into_its_thread(office):
    (parent,) = office.enqueue(post(1))
    reply = NewDelivery(
        DeliveryKind.REPLY,
        CHANNEL,
        "reply:1:coverage",
        "policy",
        story_id=1,
        parent_id=parent,
        payload={"broadcast": True},
    )
    office.enqueue(reply)
    office.sender.script = ["lost_after", "lost_after"]
    await office.rounds()
    main, answer = office.sender.channels[CHANNEL]
    assert answer.thread_ts == main.ts
    assert answer.broadcast
    assert office.sender.count("post") == 2


async def test_what_follows_a_dead_message_is_dropped(office):
    (parent,) = office.enqueue(post(1))
    (reply,) = office.enqueue(NewDelivery(DeliveryKind.REPLY, CHANNEL, "r", "policy", parent_id=parent))
    office.sender.script = ["bad_message", "bad_message"]
    await office.rounds()
    assert office.get(reply).state is DeliveryState.DROPPED
    assert office.edit(parent) is None


async def test_nothing_to_say_any_more_is_dropped_and_a_broken_rendering_ends_dead(office):
    silent, broken, fine = office.enqueue(post(1), post(2), post(3))
    office.renderer.nothing_for = {silent}
    office.renderer.broken_for = {broken}
    await office.rounds()
    states = [office.get(one).state for one in (silent, broken, fine)]
    assert states == [DeliveryState.DROPPED, DeliveryState.DEAD, DeliveryState.SENT]
    assert len(office.texts(OPERATORS)) == 1


async def test_a_database_failure_while_rendering_loses_nothing(office, colleague, monkeypatch):
    office.enqueue(post(1))

    def fail(_):
        raise StoreUnavailable("gone")

    monkeypatch.setattr(office.renderer, "render", fail)
    with pytest.raises(StoreUnavailable):
        await office.round()
    await colleague(office).rounds()
    assert len(office.texts()) == 1


async def test_a_sender_that_hangs_or_raises_leaves_the_fate_open(lite, monkeypatch):
    lite.with_settings(call_timeout=timedelta(milliseconds=20))

    async def hang(self, *_args, **_more):
        await asyncio.sleep(60)

    async def fail(self, *_args, **_more):
        raise RuntimeError("odd")

    (hung,) = lite.enqueue(post(1))
    with monkeypatch.context() as patch:
        patch.setattr(FakeSender, "post", hang)
        await lite.round()
    assert lite.get(hung).state is DeliveryState.UNKNOWN
    (odd,) = lite.enqueue(post(2))
    with monkeypatch.context() as patch:
        patch.setattr(FakeSender, "post", fail)
        lite.clock.advance(seconds=1)
        await lite.round()
    assert lite.get(odd).state is DeliveryState.UNKNOWN
    await lite.rounds()
    assert len(lite.texts()) == 2


async def test_stopping_claims_nothing_more(lite):
    from bot.alerts.delivery import deliver_round

    lite.enqueue(post(1))
    report = await deliver_round(lite.courier(), stopping=lambda: True)
    assert report.sent == 0
    assert lite.texts() == []


async def test_a_backlog_becomes_one_catch_up_and_grows(office: Office):
    late = {"payload": {"late_seconds": 90_000}, "not_before": office.clock() + timedelta(minutes=2)}
    office.enqueue(*(post(story, **late) for story in range(1, 9)))
    office.enqueue(post(50))
    await office.round()
    assert office.texts() == ["post:50:new [1 source]"], "they wait for their fellows"
    await office.rounds()
    assert office.texts() == ["post:50:new [1 source]", "catch_up:None:backlog [1 source] 1,2,3,4,5,6,7,8"]
    late["not_before"] = office.clock()
    office.enqueue(*(post(story, **late) for story in (9, 10)))
    await office.rounds()
    assert office.texts()[1:] == ["catch_up:None:backlog [1 source] 1,2,3,4,5,6,7,8,9,10"]
    folded = [one for one in office.all() if one.folded_into is not None]
    assert {one.story_id for one in folded} == set(range(1, 11))
    assert {one.state for one in folded} == {DeliveryState.DROPPED}
    assert office.edit(folded[0].id) is None


async def test_what_is_over_the_hourly_maximum_grows_one_message(office):
    office.with_settings(max_per_hour={"policy": 3})
    for story in range(1, 9):
        office.enqueue(post(story))
        await office.rounds(until=timedelta(minutes=1))
    assert len(office.texts()) == 4
    assert office.texts()[3].endswith(" 4,5,6,7,8")
    office.clock.advance(hours=2)
    office.enqueue(post(20))
    await office.rounds()
    assert office.texts()[4] == "post:20:new [1 source]"


async def test_many_failing_sources_are_one_notice(office):
    def notice(source: int, health: str, minutes: float = 2) -> NewDelivery:
        payload = {"source": f"s{source}", "name": f"Source {source}", "health": health, "of": 10, "headline": "x"}
        key = f"notice:s{source}:{health}"
        due = office.clock() + timedelta(minutes=minutes)
        return NewDelivery(DeliveryKind.NOTICE, OPERATORS, key, "operators", payload=payload, not_before=due)

    office.enqueue(*(notice(source, "failing") for source in range(8)), notice(0, "ok"))
    await office.rounds()
    (text,) = office.texts(OPERATORS)
    assert text.startswith("7 of 10 sources failing, probably our own network")
    office.enqueue(notice(9, "failing"))
    await office.rounds()
    assert office.texts(OPERATORS)[0].startswith("8 of 10 sources failing")
    office.enqueue(*(notice(source, "ok") for source in range(1, 8)))
    await office.rounds()
    assert office.texts(OPERATORS)[1].startswith("7 of 10 sources work again")
    assert len(office.texts(OPERATORS)) == 2
