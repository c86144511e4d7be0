"""The same listeners over a real WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from bot.slack import blocks, modals
from bot.slack.app import build_app, make_desk
from bot.slack.events import WHY_SHORTCUT
from bot.slack.ports import StoryRow
from bot.slack.socketmode import SocketMode
from tests.fakes.slack_desk import NOW, FakeCommands, FakeQueries
from tests.fakes.slack_requests import button, chosen, click, event, shortcut, submission
from tests.fakes.slack_server import FakeSlack
from tests.slack.conftest import make_view
from tests.slack.site import Site, picked, typed, until

COMMAND = {
    "command": "/policywatch",
    "text": "recent",
    "user_id": "U0ANNA0001",
    "channel_id": "C0POLICY001",
    "team_id": "T0FAKETEAM",
}


@asynccontextmanager
async def connected(
    slack: FakeSlack, commands: FakeCommands | None = None, queries: FakeQueries | None = None, token: str = "", **more
) -> AsyncIterator[SocketMode]:
    if queries is None:
        queries = FakeQueries()
        queries.rows = [StoryRow("s12", "Microsoft will not sell to police", NOW, ("US",), 42)]
    desk = make_desk(queries, commands or FakeCommands(), lambda: NOW, token=slack.bot_token, base_url=slack.api_url)
    quick = {"look_every": timedelta(seconds=0.02), "give_up_after": timedelta(seconds=0.3)}
    socket = SocketMode(build_app(desk), token or slack.app_token, base_url=slack.api_url, **(quick | more))
    await socket.start()
    try:
        yield socket
    finally:
        await socket.stop()
        await socket.stop()
        assert not socket.connected


async def test_a_command_is_answered_over_the_websocket(slack: FakeSlack):
    async with connected(slack) as socket:
        ack = await slack.send_socket("slash_commands", COMMAND)
        assert "Microsoft will not sell to police · 42 sources" in ack["payload"]["text"]
        assert ack["payload"]["response_type"] == "ephemeral"
        assert await socket.wait_connected()


async def test_a_click_is_acknowledged_and_answered(slack: FakeSlack):
    commands = FakeCommands()
    async with connected(slack, commands):
        payload = click(chosen(blocks.MORE, "take:s12"), response_url=slack.response_url())
        ack = await slack.send_socket("interactive", payload)
        assert "payload" not in ack
        await until(lambda: slack.responses)
        assert slack.responses[0][1]["text"] == "You take s12."
        assert commands.done == [("take", "s12", "U0ANNA0001")]


def requests(slack: FakeSlack) -> list[tuple[str, dict[str, Any]]]:
    """One request of each kind that Slack sends, good and bad, with fresh triggers and addresses for answers."""

    def fresh() -> dict[str, str]:
        return {"trigger": slack.trigger(), "response_url": slack.response_url()}

    view = {
        "type": "modal",
        "callback_id": modals.WRONG_STORY_MODAL,
        "private_metadata": '{"ref": "s12", "channel": "C0POLICY001"}',
    }
    joined = event("member_joined_channel", channel="C0POLICY001", inviter="U0ANNA0001")
    joined["event"]["user"] = "U0FAKEBOT"
    return [
        *(("slash_commands", {**COMMAND, "text": text}) for text in ("recent share", "recnt", "subscribe in:EU", "mute example-post 7d")),
        ("interactive", click(chosen(blocks.MORE, "take:s12"), **fresh())),
        ("interactive", click(chosen(blocks.MORE, "wrong:s12"), **fresh())),
        ("interactive", click(button(blocks.NOT_RELEVANT, "s12"), **fresh())),
        ("interactive", click(button("pw_why_action_analyse", "https://example.org/x"), **fresh())),
        ("interactive", shortcut(WHY_SHORTCUT, {"ts": "1.1", "text": "https://example.org/x"}, **fresh())),
        ("interactive", submission(view, picked("how", "merge"))),
        ("interactive", submission(view, picked("how", "merge") | typed("into", "s9"))),
        ("events_api", event("app_home_opened", tab="home", channel="D1")),
        ("events_api", joined),
    ]  # fmt: skip


async def test_both_transports_have_the_same_handlers(slack: FakeSlack, site: Site):
    """Each request is sent over HTTP and over the WebSocket: the acknowledgement and all that follows are equal."""
    async with connected(slack, site.commands, site.queries):
        site.queries.views["s12"] = make_view()
        for (kind, signed_one), (_, framed_one) in zip(requests(slack), requests(slack), strict=True):
            seen = []
            for payload, send in ((signed_one, site.happens), (framed_one, socket_sender(slack))):
                site.commands.marks.clear()
                said, shown, done = len(slack.responses), len(slack.views), len(site.commands.done)
                ack = await send(kind, payload)
                await settled(slack, site)
                views = [(how, {**what["view"], "id": ""}) for how, what in slack.views[shown:]]
                seen.append((ack, [body for _, body in slack.responses[said:]], views, site.commands.done[done:]))
            assert seen[0] == seen[1], (kind, signed_one)
            assert any(seen[0]), (kind, signed_one)


def socket_sender(slack: FakeSlack) -> Callable[[str, dict[str, Any]], Awaitable[Any]]:
    async def send(kind: str, payload: dict[str, Any]) -> Any:
        return (await slack.send_socket(kind, payload)).get("payload") or ""

    return send


async def settled(slack: FakeSlack, site: Site) -> None:
    """Wait until nothing more follows."""
    before = None
    while before != (now := (len(slack.calls), len(slack.responses), len(site.commands.done))):
        before = now
        await asyncio.sleep(0.1)


async def test_a_lost_connection_is_made_anew(slack: FakeSlack):
    async with connected(slack) as socket:
        assert await socket.wait_connected()
        slack.connected.clear()
        await slack.sockets[-1].close()
        ack = await slack.send_socket("slash_commands", COMMAND)
        assert ack["payload"]["text"]
        assert len(slack.sockets) > 1


async def test_a_slack_that_is_down_at_the_start_neither_blocks_nor_ends_it(slack: FakeSlack, caplog):
    slack.fault("apps.connections.open", "html_502", times=2)
    async with connected(slack) as socket:
        assert not socket.connected
        ack = await slack.send_socket("slash_commands", COMMAND)
        assert ack["payload"]["text"]
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_wrong_token_is_one_line_and_no_secret(slack: FakeSlack, caplog):
    async with connected(slack, token="xapp-wrong-secret", give_up_after=timedelta(seconds=0.03)) as socket:
        await until(lambda: len(slack.called("apps.connections.open")) > 4)
        assert not socket.connected
    assert caplog.text.count("Slack says invalid_auth") == 1
    assert "secret" not in caplog.text


async def test_no_task_stays_behind(slack: FakeSlack):
    before = asyncio.all_tasks()
    async with connected(slack) as socket:
        assert await socket.wait_connected()
    left = {task for task in asyncio.all_tasks() - before if "aiohttp" not in repr(task) and not task.done()}
    assert not [task for task in left if "socket_mode" in repr(task)]
