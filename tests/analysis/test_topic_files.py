"""Operators extend the vocabulary in YAML: new entries count at once, mistakes are refused with what to write instead."""

from __future__ import annotations

import pytest

from bot.analysis import Analyser
from bot.config.topic import load_topic
from tests.analysis.conftest import article, shipped_files


def _analyser(**overlay: str) -> Analyser:
    topic, problems = load_topic(
        shipped_files(), overlay={name.replace("__", "/") + ".yaml": text for name, text in overlay.items()}
    )
    assert topic is not None, problems
    return Analyser(topic)


def test_operator_adds_an_actor() -> None:
    """A new actor is known by its alias."""
    analyser = _analyser(actors="actors:\n  - {id: zorblax, name: Zorblax Group, type: vendor, aliases: [Zorblax]}\n")
    lead = analyser.analyse(article("Zorblax stops selling facial recognition to police")).lead
    assert lead is not None
    assert (lead.actor, lead.actor_id) == ("Zorblax Group", "zorblax")


def test_operator_adds_an_alias_to_a_shipped_actor() -> None:
    """Lists of an overlay entry are added to the shipped ones."""
    analyser = _analyser(actors="actors:\n  - {id: microsoft, aliases: [The Windows Maker]}\n")
    for name in ("The Windows Maker", "Microsoft"):
        lead = analyser.analyse(article(f"{name} will not sell facial recognition to police")).lead
        assert lead is not None
        assert lead.actor == "Microsoft"


def test_operator_switches_an_actor_off() -> None:
    """`off: true` removes a shipped entry."""
    analyser = _analyser(actors="actors:\n  - {id: ibm, off: true}\n")
    lead = analyser.analyse(article("IBM ends facial recognition business")).lead
    assert lead is not None
    assert lead.actor_id is None


def test_operator_adds_a_product_and_a_phrase() -> None:
    """New words count in the grammar, in all their forms."""
    overlay = {
        "en__terms": "terms:\n  - {id: gazer, kind: product, words: [GazerPro]}\n",
        "en__senses": "senses:\n  - {id: mothball, role: limit, action: pause, verbs: [mothball]}\n",
    }
    lead = _analyser(**overlay).analyse(article("Detroit police mothballed GazerPro")).lead
    assert lead is not None
    assert lead.action == "pause"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("actors.yaml", "actors:\n  - {id: a, nmae: A}\n", ["nmae", "name"]),
        ("actors.yaml", "actors:\n  - {id: a, name: A, type: vendr}\n", ["vendr", "vendor"]),
        ("en/senses.yaml", "senses:\n  - {id: a, role: limt, verbs: [b]}\n", ["limt", "limit"]),
        ("en/patterns.yaml", "patterns:\n  condition: ['(']\n", ["regular expression"]),
        (
            "history.yaml",
            "events:\n  - {id: a, date: June 2020, actor: b, action: halt, line: c}\n",
            ["June 2020", "2020-06"],
        ),
        ("actors.yaml", "actors:\n  - {id: a, name: A, parent: microsft}\n", ["microsft", "microsoft"]),
        ("en/wrods.yaml", "words: []\n", ["unknown"]),
        ("jurisdictions.yaml", "places:\n  - {code: XX, names: [X], kind: town}\n", ["town", "kind"]),
    ],
)
def test_mistakes_are_refused(name: str, text: str, words: list[str]) -> None:
    """Unknown keys, values and files, with what to write instead."""
    topic, problems = load_topic(shipped_files(), overlay={name: text})
    assert topic is None
    said = " ".join(str(problem) for problem in problems)
    for word in words:
        assert word in said


def test_fingerprint_follows_the_files() -> None:
    """Any edit changes it; the same files give the same."""
    files = shipped_files()
    first, _ = load_topic(files)
    second, _ = load_topic(files)
    edited, _ = load_topic(files, overlay={"topic.yaml": "alert: 0.7\n"})
    assert first is not None
    assert second is not None
    assert edited is not None
    assert first.fingerprint == second.fingerprint != edited.fingerprint
    assert edited.alert == 0.7
