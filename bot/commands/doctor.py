"""`policywatch doctor`: everything that can be wrong, in one report."""

from __future__ import annotations

import sys

import click

from bot.commands.common import json_option, settings_with_logs
from bot.commands.config import summary
from bot.commands.slack import print_checks, run_checks
from bot.config.load import load
from bot.errors import ConfigError, StoreError
from bot.logs import redact
from bot.model import Check, Health
from bot.queries import Reader
from bot.settings import Settings
from bot.wiring import Live, Parts, open_store


@click.command("doctor")
@json_option
def doctor_command(as_json: bool) -> None:
    """Config, database, Slack and sources in one report. Status 1 when something is wrong."""
    settings = settings_with_logs(level="ERROR")
    checks = [*_config(settings), *_database(settings), *_slack(settings)]
    print_checks(checks, as_json=as_json)
    if not all(one.ok for one in checks):
        sys.exit(1)


def _config(settings: Settings) -> list[Check]:
    try:
        config = load(settings.config_dir, env=settings.environ)
    except ConfigError as error:
        return [Check("config", ok=False, detail=str(problem)) for problem in error.problems]
    return [
        Check("config", ok=True, detail=summary(config)),
        *(Check("config", ok=True, detail=f"{one} (warning)") for one in config.warnings),
    ]


def _database(settings: Settings) -> list[Check]:
    try:
        store = open_store(settings)
    except StoreError as error:
        return [Check("database", ok=False, detail=str(error))]
    found = [Check("database", ok=True, detail=f"{redact(settings.database_url)} answers, its schema fits")]
    try:
        parts = Parts(settings, store, Live(load(settings.config_dir, env=settings.environ)))
    except ConfigError:
        return found
    reader = Reader(parts)
    checks = [one for one in reader.checks() if one.name != "database"]
    rows = [row for row in reader.sources() if row.source.enabled]
    bad = [row for row in rows if row.state and row.state.health in {Health.FAILING, Health.GONE}]
    never = sum(row.state is None or row.state.last_polled_at is None for row in rows)
    found += checks
    found.append(
        Check("sources", ok=not bad, detail=f"{len(rows)} watched, {len(bad)} broken, {never} not checked yet")
    )
    found += [Check(row.source.id, ok=False, detail=(row.state.last_error or "") if row.state else "") for row in bad]
    return found


def _slack(settings: Settings) -> list[Check]:
    if not settings.slack_bot_token:
        return [Check("slack", ok=True, detail="no SLACK_BOT_TOKEN: alerts print in the terminal")]
    try:
        return run_checks(settings)
    except ConfigError:
        return []
