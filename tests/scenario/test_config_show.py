"""`policywatch config show`: what is in force, whoever put it there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.commands.inforce import in_force, lines
from bot.deeds import Deeds
from bot.model import Filters, Schedule
from bot.slack.asks import Asker
from tests.scenario.news import ban
from tests.scenario.world import OPERATORS, POLICY, World

ANNA = Asker("U0ANNA0001", POLICY, "anna")
WEEKLY = "weekly mon 09:00 Europe/Brussels"


@pytest.fixture
async def shown(database_url: str, tmp_path: Path) -> Iterator[World]:
    """A world in which files, subscriptions, snoozes and mutes each say something; it is a little behind the real time."""
    async with World(database_url, tmp_path, now=datetime.now(UTC) - timedelta(hours=3)) as world:
        world.routes[0] = {
            **world.routes[0],
            "when": {"actions": ["ban", "halt"], "jurisdictions": ["EU"], "min_score": 0.8},
            "quiet": "22:00-07:00 Europe/Brussels",
        }
        world.routes.append({"name": "week", "channel": POLICY, "send": WEEKLY, "group": "place", "when_empty": "line"})
        world.publish("gazette")
        world.publish("herald")
        world.sources["herald"]["every"] = "15m"
        world.sources["spare"] = {
            **world.sources["herald"],
            "id": "spare",
            "url": "https://spare.example/f",
            "enabled": False,
        }
        world.begin()
        await world.round(after=timedelta(minutes=1))
        deeds, now = Deeds(world.parts), world.clock()
        deeds.subscribe(Filters(actors=("Clearview AI",)), Schedule(), ANNA, now)
        deeds.snooze(timedelta(days=3), ANNA, now)
        deeds.mute_source("herald", timedelta(days=7), ANNA, now)
        world.publish("gazette", ban("Boise", world.clock.advance(minutes=5)))
        await world.poll()
        with world.reading() as tx:
            ref = tx.reports.recent().items[0].story.ref
        deeds.mute_here(ref, "actor", ANNA, now)
        yield world


async def test_all_that_is_in_force_is_listed_with_its_origin(shown: World):
    world = shown
    found = in_force(world.parts)
    assert found.files["since"] is not None
    assert found.files["refused"] == []
    assert [(one["id"], one["every"]) for one in found.sources] == [("gazette", None), ("herald", "15m")]
    assert found.sources_off == 1
    assert all("sources.yaml:" in one["defined"] for one in found.sources)
    policy, operators, week, subscribed = found.routes
    assert policy["filters"] == {"actions": ("ban", "halt"), "jurisdictions": ("EU",), "min_score": 0.8}
    assert (policy["send"], policy["quiet"], policy["next_digest"]) == ("now", "22:00-07:00 Europe/Brussels", None)
    assert policy["defined"].rpartition("/")[2].startswith("alerts.yaml:")
    assert policy["since"] is not None
    assert (operators["kind"], operators["channel"], operators["next_digest"]) == ("operators", OPERATORS, None)
    assert week["send"] == WEEKLY
    assert world.clock() < week["next_digest"] <= world.clock() + timedelta(days=7)
    assert week["next_digest"].weekday() == 0
    assert (week["group"], week["when_empty"], policy["group"]) == ("place", "line", None)
    assert (subscribed["origin"], subscribed["defined"]) == ("subscription", "subscribed by anna")
    assert subscribed["filters"] == {"actors": ("Clearview AI",)}
    (snooze,) = found.snoozes
    assert (snooze["channel"], snooze["by"]) == (POLICY, "anna")
    assert world.clock() < snooze["next_digest"] <= snooze["until"]
    assert [(one["what"], one["channel"], one["by"]) for one in found.mutes] == [
        ("source herald", None, None),
        ("actor Boise City Council", POLICY, "anna"),
    ]
    text = "\n".join(lines(found))
    for words in (
        "2 sources on, 1 off",
        "4 routes",
        "takes action:ban action:halt in:EU score:0.8",
        "takes every policy change",
        'takes actor:"Clearview AI"',
        "(subscribed by anna, since ",
        "quiet 22:00-07:00 Europe/Brussels",
        "next digest Mon ",
        "09:00 Europe/Brussels",
        f"{POLICY} until ",
        "source herald until ",
        f"actor Boise City Council in {POLICY}, by anna",
    ):
        assert words in text


async def test_showing_writes_nothing(shown: World):
    world = shown
    world.routes.append({"name": "brand-new", "channel": "C0BRANDNEW1"})
    world.write_config()
    before = world.count("routes")
    found = in_force(world.new_parts())
    assert found.routes[3]["name"] == "brand-new"
    assert found.routes[3]["since"] is None
    assert found.files["since"] is None
    assert "brand-new -> C0BRANDNEW1  now" in "\n".join(lines(found))
    assert "not yet seen by a worker" in "\n".join(lines(found))
    assert world.count("routes") == before


async def test_the_command_prints_it_and_says_what_is_refused(
    shown: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    world = shown
    monkeypatch.setenv("DATABASE_URL", world.database_url)
    monkeypatch.setenv("POLICYWATCH_CONFIG", str(world.config_dir))
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)

    def printed(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["config", "show", *arguments])
        assert ended.value.code == 0
        return capsys.readouterr().out

    found = json.loads(printed("--json"))
    assert [one["name"] for one in found["routes"]][:3] == ["policy-team", "operators", "week"]
    assert found["settings"]["late_after"] == 43_200
    assert found["routes"][2]["next_digest"].endswith("Z")
    world.routes[0] = {**world.routes[0], "chanel": "C0"}
    world.write_config()
    text = printed()
    assert "refused, the last good ones stay: " in text
    assert '"chanel" is not a key here' in text
    assert "policy-team -> " in text
