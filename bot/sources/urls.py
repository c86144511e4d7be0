"""Addresses as text (pure): what may be fetched, how a link becomes absolute, what may be shown."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from bot.sources.guard import BAD_PORTS

MAX_URL = 4096
"""Longest address taken from outside, in characters."""
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\u200b\u2028\u2029\ufeff]")
_SPACE_INSIDE = str.maketrans({" ": "%20", "\t": "", "\n": "", "\r": "", '"': "%22", "<": "%3C", ">": "%3E", "\\": "/"})


def problem(url: str) -> str | None:
    """Say in a few words why ``url`` cannot be fetched, or None when it can."""
    if len(url) > MAX_URL:
        return f"is longer than {MAX_URL} characters"
    if _UNSAFE.search(url):
        return "holds spaces or control characters"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is not valid"
    wrong = None
    if parts.scheme.lower() not in {"http", "https"}:
        wrong = f"has the scheme {parts.scheme[:20]!r}, and only http and https are fetched"
    elif not parts.hostname:
        wrong = "names no host"
    elif port in BAD_PORTS:
        wrong = f"has port {port}, which is not a web port"
    return wrong


def absolute(link: str | None, base: str) -> str | None:
    """Make a link from a document an absolute http(s) address, or None when it is not one.

    Args:
        link: as written, possibly relative, with stray white space or unescaped spaces.
        base: the address of the document.
    """
    if not link:
        return None
    text = link.strip()
    if _UNSAFE.search(text) or "\\" in text or "<" in text or ">" in text or '"' in text:
        text = _UNSAFE.sub("", text.translate(_SPACE_INSIDE)).strip()  # what went may have stood around white space
    if not text or text.startswith("#"):
        return None
    try:
        joined = text if text.startswith(("https://", "http://")) else urljoin(base, text)
        parts = urlsplit(joined)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(joined) <= MAX_URL
        if not usable or "@" not in parts.netloc:
            return joined if usable else None
    except ValueError:
        return None
    return without_userinfo(joined)


def without_userinfo(url: str) -> str:
    """The address without ``user:password@``: only this form may be stored, shown or logged."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def host_of(url: str) -> str:
    """The host name, for messages; never the rest, which may hold tokens."""
    try:
        return urlsplit(url).hostname or "?"
    except ValueError:
        return "?"
