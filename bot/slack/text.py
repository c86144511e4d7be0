"""Text as Slack and people may safely have it: cleaned, measured, shortened. Pure.

Everything that comes from a feed passes through :func:`clean` once, and then only into ``plain_text`` and
``rich_text`` elements, which Slack does not parse as markup. The top-level ``text`` of a message is the one place
that Slack parses; :func:`escape` makes mentions and links in it inert.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

ELLIPSIS = "…"

_HIDDEN = re.compile(
    "["
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # C0 and C1 controls, except tab and line ends
    "\u00ad\u180e\u200b\u2060\ufeff"  # invisible separators that hide words from readers and from search
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates: they re-order what people read
    "\u206a-\u206f\ufff9-\ufffb"  # deprecated format characters, interlinear annotation
    "\ud800-\udfff"  # lone surrogates cannot be encoded
    "\ufdd0-\ufdef\ufffe\uffff"  # non-characters
    "\U000e0000-\U000e007f"  # tag characters: invisible text
    "]"
)
_TERMINAL = re.compile("\u001b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\u0007\u001b]*(?:\u0007|\u001b\\\\)?|[@-Z\\\\^_])")
"""Whole control sequences (colours, window titles), so that nothing of them stays behind as text."""
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PILED = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
"""More marks on one letter than any language uses: they would run over the lines above and below."""
_SPACE = re.compile(r"\s+")
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

MAX_URL = 2_000
"""Longest address that becomes a button (Slack takes 3,000)."""
MAX_LINK = 500
"""Longest address of a link within text: several of them must fit into one message."""


def clean(text: str | None) -> str:
    """Return one line of visible text: no control, bidirectional-override or invisible characters, single spaces."""
    visible = _HIDDEN.sub("", _TERMINAL.sub("", text or ""))
    return _SPACE.sub(" ", _PILED.sub(r"\1", visible)).strip()


def measure(text: str) -> int:
    """Return the length as the strictest counter could see it: UTF-16 units, with ``&``, ``<`` and ``>`` escaped."""
    units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def shorten(text: str, limit: int) -> str:
    """Return ``text`` if it measures at most ``limit``, else its beginning, cut at a word, with an ellipsis.

    The cut never separates a character from its combining marks or joins.
    """
    if measure(text) <= limit:
        return text
    room = limit - 1
    end = 0
    used = 0
    for char in text[:limit]:
        used += measure(char)
        if used > room:
            break
        end += 1
    while 0 < end < len(text) and _continues(text, end):
        end -= 1
    head = text[:end]
    if end < len(text) and not text[end].isspace():
        space = max(head.rfind(" "), head.rfind("\n"))
        if space >= end * 0.6:
            head = head[:space]
    return (head.rstrip(" \n,;:–—-(") or head[:1]) + ELLIPSIS if room > 0 else ""


def _continues(text: str, index: int) -> bool:
    """Tell whether the character at ``index`` belongs to the one before it."""
    char = text[index]
    return (
        char in _JOINERS
        or text[index - 1] == "\u200d"
        or bool(unicodedata.combining(char))
        or unicodedata.category(char) in {"Mn", "Me"}
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def one_line(text: str | None, limit: int) -> str:
    """Clean and shorten: what nearly every field of a message needs."""
    return shorten(clean(text), limit)


def join_short(parts: Iterable[str], separator: str, limit: int) -> str:
    """Join cleaned parts, dropping those that are empty and shortening the whole to ``limit``."""
    return shorten(separator.join(filter(None, map(clean, parts))), limit)


def escape(text: str) -> str:
    """Make text inert for Slack's mrkdwn parser: mentions and links need ``<``, entities need ``&``."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo :func:`escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def safe_url(url: str | None, limit: int = MAX_URL) -> str | None:
    """Return an address that may become a link, else None: absolute http(s), printable, of bounded length."""
    candidate = (url or "").strip()
    if not candidate or measure(candidate) > limit or not candidate.isprintable() or _HIDDEN.search(candidate):
        return None
    if any(char in candidate for char in ' <>"|\\^`{}'):
        return None
    try:
        parts = urlsplit(candidate)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return candidate


def host_of(url: str | None) -> str:
    """Return the host that a reader recognises, without ``www.``; empty when the address is no safe link."""
    safe = safe_url(url)
    host = urlsplit(safe).hostname if safe else ""
    return (host or "").removeprefix("www.")


def place(code: str, names: Mapping[str, str]) -> str:
    """Return the name of a jurisdiction: ``US-CA/San Francisco`` becomes ``San Francisco, California``."""
    if code in names:
        return clean(names[code])
    if "/" in code:
        parent, local = code.split("/", 1)
        return f"{clean(local)}, {place(parent, names)}"
    if "-" in code and (country := names.get(code.split("-", 1)[0])):
        return f"{clean(code)} ({clean(country)})"
    return clean(code)


def short_place(code: str, names: Mapping[str, str]) -> str:
    """Return what lists have room for: ``US``, ``UK``, ``EU``, and names of what lies below a country."""
    if re.fullmatch(r"[A-Z]{2}", code):
        return "UK" if code == "GB" else code
    return place(code, names)


def places(codes: Iterable[str], names: Mapping[str, str], *, most: int = 3) -> str:
    """Return the names of at most ``most`` jurisdictions, and how many more there are."""
    all_names = [place(code, names) for code in codes]
    more = f" +{len(all_names) - most}" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more


def day(moment: datetime) -> str:
    """Return a date as people read it: ``11 Jun 2020``. The month's name does not depend on the locale."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def short_day(moment: datetime) -> str:
    """Return a date without its year: ``11 Jun``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


def clock(moment: datetime) -> str:
    """Return the time of day with its zone: ``18:04 UTC``."""
    zone = moment.tzname() or "UTC"
    return f"{moment:%H:%M} {zone}"


def weekday_clock(moment: datetime) -> str:
    """Return ``Tue 09:10`` for recent moments in messages to operators."""
    return f"{_DAYS[moment.weekday()]} {moment:%H:%M}"


def iso_day(value: str | None) -> str:
    """Return an ISO 8601 date of full or reduced precision as people read it: ``2020-07`` becomes ``Jul 2020``."""
    text = clean(value)
    found = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text)
    if not found:
        return text
    year, month, date = found.groups()
    if not month or not 1 <= int(month) <= len(_MONTHS):
        return year
    name = f"{_MONTHS[int(month) - 1]} {year}"
    return f"{int(date)} {name}" if date else name


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago in one unit: ``2 min ago``, ``3 h ago``, ``5 days ago``."""
    return f"{span(now - then)} ago" if now - then >= timedelta(minutes=1) else "just now"


def span(length: timedelta) -> str:
    """Return a length of time in one unit: ``45 s``, ``2 min``, ``3 h``, ``5 days``."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3_600:
        return f"{seconds // 60} min"
    if seconds < 86_400 * 2:
        return f"{seconds // 3_600} h"
    return f"{seconds // 86_400} days"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return ``1 source`` or ``42 sources``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; a naive moment is a defect of the caller."""
    if moment.tzinfo is None:
        message = "a naive datetime has no place in a message"
        raise ValueError(message)
    return moment.astimezone(UTC)
