"""The one entry point of the pipeline: what did this poll of this source give? (pure, synchronous, never raises)"""

from __future__ import annotations

from datetime import datetime

from bot.model import Failure, Fetched, Reading, Source, SourceKind, SourceState
from bot.sources.documents import read_document
from bot.sources.feeds import read_feed
from bot.sources.pages import read_page


def read(
    source: Source, state: SourceState, fetched: Fetched, now: datetime, previous: bytes | None = None
) -> Reading | Failure:
    """Read what was fetched from a source, by its kind.

    An unchanged answer (304, or the same body) gives a ``Reading`` without entries that keeps everything known.

    Args:
        source: what the configuration says.
        state: what is known of the source; its slices say which raw items were read before.
        fetched: the answer to a poll.
        now: time of the fetch; dates are clamped against it.
        previous: for a document, ``Reading.snapshot`` of its last stored version.

    Returns:
        Entries that may be new with what to store once they are, or a failure. CPU-bound: run it in a thread or process.
    """
    if fetched.not_modified:
        return Reading((), fetched.validators, state.known_slices, title=state.title, ttl=fetched.max_age)
    if source.kind is SourceKind.FEED:
        return read_feed(source, state, fetched, now)
    if source.kind is SourceKind.PAGE:
        return read_page(source, fetched, now)
    return read_document(source, state, fetched, now, previous)
