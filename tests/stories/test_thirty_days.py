"""A month of forty outlets through the whole pipeline: one message for each matter and step, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from bot import replay
from bot.config.load import load
from bot.wiring import Judgement
from tests.fakes.stream import MATTERS, Told, month


@pytest.fixture(scope="module")
def judged(repo_root: Path) -> list[tuple[Told, dict[str, Any]]]:
    told = month()
    decisions = replay.replay(
        [one.line for one in told], Judgement(load(repo_root / "config", env={"SLACK_CHANNEL": "C0123456789"}))
    )
    return list(zip(told, decisions, strict=True))


def test_each_matter_has_one_first_message_and_one_for_each_later_step(
    judged: list[tuple[Told, dict[str, Any]]],
) -> None:
    alerts = [
        (told.matter, told.step, decision["alert"])
        for told, decision in judged
        if decision["alert"] in {"new", "stage"}
    ]
    wanted = [
        (matter.name, number, "stage" if number else "new") for matter in MATTERS for number in range(len(matter.steps))
    ]
    assert Counter(alerts) == Counter(wanted)


def test_every_report_is_in_its_matters_story(judged: list[tuple[Told, dict[str, Any]]]) -> None:
    stories = defaultdict(set)
    for told, decision in judged:
        if told.matter is not None:
            stories[told.matter].add(decision["story"])
    assert {matter: len(ids) for matter, ids in stories.items()} == {matter.name: 1 for matter in MATTERS}
    assert len({next(iter(ids)) for ids in stories.values()}) == len(MATTERS)


def test_an_archive_published_again_alerts_on_nothing(judged: list[tuple[Told, dict[str, Any]]]) -> None:
    again = [decision for told, decision in judged if told.archive]
    assert len(again) > 100
    assert {decision["alert"] for decision in again} <= {"none", "update"}
    assert not [told.line.id for told, decision in judged if told.archive and decision["alert"] == "update"]


def test_syndicated_words_are_seen_as_copies(judged: list[tuple[Told, dict[str, Any]]]) -> None:
    reports = [decision for told, decision in judged if told.matter and not told.archive]
    assert sum(decision["duplicate_of"] is not None for decision in reports) > len(reports) / 4
