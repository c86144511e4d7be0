"""A fake Slack for this room's tests, and stories to tell it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Action, ArticleRef, PolicyChange, Related, Span, Stage, Story, StoryView
from bot.slack.client import SlackSender
from tests.fakes.slack_server import FakeSlack
from tests.slack.site import Site, serving

NOW = datetime(2020, 6, 11, 18, 4, tzinfo=UTC)
NAMES = {"US": "United States", "US-CA": "California", "EU": "European Union"}


def make_article(**changes) -> ArticleRef:
    fields = {
        "article_id": 1,
        "url": "https://news.example/microsoft",
        "title": "Microsoft says no to police",
        "source_id": "example",
        "source_name": "Example Post",
        "published": NOW,
    }
    return ArticleRef(**(fields | changes))


def make_change(**changes) -> PolicyChange:
    quote = "We will not sell facial-recognition technology to police departments until there is a national law."
    fields = {
        "actor": "Microsoft",
        "action": Action.HALT,
        "evidence": Span("text", 0, len(quote), quote),
        "targets": ("police",),
        "jurisdictions": ("US",),
        "condition": "until a national law",
        "decided": "2020-06-11",
        "quote": quote,
        "speaker": "Microsoft statement",
        "line": "Microsoft will not sell facial recognition to US police",
        "score": 0.97,
    }
    return PolicyChange(**(fields | changes))


def make_view(change: PolicyChange | None = None, *, story: dict | None = None, **changes) -> StoryView:
    base = {
        "id": 12,
        "change": change or make_change(),
        "stage": Stage.ANNOUNCED,
        "first_at": NOW,
        "last_at": NOW,
        "created_at": NOW,
        "source_count": 1,
        "article_count": 1,
    }
    fields = {
        "also": ("will revise how it reviews customers", "asks Congress for rules"),
        "unclear": ("police outside the US",),
        "before": (
            Related("s11", "Amazon paused police use", NOW - timedelta(days=1), "https://news.example/amazon"),
            Related("s9", "IBM ended its offer", NOW - timedelta(days=3), "https://news.example/ibm"),
        ),
        "best": make_article(),
        "first": make_article(),
        "others": 1,
    }
    return StoryView(story=Story(**(base | (story or {}))), **(fields | changes))


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as server:
        server.add_channel("C0POLICY001", "policy")
        server.add_channel("C0OTHERS001", "others", member=False)
        yield server


@pytest.fixture
def sender(slack: FakeSlack) -> SlackSender:
    return SlackSender(slack.bot_token, base_url=slack.api_url, timeout=timedelta(seconds=5))


@pytest.fixture
async def site(slack: FakeSlack) -> AsyncIterator[Site]:
    async with serving(slack) as made:
        yield made
