"""The fields of a change beside actor and action: to whom, where, on what condition, for how long, since when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.analysis.dates import resolve
from bot.analysis.frames import Frame
from bot.analysis.lexicon import Found, Lexicon, Mention
from bot.analysis.reading import Reading
from bot.analysis.who import Who

MAX_SENTENCE = 1_000
"""Characters of a sentence that patterns run on."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What the sentences around an act say of it; empty where none does."""

    product: str | None = None
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    condition: str | None = None
    duration: str | None = None
    effective: str | None = None
    expires: str | None = None
    placed: bool = False
    """A sentence names the first jurisdiction; else it follows from the actor."""
    quality: str = ""
    """live, general: what kind of it is meant, by the class of the word before its name."""


class FieldReader:
    """The field patterns of a language, compiled."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Compile the vocabulary's patterns."""
        self.lexicon = lexicon
        self.patterns = {
            name: tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
            for name, patterns in lexicon.vocabulary.patterns.items()
        }

    def read(
        self, frame: Frame, who: Who | None, reading: Reading, published: date, support: Sequence[Frame] = ()
    ) -> Fields:
        """Fields of a frame.

        Args:
            frame: the act.
            who: its actor.
            reading: the article.
            published: publication date, which `last year` and `next month` are counted from.
            support: further frames of the same change; their sentences fill what the first leaves empty.
        """
        found = reading.found(frame.sentence.part)
        sentences = [(found, frame)] + [(reading.found(one.sentence.part), one) for one in support[:3]]
        duration = self._first("duration", sentences)
        effective = self._first("effective", sentences)
        places, placed = self._places(sentences, who)
        return Fields(
            product=self._product(sentences, who),
            targets=self._targets(sentences, who),
            jurisdictions=places,
            condition=self._first("condition", sentences),
            duration=duration,
            effective=resolve(effective, published, self.lexicon.months) if effective else None,
            expires=resolve(duration, published, self.lexicon.months)
            if duration and duration.lower().startswith(("until", "through", "bis"))
            else None,
            placed=placed,
            quality=self._quality(sentences),
        )

    def match(self, name: str, text: str) -> str | None:
        """First match of a group of patterns in a sentence."""
        for pattern in self.patterns.get(name, ()):
            hit = pattern.search(text[:MAX_SENTENCE])
            if hit is not None:
                value = (hit.group(1) if pattern.groups else hit.group()) or hit.group()
                return " ".join(value.strip(" ,;:\u2013\u2014-").split()) or None
        return None

    def _first(self, name: str, sentences: list[tuple[Found, Frame]]) -> str | None:
        for found, frame in sentences:
            value = self.match(name, found.tokens.quote(frame.sentence.start, frame.sentence.end))
            if value:
                return value
        return None

    def _product(self, sentences: list[tuple[Found, Frame]], who: Who | None) -> str | None:
        """A product that the sentences name, unless it is another company's than the one that acts."""
        for found, frame in sentences:
            for term in found.terms:
                if term.kind == "product" and frame.sentence.first <= term.first < frame.sentence.last:
                    owner = term.ref.actor
                    if who is None or owner is None or owner == who.id or who.type not in _MAKERS:
                        return str(term.ref.words[0])
        return None

    def _quality(self, sentences: list[tuple[Found, Frame]]) -> str:
        for found, frame in sentences[:2]:
            for term in found.terms:
                if term.kind != "core" or not frame.sentence.first <= term.first < frame.sentence.last:
                    continue
                for index in range(max(frame.sentence.first, term.first - 3), term.last):
                    for name in ("live", "general"):
                        if found.is_class(index, name):
                            return name
        return ""

    def _targets(self, sentences: list[tuple[Found, Frame]], who: Who | None) -> tuple[str, ...]:
        targets: dict[str, None] = {}
        for found, frame in sentences:
            targets |= dict.fromkeys(_targets_of(found, frame))
        if targets:
            return tuple(targets)[:3]
        first = sentences[0][1]
        own = {"police": "police", "school": "schools", "agency": "government"}.get(who.type if who is not None else "")
        return (own,) if own is not None and first.action in {"adopt", "halt", "pause"} else ()

    def _places(self, sentences: list[tuple[Found, Frame]], who: Who | None) -> tuple[tuple[str, ...], bool]:
        """Where it holds, and whether a sentence says so."""
        if who is not None and who.place is not None and who.public:
            return (who.place,), False
        for found, frame in sentences:
            for one in found.names:
                if frame.act.first <= one.first < frame.sentence.last:
                    code = _territory(one)
                    if code is not None:
                        return (code,), True
        return ((who.place,), False) if who is not None and who.place is not None else ((), False)


_MAKERS = frozenset({"vendor", "platform"})


def _targets_of(found: Found, frame: Frame) -> list[str]:
    """Targets in a frame's sentence: those right of the act, nearest first, else any that are not its subject."""
    subjects = {index for one in frame.subjects for index in range(one.first, one.last)}
    inside = [one for one in found.targets if frame.sentence.first <= one.first < frame.sentence.last]
    named = [one for one in inside if one.first >= frame.act.first] or [
        one for one in inside if one.first not in subjects
    ]
    return [str(one.ref) for one in sorted(named, key=lambda one: (one.first >= frame.act.last + 4, one.first))]


def _territory(mention: Mention) -> str | None:
    """Code of the place that a name stands for."""
    if mention.kind in {"place", "adjective"}:
        return str(mention.ref.code)
    if mention.kind == "actor" and mention.ref.type in {"country", "bloc", "state"} and mention.ref.jurisdiction:
        return str(mention.ref.jurisdiction)
    return None
