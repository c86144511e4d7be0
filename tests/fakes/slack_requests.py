"""Requests as Slack makes them: bodies of commands, clicks, modals and events, signed with the app's secret."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import urlencode

SECRET = "fake-signing-secret"
USER = {"id": "U0ANNA0001", "username": "anna", "name": "anna", "team_id": "T0FAKETEAM"}
CHANNEL = "C0POLICY001"
TEAM = {"id": "T0FAKETEAM", "domain": "fake"}
_triggers = itertools.count(1)  # Slack never signs the same body twice
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None, content_type: str = FORM) -> dict[str, str]:
    """Headers for a body, signed as Slack's documentation describes (not by the code under test)."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}", "Content-Type": content_type}


def slash_command(text: str, *, response_url: str = "", channel: str = CHANNEL, user: str = USER["id"]) -> bytes:
    return urlencode(
        {
            "command": "/policywatch", "text": text, "user_id": user, "user_name": "anna", "channel_id": channel,
            "team_id": TEAM["id"], "response_url": response_url, "trigger_id": f"1.{next(_triggers)}", "api_app_id": "A0FAKE",
            "token": "old-verification-token",
        }
    ).encode()  # fmt: skip


def interaction(payload: dict[str, Any]) -> bytes:
    payload = {**payload, "action_ts": f"1.{next(_triggers)}"}
    return urlencode({"payload": json.dumps(payload)}).encode()


def click(
    action: dict[str, Any], *, channel: str = CHANNEL, ts: str = "1591898640.000100", trigger: str = "1.a",
    response_url: str = "", user: str = USER["id"], message: dict[str, Any] | None = None, view: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A `block_actions` payload, from a message or (with ``view``) from a modal or Home tab."""
    payload = {
        "type": "block_actions", "user": {**USER, "id": user}, "team": TEAM, "api_app_id": "A0FAKE",
        "trigger_id": trigger, "response_url": response_url,
        "actions": [{"action_ts": "1591898641.0", "block_id": "actions", **action}],
    }  # fmt: skip
    if view is not None:
        return payload | {"view": view, "container": {"type": "view", "view_id": view.get("id", "V1")}}
    return payload | {
        "channel": {"id": channel, "name": "policy"},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": bool(response_url)},
        "message": message or {"ts": ts, "text": "…"},
    }


def button(action_id: str, value: str = "") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": "x"}}


def chosen(action_id: str, value: str) -> dict[str, Any]:
    return {
        "type": "overflow",
        "action_id": action_id,
        "selected_option": {"value": value, "text": {"type": "plain_text", "text": "x"}},
    }


def submission(view: dict[str, Any], values: dict[str, Any], *, user: str = USER["id"]) -> dict[str, Any]:
    """A `view_submission` of a modal that was opened, with the state its inputs have."""
    return {
        "type": "view_submission", "user": {**USER, "id": user}, "team": TEAM, "api_app_id": "A0FAKE",
        "trigger_id": "1.a", "view": {**view, "id": "V1", "hash": "h", "state": {"values": values}}, "response_urls": [],
    }  # fmt: skip


def shortcut(
    callback_id: str, message: dict[str, Any], *, trigger: str = "1.a", response_url: str = ""
) -> dict[str, Any]:
    return {
        "type": "message_action", "callback_id": callback_id, "user": USER, "team": TEAM, "trigger_id": trigger,
        "channel": {"id": CHANNEL, "name": "policy"}, "message": message, "message_ts": message.get("ts"),
        "response_url": response_url,
    }  # fmt: skip


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "event_callback", "team_id": TEAM["id"], "api_app_id": "A0FAKE", "event_id": "Ev1", "event_time": 1,
        "event": {"type": kind, "user": USER["id"], **more}, "authorizations": [{"team_id": TEAM["id"], "user_id": "U0FAKEBOT", "is_bot": True}],
    }  # fmt: skip
