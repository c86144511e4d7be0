"""What the words of headline and lead say by themselves, whatever the grammar made of them.

A phrase is a run of up to three words, in two spellings: as written, with the technology's names folded into one mark; and by
kind, with known names and deciding words replaced by what they are (`<city>`, `{ban}`). How much each phrase speaks for a change,
and for which action, is data (``phrases.yaml``), learned by ``benchmarks/train_ranker.py`` from labelled articles.
Decision 0009 says why this stands beside the facts of :mod:`bot.analysis.features`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.analysis.lexicon import Found, Mention
from bot.topic import PhraseWeights

WRITTEN, KINDS = 2, 3
"""Longest phrase as written, and by kind, in words."""
TITLE_WORDS, TEXT_WORDS = 60, 140
"""Words of each part that are read; what a text reports stands in its lead."""
BIAS = "bias"
_MARKS = {"core": "<tech>", "product": "<product>", "other": "<rival>"}
_KINDS = {"placebody": "<city>", "placepolice": "<police>", "place": "<place>", "adjective": "<from>"}


@dataclass(frozen=True, slots=True)
class Phrased:
    """What the phrases of one article say."""

    weight: float
    """Log-odds that it reports a change."""
    actions: Mapping[str, float]
    """Natural logarithm of the probability of each action, given that it does."""
    strongest: tuple[tuple[str, float], ...]
    """The phrases that weigh most, with their log-odds."""


def phrases_of(title: Found, text: Found) -> dict[str, float]:
    """The phrases of an article with how much each counts: fewer words say more each. `title police {ban} <tech>` -> 0.21."""
    values: dict[str, float] = {}
    for found, limit in ((title, TITLE_WORDS), (text, TEXT_WORDS)):
        written, kinds = _spellings(found, limit)
        # Each once, and always in the same order: sums of the same numbers in another order differ in their last digit.
        mine = dict.fromkeys(itertools.chain(_runs(written, WRITTEN), _runs(kinds, KINDS)))
        part = found.tokens.part
        values.update(dict.fromkeys([f"{part} {phrase}" for phrase in mine], 1 / math.sqrt(len(mine))))
    return values


class PhraseReader:
    """Weighs the phrases of articles with one language's weights, which it turns round: an article has few of the phrases."""

    def __init__(self, weights: PhraseWeights) -> None:
        self.facts = weights.facts
        self._bias = weights.change.get(BIAS, 0.0)
        self._action_biases = {action: mine.get(BIAS, 0.0) for action, mine in weights.actions.items()}
        self._change = weights.change
        by_phrase: dict[str, list[tuple[str, float]]] = {}
        for action, mine in weights.actions.items():
            for phrase, weight in mine.items():
                by_phrase.setdefault(phrase, []).append((action, weight))
        self._actions = {phrase: tuple(each) for phrase, each in by_phrase.items()}

    def read(self, title: Found, text: Found) -> Phrased:
        """Weigh the phrases of an article."""
        values = phrases_of(title, text)
        change, actions = self._change, self._actions
        told = sorted(
            ((phrase, change[phrase] * value) for phrase, value in values.items() if phrase in change),
            key=lambda one: (-abs(one[1]), one[0]),
        )
        summed = dict.fromkeys(self._action_biases, 0.0)
        for phrase, value in values.items():
            for action, weight in actions.get(phrase, ()):
                summed[action] += weight * value
        raw = {action: bias + summed[action] for action, bias in self._action_biases.items()}
        total = math.log(sum(math.exp(value) for value in raw.values())) if raw else 0.0
        return Phrased(
            self._bias + sum(value for _, value in told),
            {action: value - total for action, value in raw.items()},
            tuple(told[:3]),
        )


def _spellings(found: Found, limit: int) -> tuple[list[str], list[str]]:
    """The words of a part as written and by kind, between two marks for its ends."""
    marks = {one.first: (one.last, _MARKS[one.kind]) for one in found.terms if one.kind in _MARKS}
    inside = {index for first, (last, _) in marks.items() for index in range(first, last)}
    kinds = dict(marks)
    for name in found.names:
        if inside.isdisjoint(range(name.first, name.last)):
            kinds[name.first] = (name.last, _kind(name))
    taken = {index for first, (last, _) in kinds.items() for index in range(first, last)}
    for readings in found.senses:
        sense = readings[0]
        if taken.isdisjoint(range(sense.first, sense.last)):
            kinds[sense.first] = (sense.last, "{" + str(sense.ref.id) + "}")
    words = [item.norm if not item.norm[:1].isdigit() else "<number>" for item in found.tokens.items[:limit]]
    return list(_replaced(words, marks)), list(_replaced(words, kinds))


def _kind(name: Mention) -> str:
    if name.kind == "actor":
        return f"<{name.ref.type}>"
    return _KINDS.get(name.kind) or f"<a {name.ref}>"


def _replaced(words: Sequence[str], marks: Mapping[int, tuple[int, str]]) -> Iterator[str]:
    yield "^"
    index = 0
    while index < len(words):
        last, mark = marks.get(index, (index + 1, words[index]))
        yield mark
        index = max(last, index + 1)
    yield "$"


def _runs(words: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        yield from map(" ".join, zip(*(words[first:] for first in range(length)), strict=False))
