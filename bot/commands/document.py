"""`policywatch document`: the stored versions of a watched document, and how their wording differs."""

from __future__ import annotations

from dataclasses import dataclass

import click

from bot.commands.common import json_option, listing, plain, print_json, settings_with_logs
from bot.config.load import load
from bot.errors import UsageError
from bot.model import Source, SourceKind
from bot.sources.documents import diff, text_of_version
from bot.store.documents import Version
from bot.wiring import open_store

_MOST = 1000
"""Versions looked at; a document that changes every day has as many in three years."""


@dataclass(frozen=True)
class _Stored:
    source: Source
    versions: list[Version]
    """Numbered from 1, the oldest first."""

    def text(self, number: int) -> str:
        """The text of a version, by its number."""
        if not 1 <= number <= len(self.versions):
            raise UsageError(f"{self.source.id} has versions 1 to {len(self.versions)}; there is no {number}")
        return text_of_version(self.versions[number - 1].snapshot, self.source.select)


@click.group("document")
def document_command() -> None:
    """Versions of a watched document, and how they differ."""


def _stored(source_id: str) -> _Stored:
    settings = settings_with_logs(level="WARNING")
    sources = load(settings.config_dir, env=settings.environ).sources
    source = next((each for each in sources if each.id == source_id), None)
    if source is None or source.kind is not SourceKind.DOCUMENT:
        known = ", ".join(each.id for each in sources if each.kind is SourceKind.DOCUMENT) or "none"
        raise UsageError(f"no source with `kind: document` has the id {source_id!r}; there are: {known}")
    with open_store(settings).reading() as tx:
        versions = tx.documents.latest(source_id, _MOST)[::-1]
    if not versions:
        raise UsageError(f"no version of {source_id} is stored yet; policywatch poll --source {source_id} stores one")
    return _Stored(source, versions)


@document_command.command("versions")
@click.argument("source_id", metavar="ID")
@json_option
def versions(source_id: str, as_json: bool) -> None:
    """The stored versions of a document, the newest first."""
    stored = _stored(source_id)
    rows = [
        {"version": number, "first seen": f"{one.at:%Y-%m-%d %H:%M}", "words": len(stored.text(number).split())}
        for number, one in enumerate(stored.versions, 1)
    ]
    listing(rows[::-1], ("version", "first seen", "words"), as_json=as_json, empty="")


@document_command.command("diff")
@click.argument("source_id", metavar="ID")
@click.option(
    "--from", "old", type=int, metavar="N", help="The older version; the one before the other, when left out."
)
@click.option("--to", "new", type=int, metavar="N", help="The newer version; the newest, when left out.")
@json_option
def diff_(source_id: str, old: int | None, new: int | None, as_json: bool) -> None:
    """Where the wording of two versions differs: old sentences with -, new ones with +."""
    stored = _stored(source_id)
    after = len(stored.versions) if new is None else new
    before = after - 1 if old is None else old
    if before == 0 and old is None:
        stored.text(after)  # says what is wrong with a number that is none
        click.echo(plain(f"{source_id}: version 1 is the first that is stored; there is nothing to compare it with."))
        return
    passages = diff(stored.text(before), stored.text(after))
    if as_json:
        places = [{"old": passage.old, "new": passage.new} for passage in passages]
        print_json({"source": source_id, "from": before, "to": after, "passages": places})
        return
    at = [f"{number} ({stored.versions[number - 1].at:%Y-%m-%d %H:%M})" for number in (before, after)]
    count = f"{len(passages)} place{'' if len(passages) == 1 else 's'}"
    click.echo(plain(f"{stored.source.name}, version {at[0]} and {at[1]}: wording differs in {count}"))
    for passage in passages:
        click.echo("")
        for mark, words in (("-", passage.old), ("+", passage.new)):
            if words:
                click.echo(plain(f"{mark} {words}"))
