"""`policywatch slack`: the app manifest, and whether Slack lets us in."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from bot.commands.common import json_option, plain, print_json, settings_with_logs
from bot.config.load import load
from bot.errors import StoreError, UsageError
from bot.model import Check, Route
from bot.settings import Settings
from bot.wiring import open_store


@click.group("slack")
def slack_command() -> None:
    """The app manifest; token, scopes and channels checked."""


@slack_command.command("manifest")
@click.option(
    "--url", metavar="URL", help="Address at which `web` is reached from outside, like https://policywatch.example.org."
)
@click.option("--socket-mode", "--socket", "socket", is_flag=True, help="For Socket Mode: no public address is needed.")
def manifest(url: str | None, socket: bool) -> None:
    """Print the manifest to paste at https://api.slack.com/apps (Create New App, From a manifest)."""
    from bot.slack.manifest import manifest as make

    address = url or settings_with_logs(level="WARNING").public_url
    if not address and not socket:
        raise UsageError("slack manifest: give --url https://your.host (or --socket-mode, which needs no address)")
    try:
        print_json(make(address, socket_mode=socket))
    except ValueError as error:
        raise UsageError(f"slack manifest: {address}: {error} (--socket-mode)") from error


@slack_command.command("check")
@click.option("--test-post", is_flag=True, help="Also post one line to each channel, and delete it.")
@json_option
def check(test_post: bool, as_json: bool) -> None:
    """Token, scopes, and the bot's membership of every route's channel. Status 1 when something is wrong."""
    settings = settings_with_logs(level="WARNING")
    checks = run_checks(settings, test_post=test_post)
    print_checks(checks, as_json=as_json)
    if not all(one.ok for one in checks):
        sys.exit(1)


def run_checks(settings: Settings, *, test_post: bool = False) -> list[Check]:
    """What `slack check` and `doctor` say of Slack.

    Raises:
        UsageError: there is no token to check.
    """
    if not settings.slack_bot_token:
        raise UsageError("SLACK_BOT_TOKEN is not set; set it to the app's bot token, xoxb-…")
    return asyncio.run(_run_checks(settings, settings.slack_bot_token, test_post=test_post))


async def _run_checks(settings: Settings, token: str, *, test_post: bool) -> list[Check]:
    from bot.slack.check import check_app_token, check_slack
    from bot.slack.client import SlackSender

    routes: dict[str, list[str]] = {}
    subscribed, trouble = _subscriptions(settings)
    for route in (*load(settings.config_dir, env=settings.environ).routes, *subscribed):
        routes.setdefault(route.channel, []).append(route.name)
    found = list(await check_slack(SlackSender(token, base_url=settings.slack_api_url), routes, test_post=test_post))
    if settings.slack_app_token:
        found.append(await check_app_token(settings.slack_app_token, base_url=settings.slack_api_url))
    return [*found, *trouble]


def _subscriptions(settings: Settings) -> tuple[Sequence[Route], list[Check]]:
    """What `/policywatch subscribe` made. A database that was never used holds none, and looking makes no file."""
    if settings.is_sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).exists():
        return (), []
    try:
        with closing(open_store(settings)) as store, store.reading() as tx:
            return tx.runtime.subscriptions(), []
    except StoreError as error:
        return (), [Check("subscriptions", ok=False, detail=f"not read, so their channels are not checked: {error}")]


def print_checks(checks: list[Check], *, as_json: bool) -> None:
    """Print checks, one line each, the failing ones marked."""
    if as_json:
        print_json(checks)
        return
    width = max((len(one.name) for one in checks), default=0)
    for one in checks:
        click.echo(plain(f"{'ok  ' if one.ok else 'FAIL'}  {one.name:<{width}}  {one.detail}"))
