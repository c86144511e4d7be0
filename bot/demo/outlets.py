"""The sample outlets: read from `outlets.yaml`, written as RSS, Atom, RDF or JSON Feed, served on loopback."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib import resources
from typing import Self
from xml.etree import ElementTree as ET

import yaml
from aiohttp import web

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
RSS1 = "{http://purl.org/rss/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented publisher."""

    id: str
    name: str
    format: str
    category: str


@dataclass(frozen=True, slots=True)
class Item:
    """One report; visible from ``step`` on."""

    step: int
    outlet: str
    at: datetime
    title: str
    text: str

    @property
    def slug(self) -> str:
        """Stable, short, part of the item's address."""
        return hashlib.sha256(f"{self.outlet}{self.title}".encode()).hexdigest()[:10]


def load_outlets() -> tuple[tuple[Outlet, ...], tuple[Item, ...]]:
    """Read the bundled outlets and their items."""
    data = yaml.safe_load((resources.files("bot.demo") / "outlets.yaml").read_text(encoding="utf-8"))
    outlets = tuple(Outlet(**each) for each in data["outlets"])
    items = tuple(Item(**{**each, "at": _utc(each["at"]), "text": each["text"].strip()}) for each in data["items"])
    return outlets, items


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# --- writing feeds -----------------------------------------------------------------------------------------------------


def write_rss(outlet: Outlet, items: list[Item], base: str) -> bytes:
    """RSS 2.0."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    for name, value in (
        ("title", outlet.name),
        ("link", f"{base}/{outlet.id}/"),
        ("description", f"News from {outlet.name}"),
    ):
        ET.SubElement(channel, name).text = value
    for item in items:
        node = ET.SubElement(channel, "item")
        ET.SubElement(node, "title").text = item.title
        ET.SubElement(node, "link").text = _address(base, item)
        ET.SubElement(node, "guid", isPermaLink="false").text = item.slug
        ET.SubElement(node, "pubDate").text = format_datetime(item.at)
        ET.SubElement(node, CONTENT).text = _as_html(item)
    return _xml(root)


def write_atom(outlet: Outlet, items: list[Item], base: str) -> bytes:
    """Atom (RFC 4287)."""
    root = ET.Element(f"{ATOM}feed")
    ET.SubElement(root, f"{ATOM}title").text = outlet.name
    ET.SubElement(root, f"{ATOM}id").text = f"{base}/{outlet.id}/"
    ET.SubElement(root, f"{ATOM}updated").text = max(
        (item.at for item in items), default=datetime(2020, 6, 1, tzinfo=UTC)
    ).isoformat()
    for item in items:
        node = ET.SubElement(root, f"{ATOM}entry")
        ET.SubElement(node, f"{ATOM}title").text = item.title
        ET.SubElement(node, f"{ATOM}id").text = f"urn:sample:{item.slug}"
        ET.SubElement(node, f"{ATOM}link", href=_address(base, item))
        ET.SubElement(node, f"{ATOM}published").text = item.at.isoformat()
        ET.SubElement(node, f"{ATOM}updated").text = item.at.isoformat()
        ET.SubElement(node, f"{ATOM}content", type="html").text = _as_html(item)
    return _xml(root)


def write_rdf(outlet: Outlet, items: list[Item], base: str) -> bytes:
    """RSS 1.0, which is RDF."""
    root = ET.Element(f"{RDF}RDF")
    channel = ET.SubElement(root, f"{RSS1}channel", {f"{RDF}about": f"{base}/{outlet.id}/"})
    ET.SubElement(channel, f"{RSS1}title").text = outlet.name
    ET.SubElement(channel, f"{RSS1}link").text = f"{base}/{outlet.id}/"
    for item in items:
        node = ET.SubElement(root, f"{RSS1}item", {f"{RDF}about": _address(base, item)})
        ET.SubElement(node, f"{RSS1}title").text = item.title
        ET.SubElement(node, f"{RSS1}link").text = _address(base, item)
        ET.SubElement(node, f"{DC}date").text = item.at.isoformat()
        ET.SubElement(node, f"{RSS1}description").text = item.text
    return _xml(root)


def write_json(outlet: Outlet, items: list[Item], base: str) -> bytes:
    """JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{base}/{outlet.id}/",
        "items": [
            {
                "id": item.slug,
                "url": _address(base, item),
                "title": item.title,
                "content_html": _as_html(item),
                "date_published": item.at.isoformat(),
            }
            for item in items
        ],
    }
    return json.dumps(feed).encode()


WRITERS: dict[str, tuple[Callable[[Outlet, list[Item], str], bytes], str]] = {
    "rss": (write_rss, "application/rss+xml"),
    "atom": (write_atom, "application/atom+xml"),
    "rdf": (write_rdf, "application/rdf+xml"),
    "json": (write_json, "application/feed+json"),
}


def _xml(root: ET.Element) -> bytes:
    result: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return result


def _address(base: str, item: Item) -> str:
    return f"{base}/{item.outlet}/{item.slug}"


def _as_html(item: Item) -> str:
    return "".join(f"<p>{html.escape(part.strip())}</p>" for part in item.text.split("\n\n"))


# --- serving -------------------------------------------------------------------------------------------------------------


class OutletServer:
    """Serves the outlets on 127.0.0.1; ``step`` and ``now`` decide which items exist yet. An async context manager."""

    def __init__(self) -> None:
        self.outlets, self.items = load_outlets()
        self.step = 1
        self.now = datetime.max.replace(tzinfo=UTC)
        self.base = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{outlet}/feed", self._feed)
        app.router.add_get("/{outlet}/{slug}", self._page)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def visible(self, outlet: str | None = None) -> list[Item]:
        """Items that exist by now, newest first."""
        found = [
            item
            for item in self.items
            if item.step <= self.step and item.at <= self.now and outlet in {None, item.outlet}
        ]
        return sorted(found, key=lambda item: item.at, reverse=True)

    async def _feed(self, request: web.Request) -> web.Response:
        outlet = next((each for each in self.outlets if each.id == request.match_info["outlet"]), None)
        if outlet is None:
            raise web.HTTPNotFound
        write, content_type = WRITERS[outlet.format]
        body = write(outlet, self.visible(outlet.id), self.base)
        etag = hashlib.sha256(body).hexdigest()[:16]
        if request.headers.get("If-None-Match") == f'"{etag}"':
            return web.Response(status=304, headers={"ETag": f'"{etag}"'})
        return web.Response(body=body, content_type=content_type, headers={"ETag": f'"{etag}"'})

    async def _page(self, request: web.Request) -> web.Response:
        for item in self.visible(request.match_info["outlet"]):
            if item.slug == request.match_info["slug"]:
                title = html.escape(item.title)
                page = f"<!doctype html><meta charset=utf-8><title>{title}</title><article><h1>{title}</h1>{_as_html(item)}</article>"
                return web.Response(text=page, content_type="text/html")
        raise web.HTTPNotFound
