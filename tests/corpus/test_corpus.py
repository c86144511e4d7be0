"""The corpora themselves: complete, consistent, and our own words."""

import json
import re
from collections import Counter
from datetime import datetime

import pytest

from benchmarks.corpus import OWN
from bot.model import SOFT_ACTIONS, TARGETS, Action, Stage
from bot.scoring import read_copies, read_labels

RUN = 8
"""So many words in a row in common with recorded text would be a copy."""


def items(name):
    return [json.loads(line) for line in (OWN / name).read_text(encoding="utf-8").splitlines()]


SAMPLES, STREAM = items("samples.jsonl"), items("stream.jsonl")


def test_enough_samples_of_every_kind():
    assert len(SAMPLES) >= 170
    actions = Counter(item["label"]["action"] for item in SAMPLES)
    assert {action for action in Action if not actions[action]} == set()
    assert {action for action in Action if actions[action] < 3 and action not in SOFT_ACTIONS} == set()
    kinds = Counter(item["label"]["kind_if_not"] for item in SAMPLES)
    wanted = [
        "deployment",
        "explainer",
        "other",
        "opinion",
        "research",
        "product",
        "market",
        "crime",
        "tutorial",
        "phone",
    ]
    assert {kind for kind in wanted if kinds[kind] < 3} == set()
    assert sum(item["lang"] == "de" for item in SAMPLES) >= 12
    assert sum(not item["text"] for item in SAMPLES) >= 50
    assert sum(150 <= len(item["text"].split()) <= 400 for item in SAMPLES) >= 11


def test_every_level_of_jurisdiction():
    places = {place for item in SAMPLES for place in item["label"]["jurisdictions"]}
    assert "EU" in places
    assert {"US", "GB", "AU", "NZ", "CA", "DE", "FR", "IT", "CN"} <= places
    assert sum(place.startswith("US-") and "/" not in place for place in places) >= 10
    assert sum("/" in place for place in places) >= 20


@pytest.mark.parametrize("item", [*SAMPLES, *STREAM], ids=lambda item: item["id"])
def test_labels_use_the_words_of_the_interface(item):
    label = item["label"]
    assert item["title"]
    assert item["url"].startswith("https://")
    assert ".example/" in item["url"]
    assert datetime.fromisoformat(item["published"]).tzinfo
    assert set(label["targets"]) <= set(TARGETS)
    assert label.get("stage") is None or label["stage"] in set(Stage)
    assert {label["action"], *label["alt_actions"]} <= {*Action, "none"}
    assert label["action"] not in label["alt_actions"]
    assert label["is_policy_change"] == bool(label["actors"]) == bool(label["event_key"])


def test_ids_and_addresses_are_unique():
    for corpus in (SAMPLES, STREAM):
        assert len({item["id"] for item in corpus}) == len({item["url"] for item in corpus}) == len(corpus)


def test_the_stream_tells_each_step_once():
    labels = read_labels((OWN / "stream.jsonl").read_text(encoding="utf-8").splitlines())
    steps = Counter(label.event_key for label in labels if label.event_key)
    told = Counter(label.event_key for label in labels if label.alert in {"new", "stage"})
    assert len(STREAM) >= 70
    assert len(steps) >= 15
    assert set(told) == set(steps)
    assert set(told.values()) == {1}
    assert sum(label.alert == "stage" for label in labels) == 3
    named = {event for label in labels for event in label.also_events}
    assert named <= set(steps)


def test_copies_of_the_stream_name_items_and_agree():
    ids = {item["id"] for item in STREAM}
    groups = read_copies((OWN / "stream_copies.jsonl").read_text(encoding="utf-8").splitlines())
    assert {one for group in groups for one in group.ids} <= ids
    listed = {one for group in groups if group.copies for one in group.ids[1:]}
    assert listed == {item["id"] for item in STREAM if item["duplicate_of"]}


def runs(text):
    words = re.findall(r"[\w']+", text.casefold().replace("’", "'"))
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def test_no_run_of_words_is_copied_from_recorded_text(shared_data):
    ours = {run: item["id"] for item in [*SAMPLES, *STREAM] for run in runs(f"{item['title']} . {item['text']}")}
    files = [*(shared_data / "news").glob("*.jsonl"), *(shared_data.parent / "domain").glob("*")]
    for file in files:
        lines = file.read_text(encoding="utf-8").splitlines()
        texts = [json.loads(line) for line in lines] if file.suffix == ".jsonl" else ["\n".join(lines)]
        for text in texts:
            said = text if isinstance(text, str) else f"{text.get('title') or ''} . {text.get('text') or ''}"
            common = runs(said) & ours.keys()
            assert not common, f"{file.name}: {[(ours[run], ' '.join(run)) for run in common][:3]}"
