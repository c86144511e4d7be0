"""Versions of watched documents: each page as it came when its wording was new, kept for ever, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.tables.sources import document_versions

_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version."""

    id: int
    at: datetime
    """When it was first seen."""
    snapshot: bytes
    """The page itself, in UTF-8."""


class Documents:
    """Rows of ``document_versions``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, source_id: str, snapshot: bytes, at: datetime) -> int:
        """Store a document's newest version and give its id."""
        row = {"source_id": source_id, "at": at, "snapshot": zlib.compress(snapshot, _LEVEL)}
        statement = document_versions.insert().values(row).returning(document_versions.c.id)
        return int(self._connection.execute(statement).scalar_one())

    def newest(self, source_id: str) -> bytes | None:
        """The page of the newest version; None when none is stored yet."""
        found = self.latest(source_id, 1)
        return found[0].snapshot if found else None

    def latest(self, source_id: str, limit: int) -> list[Version]:
        """The newest versions of a document, the newest first."""
        query = select(document_versions).where(document_versions.c.source_id == source_id)
        rows = self._connection.execute(query.order_by(document_versions.c.id.desc()).limit(limit)).mappings()
        return [Version(row["id"], row["at"], zlib.decompress(row["snapshot"])) for row in rows]
