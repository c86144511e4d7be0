"""`policywatch merge` and `split`: people know better."""

from __future__ import annotations

import click

from bot import regrouping
from bot.commands.common import settings_with_logs
from bot.errors import UsageError
from bot.store import Tx
from bot.wiring import open_store, utc_now


def _known(tx: Tx, ref: str) -> int:
    story_id = tx.stories.resolve(ref)
    if story_id is None:
        raise UsageError(f"there is no story {ref!r}; policywatch recent lists them, like s12")
    return story_id


@click.command("merge")
@click.argument("keep", metavar="A")
@click.argument("other", metavar="B")
def merge_command(keep: str, other: str) -> None:
    """Make story B part of story A. B's id goes on leading there."""
    now = utc_now()
    with open_store(settings_with_logs(level="WARNING")).transaction(lock=True) as tx:
        kept, gone = _known(tx, keep), _known(tx, other)
        if kept == gone:
            raise UsageError(f"{keep} and {other} are one story already")
        regrouping.merge(tx, kept, gone, now)
    click.echo(f"s{gone} is part of s{kept} now.")


@click.command("split")
@click.argument("ref", metavar="STORY")
@click.argument("article_id", metavar="ARTICLE", type=int)
def split_command(ref: str, article_id: int) -> None:
    """Make ARTICLE (an id as `explain` prints it) a story of its own. Nobody is pinged."""
    now = utc_now()
    with open_store(settings_with_logs(level="WARNING")).transaction(lock=True) as tx:
        story_id = _known(tx, ref)
        if story_id not in {each for each, _ in tx.stories.for_article(article_id)}:
            raise UsageError(
                f"article {article_id} is not part of s{story_id}; policywatch show {ref} --json lists its articles"
            )
        new = regrouping.split(tx, story_id, article_id, now)
    click.echo(f"Article {article_id} is story s{new} now.")
