"""Single values as people type them after `/policywatch`: lengths of time, filters, places, sources, schedules. Pure.

What cannot be understood is a :class:`Mistake`: one sentence that says what is accepted, and an example that works.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.model import TARGETS, Action, Filters, Quiet, Schedule, Stage
from bot.slack.asks import Verb, Vocabulary, Wrong
from bot.slack.text import one_line
from bot.slack.writing import DAYS, schedule_words

EXAMPLES: dict[str, str] = {
    "help": "help",
    "recent": "recent in:EU since:30d",
    "search": "search Rekognition police",
    "show": "show s12",
    "stance": "stance Microsoft",
    "timeline": "timeline Amazon",
    "why": "why https://example.org/article",
    "sources": "sources",
    "status": "status",
    "mute": "mute example-post 7d",
    "unmute": "unmute example-post",
    "muted": "muted",
    "subscribe": "subscribe in:EU action:ban daily 09:00 Europe/Brussels",
    "unsubscribe": "unsubscribe",
    "digest": "digest now",
    "snooze": "snooze 3d",
}

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

LONGEST = {"since": timedelta(days=365), "mute": timedelta(days=365), "snooze": timedelta(days=30)}

SHORTEST = timedelta(hours=1)
LENGTH = re.compile(r"(\d{1,5})\s?(h|hours?|d|days?|w|weeks?)")


class Mistake(Exception):
    """Carries a :class:`Wrong` out of the depths of the grammar."""

    def __init__(self, message: str, example: str = "") -> None:
        super().__init__(message)
        self.wrong = Wrong(message, example)


def duration(value: str, what: str, example: str) -> timedelta:
    """Read `12h`, `7d`, `2w`, `3 days` within the range of ``what`` (since, mute, snooze)."""
    longest = LONGEST[what]
    found = LENGTH.fullmatch(value)
    length = int(found[1]) * _UNITS[found[2][0]] if found else timedelta(0)
    if not SHORTEST <= length <= longest:
        raise Mistake(
            f"“{one_line(value, 20)}” is no length I can use: from 1h to {longest.days}d, like 12h, 7d or 2w.", example
        )
    return length


def read_filters(options: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> Filters:
    """Read the values of `actor:`, `in:` and the others."""
    return Filters(
        actors=tuple(known_actor(value, vocabulary) for value in options.get("actor", ())),
        actions=tuple(choice("action", value, [a.value for a in Action]) for value in options.get("action", ())),
        jurisdictions=tuple(known_place(value, vocabulary) for value in options.get("in", ())),
        targets=tuple(choice("target", value, TARGETS) for value in options.get("target", ())),
        stages=tuple(choice("stage", value, [s.value for s in Stage]) for value in options.get("stage", ())),
        categories=tuple(choice("category", value, vocabulary.categories) for value in options.get("category", ())),
        min_score=read_score(options["score"][-1]) if "score" in options else None,
    )


def choice(key: str, value: str, known: Sequence[str]) -> str:
    """Read one of a fixed set of words."""
    wanted = value.lower().replace("-", "_")
    for candidate in known:
        if wanted.replace(" ", "_") == candidate.replace(" ", "_"):
            return candidate
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(known) or '(none is configured)'}."
    example = f"recent {key}:{near[0] if near else (known or ['…'])[0]}"
    raise Mistake(f"“{one_line(value, 30)}” is no {key} I know. {hint}", example)


def read_score(value: str) -> float:
    """Read a number from 0 to 1."""
    if not re.fullmatch(r"0?\.\d{1,4}|[01](\.0{1,4})?", value):
        raise Mistake("score: takes a number from 0 to 1.", "recent score:0.8")
    return float(value)


def known_place(value: str, vocabulary: Vocabulary) -> str:
    """Return the code of a place that was typed as a code or a name, in any case."""
    wanted = value.casefold()
    by_name = {name.casefold(): code for code, name in vocabulary.places.items()}
    by_code = {code.casefold(): code for code in vocabulary.places}
    last = {code.casefold().rsplit("/", 1)[-1]: code for code in vocabulary.places if "/" in code}
    found = by_code.get(wanted) or by_name.get(wanted) or last.get(wanted)
    if found:
        return found
    if re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?(/.{1,60})?", value):
        return value  # a well-formed code that the vocabulary does not list yet
    near = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.6)
    name = vocabulary.places[by_name[near[0]]] if near else ""
    hint = f"Did you mean {name}?" if name else "Write a name or code: California, US-CA, EU."
    raise Mistake(
        f"I do not know the place “{one_line(value, 40)}”. {hint}", f'recent in:"{name}"' if name else "recent in:EU"
    )


def known_actor(value: str, vocabulary: Vocabulary) -> str:
    """Return the name as the vocabulary writes it; one that it does not know stays as it was typed."""
    wanted = value.casefold()
    return next((name for name in vocabulary.actors if name.casefold() == wanted), value)


def misspelt(actors: Iterable[str], known: Iterable[str]) -> str:
    """Say so when an actor that nobody knows is nearly one that is known; empty when none is. New names are no mistake."""
    names = {name.casefold(): name for name in known}
    for typed in actors:
        near = difflib.get_close_matches(typed.casefold(), names, n=1, cutoff=0.8)
        if typed.casefold() not in names and near:
            return f"I know no “{one_line(typed, 40)}”; did you mean {names[near[0]]}?"
    return ""


def meant(word: str, vocabulary: Vocabulary) -> str:
    """Return the filter that a word without its key stands for: `in:EU` for `EU`; empty when it stands for none."""
    wanted = word.casefold().strip(",.;")
    places = {code.casefold(): code for code in vocabulary.places} | {
        name.casefold(): name for name in vocabulary.places.values()
    }
    actors = {name.casefold(): name for name in vocabulary.actors}
    for key, values in (
        ("action", {one.value: one.value for one in Action}), ("target", {one: one for one in TARGETS}),
        ("stage", {one.value: one.value for one in Stage}), ("actor", actors), ("in", places),
    ):  # fmt: skip
        if value := values.get(wanted):
            return f'{key}:"{value}"' if " " in value else f"{key}:{value}"
    return ""


def known_source(value: str, vocabulary: Vocabulary, verb: str) -> str:
    """Return the id of a source that was typed by its id or name."""
    wanted = value.casefold()
    for source_id, name in vocabulary.sources.items():
        if wanted in {source_id.casefold(), name.casefold()}:
            return source_id
    near = difflib.get_close_matches(wanted, [source.casefold() for source in vocabulary.sources], n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else "See them with: sources"
    raise Mistake(
        f"I do not know the source “{one_line(value, 40)}”. {hint}", f"{verb} {near[0]}" if near else "sources"
    )


def read_schedule(words: list[str], verb: Verb, vocabulary: Vocabulary) -> Schedule | None:
    """Read `now`, `daily [09:00] [Zone]`, `weekly [mon] [09:00] [Zone]`."""
    if not words or [word.lower() for word in words] == ["now"]:
        return Schedule() if words else None
    kind, *rest = words
    if kind.lower() not in {"daily", "weekly"}:
        said, guess = f"I do not understand “{one_line(kind, 40)}” here.", meant(kind, vocabulary)
        if guess:
            raise Mistake(f"{said} Did you mean {guess}?", f"{verb} {guess}")
        raise Mistake(f"{said} Write now, daily 09:00 or weekly mon 09:00, and filters.", EXAMPLES[verb])
    schedule = Schedule(kind="daily") if kind.lower() == "daily" else Schedule(kind="weekly")
    for word in rest:
        schedule = replace(schedule, **_schedule_part(word, schedule, verb))
    return schedule


def read_quiet(value: str, verb: Verb) -> Quiet:
    """Read `22:00-07:00 Europe/Brussels`, the zone left out for UTC."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)\s?[-–]\s?([01]?\d|2[0-3]):([0-5]\d)(?:\s(\S+))?", value)
    try:
        if (
            found
            and (times := (time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))))
            and times[0] != times[1]
        ):
            return Quiet(*times, ZoneInfo(found[5] or "UTC").key)
    except (ValueError, OSError, LookupError):
        pass  # no zone: said below
    message = "quiet: takes two times that differ, from 00:00 to 23:59, and a time zone."
    raise Mistake(message, f'{verb} quiet:"22:00-07:00 Europe/Brussels"')


def _near_zone(word: str) -> str:
    """Return the time zone that was probably meant: `Europe/Brussels` for `Europe/Bruxelles`, for `brussels`; else empty."""
    zones = available_timezones()
    city = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in sorted(zones) if zone.count("/") == 1}
    wanted = word.casefold().replace(" ", "_")
    if wanted in city:
        return city[wanted]
    near = difflib.get_close_matches(word, zones, n=1, cutoff=0.75) if "/" in word else ()
    return near[0] if near else ""


def _schedule_part(word: str, schedule: Schedule, verb: Verb) -> dict[str, Any]:
    clock = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", word)
    if clock:
        return {"hour": int(clock[1]), "minute": int(clock[2])}
    if schedule.kind == "weekly" and word[:3].lower() in DAYS and word.isalpha():
        return {"weekday": DAYS.index(word[:3].lower())}
    try:
        return {"zone": ZoneInfo(word).key}
    except (ValueError, OSError, LookupError):
        said = f"“{one_line(word, 40)}” is no time, day or time zone."
        if guess := _near_zone(word):
            raise Mistake(
                f"{said} Did you mean {guess}?", f"{verb} {schedule_words(replace(schedule, zone=guess))}"
            ) from None
        message = f"{said} Times go from 00:00 to 23:59, zones look like Europe/Brussels."
        raise Mistake(message, EXAMPLES[verb]) from None
