"""Composing: scalars of YAML 1.2, line numbers, variables, and every way in which text can be broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config.yaml12 import MAX_NODES, Node, compose, shorten, typed


def read(text: str, **env: str) -> tuple[Node | None, list[str]]:
    root, problems = compose(text, file="f.yaml", env=env)
    return root, [str(problem) for problem in problems]


def plain(text: str, **env: str):
    root, problems = read(text, **env)
    assert problems == []
    assert root is not None
    return root.plain()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("False", False), ("NO", "NO"), ("no", "no"), ("on", "on"), ("yes", "yes"), ("off", "off"), ("y", "y"),
        ("09:00", "09:00"), ("1:30:00", "1:30:00"), ("2026-11-01", "2026-11-01"), ("2026-11-01T09:00:00Z", "2026-11-01T09:00:00Z"),
        ("0", 0), ("12", 12), ("-3", -3), ("0123", "0123"), ("+5", "+5"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("0.5", 0.5),
        ("1e3", 1000.0), (".5", ".5"), (".inf", ".inf"), (".nan", ".nan"), ("~", None), ("null", None), ("", None),
        ('"12"', "12"), ("'true'", "true"), ("!!str 5", "5"), ("15m", "15m"), ("=", "="),
        ("99999999999999999999999", 1e23), ("1e999", float("inf")),
    ],
)  # fmt: skip
def test_scalars_are_typed_by_yaml_1_2(written, value):
    found = plain(f"key: {written}\n")["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_node_knows_its_line():
    root, _ = read("a: 1\n\n# comment\nlist:\n  - x\n  - y: 2\n    z: 3\nlast:\n  deep:\n    er: 4\n")
    assert root is not None
    lines = [root.line_of(*path) for path in (("a",), ("list",), ("list", 0), ("list", 1, "z"), ("last", "deep", "er"))]
    assert lines == [1, 4, 5, 7, 10]
    assert root.line_of("list", 1, "missing") == 6
    assert root.line_of("nowhere") == 1


def test_carriage_returns_and_a_byte_order_mark_are_no_matter():
    assert plain("\ufeffa: 1\r\nb:\r\n  - x\r\n") == {"a": 1, "b": ["x"]}
    root, _ = read("a: 1\r\nb: 2\r\n")
    assert root is not None
    assert root.line_of("b") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n\t- x\n", "f.yaml:3: a tab is used for indentation; write spaces"),
        ("a: 1\nb: 2\na: 3\n", 'f.yaml:3: "a" is written twice here, first on line 1; keep one'),
        ("a: @x\n", 'f.yaml:1: a value cannot begin with "@"; put it in quotes'),
        ("x: 1\na: 'one\nb: 2\n", "f.yaml:2: the quote opened on line 2 is never closed; close it"),
        ("x: 1\na: [1, 2\nb: 3\n", 'f.yaml:2: the list that begins with "[" on line 2 is not closed or lacks a comma; write [a, b]'),
        ("a: {b: 1\n", 'f.yaml:1: the mapping that begins with "{" on line 1 is not closed or lacks a comma; write {a: 1, b: 2}'),
        ("a: 1\nb\nc: 2\n", 'f.yaml:2: a key without ":"; write key: value, and check that the line above is complete'),
        ("a: *x\n", 'f.yaml:1: "*x" refers to an anchor "&x" that is not defined above; text beginning with * goes in quotes'),
        ("a: &x [*x]\n", 'f.yaml:1: "*x" stands inside of "&x" and would contain itself; write the values out'),
        ("a: !!python/name:os.system x\n", 'f.yaml:1: the tag "!!python/name:os.system" is not supported; leave it out'),
        ("a: !custom {b: 1}\n", 'f.yaml:1: the tag "!custom" is not supported; leave it out'),
        ("? [a]\n: b\n", "f.yaml:1: a key must be plain text; write key: value"),
        ("b: &b {x: 1}\na:\n  <<: *b\n", 'f.yaml:3: merging with "<<" is not supported; write the keys out'),
        ("a: 1\n---\nb: 2\n", 'f.yaml:2: a second document begins here ("---"); write one document in a file'),
        ("%YAML 9.1\n---\na: 1", "f.yaml:1: the %YAML line names an unknown version; leave it out"),
        ("a: é\nb: \x01\n", "f.yaml:2: a character that YAML does not allow (control characters are not allowed); remove it"),
        ("[" * 3000, "f.yaml:1: nested deeper than 40 levels; write it flatter"),
        ("key: - a\n", 'f.yaml:1: a list begins here on the line of its key; write "- " on the next line'),
    ],
)  # fmt: skip
def test_broken_text_is_one_clear_problem(text, said):
    _, problems = read(text)
    assert problems == [said]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c\n", 1),
        ("a: 1\n b: 2\n", 2),
        ("sources:\n- a: 1\n- b: 2\n c: 3\n", 4),
        ("- a\nb: 1\n", 2),
        ("a: 'x' y\n", 1),
    ],
)
def test_indentation_mistakes_name_their_line(text, line):
    root, problems = read(text)
    assert root is None
    assert len(problems) == 1
    assert problems[0].startswith(f"f.yaml:{line}: ")
    assert "; " in problems[0] or "check" in problems[0]


def test_nothing_in_a_file_is_no_problem_of_composing():
    for text in ("", "\n\n", "# only a comment\n", "---\n", "~\n"):
        assert read(text) == (None, [])


def test_aliases_are_followed_within_bounds():
    assert plain("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 12)
    )
    _, problems = read(bomb)
    assert problems == [
        f"f.yaml:6: more than {MAX_NODES:,} values, aliases followed; split the file or write fewer aliases"
    ]


def test_variables_are_replaced_before_typing_and_never_shown():
    root, problems = read("a: ${N}\nb: x-${S}-y\nc: '${N}'\nd: $${S} $$ ${S}\n", N="7", S="secret")
    assert problems == []
    assert root is not None
    assert root.plain() == {"a": 7, "b": "x-secret-y", "c": "7", "d": "${S} $$ secret"}
    node = root.child("b")
    assert node is not None
    assert node.raw == "x-${S}-y"


def test_a_value_cannot_bring_structure_of_its_own():
    assert plain("a: ${X}\n", X="1\nb: 2") == {"a": "1\nb: 2"}


@pytest.mark.parametrize("empty", [{}, {"NAME": ""}])
def test_a_variable_that_is_not_set_is_named_with_its_line(empty):
    _, problems = read("a: 1\nb: ${NAME}\n", **empty)
    assert problems == ["f.yaml:2: ${NAME} is not set in the environment; set NAME, or write the value here"]


@pytest.mark.parametrize("written", ["${}", "${A-B}", "${A:-x}", "${A", "${1}"])
def test_a_malformed_variable_is_named(written):
    _, problems = read(f"a: '{written}'\n", A="x")
    assert len(problems) == 1
    assert problems[0].startswith(f'f.yaml:1: "{written}" is no variable; write ${{NAME}}')


def test_a_value_lost_to_a_comment_is_remembered():
    root, _ = read("a: #policy\nb:\nc:   # why\n")
    assert root is not None
    assert [node.raw for key in "abc" if (node := root.child(key))] == ["#policy", "", "# why"]


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_tree_or_problems_and_never_raises(text):
    root, problems = compose(text, file="f", env={})
    assert root is None or isinstance(root.plain(), str | int | float | bool | list | dict | None)
    assert all(problem.message and problem.line >= 0 for problem in problems)


PIECES = st.sampled_from(
    ["a", "sources", ": ", ":", "- ", "-", "\n", "\n  ", "\n    ", "\t", "[", "]", "{", "}", ",", "&x ", "*x", "!!str ", "|", ">-", "'", '"',
     "#", " # ", "${A}", "${", "$${", "? ", "<<", "---", "...", "%", "@", "`", "\r\n", "\x00", "\ud800", "\u2028", "é", "0", "true", "~"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_yaml_like_text_never_raises(text):
    root, problems = compose(text, file="f", env={"A": "v"})
    lines = text.count("\n") + text.count("\r") + text.count("\u2028") + 2
    assert all(0 <= problem.line <= lines for problem in problems)
    assert root is not None or problems or not text.strip() or True
    if root is not None:
        assert root.size >= 1


@given(st.text(max_size=300))
def test_shortened_text_is_one_printable_line(text):
    short = shorten(text)
    assert len(short) <= 60
    assert all(mark.isprintable() for mark in short)


def test_typed_leaves_long_digits_alone():
    assert typed("1" * 5000) == "1" * 5000
