"""``make corpus``: folds keep events together, training never sees the events it is measured on, absent data is said."""

import json

from benchmarks import corpus
from tests.corpus.measures import judgement, names, part_of


def small():
    samples = corpus.own_corpora()[0]
    return part_of(samples, lambda line: line.lang == "en" and len(line.text) < 90)


def test_items_of_one_event_share_a_fold():
    labels = corpus.own_corpora()[0].labels
    folds = {}
    for label in labels:
        group = corpus.group_of(label)
        assert folds.setdefault(group, corpus.fold_of(group)) == corpus.fold_of(group)
    assert set(folds.values()) == set(range(corpus.FOLDS))


def test_training_never_sees_the_held_out_events(monkeypatch):
    chosen = small()
    shipped = judgement().config.topic.vocabularies["en"]
    trained_on = []

    def fit(examples, *, recorded):
        trained_on.append({example.group for example in examples})
        return shipped.weights, shipped.phrases

    monkeypatch.setattr(corpus, "fit", fit)
    rows = list(corpus.cross_validate(chosen, judgement(), names()))
    assert len(trained_on) == corpus.FOLDS
    groups = {corpus.group_of(label) for label in chosen.labels}
    for fold, seen in enumerate(trained_on):
        assert seen
        assert not {group for group in groups if corpus.fold_of(group) == fold} & seen
    assert sum(row.strip().startswith("fold ") for row in rows) == corpus.FOLDS
    assert any(row.strip().startswith("all folds") for row in rows)


def test_weights_of_a_fold_are_the_ones_used():
    topic = judgement().config.topic
    changed = corpus.with_weights(topic, {"bias": -30.0})
    assert changed.fingerprint != topic.fingerprint
    silent = corpus.judge_only(small(), corpus.Analyser(changed))
    assert not any(decision.relevant for decision in silent)


def test_absent_data_is_said_in_a_sentence(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(corpus, "SHARED", tmp_path / "none" / "data" / "news")
    chosen = small()
    monkeypatch.setattr(corpus, "own_corpora", list)
    monkeypatch.setattr(corpus, "held_out_news", lambda: chosen)
    assert corpus.main([]) == 0
    assert "that part is left out" in capsys.readouterr().out


def test_json_is_json(monkeypatch, capsys):
    chosen = small()
    monkeypatch.setattr(corpus, "own_corpora", lambda: [chosen])
    assert corpus.main(["--own", "--json"]) == 0
    values = json.loads(capsys.readouterr().out)
    assert values["own samples"]["relevance"]["f1"] is not None
    assert "mistakes" not in values["own samples"]
