"""Small values of configuration files: time spans, dates, addresses, channels, schedules.

Each function takes what stands in the file and gives the value, or raises ``ValueError`` with the words that follow the
key's name in the message: what is wrong; what to write.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from bot.config.explain import closest, unknown_value
from bot.config.yaml12 import shorten
from bot.model import Quiet, Schedule

T = TypeVar("T")

TERMINAL = "terminal:"
"""Prefix of the channel that stands in where `${SLACK_CHANNEL}` is not set and there is no token to post with."""

MAX_SPAN = timedelta(days=366)

_SPAN = re.compile(r"([0-9]{1,9})\s*([a-z]*)", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SIZES = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_CHANNEL = re.compile(r"[CGD][A-Z0-9]{8,}")
_USER = re.compile(r"[UW][A-Z0-9]{8,}")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_RANGE = re.compile(r"\s*[-–—]\s*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CATEGORY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PLACE = re.compile(r"(?:[A-Z]{2}(?:-[A-Z0-9]{1,3})?)(?:/\S.*)?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MAX_URL = 2048


def span(value: Any) -> timedelta:
    """`5s`, `15m`, `2h`, `1d`, `2w`.

    >>> span("90m")
    datetime.timedelta(seconds=5400)
    """
    if isinstance(value, timedelta):
        return value
    written = shorten(str(value))
    match = _SPAN.fullmatch(written)
    if match and not match[2]:
        raise ValueError(f'"{written}" has no unit; write {written}s, {written}m, {written}h or {written}d')
    if not match or match[2].lower()[:1] not in _UNITS or (len(match[2]) > 1 and match[2].lower() not in _UNITS):
        guess = f"{match[1]}{match[2][0].lower()}" if match and match[2][0].lower() in _UNITS else "15m"
        raise ValueError(f'"{written}" is no time span; write a number with s, m, h or d, like {guess}')
    result = timedelta(**{_UNITS[match[2].lower()]: int(match[1])})
    if not timedelta(0) < result <= MAX_SPAN:
        raise ValueError(f'"{written}" is out of range; write at least 1s and at most {MAX_SPAN.days}d')
    return result


def span_text(value: timedelta) -> str:
    """A time span as people write it.

    >>> span_text(timedelta(minutes=90)), span_text(timedelta(days=1))
    ('90m', '1d')
    """
    seconds = int(value.total_seconds())
    size, unit = next((size, unit) for size, unit in _SIZES if seconds % size == 0)
    return f"{seconds // size}{unit}"


def moment(value: Any) -> datetime:
    """A date (its first moment in UTC) or a date with time; without an offset it is meant in UTC."""
    if isinstance(value, datetime):
        return value
    written = shorten(str(value))
    try:
        if len(written) <= len("2026-11-01"):
            found = datetime.combine(date.fromisoformat(written), time.min)
        else:
            found = datetime.fromisoformat(written)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f'"{written}" is no date; write it like 2026-11-01 or 2026-11-01T09:00:00Z') from None


def source_id(value: Any) -> str:
    """Stable name of a source; it stands in commands, addresses and the database."""
    written = str(value)
    if _ID.fullmatch(written):
        return written
    better = re.sub(r"[^a-z0-9._-]+", "-", written.lower()).strip("-._")[:64]
    advice = f'write "{better}"' if better else "write it like ms-on-the-issues"
    raise ValueError(
        f'"{shorten(written)}" has characters other than letters, digits, ".", "_", "-", or more than 64; {advice}'
    )


def address(value: Any) -> str:
    """An absolute http or https address."""
    written = str(value)
    shown = shorten(written, 100)
    if any(mark.isspace() or not mark.isprintable() for mark in written):
        raise ValueError(
            f'"{shown}" has a space or control character in it; write the address without (a space is %20)'
        )
    try:
        parts = urlsplit(written)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(f'"{shown}" is no address; write one like https://example.org/feed.xml') from None
    if parts.scheme not in ("http", "https"):
        return _without_scheme(written, shown, parts.scheme)
    if not host:
        raise ValueError(f'"{shown}" names no host; write one like https://example.org/feed.xml')
    if len(written) > _MAX_URL:
        raise ValueError(f'"{shown}" is longer than {_MAX_URL} characters; shorten it')
    return written


def _without_scheme(written: str, shown: str, scheme: str) -> str:
    if "://" in written or scheme in ("file", "javascript", "data", "mailto", "feed"):
        rest = written.split(":", 1)[1].lstrip("/")
        hint = f"https://{shorten(rest, 80)}" if scheme == "feed" else "an address that begins with https:// or http://"
        raise ValueError(f'"{shown}" begins with "{scheme}:", which is not fetched; write {hint}')
    raise ValueError(f'"{shown}" lacks its beginning; write "https://{shorten(written.lstrip("/"), 80)}"')


def channel(value: Any) -> str:
    """A Slack conversation id. Names are refused: they change, and finding one would need every channel's list."""
    written = str(value)
    if _CHANNEL.fullmatch(written) or written.startswith(TERMINAL):
        return written
    shown = shorten(written)
    where = "(Slack: channel name → About → bottom)"
    if _CHANNEL.fullmatch(written.upper()):
        raise ValueError(f'"{shown}" has small letters; write "{written.upper()}"')
    if _USER.fullmatch(written):
        raise ValueError(f'"{shown}" is a person; write the id of a channel, like C0123456789 {where}')
    if "/archives/" in written:
        found = re.search(r"/archives/([CGD][A-Z0-9]{8,})", written)
        raise ValueError(f'"{shown}" is a link; write {found[1] if found else "its last part"}')
    raise ValueError(f'"{shown}" is a name; write its id, like C0123456789 {where}')


def person(value: Any) -> str:
    """A Slack user id."""
    written = str(value)
    if _USER.fullmatch(written):
        return written
    raise ValueError(
        f'"{shorten(written)}" is no Slack user id; write it like U0123456789 (profile → ⋮ → Copy member ID)'
    )


def language(value: Any) -> str:
    """A language code such as `en` or `pt-BR`."""
    written = str(value)
    if _LANGUAGE.fullmatch(written):
        return written
    raise ValueError(f'"{shorten(written)}" is no language code; write two small letters, like en, fr or pt-BR')


def category(value: Any) -> str:
    """Kind of publisher, one word."""
    written = str(value)
    if _CATEGORY.fullmatch(written):
        return written
    better = re.sub(r"[^a-z0-9]+", "_", written.lower()).strip("_") or "trade_press"
    raise ValueError(f'"{shorten(written)}" is not one word of small letters; write "{better}"')


def place(value: Any) -> str:
    """A jurisdiction as a code: `US`, `US-CA`, `EU`, `US-CA/San Francisco`."""
    written = str(value)
    if written in ("UK", "UK-ENG"):
        raise ValueError(f'"{written}" is no ISO 3166 code; write "{written.replace("UK", "GB")}"')
    if _PLACE.fullmatch(written):
        return written
    if _PLACE.fullmatch(written.upper()) and "/" not in written:
        raise ValueError(f'"{shorten(written)}" has small letters; write "{written.upper()}"')
    raise ValueError(
        f'"{shorten(written)}" is no code of a place; write ISO 3166, like US, US-CA, EU or US-CA/San Francisco'
    )


def schedule(value: Any) -> Schedule:
    """`now`, `daily 09:00 Europe/Brussels`, `weekly mon 09:00 America/New_York`; without a zone UTC is meant.

    >>> schedule("weekly fri 16:30 Europe/Brussels").weekday
    4
    """
    if isinstance(value, Schedule):
        return value
    words = str(value).split()
    kind = words[0].lower() if words else ""
    if kind == "now" and len(words) == 1:
        return Schedule()
    expected = {"daily": (2, 3), "weekly": (3, 4)}.get(kind)
    if expected is None or len(words) not in expected:
        raise ValueError(
            f'"{shorten(str(value))}" is no schedule; write now, daily 09:00 Europe/Brussels or weekly mon 09:00 Europe/Brussels'
        )
    zone = words[expected[0]] if len(words) == expected[1] else "UTC"
    mistakes = _Mistakes()
    weekday = mistakes.of(_weekday, words[1], 0) if kind == "weekly" else 0
    hour, minute = mistakes.of(_clock, words[expected[0] - 1], (0, 0))
    zone = mistakes.of(_zone, zone, "UTC")
    mistakes.tell()
    return Schedule("daily" if kind == "daily" else "weekly", hour, minute, weekday, zone)


def schedule_text(value: Schedule) -> str:
    """A schedule as people write it."""
    if value.kind == "now":
        return "now"
    day = f" {_DAYS[value.weekday]}" if value.kind == "weekly" else ""
    return f"{value.kind}{day} {value.hour:02}:{value.minute:02} {value.zone}"


def quiet(value: Any) -> Quiet | None:
    """`22:00-07:00 Europe/Brussels`, over midnight where the end is earlier; without a zone UTC is meant, empty is none.

    >>> quiet("22:00-07:00 Europe/Brussels").zone
    'Europe/Brussels'
    """
    if value is None or isinstance(value, Quiet):
        return value
    written = shorten(str(value))
    words = _RANGE.sub("-", str(value).strip()).split()
    times = words[0].split("-") if words else []
    if len(words) not in (1, 2) or len(times) != 2:
        raise ValueError(
            f'"{written}" is no time of the day; write a start and an end, like 22:00-07:00 Europe/Brussels'
        )
    mistakes = _Mistakes()
    (hour, minute), (to_hour, to_minute) = (mistakes.of(_clock, word, (0, 0)) for word in times)
    zone = mistakes.of(_zone, words[1], "UTC") if len(words) == 2 else "UTC"
    mistakes.tell()
    start, end = time(hour, minute), time(to_hour, to_minute)
    if start == end:
        raise ValueError(
            f'"{written}" ends when it begins; write two different times, like 22:00-07:00 Europe/Brussels'
        )
    return Quiet(start, end, zone)


def quiet_text(value: Quiet | None) -> str:
    """Quiet hours as people write them."""
    return "" if value is None else f"{value.start:%H:%M}-{value.end:%H:%M} {value.zone}"


class _Mistakes:
    """The mistakes of a value with several parts, told together."""

    def __init__(self) -> None:
        self._said: list[str] = []

    def of(self, read: Callable[[str], T], word: str, otherwise: T) -> T:
        """Read a part; ``otherwise`` stands in for one that is wrong."""
        try:
            return read(word)
        except ValueError as error:
            self._said.append(str(error))
            return otherwise

    def tell(self) -> None:
        """Raise what was wrong, if anything was."""
        if self._said:
            raise ValueError("; it ".join(self._said))


def _weekday(word: str) -> int:
    for names in (_DAYS, _FULL_DAYS):
        if word.lower() in names:
            return names.index(word.lower())
    raise ValueError(f"has the day {unknown_value(word, _DAYS)}")


def _clock(word: str) -> tuple[int, int]:
    match = _CLOCK.fullmatch(word)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return int(match[1]), int(match[2])
    raise ValueError(f'has the time "{shorten(word)}"; write hours and minutes from 00:00 to 23:59, like 09:00')


def _zone(word: str) -> str:
    try:
        return ZoneInfo(word).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = available_timezones()
    exact = next((name for name in known if name.lower() == word.lower()), None)
    guess = exact or closest(word.replace(" ", "_"), known) or _by_city(word, known)
    advice = f'write "{guess}"' if guess else "write a name like Europe/Brussels"
    raise ValueError(f'has the time zone "{shorten(word)}", which is unknown; {advice}')


def _by_city(word: str, known: set[str]) -> str | None:
    """The zone of a city: `Brussels` -> `Europe/Brussels`."""
    return next((name for name in sorted(known) if name.rsplit("/", 1)[-1].lower() == word.lower()), None)
