"""A process that only delivers, and waits for Slack more shortly, for tests that kill it: ``python -m tests.scenario.sender``.

Settings come from the environment as for `python -m bot`. It works until it is killed, or nothing is owed any more.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from datetime import timedelta

from bot import pipeline
from bot.settings import read_settings
from bot.wiring import Parts, make_sender, open_parts


def shorten(parts: Parts, *, call_timeout: timedelta, margin: timedelta) -> None:
    """Let a lost sender be noticed after moments: its lease lasts twice the sum."""
    judgement = parts.live.get()
    judgement.__dict__["delivery"] = replace(judgement.delivery, call_timeout=call_timeout, margin=margin)


async def main(call_timeout: float) -> None:
    """Deliver until nothing is owed."""
    settings = read_settings()
    parts = open_parts(settings)
    shorten(parts, call_timeout=timedelta(seconds=call_timeout), margin=timedelta(milliseconds=200))
    sender = make_sender(settings)
    try:
        while True:
            due = (await pipeline.deliver(parts, sender)).next_due
            if due is None or due > parts.clock() + timedelta(minutes=1):  # a look for doubles is due much later
                break
            await asyncio.sleep(0.1)
    finally:
        parts.store.close()
    print("nothing is owed", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
