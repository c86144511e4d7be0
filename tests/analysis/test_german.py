"""German is a second folder of vocabulary; the grammar only learns that verbs may stand last."""

from __future__ import annotations

import pytest

from bot.model import Action, Stage
from tests.analysis.conftest import Ask

DECISIONS = [
    ("San Francisco verbietet Gesichtserkennung", "San Francisco Board of Supervisors", "ban"),
    ("Microsoft verkauft keine Gesichtserkennung an die Polizei", "Microsoft", "halt"),
    ("Amazon setzt Verkauf von Gesichtserkennung an die Polizei aus", "Amazon", "pause"),
    ("IBM stellt Angebot von Gesichtserkennung ein", "IBM", "halt"),
    ("Gesichtserkennung in Portland verboten", "Portland City Council", "ban"),
    ("Europäische Kommission erwägt Verbot von Gesichtserkennung", "European Commission", "propose"),
    ("EU-Parlament stimmt für Verbot von Gesichtserkennung", "European Parliament", "ban"),
    ("Amazon hat den Verkauf von Gesichtserkennung gestoppt", "Amazon", "halt"),
    ("EU will Gesichtserkennung verbieten", "European Commission", "propose"),
    ("Facebook beendet Gesichtserkennung", "Meta", "halt"),
    ("Datenschutzbehörde verhängt Bußgeld gegen Clearview AI wegen Gesichtserkennung", None, "fine"),
    ("Zürcher Gemeinderat will Gesichtserkennung im öffentlichen Raum verbieten", "Gemeinderat Zürich", "propose"),
    ("Sachsens Landtag erlaubt Gesichtserkennung an der Grenze", "Sächsischer Landtag", "permit"),
    ("Hamburger Polizei löscht Gesichtsdatenbank", "Polizei Hamburg", "delete"),
    ("Berliner Senat stoppt Pläne für Gesichtserkennung", None, "halt"),
    ("Amazon verlängert Moratorium für Gesichtserkennung bis auf Weiteres", "Amazon", "pause"),
]


@pytest.mark.parametrize(("title", "actor", "action"), DECISIONS)
def test_decision(ask: Ask, title: str, actor: str | None, action: str) -> None:
    """Separable verbs, verb-final clauses, negation by `kein` and compound headlines."""
    lead = ask(title, language="de").lead
    assert lead is not None
    assert lead.action == Action(action)
    if actor is not None:
        assert lead.actor == actor


def test_considered(ask: Ask) -> None:
    """A plan to ban is a proposal that is considered."""
    lead = ask("Europäische Kommission erwägt fünfjähriges Verbot von Gesichtserkennung", language="de").lead
    assert lead is not None
    assert (lead.action, lead.stage) == (Action.PROPOSE, Stage.CONSIDERED)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Neues Smartphone lässt sich mit Gesichtserkennung entsperren", ""),
        ("Kommentar: Gesichtserkennung gehört verboten", "Ich finde, wir brauchen klare Regeln."),
        ("Studie: Gesichtserkennung erkennt dunkle Haut schlechter", "Forscher haben Algorithmen verglichen."),
        ("Tatverdächtiger dank Gesichtserkennung festgenommen", ""),
        ("Stadt verbietet Plastiktüten", ""),
    ],
)
def test_confusers_are_silent(ask: Ask, title: str, text: str) -> None:
    """Phones, comments, studies, crime and other bans."""
    assert not ask(title, text, language="de").relevant


def test_condition(ask: Ask) -> None:
    """The German patterns fill the fields."""
    lead = ask(
        "Microsoft verkauft keine Gesichtserkennung an die Polizei",
        "Microsoft verkauft keine Gesichtserkennung an die Polizei, bis es ein nationales Gesetz gibt.",
        language="de",
    ).lead
    assert lead is not None
    assert lead.condition == "bis es ein nationales Gesetz gibt"
    assert lead.targets == ("police",)


def test_unknown_language_is_read_with_the_first(ask: Ask) -> None:
    """A feed with a wrong language tag is not lost."""
    assert ask("Oakland bans facial recognition", language="xx").relevant


GERMAN = [
    # adjectives of places, made by grammar
    ("Kölner Stadtrat verbietet Gesichtserkennung", "Stadtrat Köln", "ban"),
    ("Mannheimer Gemeinderat verbietet Gesichtserkennung", None, "ban"),
    (
        "Niederländische Datenschutzbehörde verhängt Bußgeld gegen Clearview AI",
        "Dutch Data Protection Authority",
        "fine",
    ),
    (
        "Britisches Berufungsgericht erklärt Gesichtserkennung der Polizei für rechtswidrig",
        "UK Court of Appeal",
        "rule",
    ),
    # compounds mean what their last part means
    ("CNIL verhängt Rekordbußgeld wegen Gesichtserkennung gegen Clearview AI", "CNIL", "fine"),
    ("Noyb erstattet Strafanzeige gegen Clearview AI", "noyb", "sue"),
    ("Verwaltungsgericht Hamburg hebt Löschanordnung zu Gesichtserkennung auf", "Verwaltungsgericht Hamburg", "rule"),
    # the negation that stands at the end
    ("Sachsen: Polizei darf Gesichtserkennung nicht mehr nutzen", "Sächsischer Landtag", "ban"),
    ("Microsoft verkauft Gesichtserkennung nicht mehr an die Polizei", "Microsoft", "halt"),
    # split verbs
    ("Italien setzt Gesichtserkennung in der Öffentlichkeit bis Ende 2023 aus", None, "pause"),
    ("Rewe schaltet Kameras mit Gesichtserkennung ab", "Rewe", "halt"),
    # the home country
    ("Bundesregierung will Gesichtserkennung an Bahnhöfen erlauben", "German Federal Government", "propose"),
]


@pytest.mark.parametrize(("title", "actor", "action"), GERMAN, ids=[title for title, _, _ in GERMAN])
def test_german_grammar(ask: Ask, title: str, actor: str | None, action: str) -> None:
    """Who does what in German: order of words, adjectives, compounds."""
    lead = ask(title, language="de").lead
    assert lead is not None
    assert lead.action == action
    if actor is not None:
        assert lead.actor == actor


@pytest.mark.parametrize(
    "title",
    [
        "Kommentar: Gesichtserkennung gehört verboten",
        "Handy im Test: Gesichtserkennung entsperrt auch im Dunkeln",
        "Brandenburg verbietet Böller, Kameras mit Gesichtserkennung bleiben aus",
        "Verdächtiger nach Gesichtserkennung festgenommen",
        "Markt für Gesichtserkennung wächst auf 20 Milliarden Euro",
    ],
)
def test_german_near_misses(ask: Ask, title: str) -> None:
    """Texts that use the same words and decide nothing about the technology."""
    assert not ask(title, language="de").relevant
