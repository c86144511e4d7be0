"""`policywatch demo`: the tour."""

from __future__ import annotations

import asyncio

import click

from bot.commands.common import settings_with_logs


@click.command("demo")
@click.option("--once", is_flag=True, help="End by itself after the tour, with status 0.")
def demo_command(once: bool) -> None:
    """A tour of under a minute: sample outlets on loopback, the real pipeline, alerts in this terminal. No network, no Slack."""
    from bot.demo.tour import tour

    settings_with_logs(level="ERROR")
    asyncio.run(tour(once=once))
