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

from aiohttp import web

from bot.web.pages import Renderer
from bot.web.ports import Pages

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
    app.router.add_get("/sources/{id}", _guarded(_source))
    app.router.add_get("/export.csv", _guarded(_export_csv))
    app.router.add_get("/export.json", _guarded(_export_json))
    app.router.add_get("/metrics", _guarded(_metrics))
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
    """Turn a fault, or an address that is none, into a page of one sentence; details go to the log, never to the page."""
    try:
        return await handler(request)
    except web.HTTPNotFound as error:
        if request.method not in {"GET", "HEAD"}:
            raise
        # aiohttp's own text is "404: Not Found"; ours are sentences.
        text = "There is no such page." if error.text is None or error.text.startswith("404") else error.text
        return _problem(request, 404, "Not found", text)
    except (web.HTTPException, asyncio.CancelledError):
        raise
    except Exception:
        log.exception("page failed", extra={"path": request.path})
        text = "This page cannot be shown right now; /readyz says what is wrong."
        return _problem(request, 503, "Out of order", text)


def _problem(request: web.Request, status: int, title: str, sentence: str) -> web.Response:
    html = request.app[RENDERER].problem(title, sentence)
    return web.Response(status=status, text=html, content_type="text/html", headers=SECURITY_HEADERS)


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
        found[:PAGE_SIZE],
        rows,
        now,
        words=words,
        page=page,
        more=len(found) > PAGE_SIZE,
        trouble=await _trouble(request),
    )
    return web.Response(text=html, content_type="text/html")


async def _trouble(request: web.Request) -> str:
    """What is wrong with the worker: without it the page shows an old state of things as if it were today's."""
    checks = await asyncio.to_thread(request.app[PAGES].checks)
    return next((f"Worker: {check.detail}." for check in checks if check.name == "worker" and not check.ok), "")


async def _story(request: web.Request) -> web.Response:
    pages, ref = request.app[PAGES], request.match_info["ref"]
    view = await asyncio.to_thread(pages.story, ref)
    if view is None:
        raise web.HTTPNotFound(text=f"There is no story {ref[:20]}.")
    if view.story.ref != ref:
        # A merged story, or `12` for `s12`. Temporary: people can split what they merged.
        raise web.HTTPFound(f"/stories/{view.story.ref}")
    articles = await asyncio.to_thread(pages.articles, ref)
    steps = await asyncio.to_thread(pages.steps, ref)
    html = request.app[RENDERER].story(view, articles, steps)
    return web.Response(text=html, content_type="text/html")


async def _sources(request: web.Request) -> web.Response:
    rows = await asyncio.to_thread(request.app[PAGES].sources)
    html = request.app[RENDERER].sources(rows, request.app[TRACKER].clock(), trouble=await _trouble(request))
    return web.Response(text=html, content_type="text/html")


async def _source(request: web.Request) -> web.Response:
    pages, wanted = request.app[PAGES], request.match_info["id"]
    row = next((row for row in await asyncio.to_thread(pages.sources) if row.source.id == wanted), None)
    if row is None:
        raise web.HTTPNotFound(text=f"There is no source {wanted[:80]}.")
    entries = await asyncio.to_thread(pages.entries, wanted)
    html = request.app[RENDERER].source(row, entries, request.app[TRACKER].clock())
    return web.Response(text=html, content_type="text/html")


async def _export_csv(request: web.Request) -> web.Response:
    text = await asyncio.to_thread(request.app[PAGES].export, "csv")
    name = {"Content-Disposition": 'attachment; filename="policywatch-ledger.csv"'}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=name)


async def _export_json(request: web.Request) -> web.Response:
    text = await asyncio.to_thread(request.app[PAGES].export, "json")
    return web.Response(text=text, content_type="application/json", charset="utf-8")


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


async def _metrics(request: web.Request) -> web.Response:
    """Figures for a monitoring system; behind the tracker's token where there is one (`Authorization: Bearer …`)."""
    text = await asyncio.to_thread(request.app[PAGES].metrics)
    return web.Response(body=text.encode(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _readyz(request: web.Request) -> web.Response:
    """Ready: 200 when every check passes, else 503 with the failing ones by name."""
    checks = await asyncio.to_thread(request.app[PAGES].checks)
    ok = all(check.ok for check in checks)
    body = {
        "status": "ready" if ok else "not ready",
        "checks": {check.name: {"ok": check.ok, "detail": check.detail} for check in checks},
    }
    return web.json_response(body, status=200 if ok else 503)
