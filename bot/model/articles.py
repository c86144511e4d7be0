"""What a source published, and what of it is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bot.model.sources import Validators


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a source published, normalised, not judged."""

    source_id: str
    key: str
    """Identity within the source: GUID, else link, else a hash of what does not change."""
    url: str | None
    """As published, made absolute; None when the entry has no link."""
    title: str
    text: str
    """The richest text the feed gives, plain, paragraphs separated by a blank line."""
    published: datetime | None
    """Clamped: dates before 1990 or more than a day ahead of the fetch are None."""
    updated: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    guid: str | None = None
    shared_link: bool = False
    """Another entry of the same document has the same link: the link alone does not identify it."""
    said: bytes | None = field(default=b"", compare=False, repr=False)
    """Fingerprint of its words (:mod:`bot.said`); None: they say too little; empty: not taken yet."""


class Reading(NamedTuple):
    """What one successful poll of a source gave."""

    entries: tuple[Entry, ...]
    """All entries that may be new; entries whose raw slice is known may be left out."""
    validators: Validators
    known_slices: bytes = b""
    total: int = 0
    """How many entries the document holds, known ones included."""
    title: str | None = None
    ttl: timedelta | None = None
    """The publisher's wish (`ttl`, `sy:updatePeriod`, Cache-Control)."""
    warnings: tuple[str, ...] = ()
    snapshot: bytes | None = None
    """Of a document whose wording is new: the page itself, to be stored as its newest version and given to the next read."""


class TextOrigin(StrEnum):
    """Where an article's text comes from."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Article:
    """An entry whose text is to be judged. Identity: (canonical_url, discriminator)."""

    canonical_url: str
    discriminator: str
    """Empty unless several articles share one canonical URL (document version, shared landing page, no link)."""
    url: str
    """As published: what people are sent to."""
    title: str
    text: str
    source_id: str
    published: datetime
    """Publication, else first sight."""
    first_seen: datetime
    language: str = "en"
    text_origin: TextOrigin = TextOrigin.FEED
    source_jurisdiction: str | None = None
    source_actor: str | None = None
    id: int | None = None
    """Database id once stored."""
