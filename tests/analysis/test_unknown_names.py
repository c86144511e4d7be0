"""Who decided, where no file knows the name: it stays as written, in headlines too, and the line says what is done."""

from __future__ import annotations

import pytest

from tests.analysis.conftest import Ask


@pytest.mark.parametrize(
    ("title", "text", "actor"),
    [
        ("Sunnyvale City Council proposes ban on police use of facial recognition", "", "Sunnyvale City Council"),
        ("Smallville County Board votes to prohibit facial recognition", "", "Smallville County Board"),
        (
            "Sunnyvale City Council Votes to Ban Facial Recognition",
            "The Sunnyvale City Council voted on Tuesday to ban facial recognition.",
            "Sunnyvale City Council",
        ),
    ],
)
def test_a_council_of_an_unknown_town_keeps_its_name(ask: Ask, title: str, text: str, actor: str):
    lead = ask(title, text).lead
    assert lead is not None
    assert lead.actor == actor


def test_capitals_of_a_headline_alone_make_no_name(ask: Ask):
    lead = ask("Divided City Council Votes to Ban Facial Recognition", "The city council voted.").lead
    assert lead is not None
    assert "Divided" not in lead.actor


def test_an_unknown_company_that_stops_selling_is_not_said_to_stop_using(ask: Ask):
    lead = ask("Acme Corp stops selling facial recognition to police").lead
    assert lead is not None
    assert lead.line == "Acme Corp stops selling facial recognition to police"
