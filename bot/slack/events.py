"""What happens around the bot: the Home tab opened, the bot invited, and `why` from a message's menu."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.errors import PolicywatchError
from bot.model import Message
from bot.slack import answers, modals, pages
from bot.slack.actions import asker_of
from bot.slack.asks import Asker
from bot.slack.blocks import MORE, NOT_RELEVANT, READ, UNDO
from bot.slack.client import error_code
from bot.slack.desk import Desk, publish_home, run
from bot.slack.home import REFRESH
from bot.slack.text import safe_url, unescape

Body = dict[str, Any]

WHY_SHORTCUT = "pw_why"

log = logging.getLogger(__name__)

_URL = re.compile(r"https?://[^\s<>|]+")
_OURS = frozenset({READ, NOT_RELEVANT, UNDO})
_REF = re.compile(r"s\d{1,12}")


def listen(app: AsyncApp, desk: Desk) -> None:
    """Register the listeners."""

    async def opened(event: Body) -> None:
        if event.get("tab", "home") == "home":
            await publish_home(desk, str(event.get("user", "")))

    async def refreshed(ack: AsyncAck, body: Body) -> None:
        await ack()
        await publish_home(desk, asker_of(body).user)

    async def joined(event: Body, body: Body) -> None:
        ours = {str(one.get("user_id")) for one in body.get("authorizations") or () if isinstance(one, Mapping)}
        if event.get("user") in ours:
            by = Asker(str(event.get("inviter") or ""), str(event.get("channel") or ""))
            await run(desk.commands.joined, by, desk.clock())

    async def asked_why(ack: AsyncAck, body: Body) -> None:
        await ack()
        message = await explain(desk, body.get("message") or {})
        try:
            await desk.client.views_open(trigger_id=str(body.get("trigger_id") or ""), view=modals.page("Why", message))
        except SlackApiError as error:
            log.warning("Slack did not open the answer to a shortcut: %s", error_code(error))
            await desk.responder.send(body.get("response_url"), message)

    async def anything(ack: AsyncAck) -> None:
        await ack()  # link buttons report their click; buttons of older versions are not an error

    app.event("app_home_opened")(opened)
    app.action(REFRESH)(refreshed)
    app.event("member_joined_channel")(joined)
    app.shortcut(WHY_SHORTCUT)(asked_why)
    app.action(re.compile(".*"))(anything)
    app.view(re.compile(".*"))(anything)


async def explain(desk: Desk, message: Mapping[str, Any]) -> Message:
    """Say why one of our messages was sent, or what became of the first address in somebody's message."""
    try:
        if ref := story_of(message):
            shown = await run(desk.queries.show, ref)
            return pages.story_why(shown) if shown else answers.text_only(f"There is no story {ref} any more.")
        url = address_in(message)
        if url is None:
            return answers.text_only("This message holds no address, so there is nothing to explain.")
        return pages.why(await run(desk.queries.why, url))
    except PolicywatchError as error:
        return answers.text_only(str(error))
    except Exception:
        log.exception("an explanation failed")
        return answers.text_only("That went wrong on our side; the operators find it in the log.")


def story_of(message: Mapping[str, Any]) -> str | None:
    """Find the story that one of our alerts is about: its buttons name it."""
    for element in _elements(message.get("blocks")):
        value = str(element.get("value") or "")
        action_id = str(element.get("action_id") or "")
        if action_id in _OURS and _REF.fullmatch(value):
            return value
        if action_id == MORE:
            for option in _elements(element.get("options")):
                ref = str(option.get("value") or "").rpartition(":")[2]
                if _REF.fullmatch(ref):
                    return ref
    return None


def address_in(message: Mapping[str, Any]) -> str | None:
    """Find the first address in a message: a link in its blocks, else in its text or its attachments."""
    for element in _elements(message.get("blocks")):
        if element.get("type") == "link" and (url := safe_url(str(element.get("url") or ""))):
            return url
    texts = [str(message.get("text") or "")]
    for attachment in _elements(message.get("attachments")):
        texts += [str(attachment.get(key) or "") for key in ("from_url", "title_link", "original_url")]
    for text in texts:
        for found in _URL.findall(unescape(text)):
            if url := safe_url(found.rstrip(".,;)")):
                return url
    return None


def _elements(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _elements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _elements(inner)
