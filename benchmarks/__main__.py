"""All benchmarks: `python -m benchmarks` runs them, `python -m benchmarks NAME …` one, `--list` names them, `--quick` keeps it short."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.load import ROOT

NAMES = {
    "sources": "watching thousands of feeds, beside `reader`",
    "nearcopies": "finding near-copies as the archive grows",
    "matching": "matching articles to stories as the archive grows",
    "analysis": "reading one article",
    "answers": "how long each question of Slack takes over 100,000 articles",
    "corpus": "detection and story quality on the labelled corpora",
    "soak": "2,000 sources, some slow, failing or hostile, for some minutes",
}
QUICK = {
    "sources": ["--quick"],
    "answers": ["--articles", "5000"],
    "soak": ["--sources", "200", "--minutes", "0.5", "--every", "5"],
    "analysis": ["--inputs", "500"],
}


def main(arguments: list[str]) -> int:
    """Run the benchmarks that were named, or all; each in a process of its own."""
    options = {each for each in arguments if each.startswith("-")}
    chosen = [each for each in arguments if not each.startswith("-")] or list(NAMES)
    unknown = [each for each in chosen if each not in NAMES]
    if unknown or options - {"--list", "--quick"}:
        print(
            f"unknown: {', '.join([*unknown, *sorted(options - {'--list', '--quick'})])}; try --list", file=sys.stderr
        )
        return 2
    if "--list" in options:
        for name, what in NAMES.items():
            print(f"{name:12}{what}")
        return 0
    failed: list[str] = []
    for name in chosen:
        print(f"\n== {name}: {NAMES[name]}", flush=True)
        began = time.monotonic()
        more = QUICK.get(name, []) if "--quick" in options else []
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *more], cwd=ROOT, check=False).returncode:
            failed.append(name)
        print(f"== {name} took {time.monotonic() - began:.0f} s", flush=True)
    if failed:
        print(f"\nnot as promised: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
