"""A loopback server, and fetchers that may reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sources.http import Fetcher, FetchLimits
from tests.fakes.feed_server import FeedServer

LOOPBACK = ("127.0.0.0/8", "::1/128")
QUICK = FetchLimits(total=2.0, connect=1.0, read=1.0, body=1024 * 1024, spacing=0.0)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher("https://policywatch.example/about", allow_networks=LOOPBACK, limits=QUICK) as opened:
        yield opened
