"""`policywatch labels`: what people said in Slack, listed, taken back, and exported in the format of the labelled corpus."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from bot import labels
from bot.commands.common import json_option, listing, plain, settings_with_logs
from bot.errors import UsageError
from bot.labels import value_of
from bot.model import Action, Article, PolicyChange, StoryRole
from bot.store import Store, Tx
from bot.store.runtime import Label
from bot.telling import ASKED
from bot.wiring import open_store, utc_now

UNSURE = 0.8
"""Confidence of what a person said by pressing a button on one story: surer than a guess, less than a reading of the text."""
JUDGING = (labels.NOT_A_CHANGE, labels.MISSED, labels.NOT_SAME, labels.SAME_AS)
"""Labels that say something of articles; of several on one article the first named here counts."""


@click.group("labels")
def labels_command() -> None:
    """What people said about stories, channels and addresses."""


@labels_command.command("list")
@click.option("--label", "wanted", metavar="LABEL", help="Only these: not_a_change, mute_here, missed, …")
@json_option
def list_(wanted: str | None, as_json: bool) -> None:
    """Labels that hold now, the oldest first."""
    with open_store(settings_with_logs(level="WARNING")).reading() as tx:
        found = tx.runtime.labels(utc_now(), label=wanted)
    rows = [
        {
            "subject": one.subject,
            "label": one.label,
            "channel": one.channel,
            "person": labels.name_of(one),
            "at": one.at if as_json else f"{one.at:%Y-%m-%d %H:%M}",
            "value": one.value if as_json else _short(one),
        }
        for one in found
    ]
    columns = ("at", "label", "subject", "channel", "person", "value")
    listing(rows, columns, as_json=as_json, empty="Nobody has labelled anything yet.")


def _short(label: Label) -> str:
    shown = {name: item for name, item in value_of(label).items() if name != "name" and item not in ("", None)}
    return " ".join(f"{name}={item}" for name, item in shown.items())[:160]


@labels_command.command("remove")
@click.argument("subject")
@click.argument("label")
@click.option("--channel", default="", help="The channel it holds in, for mute_here and snooze.")
def remove(subject: str, label: str, channel: str) -> None:
    """Take a label away, as `labels list` shows it; messages that showed it are edited."""
    now = utc_now()
    with open_store(settings_with_logs(level="WARNING")).transaction(lock=True) as tx:
        held = tx.runtime.labels(now, subject=subject, label=label)
        if not tx.runtime.unlabel(subject, label, channel=channel):
            raise UsageError(
                f"there is no label {label!r} on {subject!r} in {channel or 'all channels'}; see: labels list"
            )
        for ref in {subject, *(str(value_of(one).get("story")) for one in held)}:
            story_id = tx.stories.resolve(ref) if ref.startswith("s") else None
            if story_id is not None:
                labels.edit_messages(tx, story_id, now)
    click.echo(f"{subject}: {label} is taken away.")


@labels_command.command("export")
@click.option(
    "--output", "-o", type=click.File("w", encoding="utf-8"), default="-", help="A file; else standard output."
)
def export(output: Any) -> None:
    """Articles that people judged, one JSON line each: not_a_change, missed, merges and splits.

    The fields of a change are those that the bot read; `by` says what people said of it. Stories that were merged share an
    `event_key`, those that were split do not.
    """
    lines, wordless = export_lines(open_store(settings_with_logs(level="WARNING")))
    for line in lines:
        output.write(json.dumps(line, ensure_ascii=False) + "\n")
    if wordless:
        click.echo(plain(f"{len(wordless)} left out, their words are not known: {' '.join(wordless)}"), err=True)


def export_lines(store: Store) -> tuple[list[dict[str, Any]], list[str]]:
    """Labels as lines of the corpus, in the order of article ids; and the missed addresses whose words nobody has."""
    with store.reading() as tx:
        said: dict[int, Label] = {}
        wordless: list[str] = []
        for kind in JUDGING:
            for label in tx.runtime.labels(utc_now(), label=kind):
                articles = _articles(tx, label)
                if not articles and kind == labels.MISSED:
                    wordless.append(str(value_of(label).get("url", "")))
                for article_id in articles:
                    said.setdefault(article_id, label)
        lines = [_line(tx, article, said[key]) for key in sorted(said) if (article := tx.articles.get(key)) is not None]
    return lines, wordless


def _articles(tx: Tx, label: Label) -> list[int]:
    """The articles that a label speaks of."""
    value = value_of(label)
    match label.label:
        case labels.NOT_A_CHANGE:
            story_id = tx.stories.resolve(label.subject)
            return [] if story_id is None else _reports(tx, story_id)
        case labels.MISSED:
            found = tx.reports.explain(str(value.get("url", ""))).articles
            brought = sorted(found, key=lambda one: one.article.source_id == ASKED)
            return [one.article.id for one in brought[:1] if one.article.id is not None]
        case labels.NOT_SAME:
            story_id = tx.stories.resolve(str(value.get("story", "")))
            rest = [] if story_id is None else _reports(tx, story_id)
            return [*_ids([label.subject.partition(":")[2]]), *rest]
        case _:
            return [*_ids(value.get("articles")), *_ids(value.get("with"))]


def _reports(tx: Tx, story_id: int) -> list[int]:
    """Articles that lead with a story; those that tell of it beside another one are judged by that one."""
    coverage = (one.article_id for one in tx.stories.coverage(story_id))
    return [each for each in coverage if (story_id, StoryRole.LEAD) in tx.stories.for_article(each)]


def _ids(value: Any) -> list[int]:
    items: Iterable[Any] = value if isinstance(value, list | tuple) else ()
    return [int(item) for item in items if str(item).isdecimal()]


def _line(tx: Tx, article: Article, label: Label) -> dict[str, Any]:
    assert article.id is not None
    leads = [story_id for story_id, role in tx.stories.for_article(article.id) if role is StoryRole.LEAD]
    changes = tx.articles.changes(article.id)
    change = next((one for one in changes if one.primary), None)
    is_change = label.label != labels.NOT_A_CHANGE
    return {
        "id": f"a{article.id}",
        "url": article.url,
        "title": article.title,
        "text": article.text,
        "published": article.published.isoformat().replace("+00:00", "Z"),
        "source": article.source_id,
        "lang": article.language,
        "label": {
            "is_policy_change": is_change,
            **_fields(change if is_change else None, changes, is_change=is_change),
            "event_key": labels.ref_of(leads[0]) if is_change and leads else None,
            "kind_if_not": None if is_change else "other",
            "confidence": UNSURE if change or not is_change else 0.5,
            "by": label.label,
            "reason": str(value_of(label).get("reason") or ""),
        },
    }


def _fields(change: PolicyChange | None, changes: Iterable[PolicyChange], *, is_change: bool) -> Mapping[str, Any]:
    """What the bot read. Of a change that it did not see, all is left open: the action as `other`, which nothing is measured by."""
    recalled = [{"actor": one.actor, "action": one.action.value} for one in changes if not one.primary]
    return {
        "actors": [change.actor] if change else [],
        "action": change.action.value if change else Action.OTHER.value if is_change else "none",
        "alt_actions": [],
        "targets": list(change.targets) if change else [],
        "jurisdictions": list(change.jurisdictions) if change else [],
        "condition": change.condition if change else None,
        "duration": change.duration if change else None,
        "stage": change.stage.value if change else None,
        "background": recalled if is_change else [],
    }
