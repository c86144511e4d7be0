"""Reading one configuration file: bytes -> text -> nodes with lines -> a checked pydantic model.

Nothing here raises for what a file holds: every mistake is a :class:`bot.errors.Problem`, and callers collect the problems
of all files before they refuse. Models derive from :class:`Section`, which forbids unknown keys. A validator that raises
``ValueError('"x" is …; write …')`` gives the words after the key's name: `config/alerts.yaml:6: channel "x" is …; write …`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.config.explain import closest, explain, one_of, unknown_value
from bot.config.yaml12 import Node, Unset, compose, shorten
from bot.errors import Problem

__all__ = [
    "MAX_BYTES", "Node", "Section", "Unset", "closest", "one_of", "read_model", "read_text", "read_yaml", "shorten",
    "unknown_value", "validate",
]  # fmt: skip

MAX_BYTES = 5_000_000
"""A configuration file above this size is refused unread."""

M = TypeVar("M", bound=BaseModel)


class Section(BaseModel):
    """Base of all models of configuration: unknown keys are refused, numbers are welcome where text is wanted."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, coerce_numbers_to_str=True, str_strip_whitespace=True, hide_input_in_errors=True
    )


def read_text(path: Path, *, file: str | None = None) -> tuple[str | None, list[Problem]]:
    """Text of a file, without a byte order mark; None and one problem when it cannot be had."""
    name = file or str(path)
    try:
        # A pipe or device would block or never end.
        if path.exists() and not path.is_file():
            return None, [Problem(name, 0, "is not a file; put a YAML file there")]
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, [
            Problem(name, 0, "the file is missing; create it, or set POLICYWATCH_CONFIG to the folder that has it")
        ]
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return None, [Problem(name, 0, f"cannot be read ({reason}); make it readable for this user")]
    if len(raw) > MAX_BYTES:
        return None, [Problem(name, 0, f"is larger than {MAX_BYTES:,} bytes; split it")]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return None, [Problem(name, line, f"is not UTF-8 text (byte 0x{raw[error.start]:02x}); save the file as UTF-8")]


def read_yaml(
    path: Path | str,
    text: str | None = None,
    *,
    env: Mapping[str, str],
    file: str | None = None,
    unset: Unset | None = None,
) -> tuple[Node | None, list[Problem]]:
    """Read a YAML file into nodes.

    Args:
        path: the file; also its name in messages, unless ``file`` gives another.
        text: its text, when it does not come from the disk (a stored configuration).
        env: values for `${NAME}`.
        file: name for messages.
        unset: see :data:`bot.config.yaml12.Unset`.

    Returns:
        The root node and the problems. A root beside problems can still be validated, to find further ones; None: the
        file cannot be read at all, or is empty (then that is among the problems).
    """
    name = file or str(path)
    if text is None:
        text, problems = read_text(Path(path), file=name)
        if text is None:
            return None, problems
    root, problems = compose(text, file=name, env=env, unset=unset)
    if root is None and not problems:
        problems = [Problem(name, 0, "the file is empty; write its keys, as the shipped example does")]
    return root, problems


def validate(node: Node, model: type[M], file: str) -> tuple[M | None, list[Problem]]:
    """Check nodes against a model.

    Args:
        node: root of the file, as :func:`read_yaml` gives it.
        model: what the file must be; best a :class:`Section`.
        file: name for messages.

    Returns:
        The value and no problems, or None and every problem of the file, each at the line it is about.
    """
    if not isinstance(node.value, Mapping):
        keys = ", ".join(f'"{info.alias or name}:"' for name, info in model.model_fields.items())
        kind = "a list" if isinstance(node.value, tuple) else "a single value"
        return None, [Problem(file, node.line, f"the file is {kind}, not a mapping of keys; begin it with {keys}")]
    try:
        return model.model_validate(node.plain()), []
    except ValidationError as error:
        return None, explain(error, node, model, file)


def read_model(
    path: Path | str,
    model: type[M],
    *,
    env: Mapping[str, str],
    text: str | None = None,
    file: str | None = None,
    unset: Unset | None = None,
) -> tuple[M | None, Node | None, list[Problem]]:
    """Read and check one file: the value (None when there is any problem), its nodes, all its problems."""
    root, problems = read_yaml(path, text, env=env, file=file, unset=unset)
    if root is None:
        return None, None, problems
    value, more = validate(root, model, file or str(path))
    # What cannot be read as written (a variable that is not set) cannot be judged either: its echo says nothing new.
    unread = {problem.line for problem in problems}
    variables = {problem.line for problem in problems if "${" in problem.message}
    found = [
        *problems,
        *(one for one in more if one.line not in unread or (one.line in variables and "${" not in one.message)),
    ]
    return (None if found else value), root, found
