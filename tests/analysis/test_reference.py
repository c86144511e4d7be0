"""The reference example: one article with a lead, recalled changes, a promise, a call, comments and an open question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.analysis import summary
from bot.model import Action, Analysis, PolicyChange
from tests.analysis.conftest import Ask

TITLE = "Microsoft won\u2019t sell face recognition to police until Congress sets rules"
TEXT = """Microsoft said on Thursday that it will not sell its facial recognition technology to police departments in the \
United States until there is a national law grounded in human rights.

\u201cWe do not sell our facial recognition technology to US police departments today, and until there is a strong national \
law grounded in human rights, we will not sell this technology to police,\u201d Microsoft said in a statement.

The day before, Amazon had announced a one-year moratorium on police use of Rekognition. On Monday IBM told lawmakers that it \
no longer offers general purpose facial recognition software. All three companies called on Congress to regulate facial \
recognition. Microsoft also promised to review how it vets customers of the technology.

\u201cThey should have stopped selling facial recognition years ago,\u201d said an advocate at a civil liberties group. \
An analyst said the step would hardly change the market for facial recognition.

It was not clear whether the decision covers police outside the United States."""


@pytest.fixture(scope="module")
def analysis(ask: Ask) -> Analysis:
    """The reference article, analysed as of its day."""
    return ask(TITLE, TEXT, published=datetime(2020, 6, 11, 18, tzinfo=UTC))


def _of(analysis: Analysis, actor: str, action: Action) -> PolicyChange:
    return next(change for change in analysis.changes if change.actor == actor and change.action is action)


def test_lead(analysis: Analysis) -> None:
    """Microsoft halts sale to US police, on a condition, in its own words."""
    lead = analysis.lead
    assert lead is not None
    assert (lead.actor, lead.action, lead.primary) == ("Microsoft", Action.HALT, True)
    assert lead.targets[0] == "police"
    assert lead.jurisdictions == ("US",)
    assert lead.condition is not None
    assert lead.condition.startswith("until")
    assert lead.line == "Microsoft will not sell facial recognition to US police"
    assert lead.quote is not None
    assert lead.quote.startswith("We do not sell")
    assert lead.speaker == "Microsoft"
    assert analysis.relevant
    assert analysis.score > 0.9


def test_the_quotation_is_exact_and_the_evidence_too(analysis: Analysis) -> None:
    """What stands for the change are the actor's own words, and the evidence is a sentence of the article."""
    lead = analysis.lead
    assert lead is not None
    assert lead.quote is not None
    assert lead.quote in TEXT
    assert lead.quote.endswith("we will not sell this technology to police")
    assert lead.product is None


def test_nothing_else_is_said_to_be_a_change(analysis: Analysis) -> None:
    """Congress, the advocate and the companies together decide nothing; each change has an actor of its own."""
    assert {(change.actor, str(change.action), change.primary) for change in analysis.changes} <= {
        ("Microsoft", "halt", True),
        ("Microsoft", "commit", True),
        ("Microsoft", "call_for", True),
        ("Amazon", "pause", False),
        ("IBM", "halt", False),
    }
    lines = [change.line for change in analysis.changes]
    assert "IBM no longer offers general-purpose facial recognition" in lines
    assert "Amazon pauses police use of Rekognition" in lines


def test_recalled_changes_are_background(analysis: Analysis) -> None:
    """Amazon's pause and IBM's halt are recalled; the pause has its duration and approximate date."""
    pause = _of(analysis, "Amazon", Action.PAUSE)
    assert not pause.primary
    assert pause.duration == "one-year"
    assert pause.product == "Rekognition"
    assert not _of(analysis, "IBM", Action.HALT).primary


def test_promise_and_call_are_found(analysis: Analysis) -> None:
    """The company's promise to review customers and the call on Congress are changes too."""
    assert any(
        change.action in {Action.COMMIT, Action.REVIEW} and change.actor == "Microsoft" for change in analysis.changes
    )
    assert any(change.action is Action.CALL_FOR for change in analysis.changes)


def test_comments_are_no_changes(analysis: Analysis) -> None:
    """An advocate's and an analyst's words are nobody's decision."""
    quotes = " ".join(change.evidence.quote for change in analysis.changes)
    assert "advocate" not in quotes
    assert "analyst" not in quotes


def test_open_question_is_in_the_summary(analysis: Analysis) -> None:
    """What the article leaves open is told, in at most 400 characters altogether."""
    assert [question.quote for question in analysis.open_questions] == [
        "It was not clear whether the decision covers police outside the United States."
    ]
    text = summary(analysis)
    assert "outside the United States" in text
    assert text.startswith("Microsoft will not sell facial recognition to US police")
    assert len(text) <= 400


def test_every_span_is_exact(analysis: Analysis) -> None:
    """Evidence, reasons and questions quote the article character for character."""
    parts = {"title": TITLE, "text": TEXT}
    spans = [change.evidence for change in analysis.changes]
    spans += [reason.span for change in analysis.changes for reason in change.reasons if reason.span]
    spans += [reason.span for reason in analysis.reasons if reason.span]
    spans += list(analysis.open_questions)
    assert spans
    for span in spans:
        assert parts[span.part][span.start : span.end] == span.quote


def test_reasons_name_vocabulary_entries(analysis: Analysis) -> None:
    """Every verdict can be traced to entries of the topic files and to weights of the score."""
    lead = analysis.lead
    assert lead is not None
    entries = {reason.entry for reason in (*lead.reasons, *analysis.reasons)}
    assert "senses:supply" in entries
    assert "actors:microsoft" in entries
    assert any(entry and entry.startswith("terms:") for entry in entries)
    assert any(entry and entry.startswith("ranker:") for entry in entries)
