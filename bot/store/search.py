"""Finding stories by words and by a route's filters, in one WHERE clause that is the same on both databases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, func, intersect, or_, select, true

from bot.model import Filters, StoryRole
from bot.store.tables.articles import change_words
from bot.store.tables.base import clean, tagged
from bot.store.tables.sources import sources
from bot.store.tables.stories import stories, story_articles
from bot.store.words import words_of

MOST_WORDS = 8
"""Words of a question that count."""

RARE = 3000
"""A word in fewer changes than this is looked up first, else the changes that hold all words; where those are as many, the newest stories are
walked instead: one in a few fits."""

_ABOUT = (StoryRole.LEAD, StoryRole.ALSO, StoryRole.ASIDE)
"""Roles in which an article's words are words about the story; what only recalls it has other words too."""

_LAST = "\U0010ffff"


def matches(connection: Connection, question: str) -> ColumnElement[bool]:
    """Match stories that hold all words of the question, each as the beginning of a word.

    Looked at are the change line, the actor and the headlines of the articles about it, all of one article at once.
    """
    words = words_of(question)[:MOST_WORDS]
    if not words:
        return true()
    few = {word: _changes(connection, word) for word in words}
    rarest, *others = sorted(words, key=lambda word: len(few[word]))
    about = and_(story_articles.c.role.in_(_ABOUT), *(_holds(word) for word in others))
    curated = _curated(connection, words)
    held = few[rarest] if len(few[rarest]) < RARE or not others else _changes(connection, *words)
    if len(held) < RARE:
        reported = select(story_articles.c.story_id).where(story_articles.c.change_id.in_(held), about)
        return stories.c.id.in_([*connection.execute(reported).scalars(), *curated])
    walk = select(story_articles.c.id).where(story_articles.c.story_id == stories.c.id, about, _holds(rarest))
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


def _holds(word: str) -> ColumnElement[bool]:
    """The change of a ``story_articles`` row holds a word."""
    other = change_words.alias()
    held = select(other.c.word).where(other.c.change_id == story_articles.c.change_id, *_begins(other.c.word, word))
    return held.exists()


def _changes(connection: Connection, *words: str) -> list[int]:
    """Changes that hold all words, :data:`RARE` at most."""
    each = [select(change_words.c.change_id).where(*_begins(change_words.c.word, word)) for word in words]
    found = intersect(*each).subquery().select() if len(each) > 1 else each[0].distinct()
    return list(connection.execute(found.limit(RARE)).scalars())


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
