"""The one client for everything fetched: feeds, pages, documents, articles and robots files.

What it promises, whatever the other side does: an answer within the time limit, no more memory than the size limit, no
connection to an address that :mod:`bot.sources.guard` refuses (checked where the connection is made, so on every redirect
hop and for every spelling of an address), no more requests at once than the gates let through, and a value instead of an
exception. Environment proxies are not used, cookies are not kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import LineTooLong

from bot import __version__
from bot.model import Failure, FailureKind, Fetched, Validators
from bot.sources import guard, headers, urls
from bot.sources.bodies import ACCEPT_ENCODING, BodyBroken, BodyReader, BodyTooLarge
from bot.sources.gates import Gates, Laggards
from bot.sources.trip import Trip, address

log = logging.getLogger(__name__)

FEED_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.5, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, application/json;q=0.8, application/xml;q=0.7, */*;q=0.1"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_refusals: ContextVar[list[str]] = ContextVar("refusals")
"""Why the guard refused the addresses of the hop under way; the connector's error does not keep it apart."""


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


class AddressRefused(OSError):
    """The guard does not let a connection be made."""


class Fetcher:
    """Fetches addresses. An async context manager; one for the whole process.

    Args:
        contact: an address that publishers can write to or read about us at; part of the User-Agent.
        allow_networks: CIDRs of private networks that may be reached all the same.
        limits: bounds of each fetch and of all together.
        ssl_context: trust for HTTPS; by default the system's certificates, loaded once.
        resolver: looks names up, for tests.
        hurried: hosts written as addresses of ``allow_networks`` are the operator's own: politeness (spacing, the bound of
            one host) is left out towards them.
    """

    def __init__(
        self,
        contact: str,
        *,
        allow_networks: Iterable[str] = (),
        limits: FetchLimits | None = None,
        ssl_context: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
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
        self._ssl = ssl_context
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the session; nothing is connected yet."""
        connector = aiohttp.TCPConnector(
            limit=0,  # the gates limit
            ssl=self._ssl or ssl.create_default_context(),
            resolver=self._resolver or _Resolver(),
            ttl_dns_cache=120,
            # A host is asked for its robots file and a few pages in a row, and then not for a long time; an idle TLS
            # connection holds a quarter of a megabyte, and a burst of polls makes thousands of them.
            keepalive_timeout=5,
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            timeout=aiohttp.ClientTimeout(sock_connect=self.limits.connect, sock_read=self.limits.read),
            auto_decompress=False,
            trust_env=False,
            max_line_size=self.limits.header_line,
            max_field_size=self.limits.header_line,
            max_headers=self.limits.header_count,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

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
        request = {"Accept": accept}
        if validators.etag:
            request["If-None-Match"] = validators.etag
        if validators.last_modified:
            request["If-Modified-Since"] = validators.last_modified
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
                return _timed_out(trip.host, self.limits.total)
        return Failure(FailureKind.REDIRECT, f"More than {self.limits.redirects} redirects, the last to {trip.host}.")

    async def _guarded_hop(self, trip: Trip, seconds: float) -> Fetched | Failure | None:
        """One hop; every exception becomes a value. None: redirected, and ``trip`` stands at the next address."""
        refusals: list[str] = []
        _refusals.set(refusals)
        try:
            async with asyncio.timeout(seconds):
                return await self._hop(trip)
        except (
            aiohttp.ClientError,
            OSError,
            ValueError,
            BodyTooLarge,
            BodyBroken,
        ) as error:  # TimeoutError is an OSError
            if refusals and isinstance(error, OSError):
                return Failure(
                    FailureKind.REFUSED_ADDRESS, f"{trip.host} leads to an address that is not fetched ({refusals[0]})."
                )
            return _failure(error, trip, self.limits)
        except Exception as error:
            log.exception("unexpected error while fetching from %s", trip.host)
            return Failure(FailureKind.INTERNAL, f"Fetching from {trip.host} failed inside: {type(error).__name__}.")

    async def _hop(self, trip: Trip) -> Fetched | Failure | None:
        assert self._session is not None, "use the Fetcher as an async context manager"
        async with self._session.get(trip.url, headers=trip.request, allow_redirects=False) as response:
            status = response.status
            if status == HTTPStatus.OK:
                return await _completed(trip, response)
            if status == HTTPStatus.NOT_MODIFIED and len(trip.request) > 1:
                return _unchanged(trip, response.headers)
            if status in _REDIRECTS:
                return trip.redirect(status, response.headers.get("Location"))
            return _refused_by_server(trip, status, response.headers)

    def _socket(self, info: Sequence[Any]) -> socket.socket:
        """Make the socket for one connection, unless the guard refuses its address."""
        family, kind, protocol, _, address = info
        if (why := guard.refused(str(address[0]), self._allowed)) is not None:
            with contextlib.suppress(LookupError):
                _refusals.get().append(why)
            raise AddressRefused(why)
        return socket.socket(family, kind, protocol)


async def _completed(trip: Trip, response: aiohttp.ClientResponse) -> Fetched | Failure:
    found = response.headers
    length = response.content_length
    if length is not None and length > trip.body_limit:
        raise BodyTooLarge
    reader = BodyReader(found.get("Content-Encoding", ""), trip.body_limit)
    async for chunk in response.content.iter_any():
        reader.feed(chunk)
    body = reader.finish()
    digest = sha256(body).digest()
    return Fetched(
        url=trip.address,
        status=HTTPStatus.OK,
        body=body,
        content_type=found.get("Content-Type", "")[:200],
        validators=Validators(headers.validator(found, "ETag"), headers.validator(found, "Last-Modified"), digest),
        not_modified=digest == trip.validators.body_hash,
        fetched_at=trip.now,
        moved_to=trip.moved_to,
        max_age=headers.max_age(found),
        bytes_received=reader.received,
    )


def _unchanged(trip: Trip, found: Mapping[str, str]) -> Fetched:
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


def _refused_by_server(trip: Trip, status: int, found: Mapping[str, str]) -> Failure:
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


def _timed_out(host: str, seconds: float) -> Failure:
    return Failure(FailureKind.TIMEOUT, f"{host} did not finish its answer within {seconds:g} s.")


def _failure(error: Exception, trip: Trip, limits: FetchLimits) -> Failure:
    """Translate what the client raised; the detail names the host and never the rest of the address."""
    host = trip.host
    for kinds, kind, text in (
        (BodyTooLarge, FailureKind.TOO_LARGE, f"The answer of {host} is larger than {trip.body_limit // 1024} KB."),
        (BodyBroken, FailureKind.ENCODING, f"{host} sent a body that cannot be read: {error}."),
        (
            aiohttp.ConnectionTimeoutError,
            FailureKind.TIMEOUT,
            f"{host} did not accept a connection in {limits.connect:g} s.",
        ),
        (aiohttp.SocketTimeoutError, FailureKind.TIMEOUT, f"{host} sent nothing for {limits.read:g} s."),
        (
            aiohttp.ClientConnectorCertificateError,
            FailureKind.TLS,
            f"The certificate of {host} is not valid{_tls(error)}.",
        ),
        (aiohttp.ClientSSLError, FailureKind.TLS, f"No secure connection to {host} could be made{_tls(error)}."),
        (aiohttp.ClientConnectorDNSError, FailureKind.DNS, f"The name {host} cannot be resolved."),
        (aiohttp.ClientPayloadError, FailureKind.CONNECT, f"{host} broke off in the middle of its answer."),
        (aiohttp.InvalidURL, FailureKind.BAD_URL, "The address is not valid."),
        (aiohttp.ClientOSError, FailureKind.CONNECT, f"No connection to {host}{_system(error)}."),
        (aiohttp.ServerDisconnectedError, FailureKind.CONNECT, f"{host} closed the connection without an answer."),
    ):
        if isinstance(error, kinds):
            return Failure(kind, text)
    if isinstance(error, TimeoutError):
        return _timed_out(host, limits.total)
    if isinstance(error, aiohttp.ClientResponseError):
        if isinstance(error.__cause__, LineTooLong):
            return Failure(
                FailureKind.TOO_LARGE, f"The headers of {host} are longer than {limits.header_line // 1024} KB."
            )
        return Failure(FailureKind.HTTP, f"The answer of {host} is not valid HTTP.")
    if isinstance(error, ValueError):
        return Failure(FailureKind.BAD_URL, "The address is not valid.")
    return Failure(FailureKind.CONNECT, f"The connection to {host} failed: {type(error).__name__}.")


def _system(error: Exception) -> str:
    reason = getattr(error, "strerror", None)
    return f": {str(reason)[:120]}" if reason else ""


def _tls(error: Exception) -> str:
    cause: object = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
    return f" ({str(reason)[:120]})" if reason else ""


def _header_text(text: str) -> str:
    return "".join(char for char in text if char.isprintable() and char.isascii())[:200]


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own: a few dead name servers must not hold up the rest of the process."""

    def __init__(self, threads: int = 16) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give every address of ``host``, for the connector to try in turn."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, protocol, address in found
        ]

    async def close(self) -> None:
        """Let look-ups under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: int) -> list[tuple[int, int, str]]:
    infos = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
    return [(kind, protocol, str(address[0])) for kind, _, protocol, _, address in infos]
