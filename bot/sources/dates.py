"""Dates as publishers write them (pure).

feedparser reads the common ones. What it misses or misreads is read here: zone names it does not know (``CET`` would
become UTC), ``p.m.``, month names of other languages, and home-made formats. A date that could be day/month or month/day
is no date: first sight is used instead, which can be late but not wrong by half a year.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime, timedelta, timezone

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)

_ZONES: dict[str, float] = {
    "utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "cet": 1, "met": 1, "bst": 1, "west": 1, "cest": 2, "mest": 2, "mez": 1,
    "mesz": 2, "eet": 2, "sast": 2, "eest": 3, "msk": 3, "gst": 4, "pkt": 5, "ist": 5.5, "ict": 7, "wib": 7, "hkt": 8,
    "sgt": 8, "pht": 8, "awst": 8, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "brt": -3, "art": -3, "nst": -3.5, "adt": -3, "ast": -4, "edt": -4, "est": -5, "et": -5, "cdt": -5, "cst": -6, "ct": -6,
    "mdt": -6, "mst": -7, "mt": -7, "pdt": -7, "pst": -8, "pt": -8, "akdt": -8, "akst": -9, "hst": -10,
}  # fmt: skip
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv enero ene gennaio gen januari janeiro styczen januar jänner",
            "feb févr fév fevr febrero febbraio februari fevereiro",
            "mar mars märz maerz mrz marzo maart mrt março mär",
            "apr avr abril abr aprile april avril",
            "may mai mayo maggio mag mei maio",
            "jun juin junio giugno giu juni junho",
            "jul juil juillet julio luglio lug juli julho",
            "aug août aout agosto ago augustus",
            "sep sept septiembre settembre set setembro",
            "oct okt octubre ottobre ott oktober outubro out",
            "nov novembre noviembre novembro",
            "dec dez déc diciembre dic dicembre december dezember dezembro décembre",
        ),
        start=1,
    )
    for name in names.split()
}
_WORD = re.compile(r"[^\W\d_]{3,12}")
_CLOCK = re.compile(r"\b(\d{1,2})[:h](\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap])?\.?(?:m\b\.?)?", re.IGNORECASE)
_HOUR_ONLY = re.compile(r"\b(\d{1,2})\s*([ap])\.?m\b", re.IGNORECASE)
_OFFSET = re.compile(r"(?:gmt|utc)?\s*([+-])(\d{2}):?(\d{2})\b", re.IGNORECASE)
_ZONE = re.compile(r"\b([A-Za-z]{1,4})\b[).]?\s*$")
_YEAR_FIRST = re.compile(r"\b(\d{4})\s*[./年-]\s*(\d{1,2})\s*[./月-]\s*(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\b")
_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?=\D|$)")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_FEEDPARSER_KNOWS = frozenset(
    [
        "ut",
        "gmt",
        "utc",
        "z",
        "adt",
        "ast",
        "edt",
        "est",
        "et",
        "cdt",
        "cst",
        "ct",
        "mdt",
        "mst",
        "mt",
        "pdt",
        "pst",
        "pt",
        "met",
        "mest",
    ]
)
_MISREAD = re.compile(
    r"^\s*\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})\b|\d年|^\d{4}-?W\d|^\d{8}T\d|:\d{2}\s*[+-](?:1[5-9]|[2-9]\d):?\d{2}$|\d\s*[ap]\.?m\b|\b(?:"
    + "|".join(zone for zone in _ZONES if zone not in _FEEDPARSER_KNOWS)
    + r")\b\.?\)?\s*$",
    re.IGNORECASE,
)


def from_feedparser(raw: str, parsed: time.struct_time | None, now: datetime) -> datetime | None:
    """Use feedparser's reading unless it is known to misread such a text, or gives what cannot be right; clamped."""
    at = None
    if parsed is not None and _MISREAD.search(raw) is None:
        try:
            at = clamp(datetime.fromtimestamp(calendar.timegm(parsed), UTC), now)
        except (ValueError, OverflowError, OSError):
            at = None
    return at or parse(raw, now)


def parse(text: object, now: datetime) -> datetime | None:
    """Read one date.

    Args:
        text: as published; numbers are seconds (or milliseconds) since 1970.
        now: the fetch, which later dates are measured against.

    Returns:
        UTC, or None when it cannot be read, is ambiguous, before 1990, or more than a day ahead.
    """
    if isinstance(text, bool) or text is None:
        return None
    try:
        return clamp(_read(" ".join(str(text)[:100].split())), now)
    except (ValueError, OverflowError, OSError):
        return None


def clamp(at: datetime | None, now: datetime) -> datetime | None:
    """None for a date that cannot be right: before 1990, or more than a day after the fetch."""
    if at is None:
        return None
    try:
        aware = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        return None
    return aware if _EARLIEST <= aware <= now + _AHEAD else None


def _read(text: str) -> datetime | None:
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{12,13}", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 10**11 else seconds, UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    day = _day_of(text)
    if day is None:
        return None
    hour, minute, second = _clock_of(text)
    return datetime(*day, hour, minute, second, tzinfo=_zone_of(text))


def _day_of(text: str) -> tuple[int, int, int] | None:
    if found := _YEAR_FIRST.search(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.search(text):
        first, second, year = int(found[1]), int(found[3]), _full_year(found[4])
        if found[2] == "." or first > 12 or first == second:
            return year, second, first
        return (year, first, second) if second > 12 else None
    return _day_with_month_name(text)


def _day_with_month_name(text: str) -> tuple[int, int, int] | None:
    for word in _WORD.finditer(text):
        name = word[0].lower()
        month = MONTHS.get(name) or (MONTHS.get(name[:3]) if name.isascii() and _english(name) else None)
        if month is None:
            continue
        rest = _CLOCK.sub(" ", text[: word.start()] + " " + text[word.end() :])
        rest = _OFFSET.sub(" ", rest)
        year = _YEAR.search(rest)
        days = _DAY.findall(_YEAR.sub(" ", rest))
        if year is not None:
            return int(year[0]), month, int(days[0]) if days else 1
        return (_full_year(days[1]), month, int(days[0])) if len(days) > 1 else None
    return None


def _english(name: str) -> bool:
    return any(month.lower().startswith(name) for month in calendar.month_name[1:])


def _full_year(digits: str) -> int:
    year = int(digits)
    if year >= 100:
        return year
    return year + (1900 if year >= 70 else 2000)


def _clock_of(text: str) -> tuple[int, int, int]:
    if found := _CLOCK.search(text):
        hour, minute, second = int(found[1]), int(found[2]), min(int(found[3] or 0), 59)
        half = (found[4] or "").lower()
    elif found := _HOUR_ONLY.search(text):
        hour, minute, second, half = int(found[1]), 0, 0, found[2].lower()
    else:
        return 0, 0, 0
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute, second


def _zone_of(text: str) -> timezone:
    clock = _CLOCK.search(text)
    tail = text[clock.end() :] if clock else text
    if clock and (found := _OFFSET.search(tail)):
        minutes = int(found[2]) * 60 + int(found[3])
        return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
    if (found := _ZONE.search(tail)) and (hours := _ZONES.get(found[1].lower())) is not None:
        return timezone(timedelta(hours=hours))
    return UTC
