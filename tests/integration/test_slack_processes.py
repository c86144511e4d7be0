"""Slack from outside: processes as a platform starts them, called over signed HTTP and over Socket Mode."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.commands.labels import export_lines
from bot.commands.slack import run_checks
from bot.settings import read_settings
from bot.slack import blocks
from bot.slack.routes import PATH
from bot.store import Store
from tests.fakes.feed_server import FeedServer
from tests.fakes.slack_requests import SECRET, click, event, interaction, signed, slash_command, submission
from tests.fakes.slack_server import FakeSlack
from tests.integration.processes import Process, environment, until
from tests.scenario.news import ban, rss
from tests.scenario.world import LOOPBACK

POLICY, SECOND, THIRD, ELSEWHERE = "C0POLICY001", "C0SECOND001", "C0THIRD0001", "C0ELSEWHERE"
SOURCE = {"id": "gazette", "name": "Gazette", "every": "1s"}
NOT_A_CHANGE = {"what": {"what": {"type": "radio_buttons", "selected_option": {"value": "not_a_change"}}}}


@dataclass
class Office:
    """A fake Slack, an outlet, and the environment in which processes are started."""

    slack: FakeSlack
    server: FeedServer
    folder: Path
    env: dict[str, str]

    def publish(self, *cities: str) -> None:
        self.server.serve("/feed", rss([ban(city, datetime.now(UTC)) for city in cities]))

    def messages(self, channel: str) -> list[dict[str, Any]]:
        return [one for one in self.slack.messages(channel) if not one.get("thread_ts")]

    def alert(self, channel: str = POLICY) -> dict[str, Any] | None:
        return next((one for one in self.messages(channel) if "Tulsa" in one["text"]), None)

    def press(self, message: dict[str, Any], action_id: str, option: str = "") -> dict[str, Any]:
        """What Slack sends when somebody presses a button of a message."""
        row = next(block for block in message["blocks"] if block["type"] == "actions")
        action = dict(next(element for element in row["elements"] if element["action_id"] == action_id))
        if option:
            action["selected_option"] = next(one for one in action.pop("options") if one["value"].startswith(option))
        more = {"trigger": self.slack.trigger(), "response_url": self.slack.response_url(), "message": message}
        return click(action, ts=message["ts"], **more)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    folder = tmp_path / "config"
    folder.mkdir()
    async with FakeSlack() as slack, FeedServer() as server:
        for channel in (POLICY, SECOND, THIRD):
            slack.add_channel(channel)
        slack.add_channel(ELSEWHERE, member=False)
        env = environment(
            POLICYWATCH_CONFIG=folder, POLICYWATCH_ALLOW_NETWORKS=LOOPBACK, PORT="0", SLACK_BOT_TOKEN=slack.bot_token,
            SLACK_API_URL=slack.api_url, SLACK_SIGNING_SECRET=SECRET, DATABASE_URL=f"sqlite:///{tmp_path}/p.db",
        )  # fmt: skip
        made = Office(slack, server, folder, env)
        made.publish()
        (folder / "sources.yaml").write_text(json.dumps({"sources": [{**SOURCE, "url": server.url("/feed")}]}))
        (folder / "alerts.yaml").write_text(f"routes:\n  - {{name: team, channel: {POLICY}}}\n")
        made.publish("Boise")
        yield made


async def post(address: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(address + PATH, data=body, headers=signed(body) if headers is None else headers) as answer,
    ):
        return answer.status, await answer.text()


async def ask(address: str, text: str, **more: str) -> str:
    status, answer = await post(address, slash_command(text, **more))
    assert status == 200
    return str(json.loads(answer)["text"])


async def test_an_alert_over_http_and_socket_mode_with_two_processes_that_serve(office: Office, postgres_url: str):
    """Alert, acknowledged, not relevant: edited twice, one label, and every double click changes nothing."""
    office.env["DATABASE_URL"] = postgres_url
    everything = {**office.env, "SLACK_APP_TOKEN": office.slack.app_token}
    async with Process("run", env=everything) as first, Process("web", env=office.env) as other:
        ports = (await first.says(r"Tracker: http://127.0.0.1:(\d+)"), await other.says(r"web listens.*?:(\d+)"))
        webs = [f"http://127.0.0.1:{port}" for port in ports]
        assert "search WORDS" in await ask(webs[0], "help")
        assert "Type: /invite @policywatch" in await ask(webs[0], "subscribe", channel=ELSEWHERE)
        assert "from now on; nothing of the past is sent" in await ask(webs[1], "subscribe in:US", channel=SECOND)
        await until(lambda: office.messages(POLICY))
        assert [m["text"].split(";")[0] for m in office.messages(POLICY)] == ["Watching 1 source"]

        office.publish("Tulsa", "Boise")
        await until(lambda: office.alert(POLICY) and office.alert(SECOND))
        pressed = office.press(office.alert(), blocks.MORE, "take")
        for web in webs:  # a double click, each answered by another process
            assert (await post(web, interaction(pressed)))[0] == 200
        await until(lambda: office.alert()["edits"] == 1)
        assert "U0ANNA0001" in json.dumps(office.alert()["blocks"])
        await over_socket_mode(office)

        assert (await post(webs[0], interaction(office.press(office.alert(), blocks.NOT_RELEVANT))))[0] == 200
        await until(lambda: office.slack.views[-1][0] == "open")
        modal = office.slack.views[-1][1]["view"]
        for web in webs:
            status, answer = await post(web, interaction(submission(modal, NOT_A_CHANGE)))
            assert status == 200
            assert "it collapses in every channel" in answer
        for channel in (POLICY, SECOND):
            await until(lambda channel=channel: office.alert(channel)["edits"] == 2)
            assert "Not a policy change" in json.dumps(office.alert(channel)["blocks"])
            assert len([m for m in office.messages(channel) if "Tulsa" in m["text"]]) == 1
        await asyncio.to_thread(labelled_and_checked, office)
        await refuses_what_is_not_slacks(webs)
        assert [office.alert(channel)["edits"] for channel in (POLICY, SECOND)] == [2, 2]
        assert await first.stop() == 0
    said = first.output + other.output
    assert "Traceback" not in said
    assert "private-word" not in said, "what people send stays out of the log"


async def over_socket_mode(office: Office) -> None:
    """The same handlers over the WebSocket: commands, clicks, hello on being invited, the Home tab."""
    slack = office.slack
    await asyncio.wait_for(slack.connected.wait(), 60)
    command = {"command": "/policywatch", "user_id": "U0ANNA0001", "channel_id": POLICY, "team_id": "T0FAKETEAM"}
    ack = await slack.send_socket("slash_commands", {**command, "text": "recent since:30d"}, timeout=20)
    assert "Boise City Council bans police use" in ack["payload"]["text"]
    joined = event("member_joined_channel", channel=THIRD, inviter="U0ANNA0001")
    joined["event"]["user"] = "U0FAKEBOT"
    for _ in range(2):
        await slack.send_socket("events_api", joined, timeout=20)
    before = len(slack.responses)
    await slack.send_socket("interactive", office.press(office.alert(), blocks.MORE, "why"), timeout=20)
    await until(lambda: len(slack.responses) > before)
    assert "The sentence that says it" in json.dumps(slack.responses[-1][1])
    await slack.send_socket("events_api", event("app_home_opened", tab="home", channel="D1"), timeout=20)
    await until(lambda: slack.views)
    assert "Tulsa" in json.dumps(slack.views[-1][1]["view"])
    await until(lambda: office.messages(THIRD))
    assert len(office.messages(THIRD)) == 1, "hello is said once"


def labelled_and_checked(office: Office) -> None:
    """One label in the format of the corpus; and `slack check` looks at the channel of the subscription too."""
    settings = read_settings(office.env, terminal=False)
    with contextlib.closing(Store.open(settings.database_url)) as store:
        (label,), _ = export_lines(store)
    assert label["title"].startswith("Tulsa")
    assert label["label"]["is_policy_change"] is False
    checks = run_checks(settings)
    assert all(check.ok for check in checks), checks
    assert f"route {SECOND} in:US: the bot is in it" in [check.detail for check in checks]


async def refuses_what_is_not_slacks(webs: list[str]) -> None:
    """A replay, also at another process, a wrong signature, an old timestamp and junk: 401."""
    body = slash_command("search private-word")
    headers = signed(body)
    assert (await post(webs[0], body, headers))[0] == 200
    assert [(await post(web, body, headers))[0] for web in webs] == [401, 401]
    old = signed(body, at=datetime.now(UTC).timestamp() - 400)
    stamp, form = headers["X-Slack-Request-Timestamp"], headers["Content-Type"]
    for junk in (
        signed(body, secret="another"),
        old,
        {"Content-Type": form},
        {"X-Slack-Request-Timestamp": "yesterday", "X-Slack-Signature": "v0=é", "Content-Type": form},
        {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=" + "0" * 64, "Content-Type": form},
        {"X-Slack-Request-Timestamp": "9" * 40, "X-Slack-Signature": "junk" * 900, "Content-Type": "a/b"},
    ):
        assert (await post(webs[1], body, junk))[0] == 401, junk
