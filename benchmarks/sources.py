"""What watching thousands of feeds costs, beside PyPI's `reader` and `rss2email` on the same loopback server in the same run.

    python -m benchmarks.sources [--feeds 2000] [--runs 3] [--quick] [--no-growth] [--peers reader,rss2email]

Every feed has 50 KB and 30 entries. The peers are installed by name from the package index into throw-away environments. Each run
takes new databases and goes through the same passes in the same order (`rss2email`, the slowest, only the first time), the short
ones three times:

* first: everything is new;
* 304: nothing has changed, and the server says so;
* 5 %: one new entry in every twentieth feed;
* bare: no validators, the same bodies;
* churn: no validators, and each body has another build date and comment.

The machine's noise is in all columns: read the ratios. The targets are those against `reader`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import ENTRIES, ROOT, LoadServer

PASSES = (("first", "same"), ("304", "same"), ("5 %", "changed"), ("bare", "bare"), ("churn", "churn"))
AGAIN = {"304": 3, "5 %": 3}
"""Passes of a second or less are made more than once in each run, by everybody, and the median counts."""
TARGETS = {"first": 2, "304": 10, "5 %": 10, "bare": 60, "churn": 25, "304 over HTTPS": 10}
PEERS = {"reader": ("reader==3.26", "sgmllib3k==1.0.0"), "rss2email": ("rss2email==3.14",)}
"""`reader` starts only with sgmllib3k beside feedparser."""
OFTEN = ("policywatch", "reader")
"""Who takes part in every run."""
GROWTH = (500, 2_000, 8_000)


@dataclass(frozen=True)
class Figures:
    """What one pass cost."""

    wall: float
    cpu: float
    peak: float
    entries: int


class Contender:
    """A process that makes a pass for each line it is sent."""

    def __init__(self, command: list[str], environ: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(environ or {})},
        )

    def one_pass(self) -> Figures:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("pass\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"a contender ended with status {self._process.wait()}")
        found = json.loads(line)
        if found.get("failed"):
            raise SystemExit(f"{found['failed']} polls failed: the figures would mean nothing")
        return Figures(found["wall"], found["cpu"], found["peak"], found["entries"])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()


def install_peer(name: str, folder: Path) -> Path:
    """A throw-away environment with the peer; gives its Python."""
    print(f"installing {' and '.join(PEERS[name])} into a throw-away environment …", flush=True)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS[name]],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return python


@contextmanager
def contender(
    who: str, base: str, feeds: int, peers: Mapping[str, Path], authority: Path | None = None
) -> Iterator[Contender]:
    """One of them, with a new database."""
    with tempfile.TemporaryDirectory(prefix="policywatch-bench-") as name:
        trust = [str(authority)] if authority else []
        if who == "policywatch":
            command = [sys.executable, "-m", "benchmarks.policywatch_passes", name, base, str(feeds), *trust]
        else:
            script = str(ROOT / "benchmarks" / "peers" / f"{who}_passes.py")
            command = [str(peers[who]), script, name, base, str(feeds)]
        one = Contender(command, {"REQUESTS_CA_BUNDLE": str(authority)} if authority else None)
        try:
            yield one
        finally:
            one.close()


def run(feeds: int, who: str, peers: Mapping[str, Path]) -> tuple[dict[str, Figures], dict[str, int]]:
    """All passes of one contender; also what the server sent in each."""
    found: dict[str, Figures] = {}
    sent: dict[str, int] = {}
    with LoadServer(feeds) as server, contender(who, server.base, feeds, peers) as one:
        for name, mode in PASSES:
            found[name], sent[name] = _made(server, one, name, mode)
            if name == "first" and found[name].entries < feeds * ENTRIES:
                raise SystemExit(f"{who} has only {found[name].entries} entries: its figures would mean nothing")
    return found, sent


def _made(server: LoadServer, one: Contender, name: str, mode: str) -> tuple[Figures, int]:
    """One kind of pass, as often as it is made in a row; and the bytes that the server sent in the last of them."""
    passes = []
    for _ in range(AGAIN.get(name, 1)):
        server.mode(mode, 0.05)
        before = server.counts()["bytes"]
        passes.append(one.one_pass())
    return _middle(passes), server.counts()["bytes"] - before


def _middle(passes: list[Figures]) -> Figures:
    """The medians of several passes; the highest peak."""
    return Figures(
        statistics.median(one.wall for one in passes),
        statistics.median(one.cpu for one in passes),
        max(one.peak for one in passes),
        passes[-1].entries,
    )


def run_https(feeds: int, who: str, peers: Mapping[str, Path]) -> dict[str, Figures]:
    """Unchanged feeds over HTTPS whose certificates are verified."""
    with tempfile.TemporaryDirectory(prefix="policywatch-tls-") as name:
        folder = Path(name)
        with LoadServer(feeds, folder) as server, contender(who, server.base, feeds, peers, folder / "ca.pem") as one:
            one.one_pass()
            return {"304 over HTTPS": one.one_pass()}


def compare(feeds: int, runs: int, peers: Mapping[str, Path]) -> None:
    """Run all, alternating, and print medians and ratios."""
    contenders = ["policywatch", *peers]
    walls: dict[str, dict[str, list[float]]] = {who: defaultdict(list) for who in contenders}
    cpus: dict[str, dict[str, list[float]]] = {who: defaultdict(list) for who in contenders}
    peaks: dict[str, float] = dict.fromkeys(contenders, 0.0)
    sent: dict[str, int] = {}
    secure = min(feeds, 600)
    for number in range(runs):
        for who in contenders if number == 0 else [each for each in contenders if each in OFTEN]:
            found, bytes_sent = run(feeds, who, peers)
            sent = bytes_sent if who == "policywatch" else sent
            if who in OFTEN:  # rss2email has no way to be given an authority
                found |= run_https(secure, who, peers)
            for name, figures in found.items():
                walls[who][name].append(figures.wall)
                cpus[who][name].append(figures.cpu)
                peaks[who] = max(peaks[who], figures.peak)
            print(f"run {number + 1} of {runs}, {who}: {sum(one.wall for one in found.values()):.1f} s", flush=True)
    print(
        f"\n{feeds:,} feeds of 50 KB, 30 entries each ({secure:,} over HTTPS); medians of {runs}, seconds of wall clock (CPU)"
    )
    print(
        f"{'':16}"
        + "".join(f"{who:>22}" for who in contenders)
        + "".join(f"{f'x {who}':>18}" for who in peers)
        + "  target"
    )
    for name in [*(name for name, _ in PASSES), "304 over HTTPS"]:
        wall = {who: statistics.median(walls[who][name]) for who in contenders if walls[who][name]}
        cpu = {who: statistics.median(cpus[who][name]) for who in wall}
        cells = "".join(f"{f'{wall[who]:.2f} ({cpu[who]:.2f})' if who in wall else '':>22}" for who in contenders)
        ratios = "".join(
            f"{f'{_ratio(wall, who):.1f} ({_ratio(cpu, who):.1f})' if who in wall else '':>18}" for who in peers
        )
        print(f"{name:16}{cells}{ratios}{TARGETS[name]:>8}")
    print(f"{'peak memory':16}" + "".join(f"{f'{peaks[who]:.0f} MB':>22}" for who in contenders))
    print("\nPolicywatch, per 1,000 polls:")
    for name, _ in PASSES:
        print(
            f"{name:16}{statistics.median(cpus['policywatch'][name]) / feeds * 1000:8.2f} CPU s"
            f"{sent[name] / feeds * 1000 / 1e6:10.2f} MB received"
        )


def _ratio(cost: Mapping[str, float], peer: str) -> float:
    """How many times our cost the peer's is; on a machine that others use too, that of CPU seconds is the steadier one."""
    return cost[peer] / max(cost["policywatch"], 0.001)


def growth(sizes: tuple[int, ...]) -> None:
    """The cost of one poll by the number of sources."""
    print("\nGrowth with the number of sources, CPU seconds per 1,000 polls:")
    print(f"{'sources':>8}{'304':>9}{'5 %':>9}{'peak MB':>9}")
    for feeds in sizes:
        with LoadServer(feeds) as server, contender("policywatch", server.base, feeds, {}) as one:
            found = [_made(server, one, *each)[0] for each in PASSES[:3]]
        _, unchanged, changed = (one.cpu / feeds * 1000 for one in found)
        print(f"{feeds:>8,}{unchanged:>9.2f}{changed:>9.2f}{max(one.peak for one in found):>9.0f}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="The cost of watching thousands of feeds.")
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--quick", action="store_true", help="300 feeds, one run, no growth: a check, not a measurement"
    )
    parser.add_argument("--no-growth", action="store_true")
    parser.add_argument("--peers", default=",".join(PEERS), help="beside whom; '' for nobody")
    options = parser.parse_args(arguments)
    feeds, runs = (300, 1) if options.quick else (options.feeds, options.runs)
    names = [name for name in options.peers.split(",") if name]
    if unknown := set(names) - set(PEERS):
        parser.error(f"unknown peer: {', '.join(sorted(unknown))}; there are {', '.join(PEERS)}")
    with tempfile.TemporaryDirectory(prefix="policywatch-peer-") as folder:
        compare(feeds, runs, {name: install_peer(name, Path(folder) / name) for name in names})
    if not options.quick and not options.no_growth:
        growth(GROWTH)


if __name__ == "__main__":
    main()
