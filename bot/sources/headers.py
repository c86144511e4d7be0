"""What response headers mean (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=1)
"""A server may ask for at most this much patience; more is a mistake, and would silence a source."""
_LONGEST_AGE = timedelta(days=7)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_PRINTABLE = re.compile(r"[\x20-\x7e\x80-\xff]{1,1024}")


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Resolve ``Retry-After`` (RFC 9110 section 10.2.3): seconds or a date, between now and a day ahead.

    Returns:
        None when the header is missing, unreadable or already past.
    """
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:9]), 10**8))
    else:
        try:
            at = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return now + min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def max_age(headers: Mapping[str, str]) -> timedelta | None:
    """How long the publisher calls the answer fresh: ``Cache-Control: max-age`` less ``Age``, at most a week."""
    control = headers.get("Cache-Control")
    if control is None or (found := _MAX_AGE.search(control)) is None:
        return None
    age = headers.get("Age", "")
    seconds = int(found[1]) - (int(age[:9]) if age.isascii() and age.isdigit() else 0)
    return min(timedelta(seconds=seconds), _LONGEST_AGE) if seconds > 0 else None


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """``ETag`` or ``Last-Modified``, or None when it could not be sent back as it came."""
    value = headers.get(name, "").strip()
    return value if value and _PRINTABLE.fullmatch(value) else None
