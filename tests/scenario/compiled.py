"""What every process of a scenario would make anew, made once for all tests: topics that are read, vocabularies compiled."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.analysis import Analyser
from bot.config.files import Texts
from bot.config.topics import read_topic
from bot.errors import Problem
from bot.topic import Topic

_compiled: dict[str, Analyser] = {}
_read: dict[int, tuple[Topic | None, list[Problem]]] = {}


def analyser(topic: Topic) -> Analyser:
    """A vocabulary, compiled once: half a second."""
    if topic.fingerprint not in _compiled:
        _compiled[topic.fingerprint] = Analyser(topic)
    return _compiled[topic.fingerprint]


def topic_of(texts: Texts, env: Mapping[str, str]) -> tuple[Topic | None, list[Problem]]:
    """The topic of a configuration's texts, read once: a quarter of a second."""
    files = {name: text for name, text in texts.by_name.items() if "topics/" in name}
    key = hash((frozenset(files.items()), frozenset(env.items())))
    if key not in _read:
        _read[key] = read_topic(texts, env)
    topic, problems = _read[key]
    return topic, list(problems)


def compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the wiring and the loader use these."""
    monkeypatch.setattr("bot.wiring.Analyser", analyser)
    monkeypatch.setattr("bot.config.load.read_topic", topic_of)
