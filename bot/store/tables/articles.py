"""Judged texts, the policy changes found in them, pages still to be fetched, and the words to search them by."""

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false, true

from bot.model import Action, Stage, TextOrigin
from bot.store.tables.base import Hash, Id, Json, PlainText, Tags, UtcDateTime, Word, auto_id, metadata

TEXT_LIMIT = 1_000_000
"""Code points of one article's text that are kept; longer than any article, shorter than a dumped archive."""

articles = Table(
    "articles",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("identity_hash", Hash, nullable=False),  # of canonical_url and discriminator, each of any length
    Column("canonical_hash", Hash, nullable=False),  # empty where there is no discriminator
    Column("canonical_url", PlainText(4000), nullable=False),
    Column("discriminator", PlainText(2000), nullable=False),
    Column("url", PlainText(4000), nullable=False),
    Column("title", PlainText(2000), nullable=False),
    Column("source_id", PlainText(200), nullable=False),  # no foreign key: curated articles have no source
    Column("published", UtcDateTime, nullable=False),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("language", PlainText(40), nullable=False),
    Column("text_origin", Word(TextOrigin), nullable=False),
    Column("source_jurisdiction", PlainText(200)),
    Column("source_actor", PlainText(500)),
    Column("curated", Boolean, nullable=False, server_default=false()),
    # What the analysis said: bot.model.Analysis without its changes.
    Column("score", Float, nullable=False),
    Column("relevant", Boolean, nullable=False),
    Column("on_topic", Boolean, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("open_questions", Json, nullable=False),
    Column("fingerprint", PlainText(200), nullable=False),  # of the code and vocabulary that judged it
    Column(
        "text", PlainText(TEXT_LIMIT), nullable=False
    ),  # last: SQLite walks over long values to reach what stands behind
    UniqueConstraint("identity_hash"),
    Index("ix_articles_canonical_hash", "canonical_hash"),
    Index("ix_articles_fingerprint", "fingerprint", "id"),
    Index("ix_articles_published", "published"),
)

policy_changes = Table(
    "policy_changes",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("current", Boolean, nullable=False, server_default=true()),  # false: an earlier analysis said so
    Column("actor", PlainText(1000), nullable=False),
    Column("actor_id", PlainText(200)),
    Column("action", Word(Action), nullable=False),
    Column("product", PlainText(1000)),
    Column("targets", Tags, nullable=False),
    Column("jurisdictions", Tags, nullable=False),
    Column("condition", PlainText),
    Column("duration", PlainText),
    Column("effective", PlainText(40)),
    Column("expires", PlainText(40)),
    Column("decided", PlainText(40)),
    Column("stage", Word(Stage), nullable=False),
    Column("primary", Boolean, nullable=False),
    Column("quote", PlainText),
    Column("speaker", PlainText),
    Column("line", PlainText, nullable=False),
    Column("score", Float, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Index("ix_policy_changes_article_id", "article_id", "position"),
)

wanted_pages = Table(
    "wanted_pages",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("url", PlainText(4000), nullable=False),
    Column("state", String(20), nullable=False),  # wanted -> fetched | given up
    Column("wanted_at", UtcDateTime, nullable=False),
    Column("source_ok_at", UtcDateTime),  # when its source had been read before the poll that brought the article
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime, nullable=False),
    Column("error", PlainText(2000)),
    Column("lease_owner", PlainText(200)),
    Column("lease_until", UtcDateTime),
    Index("ix_wanted_pages_state_next_at", "state", "next_at"),
)

# A word index of our own: FTS5 and tsvector differ in stemming, stop words and ranking, and must be kept in step by triggers.
# Words are folded by bot.store.words; a prefix is a range of the primary key, equally fast on both databases.
change_words = Table(
    "change_words",
    metadata,
    Column("word", String(40, collation="C").with_variant(String(40), "sqlite"), primary_key=True),
    Column("change_id", Id, ForeignKey("policy_changes.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Index("ix_change_words_change_id", "change_id", "word"),  # asks of one change whether it holds a word
)
