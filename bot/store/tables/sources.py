"""Sources' state, and the entries they published."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    true,
)

from bot.model import Health
from bot.store.tables.base import Duration, Hash, Id, Json, PlainText, UtcDateTime, Word, auto_id, metadata

sources = Table(
    "sources",
    metadata,
    Column("id", PlainText(200), primary_key=True),
    # What the configuration says of it, for readers that join: the files stay the truth.
    Column("name", PlainText(500), nullable=False),
    Column("url", PlainText(4000), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("category", PlainText(200)),
    Column("jurisdiction", PlainText(200)),
    Column("actor", PlainText(500)),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("configured", Boolean, nullable=False, server_default=true()),
    # What was learned: bot.model.SourceState.
    Column("added_at", UtcDateTime, nullable=False),
    Column("baseline_at", UtcDateTime),
    Column("etag", PlainText(1000)),
    Column("last_modified", PlainText(200)),
    Column("body_hash", LargeBinary),
    Column("known_slices", LargeBinary, nullable=False),
    Column("moved_to", PlainText(4000)),
    Column("next_poll_at", UtcDateTime),
    Column("poll_interval", Duration),
    Column("last_polled_at", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("last_entry_at", UtcDateTime),
    Column("habit", Duration),
    Column("ttl", Duration),
    Column("failures", Float, nullable=False, server_default="0"),
    Column("polls_failed", Integer, nullable=False, server_default="0"),
    Column("health", Word(Health), nullable=False, server_default=Health.OK.value),
    Column("health_since", UtcDateTime),
    Column("last_error", PlainText(2000)),
    Column("muted_until", UtcDateTime),
    Column("entries_total", Integer, nullable=False, server_default="0"),
    Column("title", PlainText(500)),
    # Who is polling it now.
    Column("lease_owner", PlainText(200)),
    Column("lease_until", UtcDateTime),
    Index("ix_sources_next_poll_at", "next_poll_at"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("source_id", PlainText(200), ForeignKey("sources.id"), nullable=False),
    Column("key", PlainText(2000), nullable=False),
    Column("key_hash", Hash, nullable=False),
    Column("url", PlainText(4000)),
    Column("url_hash", Hash),
    Column("canonical_url", PlainText(4000)),
    Column("canonical_hash", Hash),
    Column("content_hash", Hash),
    Column("updates", Integer, nullable=False, server_default="0"),  # how often its words were changed
    Column("title", PlainText(1000), nullable=False),
    Column("published", UtcDateTime),
    Column("updated", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("language", PlainText(40)),
    Column("authors", Json),
    Column("categories", Json),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("verdict", PlainText(40), nullable=False),
    Column("reason", PlainText(2000), nullable=False),
    UniqueConstraint("source_id", "key_hash"),
    Index("ix_entries_url_hash", "url_hash"),
    Index("ix_entries_canonical_hash", "canonical_hash"),
    Index("ix_entries_source_id_content_hash", "source_id", "content_hash"),
    Index("ix_entries_article_id", "article_id"),
    Index("ix_entries_seen_at", "seen_at"),
)

document_versions = Table(
    "document_versions",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("source_id", PlainText(200), ForeignKey("sources.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("snapshot", LargeBinary, nullable=False),  # the page as it came, compressed by zlib
    Index("ix_document_versions_source_id", "source_id", "id"),
)
