"""The Home tab: recent stories, the team's subscriptions, and for operators how the sources are. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.slack import answers, pages
from bot.slack import elements as e
from bot.slack.asks import Vocabulary
from bot.slack.commands import COMMAND
from bot.slack.ports import HomeView

REFRESH = "pw_home_refresh"
RECENT = timedelta(days=30)
"""What the tab calls recent."""
MOST_STORIES = 10
MOST_ROUTES = 20
MOST_SOURCES = 15


def home(view: HomeView, vocabulary: Vocabulary, now: datetime) -> dict[str, Any]:
    """Return the Home tab as Slack's view."""
    blocks = [
        e.header("Policywatch"),
        e.context(answers.sources_line(view.recent.sources, now)),
        *_recent(view, vocabulary, now),
    ]
    blocks += _routes(view)
    if view.muted:
        blocks += _muted(view)
    if view.following:
        followed = answers.story_rows(view.following[:MOST_STORIES], vocabulary.places, now)
        more = len(view.following) - len(followed)
        rest = [e.section(e.words(f"and {more:,} more", italic=True))] if more > 0 else []
        rows = (e.section(*row) for row in followed)
        blocks.append(e.rich(e.section(e.words("You follow", bold=True)), *rows, *rest))
    if view.operator:
        blocks += _operators(view, now)
    blocks.append(e.actions(e.button("Refresh", REFRESH), block_id="actions"))
    return {"type": "home", "blocks": blocks}


def _recent(view: HomeView, vocabulary: Vocabulary, now: datetime) -> list[e.Block]:
    rows = answers.story_rows(view.recent.rows[:MOST_STORIES], vocabulary.places, now)
    days = f"the last {RECENT.days} days"
    if not rows:
        return [e.rich(e.section(e.words(f"No changes in {days}.")))]
    more = f"{view.recent.total:,} in {days}. More: {COMMAND} recent since:{RECENT.days}d"
    return [e.rich(e.section(e.words("Recent", bold=True)), *(e.section(*row) for row in rows)), e.context(more)]


def _routes(view: HomeView) -> list[e.Block]:
    title = e.section(e.words("Who is told", bold=True))
    if not view.routes:
        return [e.rich(title, e.section(e.words(f"No channel yet. In a channel: {COMMAND} subscribe")))]
    rows = [[e.channel(route.channel), e.words("  "), *pages.route_row(route)] for route in view.routes[:MOST_ROUTES]]
    more = (
        [e.section(e.words(f"and {len(view.routes) - len(rows)} more", italic=True))]
        if len(view.routes) > len(rows)
        else []
    )
    return [e.divider(), e.rich(title, e.bullets(rows), *more)]


def _muted(view: HomeView) -> list[e.Block]:
    rows = [[e.channel(one.channel), e.words("  "), *pages.muted_row(one)] for one in view.muted[: pages.MUTED_PAGE]]
    more = len(view.muted) - len(rows)
    rest = [e.section(e.words(f"and {more:,} more: in their channels, {COMMAND} muted", italic=True))] if more else []
    title = e.section(e.words("Muted in a channel", bold=True))
    return [e.rich(title, e.bullets(rows), *rest), pages.undo_row(view.muted)]


def _operators(view: HomeView, now: datetime) -> list[e.Block]:
    parts = [e.section(e.words("Sources that need a look" if view.troubled else "All sources are well", bold=True))]
    if view.troubled:
        parts.append(e.bullets([pages.source_row(row, now) for row in view.troubled[:MOST_SOURCES]]))
        if len(view.troubled) > MOST_SOURCES:
            parts.append(
                e.section(e.words(f"and {len(view.troubled) - MOST_SOURCES} more: {COMMAND} sources", italic=True))
            )
    blocks: list[e.Block] = [e.divider(), e.rich(*parts)]
    if view.checks:
        blocks += [dict(block) for block in pages.status(view.checks).blocks]
    return blocks
