"""Whatever comes in: no exception, and nothing is said that no words of the article support."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.odd_inputs import Words, articles, byte_strings, mutated_articles
from bot.analysis import Analyser, summary
from bot.model import Analysis
from bot.topic import Topic
from tests.analysis.conftest import article

MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
MORE_WORDS = {"s"}
"""Left of a possessive."""


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


@pytest.fixture(scope="module")
def names(topic: Topic) -> list[tuple[set[str], set[str]]]:
    """Of each actor and place: the words of all its names, and those by which texts name it."""
    known = [{*_words(actor.name)} for actor in topic.actors]
    ways = [
        set().union(*(_words(name) for name in (actor.name, *actor.aliases, *actor.exact))) for actor in topic.actors
    ]
    for place in topic.places:
        mine = set().union(*(_words(name) for name in (*place.names, *place.bodies, *place.police, *place.adjectives)))
        known.append(mine)
        ways.append(mine | {word for name in place.exact for word in _words(name)})
    return list(zip(known, ways, strict=True))


def _traced(analysis: Analysis, title: str, text: str) -> None:
    """Every quoted piece stands in the article, character for character or as words of one span."""
    parts = {"title": title, "text": text}
    whole = _flat(f"{title}\n{text}")
    spans = [change.evidence for change in analysis.changes] + list(analysis.open_questions)
    spans += [reason.span for change in analysis.changes for reason in change.reasons if reason.span]
    spans += [reason.span for reason in analysis.reasons if reason.span]
    for span in spans:
        assert parts[span.part][span.start : span.end] == span.quote
    for change in analysis.changes:
        assert change.quote is None or change.quote in title or change.quote in text
        for value in (change.condition, change.duration):
            assert value is None or _flat(value) in whole
        assert change.speaker is None or _words(change.speaker) <= _words(whole)
        assert 0 <= change.score <= 1


def _summarised(analysis: Analysis) -> None:
    """The summary is made of change lines with their terms, and of open questions; at most 400 characters."""
    said = summary(analysis)
    assert len(said) <= 400
    lead = analysis.lead
    if lead is None:
        assert said == ""
        return
    pieces = [change.line for change in analysis.changes] + [one.quote for one in analysis.open_questions]
    pieces += [value for value in (lead.condition, lead.duration) if value]
    allowed = set().union(*(_words(piece) for piece in pieces))
    assert _words(said) <= allowed


def test_samples_trace_to_their_articles(
    analyser: Analyser, topic: Topic, names: list[tuple[set[str], set[str]]]
) -> None:
    """Every word of a change line is a word of a template, of the article, or of an actor or place that the article names."""
    for title, text, language in articles():
        analysis = analyser.analyse(article(title, text, language))
        _traced(analysis, title, text)
        _summarised(analysis)
        here = _words(f"{title} {text}")
        lines = next(iter(topic.vocabularies.values())).lines
        templates = set().union(*(_words(line) for line in lines.values())) | _words(topic.name) | MORE_WORDS
        for change in analysis.changes:
            left = _words(change.line) - templates - here
            for known, ways in names:
                if left & known and here & ways:
                    left -= known
            left = {word for word in left if not any(word[:4] == other[:4] for other in here | templates)}  # inflected
            assert left <= _words(change.actor), (title, change.line, left)


@MANY
@given(byte_strings())
def test_random_bytes_never_raise(analyser: Analyser, words: Words) -> None:
    """Whatever a broken page holds; ten thousand of them in benchmarks/analysis.py."""
    analysis = analyser.analyse(article(*words))
    _traced(analysis, words[0], words[1])
    _summarised(analysis)


@MANY
@given(mutated_articles())
def test_mutated_articles_never_raise(analyser: Analyser, words: Words) -> None:
    """Articles cut up in any way; ten thousand of them in benchmarks/analysis.py."""
    analysis = analyser.analyse(article(*words))
    _traced(analysis, words[0], words[1])
    _summarised(analysis)
