"""What both databases promise to several threads and processes at once."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import func, select

from bot.errors import StoreError, StoreUnavailable
from bot.store import Store
from bot.store.tables.runtime import facts
from tests.store.samples import analysis, article, entry, source

NOW = datetime(2020, 6, 11, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SPAWN = multiprocessing.get_context("spawn")


def increment(url: str, times: int, start: Barrier) -> None:
    """Read, add one, write: what SQLite as it comes loses most of."""
    store = Store.open(url)
    start.wait(30)
    for _ in range(times):
        with store.transaction(lock=True) as tx:
            tx.runtime.remember("count", tx.runtime.recall("count") + 1, NOW)
    store.close()


@pytest.fixture
def counter(store, database_url):
    with store.transaction() as tx:
        tx.runtime.remember("count", 0, NOW)
    return database_url


def test_no_increment_of_threads_is_lost(store, counter):
    def work() -> None:
        for _ in range(25):
            with store.transaction(lock=True) as tx:
                tx.runtime.remember("count", tx.runtime.recall("count") + 1, NOW)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    with store.reading() as tx:
        assert tx.runtime.recall("count") == 100


def test_no_increment_of_processes_is_lost(store, counter):
    start = SPAWN.Barrier(2)
    workers = [SPAWN.Process(target=increment, args=(counter, 40, start)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    with store.reading() as tx:
        assert tx.runtime.recall("count") == 80


def test_two_matchers_never_overlap(store):
    """Two threads meet at a barrier, then both match; what each sees inside tells whether the other had finished."""
    barrier = threading.Barrier(2)
    inside: list[int] = []

    def match() -> int:
        barrier.wait()
        with store.transaction(lock=True) as tx:
            inside.append(1)
            seen = len(inside)
            stories = tx.connection.execute(select(func.count()).select_from(facts)).scalar_one()
            if stories == 0:
                tx.runtime.remember(f"story-{threading.get_ident()}", 1, NOW)
            inside.pop()
            return seen

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            futures = [pool.submit(match) for _ in range(2)]
            assert [future.result() for future in futures] == [1, 1]
            with store.transaction() as tx:
                assert tx.connection.execute(facts.delete()).rowcount == 1, "one event became two stories"


def test_without_the_lock_two_writers_of_postgresql_would_make_two_stories(postgres_url):
    """Shows that the test above can fail: the lock is what excludes, not luck."""
    store = Store.open(postgres_url)
    meeting = threading.Barrier(2, timeout=10)

    def match(number: int) -> None:
        with store.transaction() as tx:
            stories = tx.connection.execute(select(func.count()).select_from(facts)).scalar_one()
            meeting.wait()  # both are inside
            if stories == 0:
                tx.runtime.remember(f"story-{number}", 1, NOW)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(match, number) for number in range(2)]:
            future.result()
    with store.reading() as tx:
        assert tx.connection.execute(select(func.count()).select_from(facts)).scalar_one() == 2
    store.close()


def test_each_due_source_is_claimed_by_one_of_many_workers(store):
    with store.transaction() as tx:
        tx.sources.sync([source(f"s{number:02}") for number in range(40)], NOW)
    start = threading.Barrier(4)

    def work(owner: str) -> list[str]:
        start.wait()
        mine: list[str] = []
        while True:
            with store.transaction() as tx:
                claimed = tx.sources.claim_due(None, owner, NOW, LEASE, 3)
            if not claimed:
                return mine
            mine += [state.id for state in claimed]

    with ThreadPoolExecutor(4) as pool:
        shares = [future.result() for future in [pool.submit(work, f"w{number}") for number in range(4)]]
    taken = [source_id for share in shares for source_id in share]
    assert sorted(taken) == [f"s{number:02}" for number in range(40)]


def test_postgresql_passes_over_what_another_worker_is_just_claiming(postgres_url):
    """SKIP LOCKED: a claim that has not committed yet neither blocks nor is taken twice."""
    store = Store.open(postgres_url)
    with store.transaction() as tx:
        tx.sources.sync([source("a"), source("b")], NOW)
        tx.articles.want_page(tx.articles.add(article(), analysis(), "f")[0], "https://e.example/", NOW)
    with store.transaction() as first:
        assert [state.id for state in first.sources.claim_due(None, "w1", NOW, LEASE, 1)] == ["a"]
        assert len(first.articles.claim_wanted("w1", NOW, LEASE, 5)) == 1
        with store.transaction() as second:
            assert [state.id for state in second.sources.claim_due(None, "w2", NOW, LEASE, 5)] == ["b"]
            assert second.articles.claim_wanted("w2", NOW, LEASE, 5) == []
    store.close()


def test_two_workers_that_read_the_same_feed_store_each_entry_once(store):
    with store.transaction() as tx:
        tx.sources.sync([source()], NOW)
    start = threading.Barrier(2)

    def work() -> int:
        start.wait()
        with store.transaction(lock=True) as tx:
            return len(tx.entries.add("wire", [entry(f"e{number}") for number in range(50)], NOW))

    with ThreadPoolExecutor(2) as pool:
        assert sorted(future.result() for future in [pool.submit(work) for _ in range(2)]) == [0, 50]


def test_a_signature_that_two_web_processes_see_at_once_is_used_once(store):
    start = threading.Barrier(4)

    def work() -> bool:
        start.wait()
        with store.transaction() as tx:
            return tx.runtime.use_signature("v0=abc", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(future.result() for future in [pool.submit(work) for _ in range(4)]) == [
            False,
            False,
            False,
            True,
        ]


def test_an_article_that_two_workers_read_at_once_is_one(store):
    start = threading.Barrier(2)

    def work() -> tuple[int, bool]:
        start.wait()
        with store.transaction() as tx:
            return tx.articles.add(article(), analysis(), "f")

    with ThreadPoolExecutor(2) as pool:
        (one, first), (other, second) = [future.result() for future in [pool.submit(work) for _ in range(2)]]
    assert one == other
    assert {first, second} == {True, False}


def test_a_failed_block_leaves_nothing_behind(store):
    with pytest.raises(RuntimeError, match="stop"), store.transaction() as tx:
        tx.runtime.remember("half", 1, NOW)
        raise RuntimeError("stop")
    with store.reading() as tx:
        assert tx.runtime.recall("half") is None


def test_readers_see_one_state_of_the_database_and_cannot_write(store):
    with store.reading() as reader:
        assert reader.runtime.recall("late") is None
        with store.transaction() as writer:
            writer.runtime.remember("late", 1, NOW)
        assert reader.runtime.recall("late") is None
    with store.reading() as reader:
        assert reader.runtime.recall("late") == 1
    with pytest.raises(StoreError), store.reading() as reader:
        reader.runtime.remember("late", 2, NOW)
    with store.transaction() as tx:
        tx.runtime.remember("late", 3, NOW)  # the connection is fit for writing again
        assert tx.runtime.recall("late") == 3


def test_more_threads_than_connections_wait_their_turn(store):
    def work(number: int) -> int:
        with store.transaction() as tx:
            tx.runtime.remember(f"n{number}", number, NOW)
        with store.reading() as tx:
            return int(tx.runtime.recall(f"n{number}"))

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(work, range(100))) == list(range(100))


def test_a_write_inside_a_write_of_the_same_thread_is_told_at_once(sqlite_store):
    with pytest.raises(RuntimeError, match="inside another"), sqlite_store.transaction(), sqlite_store.transaction():
        pass
    with sqlite_store.transaction() as tx:
        tx.runtime.remember("fine", 1, NOW)


def test_in_memory_threads_take_turns_on_one_database():
    store = Store.open("sqlite://")
    with store.transaction() as tx:
        facts.create(tx.connection)
        tx.runtime.remember("count", 0, NOW)

    def work(_: int) -> None:
        with store.transaction() as tx:
            tx.runtime.remember("count", tx.runtime.recall("count") + 1, NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(40)))
    with store.reading() as tx:
        assert tx.runtime.recall("count") == 40
    store.close()


def test_a_connection_that_the_server_ends_is_unavailable_then_replaced(postgres_url):
    store = Store.open(postgres_url)
    with pytest.raises(StoreUnavailable) as caught, store.transaction() as tx:
        tx.runtime.remember("lost", 1, NOW)
        end_other_sessions(postgres_url)
        tx.runtime.recall("lost")
    assert caught.value.__cause__ is not None
    with store.transaction() as tx:
        assert tx.runtime.recall("lost") is None
    end_other_sessions(postgres_url)  # while it rests in the pool
    with store.reading() as tx:
        assert tx.runtime.recall("lost") is None
    store.close()


def end_other_sessions(url: str) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
