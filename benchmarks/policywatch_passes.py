"""Passes of Policywatch's own pipeline on real storage: prints one JSON line for each line `pass` it reads.

    python -m benchmarks.policywatch_passes FOLDER BASE_ADDRESS FEEDS [CA_FILE]

What `policywatch poll` does, without deliveries: claim, fetch, read, judge, store.
"""

import sys

if (
    __name__ == "__main__"
):  # the pool's processes import this module too, as they do the command's, and need nothing of it
    from benchmarks.ours import main

    main(sys.argv[1:])
