"""The running system: last good configurations, heartbeats, routes, labels, used signatures, small facts."""

from sqlalchemy import Boolean, Column, Index, String, Table, UniqueConstraint, true

from bot.store.tables.base import Hash, Id, Json, PlainText, UtcDateTime, auto_id, metadata

config_versions = Table(
    "config_versions",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("fingerprint", PlainText(200), nullable=False),
    Column("files", Json, nullable=False),
    Column("saved_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("process", PlainText(200), primary_key=True),
    Column("kind", PlainText(40), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
    Column("info", Json, nullable=False),
)

used_signatures = Table(
    "used_signatures",
    metadata,
    Column("signature_hash", Hash, primary_key=True),
    Column("used_at", UtcDateTime, nullable=False),
    Index("ix_used_signatures_used_at", "used_at"),
)

routes = Table(
    "routes",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("name", PlainText(200), nullable=False),
    Column("channel", PlainText(200), nullable=False),
    Column("origin", String(20), nullable=False),  # file | subscription
    Column("route", Json),  # subscriptions only: a file's route is read from its file
    Column("created_by", PlainText(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("in_force", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("name", "channel", "origin"),
)

labels = Table(
    "labels",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("subject", PlainText(200), nullable=False),  # s12, source:ms-blog, actor:microsoft, …
    Column("channel", PlainText(200), nullable=False),  # empty: everywhere
    Column("label", PlainText(40), nullable=False),
    Column("person", PlainText(200), nullable=False),
    Column("value", Json),
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),
    UniqueConstraint("subject", "channel", "label", "person"),
    Index("ix_labels_label", "label", "channel"),
)

facts = Table(
    "facts",
    metadata,
    Column("key", PlainText(200), primary_key=True),
    Column("value", Json),
    Column("at", UtcDateTime, nullable=False),
)
