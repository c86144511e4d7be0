"""The loop that sends (asyncio around the pure decisions): recover, fold, then claim, call, write, until nothing is due.

What makes it safe to be killed at any instant: a claim is committed before Slack is called, and what Slack said is
committed after. Between the two nobody knows; such a delivery becomes ``unknown`` when its lease runs out, and its
message is looked up by the key in its metadata before it is posted again. What remains: Slack accepting a call after
the look-up came back empty, and a process frozen for longer than its lease that then goes on. The sweep, which looks
for doubles of every message that was ever in doubt, deletes those.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.alerts import folding, notices
from bot.alerts import outbox as decisions
from bot.alerts.ports import OutboxPort, Renderer, SenderPort
from bot.alerts.settings import DeliverySettings
from bot.alerts.sweeping import sweep
from bot.errors import StoreError
from bot.model import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    Found,
    LookUp,
    Message,
    Outcome,
    SendResult,
    Settlement,
)

_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class RoundReport:
    """What one round did."""

    settled: Counter[DeliveryState] = field(default_factory=Counter)
    """How many deliveries ended in each state."""
    recovered: int = 0
    """Taken over from dead senders."""
    folded: int = 0
    """Folds made: many deliveries told in one."""
    swept: int = 0
    """Doubles deleted."""
    lost_claims: int = 0
    """Finished after their lease had run out."""
    stopped: str | None = None
    """Slack refuses everything, and why."""
    next_due: datetime | None = None
    """When there is something to do again; None: nothing is owed."""

    @property
    def sent(self) -> int:
        """How many messages were sent, edited or found to be there."""
        return self.settled[DeliveryState.SENT]


@dataclass(frozen=True, slots=True)
class Courier:
    """Everything a round works with, wired once by the entry point."""

    outbox: OutboxPort
    sender: SenderPort
    renderer: Renderer
    clock: Callable[[], datetime]
    owner: str
    """Names this process among all that ever run: host, process id and something random."""
    settings: DeliverySettings = field(default_factory=DeliverySettings)


async def deliver_round(courier: Courier, stopping: Callable[[], bool] = lambda: False) -> RoundReport:
    """Send what is due now, each channel at its pace, several channels at once; then return. Never sleeps.

    Args:
        courier: The outbox, Slack, the renderer, the clock, the settings.
        stopping: Asked before each claim; once true the running calls are finished and nothing more is claimed.

    Raises:
        StoreError: The database failed. Calls that other lanes had begun are finished first.
    """
    report = RoundReport()
    now = courier.clock()
    report.next_due = await asyncio.to_thread(courier.outbox.next_due, now)
    if report.next_due is None or report.next_due > now:
        return report  # the usual tick: one read, no write
    report.recovered = await asyncio.to_thread(courier.outbox.recover, now, courier.settings.look_after)
    await asyncio.to_thread(_fold, courier, report)
    lanes = (_lane(courier, f"{courier.owner}/{lane}", report, stopping) for lane in range(courier.settings.senders))
    ended = await asyncio.gather(*lanes, return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
    if not stopping() and report.stopped is None:
        report.swept = await sweep(courier.outbox, courier.sender, courier.clock, courier.settings)
    report.next_due = await asyncio.to_thread(courier.outbox.next_due, courier.clock())
    return report


def _fold(courier: Courier, report: RoundReport) -> None:
    """Fold each channel's flood before anything of it is sent. Plain SQL between pure decisions: runs in a thread."""
    now = courier.clock()
    by_channel: dict[str, list[Delivery]] = {}
    for one in courier.outbox.foldable():
        by_channel.setdefault(one.channel, []).append(one)
    for channel, waiting in by_channel.items():
        sent = courier.outbox.sent_since(channel, now - courier.settings.window)
        plan = folding.plan(channel, waiting, sent, now, courier.settings)
        if plan.cancel:
            courier.outbox.cancel(plan.cancel, plan.reason)
        for fold in plan.folds:
            told = courier.outbox.fold(fold.members, fold.into, now, now + courier.settings.grow_every)
            report.folded += told is not None


async def _lane(courier: Courier, owner: str, report: RoundReport, stopping: Callable[[], bool]) -> None:
    """Work one delivery after the other until nothing is due that nobody else works on."""
    while not stopping() and report.stopped is None:
        delivery = await asyncio.to_thread(courier.outbox.claim, owner, courier.clock(), courier.settings.lease)
        if delivery is None:
            return
        settlement = await _work(courier, delivery)
        kept = await asyncio.to_thread(courier.outbox.finish, delivery, owner, settlement, courier.clock())
        report.settled[settlement.state] += 1
        report.lost_claims += not kept
        report.stopped = settlement.stop or report.stopped
        if settlement.state is not DeliveryState.SENT:
            _log.warning(
                "delivery %s to %s: %s (%s)", delivery.id, delivery.channel, settlement.state, settlement.error or "-"
            )


async def _work(courier: Courier, delivery: Delivery) -> Settlement:
    """Call Slack for one claimed delivery and decide what to write."""
    settings = courier.settings
    if delivery.state is DeliveryState.UNKNOWN:
        found = await _look_up(courier, delivery)
        return decisions.resolve_unknown(delivery, found, courier.clock(), settings)
    try:
        message = await asyncio.to_thread(courier.renderer.render, _shown(delivery))
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - one message that breaks the renderer must not stop the others
        _log.exception("delivery %s cannot be rendered", delivery.id)
        refused = SendResult(Outcome.BAD_MESSAGE, error=f"cannot be rendered: {type(error).__name__}")
        return decisions.next_state(delivery, refused, courier.clock(), settings)
    if message is None:
        return decisions.nothing_to_say(courier.clock())
    result = await _call(courier, delivery, message)
    return decisions.next_state(delivery, result, courier.clock(), settings)


def _shown(delivery: Delivery) -> Delivery:
    """What is rendered: for an edit the message as its kind is, and a notice worded from its members as they are now."""
    kind = delivery.parent_kind if delivery.kind is DeliveryKind.EDIT and delivery.parent_kind else delivery.kind
    payload = notices.worded(delivery.payload) if kind is DeliveryKind.NOTICE else delivery.payload
    return replace(delivery, kind=kind, payload=payload)


async def _call(courier: Courier, delivery: Delivery, message: Message) -> SendResult:
    if delivery.kind is DeliveryKind.EDIT:
        if delivery.parent_ts is None:
            return SendResult(Outcome.NOT_EDITABLE, error="its message was never posted")
        call = courier.sender.update(delivery.channel, delivery.parent_ts, message)
    else:
        reply = delivery.kind is DeliveryKind.REPLY
        call = courier.sender.post(
            delivery.channel,
            message,
            thread_ts=delivery.parent_ts if reply else None,
            broadcast=reply and bool(delivery.payload.get("broadcast")),
        )
    too_slow = SendResult(Outcome.UNKNOWN, error="no answer in time")
    return await _guarded(call, courier.settings.call_timeout, too_slow, _failed_call)


async def _look_up(courier: Courier, delivery: Delivery) -> LookUp:
    if delivery.send_key is None:
        return LookUp(Found.NO)  # it was never sent: keys are written with the claim
    settings = courier.settings
    started = delivery.first_started_at or delivery.started_at or delivery.created_at
    call = courier.sender.look_up(
        delivery.channel,
        delivery.send_key,
        oldest=started - settings.skew,
        latest=(delivery.started_at or started) + settings.look_after + settings.skew,
        thread_ts=delivery.parent_ts if delivery.kind is DeliveryKind.REPLY else None,
    )
    too_slow = LookUp(Found.FAILED, error="no answer in time")
    return await _guarded(call, settings.look_up_timeout, too_slow, _failed_look_up)


async def _guarded(call: Awaitable[T], limit: timedelta, too_slow: T, failed: Callable[[Exception], T]) -> T:
    """Bound a call in time, and take what it should not have raised for an outcome that nobody knows."""
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await call
    except TimeoutError:
        return too_slow
    except Exception as error:  # noqa: BLE001 - whatever it was, the message may be there
        _log.exception("the sender raised what it should have returned")
        return failed(error)


def _failed_call(error: Exception) -> SendResult:
    return SendResult(Outcome.UNKNOWN, error=type(error).__name__)


def _failed_look_up(error: Exception) -> LookUp:
    return LookUp(Found.FAILED, error=type(error).__name__)
