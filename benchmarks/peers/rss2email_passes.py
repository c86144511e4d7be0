"""Passes of the PyPI package `rss2email`, in an environment of its own: prints one JSON line for each line `pass` it reads.

python rss2email_passes.py FOLDER BASE_ADDRESS FEEDS

Each pass is its command, `r2e run --no-send`, without the pause between two feeds of one server.
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path


def main() -> None:
    folder, base, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    settings, data = folder / "rss2email.cfg", folder / "rss2email.json"
    lines = ["[DEFAULT]", "to = nobody@example.org", "same-server-fetch-interval = 0", "verbose = critical"]
    for number in range(count):
        lines += [f"[feed.feed-{number}]", f"url = {base}/feed/{number}"]
    settings.write_text("\n".join(lines) + "\n")
    program = Path(sys.executable).parent / "r2e"
    command = [str(program), "-c", str(settings), "-d", str(data), "run", "--no-send"]
    for _ in sys.stdin:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        told = {
            "wall": wall,
            "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            "peak": after.ru_maxrss / 1024,
            "entries": sum(len(feed["seen"]) for feed in json.loads(data.read_text())["feeds"]),
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
