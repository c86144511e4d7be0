"""An understood command becomes an answer: one small function for each verb. Synchronous; runs in a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import Message, Schedule
from bot.slack import answers, pages
from bot.slack.asks import Ask, Asker, Vocabulary
from bot.slack.ports import Commands, Done, Queries
from bot.slack.values import Rendering

LEDGER_PAGE = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader works with."""

    queries: Queries
    vocabulary: Vocabulary
    now: datetime
    public_url: str | None = None
    channel: str = ""
    """Where it was asked."""

    @property
    def rendering(self) -> Rendering:
        """How stories are shown here."""
        return Rendering(names=self.vocabulary.places, now=self.now, public_url=self.public_url)


def _recent(ask: Ask, on: Reading) -> Message:
    return answers.listing(on.queries.recent(ask, on.now), ask, on.vocabulary, on.now)


def _search(ask: Ask, on: Reading) -> Message:
    return answers.listing(on.queries.search(ask, on.now), ask, on.vocabulary, on.now)


def _show(ask: Ask, on: Reading) -> Message:
    shown = on.queries.show(ask.subject)
    return pages.story(shown, on.rendering) if shown else answers.text_only(f"There is no story {ask.subject}.")


def _stance(ask: Ask, on: Reading) -> Message:
    found = on.queries.stances(ask.subject, on.now)
    page = found.rows[ask.offset : ask.offset + LEDGER_PAGE]
    return pages.ledger(replace(found, rows=page, total=len(found.rows)), ask, on.vocabulary)


def _timeline(ask: Ask, on: Reading) -> Message:
    return pages.ledger(on.queries.timeline(ask.subject, ask.offset, LEDGER_PAGE), ask, on.vocabulary)


def _why(ask: Ask, on: Reading) -> Message:
    return pages.why(on.queries.why(ask.subject))


def _sources(ask: Ask, on: Reading) -> Message:
    return pages.sources(*on.queries.sources(on.now), ask, on.now)


def _muted(_: Ask, on: Reading) -> Message:
    return pages.muted(on.queries.muted(on.channel, on.now))


def _status(_: Ask, on: Reading) -> Message:
    counts = on.queries.sources(on.now)[0]
    return pages.status(on.queries.status(on.now), answers.sources_line(counts, on.now))


def _help(ask: Ask, on: Reading) -> Message:
    return answers.help_page(ask, on.vocabulary)


READERS: Mapping[str, Callable[[Ask, Reading], Message]] = {
    "recent": _recent,
    "search": _search,
    "show": _show,
    "stance": _stance,
    "timeline": _timeline,
    "why": _why,
    "sources": _sources,
    "status": _status,
    "muted": _muted,
    "help": _help,
}


def _lasting(ask: Ask) -> timedelta:
    return timedelta(days=7) if ask.lasting is None else ask.lasting


DOERS: Mapping[str, Callable[[Commands, Ask, Asker, datetime], Done]] = {
    "mute": lambda do, ask, by, now: do.mute_source(ask.subject, _lasting(ask), by, now),
    "unmute": lambda do, ask, by, now: do.unmute_source(ask.subject, by, now),
    "subscribe": lambda do, ask, by, now: do.subscribe(
        ask.filters, ask.schedule or Schedule(), by, now, ask.group, quiet=ask.quiet, thread=ask.thread
    ),
    "unsubscribe": lambda do, ask, by, now: do.unsubscribe(ask.filters, by, now),
    "digest": lambda do, ask, by, now: do.digest_now(ask.since, by, now),
    "snooze": lambda do, ask, by, now: do.snooze(_lasting(ask), by, now),
}

POSTING = frozenset({"subscribe", "digest"})
"""Verbs after which the bot posts to the channel, so that it has to be in it."""
