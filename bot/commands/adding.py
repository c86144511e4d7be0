"""Edits of `sources.yaml` by command: look first, write with comments kept, or print the lines where the disk is not ours."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.commands.common import plain
from bot.config import edit, opml
from bot.config.load import load
from bot.errors import PolicywatchError, UsageError
from bot.model import Failure, Reading, Source, SourceState
from bot.settings import Settings
from bot.sources import read
from bot.sources.http import Fetcher
from bot.wiring import make_fetcher, utc_now


def add_source(settings: Settings, url: str, source_id: str | None, name: str | None) -> str:
    """Add the feed at ``url``, or the one that the page there advertises. Gives what to tell the person."""
    found, reading = asyncio.run(_look(settings, url))
    title = name or reading.title or urlsplit(found).hostname or found
    taken = {source.id for source in load(settings.config_dir, env=settings.environ).sources}
    entry = {"id": source_id or opml.suggest_id(title, found, taken), "name": title, "url": found}
    done = edit.add_source(settings.config_dir, entry, env=settings.environ, fleeting=settings.platform)
    seen = f"{reading.total} entries now; the first poll is a baseline and alerts on none of them."
    return f"{_said(done)}\n{plain(found)}: {seen}"


async def _look(settings: Settings, url: str) -> tuple[str, Reading]:
    """Read the feed at an address, else the one that the page there advertises."""
    config, now = load(settings.config_dir, env=settings.environ), utc_now()
    async with make_fetcher(settings, config) as fetcher:
        first = await _read(fetcher, url, now)
        if isinstance(first, Reading):
            return url, first
        if first.moved_to:
            second = await _read(fetcher, first.moved_to, now)
            if isinstance(second, Reading):
                return first.moved_to, second
    raise PolicywatchError(plain(f"{url}: {first.detail} Nothing was added."))


async def _read(fetcher: Fetcher, url: str, now: datetime) -> Reading | Failure:
    fetched = await fetcher.fetch(url, now=now)
    source = Source("new", url, url)
    if isinstance(fetched, Failure):
        return fetched
    return read(source, SourceState(source.id, source.url, added_at=now), fetched, now)


def remove_source(settings: Settings, source_id: str) -> str:
    """Remove a source from the file. Gives what to tell the person."""
    done = edit.remove_source(settings.config_dir, source_id, env=settings.environ, fleeting=settings.platform)
    return _said(done)


def import_opml(settings: Settings, file: str) -> str:
    """Add the feeds of an OPML file that are not there yet. Gives what to tell the person."""
    try:
        raw = Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    outlines, problems = opml.read_opml(raw)
    if problems:
        raise UsageError("\n".join(f"{file}: {problem}" for problem in problems))
    known = load(settings.config_dir, env=settings.environ).sources
    entries, skipped = opml.new_entries(outlines, ids={one.id for one in known}, urls={one.url for one in known})
    lines = [plain(f"left out {one.url}: {one.reason}") for one in skipped]
    if entries:
        done = edit.add_sources(settings.config_dir, entries, env=settings.environ, fleeting=settings.platform)
        lines.insert(0, _said(done))
    return "\n".join([*lines, f"{len(entries)} of {len(outlines)} feeds added."])


def _said(done: edit.Edit) -> str:
    return f"{done.message}\n{done.lines}".rstrip()
