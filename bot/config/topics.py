"""Which topic is read, out of the shipped files and the operator's own on top of them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.config.files import BASE, TOPICS_FOLDER, Texts
from bot.config.topic import load_topic
from bot.errors import Problem
from bot.topic import Topic

ByTopic = Mapping[str, Mapping[str, str]]


def read_topic(texts: Texts, env: Mapping[str, str]) -> tuple[Topic | None, list[Problem]]:
    """Read the one topic of a configuration.

    ``topics/<shipped topic>/…`` adds to, changes or switches off shipped entries; a folder of another name is a topic of
    its own and takes the shipped one's place.
    """
    problems = [
        Problem(texts.label(name), 0, f"stands in no topic's folder; move it to {TOPICS_FOLDER}/facial-recognition/")
        for name in texts.by_name
        if name.removeprefix(BASE).startswith(f"{TOPICS_FOLDER}/") and name.removeprefix(BASE).count("/") == 1
    ]
    base, own = _by_topic(texts, f"{BASE}{TOPICS_FOLDER}/"), _by_topic(texts, f"{TOPICS_FOLDER}/")
    others = sorted(set(own) - set(base))
    names = others or sorted(base)
    if len(names) != 1 or (others and len(own) > 1):
        found = ", ".join(sorted({*own, *base})) or "none"
        said = f"holds more than one topic, or none ({found}); keep one folder"
        return None, [*problems, Problem(_folder(texts), 0, said)]
    name = names[0]
    topic, found_problems = load_topic(
        base.get(name) or own[name],
        overlay=own.get(name) if name in base else None,
        env=env,
        prefix=_prefix(texts, f"{BASE}{TOPICS_FOLDER}/{name}/" if name in base else f"{TOPICS_FOLDER}/{name}/"),
        overlay_prefix=_prefix(texts, f"{TOPICS_FOLDER}/{name}/"),
    )
    problems += found_problems
    return (None if problems else topic), problems


def _by_topic(texts: Texts, start: str) -> dict[str, dict[str, str]]:
    """Topic -> name below its folder -> text."""
    found: dict[str, dict[str, str]] = {}
    for name, text in texts.by_name.items():
        topic, slash, rest = name.removeprefix(start).partition("/")
        if name.startswith(start) and slash:
            found.setdefault(topic, {})[rest] = text
    return found


def _prefix(texts: Texts, start: str) -> str:
    """What stands before a file's name in messages."""
    for name in texts.by_name:
        if name.startswith(start):
            return texts.label(name).removesuffix(name.removeprefix(start))
    return start


def _folder(texts: Texts) -> str:
    """The topics folder as messages call it."""
    start = f"{TOPICS_FOLDER}/"
    for name in sorted(texts.by_name, key=lambda name: name.startswith(BASE)):
        if name.removeprefix(BASE).startswith(start):
            return texts.label(name).removesuffix(name.removeprefix(BASE)) + TOPICS_FOLDER
    return TOPICS_FOLDER
