"""What Slack's answers mean for a delivery: one table, no I/O.

Slack has no idempotency key, so the question is always whether the message may be there already. ``ok: false`` with a
documented error means that nothing was posted; a time-out, a lost connection, a 5xx, an unreadable body and Slack's
own internal errors mean that nobody knows.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from bot.model import Outcome, SendResult

DEFAULT_WAIT = timedelta(seconds=30)
MIN_WAIT = timedelta(seconds=1)
MAX_WAIT = timedelta(hours=1)

_TABLE: dict[Outcome, tuple[str, ...]] = {
    # Not posted; the same call may succeed later.
    Outcome.WAIT: (
        "ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org", "not_connected",
    ),
    # Slack itself does not know: it may have posted before it failed.
    Outcome.UNKNOWN: (
        "fatal_error", "internal_error", "service_unavailable", "request_timeout",
    ),
    # This message is bad: once more as plain text, then dead.
    Outcome.BAD_MESSAGE: (
        "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text",
        "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema", "block_mismatch",
        "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data",
        "invalid_json", "json_not_object", "too_many_attachments", "markdown_text_conflict",
    ),
    # This channel is blocked: its rows wait until someone invites the bot or changes the route.
    Outcome.CHANNEL_BLOCKED: (
        "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "is_inactive", "user_not_found",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "messages_tab_disabled",
        "restricted_action_non_threadable_channel", "restricted_action_thread_locked", "cannot_dm_bot",
        "slack_connect_canvas_sharing_blocked", "slack_connect_blocked", "as_user_not_supported",
    ),
    # Everything stops until an operator mends the token or its scopes.
    Outcome.STOPPED: (
        "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
        "no_permission", "not_allowed_token_type", "access_denied", "accesslimited", "org_login_required",
        "ekm_access_denied", "team_access_not_granted", "two_factor_setup_required", "enterprise_is_restricted",
        "invalid_api_key", "team_not_found",
    ),
    # The message that is meant is gone or closed: stop editing it, never post it anew.
    Outcome.NOT_EDITABLE: (
        "message_not_found", "edit_window_closed", "cant_update_message", "cant_delete_message",
        "thread_not_found", "cannot_reply_to_message", "invalid_thread_ts", "cant_edit_message",
    ),
}  # fmt: skip

OUTCOME_OF = {error: outcome for outcome, errors in _TABLE.items() for error in errors}


def classify(status: int, data: Any, headers: Mapping[str, str]) -> SendResult:
    """Return what an HTTP answer means.

    Args:
        status: HTTP status.
        data: decoded JSON body; anything that is no object counts as unreadable.
        headers: of the answer, keys in any case.
    """
    body = data if isinstance(data, Mapping) else {}
    error = str(body.get("error") or "")
    if status == 429 or OUTCOME_OF.get(error) is Outcome.WAIT:
        return SendResult(Outcome.WAIT, error=error or "ratelimited", retry_after=retry_after(headers))
    if error in OUTCOME_OF:
        return SendResult(OUTCOME_OF[error], error=_with_detail(error, body))
    if status != 200:
        return SendResult(Outcome.UNKNOWN, error=error or f"http_{status}")
    if body.get("ok") is True:
        return SendResult(Outcome.SENT, ts=_ts(body))
    if error:
        # Slack names the reason, so it refused: an error that is new to this table harms one message, not the channel.
        return SendResult(Outcome.BAD_MESSAGE, error=_with_detail(error, body))
    return SendResult(Outcome.UNKNOWN, error="unreadable_answer")


def classify_exception(error: BaseException) -> SendResult:
    """Return what a call without an answer means.

    A connection that was never made carried no request, so nothing can have been posted.
    """
    name = type(error).__name__
    if name in {
        "ClientConnectorError",
        "ClientConnectorDNSError",
        "ClientConnectorCertificateError",
        "ClientConnectorSSLError",
    }:
        return SendResult(Outcome.WAIT, error=f"no_connection ({name})", retry_after=DEFAULT_WAIT)
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return SendResult(Outcome.UNKNOWN, error="timeout")
    return SendResult(Outcome.UNKNOWN, error=f"lost_answer ({name})")


def retry_after(headers: Mapping[str, str]) -> timedelta:
    """Read Retry-After (seconds, or an HTTP date relative to the answer's own Date), bounded; junk counts as 30 s."""
    lowered = {str(key).lower(): str(value).strip() for key, value in headers.items()}
    given = lowered.get("retry-after", "")
    try:
        seconds = float(given)
        wait = timedelta(seconds=seconds) if math.isfinite(seconds) and seconds < 1e9 else DEFAULT_WAIT
    except ValueError:
        wait = _until(given, lowered.get("date", ""))
    if wait < timedelta(0):
        wait = DEFAULT_WAIT
    return min(max(wait, MIN_WAIT), MAX_WAIT)


def _until(given: str, date: str) -> timedelta:
    try:
        return parsedate_to_datetime(given) - parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return DEFAULT_WAIT


def _ts(body: Mapping[str, Any]) -> str | None:
    ts = body.get("ts")
    return ts if isinstance(ts, str) and ts else None


def _with_detail(error: str, body: Mapping[str, Any]) -> str:
    """Return the error with what Slack says about it: the missing scope, or the block that it refused."""
    if needed := body.get("needed"):
        return f"{error}: needs {str(needed)[:100]}"
    details = body.get("errors") or (body.get("response_metadata") or {}).get("messages")
    return f"{error}: {str(details[0])[:200]}" if isinstance(details, list) and details else error
