"""Signed requests over real HTTP, as Slack makes them, against the app on aiohttp's server."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.errors import UsageError
from bot.model import Filters, Schedule
from bot.slack.elements import visible
from bot.slack.ports import SourceCounts, StoryRow
from bot.slack.typed import EXAMPLES
from tests.fakes.slack_requests import signed, slash_command
from tests.slack.site import Site, until


def text_of(answer: dict[str, Any]) -> str:
    return json.dumps(answer["blocks"], ensure_ascii=False)


async def test_recent_reads_like_the_mock_up(site: Site):
    answer = await site.type("recent 3")
    assert answer["response_type"] == "ephemeral"
    assert answer["text"].split("\n")[:2] == [
        "last 7 days, all channels · 3 of 12",
        "s12  11 Jun  US  Change number 12 · 12 sources",
    ]
    assert "61 sources, last checked just now, 2 broken" in text_of(answer)
    assert '"value": "recent 3 offset:3"' in text_of(answer)
    assert "Try: recent in:EU since:30d" in text_of(answer)


async def test_recent_with_nothing_says_when_something_last_happened(site: Site):
    site.queries.rows = []
    answer = await site.type("recent")
    assert answer["text"].startswith("No changes in 7 days.")
    assert "61 sources checked just now." in answer["text"]


async def test_share_shows_the_answer_to_the_channel_without_buttons(site: Site):
    answer = await site.type("recent 3 share")
    assert answer["response_type"] == "in_channel"
    assert "actions" not in [block["type"] for block in answer["blocks"]]


@pytest.mark.parametrize("text", ["", "help"])
async def test_help_shows_the_seven_commands_people_need(site: Site, text: str):
    answer = await site.type(text)
    assert text_of(answer).count("/policywatch ") == 8  # and the line that points to the rest
    assert "snooze" not in text_of(answer)
    assert "snooze 3d" in text_of(await site.type("help all"))


@pytest.mark.parametrize("verb", ["recent", "snooze", "mute", "subscribe", "timeline"])
async def test_help_on_one_command_shows_its_example(site: Site, verb: str):
    assert f"/policywatch {EXAMPLES[verb]}" in text_of(await site.type(f"help {verb}"))


async def test_an_empty_answer_names_the_last_change_and_a_wider_question(site: Site):
    site.queries.last = StoryRow("s8", "Old", datetime(2020, 5, 29, tzinfo=UTC))
    site.queries.rows = []
    answer = await site.type("recent in:EU")
    assert answer["text"] == "No changes in 7 days for in:EU. Last: s8, 29 May. 61 sources checked just now."
    assert visible(answer["blocks"][0]).split("\n")[-1] == "s8  29 May  —  Old", "and what it was"
    assert "Try: recent in:EU since:90d" in text_of(answer)
    assert "Nothing holds “xyz”." in (await site.type("search xyz"))["text"]


async def test_an_empty_answer_doubts_a_name_that_is_nearly_a_known_one(site: Site):
    site.queries.rows = []
    assert "did you mean Microsoft?" in (await site.type("recent actor:Micrsoft"))["text"]


async def test_before_the_first_poll_the_answer_says_so(site: Site):
    site.queries.counts = SourceCounts(61)
    assert "61 sources, none checked yet" in text_of(await site.type("recent"))


async def test_an_unknown_word_gets_the_nearest_one_and_an_example(site: Site):
    answer = await site.type("recnt")
    assert "Did you mean recent?" in answer["text"]
    assert "/policywatch recent in:EU since:30d" in answer["text"]


async def test_markup_that_somebody_types_stays_inert(site: Site):
    answer = await site.type("search <!channel> *x*")
    assert "<!channel>" not in answer["text"]
    assert "mrkdwn" not in text_of(answer)


async def test_an_error_of_ours_is_a_sentence_and_its_details_are_in_the_log(site: Site, caplog):
    site.queries.fails = ZeroDivisionError("a detail")
    assert "went wrong" in (await site.type("recent"))["text"]
    assert "a detail" in caplog.text
    site.queries.fails = UsageError("There is no such thing.")
    assert (await site.type("recent"))["text"] == "There is no such thing."


async def test_a_slow_answer_is_acknowledged_first_and_sent_afterwards(site: Site):
    site.queries.delay = 0.6
    url = site.slack.response_url()
    assert await site.type("recent 2", response_url=url) == ""
    await until(lambda: site.slack.responses)
    ((where, body),) = site.slack.responses
    assert where == url
    assert body["response_type"] == "ephemeral"
    assert body["text"].startswith("last 7 days")


async def test_commands_that_change_something_reach_their_doer(site: Site):
    await site.type("mute example-post 2d")
    await site.type("subscribe in:EU daily 09:00 Europe/Brussels by:actor")
    await site.type("snooze off")
    assert site.commands.done == [
        ("mute_source", ("example-post", timedelta(days=2)), "U0ANNA0001"),
        (
            "subscribe",
            ("C0POLICY001", Filters(jurisdictions=("EU",)), Schedule("daily", 9, 0, 0, "Europe/Brussels"), "actor"),
            "U0ANNA0001",
        ),
        ("snooze", timedelta(0), "U0ANNA0001"),
    ]


async def test_they_can_be_limited_to_listed_people(site: Site):
    site.queries.allowed = {"U0BORIS001"}
    assert "Only people listed" in (await site.type("mute example-post"))["text"]
    assert site.commands.done == []
    await site.type("mute example-post", user="U0BORIS001")
    assert len(site.commands.done) == 1


@pytest.mark.parametrize("channel", ["C0OTHERS001", "C0NOWHERE01"])
async def test_subscribing_where_the_bot_is_no_member_answers_with_the_invite_line(site: Site, channel: str):
    answer = await site.type("subscribe", channel=channel)
    assert "/invite @policywatch" in answer["text"]
    assert site.commands.done == []


async def test_a_conversation_between_two_people_is_none_that_the_bot_can_be_in(site: Site):
    answer = await site.type("subscribe", channel="D0ANNABEN1")
    assert "I cannot be in a conversation between two people" in answer["text"]
    assert site.commands.done == []
    site.slack.fault("conversations.open", "missing_scope")
    assert (await site.type("subscribe", channel="D0ANNABEN1"))["text"].startswith("Subscribed"), "nobody can tell"
    ours = site.slack.call("conversations.open", {"users": "U0ANNA0001"})["channel"]["id"]
    assert (await site.type("subscribe", channel=ours))["text"].startswith("Subscribed")


async def test_an_address_is_taken_as_slack_writes_it(site: Site):
    await site.type("why https://example.org/?a=1&amp;b=2")
    assert site.queries.asked[-1] == ("why", ("https://example.org/?a=1&b=2",))


async def test_an_example_is_of_the_command_that_was_typed_and_works(site: Site):
    site.queries.words = replace(site.queries.words, sources={"ms-blog": "Microsoft On the Issues"})
    for text, example in (
        ("subscribe score:7", "subscribe score:0.8"),
        ("search police in:Califrnia", 'search police in:"California"'),
        ("unsubscribe action:bann", "unsubscribe action:ban"),
        ("digest now since:9999d", "digest now since:30d"),
        ("mute ms-blog 9999d", "mute ms-blog 7d"),
        ("help mute", "mute ms-blog 7d"),
    ):
        assert f"/policywatch {example}" in "".join(map(visible, (await site.type(text))["blocks"]))


async def test_a_slack_that_does_not_answer_does_not_forbid_subscribing(site: Site):
    site.slack.fault("conversations.info", "html_502")
    assert (await site.type("subscribe"))["text"].startswith("Subscribed")


# --- refused ------------------------------------------------------------------------------------------------------------


JUNK = [
    {"X-Slack-Request-Timestamp": "soon"},
    {"X-Slack-Request-Timestamp": "1"},
    {"X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Signature": "v0=ÿ"},
    {"X-Slack-Signature": ""},
]


@pytest.mark.parametrize("change", JUNK)
async def test_what_is_not_slacks_gets_401_and_no_stack_trace(site: Site, caplog, change: dict[str, str]):
    caplog.set_level(logging.DEBUG)
    body = slash_command("recent secret-word")
    status, answer = await site.send(body, signed(body) | change)
    assert (status, answer) == (401, {"error": "invalid request"})
    assert not [record for record in caplog.records if record.exc_info]
    assert "secret-word" not in caplog.text
    assert "was refused" in caplog.text
    assert site.queries.asked == []


async def test_a_body_that_is_not_text_gets_401(site: Site, caplog):
    status, _ = await site.send(b"\xff\xfe\x00", signed(b"\xff\xfe\x00"))
    assert status == 401
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_replayed_request_gets_401(site: Site):
    body = slash_command("recent")
    headers = signed(body)
    assert (await site.send(body, headers))[0] == 200
    assert (await site.send(body, headers))[0] == 401
    assert len(site.queries.asked) == 1


async def test_when_replays_cannot_be_checked_slack_is_asked_to_try_again(site: Site, caplog):
    site.store_fails = True
    status, _ = await site.send(slash_command("recent"))
    assert status == 503
    assert not [record for record in caplog.records if record.exc_info]


async def test_slack_is_answered_when_it_checks_the_address_of_the_manifest(site: Site):
    body = json.dumps({"type": "url_verification", "token": "old", "challenge": "3eZbrw1a"}).encode()
    status, answer = await site.send(body, signed(body, content_type="application/json"))
    assert status == 200
    assert "3eZbrw1a" in str(answer)
    check = b"ssl_check=1&token=old"
    assert (await site.send(check, signed(check)))[0] == 200
    assert (await site.send(body, {"Content-Type": "application/json"}))[0] == 401


async def test_a_get_and_an_unknown_command_are_no_error_of_ours(site: Site, caplog):
    async with aiohttp.ClientSession() as session, session.get(site.url) as answer:
        assert answer.status == 405
    body = slash_command("x").replace(b"%2Fpolicywatch", b"%2Fother")
    assert (await site.send(body))[0] in {200, 404}
    assert not [record for record in caplog.records if record.exc_info]
