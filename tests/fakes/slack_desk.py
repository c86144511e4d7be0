"""Readers and doers for the Slack app, in memory: they record what they were asked and keep what they were told."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.model import Check, Filters, Health, Route, Source, SourceRow, SourceState, StoryView
from bot.slack.asks import Ask, Asker, Vocabulary
from bot.slack.ports import Done, HomeView, Ledger, Listing, Muted, Shown, SourceCounts, StoryRow, Told, Why
from bot.slack.values import Marks

NOW = datetime(2020, 6, 11, 18, 4, tzinfo=UTC)


class FakeQueries:
    """Answers from lists that a test fills."""

    def __init__(self) -> None:
        self.rows: list[StoryRow] = []
        self.last: StoryRow | None = None
        self.views: dict[str, StoryView] = {}
        self.ledgers: dict[str, Ledger] = {}
        self.whys: dict[str, Why] = {}
        self.sources_now: list[SourceRow] = []
        self.checks: list[Check] = [Check("worker", ok=True, detail="seen 5 s ago")]
        self.routes_of: dict[str, list[Route]] = {}
        self.mutes: list[Muted] = []
        self.digests: dict[str, str] = {}
        self.allowed: set[str] | None = None
        self.operators: set[str] = set()
        self.counts = SourceCounts(61, 2, NOW)
        self.asked: list[tuple[str, Any]] = []
        self.delay = 0.0
        self.fails: Exception | None = None
        self.words = Vocabulary(
            places={
                "US": "United States",
                "US-CA": "California",
                "EU": "European Union",
                "US-CA/San Francisco": "San Francisco",
            },
            actors=("Microsoft", "Amazon", "IBM"),
            sources={"example-post": "Example Post", "ms-blog": "Microsoft On the Issues"},
            categories=("legislature", "court"),
        )

    def _ask(self, name: str, *what: Any) -> None:
        assert threading.current_thread() is not threading.main_thread(), "ports run in threads"
        self.asked.append((name, what))
        time.sleep(self.delay)
        if self.fails:
            raise self.fails

    def vocabulary(self) -> Vocabulary:
        return self.words

    def may_change(self, user: str) -> bool:
        return self.allowed is None or user in self.allowed

    def recent(self, ask: Ask, now: datetime) -> Listing:
        self._ask("recent", ask)
        page = tuple(self.rows[ask.offset : ask.offset + ask.count])
        return Listing(page, len(self.rows), self.last, self.counts)

    def search(self, ask: Ask, now: datetime) -> Listing:
        self._ask("search", ask)
        found = [row for row in self.rows if ask.subject.lower() in row.line.lower()]
        return Listing(tuple(found[ask.offset : ask.offset + ask.count]), len(found), None, self.counts)

    def show(self, ref: str) -> Shown | None:
        self._ask("show", ref)
        return self.show_now(ref)

    def show_now(self, ref: str) -> Shown | None:
        view = self.views.get(ref)
        told = (Told("C0POLICY001", "policy-team", "told as new"),)
        return Shown(view, tuple(filter(None, (view.best, view.first))), told=told) if view else None

    def stances(self, actor: str, now: datetime) -> Ledger:
        self._ask("stances", actor)
        return self.ledgers.get(actor, Ledger(None, near=("Microsoft",)))

    def timeline(self, actor: str, offset: int, count: int) -> Ledger:
        self._ask("timeline", actor, offset)
        found = self.ledgers.get(actor, Ledger(None))
        return replace(found, rows=found.rows[offset : offset + count], total=len(found.rows))

    def why(self, url: str) -> Why:
        self._ask("why", url)
        return self.whys.get(url, Why(url, seen=False))

    def sources(self, now: datetime) -> tuple[SourceCounts, list[SourceRow]]:
        self._ask("sources")
        return self.counts, self.sources_now

    def status(self, now: datetime) -> list[Check]:
        self._ask("status")
        return self.checks

    def routes(self, channel: str) -> list[Route]:
        self._ask("routes", channel)
        return self.routes_of.get(channel, [])

    def muted(self, channel: str, now: datetime) -> list[Muted]:
        self._ask("muted", channel)
        return [one for one in self.mutes if one.channel == channel]

    def home(self, user: str, now: datetime) -> HomeView:
        self._ask("home", user)
        operator = user in self.operators
        return HomeView(
            recent=Listing(tuple(self.rows[:5]), len(self.rows), None, self.counts),
            routes=tuple(route for routes in self.routes_of.values() for route in routes),
            following=tuple(self.rows[:1]),
            troubled=tuple(self.sources_now) if operator else (),
            checks=tuple(self.checks) if operator else (),
            operator=operator,
            muted=tuple(self.mutes) if operator else (),
        )

    def digest_markdown(self, key: str) -> str | None:
        self._ask("digest_markdown", key)
        return self.digests.get(key)


class FakeCommands:
    """Keeps marks, labels and subscriptions as the real one does: the same click twice changes nothing."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any, str]] = []
        self.marks: dict[str, Marks] = {}
        self.labels: set[tuple[str, str, str]] = set()
        self.following: set[tuple[str, str]] = set()
        self.changes = 0
        self.delay = 0.0
        self.fails: Exception | None = None

    def _note(self, name: str, what: Any, by: Asker) -> None:
        assert threading.current_thread() is not threading.main_thread(), "ports run in threads"
        time.sleep(self.delay)
        if self.fails:
            raise self.fails
        self.done.append((name, what, by.user))

    def _mark(self, ref: str, **changes: Any) -> None:
        before = self.marks.get(ref, Marks())
        self.marks[ref] = replace(before, **changes)
        self.changes += self.marks[ref] != before

    def mute_source(self, source: str, lasting: Any, by: Asker, now: datetime) -> Done:
        self._note("mute_source", (source, lasting), by)
        return Done(f"{source} is muted.")

    def unmute_source(self, source: str, by: Asker, now: datetime) -> Done:
        self._note("unmute_source", source, by)
        return Done(f"{source} speaks again.")

    def subscribe(
        self, filters: Filters, schedule: Any, by: Asker, now: datetime, group: str = "news", **more: Any
    ) -> Done:
        told = {name: value for name, value in more.items() if value not in (None, True)}
        self._note("subscribe", (by.channel, filters, schedule, group, *told.values()), by)
        return Done("Subscribed; nothing of the past is sent.")

    def unsubscribe(self, filters: Filters, by: Asker, now: datetime) -> Done:
        self._note("unsubscribe", (by.channel, filters), by)
        return Done("Ended.")

    def snooze(self, lasting: Any, by: Asker, now: datetime) -> Done:
        self._note("snooze", lasting, by)
        return Done("Snoozed.")

    def digest_now(self, since: Any, by: Asker, now: datetime) -> Done:
        self._note("digest_now", since, by)
        return Done("On its way.")

    def take(self, ref: str, by: Asker, now: datetime) -> Done:
        self._note("take", ref, by)
        holder = self.marks.get(ref, Marks()).taken_by
        if holder and holder != by.user:
            return Done(f"Somebody else has {ref} already.", ok=False)
        self._mark(ref, taken_by=by.user)
        return Done(f"You take {ref}.", release=ref)

    def release(self, ref: str, by: Asker, now: datetime) -> Done:
        self._note("release", ref, by)
        if self.marks.get(ref, Marks()).taken_by == by.user:
            self._mark(ref, taken_by=None)
        return Done(f"You do not take {ref}.")

    def follow(self, ref: str, by: Asker, now: datetime) -> Done:
        self._note("follow", (ref, by.channel), by)
        self.following ^= {(ref, by.user)}
        return Done(f"You follow {ref}." if (ref, by.user) in self.following else f"You no longer follow {ref}.")

    def mute_here(self, ref: str, what: str, by: Asker, now: datetime) -> Done:
        self._note("mute_here", (ref, what, by.channel), by)
        self.labels.add((ref, f"not_here:{what}", by.channel))
        return Done("This channel hears no more of that.", undo=ref)

    def unmute_here(self, subject: str, by: Asker, now: datetime) -> Done:
        self._note("unmute_here", (subject, by.channel), by)
        self.labels = {one for one in self.labels if one[2] != by.channel}
        return Done("This channel hears more of that.")

    def dismiss(self, ref: str, reason: str, by: Asker, now: datetime) -> Done:
        self._note("dismiss", (ref, reason), by)
        self.labels.add((ref, "not_a_change", ""))
        self._mark(ref, dismissed_by=self.marks.get(ref, Marks()).dismissed_by or by.user)
        return Done(f"{ref} is marked as no policy change everywhere.")

    def restore(self, ref: str, by: Asker, now: datetime) -> Done:
        self._note("restore", ref, by)
        self.labels.discard((ref, "not_a_change", ""))
        self._mark(ref, dismissed_by=None)
        return Done(f"{ref} is back.")

    def merge(self, ref: str, into: str, by: Asker, now: datetime) -> Done:
        self._note("merge", (ref, into), by)
        self.labels.add((ref, f"same_as:{into}", ""))
        return Done(f"{ref} is now part of {into}.")

    def split(self, ref: str, article_id: int, by: Asker, now: datetime) -> Done:
        self._note("split", (ref, article_id), by)
        self.labels.add((ref, f"not_same:{article_id}", ""))
        return Done("It is a story of its own now.")

    def correct(self, ref: str, text: str, by: Asker, now: datetime) -> Done:
        self._note("correct", (ref, text), by)
        self._mark(ref, corrected=text)
        return Done("Corrected.")

    def analyse(self, url: str, by: Asker, now: datetime) -> Done:
        self._note("analyse", url, by)
        return Done("Analysed: no policy change.")

    def suggest_source(self, url: str, by: Asker, now: datetime) -> Done:
        self._note("suggest_source", url, by)
        return Done("Noted for the operators.")

    def record_missed(self, url: str, by: Asker, now: datetime) -> Done:
        self._note("record_missed", url, by)
        return Done("Recorded as missed.")

    def joined(self, by: Asker, now: datetime) -> Done:
        self._note("joined", by.channel, by)
        return Done("Hello.")


def troubled_source(now: datetime = NOW) -> SourceRow:
    source = Source("example-post", "Example Post", "https://example.org/rss")
    state = SourceState("example-post", source.url, now, health=Health.FAILING, health_since=now, last_error="HTTP 404")
    return SourceRow(source, state)
