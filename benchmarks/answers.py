"""How fast Slack's questions are answered over a full ledger: ``python -m benchmarks.answers [--articles 100000]``.

Written straight into the tables, as the pipeline would have left it: articles on topic, each an entry with a change, in
stories of very different sizes (most have two or three reports, a few have hundreds), and a message for each story. Then
each reader that a slash command calls is asked again and again, for rare and for very common things. The promise is 300 ms;
status 1 when the 95th percentile of any reader is above it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert

from benchmarks import databases
from bot.config.load import load
from bot.model import Action, DeliveryKind, DeliveryState, Filters, PolicyChange, Source, Span, Stage, StoryRole
from bot.settings import read_settings
from bot.slack.asks import Ask
from bot.slackdesk import SlackReader
from bot.store import Store
from bot.store.rows import change_to_row
from bot.store.story_rows import lead_columns
from bot.store.tables.articles import articles, change_words, policy_changes
from bot.store.tables.base import digest
from bot.store.tables.outbox import deliveries
from bot.store.tables.sources import entries
from bot.store.tables.stories import stories, story_articles, story_stages
from bot.store.words import words_of
from bot.wiring import Live, Parts

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROMISE = 300.0
"""Milliseconds."""
ASKED = 60
"""How often each question is asked, each time about something else."""
OUTLETS = 60
YEARS = 8
REPORTS = 5.0
"""Articles a story, on average."""
TOGETHER = 4_000
"""Articles written at once."""
_COMPANIES = 300
_CITIES = 4_000
_ACTIONS = (Action.BAN, Action.HALT, Action.PAUSE, Action.RESTRICT, Action.FINE, Action.PROPOSE, Action.ADOPT)
_PLACES = (
    "airport",
    "stadium",
    "school",
    "doorbell",
    "census",
    "border",
    "drone",
    "library",
    "metro",
    "court",
    "campus",
)
_FILLER = (
    "The members heard residents, lawyers and officers for three hours before they came to the vote that evening. "
)


@dataclass(frozen=True)
class Filled:
    """What was written, to ask about."""

    stories: int
    biggest: int
    """The story with most reports."""
    urls: list[str]
    actors: list[str]


def happening(number: int, chance: random.Random) -> PolicyChange:
    """One act."""
    if chance.random() < 0.4:
        actor, place = f"Company{int(chance.paretovariate(1.1)) % _COMPANIES}", "US"
    else:
        city = chance.randrange(_CITIES)
        actor, place = f"Town{city} City Council", f"US-{chance.choice(('CA', 'NY', 'WA', 'OR', 'TX'))}/Town{city}"
    action = chance.choice(_ACTIONS)
    line = f"{actor} {action} facial recognition at {chance.choice(_PLACES)} {number}"
    return PolicyChange(
        actor, action, Span("title", 0, len(line), line), targets=("police",), jurisdictions=(place,), line=line, score=0.9,
        stage=Stage.ANNOUNCED, quote=line,
    )  # fmt: skip


class Filler:
    """Writes one database full."""

    def __init__(self, store: Store, count: int) -> None:
        self._store = store
        self._count = count
        self._chance = random.Random(count)
        self._rows: dict[str, tuple[Table, list[dict[str, Any]]]] = {}
        self._change_id = 0

    def fill(self) -> Filled:
        """Write everything; the newest story last."""
        outlets = [
            Source(f"outlet{each}", f"Outlet {each}", f"https://outlet{each}.example/feed") for each in range(OUTLETS)
        ]
        with self._store.transaction() as tx:
            tx.sources.sync(outlets, NOW - timedelta(days=365 * YEARS))
        urls, actors, sizes = list[str](), list[str](), list[int]()
        article_id, story_id = 0, 0
        while article_id < self._count:
            story_id += 1
            # Pareto with a mean of REPORTS: most stories are small, the biggest have hundreds of reports.
            size = min(int(self._chance.paretovariate(1.0 + 1.0 / (REPORTS - 1.0))), 400, self._count - article_id)
            at = NOW - timedelta(days=365 * YEARS) * (1 - article_id / self._count)
            change = happening(story_id, self._chance)
            self._story(story_id, change, at, size)
            for _ in range(size):
                article_id += 1
                urls.append(
                    self._article(article_id, story_id, change, at + timedelta(minutes=self._chance.randrange(600)))
                )
            actors.append(change.actor)
            sizes.append(size)
            if sum(len(rows) for _, rows in self._rows.values()) > TOGETHER * 16:
                self._flush()
        self._flush()
        with self._store.transaction() as tx:
            tx.connection.exec_driver_sql("ANALYZE")
        return Filled(story_id, sizes.index(max(sizes)) + 1, urls, actors)

    def _add(self, table: Table, row: dict[str, Any]) -> None:
        self._rows.setdefault(table.name, (table, []))[1].append(row)

    def _flush(self) -> None:
        with self._store.transaction() as tx:
            for table in (
                stories,
                articles,
                policy_changes,
                story_articles,
                story_stages,
                entries,
                deliveries,
                change_words,
            ):
                rows = self._rows.get(table.name, (table, []))[1]
                for start in range(0, len(rows), TOGETHER):
                    tx.connection.execute(insert(table), rows[start : start + TOGETHER])
        self._rows.clear()

    def _story(self, story_id: int, change: PolicyChange, at: datetime, size: int) -> None:
        times = {"stage_at": at, "first_at": at, "last_at": at + timedelta(hours=10), "created_at": at}
        counts = {"article_count": size, "source_count": min(size, OUTLETS), "told": True, "alerted": True}
        row = (
            lead_columns(change)
            | times
            | counts
            | {"id": story_id, "stage": change.stage, "titles": [], "readings": []}
        )
        self._add(stories, row)
        step = {
            "story_id": story_id,
            "stage": change.stage,
            "at": at,
            "article_id": None,
            "news": True,
            "line": change.line,
        }
        self._add(story_stages, step | {"recorded_at": at})
        self._add(deliveries, {
            "kind": DeliveryKind.POST, "channel": "C0POLICY001", "route": "policy", "dedupe_key": f"post:{story_id}",
            "state": DeliveryState.SENT, "created_at": at, "not_before": at, "story_id": story_id, "transition": "new",
            "payload": {"published": at.isoformat()}, "sent_at": at, "ts": f"{at.timestamp():.0f}.{story_id:06d}",
        })  # fmt: skip

    def _article(self, article_id: int, story_id: int, change: PolicyChange, at: datetime) -> str:
        source = f"outlet{self._chance.randrange(OUTLETS)}"
        url = f"https://{source}.example/news/{article_id}"
        title = f"{change.line}, {self._chance.choice(_PLACES)} report {article_id}"
        said = {
            "score": 0.9,
            "relevant": True,
            "on_topic": True,
            "reasons": [],
            "open_questions": [],
            "fingerprint": "bench",
        }
        self._add(articles, said | {
            "id": article_id, "identity_hash": digest(url, ""), "canonical_hash": digest(url), "canonical_url": url,
            "discriminator": "", "url": url, "title": title, "source_id": source, "published": at, "first_seen": at,
            "language": "en", "text_origin": "feed", "curated": False, "text": f"{change.line}. {_FILLER * 14}",
        })  # fmt: skip
        self._change_id += 1
        row = change_to_row(change) | {"id": self._change_id, "article_id": article_id, "position": 0, "current": True}
        self._add(policy_changes, row)
        for word in words_of(f"{title} {change.actor}"):
            self._add(change_words, {"word": word, "change_id": self._change_id})
        self._add(story_articles, {
            "story_id": story_id, "article_id": article_id, "change_index": 0, "change_id": self._change_id,
            "role": StoryRole.LEAD, "rank": 2, "source_id": source, "published": at, "line": change.line, "reasons": [],
            "joined_at": at,
        })  # fmt: skip
        self._add(entries, {
            "source_id": source, "key": url, "key_hash": digest(url), "url": url, "url_hash": digest(url),
            "canonical_url": url, "canonical_hash": digest(url), "content_hash": digest(title), "title": title,
            "published": at, "seen_at": at, "article_id": article_id, "verdict": "change", "reason": "all filters take it",
        })  # fmt: skip
        return url


def questions(reader: SlackReader, filled: Filled, chance: random.Random) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Each reader with what it is asked; a call asks once, about something of its own."""
    us = Filters(jurisdictions=("US",), actions=("ban", "fine"))
    yield "recent", lambda: reader.recent(Ask("recent"), NOW)
    yield (
        "recent, a year, filters, page 20",
        lambda: reader.recent(Ask("recent", since=timedelta(days=365), filters=us, count=20, offset=380), NOW),
    )
    yield (
        "recent, one actor, nothing in the last hour",
        lambda: reader.recent(
            Ask("recent", since=timedelta(hours=1), filters=Filters(actors=(chance.choice(filled.actors),))), NOW
        ),
    )
    yield (
        "recent, one actor, all time",
        lambda: reader.recent(
            Ask("recent", since=timedelta(days=365 * YEARS), filters=Filters(actors=(chance.choice(filled.actors),))),
            NOW,
        ),
    )
    yield (
        "search, a rare word",
        lambda: reader.search(Ask("search", str(chance.randrange(len(filled.urls) // 2, len(filled.urls)))), NOW),
    )
    yield "search, a word of every article", lambda: reader.search(Ask("search", "facial"), NOW)
    yield "search, three common words", lambda: reader.search(Ask("search", "ban facial library"), NOW)
    yield "search, the beginning of many words", lambda: reader.search(Ask("search", "tow r"), NOW)
    yield "search, common words that never meet", lambda: reader.search(Ask("search", "company1 town1 fine"), NOW)
    yield "show", lambda: reader.show(f"s{chance.randrange(1, filled.stories + 1)}")
    yield "show, the biggest story", lambda: reader.show(f"s{filled.biggest}")
    yield "stance", lambda: reader.stances(chance.choice(filled.actors), NOW)
    yield "timeline, the busiest actor", lambda: reader.timeline("Company1", 0, 5)
    yield "why", lambda: reader.why(chance.choice(filled.urls))
    yield "why, never seen", lambda: reader.why(f"https://nowhere.example/{chance.random()}")
    yield "sources", lambda: reader.sources(NOW)
    yield "home", lambda: reader.home("U0ANNA0001", NOW)


def milliseconds(ask: Callable[[], Any]) -> list[float]:
    """How long each of many calls took; the first warms what any running process has warm."""
    ask()
    times = []
    for _ in range(ASKED):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def report(name: str, store: Store, count: int, live: Live) -> bool:
    """Fill one database, ask, print. Gives whether all is within the promise."""
    start = time.perf_counter()
    filled = Filler(store, count).fill()
    print(f"{name}: {count:,} articles in {filled.stories:,} stories, written in {time.perf_counter() - start:.0f} s")
    reader = SlackReader(Parts(read_settings({}, terminal=False), store, live, lambda: NOW, owner="bench"))
    reader.vocabulary()
    kept = True
    print(f"  {'milliseconds':<40} {'p50':>8} {'p95':>8} {'most':>8}")
    for what, ask in questions(reader, filled, random.Random(7)):
        times = milliseconds(ask)
        p95 = statistics.quantiles(times, n=20)[-1]
        kept = kept and p95 <= PROMISE
        late = "" if p95 <= PROMISE else "   over the promise"
        print(f"  {what:<40} {statistics.median(times):>8.1f} {p95:>8.1f} {max(times):>8.1f}{late}")
    return kept


def _stores() -> Iterator[tuple[str, AbstractContextManager[Store | None]]]:
    yield "SQLite", databases.sqlite()
    yield "PostgreSQL", databases.postgresql()


def main(arguments: list[str] | None = None) -> int:
    """Print a table for each database; status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="benchmarks.answers", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--articles", type=int, default=100_000, help="stored articles")
    count = parser.parse_args(arguments).articles
    config = load(Path(__file__).resolve().parent.parent / "config", env={})
    live = Live(replace(config, topic=replace(config.topic, history=())))
    kept = True
    for name, opened in _stores():
        with opened as store:
            if store is None:
                print(f"{name}: no server answers, left out")
            else:
                kept = report(name, store, count, live) and kept
    print(f"all within {PROMISE:g} ms" if kept else f"NOT all within {PROMISE:g} ms")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
