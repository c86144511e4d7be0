"""Near-copies: the same text on another site, cut short, re-headlined or lightly edited.

A text becomes a :class:`Fingerprint`: a MinHash signature over its word shingles (Broder 1997), cut into bands for an
indexed look-up, and the signature itself, by which candidates are verified. A truncated text shares few shingles with the
whole one in the sense of Jaccard, so its *opening* has a signature and bands of its own; a bare headline is looked up by
the headline.

One pass over the shingles: each is hashed once to four independent 64-bit numbers; each of the four sorted lists is a
ring on which fixed points take the next hash as their minimum (one-permutation hashing with the gaps filled from the
right, Shrivastava and Li 2014, four times over). 5 KB cost about a millisecond and nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import re
import struct
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.model import Fingerprint
from bot.stories.text import fold, plain_title, telling_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SHINGLE: Final = 2
"""Words in a shingle of the whole text."""
BANDS: Final = 20
ROWS: Final = 3
OPENING_WORDS: Final = 40
"""How much of a text counts as its opening: what every feed gives."""
OPENING_BANDS: Final = 8
OPENING_ROWS: Final = 2
SAME_TEXT: Final = 0.28
"""Estimated Jaccard likeness of whole texts from which two are copies: about 20 % of the words edited."""
SAME_OPENING: Final = 0.60
"""Likeness of openings from which one text is the other cut short."""
OTHER_HEADLINE: Final = 0.70
"""Likeness asked of texts whose headlines share no telling word: paragraphs that many reports carry make no copy."""
MIN_WORDS: Final = 12
"""Below it a text is no evidence: only headlines are compared."""
MIN_TITLE_WORDS: Final = 5
LONG_TITLE_WORDS: Final = 8
"""From this length two desks do not write one headline by chance."""
TEMPLATE: Final = 0.85
"""Likeness asked of texts whose headlines are one template with another name, or another step, in it ("Laws in China",
"Laws in France"; "Council proposes ban", "Council passes ban")."""
_STEPS: Final[Mapping[str, str]] = {
    word: step
    for step, forms in {
        "before": "considers considering weighs mulls proposes proposed proposing introduces introduced drafts unveils",
        "made": "passes passed approves approved adopts adopted enacts enacted signs signed votes voted",
        "over": "repeals repealed lifts lifted reverses reversed overturns overturned drops withdraws vetoes vetoed rejects rejected",
    }.items()
    for word in forms.split()
}
"""Verbs of headlines that tell how far a decision has come."""

_RINGS: Final = 4
_UNPACK = struct.Struct(f">{_RINGS}Q").unpack
_MAX_WORDS: Final = 4000
_DATELINE = re.compile(
    r"^(?:[A-Z][\w.' ]{2,40}(?:,\s[\w. ]{2,20})?,?\s*)?(?:\([A-Z][\w ./]{1,30}\)|\(?(?:Reuters|AP|AFP|PTI|ANI|IANS)\)?)\s*[-–—:]+\s*"
)
_BYLINE = re.compile(
    r"^(?:by|von|par|por|di)\s+[A-Z][\w.'-]+(?:\s+[A-Z][\w.'-]+){1,3}(?:,?\s+(?:Reuters|AP|AFP))?\s*(?:[|•·:\n-]|$)",
    re.IGNORECASE,
)
_FEED_TAIL = re.compile(
    r"(?:\s*(?:\[?(?:…|\.\.\.)\]?|\[[+]?\d+ chars\]|read more|continue reading.*|the post .{3,200} appeared first on .{3,80}|"
    r"print(?: this)? (?:article|page)))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Copy:
    """Two texts are copies, and how that was seen."""

    kind: str
    """`text`, `opening` (one is cut short) or `title` (a bare headline)."""
    likeness: float
    """0…1, estimated share of common shingles."""
    reason: str


def normalise(text: str) -> str:
    """The text without datelines, bylines and what feeds append; printed and mailed versions become the same."""
    text = text.strip()
    for _ in range(3):
        shorter = _DATELINE.sub("", _BYLINE.sub("", text, count=1).lstrip(), count=1)
        shorter = _FEED_TAIL.sub("", shorter).strip()
        if shorter == text:
            break
        text = shorter
    return text


def fingerprint(title: str, text: str) -> Fingerprint:
    """Return the fingerprint of an article. Total: any two strings have one."""
    body = words(normalise(text))[:_MAX_WORDS]
    headline = words(plain_title(title))
    if headline and body[: len(headline)] == headline:  # many feeds repeat the headline as the first line
        body = body[len(headline) :]
    key_title = " ".join(headline)
    whole = opening = b""
    bands: list[int] = []
    if len(body) >= MIN_WORDS:
        whole = _signature(_shingles(body), BANDS * ROWS)
        opening = _signature(_shingles(body[:OPENING_WORDS]), OPENING_BANDS * OPENING_ROWS)
        bands += _bands(b"w", whole, ROWS)
        bands += _bands(b"o", opening, OPENING_ROWS)
    if len(headline) >= MIN_TITLE_WORDS:
        bands.append(_key(b"t", fold(key_title).encode()))
    return Fingerprint(tuple(dict.fromkeys(bands)), whole, opening, len(body), key_title)


def compare(one: Fingerprint, other: Fingerprint) -> Copy | None:
    """Say whether two texts are copies. Symmetric."""
    same_title = bool(one.title) and one.title == other.title
    if one.signature and other.signature:
        likeness = _likeness(one.signature, other.signature)
        if likeness >= SAME_TEXT and likeness >= _floor(one.title, other.title):
            return Copy("text", likeness, f"the same text ({likeness:.0%} alike)")
        likeness = _likeness(one.opening, other.opening)
        if likeness >= SAME_OPENING and likeness >= _floor(one.title, other.title):
            return Copy("opening", likeness, f"the same opening ({likeness:.0%} alike), one is cut short or extended")
        if same_title and len(one.title.split()) >= LONG_TITLE_WORDS:
            return Copy("title", SAME_TEXT, "the same long headline over another part of the text")
    elif same_title and len(one.title.split()) >= MIN_TITLE_WORDS:
        return Copy("title", SAME_OPENING, "the same headline, and no text to tell them apart")
    return None


def best(of: Fingerprint, stored: Mapping[int, Fingerprint]) -> tuple[int, Copy] | None:
    """The stored fingerprint (by article id) that ``of`` copies most plainly; the lowest id, seen first, in ties."""
    found = [(-copy.likeness, key, copy) for key, other in stored.items() if (copy := compare(of, other)) is not None]
    if not found:
        return None
    _, key, copy = min(found, key=lambda item: item[:2])
    return key, copy


def _floor(one: str, other: str) -> float:
    """How alike two texts must be at least, as their headlines go: boilerplate alone is no copy."""
    if _template(one, other):
        return TEMPLATE
    mine, theirs = telling_words(one), telling_words(other)
    return OTHER_HEADLINE if mine and theirs and not mine & theirs else 0.0


def same_template(one: str, other: str) -> bool:
    """True when two headlines, as published, are one template with another name in it."""
    return _template(*(" ".join(words(plain_title(title))) for title in (one, other)))


def _template(one: str, other: str) -> bool:
    """True when two headlines agree in most words and each has a telling word, or tells a step, that the other lacks."""
    mine, theirs = set(one.split()), set(other.split())
    shared = mine & theirs
    if mine == theirs or len(shared) < max(2, 0.5 * max(len(mine), len(theirs))):
        return False
    steps, others = ({_STEPS[word] for word in title if word in _STEPS} for title in (mine, theirs))
    if steps and others and not steps & others:
        return True
    return bool(telling_words(one) - telling_words(other)) and bool(telling_words(other) - telling_words(one))


def _shingles(body: Sequence[str]) -> set[str]:
    if len(body) < SHINGLE:
        return {" ".join(body)}
    return set(map(" ".join, zip(*(body[offset:] for offset in range(SHINGLE)), strict=False)))


def _signature(shingles: Iterable[str], rows: int) -> bytes:
    digest = hashlib.blake2b
    hashes = [
        _UNPACK(digest(shingle.encode("utf-8", "replace"), digest_size=8 * _RINGS).digest()) for shingle in shingles
    ]
    rings = [sorted(ring) for ring in zip(*hashes, strict=True)]
    out = bytearray()
    for row in range(rows):
        ring = rings[row % _RINGS]
        at = bisect_left(ring, _POINTS[row])
        out += (ring[at if at < len(ring) else 0] & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(out)


def _bands(kind: bytes, signature: bytes, rows: int) -> list[int]:
    width = 4 * rows
    return [
        _key(kind + index.to_bytes(2, "big"), signature[start : start + width])
        for index, start in enumerate(range(0, len(signature), width))
    ]


def _key(label: bytes, content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8, person=label).digest(), "big", signed=True)


def _likeness(one: bytes, other: bytes) -> float:
    rows = min(len(one), len(other)) // 4
    if not rows:
        return 0.0
    same = sum(one[4 * row : 4 * row + 4] == other[4 * row : 4 * row + 4] for row in range(rows))
    return same / rows


def _points(count: int) -> tuple[int, ...]:
    """Fixed points on the rings; part of the stored format, so never change the seed."""
    return tuple(
        int.from_bytes(hashlib.blake2b(index.to_bytes(4, "big"), digest_size=8, person=b"policywatch").digest(), "big")
        for index in range(count)
    )


_POINTS: Final = _points(BANDS * ROWS)
