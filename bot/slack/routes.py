"""Slack's requests over HTTP: one address for commands, interactivity and events, verified before Bolt reads them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import StoreError
from bot.slack.verify import Verifier

PATH = "/slack/events"

log = logging.getLogger(__name__)


def slack_routes(app: AsyncApp, verifier: Verifier, path: str = PATH) -> Sequence[web.RouteDef]:
    """Return the route that Slack posts to; ``bot.web`` adds it to its application.

    What is not Slack's gets 401 and one line in the log, without its body.
    """

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        try:
            problem = await verifier.refuse(request.headers, body)
        except StoreError as error:
            log.warning("a request from Slack cannot be checked for replay: %s", error)
            return web.json_response({"error": "try again"}, status=503)
        if problem:
            log.info("a request to %s was refused: %s", path, problem)
            return web.json_response({"error": "invalid request"}, status=401)
        bolt_request = AsyncBoltRequest(
            body=body.decode("utf-8"),
            query=request.query_string,
            headers=dict(request.headers),
        )
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    return [web.post(path, receive)]
