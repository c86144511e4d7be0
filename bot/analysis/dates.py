"""Dates as texts say them, resolved against the publication date, with no more precision than was said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

_YEAR = re.compile(r"\b(20\d\d|19\d\d)\b")
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|\.)?(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_AGO = re.compile(
    r"\b(the|a|an|one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (day|week|month|year)s? (?:ago|earlier|before)\b",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
} | {"a": 1, "an": 1, "the": 1}
_SEASONS = ("spring", "summer", "fall", "autumn", "winter")


def resolve(words: str, published: date, months: Mapping[str, int], *, past: bool = False) -> str | None:
    """ISO 8601 date of reduced precision, or None when the words name none.

    `July 1` is the next one from publication on, `last July` the one before it; `next month`, `last year`, `two years ago`
    are counted from publication; a year alone stays a year. ``past`` says that the words recall something.
    """
    lower = words.lower()
    if lower in {"immediately", "today", "sofort"}:
        return published.isoformat()
    relative = _relative(lower, published)
    if relative is not None:
        return relative
    year = _YEAR.search(lower)
    month = next((months[word] for word in _WORD.findall(lower) if word in months), None)
    if month is None:
        month = next(
            (
                number
                for name, number in months.items()
                for word in _WORD.findall(lower)
                if len(word) == 3 and name.startswith(word)
            ),
            None,
        )
    if month is None:
        return year.group() if year else None
    rest = lower.replace(year.group(), "") if year else lower
    day = _DAY.search(rest)
    number = int(day.group(1)) if day else 0
    when = int(year.group()) if year else _nearest_year(month, published, past=past or "last" in lower)
    return f"{when:04}-{month:02}-{number:02}" if _valid(when, month, number) else f"{when:04}-{month:02}"


def _relative(lower: str, published: date) -> str | None:
    ago = _AGO.search(lower)
    if ago:
        count = int(ago.group(1)) if ago.group(1).isdigit() else _NUMBERS.get(ago.group(1), 1)
        return _shift(published, -count, ago.group(2))
    for word, step in (("next", 1), ("last", -1)):
        for unit in ("year", "month", "week"):
            if f"{word} {unit}" in lower:
                return _shift(published, step, unit)
        if word == "last" and any(f"last {season}" in lower for season in _SEASONS):
            return str(published.year if published.month > 6 else published.year - 1)
    if "earlier this year" in lower or "this year" in lower:
        return str(published.year)
    if "earlier this month" in lower:
        return f"{published.year:04}-{published.month:02}"
    return None


def _shift(published: date, count: int, unit: str) -> str:
    if unit == "year":
        return str(published.year + count)
    if unit == "month":
        total = published.year * 12 + published.month - 1 + count
        return f"{total // 12:04}-{total % 12 + 1:02}"
    days = count * (7 if unit == "week" else 1)
    try:
        shifted = date.fromordinal(published.toordinal() + days)
    except (ValueError, OverflowError):
        return published.isoformat()
    return f"{shifted.year:04}-{shifted.month:02}" if unit == "week" else shifted.isoformat()


def _nearest_year(month: int, published: date, *, past: bool) -> int:
    if past:
        return published.year if month <= published.month else published.year - 1
    return published.year if month >= published.month else published.year + 1


def _valid(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
