"""The app as it is served: real HTTP in front, a fake Slack and ports in memory behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot.errors import StoreUnavailable
from bot.slack.app import build_app, make_desk
from bot.slack.ports import StoryRow
from bot.slack.routes import PATH, slack_routes
from bot.slack.verify import Verifier
from tests.fakes.slack_desk import NOW, FakeCommands, FakeQueries
from tests.fakes.slack_requests import FORM, SECRET, click, interaction, signed, slash_command
from tests.fakes.slack_rules import refuse_message
from tests.fakes.slack_server import FakeSlack


@dataclass
class Site:
    """The app as it is served, with what stands behind it."""

    url: str
    slack: FakeSlack
    queries: FakeQueries
    commands: FakeCommands
    used: set[str] = field(default_factory=set)
    store_fails: bool = False

    async def send(self, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.url, data=body, headers=headers or signed(body)) as answer,
        ):
            text = await answer.text()
            return answer.status, json.loads(text) if text.startswith("{") else text

    async def type(self, text: str, **more: Any) -> dict[str, Any]:
        status, answer = await self.send(slash_command(text, **more))
        assert status == 200
        if answer:
            assert refuse_message(answer) is None
        return answer

    async def interact(self, payload: dict[str, Any]) -> Any:
        """Send a click, a modal or a shortcut."""
        status, answer = await self.send(interaction(payload))
        assert status == 200
        return answer

    async def happens(self, kind: str, payload: dict[str, Any]) -> Any:
        """Send what would come over a WebSocket as an envelope of this kind; gives the acknowledgement."""
        match kind:
            case "slash_commands":
                body, form = urlencode(payload).encode(), FORM
            case "interactive":
                body, form = interaction(payload), FORM
            case _:
                body, form = json.dumps(payload).encode(), "application/json"
        status, answer = await self.send(body, signed(body, content_type=form))
        assert status == 200
        return answer

    async def happen(self, payload: dict[str, Any]) -> None:
        """Send an event."""
        body = json.dumps(payload).encode()
        status, _ = await self.send(body, signed(body, content_type="application/json"))
        assert status == 200


@asynccontextmanager
async def serving(slack: FakeSlack) -> AsyncIterator[Site]:
    queries, commands = FakeQueries(), FakeCommands()
    queries.rows = [
        StoryRow(f"s{n}", f"Change number {n}", NOW, ("US",), n, f"https://example.org/{n}") for n in range(12, 0, -1)
    ]
    desk = make_desk(
        queries, commands, lambda: NOW, token=slack.bot_token, base_url=slack.api_url, patience=timedelta(seconds=0.3)
    )
    made = Site("", slack, queries, commands)

    def use(signature: str, _: datetime) -> bool:
        if made.store_fails:
            raise StoreUnavailable("the database did not answer")
        fresh = signature not in made.used
        made.used.add(signature)
        return fresh

    server = web.Application()
    server.add_routes(slack_routes(build_app(desk), Verifier(SECRET, use, lambda: datetime.now(UTC))))
    runner = web.AppRunner(server, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    yield made
    await runner.cleanup()


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for something that happens after the answer."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def clicked(site: Site, action: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Click; return what the person is told."""
    before = len(site.slack.responses)
    await site.interact(click(action, response_url=site.slack.response_url(), **more))
    await until(lambda: len(site.slack.responses) > before)
    return site.slack.responses[-1][1]


async def opened(site: Site, action: dict[str, Any]) -> dict[str, Any]:
    """Click; return the modal that opens."""
    before = len(site.slack.views)
    await site.interact(click(action, trigger=site.slack.trigger(), response_url=site.slack.response_url()))
    await until(lambda: len(site.slack.views) > before)
    how, arguments = site.slack.views[-1]
    assert how == "open"
    return arguments["view"]


def picked(name: str, value: str) -> dict[str, Any]:
    return {name: {name: {"type": "radio_buttons", "selected_option": {"value": value}}}}


def typed(name: str, value: str) -> dict[str, Any]:
    return {name: {name: {"type": "plain_text_input", "value": value}}}


def shown_text(view: dict[str, Any]) -> str:
    return json.dumps(view, ensure_ascii=False)
