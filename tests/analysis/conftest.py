"""The shipped topic, compiled once, and a short way to ask what the bot sees in a text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.analysis import Analyser
from bot.config.topic import load_topic
from bot.model import Analysis, Article
from bot.topic import Topic

TOPIC = Path(__file__).resolve().parents[2] / "config/topics/facial-recognition"
WHEN = datetime(2021, 3, 15, 12, tzinfo=UTC)

Ask = Callable[..., Analysis]


def shipped_files() -> dict[str, str]:
    """Texts of the shipped topic by relative name."""
    return {str(path.relative_to(TOPIC)): path.read_text(encoding="utf-8") for path in sorted(TOPIC.rglob("*.yaml"))}


def article(title: str = "", text: str = "", language: str = "en", published: datetime = WHEN) -> Article:
    """An article that only its words matter of."""
    return Article(
        "https://example.org/a", "", "https://example.org/a", title, text, "src", published, published, language
    )


@pytest.fixture(scope="session")
def topic() -> Topic:
    """The shipped topic."""
    loaded, problems = load_topic(shipped_files())
    assert loaded is not None, problems
    return loaded


@pytest.fixture(scope="session")
def analyser(topic: Topic) -> Analyser:
    """The shipped topic, compiled."""
    return Analyser(topic)


@pytest.fixture(scope="session")
def ask(analyser: Analyser) -> Ask:
    """Analyse a headline and text."""

    def analyse(title: str = "", text: str = "", language: str = "en", published: datetime = WHEN) -> Analysis:
        return analyser.analyse(article(title, text, language, published))

    return analyse
