"""The outbox repository on both databases: claims, races, edits, operators' commands, digests, and its indexes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, text

from bot.model import DeliveryKind, DeliveryState, DigestItem, NewDelivery, Settlement
from bot.store.tables.outbox import channels, deliveries

CHANNEL = "C0POLICY01"
LEASE = timedelta(minutes=1)
SENT = Settlement(DeliveryState.SENT, ts="1591898640.000100")


def post(story, channel=CHANNEL, **more):
    values = {
        "kind": DeliveryKind.POST,
        "dedupe_key": f"post:{story}:{channel}:new",
        "route": "policy",
        "story_id": story,
    }
    return NewDelivery(channel=channel, **(values | more))


def put(store, now, *new):
    with store.transaction() as tx:
        return [tx.outbox.enqueue(one, now) for one in new]


def claim(store, now, owner="w"):
    with store.transaction() as tx:
        return tx.outbox.claim(owner, now, LEASE)


def finish(store, delivery, settlement, now, owner="w"):
    with store.transaction() as tx:
        return tx.outbox.finish(delivery, owner, settlement, now)


def get(store, delivery_id):
    with store.reading() as tx:
        return tx.outbox.get(delivery_id)


def test_what_is_put_in_comes_out(store, clock):
    payload = {"late_seconds": 5, "routes": ["ä\x00"], "deep": {"list": [1, None]}}
    new = post(1, payload=payload, transition="stage:in force", not_before=clock() + LEASE)
    (number,) = put(store, clock(), new)
    found = get(store, number)
    assert found.payload == payload | {"routes": ["ä\N{REPLACEMENT CHARACTER}"]}
    assert (found.kind, found.state, found.transition) == (DeliveryKind.POST, DeliveryState.PENDING, "stage:in force")
    assert (found.created_at, found.not_before, found.story_id) == (clock(), clock() + LEASE, 1)


def test_enqueue_is_part_of_the_callers_transaction(store, clock):
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.outbox.enqueue(post(1), clock())
        raise ZeroDivisionError
    assert put(store, clock(), post(1)) != [None]
    with store.transaction() as tx:
        assert tx.outbox.enqueue(post(1), clock()) is None
        assert tx.outbox.enqueue(post(2), clock()) is not None, "a collision does not spoil the transaction"


def test_a_claim_is_exclusive_and_carries_what_a_look_up_needs(store, clock):
    put(store, clock(), post(1), post(2), post(3, "C2"))
    first = claim(store, clock())
    assert (first.story_id, first.state, first.attempts, first.started_at) == (1, DeliveryState.SENDING, 1, clock())
    assert len(first.send_key) == 32
    second = claim(store, clock(), "other")
    assert second.channel == "C2", "the channel is leased, not only its delivery"
    assert claim(store, clock(), "third") is None
    assert finish(store, first, SENT, clock())
    assert claim(store, clock(), "third").story_id == 2


def test_many_threads_claim_each_delivery_once(store, clock):
    names = [f"C{number}" for number in range(5)]
    put(store, clock(), *(post(story, channel) for story in range(6) for channel in names))
    barrier = threading.Barrier(4)

    def work(owner):
        barrier.wait(timeout=10)
        taken, misses = [], 0
        while misses < 3:
            delivery = claim(store, clock(), owner)
            if delivery is None:
                misses += 1
                continue
            taken.append(delivery.id)
            assert finish(store, delivery, SENT, clock(), owner)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [one for some in pool.map(work, "abcd") for one in some]
    for _ in range(30):  # what the threads left because a colleague held the row just then
        delivery = claim(store, clock())
        if delivery is None:
            break
        taken.append(delivery.id)
        finish(store, delivery, SENT, clock())
    assert len(taken) == len(set(taken)) == 30


def test_a_lease_that_ran_out_is_recovered_to_unknown_and_keeps_its_key(store, clock):
    put(store, clock(), post(1))
    claimed = claim(store, clock())
    with store.transaction() as tx:
        assert tx.outbox.recover(clock.advance(seconds=59), LEASE) == 0
        assert tx.outbox.recover(clock.advance(seconds=1), LEASE) == 1
    found = get(store, claimed.id)
    assert (found.state, found.doubtful, found.send_key) == (DeliveryState.UNKNOWN, True, claimed.send_key)
    assert found.not_before == claimed.started_at + LEASE
    again = claim(store, clock(), "other")
    assert again.state is DeliveryState.UNKNOWN, "to be looked up, not sent"
    assert again.attempts == 1
    assert claim(store, clock(), "third") is None
    assert not finish(store, claimed, Settlement(DeliveryState.PENDING), clock()), "the first owner lost it"
    assert finish(store, again, SENT, clock(), "other")


def test_a_late_result_is_believed_or_swept_never_lost(store, clock):
    put(store, clock(), post(1))
    slow = claim(store, clock())
    with store.transaction() as tx:
        tx.outbox.recover(clock.advance(minutes=2), LEASE)
    other = claim(store, clock(), "other")
    finish(store, other, Settlement(DeliveryState.PENDING), clock(), "other")
    other = claim(store, clock(), "other")
    finish(store, other, Settlement(DeliveryState.SENT, ts="2.0"), clock(), "other")
    assert not finish(store, slow, Settlement(DeliveryState.SENT, ts="1.0"), clock())
    with store.reading() as tx:
        assert [one.ts for one in tx.outbox.to_sweep(clock())] == ["2.0"]
    with store.transaction() as tx:
        tx.outbox.swept(slow.id)
    with store.reading() as tx:
        assert tx.outbox.to_sweep(clock()) == []


def test_the_pace_is_the_channels(store, clock):
    put(store, clock(), post(1), post(2))
    finish(
        store, claim(store, clock()), Settlement(DeliveryState.SENT, ts="1", channel_next_at=clock() + LEASE), clock()
    )
    assert claim(store, clock()) is None
    with store.reading() as tx:
        assert tx.outbox.next_due(clock()) == clock() + LEASE
    assert claim(store, clock() + LEASE).story_id == 2


def test_edits_open_again_and_keep_the_earlier_wish(store, clock):
    (parent,) = put(store, clock(), post(1, payload={"a": 1}, transition="new"))
    finish(store, claim(store, clock()), SENT, clock())
    with store.transaction() as tx:
        edit = tx.outbox.request_edit(parent, clock(), clock() + 2 * LEASE)
        assert tx.outbox.request_edit(parent, clock(), clock() + LEASE) == edit
        assert tx.outbox.request_edit(parent, clock(), clock() + 9 * LEASE) == edit
    assert get(store, edit).not_before == clock() + LEASE
    claimed = claim(store, clock.advance(LEASE))
    assert (claimed.id, claimed.kind, claimed.parent_kind) == (edit, DeliveryKind.EDIT, DeliveryKind.POST)
    assert (claimed.parent_ts, claimed.story_id, claimed.payload) == (SENT.ts, 1, {"a": 1})
    finish(store, claimed, Settlement(DeliveryState.SENT), clock())
    with store.transaction() as tx:
        assert tx.outbox.request_edits(1, clock()) == [edit]
    assert get(store, edit).state is DeliveryState.PENDING


def test_only_the_latest_message_of_a_story_in_each_channel_is_edited(store, clock):
    put(store, clock(), post(1), post(1, dedupe_key="stage", transition="stage:passed"), post(1, "C2"))
    while (claimed := claim(store, clock())) is not None:
        finish(store, claimed, SENT, clock())
    with store.transaction() as tx:
        edits = tx.outbox.request_edits(1, clock())
        parents = {tx.outbox.get(edit).parent_id for edit in edits}
        assert {tx.outbox.get(one).transition for one in parents} == {"stage:passed", ""}
        assert len(edits) == 2


def test_folding_takes_only_what_nobody_has_begun_to_send(store, clock):
    ids = put(store, clock(), *(post(story) for story in range(4)))
    begun = claim(store, clock())
    members = {one: {"story": number} for number, one in enumerate(ids)}
    into = NewDelivery(DeliveryKind.CATCH_UP, CHANNEL, "catch_up:x", "policy")
    with store.transaction() as tx:
        target = tx.outbox.fold(members, into, clock())
        assert tx.outbox.fold(members, into, clock()) is None, "nothing is left"
    assert get(store, begun.id).state is DeliveryState.SENDING
    assert get(store, target).payload["members"] == [{"story": 1}, {"story": 2}, {"story": 3}]
    (more,) = put(store, clock(), post(9))
    with store.transaction() as tx:
        assert tx.outbox.fold({more: {"story": 9}}, into, clock()) == target, "the same key grows the same message"
    assert get(store, target).payload["members"][-1] == {"story": 9}
    assert get(store, more).folded_into == target


def test_what_may_have_been_posted_is_neither_folded_nor_cancelled(store, clock):
    put(store, clock(), post(1))
    claimed = claim(store, clock())
    finish(store, claimed, Settlement(DeliveryState.UNKNOWN), clock())
    again = claim(store, clock())
    assert again.state is DeliveryState.UNKNOWN
    finish(store, again, Settlement(DeliveryState.PENDING), clock())
    with store.transaction() as tx:
        into = NewDelivery(DeliveryKind.CATCH_UP, CHANNEL, "catch_up:x", "policy")
        assert tx.outbox.fold({claimed.id: {}}, into, clock()) is None
        assert tx.outbox.cancel([claimed.id], "passed") == 0
    assert get(store, claimed.id).state is DeliveryState.PENDING


def test_operators_list_retry_and_drop(store, clock):
    dead, waiting, sent = put(store, clock(), post(1), post(2), post(3))
    finish(store, claim(store, clock()), Settlement(DeliveryState.DEAD, error="invalid_blocks", plain=True), clock())
    with store.transaction() as tx:
        assert [one.id for one in tx.outbox.list([DeliveryState.DEAD])] == [dead]
        assert [one.id for one in tx.outbox.list([DeliveryState.PENDING], limit=1)] == [sent]
        assert tx.outbox.counts() == {DeliveryState.PENDING: 2, DeliveryState.DEAD: 1}
        assert tx.outbox.oldest_due(clock()) == clock()
        assert tx.outbox.drop(waiting)
        assert not tx.outbox.drop(waiting)
        assert tx.outbox.retry(dead, clock())
    assert (get(store, dead).state, get(store, dead).plain) == (DeliveryState.PENDING, False)
    finish(store, claim(store, clock()), SENT, clock())
    with store.transaction() as tx:
        assert not tx.outbox.retry(dead, clock()), "sent"
        assert not tx.outbox.drop(dead)
        assert not tx.outbox.retry(12345, clock())
        assert [one.id for one in tx.outbox.sent_since(CHANNEL, clock())] == [dead]
        assert tx.outbox.by_message(CHANNEL, SENT.ts).id == dead
        assert tx.outbox.by_message("C2", SENT.ts) is None
        assert tx.outbox.by_key(f"post:1:{CHANNEL}:new").id == dead
        assert tx.outbox.by_key("post:9") is None


def test_waiting_for_fellows_can_be_cut_short(store, clock):
    put(store, clock(), post(1, not_before=clock() + LEASE))
    assert claim(store, clock()) is None
    with store.transaction() as tx:
        assert tx.outbox.hurry(clock()) == 1
    assert claim(store, clock()).story_id == 1


def test_digest_items_are_kept_once_told_once_and_only_until_the_end(store, clock):
    def item(story, at, route="weekly", **more):
        return DigestItem(route, CHANNEL, story, "new", at, **more)

    early, late = clock(), clock() + timedelta(hours=2)
    end = clock() + timedelta(hours=1)
    with store.transaction() as tx:
        assert tx.outbox.take_for_digest([item(1, early), item(1, late), item(2, late), item(1, early, "daily")]) == 3
        assert tx.outbox.take_for_digest([item(1, late)]) == 0
        (one,) = tx.outbox.digest_items("weekly", end)
        digest = NewDelivery(DeliveryKind.DIGEST, CHANNEL, "digest:weekly:x", "weekly")
        assert tx.outbox.finish_digest("weekly", end, [one.id], digest, clock())
        assert not tx.outbox.finish_digest("weekly", end, [one.id], digest, clock())
        assert tx.outbox.digest_runs() == {"weekly": end}
    with store.reading() as tx:
        assert [one.story_id for one in tx.outbox.digest_items("weekly", late + LEASE)] == [2]
        assert [one.kind for one in tx.outbox.list()] == [DeliveryKind.DIGEST]


def test_a_less_certain_story_is_raised_until_a_digest_has_told_it(store, clock):
    def item(story, *, maybe):
        return DigestItem("weekly", CHANNEL, story, "new", clock(), maybe=maybe)

    end = clock() + LEASE
    with store.transaction() as tx:
        tx.outbox.take_for_digest([item(1, maybe=True), item(2, maybe=False)])
        assert tx.outbox.take_for_digest([item(1, maybe=False), item(2, maybe=True)]) == 1
        found = tx.outbox.digest_items("weekly", end)
        assert [one.maybe for one in found] == [False, False]
        tx.outbox.finish_digest("weekly", end, [one.id for one in found], None, clock())
        assert tx.outbox.take_for_digest([item(1, maybe=False)]) == 0
        assert tx.outbox.digest_items("weekly", end) == []


def test_two_workers_finish_a_digest_once(store, clock):
    barrier = threading.Barrier(2)

    def work(_):
        barrier.wait(timeout=10)
        with store.transaction() as tx:
            digest = NewDelivery(DeliveryKind.DIGEST, CHANNEL, "digest:weekly:x", "weekly")
            return tx.outbox.finish_digest("weekly", clock(), [], digest, clock())

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, range(2))) == [False, True]


def test_claiming_is_an_indexed_look_up_among_many_sent(store, clock):
    many = 4_000
    row = {"kind": DeliveryKind.POST, "channel": CHANNEL, "route": "policy", "state": DeliveryState.SENT, "payload": {}}
    with store.transaction() as tx:
        tx.connection.execute(insert(channels), {"channel": CHANNEL})
        tx.connection.execute(
            insert(deliveries),
            [
                row
                | {"dedupe_key": f"k{n}", "created_at": clock(), "not_before": clock(), "sent_at": clock(), "ts": "1"}
                for n in range(many)
            ],
        )
        if store.dialect == "postgresql":  # which analyses by itself; SQLite does not
            tx.connection.execute(text("ANALYZE"))
    put(store, clock(), post(1))
    seen = []

    def record(_connection, _cursor, statement, parameters, *_more):
        seen.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", record)
    with store.transaction() as tx:
        assert tx.outbox.recover(clock(), LEASE) == 0
        assert tx.outbox.claim("w", clock(), LEASE).story_id == 1
        tx.outbox.next_due(clock())
        tx.outbox.foldable()
        tx.outbox.to_sweep(clock())
        tx.outbox.counts()
        tx.outbox.list([DeliveryState.PENDING, DeliveryState.UNKNOWN])
        tx.outbox.oldest_due(clock())
        tx.outbox.hurry(clock())
        tx.outbox.by_story(1)
    event.remove(store.engine, "before_cursor_execute", record)
    plans = []
    with store.transaction() as tx:
        explain = "EXPLAIN QUERY PLAN " if store.dialect == "sqlite" else "EXPLAIN "
        for statement, parameters in seen:
            if statement.startswith(("SELECT", "UPDATE")) and "deliveries" in statement:
                rows = tx.connection.exec_driver_sql(explain + statement, parameters)
                plans.append((statement, " | ".join(str(tuple(one)) for one in rows)))
    assert len(plans) >= 8
    for statement, plan in plans:
        assert "SCAN deliveries'" not in plan, statement
        assert "Seq Scan on deliveries" not in plan, statement
