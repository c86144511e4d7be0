"""Stories, routes and sightings to decide on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.alerts.routing import Sighting
from bot.alerts.settings import RoutingSettings
from bot.model import Action, ArticleRef, Filters, PolicyChange, Route, Schedule, Span, Stage, Story, StoryView

NOW = datetime(2020, 6, 11, 18, 4, tzinfo=UTC)
DAY = timedelta(days=1)

SENTENCE = "We will not sell this technology to police."

CHANGE = PolicyChange(
    actor="Microsoft",
    action=Action.HALT,
    evidence=Span("text", 0, len(SENTENCE), SENTENCE),
    actor_id="microsoft",
    targets=("police",),
    jurisdictions=("US",),
    line="Microsoft will not sell facial recognition to US police",
    score=0.95,
)

STORY = Story(
    id=12, change=CHANGE, stage=Stage.ANNOUNCED, first_at=NOW - timedelta(minutes=20), last_at=NOW, created_at=NOW,
    article_count=1, source_count=1,
)  # fmt: skip

SIGHTING = Sighting(
    published=NOW - timedelta(minutes=20),
    first_seen=NOW,
    category="corporate_newsroom",
    source_added_at=NOW - 10 * DAY,
    baseline_at=NOW - 10 * DAY,
)

ROUTE = Route(name="policy", channel="C0POLICY01", created_at=NOW - 10 * DAY)

SETTINGS = RoutingSettings(members={"EU": ("DE", "FR", "IE")}, aliases={"msft": "Microsoft", "california": "US-CA"})


def story(**change: object) -> Story:
    stage = change.pop("stage", Stage.ANNOUNCED)
    number = change.pop("id", 12)
    return replace(STORY, id=number, stage=stage, change=replace(CHANGE, stage=stage, **change))


def route(name: str = "policy", *, when: dict[str, object] | None = None, **more: object) -> Route:
    return replace(ROUTE, name=name, filters=Filters(**(when or {})), **more)


def view(one: Story) -> StoryView:
    url = f"https://example.org/{one.id}"
    ref = ArticleRef(one.id, url, one.change.line, "ms", "Microsoft", one.first_at, 0)
    return StoryView(one, best=ref, first=ref)


DAILY = Schedule("daily", 9, 0, zone="Europe/Brussels")
WEEKLY = Schedule("weekly", 9, 0, weekday=0, zone="America/New_York")
