"""What benchmarks of our own pipeline share: parts on an empty database, passes on request, the cost of a tree of processes."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bot import upkeep
from bot.config.load import load
from bot.passes import one_pass
from bot.pool import Pool
from bot.settings import read_settings
from bot.sources.http import Fetcher, FetchLimits
from bot.store import Store
from bot.wiring import Live, Parts

ROOT = Path(__file__).resolve().parent.parent


def make_parts(folder: Path, urls: list[str], **more: str) -> Parts:
    """An empty database and a configuration of these addresses, each with these other keys."""
    config = folder / "config"
    config.mkdir()
    listed = [{"id": f"feed-{number}", "name": f"Feed {number}", "url": url, **more} for number, url in enumerate(urls)]
    routes = [{"name": "policy", "channel": "C0POLICY001", "send": "now"}]
    (config / "sources.yaml").write_text(json.dumps({"sources": listed}))
    (config / "alerts.yaml").write_text(json.dumps({"routes": routes}))
    environ = {"DATABASE_URL": f"sqlite:///{folder / 'policywatch.db'}", "POLICYWATCH_CONFIG": str(config)}
    settings = read_settings(environ, terminal=False)
    # In a process of its own, as a deployment does: the tools of an upgrade are no part of what runs.
    subprocess.run(
        [sys.executable, "-m", "bot", "db", "upgrade"],
        env=os.environ | environ,
        check=True,
        capture_output=True,
        cwd=ROOT,
    )
    store = Store.open(settings.database_url)
    parts = Parts(settings, store, Live(load(config, env={})))
    upkeep.start_up(parts)
    return parts


def cpu_of_tree() -> float:
    """CPU seconds of this process and of its children, the living ones too."""
    own = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    gone = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    ticks = 0
    for child in _children():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(each) for each in fields[11:15])
    return own + gone + ticks / 100


def memory_of_tree() -> float:
    """Peak of this process, and what its children hold for themselves, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for child in _children():
        for line in Path(f"/proc/{child}/smaps_rollup").read_text().splitlines():
            if line.startswith(("Private_Clean", "Private_Dirty")):
                peak += int(line.split()[1]) / 1024
    return peak


def _children() -> list[int]:
    found, open_ = [], [os.getpid()]
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            parents.setdefault(parent, []).append(int(entry.name))
    while open_:
        below = parents.get(open_.pop(), [])
        found += below
        open_ += below
    return found


async def _passes(folder: Path, base: str, feeds: int, authority: str | None) -> None:
    parts = make_parts(folder, [f"{base}/feed/{number}" for number in range(feeds)])
    limits = FetchLimits(in_all=parts.config.settings.fetch.concurrency)  # as shipped
    gc.freeze()
    async with (
        Fetcher(
            "benchmark", allow_networks=["127.0.0.0/8"], limits=limits, authorities=authority, hurried=True
        ) as fetcher,
        Pool() as pool,
    ):
        for _ in iter(sys.stdin.readline, ""):
            cpu, began = cpu_of_tree(), time.perf_counter()
            claimed = await asyncio.to_thread(upkeep.claim, parts, list(parts.live.get().sources))
            polled = await one_pass(parts, fetcher, claimed, pool=pool)
            wall = time.perf_counter() - began
            told = {
                "wall": wall,
                "cpu": cpu_of_tree() - cpu,
                "peak": memory_of_tree(),
                "entries": sum(len(one.told) for one in polled),
                "failed": sum(one.failure is not None for one in polled),
            }
            print(json.dumps(told), flush=True)
            del claimed, polled  # a worker keeps none of it either
    parts.store.close()


def main(arguments: list[str]) -> None:
    """FOLDER BASE_ADDRESS FEEDS [CA_FILE]"""
    folder, base, feeds, *authority = arguments
    asyncio.run(_passes(Path(folder), base, int(feeds), authority[0] if authority else None))
