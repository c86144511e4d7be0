"""The reference article as six desks would write it: the same facts are found in each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.analysis import summary
from bot.model import Action, Analysis
from tests.analysis import references
from tests.analysis.conftest import Ask

THURSDAY = datetime(2020, 6, 11, 18, tzinfo=UTC)


@pytest.fixture(scope="module", params=list(references.ALL))
def told(request: pytest.FixtureRequest, ask: Ask) -> tuple[Analysis, str, str]:
    """An article analysed as of its day, with its headline and text."""
    title, text = references.ALL[request.param]
    return ask(title, text, published=THURSDAY), title, text


def test_lead(told: tuple[Analysis, str, str]) -> None:
    """Microsoft halts its offer to US police, until there is a law, in its own words where it is quoted."""
    analysis, _, text = told
    lead = analysis.lead
    assert lead is not None
    assert (lead.actor, lead.action, lead.primary, lead.stage) == ("Microsoft", Action.HALT, True, "announced")
    assert (lead.targets, lead.jurisdictions) == (("police",), ("US",))
    assert lead.condition is not None
    assert lead.condition.startswith("until ")
    assert " said" not in lead.condition
    assert lead.duration is None
    assert lead.line == "Microsoft will not sell facial recognition to US police"
    assert lead.quote is not None
    assert lead.quote in text
    if "\u201d" in text or '"We' in text:
        assert lead.quote.startswith("We ")
        assert lead.speaker is not None


def test_recalled(told: tuple[Analysis, str, str]) -> None:
    """Amazon's pause and IBM's halt are background, with their own targets and durations and nobody else's."""
    analysis, _, _ = told
    recalled = {change.actor: change for change in analysis.changes if not change.primary}
    assert {name: change.action for name, change in recalled.items()} == {"Amazon": Action.PAUSE, "IBM": Action.HALT}
    assert recalled["Amazon"].targets == ("police",)
    assert recalled["Amazon"].product == "Rekognition"
    assert recalled["IBM"].duration is None
    assert recalled["IBM"].line.startswith("IBM ")


def test_lesser_changes(told: tuple[Analysis, str, str]) -> None:
    """The promise to review customers and the call on Congress are found, each with its own sentence and no borrowed condition."""
    analysis, _, text = told
    lesser = [change for change in analysis.changes if change.primary][1:]
    assert {change.actor for change in lesser} == {"Microsoft"}
    assert any(change.action in {Action.COMMIT, Action.REVIEW} for change in lesser)
    assert any(change.action is Action.CALL_FOR for change in lesser)
    for change in lesser:
        assert change.condition is None
        assert change.quote is not None
        assert change.quote in text


def test_comments_are_no_changes(told: tuple[Analysis, str, str]) -> None:
    """Advocates, analysts and professors decide nothing."""
    analysis, _, _ = told
    assert {change.actor for change in analysis.changes} == {"Microsoft", "Amazon", "IBM"}


def test_open_question(told: tuple[Analysis, str, str]) -> None:
    """What the article leaves open stands in the summary, which keeps to 400 characters."""
    analysis, _, _ = told
    assert len(analysis.open_questions) == 1
    assert analysis.open_questions[0].quote in summary(analysis)
    assert len(summary(analysis)) <= 400
