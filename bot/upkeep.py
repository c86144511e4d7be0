"""What the worker does beside polling and delivering: start, claim, beat, reload, digests, deadlines, re-analysis, pruning.

Plain functions over the parts; each is one or a few short transactions and may run in a thread.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from bot import __version__, history, intake, labels, telling
from bot.alerts import digests, notices, routing
from bot.alerts.digests import Deadline, SourcesNow
from bot.config.watch import Watcher
from bot.errors import ConfigError, StoreError
from bot.model import Failure, FailureKind, Health, Route, Source, SourceState, Story
from bot.pipeline import LEASE, take_failure
from bot.sources.cadence import spread
from bot.sources.health import LATE_AT_LEAST, assess_schedule
from bot.sources.urls import host_of
from bot.store import Tx
from bot.store.reports import COUNTED
from bot.stories.stages import PHASE, Phase
from bot.wiring import Judgement, Parts, is_dead

log = logging.getLogger(__name__)

REANALYSED_AT_ONCE = 50
"""Articles judged again in one round of upkeep, so that an upgrade does not hold up the polls."""
AHEAD = timedelta(days=30)
"""How far a digest looks ahead for deadlines."""
REMIND_WITHIN = timedelta(days=7)
RECENT = timedelta(days=30)
DOWN_FOR = timedelta(minutes=15)
"""A source that was due so long ago was not polled because nobody polled at all."""
MANY_WAIT = 100
SPREAD_EACH = timedelta(milliseconds=100)
"""Time for each of many sources that wait; in all no more than the shortest interval."""
WORKER_SEEN = timedelta(minutes=2)
"""A worker that was not seen for longer is called dead."""


# --- start and stop --------------------------------------------------------------------------------------------------


def start_up(parts: Parts) -> None:
    """Make the database fit the configuration in force: sources, routes, curated history; keep it as last good."""
    judgement, now = parts.live.get(), parts.clock()
    with parts.store.transaction(lock=True) as tx:
        tx.sources.sync(judgement.config.sources, now)
        tx.runtime.sync_routes(judgement.config.routes, now)
        if parts.live.refused is None:
            tx.runtime.save_config(judgement.config.files, judgement.config.fingerprint, now)
            tx.runtime.forget("config_refused")
        added = history.fill(tx, judgement.config.topic, now)
        take_over(tx)
    if added:
        log.info("curated history", extra={"changes": added})
    if parts.live.refused is not None:
        refuse(parts, parts.live.refused)


def hurry(parts: Parts) -> None:
    """Let nothing wait for its fellows any longer: a single pass ends, and what it gathered is folded and sent."""
    with parts.store.transaction() as tx:
        tx.outbox.hurry(parts.clock())


def take_over(tx: Tx) -> None:
    """Free the sources and pages that killed processes of this machine held: a restart need not wait for their leases."""
    dead = {owner for owner in tx.sources.owners() | tx.articles.page_owners() if is_dead(owner)}
    if dead:
        freed = tx.sources.release_of(dead) + tx.articles.release_pages_of(dead)
        log.info("took over what a killed process held", extra={"leases": freed})


def slack_refused(parts: Parts, reason: str) -> None:
    """Note at the start that Slack refuses the token, as a refused message would later: readiness is red before the first is owed."""
    now, settings = parts.clock(), parts.live.get().delivery
    with parts.store.transaction() as tx:
        if tx.outbox.stop(reason, now, now + settings.probe_stopped):
            for notice in notices.stopped(reason, now, settings.operators):
                tx.outbox.enqueue(notice, now)


def slack_accepts(parts: Parts) -> None:
    """The token is good: what a refused one had stopped goes on at once. A missing scope shows with the next message only."""
    with parts.store.transaction() as tx:
        stop = tx.outbox.stopped()
        if stop is not None and not stop.reason.startswith("missing_scope"):
            tx.outbox.resume()


def beat(parts: Parts, kind: str) -> None:
    """Write this process's heartbeat."""
    with parts.store.transaction() as tx:
        tx.runtime.beat(parts.owner, kind, parts.clock(), {"version": __version__})


# --- sources -----------------------------------------------------------------------------------------------------------


def claim_due(
    parts: Parts,
    limit: int,
    ids: Collection[str] | None = None,
    *,
    crowded: Collection[str] = (),
    slow: Collection[str] = (),
    room_for_slow: int = 0,
) -> list[tuple[Source, SourceState]]:
    """Lease the sources whose poll is due.

    Args:
        parts: What we work with.
        limit: Most sources.
        ids: Only these; None: all.
        crowded: Hosts at which many polls wait already: none of theirs.
        slow: Sources that answered slowly; the others come first, and of these only a few.
        room_for_slow: Most of the slow ones.
    """
    known, now = parts.live.get().sources, parts.clock()
    with parts.store.reading() as tx:  # most often nothing is due, and a look disturbs no writer
        if not tx.sources.any_due(now):
            return []
    wanted = set(known) if ids is None else known.keys() & set(ids)
    if crowded:
        wanted = {each for each in wanted if host_of(known[each].url) not in crowded}
    quick = wanted.difference(slow)
    with parts.store.transaction() as tx:
        states = tx.sources.claim_due(quick, parts.owner, now, LEASE, limit)
        room = min(room_for_slow, limit - len(states))
        if room > 0 and len(quick) < len(wanted):
            states += tx.sources.claim_due(wanted - quick, parts.owner, now, LEASE, room)
    return [(known[state.id], state) for state in states]


def spread_over(parts: Parts, waiting: int) -> timedelta:
    """The time over which so many sources that wait are spread; none for a few."""
    return min(SPREAD_EACH * waiting, parts.config.settings.poll.min_interval) if waiting >= MANY_WAIT else timedelta()


def spread_out(parts: Parts) -> int:
    """Spread sources that all wait (a first start, the end of a downtime), so that they are not all asked at once.

    A few need no spreading: they are polled within seconds, and politely. Gives how many were given a time.
    """
    now = parts.clock()
    with parts.store.transaction() as tx:
        waiting = tx.sources.waiting(now - DOWN_FOR)
        over = spread_over(parts, len(waiting))
        if not over:
            return 0
        tx.sources.schedule(spread(waiting, now, over))
    log.info("polls spread out", extra={"sources": len(waiting), "seconds": over.total_seconds()})
    return len(waiting)


def claim(parts: Parts, ids: list[str]) -> list[tuple[Source, SourceState]]:
    """Lease these sources, due or not."""
    known = parts.live.get().sources
    with parts.store.transaction() as tx:
        states = tx.sources.claim(ids, parts.owner, parts.clock(), LEASE)
    return [(known[state.id], state) for state in states]


def release(parts: Parts, ids: list[str]) -> None:
    """Give leases back without having polled."""
    with parts.store.transaction() as tx:
        tx.sources.release(ids, parts.owner)


def poll_crashed(parts: Parts, source: Source, state: SourceState, error: BaseException) -> Failure:
    """Record a poll that broke in our own code as a failure of that source, so that it backs off and is seen."""
    failure = Failure(FailureKind.INTERNAL, f"an error of Policywatch itself while reading it ({type(error).__name__})")
    take_failure(parts, parts.live.get(), source, state, failure, parts.clock())
    return failure


def find_late(parts: Parts) -> int:
    """Mark sources that are not polled on time, and tell operators once. Gives how many changed."""
    judgement, now = parts.live.get(), parts.clock()
    with parts.store.reading() as tx:
        if not tx.sources.overdue(now - LATE_AT_LEAST):
            return 0
    changed = 0
    with parts.store.transaction() as tx:
        for state in tx.sources.overdue(now - LATE_AT_LEAST):
            source = judgement.sources.get(state.id)
            if source is None:
                continue
            assessed = assess_schedule(source, state, now)
            if assessed.health is not state.health:
                changed += tx.sources.set_health(state.id, assessed.health, assessed.since)
                _tell_late(tx, parts, source, state, assessed.health, assessed.since, now)
    return changed


def _tell_late(
    tx: Tx, parts: Parts, source: Source, state: SourceState, health: Health, since: datetime, now: datetime
) -> None:
    judgement = parts.live.get()
    after = state._replace(health=health, health_since=since)
    channels, watched = judgement.operators_channels, len(judgement.sources)
    for notice in notices.source_changed(source, after, now, channels, of=watched):
        tx.outbox.enqueue(notice, now)


def has_looked(tx: Tx, judgement: Judgement) -> bool:
    """Whether all sources were asked once and one of them answered: only then can it be said what is watched."""
    states = {state.id: state for state in tx.sources.all()}
    tried = [states[each] for each in judgement.sources if each in states]
    if not tried or any(state.last_polled_at is None for state in tried):
        return False
    return any(state.baseline_at is not None for state in tried)


def welcome(parts: Parts) -> bool:
    """After the baseline of all sources, say once in each channel what is watched.

    Gives whether that is settled: said now or before. Until then it is to be asked again, and after a change of routes.
    """
    judgement, now = parts.live.get(), parts.clock()
    with parts.store.transaction() as tx:
        if not has_looked(tx, judgement):
            return False
        channels = [route.channel for route in judgement.config.routes if route.kind == "policy"]
        listed = tx.reports.recent(since=now - RECENT, limit=COUNTED).items
        recent = sum(not one.story.alerted for one in listed)
        for each in notices.welcome(channels, len(judgement.sources), recent):
            tx.outbox.enqueue(each, now)
    return True


# --- configuration -------------------------------------------------------------------------------------------------------


def reload(parts: Parts, watcher: Watcher) -> bool:
    """Put changed files in force, or refuse them whole and tell operators. Gives whether anything changed.

    Raises:
        StoreUnavailable: the database did not answer; the next call begins again, also when no file has changed since.
    """
    live = parts.live
    if not watcher.changed() and not live.unsettled:
        return False
    live.unsettled = True
    try:
        config = watcher.load()
    except ConfigError as error:
        live.refused = error
        refuse(parts, error)
        live.unsettled = False
        return False
    refused, live.refused = live.refused, None
    live.replace(config)
    try:
        start_up(parts)
        if refused is not None:
            _accept(parts)
    except StoreError:
        live.refused = refused
        raise
    log.info("configuration in force", extra={"fingerprint": config.fingerprint[:12]})
    live.unsettled = False
    return True


def _accept(parts: Parts) -> None:
    """Tell operators, after a refusal, that the mended files are in force."""
    now, config = parts.clock(), parts.config
    with parts.store.transaction() as tx:
        for notice in notices.accepted_config(config.fingerprint, now, parts.live.get().operators_channels):
            tx.outbox.enqueue(notice, now)


def refuse(parts: Parts, error: ConfigError) -> None:
    """Log each problem of refused files and tell operators; the configuration in force stays."""
    for problem in error.problems:
        log.error("configuration refused", extra={"problem": str(problem)})
    now, fingerprint = parts.clock(), hashlib.sha256(str(error).encode()).hexdigest()[:16]
    with parts.store.transaction() as tx:
        saved = tx.runtime.last_config()
        owed = notices.refused_config(
            error.problems,
            saved.saved_at if saved else None,
            fingerprint,
            now,
            parts.live.get().operators_channels,
        )
        for notice in owed:
            tx.outbox.enqueue(notice, now)
        tx.runtime.remember("config_refused", [str(problem) for problem in error.problems], now)


# --- digests and deadlines -------------------------------------------------------------------------------------------------


def enqueue_digests(parts: Parts) -> int:
    """Owe the digests whose period has ended; one that was missed is sent once. Gives how many periods were finished."""
    now = parts.clock()
    with parts.store.transaction(lock=True) as tx:  # locked: a snooze's items are taken and told, or neither
        routes = tx.runtime.sync_routes(parts.config.routes, now)
        runs, snoozed = tx.outbox.digest_runs(), labels.snoozes(tx, now)
        found = [*digests.due(routes, runs, now), *labels.due_snoozes(snoozed, runs, now)]
        muted = tx.runtime.labels(now, label=labels.MUTE_HERE)
        members = parts.live.get().routing.members
        for one in found:
            items = tx.outbox.digest_items(one.route.name, one.end)
            views = labels.views_for(tx, one.route.channel, [item.story_id for item in items], muted, members, now)
            owed = digests.compose(
                one,
                items,
                views,
                ahead=deadlines(tx, now),
                sources=sources_now(tx, parts),
                when_empty=one.route.when_empty == "line",
            )
            below = digests.thread(owed) if owed else ()
            tx.outbox.finish_digest(one.route.name, one.end, [item.id for item in items if item.id], owed, now, below)
        labels.end_snoozes(tx, snoozed, now)
    return len(found)


def deadlines(tx: Tx, now: datetime) -> list[Deadline]:
    """Dates of effect and expiry, and last days for comments, that lie ahead."""
    return [
        Deadline(one.at.date(), f"{one.line}: {notices.DEADLINES[one.kind]}") for one in tx.stories.expiring(now, AHEAD)
    ]


def remind(parts: Parts) -> int:
    """Tell the routes that follow a story, once, that it expires, takes effect or closes for comments within a week. Gives how many were owed."""
    judgement, now = parts.live.get(), parts.clock()
    owed = 0
    with parts.store.transaction() as tx:
        routes = tx.runtime.sync_routes(judgement.config.routes, now)
        for one in tx.stories.expiring(now, REMIND_WITHIN):
            story = tx.stories.get(one.story_id)
            if story is None or len(one.date) != len("2026-11-30"):  # a month or year is no day to announce
                continue
            follow = [route for route in routes if _wants_reminder(tx, judgement, route, story, now)]
            for notice in notices.reminder(follow, story, one.kind, one.at.date(), now):
                owed += tx.outbox.enqueue(notice, now) is not None
    return owed


def _wants_reminder(tx: Tx, judgement: Judgement, route: Route, story: Story, now: datetime) -> bool:
    """Whether a route follows a story that still stands, and nobody wants to hear less of it there."""
    if PHASE[story.stage] is Phase.OVER:
        return False
    told = any(one.channel == route.channel for one in tx.outbox.by_story(story.id))
    if not routing.follows(route, story, judgement.routing, told=told):
        return False
    said = labels.read_overlay(tx, story.id, now)
    quiet = said.dismissed or route.channel in said.snoozed
    return not (quiet or labels.mute_of(said.muted, route.channel, story, judgement.routing.members))


def sources_now(tx: Tx, parts: Parts) -> SourcesNow:
    """How the sources are, for the last line of a digest."""
    sources = parts.live.get().sources
    broken = [
        state for state in tx.sources.all() if state.id in sources and state.health in {Health.FAILING, Health.GONE}
    ]
    names = tuple(sources[state.id].name for state in broken)
    return SourcesNow(len(sources), names, min((one.health_since for one in broken if one.health_since), default=None))


# --- housekeeping --------------------------------------------------------------------------------------------------------


def reanalyse(parts: Parts, limit: int = REANALYSED_AT_ONCE) -> int:
    """Judge articles again that another version or vocabulary judged; the ledger improves, nobody is told."""
    judgement = parts.live.get()
    with parts.store.reading() as tx:
        stale = tx.articles.stale(judgement.fingerprint, limit)
    for article in stale:
        analysis, fingerprint = intake.examine(judgement, article)
        with parts.store.transaction(lock=True) as tx:
            telling.rejudge_silently(tx, judgement, article, analysis, fingerprint, parts.clock())
    if stale:
        log.info("judged again by the present vocabulary", extra={"articles": len(stale)})
    return len(stale)


def prune(parts: Parts) -> int:
    """Delete what nobody asks for any more."""
    with parts.store.transaction() as tx:
        return tx.runtime.prune(parts.clock())
