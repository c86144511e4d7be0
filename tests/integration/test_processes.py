"""The processes as a platform starts them: environment in, addresses and exit statuses out."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.feed_server import FeedServer
from tests.integration.processes import Process, environment, until
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
