"""The store itself: opens a database, runs transactions, checks and upgrades the schema."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import Literal, Self

from sqlalchemy import Connection, Engine, text

from bot.errors import StoreUnavailable
from bot.store import migrations
from bot.store.articles import Articles
from bot.store.documents import Documents
from bot.store.engine import BUSY_SECONDS, WRITES, make_engine
from bot.store.entries import Entries
from bot.store.outbox import Outbox
from bot.store.reports import Reports
from bot.store.runtime import Runtime
from bot.store.sources import Sources
from bot.store.stories import Stories
from bot.store.translate import translated

MATCHING_LOCK = 0x706F_6C69_6379_7761  # "policywa": any fixed number; advisory locks belong to one database
"""Held while stories are matched, so that two workers cannot make two stories of one event."""


class Tx:
    """One open transaction. Its repositories share its connection; use none of them after its block has ended."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    @cached_property
    def sources(self) -> Sources:
        """What is known of each source, and who is polling it."""
        return Sources(self.connection)

    @cached_property
    def entries(self) -> Entries:
        """What sources published, with each entry's verdict."""
        return Entries(self.connection)

    @cached_property
    def documents(self) -> Documents:
        """Versions of watched documents."""
        return Documents(self.connection)

    @cached_property
    def articles(self) -> Articles:
        """Judged texts, their policy changes, and pages still to be fetched."""
        return Articles(self.connection)

    @cached_property
    def stories(self) -> Stories:
        """Articles grouped by policy change."""
        return Stories(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Slack calls owed."""
        return Outbox(self.connection)

    @cached_property
    def runtime(self) -> Runtime:
        """The running system: last good configuration, heartbeats, routes, used signatures."""
        return Runtime(self.connection)

    @cached_property
    def reports(self) -> Reports:
        """Readers for commands and pages."""
        return Reports(self.connection)


class _Writer:
    """Lets the writing threads of one process take turns: SQLite itself would make them poll for its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: int | None = None

    def __enter__(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("a write transaction was begun inside another one of the same thread")
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable(
                "the database is being written to by another thread; the same call may succeed later"
            )
        self._holder = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()


class Store:
    """A database with Policywatch's tables. Safe to share between threads; each transaction has its own connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = _Writer() if engine.dialect.name == "sqlite" else nullcontext()

    @classmethod
    def open(cls, url: str) -> Self:
        """Make a store for an address (see :func:`bot.store.engine.parse_url`). Nothing connects yet.

        Raises:
            StoreError: The address cannot be used.
        """
        return cls(make_engine(url))

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        """Which of the two databases this is."""
        return "postgresql" if self.engine.dialect.name == "postgresql" else "sqlite"

    @contextmanager
    def transaction(self, *, lock: bool = False) -> Iterator[Tx]:
        """Write: everything in the block is committed together, or nothing when it raises.

        Args:
            lock: Also take the lock under which stories are matched (on SQLite every writer holds it).

        Raises:
            StoreUnavailable: Locked for too long, or the connection was lost. Whether a commit that was lost on its way
                took place is unknown; repeating the whole block is safe, because everything in it is keyed.
            StoreError: The database refuses to work.
        """
        with translated(), self._writer, self.engine.connect() as connection, connection.begin():
            if lock and self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MATCHING_LOCK})
            yield Tx(connection)

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Read: one consistent view of the database for the block; writing in it fails.

        Raises:
            StoreUnavailable: The connection was refused or lost.
            StoreError: The database refuses to work.
        """
        with translated(), self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                connection.execution_options(**{WRITES: False})
            with connection.begin():
                yield Tx(connection)

    def check_schema(self) -> str:
        """Make sure that the database has this version's tables, and give their revision.

        Raises:
            SchemaError: It has none, older ones or newer ones; the message says what to do.
            StoreUnavailable: The connection was refused or lost.
        """
        with self.reading() as tx:
            return migrations.check(tx.connection)

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the database's tables up to this version; safe in several processes at once.

        Returns:
            The revisions before (None: it was empty) and after.

        Raises:
            SchemaError: The database is newer than this version.
            StoreUnavailable: The connection was refused or lost.
        """
        with translated(), self._writer:
            return migrations.upgrade(self.engine)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
