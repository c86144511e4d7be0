"""One pass over many sources, for `policywatch poll` and the benchmarks; the worker does the same without an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

from bot import pipeline, upkeep
from bot.errors import PolicywatchError
from bot.model import Source, SourceState
from bot.pipeline import Polled
from bot.pool import Pool
from bot.settling import Settler
from bot.sources.http import Fetcher
from bot.wiring import Parts

log = logging.getLogger(__name__)

AHEAD = 4
"""Polls under way for each request that may run: most of them wait for their host's turn."""


async def one_pass(
    parts: Parts,
    fetcher: Fetcher,
    claimed: Sequence[tuple[Source, SourceState]],
    *,
    pool: Pool,
    polled: Callable[[], None] = lambda: None,
) -> list[Polled]:
    """Poll claimed sources once; what breaks in our own code is that source's failure and stops no other.

    Args:
        parts: What we work with.
        fetcher: Gets them.
        claimed: Sources with their states, as leased.
        pool: Processes for large documents.
        polled: Called after each.

    Raises:
        StoreError: the database refuses to work.
    """
    settler = Settler(parts)
    waiting = iter(claimed)
    results: list[Polled] = []

    async def work() -> None:
        for source, state in waiting:
            try:
                result = await pipeline.poll(parts, fetcher, source, state, pool=pool, settler=settler)
            except PolicywatchError:
                raise
            except Exception as error:
                log.exception("poll failed", extra={"source": source.id})
                failure = await asyncio.to_thread(upkeep.poll_crashed, parts, source, state, error)
                result = Polled(source, failure)
            results.append(result)
            polled()

    at_once = min(len(claimed), AHEAD * parts.config.settings.fetch.concurrency)
    await asyncio.gather(*(work() for _ in range(at_once)))
    await settler.flush()
    return results
