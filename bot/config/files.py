"""Which files make a configuration, and their texts. Names are relative to the folder, with forward slashes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.config import shipped
from bot.config.reading import read_text
from bot.errors import Problem

SOURCES = "sources.yaml"
ALERTS = "alerts.yaml"
SOURCES_FOLDER = "sources.d"
TOPICS_FOLDER = "topics"
BASE = "shipped/"
"""Prefix of texts that come with Policywatch: what the operator's own files add to, change or switch off."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a configuration, with what went wrong on the way."""

    by_name: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """Name -> how messages call the file; the name itself when it is not in here."""

    def label(self, name: str) -> str:
        """How messages call a file."""
        return self.labels.get(name, name)


def own_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a configuration folder that counts, as (name, path), in the order in which they are read."""
    for name in (SOURCES, ALERTS):
        yield name, folder / name
    for path in _yaml_files(folder / SOURCES_FOLDER, recursive=False):
        yield path.relative_to(folder).as_posix(), path
    for path in _yaml_files(folder / TOPICS_FOLDER, recursive=True):
        yield path.relative_to(folder).as_posix(), path


def collect(folder: Path) -> Texts:
    """Read all files of a configuration folder and the shipped ones below them.

    The folder of a checkout *is* the shipped one: its topics are then the base, and nothing lies on top of them.
    """
    try:
        return _collect(folder)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return Texts({}, (Problem(str(folder), 0, f"cannot be read ({reason}); make it readable for this user"),))


def _collect(folder: Path) -> Texts:
    if not folder.is_dir():
        wrong = "is not a folder" if folder.exists() else "the folder is missing"
        advice = f"make it, with {SOURCES} and {ALERTS} in it, or set POLICYWATCH_CONFIG to the folder that has them"
        return Texts({}, (Problem(str(folder), 0, f"{wrong}; {advice}"),))
    texts: dict[str, str] = {}
    labels: dict[str, str] = {}
    problems: list[Problem] = []
    is_base = _same(folder / TOPICS_FOLDER, shipped.topics())
    for listed, own in own_files(folder):
        name, path = listed, own
        if is_base and listed.startswith(f"{TOPICS_FOLDER}/"):
            name = BASE + listed
        elif listed == SOURCES and not own.exists() and (folder / SOURCES_FOLDER).is_dir():
            name, path = BASE + SOURCES, shipped.sample(SOURCES)
        labels[name] = str(path)
        text, found = read_text(path)
        problems += found
        if text is not None:
            texts[name] = text
    if not is_base:
        _add_shipped_topics(texts, labels, problems)
    return Texts(texts, tuple(problems), tuple(_ignored(folder)), labels)


def _add_shipped_topics(texts: dict[str, str], labels: dict[str, str], problems: list[Problem]) -> None:
    root = shipped.topics()
    for path in _yaml_files(root, recursive=True):
        name = f"{BASE}{TOPICS_FOLDER}/{path.relative_to(root).as_posix()}"
        labels[name] = str(path)
        text, found = read_text(path)
        problems += found
        if text is not None:
            texts[name] = text


def _yaml_files(folder: Path, *, recursive: bool) -> list[Path]:
    found = folder.rglob("*.yaml") if recursive else folder.glob("*.yaml")
    return sorted(path for path in found if not path.name.startswith("."))


def _ignored(folder: Path) -> Iterator[Problem]:
    """Files that look as if they were meant to count."""
    for path in sorted([*folder.glob("*.yml"), *(folder / SOURCES_FOLDER).glob("*.yml")]):
        yield Problem(str(path), 0, f"is not read; name it {path.with_suffix('.yaml').name}")


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
