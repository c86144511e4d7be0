"""A first look at a text: can it name the technology at all? Nearly every article of a general outlet does not.

Reading a text takes milliseconds, looking for a handful of words takes microseconds. The look errs on one side only: what
it turns away has none of the topic's terms (a test holds that against the full reading); what it lets through is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import ahocorasick

from bot.analysis.lexicon import Lexicon

_ENTITY = re.compile(r"&(?:#|[a-zA-Z]{2,8};)")
_OTHERS = re.compile(r"[\W\d_]+")
"""What is no letter: it stands between words, or makes no difference here."""
_ASCII_OTHERS = {number: " " for number in range(128) if not chr(number).isalpha()}
_TELLING = 4
"""Letters from which on a word is taken inside another too; shorter ones stand in many others."""
_OFTEN = 20
"""Terms that share a word from which on it is the first choice."""
_DOTTED = re.compile(r"\.[^\W\d_]")
_ABBREVIATION = re.compile(r"(?<![^\W\d_])[^\W\d_](?:\.[^\W\d_]){1,5}\b\.?")


class Glance:
    """The terms of one language that put a text on topic, as sequences of words, by their letters alone."""

    def __init__(self, lexicon: Lexicon) -> None:
        terms: dict[str, list[frozenset[str]]] = {}
        for term in lexicon.topic_words():
            marks = frozenset(char for char in term if char in "&+" or char.isdigit())  # `face + +`
            terms.setdefault(_letters(term).rstrip(), []).append(marks)
        self._terms = ahocorasick.Automaton()
        for letters, marks_of in terms.items():
            self._terms.add_word(letters, tuple(marks_of))
        self._traces = ahocorasick.Automaton()
        for word in _traces(terms):
            self._traces.add_word(word, word)
        if terms:
            self._terms.make_automaton()
            self._traces.make_automaton()

    def sees(self, title: str, text: str) -> bool:
        """False when neither part can name the technology."""
        words = f"{title}\n{text}".lower()
        if "&" in words and _ENTITY.search(words):
            return True  # a letter may be written as an entity
        if "\u00ad" in words:
            words = words.replace("\u00ad", "")
        if self._among(words):
            return True
        if _DOTTED.search(words) is None:
            return False
        return self._among(_ABBREVIATION.sub(lambda found: found[0].replace(".", "") + " ", words))  # F.R.T.

    def _among(self, words: str) -> bool:
        if not self._terms or not self._traced(words):
            return False  # nearly always
        for _, marks_of in self._terms.iter(_letters(words)):
            if any(all(mark in words for mark in marks) for marks in marks_of):
                return True
        return False

    def _traced(self, words: str) -> bool:
        for end, trace in self._traces.iter(words):
            if len(trace) >= _TELLING:
                return True
            start = end + 1 - len(trace)
            if not words[start - 1 : start].isalpha() and not words[end + 1 : end + 2].isalpha():  # `id`, not `said`
                return True
        return False


def _traces(terms: Iterable[str]) -> set[str]:
    """One word of each term, so that few words stand for all: a text without any of them has no term.

    Most terms share ``face``, ``facial`` or ``biometric``, which most texts lack; of others the longest word is the rarest.
    """
    words_of = [term.split() for term in terms]
    shared = Counter(word for words in words_of for word in set(words))

    def fitness(word: str) -> tuple[bool, int, int]:
        return len(word) >= _TELLING, shared[word] // _OFTEN, len(word)

    return {max(words, key=fitness) for words in words_of if words}


def _letters(words: str) -> str:
    """The words with a space before each, and nothing else."""
    spaced = words.translate(_ASCII_OTHERS) if words.isascii() else _OTHERS.sub(" ", words)
    return f" {' '.join(spaced.split())} "
