"""Learn what phrases say about a change and its action: logistic regressions (scikit-learn) over the phrases of labelled articles.

The phrases are those of :mod:`bot.analysis.phrases`. A rare phrase may weigh more than a common one, one of the text less than
one of the headline. What is learned is a list of phrases with weights; the bot adds them up and needs no library for it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.analysis.phrases import BIAS
from bot.topic import PhraseWeights

FACTS, PHRASES = 0.4, 0.7
"""How the log-odds of the two models are added up; chosen on folds of unseen events."""
LIFT = 0.25
"""Added to the log-odds: on folds of unseen events, of the articles scored near 0.5 more than half were changes."""
SEEN = 3
"""A phrase of fewer articles is not learned."""
IN_TEXT = 0.8
"""Reach of a phrase of the text beside one of the headline."""
FREEDOM, ACTION_FREEDOM = 100.0, 50.0
"""Inverse strength of the pull to zero."""
MIN_CHANGE, MIN_ACTION = 0.2, 0.8
"""Weights nearer to zero are left out of the file; a phrase counts about an eighth of its weight in an article."""


class Labelled(Protocol):
    """What is learned from."""

    @property
    def phrases(self) -> Mapping[str, float]:
        """Phrases with their values."""

    @property
    def change(self) -> bool:
        """Whether it reports a change."""

    @property
    def soft(self) -> bool:
        """A call or review: says nothing about change or none, but is an example of its action."""

    @property
    def action(self) -> str:
        """The action of a change."""


def train(examples: Sequence[Labelled], shares: Sequence[float]) -> PhraseWeights:
    """Weights of the phrases.

    Args:
        examples: labelled articles.
        shares: how much each counts; the same order.
    """
    seen = Counter(phrase for one in examples for phrase in one.phrases)
    names = sorted(phrase for phrase, count in seen.items() if count >= SEEN)
    reach = {
        name: math.log(len(examples) / seen[name]) * (IN_TEXT if name.startswith("text ") else 1.0) for name in names
    }
    middle = sum(reach.values()) / max(1, len(reach))
    reach = {name: value / middle for name, value in reach.items()}
    weighed = np.array(shares)
    core = [index for index, one in enumerate(examples) if not one.soft]
    model = LogisticRegression(C=FREEDOM, solver="liblinear", max_iter=500)
    model.fit(_matrix(examples, core, reach), np.array([examples[index].change for index in core]), weighed[core])
    change = _listed(names, reach, model.coef_[0], model.intercept_[0], PHRASES, MIN_CHANGE)
    change[BIAS] = round(change[BIAS] + LIFT, 3)
    changes = [index for index, one in enumerate(examples) if one.change]
    model = LogisticRegression(C=ACTION_FREEDOM, max_iter=500)
    model.fit(
        _matrix(examples, changes, reach),
        np.array([examples[index].action for index in changes]),
        _evened(weighed[changes]),
    )
    actions = {
        str(action): _listed(names, reach, weights, bias, 1.0, MIN_ACTION)
        for action, weights, bias in zip(model.classes_, model.coef_, model.intercept_, strict=True)
    }
    return PhraseWeights(FACTS, change, actions)


def _evened(shares: Any) -> Any:
    """For actions every hand's wording is nearly as good as another's."""
    return np.sqrt(shares / shares.mean())


def _matrix(examples: Sequence[Labelled], rows: Sequence[int], reach: Mapping[str, float]) -> csr_matrix:
    place = {name: index for index, name in enumerate(reach)}
    values, columns, starts = [], [], [0]
    for row in rows:
        for phrase, value in examples[row].phrases.items():
            if phrase in place:
                columns.append(place[phrase])
                values.append(value * reach[phrase])
        starts.append(len(values))
    return csr_matrix((values, columns, starts), shape=(len(rows), len(place)))


def _listed(
    names: Sequence[str], reach: Mapping[str, float], weights: Sequence[float], bias: float, share: float, least: float
) -> dict[str, float]:
    found = {BIAS: round(float(bias) * share, 3)}
    for name, weight in zip(names, weights, strict=True):
        value = float(weight) * reach[name] * share
        if abs(value) >= least:
            found[name] = round(value, 2)
    return found


def to_yaml(weights: PhraseWeights) -> str:
    """Text of ``phrases.yaml``."""
    lines = [
        "# What the words of headline and lead say by themselves (docs/vocabulary.md). Written by benchmarks/train_ranker.py --write;",
        "# a line is a weight in log-odds and a phrase of bot/analysis/phrases.py: title or text, then words as written or <kinds> and {senses}.",
        f"facts: {weights.facts}",
        "change: |",
        *_lines(weights.change, "  "),
        "actions:",
    ]
    for action, mine in sorted(weights.actions.items()):
        lines += [f"  {action}: |", *_lines(mine, "    ")]
    return "\n".join(lines) + "\n"


def _lines(weights: Mapping[str, float], indent: str) -> list[str]:
    return [f"{indent}{value:+g} {phrase}" for phrase, value in sorted(weights.items())]
