"""Empty databases to measure on: SQLite in a temporary folder, and PostgreSQL where a server answers."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from bot.store import Store

_SERVERS = (
    "postgresql:///postgres",
    "postgresql://postgres@/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


@contextmanager
def sqlite() -> Iterator[Store]:
    """A SQLite file with the current schema, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'bench.db'}")
        try:
            store.upgrade()
            yield store
        finally:
            store.close()


@contextmanager
def postgresql() -> Iterator[Store | None]:
    """A new database on ``TEST_POSTGRES_URL`` or a local server, dropped afterwards; None where no server answers."""
    given = os.environ.get("TEST_POSTGRES_URL")
    server = next((url for url in ([given] if given else _SERVERS) if _answers(url)), None)
    if server is None:
        yield None
        return
    name = f"policywatch_bench_{uuid.uuid4().hex[:12]}"
    base, _, query = server.partition("?")
    url = base.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")
    _do(server, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    store = Store.open(url)
    try:
        store.upgrade()
        yield store
    finally:
        store.close()
        _do(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def _do(server: str, statement: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
