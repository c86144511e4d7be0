"""The one client for everything fetched: feeds, pages, documents, articles and robots files.

What it promises, whatever the other side does: an answer within the time limit, no more memory than the size limit,
no connection to an address that :mod:`bot.sources.guard` refuses (checked where the connection is made, so on every
redirect hop and for every spelling of an address), no more requests at once than the gates let through, and a value
instead of an exception. Environment proxies are not used, cookies are not kept. How the bytes get here is the business
of :mod:`bot.sources.transfer`.
"""

from __future__ import annotations

import asyncio
import logging
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from types import TracebackType
from typing import Self

from bot import __version__
from bot.model import Failure, FailureKind, Fetched, Validators
from bot.sources import guard, headers, trust, urls
from bot.sources.bodies import ACCEPT_ENCODING
from bot.sources.gates import Gates, Laggards
from bot.sources.names import LookUp, Names, is_literal
from bot.sources.transfer import Answer, Transfers, Trouble
from bot.sources.trip import Trip, address

log = logging.getLogger(__name__)

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/json;q=0.8, application/xml;q=0.7, */*;q=0.1"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = f"Accept-Encoding: {ACCEPT_ENCODING}".encode()


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Bounds of every fetch. Times in seconds, sizes in bytes."""

    total: float = 45.0
    """One fetch with its redirects, not counting the wait for its turn."""
    connect: float = 10.0
    read: float = 20.0
    """Between two arrivals of data."""
    body: int = 10 * 1024 * 1024
    """As received and after decompression."""
    header_line: int = 32 * 1024
    header_count: int = 256
    redirects: int = 8
    in_all: int = 64
    per_host: int = 2
    spacing: float = 0.5
    """Between the starts of two requests to one host."""


class Fetcher:
    """Fetches addresses. An async context manager; one for the whole process.

    Args:
        contact: an address that publishers can write to or read about us at; part of the User-Agent.
        allow_networks: CIDRs of private networks that may be reached all the same.
        limits: bounds of each fetch and of all together.
        authorities: a file of certificates in PEM, the trust for HTTPS; by default the system's. Loaded once.
        look_up: gives the addresses of a name or raises OSError, for tests.
        hurried: hosts written as addresses of ``allow_networks`` are the operator's own: politeness (spacing, the bound
            of one host) is left out towards them.
    """

    def __init__(
        self,
        contact: str,
        *,
        allow_networks: Iterable[str] = (),
        limits: FetchLimits | None = None,
        authorities: str | None = None,
        look_up: LookUp | None = None,
        hurried: bool = False,
    ) -> None:
        self.limits = limits or FetchLimits()
        self.user_agent = f"Policywatch/{__version__} (+{_header_text(contact)})"
        self._allowed = guard.networks(allow_networks)
        own = self._allowed if hurried else ()
        self.gates = Gates(
            self.limits.in_all,
            self.limits.per_host,
            self.limits.spacing,
            own=lambda host: guard.is_among(host, own),
        )
        self.laggards = Laggards()
        self._authorities = authorities
        self._look_up = look_up
        self._names: Names | None = None
        self._transfers: Transfers | None = None

    async def __aenter__(self) -> Self:
        """Get ready; nothing is connected yet."""
        limits = self.limits
        self._names = Names(self._look_up)
        self._transfers = Transfers(
            self.user_agent,
            self._authorities or trust.authorities(),
            lambda address: guard.refused(address, self._allowed),
            at_once=limits.in_all,
            connect=limits.connect,
            read=limits.read,
            header_line=limits.header_line,
            header_count=limits.header_count,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._names is not None:
            self._names.close()
        if self._transfers is not None:
            await self._transfers.close()
        self._names = self._transfers = None

    async def fetch(
        self,
        url: str,
        validators: Validators = Validators(),  # noqa: B008  frozen
        *,
        accept: str = FEED_ACCEPT,
        now: datetime,
        body_limit: int | None = None,
        known_as: str | None = None,
    ) -> Fetched | Failure:
        """GET ``url``, following redirects.

        Args:
            url: absolute http(s) address; may carry ``user:password@``, which goes to that host only.
            validators: of the last stored answer of this address; they make the request conditional.
            accept: the Accept header.
            now: time of the fetch, to resolve ``Retry-After``.
            body_limit: smaller bound on the body than the general one, in bytes.
            known_as: the address under which it is remembered when it is slow, where that is not ``url``.

        Returns:
            ``Fetched`` on 200 with the whole body, or on 304; everything else is a ``Failure``.
        """
        start = address(url)
        if isinstance(start, str):
            return Failure(FailureKind.BAD_URL, f"The address {start}.")
        request = [_header("Accept", accept), _ENCODINGS]
        if validators.etag:
            request.append(_header("If-None-Match", validators.etag))
        if validators.last_modified:
            request.append(_header("If-Modified-Since", validators.last_modified))
        trip = Trip(start, validators, request, now, min(body_limit or self.limits.body, self.limits.body))
        return await self._travel(trip, known_as or url)

    def slow_down(self, url: str, seconds: float) -> None:
        """Keep requests to the host of ``url`` at least ``seconds`` apart from now on (its robots file asks for it)."""
        self.gates.widen(urls.host_of(url), seconds)

    async def _travel(self, trip: Trip, known_as: str) -> Fetched | Failure:
        remaining = self.limits.total
        loop = asyncio.get_running_loop()
        for _ in range(self.limits.redirects + 1):
            async with self.gates.slot(trip.url.host or ""):
                started = loop.time()
                outcome = await self._guarded_hop(trip, remaining)
                remaining -= loop.time() - started
            self.laggards.note(known_as, self.limits.total - remaining)
            if outcome is not None:
                return outcome
            if remaining <= 0:
                return _failure(Trouble.TIME, "", trip, self.limits)
        return Failure(FailureKind.REDIRECT, f"More than {self.limits.redirects} redirects, the last to {trip.host}.")

    async def _guarded_hop(self, trip: Trip, seconds: float) -> Fetched | Failure | None:
        """One hop; every exception becomes a value. None: redirected, and ``trip`` stands at the next address."""
        try:
            return await self._hop(trip, seconds)
        except ValueError:
            return _failure(Trouble.URL, "", trip, self.limits)
        except Exception as error:
            log.exception("unexpected error while fetching from %s", trip.host)
            return _inside(trip.host, error)

    async def _hop(self, trip: Trip, seconds: float) -> Fetched | Failure | None:
        assert self._names is not None, "use the Fetcher as an async context manager"
        assert self._transfers is not None
        host = trip.url.raw_host or ""
        addresses = None
        if not is_literal(host):
            loop = asyncio.get_running_loop()
            began = loop.time()
            try:
                async with asyncio.timeout(seconds):
                    addresses = await self._names.addresses(host, trip.url.port or 0)
            except TimeoutError:
                return _failure(Trouble.TIME, "", trip, self.limits)
            except OSError:
                return _failure(Trouble.DNS, "", trip, self.limits)
            seconds -= loop.time() - began
        request = trip.request
        if (credentials := trip.credentials) is not None:
            request = [*request, b"Authorization: Basic " + b64encode(credentials.encode())]
        answer = await self._transfers.get(
            trip.address, request, seconds=seconds, most=trip.body_limit, addresses=addresses
        )
        return self._taken(trip, answer)

    def _taken(self, trip: Trip, answer: Answer) -> Fetched | Failure | None:
        if answer.fault is not None:
            log.error("unexpected error while fetching from %s", trip.host, exc_info=answer.fault)
            return _inside(trip.host, answer.fault)
        if answer.trouble is not None:
            return _failure(answer.trouble, answer.why, trip, self.limits)
        status = answer.head.status
        if status == HTTPStatus.OK:
            return _completed(trip, answer)
        if status == HTTPStatus.NOT_MODIFIED and trip.conditional:
            return _unchanged(trip, answer.head)
        if status in _REDIRECTS:
            return trip.redirect(status, answer.head.get("Location"))
        return _refused_by_server(trip, status, answer.head)


def _header(name: str, value: str) -> bytes:
    return f"{name}: {value}".encode("utf-8", "surrogateescape")


def _completed(trip: Trip, answer: Answer) -> Fetched:
    found = answer.head
    digest = sha256(answer.body).digest()
    return Fetched(
        url=trip.address,
        status=HTTPStatus.OK,
        body=answer.body,
        content_type=found.get("Content-Type", "")[:200],
        validators=Validators(headers.validator(found, "ETag"), headers.validator(found, "Last-Modified"), digest),
        not_modified=digest == trip.validators.body_hash,
        fetched_at=trip.now,
        moved_to=trip.moved_to,
        max_age=headers.max_age(found),
        bytes_received=answer.received,
    )


def _unchanged(trip: Trip, found: headers.Found) -> Fetched:
    """304: the stored validators stay, renewed where the answer carries newer ones (RFC 9111 section 4.3.4)."""
    known = trip.validators
    return Fetched(
        url=trip.address,
        status=HTTPStatus.NOT_MODIFIED,
        body=b"",
        content_type="",
        validators=Validators(
            headers.validator(found, "ETag") or known.etag,
            headers.validator(found, "Last-Modified") or known.last_modified,
            known.body_hash,
        ),
        not_modified=True,
        fetched_at=trip.now,
        moved_to=trip.moved_to,
        max_age=headers.max_age(found),
    )


def _refused_by_server(trip: Trip, status: int, found: headers.Found) -> Failure:
    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    wait = headers.retry_after(found, trip.now) if status >= HTTPStatus.BAD_REQUEST else None
    kind = FailureKind.HTTP
    if status == HTTPStatus.GONE:
        kind = FailureKind.GONE
    elif status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.FORBIDDEN and wait is not None):
        kind = FailureKind.RATE_LIMITED  # some hosts say 403 where they mean 429; only those name a time
    return Failure(kind, f"{trip.host} answered {phrase}.", status, wait)


def _inside(host: str, error: Exception) -> Failure:
    return Failure(FailureKind.INTERNAL, f"Fetching from {host} failed inside: {type(error).__name__}.")


_SAID: Mapping[Trouble, tuple[FailureKind, str]] = {
    Trouble.URL: (FailureKind.BAD_URL, "The address is not valid."),
    Trouble.DNS: (FailureKind.DNS, "The name {host} cannot be resolved."),
    Trouble.REFUSED: (FailureKind.REFUSED_ADDRESS, "{host} leads to an address that is not fetched{in_brackets}."),
    Trouble.CONNECT: (FailureKind.CONNECT, "No connection to {host}{after_colon}."),
    Trouble.CONNECT_TIME: (FailureKind.TIMEOUT, "{host} did not accept a connection in {limits.connect:g} s."),
    Trouble.CERTIFICATE: (FailureKind.TLS, "The certificate of {host} is not valid{in_brackets}."),
    Trouble.TLS: (FailureKind.TLS, "No secure connection to {host} could be made{in_brackets}."),
    Trouble.SILENCE: (FailureKind.TIMEOUT, "{host} sent nothing for {limits.read:g} s."),
    Trouble.TIME: (FailureKind.TIMEOUT, "{host} did not finish its answer within {limits.total:g} s."),
    Trouble.NO_ANSWER: (FailureKind.CONNECT, "{host} closed the connection without an answer."),
    Trouble.CUT: (FailureKind.CONNECT, "{host} broke off in the middle of its answer."),
    Trouble.NOT_HTTP: (FailureKind.HTTP, "The answer of {host} is not valid HTTP."),
    Trouble.HEADERS: (
        FailureKind.TOO_LARGE,
        "The headers of {host} are longer than {header_kb} KB or more than {limits.header_count}.",
    ),
    Trouble.LARGE: (FailureKind.TOO_LARGE, "The answer of {host} is larger than {body_kb} KB."),
    Trouble.ENCODING: (FailureKind.ENCODING, "{host} sent a body that cannot be read{after_colon}."),
    Trouble.OTHER: (FailureKind.CONNECT, "The connection to {host} failed{after_colon}."),
}
"""What a person reads: it names the host and never the rest of the address."""


def _failure(trouble: Trouble, why: str, trip: Trip, limits: FetchLimits) -> Failure:
    kind, text = _SAID[trouble]
    why = why[:120]
    said = text.format(
        host=trip.host,
        limits=limits,
        header_kb=limits.header_line // 1024,
        body_kb=trip.body_limit // 1024,
        in_brackets=why and f" ({why})",
        after_colon=why and f": {why}",
    )
    return Failure(kind, said)


def _header_text(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char.isascii())[:200]
