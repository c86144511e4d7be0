"""Odd inputs for the analysis, drawn by Hypothesis: random byte strings, and articles that somebody cut up.

The test suite draws some hundred of them; ``python -m benchmarks.analysis`` ten thousand of each kind.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "samples.jsonl"
TOPICAL = "facial recognition Gesichtserkennung "
"""Put before every other byte string, so that it is read and not dismissed at first sight."""
MARKS = "\u201c\u201d\"'.,;:!?()\u2014-\u00ad\u200b\u0000\ufffd\n\n \u00df\u0130\u1e9e$\u20ac%&;&#x1f600;<b>\\"
Words = tuple[str, str, str]
"""Title, text, language."""


@cache
def articles() -> list[Words]:
    """Our own labelled samples, shortest first."""
    rows = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines() if line]
    return sorted(((row["title"], row["text"], row["lang"]) for row in rows), key=lambda row: len(row[0]) + len(row[1]))


@st.composite
def byte_strings(draw: st.DrawFn) -> Words:
    """Bytes as a badly decoded page gives them."""
    title = draw(st.binary(max_size=120)).decode("latin-1")
    text = draw(st.binary(max_size=3_000)).decode(draw(st.sampled_from(["latin-1", "utf-8"])), "replace")
    return title, (TOPICAL if draw(st.booleans()) else "") + text, draw(st.sampled_from(["en", "de", "xx", ""]))


@st.composite
def mutated_articles(draw: st.DrawFn) -> Words:
    """An article of which pieces were deleted, repeated, moved, shouted or peppered with marks."""
    title, text, language = draw(st.sampled_from(articles()))
    for _ in range(draw(st.integers(1, 6))):
        title = _mutated(draw, title)
        text = _mutated(draw, text)
    return title, text[:20_000], language


def _mutated(draw: st.DrawFn, text: str) -> str:
    low, high = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
    piece = text[low:high]
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return text[:low] + text[high:]
    if kind == 1:
        return text[:high] + piece * draw(st.integers(1, 20)) + text[high:]
    if kind == 2:
        return piece + text[:low] + text[high:]
    if kind == 3:
        return text[:low] + piece.upper() + text[high:]
    if kind == 4:
        return text[:low] + piece[::-1] + text[high:]
    return text[:low] + draw(st.text(MARKS, max_size=12)) + text[low:]
