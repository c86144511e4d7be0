"""What a Slack call's result means for its delivery (pure): result in, what to write out.

=================  ============================================================================================
``SENT``           sent; its channel waits a second; looked for doubles later if it was ever in doubt
``WAIT``           waiting until Slack's time, and its channel with it; never given up
``UNKNOWN``        unknown: looked up before it is sent again; an edit is simply sent again
``BAD_MESSAGE``    once more as plain text, then dead and operators are told
``CHANNEL_BLOCKED``  the channel pauses and keeps its deliveries; operators are told; one delivery tries again later
``STOPPED``        everything stays as it is and readiness goes red; one delivery tries again later
``NOT_EDITABLE``   that message is never edited again, and never posted anew
=================  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.alerts import notices
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, DeliveryState, Found, LookUp, Outcome, SendResult, Settlement

HISTORY_REFUSED = frozenset(
    {
        "missing_scope", "not_in_channel", "channel_not_found", "no_permission", "access_denied", "is_archived",
        "not_allowed_token_type", "method_not_supported_for_channel_type", "team_access_not_granted",
        "history_too_long", "history_unavailable",
    }
)  # fmt: skip
"""Errors of a look-up that waiting alone does not mend: a person must, or the setting decides."""


def next_state(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    """Decide what to write after a call.

    Args:
        delivery: As it was claimed; ``attempts`` counts this call.
        result: What the call gave.
        now: The time after it.
        settings: Pace, waits, operators' channels.
    """
    return _ANSWERS[result.outcome](delivery, result, now, settings)


def resolve_unknown(delivery: Delivery, found: LookUp, now: datetime, settings: DeliverySettings) -> Settlement:
    """Decide what to write after a delivery of unknown fate was looked up.

    Found: it is sent. Not there, after the whole stretch was read: it is sent again. Not looked up: it stays unknown
    and is looked up later; where a person must help first, operators are told once, or it is sent again if the
    setting allows that.
    """
    if found.found is Found.YES and found.ts:
        return Settlement(DeliveryState.SENT, ts=found.ts, sweep_at=now + settings.sweep_after)
    if found.found is Found.NO:
        return Settlement(DeliveryState.PENDING, not_before=now, error="not found in the channel: sent again")
    error = found.error or "the look-up failed"
    if not _refused(error):
        return Settlement(DeliveryState.UNKNOWN, not_before=now + backoff(delivery.attempts, settings), error=error)
    if settings.unknown_posts == "repost":
        return Settlement(DeliveryState.PENDING, not_before=now, error=f"{error}: sent again without a look-up")
    return Settlement(
        DeliveryState.UNKNOWN,
        not_before=now + settings.hold_retry,
        error=f"held: its fate is unknown and history may not be read ({error})",
        notices=notices.held(delivery, error, settings.operators),
    )


def nothing_to_say(now: datetime) -> Settlement:
    """Decide what to write when rendering found that there is nothing to say any more."""
    return Settlement(DeliveryState.DROPPED, error="nothing to say any more", not_before=now)


def backoff(attempts: int, settings: DeliverySettings) -> timedelta:
    """Double a wait with each attempt, up to the longest."""
    steps = min(max(attempts - 1, 0), 20)
    return min(settings.first_retry * (1 << steps), settings.longest_retry)


def _sent(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    return Settlement(
        DeliveryState.SENT,
        ts=result.ts,
        channel_next_at=now + settings.pace,
        sweep_at=now + settings.sweep_after if delivery.doubtful and delivery.kind is not DeliveryKind.EDIT else None,
    )


def _wait(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    wanted = result.retry_after if result.retry_after is not None else backoff(delivery.attempts, settings)
    until = now + min(max(wanted, settings.pace), settings.longest_wait)
    return Settlement(DeliveryState.WAITING, not_before=until, error=result.error, channel_next_at=until)


def _unknown(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    if delivery.kind is DeliveryKind.EDIT:
        later = now + settings.grow_every
        return Settlement(
            DeliveryState.WAITING, not_before=later, error=result.error, channel_next_at=now + settings.pace
        )
    over = max((delivery.started_at or now) + settings.call_timeout, now) + settings.margin
    return Settlement(DeliveryState.UNKNOWN, not_before=over, error=result.error, channel_next_at=now + settings.pace)


def _bad(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    pace = now + settings.pace
    if not delivery.plain:
        return Settlement(DeliveryState.PENDING, not_before=now, plain=True, error=result.error, channel_next_at=pace)
    told = notices.dead(delivery, result.error or "refused", settings.operators)
    return Settlement(DeliveryState.DEAD, error=result.error, channel_next_at=pace, notices=told)


def _blocked(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    reason = result.error or "refused"
    return Settlement(
        DeliveryState.BLOCKED,
        not_before=now,
        error=reason,
        block=reason,
        probe_at=now + settings.probe_blocked,
        notices=notices.blocked(delivery, reason, now, settings.operators),
    )


def _stopped(delivery: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    reason = result.error or "refused"
    return Settlement(
        DeliveryState.PENDING,
        not_before=now,
        plain=delivery.plain,
        error=reason,
        stop=reason,
        probe_at=now + settings.probe_stopped,
        notices=notices.stopped(reason, now, settings.operators),
    )


def _not_editable(_: Delivery, result: SendResult, now: datetime, settings: DeliverySettings) -> Settlement:
    error = result.error or "the message cannot be edited"
    return Settlement(DeliveryState.DROPPED, error=error, uneditable=True, channel_next_at=now + settings.pace)


_ANSWERS: dict[Outcome, Callable[[Delivery, SendResult, datetime, DeliverySettings], Settlement]] = {
    Outcome.SENT: _sent,
    Outcome.WAIT: _wait,
    Outcome.UNKNOWN: _unknown,
    Outcome.BAD_MESSAGE: _bad,
    Outcome.CHANNEL_BLOCKED: _blocked,
    Outcome.STOPPED: _stopped,
    Outcome.NOT_EDITABLE: _not_editable,
}


def _refused(error: str) -> bool:
    """Slack's error may be followed by a detail (`missing_scope: channels:history`)."""
    words = error.replace(":", " ").replace(",", " ").split()
    return any(word in HISTORY_REFUSED for word in words)
