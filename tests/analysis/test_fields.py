"""Fields of a change: found where a sentence says them, empty where none does."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.analysis.dates import resolve
from bot.model import PolicyChange
from tests.analysis.conftest import Ask

MONTHS = {
    name: number + 1
    for number, name in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
    )
}  # fmt: skip


def _lead(
    ask: Ask, title: str, text: str = "", published: datetime = datetime(2020, 9, 10, tzinfo=UTC)
) -> PolicyChange:
    lead = ask(title, text, published=published).lead
    assert lead is not None
    return lead


@pytest.mark.parametrize(
    ("title", "targets"),
    [
        ("Boston bans police use of facial recognition", ("police",)),
        ("Los Angeles bans facial recognition in schools", ("schools",)),
        ("Portland bans facial recognition by city agencies and private businesses", ("government", "anyone")),
        ("New York bans facial recognition by landlords", ("housing",)),
        ("EU mulls ban on facial recognition in public spaces", ("public_space",)),
        ("IBM ends facial recognition business", ()),
    ],
)
def test_targets(ask: Ask, title: str, targets: tuple[str, ...]) -> None:
    """Whose use is meant."""
    assert _lead(ask, title).targets == targets


@pytest.mark.parametrize(
    ("title", "targets"),
    [
        ("Rite Aid banned from using facial recognition", ("retail",)),
        ("FTC bars Rite Aid from using facial recognition on employees", ("employers",)),
        ("Texas sues Meta over facial recognition", ("social_media",)),
        ("Court finds facial recognition by South Wales Police unlawful", ("police",)),
        ("Homeland Security drops facial recognition plan", ("border",)),
        ("IBM drops facial recognition plan", ()),
        ("Clearview AI fined over facial recognition", ("anyone",)),
        ("After public outcry, IBM ends facial recognition", ()),
        ("Detroit restricts facial recognition after false match", ()),
    ],
)
def test_targets_that_a_name_implies(ask: Ask, title: str, targets: tuple[str, ...]) -> None:
    """A chain of shops, a police force, a border agency say whose use it is, where no other word does; others do not."""
    assert _lead(ask, title).targets == targets


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("San Francisco bans facial recognition", ("US-CA/San Francisco",)),
        ("Portland, Maine bans facial recognition", ("US-ME/Portland",)),
        ("Portland, Oregon bans facial recognition", ("US-OR/Portland",)),
        ("California bans facial recognition in police body cameras", ("US-CA",)),
        ("EU considers ban on facial recognition", ("EU",)),
        ("Microsoft will not sell facial recognition to US police", ("US",)),
        ("IBM no longer offers facial recognition", ("US",)),
        ("Zorblax Industries bans facial recognition in its offices", ()),
    ],
)
def test_jurisdictions(ask: Ask, title: str, codes: tuple[str, ...]) -> None:
    """Where: the actor's own place for authorities, the place that is named for companies, else the actor's own."""
    assert _lead(ask, title).jurisdictions == codes


def test_condition_and_duration(ask: Ask) -> None:
    """Until when, and on what condition."""
    lead = _lead(
        ask,
        "Amazon bans police use of facial recognition for one year",
        "Amazon bans police use of facial recognition until Congress passes stronger rules.",
    )
    assert lead.duration == "one year"
    assert lead.condition == "until Congress passes stronger rules"


def test_nothing_is_invented(ask: Ask) -> None:
    """No sentence, no field."""
    lead = _lead(ask, "Oakland bans facial recognition")
    assert (lead.condition, lead.duration, lead.effective, lead.expires, lead.product, lead.speaker) == (None,) * 6


def test_effective_date_is_resolved(ask: Ask) -> None:
    """`January 1` after a September vote is next year's."""
    lead = _lead(
        ask,
        "Portland City Council bans facial recognition",
        "The Portland City Council passed a facial recognition ban that takes effect on January 1.",
    )
    assert lead.effective == "2021-01-01"


@pytest.mark.parametrize(
    ("words", "iso"),
    [
        ("January 1, 2021", "2021-01-01"), ("1 July 2021", "2021-07-01"), ("July 2021", "2021-07"), ("2022", "2022"),
        ("immediately", "2020-09-10"), ("next month", "2020-10"), ("last year", "2019"), ("two years ago", "2018"),
        ("last June", "2020-06"), ("October 5", "2020-10-05"), ("February 30", "2021-02"), ("someday", None), ("a day earlier", "2020-09-09"),
        ("Dec. 5", "2020-12-05"),
    ],
)  # fmt: skip
def test_dates(words: str, iso: str | None) -> None:
    """Dates keep the precision that was said; impossible days fall back to the month."""
    assert resolve(words, date(2020, 9, 10), MONTHS) == iso


def test_quotation_and_speaker(ask: Ask) -> None:
    """The key quotation with its speaker."""
    lead = _lead(
        ask,
        "Oakland bans facial recognition",
        'The Oakland City Council banned facial recognition on Tuesday. "This technology has no place in the hands of our police," said Rebecca Kaplan, the council president.',
    )
    assert lead.quote == "This technology has no place in the hands of our police"
    assert lead.speaker == "Rebecca Kaplan"


def test_unknown_organisation_as_written(ask: Ask) -> None:
    """An organisation that no file lists keeps its name as written."""
    assert _lead(ask, "Zorblax Industries bans facial recognition in its offices").actor == "Zorblax Industries"


@pytest.mark.parametrize(
    ("title", "text", "effective", "expires"),
    [
        (
            "Maine bans police use of facial recognition",
            "The governor of Maine signed a law banning police use of facial recognition. The law takes effect on January 1, 2021.",
            "2021-01-01", None,
        ),
        (
            "Springfield pauses police use of facial recognition",
            "The Springfield City Council adopted a moratorium on police use of facial recognition that expires on 31 December 2020.",
            None, "2020-12-31",
        ),
        (
            "Springfield pauses police use of facial recognition",
            "The Springfield City Council put a moratorium on police use of facial recognition. It runs until 30 June 2021.",
            None, "2021-06-30",
        ),
        (
            "UK regulator opens consultation on live facial recognition",
            ("The Information Commissioner's Office opened a consultation on draft rules that would limit police use of live facial"
            " recognition. The consultation closes on 30 October 2020."),
            None, "2020-10-30",
        ),
        (
            "Scottish Government consults on ban of facial recognition in schools",
            ("The Scottish Government launched a consultation on a proposal to ban facial recognition in schools. Comments are due by"
            " 10 December 2020."),
            None, "2020-12-10",
        ),
        (  # what is recalled is no date of this law
            "Maine bans police use of facial recognition",
            "The governor of Maine signed a law banning police use of facial recognition. Oakland's ban took effect on July 16, 2019.",
            None, None,
        ),
        (
            "Maine bans police use of facial recognition",
            "The governor of Maine signed a law banning police use of facial recognition. A similar law takes effect on July 16, 2019.",
            None, None,
        ),
        (  # a proposal that is itself for a time does not close for comments then
            "Springfield considers moratorium on police use of facial recognition",
            "The Springfield City Council is considering a moratorium on police use of facial recognition until 31 December 2021.",
            None, None,
        ),
    ],
)  # fmt: skip
def test_dates_that_lie_ahead(ask: Ask, title: str, text: str, effective: str | None, expires: str | None) -> None:
    """When it takes effect, when it ends, when a consultation closes: with the act or in a sentence after it."""
    lead = _lead(ask, title, text)
    assert (lead.effective, lead.expires) == (effective, expires)


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("Lawmakers propose ban on facial recognition by police", "Lawmakers propose a ban on police use of facial recognition"),
        ("Privacy groups sue Clearview over facial recognition", "Privacy groups sue Clearview AI over facial recognition"),
        ("Federal courts rule police use of facial recognition unlawful", "Federal courts find police use of facial recognition unlawful"),
        ("San Francisco Board of Supervisors bans police use of facial recognition", "San Francisco Board of Supervisors bans police use of facial recognition"),
        ("Netherlands bans facial recognition", "Netherlands bans facial recognition"),
        ("Congress bans facial recognition", "US Congress bans facial recognition"),
    ],
)  # fmt: skip
def test_several_act_and_one_acts(ask: Ask, title: str, line: str):
    """The verb of the change line agrees with a noun in the plural; a name that ends in s is one."""
    lead = ask(title).lead
    assert lead is not None
    assert lead.line == line
