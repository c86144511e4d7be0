"""Calls to the Slack Web API, each result a value. Nothing here sleeps, retries or raises for what Slack may do.

The SDK repeats a dropped request by default; a post that Slack had accepted would then be there twice, so the retry
handlers are off and the outbox decides. Each call makes its own connection: an idle one that Slack has closed would
turn a plain "not sent" into "unknown".
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SlackError, SlackRefused
from bot.model import Found, LookUp, Message, Outcome, SendResult
from bot.slack.outcomes import classify, classify_exception
from bot.slack.render import EVENT_TYPE

SLACK_API = "https://slack.com/api/"
TIMEOUT = timedelta(seconds=10)
PAGE = 200
MOST_PAGES = 50

# The SDK builds debug lines whenever its logger has no level of its own; message texts do not belong in logs.
_log = logging.getLogger("bot.slack.api")
_log.setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is, as `auth.test` says."""

    bot_id: str
    user_id: str
    team_id: str
    team: str
    url: str
    """Address of the workspace, with a slash at its end."""
    scopes: tuple[str, ...] = ()

    def permalink(self, channel: str, ts: str) -> str:
        """Return the address of a message."""
        return f"{self.url}archives/{channel}/p{ts.replace('.', '')}"


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """What Slack says of a channel; ``error`` is set when it would not say."""

    id: str
    name: str = ""
    member: bool = False
    archived: bool = False
    private: bool = False
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Copies:
    """All messages in a stretch of history that carry one delivery key, oldest first; ``error``: the scan failed."""

    ts: tuple[str, ...] = ()
    error: str | None = None


def web_client(token: str | None, *, base_url: str = SLACK_API, timeout: timedelta = TIMEOUT) -> AsyncWebClient:
    """Return an SDK client that never retries. A proxy in the environment is used, except towards this machine."""
    client = AsyncWebClient(
        token=token,
        base_url=base_url,
        timeout=timeout.total_seconds(),  # type: ignore[arg-type]  # aiohttp takes parts of a second
        retry_handlers=[],
        logger=_log,
    )
    if urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}:
        client.proxy = None
    return client


class SlackSender:
    """The port through which the outbox sends. One instance serves a whole process; its methods may run at once."""

    def __init__(self, token: str, *, base_url: str = SLACK_API, timeout: timedelta = TIMEOUT) -> None:
        self._client = web_client(token, base_url=base_url, timeout=timeout)
        self._identity: Identity | None = None

    async def post(
        self, channel: str, message: Message, *, thread_ts: str | None = None, broadcast: bool = False
    ) -> SendResult:
        """Send a new message, or with ``thread_ts`` a reply (``broadcast``: shown in the channel too)."""
        arguments = _content(message)
        if message.metadata:
            arguments["metadata"] = dict(message.metadata)
        if thread_ts:
            arguments |= {"thread_ts": thread_ts, "reply_broadcast": broadcast}
        result = await self._result(
            self._client.chat_postMessage(
                channel=channel, mrkdwn=False, unfurl_links=False, unfurl_media=False, **arguments
            )
        )
        if result.outcome is Outcome.SENT and result.ts is None:
            return SendResult(Outcome.UNKNOWN, error="answer_without_ts")
        return result

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        """Replace a message's content. Repeating it is harmless; metadata stays as posted."""
        arguments = _content(message)
        arguments.setdefault("blocks", [])
        result = await self._result(self._client.chat_update(channel=channel, ts=ts, **arguments))
        return SendResult(result.outcome, ts=result.ts or ts, error=result.error, retry_after=result.retry_after)

    async def delete(self, channel: str, ts: str) -> SendResult:
        """Delete one of our own messages; NOT_EDITABLE when it is gone already."""
        return await self._result(self._client.chat_delete(channel=channel, ts=ts))

    async def look_up(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> LookUp:
        """Find the post that carries a delivery key, between two instants, in the channel or in one thread.

        NO is only said after the whole stretch was read; a scan that failed or was too long is FAILED.
        """
        copies = await self.copies(channel, send_key, oldest=oldest, latest=latest, thread_ts=thread_ts)
        if copies.ts:
            return LookUp(Found.YES, ts=copies.ts[0])
        return LookUp(Found.FAILED, error=copies.error) if copies.error else LookUp(Found.NO)

    async def copies(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> Copies:
        """Return every message of ours with this key: the sweep deletes all but the first."""
        try:
            identity = await self.auth()
        except SlackError as refused:
            return Copies(error=str(refused))
        arguments: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{oldest.timestamp():.6f}",
            "latest": f"{latest.timestamp():.6f}",
            "inclusive": True,
            "include_all_metadata": True,
            "limit": PAGE,
        }
        if thread_ts:
            arguments["ts"] = thread_ts
        found: set[str] = set()
        for _ in range(MOST_PAGES):
            page, error = await self._page(arguments)
            if error == "thread_not_found":
                return Copies()  # the thread is gone, and all that was in it
            if error:
                return Copies(tuple(sorted(found)), error)
            found |= {
                message["ts"]
                for message in page.get("messages") or ()
                if isinstance(message, Mapping) and _is_ours(message, send_key, identity)
            }
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                # Slack may cut a page without a cursor; it says so.
                return Copies(tuple(sorted(found)), "history_cut" if page.get("has_more") else None)
            arguments["cursor"] = cursor
        return Copies(tuple(sorted(found)), "history_too_long")

    async def _page(self, arguments: Mapping[str, Any]) -> tuple[Mapping[str, Any], str | None]:
        method = self._client.conversations_replies if "ts" in arguments else self._client.conversations_history
        data, result = await self._answer(method(**arguments))
        return data, None if result.outcome is Outcome.SENT else result.error or "unknown"

    async def auth(self) -> Identity:
        """Return who the bot is; asked once.

        Raises:
            SlackError: Slack refused the token or did not answer; the sentence names its error, never the token.
        """
        if self._identity is None:
            try:
                response = await self._client.auth_test()
            except Exception as error:  # noqa: BLE001 - whatever it is, it becomes one sentence without the request
                result = _refusal(error)
                said = (
                    "refuses the bot token" if result.outcome is Outcome.STOPPED else "cannot be asked who the bot is"
                )
                message = f"Slack {said}: {result.error} (auth.test)"
                if result.outcome is Outcome.STOPPED:
                    raise SlackRefused(message, result.error or "refused") from None
                raise SlackError(message) from None  # the cause would carry the request and its token
            scopes = str(response.headers.get("x-oauth-scopes", response.headers.get("X-OAuth-Scopes", "")))
            self._identity = Identity(
                bot_id=str(response.get("bot_id") or ""),
                user_id=str(response.get("user_id") or ""),
                team_id=str(response.get("team_id") or ""),
                team=str(response.get("team") or ""),
                url=str(response.get("url") or "https://slack.com/").rstrip("/") + "/",
                scopes=tuple(scope.strip() for scope in scopes.split(",") if scope.strip()),
            )
        return self._identity

    async def info(self, channel: str) -> ChannelInfo:
        """Ask whether the channel exists and the bot is in it."""
        data, result = await self._answer(self._client.conversations_info(channel=channel))
        if result.outcome is not Outcome.SENT:
            return ChannelInfo(channel, error=result.error or "unknown")
        about = data.get("channel") or {}
        return ChannelInfo(
            id=channel,
            name=str(about.get("name") or ""),
            member=bool(about.get("is_member")),
            archived=bool(about.get("is_archived")),
            private=bool(about.get("is_private")),
        )

    async def _result(self, call: Awaitable[AsyncSlackResponse]) -> SendResult:
        return (await self._answer(call))[1]

    async def _answer(self, call: Awaitable[AsyncSlackResponse]) -> tuple[Mapping[str, Any], SendResult]:
        """Await a call; return its body and what it means."""
        try:
            response = await call
        except Exception as error:  # noqa: BLE001 - whatever the SDK raises for an odd answer leaves the outcome open
            return {}, _refusal(error)
        data = response.data if isinstance(response.data, Mapping) else {}
        return data, classify(response.status_code, data, response.headers)


def _content(message: Message) -> dict[str, Any]:
    content: dict[str, Any] = {"text": message.text}
    if message.blocks:
        content["blocks"] = [dict(block) for block in message.blocks]
    return content


def _is_ours(message: Mapping[str, Any], send_key: str, identity: Identity) -> bool:
    """Tell whether a message is the bot's own and carries the key: another app could copy metadata."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return (
        metadata.get("event_type") == EVENT_TYPE
        and payload.get("key") == send_key
        and message.get("bot_id") == identity.bot_id
        and isinstance(message.get("ts"), str)
    )


def error_code(error: Exception) -> str:
    """Return the code with which Slack refused a call, else the kind of error: all of it that may be logged."""
    return (_refusal(error).error or "unknown") if isinstance(error, SlackApiError) else type(error).__name__


def _refusal(error: Exception) -> SendResult:
    """Translate what the SDK raises: its own error around an answer, or anything else when there was none."""
    if isinstance(error, SlackApiError):
        response = error.response
        if isinstance(response, AsyncSlackResponse):
            return classify(response.status_code, response.data, response.headers)
        status = getattr(response, "status", 0)  # an unparsable body: the SDK hands over the raw answer
        return classify(status if status != 200 else 0, None, {})
    return classify_exception(error)
