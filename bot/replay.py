"""A recorded stream through the real pipeline, in memory and silent: what would have been told.

The same intake, store and routing as in production, on an in-memory SQLite database with the clock at each item's
publication; only fetching and Slack are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot import intake
from bot.errors import UsageError
from bot.intake import Desk
from bot.model import Analysis, Article, Entry, PolicyChange, Route, Source, SourceState
from bot.store import Store
from bot.telling import Told
from bot.wiring import Judgement

_SENTENCE = re.compile(r"\s*[^\n]{1,300}?(?:[.!?](?=\s|$)|(?=\n|$))")

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
ROUTE = Route("replay", "C00000000", max_per_hour=1_000_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a recorded stream."""

    id: str
    title: str
    text: str
    url: str | None = None
    published: datetime | None = None
    source: str = ""
    lang: str | None = None


def read_lines(file: str, text: str, *, stream: bool) -> list[Line]:
    """Read JSON lines, all of which must be good: see :func:`each_line`.

    Raises:
        UsageError: some are not; names file and line of each.
    """
    found = list(each_line(file, text, stream=stream))
    bad = [str(line) for line in found if isinstance(line, UsageError)]
    if bad:
        raise UsageError("\n".join(bad))
    return [line for line in found if isinstance(line, Line)]


def each_line(file: str, text: str, *, stream: bool) -> Iterator[Line | UsageError]:
    """Read JSON lines (INTERFACE.md), blank ones passed over; a bad one gives what is wrong with it, with file and line.

    Args:
        file: its name, for messages.
        text: its content.
        stream: for replay: `id`, `url` and `published` are required; else `title` or `text` is.
    """
    seen: dict[str, int] = {}
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            line = _line(f"{file}:{number}", raw, stream=stream)
        except UsageError as error:
            yield error
            continue
        if stream and seen.setdefault(line.id, number) != number:
            yield UsageError(
                f"{file}:{number}: id {line.id!r} stands at line {seen[line.id]} too; give each item its own"
            )
        else:
            yield line


def _line(where: str, raw: str, *, stream: bool) -> Line:
    try:
        value = json.loads(raw)
    except ValueError as error:
        raise UsageError(f"{where}: no JSON ({error}); write one JSON object a line") from error
    if not isinstance(value, dict):
        raise UsageError(f'{where}: not a JSON object; write one like {{"id": "a1", "title": "…"}}')
    texts = {name: value.get(name) for name in ("id", "title", "text", "url", "source", "lang", "published")}
    wrong = next((name for name, item in texts.items() if item is not None and not isinstance(item, str | int)), None)
    if wrong:
        raise UsageError(f"{where}: {wrong} is not text")
    missing = [name for name in ("id", "url", "published") if stream and not texts[name]]
    if missing or not (texts["title"] or texts["text"]):
        raise UsageError(f"{where}: {missing[0] if missing else 'title or text'} is missing")
    return Line(
        id=str(texts["id"] or where),
        title=str(texts["title"] or ""),
        text=str(texts["text"] or ""),
        url=str(texts["url"]) if texts["url"] else None,
        published=_moment(where, str(texts["published"])) if texts["published"] else None,
        source=str(texts["source"] or ""),
        lang=str(texts["lang"]) if texts["lang"] else None,
    )


def _moment(where: str, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{where}: published {text!r} is no time; write it like 2020-06-11T18:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def article_of(line: Line, now: datetime) -> Article:
    """An item as an article, for `analyse`. Of a text without a headline the first sentence stands for it: it is what leads."""
    url = line.url or ""
    return Article(
        canonical_url=url,
        discriminator=line.id,
        url=url,
        title=line.title or _first_sentence(line.text),
        text=line.text,
        source_id=line.source or "input",
        published=line.published or now,
        first_seen=now,
        language=line.lang or "en",
    )


def _first_sentence(text: str) -> str:
    found = _SENTENCE.match(text)
    return found[0].strip() if found else ""


def decision(line_id: str, analysis: Analysis) -> dict[str, Any]:
    """What was seen in a text, as INTERFACE.md's output line."""
    return {
        "id": line_id,
        "relevant": analysis.relevant,
        "score": round(analysis.score, 4),
        "changes": [change_line(change) for change in analysis.changes],
        "reasons": [reason.detail for reason in analysis.reasons],
    }


def change_line(change: PolicyChange) -> dict[str, Any]:
    """A policy change as INTERFACE.md's output line has it."""
    return {
        "actor": change.actor,
        "action": change.action.value,
        "product": change.product,
        "targets": list(change.targets),
        "jurisdictions": list(change.jurisdictions),
        "condition": change.condition,
        "duration": change.duration,
        "effective": change.effective,
        "stage": change.stage.value,
        "primary": change.primary,
        "quote": change.evidence.quote,
        "speaker": change.speaker,
        "score": round(change.score, 4),
        "line": change.line,
    }


Analyse = Callable[[Judgement, Article], Analysis]


def replay(
    lines: Sequence[Line],
    judgement: Judgement,
    *,
    step: Callable[[], None] = lambda: None,
    known: Mapping[str, Analysis] | None = None,
    configured: Mapping[str, Source] | None = None,
) -> list[dict[str, Any]]:
    """Run a stream through the pipeline in the order of publication.

    Args:
        lines: the items.
        judgement: configuration and analyser; the configuration's own routes are replaced by one that takes all.
        step: called after each item.
        known: judgements to take instead of analysing, by the item's id.
        configured: sources by id, for whose items their category, place and actor are to count.

    Returns:
        One decision for each item, in the order of ``lines``.
    """
    quiet = Judgement(replace(judgement.config, routes=(ROUTE,)), judgement.analyser)
    store = Store.open("sqlite:///:memory:")
    try:
        store.upgrade()
        sources = {line.source: _source(line.source or "input", configured or {}) for line in lines}
        with store.transaction() as tx:
            tx.sources.sync(sources.values(), LONG_AGO)
            tx.runtime.sync_routes(quiet.config.routes, LONG_AGO)
        run = _Run(store, quiet, known or {})
        for line in sorted(lines, key=lambda each: each.published or LONG_AGO):
            run.take(line, sources[line.source])
            step()
        return [run.decisions[line.id] for line in lines]
    finally:
        store.close()


def _source(source_id: str, configured: Mapping[str, Source]) -> Source:
    known = configured.get(source_id) or Source(source_id, source_id, "https://replay.invalid/")
    return replace(known, url=f"https://replay.invalid/{source_id}", alert_since=None, enabled=True)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the stored history would have told with the files as they are now, beside what it tells as judged."""

    articles: int
    alerts: tuple[tuple[Line, str], ...]
    """Each alert with the files as they are now: the item that caused it, and the change line."""
    new: tuple[tuple[Line, str], ...]
    gone: tuple[tuple[Line, str], ...]


def compare(
    store: Store,
    judgement: Judgement,
    since: datetime,
    step: Callable[[], None] = lambda: None,
    *,
    was: Judgement | None = None,
) -> Comparison:
    """Run the stored history twice: with the judgements that are stored, and with the files as they are now.

    An alert counts as the same when the same article, or another one of the same story, caused it before.

    Args:
        store: holds the history.
        judgement: of the files as they are now.
        since: articles first seen since then.
        step: called after each item of each run.
        was: what is in force, whose thresholds the first run takes; None: the files as they are now.
    """
    with store.reading() as tx:
        articles = tx.articles.since(since)
        stored = {str(one.id): found for one in articles if one.id and (found := tx.articles.analysis(one.id))}
    lines = [
        Line(str(one.id), one.title, one.text, one.url, one.published, one.source_id, one.language) for one in articles
    ]
    sources = {source.id: source for source in judgement.config.sources}
    before = replay(lines, was or judgement, known=stored, configured=sources, step=step)
    after = replay(lines, judgement, configured=sources, step=step)
    told, tells = _alerts(lines, before), _alerts(lines, after)
    return Comparison(
        len(lines),
        tuple(tells.values()),
        tuple(alert for key, alert in tells.items() if not key & _keys(told)),
        tuple(alert for key, alert in told.items() if not key & _keys(tells)),
    )


def _alerts(lines: Sequence[Line], decisions: Sequence[Mapping[str, Any]]) -> dict[frozenset[str], tuple[Line, str]]:
    """Alerts by the items of their stories."""
    members: dict[str, set[str]] = {}
    for one in decisions:
        if one["story"]:
            members.setdefault(one["story"], set()).add(one["id"])
    found: dict[frozenset[str], tuple[Line, str]] = {}
    for line, one in zip(lines, decisions, strict=True):
        if one["alert"] in {"new", "stage"}:
            lead = next((change["line"] for change in one["changes"] if change["primary"]), line.title)
            key = frozenset(members[one["story"]]) if one["alert"] == "new" else frozenset({f"stage:{line.id}"})
            found[key] = (line, lead)
    return found


def _keys(alerts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*alerts)


class _Run:
    """State of one replay: which line stands for which article."""

    def __init__(self, store: Store, judgement: Judgement, known: Mapping[str, Analysis]) -> None:
        self._store = store
        self._judgement = judgement
        self._known = known
        self._line_of: dict[int, str] = {}
        self.decisions: dict[str, dict[str, Any]] = {}

    def take(self, line: Line, source: Source) -> None:
        now = line.published or LONG_AGO
        entry = Entry(source.id, line.id, line.url, line.title, line.text, line.published, language=line.lang)
        judged = intake.judge(self._judgement, source, entry, now)
        if line.id in self._known:
            judged = replace(judged, analysis=self._known[line.id])
        state = SourceState(source.id, source.url, added_at=LONG_AGO, baseline_at=LONG_AGO + timedelta(days=1))
        with self._store.transaction(lock=True) as tx:
            told = Desk(tx, self._judgement, source, state, now).take([judged])[0]
            if told.article_id is not None and told.story_id is None:
                told = _with_stories(told, tx.stories.for_article(told.article_id))
        self.decisions[line.id] = decision(line.id, judged.analysis) | self._placed(line, told)

    def _placed(self, line: Line, told: Told) -> dict[str, Any]:
        original = None
        if told.article_id is not None:
            first = self._line_of.setdefault(told.article_id, line.id)
            original = first if first != line.id else None
        if original is None and told.copy_of is not None:
            original = self._line_of.get(told.copy_of)
        return {
            "duplicate_of": original,
            "story": f"s{told.story_id}" if told.story_id else None,
            "stories": [f"s{each}" for each in told.stories],
            "alert": told.alert,
        }


def _with_stories(told: Told, memberships: Iterable[tuple[int, Any]]) -> Told:
    """Where an item was known already (same address, same words), its article's stories are its own."""
    found = list(memberships)
    lead = next((story_id for story_id, role in found if role.value == "lead"), None)
    return replace(told, story_id=lead, stories=tuple(dict.fromkeys(story_id for story_id, _ in found)) or told.stories)
