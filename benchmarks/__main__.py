"""`make bench`: every benchmark in turn, each in a process of its own; `python -m benchmarks NAME …` runs only those named."""

import subprocess
import sys

BENCHMARKS = ("analysis", "nearcopies", "matching")


def main(names: list[str]) -> int:
    """Run the benchmarks; gives 1 when one of them failed, 2 when a name is unknown."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"no benchmark is called {unknown[0]!r}; there are {', '.join(BENCHMARKS)}\n")
        return 2
    failed = 0
    for name in names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
