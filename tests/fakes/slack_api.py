"""The Web API methods of the fake Slack: what each call changes, and what it refuses. No HTTP here."""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_rules import refusals, refuse_message, refuse_view

BOT_TOKEN = "xoxb-fake-bot-token"
APP_TOKEN = "xapp-fake-app-token"
BOT_ID = "B0FAKEBOT"
BOT_USER = "U0FAKEBOT"
TEAM = "T0FAKETEAM"
SCOPES = "chat:write,commands,channels:history,groups:history,channels:read,groups:read,im:write,im:history"

NEEDS = {
    "chat.postMessage": {"": "chat:write"}, "chat.update": {"": "chat:write"}, "chat.delete": {"": "chat:write"},
    "chat.postEphemeral": {"": "chat:write"}, "conversations.open": {"": "im:write"},
    "conversations.history": {"C": "channels:history", "G": "groups:history", "D": "im:history"},
    "conversations.replies": {"C": "channels:history", "G": "groups:history", "D": "im:history"},
    "conversations.info": {"C": "channels:read", "G": "groups:read", "D": "im:read"},
}  # fmt: skip
"""The scope that a method needs, by the kind of conversation it is called for."""

Arguments = dict[str, Any]


@dataclass
class Channel:
    """A conversation and its messages, oldest first."""

    id: str
    name: str
    member: bool = True
    archived: bool = False
    private: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)
    last_post: float = 0.0

    def find(self, ts: Any) -> dict[str, Any] | None:
        return next((message for message in self.messages if message["ts"] == ts), None)


class Refused(Exception):
    """Answered as ``{"ok": false, "error": …}``."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **more}


class WebApi:
    """A workspace: channels, messages, views. Methods named ``_do_…`` are Slack's."""

    def __init__(self, *, open_channels: bool, pace: float, page: int, clock: Callable[[], float] = time.time) -> None:
        self.bot_token, self.app_token, self.scopes = BOT_TOKEN, APP_TOKEN, SCOPES
        self.open_channels, self.pace, self.page, self.clock = open_channels, pace, page, clock
        self.host, self.port = "127.0.0.1", 0
        self.channels: dict[str, Channel] = {}
        self.ephemeral: list[Arguments] = []
        self.views: list[tuple[str, Arguments]] = []
        self.view_types: dict[str, str] = {}
        self.tickets: set[str] = set()
        self.triggers: set[str] = set()
        self._last_ts = 0
        self._numbers = itertools.count(1)

    def add_channel(self, channel_id: str, name: str = "", **more: Any) -> Channel:
        self.channels[channel_id] = Channel(channel_id, name or channel_id.lower(), **more)
        return self.channels[channel_id]

    def call(self, method: str, arguments: Arguments) -> Arguments:
        """Carry a method out."""
        handler = getattr(self, f"_do_{method.replace('.', '_')}", None)
        if handler is None:
            raise Refused("unknown_method")
        self._permit(method, arguments)
        return {"ok": True, **handler(arguments)}

    def _permit(self, method: str, arguments: Arguments) -> None:
        """Refuse what the token has no scope for."""
        by_kind = NEEDS.get(method, {})
        channel_id = str(arguments.get("channel") or "")
        known = self.channels.get(channel_id)
        kind = "G" if known is not None and known.private else channel_id[:1]
        needed = by_kind.get("") or by_kind.get(kind)
        if needed and needed not in self.scopes.split(","):
            raise Refused("missing_scope", needed=needed, provided=self.scopes)

    def _channel(self, arguments: Arguments, *, write: bool = False) -> Channel:
        channel_id = str(arguments.get("channel", ""))
        if channel_id not in self.channels and self.open_channels and channel_id[:1] in "CGD" and len(channel_id) > 8:
            self.add_channel(channel_id)
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refused("channel_not_found")
        if not channel.member:
            raise Refused("not_in_channel")
        if write and channel.archived:
            raise Refused("is_archived")
        return channel

    def _next_ts(self) -> str:
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def _do_auth_test(self, _: Arguments) -> Arguments:
        return {
            "url": "https://fake.slack.example/", "team": "Fake", "team_id": TEAM, "user": "policywatch",
            "user_id": BOT_USER, "bot_id": BOT_ID,
        }  # fmt: skip

    def _do_blocks_validate(self, arguments: Arguments) -> Arguments:
        if wrong := refusals(arguments.get("blocks"), most=100):
            raise Refused("invalid_blocks", response_metadata={"messages": wrong})
        return {}

    def _do_chat_postMessage(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments, write=True)
        if error := refuse_message(arguments):
            raise Refused(error)
        thread = arguments.get("thread_ts")
        if thread and not channel.find(thread):
            raise Refused("thread_not_found")
        if self.pace and self.clock() - channel.last_post < self.pace:
            raise Refused("ratelimited")
        channel.last_post = self.clock()
        message = {
            "type": "message", "ts": self._next_ts(), "bot_id": BOT_ID, "user": BOT_USER,
            "text": arguments.get("text", ""), "blocks": arguments.get("blocks") or [],
            "metadata": arguments.get("metadata"), "edits": 0,
        }  # fmt: skip
        if thread:
            message |= {"thread_ts": thread, "broadcast": _true(arguments.get("reply_broadcast"))}
        channel.messages.append(message)
        return {"channel": channel.id, "ts": message["ts"], "message": _shown(message, metadata=False)}

    def _own(self, arguments: Arguments, refusal: str) -> tuple[Channel, dict[str, Any]]:
        channel = self._channel(arguments, write=True)
        message = channel.find(arguments.get("ts"))
        if message is None:
            raise Refused("message_not_found")
        if message.get("bot_id") != BOT_ID:
            raise Refused(refusal)
        return channel, message

    def _do_chat_update(self, arguments: Arguments) -> Arguments:
        channel, message = self._own(arguments, "cant_update_message")
        if message.get("edit_window_closed"):
            raise Refused("edit_window_closed")
        if error := refuse_message(arguments, update=True):
            raise Refused(error)
        blocks = arguments.get("blocks")
        if blocks and _has_rich_text(message["blocks"]) and not _has_rich_text(blocks):
            raise Refused("block_mismatch")
        message |= {"text": arguments.get("text", ""), "edits": message["edits"] + 1}
        if blocks is not None:
            message["blocks"] = blocks
        if arguments.get("metadata"):
            message["metadata"] = arguments["metadata"]
        return {"channel": channel.id, "ts": message["ts"], "text": message["text"]}

    def _do_chat_delete(self, arguments: Arguments) -> Arguments:
        channel, message = self._own(arguments, "cant_delete_message")
        channel.messages.remove(message)
        return {"channel": channel.id, "ts": message["ts"]}

    def _do_chat_postEphemeral(self, arguments: Arguments) -> Arguments:
        self._channel(arguments, write=True)
        if error := refuse_message(arguments):
            raise Refused(error)
        self.ephemeral.append(arguments)
        return {"message_ts": self._next_ts()}

    def _do_conversations_open(self, arguments: Arguments) -> Arguments:
        user = str(arguments.get("users", ""))
        if not user.startswith(("U", "W")):
            raise Refused("user_not_found")
        channel_id = f"D{user[1:]:0<9}"
        if channel_id not in self.channels:
            self.add_channel(channel_id)
        return {"channel": {"id": channel_id}}

    def _do_conversations_info(self, arguments: Arguments) -> Arguments:
        channel_id = str(arguments.get("channel", ""))
        channel = self.channels.get(channel_id) or (self._channel(arguments) if self.open_channels else None)
        if channel is None or (channel.private and not channel.member):
            raise Refused("channel_not_found")
        about = {
            "id": channel_id, "name": channel.name, "is_member": channel.member, "is_archived": channel.archived,
            "is_private": channel.private,
        }  # fmt: skip
        return {"channel": about}

    def _do_conversations_history(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments)
        shown = [m for m in channel.messages if "thread_ts" not in m or m.get("broadcast")]
        return self._paged(list(reversed(_between(shown, arguments))), arguments)

    def _do_conversations_replies(self, arguments: Arguments) -> Arguments:
        channel = self._channel(arguments)
        root = channel.find(arguments.get("ts"))
        if root is None:
            raise Refused("thread_not_found")
        replies = [m for m in channel.messages if m.get("thread_ts") == root["ts"]]
        return self._paged([root, *_between(replies, arguments)], arguments)

    def _paged(self, messages: list[dict[str, Any]], arguments: Arguments) -> Arguments:
        start = int(str(arguments.get("cursor") or "0").removeprefix("cursor-"))
        size = min(int(arguments.get("limit") or 100), self.page)
        more = start + size < len(messages)
        metadata = _true(arguments.get("include_all_metadata"))
        return {
            "messages": [_shown(m, metadata=metadata) for m in messages[start : start + size]],
            "has_more": more,
            "response_metadata": {"next_cursor": f"cursor-{start + size}" if more else ""},
        }

    def _do_views_open(self, arguments: Arguments) -> Arguments:
        if arguments.get("trigger_id") not in self.triggers:
            raise Refused("invalid_trigger_id")
        self.triggers.discard(arguments["trigger_id"])
        return self._view("open", arguments)

    def _do_views_update(self, arguments: Arguments) -> Arguments:
        known = self.view_types.get(str(arguments.get("view_id")))
        if known is None:
            raise Refused("not_found")
        if known != arguments.get("view", {}).get("type"):
            raise Refused("invalid_arguments", response_metadata={"messages": ["a view keeps its type"]})
        return self._view("update", arguments)

    def _do_views_publish(self, arguments: Arguments) -> Arguments:
        if not arguments.get("user_id"):
            raise Refused("invalid_arguments")
        return self._view("publish", arguments)

    def _view(self, how: str, arguments: Arguments) -> Arguments:
        view = arguments.get("view")
        if wrong := refuse_view(view):
            raise Refused("invalid_arguments", response_metadata={"messages": wrong})
        view_id = str(arguments.get("view_id") or f"V{next(self._numbers)}")
        self.view_types[view_id] = view["type"]
        shown = {**view, "id": view_id}
        self.views.append((how, {**arguments, "view": shown}))
        return {"view": {**shown, "hash": secrets.token_hex(4)}}

    def _do_apps_connections_open(self, _: Arguments) -> Arguments:
        ticket = secrets.token_hex(8)
        self.tickets.add(ticket)
        return {"url": f"ws://{self.host}:{self.port}/socket/{ticket}"}


def _true(value: Any) -> bool:
    return str(value).lower() in {"1", "true"}


def _has_rich_text(blocks: Any) -> bool:
    return any(block.get("type") == "rich_text" for block in blocks or ())


def _between(messages: list[dict[str, Any]], arguments: Arguments) -> list[dict[str, Any]]:
    oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
    if _true(arguments.get("inclusive")):
        return [m for m in messages if oldest <= float(m["ts"]) <= latest]
    return [m for m in messages if oldest < float(m["ts"]) < latest]


def _shown(message: dict[str, Any], *, metadata: bool) -> dict[str, Any]:
    hidden = {"edits", "broadcast", "edit_window_closed"} | (set() if metadata else {"metadata"})
    return {key: value for key, value in message.items() if key not in hidden and value is not None}
