"""How far a change has come, by what its words say and by who decides."""

from __future__ import annotations

import pytest

from tests.analysis.conftest import Ask

STAGES = [
    # a legislature's way
    ("Boston council considers ban on facial recognition", "", "considered"),
    ("Boston council considers ban on facial recognition", "The council held a hearing on a proposed ordinance that would ban it.", "proposed"),
    ("Senators introduce bill to ban facial recognition", "", "proposed"),
    ("Oakland City Council votes to ban facial recognition", "", "passed"),
    ("Oakland City Council votes to ban facial recognition", "The mayor will sign the ordinance next week.", "passed"),
    ("Oakland bans facial recognition", "The ordinance was signed by the mayor on Monday.", "enacted"),
    ("Governor signs bill banning facial recognition in schools", "", "enacted"),
    ("Newsom signs bill that bans facial recognition in body cameras", "", "enacted"),
    ("Portland's ban on facial recognition takes effect", "", "in force"),
    ("San Diego's moratorium on facial recognition expires", "", "expired"),
    ("California drops bill to ban facial recognition", "", "withdrawn"),
    ("Virginia lifts ban on police use of facial recognition", "", "passed"),
    ("Danish government to let police use facial recognition", "", "announced"),
    ("Portland council delays start of facial recognition ban", "The council voted to delay the start of its ban to January.", "postponed"),
    ("Police delay start of live facial recognition after protest", "The Metropolitan Police will delay the start of live facial recognition.", "in force"),
    ("EDPB adopts guidelines on facial recognition", "The European Data Protection Board adopted them. They are open for public consultation until June.", "proposed"),
    ("EDPB adopts final guidelines on facial recognition after public consultation", "", "passed"),
    ("TSA finalizes rules on facial recognition", "The TSA published the final rules on Monday. Nobody was available for comment.", "passed"),
    # courts
    ("Civil rights group sues police over facial recognition", "", "challenged"),
    ("Court strikes down law on facial recognition", "", "struck down"),
    ("Court rules police use of facial recognition unlawful", "", "announced"),
    ("Tribunal throws out fine on Clearview over facial recognition", "The First-tier Tribunal ruled on Tuesday.", "reversed"),
    # regulators: announced, until an article says that it binds already
    ("ICO fines Clearview AI over facial recognition", "", "announced"),
    ("CNIL orders Clearview to stop facial recognition", "", "announced"),
    ("FTC settles with Everalbum over facial recognition", "Under a proposed settlement it deletes its models.", "proposed"),
    ("FTC settles with Everalbum over facial recognition", "Everalbum deletes its models.", "announced"),
    # companies and agencies
    ("IBM ends facial recognition", "", "announced"),
    ("LAPD bans facial recognition by outside vendors", "", "in force"),
    ("Homeland Security drops plan for mandatory face scans of citizens", "", "withdrawn"),
    ("TSA postpones facial recognition plan", "", "postponed"),
    ("Microsoft deletes facial recognition database", "", "in force"),
    ("Microsoft will delete facial recognition database", "", "announced"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "text", "stage"), STAGES, ids=[f"{title}: {stage}" for title, _, stage in STAGES])
def test_stage(ask: Ask, title: str, text: str, stage: str) -> None:
    """One of the twelve stages of the interface."""
    lead = ask(title, text).lead
    assert lead is not None
    assert lead.stage == stage


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Amazon lifts moratorium on police use of Rekognition",
            "Amazon has ended its moratorium on police use of Rekognition, its facial recognition software.",
        ),
        (
            "Amazon ends moratorium on police use of facial recognition",
            "The company lifted its one-year pause on Tuesday.",
        ),
        ("Tacoma City Council repeals ban on police facial recognition", "The council repealed its ban on Tuesday."),
    ],
)
def test_what_undoes_a_limit_is_not_taken_for_the_limit(ask: Ask, title: str, text: str) -> None:
    """The phrases of both are the same words."""
    lead = ask(title, text).lead
    assert lead is not None
    assert lead.action in {"repeal", "resume"}


@pytest.mark.parametrize(
    ("title", "text", "stage"),
    [
        (
            "Fresno council rejects facial recognition ban",
            "The Fresno City Council voted 4-3 to reject a proposed ban on police use of facial recognition.",
            "withdrawn",
        ),
        (
            "Denver mayor vetoes facial recognition ban",
            "Denver's mayor vetoed the ban on police use of facial recognition on Wednesday.",
            "withdrawn",
        ),
        (
            "Governor vetoes bill restricting facial recognition",
            "The governor of Maine vetoed a bill that would restrict police use of facial recognition.",
            "withdrawn",
        ),
        (
            "Fresno council postpones vote on facial recognition ban",
            "The Fresno City Council postponed a vote on a proposed ban on police use of facial recognition.",
            "postponed",
        ),
        ("Virginia Senate kills facial recognition ban", "", "withdrawn"),
        ("Fresno council delays facial recognition ban", "", "postponed"),
        (
            "Fresno council delays vote on facial recognition ban",
            "The Fresno City Council delayed a vote on the ban until March.",
            "postponed",
        ),
    ],
)
def test_what_was_voted_down_vetoed_or_put_off_was_not_passed(ask: Ask, title: str, text: str, stage: str) -> None:
    """Its most decisive word is the ban all the same."""
    lead = ask(title, text).lead
    assert lead is not None
    assert (lead.action, lead.stage) == ("other", stage)


@pytest.mark.parametrize(
    ("title", "action", "line"),
    [
        ("Baltimore councilwoman introduces facial recognition ban", "propose", "Baltimore City Council proposes a ban on facial recognition"),
        ("Portland council introduces ban on facial recognition by police", "propose", "Portland City Council proposes a ban on police use of facial recognition"),
        ("New Zealand introduces ban on facial recognition in schools", "ban", "New Zealand bans facial recognition in schools"),
        ("Virginia Senate kills facial recognition ban", "other", "Virginia General Assembly rejects a ban on facial recognition"),
        ("Fresno council delays facial recognition ban", "other", "Fresno City Council postpones a ban on facial recognition"),
        ("City of Detroit kills facial recognition program", "halt", None),
    ],
)  # fmt: skip
def test_a_limit_that_lawmakers_bring_in_put_off_or_kill_is_none_yet(
    ask: Ask, title: str, action: str, line: str | None
) -> None:
    lead = ask(title, "").lead
    assert lead is not None
    assert lead.action == action
    assert line is None or lead.line == line
