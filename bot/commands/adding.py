"""Edits of `sources.yaml` by command: look first, write with comments kept, or print the lines where the disk is not ours."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.commands.common import counted, plain
from bot.config import edit, opml
from bot.config.load import load
from bot.errors import PolicywatchError, UsageError
from bot.model import Failure, Source, SourceKind, SourceState
from bot.settings import Settings
from bot.sources import read
from bot.sources.discovery import page_title
from bot.sources.documents import text_of_version
from bot.sources.finding import Found, find
from bot.sources.http import Fetcher
from bot.wiring import make_fetcher, utc_now

_SHOWN = 5
"""Entries of a listing that are printed, so that a person sees whether the suggestion is right."""


def add_source(settings: Settings, url: str, source_id: str | None, name: str | None, *, document: bool = False) -> str:
    """Add what can be watched at ``url``: its feed, one it leads to, a sitemap, a JSON list, a listing, or its own wording.

    Gives what to tell the person.
    """
    found = asyncio.run(_look(settings, url, document=document))
    title = name or found.title or urlsplit(found.url).hostname or found.url
    taken = {source.id for source in load(settings.config_dir, env=settings.environ).sources}
    entry: dict[str, object] = {"id": source_id or opml.suggest_id(title, found.url, taken), "name": title}
    entry["url"] = found.url
    if found.kind is not SourceKind.FEED:
        entry["kind"] = found.kind.value
    if found.select:
        entry["select"] = found.select
    done = edit.add_source(settings.config_dir, entry, env=settings.environ, fleeting=settings.platform)
    lines = [_said(done), plain(f"{found.url}: {found.how}.")]
    if document:
        return "\n".join([*lines, "The first poll stores its wording; what changes after that is told."])
    if found.kind is SourceKind.PAGE:
        for one in found.entries[:_SHOWN]:
            date = f"{one.published:%Y-%m-%d}" if one.published else "no date   "
            lines.append(plain(f"  {date}  {one.title}"))
        lines.append("Look whether these are its articles; if not, change `select` there (docs/sources.md).")
    count = counted(len(found.entries), "entry", "entries")
    seen = f"{count} now; the first poll is a baseline and alerts on none of them."
    return "\n".join([*lines, seen])


async def _look(settings: Settings, url: str, *, document: bool) -> Found:
    config, now = load(settings.config_dir, env=settings.environ), utc_now()
    async with make_fetcher(settings, config) as fetcher:
        found = await (_document(fetcher, url, now) if document else find(fetcher, url, now))
    if isinstance(found, Failure):
        raise PolicywatchError(plain(f"{url}: {found.detail} Nothing was added."))
    return found


async def _document(fetcher: Fetcher, url: str, now: datetime) -> Found | Failure:
    """The page itself, if it has a text to compare."""
    fetched = await fetcher.fetch(url, now=now)
    if isinstance(fetched, Failure):
        return fetched
    source = Source("new", url, url, SourceKind.DOCUMENT)
    read_now = read(source, SourceState(source.id, source.url, added_at=now), fetched, now)
    if isinstance(read_now, Failure):
        return read_now
    words = len(text_of_version(read_now.snapshot or b"", {}).split())
    how = f"a document of {words:,} words"
    return Found(SourceKind.DOCUMENT, fetched.url, page_title(fetched.body), (), how=how)


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
    became = "added"
    if entries:
        done = edit.add_sources(settings.config_dir, entries, env=settings.environ, fleeting=settings.platform)
        lines.insert(0, _said(done))
        became = "added" if done.written else "are to be added by hand"
    return "\n".join([*lines, f"{len(entries)} of {len(outlines)} feeds {became}."])


def _said(done: edit.Edit) -> str:
    return f"{done.message}\n{done.lines}".rstrip()
