"""Files and models: what a person is told of each kind of mistake, and at which line."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, field_validator

from bot.config import reading
from bot.config.reading import Section, closest, read_model, read_text, unknown_value
from bot.config.schema import AlertsFile, SourcesFile, SourcesOverlay


class Item(Section):
    id: str = Field(examples=["first"])
    kind: Literal["feed", "page", "document"] = "feed"
    tags: tuple[str, ...] = ()
    select: dict[str, str] = {}
    enabled: bool = True
    channel: str | None = None

    @field_validator("channel")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value and value.startswith("#"):
            raise ValueError(f'"{value}" is a name; write its id')
        return value


class Limits(Section):
    number: int = Field(3, ge=1, le=9)
    share: float = 0.1
    name: str = Field("x", min_length=1, max_length=5)


class File(Section):
    items: tuple[Item, ...] = Field(examples=["[]"])
    limits: Limits | None = None


def said(text: str, **env: str) -> list[str]:
    value, _, problems = read_model("f.yaml", File, env=env, text=text)
    assert (value is None) == bool(problems)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("kind: fed", 'kind "fed" is unknown; write "feed" (or page, document)'),
        ("kind: zzz", 'kind "zzz" is unknown; write feed, page or document'),
        ("kind: [feed]", "kind is a list; write feed, page or document"),
        ("tgs: [a]", '"tgs" is not a key here; write "tags"'),
        ("colour: red", '"colour" is not a key here; known are id, kind, tags, select, enabled, channel'),
        ("tags: x", 'tags is "x", not a list; write one "- item" on each line, or [a, b]'),
        (
            "tags: [[a]]",
            "an item of tags is a list, not text; write plain text, in quotes where it looks like something else",
        ),
        ("enabled: maybe", 'enabled is "maybe", not true or false; write true or false'),
        ("enabled: 2", "enabled is 2, not true or false; write true or false"),
        ("select: [1]", "select is a list, not a mapping; write key: value lines below it"),
        ("channel: '#policy'", 'channel "#policy" is a name; write its id'),
        ("kind:", "kind is empty; write a value, or leave the key out"),
        ("kind: #feed", 'kind is empty, as "#feed" is read as a comment; write a value, or leave the key out'),
    ],
)
def test_mistakes_in_an_entry(lines, message):
    assert said(f"items:\n  - id: a\n    {lines}\n  - id: b\n") == [f"f.yaml:3: {message}"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("number: 12", "number 12 is too large; write 9 or less"),
        ("number: 0", "number 0 is too small; write 1 or more"),
        ("number: many", 'number is "many", not a whole number; write digits only, like 12'),
        ("number: 1.5", "number is 1.5, not a whole number; write digits only, like 12"),
        ("share: abc", 'share is "abc", not a number; write one like 0.5'),
        ("name: ''", "name is empty; write some text, or leave the key out"),
        ("name: abcdefgh", 'name "abcdefgh" is too long; write at most 5'),
        ("nmber: 3", '"nmber" is not a key here; write "number"'),
    ],
)
def test_mistakes_in_a_block(lines, message):
    assert said(f"items: []\nlimits:\n  {lines}\n") == [f"f.yaml:3: {message}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml: the file is empty; write its keys, as the shipped example does"),
        ("# nothing\n", "f.yaml: the file is empty; write its keys, as the shipped example does"),
        ("- a\n", 'f.yaml:1: the file is a list, not a mapping of keys; begin it with "items:", "limits:"'),
        ("\nhello\n", 'f.yaml:2: the file is a single value, not a mapping of keys; begin it with "items:", "limits:"'),
        ("limits: {}\n", 'f.yaml:1: "items" is missing; add items: []'),
        ("items:\n", "f.yaml:1: items is empty; write []"),
        ("items: {}\n", 'f.yaml:1: items is a mapping of keys, not a list; write one "- item" on each line, or [a, b]'),
        ("items:\n  - 7\n", "f.yaml:2: an item of items is 7, not a mapping; write key: value lines below it"),
        ("items:\n  - kind: feed\n", 'f.yaml:2: "id" is missing; add id: first'),
        ("items: []\nlimits: 3\n", "f.yaml:2: limits is 3, not a mapping; write key: value lines below it"),
    ],
)
def test_mistakes_of_a_whole_file(text, message):
    assert said(text) == [message]


def test_all_mistakes_are_told_at_once():
    found = said("items:\n  - id: a\n    kind: fed\n    id: b\n  - tags: x\nextra: 1\n")
    assert [line.split(":")[1] for line in sorted(found)] == ["3", "4", "5", "5", "6"]


def test_numbers_are_welcome_where_text_is_wanted():
    value, _, problems = read_model("f", File, env={}, text="items:\n  - id: 404\n    tags: [2020, 1.5]\n")
    assert problems == []
    assert value is not None
    assert (value.items[0].id, value.items[0].tags) == ("404", ("2020", "1.5"))


def test_a_message_shows_the_variable_and_not_its_value():
    assert said("items:\n  - id: a\n    channel: ${WHERE}\n", WHERE="#secret-place") == [
        'f.yaml:3: channel "${WHERE}" is a name; write its id'
    ]
    assert said("items:\n  - id: a\n    kind: ${WHERE}\n", WHERE="hush") == [
        'f.yaml:3: kind "${WHERE}" is unknown; write feed, page or document'
    ]


def test_a_variable_that_is_not_set_is_told_once():
    assert said("items:\n  - id: a\n    kind: ${KIND}\n") == [
        "f.yaml:3: ${KIND} is not set in the environment; set KIND, or write the value here"
    ]


def test_suggestions():
    assert closest("microsfot", ["Amazon", "Microsoft"]) == "Microsoft"
    assert closest("zebra", ["Amazon"]) is None
    assert unknown_value("bann", ["ban", *map(str, range(30))]) == '"bann" is unknown; write "ban"'


def test_text_that_is_not_utf_8(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"a: 1\nb: caf\xe9\n")
    assert read_text(path, file="f.yaml")[1][0].line == 2
    assert str(read_text(path, file="f.yaml")[1][0]) == (
        "f.yaml:2: is not UTF-8 text (byte 0xe9); save the file as UTF-8"
    )


def test_files_that_cannot_be_had(tmp_path, monkeypatch):
    assert str(read_text(tmp_path / "no.yaml", file="no.yaml")[1][0]).startswith("no.yaml: the file is missing; ")
    assert str(read_text(tmp_path, file="dir")[1][0]) == "dir: is not a file; put a YAML file there"
    big = tmp_path / "big.yaml"
    big.write_text("a: 1")
    monkeypatch.setattr(reading, "MAX_BYTES", 2)
    assert str(read_text(big, file="big.yaml")[1][0]) == "big.yaml: is larger than 2 bytes; split it"


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "f.yaml"
    path.write_text("a: 1")

    def refuse(*_args, **_keys):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    assert str(read_text(path, file="f.yaml")[1][0]) == (
        "f.yaml: cannot be read (permission denied); make it readable for this user"
    )


KEYS = st.sampled_from(
    ["sources", "routes", "settings", "id", "url", "kind", "every", "select", "name", "channel", "when", "send", "x"]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12),
    st.sampled_from(["feed", "15m", "daily 09:00", "daily 25:00 X", "C0123456789", "https://a.example", "http://[", "${X}", "2026-99-99"]),
)  # fmt: skip
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
)


@given(st.dictionaries(KEYS, TREES, max_size=3), st.sampled_from([SourcesFile, SourcesOverlay, AlertsFile]))
@settings(max_examples=100, deadline=None)
def test_any_tree_against_the_real_models_gives_a_value_or_problems_with_lines(tree, model):
    import yaml

    value, root, problems = read_model("f", model, env={}, text=yaml.safe_dump(tree) if tree else "{}")
    assert (value is None) == bool(problems)
    assert root is None or all(problem.line > 0 for problem in problems)
    assert all("pydantic" not in problem.message and "Input should" not in problem.message for problem in problems)
