"""What operators are told, and the one line each channel hears after the baseline (pure).

A notice's payload holds ``headline``, ``lines``, ``fix``, ``test``, ``mute`` (a source's id) and ``footer``; each is left
out when it is empty. One on a source also holds ``source``, ``name``, ``health`` and ``of`` (how many sources are
watched), by which folding sees many at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.alerts.quiet import quiet_until
from bot.errors import Problem
from bot.model import (
    Delivery,
    DeliveryKind,
    FailureKind,
    Health,
    NewDelivery,
    Route,
    Source,
    SourceState,
    Story,
    shown_url,
)

ROUTE = "operators"
"""Name that notices carry where other deliveries name their route."""

TROUBLE = frozenset({Health.FAILING.value, Health.GONE.value, Health.SILENT.value, Health.LATE.value})

_SAID = {
    Health.FAILING: "failing",
    Health.GONE: "gone",
    Health.SILENT: "unusually silent",
    Health.LATE: "late",
    Health.OK: "works again",
}
_UNREACHABLE = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
_PROBLEMS_SHOWN = 6
_NAMES_SHOWN = 12


def source_changed(
    source: Source,
    state: SourceState,
    now: datetime,
    channels: Sequence[str],
    *,
    of: int = 0,
    advertised: str | None = None,
    failed: FailureKind | None = None,
    before: Health = Health.OK,
    settle: timedelta = timedelta(minutes=2),
) -> list[NewDelivery]:
    """Tell that a source broke, fell silent, is gone, or works again.

    Args:
        source: As configured.
        state: With its new ``health`` and ``health_since``.
        now: The time.
        channels: The operators' channels.
        of: How many sources are watched.
        advertised: An address at which the site says the feed is now.
        failed: How its latest poll failed: many that cannot be reached at once are our own network.
        before: Its health until now.
        settle: How long the notice waits for others of its kind: many at once are one message.
    """
    since = state.health_since or now
    payload: dict[str, Any] = {
        "source": source.id,
        "name": source.name,
        "health": state.health.value,
        "of": of,
        "since": since.isoformat(),
        "headline": _headline(source, state, since, advertised, before),
        "answered": state.health is Health.SILENT or (failed is not None and failed not in _UNREACHABLE),
    }
    if state.health is not Health.OK:
        target = advertised or state.moved_to or source.url
        target = target if target == shown_url(target) else source.id  # a key is no business of a channel
        payload |= {
            "lines": _last_entry(state),
            "fix": f"url at {source.where}" if source.where and state.health is not Health.SILENT else "",
            "test": f"policywatch sources test {target}",
            "mute": source.id,
            "footer": "Next message: on recovery.",
        }
    key = f"notice:{source.id}:{state.health}:{_stamp(since)}"
    return _to(channels, key, {name: value for name, value in payload.items() if value}, not_before=now + settle)


def refused_config(
    problems: Sequence[Problem],
    in_force_since: datetime | None,
    fingerprint: str,
    now: datetime,
    channels: Sequence[str],
) -> list[NewDelivery]:
    """Tell that changed configuration files were refused. ``fingerprint`` of the refused text: it is told once.

    Args:
        problems: All mistakes found.
        in_force_since: When the configuration that stays in force was accepted.
        fingerprint: Of the refused files.
        now: The time.
        channels: The operators' channels.
    """
    count = len(problems)
    kept = f"the config of {_moment(in_force_since)} stays in force" if in_force_since else "nothing is in force yet"
    lines = [str(problem) for problem in problems[:_PROBLEMS_SHOWN]]
    if count > _PROBLEMS_SHOWN:
        lines.append(f"and {count - _PROBLEMS_SHOWN} more")
    payload = {
        "headline": f"Config refused: {_count(count, 'error')}. Nothing changed; {kept}.",
        "lines": lines,
        "test": "policywatch config check",
    }
    return _to(channels, f"notice:config:refused:{fingerprint}:{now:%Y-%m-%d}", payload)


def accepted_config(fingerprint: str, now: datetime, channels: Sequence[str]) -> list[NewDelivery]:
    """Tell, after a refusal, that the mended configuration is in force."""
    payload = {"headline": "Config accepted: the changed files are in force."}
    return _to(channels, f"notice:config:accepted:{fingerprint}:{_stamp(now)}", payload)


def dead(delivery: Delivery, error: str, channels: Iterable[str]) -> tuple[NewDelivery, ...]:
    """Tell that Slack refused a message twice, so that people did not see it. Of a notice nothing is told."""
    if delivery.kind is DeliveryKind.NOTICE or delivery.parent_kind is DeliveryKind.NOTICE:
        return ()
    payload = {
        "headline": f"A message to {delivery.channel} could not be posted: {error}",
        "lines": [f"{_what(delivery)}; it was refused as blocks and as plain text, and is not tried again."],
        "fix": f"policywatch outbox retry {delivery.id}",
    }
    return tuple(_to(channels, f"notice:delivery:{delivery.id}:dead", payload))


def held(delivery: Delivery, error: str, channels: Iterable[str]) -> tuple[NewDelivery, ...]:
    """Tell that a post of unknown fate cannot be looked up, so that it is held rather than perhaps posted twice."""
    payload = {
        "headline": f"A message to {delivery.channel} is held: nobody knows whether Slack posted it",
        "lines": [
            f"{_what(delivery)}; the channel's history cannot be read ({error}).",
            "Invite the bot or grant channels:history and groups:history; or look yourself, then:",
        ],
        "fix": f"policywatch outbox retry {delivery.id}  or  policywatch outbox drop {delivery.id}",
    }
    return tuple(_to(channels, f"notice:delivery:{delivery.id}:held", payload))


def blocked(delivery: Delivery, reason: str, now: datetime, channels: Iterable[str]) -> tuple[NewDelivery, ...]:
    """Tell, in the other channels, that one channel refuses us. Its deliveries are kept."""
    others = [channel for channel in channels if channel != delivery.channel]
    invite = "Invite the bot: /invite @policywatch in that channel. " if reason.startswith("not_in") else ""
    payload = {
        "headline": f"Channel {delivery.channel} refuses messages: {reason}",
        "lines": [f"{invite}Its messages are kept and sent when it accepts them again."],
        "test": "policywatch slack check",
    }
    return tuple(_to(others, f"notice:{delivery.channel}:blocked:{_stamp(now)}", payload))


def stopped(reason: str, now: datetime, channels: Iterable[str]) -> tuple[NewDelivery, ...]:
    """Tell, once Slack lets us in again, that it had refused everything; until then readiness and `status` say it."""
    payload = {
        "headline": f"Slack refused all messages from {_moment(now)}: {reason}",
        "lines": ["Everything owed was kept and follows now."],
        "test": "policywatch slack check",
    }
    return tuple(_to(channels, f"notice:slack:stopped:{_stamp(now)}", payload))


def suggested(url: str, person: str, key: str, channels: Iterable[str]) -> list[NewDelivery]:
    """Tell that somebody wants an address watched."""
    payload = {"headline": f"{person} suggests a source: {url}", "fix": f"policywatch sources add {url}"}
    return _to(channels, f"notice:suggested:{key}", payload)


DEADLINES = {"expires": "expires", "effective": "takes effect", "closes": "consultation closes"}
"""What happens on a date of a story that lies ahead."""


def reminder(
    routes: Iterable[Route], story: Story, kind: Literal["expires", "effective", "closes"], on: date, now: datetime
) -> list[NewDelivery]:
    """Say, once in each channel of these routes, that a date of a story lies ahead.

    Args:
        routes: Policy routes that take the story at once.
        story: The story.
        kind: Whether its effect ends or begins, or its consultation closes.
        on: The day.
        now: The time.
    """
    days = (on - now.date()).days
    when = "Today" if days <= 0 else "Tomorrow" if days == 1 else f"In {days} days"
    what = DEADLINES[kind]
    payload = {
        "headline": f"{when}, {on.day} {on:%b %Y}: {what}",
        "lines": [
            story.change.line,
            f"{story.ref} · {story.stage} · first reported {story.first_at.day} {story.first_at:%b %Y}",
        ],
    }
    found: dict[str, NewDelivery] = {}
    for route in routes:
        key = f"reminder:{story.id}:{kind}:{on.isoformat()}:{route.channel}"
        until = quiet_until(route.quiet, now)
        kept = {"quiet": True} if until else {}
        owed = NewDelivery(
            DeliveryKind.NOTICE, route.channel, key, route.name, story.id, payload=payload | kept, not_before=until
        )
        found.setdefault(route.channel, owed)
    return list(found.values())


def welcome(channels: Iterable[str], sources: int, recent: int, *, sends: bool = True) -> list[NewDelivery]:
    """Say once in each channel, after the baseline, what is watched: day one speaks and does not flood.

    Args:
        channels: Of the policy routes; one delivery each.
        sources: How many sources are watched.
        recent: How many changes of the last 30 days the ledger holds; none of them is alerted.
        sends: Whether any route sends to these channels; else the line says how to make one.
    """
    line = f"Watching {_count(sources, 'source')}; {_count(recent, 'change')} in the last 30 days, not alerted."
    return [
        NewDelivery(
            kind=DeliveryKind.WELCOME,
            channel=channel,
            dedupe_key=f"welcome:{channel}",
            route="",
            payload={"text": line, "sources": sources, "recent": recent, **({} if sends else {"sends": False})},
        )
        for channel in dict.fromkeys(channels)
    ]


def worded(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Word a notice as things are now: one that tells of many sources gets its headline and lines from its members."""
    members = payload.get("members")
    if not members:
        return payload
    count, of = len({member.get("source") for member in members}), max(int(payload.get("of") or 0), len(members))
    names = [str(member.get("name") or member.get("source")) for member in members]
    shown = ", ".join(names[:_NAMES_SHOWN]) + (
        f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    )
    if payload.get("health") == Health.OK.value:
        headline = f"{count} of {of} sources work again"
        return {**payload, "headline": headline, "lines": [shown]}
    headline = f"{count} of {of} sources {_in_common(members)}{_suspected(members, count, of)}"
    return {
        **payload,
        "headline": headline,
        "lines": [shown],
        "test": "policywatch sources list",
        "footer": "Next message: on recovery.",
    }


def _in_common(members: Sequence[Mapping[str, Any]]) -> str:
    """Say what is wrong with all of these sources, in one word where they share it."""
    healths = {"failing" if member.get("health") == Health.GONE else str(member.get("health")) for member in members}
    (only, *more) = healths
    return "not well" if more else _SAID.get(Health(only), "failing") if only in TROUBLE else "failing"


def _suspected(members: Sequence[Mapping[str, Any]], count: int, of: int) -> str:
    """Say whose fault it is, where most sources are in trouble and nearly all in the same way.

    What answers, if only with errors, is reached; where nearly every source does so, something between us and them answers.
    """
    if 2 * count < of:
        return ""
    if all(member.get("health") == Health.LATE for member in members):
        return ", the worker was probably stopped"
    answered = sum(bool(member.get("answered")) for member in members)
    return ", probably our own network" if answered <= 0.2 * len(members) or count >= 0.8 * of else ""


def _headline(source: Source, state: SourceState, since: datetime, advertised: str | None, before: Health) -> str:
    said = _SAID[state.health]
    if state.health is Health.SILENT and before in {Health.FAILING, Health.GONE}:
        return f"{source.name}: works again since {_moment(since)}, but is {said}."
    if state.health is Health.OK:
        return f"{source.name}: {said} since {_moment(since)}."
    polls = f" ({_count(state.polls_failed, 'poll')})" if state.polls_failed else ""
    head = f"{source.name}: {said} since {_moment(since)}{polls}."
    why = (state.last_error or "").rstrip(".") if state.health is not Health.SILENT else ""
    if advertised:
        why = f"{why}; the site now advertises {advertised}" if why else f"The site now advertises {advertised}"
    return f"{head} {why}" if why else head


def _last_entry(state: SourceState) -> list[str]:
    if state.last_entry_at is None:
        return ["None of its entries bore a date." if state.entries_total else "No entry was ever read from it."]
    tail = "" if state.health is Health.SILENT else "; later items may be missed"
    return [f"Last entry {_moment(state.last_entry_at)}{tail}."]


def _what(delivery: Delivery) -> str:
    of = f" on story s{delivery.story_id}" if delivery.story_id is not None else ""
    kind = delivery.parent_kind or delivery.kind
    return (
        f"Delivery {delivery.id}, {'an edit of a ' if delivery.parent_kind else ''}{kind.value.replace('_', '-')}{of}"
    )


def _to(
    channels: Iterable[str], key: str, payload: Mapping[str, Any], not_before: datetime | None = None
) -> list[NewDelivery]:
    return [
        NewDelivery(
            kind=DeliveryKind.NOTICE,
            channel=channel,
            dedupe_key=f"{key}:{channel}",
            route=ROUTE,
            payload=payload,
            not_before=not_before,
        )
        for channel in dict.fromkeys(channels)
    ]


def _moment(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M} UTC"


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
