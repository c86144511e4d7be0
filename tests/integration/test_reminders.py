"""Before a change expires or takes effect, the routes that follow it hear so: once in each channel, for days and not for years."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from bot import upkeep
from bot.deeds import Deeds
from bot.model import Action, Delivery, DeliveryKind, Filters, PolicyChange, Quiet, Route, Schedule, Span, Stage
from bot.wiring import Judgement, Live
from tests.integration.world import ANNA, OTHER, POLICY, World

DAY = timedelta(days=1)
BASE = PolicyChange(
    "Oakland City Council", Action.BAN, Span("title", 0, 1, "x"), targets=("police",), jurisdictions=("US-CA/Oakland",),
    line="Oakland bans facial recognition for police", score=0.9, stage=Stage.PASSED,
)  # fmt: skip


def with_routes(world: World, *routes: Route) -> None:
    """Put these routes in force, the vocabulary stays compiled."""
    judgement = world.parts.live.get()
    live = Live.__new__(Live)
    live.__dict__.update(world.parts.live.__dict__)
    live._now = Judgement(replace(judgement.config, routes=routes), judgement.analyser)
    world.parts = replace(world.parts, live=live)
    world.deeds = Deeds(world.parts)


def record(world: World, *, at: datetime | None = None, **fields: Any) -> str:
    """A story of the ledger."""
    change = replace(BASE, **fields)
    with world.store.transaction(lock=True) as tx:
        at = at or world.now - 100 * DAY
        return f"s{tx.stories.create(change, stage=change.stage, at=at, now=at)}"


def remind(world: World) -> list[Delivery]:
    """What one round of upkeep owed."""
    before = {one.id for one in notices(world)}
    owed = upkeep.remind(world.parts)
    new = [one for one in notices(world) if one.id not in before]
    assert len(new) == owed
    return new


def notices(world: World) -> list[Delivery]:
    return world.owed(kind=DeliveryKind.NOTICE)


def day(world: World, days: int) -> str:
    return (world.now + days * DAY).date().isoformat()


def test_an_expiry_is_announced_once_in_each_channel(world: World):
    on = day(world, 7)
    story = record(world, expires=on)
    first = remind(world)
    assert sorted(one.channel for one in first) == [OTHER, POLICY], "the operators' channel is for other things"
    payload = first[0].payload
    assert payload["headline"].startswith("In 7 days, ")
    assert payload["headline"].endswith(": expires")
    assert payload["lines"][0] == BASE.line
    assert story in payload["lines"][1]
    for _ in range(8):
        assert remind(world) == []
        world.clock.advance(DAY)


def test_it_is_told_in_the_last_week_only(world: World):
    record(world, effective=day(world, 20))
    told = []
    for _ in range(30):
        told += [(one.payload["headline"].split(",")[0], one.channel) for one in remind(world)]
        world.clock.advance(DAY)
    assert sorted(told) == [("In 7 days", OTHER), ("In 7 days", POLICY)]


def test_a_date_of_effect_and_an_expiry_are_two_things(world: World):
    record(world, effective=day(world, 1), expires=day(world, 3))
    headlines = sorted({one.payload["headline"] for one in remind(world)})
    assert [one.split(",")[0] for one in headlines] == ["In 3 days", "Tomorrow"]
    assert [one.rpartition(": ")[2] for one in headlines] == ["expires", "takes effect"]


@pytest.mark.parametrize("date", ["2020-06", "2020"])
def test_a_month_or_a_year_is_no_day_to_announce(world: World, date: str):
    record(world, expires=date, effective=date)
    world.clock.now = datetime(2020, 5, 28, 9, tzinfo=world.now.tzinfo)
    for _ in range(40):
        assert remind(world) == []
        world.clock.advance(DAY)


def test_a_date_that_has_passed_is_no_news(world: World):
    record(world, expires=day(world, -1))
    assert remind(world) == []


@pytest.mark.parametrize(
    ("filters", "reminded"),
    [
        (Filters(), True),
        (Filters(actions=("ban",), jurisdictions=("US",)), True),
        (Filters(actions=("fine",)), False),
        (Filters(jurisdictions=("EU",)), False),
        (Filters(targets=("schools",)), False),
        (Filters(min_score=0.95), False),
        (Filters(categories=("court",)), False),
    ],
)
def test_only_routes_that_follow_the_story_hear_of_it(world: World, filters: Filters, reminded: bool):
    with_routes(world, Route("one", POLICY, filters=filters))
    record(world, expires=day(world, 5))
    assert [one.channel for one in remind(world)] == [POLICY] * reminded


def test_weak_stories_digests_and_quiet_hours(world: World):
    night = Quiet(time(0), time(23, 30))
    with_routes(
        world,
        Route("daily", "C0DAILY0001", schedule=Schedule("daily")),
        Route("now", POLICY, quiet=night),
        Route("low", OTHER, filters=Filters(min_score=0.0)),
    )
    record(world, expires=day(world, 5), score=0.2)
    assert [one.channel for one in remind(world)] == [OTHER], "below the threshold nobody was told of it either"
    record(world, expires=day(world, 5), line="Oakland also bans it for schools")
    by_channel = {one.channel: one for one in remind(world)}
    assert set(by_channel) == {POLICY, OTHER}
    assert by_channel[POLICY].not_before == world.now.replace(hour=23, minute=30)
    assert by_channel[OTHER].not_before is not None
    assert by_channel[OTHER].not_before <= world.now


@pytest.mark.parametrize("stage", [Stage.REVERSED, Stage.STRUCK_DOWN, Stage.WITHDRAWN, Stage.EXPIRED])
def test_what_no_longer_stands_does_not_expire_again(world: World, stage: Stage):
    record(world, expires=day(world, 5), stage=stage)
    assert remind(world) == []


def test_who_wants_to_hear_less_of_it_is_not_reminded(world: World):
    dismissed = record(world, expires=day(world, 5))
    world.deeds.dismiss(dismissed, "no", ANNA, world.now)
    assert remind(world) == []
    world.deeds.restore(dismissed, ANNA, world.now)
    world.deeds.mute_here(dismissed, "actor", ANNA, world.now)
    assert [one.channel for one in remind(world)] == [OTHER]


def test_a_snoozed_channel_is_reminded_when_it_is_awake_again(world: World):
    record(world, expires=day(world, 6))
    world.deeds.snooze(2 * DAY, ANNA, world.now)
    assert [one.channel for one in remind(world)] == [OTHER]
    world.clock.advance(3 * DAY)
    (late,) = remind(world)
    assert late.channel == POLICY
    assert late.payload["headline"].startswith("In 3 days")


async def test_the_reminder_is_a_message_that_people_can_read(world: World):
    record(world, expires=day(world, 2))
    remind(world)
    await world.deliver()
    texts = [message.text for channel, message, *_ in world.sender.posts if channel == POLICY]
    assert len(texts) == 1
    assert texts[0].startswith("In 2 days, 13 Jun 2020: expires")
    assert BASE.line in texts[0]


CONSULTATION = (
    "UK regulator opens consultation on live facial recognition",
    (
        "The Information Commissioner's Office opened a consultation on draft rules that would limit police use of live facial"
        " recognition. The consultation closes on {on}."
    ),
)


async def test_a_closing_consultation_is_announced_from_the_article_that_told_of_it(world: World):
    closes = world.now + 20 * DAY
    world.story((CONSULTATION[0], CONSULTATION[1].format(on=f"{closes.day} {closes:%B %Y}")))
    await world.deliver()
    assert remind(world) == []
    world.clock.advance(14 * DAY)
    assert sorted(one.channel for one in remind(world)) == [OTHER, POLICY]
    world.parts = replace(world.parts, owner="another process")  # a restart tells nothing again
    assert remind(world) == []
    await world.deliver()
    texts = [message.text for channel, message, *_ in world.sender.posts if channel == POLICY]
    assert texts[0].splitlines()[1].startswith("comments until ")
    assert texts[-1].startswith("In 6 days, ")
    assert "consultation closes" in texts[-1].splitlines()[0]


async def test_a_step_that_does_not_repeat_the_date_keeps_it(world: World):
    on = world.now + 30 * DAY
    pause = (
        "Springfield City Council passes moratorium on police facial recognition",
        (
            "The Springfield City Council passed a moratorium on police use of facial recognition that expires on"
            f" {on.day} {on:%B %Y}."
        ),
    )
    ref = world.story(pause)
    world.clock.advance(10 * DAY)
    moved = world.report(
        (
            "Springfield's moratorium on police facial recognition takes effect",
            "The Springfield City Council's moratorium on police use of facial recognition took effect on Monday.",
        ),
        "post",
    )
    assert (moved.story_id, moved.alert) == (int(ref[1:]), "stage")
    world.clock.advance(15 * DAY)
    assert {one.payload["headline"].rpartition(": ")[2] for one in remind(world)} == {"expires"}
