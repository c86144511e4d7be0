"""Noticing changed files."""

from __future__ import annotations

import os

import pytest

from bot.config.watch import Watcher
from bot.errors import ConfigError

from .conftest import SOURCES


@pytest.fixture
def watcher(folder) -> Watcher:
    return Watcher(folder.path, folder.env)


def test_nothing_happened(watcher):
    assert not watcher.changed()
    assert not watcher.changed()


def test_a_change_is_told_once(folder, watcher):
    folder.write("sources.yaml", SOURCES + "# more\n")
    assert watcher.changed()
    assert not watcher.changed()
    assert len(watcher.load().sources) == 2


def test_a_file_written_again_with_the_same_text_is_no_change(folder, watcher):
    folder.write("sources.yaml", SOURCES)
    os.utime(folder.path / "sources.yaml", (1, 1))
    assert not watcher.changed()


def test_a_change_of_the_same_length_and_time_is_seen(folder, watcher):
    path = folder.path / "alerts.yaml"
    status = path.stat()
    folder.write("new.yaml", folder.read("alerts.yaml").replace("policy-team", "policy-taem"))
    (folder.path / "new.yaml").replace(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert watcher.changed()


@pytest.mark.parametrize(
    "name", ["sources.d/own.yaml", "topics/facial-recognition/actors.yaml", "topics/facial-recognition/en/terms.yaml"]
)
def test_new_and_removed_files_are_changes(folder, watcher, name):
    folder.write(name, "# nothing yet\n")
    assert watcher.changed()
    (folder.path / name).unlink()
    assert watcher.changed()


def test_files_that_do_not_count_do_not_wake_anybody(folder, watcher):
    folder.write("notes.txt", "x")
    folder.write("sources.d/.own.yaml.swp", "x")
    assert not watcher.changed()


def test_a_folder_that_goes_away_and_comes_back(folder, watcher):
    folder.path.rename(folder.path.with_name("gone"))
    assert watcher.changed()
    with pytest.raises(ConfigError):
        watcher.load()
    folder.path.with_name("gone").rename(folder.path)
    assert watcher.changed()
    assert watcher.load()
