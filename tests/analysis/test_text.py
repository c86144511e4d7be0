"""Tokens and sentences keep exact offsets whatever the text is made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.analysis.text import read
from bot.model import Analysis
from tests.analysis.conftest import article

ABBREVIATIONS = frozenset({"mr", "sen", "inc"})


def _sentences(text: str) -> list[str]:
    return [text[one.start : one.end] for one in read("text", text, ABBREVIATIONS).sentences]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two.", 2),
        ("Sen. Smith spoke. Mr. Jones left.", 2),
        ("The U.S. Senate voted. It passed.", 2),
        ("It cost 12.5 million. Really?", 2),
        ("First paragraph\n\nsecond paragraph", 2),
        ("He said \u201cstop it.\u201d Then he left.", 2),
        ("Stitched ... Excerpt from elsewhere", 2),
        ("J. Smith came.", 1),
        ("", 0),
        ("...", 1),
    ],
)
def test_sentences(text: str, count: int) -> None:
    """Full stops of abbreviations, initials and numbers do not end sentences; blank lines do."""
    assert len(_sentences(text)) == count


def test_folding() -> None:
    """Curly apostrophes, soft hyphens, entities and dotted abbreviations are folded, offsets are not."""
    text = "won\u2019t recog\u00adnition I.R.S. Macy\u2019s &amp; U.S."
    tokens = read("text", text, ABBREVIATIONS).items
    assert [token.norm for token in tokens] == ["won't", "recognition", "irs", "macy", "'s", "&", "us"]
    assert all(text[token.start : token.end] for token in tokens)
    assert text[tokens[1].start : tokens[1].end] == "recog\u00adnition"


@given(st.text(max_size=300))
def test_offsets_are_in_order(text: str) -> None:
    """Tokens never overlap and stay within the text; sentences partition them."""
    tokens = read("text", text, ABBREVIATIONS)
    end = 0
    for token in tokens.items:
        assert end <= token.start < token.end <= len(text)
        end = token.end
    assert sum(one.last - one.first for one in tokens.sentences) == len(tokens.items)


def _check(analysis: Analysis, title: str, text: str) -> None:
    parts = {"title": title, "text": text}
    for span in [change.evidence for change in analysis.changes] + list(analysis.open_questions):
        assert parts[span.part][span.start : span.end] == span.quote
    assert 0 <= analysis.score <= 1


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=400), st.binary(max_size=800))
def test_random_bytes_never_raise(analyser: Analyser, title: bytes, text: bytes) -> None:
    """Whatever a feed holds, the analysis answers."""
    heading, body = title.decode("utf-8", "replace"), "facial recognition " + text.decode("latin-1")
    _check(analyser.analyse(article(heading, body)), heading, body)


PIECES = [
    "facial recognition", "bans", "ban", "Portland", "the city council", "to", "not", "will", "would", "after", "by", "police", ",", ".", "and",
    "\u201c", "\u201d", "moratorium", "until", "which", "said", "it", "Microsoft", "sell", "stop", "plan", "bill", "being", "considered", "'s", "from",
    "using", "EU", "court", "ruled", "unlawful", "no longer", "was", "fined", "sues", "take effect", "\u2014", ";", "whether", "Congress", "law", "with",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.lists(st.sampled_from(PIECES), max_size=80))
def test_mutated_articles_never_raise(analyser: Analyser, title: list[str], text: list[str]) -> None:
    """Any order of the words that the grammar knows is answered, with exact spans."""
    heading, body = " ".join(title), " ".join(text)
    _check(analyser.analyse(article(heading, body)), heading, body)


@pytest.mark.parametrize(
    "text",
    [
        "facial recognition " * 5000,
        "ban " * 20000,
        "\u201c" * 5000,
        "until " * 5000 + "facial recognition",
        "a" * 100_000,
        "(" * 50_000,
        "EU, " * 9000,
    ],
)
def test_hostile_length_is_bounded(analyser: Analyser, text: str) -> None:
    """Long and repetitive texts are read in bounded time (the test's timeout is the suite's patience)."""
    analyser.analyse(article("Portland bans facial recognition", text))
