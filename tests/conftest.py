"""Fixtures that every room's tests share: both databases, a clock, the repository's root, recorded data.

PostgreSQL is looked for at ``TEST_POSTGRES_URL``, else at the local socket, else at 127.0.0.1:5432. Where no server answers its
tests are skipped with a word; with ``CI=true`` they fail. Each session makes one database of its own and drops it.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from bot.store import Store
from bot.store.tables.base import metadata
from tests.logkeeping import kept_logs

ROOT = Path(__file__).resolve().parent.parent


class Clock:
    """A clock that only moves when told to. Call it for the time, as the async loops do."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta | None = None, **parts: float) -> datetime:
        """Move on, ``clock.advance(minutes=5)``, and give the new time."""
        self.now += timedelta(**parts) if by is None else by
        return self.now


@pytest.fixture(autouse=True)
def _logs_kept() -> Iterator[None]:
    """Whatever a test, or a command that it runs, does to logging ends with it: caplog hears the same in any order."""
    with kept_logs():
        yield


@pytest.fixture
def clock() -> Clock:
    """Thursday 11 June 2020, 18:04 UTC."""
    return Clock(datetime(2020, 6, 11, 18, 4, tzinfo=UTC))


@pytest.fixture(scope="session")
def repo_root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Recorded feeds and labels, kept outside the project; tests that need them are skipped where they are absent."""
    folder = Path(os.environ.get("POLICYWATCH_SHARED") or ROOT / ".." / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"no recorded data at {folder}; set POLICYWATCH_SHARED to the folder that holds it")
    return folder.resolve()


# --- databases ---------------------------------------------------------------------------------------------------------


def _find_server() -> str | None:
    given = os.environ.get("TEST_POSTGRES_URL")
    hosts = ("", "postgres@", "127.0.0.1:5432", "postgres@127.0.0.1:5432", "postgres:postgres@127.0.0.1:5432")
    for url in [given] if given else [f"postgresql://{host}/postgres" for host in hosts]:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.OperationalError:
            continue
        if row and row[0]:
            return url
    return None


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """Address of a PostgreSQL server on which this session may make databases."""
    url = _find_server()
    if url is None:
        message = "no PostgreSQL server answers (TEST_POSTGRES_URL, the local socket, 127.0.0.1:5432)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return url


def _on_server(server: str, statement: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _make_database(server: str) -> tuple[str, str]:
    name = f"policywatch_test_{uuid.uuid4().hex[:12]}"
    _on_server(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    _on_server(
        server, "ALTER DATABASE {} SET synchronous_commit = off", name
    )  # nothing here needs to outlive a power cut
    base, _, _ = server.partition("?")
    query = server[len(base) :]
    return base.rpartition("/")[0] + "/" + name + query, name


def _drop_database(server: str, name: str) -> None:
    _on_server(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def _postgres_database(postgres_server: str) -> Iterator[str]:
    url, name = _make_database(postgres_server)
    try:
        _make_schema(url)
        yield url
    finally:
        _drop_database(postgres_server, name)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "policywatch.db"
    _make_schema(f"sqlite:///{file}")
    return file


def _make_schema(url: str) -> None:
    store = Store.open(url)
    try:
        store.upgrade()
    finally:
        store.close()


def _empty_tables(url: str) -> None:
    """Delete all rows and number anew: five times faster than TRUNCATE for a handful of rows."""
    statements = [f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables)]
    statements += [
        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), 1, false)"
        for table in metadata.sorted_tables
        if "id" in table.c and table.c.id.identity is not None
    ]
    with psycopg.connect(url, options="-c lock_timeout=10s") as connection:
        connection.execute(sql.SQL("; ".join(statements)))


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A SQLite file with the current schema and no rows."""
    file = tmp_path / "policywatch.db"
    shutil.copy(_sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgres_url(_postgres_database: str) -> Iterator[str]:
    """A PostgreSQL database with the current schema and no rows."""
    yield _postgres_database
    _empty_tables(_postgres_database)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn, with the current schema and no rows."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Each database in turn, without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'policywatch.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    url, name = _make_database(server)
    yield url
    _drop_database(server, name)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on each database in turn."""
    store = Store.open(database_url)
    yield store
    store.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A store on SQLite, where the database makes no difference."""
    store = Store.open(sqlite_url)
    yield store
    store.close()
