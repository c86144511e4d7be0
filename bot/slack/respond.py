"""Answers through a request's ``response_url``: five uses in half an hour, and no retries behind our back."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.model import Message

_log = logging.getLogger("bot.slack.respond")
_log.setLevel(logging.WARNING)


class Responder:
    """Sends answers to the address that a request carried. Failures are logged, not raised: nobody waits for them."""

    def __init__(self, timeout: timedelta = timedelta(seconds=5)) -> None:
        self._timeout = timeout

    async def send(self, url: str | None, message: Message, *, replace: bool = False, share: bool = False) -> bool:
        """Send an answer.

        Args:
            url: the request's ``response_url``.
            message: what to say.
            replace: put it in place of the message with the button.
            share: for the whole channel; otherwise one person sees it.

        Returns:
            Whether Slack took it.
        """
        return await self._post(url, payload(message, share=share) | {"replace_original": replace})

    async def remove(self, url: str | None) -> bool:
        """Take the (ephemeral) message with the button away."""
        return await self._post(url, {"delete_original": True})

    async def _post(self, url: str | None, body: dict[str, Any]) -> bool:
        if not url or urlsplit(url).scheme not in {"http", "https"}:
            return False
        client = AsyncWebhookClient(
            url, timeout=max(1, int(self._timeout.total_seconds())), retry_handlers=[], logger=_log
        )
        if urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}:
            client.proxy = None
        try:
            response = await client.send_dict(body)
        except Exception as error:  # noqa: BLE001 - a lost answer is no reason to fail the request
            _log.warning("an answer did not reach Slack: %s", type(error).__name__)
            return False
        if response.status_code != 200:
            _log.warning("Slack did not take an answer: %s %s", response.status_code, response.body[:100])
        return bool(response.status_code == 200)


def payload(message: Message, *, share: bool = False) -> dict[str, Any]:
    """Return a message as the body of an answer."""
    return {
        "response_type": "in_channel" if share else "ephemeral",
        "text": message.text,
        "blocks": [dict(block) for block in message.blocks],
        "unfurl_links": False,
        "unfurl_media": False,
    }
