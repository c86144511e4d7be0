"""Matches of the vocabulary in a text, and which of them count where they overlap or share a name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from bot.analysis.text import Tokens, read
from bot.topic import Place

Layer = Literal["term", "name", "sense", "class", "target", "sign"]


@dataclass(frozen=True, slots=True)
class Key:
    """What one token sequence may mean."""

    layer: Layer
    kind: str
    """Term kind, `actor`/`place`/`adjective`/`body`, the sense's role, or the class's name."""
    ref: Any
    """The vocabulary entry: Term, Actor, Place, Sense, or a string."""
    form: str = ""
    """Form codes of a sense (:mod:`bot.analysis.inflect`)."""
    raw: str | None = None
    """Must stand with exactly these capitals."""
    capital: bool = False
    """Must begin with a capital."""
    tail: str = ""
    """A split-off prefix that must stand later in the clause: `setzt … aus`."""
    needs: tuple[str, ...] = ()
    """One of these folded words must be in the article."""
    marks: tuple[str, str] = ("", "")
    """Punctuation that must stand right before and right after: `opinion:`, `; more`."""


class Mention(NamedTuple):
    """A key found at tokens ``first`` to ``last`` (exclusive)."""

    first: int
    last: int
    key: Key

    @property
    def kind(self) -> str:
        """See :class:`Key`."""
        return self.key.kind

    @property
    def ref(self) -> Any:
        """See :class:`Key`."""
        return self.key.ref


KEPT = frozenset({"&", "+", "'s"})


def fold(text: str) -> str:
    """Token sequence of a vocabulary entry, as the automaton knows it."""
    return " ".join(item.norm for item in read("title", text, frozenset()).items if item.word or item.norm in KEPT)


def raw_form(text: str) -> str:
    """As :func:`fold`, with capitals."""
    return " ".join(item.raw for item in read("title", text, frozenset()).items if item.word or item.norm in KEPT)


@lru_cache(maxsize=16_384)
def _padded(word: str) -> str:
    """A word of a place's context as it stands among an article's words; folded once and not for each article."""
    return f" {fold(word)} "


_PLACE_KINDS = frozenset({"place", "placebody", "placepolice", "adjective"})


def placed(mentions: list[Mention], present: str) -> list[Mention]:
    """Of places that share a name, the one whose context the article has, else the one of highest rank."""
    kept: list[Mention] = []
    best: dict[tuple[int, int], tuple[tuple[int, int], Mention]] = {}
    for mention in mentions:
        if mention.kind not in _PLACE_KINDS:
            kept.append(mention)
            continue
        place: Place = mention.ref
        hits = sum(_padded(word) in present for word in place.context)
        if place.rank < 0 and not hits:
            continue
        span = (mention.first, mention.last)
        merit = (min(hits, 3), place.rank)
        if span not in best or merit > best[span][0]:
            best[span] = (merit, mention)
    return [*kept, *(mention for _, mention in best.values())]


def covered(terms: list[Mention]) -> set[int]:
    """Tokens that name the technology: `scan` in `face scan` is no verb."""
    return {index for term in terms if term.kind in {"core", "product"} for index in range(term.first, term.last)}


def readings(mentions: list[Mention], covered: set[int]) -> list[tuple[Mention, ...]]:
    """Senses by place, each with its other readings; ``covered`` tokens name the technology and are no verbs."""
    spans: dict[tuple[int, int], list[Mention]] = {}
    for mention in mentions:
        spans.setdefault((mention.first, mention.last), []).append(mention)
    firsts = longest([readings[0] for readings in spans.values()])
    return [tuple(spans[one.first, one.last]) for one in firsts if covered.isdisjoint(range(one.first, one.last))]


def longest(mentions: list[Mention]) -> list[Mention]:
    """Without overlaps: the longer match wins, then the earlier one, then the order of the vocabulary."""
    taken: set[int] = set()
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda one: (one.first - one.last, one.first)):
        span = range(mention.first, mention.last)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda one: one.first)


def marks_of(word: str) -> tuple[str, str]:
    """Punctuation at the ends of an entry, which its folded form does not have."""
    return ("" if word[:1].isalnum() else word[:1]), ("" if word[-1:].isalnum() else word[-1:])


def marked(tokens: Tokens, first: int, last: int, marks: tuple[str, str]) -> bool:
    """Whether the punctuation of an entry stands around it."""
    before, after = marks
    items = tokens.items
    return (not before or (first > 0 and items[first - 1].norm == before)) and (
        not after or (last < len(items) and items[last].norm == after)
    )
