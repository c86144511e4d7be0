"""Direct quotations and their speakers, and what an article says is open."""

from __future__ import annotations

from dataclasses import dataclass

from bot.analysis.lexicon import Found
from bot.analysis.reading import Reading
from bot.analysis.text import Sentence
from bot.model import Span

MIN_WORDS = 6
"""A shorter quotation is a scare quote or a title."""
MAX_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Quotation:
    """Quoted words with who said them, as the article names the speaker."""

    text: str
    speaker: str | None
    sentence: Sentence
    topical: bool
    office: frozenset[str] = frozenset()
    """Kinds of bodies named in its sentence: `said …, the council president`."""


def quotations(reading: Reading) -> list[Quotation]:
    """Direct quotations of the text, in order."""
    found = reading.text
    spans = _pairs(found)
    quotes: list[Quotation] = []
    for first, last in spans[:30]:
        words = sum(item.word for item in found.tokens.items[first + 1 : last])
        if words < MIN_WORDS:
            continue
        sentence = next((one for one in found.tokens.sentences if one.first <= first < one.last), None)
        if sentence is None:
            continue
        items = found.tokens.items
        text = found.tokens.quote(items[first + 1].start, items[last - 1].end)
        topical = any(first < term.first < last for term in found.terms if term.kind != "other")
        office = frozenset(
            str(one.ref) for one in found.names if one.kind == "body" and last < one.first < sentence.last
        )
        quotes.append(Quotation(text, _speaker(found, first, last), sentence, topical, office))
    return quotes


def _pairs(found: Found) -> list[tuple[int, int]]:
    """Token places of opening and closing double quotation marks."""
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


def _speaker(found: Found, first: int, last: int) -> str | None:
    """The name beside a verb of saying, right after the quotation or right before it."""
    for low, high in ((last + 1, min(last + 14, len(found.tokens.items))), (max(0, first - 14), first)):
        said = next((index for index in range(low, high) if found.is_class(index, "quote_verbs")), None)
        if said is None:
            continue
        names = [
            one for one in found.names if low <= one.first < high and one.kind in {"actor", "placebody", "placepolice"}
        ]
        if names:
            nearest = min(names, key=lambda one: abs(one.first - said))
            items = found.tokens.items
            return found.tokens.quote(items[nearest.first].start, items[nearest.last - 1].end)
        run = _capitals(found, said, low, high)
        if run is not None:
            return run
    return None


def _capitals(found: Found, said: int, low: int, high: int) -> str | None:
    """Two or more capitalised words beside the verb: a person's name."""
    items = found.tokens.items
    for start, step in ((said + 1, 1), (said - 1, -1)):
        index = start
        while low <= index < high and items[index].word and items[index].capital:
            index += step
        first, last = (start, index) if step == 1 else (index + 1, start + 1)
        if last - first >= 2:
            return found.tokens.quote(items[first].start, items[last - 1].end)
    return None


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
