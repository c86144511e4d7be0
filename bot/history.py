"""The curated history: past changes from the topic's files into the ledger, marked as curated, never alerted."""

from __future__ import annotations

from datetime import UTC, datetime

from bot import stories
from bot.model import TARGETS, Action, PolicyChange, Span, Stage
from bot.store import Tx
from bot.topic import HistoryEvent, Topic


def fill(tx: Tx, topic: Topic, now: datetime) -> int:
    """Write the topic's history into the ledger; events that are there already are left. Gives how many were added."""
    return add(tx, topic.history, topic, now)


def add(tx: Tx, events: tuple[HistoryEvent, ...], topic: Topic, now: datetime) -> int:
    """Write curated events into the ledger, once each. Gives how many were added."""
    known = set(tx.runtime.recall("curated") or ())
    new = [event for event in events if event.id not in known]
    names = {actor.id: actor.name for actor in topic.actors}
    for event in new:
        change = as_change(event, names)
        tx.stories.create(
            change,
            stage=change.stage,
            at=moment(event.date),
            now=now,
            curated=True,
            keys=stories.keys_for(change, event.line),
            title=event.line,
            thread=event.thread,
        )
    if new:
        tx.runtime.remember("curated", sorted(known | {event.id for event in new}), now)
    return len(new)


def as_change(event: HistoryEvent, names: dict[str, str]) -> PolicyChange:
    """A curated event as a policy change; its evidence is its own line, with the source cited as the speaker."""
    return PolicyChange(
        actor=names.get(event.actor, event.actor),
        actor_id=event.actor if event.actor in names else None,
        action=Action(event.action),
        evidence=Span("title", 0, len(event.line), event.line),
        targets=tuple(target for target in event.targets if target in TARGETS),
        jurisdictions=event.jurisdictions,
        condition=event.condition,
        effective=event.effective,
        expires=event.expires,
        decided=event.date,
        stage=Stage(event.stage),
        quote=None,
        speaker=event.source,
        line=event.line,
        score=1.0,
    )


def moment(date: str) -> datetime:
    """The start of an ISO 8601 date of reduced precision (`2020`, `2020-07`, `2020-07-01`), in UTC."""
    parts = [int(part) for part in date.split("-")]
    year, month, day = (*parts, 1, 1)[:3]
    return datetime(year, month, day, tzinfo=UTC)
