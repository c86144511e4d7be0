"""Addresses, set-up of connections, and errors in this project's words."""

import sqlite3
import stat

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import SchemaError, StoreError, StoreUnavailable
from bot.model import SourceState
from bot.store import Store
from bot.store.engine import parse_url
from bot.store.translate import translate
from tests.store.samples import entry


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
        (" sqlite:////abs/x.db\n", "sqlite:////abs/x.db"),
        ("sqlite://", "sqlite://"),
        ("postgres://u:p%40@h:5433/d?sslmode=require", "postgresql+psycopg://u:p%40@h:5433/d?sslmode=require"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg2://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_addresses_are_accepted(given, meant):
    assert parse_url(given).render_as_string(hide_password=False) == meant


@pytest.mark.parametrize("given", ["", "var/x.db", "mysql://u:s3cret@h/d", "postgres://u:s3cret@h:port/d", "s3cret@"])
def test_other_addresses_are_refused_without_repeating_them(given):
    with pytest.raises(StoreError, match="DATABASE_URL") as caught:
        Store.open(given)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_folder_is_made(tmp_path):
    file = tmp_path / "new" / "deeper" / "x.db"
    store = Store.open(f"sqlite:///{file}")
    with store.transaction() as tx:
        tx.connection.execute(text("CREATE TABLE a (b)"))
    store.close()
    assert file.exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder"):
        Store.open(f"sqlite:///{tmp_path}/file/x.db")


def test_sqlite_is_set_up(sqlite_store):
    with sqlite_store.reading() as tx:
        pragma = {
            name: tx.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        }
    assert pragma == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000}


def test_postgresql_sessions_are_set_up(postgres_url):
    store = Store.open(postgres_url)
    with store.reading() as tx:
        shown = [
            tx.connection.execute(text(f"SHOW {name}")).scalar()
            for name in ("TimeZone", "lock_timeout", "idle_in_transaction_session_timeout")
        ]
    store.close()
    assert shown == ["UTC", "1min", "2min"]


def test_a_writer_of_another_process_is_waited_for_then_unavailable(sqlite_store, sqlite_url, monkeypatch):
    monkeypatch.setattr("bot.store.engine.BUSY_SECONDS", 0.05)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    impatient = Store.open(sqlite_url)
    with pytest.raises(StoreUnavailable, match="locked") as caught, impatient.transaction():
        pass
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    with impatient.reading() as tx:
        assert tx.sources.all() == [], "readers do not wait for the writer"
    other.rollback()
    other.close()
    with impatient.transaction() as tx:
        tx.runtime.forget("x")
    impatient.close()


def test_a_full_disk_is_told_and_nothing_of_the_transaction_is_kept(sqlite_store, clock):
    with pytest.raises(StoreError, match="full") as caught, sqlite_store.transaction() as tx:
        pages = tx.connection.execute(text("PRAGMA page_count")).scalar_one()
        tx.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(50):
            tx.runtime.remember(f"k{number}", "x" * 4000, clock())
    assert not isinstance(caught.value, StoreUnavailable)
    with sqlite_store.reading() as tx:
        assert tx.runtime.recall("k0") is None


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "x.db").write_bytes(b"this is not a database, it is a text of some length" * 100)
    store = Store.open(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(StoreError, match="no SQLite database"), store.reading():
        pass
    store.close()


def test_a_file_that_cannot_be_opened_is_told(tmp_path):
    (tmp_path / "x.db").mkdir()
    store = Store.open(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(StoreError, match="cannot be opened"), store.reading():
        pass
    store.close()
    assert stat.S_ISDIR((tmp_path / "x.db").stat().st_mode)


def test_a_missing_table_names_the_command_that_mends_it(empty_url):
    store = Store.open(empty_url)
    with pytest.raises(SchemaError, match="policywatch db upgrade"), store.reading() as tx:
        tx.sources.all()
    store.close()


def test_what_the_driver_refuses_is_told_the_same_way_where_it_is_called_directly(sqlite_store, clock):
    state = SourceState(id="gone", url="https://news.example/feed", added_at=clock())
    with sqlite_store.transaction() as tx:
        tx.connection.execute(text("ALTER TABLE sources RENAME TO elsewhere"))
    with pytest.raises(SchemaError, match="policywatch db upgrade"), sqlite_store.transaction() as tx:
        tx.sources.finish(state, "me")
    with pytest.raises(StoreError, match="the database failed: ") as caught, sqlite_store.transaction() as tx:
        tx.entries.add("gone", [entry()], clock())  # there is no such source
    assert not isinstance(caught.value, StoreUnavailable)


def test_a_connection_that_was_lent_for_reading_writes_for_the_next_and_the_other_way_round(store, clock):
    for number in range(2):
        with store.transaction() as tx:
            tx.runtime.remember("k", number, clock())
        with pytest.raises(StoreError), store.reading() as tx:
            tx.runtime.remember("k", "written while reading", clock())
        with store.reading() as tx:
            assert tx.runtime.recall("k") == number


def test_a_server_that_is_not_there_is_unavailable():
    store = Store.open("postgresql://u:s3cret@127.0.0.1:1/d")
    with pytest.raises(StoreUnavailable) as caught, store.reading():
        pass
    assert "s3cret" not in str(caught.value)
    store.close()


def test_a_database_that_does_not_exist_is_told_as_such(postgres_server):
    base = postgres_server.rpartition("/")[0]
    store = Store.open(f"{base}/no_such_database_here")
    with pytest.raises(StoreError, match="DATABASE_URL") as caught, store.reading():
        pass
    assert not isinstance(caught.value, StoreUnavailable)
    store.close()


@pytest.mark.parametrize(
    ("kind", "expected", "says"),
    [
        (psycopg.errors.DiskFull, StoreError, "full"),
        (psycopg.errors.DeadlockDetected, StoreUnavailable, "did not answer"),
        (psycopg.errors.SerializationFailure, StoreUnavailable, "did not answer"),
        (psycopg.errors.LockNotAvailable, StoreUnavailable, "did not answer"),
        (psycopg.errors.TooManyConnections, StoreUnavailable, "did not answer"),
        (psycopg.errors.AdminShutdown, StoreUnavailable, "did not answer"),
        (psycopg.errors.CannotConnectNow, StoreUnavailable, "did not answer"),
        (psycopg.errors.InvalidPassword, StoreError, "DATABASE_URL"),
        (psycopg.errors.UndefinedColumn, SchemaError, "db upgrade"),
        (psycopg.errors.UniqueViolation, StoreError, "failed"),
        (psycopg.OperationalError, StoreUnavailable, "did not answer"),
    ],
)
def test_postgresql_errors_are_told_apart_by_their_codes(kind, expected, says):
    error = translate(DBAPIError("SELECT 1", None, kind("words of the server\nDETAIL: more")))
    assert type(error) is expected
    assert says in str(error)
    assert "DETAIL" not in str(error)


def test_other_exceptions_pass_as_they_are(store):
    with pytest.raises(KeyError), store.transaction():
        raise KeyError("mine")
