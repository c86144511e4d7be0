"""The last guard against doubles: messages that were ever in doubt are searched by their key, and all but one deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.alerts.ports import OutboxPort, SenderPort
from bot.alerts.settings import DeliverySettings
from bot.model import Delivery, DeliveryKind, Outcome

_log = logging.getLogger(__name__)


async def sweep(
    outbox: OutboxPort, sender: SenderPort, clock: Callable[[], datetime], settings: DeliverySettings
) -> int:
    """Check the messages whose time has come. Returns how many doubles were deleted."""
    deleted = 0
    for delivery in await asyncio.to_thread(outbox.to_sweep, clock()):
        deleted += await _check(outbox, sender, delivery, clock, settings)
    return deleted


async def _check(
    outbox: OutboxPort,
    sender: SenderPort,
    delivery: Delivery,
    clock: Callable[[], datetime],
    settings: DeliverySettings,
) -> int:
    found, complete = await _copies(sender, delivery, clock, settings)
    kept = delivery.ts if not found or delivery.ts in found else found[0]
    deleted = 0
    for ts in found:
        if ts == kept:
            continue
        outcome = await _delete(sender, delivery.channel, ts, settings)
        deleted += outcome is Outcome.SENT
        complete &= outcome in {Outcome.SENT, Outcome.NOT_EDITABLE}
    if deleted:
        _log.warning("delivery %s was in %s %d times; %d deleted", delivery.id, delivery.channel, len(found), deleted)
    now = clock()
    give_up = now - (delivery.sent_at or now) > settings.sweep_until
    again_at = None if complete or give_up else now + settings.longest_retry
    await asyncio.to_thread(outbox.swept, delivery.id, ts=kept if kept != delivery.ts else None, again_at=again_at)
    return deleted


async def _copies(
    sender: SenderPort, delivery: Delivery, clock: Callable[[], datetime], settings: DeliverySettings
) -> tuple[tuple[str, ...], bool]:
    """Find all messages with the delivery's key, and whether the whole stretch was read."""
    if delivery.send_key is None:
        return (), True
    started = delivery.first_started_at or delivery.created_at
    try:
        async with asyncio.timeout(settings.look_up_timeout.total_seconds()):
            copies = await sender.copies(
                delivery.channel,
                delivery.send_key,
                oldest=started - settings.skew,
                latest=clock() + settings.skew,
                thread_ts=delivery.parent_ts if delivery.kind is DeliveryKind.REPLY else None,
            )
    except TimeoutError:
        return (), False
    except Exception:  # noqa: BLE001 - it is tried again later
        _log.exception("looking for doubles of delivery %s failed", delivery.id)
        return (), False
    return copies.ts, copies.error is None


async def _delete(sender: SenderPort, channel: str, ts: str, settings: DeliverySettings) -> Outcome:
    try:
        async with asyncio.timeout(settings.call_timeout.total_seconds()):
            return (await sender.delete(channel, ts)).outcome
    except TimeoutError:
        return Outcome.UNKNOWN
    except Exception:  # noqa: BLE001 - it is tried again later
        _log.exception("a double in %s could not be deleted", channel)
        return Outcome.UNKNOWN
