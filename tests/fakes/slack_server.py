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
import json
import secrets
import socket
import struct
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.fakes.slack_api import APP_TOKEN, BOT_ID, BOT_TOKEN, SCOPES, Arguments, Refused, WebApi
from tests.fakes.slack_faults import FAULTS, Fault, error_fault
from tests.fakes.slack_rules import refuse_message

__all__ = ["APP_TOKEN", "BOT_ID", "BOT_TOKEN", "SCOPES", "FakeSlack"]


class FakeSlack(WebApi):
    """The server and all that it knows. Use as an asynchronous context manager."""

    def __init__(
        self, *, open_channels: bool = False, pace: float = 0.0, page: int = 200, clock: Callable[[], float] = time.time
    ) -> None:
        """With ``open_channels`` any plausible id is a channel the bot is in; ``pace`` is seconds between two posts."""
        super().__init__(open_channels=open_channels, pace=pace, page=page, clock=clock)
        self.calls: list[tuple[str, Arguments]] = []
        self.responses: list[tuple[str, Arguments]] = []
        self.faults: dict[str, deque[Fault]] = defaultdict(deque)
        self.response_uses: dict[str, int] = {}
        self.sockets: list[web.WebSocketResponse] = []
        self.socket_acks: dict[str, asyncio.Future[Arguments]] = {}
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
            answer = self.call(method, arguments)
        except Refused as refusal:
            answer = refusal.body
        if fault:
            return await self._spoil(request, fault)
        headers = {"X-OAuth-Scopes": self.scopes}
        if answer.get("error") == "ratelimited":
            return web.json_response(answer, status=429, headers={**headers, "Retry-After": "1"})
        return web.json_response(answer, headers=headers)

    def _authorise(self, method: str, request: web.Request, arguments: Arguments) -> None:
        if method == "blocks.validate":
            return  # the one method that asks for no token
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
