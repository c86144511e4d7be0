"""All tables of the first version.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WHEN = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
WORD = sa.String(40, collation="C").with_variant(sa.String(40), "sqlite")


def upgrade() -> None:
    _articles()
    _channels()
    _config_versions()
    _deliveries()
    _digest_items()
    _digest_runs()
    _facts()
    _heartbeats()
    _labels()
    _routes()
    _sending_stops()
    _sources()
    _stories()
    _used_signatures()
    _document_versions()
    _entries()
    _fingerprint_bands()
    _fingerprints()
    _policy_changes()
    _story_keys()
    _story_revisions()
    _story_stages()
    _wanted_pages()
    _change_words()
    _story_articles()


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("identity_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("canonical_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column("discriminator", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("published", WHEN, nullable=False),
        sa.Column("first_seen", WHEN, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_origin", sa.String(40), nullable=False),
        sa.Column("source_jurisdiction", sa.Text()),
        sa.Column("source_actor", sa.Text()),
        sa.Column("curated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("on_topic", sa.Boolean(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("open_questions", JSON, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("identity_hash", name="uq_articles_identity_hash"),
    )
    op.create_index("ix_articles_canonical_hash", "articles", ["canonical_hash"])
    op.create_index("ix_articles_fingerprint", "articles", ["fingerprint", "id"])
    op.create_index("ix_articles_published", "articles", ["published"])


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("next_send_at", WHEN),
        sa.Column("lease_owner", sa.String(120)),
        sa.Column("lease_until", WHEN),
        sa.Column("blocked_reason", sa.Text()),
        sa.Column("blocked_since", WHEN),
        sa.Column("probe_at", WHEN),
        sa.PrimaryKeyConstraint("channel", name="pk_channels"),
    )


def _config_versions() -> None:
    op.create_table(
        "config_versions",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("saved_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_config_versions"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("not_before", WHEN, nullable=False),
        sa.Column("story_id", ID),
        sa.Column("transition", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("parent_id", ID),
        sa.Column("folded_into", ID),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("send_key", sa.String(64)),
        sa.Column("first_started_at", WHEN),
        sa.Column("started_at", WHEN),
        sa.Column("sent_at", WHEN),
        sa.Column("ts", sa.String(40)),
        sa.Column("plain", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("lease_owner", sa.String(120)),
        sa.Column("lease_until", WHEN),
        sa.Column("wanted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("editable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("doubtful", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sweep_at", WHEN),
        sa.ForeignKeyConstraint(["folded_into"], ["deliveries.id"], name="fk_deliveries_folded_into_deliveries"),
        sa.ForeignKeyConstraint(["parent_id"], ["deliveries.id"], name="fk_deliveries_parent_id_deliveries"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("dedupe_key", name="uq_deliveries_dedupe_key"),
    )
    op.create_index(
        "ix_deliveries_dead",
        "deliveries",
        ["id"],
        sqlite_where=sa.text("state = 'dead'"),
        postgresql_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["lease_until"],
        sqlite_where=sa.text("state = 'sending'"),
        postgresql_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_deliveries_message",
        "deliveries",
        ["channel", "ts"],
        sqlite_where=sa.text("ts IS NOT NULL"),
        postgresql_where=sa.text("ts IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_open",
        "deliveries",
        ["channel", "not_before"],
        sqlite_where=sa.text("state IN ('pending', 'waiting', 'unknown', 'blocked', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'waiting', 'unknown', 'blocked', 'sending')"),
    )
    op.create_index(
        "ix_deliveries_parent",
        "deliveries",
        ["parent_id"],
        sqlite_where=sa.text("parent_id IS NOT NULL"),
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_sent",
        "deliveries",
        ["channel", "sent_at"],
        sqlite_where=sa.text("sent_at IS NOT NULL"),
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_story",
        "deliveries",
        ["story_id"],
        sqlite_where=sa.text("story_id IS NOT NULL"),
        postgresql_where=sa.text("story_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_sweep",
        "deliveries",
        ["sweep_at"],
        sqlite_where=sa.text("sweep_at IS NOT NULL"),
        postgresql_where=sa.text("sweep_at IS NOT NULL"),
    )


def _digest_items() -> None:
    op.create_table(
        "digest_items",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(80), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("transition", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("maybe", sa.Boolean(), nullable=False),
        sa.Column("told_in", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_digest_items"),
        sa.UniqueConstraint("route", "story_id", "transition", name="uq_digest_items_route_story_id_transition"),
    )
    op.create_index(
        "ix_digest_items_open",
        "digest_items",
        ["route", "at"],
        sqlite_where=sa.text("told_in IS NULL"),
        postgresql_where=sa.text("told_in IS NULL"),
    )


def _digest_runs() -> None:
    op.create_table(
        "digest_runs",
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("ended_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("route", name="pk_digest_runs"),
    )


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", JSON),
        sa.Column("at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_facts"),
    )


def _heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("beat_at", WHEN, nullable=False),
        sa.Column("info", JSON, nullable=False),
        sa.PrimaryKeyConstraint("process", name="pk_heartbeats"),
    )


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("value", JSON),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("until", WHEN),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("subject", "channel", "label", "person", name="uq_labels_subject_channel_label_person"),
    )
    op.create_index("ix_labels_label", "labels", ["label", "channel"])


def _routes() -> None:
    op.create_table(
        "routes",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("route", JSON),
        sa.Column("created_by", sa.Text()),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("in_force", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routes"),
        sa.UniqueConstraint("name", "channel", "origin", name="uq_routes_name_channel_origin"),
    )


def _sending_stops() -> None:
    op.create_table(
        "sending_stops",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("probe_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sending_stops"),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("category", sa.Text()),
        sa.Column("jurisdiction", sa.Text()),
        sa.Column("actor", sa.Text()),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("configured", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("added_at", WHEN, nullable=False),
        sa.Column("baseline_at", WHEN),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.LargeBinary()),
        sa.Column("known_slices", sa.LargeBinary(), nullable=False),
        sa.Column("moved_to", sa.Text()),
        sa.Column("next_poll_at", WHEN),
        sa.Column("poll_interval", sa.BigInteger()),
        sa.Column("last_polled_at", WHEN),
        sa.Column("last_ok_at", WHEN),
        sa.Column("last_entry_at", WHEN),
        sa.Column("habit", sa.BigInteger()),
        sa.Column("failures", sa.Float(), server_default="0", nullable=False),
        sa.Column("polls_failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("health", sa.String(40), server_default="ok", nullable=False),
        sa.Column("health_since", WHEN),
        sa.Column("last_error", sa.Text()),
        sa.Column("muted_until", WHEN),
        sa.Column("entries_total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.Text()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", WHEN),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_index("ix_sources_next_poll_at", "sources", ["next_poll_at"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("change", JSON, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text()),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("jurisdictions", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("effective", sa.Text()),
        sa.Column("expires", sa.Text()),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("stage_at", WHEN, nullable=False),
        sa.Column("first_at", WHEN, nullable=False),
        sa.Column("last_at", WHEN, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("curated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("alerted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("merged_into", ID),
        sa.Column("previous_id", ID),
        sa.Column("thread", sa.Text()),
        sa.Column("article_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("titles", JSON, nullable=False),
        sa.Column("readings", JSON, nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name="fk_stories_merged_into_stories"),
        sa.ForeignKeyConstraint(["previous_id"], ["stories.id"], name="fk_stories_previous_id_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_index("ix_stories_actor_id", "stories", ["actor_id", "first_at"])
    op.create_index("ix_stories_curated", "stories", ["curated", "merged_into"])
    op.create_index("ix_stories_effective", "stories", ["effective"])
    op.create_index("ix_stories_expires", "stories", ["expires"])
    op.create_index("ix_stories_first_at", "stories", ["first_at"])
    op.create_index("ix_stories_last_at", "stories", ["last_at"])
    op.create_index("ix_stories_merged_into", "stories", ["merged_into"])
    op.create_index("ix_stories_stage_at", "stories", ["stage_at", "id"])


def _used_signatures() -> None:
    op.create_table(
        "used_signatures",
        sa.Column("signature_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("signature_hash", name="pk_used_signatures"),
    )
    op.create_index("ix_used_signatures_used_at", "used_signatures", ["used_at"])


def _document_versions() -> None:
    op.create_table(
        "document_versions",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_document_versions_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_document_versions"),
    )
    op.create_index("ix_document_versions_source_id", "document_versions", ["source_id", "id"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("url_hash", sa.LargeBinary(32)),
        sa.Column("canonical_url", sa.Text()),
        sa.Column("canonical_hash", sa.LargeBinary(32)),
        sa.Column("content_hash", sa.LargeBinary(32)),
        sa.Column("updates", sa.Integer(), server_default="0", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", WHEN),
        sa.Column("updated", WHEN),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("authors", JSON),
        sa.Column("categories", JSON),
        sa.Column("article_id", ID),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_entries_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_entries_source_id_sources"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
        sa.UniqueConstraint("source_id", "key_hash", name="uq_entries_source_id_key_hash"),
    )
    op.create_index("ix_entries_article_id", "entries", ["article_id"])
    op.create_index("ix_entries_canonical_hash", "entries", ["canonical_hash"])
    op.create_index("ix_entries_seen_at", "entries", ["seen_at"])
    op.create_index("ix_entries_source_id_content_hash", "entries", ["source_id", "content_hash"])
    op.create_index("ix_entries_url_hash", "entries", ["url_hash"])


def _fingerprint_bands() -> None:
    op.create_table(
        "fingerprint_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_fingerprint_bands_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("band", "article_id", name="pk_fingerprint_bands"),
    )
    op.create_index("ix_fingerprint_bands_article_id", "fingerprint_bands", ["article_id"])


def _fingerprints() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("opening", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_fingerprints_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_fingerprints"),
    )


def _policy_changes() -> None:
    op.create_table(
        "policy_changes",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text()),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("product", sa.Text()),
        sa.Column("targets", sa.Text(), nullable=False),
        sa.Column("jurisdictions", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text()),
        sa.Column("duration", sa.Text()),
        sa.Column("effective", sa.Text()),
        sa.Column("expires", sa.Text()),
        sa.Column("decided", sa.Text()),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("primary", sa.Boolean(), nullable=False),
        sa.Column("quote", sa.Text()),
        sa.Column("speaker", sa.Text()),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_policy_changes_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_policy_changes"),
    )
    op.create_index("ix_policy_changes_article_id", "policy_changes", ["article_id", "position"])


def _story_keys() -> None:
    op.create_table(
        "story_keys",
        sa.Column("story_id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name="fk_story_keys_story_id_stories", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "key", name="pk_story_keys"),
    )
    op.create_index("ix_story_keys_key_at", "story_keys", ["key", "at", "story_id"])


def _story_revisions() -> None:
    op.create_table(
        "story_revisions",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("article_id", ID),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_story_revisions_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_revisions_story_id_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_story_revisions"),
    )
    op.create_index("ix_story_revisions_article_id", "story_revisions", ["article_id"])
    op.create_index("ix_story_revisions_story_id_at", "story_revisions", ["story_id", "at"])


def _story_stages() -> None:
    op.create_table(
        "story_stages",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("article_id", ID),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("recorded_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_story_stages_article_id_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_stages_story_id_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_story_stages"),
    )
    op.create_index("ix_story_stages_article_id", "story_stages", ["article_id"])
    op.create_index("ix_story_stages_story_id_at", "story_stages", ["story_id", "at"])


def _wanted_pages() -> None:
    op.create_table(
        "wanted_pages",
        sa.Column("article_id", ID, autoincrement=False, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("wanted_at", WHEN, nullable=False),
        sa.Column("source_ok_at", WHEN),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", WHEN, nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("lease_owner", sa.Text()),
        sa.Column("lease_until", WHEN),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_wanted_pages_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_wanted_pages"),
    )
    op.create_index("ix_wanted_pages_state_next_at", "wanted_pages", ["state", "next_at"])


def _change_words() -> None:
    op.create_table(
        "change_words",
        sa.Column("word", WORD, nullable=False),
        sa.Column("change_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["policy_changes.id"], name="fk_change_words_change_id_policy_changes", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "change_id", name="pk_change_words"),
    )
    op.create_index("ix_change_words_change_id", "change_words", ["change_id", "word"])


def _story_articles() -> None:
    op.create_table(
        "story_articles",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("story_id", ID, nullable=False),
        sa.Column("article_id", ID, nullable=False),
        sa.Column("change_index", sa.Integer(), nullable=False),
        sa.Column("change_id", ID),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("published", WHEN, nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("copy_of", ID),
        sa.Column("joined_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_story_articles_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["policy_changes.id"], name="fk_story_articles_change_id_policy_changes", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["copy_of"], ["articles.id"], name="fk_story_articles_copy_of_articles", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_articles_story_id_stories"),
        sa.PrimaryKeyConstraint("id", name="pk_story_articles"),
        sa.UniqueConstraint("article_id", "change_index", name="uq_story_articles_article_id_change_index"),
    )
    op.create_index("ix_story_articles_change_id", "story_articles", ["change_id"])
    op.create_index("ix_story_articles_copy_of", "story_articles", ["copy_of"])
    op.create_index("ix_story_articles_story_id_role", "story_articles", ["story_id", "role", "published"])
