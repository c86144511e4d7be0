"""Passes of the PyPI package `reader`, in an environment of its own: prints one JSON line for each line `pass` it reads.

python reader_passes.py FOLDER BASE_ADDRESS FEEDS
"""

import json
import resource
import sys
import time

from reader import make_reader


def main() -> None:
    folder, base, feeds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    reader = make_reader(f"{folder}/reader.db")
    for number in range(feeds):
        reader.add_feed(f"{base}/feed/{number}")
    for _ in sys.stdin:
        began, cpu = time.perf_counter(), time.process_time()
        reader.update_feeds(scheduled=False)  # by one worker: more make it no faster here (measured)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = {
            "wall": time.perf_counter() - began,
            "cpu": time.process_time() - cpu,
            "peak": peak,
            "entries": reader.get_entry_counts().total,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
