"""`policywatch slack check`: is the token good, are the scopes there, is the bot in every route's channel?"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.errors import SlackError
from bot.model import Check, Message, Outcome
from bot.slack.client import SLACK_API, ChannelInfo, SlackSender, error_code, web_client
from bot.slack.manifest import SCOPES

OPTIONAL = frozenset({"im:write", "im:history"})
"""Only following a story needs them."""

_ADVICE = {
    "channel_not_found": "no such channel for this bot: check the id; a private channel must invite it first",
    "missing_scope": "the token lacks channels:read or groups:read",
}


async def check_slack(
    sender: SlackSender, channels: Mapping[str, Sequence[str]], *, test_post: bool = False
) -> list[Check]:
    """Check what sending needs.

    Args:
        sender: with the bot's token.
        channels: channel id -> names of the routes that send there.
        test_post: also post a line in each channel and take it back.

    Returns:
        One line each for the token, the scopes and every channel; nothing is raised for what Slack says.
    """
    try:
        identity = await sender.auth()
    except SlackError as error:
        return [Check("token", ok=False, detail=str(error))]
    checks = [
        Check(
            "token", ok=True, detail=f"bot {identity.user_id} in {identity.team or identity.team_id} ({identity.url})"
        )
    ]
    checks.append(_scopes(identity.scopes))
    slots = asyncio.Semaphore(4)

    async def one(channel: str, routes: Sequence[str]) -> Check:
        async with slots:
            return await _channel(sender, channel, routes, test_post=test_post)

    checks += await asyncio.gather(*(one(channel, routes) for channel, routes in channels.items()))
    return checks


def _scopes(granted: Sequence[str]) -> Check:
    if not granted:
        return Check("scopes", ok=True, detail="Slack did not say which scopes the token has")
    missing = [scope for scope in SCOPES if scope not in granted]
    needed = [scope for scope in missing if scope not in OPTIONAL]
    if needed:
        detail = "; ".join(f"{scope} is missing ({SCOPES[scope]})" for scope in needed)
        return Check("scopes", ok=False, detail=f"{detail}. Add under OAuth & Permissions, then reinstall the app")
    if missing:
        return Check(
            "scopes", ok=True, detail=f"all that is needed; without {' and '.join(missing)} nobody can follow a story"
        )
    return Check("scopes", ok=True, detail="all granted")


async def _channel(sender: SlackSender, channel: str, routes: Sequence[str], *, test_post: bool) -> Check:
    info = await sender.info(channel)
    name = f"channel {channel}" + (f" (#{info.name})" if info.name else "")
    used = f"route {', '.join(routes)}"
    if problem := _problem(info):
        return Check(name, ok=False, detail=f"{used}: {problem}")
    if not test_post:
        return Check(name, ok=True, detail=f"{used}: the bot is in it")
    sent = await sender.post(channel, Message("Policywatch: a test message, taken back at once."))
    if sent.outcome is not Outcome.SENT or sent.ts is None:
        return Check(name, ok=False, detail=f"{used}: the test post ended as {sent.outcome} ({sent.error})")
    gone = await sender.delete(channel, sent.ts)
    tail = "" if gone.outcome is Outcome.SENT else f", but could not be taken back ({gone.error})"
    return Check(name, ok=not tail, detail=f"{used}: a test message arrived{tail}")


def _problem(info: ChannelInfo) -> str:
    if info.error:
        code = info.error.split(":", 1)[0]
        return _ADVICE.get(code, f"Slack says {info.error}")
    if info.archived:
        return "it is archived"
    return "" if info.member else "the bot is not in it; type there: /invite @policywatch"


async def check_app_token(app_token: str, *, base_url: str = SLACK_API) -> Check:
    """Check the app-level token that Socket Mode uses: it must be able to open a connection."""
    client = web_client(None, base_url=base_url)
    try:
        await client.apps_connections_open(app_token=app_token)
    except Exception as error:  # noqa: BLE001 - only Slack's code may be shown: the rest holds the request
        return Check(
            "app token", ok=False, detail=f"Slack says {error_code(error)}; it needs the scope connections:write"
        )
    return Check("app token", ok=True, detail="Socket Mode can connect")
