"""Polls that brought nothing new, stored many at a time: nearly all polls are such, and a transaction each would be their cost.

A feed that answers "not modified" changes three times and a lease in its row. :class:`Settler` gathers such rows and writes
them in one transaction. What it holds is worth nothing to anybody: a process that dies with it polls those sources once more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.alerts import notices
from bot.model import Failure, Reading, Source, SourceState
from bot.sources.learning import Learned
from bot.store import Tx
from bot.wiring import Judgement, Parts

log = logging.getLogger(__name__)

WARNED = "warned:"
"""What the key of a source's latest warnings begins with."""
MANY = 250
"""Polls that are written at once without being asked to; one such write takes some ten milliseconds."""


class Settled(NamedTuple):
    """A poll without news: what was learned from it is all there is to store."""

    judgement: Judgement
    source: Source
    before: SourceState
    learned: Learned
    failure: Failure | None = None
    reading: Reading | None = None


class Settler:
    """Gathers polls without news for one process. To be used in one event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gathered: list[Settled] = []
        self._writing = asyncio.Lock()

    async def add(self, poll: Settled) -> None:
        """Take a poll, and write all that was taken when it has become many.

        Raises:
            StoreError: the database did not take them; they are kept for the next time.
        """
        self._gathered.append(poll)
        if len(self._gathered) >= MANY and not self._writing.locked():
            await self.flush()

    async def flush(self) -> None:
        """Write what was taken.

        Raises:
            StoreError: the database did not take it; it is kept for the next time.
        """
        async with self._writing:
            polls, self._gathered = self._gathered, []
            if not polls:
                return
            try:
                await asyncio.to_thread(settle, self._parts, polls)
            except BaseException:
                self._gathered[:0] = polls
                raise


def settle(parts: Parts, polls: Sequence[Settled]) -> None:
    """Store polls without news in one transaction, with the notices that operators are owed for them."""
    plain = [(poll.before, poll.learned.state) for poll in polls if poll.learned.notice is None]
    now = parts.clock()
    with parts.store.transaction() as tx:
        if plain:
            tx.sources.finish_many(plain, parts.owner)
        for poll in polls:
            if poll.learned.notice is not None and tx.sources.finish(poll.learned.state, parts.owner):
                owe_notice(tx, parts, poll)
            keep_warnings(tx, poll.source, poll.learned.warnings, now)
    for poll in polls:
        for warning in poll.learned.warnings:
            log.warning(warning, extra={"source": poll.source.id})


def keep_warnings(tx: Tx, source: Source, warnings: Sequence[str], now: datetime) -> None:
    """Keep what a poll that worked warns of, so that listings show it; the log alone is read by few."""
    if warnings:
        tx.runtime.remember(f"{WARNED}{source.id}", list(warnings), now)


def owe_notice(tx: Tx, parts: Parts, poll: Settled) -> None:
    """Tell operators that a source entered another state, if it did."""
    if poll.learned.notice is None:
        return
    judgement, advertised = poll.judgement, poll.failure.moved_to if poll.failure else None
    channels, watched, now = judgement.operators_channels, len(judgement.sources), parts.clock()
    state = poll.learned.state
    failed = poll.failure.kind if poll.failure else None
    for notice in notices.source_changed(
        poll.source, state, now, channels, of=watched, advertised=advertised, failed=failed, before=poll.before.health
    ):
        tx.outbox.enqueue(notice, now)
