import json

import pytest

from bot.errors import UsageError
from bot.scoring import read_copies, read_decisions, read_labels


def line(**values):
    return json.dumps(values)


def test_both_dialects_of_labels_are_read():
    first = line(
        id="a", title="T", text="…", label={
            "is_policy_change": True, "actors": ["European Commission"], "action": "propose", "alt_actions": ["ban"],
            "targets": ["public_space"], "jurisdictions": ["EU"], "condition": None, "stage": "considered",
            "background": [], "event_key": "eu-1", "kind_if_not": None, "confidence": 0.9,
        },
    )  # fmt: skip
    second = line(
        id="b", title="U", label={
            "is_policy_change": True, "actors": ["IRS"], "action": "halt", "alt_actions": [], "targets": ["government"],
            "jurisdictions": ["United States"], "event_key": "irs", "also_events": ["idme"], "role": "report",
            "confidence": 0.95, "basis": "title",
        },
    )  # fmt: skip
    one, other = read_labels([first, "", second])
    assert one.right_actions == {"propose", "ban"}
    assert one.stage == "considered"
    assert one.core
    assert one.clustered
    assert other.also_events == ("idme",)
    assert other.role == "report"


def test_soft_unsure_and_reaction_labels_do_not_cluster():
    def read(**label):
        return read_labels([line(id="x", label={"is_policy_change": True, "event_key": "e", **label})])[0]

    assert read(action="ban").clustered
    assert not read(action="call_for").clustered
    assert not read(action="ban", confidence=0.49).clustered
    assert not read(action="ban", role="reaction").clustered
    assert read(action="ban", confidence=0.5).clustered


def test_every_bad_label_line_is_named_at_once():
    lines = [
        line(id="a", label={"is_policy_change": False}),
        "{not json",
        "[1]",
        line(id="b", label={"is_policy_change": "yes"}),
        line(id="c", label={"is_policy_change": True, "action": "forbid"}),
        line(id="d", label={"is_policy_change": True}),
        line(id="e"),
        line(id="f", label={"is_policy_change": False, "confidence": 1.5}),
        line(label={"is_policy_change": False}),
        line(id="g", label={"is_policy_change": False, "role": "rumour"}),
    ]
    with pytest.raises(UsageError) as caught:
        read_labels(lines[:3], "labels.jsonl")
    assert str(caught.value).splitlines() == [
        "labels.jsonl:2: not JSON: Expecting property name enclosed in double quotes",
        "labels.jsonl:3: not a JSON object; write one object for each line",
    ]
    with pytest.raises(UsageError) as caught:
        read_labels([lines[0], *lines[3:]], "labels.jsonl")
    said = str(caught.value).splitlines()
    assert said[0] == "labels.jsonl:2: label.'is_policy_change' must be true or false, not \"yes\""
    assert said[1].startswith("labels.jsonl:3: 'forbid' is no action; one of: adopt, ban,")
    assert said[2] == "labels.jsonl:4: 'is_policy_change' is true, so 'action' must say which"
    assert said[3] == "labels.jsonl:5: 'label' must be an object, not missing"
    assert said[4] == "labels.jsonl:6: label.'confidence' must be a number from 0 to 1, not 1.5"
    assert said[5] == "labels.jsonl:7: 'id' must be a non-empty string, not missing"
    assert said[6].startswith("labels.jsonl:8: 'rumour' is no role")
    assert len(said) == 7


def test_repeated_ids_name_both_lines():
    good = line(id="a", label={"is_policy_change": False})
    with pytest.raises(UsageError, match=r"^l:3: id 'a' is already on line 1$"):
        read_labels([good, "", good], "l")
    with pytest.raises(UsageError, match=r"^d:2: id 'a' is already on line 1$"):
        read_decisions([line(id="a", relevant=False, score=0)] * 2, "d")


def test_a_replay_line_is_read():
    decided = read_decisions(
        [
            line(
                id="a1",
                relevant=True,
                score=0.97,
                reasons=["…"],
                duplicate_of=None,
                story="s12",
                stories=["s12", "s3"],
                alert="new",
                changes=[
                    {
                        "actor": "Microsoft",
                        "action": "halt",
                        "targets": ["police"],
                        "jurisdictions": ["US"],
                        "primary": True,
                    },
                    {"actor": "IBM", "action": "halt", "primary": False},
                ],
            ),
            line(id="a2", relevant=False, score=0, changes=[]),
        ]
    )
    assert decided[0].lead.actor == "Microsoft"
    assert len(decided[0].primaries) == 1
    assert decided[0].stories == ("s12", "s3")
    assert decided[0].tells
    assert decided[1].lead is None
    assert decided[1].alert is None


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"relevant": "true"}, "'relevant' must be true or false"),
        ({"score": 97}, "'score' must be a number from 0 to 1"),
        ({"score": True}, "'score' must be a number from 0 to 1"),
        ({"alert": "ping"}, "'ping' is no alert; one of: new, stage, update, none"),
        ({"changes": [{"actor": "A", "action": "forbid"}]}, "'forbid' is no action"),
        ({"changes": [{"actor": "A", "action": "ban", "targets": "police"}]}, "changes[0]: 'targets' must be a list"),
        ({"changes": {}}, "'changes' must be a list of objects"),
        ({"duplicate_of": 3}, "'duplicate_of' must be a string or null"),
    ],
)
def test_bad_decisions_are_refused(broken, said):
    with pytest.raises(UsageError) as caught:
        read_decisions([line(**{"id": "a", "relevant": True, "score": 0.5} | broken)], "d.jsonl")
    assert str(caught.value).startswith("d.jsonl:1: ")
    assert said in str(caught.value)


def test_copy_groups_are_read():
    groups = read_copies(
        [
            '{"verdict": "duplicate", "kind": "same_url", "ids": ["a", "b"]}',
            '{"verdict": "not_duplicate", "ids": ["c"]}',
        ]
    )
    assert [group.copies for group in groups] == [True, False]
    with pytest.raises(UsageError, match="c:1: 'verdict' must be 'duplicate' or 'not_duplicate'"):
        read_copies(['{"verdict": "same", "ids": []}'], "c")


def test_many_problems_are_cut_short():
    with pytest.raises(UsageError) as caught:
        read_labels(["nonsense"] * 50, "l")
    assert str(caught.value).splitlines()[-1] == "and 30 more"
