"""Source rows follow the configuration, and a poll's lease belongs to one worker."""

from datetime import timedelta

import pytest

from bot.model import Health, SourceKind, SourceState, Validators
from tests.store.samples import source

LEASE = timedelta(minutes=5)


def synced(store, now, *sources):
    with store.transaction() as tx:
        tx.sources.sync(sources, now)


def claim(store, owner, now, ids=None, limit=10):
    with store.transaction() as tx:
        return [state.id for state in tx.sources.claim_due(ids, owner, now, LEASE, limit)]


def learned(state, now):
    return state._replace(
        baseline_at=now,
        validators=Validators('W/"1"', "Thu, 11 Jun 2020 18:00:00 GMT", b"\x00\xff"),
        known_slices=b"12345678",
        moved_to="https://new.example/feed",
        next_poll_at=now + timedelta(minutes=15),
        interval=timedelta(minutes=15),
        last_polled_at=now,
        last_ok_at=now,
        last_entry_at=now,
        habit=timedelta(hours=5),
        ttl=timedelta(hours=1),
        failures=1.25,
        polls_failed=2,
        health=Health.LATE,
        health_since=now,
        last_error="HTTP 503",
        entries_total=30,
        title="Wire",
    )


def test_everything_a_poll_learns_comes_back_equal(store, clock):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["wire"], "w1", clock(), LEASE)
        assert state == SourceState(id="wire", url="https://wire.example/feed", added_at=clock())
        assert tx.sources.finish(learned(state, clock()), "w1")
    with store.reading() as tx:
        assert tx.sources.get("wire") == learned(state, clock())
        assert tx.sources.all() == [learned(state, clock())]
    missing = {name for name in state._fields if getattr(learned(state, clock()), name) == getattr(state, name)}
    assert missing == {"id", "url", "added_at", "muted_until"}, "the sample must set every learned field"


def test_due_sources_are_taken_once_the_longest_overdue_first(store, clock):
    synced(store, clock(), source("a"), source("b"), source("c"))
    with store.transaction() as tx:
        for state in tx.sources.claim(["a", "b"], "w", clock(), LEASE):
            due = clock() - timedelta(minutes=1 if state.id == "a" else 2)
            tx.sources.finish(state._replace(next_poll_at=due), "w")
    assert claim(store, "w1", clock(), limit=2) == ["c", "b"]  # never polled, then longest overdue
    assert claim(store, "w2", clock()) == ["a"]
    assert claim(store, "w3", clock()) == []


def test_what_is_not_due_disabled_or_not_asked_for_is_left(store, clock):
    synced(store, clock(), source("later"), source("off", enabled=False), source("other"), source("due"))
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["later"], "w", clock(), LEASE)
        tx.sources.finish(state._replace(next_poll_at=clock() + timedelta(seconds=1)), "w")
    assert claim(store, "w", clock(), ["later", "off", "due", "no such source"]) == ["due"]
    clock.advance(seconds=1)
    assert claim(store, "w", clock(), ["later"]) == ["later"]
    assert claim(store, "w", clock(), []) == []


def test_a_lapsed_lease_is_taken_over_and_its_late_owner_writes_nothing(store, clock):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (slow,) = tx.sources.claim_due(None, "slow", clock(), LEASE, 1)
    clock.advance(LEASE - timedelta(seconds=1))
    assert claim(store, "quick", clock()) == []
    clock.advance(seconds=1)
    assert claim(store, "quick", clock()) == ["wire"]
    with store.transaction() as tx:
        assert not tx.sources.holds("wire", "slow")
        assert tx.sources.holds("wire", "quick")
        assert not tx.sources.finish(learned(slow, clock()), "slow")
    with store.reading() as tx:
        assert tx.sources.get("wire").validators == Validators()


def test_a_released_lease_can_be_taken_at_once(store, clock):
    synced(store, clock(), source())
    assert claim(store, "w1", clock()) == ["wire"]
    with store.transaction() as tx:
        tx.sources.release(["wire"], "w2")
        assert tx.sources.claim(["wire"], "w2", clock(), LEASE) == []
        tx.sources.release(["wire"], "w1")
    assert claim(store, "w2", clock()) == ["wire"]


def test_a_changed_address_voids_validators_and_the_poll_under_way(store, clock):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["wire"], "w", clock(), LEASE)
        tx.sources.finish(learned(state, clock()), "w")
        (state,) = tx.sources.claim(["wire"], "w", clock(), LEASE)
    synced(store, clock(), source(url="https://wire.example/new"))
    with store.transaction() as tx:
        assert not tx.sources.finish(learned(state, clock()), "w")
        assert tx.sources.claim(["wire"], "w", clock(), LEASE)
        assert not tx.sources.finish(learned(state, clock()), "w"), (
            "the lease is this owner's again, the address is not"
        )
    with store.reading() as tx:
        now = tx.sources.get("wire")
    assert (now.url, now.validators, now.known_slices, now.moved_to) == (
        "https://wire.example/new",
        Validators(),
        b"",
        None,
    )
    assert now.next_poll_at is None
    assert now.baseline_at == clock(), "its news since the address broke is still news"


@pytest.mark.parametrize("gone", ["removed", "disabled"])
def test_a_source_that_comes_back_counts_as_added_now(store, clock, gone):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["wire"], "w", clock(), LEASE)
        tx.sources.finish(learned(state, clock()), "w")
    synced(store, clock(), *([source(enabled=False)] if gone == "disabled" else []))
    with store.reading() as tx:
        assert [state.id for state in tx.sources.all()] == (["wire"] if gone == "disabled" else [])
        assert tx.sources.get("wire") is not None
    back = clock.advance(days=3)
    synced(store, back, source())
    with store.reading() as tx:
        state = tx.sources.get("wire")
        assert (state.added_at, state.baseline_at) == (back, None)
    later = clock.advance(days=1)
    synced(store, later, source(name="Renamed"))
    with store.reading() as tx:
        assert tx.sources.get("wire").added_at == back
        assert [row.source.name for row in tx.sources.rows()] == ["Renamed"]


def test_a_mute_set_during_a_poll_survives_it(store, clock):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["wire"], "w", clock(), LEASE)
    until = clock() + timedelta(days=7)
    with store.transaction() as tx:
        assert tx.sources.mute("wire", until)
        assert not tx.sources.mute("nobody", until)
    with store.transaction() as tx:
        assert tx.sources.finish(learned(state, clock()), "w")
        assert tx.sources.get("wire").muted_until == until
        assert tx.sources.mute("wire", None)
        assert tx.sources.get("wire").muted_until is None


def test_a_source_can_be_made_due_at_once(store, clock):
    synced(store, clock(), source())
    with store.transaction() as tx:
        (state,) = tx.sources.claim(["wire"], "w", clock(), LEASE)
        tx.sources.finish(learned(state, clock()), "w")
        assert tx.sources.claim_due(None, "w", clock(), LEASE, 1) == []
        assert tx.sources.poll_now("wire")
        assert len(tx.sources.claim_due(None, "w", clock(), LEASE, 1)) == 1


def test_two_thousand_ids_are_one_parameter(store, clock):
    many = [source(f"s{number:04}") for number in range(2000)]
    synced(store, clock(), *many)
    assert len(claim(store, "w", clock(), [one.id for one in many], limit=2000)) == 2000


def test_rows_show_definitions_also_of_sources_that_are_gone(store, clock):
    blog = source("blog", kind=SourceKind.PAGE, category="ngo", jurisdiction="GB", actor="Liberty")
    synced(store, clock(), source(), blog)
    synced(store, clock(), blog)
    with store.reading() as tx:
        assert [(row.source, row.state.added_at) for row in tx.sources.rows()] == [(blog, clock())]
        assert [row.source.id for row in tx.sources.rows(gone=True)] == ["blog", "wire"]
