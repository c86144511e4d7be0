"""Socket Mode: Slack's requests over a WebSocket that this process opens, so that it needs no public address.

The SDK's client reconnects by itself, but keeps trying one expired address for ever when a connection fails half-way.
A supervisor therefore watches it, and makes a new one when it has been without a connection for too long.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import timedelta

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from bot.slack.check import check_app_token
from bot.slack.client import SLACK_API, web_client

log = logging.getLogger(__name__)

# The SDK logs every failed attempt with its stack; the supervisor says the same in one line.
_sdk_log = logging.getLogger("bot.slack.socketmode.sdk")
_sdk_log.setLevel(logging.CRITICAL)


class SocketMode:
    """Receives requests in the background between :meth:`start` and :meth:`stop`."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        base_url: str = SLACK_API,
        look_every: timedelta = timedelta(seconds=5),
        give_up_after: timedelta = timedelta(seconds=30),
    ) -> None:
        """Take the app-level token (`xapp-…`); nothing connects before :meth:`start`."""
        self._app, self._token, self._base_url = app, app_token, base_url
        self._look_every, self._give_up_after = look_every, give_up_after
        self._task: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._said = ""

    @property
    def connected(self) -> bool:
        """Whether Slack can reach us now, for readiness."""
        return self._up.is_set()

    async def start(self) -> None:
        """Begin; returns at once, and a Slack that does not answer is tried again."""
        if self._task is None:
            self._task = asyncio.create_task(self._supervise(), name="slack-socket-mode")

    async def wait_connected(self, within: timedelta = timedelta(seconds=10)) -> bool:
        """Wait until connected; False when that took too long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._up.wait()
        return self.connected

    async def stop(self) -> None:
        """Close the connection; safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _supervise(self) -> None:
        while True:
            handler = self._handler()
            try:
                await self._serve(handler)
            except Exception as error:  # noqa: BLE001 - whatever the SDK raises, the answer is a new connection
                await self._say_why(type(error).__name__)
            finally:
                self._up.clear()
                await _close(handler)
            await asyncio.sleep(self._look_every.total_seconds())

    async def _serve(self, handler: AsyncSocketModeHandler) -> None:
        """Connect and watch; returns when there was no connection for too long."""
        async with asyncio.timeout(self._give_up_after.total_seconds()):
            await handler.connect_async()  # type: ignore[no-untyped-call]
        log.info("Socket Mode is connected")
        self._said = ""
        down = timedelta(0)
        while down < self._give_up_after:
            if await handler.client.is_connected():
                self._up.set()
                down = timedelta(0)
            else:
                self._up.clear()
                down += self._look_every
            await asyncio.sleep(self._look_every.total_seconds())
        log.warning("Socket Mode: no connection for %s s; making a new one", int(down.total_seconds()))

    async def _say_why(self, error: str) -> None:
        """Log why there is no connection, once for each reason."""
        check = await check_app_token(self._token, base_url=self._base_url)
        reason = error if check.ok else check.detail
        if reason != self._said:
            log.warning("Socket Mode has no connection (%s); it is tried again", reason)
            self._said = reason

    def _handler(self) -> AsyncSocketModeHandler:
        client = web_client(None, base_url=self._base_url)
        handler = AsyncSocketModeHandler(
            self._app,
            self._token,
            logger=_sdk_log,
            web_client=client,
            ping_interval=max(1.0, self._look_every.total_seconds()),
        )
        if client.proxy is None:
            handler.client.proxy = None
        return handler


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close a handler and let the SDK's cancelled tasks end."""
    client = handler.client
    tasks = [
        task for task in (client.message_processor, client.current_session_monitor, client.message_receiver) if task
    ]
    try:
        await handler.close_async()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - a connection that is gone cannot be closed politely
        log.debug("Socket Mode: closing raised %s", type(error).__name__)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
