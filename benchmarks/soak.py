"""A soak of the real worker: many sources polled every so often for some minutes, some of them slow, failing or hostile.

    python -m benchmarks.soak [--sources 2000] [--minutes 10] [--every 60]

Of a hundred sources five answer after 20 seconds, five fail (500, a closed connection, a body that is no feed) and one is
hostile: a compressed bomb, an endless body, headers that never come, 20,000 tags in one item, a private address. What
is asked is whether each *healthy* source was polled on time, as the server saw it: no gap between two polls was longer than
the interval plus :data:`LATE`. The first interval is for the baseline. Status 1 when one was late.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import io
import itertools
import json
import logging
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.load import ROOT, body

LATE = 15.0
"""Seconds after its interval at which a poll counts as late: a tick, the queue and the machine's noise."""
_SLOW = 20.0
_BOMB = gzip.compress(b" " * 30_000_000)


def nature(number: int) -> str:
    """What kind of source a number is: the same share in each hundred."""
    place = number % 100
    return "hostile" if place == 99 else "failing" if place >= 94 else "slow" if place >= 89 else "healthy"


class _Server:
    """A bare server; notes when each source was asked."""

    def __init__(self) -> None:
        self.asked: dict[int, list[float]] = defaultdict(list)
        self.bodies: dict[int, bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head[4 : head.index(b" ", 4)].decode()
                if path == "/asked":
                    _plain(writer, json.dumps(self.asked).encode())
                else:
                    await self.answer(int(path[6:]), head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def answer(self, number: int, head: bytes, writer: asyncio.StreamWriter) -> None:
        self.asked[number].append(time.monotonic())
        turn, kind = len(self.asked[number]), nature(number)
        if kind == "slow":
            await asyncio.sleep(_SLOW)
        if kind == "failing" and turn > 1:
            if number % 3 == 0:
                writer.write(b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n")
                return
            if number % 3 == 1:
                raise ConnectionResetError
            _plain(writer, b"<html><body>Not here</body></html>", "text/html")
            return
        if kind == "hostile":
            await _attack(number // 100 % 5, writer)
            return
        newest = (turn - 1) // 3 if number % 20 == 0 else 0  # every twentieth has something new at each third poll
        etag = f'"{number}-{newest}"'
        if etag.encode() in head:
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
            return
        _plain(writer, body(number, newest), more=f"ETag: {etag}\r\n")


def _plain(writer: asyncio.StreamWriter, content: bytes, kind: str = "application/rss+xml", more: str = "") -> None:
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(content)}\r\n\r\n".encode())
    writer.write(content)


async def _attack(which: int, writer: asyncio.StreamWriter) -> None:
    if which == 0:
        _plain(writer, _BOMB, more="Content-Encoding: gzip\r\n")
    elif which == 1:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")
        while True:
            writer.write(b" " * 65_536)
            await writer.drain()
    elif which == 2:
        await asyncio.sleep(3_600)
    elif which == 3:
        _plain(writer, b"<rss><channel><item><title>" + b"<b>x</b>" * 20_000)
    else:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n")


async def _serve() -> None:
    site = _Server()
    server = await asyncio.start_server(site.serve, "127.0.0.1", 0, limit=65_536, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


# --- our side --------------------------------------------------------------------------------------------------------


async def _work(folder: Path, base: str, sources: int, every: int, seconds: float) -> None:
    from rich.console import Console

    from benchmarks.ours import make_parts
    from bot.slack.terminal import TerminalSender
    from bot.sources.http import Fetcher, FetchLimits
    from bot.upkeep import spread_over
    from bot.worker import Worker

    logging.getLogger("apscheduler").setLevel(
        logging.ERROR
    )  # as in the command: a tick that is still at work is no news
    parts = make_parts(folder, [f"{base}/feed/{number}" for number in range(sources)], every=f"{every}s")
    baseline = spread_over(parts, sources).total_seconds()
    if seconds < baseline + 2 * every:
        raise SystemExit(
            f"too short to judge: the baseline of {sources:,} sources is spread over {baseline:.0f} s, and two polls of each"
            f" must fit in behind it; take {(baseline + 2 * every) / 60:.1f} minutes or more"
        )
    limits = FetchLimits(in_all=64, per_host=64, spacing=0, total=45)
    async with Fetcher("soak", allow_networks=["127.0.0.0/8"], limits=limits, hurried=True) as fetcher:
        worker = Worker(parts, fetcher, TerminalSender(Console(file=io.StringIO())))
        running = asyncio.create_task(worker.run())
        await asyncio.wait([running], timeout=seconds)
        worker.stop()
        await running
    parts.store.close()


def gaps(asked: dict[str, list[float]], sources: int, settled: float, end: float) -> dict[str, list[float]]:
    """The longest time each source went without a poll, from ``settled`` on, by its nature."""
    found: dict[str, list[float]] = defaultdict(list)
    for number in range(sources):
        times = [settled, *(at for at in asked.get(str(number), []) if settled < at < end), end]
        found[nature(number)].append(max(after - before for before, after in itertools.pairwise(times)))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Many sources for some minutes, some slow, failing or hostile.")
    parser.add_argument("--sources", type=int, default=2_000)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=int, default=60, help="seconds between two polls of a source")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        asyncio.run(_serve())
        return 0
    command = [sys.executable, "-m", "benchmarks.soak", "--serve"]
    with (
        tempfile.TemporaryDirectory(prefix="policywatch-soak-") as name,
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        port = int(server.stdout.readline())
        began, cpu = time.monotonic(), time.process_time()
        asyncio.run(_work(Path(name), f"http://127.0.0.1:{port}", options.sources, options.every, options.minutes * 60))
        end, spent = began + options.minutes * 60, time.process_time() - cpu
        asked = asyncio.run(_asked(port))
        server.communicate()
    first = [times[0] for number, times in asked.items() if nature(int(number)) == "healthy"]
    settled = max(max(first, default=end), began + options.every)
    if end - settled < options.every:
        print(f"The baseline took {settled - began:.0f} s: a healthy source was not polled on time.")
        return 1
    return _report(asked, options.sources, options.every, settled, end, spent)


async def _asked(port: int) -> dict[str, list[float]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    writer.write(b"GET /asked HTTP/1.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.rpartition(b"Content-Length: ")[2])
    found: dict[str, list[float]] = json.loads(await reader.readexactly(length))
    writer.close()
    return found


def _report(asked: dict[str, list[float]], sources: int, every: int, settled: float, end: float, spent: float) -> int:
    polls = sum(len(times) for times in asked.values())
    print(
        f"{sources:,} sources every {every} s, {polls:,} polls; judged from the end of the baseline: {end - settled:.0f} s"
    )
    found = gaps(asked, sources, settled, end)
    for kind in ("healthy", "slow", "failing", "hostile"):
        longest = sorted(found[kind]) or [0.0]
        print(
            f"  {kind:8} {len(found[kind]):>6,} sources; longest time between two polls: median {longest[len(longest) // 2]:.1f} s, "
            f"99 % {longest[int(len(longest) * 0.99)]:.1f} s, worst {longest[-1]:.1f} s"
        )
    late = sum(gap > every + LATE for gap in found["healthy"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {spent:.1f} CPU s in the worker ({spent / polls * 1000:.2f} per 1,000 polls), peak {peak:.0f} MB")
    print(
        f"  {late} healthy sources late by more than {LATE:.0f} s"
        if late
        else "  every healthy source was polled on time"
    )
    return 1 if late or end - settled < every else 0


if __name__ == "__main__":
    sys.exit(main())
