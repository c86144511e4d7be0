"""The only place that knows SQL: tables, queries, migrations.

How it is built, for everyone who adds to it:

* ``Store.open(url)`` makes a :class:`Store`; ``with store.transaction(lock=True) as tx`` writes, ``with store.reading() as tx`` reads.
* A :class:`Tx` has one repository for each subject: ``tx.sources``, ``tx.entries``, ``tx.documents``, ``tx.articles``, ``tx.stories``, ``tx.outbox``,
  ``tx.runtime``, ``tx.reports``. Each is a class in its own module with ``def __init__(self, connection: Connection)`` (a SQLAlchemy
  Core connection inside an open transaction). It never begins, commits or rolls back, never reads the clock (``now`` is an
  argument), and returns dataclasses of :mod:`bot.model` or frozen ones of its own module; no row or connection leaves this package.
* Tables are Core ``Table`` objects on ``metadata`` of :mod:`bot.store.tables.base`, with its column types: ``Column("id", Id, auto_id(),
  primary_key=True)``, ``UtcDateTime``, ``Duration``, ``PlainText(limit)``, ``Json``, ``Tags``, ``Word(SomeStrEnum)``, ``Hash``. A text that may
  be long is never indexed itself: index ``digest(text)`` in a ``Hash`` column (PostgreSQL refuses index rows above 2,704 bytes).
* What the two databases spell differently is in :mod:`bot.store.sql`: ``insert(connection, table).on_conflict_do_nothing(…)``,
  ``for_update(connection, query, skip_locked=True)``, ``one_of(connection, column, values)``.
* Expected collisions are handled with ON CONFLICT, not by catching: on PostgreSQL a failed statement ends the transaction.
  Whether an INSERT … DO NOTHING inserted is told by its ``returning``; its ``rowcount`` is not reliable.
* Driver errors are translated at the transaction's border (:mod:`bot.store.translate`); repositories catch none.
"""

from bot.store.articles import Wanted
from bot.store.database import Store, Tx
from bot.store.entries import Judgement, StoredEntry
from bot.store.reports import Counts, Explanation, Listed, Page
from bot.store.runtime import Beat, ConfigVersion, Label

__all__ = [
    "Beat",
    "ConfigVersion",
    "Counts",
    "Explanation",
    "Judgement",
    "Label",
    "Listed",
    "Page",
    "Store",
    "StoredEntry",
    "Tx",
    "Wanted",
]
