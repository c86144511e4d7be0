"""The app manifest: all that Slack has to know of the bot, to be pasted once at api.slack.com/apps. Pure.

Limits are those of Slack's published schema: name 35, description 140, long description 175 to 4,000, command 32.
"""

from __future__ import annotations

from typing import Any

from bot.slack.commands import COMMAND
from bot.slack.events import WHY_SHORTCUT
from bot.slack.routes import PATH

SCOPES: dict[str, str] = {
    "chat:write": "send and edit alerts",
    "commands": f"answer {COMMAND} and the message shortcut",
    "channels:history": "find a message again whose sending was cut off (public channels)",
    "groups:history": "the same in private channels",
    "channels:read": "tell whether the bot is in a channel",
    "groups:read": "the same for private channels",
    "im:write": "write to a person who follows a story",
    "im:history": "find a direct message again whose sending was cut off",
}
"""Bot scope -> what it is for."""

EVENTS = ("app_home_opened", "member_joined_channel")

_LONG = (
    "Policywatch watches news sites, company blogs, regulators, legislatures and advocacy groups for changes of "
    "facial-recognition policy. It keeps one story for each change, however many outlets report it, and tells your "
    "channels who did what, to whom it applies, where, on what condition and since when, with the sentence that says "
    f"so and a link to it. Type {COMMAND} help to see what it answers. It reads no messages but its own: history is "
    "asked for only to find a message again whose sending was interrupted."
)


def manifest(public_url: str | None, *, socket_mode: bool = False, name: str = "Policywatch") -> dict[str, Any]:
    """Return the manifest.

    Args:
        public_url: address at which `policywatch web` is reached from outside; not needed with Socket Mode.
        socket_mode: receive over a WebSocket that the bot opens, so that no public address is needed.
        name: shown in Slack.

    Raises:
        ValueError: neither a public https address nor Socket Mode.
    """
    if not socket_mode and not (public_url or "").startswith("https://"):
        message = "Slack calls public https:// addresses only; give one, or use Socket Mode"
        raise ValueError(message)
    address = {} if socket_mode else {"request_url": f"{(public_url or '').rstrip('/')}{PATH}"}
    command = {
        "command": COMMAND,
        "description": "Facial-recognition policy changes: recent, search, why, subscribe",
        "usage_hint": "help | recent | search WORDS | why URL | subscribe",
        "should_escape": False,
    }
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": name[:35],
            "description": "Tells policy teams who changed what about facial recognition, and where it says so.",
            "long_description": _LONG,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "policywatch", "always_online": True},
            "shortcuts": [
                {
                    "name": "Why this?",
                    "type": "message",
                    "callback_id": WHY_SHORTCUT,
                    "description": "Why Policywatch told this, or did not",
                }
            ],
            "slash_commands": [command | ({} if socket_mode else {"url": address["request_url"]})],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**address, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **address},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }
