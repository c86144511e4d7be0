"""Commands, filters and schedules as people type them: what :func:`bot.slack.commands.parse` understands again. Pure."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.model import Filters, Quiet, Schedule
from bot.slack.asks import DEFAULT_COUNT, Ask

FILTERED = frozenset({"recent", "search", "subscribe", "unsubscribe"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def write(ask: Ask) -> str:
    """Return the command as text that :func:`parse` understands in the same way."""
    parts: list[str] = [ask.verb]
    if ask.verb == "recent" and ask.count != DEFAULT_COUNT:
        parts.append(str(ask.count))
    if ask.subject:
        parts.append(f'"{ask.subject}"' if " " in ask.subject and ask.verb not in {"search", "help"} else ask.subject)
    if ask.verb in FILTERED:
        parts += filter_words(ask.filters)
    if ask.since:
        parts.append(f"since:{length_word(ask.since)}")
    parts += _sending(ask)
    if ask.lasting is not None and ask.verb in {"mute", "snooze"}:
        parts.append(length_word(ask.lasting) if ask.lasting else "off")
    if ask.offset:
        parts.append(f"offset:{ask.offset}")
    if ask.share:
        parts.append("share")
    return " ".join(parts)


def filter_words(filters: Filters) -> list[str]:
    """Return filters as they are typed."""
    pairs = (
        ("actor", filters.actors), ("action", filters.actions), ("in", filters.jurisdictions),
        ("target", filters.targets), ("stage", filters.stages), ("category", filters.categories),
    )  # fmt: skip
    words = [
        f'{key}:"{value}"' if re.search(r"\s", value) else f"{key}:{value}" for key, values in pairs for value in values
    ]
    return [*words, f"score:{filters.min_score:g}"] if filters.min_score is not None else words


def _sending(ask: Ask) -> list[str]:
    """When and how a subscription sends."""
    parts = [schedule_words(ask.schedule)] if ask.schedule else []
    if ask.group != "news":
        parts.append(f"by:{ask.group}")
    if ask.quiet:
        parts.append(f'quiet:"{quiet_words(ask.quiet)}"')
    return parts if ask.thread else [*parts, "thread:no"]


def quiet_words(quiet: Quiet) -> str:
    """Return `22:00-07:00 Europe/Brussels`, as in `alerts.yaml`."""
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M} {quiet.zone}"


def length_word(length: timedelta) -> str:
    """Return `7d` or `12h`."""
    hours = int(length.total_seconds() // 3_600)
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"


def schedule_words(schedule: Schedule) -> str:
    """Return `weekly mon 09:00 Europe/Brussels`, as in `alerts.yaml`."""
    if schedule.kind == "now":
        return "now"
    day = f" {DAYS[schedule.weekday]}" if schedule.kind == "weekly" else ""
    return f"{schedule.kind}{day} {schedule.hour:02d}:{schedule.minute:02d} {schedule.zone}"
