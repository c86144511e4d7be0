"""A configuration folder of two small files that is valid, and what it takes to break it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.config.load import Config, load
from bot.config.topic import load_topic
from bot.errors import ConfigError, Problem

SOURCES = """\
# Two outlets.
sources:
  - id: herald
    name: The Herald
    url: https://herald.example/feed.xml
    every: 15m

  # The council's own page.
  - id: council
    url: https://council.example/news
    kind: page
    select:
      link: a.item
    enabled: false  # until it has a feed
"""
ALERTS = """\
routes:
  - name: policy-team
    channel: C0123456789
    send: now
    when: {}
  - name: operators
    channel: C0987654321
    kind: operators
"""


TOPICS: dict[Any, Any] = {}


class Folder:
    """A configuration folder under test."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.env: dict[str, str] = {}
        self.write("sources.yaml", SOURCES)
        self.write("alerts.yaml", ALERTS)

    def write(self, name: str, text: str | bytes) -> None:
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def read(self, name: str) -> str:
        return (self.path / name).read_bytes().decode()

    def load(self, env: Mapping[str, str] | None = None) -> Config:
        return load(self.path, env=self.env if env is None else env)

    def problems(self, env: Mapping[str, str] | None = None) -> list[str]:
        """Every problem, with the folder's path taken off."""
        try:
            self.load(env)
        except ConfigError as error:
            return [self.said(problem) for problem in error.problems]
        return []

    def warnings(self, env: Mapping[str, str] | None = None) -> list[str]:
        return [self.said(warning) for warning in self.load(env).warnings]

    def said(self, problem: Problem) -> str:
        return str(problem).replace(f"{self.path}/", "")


@pytest.fixture(autouse=True)
def read_each_topic_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped topic has thousands of lines; reading the same texts again gives the same topic."""

    def remembered(*args: Any, **keys: Any) -> Any:
        key = tuple(
            tuple(sorted(value.items())) if isinstance(value, Mapping) else value for value in (*args, *keys.values())
        )
        if key not in TOPICS:
            TOPICS[key] = load_topic(*args, **keys)
        topic, problems = TOPICS[key]
        return topic, list(problems)

    monkeypatch.setattr("bot.config.topics.load_topic", remembered)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "config")
