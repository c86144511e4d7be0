from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Action, Stage
from bot.stories.stages import says_signed, stage_of, step
from tests.stories.build import T0, change

STAGES = st.sampled_from(Stage)


def moves(before: str, after: str, *, days: float = 10, by_law: bool = True, **fields: object) -> str:
    """`news`, `silent` or `no` for a report `days` after the story reached ``before``."""
    report = change("Oakland City Council", fields.pop("action", "ban"), stage=after, **fields)  # type: ignore[arg-type]
    found = step(Stage(before), T0, report, T0 + timedelta(days=days), by_law=by_law)
    if found is None:
        return "no"
    assert found.stage is Stage(after)
    return "news" if found.news else "silent"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("considered", "passed"),
        ("proposed", "passed"),
        ("proposed", "enacted"),
        ("proposed", "withdrawn"),
        ("proposed", "postponed"),
        ("postponed", "passed"),
        ("passed", "in force"),
        ("enacted", "challenged"),
        ("in force", "challenged"),
        ("challenged", "struck down"),
        ("in force", "expired"),
        ("in force", "reversed"),
        ("announced", "reversed"),
        ("announced", "in force"),
        ("withdrawn", "passed"),
    ],
)
def test_a_step_forwards_or_back_is_news(before: str, after: str) -> None:
    assert moves(before, after) == "news"


@pytest.mark.parametrize("stage", list(Stage))
def test_the_same_stage_again_is_not(stage: Stage) -> None:
    assert moves(stage, stage, action="ban") == "no"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("passed", "proposed"),
        ("in force", "passed"),
        ("enacted", "announced"),
        ("reversed", "announced"),
        ("withdrawn", "proposed"),
    ],
)
def test_reports_that_retell_what_came_before_are_not(before: str, after: str) -> None:
    assert moves(before, after, days=1) == "no"


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [("announced", "passed", 1), ("passed", "enacted", 0.5), ("enacted", "in force", 2), ("considered", "proposed", 1)],
)
def test_desks_that_name_one_act_by_neighbouring_stages_put_it_right_silently(
    before: str, after: str, days: float
) -> None:
    assert moves(before, after, days=days) == "silent"


def test_signing_is_news_when_the_text_says_so() -> None:
    assert moves("passed", "enacted", says="The governor signed the bill into law on Tuesday.") == "news"
    assert moves("passed", "enacted", says="The council's ban is the first of its kind.") == "silent"


def test_an_older_report_moves_nothing() -> None:
    assert moves("passed", "in force", days=-3) == "no"


def test_actions_say_their_stage() -> None:
    assert stage_of(change(action="propose", stage="passed")) is Stage.PROPOSED
    assert stage_of(change(action="repeal")) is Stage.REVERSED
    assert stage_of(change(action="resume")) is Stage.REVERSED
    assert stage_of(change(action="enact")) is Stage.PASSED
    assert stage_of(change(action="halt")) is Stage.ANNOUNCED


@given(STAGES, STAGES, st.sampled_from(Action), st.integers(-30, 400), st.booleans())
def test_a_step_never_stays_and_never_goes_back_in_time(
    before: Stage, after: Stage, action: Action, days: int, by_law: bool
) -> None:
    found = step(before, T0, change(action=action, stage=after), T0 + timedelta(days=days), by_law=by_law)
    if found is not None:
        assert found.stage is not before
        assert days >= 0


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Cuomo signs two-year halt to face recognition in schools", True),
        ("The governor signed the bill on Tuesday", True),
        ("It takes effect once the mayor signs it", False),
        ("The bill must be signed by the governor", False),
        ("Lawmakers pass bill; the governor has not signed it", False),
        ("Forty groups signed a letter", False),
        ("The council voted for a ban", False),
    ],
)
def test_signing_told_and_signing_awaited(text: str, signed: bool) -> None:
    assert says_signed(text) is signed
    assert (stage_of(change("Albany", "pause", stage="passed", says=text)) is Stage.ENACTED) is signed


def test_a_pause_that_puts_a_plan_off_is_the_act_itself() -> None:
    told = change("Port of Seattle Commission", "pause", stage="postponed")
    assert step(Stage.PASSED, T0, told, T0 + timedelta(hours=6), by_law=True, act=Action.RESTRICT) is None
    vote = change("Port of Seattle Commission", "other", stage="postponed")
    assert step(Stage.PROPOSED, T0, vote, T0 + timedelta(days=6), by_law=True, act=Action.PROPOSE) is not None


def test_signing_that_is_still_to_come_is_no_signature() -> None:
    assert not says_signed("The rule is in force a month after the mayor signs it.")
    assert says_signed("The mayor signed it a month after the vote.")
