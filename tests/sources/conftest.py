"""A loopback server, fetchers that may reach it, and recorded feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sources.http import Fetcher, FetchLimits
from tests.fakes.feed_server import FeedServer

LOOPBACK = ("127.0.0.0/8", "::1/128")
QUICK = FetchLimits(total=2.0, connect=1.0, read=1.0, body=1024 * 1024, spacing=0.0)


@pytest.fixture(scope="session")
def recorded(shared_data: Path) -> list[Path]:
    """Real feeds in XML."""
    return sorted(path for path in (shared_data / "feeds").rglob("*") if path.is_file() and path.suffix != ".json")


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher("https://policywatch.example/about", allow_networks=LOOPBACK, limits=QUICK) as opened:
        yield opened
