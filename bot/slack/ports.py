"""What the Slack app needs of the rest: readers (:class:`Queries`) and doers (:class:`Commands`), implemented outside.

All methods are synchronous and run in a thread; each is one short transaction. They may raise
:class:`bot.errors.PolicywatchError`; its sentence is shown to the person who asked. Doers are idempotent: the same click
twice changes nothing the second time and answers the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.model import ArticleRef, Check, Filters, Quiet, Reason, Route, Schedule, SourceRow, Stage, StoryView
from bot.slack.asks import Ask, Asker, Vocabulary

Grouping = Literal["news", "place", "actor"]
"""What the lines of a digest stand under."""

# --- what readers give -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in one line of a list."""

    ref: str
    """`s12`."""
    line: str
    at: datetime
    jurisdictions: tuple[str, ...] = ()
    sources: int = 1
    url: str | None = None
    """Where to read it: the best article."""
    stage: Stage | None = None
    curated: bool = False


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """How the sources are, in numbers."""

    total: int = 0
    broken: int = 0
    checked_at: datetime | None = None
    """The latest poll."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of stories."""

    rows: tuple[StoryRow, ...] = ()
    total: int = 0
    """How many match in all."""
    last: StoryRow | None = None
    """The newest story of any age that matches, told when none of the time asked for does."""
    sources: SourceCounts = SourceCounts()


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one message."""

    channel: str
    route: str
    words: str
    """`told at once`, `held: the channel refuses the bot`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A story with its coverage and its stages."""

    view: StoryView
    articles: tuple[ArticleRef, ...] = ()
    stages: tuple[StoryRow, ...] = ()
    told: tuple[Told, ...] = ()
    """What became of its messages."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """An actor's policy: its stances now, or everything it did over time."""

    actor: str | None
    """Canonical name; None: nothing is known under the name asked for."""
    rows: tuple[StoryRow, ...] = ()
    total: int = 0
    near: tuple[str, ...] = ()
    """Names that are meant, perhaps."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why an address was, or was not, told."""

    url: str
    seen: bool
    title: str = ""
    source: str = ""
    verdict: str = ""
    """One sentence."""
    quote: str = ""
    """The sentence that the verdict rests on; empty where none states a change."""
    reasons: tuple[Reason, ...] = ()
    score: float | None = None
    told: tuple[Told, ...] = ()
    """What became of the messages on its story."""
    story: StoryRow | None = None


@dataclass(frozen=True, slots=True)
class Muted:
    """What a channel hears nothing of, because somebody muted it there."""

    channel: str
    subject: str
    """What :meth:`Commands.unmute_here` takes."""
    words: str
    """Behind "nothing more": `on s12`, `from California`."""
    by: str
    """Slack user id."""
    at: datetime


@dataclass(frozen=True, slots=True)
class HomeView:
    """What a person's Home tab shows."""

    recent: Listing
    routes: tuple[Route, ...] = ()
    following: tuple[StoryRow, ...] = ()
    """Stories that the person follows."""
    troubled: tuple[SourceRow, ...] = ()
    """Sources not well; only filled for operators."""
    checks: tuple[Check, ...] = ()
    """Only filled for operators."""
    operator: bool = False
    muted: tuple[Muted, ...] = ()
    """In any channel; only filled for those who may undo it."""


# --- what doers give ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Done:
    """What a doer did, in one sentence for the person; ``ok`` is False when nothing was (or could be) done."""

    text: str
    ok: bool = True
    undo: str = ""
    """What an *Undo* button below the answer gives to :meth:`Commands.unmute_here`; empty: no button."""
    release: str = ""
    """The story that a *Give it back* button names to :meth:`Commands.release`; empty: no button."""


class Queries(Protocol):
    """Readers."""

    def vocabulary(self) -> Vocabulary:
        """Names of places, actors and sources now in force; called for every command, so keep it at hand."""

    def may_change(self, user: str) -> bool:
        """Tell whether a person may use commands that change things (a setting may limit them to listed users)."""

    def recent(self, ask: Ask, now: datetime) -> Listing:
        """Find stories by ``ask.filters`` since ``ask.since`` (default 7 days), newest first, ``count`` from ``offset``."""

    def search(self, ask: Ask, now: datetime) -> Listing:
        """Find stories by the words in ``ask.subject``, best first."""

    def show(self, ref: str) -> Shown | None:
        """Read one story; a merged one gives the story it became."""

    def stances(self, actor: str, now: datetime) -> Ledger:
        """Read an actor's stances as they are now."""

    def timeline(self, actor: str, offset: int, count: int) -> Ledger:
        """Read all that an actor did, newest first."""

    def why(self, url: str) -> Why:
        """Explain an address."""

    def sources(self, now: datetime) -> tuple[SourceCounts, Sequence[SourceRow]]:
        """Count the sources and list those that are not well or muted."""

    def status(self, now: datetime) -> Sequence[Check]:
        """Read what readiness depends on."""

    def routes(self, channel: str) -> Sequence[Route]:
        """Routes that send to a channel, from files and subscriptions."""

    def muted(self, channel: str, now: datetime) -> Sequence[Muted]:
        """What a channel hears nothing of, what was muted last first."""

    def home(self, user: str, now: datetime) -> HomeView:
        """Read what a person's Home tab shows."""

    def digest_markdown(self, key: str) -> str | None:
        """Return a sent digest as Markdown, by the key that its button carries."""


class Commands(Protocol):
    """Doers. Changed messages are edited through the outbox, not by the app."""

    def mute_source(self, source: str, lasting: timedelta, by: Asker, now: datetime) -> Done:
        """Stop alerts from a source for a time; it is polled on."""

    def unmute_source(self, source: str, by: Asker, now: datetime) -> Done:
        """End a mute; nothing of the meantime is sent."""

    def subscribe(
        self,
        filters: Filters,
        schedule: Schedule,
        by: Asker,
        now: datetime,
        group: Grouping = "news",
        *,
        quiet: Quiet | None = None,
        thread: bool = True,
    ) -> Done:
        """Make a route to ``by.channel``; nothing of the past is sent to it."""

    def unsubscribe(self, filters: Filters, by: Asker, now: datetime) -> Done:
        """End the channel's subscriptions: those with these filters, or all when there are none."""

    def snooze(self, lasting: timedelta, by: Asker, now: datetime) -> Done:
        """Send the channel one daily digest in place of alerts for a time; zero ends it."""

    def digest_now(self, since: timedelta | None, by: Asker, now: datetime) -> Done:
        """Owe the channel a digest of the time since the last one."""

    def take(self, ref: str, by: Asker, now: datetime) -> Done:
        """Note that a person takes care of a story; the first one stays, and its messages say who."""

    def release(self, ref: str, by: Asker, now: datetime) -> Done:
        """Note that a person no longer takes care of a story; who never did changes nothing."""

    def follow(self, ref: str, by: Asker, now: datetime) -> Done:
        """Tell a person when the story moves on, in the direct conversation ``by.channel``; a second time ends it."""

    def mute_here(self, ref: str, what: str, by: Asker, now: datetime) -> Done:
        """Keep this channel from more like a story: ``what`` is `story`, `actor`, `action` or `place`."""

    def unmute_here(self, subject: str, by: Asker, now: datetime) -> Done:
        """Undo :meth:`mute_here`, whoever did it; nothing of the meantime is sent."""

    def dismiss(self, ref: str, reason: str, by: Asker, now: datetime) -> Done:
        """Mark a story as no policy change, everywhere: its messages collapse, a label is stored."""

    def restore(self, ref: str, by: Asker, now: datetime) -> Done:
        """Undo :meth:`dismiss`."""

    def merge(self, ref: str, into: str, by: Asker, now: datetime) -> Done:
        """Make a story part of another; a label is stored."""

    def split(self, ref: str, article_id: int, by: Asker, now: datetime) -> Done:
        """Make an article of a story a story of its own; a label is stored."""

    def correct(self, ref: str, text: str, by: Asker, now: datetime) -> Done:
        """Mark a story as corrected, with one sentence that its messages show and its channels are told."""

    def analyse(self, url: str, by: Asker, now: datetime) -> Done:
        """Fetch and judge an address now, stored as any article. May take a while."""

    def suggest_source(self, url: str, by: Asker, now: datetime) -> Done:
        """Note for the operators that an address should become a source."""

    def record_missed(self, url: str, by: Asker, now: datetime) -> Done:
        """Store a label: this address was a policy change and was not told."""

    def joined(self, by: Asker, now: datetime) -> Done:
        """Note that the bot was invited to ``by.channel``: it says hello there once."""
