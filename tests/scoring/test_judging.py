import pytest

from bot.errors import UsageError
from bot.scoring import DecidedChange, Names, score
from tests.scoring.build import decision, label


def test_relevance_by_hand():
    labels = [
        label("hit", "ban"),
        label("miss", "ban"),
        label("false"),
        label("silent"),
        label("unsure", "ban", confidence=0.4),
        label("soft", "call_for"),
        label("soft-told", "review"),
    ]
    decisions = [
        decision("hit", "ban"),
        decision("miss"),
        decision("false", "ban"),
        decision("silent"),
        decision("unsure"),
        decision("soft"),
        decision("soft-told", "review"),
    ]
    report = score(labels, decisions)
    counts = report.relevance
    assert (counts.found, counts.missed, counts.false, counts.silent) == (1, 1, 1, 1)
    assert counts.precision == counts.recall == counts.f1 == 0.5
    assert (report.items, report.unsure, report.soft) == (7, 1, 2)
    assert [mistake.id for mistake in report.mistakes] == ["false", "miss"]


def test_a_negative_with_a_soft_reading_still_counts_strictly():
    labels = [label("call", "call_for", change=False), label("other-reading", alt_actions=["adopt"]), label("no")]
    decisions = [decision("call", "call_for"), decision("other-reading", "adopt"), decision("no", "ban", "call_for")]
    report = score(labels, decisions)
    assert (report.relevance.false, report.lenient.false) == (3, 1)
    assert report.lenient.silent == 0


def test_the_lenient_count_never_forgives_a_wrong_core_reading():
    report = score([label("a", alt_actions=["propose"])], [decision("a", "ban")])
    assert report.lenient.false == 1


def test_without_alerts_or_changes_shares_are_none():
    report = score([label("a")], [decision("a")])
    assert report.relevance.precision is None
    assert report.relevance.recall is None
    assert report.relevance.f1 is None
    assert score([label("a", "ban")], [decision("a")]).relevance.f1 == 0.0


def test_fields_are_judged_on_found_changes_by_the_lead():
    wanted = {"actors": ("Amazon",), "targets": ("police",), "jurisdictions": ("US",), "stage": "announced"}
    labels = [
        label("right", "pause", **wanted),
        label("wrong", "pause", alt_actions=["halt"], **wanted),
        label("missed", "pause", **wanted),
        label("bare", "pause"),
    ]
    right = DecidedChange("Amazon", "pause", ("police", "schools"), ("US-CA",), "announced")
    wrong = DecidedChange("IBM", "halt", ("schools",), ("GB",), "passed")
    decisions = [decision("right", right), decision("wrong", wrong, right), decision("missed"), decision("bare", wrong)]
    report = score(labels, decisions)
    shares = {field.name: (field.right, field.judged) for field in report.fields}
    assert shares == {
        "actor": (1, 2),
        "actor, any primary": (2, 2),
        "actor, exactly": (1, 2),
        "action": (2, 3),
        "action, any primary": (2, 3),
        "action, first reading": (1, 3),
        "targets": (1, 2),
        "jurisdictions": (1, 2),
        "stage": (1, 2),
    }
    assert report.field("action").share == pytest.approx(2 / 3)


def test_background_changes_are_not_the_lead():
    past = DecidedChange("IBM", "halt", primary=False)
    now = DecidedChange("Microsoft", "halt")
    report = score([label("a", "halt", actors=("Microsoft",))], [decision("a", past, now)])
    assert report.field("actor").right == 1


def test_actors_use_the_vocabulary():
    names = Names()
    names.add_actor("amazon", ["Amazon"])
    names.add_actor("aws", ["AWS"], "amazon")
    report = score([label("a", "pause", actors=("Amazon",))], [decision("a", ("AWS", "pause"))], names=names)
    assert report.field("actor").right == 1
    assert report.field("actor, exactly").right == 0


def test_unknown_stages_and_targets_are_not_judged():
    labels = [label("a", "ban", stage="vote postponed", targets=("companies",))]
    report = score(labels, [decision("a", "ban")])
    assert report.field("stage").judged == 0
    assert report.field("stage").share is None
    assert report.field("targets").judged == 0


def test_confusion_counts_misses_and_false_alerts_as_none():
    labels = [label("a", "ban"), label("b", "ban"), label("c"), label("d", "propose"), label("e")]
    decisions = [decision("a", "pause"), decision("b"), decision("c", "adopt"), decision("d", "propose"), decision("e")]
    assert score(labels, decisions).confusion == {
        ("ban", "none"): 1,
        ("ban", "pause"): 1,
        ("none", "adopt"): 1,
        ("propose", "propose"): 1,
    }


def test_calibration_bins():
    labels = [label("a", "ban"), label("b"), label("c", "ban"), label("d")]
    decisions = [
        decision("a", "ban", score=1.0),
        decision("b", "ban", score=0.92),
        decision("c", relevant=False, score=0.2),
        decision("d", score=0.0),
    ]
    bins = [(one.low, one.items, one.right, round(one.mean, 3)) for one in score(labels, decisions).calibration]
    assert bins == [(0.0, 1, 0, 0.0), (0.2, 1, 1, 0.2), (0.9, 2, 1, 0.96)]


def test_ids_that_do_not_match_are_refused_with_names():
    labels = [label(name) for name in "abcdefgh"]
    with pytest.raises(UsageError) as caught:
        score(labels, [decision("a"), decision("x")])
    said = str(caught.value)
    assert "7 labelled ids have no decision: b, c, d, e, f, …" in said
    assert "1 decided ids have no label: x" in said
