"""A world on each database."""

from __future__ import annotations

import pytest

from bot.store import Store
from tests.conftest import Clock
from tests.integration.world import World


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    return World(store, clock)
