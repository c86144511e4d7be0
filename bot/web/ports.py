"""What the pages read: one port, implemented by :class:`bot.queries.Reader` over the database and by plain values in tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

from bot.model import ArticleRef, Check, SourceRow, Stage, StoryView


class Step(Protocol):
    """One stage that a story reached."""

    @property
    def stage(self) -> Stage:
        """Which."""

    @property
    def at(self) -> datetime:
        """Publication of the report that said so."""

    @property
    def line(self) -> str:
        """The change as that report told it."""


class SeenEntry(Protocol):
    """One thing a source published, with what became of it."""

    @property
    def title(self) -> str:
        """Headline."""

    @property
    def url(self) -> str | None:
        """As published."""

    @property
    def published(self) -> datetime | None:
        """As the source says; None: it does not."""

    @property
    def seen_at(self) -> datetime:
        """When it was first polled."""

    @property
    def verdict(self) -> str:
        """Stable and short, like `off_topic`."""

    @property
    def reason(self) -> str:
        """A sentence for people."""


class Pages(Protocol):
    """Methods are synchronous and run in a thread; each is one short read."""

    def stories(self, *, limit: int, offset: int, words: str) -> Sequence[StoryView]:
        """Stories, newest first, those that hold all ``words`` when given."""

    def story(self, ref: str) -> StoryView | None:
        """One story by `s12`; a merged one gives the story it went into."""

    def articles(self, ref: str) -> Sequence[ArticleRef]:
        """The reports of a story, best first: official, then wire or regulator, then others, the earliest first."""

    def steps(self, ref: str) -> Sequence[Step]:
        """The stages a story reached, the earliest first."""

    def sources(self) -> Sequence[SourceRow]:
        """Every configured source with its state."""

    def entries(self, source_id: str) -> Sequence[SeenEntry]:
        """What a source published lately, newest first, with verdicts."""

    def export(self, kind: Literal["csv", "json"]) -> str:
        """The whole ledger."""

    def metrics(self) -> str:
        """Figures in Prometheus' text format."""

    def checks(self) -> Sequence[Check]:
        """What readiness depends on: database, schema, worker, Slack, config."""
