"""What people do to channels and sources: subscribe, snooze, ask for a digest, mute a source, invite the bot."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from bot import labels, upkeep
from bot.alerts import digests, notices
from bot.alerts.digests import DueDigest
from bot.alerts.filters import refusal
from bot.alerts.settings import RoutingSettings
from bot.errors import UsageError
from bot.labels import Snooze, value_of
from bot.model import DigestItem, Filters, Quiet, Route, Schedule, Story
from bot.slack.asks import Asker
from bot.slack.ports import Done, Grouping
from bot.slack.text import one_line
from bot.slack.typed import misspelt
from bot.slack.writing import filter_words, quiet_words, schedule_words
from bot.store import Tx
from bot.store.runtime import Label
from bot.wiring import Parts

SAME = timedelta(minutes=5)
"""A time asked for again that differs by less is the time that was asked for before."""
JUST_NOW = timedelta(minutes=2)
"""A digest asked for again so soon is the one that is on its way."""
USUAL = timedelta(days=7)
"""What a digest on request covers where there was none before."""
MOST_STORIES = 200
NAME_LENGTH = 120


class ChannelDeeds:
    """Doers whose subject is the channel they are used in, or a source."""

    _parts: Parts

    # --- sources -------------------------------------------------------------------------------------------------------

    def mute_source(self, source: str, lasting: timedelta, by: Asker, now: datetime) -> Done:  # noqa: ARG002 - of the port
        """Stop alerts from a source for a time; it is polled on."""
        name = self._source_name(source)
        with self._parts.store.transaction() as tx:
            state, until = tx.sources.get(source), now + lasting
            held = state.muted_until if state else None
            if held is not None and abs(held - until) < SAME:
                until = held
            elif not tx.sources.mute(source, until):
                raise UsageError(f"{name} was not read yet; it can be muted once the worker knows it.")
        return Done(f"{name} is muted until {_moment(until)}. What it publishes meanwhile is never sent.")

    def unmute_source(self, source: str, by: Asker, now: datetime) -> Done:  # noqa: ARG002 - of the port
        """End a mute; nothing of the meantime is sent."""
        name = self._source_name(source)
        with self._parts.store.transaction() as tx:
            state = tx.sources.get(source)
            if state is not None and state.muted_until is not None and state.muted_until > now:
                tx.sources.mute(source, now)
        return Done(f"{name} alerts, on what it publishes from now on.")

    def _source_name(self, source: str) -> str:
        known = self._parts.live.get().sources.get(source)
        if known is None:
            raise UsageError(f"There is no source {one_line(source, 60)}.")
        return known.name

    # --- routes --------------------------------------------------------------------------------------------------------

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
        if not by.channel:
            return Done("That works only in a channel.", ok=False)
        route = Route(
            route_name(by.channel, filters),
            by.channel,
            schedule=schedule,
            filters=filters,
            group=group,
            quiet=quiet,
            thread=thread,
            origin="subscription",
        )
        with self._parts.store.transaction() as tx:
            held = next((one for one in tx.runtime.subscriptions() if one.name == route.name), None)
            wished = (schedule, group, quiet, thread)
            if held is None or (held.schedule, held.group, held.quiet, held.thread) != wished:
                tx.runtime.subscribe(route, by.name or by.user, now)
        when = "at once" if schedule.kind == "now" else schedule_words(schedule)
        how = [f"by {group}"] if group != "news" else []
        how += [f"but not {quiet_words(quiet)}"] if quiet else []
        how += [] if thread else ["without threads"]
        when += "".join(f", {one}" for one in how) + ("," if how else "")
        said = f"This channel hears {when} of {_about(filters)}, from now on; nothing of the past is sent."
        doubt = misspelt(filters.actors, self._actors())
        return Done(f"{said} {doubt}".rstrip())

    def _actors(self) -> list[str]:
        """All names of the actors that the vocabulary knows."""
        actors = self._parts.config.topic.actors
        return [name for actor in actors for name in (actor.id, *actor.aliases, *actor.exact, actor.name)]

    def unsubscribe(self, filters: Filters, by: Asker, now: datetime) -> Done:
        """End the channel's subscriptions: those with these filters, or all when there are none."""
        with self._parts.store.transaction() as tx:
            mine = [one for one in tx.runtime.subscriptions() if one.channel == by.channel]
            ended = [one for one in mine if filters in (Filters(), one.filters)]
            for route in ended:
                tx.runtime.unsubscribe(route.name, route.channel)
            left = [one for one in mine if one not in ended]
            files = [one for one in tx.runtime.sync_routes(self._parts.config.routes, now) if one.origin == "file"]
        still = [_about(one.filters) for one in left]
        still += [f"the route {one.name} of alerts.yaml" for one in files if one.channel == by.channel]
        what = (
            "No subscription sends here"
            if not left and filters == Filters()
            else f"No subscription to {_about(filters)} is left"
        )
        return Done(f"{what}." + (f" Still here: {', '.join(still)}." if still else ""))

    # --- snooze and digest ---------------------------------------------------------------------------------------------

    def snooze(self, lasting: timedelta, by: Asker, now: datetime) -> Done:
        """Send the channel one daily digest in place of alerts for a time; zero ends it. See :class:`bot.labels.Snooze`."""
        if not by.channel:
            return Done("That works only in a channel.", ok=False)
        with self._parts.store.transaction(lock=True) as tx:
            held = next((one for one in labels.snoozes(tx, now, by.channel)), None)
            until = now + lasting
            if not lasting:
                if held is not None and held.until > now:
                    _snooze(tx, replace(held, until=now), by, now)
                return Done("Alerts come at once here. What was kept meanwhile comes in one digest.")
            if held is not None and abs(held.until - until) < SAME:
                until = held.until
            elif held is None and not self._tells_at_once(tx, by.channel, now):
                return Done("No alerts come here at once, so there is nothing to snooze.", ok=False)
            else:
                _snooze(tx, Snooze(by.channel, held.since if held else now, until, by.name), by, now)
        return Done(f"Snoozed until {_moment(until)}: one digest a day here in place of alerts, and one at the end.")

    def _tells_at_once(self, tx: Tx, channel: str, now: datetime) -> bool:
        """Whether a route sends to a channel at once, or a follower is told there."""
        routes = tx.runtime.sync_routes(self._parts.config.routes, now)
        if any(one.channel == channel and one.kind == "policy" and one.schedule.kind == "now" for one in routes):
            return True
        return any(value_of(one).get("channel") == channel for one in tx.runtime.labels(now, label=labels.FOLLOW))

    def digest_now(self, since: timedelta | None, by: Asker, now: datetime) -> Done:
        """Owe the channel a digest of the time since the last one. Its scheduled digests are not shortened by it."""
        if not by.channel:
            return Done("That works only in a channel.", ok=False)
        with self._parts.store.transaction(lock=True) as tx:
            routes = [
                one
                for one in tx.runtime.sync_routes(self._parts.config.routes, now)
                if one.channel == by.channel and one.kind == "policy"
            ]
            digest = next((one for one in routes if one.schedule.kind != "now"), Route("", ""))
            asked = Route(f"digest-now:{by.channel}", by.channel, group=digest.group, thread=digest.thread)
            runs = tx.outbox.digest_runs()
            on_its_way = Done("The digest is on its way.")
            if now - runs.get(asked.name, now - USUAL) < JUST_NOW:
                return on_its_way
            ends = [runs[one.name] for one in (asked, *routes) if one.name in runs]
            start = now - since if since else max(ends, default=now - USUAL)
            items = self._items(tx, asked, routes, start)
            muted, members = tx.runtime.labels(now, label=labels.MUTE_HERE), self._parts.live.get().routing.members
            views = labels.views_for(tx, by.channel, [item.story_id for item in items], muted, members, now)
            owed = digests.compose(
                DueDigest(asked, start, now),
                items,
                views,
                ahead=upkeep.deadlines(tx, now),
                sources=upkeep.sources_now(tx, self._parts),
            )
            if owed is None:
                return Done(f"Nothing new since {_moment(start)}.")
            tx.outbox.finish_digest(asked.name, now, [], owed, now, digests.thread(owed))
        return on_its_way

    def _items(self, tx: Tx, asked: Route, routes: list[Route], start: datetime) -> list[DigestItem]:
        """Stories that appeared or moved since ``start`` and that a route of the channel takes (without one: all)."""
        settings = self._parts.live.get().routing
        items = []
        for listed in reversed(tx.reports.recent(since=start, curated=False, limit=MOST_STORIES).items):
            story = listed.story
            if not _takes(routes, story, settings):
                continue
            transition = "new" if story.first_at >= start else f"stage:{story.stage.value}"
            maybe = story.change.score < settings.alert_score
            items.append(DigestItem(asked.name, asked.channel, story.id, transition, listed.at, maybe=maybe))
        return items

    # --- hello ---------------------------------------------------------------------------------------------------------

    def joined(self, by: Asker, now: datetime) -> Done:
        """Say hello in a channel that the bot was invited to, once; what it refused until now is sent.

        Before all sources were asked for the first time, a channel of a route in the files is left to :func:`bot.upkeep.welcome`.
        """
        judgement = self._parts.live.get()
        with self._parts.store.transaction() as tx:
            tx.outbox.unblock(by.channel, now)
            routed = any(one.channel == by.channel and one.kind == "policy" for one in judgement.config.routes)
            if routed and not upkeep.has_looked(tx, judgement):
                return Done("Hello follows after the first look at all sources.")
            recent = tx.reports.recent(since=now - upkeep.RECENT, limit=1).total
            sends = any(one.channel == by.channel for one in tx.runtime.sync_routes(judgement.config.routes, now))
            for hello in notices.welcome([by.channel], len(judgement.sources), recent, sends=sends):
                tx.outbox.enqueue(hello, now)
        return Done("Hello.")


def route_name(channel: str, filters: Filters) -> str:
    """Name a subscription: one for each channel and filters, readable, unique among all routes."""
    words = " ".join(filter_words(filters)) or "everything"
    name = f"{channel} {words}"
    if len(name) <= NAME_LENGTH:
        return name
    return f"{name[: NAME_LENGTH - 17]} {hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _about(filters: Filters) -> str:
    return " ".join(filter_words(filters)) or "every policy change"


def _snooze(tx: Tx, snooze: Snooze, by: Asker, now: datetime) -> None:
    """Write a channel's one snooze, whoever began it."""
    tx.runtime.unlabel(labels.THE_CHANNEL, labels.SNOOZE, channel=snooze.channel)
    value = {"since": snooze.since.isoformat(), "until": snooze.until.isoformat(), "name": by.name}
    tx.runtime.label(Label(labels.THE_CHANNEL, labels.SNOOZE, by.user, now, snooze.channel, value))


def _takes(routes: list[Route], story: Story, settings: RoutingSettings) -> bool:
    """Whether a route takes a story. The category of its source is not asked: a story has several sources."""
    usual = settings.digest_score
    if not routes:
        return story.change.score >= usual
    return any(
        refusal(replace(one.filters, categories=()), story.change, story.stage, None, settings) is None
        and story.change.score >= (usual if one.filters.min_score is None else one.filters.min_score)
        for one in routes
    )


def _moment(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M} UTC"
