"""A real process, really killed, between Slack's acceptance and our commit and before the call."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.alerts.settings import DeliverySettings
from bot.model import DeliveryState, Found, LookUp, Message, Outcome, SendResult
from bot.store import Store
from tests.alerts.conftest import CHANNEL, Office, post
from tests.alerts.fakes import Copies, FakeRenderer
from tests.conftest import ROOT, Clock

NOW = datetime(2020, 6, 11, 18, 4, tzinfo=UTC)

CHILD = """
import asyncio, sys
from tests.alerts.test_sigkill import FileSender, office_on
from bot.alerts.delivery import deliver_round
url, file, instant = sys.argv[1:]
asyncio.run(deliver_round(office_on(url, FileSender(file, instant)).courier()))
"""


class FileSender:
    """A Slack that outlives our process: its messages are lines of a file."""

    def __init__(self, file: str, dies: str | None = None) -> None:
        self.file, self.dies = Path(file), dies

    async def post(self, channel: str, message: Message, **_: object) -> SendResult:
        if self.dies == "before":
            signal.raise_signal(signal.SIGKILL)
        messages = self.messages()
        ts = f"{NOW.timestamp() + len(messages):.6f}"
        line = {"ts": ts, "channel": channel, "key": message.metadata["event_payload"]["key"], "text": message.text}
        self.file.write_text(json.dumps([*messages, line]), "utf-8")
        if self.dies == "after":
            signal.raise_signal(signal.SIGKILL)
        return SendResult(Outcome.SENT, ts=ts)

    async def look_up(self, channel: str, send_key: str, **more: object) -> LookUp:
        found = await self.copies(channel, send_key, **more)
        return LookUp(Found.YES, ts=found.ts[0]) if found.ts else LookUp(Found.NO)

    async def copies(self, channel: str, send_key: str, **_: object) -> Copies:
        return Copies(
            tuple(one["ts"] for one in self.messages() if (one["channel"], one["key"]) == (channel, send_key))
        )

    def messages(self) -> list[dict[str, str]]:
        return json.loads(self.file.read_text("utf-8")) if self.file.exists() else []


def office_on(url: str, sender: FileSender) -> Office:
    return Office(Store.open(url), Clock(NOW), sender, FakeRenderer(), DeliverySettings(), "child")


@pytest.mark.parametrize(("database", "instant"), [("sqlite", "before"), ("sqlite", "after"), ("postgres", "after")])
async def test_a_killed_process_leaves_exactly_one_message(request, tmp_path, database, instant):
    database_url = request.getfixturevalue(f"{database}_url")
    file = tmp_path / "slack.json"
    office = office_on(database_url, FileSender(str(file)))
    office.enqueue(post(1))
    child = subprocess.run(
        [sys.executable, "-c", CHILD, database_url, str(file), instant],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    (row,) = office.all()
    assert row.state is DeliveryState.SENDING, "the claim was committed before the call"
    await replace(office, owner="next").rounds()
    (message,) = office.sender.messages()
    (row,) = office.all()
    assert (message["text"], message["channel"]) == ("post:1:new [1 source]", CHANNEL)
    assert (row.state, row.ts) == (DeliveryState.SENT, message["ts"])
    office.store.close()
