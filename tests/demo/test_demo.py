"""The tour as people see it, in a process of its own: no network, no Slack, an end, and each story told once."""

from __future__ import annotations

import re
import time

import pytest

from tests.integration.processes import Process, environment, run


@pytest.fixture(scope="module")
def shown() -> str:
    started = time.monotonic()
    ended = run("demo", "--once", env=environment())
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    assert time.monotonic() - started < 60
    return ended.stdout


def frames(text: str) -> list[str]:
    """The alerts, each in a frame as it would look in Slack."""
    return re.findall(r"┌ #policy.*?└", text, re.DOTALL)


@pytest.mark.parametrize("company", ["IBM", "Amazon", "Microsoft"])
def test_each_company_is_told_in_exactly_one_message(shown: str, company: str):
    headlines = [frame.splitlines()[1] for frame in frames(shown)]
    assert sum(company in headline for headline in headlines) == 1, headlines


def test_the_steps_are_those_promised(shown: str):
    assert re.search(r"^1 First poll    \d+ old entries read, 0 alerts: no flood$", shown, re.MULTILINE)
    assert re.search(r'^3 11 more outlets report it    same message: "12 sources", 0 pings$', shown, re.MULTILINE)
    assert '"New phone unlocks by face"' in shown
    assert re.search(r"proposed → passed", shown)
    assert re.search(r"^Finished in \d+ s: 4 stories, 5 messages, nothing twice\.$", shown, re.MULTILINE)
    assert len(frames(shown)) == 5
    edits = re.findall(r"^  #policy \w+ message: .*$", shown, re.MULTILINE)
    assert len(edits) == len(set(edits)) > 1
    assert any("earlier message: Now passed" in line for line in edits), "the old message points to the new one"


def test_the_stage_message_comes_last_and_points_back(shown: str):
    last = " ".join(frames(shown)[-1].replace("│", " ").split())  # a long line is wrapped somewhere
    assert "→ passed" in last
    assert "Earlier" in last


async def test_the_page_stays_until_it_is_ended():
    async with Process("demo", env=environment(PORT="0")) as process:
        await process.says(r"Look: (http://127\.0\.0\.1:\d+)")
        assert await process.stop() == 0
