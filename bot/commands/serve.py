"""`policywatch run | worker | web | poll`: the processes."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING

import click

from bot.commands.common import counted, counter, plain, settings_with_logs
from bot.errors import ConfigError, PolicywatchError, SlackRefused, StoreError, UsageError
from bot.wiring import Parts, make_fetcher, make_sender, open_parts, refuse_fleeting_disk

if TYPE_CHECKING:
    from aiohttp import web

    from bot.alerts.ports import SenderPort
    from bot.config.watch import Watcher
    from bot.pipeline import Polled
    from bot.pool import Pool
    from bot.sources.http import Fetcher
    from bot.worker import Worker

log = logging.getLogger(__name__)


@click.command("run")
def run_command() -> None:
    """Worker and web in one process, on 127.0.0.1. Without a Slack token alerts print here as they would look in Slack."""
    parts = open_parts(settings_with_logs())
    asyncio.run(_serve(parts, worker=True, host="127.0.0.1", announce=True))


@click.command("worker")
def worker_command() -> None:
    """Poll, deliver and keep up. Any number on PostgreSQL, one on SQLite."""
    settings = settings_with_logs()
    refuse_fleeting_disk(settings, "worker")
    asyncio.run(_serve(open_parts(settings), worker=True, host=None))


@click.command("web")
def web_command() -> None:
    """Tracker page, health and Slack's requests on 0.0.0.0:$PORT."""
    settings = settings_with_logs()
    refuse_fleeting_disk(settings, "web")
    asyncio.run(_serve(open_parts(settings), worker=False, host="0.0.0.0"))  # noqa: S104 - what a platform routes to


async def _serve(parts: Parts, *, worker: bool, host: str | None, announce: bool = False) -> None:
    """Run until SIGTERM or SIGINT; what is under way gets time to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with AsyncExitStack() as stack:
            if host is not None:
                address = await _start_web(stack, parts, host)
                log.info("web listens", extra={"address": address})
                if announce:
                    _announce(parts, address)
            if host is not None and parts.settings.slack_app_token:
                await _start_socket_mode(stack, parts)
            if worker:
                await _work(stack, parts, stop)
            else:
                await _wait_as_web(parts, stop)
    finally:
        parts.store.close()


async def _work(stack: AsyncExitStack, parts: Parts, stop: asyncio.Event) -> None:
    from bot.worker import Worker

    fetcher = await stack.enter_async_context(make_fetcher(parts.settings, parts.config))
    sender = make_sender(parts.settings)
    worker = Worker(parts, fetcher, sender)
    beside = [asyncio.create_task(_stop_worker(stop, worker)), asyncio.create_task(_until_met(parts, sender, stop))]
    try:
        await worker.run()
    finally:
        for task in beside:
            task.cancel()


async def _stop_worker(stop: asyncio.Event, worker: Worker) -> None:
    await stop.wait()
    worker.stop()


async def _until_met(parts: Parts, sender: SenderPort, stop: asyncio.Event) -> None:
    """Beside the work, which does not wait for it."""
    while not stop.is_set() and not await meet_slack(parts, sender):
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=60)


async def meet_slack(parts: Parts, sender: SenderPort) -> bool:
    """Ask Slack who we are; False when it does not say. A refused token makes readiness red before anything is owed.

    The workspace's address is remembered, so that messages can link to each other; without it they link to articles.
    """
    from bot import upkeep
    from bot.rendering import remember_workspace
    from bot.slack.client import SlackSender

    if isinstance(sender, SlackSender):
        try:
            identity = await sender.auth()
            await asyncio.to_thread(upkeep.slack_accepts, parts)
            await asyncio.to_thread(remember_workspace, parts.store, identity.url, parts.clock())
        except SlackRefused as error:
            log.error("Slack takes nothing", extra={"error": str(error)})  # noqa: TRY400 - one line says it
            await asyncio.to_thread(upkeep.slack_refused, parts, error.reason)
            return False
        except PolicywatchError as error:
            log.warning("the workspace's address is not known", extra={"error": str(error)})
            return False
    return True


async def _wait_as_web(parts: Parts, stop: asyncio.Event) -> None:
    from bot import upkeep
    from bot.config.watch import Watcher

    watcher = Watcher(parts.settings.config_dir, parts.settings.environ)
    while not stop.is_set():
        await asyncio.to_thread(_follow, parts, watcher)
        try:
            await asyncio.to_thread(upkeep.beat, parts, "web")
        except StoreError as error:
            log.warning("no heartbeat, /readyz says why", extra={"error": str(error)})
        try:
            await asyncio.wait_for(stop.wait(), timeout=20)
        except TimeoutError:
            continue


def _follow(parts: Parts, watcher: Watcher) -> None:
    """Show changed files in a process that only reads; the worker puts them in force, or tells operators of mistakes."""
    if watcher.changed():
        try:
            parts.live.replace(watcher.load())
        except ConfigError as error:
            log.warning("configuration refused", extra={"problems": len(error.problems)})


async def _start_web(stack: AsyncExitStack, parts: Parts, host: str) -> str:
    from aiohttp import web

    from bot.queries import Reader
    from bot.web import Tracker, build_app

    tracker = Tracker(parts.clock, parts.settings.tracker_token, names=_place_names(parts))
    app = build_app(Reader(parts), tracker, extra_routes=_slack_routes(parts))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, host, parts.settings.port)
    try:
        await site.start()
    except OSError as error:
        raise UsageError(
            f"port {parts.settings.port} cannot be used ({error.strerror}); set PORT to a free one, like PORT=8001"
        ) from error
    port = runner.addresses[0][1]
    return f"http://{'127.0.0.1' if host == '127.0.0.1' else host}:{port}"


def _place_names(parts: Parts) -> Callable[[str], str]:
    return lambda code: parts.live.get().place_names.get(code, code)


def _slack_routes(parts: Parts) -> Sequence[web.AbstractRouteDef]:
    """Slack's HTTP endpoints, when a signing secret says that Slack calls in."""
    if not parts.settings.slack_signing_secret:
        return ()
    from bot.slackdesk import slack_routes

    return slack_routes(parts)


async def _start_socket_mode(stack: AsyncExitStack, parts: Parts) -> None:
    """Let Slack reach us over a WebSocket that we open: `web` (or `run`) alone owns it."""
    from bot.slackdesk import socket_mode

    socket = socket_mode(parts)
    await socket.start()
    stack.push_async_callback(socket.stop)


def _announce(parts: Parts, address: str) -> None:
    on = sum(source.enabled for source in parts.config.sources)
    click.echo(f"Watching {counted(on, 'source')}. Tracker: {address}  (Ctrl-C stops)")
    if not parts.settings.slack_bot_token:
        click.echo("No SLACK_BOT_TOKEN: alerts print here as they would look in Slack.")


# --- one pass --------------------------------------------------------------------------------------------------------


@click.command("poll")
@click.option("--source", "ids", multiple=True, metavar="ID", help="Only this source (may be repeated).")
@click.option("--due", is_flag=True, help="Only the sources that are due.")
def poll_command(ids: tuple[str, ...], due: bool) -> None:
    """One pass over all enabled sources and one delivery round, then exit."""
    parts = open_parts(settings_with_logs(level="WARNING"))
    known = parts.live.get().sources
    unknown = [each for each in ids if each not in known]
    if unknown:
        raise UsageError(f"no enabled source has the id {unknown[0]!r}; policywatch sources list shows them")
    try:
        asyncio.run(_poll(parts, list(ids) or list(known), due=due))
    finally:
        parts.store.close()


async def _poll(parts: Parts, ids: list[str], *, due: bool) -> None:
    from bot import upkeep
    from bot.passes import one_pass
    from bot.pool import Pool

    upkeep.start_up(parts)
    sender = make_sender(parts.settings)
    async with make_fetcher(parts.settings, parts.config) as fetcher:
        gc.freeze()  # what is there now stays to the end: the collector need not walk through it
        claimed = upkeep.claim_due(parts, len(ids), ids) if due else upkeep.claim(parts, ids)
        step = counter(len(claimed), "sources")
        async with Pool() as pool:
            results = await one_pass(parts, fetcher, claimed, pool=pool, polled=step)
            pages = await _read_all_pages(parts, fetcher, pool)
    await meet_slack(parts, sender)
    upkeep.welcome(parts)
    upkeep.hurry(parts)
    report = await _deliver_all(parts, sender)
    _print_pass(results, pages, report)


async def _read_all_pages(parts: Parts, fetcher: Fetcher, pool: Pool) -> int:
    """Read the article pages that are due, until none is. Gives how many were tried."""
    from bot import pipeline
    from bot.sources.robots import Robots

    robots, tried = Robots(fetcher), 0
    while read := await pipeline.read_pages(parts, fetcher, robots, pool):
        tried += read
    return tried


async def _deliver_all(parts: Parts, sender: SenderPort) -> int:
    from bot import pipeline
    from bot.model import DeliveryState

    sent = 0
    while True:
        report = await pipeline.deliver(parts, sender)
        sent += report.settled[DeliveryState.SENT]
        if not sum(report.settled.values()):
            return sent
        await asyncio.sleep(1)  # Slack's pace in one channel


def _print_pass(results: Sequence[Polled], pages: int, sent: int) -> None:
    failed = [result for result in results if result.failure is not None]
    new = sum(len(result.told) for result in results)
    alerts = sum(told.alert in {"new", "stage"} for result in results for told in result.told)
    for result in failed:
        assert result.failure is not None
        click.echo(f"{result.source.id}: {plain(result.failure.detail)}", err=True)
    click.echo(
        f"{counted(len(results), 'source')} polled, {len(failed)} failed; {counted(new, 'new entry', 'new entries')},"
        f" {counted(alerts, 'alert')}; {counted(pages, 'article page')} read; {counted(sent, 'message')} sent."
    )
