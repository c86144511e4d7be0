"""Tables of what is owed to Slack: deliveries, the channels they go to, whether Slack lets us in, and digests.

A delivery's ``story_id`` is no foreign key: stories are merged and redirect but their ids never vanish, and the
outbox stays readable on its own.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.model import DeliveryKind, DeliveryState
from bot.store.tables.base import Id, Json, PlainText, UtcDateTime, Word, auto_id, metadata

DUE_STATES = (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.UNKNOWN, DeliveryState.BLOCKED)
"""States in which a delivery waits for its turn."""

OPEN = "state IN ('pending', 'waiting', 'unknown', 'blocked', 'sending')"
"""What claiming must say literally: neither database uses a partial index for a condition with parameters."""

_OPEN = text(OPEN)
_DEAD = text("state = 'dead'")

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("kind", Word(DeliveryKind), nullable=False),
    Column("channel", String(80), nullable=False),
    Column("route", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("state", Word(DeliveryState), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("story_id", Id),
    Column("transition", Text, nullable=False, server_default=""),
    Column("payload", Json, nullable=False),
    Column("parent_id", Id, ForeignKey("deliveries.id")),
    Column("folded_into", Id, ForeignKey("deliveries.id")),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("send_key", String(64)),
    Column("first_started_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("ts", String(40)),
    Column("plain", Boolean, nullable=False, server_default=false()),
    Column("error", PlainText(500)),
    Column("lease_owner", String(120)),
    Column("lease_until", UtcDateTime),
    # An edit is one row for each message: `wanted` counts the requests, `taken` is what the running call shows.
    Column("wanted", Integer, nullable=False, server_default="0"),
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("editable", Boolean, nullable=False, server_default=true()),
    Column("doubtful", Boolean, nullable=False, server_default=false()),
    Column("sweep_at", UtcDateTime),
    UniqueConstraint("dedupe_key"),
    # Claiming reads only what is open, however many are sent.
    Index("ix_deliveries_open", "channel", "not_before", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(
        "ix_deliveries_leased", "lease_until",
        sqlite_where=text("state = 'sending'"), postgresql_where=text("state = 'sending'"),
    ),
    Index(
        "ix_deliveries_sweep", "sweep_at",
        sqlite_where=text("sweep_at IS NOT NULL"), postgresql_where=text("sweep_at IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_sent", "channel", "sent_at",
        sqlite_where=text("sent_at IS NOT NULL"), postgresql_where=text("sent_at IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_story", "story_id",
        sqlite_where=text("story_id IS NOT NULL"), postgresql_where=text("story_id IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_parent", "parent_id",
        sqlite_where=text("parent_id IS NOT NULL"), postgresql_where=text("parent_id IS NOT NULL"),
    ),
    Index("ix_deliveries_dead", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
    Index("ix_deliveries_message", "channel", "ts", sqlite_where=text("ts IS NOT NULL"), postgresql_where=text("ts IS NOT NULL")),
)  # fmt: skip
"""One Slack call owed, or made. Rows stay: ``dedupe_key`` is what makes a second one impossible."""

channels = Table(
    "channels",
    metadata,
    Column("channel", String(80), primary_key=True),
    Column("next_send_at", UtcDateTime),
    Column("lease_owner", String(120)),
    Column("lease_until", UtcDateTime),
    Column("blocked_reason", PlainText(200)),
    Column("blocked_since", UtcDateTime),
    Column("probe_at", UtcDateTime),
)
"""A Slack conversation that anything was ever owed to. Its lease makes one worker at a time send to it."""

sending_stops = Table(
    "sending_stops",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("reason", PlainText(200), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("probe_at", UtcDateTime, nullable=False),
)
"""At most one row: Slack refuses everything (token, scopes) since then. No row: it does not."""

digest_items = Table(
    "digest_items",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("route", Text, nullable=False),
    Column("channel", String(80), nullable=False),
    Column("story_id", Id, nullable=False),
    Column("transition", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("maybe", Boolean, nullable=False),
    Column("told_in", Text),
    UniqueConstraint("route", "story_id", "transition"),
    Index(
        "ix_digest_items_open", "route", "at",
        sqlite_where=text("told_in IS NULL"), postgresql_where=text("told_in IS NULL"),
    ),
)  # fmt: skip
"""What each digest route has taken; ``told_in`` is the dedupe key of the digest that holds it."""

digest_runs = Table(
    "digest_runs",
    metadata,
    Column("route", Text, primary_key=True),
    Column("ended_at", UtcDateTime, nullable=False),
)
"""End of the last period that each digest route has finished with, sent or empty."""
