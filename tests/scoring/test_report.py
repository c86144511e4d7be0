import json
import random

from hypothesis import given
from hypothesis import strategies as st

from bot.model import SOFT_ACTIONS, Action
from bot.scoring import CopyGroup, DecidedChange, Decision, Label, render, score, to_json
from tests.scoring.build import decision, label

CORE = sorted(set(Action) - SOFT_ACTIONS)


@st.composite
def label_sets(draw):
    labels = []
    for number in range(draw(st.integers(1, 12))):
        action = draw(st.sampled_from(["none", "call_for", *CORE]))
        labels.append(
            Label(
                id=f"i{number}",
                title="t",
                is_change=action != "none",
                action=action,
                actors=("Amazon",),
                targets=("police",),
                jurisdictions=("US",),
                stage="announced",
                event_key=draw(st.sampled_from(["A", "B", "C"])) if action != "none" else None,
                confidence=draw(st.sampled_from([0.3, 0.6, 1.0])),
            )
        )
    return labels


def perfect(labels):
    """What a bot without fault would say."""
    told = set()
    decisions = []
    for one in labels:
        if not one.is_change:
            decisions.append(Decision(one.id, relevant=False, score=0.0, alert="none"))
            continue
        change = DecidedChange(one.actors[0], one.action, one.targets, one.jurisdictions, one.stage)
        first = one.clustered and one.event_key not in told
        if first:
            told.add(one.event_key)
        alert = "new" if first else "update"
        decisions.append(Decision(one.id, True, 1.0, (change,), story=one.event_key, alert=alert))
    return decisions


@given(label_sets())
def test_perfect_decisions_score_one(labels):
    report = score(labels, perfect(labels))
    for counts in (report.relevance, report.lenient):
        assert counts.missed == counts.false == 0
        assert counts.f1 in {None, 1.0}
    assert all(field.right == field.judged for field in report.fields)
    assert all(gold == said for gold, said in report.confusion)
    assert not report.mistakes
    if report.stories:
        assert report.stories.clusters.f1 == report.stories.with_missed.f1 == 1.0
        assert report.stories.alerts_per_event == 1.0
        assert not report.stories.not_found + report.stories.merged_away + report.stories.repeated
        assert not report.stories.wrong_merges + report.stories.wrong_splits


@st.composite
def arbitrary(draw):
    labels = draw(label_sets())
    decisions = []
    for one in labels:
        actions = draw(st.lists(st.sampled_from(sorted(Action)), max_size=3))
        story = draw(st.sampled_from([None, "s1", "s2"]))
        decisions.append(
            Decision(
                id=one.id,
                relevant=draw(st.booleans()),
                score=draw(st.floats(0, 1)),
                changes=tuple(DecidedChange("Amazon", action) for action in actions),
                story=story,
                alert=draw(st.sampled_from(["new", "stage", "update", "none"])),
                duplicate_of=draw(st.sampled_from([None, "i0", "i1", "gone"])),
            )
        )
    return labels, decisions


@given(arbitrary(), st.randoms(use_true_random=False))
def test_order_does_not_matter(given_, chance: random.Random):
    labels, decisions = given_
    groups = [CopyGroup(("i0", "i1"), True)]
    before = to_json(score(labels, decisions, copies=groups))
    chance.shuffle(labels)
    chance.shuffle(decisions)
    assert to_json(score(labels, decisions, copies=groups)) == before


@given(arbitrary())
def test_shares_lie_between_zero_and_one_and_everything_prints(given_):
    report = score(*given_, copies=[CopyGroup(("i0", "i1"), True)])
    shares = [report.relevance.precision, report.relevance.recall, report.relevance.f1]
    shares += [field.share for field in report.fields]
    if report.stories:
        for figure in (report.stories.clusters, report.stories.with_missed):
            shares += [figure.precision, figure.recall, figure.f1]
        assert report.stories.clusters.items <= report.stories.with_missed.items
    assert all(share is None or 0 <= share <= 1 for share in shares)
    assert sum(report.confusion.values()) <= report.items
    assert json.loads(json.dumps(to_json(report)))["items"] == report.items
    text = render(report)
    assert all(len(line) <= 130 for line in text.splitlines())


def test_the_table_says_what_was_measured():
    labels = [
        label("a1", "ban", actors=("Boston City Council",), event_key="boston"),
        label("a2", "pause", actors=("Amazon",), event_key="amazon"),
        label("a3", kind_if_not="opinion", title="A column " + "that goes on " * 12),
        label("a4", "call_for"),
        label("a5", "ban", confidence=0.3),
    ]
    decisions = [
        decision("a1", "ban", story="s1", alert="new"),
        decision("a2", score=0.31, alert="none"),
        decision("a3", ("Amazon", "adopt"), score=0.77, story="s2", alert="new"),
        decision("a4", "call_for", story="s3", alert="new"),
        decision("a5", alert="none"),
    ]
    text = render(score(labels, decisions))
    assert "Relevance: 3 of 5 items count (1 labels below 0.5 and 1 soft ones left out)" in text
    assert "precision 0.500  recall 0.500  F1 0.500  (1 found, 1 missed, 1 false)" in text
    assert "False alerts: 1\n  0.77  a3" in text
    assert "Amazon: adopt (label: opinion)" in text
    assert "Missed: 1\n  0.31  a2" in text
    assert "not found               1\n      amazon" in text
    assert "…" in text.split("a3")[1].splitlines()[0]
    row = next(line for line in text.splitlines() if line.startswith("  none "))
    assert row.split() == ["none", "1", "·", "·"]


def test_json_has_the_shares():
    values = to_json(score([label("a", "ban", event_key="e")], [decision("a", "ban", story="s", alert="new")]))
    assert values["relevance"]["f1"] == 1.0
    assert values["fields"]["action"]["share"] == 1.0
    assert values["stories"]["clusters"]["f1"] == 1.0
    assert values["stories"]["alerts_per_event"] == 1.0
    assert values["copies"] is None
    assert values["left_out"] == {"unsure": 0, "soft": 0}
