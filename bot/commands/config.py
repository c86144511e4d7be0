"""`policywatch config`: check the files, print their schema, show what is in force."""

from __future__ import annotations

import sys

import click

from bot.commands.common import json_option, plain, print_json, settings_with_logs
from bot.config.load import Config, load
from bot.config.schema import json_schema
from bot.errors import ConfigError, StoreError
from bot.settings import Settings
from bot.store import Store
from bot.wiring import open_parts


@click.group("config")
def config_command() -> None:
    """Check the configuration, show what is in force, print the JSON Schema."""


@config_command.command("check")
def check() -> None:
    """Status 0 and a summary, or 2 and each mistake as `file:line: what is wrong; what to write`."""
    settings = settings_with_logs(level="WARNING")
    try:
        config = load(settings.config_dir, env=settings.environ)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        count = len(error.problems)
        click.echo(f"{count} error{'' if count == 1 else 's'}. Nothing changed{_still_in_force(settings)}", err=True)
        sys.exit(error.exit_status)
    for warning in config.warnings:
        click.echo(f"{warning} (warning)", err=True)
    click.echo(summary(config))


def summary(config: Config) -> str:
    """`61 sources (59 off), 2 routes, 325 actors: fine.`."""
    on = sum(source.enabled for source in config.sources)
    off = len(config.sources) - on
    routes = len(config.routes)
    return (
        f"{on} source{'' if on == 1 else 's'} on, {off} off; {routes} route{'' if routes == 1 else 's'};"
        f" {len(config.topic.actors)} actors, {len(config.topic.history)} curated changes. No errors."
    )


def _still_in_force(settings: Settings) -> str:
    """The end of the sentence: which configuration a running worker goes on with."""
    try:
        store = Store.open(settings.database_url)
        try:
            with store.reading() as tx:
                saved = tx.runtime.last_config()
        finally:
            store.close()
    except StoreError:
        return "."
    if saved is None:
        return "."
    return f"; the config of {saved.saved_at.astimezone():%d %b %H:%M} stays in force."


@config_command.command("show")
@json_option
def show(as_json: bool) -> None:
    """What is in force: sources, routes of the files and subscriptions, the next digests, snoozes and mutes."""
    from bot.commands.inforce import in_force, lines

    parts = open_parts(settings_with_logs(level="WARNING"))
    try:
        found = in_force(parts)
    finally:
        parts.store.close()
    if as_json:
        print_json(found)
        return
    for line in lines(found):
        click.echo(plain(line))


@config_command.command("schema")
def schema() -> None:
    """Print the JSON Schema of the files, for editors."""
    print_json(json_schema())
