"""What matching one article costs as stories pile up: ``python -m benchmarks.matching [--sizes 1000,10000,100000]``.

Stories are spread over years as real ones are (a few companies in the news all the time, thousands of places now and then,
a whole country's key shared by many). Measured per article: looking candidates up, deciding, and writing the plan. The cost
must stay flat within a factor of two from 1,000 to 100,000 stories.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from benchmarks import databases
from bot import stories as deciding
from bot.model import Action, Analysis, Article, PolicyChange, Span, Stage
from bot.store import Store
from bot.store.story_rows import lead_columns
from bot.store.tables.stories import stories, story_keys

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PER_YEAR = 2_500
"""Stories a year: 100,000 are forty years of a beat that is busier than any real one."""
ARTICLES = 120
_COMPANIES = 300
_CITIES = 4_000
_COMPANY_ACTS = (Action.HALT, Action.PAUSE, Action.RESTRICT, Action.COMMIT, Action.ADOPT)
_CITY_ACTS = (Action.BAN, Action.PROPOSE, Action.ENACT, Action.PERMIT)
_WORDS = [
    "airport",
    "stadium",
    "school",
    "body-worn",
    "doorbell",
    "census",
    "border",
    "drone",
    "library",
    "bus",
    "metro",
    "court",
    "hospital",
    "campus",
    "shop",
]


@dataclass(frozen=True)
class Cost:
    """Median milliseconds an article."""

    stories: int
    look_up: float
    decide: float
    write: float


def happening(chance: random.Random) -> tuple[PolicyChange, str]:
    """One act and a headline on it."""
    if chance.random() < 0.4:
        actor, action, place = (
            f"Company{int(chance.paretovariate(1.1)) % _COMPANIES}",
            chance.choice(_COMPANY_ACTS),
            "US",
        )
    else:
        number = chance.randrange(_CITIES)
        actor, action, place = (
            f"Town{number} City Council",
            chance.choice(_CITY_ACTS),
            f"US-S{number % 50:02d}/Town{number}",
        )
    title = f"{actor} {action} face scans at {chance.choice(_WORDS)} {chance.choice(_WORDS)}"
    span = Span("title", 0, len(title), title)
    targets = (chance.choice(("police", "schools", "retail", "government")),)
    change = PolicyChange(
        actor, action, span, targets=targets, jurisdictions=(place,), stage=Stage.ANNOUNCED, score=0.9, line=title
    )
    return change, title


def fill(store: Store, count: int, chance: random.Random) -> None:
    """Write ``count`` stories that end now, with their keys, straight into the tables."""
    with store.transaction() as tx:
        have = tx.connection.execute(select(func.count()).select_from(stories)).scalar_one()
        rows, keys = [], []
        for number in range(have + 1, count + 1):
            change, title = happening(chance)
            at = NOW - timedelta(days=365 * number / PER_YEAR)
            times = {"stage_at": at, "first_at": at, "last_at": at, "created_at": at}
            state = {"stage": change.stage, "told": True, "titles": [title], "readings": []}
            rows.append(lead_columns(change) | times | state | {"id": number})
            keys += [{"story_id": number, "key": key, "at": at} for key in deciding.keys_for(change, title)]
        for start in range(0, len(rows), 5_000):
            tx.connection.execute(insert(stories), rows[start : start + 5_000])
        for start in range(0, len(keys), 20_000):
            tx.connection.execute(insert(story_keys), keys[start : start + 20_000])
        if store.dialect == "postgresql":
            tx.connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('stories', 'id'), (SELECT max(id) FROM stories))"
            )
    with store.transaction() as tx:
        tx.connection.exec_driver_sql("ANALYZE")


def measure(store: Store, count: int, chance: random.Random) -> Cost:
    """Match articles against what is stored; every write is undone."""
    look_up, decide, write = [], [], []
    for number in range(ARTICLES):
        change, title = happening(chance)
        article = _article(title, f"{count}-{number}", chance)
        said = Analysis((change,), 0.9, relevant=True, on_topic=True, reasons=())
        try:
            with store.transaction(lock=True) as tx:
                article_id, _ = tx.articles.add(article, said, "bench")
                ids = tx.articles.save_changes(article_id, said.changes)
                start = time.perf_counter()
                candidates = tx.stories.candidates(deciding.looks_for(article, said))
                found = time.perf_counter()
                plan = deciding.assign(article, said, candidates)
                decided = time.perf_counter()
                tx.stories.apply(
                    plan, article=article, article_id=article_id, changes=said.changes, change_ids=ids, now=NOW
                )
                written = time.perf_counter()
                _undo()
        except _Undo:
            look_up.append(found - start)
            decide.append(decided - found)
            write.append(written - decided)
    return Cost(count, *(1e3 * statistics.median(times) for times in (look_up, decide, write)))


class _Undo(Exception):
    """Rolls a measured transaction back."""


def _undo() -> None:
    raise _Undo


def _article(title: str, key: str, chance: random.Random) -> Article:
    at = NOW - timedelta(hours=chance.random() * 48)
    url = f"https://news.example/{key}"
    return Article(url, "", url, title, "", "bench", at, at)


def _stores() -> Iterator[tuple[str, AbstractContextManager[Store | None]]]:
    yield "SQLite", databases.sqlite()
    yield "PostgreSQL", databases.postgresql()


def main(arguments: list[str] | None = None) -> int:
    """Print a table for each database; status 1 when the cost is not flat."""
    parser = argparse.ArgumentParser(prog="benchmarks.matching", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sizes", default="1000,10000,100000", help="stored stories, ascending")
    sizes = sorted(int(size) for size in parser.parse_args(arguments).sizes.split(","))
    flat = True
    for name, opened in _stores():
        with opened as store:
            if store is None:
                print(f"{name}: no server answers, left out")
                continue
            print(f"{name}, milliseconds an article (medians of {ARTICLES})")
            print(f"{'stories':>10} {'look up':>8} {'decide':>8} {'write':>8} {'all':>8} {'ratio':>6}")
            first = 0.0
            for size in sizes:
                fill(store, size, random.Random(size))
                cost = measure(store, size, random.Random(7))
                total = cost.look_up + cost.decide + cost.write
                first = first or total
                print(
                    f"{size:>10,} {cost.look_up:>8.2f} {cost.decide:>8.2f} {cost.write:>8.2f} {total:>8.2f} {total / first:>6.2f}"
                )
            flat = flat and total / first <= 2.0
    print("flat within a factor of 2" if flat else "NOT flat within a factor of 2")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
