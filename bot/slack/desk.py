"""What the app's listeners share: the ports, the clock, and how an understood command becomes a message."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import PolicywatchError
from bot.model import Message
from bot.slack import answers
from bot.slack.asks import Ask, Asker, Vocabulary, Wrong
from bot.slack.client import error_code
from bot.slack.commands import parse
from bot.slack.dispatch import DOERS, POSTING, READERS, Reading
from bot.slack.home import home
from bot.slack.ports import Commands, Done, Queries
from bot.slack.respond import Responder

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a listener works with, wired once."""

    queries: Queries
    commands: Commands
    clock: Callable[[], datetime]
    client: AsyncWebClient = field(repr=False)
    responder: Responder
    public_url: str | None = None
    patience: timedelta = timedelta(seconds=2)
    """How long an answer may take before the request is acknowledged without it (Slack waits 3 seconds)."""

    async def ask(self, text: str, asker: Asker) -> tuple[Message, bool]:
        """Answer a typed command. Returns the message, and whether the whole channel shall see it. Never raises."""
        try:
            vocabulary = await run(self.queries.vocabulary)
            understood = parse(text, vocabulary)
            if isinstance(understood, Wrong):
                return answers.wrong(understood), False
            message = await self.answer(understood, asker, vocabulary)
        except PolicywatchError as error:
            return answers.text_only(str(error)), False
        except Exception:
            log.exception("a command failed: %s", text.split(" ", 1)[0][:20])
            return answers.text_only("That went wrong on our side; the operators find it in the log."), False
        else:
            return message, understood.share

    async def answer(self, ask: Ask, asker: Asker, vocabulary: Vocabulary) -> Message:
        """Answer an understood command."""
        doer = DOERS.get(ask.verb)
        if doer is None:
            reading = Reading(self.queries, vocabulary, self.clock(), self.public_url, asker.channel)
            return await run(READERS[ask.verb], ask, reading)
        missing = await self.not_in(asker.channel, asker.user) if ask.verb in POSTING else None
        done = missing or await self.change(asker, doer, self.commands, ask, asker, self.clock())
        return answers.done(done, asker.channel)

    async def refuses(self, asker: Asker) -> Done | None:
        """Say so when a person may not use commands that change things."""
        if await run(self.queries.may_change, asker.user):
            return None
        return Done("Only people listed in the settings may change this; ask an operator.", ok=False)

    async def change(self, by: Asker, doer: Callable[..., Done], *arguments: Any) -> Done:
        """Call a doer in a thread, unless the person may not use it."""
        refused = await self.refuses(by)
        return refused if refused is not None else await run(doer, *arguments)

    async def not_in(self, channel: str, user: str) -> Done | None:
        """Say how to invite the bot where it is no member and could not post. A Slack that does not answer is no reason."""
        if channel.startswith("D"):
            return await self._not_ours(channel, user)
        try:
            response = await self.client.conversations_info(channel=channel)
            member = bool((response.get("channel") or {}).get("is_member"))
        except Exception as error:  # noqa: BLE001 - the SDK's errors hold the request; its code says enough
            member = not error_code(error).startswith("channel_not_found")
        return (
            None
            if member
            else Done("I am not in this channel yet. Type: /invite @policywatch and then repeat the command.", ok=False)
        )

    async def _not_ours(self, channel: str, user: str) -> Done | None:
        """Say where to go when a direct conversation is one between people: no bot can be invited into it."""
        ours = await self.direct(user)
        if ours in {None, channel}:
            return None
        return Done(
            "I cannot be in a conversation between two people. Repeat the command in a channel, or in Apps → Policywatch.",
            ok=False,
        )

    async def direct(self, user: str) -> str | None:
        """Return the direct conversation with a person; None where Slack does not let the bot open one."""
        try:
            response = await self.client.conversations_open(users=user)
        except Exception as error:  # noqa: BLE001 - the SDK's errors hold the request; the person is told what to do
            log.warning("no direct conversation could be opened: %s", error_code(error))
            return None
        return str((response.get("channel") or {}).get("id") or "") or None

    async def settle(self, work: Awaitable[Message]) -> tuple[Message | None, asyncio.Future[Message]]:
        """Wait for an answer as long as Slack's time allows: the message, or None and the future that will have it."""
        future = asyncio.ensure_future(work)
        await asyncio.wait({future}, timeout=self.patience.total_seconds())
        return (future.result() if future.done() else None), future


async def run(function: Callable[..., T], *arguments: Any) -> T:
    """Call a synchronous port method in a thread."""
    return await asyncio.to_thread(function, *arguments)


async def publish_home(desk: Desk, user: str) -> None:
    """Show a person their Home tab as things are now."""
    now = desk.clock()
    try:
        view = await run(desk.queries.home, user, now)
        vocabulary = await run(desk.queries.vocabulary)
        await desk.client.views_publish(user_id=user, view=home(view, vocabulary, now))
    except Exception as error:  # the tab keeps what it showed
        log.warning("the Home tab of %s was not published: %s", user, error_code(error), exc_info=_unexpected(error))


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, PolicywatchError | SlackApiError) else error
