"""The processes as a platform starts them: environment in, addresses and exit statuses out."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.feed_server import FeedServer, Page
from tests.integration.processes import Process, environment, run, until
from tests.scenario.news import bakery, rss
from tests.scenario.world import LOOPBACK, START


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration without any source of the internet."""
    folder = tmp_path / "config"
    folder.mkdir()
    return folder


def write(folder: Path, *urls: str) -> None:
    sources = [{"id": f"s{number}", "name": f"Source {number}", "url": url} for number, url in enumerate(urls)]
    (folder / "sources.yaml").write_text(json.dumps({"sources": sources}))
    (folder / "alerts.yaml").write_text("routes:\n  - name: team\n    channel: C0POLICY001\n")


async def is_ready(address: str) -> bool:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/readyz") as answer:
        return answer.status == 200


async def test_run_serves_polls_and_stops_on_sigterm(config: Path, tmp_path: Path):
    """One process: its page answers, its worker polls and beats, and SIGTERM ends it with status 0."""
    async with FeedServer() as server:
        write(config, server.serve("/feed", rss([bakery(1, START)])))
        env = environment(
            DATABASE_URL=f"sqlite:///{tmp_path}/p.db", POLICYWATCH_CONFIG=config, POLICYWATCH_ALLOW_NETWORKS=LOOPBACK, PORT="0"
        )  # fmt: skip
        async with Process("run", env=env) as process:
            address = await process.says(r"Tracker: (http://127\.0\.0\.1:\d+)")
            await until(lambda: server.asked("/feed"))
            await until(lambda: is_ready(address))
            async with aiohttp.ClientSession(address) as session, session.get("/sources") as answer:
                assert "Source 0" in await answer.text()
            await process.says("Watching 1 source; 0 changes")
            assert await process.stop() == 0, process.output
            assert "Traceback" not in process.output
    assert "worker stopped" in process.output


async def test_web_and_worker_apart_stop_on_a_signal(config: Path, postgres_url: str):
    write(config)
    (config / "sources.yaml").write_text(
        'sources: [{id: a, name: A, url: "http://127.0.0.1:8009/feed", enabled: false}]\n'
    )
    env = environment(DATABASE_URL=postgres_url, POLICYWATCH_CONFIG=config, PORT="0", DYNO="web.1")
    async with Process("worker", env=env) as worker, Process("web", env=env) as web:
        await worker.says("worker started")
        await web.says("web listens")
        assert await worker.stop(signal.SIGINT) == 0, worker.output
        assert await web.stop() == 0, web.output
        assert "Traceback" not in worker.output + web.output


async def test_a_source_is_added_by_the_address_of_its_page(config: Path, tmp_path: Path):
    """Looked at first, written with comments kept, and read by the next command."""
    async with FeedServer() as server:
        write(config, server.serve("/first", rss([bakery(1, START)])))
        (config / "sources.yaml").write_text(
            "# Who we watch.\nsources:\n  - id: first\n    name: First\n"
            f"    url: {server.url('/first')}  # the local one\n"
        )
        link = '<link rel="alternate" type="application/rss+xml" title="News" href="/news.xml">'
        page = f"<!doctype html><html><head><title>Town</title>{link}</head><body>Hello.</body></html>"
        server.serve("/", Page(page, content_type="text/html"))
        server.serve("/news.xml", rss([bakery(2, START), bakery(3, START)], title="Town News"))
        env = environment(
            DATABASE_URL=f"sqlite:///{tmp_path}/p.db", POLICYWATCH_CONFIG=config, POLICYWATCH_ALLOW_NETWORKS=LOOPBACK
        )
        added = await asyncio.to_thread(run, "sources", "add", server.url("/"), env=env)
        assert added.returncode == 0, added.stderr
        assert "2 entries now; the first poll is a baseline" in added.stdout
        text = (config / "sources.yaml").read_text()
        assert "# Who we watch." in text
        assert "# the local one" in text
        assert f"url: {server.url('/news.xml')}" in text
        polled = await asyncio.to_thread(run, "poll", env=env)
        assert "2 sources polled, 0 failed; 3 new entries, 0 alerts;" in polled.stdout, polled.stderr
        missing = await asyncio.to_thread(run, "sources", "add", server.url("/nothing"), env=env)
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert "Nothing was added" in missing.stderr
