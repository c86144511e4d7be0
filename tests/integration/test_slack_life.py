"""One alert's life over real HTTP: Slack's requests in, the outbox out, a database of each kind between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.model import Delivery, DeliveryState
from bot.slack import blocks
from bot.slack.client import SlackSender
from bot.slack.routes import PATH
from bot.slackdesk import slack_routes
from bot.store import Store
from tests.conftest import Clock
from tests.fakes.slack_requests import SECRET, click, interaction, signed, slash_command, submission
from tests.fakes.slack_server import FakeSlack
from tests.integration.world import BAN, OPERATORS, OTHER, PLAN, POLICY, World
from tests.slack.site import until


class Life:
    """The app as it is served, and somebody who clicks on the messages it sent."""

    def __init__(self, world: World, slack: FakeSlack, url: str) -> None:
        self.world, self.slack, self.url = world, slack, url
        self.sender = SlackSender(slack.bot_token, base_url=slack.api_url, timeout=timedelta(seconds=5))

    async def send(self, body: bytes) -> str:
        headers = signed(body, at=self.world.now.timestamp())
        async with aiohttp.ClientSession() as session, session.post(self.url, data=body, headers=headers) as answer:
            assert answer.status == 200
            return await answer.text()

    async def press(self, message: dict[str, Any], action_id: str, option: str = "") -> None:
        """Click on a message's own button, and wait for what the person is shown."""
        row = next(block for block in message["blocks"] if block["type"] == "actions")
        action = dict(next(element for element in row["elements"] if element["action_id"] == action_id))
        if option:
            action["selected_option"] = next(one for one in action.pop("options") if one["value"].startswith(option))
        slack, before = self.slack, len(self.slack.responses) + len(self.slack.views)
        await self.send(
            interaction(
                click(
                    action,
                    ts=message["ts"],
                    trigger=slack.trigger(),
                    response_url=slack.response_url(),
                    message=message,
                )
            )
        )
        await until(lambda: len(slack.responses) + len(slack.views) > before)

    async def deliver(self) -> None:
        await self.world.deliver(self.sender)

    def messages(self, channel: str = POLICY) -> list[dict[str, Any]]:
        return [one for one in self.slack.messages(channel) if not one.get("thread_ts")]

    def owed(self) -> list[Delivery]:
        with self.world.store.reading() as tx:
            return list(tx.outbox.list([DeliveryState.PENDING]))


@pytest.fixture
async def life(store: Store, clock: Clock) -> AsyncIterator[Life]:
    async with FakeSlack() as slack:
        for channel in (POLICY, OTHER, OPERATORS):
            slack.add_channel(channel, channel.lower())
        environ = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": slack.api_url}
        world = World(store, clock, environ)
        app = web.Application()
        app.add_routes(slack_routes(world.parts))
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield Life(world, slack, f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}")
        await runner.cleanup()


async def test_alert_taken_not_relevant_edited_twice_one_label(life: Life):
    ref = life.world.story(PLAN)
    await life.deliver()
    (message,) = life.messages()

    for _ in range(2):  # a double click
        await life.press(message, blocks.MORE, "take")
    await life.deliver()
    (message,) = life.messages()
    assert message["edits"] == 1
    assert "U0ANNA0001" in json.dumps(message["blocks"])

    await life.press(message, blocks.NOT_RELEVANT)
    modal = life.slack.views[-1][1]["view"]
    choice = {
        "what": {"what": {"type": "radio_buttons", "selected_option": {"value": "not_a_change"}}},
        "reason": {"reason": {"type": "plain_text_input", "value": "only a rumour"}},
    }
    for _ in range(2):
        await life.send(interaction(submission(modal, choice)))
    await life.deliver()

    for channel in (POLICY, OTHER):
        (message,) = life.messages(channel)
        assert message["edits"] == 2, channel
        assert "Not a policy change" in json.dumps(message["blocks"])
    (label,) = life.world.labels("not_a_change")
    assert (label.subject, label.person, label.value["reason"]) == (ref, "U0ANNA0001", "only a rumour")
    assert not life.owed()
    assert len(life.slack.called("chat.postMessage")) == 2, "one message for each channel, however often it changes"

    (message,) = life.messages()
    for _ in range(2):
        await life.press(message, blocks.UNDO)
    await life.deliver()
    (message,) = life.messages()
    assert message["edits"] == 3
    assert not life.world.labels("not_a_change")


async def test_commands_that_change_something_do_so_in_the_channel_they_are_typed_in(life: Life):
    life.world.story(PLAN)
    await life.deliver()
    answers = [
        await life.send(slash_command(text)) for text in ("snooze 3d", "digest now", "subscribe in:EU", "mute wire 7d")
    ]
    assert "Snoozed until" in answers[0]
    assert "on its way" in answers[1]
    assert "from now on" in answers[2]
    assert "Wire is muted until" in answers[3]
    await life.deliver()
    assert len(life.messages()) == 2, "the alert and the digest"
    life.world.clock.advance(days=2)
    assert life.world.report(BAN, "post").alert == "stage"
    await life.deliver()
    assert len(life.messages()) == 2, "snoozed"
    assert len(life.messages(OTHER)) == 2


async def test_a_follower_gets_a_direct_message(life: Life):
    life.world.story(PLAN)
    await life.deliver()
    await life.press(life.messages()[0], blocks.MORE, "follow")
    (label,) = life.world.labels("follow")
    direct = label.value["channel"]
    assert direct.startswith("D")
    life.world.clock.advance(days=2)
    life.world.report(BAN)
    await life.deliver()
    (message,) = life.messages(direct)
    assert "passed" in message["text"]
