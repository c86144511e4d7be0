"""Whole articles: the line, the words and the speaker that people see, and that nothing else is said to be a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.analysis import summary
from tests.analysis import articles
from tests.analysis.conftest import Ask

WHEN = datetime(2021, 3, 15, 12, tzinfo=UTC)

CASES = {
    "company": (articles.AXON, "Axon will not use facial recognition", "announced"),
    "court": (
        articles.BRIDGES,
        "UK Court of Appeal finds use of live facial recognition by South Wales Police unlawful",
        "announced",
    ),
    "fine": (articles.WATCHDOG, "ICO fines Clearview AI over facial recognition", "announced"),
    "governor": (
        articles.GOVERNOR,
        "Washington Governor enacts rules on government use of facial recognition",
        "enacted",
    ),
    "agency": (articles.DRUGSTORE, "FTC bars Rite Aid from using facial recognition", "announced"),
    "bill": (articles.SENATORS, "US Senate bill proposes a halt to government", "proposed"),
    "general purpose": (articles.COMPUTERS, "IBM no longer offers general-purpose facial recognition", "announced"),
    "stores": (articles.STORES, "Bunnings pauses facial recognition in shops", "in force"),
    "council": (articles.REPEAL, "New Orleans City Council allows police use of facial recognition", "passed"),
}


@pytest.mark.parametrize("case", CASES)
def test_line_and_stage(ask: Ask, case: str) -> None:
    """The lead's line says who does what to whom; its stage follows from votes, signatures and kinds of actors."""
    (title, text), line, stage = CASES[case]
    analysis = ask(title, text, published=WHEN)
    assert analysis.relevant
    assert analysis.lead is not None
    assert analysis.lead.line.startswith(line)
    assert analysis.lead.stage == stage
    assert len(summary(analysis)) <= 400
    assert summary(analysis).startswith(analysis.lead.line)


@pytest.mark.parametrize(
    ("case", "others"),
    [
        ("company", {("San Francisco Board of Supervisors", "ban", False)}),
        ("court", set()),
        ("fine", {("ICO", "order", True), ("Clearview AI", "halt", False)}),
        ("governor", set()),
        ("agency", set()),
        ("bill", set()),
        ("general purpose", set()),
        ("stores", set()),
        ("council", {("New Orleans City Council", "ban", False)}),
    ],
)
def test_nothing_else_is_a_change(ask: Ask, case: str, others: set[tuple[str, str, bool]]) -> None:
    """Every further change has a real actor and a verb of its own: comments, rivals and grounds are none."""
    analysis = ask(*CASES[case][0], published=WHEN)
    found = {(one.actor, str(one.action), one.primary) for one in analysis.changes if one is not analysis.lead}
    assert found <= others


@pytest.mark.parametrize(
    ("case", "speaker", "words"),
    [
        ("company", "Paul Winter", "We do not believe that face matching"),
        ("agency", "Anna Poole", "These facial recognition systems"),
        ("general purpose", "Arvind Krishna", "We will not condone"),
        ("court", None, "The use of automated facial recognition by South Wales Police breached"),
        ("bill", None, "WASHINGTON - Two Democratic senators introduced a bill"),
        ("stores", None, "The Australian retailers Kmart and Bunnings have stopped"),
    ],
)
def test_the_words_are_the_actors_own_or_the_operative_sentence(
    ask: Ask, case: str, speaker: str | None, words: str
) -> None:
    """The actor's quotation about the act with its speaker; the claimant's, or small talk, does not stand for it."""
    title, text = CASES[case][0]
    lead = ask(title, text, published=WHEN).lead
    assert lead is not None
    assert lead.quote is not None
    assert lead.speaker == speaker
    assert lead.quote.startswith(words)
    assert lead.quote in text
    assert lead.evidence.quote in (title if lead.evidence.part == "title" else text)


@pytest.mark.parametrize("article", [articles.ROBBERY, articles.OPINION])
def test_deployments_in_a_case_and_opinions_are_not_relevant(ask: Ask, article: tuple[str, str]) -> None:
    """Police that used it, and a column on a ban: recalled changes make no news."""
    assert not ask(*article, published=WHEN).relevant


def test_a_product_belongs_to_its_maker(ask: Ask) -> None:
    """Another company's product in the article is not what Microsoft will not sell."""
    lead = ask(
        "Microsoft will not sell facial recognition to police",
        "Microsoft will not sell facial recognition to police, its president said on Thursday. A day before, Amazon paused police "
        "use of Rekognition.",
    ).lead
    assert lead is not None
    assert lead.product is None
    assert lead.line == "Microsoft will not sell facial recognition to police"


def test_a_considered_ban_is_called_a_ban(ask: Ask) -> None:
    """What a council considers is in the line, and whose use is meant in words that people use."""
    lead = ask(
        "Boston City Council considers ban on facial recognition by police and city agencies",
        "The Boston City Council held a hearing on Tuesday on a ban on facial recognition by police and city agencies.",
    ).lead
    assert lead is not None
    assert lead.line == "Boston City Council considers a ban on police and city use of facial recognition"
    assert lead.stage == "considered"


def test_a_duration_is_beside_the_line(ask: Ask) -> None:
    """How long is a field of its own, and in the summary; it is not told twice."""
    analysis = ask("Amazon pauses police use of Rekognition for one year")
    lead = analysis.lead
    assert lead is not None
    assert lead.line == "Amazon pauses police use of Rekognition"
    assert lead.duration == "one year"
    assert summary(analysis).count("one year") == 1
