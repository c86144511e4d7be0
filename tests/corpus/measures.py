"""What the pinned floors measure, on our own samples and our own stream.

``python -m tests.corpus.measures`` prints the figures of now, to raise the floors with.
"""

import json
import sys
from functools import cache
from math import ceil, floor

from benchmarks.corpus import OWN, Corpus, decide, judge_only, own_corpora, score, shipped
from bot import scoring
from bot.replay import article_of

CEILINGS = {"alerts for each event", "merged away", "traps"}
"""Figures that are better when lower."""


@cache
def judgement():
    return shipped()


@cache
def names():
    return scoring.Names.of(judgement().config.topic)


def part_of(corpus, chosen):
    kept = {line.id for line in corpus.lines if chosen(line)}
    return Corpus(
        corpus.name,
        [line for line in corpus.lines if line.id in kept],
        [label for label in corpus.labels if label.id in kept],
        [],
    )


def detection(corpus):
    """Relevance, and fields as shares of all changes: one that is not found has no field right."""
    report = score(corpus, judge_only(corpus, judgement().analyser), names())
    changes = report.relevance.found + report.relevance.missed
    figures = {"precision": report.relevance.precision, "recall": report.relevance.recall}
    return figures | {
        f"found with right {name}": report.field(name).right / changes
        for name in ("actor", "action", "targets", "jurisdictions", "stage")
    }


def background():
    """Share of the recalled changes named in the labels that the analysis marks as background."""
    found = given = 0
    for raw in (OWN / "samples.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(raw)
        wanted = item["label"].get("background") or []
        if not wanted:
            continue
        line = next(one for one in own_corpora()[0].lines if one.id == item["id"])
        changes = judgement().analyser.analyse(article_of(line, line.published)).changes
        for one in wanted:
            given += 1
            found += any(
                not change.primary and change.action == one["action"] and names().like_actor(change.actor, one["actor"])
                for change in changes
            )
    return found / given


def stories():
    """Clusters, messages and near-copies on the stream, through the whole pipeline."""
    stream = own_corpora()[1]
    report = score(stream, decide(stream, judgement()), names())
    right, judged = report.stories.as_expected
    return {
        "relevance F1": report.relevance.f1,
        "B-cubed F1": report.stories.with_missed.f1,
        "alerts as expected": right / judged,
        "alerts for each event": report.stories.alerts_per_event,
        "merged away": len(report.stories.merged_away),
        "copies found": report.copies.found / report.copies.listed,
        "traps": len(report.copies.trapped),
    }


def everything():
    """Part of the corpus -> figure -> value. A language without a vocabulary is left out."""
    samples = own_corpora()[0]
    spoken = judgement().config.topic.vocabularies
    german = {"German": detection(part_of(samples, lambda line: line.lang == "de"))} if "de" in spoken else {}
    return german | {
        "English": detection(part_of(samples, lambda line: line.lang == "en")),
        "headline only": detection(part_of(samples, lambda line: not line.text)),
        "full articles": detection(part_of(samples, lambda line: len(line.text.split()) > 140))
        | {"background": background()},
        "stream": stories(),
    }


def table():
    """FLOORS of test_floors.py as they would be now."""
    rows = ["FLOORS = {"]
    for part, figures in everything().items():
        rows.append(f'    "{part}": {{')
        for name, value in figures.items():
            shown = value if isinstance(value, int) else _down(value) if name not in CEILINGS else _up(value)
            rows.append(f'        "{name}": {shown},')
        rows.append("    },")
    return "\n".join([*rows, "}"])


def _down(value):
    return floor((value or 0.0) * 1000) / 1000


def _up(value):
    return ceil((value or 0.0) * 1000) / 1000


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
