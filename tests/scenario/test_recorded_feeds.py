"""All recorded feed documents, each a source on one server, polled twice through the whole pipeline."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path

from bot import pipeline, upkeep
from bot.model import FailureKind
from tests.fakes.feed_server import Page
from tests.scenario.world import World

TABLES = ("entries", "articles", "policy_changes", "stories", "deliveries", "wanted_pages")


def serve(world: World, folder: Path) -> None:
    """A third with an entity tag, a third with a date, a third with neither."""
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        body = path.read_bytes()
        kind = "application/json" if path.suffix == ".json" else "application/xml"
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"' if number % 3 == 0 else None
        modified = "Thu, 12 Nov 2026 08:00:00 GMT" if number % 3 == 1 else None
        name = f"feed-{number}"
        url = world.server.serve(f"/{name}", Page(body, content_type=kind, etag=etag, last_modified=modified))
        world.sources[name] = {"id": name, "name": path.name, "url": url}


async def poll_all(world: World) -> dict[str, pipeline.Polled]:
    claimed = upkeep.claim(world.parts, list(world.parts.live.get().sources))
    limit = asyncio.Semaphore(8)

    async def one(source, state):
        async with limit:
            return await pipeline.poll(world.parts, world.fetcher, source, state)

    return {one.source.id: one for one in await asyncio.gather(*(one(*each) for each in claimed))}


async def test_a_second_poll_of_everything_is_conditional_and_stores_nothing_new(world: World, shared_data: Path):
    serve(world, shared_data / "feeds")
    world.begin()
    first = await poll_all(world)
    assert len(first) >= 700
    read = {name for name, polled in first.items() if polled.failure is None}
    assert len(read) >= 190
    assert not [
        name for name, polled in first.items() if polled.failure and polled.failure.kind is FailureKind.INTERNAL
    ]
    assert not [told for polled in first.values() for told in polled.told if told.verdict == "quarantined"]
    assert {told.alert for polled in first.values() for told in polled.told} <= {"none"}
    before = {table: world.count(table) for table in TABLES}
    assert before["entries"] == sum(len(polled.told) for polled in first.values()) > 400

    world.clock.advance(timedelta(hours=1))
    world.server.requests.clear()
    second = await poll_all(world)
    assert {name for name, polled in second.items() if polled.failure is None} == read
    assert [polled.told for polled in second.values() if polled.told] == []
    assert {table: world.count(table) for table in TABLES} == before
    asked = {request.path: request for request in world.server.requests}
    unconditional = []
    for name in sorted(read):
        page, request = world.server._answers[f"/{name}"], asked[f"/{name}"]
        assert isinstance(page, Page)
        sent = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
        assert sent == (request.status == 304)
        if (page.etag or page.last_modified) and not sent:
            unconditional.append(name)
    # What is not well-formed is asked for whole, so that a transfer that broke off mends itself; its body's hash spares the rest.
    assert len(unconditional) < 0.2 * len(read), unconditional
