"""`policywatch analyse | replay | score`: what the bot sees, what it would have told, and how good that is."""

from __future__ import annotations

import asyncio
import json
import sys

import click

from bot import replay
from bot.commands.common import counter, plain, print_json, read_text, settings_with_logs, span
from bot.config.load import load, load_files
from bot.errors import ConfigError, PolicywatchError, UsageError
from bot.model import Analysis, Article, Failure
from bot.settings import Settings
from bot.store import Store
from bot.wiring import Judgement, make_fetcher, open_store, utc_now


def _judgement(settings: Settings) -> Judgement:
    return Judgement(load(settings.config_dir, env=settings.environ))


@click.command("analyse")
@click.argument("what", metavar="[FILE|URL|-]", default="-")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--jsonl", is_flag=True, help="Read and print JSON lines.")
def analyse_command(what: str, as_json: bool, jsonl: bool) -> None:
    """What the bot sees in a text (first line: the headline), an address, or JSON lines; with reasons."""
    settings = settings_with_logs(level="ERROR")
    judgement, now = _judgement(settings), utc_now()
    if jsonl:
        bad = []
        for line in replay.each_line(what, read_text(what), stream=False):
            if isinstance(line, UsageError):
                bad.append(str(line))
                continue
            analysis = judgement.analyser.analyse(replay.article_of(line, now))
            click.echo(json.dumps(replay.decision(line.id, analysis), ensure_ascii=False))
        if bad:
            raise UsageError("\n".join(bad))
        return
    article = asyncio.run(_page(settings, judgement, what)) if what.startswith(("http://", "https://")) else _text(what)
    analysis = judgement.analyser.analyse(article)
    if as_json:
        print_json(replay.decision(what, analysis))
    else:
        _print(analysis)


def _text(what: str) -> Article:
    title, _, text = read_text(what).strip().partition("\n")
    return replay.article_of(replay.Line(what, title.strip(), text.strip()), utc_now())


async def _page(settings: Settings, judgement: Judgement, url: str) -> Article:
    from bot.sources.articles import extract, fetch_article
    from bot.sources.robots import Robots

    now = utc_now()
    async with make_fetcher(settings, judgement.config) as fetcher:
        fetched = await fetch_article(fetcher, Robots(fetcher), url, now)
    page = fetched if isinstance(fetched, Failure) else extract(fetched, now)
    if isinstance(page, Failure):
        raise PolicywatchError(f"{url}: {page.detail}")
    return replay.article_of(replay.Line(url, page.title, page.text, url, page.published, lang=page.language), now)


def _print(analysis: Analysis) -> None:
    verdict = "a policy change" if analysis.relevant else "no policy change"
    click.echo(f"{verdict}, score {analysis.score:.2f}")
    for reason in analysis.reasons:
        click.echo(plain(f"  {reason.code}: {reason.detail}" + (f"  [{reason.entry}]" if reason.entry else "")))
    for change in analysis.changes:
        click.echo("")
        click.echo(plain(f"{'primary' if change.primary else 'background'}  {change.line}"))
        fields = {
            "actor": change.actor,
            "action": change.action.value,
            "product": change.product,
            "targets": ", ".join(change.targets),
            "where": ", ".join(change.jurisdictions),
            "condition": change.condition,
            "duration": change.duration,
            "effective": change.effective,
            "decided": change.decided,
            "stage": change.stage.value,
            "speaker": change.speaker,
            "score": f"{change.score:.2f}",
        }
        for name, value in fields.items():
            if value:
                click.echo(plain(f"  {name:<10} {value}"))
        click.echo(plain(f'  {"evidence":<10} "{change.evidence.quote}"'))
        for why in change.reasons:
            click.echo(plain(f"  {'because':<10} {why.code}: {why.detail}" + (f"  [{why.entry}]" if why.entry else "")))
    for question in analysis.open_questions:
        click.echo(plain(f'\nunclear  "{question.quote}"'))


@click.command("replay")
@click.argument("file", required=False)
@click.option(
    "--since",
    metavar="SPAN",
    help="In place of FILE: the stored history of the last SPAN (30d) with the files as they are now.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="With --since: JSON. Decisions on a FILE are JSON lines either way."
)
def replay_command(file: str | None, since: str | None, as_json: bool) -> None:
    """A recorded stream through the real pipeline, in memory and silent; prints one decision a line, in input order.

    With --since: what an edit of vocabulary, actors or thresholds would have changed, each alert listed.
    """
    if (file is None) == (since is None):
        raise UsageError("replay: give FILE.jsonl, or --since 30d for the stored history")
    settings = settings_with_logs(level="ERROR")
    if since is not None:
        _compare(settings, since, as_json=as_json)
        return
    assert file is not None
    lines = replay.read_lines(file, read_text(file), stream=True)
    decisions = replay.replay(lines, _judgement(settings), step=counter(len(lines), "items"))
    for each in decisions:
        click.echo(json.dumps(each, ensure_ascii=False))


def _in_force(settings: Settings, store: Store, judgement: Judgement) -> Judgement:
    """The configuration that a worker put in force last; where there is none that can be read, the files as they are."""
    with store.reading() as tx:
        saved = tx.runtime.last_config()
    if saved is None:
        return judgement
    try:
        return Judgement(load_files(saved.files, env=settings.environ), judgement.analyser)
    except ConfigError:  # of another version of Policywatch
        return judgement


def _compare(settings: Settings, since: str, *, as_json: bool) -> None:
    store, judgement = open_store(settings), _judgement(settings)
    try:
        found = replay.compare(store, judgement, utc_now() - span(since), was=_in_force(settings, store, judgement))
    finally:
        store.close()
    if as_json:
        print_json(found)
        return
    times = "time" if len(found.alerts) == 1 else "times"
    click.echo(
        f"{found.articles} articles of the last {since}: would have alerted {len(found.alerts)} {times},"
        f" {len(found.new)} new, {len(found.gone)} gone."
    )
    for mark, alerts in (("new ", found.new), ("gone", found.gone)):
        for line, what in alerts:
            day = f"{line.published:%Y-%m-%d}" if line.published else ""
            click.echo(plain(f"{mark}  {day}  {what}  {line.url or ''}"))


@click.command("score")
@click.argument("labels", type=click.Path(dir_okay=False))
@click.argument("decisions", type=click.Path(dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def score_command(labels: str, decisions: str, as_json: bool) -> None:
    """LABELS.jsonl against DECISIONS.jsonl: precision, recall, F1, fields, B-cubed, alerts per event."""
    from bot import scoring

    settings = settings_with_logs(level="ERROR")
    topic = load(settings.config_dir, env=settings.environ).topic
    names = scoring.Names.of(topic)
    report = scoring.score(
        scoring.read_labels(read_text(labels).split("\n"), labels),
        scoring.read_decisions(read_text(decisions).split("\n"), decisions),
        names=names,
    )
    if as_json:
        print_json(scoring.to_json(report))
    else:
        click.echo(scoring.render(report), file=sys.stdout)
