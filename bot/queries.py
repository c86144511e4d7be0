"""What pages, slash commands and operators ask, answered from the database. Each method is one short read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from bot import exports
from bot.errors import StoreError
from bot.model import ArticleRef, Check, Source, SourceRow, StoryView
from bot.settling import WARNED
from bot.sources.health import why
from bot.store import Tx
from bot.store.entries import StoredEntry
from bot.store.story_steps import StageRecord
from bot.upkeep import WORKER_SEEN
from bot.wiring import Parts

ENTRIES = 30
"""How many entries of a source are shown."""
WARNED_FOR = timedelta(days=7)
"""What a poll warned of is shown for so long."""


class Reader:
    """Reads for people. Implements :class:`bot.web.Pages`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def stories(self, *, limit: int, offset: int = 0, words: str = "") -> list[StoryView]:
        """Observed and curated stories, the one that appeared or moved last first."""
        with self._parts.store.reading() as tx:
            page = tx.reports.recent(words=words, limit=limit, offset=offset)
            views = (tx.stories.view(listed.story.id) for listed in page.items)
            return [view for view in views if view is not None]

    def story(self, ref: str) -> StoryView | None:
        """One story; a merged one gives the story it went into."""
        with self._parts.store.reading() as tx:
            return tx.stories.view(ref)

    def articles(self, ref: str) -> Sequence[ArticleRef]:
        """The reports of a story, best first; none when there is no such story."""
        with self._parts.store.reading() as tx:
            story_id = tx.stories.resolve(ref)
            return () if story_id is None else tx.stories.coverage(story_id)

    def steps(self, ref: str) -> Sequence[StageRecord]:
        """The stages a story reached, the earliest first."""
        with self._parts.store.reading() as tx:
            story_id = tx.stories.resolve(ref)
            return () if story_id is None else tx.stories.stages(story_id)

    def entries(self, source_id: str) -> Sequence[StoredEntry]:
        """What a source published lately, newest first, with verdicts."""
        with self._parts.store.reading() as tx:
            return tx.entries.of_source(source_id, limit=ENTRIES)

    def sources(self) -> Sequence[SourceRow]:
        """Every configured source with its state."""
        with self._parts.store.reading() as tx:
            return source_rows(tx, self._parts.config.sources, self._parts.clock())

    def export(self, kind: Literal["csv", "json"]) -> str:
        """The ledger as `policywatch export` prints it."""
        with self._parts.store.reading() as tx:
            rows = exports.ledger(tx.reports.export())
        return exports.as_csv(rows) if kind == "csv" else exports.as_json(rows)

    def metrics(self) -> str:
        """Figures in Prometheus' text format."""
        now, checks = self._parts.clock(), self.checks()
        with self._parts.store.reading() as tx:
            counts = tx.reports.counts(now)
        return exports.metrics(counts, checks, now)

    def checks(self) -> list[Check]:
        """What readiness depends on."""
        try:
            return [Check("database", True, "answers"), *self._stored_checks()]
        except StoreError as error:
            return [Check("database", False, str(error))]

    def _stored_checks(self) -> list[Check]:
        now = self._parts.clock()
        self._parts.store.check_schema()
        with self._parts.store.reading() as tx:
            beats = [beat for beat in tx.runtime.beats() if beat.kind in {"worker", "run"}]
            stop = tx.outbox.stopped()
            refused = tx.runtime.recall("config_refused")
        seen = beats[0].beat_at if beats else None
        return [
            Check("worker", seen is not None and now - seen <= WORKER_SEEN, worker_seen(seen, now)),
            Check("slack", stop is None, f"refuses everything: {stop.reason}" if stop else "no refusal"),
            Check("config", not refused, "; ".join(refused) if refused else "in force"),
        ]


def source_rows(tx: Tx, sources: Iterable[Source], now: datetime) -> list[SourceRow]:
    """Each of these sources with what was learned of it, why it is in its state, and what its polls of the last days warned of."""
    states = {state.id: state for state in tx.sources.all()}
    warned = tx.runtime.recall_since(WARNED, now - WARNED_FOR)
    rows = []
    for source in sources:
        state = states.get(source.id)
        said, at = warned.get(source.id, ((), now))
        warning = f"{' '.join(map(str, said))} ({at:%d %b %H:%M} UTC)" if said else ""
        rows.append(SourceRow(source, state, why(source, state, now) if state else "", warning))
    return rows


def worker_seen(seen: datetime | None, now: datetime) -> str:
    """`last seen 12 s ago`, or what a dead worker looks like."""
    if seen is None:
        return "no worker was ever seen; start one: policywatch worker"
    seconds = int((now - seen).total_seconds())
    if seconds < 120:
        return f"last seen {seconds} s ago"
    return f"last seen {seen:%d %b %H:%M} UTC, {seconds // 60} min ago; it is dead or stuck"
