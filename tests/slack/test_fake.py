"""The fake Slack itself: strict, and usable as a process that outlives the bot it serves."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes.slack_server import BOT_TOKEN, FakeSlack

ROOT = Path(__file__).resolve().parents[2]


async def call(url: str, method: str, token: str | None = BOT_TOKEN, **arguments: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}{method}", json=arguments, headers=headers) as answer,
    ):
        return await answer.json()


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("auth.test", "xoxb-unknown", "invalid_auth"),
        ("auth.test", None, "not_authed"),
        ("auth.test", "xapp-fake-app-token", "not_allowed_token_type"),
        ("apps.connections.open", BOT_TOKEN, "not_allowed_token_type"),
        ("chat.postMassage", BOT_TOKEN, "unknown_method"),
        ("chat.postMessage", BOT_TOKEN, "channel_not_found"),
        ("views.open", BOT_TOKEN, "invalid_trigger_id"),
    ],
)
async def test_it_refuses_what_slack_refuses(slack: FakeSlack, method: str, token: str | None, error: str):
    assert (await call(slack.api_url, method, token, channel="C0NOWHERE01", text="x"))["error"] == error


async def test_what_the_token_has_no_scope_for_is_refused(slack: FakeSlack):
    slack.scopes, slack.channels["C0POLICY001"].private = "channels:history", False
    answer = await call(slack.api_url, "chat.postMessage", channel="C0POLICY001", text="x")
    assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
    assert (await call(slack.api_url, "conversations.history", channel="C0POLICY001"))["ok"]
    slack.channels["C0POLICY001"].private = True
    answer = await call(slack.api_url, "conversations.history", channel="C0POLICY001")
    assert answer["needed"] == "groups:history"


async def test_a_view_keeps_its_type(slack: FakeSlack):
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    home = await call(slack.api_url, "views.publish", user_id="U0ANNA0001", view={"type": "home", "blocks": []})
    answer = await call(slack.api_url, "views.update", view_id=home["view"]["id"], view=modal)
    assert answer["error"] == "invalid_arguments"
    assert (await call(slack.api_url, "views.update", view_id="V0UNKNOWN", view=modal))["error"] == "not_found"


async def test_a_message_needs_text_or_blocks_and_metadata_of_bounded_size(slack: FakeSlack):
    big = {"event_type": "x", "event_payload": {"k": "v" * 9_000}}
    assert (await call(slack.api_url, "chat.postMessage", channel="C0POLICY001"))["error"] == "no_text"
    answer = await call(slack.api_url, "chat.postMessage", channel="C0POLICY001", text="x", metadata=big)
    assert answer["error"] == "metadata_too_large"


async def test_rich_text_is_not_replaced_by_another_kind(slack: FakeSlack):
    rich = [
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}
    ]
    ts = (await call(slack.api_url, "chat.postMessage", channel="C0POLICY001", text="x", blocks=rich))["ts"]
    answer = await call(
        slack.api_url, "chat.update", channel="C0POLICY001", ts=ts, text="y", blocks=[{"type": "divider"}]
    )
    assert answer["error"] == "block_mismatch"


async def test_a_trigger_is_good_for_one_modal(slack: FakeSlack):
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    trigger = slack.trigger()
    assert (await call(slack.api_url, "views.open", trigger_id=trigger, view=view))["ok"]
    assert (await call(slack.api_url, "views.open", trigger_id=trigger, view=view))["error"] == "invalid_trigger_id"


async def test_as_a_process_it_keeps_messages_and_takes_faults():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.fakes.slack_server",
        "--non-member",
        "C0OTHERS001",
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
        assert (await call(url, "chat.postMessage", channel="C0ANYWHERE1", text="hello"))["ok"]
        assert (await call(url, "chat.postMessage", channel="C0OTHERS001", text="hello"))["error"] == "not_in_channel"
        async with aiohttp.ClientSession() as session:
            base = url.removesuffix("api/")
            await session.post(f"{base}_test/faults", json={"method": "chat.postMessage", "kind": "fatal_error"})
            assert (await call(url, "chat.postMessage", channel="C0ANYWHERE1", text="again"))["error"] == "fatal_error"
            async with session.get(f"{base}_test/messages") as answer:
                kept = await answer.json()
            async with session.get(f"{base}_test/calls") as answer:
                calls = await answer.json()
        assert [message["text"] for message in kept["C0ANYWHERE1"]] == ["hello", "again"]
        assert len(calls) == 3
    finally:
        process.terminate()
        await process.wait()
