"""Near-copies: what is found and what finding costs: ``python -m benchmarks.nearcopies [--sizes 10000,100000]``.

Recall is measured on texts with 5, 10, 20 and 30 % of their words replaced, and on texts cut short after 45 words, against a
table that holds the given number of other articles; the look-up is :meth:`bot.store.stories.Stories.near` with the check of
the full signatures. A million stored takes some minutes to fill and a few gigabytes of disk: ``--sizes 1000000``.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from benchmarks import databases
from bot import stories as deciding
from bot.model import Analysis, Article, Fingerprint
from bot.store import Store
from bot.store.tables.articles import articles
from bot.store.tables.base import digest
from bot.store.tables.stories import fingerprint_bands, fingerprints

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUERIES = 60
_SYLLABLES = [
    "ba",
    "den",
    "kel",
    "li",
    "mor",
    "rust",
    "sta",
    "ver",
    "ton",
    "pal",
    "gri",
    "nas",
    "quo",
    "tov",
    "um",
    "zan",
    "fer",
    "ok",
]
_VOCABULARY = [one + two for one in _SYLLABLES for two in _SYLLABLES] + [
    one + two + three for one in _SYLLABLES[:12] for two in _SYLLABLES[:12] for three in _SYLLABLES[:12]
]
_EDITS: dict[str, Callable[[list[str], random.Random], list[str]]] = {
    "5 %": lambda body, chance: edited(body, 0.05, chance),
    "10 %": lambda body, chance: edited(body, 0.10, chance),
    "20 %": lambda body, chance: edited(body, 0.20, chance),
    "30 %": lambda body, chance: edited(body, 0.30, chance),
    "cut": lambda body, _: body[:45],
}


def edited(body: list[str], share: float, chance: random.Random) -> list[str]:
    """The text with a share of its words replaced."""
    return [chance.choice(_VOCABULARY) if chance.random() < share else word for word in body]


def written(length: int, chance: random.Random) -> list[str]:
    """A text whose words are unevenly common, and its pairs of words mostly new, as in a language."""
    return [_VOCABULARY[int(len(_VOCABULARY) * chance.random() ** 3)] for _ in range(length)]


def fill(store: Store, count: int, chance: random.Random) -> None:
    """Store fingerprints of other articles until there are ``count``: bands that nothing shares, as unrelated texts have."""
    with store.transaction() as tx:
        have = tx.connection.execute(select(func.count()).select_from(articles)).scalar_one()
    for start in range(have + 1, count + 1, 5_000):
        ids = range(start, min(start + 5_000, count + 1))
        bands = [{"article_id": number, "band": chance.getrandbits(64) - 2**63} for number in ids for _ in range(29)]
        kept = [
            {
                "article_id": number,
                "signature": chance.randbytes(240),
                "opening": chance.randbytes(64),
                "size": 500,
                "title": "",
            }
            for number in ids
        ]
        with store.transaction() as tx:
            tx.connection.execute(insert(articles), [_row(number) for number in ids])
            tx.connection.execute(insert(fingerprints), kept)
            tx.connection.execute(insert(fingerprint_bands), sorted(bands, key=lambda row: row["band"]))
    with store.transaction() as tx:
        if store.dialect == "postgresql":
            tx.connection.exec_driver_sql(
                "SELECT setval(pg_get_serial_sequence('articles', 'id'), (SELECT max(id) FROM articles))"
            )
        tx.connection.exec_driver_sql("ANALYZE")


def _row(number: int) -> dict[str, object]:
    url = f"https://filler.example/{number}"
    text = dict.fromkeys(("discriminator", "title", "text", "source_id", "fingerprint"), "")
    judged = {"score": 0.0, "relevant": False, "on_topic": True, "reasons": [], "open_questions": []}
    where = {"identity_hash": digest(url, ""), "canonical_hash": digest(url), "canonical_url": url, "url": url}
    return (
        text
        | judged
        | where
        | {"id": number, "published": NOW, "first_seen": NOW, "language": "en", "text_origin": "feed"}
    )


def measure(store: Store, length: int, chance: random.Random) -> tuple[dict[str, float], float, float]:
    """Recall for each kind of edit, and median milliseconds to fingerprint and to look up and check."""
    originals = [written(length, chance) for _ in range(QUERIES)]
    with store.transaction() as tx:
        ids = []
        for number, body in enumerate(originals):
            url = f"https://original.example/{length}/{number}/{chance.random()}"
            article = Article(url, "", url, f"Headline {number}", " ".join(body), "bench", NOW, NOW)
            nothing = Analysis((), 0.0, relevant=False, on_topic=True, reasons=())
            ids.append(tx.articles.add(article, nothing, "bench")[0])
            tx.stories.add_fingerprint(ids[-1], deciding.fingerprint(article.title, article.text))
    recall, making, looking = {}, list[float](), list[float]()
    with store.reading() as tx:
        for name, edit in _EDITS.items():
            hits = 0
            for number, body in enumerate(originals):
                text = " ".join(edit(body, chance))
                start = time.perf_counter()
                mine: Fingerprint = deciding.fingerprint("Another headline altogether", text)
                made = time.perf_counter()
                found = deciding.best(mine, tx.stories.near(mine.bands))
                looking.append(time.perf_counter() - made)
                making.append(made - start)
                hits += found is not None and found[0] == ids[number]
            recall[name] = hits / len(originals)
    return recall, 1e3 * statistics.median(making), 1e3 * statistics.median(looking)


def _stores() -> Iterator[tuple[str, AbstractContextManager[Store | None]]]:
    yield "SQLite", databases.sqlite()
    yield "PostgreSQL", databases.postgresql()


def main(arguments: list[str] | None = None) -> int:
    """Print a table for each database; status 1 when a look-up grows or copies with a tenth of their words edited are missed."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.nearcopies", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("--sizes", default="10000,100000", help="stored articles, ascending")
    sizes = sorted(int(size) for size in parser.parse_args(arguments).sizes.split(","))
    good = True
    for name, opened in _stores():
        with opened as store:
            if store is None:
                print(f"{name}: no server answers, left out")
                continue
            print(f"{name}: recall at words edited, milliseconds (medians)")
            print(
                f"{'stored':>10} {'words':>6} "
                + " ".join(f"{edit:>6}" for edit in _EDITS)
                + f" {'print':>7} {'look up':>8}"
            )
            first = 0.0
            for size in sizes:
                fill(store, size, random.Random(size))
                for length in (60, 800):
                    recall, made, looked = measure(store, length, random.Random(length))
                    print(
                        f"{size:>10,} {length:>6} "
                        + " ".join(f"{share:>6.0%}" for share in recall.values())
                        + f" {made:>7.2f} {looked:>8.2f}"
                    )
                    first = first or looked
                    good = good and recall["10 %"] >= 0.95 and recall["cut"] >= 0.95
            good = good and looked <= max(2 * first, 5.0)
    print("found, and flat within a factor of 2" if good else "NOT as wanted")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
