"""What leads a story once it moved: the report of the move, with what it leaves unsaid from before."""

from __future__ import annotations

from bot.stories.revisions import advanced
from tests.stories.build import change

LAW = {"targets": ("police",), "jurisdictions": ("US-WA/Tacoma",)}
PASSED = change("Tacoma City Council", "pause", stage="passed", condition="with an audit", expires="2027-06-30", **LAW)


def test_a_step_that_says_nothing_of_the_terms_leaves_them_as_they_were() -> None:
    now = advanced(PASSED, change("Tacoma City Council", "pause", stage="in force", line="takes effect"))
    assert (now.condition, now.expires, now.line) == ("with an audit", "2027-06-30", "takes effect")


def test_the_terms_of_what_ended_are_gone() -> None:
    for action, stage in (("repeal", "reversed"), ("pause", "expired"), ("rule", "struck down")):
        now = advanced(PASSED, change("Tacoma City Council", action, stage=stage))
        assert (now.condition, now.expires) == (None, None)


def test_the_last_day_for_comments_on_a_proposal_is_no_end_of_the_law() -> None:
    proposed = change(
        "Tacoma City Council", "propose", stage="proposed", effective="2027-01", expires="2026-12-01", **LAW
    )
    now = advanced(proposed, change("Tacoma City Council", "ban", stage="passed"))
    assert (now.effective, now.expires) == ("2027-01", None)


def test_a_law_taken_to_court_stays_its_lawmakers_law() -> None:
    suit = change("Police union", "sue", stage="challenged", line="Police union goes to court", jurisdictions=("US",))
    now = advanced(PASSED, suit)
    assert (now.actor, now.action, now.jurisdictions) == (PASSED.actor, PASSED.action, PASSED.jurisdictions)
    assert (now.line, now.stage, now.expires) == ("Police union goes to court", suit.stage, "2027-06-30")


def test_what_is_voted_down_or_put_off_stays_the_act_that_it_was() -> None:
    plan = change("Tacoma City Council", "propose", stage="proposed", **LAW)
    now = advanced(plan, change("Tacoma City Council", "other", stage="withdrawn", line="rejects a ban"))
    assert (now.action, now.line, now.stage) == (plan.action, "rejects a ban", "withdrawn")
