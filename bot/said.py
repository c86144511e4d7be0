"""What an entry says, as one fingerprint: whatever its id, link, dates and counters (pure).

By it an item is known again that its source publishes once more under another id, and one whose words were edited. It is
taken where an entry is read, which may be another process, and compared where entries are stored.
"""

from __future__ import annotations

import hashlib
import re

FEWEST_WORDS = 4
"""A title and text of fewer words ("Press release") says too little to recognise an entry by."""

_AGO = r"(?:\d+|an?)\s+(?:seconds?|minutes?|mins?|hours?|hrs?|days?)\s+ago\b"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_MOMENT = rf"(?:{_MONTH}\s+)?\d[\d:./,t-]*(?:\s+{_MONTH})?(?:\s+(?:at\s+)?\d[\d:./,t-]*)*(?:\s*(?:am|pm|utc|gmt)\b)?"
_COUNTERS = re.compile(
    r"[0-9](?<!\w\w)[\d.,]*k?\s+(?:comments?|repl(?:y|ies)|views?|shares?|likes?|reads?|responses)\b"
)
_COMMENTS = re.compile(r"\bcomments?\s*\(\d+\)")
_CHANGES = re.compile(rf"\b(?:last\s+)?(?:updated|modified)(?:\s+(?:on|at))?:?\s+(?:{_AGO}|{_MOMENT})")
_AGES = re.compile(rf"\b{_AGO}")


def said(title: str, text: str) -> bytes | None:
    """Fingerprint a title and a text (SHA-256); None when they say too little."""
    words = _without_counters(f"{title} {text}".casefold()).split()
    if len(words) < FEWEST_WORDS:
        return None
    encoded = " ".join(words).encode("utf-8", "surrogatepass")
    return hashlib.sha256(len(encoded).to_bytes(8, "big") + encoded).digest()


def _without_counters(words: str) -> str:
    """Without what changes by itself on a page that nobody edits: counters, ages, the moment of the last change.

    ``words`` are in small letters. Each expression is tried only where it can match: this runs for every entry.
    """
    words = _COUNTERS.sub(" ", words)
    for sign, volatile in (("comment", _COMMENTS), ("updated", _CHANGES), ("modified", _CHANGES), (" ago", _AGES)):
        if sign in words:
            words = volatile.sub(" ", words)
    return words
