"""`python -m bot …` as a platform runs it: a process of its own, everything by environment variables, loopback only."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Self

from tests.conftest import ROOT

PATIENCE = 60.0
"""Seconds after which something that should happen is said not to."""
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


def environment(**values: str | Path | None) -> dict[str, str]:
    """An environment without anything of ours but what is given."""
    base = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return base | {name: str(value) for name, value in values.items() if value is not None}


def run(
    *arguments: str, env: Mapping[str, str], stdin: str | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run `python -m bot` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=cwd, env=dict(env), input=stdin, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip


async def until(
    what: Callable[[], Awaitable[object] | object], *, patience: float = PATIENCE, every: float = 0.05
) -> None:
    """Look again and again until ``what`` gives something true.

    Raises:
        AssertionError: it never did.
    """
    deadline = time.monotonic() + patience
    while True:
        found = what()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline, f"still not so after {patience} s"
        await asyncio.sleep(every)


class Process:
    """A child that works until it is stopped. An async context manager: it never outlives its test."""

    def __init__(self, *arguments: str, env: Mapping[str, str], module: str = "bot", cwd: Path = ROOT) -> None:
        self._command = [sys.executable, "-m", module, *arguments]
        self._env, self._cwd = dict(env), cwd
        self.output = ""
        """What it has printed so far, errors included."""

    async def __aenter__(self) -> Self:
        self._child = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=self._cwd,
            env=self._env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._child.returncode is None:
            self._child.kill()
        await self._child.wait()
        await self._reader

    async def _read(self) -> None:
        assert self._child.stdout is not None
        while part := await self._child.stdout.read(65536):
            self.output += part.decode("utf-8", "replace")

    async def says(self, pattern: str) -> str:
        """Wait until it has printed something that matches; gives the first group, else all of the match."""
        await until(lambda: re.search(pattern, self.output) or self._child.returncode is not None)
        found = re.search(pattern, self.output)
        assert found, f"ended with {self._child.returncode} without saying {pattern!r}:\n{self.output}"
        return found[1] if found.groups() else found[0]

    async def kill(self) -> None:
        """SIGKILL: nothing in it runs any more."""
        self._child.kill()
        await self._child.wait()

    async def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; gives its exit status."""
        self._child.send_signal(number)
        return await asyncio.wait_for(self._child.wait(), PATIENCE)

    @property
    def running(self) -> bool:
        return self._child.returncode is None
