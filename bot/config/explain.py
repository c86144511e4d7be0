"""Pydantic's errors as problems that name file, line, key, what is wrong and what to write instead."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.config.yaml12 import Node, shorten
from bot.errors import Problem

M = TypeVar("M", bound=BaseModel)
Details = typing.Mapping[str, Any]


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` most likely means, without regard to case; None when none is near."""
    by_lower = {name.lower(): name for name in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def one_of(words: Sequence[str]) -> str:
    """`a, b or c`, cut short when there are many."""
    shown = [*words[:20], "…"] if len(words) > 20 else list(words)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def unknown_value(written: str, known: Sequence[str]) -> str:
    """Says that ``written`` is none of ``known``: `"fed" is unknown; write "feed" (or page, document)`."""
    guess = closest(written, known)
    said = f'"{shorten(written)}" is unknown'
    if guess is None:
        return f"{said}; write {one_of(known)}"
    others = [name for name in known if name != guess]
    if not others or len(others) > 20:
        return f'{said}; write "{guess}"'
    return f'{said}; write "{guess}" (or {", ".join(others)})'


def explain(error: ValidationError, root: Node, model: type[BaseModel], file: str) -> list[Problem]:
    """Every mistake of one file, each at the line of the node it is about."""
    problems: dict[tuple[int, str], Problem] = {}
    for details in error.errors(include_url=False):
        problem = _explain_one(details, root, model, file)
        # A union reports one mistake once for each of its members: keep the first for a line and key.
        problems.setdefault((problem.line, problem.message), problem)
    return list(problems.values())


def _explain_one(details: Details, root: Node, model: type[BaseModel], file: str) -> Problem:
    path, node = _locate(root, details["loc"])
    kind = str(details["type"])
    names = [str(step) for step in details["loc"] if isinstance(step, str)]
    if kind == "missing":
        return Problem(file, node.line, _missing(str(details["loc"][-1]), _model_at(model, path)))
    if kind == "extra_forbidden":
        return Problem(file, node.line, _unknown_key(path, model))
    key = _label(path)
    own = str(details.get("ctx", {}).get("error", "")) if kind in ("value_error", "assertion_error") else ""
    if own and not path:
        return Problem(file, node.line, own)
    if node.value is None and path:
        return Problem(file, node.line, f"{key} {_empty(path, node, model)}")
    message = own or _MESSAGES.get(kind, _other)(details, node)
    if own and isinstance(node.value, str) and node.raw and node.raw != node.value:
        message = message.replace(node.value, node.raw)
    return Problem(file, node.line, f"{key or (names[-1] if names else 'the file')} {message}")


def _empty(path: Sequence[str | int], node: Node, model: type[BaseModel]) -> str:
    """For a key without a value. `channel: #policy` has none either: what follows " #" is a comment."""
    example = _example(_model_at(model, path[:-1]), str(path[-1])) if path else ""
    advice = f"write {example}" if example else "write a value, or leave the key out"
    if node.raw.startswith("#"):
        return f'is empty, as "{shorten(node.raw, 30)}" is read as a comment; {advice}'
    return f"is empty; {advice}"


def _locate(root: Node, loc: Sequence[str | int]) -> tuple[list[str | int], Node]:
    """Walk ``loc`` as far as the tree goes; pydantic's own marks in it (union members, validators) are stepped over."""
    node, path = root, list[str | int]()
    for step in loc:
        below = node.child(step)
        if below is not None:
            node = below
            path.append(step)
    return path, node


def _label(path: Sequence[str | int]) -> str:
    """How people know the value: its key; for an item of a list, the list's key."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return f"an item of {key}" if key and isinstance(path[-1], int) else key


def _missing(key: str, model: type[BaseModel] | None) -> str:
    example = _example(model, key)
    return f'"{key}" is missing; add {key}: {example}' if example else f'"{key}" is missing; add it'


def _unknown_key(path: Sequence[str | int], model: type[BaseModel]) -> str:
    key = str(path[-1]) if path else ""
    owner = _model_at(model, path[:-1])
    known = list(_keys(owner)) if owner is not None else []
    guess = closest(key, known)
    if guess:
        return f'"{shorten(key)}" is not a key here; write "{guess}"'
    if known:
        return f'"{shorten(key)}" is not a key here; known are {", ".join(known)}'
    return f'"{shorten(key)}" is not a key here; leave it out'


def _keys(model: type[BaseModel]) -> dict[str, Any]:
    """Fields of a model by the key people write."""
    return {str(info.alias or name): info for name, info in model.model_fields.items()}


def _example(model: type[BaseModel] | None, key: str) -> str:
    """What to write for a key: its own example, or how a list of entries is begun."""
    info = _keys(model).get(key) if model is not None else None
    if info is None:
        return ""
    if info.examples:
        return str(info.examples[0])
    entry = _model_in(_element_of(info.annotation))
    return f'[], or one "- {next(iter(_keys(entry)))}: …" below it for each' if entry is not None else ""


def _model_at(model: type[BaseModel], path: Sequence[str | int]) -> type[BaseModel] | None:
    """The model that describes the mapping at ``path``."""
    current: Any = model
    for step in path:
        owner = _model_in(current)
        if owner is not None and isinstance(step, str):
            info = _keys(owner).get(step)
            current = info.annotation if info is not None else None
        else:
            current = _element_of(current)
        if current is None:
            return None
    return _model_in(current)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model an annotation names, looked for in `X | None` and `Annotated[X, …]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType, typing.Annotated):
        return next((found for part in typing.get_args(annotation) if (found := _model_in(part))), None)
    return None


def _element_of(annotation: Any) -> Any:
    """What a list or mapping annotation holds."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return next((found for part in arguments if (found := _element_of(part)) is not None), None)
    if origin is typing.Annotated:
        return _element_of(arguments[0])
    if not arguments:
        return None
    return arguments[-1] if isinstance(origin, type) and issubclass(origin, typing.Mapping) else arguments[0]


# --- one message for each kind of mistake --------------------------------------------------------------------------------


def _written(node: Node) -> str:
    """What stands in the file, for a message."""
    if isinstance(node.value, int | float):
        return shorten(node.raw)
    if isinstance(node.value, tuple):
        return "a list"
    if isinstance(node.value, typing.Mapping):
        return "a mapping of keys"
    return f'"{shorten(node.raw)}"'


def _should_be(what: str, advice: str) -> Callable[[Details, Node], str]:
    def message(_: Details, node: Node) -> str:
        return f"is {_written(node)}, not {what}; write {advice}"

    return message


def _choice(details: Details, node: Node) -> str:
    expected = str(details["ctx"]["expected"]).replace(" or ", ", ").split(", ")
    known = [word.strip("'\"") for word in expected]
    if isinstance(node.value, tuple | typing.Mapping):
        return f"is {_written(node)}; write {one_of(known)}"
    return unknown_value(node.raw, known)


def _bound(words: str, limit: str) -> Callable[[Details, Node], str]:
    def message(details: Details, node: Node) -> str:
        number = details["ctx"][limit]
        shown = int(number) if number == int(number) else number
        return f"{_written(node)} is {words}; write {shown} or {'more' if limit in ('ge', 'gt') else 'less'}"

    return message


def _length(details: Details, node: Node) -> str:
    context = details["ctx"]
    if "max_length" in context:
        return f"{_written(node)} is too long; write at most {context['max_length']}"
    if isinstance(node.value, str):
        return "is empty; write some text, or leave the key out"
    return f"has too few items; write at least {context['min_length']}"


def _pattern(details: Details, node: Node) -> str:
    return f"{_written(node)} has characters that may not stand here; write it like {details['ctx']['pattern']}"


def _other(details: Details, node: Node) -> str:
    """For kinds that no model here uses: pydantic's own words."""
    return f"{_written(node)} cannot be used: {shorten(str(details['msg']), 120)}"


_TEXT = _should_be("text", "plain text, in quotes where it looks like something else")
_LIST = _should_be("a list", 'one "- item" on each line, or [a, b]')
_KEYS = _should_be("a mapping", "key: value lines below it")
_WHOLE = _should_be("a whole number", "digits only, like 12")
_NUMBER = _should_be("a number", "one like 0.5")
_BOOL = _should_be("true or false", "true or false")
_MESSAGES: dict[str, Callable[[Details, Node], str]] = {
    "string_type": _TEXT,
    "list_type": _LIST, "tuple_type": _LIST, "set_type": _LIST, "frozen_set_type": _LIST,
    "dict_type": _KEYS, "model_type": _KEYS, "model_attributes_type": _KEYS, "mapping_type": _KEYS,
    "int_type": _WHOLE, "int_parsing": _WHOLE, "int_from_float": _WHOLE, "int_parsing_size": _WHOLE,
    "float_type": _NUMBER, "float_parsing": _NUMBER, "finite_number": _NUMBER,
    "bool_type": _BOOL, "bool_parsing": _BOOL,
    "literal_error": _choice, "enum": _choice,
    "greater_than_equal": _bound("too small", "ge"), "greater_than": _bound("too small", "gt"),
    "less_than_equal": _bound("too large", "le"), "less_than": _bound("too large", "lt"),
    "string_too_short": _length, "string_too_long": _length, "too_short": _length, "too_long": _length,
    "string_pattern_mismatch": _pattern,
}  # fmt: skip
