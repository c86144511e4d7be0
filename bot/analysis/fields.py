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
from bot.model import OPEN_STAGES

MAX_SENTENCE = 1_000
"""Characters of a sentence that patterns run on."""


NEAR_BY = 3
"""Sentences after an act's own in which its dates may stand: "The law takes effect on 1 January"."""


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
    named: tuple[str, ...] = ()
    """The targets that the act's own sentences name: those of the change line."""
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
        self, frame: Frame, who: Who | None, reading: Reading, published: date, support: Sequence[Frame] = (),
        *, alone: bool = False,
    ) -> Fields:  # fmt: skip
        """Fields of a frame.

        Args:
            frame: the act.
            who: its actor.
            reading: the article.
            published: publication date, which `last year` and `next month` are counted from.
            support: further frames of the same change; their sentences fill what the first leaves empty.
            alone: take durations and conditions from the act's own clause only; the sentence tells of several acts.
        """
        found = reading.found(frame.sentence.part)
        sentences = [(found, frame)] + [(reading.found(one.sentence.part), one) for one in support[:3]]
        spans = [
            (_start(one, reading), _end(one, reading)) if alone else (one.sentence.start, one.sentence.end)
            for _, one in sentences
        ]
        duration = self._first("duration", sentences, spans)
        dates = self._dates(frame, reading, published, sentences, spans, duration, alone=alone)
        places, placed = self._places(sentences, who)
        named = self._targets(sentences, who, spans)
        return Fields(
            product=self._product(sentences, who),
            targets=named or _around(reading, frame, who),
            named=named,
            jurisdictions=places,
            condition=self._condition(sentences, spans),
            duration=duration,
            effective=dates["effective"],
            expires=dates["closes" if frame.stage in OPEN_STAGES or frame.action == "propose" else "expires"],
            placed=placed,
            quality=self._quality(sentences),
        )

    def _dates(
        self, frame: Frame, reading: Reading, published: date, sentences: list[tuple[Found, Frame]],
        spans: list[tuple[int, int]], duration: str | None, *, alone: bool,
    ) -> dict[str, str | None]:  # fmt: skip
        """When it takes effect, when it expires, until when comments are taken: said with the act, or in a sentence near by."""
        words = {name: self._first(name, sentences, spans) for name in ("effective", "expires", "closes")}
        if words["expires"] is None and duration and duration.lower().startswith(("until", "through", "bis")):
            words["expires"] = duration
        dates = {name: resolve(said, published, self.lexicon.months) if said else None for name, said in words.items()}
        for name in () if alone else ("effective", "expires", "closes"):
            dates[name] = dates[name] or self._ahead(f"{name}_near", frame, reading, published)
        return dates

    def _ahead(self, name: str, frame: Frame, reading: Reading, published: date) -> str | None:
        """A date that lies ahead in the sentences after an act's own (after a headline, the first ones of the text)."""
        tokens = reading.text.tokens
        first = frame.sentence.index if frame.sentence.part != "title" else 0
        for sentence in tokens.sentences[first : first + NEAR_BY]:
            text = tokens.quote(sentence.start, sentence.end)
            said = self.match(name, text) if any(map(str.isdigit, text)) else None
            found = resolve(said, published, self.lexicon.months) if said else None
            if found is not None and found >= published.isoformat()[: len(found)]:
                return found
        return None

    def match(self, name: str, text: str) -> str | None:
        """First match of a group of patterns in a sentence."""
        for pattern in self.patterns.get(name, ()):
            hit = pattern.search(text[:MAX_SENTENCE])
            if hit is not None:
                value = (hit.group(1) if pattern.groups else hit.group()) or hit.group()
                return " ".join(value.strip(" ,;:\u2013\u2014-").split()) or None
        return None

    def _first(self, name: str, sentences: list[tuple[Found, Frame]], spans: list[tuple[int, int]]) -> str | None:
        for (found, _), (start, end) in zip(sentences, spans, strict=True):
            value = self.match(name, found.tokens.quote(start, end))
            if value:
                return value
        return None

    def _condition(self, sentences: list[tuple[Found, Frame]], spans: list[tuple[int, int]]) -> str | None:
        """A condition without the words that only say who stated it: `…, the company said on Thursday`."""
        value = self._first("condition", sentences, spans)
        for pattern in self.patterns.get("attribution", ()):
            hit = pattern.search(value or "")
            if value and hit is not None and hit.start() > 0:
                value = value[: hit.start()].rstrip(" ,;")
        return value

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

    def _targets(
        self, sentences: list[tuple[Found, Frame]], who: Who | None, spans: list[tuple[int, int]]
    ) -> tuple[str, ...]:
        targets: dict[str, None] = {}
        for (found, frame), span in zip(sentences, spans, strict=True):
            targets |= dict.fromkeys(_targets_of(found, frame, span))
        if targets:
            return tuple(targets)[:3]
        first = sentences[0][1]
        own = {"police": "police", "school": "schools"}.get(who.type if who is not None else "")
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


_LAWFUL = frozenset({"fine", "order", "sue", "settle", "investigate", "rule", "delete"})


def _around(reading: Reading, frame: Frame, who: Who | None) -> tuple[str, ...]:
    """Targets that the top of the article names, where the act's own sentences name none.

    First those of its sentences about the technology; then, for acts of the law, whoever sells it to anyone.
    """
    targets: dict[str, None] = {}
    for found in (reading.title, reading.text):
        for sentence in found.tokens.sentences[:2]:
            first = reading.title_topic and sentence.index == 1  # the first sentence goes on about the headline's topic
            if (sentence.part, sentence.index) in reading.topic_sentences or sentence.part == "title" or first:
                inside = [one for one in found.targets if sentence.first <= one.first < sentence.last]
                targets |= dict.fromkeys(str(one.ref) for one in inside)
        if targets:
            return tuple(targets)[:2]
    known = _known_users(reading, who)
    if known:
        return known
    makers = any(
        one.kind == "actor" and one.ref.type == "vendor" for one in (*reading.title.names, *reading.text.names)
    )
    maker = makers or any(term.kind == "product" for term in (*reading.title.terms, *reading.text.terms))
    seller = who is not None and who.type == "vendor"
    return ("anyone",) if maker and (seller or frame.action in _LAWFUL) else ()


def _known_users(reading: Reading, who: Who | None) -> tuple[str, ...]:
    """What the actors named in headline and lead are known for: a chain of shops, a police force, a border agency.

    The actor itself counts last, for a council or company acts on the use of others.
    """
    own: tuple[str, ...] = ()
    for found in (reading.title, reading.text):
        last = found.tokens.sentences[min(2, len(found.tokens.sentences)) - 1].last if found.tokens.sentences else 0
        for one in found.names:
            users = _users_of(one) if one.first < last else ()
            if users and who is not None and one.kind == "actor" and one.ref.id == who.id:
                own = own or users
            elif users:
                return users[:2]
    return own[:2]


def _users_of(mention: Mention) -> tuple[str, ...]:
    if mention.kind == "actor":
        kinds: dict[str, tuple[str, ...]] = {"police": ("police",), "school": ("schools",)}
        return tuple(mention.ref.targets) or kinds.get(mention.ref.type, ())
    return ("police",) if mention.kind == "placepolice" else ()


_MAKERS = frozenset({"vendor", "platform"})


def _end(frame: Frame, reading: Reading) -> int:
    """Where the next act of the same sentence begins, or the sentence ends."""
    items = reading.found(frame.sentence.part).tokens.items
    later = [
        one.act.first
        for one in reading.frames
        if one.sentence == frame.sentence and one.act.first >= frame.act.last and one.subjects != frame.subjects
    ]
    return items[min(later)].start if later else frame.sentence.end


def _start(frame: Frame, reading: Reading) -> int:
    """Where the act before it in the same sentence ends, or the sentence begins."""
    items = reading.found(frame.sentence.part).tokens.items
    earlier = [
        one.act.last
        for one in reading.frames
        if one.sentence == frame.sentence and one.act.last <= frame.act.first and one.subjects != frame.subjects
    ]
    if not earlier:
        return frame.sentence.start
    own = [one.first for one in frame.subjects[:1] if one.first >= max(earlier)]
    return items[own[0]].start if own else items[max(earlier) - 1].end


def _targets_of(found: Found, frame: Frame, span: tuple[int, int]) -> list[str]:
    """Targets in a frame's sentence: those right of the act, nearest first, else any that are not its subject."""
    done_to = frame.act.passive or frame.act.barred or frame.action == "rule"
    subjects = {index for one in (() if done_to else frame.subjects) for index in range(one.first, one.last)}
    items = found.tokens.items
    inside = [
        one
        for one in found.targets
        if frame.sentence.first <= one.first < frame.sentence.last and span[0] <= items[one.first].start < span[1]
    ]
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
