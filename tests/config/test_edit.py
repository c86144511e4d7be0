"""Edits of source files: nothing but the entry changes, and nothing that would not be valid is written."""

from __future__ import annotations

import difflib
import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import shipped, surgery
from bot.config.edit import add_source, add_sources, remove_source, set_keys
from bot.config.yaml12 import compose
from bot.errors import ConfigError, UsageError

from .conftest import SOURCES

GAZETTE = {"id": "gazette", "name": "The Gazette: News", "url": "https://gazette.example/feed"}
GAZETTE_LINES = "  - id: gazette\n    name: 'The Gazette: News'\n    url: https://gazette.example/feed\n"


def changes(before: str, after: str) -> list[str]:
    """Added and removed lines."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def data(text: str):
    root, problems = compose(text, file="f", env={})
    assert problems == []
    assert root is not None
    return root.plain()["sources"]


# --- text in, text out -----------------------------------------------------------------------------------------------------


def test_adding_leaves_every_other_line_alone():
    after = surgery.add(SOURCES, GAZETTE)
    assert after == SOURCES + "\n" + GAZETTE_LINES
    assert surgery.lines_of(GAZETTE) == GAZETTE_LINES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sources: []\n", "sources:\n  - id: x\n    url: https://x.example\n"),
        ("sources: []  # none yet\n", "sources:  # none yet\n  - id: x\n    url: https://x.example\n"),
        ("sources:\n- id: a\n  url: u\n", "sources:\n- id: a\n  url: u\n- id: x\n  url: https://x.example\n"),
        ("sources:\n  -   id: a\n      url: u", "sources:\n  -   id: a\n      url: u\n  -   id: x\n      url: https://x.example\n"),
        ("sources:\n  - id: a\n# the end\n", "sources:\n  - id: a\n  - id: x\n    url: https://x.example\n# the end\n"),
        ("sources:\n  - {id: a}\n", "sources:\n  - {id: a}\n  - id: x\n    url: https://x.example\n"),
        ("sources: [{id: a, url: u}]\n", "sources: [{id: a, url: u}, {id: x, url: https://x.example}]\n"),
    ],
)  # fmt: skip
def test_adding_follows_the_layout(text, expected):
    assert surgery.add(text, {"id": "x", "url": "https://x.example"}) == expected


def test_windows_line_ends_stay():
    text = SOURCES.replace("\n", "\r\n")
    for after in (
        surgery.add(text, GAZETTE),
        surgery.remove(text, 0),
        surgery.change(text, 0, {"every": "1h", "enabled": False}),
    ):
        assert after.count("\n") == after.count("\r\n")


def test_removing_takes_the_comment_above_and_no_other():
    assert changes(SOURCES, surgery.remove(SOURCES, 0)) == [
        "-  - id: herald", "-    name: The Herald", "-    url: https://herald.example/feed.xml", "-    every: 15m", "-",
    ]  # fmt: skip
    after = surgery.remove(SOURCES, 1)
    assert "council" not in after
    assert after.startswith("# Two outlets.\nsources:\n  - id: herald\n")
    assert surgery.remove(surgery.remove(SOURCES, 1), 0) == "# Two outlets.\nsources: []\n"


def test_setting_keys_keeps_comments_and_order():
    after = surgery.change(SOURCES, 1, {"enabled": True, "url": "https://council.example/new", "every": "2h"})
    assert changes(SOURCES, after) == [
        "-    url: https://council.example/news",
        "+    url: https://council.example/new",
        "-    enabled: false  # until it has a feed",
        "+    enabled: true  # until it has a feed",
        "+    every: 2h",
    ]
    assert changes(SOURCES, surgery.change(SOURCES, 0, {"every": None, "category": None})) == ["-    every: 15m"]
    assert (
        surgery.change("sources:\n  - id: a\n    every:\n", 0, {"every": "1h"})
        == "sources:\n  - id: a\n    every: 1h\n"
    )


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("sources: [{id: a, url: u}]\n", {"enabled": False}),
        ("sources:\n  - {id: a, url: u}  # short\n", {"url": "v"}),
        ("sources:\n  - id: a\n    select:\n      link: x\n", {"select": {"link": "y"}}),
        ("sources:\n  - id: a\n    select:\n      link: x\n", {"select": None}),
        ("sources:\n  - id: a\n    name: >-\n      long\n      name\n    url: u\n", {"name": "short"}),
        ("sources:\n  - every: 1h\n    id: a\n", {"every": None}),
    ],
)
def test_unusual_layouts_are_changed_too(text, values):
    after = surgery.change(text, 0, values)
    expected = {**data(text)[0], **values}
    assert data(after) == [{key: value for key, value in expected.items() if value is not None}]


def test_what_is_imported_cannot_ask_for_a_secret():
    hostile = {
        "id": "x",
        "name": "${SLACK_BOT_TOKEN}",
        "url": "https://evil.example/?t=${SLACK_BOT_TOKEN}",
        "select": {"link": "${A}"},
    }
    after = surgery.add("sources: []\n", hostile)
    root, problems = compose(after, file="f", env={"SLACK_BOT_TOKEN": "xoxb-secret", "A": "secret"})
    assert problems == []
    assert root is not None
    assert root.plain()["sources"] == [hostile]


WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85\ufeff"), max_size=20),
    st.sampled_from(["no", "true", "~", "", "1", "0.5", "2026-11-01", "09:00", "- x", "a: b", "# x", "a #b", "'", '"', "*x", "&x", "{a", "[a", "%", "@", "${A}"]),
)  # fmt: skip
ENTRIES = st.lists(
    st.fixed_dictionaries({"name": WORDS}, optional={"url": WORDS, "every": WORDS, "enabled": st.booleans()}),
    min_size=1,
    max_size=5,
)


@given(ENTRIES, st.data())
@settings(max_examples=50, deadline=None)
def test_any_sequence_of_edits_means_what_it_says(entries, draw):
    text = "# head\nsources: []\n# tail\n"
    mirror: list[dict] = []
    for number, entry in enumerate(entries):
        full = {"id": f"s{number}", **entry}
        text = surgery.add(text, full)
        mirror.append(full)
    assert data(text) == mirror
    index = draw.draw(st.integers(0, len(mirror) - 1))
    values = draw.draw(st.fixed_dictionaries({}, optional={"name": WORDS, "every": st.none() | WORDS, "note": WORDS}))
    text = surgery.change(text, index, values)
    mirror[index] = {key: value for key, value in {**mirror[index], **values}.items() if value is not None}
    assert data(text) == mirror
    gone = draw.draw(st.integers(0, len(mirror) - 1))
    text = surgery.remove(text, gone)
    del mirror[gone]
    assert data(text) == mirror
    assert text.startswith("# head\nsources:")
    assert text.endswith("# tail\n")


def test_the_shipped_file_survives_edits_of_every_entry():
    text = shipped.sample("sources.yaml").read_text(encoding="utf-8")
    before = data(text)
    for index in range(0, len(before), 23):
        assert data(surgery.remove(text, index)) == [*before[:index], *before[index + 1 :]]
        after = surgery.change(text, index, {"every": "1h"})
        was = [f"-    every: {before[index]['every']}"] if "every" in before[index] else []
        assert changes(text, after) == [*was, "+    every: 1h"]
        assert data(after)[index] == {**before[index], "every": "1h"}


# --- files -----------------------------------------------------------------------------------------------------------------


def test_a_source_is_added_to_the_file(folder):
    path = folder.path / "sources.yaml"
    path.chmod(0o640)
    edit = add_source(folder.path, GAZETTE, env={})
    assert (edit.written, edit.file, edit.lines) == (True, str(path), GAZETTE_LINES)
    assert edit.message == f"{path} changed"
    assert folder.read("sources.yaml") == SOURCES + "\n" + GAZETTE_LINES
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in folder.path.iterdir()) == ["alerts.yaml", "sources.yaml"]


def test_several_at_once_or_none(folder):
    with pytest.raises(ConfigError, match='id "herald" is used twice'):
        add_sources(folder.path, [GAZETTE, {"id": "herald", "url": "https://x.example"}], env={})
    assert folder.read("sources.yaml") == SOURCES
    add_sources(folder.path, [GAZETTE, {"id": "x", "url": "https://x.example", "language": None}], env={})
    assert [source.id for source in folder.load().sources] == ["herald", "council", "gazette", "x"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"id": "x", "url": "nonsense"}, r'url "nonsense" lacks its beginning; write "https://nonsense"'),
        ({"id": "x", "url": "https://herald.example/feed.xml"}, 'url is that of "herald" at'),
        ({"id": "x", "url": "https://x.example", "every": "15"}, 'every "15" has no unit'),
        ({"id": "x", "url": "https://x.example", "colour": "red"}, '"colour" is not a key here'),
    ],
)
def test_what_would_not_be_valid_is_not_written(folder, entry, said):
    with pytest.raises(ConfigError, match=said):
        add_source(folder.path, entry, env={})
    assert folder.read("sources.yaml") == SOURCES


def test_a_file_that_is_broken_already_is_left_alone(folder):
    folder.write("sources.yaml", SOURCES.replace("url: https://herald", "url https://herald"))
    before = folder.read("sources.yaml")
    for act in (lambda: add_source(folder.path, GAZETTE, env={}), lambda: remove_source(folder.path, "herald", env={})):
        with pytest.raises(ConfigError):
            act()
    assert folder.read("sources.yaml") == before


def test_a_source_is_removed_wherever_it_is_mentioned(folder):
    folder.write(
        "sources.d/own.yaml", "sources:\n  - id: herald\n    every: 1h\n  - id: mine\n    url: https://mine.example\n"
    )
    edit = remove_source(folder.path, "herald", env={})
    assert edit.written
    assert edit.file.endswith("sources.yaml")
    assert "herald" not in folder.read("sources.yaml") + folder.read("sources.d/own.yaml")
    assert [source.id for source in folder.load().sources] == ["council", "mine"]


def test_an_id_that_nobody_has(folder):
    with pytest.raises(UsageError, match='no source has the id "heral"; did you mean "herald"'):
        remove_source(folder.path, "heral", env={})
    with pytest.raises(UsageError, match="policywatch sources list --all shows them"):
        set_keys(folder.path, "zzz", {"enabled": False}, env={})


def test_keys_are_set_where_a_source_is_mentioned_last(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: herald\n    every: 1h\n")
    set_keys(folder.path, "herald", {"every": "2h"}, env={})
    set_keys(folder.path, "council", {"enabled": True}, env={})
    assert folder.read("sources.d/own.yaml") == "sources:\n  - id: herald\n    every: 2h\n"
    assert "enabled: true  # until it has a feed" in folder.read("sources.yaml")
    with pytest.raises(ConfigError, match='every "soon" is no time span'):
        set_keys(folder.path, "herald", {"every": "soon"}, env={})


def test_the_shipped_list_is_never_edited_but_laid_over(folder):
    (folder.path / "sources.yaml").unlink()
    folder.write("sources.d/a.yaml", "sources: []\n")
    before = shipped.sample("sources.yaml").read_bytes()
    add_source(folder.path, GAZETTE, env={})
    remove_source(folder.path, "eff", env={})
    set_keys(folder.path, "epic", {"every": "1h"}, env={})
    assert folder.read("sources.d/own.yaml") == (
        "sources:\n" + GAZETTE_LINES + "  - id: eff\n    enabled: false\n  - id: epic\n    every: 1h\n"
    )
    assert shipped.sample("sources.yaml").read_bytes() == before
    sources = {source.id: source for source in folder.load().sources}
    assert sources["eff"].enabled is False
    assert sources["epic"].every is not None


def test_where_the_disk_is_read_only_the_lines_are_given(folder, monkeypatch):
    def refuse(*_args, **_keys):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    edit = add_source(folder.path, GAZETTE, env={})
    path = folder.path / "sources.yaml"
    assert (edit.written, edit.lines) == (False, GAZETTE_LINES)
    assert edit.message == f"{path} was not changed (read-only file system); add these lines to it"
    edit = remove_source(folder.path, "herald", env={})
    assert edit.message == f"{path} was not changed (read-only file system); remove these lines from it"
    assert edit.lines.startswith("  - id: herald\n")
    edit = set_keys(folder.path, "herald", {"every": "2h"}, env={})
    assert edit.lines == "  - id: herald\n    every: 2h\n"
    assert folder.read("sources.yaml") == SOURCES


def test_where_the_disk_does_not_last_the_file_is_left_alone(folder):
    edit = add_source(folder.path, GAZETTE, env={}, fleeting="Heroku")
    assert not edit.written
    assert "(the disk of Heroku does not last); add these lines to it" in edit.message
    assert folder.read("sources.yaml") == SOURCES


def test_a_crash_while_writing_leaves_the_old_file_and_no_litter(folder, monkeypatch):
    def crash(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    edit = add_source(folder.path, GAZETTE, env={})
    assert "(no space left on device)" in edit.message
    assert folder.read("sources.yaml") == SOURCES
    assert sorted(entry.name for entry in folder.path.iterdir()) == ["alerts.yaml", "sources.yaml"]


def test_an_edit_by_somebody_else_in_between_is_not_lost(folder, monkeypatch):
    real = surgery.add

    def slow(text, entry):
        folder.write("sources.yaml", SOURCES + "# theirs\n")
        return real(text, entry)

    monkeypatch.setattr(surgery, "add", slow)
    with pytest.raises(ConfigError, match="was changed by somebody else in the meantime; try again"):
        add_source(folder.path, GAZETTE, env={})
    assert folder.read("sources.yaml") == SOURCES + "# theirs\n"


def test_a_link_stays_a_link(folder):
    real = folder.path.parent / "real.yaml"
    (folder.path / "sources.yaml").rename(real)
    (folder.path / "sources.yaml").symlink_to(real)
    add_source(folder.path, GAZETTE, env={})
    assert Path(folder.path / "sources.yaml").is_symlink()
    assert GAZETTE_LINES in real.read_text()


def test_a_comment_as_deep_as_the_keys_stays_with_its_entry(folder):
    folder.write(
        "sources.yaml", "sources:\n  - id: a\n    url: https://a.example\n    # until the move in May\n# the end\n"
    )
    add_source(folder.path, {"id": "b", "url": "https://b.example"}, env={})
    text = (folder.path / "sources.yaml").read_text()
    assert text.index("until the move") < text.index("id: b") < text.index("the end")
    remove_source(folder.path, "a", env={})
    assert "until the move" not in (folder.path / "sources.yaml").read_text()
