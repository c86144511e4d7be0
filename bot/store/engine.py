"""Connections: one engine for either database, set up so that nothing is lost in silence.

SQLite as it comes loses updates (a deferred transaction reads, and another writer slips in before it writes) and does not
check foreign keys. Here every write transaction starts with ``BEGIN IMMEDIATE``, readers with ``BEGIN``; journal mode
is WAL, so that readers never wait for the writer; a busy database is waited for.

PostgreSQL is reached with psycopg 3. Sessions run in UTC; a session that stops answering inside a transaction is ended
by the server, because it would hold the matching lock for ever.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError

BUSY_SECONDS = 30.0
"""How long a write waits for another process's write on SQLite, and a thread for a connection."""

LOCK_SECONDS = 60
"""How long PostgreSQL waits for a lock before the call fails as unavailable."""

IDLE_SECONDS = 120
"""How long a PostgreSQL session may do nothing inside a transaction."""

WRITES = "policywatch_writes"
"""Execution option of a connection whose transaction will write."""


def parse_url(text: str) -> URL:
    """Read ``DATABASE_URL``.

    Accepts ``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``sqlite://`` (in memory), ``postgresql://`` and
    the older ``postgres://`` that platforms still hand out.

    Raises:
        StoreError: Not such an address. The text is not repeated: it may hold a password.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise StoreError(
            "DATABASE_URL is not a database address; write sqlite:///var/policywatch.db or postgresql://user@host/name"
        ) from None
    scheme = url.drivername.partition("+")[0]
    if scheme == "sqlite":
        return url.set(drivername="sqlite")
    if scheme in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(f'database "{scheme}" is not supported; write sqlite:///… or postgresql://… in DATABASE_URL')


def make_engine(text: str) -> Engine:
    """Make the engine for an address; nothing connects yet. A SQLite file's folder is created when it is absent.

    Raises:
        StoreError: The address cannot be used, or the folder cannot be made.
    """
    url = parse_url(text)
    return _sqlite(url) if url.drivername == "sqlite" else _postgresql(url)


def in_memory(url: URL) -> bool:
    """Tell whether a SQLite address names no file."""
    return url.database in {None, "", ":memory:"}


def _sqlite(url: URL) -> Engine:
    options: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_timeout": BUSY_SECONDS,
        "connect_args": {"check_same_thread": False, "timeout": BUSY_SECONDS},
    }
    if in_memory(url):
        # One connection is the whole database: threads take turns, and it is never given up.
        options |= {"pool_size": 1, "max_overflow": 0}
    else:
        _make_folder(Path(str(url.database)))
        # The connection used last is used next: what it has read of the file it need not read again.
        options |= {"pool_size": 8, "max_overflow": -1, "pool_use_lifo": True}
    engine = create_engine(url, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the database's folder {file.parent} cannot be made: {error.strerror or error}") from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: see _begin_sqlite
    _turn_to_wal(connection)
    for pragma in (
        "synchronous = NORMAL",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -8000",  # KB; with the usual 2,000 the indexes of some ten thousand entries are read again for each poll
        "wal_autocheckpoint = 4000",  # pages; pages that change again and again are copied into the file less often
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _turn_to_wal(connection: Any) -> None:
    """Turn a new file to WAL. SQLite answers "locked" at once where two processes do so together: its time-out does not apply here."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    """Begin by the driver itself: around a statement of a word or two SQLAlchemy's own work is most of the time it takes."""
    writes = connection.get_execution_options().get(WRITES, True)
    lent = connection.connection
    driver = lent.dbapi_connection
    assert driver is not None, "a connection that begins is connected"
    if lent.info.get(WRITES) is not writes:
        driver.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}").close()
        lent.info[WRITES] = writes
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN").close()


def _postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        # Small enough for the 20 connections of a platform's smallest database, and patient where threads queue.
        pool_size=5,
        max_overflow=10,
        pool_timeout=LOCK_SECONDS,
        pool_pre_ping=True,
        connect_args={"application_name": "policywatch", "connect_timeout": 10, "keepalives_idle": 30},
    )
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Set the session up by SQL: poolers between us and the server refuse start-up options."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('TimeZone', 'UTC', false), set_config('lock_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false)",
            (f"{LOCK_SECONDS}s", f"{IDLE_SECONDS}s"),
        )
    connection.commit()
