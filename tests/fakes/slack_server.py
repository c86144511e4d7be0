"""A Slack of our own over real HTTP and WebSocket, on loopback: strict about tokens, membership and block limits.

In a test::

    async with FakeSlack() as slack:
        slack.add_channel("C0000000001", "policy")
        slack.fault("chat.postMessage", "commit_reset")
        sender = SlackSender(slack.bot_token, base_url=slack.api_url)

As a process (for tests that kill the bot): ``python -m tests.fakes.slack_server --port 0`` prints its address; its
messages are at ``/_test/messages``, its calls at ``/_test/calls``, and faults are posted to ``/_test/faults``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import secrets
import socket
import struct
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes.slack_faults import FAULTS, Fault, error_fault
from tests.fakes.slack_rules import refuse_message, refuse_view

BOT_TOKEN = "xoxb-fake-bot-token"
APP_TOKEN = "xapp-fake-app-token"
BOT_ID = "B0FAKEBOT"
BOT_USER = "U0FAKEBOT"
TEAM = "T0FAKETEAM"
SCOPES = "chat:write,commands,channels:history,groups:history,channels:read,groups:read,im:write,im:history"

Arguments = dict[str, Any]


@dataclass
class Channel:
    """A conversation and its messages, oldest first."""

    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    last_post: float = 0.0

    def find(self, ts: Any) -> dict[str, Any] | None:
        return next((message for message in self.messages if message["ts"] == ts), None)


class Refused(Exception):
    """Answered as ``{"ok": false, "error": …}``."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


class FakeSlack:
    """The server and all that it knows. Use as an asynchronous context manager."""

    def __init__(
        self, *, open_channels: bool = False, pace: float = 0.0, page: int = 200, clock: Callable[[], float] = time.time
    ) -> None:
        """With ``open_channels`` any plausible id is a channel the bot is in; ``pace`` is seconds between two posts."""
        self.bot_token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.open_channels, self.pace, self.page, self.clock = open_channels, pace, page, clock
        self.scopes = SCOPES
        self.channels: dict[str, Channel] = {}
        self.calls: list[tuple[str, Arguments]] = []
        self.ephemeral: list[Arguments] = []
        self.views: list[tuple[str, Arguments]] = []
        self.responses: list[tuple[str, Arguments]] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.response_uses: dict[str, int] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.socket_acks: dict[str, asyncio.Future[Arguments]] = {}
        self.tickets: set[str] = set()
        self.triggers: set[str] = set()
        self.host, self.port = "127.0.0.1", 0
        self._last_ts = 0
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self.connected = asyncio.Event()

    # --- life ------------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{id}", self._respond)
        app.router.add_get("/socket/{ticket}", self._socket)
        app.router.add_get("/_test/messages", self._test_messages)
        app.router.add_get("/_test/calls", self._test_calls)
        app.router.add_post("/_test/faults", self._test_faults)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for ws in self.sockets:
            await ws.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/"

    @property
    def api_url(self) -> str:
        """What belongs into ``SLACK_API_URL``."""
        return f"{self.url}api/"

    # --- what tests set up and read ---------------------------------------------------------------------------------

    def add_channel(self, channel_id: str, name: str = "", **more: Any) -> Channel:
        self.channels[channel_id] = Channel(channel_id, name or channel_id.lower(), **more)
        return self.channels[channel_id]

    def fault(self, method: str, kind: str | Fault, times: int = 1) -> None:
        """Spoil the next ``times`` calls of a method: a name from ``FAULTS``, an error code of Slack, or a Fault."""
        for _ in range(times):
            fault = kind if isinstance(kind, Fault) else FAULTS[kind]() if kind in FAULTS else error_fault(kind)
            self.faults[method].append(fault)

    def messages(self, channel: str) -> list[dict[str, Any]]:
        return self.channels[channel].messages if channel in self.channels else []

    def called(self, method: str) -> list[Arguments]:
        return [arguments for name, arguments in self.calls if name == method]

    def trigger(self) -> str:
        """Issue a trigger id, good for one modal."""
        trigger = f"{next(self._numbers)}.{secrets.token_hex(4)}"
        self.triggers.add(trigger)
        return trigger

    def response_url(self) -> str:
        """Issue an address that takes five answers."""
        key = secrets.token_hex(8)
        self.response_uses[key] = 0
        return f"{self.url}response/{key}"

    async def send_socket(self, kind: str, payload: Arguments, timeout: float = 5.0) -> Arguments:
        """Send an envelope over the open WebSocket; return the acknowledgement."""
        await asyncio.wait_for(self.connected.wait(), timeout)
        envelope = f"envelope-{next(self._numbers)}"
        future: asyncio.Future[Arguments] = asyncio.get_running_loop().create_future()
        self.socket_acks[envelope] = future
        body = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        await self.sockets[-1].send_json(body)
        return await asyncio.wait_for(future, timeout)

    # --- the Web API --------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault and not fault.commit:
            return await self._spoil(request, fault)
        try:
            self._authorise(method, request, arguments)
            handler = getattr(self, f"_do_{method.replace('.', '_')}", None)
            if handler is None:
                raise Refused("unknown_method")
            answer = {"ok": True, **handler(arguments)}
        except Refused as refusal:
            answer = refusal.body
        if fault:
            return await self._spoil(request, fault)
        headers = {"X-OAuth-Scopes": self.scopes}
        if answer.get("error") == "ratelimited":
            return web.json_response(answer, status=429, headers={**headers, "Retry-After": "1"})
        return web.json_response(answer, headers=headers)

    def _authorise(self, method: str, request: web.Request, arguments: Arguments) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.get("token", "")
        if not token:
            raise Refused("not_authed")
        wanted = self.app_token if method == "apps.connections.open" else self.bot_token
        if token != wanted:
            raise Refused("not_allowed_token_type" if token in {self.app_token, self.bot_token} else "invalid_auth")

    async def _spoil(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.how == "hang":
            await asyncio.sleep(3_600)
        transport = request.transport
        if fault.how == "reset" and transport:
            raw = transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
            return web.Response()
        if fault.how == "cut" and transport:
            response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "400"})
            await response.prepare(request)
            await response.write(b'{"ok": true, "ts": "15')
            transport.close()
            return response
        return web.Response(
            status=fault.status, text=fault.body, content_type=fault.content_type, headers=fault.headers
        )

    def _channel(self, arguments: Arguments, *, write: bool = False) -> Channel:
        channel_id = str(arguments.get("channel", ""))
        if channel_id not in self.channels and self.open_channels and channel_id[:1] in "CGD" and len(channel_id) > 8:
            self.add_channel(channel_id)
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refused("channel_not_found")
        if not channel.member:
            raise Refused("not_in_channel")
        if write and channel.archived:
            raise Refused("is_archived")
        return channel

    def _next_ts(self) -> str:
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _do_auth_test(self, _: Arguments) -> Arguments:
        return {
            "url": "https://fake.slack.example/", "team": "Fake", "team_id": TEAM, "user": "policywatch",
            "user_id": BOT_USER, "bot_id": BOT_ID,
        }  # fmt: skip

    def _do_chat_postMessage(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments, write=True)
        if error := refuse_message(arguments):
            raise Refused(error)
        thread = arguments.get("thread_ts")
        if thread and not channel.find(thread):
            raise Refused("thread_not_found")
        if self.pace and self.clock() - channel.last_post < self.pace:
            raise Refused("ratelimited")
        channel.last_post = self.clock()
        message = {
            "type": "message", "ts": self._next_ts(), "bot_id": BOT_ID, "user": BOT_USER,
            "text": arguments.get("text", ""), "blocks": arguments.get("blocks") or [],
            "metadata": arguments.get("metadata"), "edits": 0,
        }  # fmt: skip
        if thread:
            message |= {"thread_ts": thread, "broadcast": _true(arguments.get("reply_broadcast"))}
        channel.messages.append(message)
        return {"channel": channel.id, "ts": message["ts"], "message": _shown(message, metadata=False)}

    def _own(self, arguments: Arguments, refusal: str) -> tuple[Channel, dict[str, Any]]:
        channel = self._channel(arguments, write=True)
        message = channel.find(arguments.get("ts"))
        if message is None:
            raise Refused("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise Refused(refusal)
        return channel, message

    def _do_chat_update(self, arguments: Arguments) -> Arguments:
        channel, message = self._own(arguments, "cant_update_message")
        if message.get("edit_window_closed"):
            raise Refused("edit_window_closed")
        if error := refuse_message(arguments, update=True):
            raise Refused(error)
        blocks = arguments.get("blocks")
        if blocks and _has_rich_text(message["blocks"]) and not _has_rich_text(blocks):
            raise Refused("block_mismatch")
        message |= {"text": arguments.get("text", ""), "edits": message["edits"] + 1}
        if blocks is not None:
            message["blocks"] = blocks
        if arguments.get("metadata"):
            message["metadata"] = arguments["metadata"]
        return {"channel": channel.id, "ts": message["ts"], "text": message["text"]}

    def _do_chat_delete(self, arguments: Arguments) -> Arguments:
        channel, message = self._own(arguments, "cant_delete_message")
        channel.messages.remove(message)
        return {"channel": channel.id, "ts": message["ts"]}

    def _do_chat_postEphemeral(self, arguments: Arguments) -> Arguments:
        self._channel(arguments, write=True)
        if error := refuse_message(arguments):
            raise Refused(error)
        self.ephemeral.append(arguments)
        return {"message_ts": self._next_ts()}

    def _do_conversations_open(self, arguments: Arguments) -> Arguments:
        user = str(arguments.get("users", ""))
        if not user.startswith(("U", "W")):
            raise Refused("user_not_found")
        channel_id = f"D{user[1:]:0<9}"
        if channel_id not in self.channels:
            self.add_channel(channel_id)
        return {"channel": {"id": channel_id}}

    def _do_conversations_info(self, arguments: Arguments) -> Arguments:
        channel_id = str(arguments.get("channel", ""))
        channel = self.channels.get(channel_id) or (self._channel(arguments) if self.open_channels else None)
        if channel is None or (channel.private and not channel.member):
            raise Refused("channel_not_found")
        about = {
            "id": channel_id, "name": channel.name, "is_member": channel.member, "is_archived": channel.archived,
            "is_private": channel.private,
        }  # fmt: skip
        return {"channel": about}

    def _do_conversations_history(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments)
        shown = [m for m in channel.messages if "thread_ts" not in m or m.get("broadcast")]
        return self._paged(list(reversed(_between(shown, arguments))), arguments)

    def _do_conversations_replies(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments)
        root = channel.find(arguments.get("ts"))
        if root is None:
            raise Refused("thread_not_found")
        replies = [m for m in channel.messages if m.get("thread_ts") == root["ts"]]
        return self._paged([root, *_between(replies, arguments)], arguments)

    def _paged(self, messages: list[dict[str, Any]], arguments: Arguments) -> Arguments:
        start = int(str(arguments.get("cursor") or "0").removeprefix("cursor-"))
        size = min(int(arguments.get("limit") or 100), self.page)
        more = start + size < len(messages)
        metadata = _true(arguments.get("include_all_metadata"))
        return {
            "messages": [_shown(m, metadata=metadata) for m in messages[start : start + size]],
            "has_more": more,
            "response_metadata": {"next_cursor": f"cursor-{start + size}" if more else ""},
        }

    def _do_views_open(self, arguments: Arguments) -> Arguments:
        if arguments.get("trigger_id") not in self.triggers:
            raise Refused("invalid_trigger_id")
        self.triggers.discard(arguments["trigger_id"])
        return self._view("open", arguments)

    def _do_views_update(self, arguments: Arguments) -> Arguments:
        return self._view("update", arguments)

    def _do_views_publish(self, arguments: Arguments) -> Arguments:
        if not arguments.get("user_id"):
            raise Refused("invalid_arguments")
        return self._view("publish", arguments)

    def _view(self, how: str, arguments: Arguments) -> Arguments:
        view = arguments.get("view")
        if wrong := refuse_view(view):
            raise Refused("invalid_arguments", response_metadata={"messages": wrong})
        self.views.append((how, arguments))
        return {"view": {**view, "id": f"V{next(self._numbers)}", "hash": secrets.token_hex(4)}}

    def _do_apps_connections_open(self, _: Arguments) -> Arguments:
        ticket = secrets.token_hex(8)
        self.tickets.add(ticket)
        return {"url": f"ws://{self.host}:{self.port}/socket/{ticket}"}

    # --- other doors --------------------------------------------------------------------------------------------------

    async def _respond(self, request: web.Request) -> web.Response:
        key = request.match_info["id"]
        if key not in self.response_uses or self.response_uses[key] >= 5:
            return web.Response(status=404, text="used_url" if key in self.response_uses else "invalid_url")
        body = await request.json()
        if not body.get("delete_original") and (error := refuse_message(body)):
            return web.Response(status=400, text=error)
        self.response_uses[key] += 1
        self.responses.append((f"{self.url}response/{key}", body))
        return web.Response(text="ok")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.match_info["ticket"]
        if ticket not in self.tickets:
            raise web.HTTPForbidden
        self.tickets.discard(ticket)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self.sockets.append(ws)
        await ws.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0FAKE"}})
        self.connected.set()
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                body = json.loads(message.data)
                future = self.socket_acks.pop(body.get("envelope_id"), None)
                if future and not future.done():
                    future.set_result(body)
        return ws

    async def _test_messages(self, request: web.Request) -> web.Response:
        channel = request.query.get("channel")
        wanted = [channel] if channel else list(self.channels)
        return web.json_response({name: self.messages(name) for name in wanted})

    async def _test_calls(self, request: web.Request) -> web.Response:
        return web.json_response([[method, arguments] for method, arguments in self.calls])

    async def _test_faults(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.fault(body["method"], body["kind"], int(body.get("times", 1)))
        return web.json_response({"ok": True})


async def _arguments(request: web.Request) -> Arguments:
    arguments: Arguments = dict(request.query)
    if request.content_type == "application/json":
        with contextlib.suppress(ValueError):
            arguments |= await request.json()
    elif request.can_read_body:
        arguments |= dict(await request.post())
    for key in ("blocks", "metadata", "view"):
        if isinstance(arguments.get(key), str):
            with contextlib.suppress(ValueError):
                arguments[key] = json.loads(arguments[key])
    return arguments


def _true(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}


def _has_rich_text(blocks: Any) -> bool:
    return any(block.get("type") == "rich_text" for block in blocks or ())


def _between(messages: list[dict[str, Any]], arguments: Arguments) -> list[dict[str, Any]]:
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    if _true(arguments.get("inclusive")):
        return [m for m in messages if oldest <= float(m["ts"]) <= latest]
    return [m for m in messages if oldest < float(m["ts"]) < latest]


def _shown(message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    hidden = {"edits", "broadcast", "edit_window_closed"} | (set() if metadata else {"metadata"})
    return {key: value for key, value in message.items() if key not in hidden and value is not None}


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--channel", action="append", default=[], help="a channel the bot is in (default: any)")
    parser.add_argument("--non-member", action="append", default=[], help="a channel the bot is not in")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two posts in a channel")
    options = parser.parse_args()
    slack = FakeSlack(open_channels=not options.channel, pace=options.pace)
    for name in options.channel:
        slack.add_channel(name)
    for name in options.non_member:
        slack.add_channel(name, member=False)
    await slack.start(options.port)
    print(slack.api_url, flush=True)  # noqa: T201
    try:
        await asyncio.Event().wait()
    finally:
        await slack.stop()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
