"""`policywatch outbox`: deliveries that wait, failed or were held."""

from __future__ import annotations

import click

from bot.commands.common import json_option, jsonable, listing, settings_with_logs
from bot.errors import UsageError
from bot.model import Delivery, DeliveryState
from bot.store import Store
from bot.wiring import open_store, utc_now

OPEN = [state for state in DeliveryState if state not in {DeliveryState.SENT, DeliveryState.DROPPED}]


def _open() -> Store:
    return open_store(settings_with_logs(level="WARNING"))


@click.group("outbox")
def outbox_command() -> None:
    """List, retry or drop deliveries."""


@outbox_command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was sent or dropped.")
@json_option
def list_(everything: bool, as_json: bool) -> None:
    """Deliveries that are still owed, held, blocked or dead."""
    with _open().reading() as tx:
        found = tx.outbox.list(list(DeliveryState) if everything else OPEN)
    rows = [jsonable(one) if as_json else _row(one) for one in found]
    columns = ("id", "state", "kind", "channel", "story", "attempts", "not_before", "error")
    listing(rows, columns, as_json=as_json, empty="Nothing is owed.")


def _row(one: Delivery) -> dict[str, object]:
    return {
        "id": one.id,
        "state": one.state.value,
        "kind": one.kind.value,
        "channel": one.channel,
        "story": f"s{one.story_id}" if one.story_id else "",
        "attempts": one.attempts,
        "not_before": f"{one.not_before:%Y-%m-%d %H:%M:%S}" if one.not_before else "",
        "error": one.error or "",
    }


@outbox_command.command("retry")
@click.argument("delivery_id", metavar="ID", type=int)
def retry(delivery_id: int) -> None:
    """Try a dead, held or blocked delivery again; a held one may then be posted twice."""
    with _open().transaction() as tx:
        if not tx.outbox.retry(delivery_id, utc_now()):
            raise UsageError(
                f"delivery {delivery_id} is not waiting for that; policywatch outbox list shows those that are"
            )
    click.echo(f"Delivery {delivery_id} will be tried again.")


@outbox_command.command("drop")
@click.argument("delivery_id", metavar="ID", type=int)
def drop(delivery_id: int) -> None:
    """Decide that a delivery is not sent."""
    with _open().transaction() as tx:
        if not tx.outbox.drop(delivery_id):
            raise UsageError(f"delivery {delivery_id} is not open; policywatch outbox list shows those that are")
    click.echo(f"Delivery {delivery_id} is dropped.")
