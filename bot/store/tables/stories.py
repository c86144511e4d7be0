"""Stories: articles grouped by policy change, what they are found by, how far they have come, and near-copies."""

from sqlalchemy import (
    BigInteger,
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
    false,
    text,
)

from bot.model import Action, Stage, StoryRole
from bot.store.tables.base import Id, Json, PlainText, Tags, UtcDateTime, Word, auto_id, metadata

stories = Table(
    "stories",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("change", Json, nullable=False),  # the lead, whole; the columns below repeat what is searched
    Column("actor", PlainText(1000), nullable=False),
    Column("actor_id", PlainText(200)),
    Column("action", Word(Action), nullable=False),
    Column("targets", Tags, nullable=False),
    Column("jurisdictions", Tags, nullable=False),
    Column("line", PlainText, nullable=False),
    Column("score", Float, nullable=False),
    Column("effective", PlainText(40)),
    Column("expires", PlainText(40)),
    Column("decided_at", UtcDateTime),  # when the lead says it was decided; none: when it was reported
    Column("stage", Word(Stage), nullable=False),
    Column("stage_at", UtcDateTime, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("curated", Boolean, nullable=False, server_default=false()),
    Column("told", Boolean, nullable=False, server_default=false()),  # told, or decided not to tell
    Column("alerted", Boolean, nullable=False, server_default=false()),
    Column("merged_into", Id, ForeignKey("stories.id")),  # ids never vanish: they redirect
    Column("previous_id", Id, ForeignKey("stories.id")),
    Column("thread", PlainText(200)),
    Column("article_count", Integer, nullable=False, server_default="0"),
    Column("source_count", Integer, nullable=False, server_default="0"),
    Column("titles", Json, nullable=False),  # a handful of differing headlines, for matching
    Column("readings", Json, nullable=False),  # how other reports read the change, for matching
    Column(
        "details", Json, nullable=False, server_default=text("'[]'")
    ),  # names and figures of its reports, for matching
    Index("ix_stories_first_at", "first_at"),
    Index("ix_stories_stage_at", "stage_at", "id"),  # what listings are ordered by
    Index("ix_stories_last_at", "last_at"),
    Index("ix_stories_actor_id", "actor_id", "first_at"),
    Index("ix_stories_expires", "expires"),
    Index("ix_stories_effective", "effective"),
    Index("ix_stories_merged_into", "merged_into"),
    Index("ix_stories_curated", "curated", "merged_into"),  # counted without reading rows
)

# The index of matching: a story is found by its actor, place, measure, product and headline words, newest first.
story_keys = Table(
    "story_keys",
    metadata,
    Column("story_id", Id, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("key", PlainText(120), primary_key=True),
    Column("at", UtcDateTime, nullable=False),  # the story's last report
    Index("ix_story_keys_key_at", "key", "at", "story_id"),
)

story_articles = Table(
    "story_articles",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("change_index", Integer, nullable=False),
    Column("change_id", Id, ForeignKey("policy_changes.id", ondelete="SET NULL")),
    Column("role", Word(StoryRole), nullable=False),
    Column("rank", Integer, nullable=False),  # 0 official, 1 wire or regulator, 2 others
    Column("source_id", PlainText(200), nullable=False),
    Column("published", UtcDateTime, nullable=False),
    Column("line", PlainText, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("copy_of", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("joined_at", UtcDateTime, nullable=False),
    UniqueConstraint("article_id", "change_index"),
    Index("ix_story_articles_story_id_role", "story_id", "role", "published"),
    Index("ix_story_articles_change_id", "change_id"),
    Index("ix_story_articles_copy_of", "copy_of"),
)

story_stages = Table(
    "story_stages",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("stage", Word(Stage), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # publication of the report that said so
    Column("article_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("news", Boolean, nullable=False),
    Column("line", PlainText, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Index("ix_story_stages_story_id_at", "story_id", "at"),
    Index("ix_story_stages_article_id", "article_id"),
)

story_revisions = Table(
    "story_revisions",
    metadata,
    Column("id", Id, auto_id(), primary_key=True),
    Column("story_id", Id, ForeignKey("stories.id"), nullable=False),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("text", PlainText(2000), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_story_revisions_story_id_at", "story_id", "at"),
    Index("ix_story_revisions_article_id", "article_id"),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("signature", LargeBinary, nullable=False),
    Column("opening", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("title", String, nullable=False),
)

fingerprint_bands = Table(
    "fingerprint_bands",
    metadata,
    Column("band", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Index("ix_fingerprint_bands_article_id", "article_id"),
)
