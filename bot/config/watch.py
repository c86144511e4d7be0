"""Notices that files of a configuration folder have changed, for hot reload."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from bot.config import files
from bot.config.load import load
from bot.config.values import Config

Stamp = tuple[tuple[str, int, int, int], ...]


class Watcher:
    """Remembers a folder's state. Cheap when nothing happened: one ``stat`` for each file.

    A file that is rewritten with the same text is no change. Not thread-safe: one loop asks.
    """

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder, self._env = folder, env
        self._stamp = self._stamps()
        self._hash = self._content()

    def changed(self) -> bool:
        """Whether any file has another text, is new, or is gone, since the last call (or since construction)."""
        stamp = self._stamps()
        if stamp == self._stamp:
            return False
        content = self._content()
        self._stamp, before, self._hash = stamp, self._hash, content
        return content != before

    def load(self) -> Config:
        """Read the folder. Raises ConfigError as :func:`bot.config.load.load` does."""
        return load(self._folder, env=self._env)

    def _stamps(self) -> Stamp:
        stamps = []
        for name, path in self._listed():
            try:
                status = path.stat()
            except OSError:
                continue
            stamps.append((name, status.st_mtime_ns, status.st_size, status.st_ino))
        return tuple(stamps)

    def _content(self) -> str:
        digest = hashlib.sha256()
        for name, path in self._listed():
            try:
                raw = path.read_bytes() if path.is_file() else b""
            except OSError as error:
                raw = str(error.errno).encode()
            digest.update(f"\0{name}\0{len(raw)}\0".encode() + raw)
        return digest.hexdigest()

    def _listed(self) -> list[tuple[str, Path]]:
        try:
            return list(files.own_files(self._folder))
        except OSError:
            return []
