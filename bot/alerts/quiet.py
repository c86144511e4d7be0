"""Quiet hours of a route (pure): what would be posted in them waits for their end."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import Quiet


def quiet_until(quiet: Quiet | None, now: datetime) -> datetime | None:
    """Give the end of the quiet hours that hold now; None: it is not quiet.

    Compared is what the local clock shows, so that a night in which it is changed is an hour shorter or longer and ends
    at the same time on the clock. An end that the clock skips counts as the instant it would have been; one that it
    shows twice counts the first time, and in the hour that is repeated after it the second time.
    """
    if quiet is None:
        return None
    zone = ZoneInfo(quiet.zone)
    local = now.astimezone(zone)
    shown = local.time()
    overnight = quiet.end <= quiet.start
    begun, ended = shown >= quiet.start, shown >= quiet.end
    if (begun or not ended) if overnight else (begun and not ended):
        day = local.date() + timedelta(days=1 if overnight and begun else 0)
        end = datetime.combine(day, quiet.end, tzinfo=zone)
        for fold in (0, 1):
            at = end.replace(fold=fold).astimezone(now.tzinfo)
            if at > now:
                return at
    return None
