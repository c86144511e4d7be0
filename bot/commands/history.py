"""`policywatch history import`: curated past changes into the ledger."""

from __future__ import annotations

import click

from bot import history
from bot.commands.common import read_text, settings_with_logs
from bot.config.load import load
from bot.config.topic import read_history
from bot.errors import ConfigError, Problem
from bot.wiring import open_store, utc_now


@click.group("history")
def history_command() -> None:
    """Import curated past changes, never alerted."""


@history_command.command("import")
@click.argument("file")
def import_(file: str) -> None:
    """Add the events of FILE (shaped like the topic's history.yaml) to the ledger; known ids are left alone."""
    settings = settings_with_logs(level="WARNING")
    events, problems = read_history(read_text(file), env=settings.environ)
    if problems:
        raise ConfigError([Problem(file, problem.line, problem.message) for problem in problems])
    topic = load(settings.config_dir, env=settings.environ).topic
    with open_store(settings).transaction(lock=True) as tx:
        added = history.add(tx, events, topic, utc_now())
    click.echo(f"{added} of {len(events)} changes added to the ledger; nobody was told.")
