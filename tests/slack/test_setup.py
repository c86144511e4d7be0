"""Setting up: the manifest against the limits of Slack's published schema, and `slack check` against the fake Slack."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from bot.slack.check import check_app_token, check_slack
from bot.slack.client import SlackSender
from bot.slack.manifest import SCOPES, manifest
from tests.fakes.slack_server import SCOPES as GRANTED
from tests.fakes.slack_server import FakeSlack

URL = "https://policy.example"

ADDRESS = r"https?://.*"
# The rules of Slack's published manifest schema, in our own words: key -> (type, most characters or items, pattern). Compared key by
# key with schemas/manifest.schema.1.0.0.json of slackapi/manifest-schema at 19557f5; parts that no manifest of ours has are left out.
SCHEMA: dict[str, Any] = {
    "_metadata": {"major_version": (int,), "minor_version": (int,)},
    "display_information": {
        "name": (str, 35),
        "description": (str, 140),
        "long_description": (str, 4_000),
        "background_color": (str, 7, r"#(?:[\da-fA-F]{3}){1,2}"),
    },
    "settings": {
        "event_subscriptions": {
            "request_url": (str, 3_500, ADDRESS),
            "bot_events": (list, 100),
            "user_events": (list, 100),
        },
        "interactivity": {
            "is_enabled": (bool,),
            "request_url": (str, 3_500, ADDRESS),
            "message_menu_options_url": (str, 3_500, ADDRESS),
        },
        "org_deploy_enabled": (bool,),
        "socket_mode_enabled": (bool,),
        "token_rotation_enabled": (bool,),
        "allowed_ip_address_ranges": (list,),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": (bool,),
            "messages_tab_enabled": (bool,),
            "messages_tab_read_only_enabled": (bool,),
        },
        "bot_user": {"display_name": (str, 80, r"[\w\-.]+"), "always_online": (bool,)},
        "shortcuts": [
            {
                "name": (str, 24),
                "callback_id": (str, 255),
                "description": (str, 150),
                "type": (str, 7, "message|global"),
            }
        ],
        "slash_commands": [
            {
                "command": (str, 32, "/.*"),
                "description": (str, 2_000),
                "should_escape": (bool,),
                "url": (str, 3_000, ADDRESS),
                "usage_hint": (str, 1_000),
            }
        ],
    },
    "oauth_config": {"redirect_urls": (list, 1_000), "scopes": {"bot": (list, 255), "user": (list, 255)}},
}

REQUIRED = {
    "": {"display_information"},
    ".display_information": {"name"},
    ".features.bot_user": {"display_name"},
    ".features.shortcuts": {"name", "type", "callback_id", "description"},
    ".features.slash_commands": {"command", "description"},
    ".settings.interactivity": {"is_enabled"},
}


def violations(value: Any, rule: Any, path: str = "") -> list[str]:
    if isinstance(rule, dict):
        unknown = [f"{path}.{key}: unknown" for key in value if key not in rule]
        unknown += [f"{path}.{key}: missing" for key in REQUIRED.get(path, set()) - set(value)]
        return unknown + [x for key in value if key in rule for x in violations(value[key], rule[key], f"{path}.{key}")]
    if isinstance(rule, list):
        found = [] if 1 <= len(value) <= 10 else [f"{path}: from 1 to 10"]
        return found + [x for item in value for x in violations(item, rule[0], path)]
    kind, most, pattern = (*rule, None, None)[:3]
    if not isinstance(value, kind):
        return [f"{path}: not {kind.__name__}"]
    if most is not None and len(value) > most:
        return [f"{path}: more than {most}"]
    if kind is str and not value:
        return [f"{path}: empty"]
    if kind is list and (len(set(value)) < len(value) or any(not 0 < len(item) <= 50 for item in value)):
        return [f"{path}: each once, up to 50 characters"]
    return [f"{path}: not like {pattern}"] if pattern and not re.fullmatch(pattern, value) else []


@pytest.mark.parametrize("made", [manifest(URL), manifest(None, socket_mode=True), manifest(URL + "/", name="x" * 99)])
def test_the_manifest_is_valid(made: dict):
    assert violations(made, SCHEMA) == []
    assert 175 <= len(made["display_information"]["long_description"]) <= 4_000
    assert json.loads(json.dumps(made)) == made


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ("display_information", "name", ""),
        ("display_information", "logo", "x"),
        ("features.bot_user", "display_name", None),
        ("settings.interactivity", "request_url", "policy.example"),
        ("settings.event_subscriptions", "bot_events", ["message", "message"]),
    ],
)
def test_the_rules_find_what_slack_would_refuse(where: str, key: str, value: object):
    made = manifest(URL)
    part: dict[str, Any] = made
    for name in where.split("."):
        part = part[name]
    part[key] = value
    if value is None:
        del part[key]
    assert len(violations(made, SCHEMA)) == 1


def test_over_http_all_three_addresses_are_the_one_that_web_serves():
    made = manifest(URL + "/")
    addresses = {
        made["features"]["slash_commands"][0]["url"],
        made["settings"]["interactivity"]["request_url"],
        made["settings"]["event_subscriptions"]["request_url"],
    }
    assert addresses == {"https://policy.example/slack/events"}
    assert not made["settings"]["socket_mode_enabled"]


def test_with_socket_mode_no_address_is_needed():
    made = manifest(None, socket_mode=True)
    assert "url" not in json.dumps(made)
    assert made["settings"]["socket_mode_enabled"]


@pytest.mark.parametrize("url", [None, "", "http://policy.example", "policy.example"])
def test_an_address_that_slack_cannot_call_is_refused(url: str | None):
    with pytest.raises(ValueError, match="public https"):
        manifest(url)


def test_the_app_may_not_post_where_it_is_not_invited():
    assert "chat:write.public" not in SCOPES
    assert set(SCOPES) == set(GRANTED.split(","))


async def test_a_good_setup_is_said_to_be_good(slack: FakeSlack, sender: SlackSender):
    checks = await check_slack(sender, {"C0POLICY001": ["policy-team", "all"]})
    assert [check.ok for check in checks] == [True, True, True]
    assert checks[2].detail == "route policy-team, all: the bot is in it"
    assert slack.messages("C0POLICY001") == []


async def test_what_is_missing_is_named_with_what_to_do(slack: FakeSlack, sender: SlackSender):
    slack.scopes = "chat:write,commands,channels:read"
    slack.add_channel("C0ARCHIVED1", archived=True)
    channels = {"C0OTHERS001": ["a"], "C0NOWHERE01": ["b"], "C0ARCHIVED1": ["c"]}
    token, scopes, *rest = await check_slack(sender, channels)
    assert token.ok
    assert "channels:history is missing" in scopes.detail
    assert "/invite @policywatch" in rest[0].detail
    assert "no such channel for this bot" in rest[1].detail
    assert "archived" in rest[2].detail
    assert not any(check.ok for check in (scopes, *rest))


async def test_scopes_that_only_following_needs_are_no_failure(slack: FakeSlack, sender: SlackSender):
    slack.scopes = ",".join(scope for scope in SCOPES if not scope.startswith("im:"))
    scopes = (await check_slack(sender, {}))[1]
    assert scopes.ok
    assert "nobody can follow" in scopes.detail


async def test_a_test_post_is_taken_back(slack: FakeSlack, sender: SlackSender):
    checks = await check_slack(sender, {"C0POLICY001": ["a"]}, test_post=True)
    assert checks[2].detail.endswith("a test message arrived")
    assert len(slack.called("chat.postMessage")) == 1
    assert slack.messages("C0POLICY001") == []
    slack.fault("chat.postMessage", "restricted_action")
    assert not (await check_slack(sender, {"C0POLICY001": ["a"]}, test_post=True))[2].ok


async def test_a_wrong_token_is_the_only_thing_said(slack: FakeSlack):
    (check,) = await check_slack(SlackSender("xoxb-wrong-secret", base_url=slack.api_url), {"C0POLICY001": ["a"]})
    assert not check.ok
    assert "invalid_auth" in check.detail
    assert "secret" not in check.detail


async def test_the_app_token_is_tried(slack: FakeSlack):
    assert (await check_app_token(slack.app_token, base_url=slack.api_url)).ok
    bad = await check_app_token("xapp-wrong-secret", base_url=slack.api_url)
    assert not bad.ok
    assert "invalid_auth" in bad.detail
    assert "secret" not in bad.detail
