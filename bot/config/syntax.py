"""YAML syntax errors in words that help: where it is, what is wrong, what to write."""

from __future__ import annotations

from typing import Any

import yaml

_NO_VALUE_HERE = (
    'a ":" where no key may stand; check the indentation, put the value in quotes, or end the line above properly'
)
_INDENT = "the indentation does not fit the lines above; write the keys of one entry exactly below each other"

_CLOSERS = {
    "while parsing a flow sequence": 'the list that begins with "[" on line {line} is not closed or lacks a comma; write [a, b]',
    "while parsing a flow mapping": 'the mapping that begins with "{{" on line {line} is not closed or lacks a comma; write {{a: 1, b: 2}}',
    "while scanning a quoted scalar": "the quote opened on line {line} is never closed; close it",
}
_PROBLEMS = {
    "mapping values are not allowed in this context": _NO_VALUE_HERE,
    "mapping values are not allowed here": _NO_VALUE_HERE,
    "did not find expected key": f"{_INDENT}; text that follows a closing quote also reads so",
    "did not find expected '-' indicator": f'{_INDENT}; items of one list begin with "- " in the same column',
    "block sequence entries are not allowed in this context": 'a list begins here on the line of its key; write "- " on the next line',
    "did not find expected node content": "a value is missing or begins with a character that needs quotes; put it in quotes",
    "did not find expected comment or line break": 'after "|" or ">" the text begins on the next line',
    "found unknown escape character": "unknown escape after a backslash; write \\\\ for a backslash, or use single quotes",
    "did not find expected alphabetic or numeric character": 'text that begins with "*" or "&" goes in quotes',
    "found incompatible YAML document": "the %YAML line names an unknown version; leave it out",
    "did not find expected <document start>": f"{_INDENT}; the file must be one mapping of keys",
}  # fmt: skip


def syntax_message(error: yaml.YAMLError, text: str) -> tuple[int, str]:
    """Line (from 1) and message of a syntax error in ``text``."""
    if isinstance(error, yaml.MarkedYAMLError):
        return _marked(error, text)
    position = getattr(error, "position", None)
    reason = str(getattr(error, "reason", None) or error)
    if not isinstance(position, int):
        return 0, f"cannot be read as YAML ({reason})"
    # The position counts bytes of the UTF-8 text that was handed to libyaml.
    line = text.encode("utf-8", "replace")[:position].count(b"\n") + 1
    return line, f"a character that YAML does not allow ({reason}); remove it"


def _marked(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    problem, context = str(error.problem or ""), str(error.context or "")
    at, start = _line(error.problem_mark), _line(error.context_mark)
    line = at or start or 0
    if context in _CLOSERS and (start or line):
        return start or line, _CLOSERS[context].format(line=start or line)
    if problem == "could not find expected ':'":
        return start or line, 'a key without ":"; write key: value, and check that the line above is complete'
    if problem == "found character that cannot start any token":
        return line, _bad_start(error.problem_mark, text)
    if problem in _PROBLEMS:
        return line, _PROBLEMS[problem]
    return line, f"cannot be read as YAML: {problem or context or error}"


def _bad_start(mark: Any, text: str) -> str:
    character = text[mark.index : mark.index + 1] if mark is not None else ""
    if character == "\t":
        return "a tab is used for indentation; write spaces"
    return f'a value cannot begin with "{character}"; put it in quotes'


def _line(mark: Any) -> int | None:
    return None if mark is None else int(mark.line) + 1
