"""`policywatch db`: the database's schema."""

from __future__ import annotations

import click

from bot.commands.common import settings_with_logs
from bot.logs import redact
from bot.store import Store


@click.group("db")
def db_command() -> None:
    """Upgrade or check the database's schema."""


@db_command.command("upgrade")
def upgrade() -> None:
    """Bring the schema up to this version. Safe to run again, and from several processes at once."""
    settings = settings_with_logs()
    store = Store.open(settings.database_url)
    try:
        store.upgrade()
    finally:
        store.close()
    click.echo(f"{redact(settings.database_url)}: the schema is up to date.")


@db_command.command("check")
def check() -> None:
    """Status 0 when the schema is this version's, else 1 and what to do."""
    settings = settings_with_logs()
    store = Store.open(settings.database_url)
    try:
        store.check_schema()
    finally:
        store.close()
    click.echo(f"{redact(settings.database_url)}: the schema fits this version.")
