"""The tables, as SQLAlchemy Core: one module for each subject, all on the one ``metadata`` of :mod:`.base`.

Importing this package imports them all, so that ``metadata`` is complete.
"""

from bot.store.tables import articles, outbox, runtime, sources, stories
from bot.store.tables.base import metadata

__all__ = ["articles", "metadata", "outbox", "runtime", "sources", "stories"]
