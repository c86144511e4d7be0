"""Detection and story quality on labelled text: ``python -m benchmarks.corpus`` (``make corpus``).

Four parts, each left out with one sentence when its data is not there:

- our own samples and our own stream of stories (``tests/corpus``), which also hold the pinned floors of the test suite;
- recorded real news of two label dialects (``POLICYWATCH_SHARED``, default ``../shared``): everything that ``score`` measures,
  the near-copy groups, and real news of the neighbourhood in which nothing may alert;
- cross-validation over events: the ranker's weights trained on some events and measured on others.

Everything goes through the real pipeline (``bot.replay``), in memory and silent.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.reports import held_out, read_reports
from benchmarks.train_ranker import Example, fit
from bot import replay, scoring
from bot.analysis import Analyser
from bot.config.load import load
from bot.model import Analysis
from bot.scoring import judging
from bot.scoring.labels import Label
from bot.topic import PhraseWeights, Topic
from bot.wiring import Judgement

ROOT = Path(__file__).resolve().parent.parent
OWN = ROOT / "tests" / "corpus"
SHARED = Path(os.environ.get("POLICYWATCH_SHARED") or ROOT / ".." / "shared") / "data" / "news"
HELD_OUT = Path(__file__).with_name("held_out")
FOLDS = 5


@dataclass(frozen=True)
class Corpus:
    """Labelled items as they were recorded."""

    name: str
    lines: list[replay.Line]
    labels: list[Label]
    copies: list[scoring.CopyGroup]
    parts: tuple[Corpus, ...] = ()

    @classmethod
    def read(cls, name: str, files: Sequence[Path], copies: Path | None = None) -> Corpus:
        lines: list[replay.Line] = []
        labels: list[Label] = []
        for file in files:
            text = file.read_text(encoding="utf-8")
            lines += replay.read_lines(file.name, text, stream=True)
            labels += scoring.read_labels(text.split("\n"), file.name)
        groups = scoring.read_copies(copies.read_text(encoding="utf-8").split("\n"), copies.name) if copies else []
        return cls(name, lines, labels, groups)


def shipped() -> Judgement:
    """The shipped vocabulary, with no sources and no routes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
        (Path(folder) / "alerts.yaml").write_text("routes: []\n", encoding="utf-8")
        return Judgement(load(Path(folder), env={}))


def decide(corpus: Corpus, judgement: Judgement, known: Mapping[str, Analysis] | None = None) -> list[scoring.Decision]:
    """The decisions of the real pipeline, as ``policywatch replay`` prints them."""
    decided = replay.replay(corpus.lines, judgement, known=known)
    return scoring.read_decisions([json.dumps(one) for one in decided], "replay")


def judge_only(corpus: Corpus, analyser: Analyser) -> list[scoring.Decision]:
    """The decisions of the analysis alone, as ``policywatch analyse --jsonl`` prints them."""
    decided = (
        replay.decision(line.id, analyser.analyse(replay.article_of(line, line.published or replay.LONG_AGO)))
        for line in corpus.lines
    )
    return scoring.read_decisions([json.dumps(one) for one in decided], "analysis")


def score(corpus: Corpus, decisions: Sequence[scoring.Decision], names: scoring.Names) -> scoring.Report:
    """Measure a corpus; decisions on items of others are left aside."""
    ids = {label.id for label in corpus.labels}
    return scoring.score(corpus.labels, [one for one in decisions if one.id in ids], names=names, copies=corpus.copies)


# --- cross-validation over events ----------------------------------------------------------------------------------------


def group_of(label: Label) -> str:
    """Items of one event stay in one fold; an item without an event is a group of its own."""
    return label.event_key or label.id


def fold_of(group: str, folds: int = FOLDS) -> int:
    """Stable over runs and machines."""
    return int.from_bytes(hashlib.blake2b(group.encode(), digest_size=4).digest()) % folds


def with_weights(
    topic: Topic, weights: Mapping[str, float], phrases: PhraseWeights | None = None, language: str = "en"
) -> Topic:
    vocabulary = replace(topic.vocabularies[language], weights=weights, phrases=phrases)
    return replace(
        topic,
        vocabularies={**topic.vocabularies, language: vocabulary},
        fingerprint=f"{topic.fingerprint}+{sorted(weights.items())}",
    )


def cross_validate(corpus: Corpus, judgement: Judgement, names: scoring.Names) -> Iterable[str]:
    """Lines of the table: each fold measured on events that its weights were not trained on (our other texts may tell of them too)."""
    analyser = judgement.analyser
    lines = {line.id: line for line in corpus.lines}
    held = {label.id: fold_of(group_of(label)) for label in corpus.labels}
    examples: dict[str, Example] = {}
    for label in corpus.labels:
        line = lines[label.id]
        if not label.unsure and (line.lang or "en") == "en" and (label.is_change or not label.soft):
            facts, phrases = analyser.features(line.title, line.text), analyser.phrases(line.title, line.text)
            examples[label.id] = Example(
                group_of(label),
                facts,
                label.is_change,
                line.title,
                1.0,
                dict(phrases),
                label.action,
                label.is_change and label.soft,
            )
    everything: list[judging.Pair] = []
    shares: list[float] = []
    for fold in range(FOLDS):
        weights, learned = fit(
            [example for one, example in examples.items() if held[one] != fold],
            recorded=corpus.name.startswith("recorded"),
        )
        chosen = Analyser(with_weights(judgement.config.topic, weights, learned))
        part = Corpus(
            corpus.name,
            [line for line in corpus.lines if held[line.id] == fold],
            [label for label in corpus.labels if held[label.id] == fold],
            [],
        )
        if not part.lines:
            continue
        decisions = {one.id: one for one in judge_only(part, chosen)}
        everything += [judging.Pair(label, decisions[label.id]) for label in part.labels]
        counts = judging.relevance([judging.Pair(label, decisions[label.id]) for label in part.labels])
        shares += [counts.f1] if counts.f1 is not None else []
        yield _counts(f"fold {fold + 1}", counts)
    yield _counts("all folds", judging.relevance(everything))
    fields = {one.name: one for one in judging.fields(everything, names)}
    yield "  " + "  ".join(
        f"{name} {_share(fields[name].share)}" for name in ("actor", "action", "targets", "jurisdictions")
    )
    if len(shares) > 1:
        yield f"  F1 over the folds: {min(shares):.3f} to {max(shares):.3f}, deviation {statistics.stdev(shares):.3f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _counts(name: str, counts: judging.Counts) -> str:
    return (
        f"  {name:<12} precision {_share(counts.precision)}  recall {_share(counts.recall)}  F1 {_share(counts.f1)}"
        f"  ({counts.found} found, {counts.missed} missed, {counts.false} false)"
    )


# --- the table -------------------------------------------------------------------------------------------------------------


def heading(text: str) -> None:
    print(f"\n=== {text} " + "=" * max(0, 110 - len(text)), flush=True)


def show(corpus: Corpus, judgement: Judgement, names: scoring.Names, worst: int) -> None:
    """Run a corpus once and print its table, and first the tables of its parts."""
    begun = time.perf_counter()
    decisions = decide(corpus, judgement)
    spent = (time.perf_counter() - begun) / max(1, len(corpus.lines)) * 1000
    for part in (*corpus.parts, corpus):
        heading(f"{part.name}: {len(part.lines)} items")
        print(
            scoring.render(score(part, decisions, names), worst=0 if corpus.parts and part is corpus else worst), end=""
        )
    print(f"\n({spent:.1f} ms for each item, pipeline and database)")


def show_silence(file: Path, judgement: Judgement) -> int:
    """Real news of the neighbourhood, none of it on the topic: nothing may alert."""
    lines = replay.read_lines(file.name, file.read_text(encoding="utf-8"), stream=True)
    heading(f"{file.stem}: {len(lines)} items without the topic")
    loud = [
        line for line in lines
        if judgement.analyser.analyse(replay.article_of(line, line.published or replay.LONG_AGO)).relevant
    ]  # fmt: skip
    print(f"  alerts: {len(loud)}")
    for line in loud[:10]:
        print(f"    {line.id}  {line.title[:90]}")
    return len(loud)


def own_corpora() -> list[Corpus]:
    return [
        Corpus.read("own samples", [OWN / "samples.jsonl"]),
        Corpus.read("own stream", [OWN / "stream.jsonl"], OWN / "stream_copies.jsonl"),
    ]


def shared_corpora() -> list[Corpus]:
    """Both recorded files in one stream, as they would have come in."""
    files = {
        "recorded news, winter 2019-20": "headlines.jsonl",
        "recorded news, 2018-2026": "headlines_2018_2026.jsonl",
    }
    parts = tuple(Corpus.read(name, [SHARED / file]) for name, file in files.items())
    both = Corpus.read("recorded news, both", [SHARED / file for file in files.values()], SHARED / "copies.jsonl")
    return [replace(both, parts=parts), *retold_reports()]


def held_out_news() -> Corpus:
    """Practice news that nobody trains or tunes on."""
    return Corpus.read("held-out practice news", sorted(HELD_OUT.glob("*.jsonl")))


def retold_reports() -> list[Corpus]:
    """The half of the retold reports that no weight was trained on."""
    file = SHARED.parent.parent / "domain" / "reports.jsonl"
    if not file.exists():
        return []
    rows = [row for row in read_reports(file) if held_out(row)]
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "reports.jsonl"
        lines.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return [Corpus.read("retold reports, the half not trained on", [lines])]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.corpus", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--own", action="store_true", help="only our own corpora")
    parser.add_argument("--shared", action="store_true", help="only the recorded news")
    parser.add_argument("--worst", type=int, default=12, metavar="N", help="mistakes listed of each kind")
    parser.add_argument("--json", action="store_true", help="one JSON object, without mistakes")
    chosen = parser.parse_args(arguments)
    judgement = shipped()
    names = scoring.Names.of(judgement.config.topic)
    recorded = SHARED.is_dir() and not chosen.own
    corpora = ([] if chosen.shared else own_corpora()) + (shared_corpora() if recorded else [])
    if chosen.json:
        print(json.dumps({corpus.name: _brief(corpus, judgement, names) for corpus in corpora}, indent=2))
        return 0
    for corpus in corpora:
        show(corpus, judgement, names, chosen.worst)
    if not chosen.shared:
        show(held_out_news(), judgement, names, 0)  # its mistakes stay unread, so that it stays unseen
    if recorded:
        show_silence(SHARED / "other_ai_news.jsonl", judgement)
    elif not chosen.own:
        print(
            f"\nNo recorded news at {SHARED.parent}: that part is left out (POLICYWATCH_SHARED names the folder that holds data/)."
        )
    for corpus in corpora:
        if corpus.name in {"own samples", "recorded news, both"}:
            heading(f"{corpus.name}: cross-validation over {FOLDS} folds of events")
            for row in cross_validate(corpus, judgement, names):
                print(row, flush=True)
    return 0


def _brief(corpus: Corpus, judgement: Judgement, names: scoring.Names) -> dict[str, Any]:
    report = score(corpus, decide(corpus, judgement), names)
    return {name: value for name, value in scoring.to_json(report).items() if name != "mistakes"}


if __name__ == "__main__":
    sys.exit(main())
