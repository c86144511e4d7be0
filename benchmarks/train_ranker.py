"""Train the weights of the score from labelled articles and report honest, cross-validated figures.

    python -m benchmarks.train_ranker [--write] [--data FOLDER] [--more FILE] [--language en]

A logistic regression over the named facts of :mod:`bot.analysis.features`, in plain Python and deterministic. It starts from
weights that were set by hand (``ranker_prior.yaml``) and is pulled back to them, so that a fact that the labels say little
about keeps the weight that a person gave it. What is learned from: recorded news, half of the retold reports (:mod:`benchmarks.reports`), further labelled files (``--more``),
our own samples (``tests/corpus``), and our own practice texts (``training/``, ``practice.jsonl``), which hold every kind of act and of
look-alike in many wordings. What each source teaches about the others is the honest estimate for text that nobody has seen. Labels below confidence 0.5 and soft actions are left out, as in the score.
Folds are by event, so no event is in both training and test. ``--write`` puts the weights of all labels into the topic's
``ranker.yaml``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from benchmarks import train_phrases
from benchmarks.reports import held_out, read_reports
from bot.analysis import Analyser
from bot.analysis.phrases import BIAS
from bot.config.topic import load_topic
from bot.model import SOFT_ACTIONS
from bot.topic import PhraseWeights

ROOT = Path(__file__).resolve().parent.parent
TOPIC = ROOT / "config/topics/facial-recognition"
PRIOR = Path(__file__).with_name("ranker_prior.yaml")
OWN = ROOT / "tests/corpus/samples.jsonl"
PRACTICE = Path(__file__).with_name("practice.jsonl")
TRAINING = Path(__file__).with_name("training")
FIRST = "en"
"""The language that is trained from the hand-set weights; others start from its weights and change them a little."""
OWN_SHARE, PRACTICE_SHARE, TRAINING_SHARE, MORE_SHARE = 0.4, 0.5, 0.25, 0.6
"""How much a sample of our own, a practice headline, an item of practice news, and one of a further file counts beside one of the news."""
PULL = 1.5
"""Strength of the pull towards the hand-set weights."""
CHANGES = 0.42
"""Share of changes among news that mention the technology; sources with another share are weighed to it."""
FINE_PULL = 6.0
"""How much stronger facts about single words are pulled: there are many, and each is seen a few times."""
STEPS = 300
FOLDS = 8
MIN_WEIGHT = 0.02

Weights = dict[str, float]


@dataclass(frozen=True)
class Example:
    """One labelled article as facts."""

    group: str
    """Event, or the article itself: never split between training and test."""
    facts: Weights
    change: bool
    title: str = ""
    share: float = 1.0
    """How much it counts; the project's own samples are many, and worded by one hand."""
    phrases: Weights = field(default_factory=dict)
    action: str = "none"
    soft: bool = False
    """A call, a review or `other`: no example of a change or of none, only of its action."""


def read_examples(paths: Iterable[Path], analyser: Analyser, language: str, share: float = 1.0) -> list[Example]:
    """Labelled articles of files, in a language, that have a confident, core label."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return to_examples(map(json.loads, lines), analyser, language, share)


def to_examples(rows: Iterable[Mapping[str, Any]], analyser: Analyser, language: str, share: float) -> list[Example]:
    """The same from rows."""
    examples = []
    soft = {str(action) for action in SOFT_ACTIONS}
    for row in rows:
        label = row["label"]
        if label.get("confidence", 1.0) < 0.5 or row.get("lang", "en") != language:
            continue
        title, text = row.get("title", ""), row.get("text", "")
        facts, phrases = analyser.features(title, text, language), analyser.phrases(title, text, language)
        group = label.get("event_key") or row["id"]
        change, action = bool(label["is_policy_change"]), label["action"]
        if not change and action in soft:
            continue  # no change, but some would call it one
        examples.append(Example(group, facts, change, title, share, dict(phrases), action, change and action in soft))
    return examples


def practised(analyser: Analyser, language: str) -> dict[str, list[Example]]:
    """Our own practice texts, by source."""
    return {
        "practice news": read_examples(sorted(TRAINING.glob("*.jsonl")), analyser, language, TRAINING_SHARE),
        "practice": read_examples([PRACTICE], analyser, language, PRACTICE_SHARE),
    }


@lru_cache(maxsize=1)
def practice() -> tuple[Example, ...]:
    """Our own practice texts in English, read once."""
    return tuple(one for part in practised(load_analyser(), FIRST).values() for one in part)


@lru_cache(maxsize=1)
def others() -> tuple[Example, ...]:
    """Our own samples and the retold reports that may be trained on, in English, read once."""
    analyser = load_analyser()
    reports = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "domain/reports.jsonl"
    return (*retold(reports, analyser, FIRST), *read_examples([OWN], analyser, FIRST, OWN_SHARE))


def retold(file: Path, analyser: Analyser, language: str) -> list[Example]:
    """The half of the retold reports that is trained on; none where the file is not there."""
    rows = [row for row in (read_reports(file) if file.exists() else []) if not held_out(row)]
    return to_examples(rows, analyser, language, MORE_SHARE)


def importance(examples: list[Example]) -> list[float]:
    """Weight of each example: an event of 28 articles counts as about five, and both classes have the share of the news."""
    counts = Counter(example.group for example in examples)
    raw = [1 / math.sqrt(counts[example.group]) for example in examples]
    base = CHANGES
    scale = {}
    for share in {example.share for example in examples}:
        for change in (False, True):
            total = sum(
                one
                for one, example in zip(raw, examples, strict=True)
                if (example.share, example.change) == (share, change)
            )
            count = sum(example.share == share for example in examples)
            scale[share, change] = share * count * (base if change else 1 - base) / total if total else 1.0
    return [one * scale[example.share, example.change] for one, example in zip(raw, examples, strict=True)]


def train(examples: list[Example], prior: Weights, pull: float = PULL) -> Weights:
    """Weights that explain the examples, pulled towards the prior: batch gradient steps with a bound on the curvature."""
    examples = [example for example in examples if not example.soft]
    names = sorted({name for example in examples for name in example.facts} | set(prior))
    place = {name: index for index, name in enumerate(names)}
    start = [prior.get(name, 0.0) for name in names]
    weights = list(start)
    rows = [[(place[name], value) for name, value in example.facts.items()] for example in examples]
    shares = importance(examples)
    bound = [pull * max(1.0, strength_of(name)) for name in names]
    for row, share in zip(rows, shares, strict=True):
        size = sum(abs(value) for _, value in row)
        for index, value in row:
            bound[index] += 0.25 * 0.35 * share * abs(value) * size
    pulls = [pull * strength_of(name) for name in names]
    for _ in range(STEPS):
        slope = [strength * (now - then) for strength, now, then in zip(pulls, weights, start, strict=True)]
        for row, share, example in zip(rows, shares, examples, strict=True):
            error = (sigmoid(sum(weights[index] * value for index, value in row)) - example.change) * share
            for index, value in row:
                slope[index] += error * value
        weights = [now - change / limit for now, change, limit in zip(weights, slope, bound, strict=True)]
    return dict(zip(names, weights, strict=True))


def strength_of(name: str) -> float:
    """How strongly a fact is pulled to its hand-set weight, beside the usual."""
    return 0.05 if name == "bias" else FINE_PULL if "near:" in name else 1.0


def train_both(examples: list[Example], prior: Weights) -> tuple[Weights, PhraseWeights]:
    """Weights of the facts, and of the phrases."""
    return train(examples, prior), train_phrases.train(examples, importance(examples))


def fit(examples: Sequence[Example], *, recorded: bool) -> tuple[Weights, PhraseWeights]:
    """Weights for a fold of ``benchmarks/corpus.py``: from its examples, our practice texts, and beside recorded news our samples and the retold reports."""
    beside = (*practice(), *(others() if recorded else ()))
    return train_both([*examples, *beside], read_prior())


def read_prior() -> Weights:
    """The weights that a person set."""
    prior: Weights = yaml.safe_load(PRIOR.read_text(encoding="utf-8"))["weights"]
    return prior


def read_weights(language: str) -> Weights:
    """The weights in force of a language."""
    weights: Weights = yaml.safe_load((TOPIC / language / "ranker.yaml").read_text(encoding="utf-8"))["weights"]
    return weights


def sigmoid(value: float) -> float:
    """Logistic function, safe for large arguments."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def probability(weights: Weights, facts: Weights) -> float:
    """Score of an article under weights of its facts alone."""
    return sigmoid(logit(weights, facts))


def logit(weights: Weights, values: Weights) -> float:
    """Sum of what is known, weighed."""
    return sum(weights.get(name, 0.0) * value for name, value in values.items())


def both(weights: Weights, phrases: PhraseWeights, example: Example) -> float:
    """Score of an article under weights of its facts and its phrases."""
    told = phrases.change.get(BIAS, 0.0) + logit(dict(phrases.change), example.phrases)
    return sigmoid(phrases.facts * logit(weights, example.facts) + told)


def cross_validate(examples: list[Example], prior: Weights) -> list[float]:
    """Score of every example from weights that never saw its event."""
    folds = [int(hashlib.sha256(example.group.encode()).hexdigest(), 16) % FOLDS for example in examples]
    scores = [0.0] * len(examples)
    for fold in range(FOLDS):
        seen = [example for example, mine in zip(examples, folds, strict=True) if mine != fold]
        weights, phrases = train_both(seen, prior)
        for index, (example, mine) in enumerate(zip(examples, folds, strict=True)):
            if mine == fold:
                scores[index] = both(weights, phrases, example)
    return scores


def report(name: str, examples: list[Example], scores: list[float], threshold: float) -> None:
    """Print precision, recall and F1 at a threshold."""
    pairs = [
        (score >= threshold, example.change)
        for score, example in zip(scores, examples, strict=True)
        if not example.soft
    ]
    right = sum(said and truth for said, truth in pairs)
    said = sum(one for one, _ in pairs)
    truth = sum(one for _, one in pairs)
    precision, recall = right / max(1, said), right / max(1, truth)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{name:28} n={len(pairs)} P={precision:.3f} R={recall:.3f} F1={f1:.3f} at {threshold:.2f}")


def unseen(sources: Mapping[str, list[Example]], prior: Weights) -> None:
    """Print figures and calibration of each source on events that its weights never saw."""
    scores = cross_validate([example for part in sources.values() for example in part], prior)
    first = 0
    for name, part in sources.items():
        mine = scores[first : first + len(part)]
        first += len(part)
        report(f"{name}, unseen events", part, mine, 0.5)
        calibration(part, mine)


def across(sources: Mapping[str, list[Example]], prior: Weights) -> None:
    """Print what weights from all other sources make of each source: wording and events are both unseen."""
    for name, part in sources.items():
        seen = [example for other, examples in sources.items() if other != name for example in examples]
        weights, phrases = train_both(seen, prior)
        report(f"{name}, from other sources", part, [both(weights, phrases, one) for one in part], 0.5)


def calibration(examples: list[Example], scores: list[float]) -> None:
    """Print how often articles of each band of scores are changes."""
    print("calibration (band: articles, share that are changes)")
    for low in range(0, 10, 2):
        band = [example.change for example, score in zip(examples, scores, strict=True) if low <= score * 10 < low + 2]
        if band:
            print(f"  {low / 10:.1f}-{low / 10 + 0.2:.1f}: {len(band):4} {sum(band) / len(band):.2f}")


def load_analyser() -> Analyser:
    """The shipped topic, compiled."""
    files = {str(path.relative_to(TOPIC)): path.read_text(encoding="utf-8") for path in sorted(TOPIC.rglob("*.yaml"))}
    topic, problems = load_topic(files)
    if topic is None:
        raise SystemExit("\n".join(str(problem) for problem in problems))
    return Analyser(topic)


def write(weights: Weights, language: str) -> None:
    """Write the ranker file of a language."""
    lines = [
        "# Weights of the score, in log-odds: fact -> weight. Written by benchmarks/train_ranker.py --write; the facts are those of",
        "# bot/analysis/features.py. A fact without a weight here says nothing.",
        "weights:",
    ]
    lines += [f'  "{name}": {value:.3f}' for name, value in sorted(weights.items()) if abs(value) >= MIN_WEIGHT]
    (TOPIC / language / "ranker.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--write", action="store_true", help="write the trained weights into the topic")
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "data/news"
    )
    parser.add_argument("--more", type=Path, action="append", default=[], help="further labelled articles")
    parser.add_argument("--language", default="en")
    parser.add_argument("--quick", action="store_true", help="only train, without the figures")
    options = parser.parse_args()
    prior = read_prior() if options.language == FIRST else read_weights(FIRST)
    analyser = load_analyser()
    news = read_examples(sorted(options.data.glob("headlines*.jsonl")), analyser, options.language)
    if not news and options.language == FIRST:
        raise SystemExit(f"no labelled articles in {options.data}")
    sources = {
        "news": news,
        "reports": retold(options.data.parent.parent / "domain/reports.jsonl", analyser, options.language),
        "further files": read_examples(options.more, analyser, options.language, MORE_SHARE),
        "own samples": read_examples([OWN], analyser, options.language, OWN_SHARE),
        **practised(analyser, options.language),
    }
    sources = {name: part for name, part in sources.items() if part}
    report("news, weights to start from", news, [probability(prior, example.facts) for example in news], 0.5)
    examples = [example for part in sources.values() for example in part]
    if not options.quick:
        across(sources, prior)
        unseen(sources, prior)
    if options.language != FIRST:  # too few texts to learn words from
        weights = train(examples, prior)
        report("trained on all (optimistic)", examples, [probability(weights, one.facts) for one in examples], 0.5)
    else:
        weights, phrases = train_both(examples, prior)
        report("trained on all (optimistic)", examples, [both(weights, phrases, one) for one in examples], 0.5)
        if options.write:
            (TOPIC / options.language / "phrases.yaml").write_text(train_phrases.to_yaml(phrases), encoding="utf-8")
    if options.write:
        write(weights, options.language)


if __name__ == "__main__":
    main()
