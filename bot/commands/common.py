"""What several commands share: settings, parts, listings as a table or as JSON, progress that is quiet in a pipe."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.errors import UsageError
from bot.logs import configure_logs
from bot.settings import Settings, read_settings

_SPAN = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def settings_with_logs(*, level: str | None = None) -> Settings:
    """Read the environment and set the logs up; ``level`` for commands that should be quiet unless something is wrong."""
    from dataclasses import replace

    settings = read_settings()
    configure_logs(replace(settings, log_level=level) if level else settings)
    return settings


def span(text: str) -> timedelta:
    """`30m`, `12h`, `7d`, `2w` as a length of time.

    Raises:
        UsageError: it is none of these.
    """
    match = _SPAN.fullmatch(text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise UsageError(f"{text!r} is no time span; write a number and s, m, h, d or w, like 12h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def plain(text: object) -> str:
    """Text that cannot steer a terminal: control sequences and direction overrides are taken out."""
    return _CONTROL.sub(" ", str(text))


def jsonable(value: Any) -> Any:  # noqa: PLR0911 - one line a type
    """A value of the model as JSON: dataclasses and named tuples become objects, times RFC 3339, enumerations their values."""
    if is_dataclass(value) and not isinstance(value, type):
        return jsonable(asdict(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return jsonable(value._asdict())
    if isinstance(value, list | tuple | set | frozenset):
        return [jsonable(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(jsonable(value), ensure_ascii=False, indent=2))


def listing(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Print rows as JSON, or as a table that fits the terminal (tab-separated lines in a pipe)."""
    found = list(rows)
    if as_json:
        print_json(found)
    elif not found:
        click.echo(empty)
    elif not sys.stdout.isatty():
        for row in found:
            click.echo("\t".join(" ".join(plain(row[name] or "").split()) for name in columns))
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in columns:
            table.add_column(name.replace("_", " "), overflow="fold")
        for row in found:
            table.add_row(*(Text(plain("" if row[name] is None else row[name])) for name in columns))
        Console().print(table)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 source`, `1,200 sources`."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def counter(total: int, what: str) -> Callable[[], None]:
    """Give a function to call after each step: shows `12 of 61 sources` on a terminal, nothing in a pipe."""
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r{done} of {total} {what}{end}")
            sys.stderr.flush()

    return step


def read_text(path: str) -> str:
    """Text of a file, `-` for standard input.

    Raises:
        UsageError: it cannot be read, or is not UTF-8.
    """
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error
