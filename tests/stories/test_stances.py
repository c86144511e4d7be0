from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.model import PolicyChange, Stage, Story
from bot.stories.stances import stances
from tests.stories.build import T0, change

NOW = T0 + timedelta(days=400)


def story(number: int, lead: PolicyChange, day: float = 0, **fields: Any) -> Story:
    at = T0 + timedelta(days=day)
    fields.setdefault("stage", lead.stage)
    return Story(id=number, change=lead, first_at=at, last_at=at, created_at=at, **fields)


def test_a_later_change_on_the_same_matter_replaces_the_stance_and_keeps_its_history() -> None:
    paused = change("Amazon", "pause", targets=("police",), line="Amazon pauses police use for a year")
    extended = change(
        "Amazon", "pause", targets=("police",), line="Amazon extends its pause", condition="until further notice"
    )
    (one,) = stances([story(1, paused), story(2, extended, day=341)], NOW)
    assert (one.line, one.condition, one.stories, one.current) == (
        "Amazon extends its pause",
        "until further notice",
        (2, 1),
        True,
    )
    assert one.since == T0 + timedelta(days=341)


def test_other_users_are_another_matter() -> None:
    found = stances(
        [
            story(1, change("Boston City Council", "ban", targets=("police",), jurisdictions=("US-MA/Boston",))),
            story(
                2, change("Boston City Council", "permit", targets=("schools",), jurisdictions=("US-MA/Boston",)), day=9
            ),
        ],
        NOW,
    )
    assert [(one.targets, one.position) for one in found] == [(("schools",), "for"), (("police",), "against")]


def test_a_stance_expires_and_an_undone_one_is_history() -> None:
    law = change("California Legislature", "ban", targets=("police",), jurisdictions=("US-CA",), expires="2021-01-01")
    (one,) = stances([story(1, law)], NOW)
    assert not one.current
    assert one.until is not None
    assert one.until.year == 2021
    assert stances([story(1, law)], T0)[0].current
    struck = stances([story(3, change("Maine Legislature", "enact"), stage=Stage.STRUCK_DOWN)], NOW)
    assert not struck[0].current


def test_a_resumption_is_the_stance_now() -> None:
    resumed = stances(
        [
            story(1, change("Amazon", "pause", targets=("police",))),
            story(2, change("Amazon", "resume", targets=("police",)), day=30, stage=Stage.REVERSED),
        ],
        NOW,
    )
    assert [(one.position, one.current) for one in resumed] == [("for", True)]


def test_acts_about_others_and_merged_stories_are_no_stance() -> None:
    assert stances([story(1, change("ICO", "fine")), story(2, change("IBM", "halt"), merged_into=7)], NOW) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Amazon", "Boston City Council", "IBM"]),
            st.sampled_from(["ban", "halt", "permit", "resume", "sue"]),
            st.sampled_from([(), ("police",), ("schools",), ("police", "schools")]),
            st.integers(0, 300),
        ),
        max_size=12,
    )
)
def test_every_story_that_takes_a_stand_is_in_exactly_one_stance_whatever_the_order(
    rows: list[tuple[str, str, tuple[str, ...], int]],
) -> None:
    told = [
        story(number, change(actor, action, targets=targets), day=day)
        for number, (actor, action, targets, day) in enumerate(rows, 1)
    ]
    found = stances(told, NOW)
    assert sorted(number for one in found for number in one.stories) == [
        one.id for one in told if one.change.action.value != "sue"
    ]
    assert stances(reversed(told), NOW) == found


def test_a_proposal_goes_on_after_its_consultation_closed() -> None:
    plan = change("ICO", "propose", stage="proposed", targets=("police",), jurisdictions=("GB",), expires="2020-07-01")
    (stance,) = stances([story(1, plan)], T0 + timedelta(days=90))
    assert (stance.current, stance.until) == (True, None)
