"""Sources of several files made one list: later files add to, change or switch off what earlier ones say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.config.explain import closest
from bot.config.reading import Node
from bot.config.schema import CATEGORIES, SourceChange, SourceEntry
from bot.errors import Problem
from bot.model import Source, SourceKind


@dataclass(frozen=True, slots=True)
class SourceList:
    """A checked file of sources."""

    file: str
    """Its name in messages."""
    root: Node
    entries: Sequence[SourceEntry | SourceChange]


@dataclass(slots=True)
class Merged:
    """The outcome."""

    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """A source while files are laid over each other."""

    values: dict[str, Any]
    file: str
    line: int
    url_at: tuple[str, int]

    def at(self) -> str:
        return f"{self.file}:{self.line}"


def merge(files: Iterable[SourceList]) -> Merged:
    """Lay the files over each other in their order and check the result as a whole."""
    merged, drafts = Merged(), dict[str, _Draft]()
    for file in files:
        _lay(file, drafts, merged)
    for draft in drafts.values():
        merged.sources.append(_source(draft))
    _check_addresses(drafts.values(), merged)
    _check_categories(drafts.values(), merged)
    return merged


def _lay(file: SourceList, drafts: dict[str, _Draft], merged: Merged) -> None:
    seen: dict[str, int] = {}
    for index, entry in enumerate(file.entries):
        line = file.root.line_of("sources", index, "id")
        if entry.id in seen:
            merged.problems.append(_twice(file.file, entry.id, line, seen[entry.id]))
            continue
        seen[entry.id] = line
        _lay_one(file, index, entry, drafts, merged)


def doubled(file: str, root: Node) -> list[Problem]:
    """Ids used twice in a file that is refused for other mistakes: all of them are to be told at once."""
    entries, seen = root.child("sources"), dict[str, int]()
    problems = []
    for index, entry in enumerate(entries.items() if entries else ()):
        written = entry.child("id")
        name, line = (written.raw if written else ""), root.line_of("sources", index, "id")
        if name and name in seen:
            problems.append(_twice(file, name, line, seen[name]))
        elif name:
            seen[name] = line
    return problems


def _twice(file: str, source_id: str, line: int, first: int) -> Problem:
    return Problem(
        file, line, f'id "{source_id}" is used twice, first at {file}:{first}; give each source an id of its own'
    )


def _lay_one(
    file: SourceList, index: int, entry: SourceEntry | SourceChange, drafts: dict[str, _Draft], merged: Merged
) -> None:
    line = file.root.line_of("sources", index, "id")
    url_at = (file.file, file.root.line_of("sources", index, "url"))
    values = {name: getattr(entry, name) for name in entry.model_fields_set if name not in ("id", "override")}
    override = isinstance(entry, SourceChange) and entry.override
    before = drafts.get(entry.id)
    if before is None:
        if entry.url is None or override:
            _no_such_source(Problem(file.file, line, ""), entry, drafts, merged)
        else:
            drafts[entry.id] = _Draft({"id": entry.id, **values}, file.file, line, url_at)
    elif entry.url is not None and not override:
        advice = "write override: true to change that source, or choose another id"
        merged.problems.append(Problem(file.file, line, f'id "{entry.id}" is taken by {before.at()}; {advice}'))
    else:
        before.values.update(values)
        if entry.url is not None:
            before.url_at = url_at


def _no_such_source(
    at: Problem, entry: SourceEntry | SourceChange, drafts: Mapping[str, _Draft], merged: Merged
) -> None:
    """An entry that changes a source which is not there. One that only switches off is left over from an upgrade."""
    guess = closest(entry.id, drafts)
    hint = f'write "{guess}"' if guess else "add its url to make it a source of its own"
    said = Problem(at.file, at.line, f'no source has the id "{entry.id}" to change; {hint}, or remove this entry')
    (merged.warnings if not entry.enabled and entry.url is None else merged.problems).append(said)


def _source(draft: _Draft) -> Source:
    values = {"name": draft.values["id"], **{key: value for key, value in draft.values.items() if value is not None}}
    values["kind"] = SourceKind(values.get("kind", "feed"))
    return Source(**values, where=f"{draft.url_at[0]}:{draft.url_at[1]}")


def _check_addresses(drafts: Iterable[_Draft], merged: Merged) -> None:
    """Two enabled sources of one address would report everything twice."""
    exact: dict[tuple[Any, ...], _Draft] = {}
    alike: dict[tuple[Any, ...], _Draft] = {}
    for draft in drafts:
        if not draft.values.get("enabled", True):
            continue
        file, line = draft.url_at
        rest = (draft.values.get("kind", "feed"), tuple(sorted((draft.values.get("select") or {}).items())))
        first = exact.setdefault((_same_address(draft.values["url"]), *rest), draft)
        if first is not draft:
            where = f'"{first.values["id"]}" at {first.url_at[0]}:{first.url_at[1]}'
            merged.problems.append(Problem(file, line, f"url is that of {where} too; remove one of the two"))
            continue
        near = alike.setdefault((_like_address(draft.values["url"]), *rest), draft)
        if near is not draft:
            where = f'"{near.values["id"]}" at {near.url_at[0]}:{near.url_at[1]}'
            merged.warnings.append(
                Problem(file, line, f"url is nearly that of {where}; remove one of the two if they are the same")
            )


def _same_address(url: str) -> str:
    """The address without what servers never see or never tell apart: case of the host, default port, fragment."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path or '/'}?{parts.query}"


def _like_address(url: str) -> str:
    """The address without what usually makes no difference: scheme, `www.`, a slash at the end."""
    same = _same_address(url).split("://", 1)[1].removeprefix("www.")
    path, _, query = same.partition("?")
    return f"{path.rstrip('/')}?{query}"


def _check_categories(drafts: Iterable[_Draft], merged: Merged) -> None:
    for draft in drafts:
        category = draft.values.get("category")
        guess = closest(category, CATEGORIES) if category and category not in CATEGORIES else None
        if guess:
            said = f'category "{category}" of "{draft.values["id"]}" is a new one; write "{guess}" if that is meant'
            merged.warnings.append(Problem(draft.file, draft.line, said))
