"""What is polled, what is known of it, and what fetching it gave or why it failed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

_USERINFO = re.compile(r"(?<=://)[^/?#\s]*@")
_KEY = re.compile(
    r"(?<=[?&])((?:[a-z]+[_-]|api|access|app|auth|client|user|subscription)?(?:key|token|secret|password|passwd|pwd|auth|sig|signature))=[^&#]*",
    re.IGNORECASE,
)


def shown_url(url: str) -> str:
    """An address as it may be shown: without ``user:password@``, and with the keys of APIs in its query hidden."""
    return _KEY.sub(r"\1=hidden", _USERINFO.sub("", url))


class SourceKind(StrEnum):
    """How a source is read: a feed, a listing without a feed, or one policy page watched for changed wording."""

    FEED = "feed"
    PAGE = "page"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Source:
    """Something polled, as the configuration says. What was learned about it is :class:`SourceState`."""

    id: str
    name: str
    url: str
    kind: SourceKind = SourceKind.FEED
    every: timedelta | None = None
    """Poll interval wish; None: adaptive."""
    alert_since: datetime | None = None
    """Alert on entries published since; None: since the source was added."""
    enabled: bool = True
    category: str | None = None
    """Routes filter on it: corporate_newsroom, government_regulator, legislature, court, ngo, trade_press, …"""
    jurisdiction: str | None = None
    """Where the publisher sits (`US`, `EU`, `GB`); a weak hint for analysis."""
    language: str = "en"
    actor: str | None = None
    """Canonical actor name when the source is that actor's own publication: its statements count as official."""
    dedicated: bool = False
    """The source publishes only on the topic: its entries' pages are fetched even when the feed text is thin."""
    select: Mapping[str, str] = field(default_factory=dict)
    """For pages: CSS selectors (item, link, title, date, summary) or a JSON path map."""
    where: str = ""
    """`file:line` of its definition, for messages to operators."""

    @property
    def shown_url(self) -> str:
        """Its address as it may be shown to people."""
        return shown_url(self.url)


class Health(StrEnum):
    """State of a source. Operators are told on entering any but OK, and once on return to OK."""

    OK = "ok"
    LATE = "late"
    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"


class Validators(NamedTuple):
    """What makes the next request conditional (RFC 9110 section 13) and an unchanged body cheap."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None


class SourceState(NamedTuple):
    """What the database knows of a source.

    (A tuple with names, like all values of which each poll makes one: a frozen dataclass of two dozen fields was a tenth
    of what an unchanged poll costs.)
    """

    id: str
    url: str
    """The address the validators belong to: a changed `url` in the config voids them."""
    added_at: datetime
    baseline_at: datetime | None = None
    """When the first successful poll was stored; None: the next one is the baseline."""
    validators: Validators = Validators()
    known_slices: bytes = b""
    """Hashes (8 bytes each) of the raw items of the last body."""
    moved_to: str | None = None
    """Target of a permanent redirect, used for fetching and reported to operators."""
    next_poll_at: datetime | None = None
    interval: timedelta | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_entry_at: datetime | None = None
    """Publication (or first sight) of the newest entry."""
    habit: timedelta | None = None
    """Usual gap between entries, learned; what adaptive polling and unusual silence are measured against."""
    ttl: timedelta | None = None
    """How long the publisher asked to be left alone, last time that was said."""
    failures: float = 0.0
    """Weighted consecutive failures."""
    polls_failed: int = 0
    health: Health = Health.OK
    health_since: datetime | None = None
    last_error: str | None = None
    muted_until: datetime | None = None
    entries_total: int = 0
    title: str | None = None


class FailureKind(StrEnum):
    """Why a source, page or robots file could not be had."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP = "http"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    TOO_LARGE = "too_large"
    REFUSED_ADDRESS = "refused_address"
    REDIRECT = "redirect"
    BAD_URL = "bad_url"
    ENCODING = "encoding"
    NOT_A_FEED = "not_a_feed"
    MALFORMED = "malformed"
    EMPTY = "empty"
    ROBOTS = "robots"
    NO_TEXT = "no_text"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expected failure, as a value."""

    kind: FailureKind
    detail: str
    """One sentence for operators, no secrets."""
    status: int | None = None
    retry_after: datetime | None = None
    """Not before; from Retry-After (RFC 9110 section 10.2.3), already resolved and bounded."""
    moved_to: str | None = None
    """Where the thing seems to live now (a feed advertised by the page that answered instead)."""


class Fetched(NamedTuple):
    """A completed HTTP exchange: 200 with a body, or 304 without."""

    url: str
    """Address after redirects."""
    status: int
    body: bytes
    """Decompressed; empty on 304."""
    content_type: str
    validators: Validators
    not_modified: bool
    """True on 304, or when the body's hash equals the one given."""
    fetched_at: datetime
    moved_to: str | None = None
    """Target when every hop so far was permanent (301, 308)."""
    max_age: timedelta | None = None
    """From Cache-Control."""
    bytes_received: int = 0
