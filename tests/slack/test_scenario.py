"""One alert's life in Slack: posted, taken, dismissed, restored. The clicks use the buttons of the message itself."""

from __future__ import annotations

from typing import Any

from bot.model import Delivery, DeliveryKind, DeliveryState
from bot.slack import blocks
from bot.slack.client import SlackSender
from bot.slack.render import render
from bot.slack.values import Marks, Rendering
from tests.fakes.slack_requests import click, submission
from tests.slack.conftest import NAMES, NOW, make_article, make_view
from tests.slack.site import Site, until

CHANNEL = "C0POLICY001"


class Life:
    """A message and the outbox behind it: it is edited when, and only when, a doer changed the story."""

    def __init__(self, site: Site, sender: SlackSender) -> None:
        self.site, self.sender, self.edited = site, sender, 0
        self.delivery = Delivery(
            1,
            DeliveryKind.POST,
            CHANNEL,
            "policy-team",
            "post:12:C:new",
            DeliveryState.SENDING,
            NOW,
            12,
            "new",
            send_key="d1.1",
        )
        site.queries.views["s12"] = make_view(best=make_article(article_id=2))

    def rendered(self) -> Any:
        marks = self.site.commands.marks.get("s12", Marks())
        return render(self.delivery, self.site.queries.views["s12"], Rendering(names=NAMES, marks=marks))

    async def post(self) -> None:
        self.ts = (await self.sender.post(CHANNEL, self.rendered())).ts

    async def deliver(self) -> None:
        """What a delivery round does after a request for an edit."""
        while self.edited < self.site.commands.changes:
            self.edited += 1
            await self.sender.update(CHANNEL, self.ts, self.rendered())

    @property
    def message(self) -> dict[str, Any]:
        (message,) = self.site.slack.messages(CHANNEL)
        return message

    def control(self, action_id: str) -> dict[str, Any]:
        row = next(block for block in self.message["blocks"] if block["type"] == "actions")
        return next(element for element in row["elements"] if element["action_id"] == action_id)

    async def press(self, action_id: str, option: str = "") -> None:
        action = dict(self.control(action_id))
        if option:
            action["selected_option"] = next(one for one in action.pop("options") if one["value"].startswith(option))
        slack = self.site.slack
        before = len(slack.responses) + len(slack.views)
        await self.site.interact(click(action, ts=self.ts, trigger=slack.trigger(), response_url=slack.response_url()))
        await until(lambda: len(slack.responses) + len(slack.views) > before)

    async def dismiss(self) -> None:
        await self.press(blocks.NOT_RELEVANT)
        modal = self.site.slack.views[-1][1]["view"]
        choice = {"what": {"what": {"type": "radio_buttons", "selected_option": {"value": "not_a_change"}}}}
        for _ in range(2):  # a double click
            await self.site.interact(submission(modal, choice))


async def test_alert_acknowledged_dismissed_and_restored(site: Site, sender: SlackSender):
    life = Life(site, sender)
    await life.post()

    await life.press(blocks.MORE, "take")
    await life.press(blocks.MORE, "take")
    await life.deliver()
    assert life.message["edits"] == 1
    assert "U0ANNA0001" in str(life.message["blocks"])

    await life.dismiss()
    await life.deliver()
    assert life.message["edits"] == 2
    assert "Not a policy change" in str(life.message["blocks"])
    assert life.message["metadata"]["event_payload"]["key"] == "d1.1", "an edit keeps what the post is found by"
    assert site.commands.labels == {("s12", "not_a_change", "")}

    await life.press(blocks.UNDO)
    await life.deliver()
    assert life.message["edits"] == 3
    assert "Not relevant" in str(life.message["blocks"])
    assert site.commands.labels == set()
    assert len(site.slack.called("chat.postMessage")) == 1, "one message, however often it changes"
