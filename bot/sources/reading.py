"""The one entry point of the pipeline: what did this poll of this source give? (pure, synchronous, never raises)"""

from __future__ import annotations

from datetime import datetime

from bot.model import Failure, Fetched, Reading, Source, SourceKind, SourceState
from bot.sources.documents import read_document
from bot.sources.feeds import look, read_feed
from bot.sources.pages import read_page
from bot.sources.slices import Sliced

AT_ONCE = 128 * 1024
"""Bytes up to which a document's slices are looked at by whoever fetched it: about a millisecond."""


def read_known(source: Source, state: SourceState, fetched: Fetched) -> Reading | Sliced | None:
    """What a poll gave that brought nothing new, where that is quickly told.

    Args:
        source: what the configuration says.
        state: what is known of the source.
        fetched: the answer to a poll.

    Returns:
        A reading without entries; where there is something new, what was cut out on the way, for :func:`read`; None where
        nothing can be told yet.
    """
    if fetched.not_modified:
        return Reading((), fetched.validators, state.known_slices, title=state.title, ttl=fetched.max_age)
    if source.kind is SourceKind.FEED and len(fetched.body) <= AT_ONCE:
        return look(state, fetched)
    return None


def read(
    source: Source,
    state: SourceState,
    fetched: Fetched,
    now: datetime,
    previous: bytes | None = None,
    cut: Sliced | None = None,
) -> Reading | Failure:
    """Read what was fetched from a source, by its kind.

    An unchanged answer (304, or the same body) gives a ``Reading`` without entries that keeps everything known.

    Args:
        source: what the configuration says.
        state: what is known of the source; its slices say which raw items were read before.
        fetched: the answer to a poll.
        now: time of the fetch; dates are clamped against it.
        previous: for a document, ``Reading.snapshot`` of its last stored version.
        cut: for a feed, what :func:`read_known` gave.

    Returns:
        Entries that may be new with what to store once they are, or a failure. CPU-bound: run it in a thread or process.
    """
    if fetched.not_modified and isinstance(known := read_known(source, state, fetched), Reading):
        return known
    if source.kind is SourceKind.FEED:
        return read_feed(source, state, fetched, now, cut)
    if source.kind is SourceKind.PAGE:
        return read_page(source, fetched, now)
    return read_document(source, state, fetched, now, previous)
