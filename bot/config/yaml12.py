"""YAML text to a tree of nodes with line numbers, by the scalar rules of YAML 1.2.

The tokens come from libyaml (through PyYAML); composing is done here, because PyYAML's own composer reads YAML 1.1
(`NO` is false, `09:00` is 540, `2026-11-01` is a date), keeps the last of two equal keys without a word, and follows
aliases without bound. Only ``true``/``false``, ``null``/``~`` and numbers as JSON writes them are typed; all else is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.config.syntax import syntax_message
from bot.errors import Problem

MAX_DEPTH = 40
MAX_NODES = 200_000
"""Nodes of one file once its aliases are followed; the largest shipped file has a few thousand."""

Scalar = str | int | float | bool | None
Unset = Callable[[str, str], str | None]
"""Called with (key, NAME) for a variable that is not set; gives the text to use instead, None for a problem."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONSTANTS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?")
_VARIABLE = re.compile(r"(?P<escape>\$\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}|(?P<bad>\$\{[^}]*\}?)")
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a list or a mapping, and where it stands.

    ``line`` counts from 1; for the value of a key it is the key's line. ``raw`` is a scalar as written, before `${NAME}`
    was replaced (messages quote it, so that no secret gets into them); for an empty value it holds the comment that
    follows on its line, which is often a forgotten quote (`channel: #policy`).
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Node]
    line: int
    raw: str = ""
    size: int = 1
    """Nodes in this tree, itself included, with aliases followed."""

    def plain(self) -> Any:
        """The tree as plain scalars, lists and dicts."""
        if isinstance(self.value, tuple):
            return [item.plain() for item in self.value]
        if isinstance(self.value, Mapping):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value

    def child(self, key: str | int) -> Node | None:
        """The value of a key or the item at an index; None when there is none, or when this is a scalar."""
        if isinstance(self.value, Mapping):
            return self.value.get(str(key))
        if isinstance(self.value, tuple) and isinstance(key, int) and 0 <= key < len(self.value):
            return self.value[key]
        return None

    def items(self) -> tuple[Node, ...]:
        """The items of a list; none for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    def line_of(self, *path: str | int) -> int:
        """Line of what stands at ``path``, or of the nearest node above it."""
        node = self
        for step in path:
            below = node.child(step)
            if below is None:
                break
            node = below
        return node.line


class _Stop(Exception):
    """Composing cannot go on."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message


def compose(
    text: str, *, file: str, env: Mapping[str, str], unset: Unset | None = None
) -> tuple[Node | None, list[Problem]]:
    """Read YAML text.

    Args:
        text: the whole file; line ends may be LF or CRLF.
        file: name for messages.
        env: values for `${NAME}`; an empty value counts as not set. `$${` stands for `${` itself.
        unset: asked for a variable that is not set.

    Returns:
        The root node (None when the text cannot be read at all, or is empty) and every problem found.
    """
    return _Composer(text, file, env, unset).run()


class _Composer:
    """One pass over the events of one text."""

    def __init__(self, text: str, file: str, env: Mapping[str, str], unset: Unset | None) -> None:
        self.text, self.file, self.env, self.unset = text, file, env, unset
        self.lines = text.splitlines()
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node | None] = {}
        self.count = 0

    def run(self) -> tuple[Node | None, list[Problem]]:
        try:
            root = self.document()
        except yaml.YAMLError as error:
            line, message = syntax_message(error, self.text)
            self.problem(line, message)
        except _Stop as stop:
            self.problem(stop.line, stop.message)
        else:
            return root, self.problems
        return None, self.problems

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def document(self) -> Node | None:
        # Bytes, because PyYAML encodes text itself and fails on lone surrogates with an error of its own.
        loader = _LOADER(self.text.encode("utf-8", "replace"))
        try:
            events = _events(loader)
            root: Node | None = None
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    if root is not None:
                        raise _Stop(_line(event), 'a second document begins here ("---"); write one document in a file')
                    root = self.node(next(events), events, "", 0)
            return None if root is not None and root.value is None else root
        finally:
            loader.dispose()

    def node(self, event: Any, events: Iterator[Any], key: str, depth: int) -> Node:
        """Compose the node that begins with ``event``; ``key`` is the mapping key it is the value of."""
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.grow(1, event)
        if depth > MAX_DEPTH:
            raise _Stop(_line(event), f"nested deeper than {MAX_DEPTH} levels; write it flatter")
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event, key)
        elif event.tag is not None:
            raise _Stop(_line(event), f'the tag "{_short_tag(event.tag)}" is not supported; leave it out')
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self.sequence(event, events, key, depth)
        else:
            node = self.mapping(event, events, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def grow(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MAX_NODES:
            raise _Stop(
                _line(event), f"more than {MAX_NODES:,} values, aliases followed; split the file or write fewer aliases"
            )

    def alias(self, event: Any) -> Node:
        name = event.anchor
        if name not in self.anchors:
            raise _Stop(
                _line(event),
                f'"*{name}" refers to an anchor "&{name}" that is not defined above; text beginning with * goes in quotes',
            )
        node = self.anchors[name]
        if node is None:
            raise _Stop(
                _line(event), f'"*{name}" stands inside of "&{name}" and would contain itself; write the values out'
            )
        self.grow(node.size, event)
        return node

    def sequence(self, start: Any, events: Iterator[Any], key: str, depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.node(event, events, key, depth + 1))
        return Node(tuple(items), _line(start), size=1 + sum(item.size for item in items))

    def mapping(self, start: Any, events: Iterator[Any], depth: int) -> Node:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Stop(_line(event), "a key must be plain text; write key: value")
            key, line = str(event.value), _line(event)
            value = self.node(next(events), events, key, depth + 1)
            if key == "<<" and not event.style:
                self.problem(line, 'merging with "<<" is not supported; write the keys out')
            elif key in entries:
                self.problem(
                    line, f'"{shorten(key)}" is written twice here, first on line {entries[key].line}; keep one'
                )
            else:
                entries[key] = value if value.line == line else Node(value.value, line, value.raw, value.size)
        return Node(entries, _line(start), size=1 + sum(entry.size for entry in entries.values()))

    def scalar(self, event: Any, key: str) -> Node:
        line, written = _line(event), str(event.value)
        if event.tag not in (None, *_TEXT_TAGS):
            raise _Stop(line, f'the tag "{_short_tag(event.tag)}" is not supported; leave it out')
        text = self.substitute(written, key, line) if "${" in written else written
        if not event.implicit[0]:
            return Node(text, line, written)
        value = typed(text)
        if value is None and not written:
            return Node(None, line, self.comment_after(event))
        return Node(value, line, written)

    def substitute(self, written: str, key: str, line: int) -> str:
        def replace(match: re.Match[str]) -> str:
            if match["escape"]:
                return "${"
            if match["bad"]:
                self.problem(
                    line,
                    f'"{shorten(match["bad"])}" is no variable; write ${{NAME}}, or $${{ for these characters themselves',
                )
                return match["bad"]
            name = match["name"]
            value = self.env.get(name) or (self.unset(key, name) if self.unset else None)
            if value is None:
                self.problem(line, f"${{{name}}} is not set in the environment; set {name}, or write the value here")
                return match[0]
            return value

        return _VARIABLE.sub(replace, written)

    def comment_after(self, event: Any) -> str:
        """The comment that stands where a value was expected."""
        if event.start_mark.line >= len(self.lines):
            return ""
        rest = self.lines[event.start_mark.line][event.start_mark.column :].strip()
        return rest if rest.startswith("#") else ""


def typed(text: str) -> Scalar:
    """The value of an unquoted scalar.

    >>> [typed(text) for text in ("true", "NO", "09:00", "2026-11-01", "12", "012", "0.5", "~")]
    [True, 'NO', '09:00', '2026-11-01', 12, '012', 0.5, None]
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] not in "-0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if len(text) <= 40 and _FLOAT.fullmatch(text):
        return float(text)
    return text


def shorten(text: str, limit: int = 60) -> str:
    """Text for a message: one line, without control characters, at most ``limit`` characters."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text[: limit * 4]).split())
    return line if len(line) <= limit and len(text) <= limit * 4 else line[: limit - 1] + "…"


def _events(loader: Any) -> Iterator[Any]:
    while loader.check_event():
        yield loader.get_event()


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _short_tag(tag: str) -> str:
    return shorten(tag.replace("tag:yaml.org,2002:", "!!"))
