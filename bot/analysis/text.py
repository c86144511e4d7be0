"""Plain text as tokens and sentences, with offsets into the text as it was given.

Feeds have curly quotes, soft hyphens, no-break spaces, half-decoded entities and headlines in capitals. Tokens hold a
folded form to look up and the exact place they came from, so that every span can be quoted as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal, NamedTuple

Part = Literal["title", "text"]

MAX_CHARACTERS = 60_000
"""What lies beyond is not read: a policy change stands near the top, and time must be bounded."""

_TOKEN = re.compile(
    r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});"  # an entity that somebody forgot to decode
    r"|[^\W\d_](?:\.[^\W\d_]){1,5}\b\.?"  # U.S., D.C., I.R.S.
    r"|\d+(?:[.,:]\d+)*"  # 7,500 12.5 10:30
    r"|[^\W_]+(?:[\u00ad'\u2018\u2019\u02bc][^\W_]+)*"  # won't, Macy's, words with soft hyphens
    r"|[^\w\s]|_"
)
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00ad": None})
_QUOTES = {"\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"',
           "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u2039": "'", "\u203a": "'"}  # fmt: skip
_DASHES = frozenset("\u2012\u2013\u2014\u2015")
_HYPHENS = frozenset("\u2010\u2011")
_ENDS = frozenset(".!?\u2026")
_CLOSERS = frozenset("\"')]}\u201d\u2019")


class Token(NamedTuple):
    """A word or mark. ``source[start:end]`` is what it was made from."""

    norm: str
    """Folded: case, apostrophes, soft hyphens, dots of abbreviations."""
    raw: str
    """As `norm`, with its capitals."""
    start: int
    end: int
    word: bool
    gap: bool
    """Space stands before it."""

    @property
    def capital(self) -> bool:
        """Begins with a capital letter."""
        return self.raw[:1].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens ``first`` to ``last`` (exclusive) of a part."""

    part: Part
    index: int
    """0 for a title; sentences of the text count from 1."""
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A part of an article, cut up."""

    part: Part
    source: str
    items: tuple[Token, ...]
    sentences: tuple[Sentence, ...]
    shouting: bool
    """Mostly capitals: capitals say nothing then."""

    def quote(self, start: int, end: int) -> str:
        """The exact words between two offsets."""
        return self.source[start:end]


def read(part: Part, source: str, abbreviations: frozenset[str]) -> Tokens:
    """Cut a title or a text into tokens and sentences.

    Args:
        part: which part of the article it is.
        source: the text; what is beyond MAX_CHARACTERS is left out.
        abbreviations: folded words after which a full stop does not end a sentence.
    """
    items = tuple(_tokens(source[:MAX_CHARACTERS]))
    words = [item.raw for item in items if item.word and len(item.raw) > 1]
    shouting = len(words) > 2 and sum(word.isupper() for word in words) > 0.7 * len(words)
    bounds = _title_bounds(items) if part == "title" else _text_bounds(source, items, abbreviations)
    sentences = tuple(
        Sentence(part, number + (part == "text"), first, last, items[first].start, items[last - 1].end)
        for number, (first, last) in enumerate(bounds)
    )
    return Tokens(part, source, items, sentences, shouting)


def behind_hyphen(items: Sequence[Token], index: int) -> bool:
    """Whether a hyphen joins the token to the word before it."""
    return index > 0 and items[index - 1].norm == "-" and not items[index].gap


def _tokens(source: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(source):
        start, stop = match.span()
        text = match.group()
        gap = start > end or not found
        end = stop
        if text.isalpha() and text.isascii():  # nearly all words
            found.append(Token(text.lower(), text, start, stop, True, gap))
            continue
        if text[0] == "&" and len(text) > 1:
            text = unescape(text)
            if text.isspace() or not text:
                continue
        found.extend(_split(text, start, stop, gap=gap))
    return found


def _split(text: str, start: int, stop: int, *, gap: bool) -> list[Token]:
    first = text[0]
    if not (first.isalnum()):
        mark = (
            '"'
            if _QUOTES.get(first) == '"'
            else "'"
            if first in _QUOTES
            else "-"
            if first in _DASHES or first in _HYPHENS
            else first
        )
        return [Token("--" if first in _DASHES else mark, mark, start, stop, False, gap)]
    raw = text if text.isascii() else text.translate(_APOSTROPHES)
    if "." in raw and first.isalpha():
        raw = raw.replace(".", "")
    lower = raw.lower()
    if len(lower) > 2 and lower.endswith("'s"):
        cut = stop - 2
        return [
            Token(lower[:-2], raw[:-2], start, cut, True, gap),
            Token("'s", "'s", cut, stop, True, False),
        ]
    return [Token(lower, raw, start, stop, True, gap)]


def _title_bounds(items: tuple[Token, ...]) -> list[tuple[int, int]]:
    return [(0, len(items))] if items else []


def _text_bounds(source: str, items: tuple[Token, ...], abbreviations: frozenset[str]) -> list[tuple[int, int]]:
    bounds: list[tuple[int, int]] = []
    first = 0
    for index, item in enumerate(items):
        following = items[index + 1] if index + 1 < len(items) else None
        if following is None:
            break
        between = source[item.end : following.start]
        if "\n\n" in between or (item.norm in _ENDS and _ends_here(items, index, abbreviations)):
            if index + 1 > first:
                bounds.append((first, index + 1))
            first = index + 1
        elif item.norm in _CLOSERS and index > first and items[index - 1].norm in _ENDS and _opens(following):
            bounds.append((first, index + 1))
            first = index + 1
    if first < len(items):
        bounds.append((first, len(items)))
    return bounds


def _ends_here(items: tuple[Token, ...], index: int, abbreviations: frozenset[str]) -> bool:
    """Whether the full stop, question or exclamation mark at ``index`` ends a sentence."""
    following = items[index + 1]
    if not following.gap:
        return False
    if items[index].norm != ".":
        return _opens(following) or items[index].norm == "\u2026"
    before = items[index - 1] if index else None
    dots = before is not None and before.norm == "."
    if before is not None and not before.gap and index > 1 and before.word and not before.raw[:1].isalnum():
        return False
    if before is not None and before.word and not dots:
        if before.norm in abbreviations:
            return False
        if len(before.norm) == 1 and before.capital:
            return False  # an initial
    return dots or _opens(following)


def _opens(item: Token) -> bool:
    return item.capital or item.norm in {'"', "'", "(", "[", "--", "-", "\u2022"} or item.raw[:1].isdigit()
