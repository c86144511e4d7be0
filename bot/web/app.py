"""The aiohttp application: routes, security headers, the tracker's token."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from typing import Protocol

from aiohttp import web

from bot.model import Check, SourceRow, StoryView
from bot.web.pages import Renderer

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Nothing on the pages but our own style sheet: no script, no frame, no form elsewhere, no referrer to the outlets linked.
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
}
PAGE_SIZE = 50


class Pages(Protocol):
    """What the pages read. Methods are synchronous and run in a thread; each is one short read."""

    def stories(self, *, limit: int, offset: int, words: str) -> Sequence[StoryView]:
        """Stories, newest first, those that hold all ``words`` when given."""

    def story(self, ref: str) -> StoryView | None:
        """One story by `s12`; a merged one gives the story it went into."""

    def sources(self) -> Sequence[SourceRow]:
        """Every configured source with its state."""

    def checks(self) -> Sequence[Check]:
        """What readiness depends on: database, schema, worker, Slack, config."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """How the tracker presents itself."""

    clock: Callable[[], datetime]
    token: str | None = field(default=None, repr=False)
    names: Callable[[str], str] = str
    """Display name of a jurisdiction code."""
    bundled_demo: bool = False


PAGES = web.AppKey("pages", Pages)
RENDERER = web.AppKey("renderer", Renderer)
TRACKER = web.AppKey("tracker", Tracker)


def build_app(pages: Pages, tracker: Tracker, extra_routes: Sequence[web.AbstractRouteDef] = ()) -> web.Application:
    """Build the application; ``extra_routes`` are Slack's, which come with their own checks."""
    app = web.Application(middlewares=[_errors, _headers], client_max_size=1024 * 1024)
    app[PAGES] = pages
    app[TRACKER] = tracker
    app[RENDERER] = Renderer(tracker.names, demo=tracker.bundled_demo)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz)
    app.router.add_get("/", _guarded(_index))
    app.router.add_get("/stories/{ref}", _guarded(_story))
    app.router.add_get("/sources", _guarded(_sources))
    app.router.add_get("/static/style.css", _style)
    app.add_routes(list(extra_routes))
    return app


# --- middlewares ---------------------------------------------------------------------------------------------------------


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(SECURITY_HEADERS)
        raise
    response.headers.update(SECURITY_HEADERS)
    return response


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn a fault into one plain sentence; the details go to the log, never to the page."""
    try:
        return await handler(request)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("page failed", extra={"path": request.path})
        return web.Response(
            status=503,
            text="This page cannot be shown right now; /readyz says what is wrong.\n",
            headers=SECURITY_HEADERS,
        )


def _guarded(handler: Handler) -> Handler:
    async def guarded(request: web.Request) -> web.StreamResponse:
        token = request.app[TRACKER].token
        if token is not None and not _holds(request, token):
            raise web.HTTPUnauthorized(
                headers={
                    "WWW-Authenticate": 'Basic realm="Policywatch (any name; the token is the password)", charset="UTF-8"'
                },
                text="This tracker asks for its token: any user name, the token as password.\n",
            )
        return await handler(request)

    return guarded


def _holds(request: web.Request, token: str) -> bool:
    """Whether the request carries the token, as HTTP Basic password or Bearer value (RFC 7617, RFC 6750)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    given = ""
    if scheme.lower() == "bearer":
        given = value.strip()
    elif scheme.lower() == "basic":
        try:
            given = base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
    return hmac.compare_digest(given.encode(), token.encode())


# --- pages -----------------------------------------------------------------------------------------------------------------


async def _index(request: web.Request) -> web.Response:
    pages = request.app[PAGES]
    page = _page_number(request)
    words = request.query.get("q", "")[:200].strip()
    found = await asyncio.to_thread(pages.stories, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE, words=words)
    rows = await asyncio.to_thread(pages.sources)
    now = request.app[TRACKER].clock()
    html = request.app[RENDERER].index(
        found[:PAGE_SIZE], rows, now, words=words, page=page, more=len(found) > PAGE_SIZE
    )
    return web.Response(text=html, content_type="text/html")


async def _story(request: web.Request) -> web.Response:
    view = await asyncio.to_thread(request.app[PAGES].story, request.match_info["ref"])
    if view is None:
        raise web.HTTPNotFound(text="There is no such story.\n")
    html = request.app[RENDERER].story(view, request.app[TRACKER].clock())
    return web.Response(text=html, content_type="text/html")


async def _sources(request: web.Request) -> web.Response:
    rows = await asyncio.to_thread(request.app[PAGES].sources)
    return web.Response(
        text=request.app[RENDERER].sources(rows, request.app[TRACKER].clock()), content_type="text/html"
    )


async def _style(_request: web.Request) -> web.Response:
    text = (resources.files("bot.web") / "static" / "style.css").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


def _page_number(request: web.Request) -> int:
    value = request.query.get("page", "1")
    return min(int(value), 10_000) if value.isdecimal() and int(value) > 0 else 1


# --- health ----------------------------------------------------------------------------------------------------------------


async def _healthz(_request: web.Request) -> web.Response:
    """Alive: the process answers. Says nothing about the database (a platform restarts what fails here)."""
    return web.json_response({"status": "ok"})


async def _readyz(request: web.Request) -> web.Response:
    """Ready: 200 when every check passes, else 503 with the failing ones by name."""
    checks = await asyncio.to_thread(request.app[PAGES].checks)
    ok = all(check.ok for check in checks)
    body = {
        "status": "ready" if ok else "not ready",
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in checks},
    }
    return web.json_response(body, status=200 if ok else 503)
