"""The Bolt application: which listener hears what. The listeners are a few lines each: acknowledge, read, render.

It starts without a network (``authorize`` gives the token without asking Slack), and serves HTTP
(:mod:`bot.slack.routes`) and Socket Mode (:mod:`bot.slack.socketmode`) with the same listeners.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.model import Message
from bot.slack import actions, events
from bot.slack.asks import Asker
from bot.slack.client import SLACK_API, web_client
from bot.slack.commands import COMMAND
from bot.slack.desk import Desk
from bot.slack.ports import Commands, Queries
from bot.slack.respond import Responder, payload
from bot.slack.socketmode import SocketMode
from bot.slack.text import unescape

__all__ = ["SocketMode", "build_app", "make_desk"]

Body = dict[str, Any]

log = logging.getLogger(__name__)

# Bolt writes whole requests into its own log at the lower levels.
_bolt_log = logging.getLogger("bot.slack.bolt")
_bolt_log.setLevel(logging.ERROR)


def make_desk(
    queries: Queries,
    commands: Commands,
    clock: Callable[[], datetime],
    *,
    token: str | None,
    base_url: str = SLACK_API,
    public_url: str | None = None,
    patience: timedelta = timedelta(seconds=2),
) -> Desk:
    """Wire what the listeners share. Nothing connects."""
    client = web_client(token, base_url=base_url)
    return Desk(queries, commands, clock, client, Responder(), public_url, patience)


def build_app(desk: Desk) -> AsyncApp:
    """Return the application with all its listeners. Requests must be verified before they reach it."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=desk.client.token)

    app = AsyncApp(
        name="policywatch",
        logger=_bolt_log,
        client=web_client(None, base_url=desk.client.base_url),
        authorize=authorize,
        request_verification_enabled=False,  # done by bot.slack.verify; Socket Mode needs none
    )
    app.error(_failed)
    _listen_to_commands(app, desk)
    actions.listen(app, desk)
    events.listen(app, desk)  # last: it takes what nobody else wants
    return app


async def _failed(error: Exception, response: BoltResponse | None) -> BoltResponse | None:
    """Keep the request's body out of the log; the person sees Slack's own short note. What was acknowledged stays so."""
    log.error("a listener failed", exc_info=error)
    return None if response is None else BoltResponse(status=200, body="")


def _listen_to_commands(app: AsyncApp, desk: Desk) -> None:
    async def command(ack: AsyncAck, body: Body) -> None:
        asker = Asker(str(body.get("user_id", "")), str(body.get("channel_id", "")), str(body.get("user_name", "")))
        text = unescape(str(body.get("text") or ""))  # Slack writes & of an address as &amp;
        await answer_command(desk, ack, text, asker, body.get("response_url"))

    app.command(COMMAND)(command)


async def answer_command(desk: Desk, ack: AsyncAck, text: str, asker: Asker, response_url: str | None) -> None:
    """Answer within the acknowledgement when that is quick, else acknowledge and answer when the answer is there."""
    share = False

    async def work() -> Message:
        nonlocal share
        message, share = await desk.ask(text, asker)
        return message

    message, later = await desk.settle(work())
    if message is not None:
        await ack(payload(message, share=share))
        return
    await ack()
    message = await later
    await desk.responder.send(response_url, message, share=share)
