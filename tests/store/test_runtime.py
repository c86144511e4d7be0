"""What processes tell each other: configuration, beats, routes, labels, signatures, facts."""

from datetime import timedelta

import pytest

from bot.model import Filters, Route, Schedule
from bot.store.runtime import KEPT_CONFIGS, Label


@pytest.fixture
def runtime(store):
    with store.transaction() as tx:
        yield tx.runtime


def test_the_last_good_config_is_kept_once(runtime, clock):
    assert runtime.last_config() is None
    runtime.save_config({"sources.yaml": "sources: []  # \N{SNOWMAN}\n"}, "f1", clock())
    saved = clock()
    runtime.save_config({"sources.yaml": "ignored"}, "f1", clock.advance(hours=1))
    last = runtime.last_config()
    assert (last.files, last.fingerprint, last.saved_at) == (
        {"sources.yaml": "sources: []  # \N{SNOWMAN}\n"},
        "f1",
        saved,
    )
    runtime.save_config({}, "f2", clock())
    runtime.save_config({}, "f1", clock())
    assert runtime.last_config().fingerprint == "f1"


def test_beats_keep_their_start(runtime, clock):
    started = clock()
    runtime.beat("w-1", "worker", started, {"pid": 1})
    runtime.beat("web-1", "web", started, {})
    later = clock.advance(minutes=1)
    runtime.beat("w-1", "worker", later, {"pid": 1, "polls": 5})
    first, second = runtime.beats()
    assert (first.process, first.started_at, first.beat_at, first.info) == (
        "w-1",
        started,
        later,
        {"pid": 1, "polls": 5},
    )
    assert second.process == "web-1"


def test_a_signature_is_used_once(runtime, clock):
    assert runtime.use_signature("v0=abc", clock())
    assert not runtime.use_signature("v0=abc", clock())
    assert runtime.use_signature("v0=abd", clock())


def test_routes_keep_the_time_since_when_they_are_in_force(runtime, clock):
    team = Route("team", "C1", filters=Filters(actions=("ban",)))
    start = clock()
    assert [route.created_at for route in runtime.sync_routes([team], start)] == [start]
    later = clock.advance(hours=1)
    moved = Route("team", "C2")
    found = runtime.sync_routes([team, moved], later)
    assert [(route.channel, route.created_at) for route in found] == [("C1", start), ("C2", later)]
    assert found[0].filters == team.filters
    runtime.sync_routes([moved], clock.advance(hours=1))
    back = clock.advance(hours=1)
    assert [route.created_at for route in runtime.sync_routes([team, moved], back)] == [back, later]


def test_subscriptions_come_back_whole_and_beside_the_files_routes(runtime, clock):
    wish = Route(
        "sub",
        "C9",
        schedule=Schedule("weekly", 9, 30, 2, "Europe/Brussels"),
        filters=Filters(min_score=0.5, targets=("police",)),
    )
    start = clock()
    subscribed = runtime.subscribe(wish, "U1", start)
    assert (subscribed.origin, subscribed.created_at) == ("subscription", start)
    again = runtime.subscribe(Route("sub", "C9", filters=Filters(actors=("IBM",))), "U2", clock.advance(hours=1))
    assert (again.created_at, again.filters.actors) == (start, ("IBM",)), "changing it does not begin it anew"
    assert runtime.sync_routes([Route("sub", "C9")], clock())[1:] == (again,)
    assert runtime.subscriptions() == (again,)
    assert runtime.unsubscribe("sub", "C9")
    assert not runtime.unsubscribe("sub", "C9")
    assert runtime.subscriptions() == ()
    assert runtime.subscribe(wish, "U1", clock()).created_at == clock()
    assert runtime.subscriptions()[0].schedule == wish.schedule


def test_labels_overlay_replace_and_end(runtime, clock):
    until = clock() + timedelta(days=1)
    runtime.label(Label("s1", "muted", "U1", clock(), channel="C1", until=until))
    runtime.label(Label("s1", "not relevant", "U1", clock(), value={"why": "product"}))
    runtime.label(Label("s1", "not relevant", "U2", clock()))
    runtime.label(Label("s1", "not relevant", "U1", clock(), value={"why": "opinion"}))
    now = clock()
    assert [label.value for label in runtime.labels(now, label="not relevant")] == [{"why": "opinion"}, None]
    assert [label.channel for label in runtime.labels(now, subject="s1", channel="C1")] == ["C1", "", ""]
    assert len(runtime.labels(now, channel="C2")) == 2
    assert runtime.labels(until, label="muted") == []
    assert runtime.unlabel("s1", "not relevant", person="U2") == 1
    assert runtime.unlabel("s1", "not relevant") == 1
    assert [label.label for label in runtime.labels(now)] == ["muted"]


def test_facts_are_remembered_and_forgotten(runtime, clock):
    assert runtime.recall("outage") is None
    runtime.remember("outage", {"since": "x"}, clock())
    runtime.remember("outage", [1, None, "\x00"], clock())
    assert runtime.recall("outage") == [1, None, "\N{REPLACEMENT CHARACTER}"]
    runtime.forget("outage")
    assert runtime.recall("outage") is None


def test_pruning_takes_only_what_is_old(runtime, clock):
    for number in range(KEPT_CONFIGS + 3):
        runtime.save_config({}, f"f{number}", clock())
    runtime.beat("old", "worker", clock() - timedelta(days=8), {})
    runtime.beat("new", "worker", clock(), {})
    runtime.use_signature("old", clock() - timedelta(minutes=16))
    runtime.use_signature("new", clock() - timedelta(minutes=10))
    runtime.label(Label("s1", "muted", "U1", clock(), until=clock() - timedelta(seconds=1)))
    assert runtime.prune(clock()) == 3 + 1 + 1 + 1
    assert runtime.last_config().fingerprint == f"f{KEPT_CONFIGS + 2}"
    assert [beat.process for beat in runtime.beats()] == ["new"]
    assert not runtime.use_signature("new", clock())
    assert runtime.prune(clock()) == 0
