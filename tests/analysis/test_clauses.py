"""Every construction of the clause grammar: who is said to do what, and at which stage."""

from __future__ import annotations

import pytest

from bot.model import Action, Stage
from tests.analysis.conftest import Ask

DECISIONS = [
    # active voice, present tense of headlines, past tense
    ("Oakland bans facial recognition", "Oakland City Council", "ban"),
    ("Somerville outlawed face surveillance by city departments", "Somerville City Council", "ban"),
    ("Axon suspends face matching in body cameras", "Axon", "pause"),
    ("Seattle council curbs police use of facial recognition", "Seattle City Council", "restrict"),
    ("Detroit police chief pauses facial recognition searches", "Detroit Police Department", "pause"),
    # infinitive future, announced future
    ("Clearview AI to stop selling face recognition to private firms", "Clearview AI", "halt"),
    ("IRS to end use of face recognition for taxpayers", "IRS", "halt"),
    ("Facebook will shut down its face recognition system", "Meta", "halt"),
    # negation
    ("Microsoft will not sell facial recognition to police", "Microsoft", "halt"),
    ("Microsoft won\u2019t sell face recognition to police departments", "Microsoft", "halt"),
    ("IBM no longer offers general purpose facial recognition software", "IBM", "halt"),
    ("Google refuses to sell facial recognition", "Google", "halt"),
    ("Axon declines to sell facial recognition to police", "Axon", "halt"),
    # light verbs and predicates of state
    ("Amazon puts police use of facial recognition on hold", "Amazon", "pause"),
    ("Amazon places a one-year moratorium on police use of Rekognition", "Amazon", "pause"),
    ("Pittsburgh imposes limits on police facial recognition", "Pittsburgh City Council", "restrict"),
    ("Port of Seattle hits pause on facial recognition", "Port of Seattle Commission", "pause"),
    # passive voice, with and without agent
    ("Use of facial recognition by police ruled unlawful by appeals court", None, "rule"),
    ("Facial recognition banned in Portland, Oregon", "Portland City Council", "ban"),
    ("Clearview AI fined by CNIL over face recognition database", "CNIL", "fine"),
    ("Rite Aid banned from using facial recognition by FTC", "FTC", "ban"),
    ("Clearview AI ordered to delete face recognition data by the ICO", "ICO", "order"),
    # control: stopping plans, reversing decisions, backing away
    ("Homeland Security drops plan to require face scans of citizens", "US Department of Homeland Security", "halt"),
    ("IRS backs away from facial recognition", "IRS", "halt"),
    ("Virginia lawmakers repeal ban on police facial recognition", "Virginia General Assembly", "repeal"),
    ("New Orleans council lifts ban on facial recognition", "New Orleans City Council", "repeal"),
    ("San Francisco exempts iPhones from facial recognition ban", "San Francisco Board of Supervisors", "permit"),
    ("Amazon extends ban on police use of facial recognition until further notice", "Amazon", "pause"),
    # law making
    ("Boston council votes 13-0 to ban face surveillance", "Boston City Council", "ban"),
    ("Maine passes strictest facial recognition law in the country", "Maine Legislature", "enact"),
    ("Council approves ordinance banning facial recognition in Minneapolis", "Minneapolis City Council", "ban"),
    ("Detroit approves police use of facial recognition", "Detroit City Council", "permit"),
    ("Facial recognition ban takes effect in Portland", "Portland City Council", "ban"),
    # law enforcement and courts
    ("Vermont attorney general sues Clearview AI over facial recognition", "Vermont Attorney General", "sue"),
    ("ACLU sues Clearview over faceprints", "ACLU", "sue"),
    ("Facebook agrees to pay $650 million to settle facial recognition suit", "Meta", "settle"),
    ("FTC opens investigation into facial recognition at retailers", "FTC", "investigate"),
    ("Swedish data protection authority fines school over facial recognition", None, "fine"),
    # coordination: the subject is the one that acts
    ("Microsoft joins IBM, Amazon in barring police from facial recognition", "Microsoft", "ban"),
    ("Met Police to begin using live facial recognition", "Metropolitan Police", "adopt"),
]  # fmt: skip

PROPOSALS = [
    ("EU considers five-year ban on facial recognition", "European Commission", Stage.CONSIDERED),
    ("European Commission mulls temporary ban on facial recognition", "European Commission", Stage.CONSIDERED),
    ("Portland weighs ban on facial recognition", "Portland City Council", Stage.CONSIDERED),
    ("EU may ban facial recognition in public places", "European Commission", Stage.CONSIDERED),
    ("Springfield moves to ban face surveillance", "Springfield City Council", Stage.CONSIDERED),
    ("Senators introduce bill to ban police use of facial recognition", None, Stage.PROPOSED),
    ("Bill would ban facial recognition in public housing", None, Stage.PROPOSED),
    ("Lawmakers propose moratorium on facial recognition in Massachusetts", None, Stage.PROPOSED),
    ("Five-year ban on facial recognition being considered in the EU", "European Commission", Stage.CONSIDERED),
    ("New York lawmakers want to regulate facial recognition", None, Stage.CONSIDERED),
]


@pytest.mark.parametrize(("title", "actor", "action"), DECISIONS)
def test_decision(ask: Ask, title: str, actor: str | None, action: str) -> None:
    """The lead change of a headline has the right actor and action."""
    lead = ask(title).lead
    assert lead is not None
    assert lead.action == Action(action)
    if actor is not None:
        assert lead.actor == actor


@pytest.mark.parametrize(("title", "actor", "stage"), PROPOSALS)
def test_modality_makes_a_proposal(ask: Ask, title: str, actor: str | None, stage: Stage) -> None:
    """What an authority considers or proposes is `propose`, not the ban itself."""
    lead = ask(title).lead
    assert lead is not None
    assert (lead.action, lead.stage) == (Action.PROPOSE, stage)
    if actor is not None:
        assert lead.actor == actor


@pytest.mark.parametrize(
    "title",
    [
        "ACLU urges Congress to ban facial recognition",
        "Privacy groups demand moratorium on face surveillance",
        "Amazon shareholders call on company to stop selling Rekognition",
        "Ban facial recognition now",
        "Congress must ban facial recognition",
        "Activists want ban on facial recognition at airports",
    ],
)
def test_asking_is_not_deciding(ask: Ask, title: str) -> None:
    """Urging is at most a `call_for`."""
    assert all(
        change.action in {Action.CALL_FOR, Action.OTHER, Action.REVIEW}
        for change in ask(title).changes
        if change.primary
    )


@pytest.mark.parametrize(
    "title",
    [
        "Mayor says city will not ban facial recognition",
        "Council stops short of banning facial recognition",
        "Police deny using facial recognition",
        "Council did not vote on facial recognition",
        "Google considers selling facial recognition",
    ],
)
def test_what_is_denied_is_no_change(ask: Ask, title: str) -> None:
    """A negated ban, a denied use and a company's musing alert on nothing."""
    analysis = ask(title)
    assert not any(
        change.action in {Action.BAN, Action.HALT, Action.ADOPT, Action.PROPOSE} and change.score >= 0.5
        for change in analysis.changes
    )


def test_stage_passed(ask: Ask) -> None:
    """A vote is the stage, the ban the action."""
    lead = ask("Berkeley council votes to ban facial recognition").lead
    assert lead is not None
    assert lead.stage is Stage.PASSED


def test_expired(ask: Ask) -> None:
    """A moratorium that runs out reverses it."""
    lead = ask("Facial recognition moratorium expires in Springfield").lead
    assert lead is not None
    assert (lead.action, lead.stage) == (Action.REPEAL, Stage.EXPIRED)


def test_withdrawn_plan(ask: Ask) -> None:
    """Dropping a plan to use is a halt whose stage says what was dropped."""
    lead = ask("Airport abandons plan to install facial recognition gates").lead
    assert lead is not None
    assert (lead.action, lead.stage) == (Action.HALT, Stage.WITHDRAWN)


@pytest.mark.parametrize("mark", ["-", " ", "\u2010", "\u2011"])
def test_hyphens_do_not_matter(ask: Ask, mark: str) -> None:
    """`facial-recognition` in all its spellings."""
    assert ask(f"Oakland bans facial{mark}recognition software").relevant


def test_capitals_do_not_matter(ask: Ask) -> None:
    """A headline that shouts is read as well."""
    lead = ask("OAKLAND BANS FACIAL RECOGNITION").lead
    assert lead is not None
    assert lead.action is Action.BAN
