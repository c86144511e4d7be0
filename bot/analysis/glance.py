"""A first look at a text: can it name the technology at all? Nearly every article of a general outlet does not.

Reading a text takes milliseconds, looking for a handful of words takes microseconds. The look errs on one side only: what
it turns away has none of the topic's terms (a test holds that against the full reading); what it lets through is read.
"""

from __future__ import annotations

import re

import ahocorasick

from bot.analysis.lexicon import Lexicon

_FOLDED = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00ad": None})
_ENTITY = re.compile(r"&(?:#|[a-zA-Z]{2,8};)")


class Glance:
    """The terms of one language that put a text on topic, as words that must all stand in it."""

    def __init__(self, lexicon: Lexicon) -> None:
        terms: dict[str, list[tuple[str, ...]]] = {}
        for term in lexicon.topic_words():
            longest, *others = sorted(term.split(" "), key=len, reverse=True)  # the longest word is the rarest
            terms.setdefault(longest, []).append(tuple(others))
        self._longest = ahocorasick.Automaton()
        for longest, others_of in terms.items():
            self._longest.add_word(longest, (longest, tuple(others_of)))
        if terms:
            self._longest.make_automaton()

    def sees(self, title: str, text: str) -> bool:
        """False when neither part can name the technology."""
        words = f"{title}\n{text}".lower().replace(".", "")  # F.R.T.
        if not words.isascii():
            words = words.translate(_FOLDED)
        if "&" in words and _ENTITY.search(words):
            return True  # a letter may be written as an entity
        if not self._longest:
            return False
        asked: set[str] = set()
        for _, (longest, others_of) in self._longest.iter(words):
            if longest not in asked:
                asked.add(longest)
                if any(all(other in words for other in others) for others in others_of):
                    return True
        return False
