"""Finding stories by words and by a route's filters, in one WHERE clause that is the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, Text, func, or_, select, true

from bot.model import Filters, StoryRole
from bot.store.sql import among
from bot.store.tables.articles import change_words
from bot.store.tables.base import clean, tagged
from bot.store.tables.sources import sources
from bot.store.tables.stories import stories, story_articles
from bot.store.words import words_of

MOST_WORDS = 8
"""Words of a question that count."""

RARE = 10_000
"""Changes that hold all words are looked up while they are fewer than this; else the newest stories are walked instead: one in a few fits."""

_ABOUT = (StoryRole.LEAD, StoryRole.ALSO, StoryRole.ASIDE)
"""Roles in which an article's words are words about the story; what only recalls it has other words too."""

_IS_ABOUT = story_articles.c.role.in_(_ABOUT)

_LAST = "\U0010ffff"


def matches(connection: Connection, question: str) -> ColumnElement[bool]:
    """Match stories that hold all words of the question, each as the beginning of a word.

    Looked at are the change line, the actor and the headlines of the articles about it, all of one article at once.
    """
    words = words_of(question)[:MOST_WORDS]
    if not words:
        return true()
    curated = _curated(connection, words)
    found = _reported(connection, words)
    if len(found) < RARE:
        return among(connection, stories.c.id, {*found, *curated})
    walk = select(story_articles.c.id).where(
        story_articles.c.story_id == stories.c.id,
        _IS_ABOUT,
        *(_holds(word, story_articles.c.change_id) for word in words),
    )
    return or_(walk.exists(), stories.c.id.in_(curated)) if curated else walk.exists()


def fits(filters: Filters) -> list[ColumnElement[bool]]:
    """Match stories that a route with these filters would take.

    A place takes in what lies below it (``US`` takes ``US-CA``); a union's members must be listed by the caller. A story without a
    stated place passes.
    """
    table = stories.c
    conditions: list[ColumnElement[bool]] = []
    if filters.actors:
        lowered = [clean(name.lower()) for name in filters.actors]
        conditions.append(
            or_(
                table.actor.in_(filters.actors),
                table.actor_id.in_(filters.actors),
                func.lower(table.actor).in_(lowered),
            )
        )
    if filters.actions:
        conditions.append(table.action.cast(Text).in_([clean(action) for action in filters.actions]))
    if filters.stages:
        conditions.append(table.stage.cast(Text).in_([clean(stage) for stage in filters.stages]))
    if filters.targets:
        conditions.append(tagged(table.targets, filters.targets))
    if filters.jurisdictions:
        nowhere = table.jurisdictions.cast(Text) == "|"
        conditions.append(or_(nowhere, tagged(table.jurisdictions, filters.jurisdictions, below=True)))
    if filters.min_score is not None:
        conditions.append(table.score >= filters.min_score)
    if filters.categories:
        conditions.append(_published_by(filters.categories).exists())
    return conditions


def _published_by(categories: Sequence[str]) -> Select[int]:
    """Articles about the story from sources of these categories."""
    return (
        select(story_articles.c.id)
        .join(sources, sources.c.id == story_articles.c.source_id)
        .where(
            story_articles.c.story_id == stories.c.id,
            story_articles.c.role.in_(_ABOUT),
            sources.c.category.in_(categories),
        )
    )


def _begins(column: ColumnElement[str], word: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= word, column < word + _LAST


def _holds(word: str, change_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The change holds a word."""
    other = change_words.alias()
    held = select(other.c.word).where(other.c.change_id == change_id, *_begins(other.c.word, word))
    return held.exists()


def _reported(connection: Connection, words: Sequence[str]) -> Sequence[int]:
    """Stories of the changes that hold all words, one for each change, :data:`RARE` at most."""
    often = {word: _often(connection, word) for word in words}
    rarest, *others = sorted(words, key=lambda word: often[word])
    if not others and often[rarest] >= RARE:
        return range(RARE)
    query = (
        select(story_articles.c.story_id)
        .join(change_words, change_words.c.change_id == story_articles.c.change_id)
        .where(
            *_begins(change_words.c.word, rarest),
            _IS_ABOUT,
            *(_holds(word, change_words.c.change_id) for word in others),
        )
        .limit(RARE)
    )
    return connection.execute(query).scalars().all()


def _often(connection: Connection, word: str) -> int:
    """In how many changes a word is, counted up to :data:`RARE`."""
    some = select(change_words.c.change_id).where(*_begins(change_words.c.word, word)).limit(RARE).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _curated(connection: Connection, words: Sequence[str]) -> list[int]:
    """Stories of the curated history, which no article reported: a few hundred, compared here."""
    query = select(stories.c.id, stories.c.line, stories.c.actor).where(
        stories.c.curated, stories.c.merged_into.is_(None)
    )
    found: list[int] = []
    for row in connection.execute(query):
        own = words_of(f"{row.line} {row.actor}")
        if all(any(candidate.startswith(word) for candidate in own) for word in words):
            found.append(row.id)
    return found
