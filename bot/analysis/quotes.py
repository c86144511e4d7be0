"""Direct quotations and their speakers, which words stand for a change, and what an article says is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.analysis.bodies import Who
from bot.analysis.frames import LEGAL, Frame
from bot.analysis.lexicon import Found, Mention
from bot.analysis.reading import Reading
from bot.analysis.text import Sentence
from bot.model import Span
from bot.topic import Actor

MIN_WORDS = 6
"""A shorter quotation is a scare quote or a title."""
MAX_QUESTIONS = 3
_NEAR = 16
"""Tokens around a speaker's name in which it is said whom it speaks for."""
_COMPANIES = frozenset({"vendor", "platform", "deployer", "organisation", "landlord"})
_ACTS = frozenset(
    {"limit", "stop", "lift", "resume", "approve", "settle", "unlawful", "delete", "commit", "supply", "allow"}
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted words with who said them, as the article names the speaker."""

    text: str
    speaker: str | None
    sentence: Sentence
    about: int
    """How much of it is about the technology: 0 not at all, 3 when it names it with an act."""
    actions: frozenset[str] = frozenset()
    """Actions that its words stand for."""
    names: tuple[Mention, ...] = ()
    """Names in what introduces it and where its speaker is first named."""


def quoted_places(found: Found) -> list[tuple[int, int]]:
    """Token places of opening and closing double quotation marks."""
    if found.quoted is None:
        found.quoted = _quoted(found)
    return found.quoted


def _quoted(found: Found) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    opened: int | None = None
    for index, item in enumerate(found.tokens.items):
        if item.norm != '"':
            continue
        if opened is None or index - opened > 120:
            opened = index
        else:
            pairs.append((opened, index))
            opened = None
    return pairs


def quotations(reading: Reading) -> list[Quotation]:
    """Direct quotations of the text, in order."""
    found = reading.text
    items = found.tokens.items
    quotes: list[Quotation] = []
    for first, last in quoted_places(found)[:30]:
        sentence = next((one for one in found.tokens.sentences if one.first <= first < one.last), None)
        if sentence is None or sum(item.word for item in items[first + 1 : last]) < MIN_WORDS:
            continue
        window = _attribution(found, first, last)
        speaker = _speaker(found, *window) if window is not None else None
        names = [one for one in found.names if window is not None and window[0] <= one.first < window[1]]
        if speaker is not None:
            names += _introduced(found, speaker)
        elif window is None and quotes and quotes[-1].sentence.index >= sentence.index - 1:
            speaker, names = quotes[-1].speaker, list(quotes[-1].names)  # `…," she said. "…."`
        text = found.tokens.quote(items[first + 1].start, items[last - 1].end)
        quotes.append(
            Quotation(text, _full(found, speaker), sentence, *_content(found, first, last), names=tuple(names))
        )
    return quotes


def _content(found: Found, first: int, last: int) -> tuple[int, frozenset[str]]:
    kinds = {term.kind for term in found.terms if first < term.first < last}
    senses = [sense for readings in found.senses if first < readings[0].first < last for sense in readings]
    about = 2 if kinds & {"core", "product"} else 1 if "weak" in kinds else 0
    if about and any(sense.kind in _ACTS for sense in senses):
        about += 1
    return about, frozenset(str(sense.ref.action) for sense in senses if sense.kind in _ACTS)


def _attribution(found: Found, first: int, last: int) -> tuple[int, int] | None:
    """The words around a verb of saying: right after the quotation, or right before it in its sentence."""
    start = next(one.first for one in found.tokens.sentences if one.first <= first < one.last)
    end = next(one.last for one in found.tokens.sentences if one.first <= last < one.last)
    marks = [index for index in range(start, end) if found.tokens.items[index].norm == '"']
    following = min((index for index in marks if index > last), default=end)
    preceding = max((index + 1 for index in marks if index < first), default=start)
    for low, high in ((last + 1, min(last + 18, following)), (max(first - 14, preceding), first)):
        if any(found.is_class(index, "quote_verbs") for index in range(low, high)):
            return low, high
    return None


def _speaker(found: Found, low: int, high: int) -> str | None:
    """The name beside a verb of saying: a capitalised name, else an organisation."""
    said = next(index for index in range(low, high) if found.is_class(index, "quote_verbs"))
    items = found.tokens.items
    known = [
        one for one in found.names if low <= one.first < high and one.kind in {"actor", "placebody", "placepolice"}
    ]
    for start, step in ((said + 1, 1), (said - 1, -1), (low, 1)):
        run = _run(found, start, step, low, high)
        if run is not None and run[1] - run[0] >= 2:
            return found.tokens.quote(items[run[0]].start, items[run[1] - 1].end)
    if known:
        nearest = min(known, key=lambda one: abs(one.first - said))
        return found.tokens.quote(items[nearest.first].start, items[nearest.last - 1].end)
    for start, step in ((said - 1, -1), (said + 1, 1)):
        run = _run(found, start, step, low, high)
        if run is not None and not found.is_class(run[0], "pronoun", "determiner"):
            return found.tokens.quote(items[run[0]].start, items[run[1] - 1].end)
    return None


def _run(found: Found, start: int, step: int, low: int, high: int) -> tuple[int, int] | None:
    """Capitalised words from a place on."""
    items = found.tokens.items
    index = start
    while low <= index < high and items[index].word and items[index].capital:
        index += step
    if index == start:
        return None
    return (start, index) if step == 1 else (index + 1, start + 1)


def _full(found: Found, speaker: str | None) -> str | None:
    """A surname with the name that the article gave before: `Krishna` is Arvind Krishna."""
    if speaker is None or " " in speaker:
        return speaker
    items = found.tokens.items
    for index, item in enumerate(items):
        if item.raw == speaker and index and items[index - 1].capital and items[index - 1].word:
            before = items[index - 1]
            if not found.is_class(index - 1, "determiner", "preposition", "pronoun", "clause"):
                return found.tokens.quote(before.start, item.end)
    return speaker


def _introduced(found: Found, speaker: str) -> list[Mention]:
    """Names in the sentence in which a speaker is first named: `Arvind Krishna, chief executive of IBM`."""
    last = speaker.rsplit(maxsplit=1)[-1]
    items = found.tokens.items
    place = next((index for index, item in enumerate(items) if item.raw == last), None)
    if place is None:
        return []
    sentence = next(one for one in found.tokens.sentences if one.first <= place < one.last)
    near = range(max(sentence.first, place - _NEAR), min(sentence.last, place + _NEAR))
    quoted = quoted_places(found)
    return [
        one for one in found.names if one.first in near and not any(first < one.first < last for first, last in quoted)
    ]


def said(
    frame: Frame, who: Who | None, support: Sequence[Frame], reading: Reading, quotes: Sequence[Quotation],
    actors: Mapping[str, Actor],
) -> tuple[str, str | None]:  # fmt: skip
    """The words that stand for a change, with their speaker.

    The actor's own quotation about the act, where there is one; else the sentence of the text that tells it; else the headline.
    """
    own = [
        quote
        for quote in quotes
        if (quote.about or frame.action in quote.actions & LEGAL) and who is not None and _by(quote, who, actors)
    ]
    if own:
        best = max(own, key=lambda quote: quote.about)
        return best.text.rstrip(","), best.speaker
    if frame.sentence.part == "text":
        sentence = frame.sentence
    else:
        told = [one for one in support if one.sentence.part == "text" and not one.background and one.weight > _TOLD]
        tops = [one for one in reading.text.tokens.sentences[:3] if ("text", one.index) in reading.topic_sentences]
        first = min(
            (one.sentence for one in told), key=lambda one: one.index, default=tops[0] if tops else frame.sentence
        )
        opening = tops[0] if tops and any(one.sentence == tops[0] for one in reading.frames) else first
        sentence = opening if first.part == "text" and opening.index < first.index else first
    found = reading.found(sentence.part)
    return found.tokens.quote(sentence.start, sentence.end), None


_TOLD = 2.0
"""Weight of a frame whose sentence can stand for the change."""


def _by(quote: Quotation, who: Who, actors: Mapping[str, Actor]) -> bool:
    """Whether the speaker speaks for the actor: is it, belongs to it, or is introduced with it."""
    speaker = (quote.speaker or "").lower()
    if not speaker:
        return False
    if speaker in who.name.lower() or who.name.lower() in speaker:
        return True
    for one in quote.names:
        if one.kind == "actor":
            person = actors.get(one.ref.id)
            if one.ref.id == who.id or (person is not None and who.id is not None and person.parent == who.id):
                return True
        body = one.kind == "body" and (one.ref == who.type or (one.ref == "deployer" and who.type in _COMPANIES))
        if body or (one.kind in {"placebody", "placepolice"} and who.place == one.ref.code and who.public):
            return True
    return False


def open_questions(reading: Reading) -> tuple[Span, ...]:
    """Sentences that say that something is unclear, in an article that is on topic."""
    spans = []
    found = reading.text
    doubts = [index for index, names in found.classes.items() if "doubt" in names]
    if not doubts:
        return ()
    for sentence in found.tokens.sentences:
        if any(sentence.first <= index < sentence.last for index in doubts):
            quote = found.tokens.quote(sentence.start, sentence.end)
            spans.append(Span("text", sentence.start, sentence.end, quote))
    return tuple(spans[:MAX_QUESTIONS])
