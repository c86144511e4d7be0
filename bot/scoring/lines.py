"""Reading JSON lines strictly: every bad line is named with file and line number, all of them at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from bot.errors import Problem, UsageError

_MOST_SHOWN = 20

T = TypeVar("T")


class BadLine(Exception):
    """What is wrong with one line; the reader adds file and number."""


class Fields:
    """One JSON object whose fields are taken with their types checked."""

    def __init__(self, values: Mapping[str, Any], where: str = "") -> None:
        self.values = values
        self._where = where

    def text(self, name: str) -> str:
        """A required, non-empty string."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise BadLine(f"{self._where}{name!r} must be a non-empty string, not {_shown(value)}")
        return value

    def optional_text(self, name: str) -> str | None:
        """A string, or None when it is absent, null or empty."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value or None
        raise BadLine(f"{self._where}{name!r} must be a string or null, not {_shown(value)}")

    def flag(self, name: str, default: bool | None = None) -> bool:
        """A JSON boolean; required when there is no default."""
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise BadLine(f"{self._where}{name!r} must be true or false, not {_shown(value)}")
        return value

    def share(self, name: str, default: float | None = None) -> float:
        """A number from 0 to 1; required when there is no default."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value <= 1.0:
            raise BadLine(f"{self._where}{name!r} must be a number from 0 to 1, not {_shown(value)}")
        return float(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; absent and null are empty."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise BadLine(f"{self._where}{name!r} must be a list of strings, not {_shown(value)}")
        return tuple(value)

    def objects(self, name: str) -> tuple[Fields, ...]:
        """A list of JSON objects; absent and null are empty."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise BadLine(f"{self._where}{name!r} must be a list of objects, not {_shown(value)}")
        return tuple(Fields(one, f"{self._where}{name}[{i}]: ") for i, one in enumerate(value))

    def object(self, name: str) -> Fields:
        """A required JSON object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise BadLine(f"{self._where}{name!r} must be an object, not {_shown(value)}")
        return Fields(value, f"{self._where}{name}.")


def _shown(value: object) -> str:
    return "missing" if value is None else json.dumps(value, ensure_ascii=False)[:60]


def parse_lines(lines: Iterable[str], file: str) -> list[tuple[int, Fields]]:
    """Objects of a JSON-lines file with their line numbers, counted from 1; blank lines are skipped.

    Raises:
        UsageError: with every line that is not a JSON object, as ``file:line: what is wrong``.
    """
    found: list[tuple[int, Fields]] = []
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            said = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            problems.append(Problem(file, number, f"not JSON: {said}"))
            continue
        if isinstance(value, dict):
            found.append((number, Fields(value)))
        else:
            problems.append(Problem(file, number, "not a JSON object; write one object for each line"))
    refuse(problems)
    return found


def refuse(problems: list[Problem]) -> None:
    """Raise one UsageError that lists the problems, if there are any."""
    if not problems:
        return
    shown = [str(problem) for problem in sorted(problems)[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        shown.append(f"and {len(problems) - _MOST_SHOWN} more")
    raise UsageError("\n".join(shown))
