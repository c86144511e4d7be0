"""The first look never turns away what the full reading would find on topic."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.analysis import Analyser
from bot.analysis.lexicon import Lexicon
from bot.analysis.reading import read_article

FILLER = [
    "the",
    "council",
    "Recognition",
    "facial",
    "surface",
    "a",
    "of",
    "\u2014",
    ".",
    "&",
    "police",
    "scan",
    "face",
    "'s",
    "ID",
    "me",
    "F.R.T.",
    "-",
]


def terms(lexicon: Lexicon) -> list[str]:
    found = lexicon.topic_words()
    assert len(found) > 50
    return found


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_term_is_seen_however_it_is_written(analyser: Analyser, language: str):
    chosen = analyser._languages[language]
    for term in terms(chosen.lexicon):
        joined = term.replace(" 's", "'s")
        for text in (
            joined,
            joined.upper(),
            joined.replace("'", "\u2019"),
            joined.replace(" ", "\u00ad-"),
            joined[:1] + "\u00ad" + joined[1:],
        ):
            assert (
                chosen.glance.sees("", f"It says {text}, they said.")
                or not read_article(chosen.lexicon, "", f"It says {text}, they said.").on_topic
            ), text
    assert chosen.glance.sees("F.R.T. in use", "") or language != "en"
    assert chosen.glance.sees("", "facial&nbsp;recognition")


def test_what_nothing_names_is_turned_away_unread(analyser: Analyser):
    chosen = analyser._languages["en"]
    assert not chosen.glance.sees("Council opens a library", "The recognition of its work. A familiar tune.")
    assert not chosen.glance.sees(
        "He did what they said", "Tell me: is the median a measure? A face, then recognition."
    )


def test_words_of_a_term_count_where_they_stand_together(analyser: Analyser):
    chosen = analyser._languages["en"]
    for text in ("ID.me", "an ID-me account", "It ended.Facial  recognition stays", "(F.R.T.)", "of F.R.T.systems"):
        assert chosen.glance.sees("", text), text


@given(data=st.data())
def test_it_is_never_stricter_than_the_reading(analyser: Analyser, data: st.DataObject):
    language = data.draw(st.sampled_from(["en", "de"]))
    chosen = analyser._languages[language]
    words = st.sampled_from(FILLER) | st.sampled_from(terms(chosen.lexicon)) | st.text(max_size=6)
    title, text = (" ".join(data.draw(st.lists(words, max_size=8))) for _ in range(2))
    if read_article(chosen.lexicon, title, text).on_topic:
        assert chosen.glance.sees(title, text)


def test_on_the_corpus_both_say_the_same(analyser: Analyser, repo_root: Path):
    chosen, turned_away = analyser._languages["en"], 0
    for line in (repo_root / "tests" / "corpus" / "samples.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        title, text = one.get("title") or "", one.get("text") or ""
        seen = chosen.glance.sees(title, text)
        turned_away += not seen
        assert seen or not read_article(chosen.lexicon, title, text).on_topic
    assert turned_away
