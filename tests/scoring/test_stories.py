import pytest

from bot.scoring import CopyGroup, score
from bot.scoring.stories import bcubed
from tests.scoring.build import decision, label


def event(id_, key, **fields):
    return label(id_, "ban", event_key=key, **fields)


def told(id_, story, alert="update", **fields):
    return decision(id_, "ban", story=story, stories=(story,) if story else (), alert=alert, **fields)


def test_bcubed_by_hand():
    # events A = {1, 2, 3}, B = {4, 5}; stories x = {1, 2}, y = {3, 4, 5}
    events = {"1": "A", "2": "A", "3": "A", "4": "B", "5": "B"}
    stories = {"1": "x", "2": "x", "3": "y", "4": "y", "5": "y"}
    result = bcubed(events, stories)
    # precision: 1, 1, 1/3, 2/3, 2/3 -> 11/15; recall: 2/3, 2/3, 1/3, 1, 1 -> 11/15
    assert result.precision == pytest.approx(11 / 15)
    assert result.recall == pytest.approx(11 / 15)
    assert result.f1 == pytest.approx(11 / 15)


def test_bcubed_extremes():
    events = {"1": "A", "2": "A", "3": "B", "4": "B"}
    lump = bcubed(events, dict.fromkeys(events, "x"))
    assert (lump.precision, lump.recall) == (0.5, 1.0)
    crumbs = bcubed(events, {})
    assert (crumbs.precision, crumbs.recall) == (1.0, 0.5)
    assert bcubed({}, {}).f1 is None


def test_missed_items_stand_alone_in_the_second_figure():
    labels = [event("1", "A"), event("2", "A"), event("3", "B")]
    decisions = [told("1", "x", "new"), decision("2", alert="none"), told("3", "y", "new")]
    stories = score(labels, decisions).stories
    assert stories.clusters.items == 2
    assert stories.clusters.f1 == 1.0
    assert stories.with_missed.items == 3
    assert stories.with_missed.recall == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_alerts_for_each_event():
    labels = [event("1", "A"), event("2", "A"), event("3", "B"), event("4", "C"), event("5", "D")]
    decisions = [
        told("1", "x", "new"),
        told("2", "z", "new"),
        told("3", "y", "new"),
        told("4", "y", "update"),
        decision("5", alert="none"),
    ]
    stories = score(labels, decisions).stories
    assert (stories.events, stories.alerts, stories.alerted_events) == (4, 3, 2)
    assert stories.alerts_per_event == 1.5
    assert stories.not_found == ("D",)
    assert stories.merged_away == ("C",)
    assert stories.repeated == (("A", 2),)
    assert [(mix.name, mix.parts) for mix in stories.wrong_merges] == [("y", (("B", 1), ("C", 1)))]
    assert [(mix.name, mix.parts) for mix in stories.wrong_splits] == [("A", (("x", 1), ("z", 1)))]


def test_a_stage_is_told_and_counts():
    labels = [event("1", "A-proposed"), event("2", "A-passed")]
    stories = score(labels, [told("1", "x", "new"), told("2", "x", "stage")]).stories
    assert stories.alerts_per_event == 1.0
    assert stories.merged_away == ()


def test_only_sure_reports_of_core_changes_count():
    labels = [
        event("1", "A", role="report"),
        event("2", "A", role="reaction"),
        event("3", "B", confidence=0.4),
        label("4", "call_for", event_key="C"),
        label("5", event_key="A"),
    ]
    stories = score(labels, [told(str(i), f"s{i}", "new") for i in range(1, 6)]).stories
    assert stories.events == 1
    assert stories.clusters.items == 1
    assert stories.alerts == 1


def test_expected_alerts_of_a_stream():
    labels = [event("1", "A", alert="new"), event("2", "A", alert="update"), label("3", alert="none"), label("4")]
    decisions = [told("1", "x", "new"), told("2", "y", "new"), decision("3", alert="none"), decision("4", alert="none")]
    stories = score(labels, decisions).stories
    assert stories.as_expected == (2, 3)
    assert stories.unexpected == ("2: new, expected update (title of 2)",)


def test_decisions_without_stories_give_no_story_figures():
    assert score([event("1", "A")], [decision("1", "ban")]).stories is None
    assert score([label("1")], [decision("1", alert="none")]).stories is None


def test_near_copies_by_pairs():
    groups = [
        CopyGroup(("a", "b", "c"), True),
        CopyGroup(("d", "e"), False),
        CopyGroup(("f", "f"), True),
        CopyGroup(("g", "h"), True),
    ]
    decisions = [
        decision("a", "ban"),
        decision("b", "ban", duplicate_of="a"),
        decision("c", duplicate_of="b"),
        decision("d"),
        decision("e", duplicate_of="d"),
        decision("f", duplicate_of="elsewhere"),
        decision("g", "ban"),
        decision("h", "ban"),
        decision("i", duplicate_of="g"),
    ]
    copies = score([label(one.id) for one in decisions], decisions, copies=groups).copies
    assert (copies.listed, copies.found) == (4, 3)
    assert (copies.listed_relevant, copies.found_relevant) == (2, 1)
    assert copies.missed == (("g", "h"),)
    assert (copies.traps, copies.trapped) == (1, (("d", "e"),))
    assert copies.unlisted == (("g", "i"),)


def test_a_circle_of_copies_ends():
    decisions = [decision("a", duplicate_of="b"), decision("b", duplicate_of="a")]
    copies = score([label("a"), label("b")], decisions, copies=[CopyGroup(("a", "b"), True)]).copies
    assert copies.listed == 1
