"""robots.txt (RFC 9309) before an article is fetched, read with Protego and kept in memory.

Feeds are published to be polled, so only article pages and other links that a feed merely mentions are asked about.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from bot.model import Failure, FailureKind, Fetched, Validators
from bot.sources import urls

AGENT = "Policywatch"
_KEPT = timedelta(hours=12)
_KEPT_AFTER_FAILURE = timedelta(minutes=30)
_MAX_BYTES = 512 * 1024
"""RFC 9309 section 2.5 asks crawlers to read at least 500 KiB."""
_MAX_HOSTS = 2_000
_LONGEST_DELAY = 30.0


class Fetching(Protocol):
    """The part of :class:`bot.sources.http.Fetcher` that is needed here."""

    async def fetch(
        self, url: str, validators: Validators = ..., *, accept: str = ..., now: datetime, body_limit: int | None = ...
    ) -> Fetched | Failure:
        """GET one address."""

    def slow_down(self, url: str, seconds: float) -> None:
        """Keep requests to the host of ``url`` further apart."""


@dataclass(frozen=True, slots=True)
class _Rules:
    parser: Protego | None
    until: datetime
    blocked: str | None = None


class Robots:
    """Remembers the robots files of hosts.

    Args:
        fetcher: the one client; robots files pass the same guard and limits as everything else.
    """

    def __init__(self, fetcher: Fetching) -> None:
        self._fetcher = fetcher
        self._rules: OrderedDict[str, _Rules] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def refusal(self, url: str, now: datetime) -> Failure | None:
        """Say whether ``url`` may not be fetched, or None when it may.

        A file that is not there (4xx) allows everything; one that cannot be had for other reasons forbids for half an
        hour, as RFC 9309 section 2.3.1.4 asks.
        """
        rules = await self._for(url, now)
        host = urls.host_of(url)
        if rules.blocked is not None:
            return Failure(
                FailureKind.ROBOTS,
                f"The robots.txt of {host} cannot be had now ({rules.blocked}).",
                retry_after=rules.until,
            )
        if rules.parser is not None and not rules.parser.can_fetch(url, AGENT):
            return Failure(FailureKind.ROBOTS, f"The robots.txt of {host} does not allow this page.")
        return None

    async def _for(self, url: str, now: datetime) -> _Rules:
        parts = urlsplit(url)
        origin = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2].lower(), "", "", ""))
        if (known := self._known(origin, now)) is not None:
            return known
        asking = self._asking.setdefault(origin, asyncio.Lock())
        try:
            async with asking:  # several pages of one site may want it at once: one request
                return self._known(origin, now) or await self._ask(origin, now)
        finally:
            if not asking.locked():
                self._asking.pop(origin, None)

    def _known(self, origin: str, now: datetime) -> _Rules | None:
        known = self._rules.get(origin)
        if known is None or known.until <= now:
            return None
        self._rules.move_to_end(origin)
        return known

    async def _ask(self, origin: str, now: datetime) -> _Rules:
        answer = await self._fetcher.fetch(
            f"{origin}/robots.txt", accept="text/plain, */*;q=0.5", now=now, body_limit=_MAX_BYTES
        )
        rules = self._read(origin, answer, now)
        self._rules[origin] = rules
        self._rules.move_to_end(origin)
        while len(self._rules) > _MAX_HOSTS:
            self._rules.popitem(last=False)
        return rules

    def _read(self, origin: str, answer: Fetched | Failure, now: datetime) -> _Rules:
        if isinstance(answer, Failure):
            if _absent(answer):
                return _Rules(None, now + _KEPT)
            return _Rules(None, max(now + _KEPT_AFTER_FAILURE, answer.retry_after or now), answer.detail.rstrip("."))
        try:
            parser = Protego.parse(answer.body.decode("utf-8", "replace"))
            delay = parser.crawl_delay(AGENT)
        except (ValueError, RecursionError, AttributeError, OverflowError):  # what cannot be read forbids nothing
            return _Rules(None, now + _KEPT)
        if delay:
            self._fetcher.slow_down(origin, min(float(delay), _LONGEST_DELAY))
        return _Rules(parser, now + _KEPT)


def _absent(failure: Failure) -> bool:
    """The server says there is no such file, or sends one that is no text worth reading."""
    if failure.kind is FailureKind.RATE_LIMITED:
        return False
    if failure.kind in {FailureKind.TOO_LARGE, FailureKind.REDIRECT, FailureKind.GONE}:
        return True
    return failure.status is not None and 400 <= failure.status < 500
