"""The files that come with Policywatch: they load without a word, and say what they should."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import shipped
from bot.config.load import Config, load
from bot.config.reading import Node, read_yaml
from bot.config.schema import CATEGORIES, json_schema
from bot.model import Action, SourceKind, Stage


@pytest.fixture(scope="module")
def config(repo_root: Path) -> Config:
    return load(repo_root / "config", env={})


@pytest.fixture(scope="module")
def entries(repo_root: Path) -> list[dict]:
    root, _ = read_yaml(repo_root / "config" / "sources.yaml", env={})
    assert isinstance(root, Node)
    return root.plain()["sources"]


def test_they_load_and_only_mention_the_terminal(config):
    assert all("prints in the terminal" in warning.message for warning in config.warnings), config.warnings
    assert len(config.warnings) == 2


def test_one_variable_is_all_that_slack_needs(repo_root):
    config = load(repo_root / "config", env={"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_CHANNEL": "C0123456789"})
    assert config.warnings == ()
    assert [(route.channel, route.kind, route.schedule.kind) for route in config.routes] == [
        ("C0123456789", "policy", "now"),
        ("C0123456789", "operators", "now"),
    ]


def test_the_digest_route_in_the_comments_is_valid(repo_root, tmp_path):
    text = (repo_root / "config" / "alerts.yaml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^  # (?=- name: weekly|  channel:|  send:)", "  ", text, flags=re.MULTILINE)
    assert uncommented != text
    (tmp_path / "alerts.yaml").write_text(uncommented, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    routes = load(tmp_path, env={}).routes
    assert [route.schedule.kind for route in routes] == ["now", "weekly", "now"]


def test_the_settings_in_the_file_are_the_defaults(config, tmp_path):
    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (tmp_path / "alerts.yaml").write_text("routes: []\n", encoding="utf-8")
    assert load(tmp_path, env={}).settings == config.settings


def test_the_header_of_alerts_names_every_action_stage_and_key(repo_root):
    text = (repo_root / "config" / "alerts.yaml").read_text(encoding="utf-8")
    missing = [word for word in [*Action, *Stage] if not re.search(rf"\b{re.escape(word)}\b", text)]
    assert missing == []


def test_sources_that_are_on_need_no_key_and_no_guess(config):
    on = [source for source in config.sources if source.enabled]
    kinds = Counter(source.kind for source in on)
    assert kinds[SourceKind.FEED] >= 50
    assert kinds[SourceKind.DOCUMENT] >= 2
    assert kinds[SourceKind.PAGE] >= 1
    assert all(source.url.startswith("https://") for source in on)
    assert all(source.select.get("item") for source in on if source.kind is SourceKind.PAGE)
    assert all(source.actor for source in on if source.kind is SourceKind.DOCUMENT), "whose terms they are"
    assert not any(re.search(r"[?&](api[_-]?)?key=", source.url) for source in on)


def test_every_source_that_is_off_says_why(repo_root, entries):
    text = (repo_root / "config" / "sources.yaml").read_text(encoding="utf-8")
    off = [entry for entry in entries if not entry.get("enabled", True)]
    assert len(re.findall(r"enabled: false  # \S.{10,}", text)) == len(off)


def test_sources_are_described(config):
    for source in config.sources:
        assert source.name != source.id or source.id == "noyb"
        assert source.category in CATEGORIES
    own = [source for source in config.sources if source.category in ("corporate_newsroom", "vendor_blog")]
    assert all(source.actor for source in own)
    dedicated = {source.id for source in config.sources if source.dedicated}
    assert {"biometric-update", "govuk-search-fr", "clearview-site"} <= dedicated


def test_history_is_in_order_and_uses_known_names(config):
    topic = config.topic
    canonical = {actor.name for actor in topic.actors}
    names = {actor.id for actor in topic.actors}
    names |= {name for place in topic.places for name in (*place.bodies, *place.police)}
    codes = {place.code for place in topic.places}
    assert len(topic.history) > 80
    for event in topic.history:
        assert event.actor in names, event
        assert event.actor not in canonical or event.actor in {actor.id for actor in topic.actors}, event
        assert set(event.jurisdictions) <= codes, event
        assert event.source, event
        assert event.thread, event
        assert event.targets, event
        assert 20 < len(event.line) <= 130, event
        assert not event.line.endswith("."), event
    assert len({event.id for event in topic.history}) == len(topic.history)
    assert all(before.date[:7] <= after.date[:7] for before, after in pairwise(topic.history))


def test_the_events_of_june_2020_are_there(config):
    june = {event.actor: event for event in config.topic.history if event.date.startswith("2020-06")}
    assert (june["ibm"].action, june["amazon"].action, june["microsoft"].action) == ("halt", "pause", "halt")
    assert june["microsoft"].condition == "until there is a national law grounded in human rights"
    assert (june["microsoft"].targets, june["microsoft"].jurisdictions) == (("police",), ("US",))
    assert june["amazon"].expires == "2021-06-10"


def test_the_schema_describes_the_shipped_files(entries):
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    keys = set(schema["$defs"]["SourceEntry"]["properties"])
    assert {key for entry in entries for key in entry} <= keys
    assert set(schema["$defs"]["SourceEntry"]["required"]) == {"id", "url"}
    assert set(schema["$defs"]["RouteEntry"]["required"]) == {"name", "channel"}
    assert schema["$defs"]["PollBlock"]["properties"]["max_interval"]["default"] == "6h"
    references = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
    assert references <= set(schema["$defs"])


def test_the_wheel_carries_what_shipped_looks_for(repo_root):
    text = (repo_root / "pyproject.toml").read_text(encoding="utf-8")
    for name in ("topics", "samples/sources.yaml", "samples/alerts.yaml"):
        assert f'"bot/config/{name}"' in text
    assert shipped.topics().is_dir()
