"""Operators' edits of source files: `sources add`, `sources remove` and changed keys, with comments and layout kept.

An edit is made in memory, the whole configuration is checked with it, and only then is the file replaced, at once: a reader
sees the old text or the new one. Where the file cannot be written, the result says why and what to do by hand.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config import files, surgery
from bot.config.explain import closest
from bot.config.files import Texts
from bot.config.load import check_texts
from bot.config.reading import read_text
from bot.errors import ConfigError, Problem, UsageError

OWN_FILE = f"{files.SOURCES_FOLDER}/own.yaml"
"""Where entries go when the folder has no ``sources.yaml`` of its own."""

_EMPTY = "sources: []\n"
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of an edit."""

    file: str
    """The file it is about."""
    written: bool
    lines: str
    """The lines added, changed or removed; what is to be done by hand when nothing was written."""
    message: str
    """One sentence for the operator."""


def add_source(folder: Path, entry: Values, *, env: Mapping[str, str], fleeting: str | None = None) -> Edit:
    """Add a source.

    Args:
        folder: the configuration folder.
        entry: keys as in ``sources.yaml``, ``id`` first; plain text, numbers, booleans and mappings of text.
        env: for `${NAME}` in the files.
        fleeting: name of a platform whose disk does not last; the file is then left alone.

    Raises:
        ConfigError: the configuration would not be valid with it (or is not now).
    """
    return _Editor(folder, env, fleeting).add([entry])


def add_sources(
    folder: Path, entries: Sequence[Values], *, env: Mapping[str, str], fleeting: str | None = None
) -> Edit:
    """Add several sources in one edit: all of them, or none. Like :func:`add_source`; at least one entry."""
    return _Editor(folder, env, fleeting).add(entries)


def remove_source(folder: Path, source_id: str, *, env: Mapping[str, str], fleeting: str | None = None) -> Edit:
    """Remove a source; one that only the shipped list has is switched off in a file of the operator's own.

    Raises:
        UsageError: no source has this id.
        ConfigError: as for :func:`add_source`.
    """
    return _Editor(folder, env, fleeting).remove(source_id)


def set_keys(
    folder: Path, source_id: str, values: Values, *, env: Mapping[str, str], fleeting: str | None = None
) -> Edit:
    """Set keys of a source where it is mentioned last; None removes a key, so that its default holds.

    Raises:
        UsageError: no source has this id.
        ConfigError: as for :func:`add_source`.
    """
    return _Editor(folder, env, fleeting).change(source_id, values)


class _Editor:
    """One edit of one folder."""

    def __init__(self, folder: Path, env: Mapping[str, str], fleeting: str | None) -> None:
        self.folder, self.env, self.fleeting = folder, env, fleeting
        self.texts = files.collect(folder)
        problems = [*self.texts.problems, *check_texts(self.texts, env, sources_only=True)]
        if problems:
            # Lines of a file that is not valid now cannot be told apart.
            raise ConfigError(problems)

    def add(self, entries: Sequence[Values]) -> Edit:
        name = files.SOURCES if files.SOURCES in self.texts.by_name else OWN_FILE
        text, lines = self.texts.by_name.get(name, _EMPTY), []
        for entry in entries:
            wanted = {key: value for key, value in entry.items() if value is not None}
            text = surgery.add(text, wanted)
            lines.append(surgery.lines_of(wanted))
        return self.finish({name: text}, "".join(lines), "add these lines to it")

    def remove(self, source_id: str) -> Edit:
        names = self.mentions(source_id)
        if names[0].startswith(files.BASE):
            return self.change(source_id, {"enabled": False})
        changed: dict[str, str] = {}
        for name in names:
            before = self.texts.by_name[name]
            changed[name] = surgery.remove(before, surgery.ids(before).index(source_id))
        removed = "".join(_missing_lines(self.texts.by_name[names[0]], changed[names[0]]))
        return self.finish(changed, removed, "remove these lines from it")

    def change(self, source_id: str, values: Values) -> Edit:
        name = self.mentions(source_id)[-1]
        shown = surgery.lines_of(
            {"id": source_id, **{key: value for key, value in values.items() if value is not None}}
        )
        if name.startswith(files.BASE):
            after = surgery.add(self.texts.by_name.get(OWN_FILE, _EMPTY), {"id": source_id, **values})
            return self.finish({OWN_FILE: after}, shown, "add these lines to it")
        before = self.texts.by_name[name]
        after = surgery.change(before, surgery.ids(before).index(source_id), values)
        return self.finish({name: after}, shown, "change its entry to these values")

    def mentions(self, source_id: str) -> list[str]:
        """Names of the files that have an entry for a source, the one that defines it first."""
        names = [name for name in (files.BASE + files.SOURCES, files.SOURCES) if name in self.texts.by_name]
        names += sorted(name for name in self.texts.by_name if name.startswith(f"{files.SOURCES_FOLDER}/"))
        known: dict[str, list[str]] = {}
        for name in names:
            for found in surgery.ids(self.texts.by_name[name]):
                known.setdefault(found, []).append(name)
        if source_id in known:
            return known[source_id]
        guess = closest(source_id, known)
        hint = f'did you mean "{guess}"?' if guess else "policywatch sources list --all shows them"
        raise UsageError(f'no source has the id "{source_id}"; {hint}')

    def finish(self, changed: dict[str, str], lines: str, by_hand: str) -> Edit:
        """Check the configuration with the changed texts, then write them."""
        labels = {**self.texts.labels, **{name: str(self.folder / name) for name in changed}}
        problems = check_texts(Texts({**self.texts.by_name, **changed}, labels=labels), self.env)
        if problems:
            raise ConfigError(problems)
        file = str(self.folder / next(iter(changed)))
        reason = f"the disk of {self.fleeting} does not last" if self.fleeting else None
        # Changes of an entry go before the entry itself, so that no file ever changes a source that is not there.
        for name in reversed(changed):
            reason = reason or self.write(name, changed[name])
        if reason:
            return Edit(file, written=False, lines=lines, message=f"{file} was not changed ({reason}); {by_hand}")
        return Edit(file, written=True, lines=lines, message=f"{file} changed")

    def write(self, name: str, text: str) -> str | None:
        """Put a file in place at once; the reason when that is not possible."""
        target = (self.folder / name).resolve()
        now, problems = read_text(target) if target.exists() else (None, [])
        if problems or now != self.texts.by_name.get(name):
            said = "was changed by somebody else in the meantime; try again"
            raise ConfigError([Problem(str(self.folder / name), 0, said)])
        try:
            target.parent.mkdir(exist_ok=True)
            _replace_file(target, text)
        except OSError as error:
            return (error.strerror or type(error).__name__).lower()
        return None


def _missing_lines(before: str, after: str) -> list[str]:
    """The lines of ``before`` that ``after`` has no more; both begin and end alike."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(new))
    return old[start : start + len(old) - len(new)]


def _replace_file(target: Path, text: str) -> None:
    """Write beside the file and rename over it: a crash leaves the old text or the new one, never half of one."""
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), target.stat().st_mode & 0o777 if target.exists() else 0o644)
            os.fsync(stream.fileno())
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
