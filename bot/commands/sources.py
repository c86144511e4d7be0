"""`policywatch sources`: what is watched, and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from bot.commands.common import counted, json_option, jsonable, listing, plain, print_json, settings_with_logs, span
from bot.config.load import load
from bot.config.schema import SELECTORS
from bot.errors import PolicywatchError, UsageError
from bot.model import Failure, Fetched, Reading, Source, SourceKind, SourceRow, SourceState, Validators, shown_url
from bot.queries import source_rows
from bot.settings import Settings
from bot.sources.documents import text_of_version
from bot.wiring import make_fetcher, open_store, utc_now


@click.group("sources")
def sources_command() -> None:
    """List, show, add, remove, mute, test, import, export."""


def _settings() -> Settings:
    return settings_with_logs(level="WARNING")


def _rows(settings: Settings) -> list[SourceRow]:
    config = load(settings.config_dir, env=settings.environ)
    with open_store(settings).reading() as tx:
        return source_rows(tx, config.sources, utc_now())


@sources_command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also sources that are switched off.")
@json_option
def list_(everything: bool, as_json: bool) -> None:
    """Every source with its state, since when and why, when it was checked, and what its polls warn of."""
    rows = [row for row in _rows(_settings()) if everything or row.source.enabled]
    shown = [
        {
            "id": row.source.id,
            "name": row.source.name,
            "kind": row.source.kind.value,
            "url": row.source.shown_url,
            "enabled": row.source.enabled,
            "state": _state(row),
            "since": _when(row.state.health_since or row.state.added_at) if row.state else None,
            "why": row.why or None,
            "warning": row.warning or None,
            "checked": _when(row.state.last_polled_at if row.state else None),
            "newest": _when(row.state.last_entry_at if row.state else None),
            "entries": row.state.entries_total if row.state else 0,
            "error": row.state.last_error if row.state else None,
        }
        for row in rows
    ]
    columns = ("id", "state", "since", "checked", "newest", "entries", "why", "warning")
    listing(shown, columns, as_json=as_json, empty="No sources. policywatch sources add URL adds one.")


def _state(row: SourceRow) -> str:
    if not row.source.enabled:
        return "off"
    if row.state is None or row.state.last_polled_at is None:
        return "not checked yet"
    muted = row.state.muted_until is not None and row.state.muted_until > utc_now()
    return row.state.health.value + (", muted" if muted else "")


def _when(value: datetime | None) -> str | None:
    return f"{value:%Y-%m-%d %H:%M}" if value else None


@sources_command.command("show")
@click.argument("source_id", metavar="ID")
@json_option
def show(source_id: str, as_json: bool) -> None:
    """One source: its definition and everything learned of it."""
    row = next((row for row in _rows(_settings()) if row.source.id == source_id), None)
    if row is None:
        raise UsageError(_unknown(source_id))
    row = replace(row, source=replace(row.source, url=row.source.shown_url), state=row.state and _shown(row.state))
    if as_json:
        print_json(row)
        return
    for part in (row.source, row.state):
        for name, value in (jsonable(part) or {}).items():
            if value not in (None, "", {}, []) and name != "known_slices":
                click.echo(plain(f"{name:<16} {value}"))
    for name, said in (("why", row.why), ("warning", row.warning)):
        if said:
            click.echo(plain(f"{name:<16} {said}"))


def _shown(state: SourceState) -> SourceState:
    return state._replace(url=shown_url(state.url), moved_to=state.moved_to and shown_url(state.moved_to))


def _unknown(source_id: str) -> str:
    return f"no source has the id {source_id!r}; policywatch sources list --all shows them"


@sources_command.command("mute")
@click.argument("source_id", metavar="ID")
@click.option("--for", "lasting", default="7d", metavar="SPAN", show_default=True)
def mute(source_id: str, lasting: str) -> None:
    """Alert on nothing from a source for a while; it is polled on. What comes meanwhile is never sent."""
    until = utc_now() + span(lasting)
    _mute(source_id, until)
    click.echo(f"{source_id} is muted until {until:%d %b %Y %H:%M} UTC.")


@sources_command.command("unmute")
@click.argument("source_id", metavar="ID")
def unmute(source_id: str) -> None:
    """Alert on a source again, from now on."""
    _mute(source_id, utc_now())
    click.echo(f"{source_id} alerts again, on what it publishes from now on.")


def _mute(source_id: str, until: datetime) -> None:
    settings = _settings()
    config = load(settings.config_dir, env=settings.environ)
    with open_store(settings).transaction() as tx:
        tx.sources.sync(config.sources, utc_now())
        if source_id not in {source.id for source in config.sources} or not tx.sources.mute(source_id, until):
            raise UsageError(_unknown(source_id))


# --- test ----------------------------------------------------------------------------------------------------------------


@sources_command.command("test")
@click.argument("what", metavar="URL_OR_FILE_OR_ID")
@click.option(
    "--select", "select", multiple=True, metavar="PART=SELECTOR", help="For a page; may be given several times."
)
@json_option
def test(what: str, select: Sequence[str], as_json: bool) -> None:
    """Fetch and parse now, store nothing, print the entries."""
    settings, now = _settings(), utc_now()
    source = _tested(settings, what, select)
    is_file = source.url.startswith("file:")
    fetched = _file(what, now) if is_file else asyncio.run(_fetch(settings, source.url, now))
    reading = fetched if isinstance(fetched, Failure) else _read(source, fetched, now)
    if isinstance(reading, Failure):
        hint = f" A feed is advertised at {reading.moved_to}" if reading.moved_to else ""
        raise PolicywatchError(plain(f"{what}: {reading.detail}{hint}"))
    _print_reading(reading, as_json=as_json)


def _tested(settings: Settings, what: str, select: Sequence[str]) -> Source:
    """The configured source with this id or address, else one for the address or file."""
    parts = dict(part.partition("=")[::2] for part in select)
    if wrong := [part for part in select if "=" not in part or part.partition("=")[0] not in SELECTORS]:
        raise UsageError(f"--select {wrong[0]}: write one of {', '.join(SELECTORS)}, then = and a selector")
    known = load(settings.config_dir, env=settings.environ).sources
    if (found := next((source for source in known if what in {source.id, source.url}), None)) is not None:
        kind = SourceKind.PAGE if parts and found.kind is SourceKind.FEED else found.kind
        return replace(found, select=parts or found.select, kind=kind)
    url = what if "://" in what else f"file:{what}"
    return Source("test", what, url, SourceKind.PAGE if parts else SourceKind.FEED, select=parts)


async def _fetch(settings: Settings, url: str, now: datetime) -> Fetched | Failure:
    config = load(settings.config_dir, env=settings.environ)
    async with make_fetcher(settings, config) as fetcher:
        return await fetcher.fetch(url, now=now)


def _file(path: str, now: datetime) -> Fetched:
    try:
        body = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}; give a file, or an address with http://"
        ) from error
    return Fetched("https://file.invalid/", 200, body, "", Validators(), not_modified=False, fetched_at=now)


def _read(source: Source, fetched: Fetched, now: datetime) -> Reading | Failure:
    from bot.sources import read
    from bot.sources.sitemaps import looks_like_sitemap

    if source.id == "test" and looks_like_sitemap(fetched.body):
        source = replace(source, kind=SourceKind.PAGE)
    return read(source, SourceState(source.id, source.url, added_at=now), fetched, now)


def _print_reading(reading: Reading, *, as_json: bool) -> None:
    if reading.snapshot is not None and not as_json:
        words = len(text_of_version(reading.snapshot, {}).split())
        click.echo(f"a document of {words:,} words; the first poll stores it, what changes after that is told")
        return
    if as_json:
        print_json(
            {"title": reading.title, "total": reading.total, "warnings": reading.warnings, "entries": reading.entries}
        )
        return
    click.echo(plain(f"{reading.title or 'no title'}: {counted(reading.total, 'entry', 'entries')}"))
    for warning in reading.warnings:
        click.echo(plain(f"warning: {warning}"))
    for entry in reading.entries:
        click.echo(plain(f"{_when(entry.published) or 'no date':<16}  {entry.title}  {entry.url or ''}"))


# --- the file ------------------------------------------------------------------------------------------------------------


@sources_command.command("add")
@click.argument("url")
@click.option("--id", "source_id", help="Stable and unique; made from the name when left out.")
@click.option("--name")
@click.option("--document", is_flag=True, help="Watch the page itself for changed wording.")
def add(url: str, source_id: str | None, name: str | None, document: bool) -> None:
    """Look at URL now, and write what can be watched there into sources.yaml, comments kept.

    That is its feed, the feed that the page leads to, a sitemap, a JSON list, else its listing with suggested selectors.
    """
    from bot.commands.adding import add_source

    click.echo(add_source(_settings(), url, source_id, name, document=document))


@sources_command.command("remove")
@click.argument("source_id", metavar="ID")
def remove(source_id: str) -> None:
    """Take a source out of sources.yaml. Its entries and stories stay."""
    from bot.commands.adding import remove_source

    click.echo(remove_source(_settings(), source_id))


@sources_command.command("import")
@click.argument("file", metavar="FILE.opml")
def import_(file: str) -> None:
    """Add the feeds of an OPML file to sources.yaml."""
    from bot.commands.adding import import_opml

    click.echo(import_opml(_settings(), file))


@sources_command.command("export")
def export() -> None:
    """Print the feeds as OPML."""
    from bot.config.opml import write_opml

    settings = _settings()
    sources: Sequence[Source] = load(settings.config_dir, env=settings.environ).sources
    click.echo(write_opml(sources, title="Policywatch sources", now=utc_now()).decode())
