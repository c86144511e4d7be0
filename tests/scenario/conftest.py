"""Worlds: a whole Policywatch each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.scenario.compiled import compile_once
from tests.scenario.world import World


@pytest.fixture(autouse=True)
def _compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_once(monkeypatch)


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On SQLite, where the database makes no difference."""
    async with World(sqlite_url, tmp_path) as world:
        yield world


@pytest.fixture
async def any_world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On each database in turn."""
    async with World(database_url, tmp_path) as world:
        yield world


@pytest.fixture
async def real_clock_sqlite(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """On SQLite, a minute behind the real time."""
    async with World(sqlite_url, tmp_path, now=datetime.now(UTC) - timedelta(minutes=1)) as world:
        yield world
