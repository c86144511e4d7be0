"""Database errors become this project's errors, once, with the cause chained."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import SchemaError, StoreError, StoreUnavailable

if TYPE_CHECKING:  # eight megabytes that SQLite does not need
    import psycopg

UPGRADE = "run: policywatch db upgrade"

# PostgreSQL's SQLSTATE codes and classes (its manual, appendix A) that pass by themselves: the same call may succeed later.
_PASSING = ("08", "57P", "53300", "55P03", "40", "57014", "25P03", "25006")
_REFUSED = ("28", "3D000", "42501")


@contextmanager
def translated() -> Iterator[None]:
    """Run a block of database work; what the driver raises in it comes out as :class:`StoreError` or a kind of it.

    Raises:
        StoreUnavailable: The database is locked, gone, restarting or out of connections.
        SchemaError: A table or column is missing.
        StoreError: The disk is full, the file is damaged, a constraint is broken, and everything else.
    """
    try:
        yield
    except PoolTimeout as error:
        raise StoreUnavailable("all database connections are in use; the same call may succeed later") from error
    except DBAPIError as error:
        raise translate(error) from error
    except sqlite3.Error as error:  # where the driver was called without SQLAlchemy (bot.store.sql)
        raise _from_sqlite(error) from error


def translate(error: DBAPIError) -> StoreError:
    """Say in this project's words what a driver's error means."""
    original = error.orig
    if isinstance(original, sqlite3.Error):
        return _from_sqlite(original)
    if original is not None and type(original).__module__.startswith("psycopg"):
        import psycopg

        if isinstance(original, psycopg.Error):
            return _from_postgresql(original, lost=error.connection_invalidated)
    return StoreError(f"the database failed: {_first_line(original)}")


_SQLITE_SENTENCES = {
    sqlite3.SQLITE_FULL: "the disk that holds the database is full; free some space, nothing was lost",
    sqlite3.SQLITE_IOERR: "the disk that holds the database failed",
    sqlite3.SQLITE_READONLY: "the database file cannot be written to; check its owner and permissions",
    sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened; check its path and permissions",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged; restore a backup",
    sqlite3.SQLITE_NOTADB: "the database file is no SQLite database; check its path",
}


def _from_sqlite(error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the low byte is the primary code
    text = _first_line(error)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return StoreUnavailable("the database is locked by another process; the same call may succeed later")
    if text.startswith(("no such table", "no such column")) or " has no column " in text:
        return SchemaError(f"the database's schema is not that of this version ({text}); {UPGRADE}")
    return StoreError(_SQLITE_SENTENCES.get(code, f"the database failed: {text}"))


def _from_postgresql(error: psycopg.Error, *, lost: bool) -> StoreError:
    state = error.sqlstate or ""
    text = _first_line(error)
    if state.startswith(_REFUSED) or (not state and _login_refused(text)):
        return StoreError(f"the database refused the connection: {text}; check DATABASE_URL")
    if state in {"42P01", "42703"}:  # undefined table, undefined column
        return SchemaError(f"the database's schema is not that of this version ({text}); {UPGRADE}")
    if state == "53100":
        return StoreError("the disk that holds the database is full; free some space, nothing was lost")
    if lost or state.startswith(_PASSING) or (not state and _operational(error)):
        return StoreUnavailable(f"the database did not answer: {text}")
    return StoreError(f"the database failed: {text}")


def _operational(error: psycopg.Error) -> bool:
    import psycopg

    return isinstance(error, psycopg.OperationalError)


def _login_refused(text: str) -> bool:
    """Look for a refused login: libpq gives no SQLSTATE for it, only the server's words."""
    return "FATAL" in text and any(words in text for words in ("password", "role ", 'database "', "pg_hba"))


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
