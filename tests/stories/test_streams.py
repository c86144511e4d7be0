"""Streams of articles through the whole pipeline, as `policywatch replay` takes them: what becomes one story, and what is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import replay
from bot.config.load import load
from bot.replay import Line
from bot.wiring import Judgement

Item = tuple[float, str, str]
START = datetime(2026, 1, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def judgement(repo_root: Path) -> Judgement:
    return Judgement(load(repo_root / "config", env={"SLACK_CHANNEL": "C0123456789"}))


def run(judgement: Judgement, *items: Item, urls: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Each item by an outlet of its own: its day, its headline, its text."""
    lines = [
        Line(
            id=f"a{number}",
            url=urls[number] if urls else f"https://outlet{number}.example/news/{number}",
            title=title,
            text=text,
            published=START + timedelta(days=day),
            source=f"outlet{number}",
        )
        for number, (day, title, text) in enumerate(items)
    ]
    return replay.replay(lines, judgement)


def alerts(decisions: list[dict[str, Any]]) -> list[str]:
    return [decision["alert"] for decision in decisions]


def stories(decisions: list[dict[str, Any]]) -> list[str]:
    return [decision["story"] for decision in decisions]


WEIGHS: Item = (
    0,
    "Tacoma council weighs ban on police facial recognition",
    "The Tacoma City Council is considering an ordinance that would ban police use of facial recognition.",
)
PASSES: Item = (
    31,
    "Tacoma City Council passes ban on police facial recognition",
    "The Tacoma City Council voted 7-2 to pass an ordinance banning police use of facial recognition.",
)
SIGNED: Item = (
    36,
    "Tacoma mayor signs ban on police facial recognition",
    "Tacoma's mayor signed the ordinance banning police use of facial recognition into law on Monday.",
)
IN_FORCE: Item = (
    64,
    "Tacoma's ban on police facial recognition takes effect",
    "Tacoma's ban on police use of facial recognition took effect on Tuesday.",
)
CHALLENGED: Item = (
    95,
    "Police union challenges Tacoma's facial recognition ban in court",
    "The police union filed a lawsuit challenging Tacoma's ban on police use of facial recognition.",
)
STRUCK_DOWN: Item = (
    186,
    "Judge strikes down Tacoma's ban on police facial recognition",
    "A judge struck down Tacoma's ban on police use of facial recognition on Friday.",
)
REPEALED: Item = (
    309,
    "Tacoma repeals ban on police facial recognition",
    "The Tacoma City Council repealed its ban on police use of facial recognition on Tuesday.",
)


def test_a_law_is_one_story_from_its_first_reading_to_its_end_in_court(judgement: Judgement) -> None:
    decisions = run(judgement, WEIGHS, PASSES, SIGNED, IN_FORCE, CHALLENGED, STRUCK_DOWN)
    assert set(stories(decisions)) == {"s1"}
    assert alerts(decisions) == ["new", "stage", "stage", "stage", "stage", "stage"]


def test_repeats_of_any_step_are_no_news(judgement: Judgement) -> None:
    steps = (WEIGHS, PASSES, SIGNED, IN_FORCE, CHALLENGED, STRUCK_DOWN)
    items = [(day + later, title, text) for day, title, text in steps for later in (0, 0.4, 1)]
    assert alerts(run(judgement, *items)) == ["new", "update", "update", *["stage", "update", "update"] * 5]


def test_a_repeal_is_the_end_of_the_ban_also_where_it_was_passed_in_the_bans_words(judgement: Judgement) -> None:
    ban = (0.0, *PASSES[1:])
    again = (REPEALED[0] + 5, "Tacoma repeals its police facial recognition ban", REPEALED[2])
    decisions = run(judgement, ban, REPEALED, again)
    assert alerts(decisions) == ["new", "stage", "update"]
    assert set(stories(decisions)) == {"s1"}
    assert decisions[1]["duplicate_of"] is None, "the phrasing was copied, not the report"


def test_a_plan_that_is_put_off_and_voted_down_is_told_as_that(judgement: Judgement) -> None:
    put_off = (
        10,
        "Tacoma council postpones vote on facial recognition ban",
        "The Tacoma City Council postponed a vote on a proposed ban on police use of facial recognition.",
    )
    voted_down = (
        41,
        "Tacoma council rejects facial recognition ban",
        "The Tacoma City Council voted 4-3 to reject a proposed ban on police use of facial recognition.",
    )
    decisions = run(judgement, WEIGHS, put_off, voted_down)
    assert alerts(decisions) == ["new", "stage", "stage"]
    assert [decision["changes"][0]["stage"] for decision in decisions] == ["considered", "postponed", "withdrawn"]


def test_a_veto_and_its_override_are_steps(judgement: Judgement) -> None:
    veto = (
        35,
        "Tacoma mayor vetoes facial recognition ban",
        "Tacoma's mayor vetoed the ban on police use of facial recognition on Wednesday.",
    )
    override = (
        42,
        "Tacoma council overrides veto of facial recognition ban",
        "The Tacoma City Council overrode the mayor's veto, enacting a ban on police use of facial recognition.",
    )
    decisions = run(judgement, PASSES, veto, override)
    assert alerts(decisions) == ["new", "stage", "stage"]
    assert set(stories(decisions)) == {"s1"}


def test_an_urged_act_that_follows_within_hours_is_news(judgement: Judgement) -> None:
    decisions = run(
        judgement,
        (
            0,
            "Civil rights groups urge Amazon to stop selling facial recognition to police",
            (
                "More than 40 civil rights groups on Monday urged Amazon to stop selling its facial recognition software"
                " Rekognition to police."
            ),
        ),
        (
            0.3,
            "Amazon stops selling facial recognition to police",
            "Amazon said on Monday it will stop selling its facial recognition software Rekognition to police.",
        ),
    )
    assert alerts(decisions) == ["none", "new"]


def test_a_bill_is_known_by_its_number_through_both_houses(judgement: Judgement) -> None:
    decisions = run(
        judgement,
        (
            0,
            "Senators introduce bill to ban facial recognition by federal government",
            "Senators Markey and Merkley introduced a bill (S. 681) that would ban federal use of facial recognition.",
        ),
        (
            59,
            "Senate passes facial recognition ban",
            "The Senate passed S. 681, a bill banning federal use of facial recognition.",
        ),
        (
            90,
            "House passes facial recognition ban",
            "The House passed S. 681, a bill banning federal use of facial recognition, sending it to the president.",
        ),
    )
    assert alerts(decisions) == ["new", "stage", "update"]
    assert set(stories(decisions)) == {"s1"}


def test_a_suit_or_ruling_elsewhere_is_no_step_of_the_law(judgement: Judgement) -> None:
    elsewhere = (
        CHALLENGED[0],
        "Police union challenges Spokane's facial recognition ban in court",
        "The police union filed a lawsuit challenging Spokane's ban on police use of facial recognition.",
    )
    company = (
        CHALLENGED[0] + 20,
        "ACLU sues Clearview AI over facial recognition",
        "The ACLU of Washington sued Clearview AI on Thursday, saying that its facial recognition database breaks the law.",
    )
    decisions = run(judgement, PASSES, elsewhere, company)
    assert alerts(decisions) == ["new", "new", "new"]
    assert len(set(stories(decisions))) == 3


def test_one_council_on_police_and_later_on_schools_is_two_stories_in_whatever_words(judgement: Judgement) -> None:
    decisions = run(
        judgement,
        (
            0,
            "Oakland City Council bans police use of facial recognition",
            "The Oakland City Council voted to ban police use of facial recognition.",
        ),
        (
            19,
            "Oakland City Council bans facial recognition in schools",
            "The Oakland City Council voted to ban facial recognition in public schools.",
        ),
        (
            19.2,
            "Oakland bans face recognition in schools",
            "Oakland's council on Tuesday banned facial recognition in its schools.",
        ),
    )
    assert alerts(decisions) == ["new", "new", "update"]
    assert stories(decisions)[0] != stories(decisions)[1] == stories(decisions)[2]


def test_a_company_that_does_two_things_in_one_week_is_two_stories(judgement: Judgement) -> None:
    decisions = run(
        judgement,
        (
            0,
            "Microsoft will not sell facial recognition to police",
            "Microsoft said it will not sell facial recognition to US police departments until there is a national law.",
        ),
        (
            3,
            "Microsoft retires emotion recognition and limits access to face API",
            "Microsoft said it will restrict access to its Azure Face facial recognition service for all customers.",
        ),
    )
    assert alerts(decisions) == ["new", "new"]
    assert len(set(stories(decisions))) == 2


def test_a_city_its_council_and_its_mayor_are_one_decider(judgement: Judgement) -> None:
    decisions = run(
        judgement,
        (
            0,
            "Boston bans facial recognition",
            "Boston has banned the use of facial recognition by city agencies, including police.",
        ),
        (
            0.1,
            "Boston City Council votes to ban face surveillance",
            "The Boston City Council voted unanimously on Wednesday to ban the use of facial recognition technology by the city.",
        ),
    )
    assert alerts(decisions) == ["new", "update"]
    assert len(set(stories(decisions))) == 1


IBM: Item = (
    0,
    "IBM ends general purpose facial recognition business",
    "IBM said it will no longer offer general purpose facial recognition software.",
)
AMAZON: Item = (
    2,
    "Amazon pauses police use of Rekognition for a year",
    "Amazon said it is implementing a one-year moratorium on police use of its facial recognition technology Rekognition.",
)
MICROSOFT: Item = (
    3,
    "Microsoft won't sell facial recognition to police",
    "Microsoft said it will not sell facial recognition to US police departments until there is a national law.",
)
ROUND_UP: Item = (
    12,
    "Tech giants rethink facial recognition: what we know",
    (
        "IBM said it will no longer offer general purpose facial recognition software. Amazon announced a one-year moratorium"
        " on police use of Rekognition, its facial recognition technology. Microsoft said it will not sell facial recognition"
        " technology to police departments. Civil rights groups welcomed the decisions."
    ),
)


def test_a_round_up_joins_the_stories_it_tells_of_and_alerts_on_none(judgement: Judgement) -> None:
    decisions = run(judgement, IBM, AMAZON, MICROSOFT, ROUND_UP)
    assert alerts(decisions) == ["new", "new", "new", "update"]
    assert set(decisions[3]["stories"]) == set(stories(decisions)[:3])


BODY = (
    "The Tacoma City Council voted seven to two on Tuesday evening to pass an ordinance that bans the use of facial"
    " recognition by the police department. The vote came after three hours of public comment in a crowded chamber, where"
    " residents spoke of false arrests in other cities and of cameras on light poles along the waterfront. Councilwoman Dana"
    " Reyes, who wrote the measure, said that the software is wrong too often about Black faces. The police chief asked for"
    " an exception for missing children, which the council turned down. The mayor has ten days to sign the ordinance."
)
HEADLINE = "Tacoma City Council passes ban on police use of facial recognition"
COPIES = {
    "edited headline": ("https://herald.example/2026/tacoma", "Tacoma says no to face recognition for police", BODY),
    "changed address and id": ("https://outlet0.example/news/0-2?rev=2", HEADLINE, BODY),
    "truncated feed text": ("https://herald.example/2026/tacoma", HEADLINE, BODY[:260] + "…"),
    "aggregator's title": ("https://aggregator.example/articles/CBMiX2h0", f"{HEADLINE} - The Tacoma Tribune", ""),
    "AMP version": ("https://outlet0.example/amp/news/0", HEADLINE, BODY),
    "print version": ("https://outlet0.example/news/0?print=1", HEADLINE, BODY),
    "wire line and a closing note": ("https://herald.example/wire/1", "Ban on face recognition passes in Tacoma",
        "TACOMA, Wash. (AP) — " + BODY + " The Associated Press contributed to this report."),
}  # fmt: skip


@pytest.mark.parametrize("kind", COPIES)
def test_every_kind_of_copy_is_seen_as_one_and_tells_nobody(judgement: Judgement, kind: str) -> None:
    url, title, text = COPIES[kind]
    first, copy = run(judgement, (0, HEADLINE, BODY), (0.3, title, text), urls=("https://outlet0.example/news/0", url))
    assert (first["alert"], copy["alert"] in {"update", "none"}) == ("new", True)
    assert copy["duplicate_of"] == "a0"
    assert copy["story"] == first["story"]


def test_the_full_text_after_its_truncated_beginning_is_a_copy(judgement: Judgement) -> None:
    first, copy = run(judgement, (0, HEADLINE, BODY[:260] + "…"), (0.3, "Tacoma police lose face recognition", BODY))
    assert (copy["duplicate_of"], copy["story"], copy["alert"]) == ("a0", first["story"], "update")


def test_an_older_report_that_arrives_late_moves_nothing(judgement: Judgement) -> None:
    """Replay works in the order of publication; what arrives late is tested with real sources (tests/scenario)."""
    decisions = run(
        judgement, PASSES, (PASSES[0] + 0.5, "Tacoma had weighed a ban on police face recognition", WEIGHS[2])
    )
    assert alerts(decisions)[1] in {"update", "none"}
