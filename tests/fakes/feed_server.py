"""A loopback web server that publishes feeds and misbehaves on request.

    async with FeedServer() as server:
        server.serve("/feed", Page(body, content_type="application/rss+xml", etag='"1"'))
        server.serve("/old", redirect("/feed", 301))
        server.serve("/busy", status(429, retry_after="120"))
        url = server.url("/feed")
        ... server.requests -> what was asked, in order

Nothing here sleeps for luck: a hanging answer waits on an event that is set when the server closes.
"""

from __future__ import annotations

import asyncio
import gzip
import ssl
import sys
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

import brotli
from aiohttp import web

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw-deflate": lambda data: zlib.compress(data, wbits=-15),
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int


@dataclass
class Page:
    """A document with its validators; answers conditional requests with 304 as RFC 9110 says."""

    body: bytes | str
    content_type: str = "application/rss+xml; charset=utf-8"
    etag: str | None = None
    last_modified: str | None = None
    coding: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    async def __call__(self, server: FeedServer, request: web.Request) -> web.StreamResponse:
        headers = dict(self.headers)
        if self.etag:
            headers["ETag"] = self.etag
        if self.last_modified:
            headers["Last-Modified"] = self.last_modified
        if self.status == 200 and self._unchanged(request):
            return web.Response(status=304, headers=headers)
        body = self.body.encode() if isinstance(self.body, str) else self.body
        if self.coding:
            body = CODINGS[self.coding](body)
            headers["Content-Encoding"] = self.coding.removeprefix("raw-")
        if self.content_type:
            headers["Content-Type"] = self.content_type
        return web.Response(status=self.status, body=body, headers=headers)

    def _unchanged(self, request: web.Request) -> bool:
        asked = request.headers.get("If-None-Match")
        if asked is not None:
            return self.etag is not None and asked == self.etag
        return self.last_modified is not None and request.headers.get("If-Modified-Since") == self.last_modified


Answer = Callable[["FeedServer", web.Request], Awaitable[web.StreamResponse]]


def status(
    code: int, *, retry_after: str | None = None, body: str = "", headers: Mapping[str, str] | None = None
) -> Answer:
    """A bare status, perhaps with Retry-After (seconds or an HTTP date, as given)."""
    extra = dict(headers or {})
    if retry_after is not None:
        extra["Retry-After"] = retry_after

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text=body or None, headers=extra)

    return answer


def redirect(location: str, code: int = 302) -> Answer:
    """A redirect; ``location`` is sent as given."""
    return status(code, headers={"Location": location})


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other, the last one for good."""
    left = list(answers)

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(server, request)

    return answer


def hanging(before: bytes = b"") -> Answer:
    """Headers never come; or, with ``before``, the body stops after these bytes."""

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        if before:
            await response.prepare(request)
            await response.write(before)
        await server.closing.wait()
        return response

    return answer


def dripping(chunk: bytes = b"<!-- slow -->", every: float = 0.02) -> Answer:
    """A body that never ends, a little at a time: each read succeeds and the whole never does."""

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        while not server.closing.is_set():
            await response.write(chunk)
            await asyncio.sleep(every)
        return response

    return answer


def endless(chunk: bytes = b" " * 65536) -> Answer:
    """A body that never ends, as fast as it is taken."""

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        try:
            while not server.closing.is_set():
                await response.write(chunk)
        except ConnectionError:
            pass
        return response

    return answer


def bomb(coding: str, size: int = 64 * 1024 * 1024) -> Page:
    """A few kilobytes that decompress to ``size`` bytes."""
    return Page(b" " * size, coding=coding)


def broken_off(body: bytes, promised: int) -> Answer:
    """A Content-Length that the body does not reach."""

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml", "Content-Length": str(promised)})
        await response.prepare(request)
        await response.write(body)
        assert request.transport is not None
        request.transport.close()
        return response

    return answer


def raw(data: bytes) -> Answer:
    """Bytes straight onto the connection: malformed HTTP, monstrous headers."""

    async def answer(server: FeedServer, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(data)  # type: ignore[attr-defined]
        request.transport.close()
        return web.Response()

    return answer


class FeedServer:
    """Serves what :meth:`serve` was given; anything else is a 404. An async context manager.

    Args:
        ssl_context: serve HTTPS with it.
        host: the loopback address to listen on.
    """

    def __init__(self, *, ssl_context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[Asked] = []
        self.busiest = 0
        """Most requests that were under way at once."""
        self.closing = asyncio.Event()
        self.port = 0
        self._answers: dict[str, Answer] = {}
        self._running = 0
        self._ssl = ssl_context
        self._host = host
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, 0, ssl_context=self._ssl)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self.closing.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def serve(self, path: str, answer: Answer | Page | str | bytes) -> str:
        """Answer ``path`` from now on; gives its address."""
        self._answers[path] = Page(answer) if isinstance(answer, str | bytes) else answer
        return self.url(path)

    def remove(self, path: str) -> None:
        """Answer 404 from now on."""
        self._answers.pop(path, None)

    def url(self, path: str = "/", *, host: str | None = None) -> str:
        """The address of ``path``; ``host`` to reach it by another name."""
        return f"{'https' if self._ssl else 'http'}://{host or self._host}:{self.port}{path}"

    def asked(self, path: str) -> list[Asked]:
        """Requests for ``path``, in order."""
        return [request for request in self.requests if request.path == path]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self._running += 1
        self.busiest = max(self.busiest, self._running)
        noted = len(self.requests)
        self.requests.append(Asked(request.method, request.path_qs, dict(request.headers), 0))
        try:
            answer = self._answers.get(request.path_qs) or self._answers.get(request.path)
            response = await answer(self, request) if answer else web.Response(status=404, text="not here")
            self.requests[noted] = Asked(request.method, request.path_qs, dict(request.headers), response.status)
            return response
        finally:
            self._running -= 1
