"""What operators read: recent, search, show, stance, export, explain, digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from bot import exports, stories
from bot.commands.common import json_option, jsonable, listing, plain, print_json, settings_with_logs, span
from bot.errors import UsageError
from bot.model import Filters
from bot.store import Store
from bot.store.reports import Explanation, Listed
from bot.wiring import open_store, utc_now

if TYPE_CHECKING:
    from bot.stories.stances import Stance

COLUMNS = ("story", "date", "where", "change", "sources")


def _open() -> Store:
    return open_store(settings_with_logs(level="WARNING"))


def _row(listed: Listed) -> dict[str, Any]:
    story = listed.story
    return {
        "story": story.ref,
        "date": f"{listed.at:%Y-%m-%d}",
        "where": ", ".join(story.change.jurisdictions) or "—",
        "change": f"{story.change.line} ({story.stage})" + (" (curated)" if story.curated else ""),
        "sources": story.source_count or None,
        "url": listed.best.url if listed.best else None,
    }


@click.command("recent")
@click.option("--since", default="7d", metavar="SPAN", help="How far back: 12h, 7d, 8w.", show_default=True)
@click.option("--limit", default=20, type=click.IntRange(1, 1000), show_default=True)
@json_option
def recent_command(since: str, limit: int, as_json: bool) -> None:
    """Recent policy changes, newest first."""
    now = utc_now()
    with _open().reading() as tx:
        page = tx.reports.recent(since=now - span(since), limit=limit)
        last = None if page.items else tx.reports.recent(limit=1).items
    empty = f"No changes in {since}."
    if last:
        empty += f" Last: {last[0].story.ref}, {last[0].at:%d %b %Y}: {plain(last[0].story.change.line)}"
    listing(map(_row, page.items), COLUMNS, as_json=as_json, empty=empty)


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=20, type=click.IntRange(1, 1000), show_default=True)
@json_option
def search_command(words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Changes whose line, actor or headlines hold all WORDS (as beginnings of words)."""
    with _open().reading() as tx:
        page = tx.reports.search(" ".join(words), limit=limit)
    empty = f"Nothing holds {' '.join(words)!r}. Try fewer or other words."
    listing(map(_row, page.items), COLUMNS, as_json=as_json, empty=empty)


@click.command("show")
@click.argument("ref", metavar="STORY")
@json_option
def show_command(ref: str, as_json: bool) -> None:
    """One story, like s12, with its articles and stages."""
    with _open().reading() as tx:
        view = tx.stories.view(ref)
        if view is None:
            raise UsageError(f"there is no story {ref!r}; policywatch recent lists them, like s12")
        articles = tx.stories.coverage(view.story.id)
        stages = tx.stories.stages(view.story.id)
    if as_json:
        print_json({"story": view, "articles": articles, "stages": stages})
        return
    change = view.story.change
    for line in (
        f"{view.story.ref}  {change.line}",
        f"{view.story.stage} · {view.story.first_at:%d %b %Y} · {', '.join(change.jurisdictions) or 'no place stated'}",
        f'"{change.quote}"  {change.speaker or ""}' if change.quote else "",
        *(f"Also     {also}" for also in view.also),
        *(f"Unclear  {open_}" for open_ in view.unclear),
        *(f"Before   {before.at:%d %b %Y}  {before.line} ({before.ref})" for before in view.before),
        *(f"Stage    {stage.at:%d %b %Y}  {stage.stage}" for stage in stages),
        *(f"Source   {one.published:%d %b %Y}  {one.source_name}: {one.title}  {one.url}" for one in articles),
    ):
        if line:
            click.echo(plain(line).rstrip())


@click.command("stance")
@click.argument("actor", required=False)
@click.option("--jurisdiction", metavar="CODE", help="Only stances there, like US-CA.")
@json_option
def stance_command(actor: str | None, jurisdiction: str | None, as_json: bool) -> None:
    """An actor's policy now, with its history; without ACTOR the whole ledger."""
    from bot.stories.stances import stances

    filters = Filters(
        jurisdictions=(jurisdiction,) if jurisdiction else (), actors=_actor_names(actor) if actor else ()
    )
    with _open().reading() as tx:
        found = {listed.story.id: listed for listed in tx.reports.export(filters=filters)}
    ledger = stances((listed.story for listed in found.values()), utc_now())
    rows = [(stance, [found[story_id] for story_id in stance.stories if story_id in found]) for stance in ledger]
    if as_json:
        print_json([jsonable(stance) | {"evidence": [_evidence(one) for one in history]} for stance, history in rows])
        return
    if not ledger:
        click.echo(plain(f"Nothing is known of {actor!r}." if actor else "The ledger is empty."))
    for stance, history in rows:
        click.echo(plain(f"{stance.actor}: {stance.line}" + ("" if stance.current else "  (no longer)")))
        click.echo(plain(f"  {_terms(stance)}"))
        for listed in history:
            story, link = listed.story, exports.evidence(listed)
            line = f"{story.first_at:%Y-%m-%d}  {story.stage:<10}  {story.change.line}  ({story.ref})"
            click.echo(plain(f"  {line}" + (f"  {link}" if link else "")))


def _terms(stance: Stance) -> str:
    """Since when, on what condition, until when and where a stance holds."""
    return " · ".join(
        part
        for part in (
            f"since {stance.since:%Y-%m-%d}",
            stance.condition,
            f"until {stance.until:%Y-%m-%d}" if stance.until else None,
            ", ".join(stance.jurisdictions) or "place not stated",
        )
        if part
    )


def _evidence(listed: Listed) -> dict[str, object]:
    story = listed.story
    return {
        "story": story.ref, "at": story.first_at, "stage": story.stage.value, "line": story.change.line,
        "quote": story.change.quote, "url": exports.evidence(listed),
    }  # fmt: skip


def _actor_names(wanted: str) -> tuple[str, ...]:
    """The canonical name for what a person typed, beside it as typed."""
    from bot.config.load import load
    from bot.settings import read_settings

    settings = read_settings()
    key = wanted.casefold().strip()
    for actor in load(settings.config_dir, env=settings.environ).topic.actors:
        if key in {name.casefold() for name in (actor.id, actor.name, *actor.aliases, *actor.exact)}:
            return (actor.name, wanted)
    return (wanted,)


@click.command("export")
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), required=True)
@click.option("--since", metavar="SPAN", help="Only what appeared or moved since, like 90d.")
def export_command(kind: str, since: str | None) -> None:
    """The ledger: who, what, since when, on what condition, with evidence."""
    start = utc_now() - span(since) if since else None
    with _open().reading() as tx:
        rows = exports.ledger(tx.reports.export(since=start))
    click.echo(exports.as_json(rows) if kind == "json" else exports.as_csv(rows), nl=False)


@click.command("explain")
@click.argument("url")
@json_option
def explain_command(url: str, as_json: bool) -> None:
    """Why an address did, or did not, alert: verdict, sentence, vocabulary entry, route."""
    with _open().reading() as tx:
        found = tx.reports.explain(url, stories.canonical_url(url))
    if as_json:
        print_json(found)
    elif not found.entries and not found.articles:
        click.echo(f"{plain(url)} was never seen. policywatch analyse URL judges it now.")
    else:
        _print_explanation(found)


def _print_explanation(found: Explanation) -> None:
    for entry in found.entries:
        click.echo(plain(f"Entry of {entry.source_id}, seen {entry.seen_at:%Y-%m-%d %H:%M} UTC: {entry.verdict}"))
        click.echo(plain(f"  {entry.reason}"))
    for one in found.articles:
        click.echo(plain(f"Article {one.article.id}: {one.article.title}"))
        page = f", page {one.page}" if one.page else ""
        click.echo(f"  score {one.analysis.score:.2f}, judged on the {one.article.text_origin} text{page}")
        for reason in one.analysis.reasons:
            entry_name = f"  [{reason.entry}]" if reason.entry else ""
            click.echo(plain(f"  {reason.code}: {reason.detail}{entry_name}"))
        for change in one.analysis.changes:
            kind = "primary" if change.primary else "background"
            click.echo(plain(f"  {kind} {change.action} by {change.actor}, score {change.score:.2f}"))
            click.echo(plain(f'    "{change.evidence.quote}"'))
            for reason in change.reasons:
                entry_name = f"  [{reason.entry}]" if reason.entry else ""
                click.echo(plain(f"    {reason.code}: {reason.detail}{entry_name}"))
        for member in one.memberships:
            click.echo(plain(f"  {member.role} of {member.story.ref}: {member.story.change.line}"))
            for reason_text in member.reasons:
                click.echo(plain(f"    {reason_text}"))
            for delivery in member.deliveries:
                click.echo(plain(f"    {delivery.kind} to {delivery.channel} ({delivery.route}): {delivery.state}"))


@click.command("digest")
@click.option("--since", default="7d", metavar="SPAN", show_default=True)
@click.option("--format", "kind", type=click.Choice(["md", "html", "slack"]), default="md", show_default=True)
def digest_command(since: str, kind: str) -> None:
    """What a digest would say, to copy or mail. Sends nothing."""
    from bot.digesting import preview

    view: Mapping[str, Any] = preview(_open(), utc_now() - span(since), utc_now())
    if kind == "slack":
        from bot.slack.reports import digest
        from bot.slack.values import digest_from

        click.echo(
            json.dumps(
                {"blocks": [dict(block) for block in digest(digest_from(view)).blocks]}, ensure_ascii=False, indent=2
            )
        )
    else:
        from bot.digesting import as_html, as_markdown

        click.echo(as_html(view) if kind == "html" else as_markdown(view))
