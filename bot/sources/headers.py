"""What response headers mean (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

LONGEST_WAIT = timedelta(days=1)
"""A server may ask for at most this much patience; more is a mistake, and would silence a source."""
_LONGEST_AGE = timedelta(days=7)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_EMPTY = (b"\r\n", b"\n")
_PRINTABLE = re.compile(r"[\x20-\x7e\x80-\xff]{1,1024}")


class Found(Protocol):
    """Headers: a mapping of names to values, or a :class:`Head`."""

    def get(self, name: str, default: str, /) -> str:
        """The value, or ``default``."""


class Head:
    """Status and headers of an answer, by names in any case. Of a header that comes several times the first counts.

    Args:
        lines: as received, each with its line end. Heads of interim answers may stand before it, trailers behind it.
    """

    __slots__ = ("_found", "complete", "status")

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.status = 0
        """0: no status line came. 1xx: only interim answers."""
        self.complete = False
        """Whether the empty line behind the headers was reached."""
        self._found: dict[bytes, bytes] = {}
        first, ours = True, False
        for line in lines:
            if first:
                first = False
                if ours := line[:5] == b"HTTP/":
                    self.status, self.complete, self._found = _status(line), False, {}
            elif line in _EMPTY:
                first = True
                self.complete |= ours
            elif ours:
                name, _, value = line.partition(b":")
                self._found.setdefault(name.lower(), value)

    def get(self, name: str, default: str = "") -> str:
        """The value as text; what is not UTF-8 becomes surrogates, so that it goes back as it came."""
        value = self._found.get(name.lower().encode())
        return default if value is None else value.strip().decode("utf-8", "surrogateescape")


def _status(line: bytes) -> int:
    code = line.split(None, 2)[1:2]
    return int(code[0]) if code and code[0].isdigit() else 0


def retry_after(headers: Found, now: datetime) -> datetime | None:
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


def max_age(headers: Found) -> timedelta | None:
    """How long the publisher calls the answer fresh: ``Cache-Control: max-age`` less ``Age``, at most a week."""
    control = headers.get("Cache-Control", "")
    if not control or (found := _MAX_AGE.search(control)) is None:
        return None
    age = headers.get("Age", "")
    seconds = int(found[1]) - (int(age[:9]) if age.isascii() and age.isdigit() else 0)
    return min(timedelta(seconds=seconds), _LONGEST_AGE) if seconds > 0 else None


def validator(headers: Found, name: str) -> str | None:
    """``ETag`` or ``Last-Modified``, or None when it could not be sent back as it came."""
    value = headers.get(name, "").strip()
    return value if value and _PRINTABLE.fullmatch(value) else None
