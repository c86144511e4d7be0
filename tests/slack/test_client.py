"""The sender against a Slack over real HTTP: every way a call can end is a value, and nothing is sent twice."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import SlackError
from bot.model import Found, Message, Outcome
from bot.slack.client import SlackSender
from tests.fakes.slack_faults import Fault, error_fault
from tests.fakes.slack_server import BOT_ID, FakeSlack

CHANNEL = "C0POLICY001"
KEY = "d1.k1"


def message(key: str = KEY, text: str = "Microsoft will not sell") -> Message:
    block = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }
    return Message(text, (block,), {"event_type": "policywatch", "event_payload": {"key": key, "story": "s12"}})


def around(now: datetime | None = None) -> dict:
    now = now or datetime.now(UTC)
    return {"oldest": now - timedelta(minutes=2), "latest": now + timedelta(minutes=2)}


async def test_a_post_arrives_with_its_blocks_metadata_and_no_unfurling(slack: FakeSlack, sender: SlackSender):
    result = await sender.post(CHANNEL, message())
    (stored,) = slack.messages(CHANNEL)
    (call,) = slack.called("chat.postMessage")
    assert result.outcome is Outcome.SENT
    assert result.ts == stored["ts"]
    assert stored["blocks"] == [dict(message().blocks[0])]
    assert stored["metadata"]["event_payload"] == {"key": KEY, "story": "s12"}
    assert (call["unfurl_links"], call["unfurl_media"], call["mrkdwn"]) == (False, False, False)


async def test_a_reply_goes_into_the_thread_and_is_broadcast_only_when_asked(slack: FakeSlack, sender: SlackSender):
    root = await sender.post(CHANNEL, message())
    await sender.post(CHANNEL, message("k2"), thread_ts=root.ts)
    await sender.post(CHANNEL, message("k3"), thread_ts=root.ts, broadcast=True)
    assert [m.get("thread_ts") for m in slack.messages(CHANNEL)] == [None, root.ts, root.ts]
    assert [m.get("broadcast") for m in slack.messages(CHANNEL)] == [None, False, True]


async def test_an_edit_changes_the_message_and_keeps_its_metadata(slack: FakeSlack, sender: SlackSender):
    ts = (await sender.post(CHANNEL, message())).ts
    result = await sender.update(CHANNEL, ts, message(text="42 sources"))
    (stored,) = slack.messages(CHANNEL)
    assert (result.outcome, result.ts) == (Outcome.SENT, ts)
    assert stored["text"] == "42 sources"
    assert stored["metadata"]["event_payload"]["key"] == KEY


async def test_a_plain_edit_takes_the_blocks_away(slack: FakeSlack, sender: SlackSender):
    ts = (await sender.post(CHANNEL, message())).ts
    await sender.update(CHANNEL, ts, Message("only text"))
    assert slack.messages(CHANNEL)[0]["blocks"] == []


@pytest.mark.parametrize(
    ("fault", "outcome", "posted"),
    [
        ("commit_reset", Outcome.UNKNOWN, 1),
        ("reset", Outcome.UNKNOWN, 0),
        ("html_502", Outcome.UNKNOWN, 0),
        ("commit_html_502", Outcome.UNKNOWN, 1),
        ("commit_cut_body", Outcome.UNKNOWN, 1),
        ("commit_cut_json", Outcome.UNKNOWN, 1),
        ("commit_text", Outcome.UNKNOWN, 1),
        ("commit_empty", Outcome.UNKNOWN, 1),
        ("commit_list", Outcome.UNKNOWN, 1),
        ("commit_no_ts", Outcome.UNKNOWN, 1),
        ("fatal_error", Outcome.UNKNOWN, 1),
        ("internal_error", Outcome.UNKNOWN, 1),
        ("service_unavailable", Outcome.UNKNOWN, 0),
        ("ratelimited", Outcome.WAIT, 0),
        ("ratelimited_odd", Outcome.WAIT, 0),
        ("ratelimited_bare", Outcome.WAIT, 0),
        ("message_limit_exceeded", Outcome.WAIT, 0),
        ("invalid_blocks", Outcome.BAD_MESSAGE, 0),
        ("msg_blocks_too_long", Outcome.BAD_MESSAGE, 0),
        ("no_text", Outcome.BAD_MESSAGE, 0),
        ("metadata_too_large", Outcome.BAD_MESSAGE, 0),
        ("an_error_of_next_year", Outcome.BAD_MESSAGE, 0),
        ("channel_not_found", Outcome.CHANNEL_BLOCKED, 0),
        ("not_in_channel", Outcome.CHANNEL_BLOCKED, 0),
        ("is_archived", Outcome.CHANNEL_BLOCKED, 0),
        ("restricted_action", Outcome.CHANNEL_BLOCKED, 0),
        ("invalid_auth", Outcome.STOPPED, 0),
        ("account_inactive", Outcome.STOPPED, 0),
        ("token_revoked", Outcome.STOPPED, 0),
        ("token_expired", Outcome.STOPPED, 0),
        ("missing_scope", Outcome.STOPPED, 0),
    ],
)
async def test_each_end_of_a_post(slack: FakeSlack, sender: SlackSender, fault: str, outcome: Outcome, posted: int):
    slack.fault("chat.postMessage", fault)
    result = await sender.post(CHANNEL, message())
    assert result.outcome is outcome
    assert result.error
    assert len(slack.messages(CHANNEL)) == posted
    assert len(slack.called("chat.postMessage")) == 1, "the client sent again by itself"


@pytest.mark.parametrize("fault", ["hang", "commit_hang"])
async def test_a_call_that_hangs_ends_as_unknown(slack: FakeSlack, fault: str):
    slack.fault("chat.postMessage", fault)
    impatient = SlackSender(slack.bot_token, base_url=slack.api_url, timeout=timedelta(milliseconds=150))
    result = await impatient.post(CHANNEL, message())
    assert (result.outcome, result.error) == (Outcome.UNKNOWN, "timeout")
    assert len(slack.messages(CHANNEL)) == (fault == "commit_hang")


async def test_no_connection_means_certainly_not_posted(slack: FakeSlack, sender: SlackSender):
    await slack.stop()
    result = await sender.post(CHANNEL, message())
    assert result.outcome is Outcome.WAIT
    assert result.retry_after > timedelta(0)


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
async def test_an_edit_that_cannot_be_made_is_never_a_new_message(slack: FakeSlack, sender: SlackSender, code: str):
    ts = (await sender.post(CHANNEL, message())).ts
    slack.fault("chat.update", code)
    assert (await sender.update(CHANNEL, ts, message())).outcome is Outcome.NOT_EDITABLE
    assert len(slack.called("chat.postMessage")) == 1


async def test_refusals_that_the_server_itself_makes(slack: FakeSlack, sender: SlackSender):
    slack.add_channel("C0ARCHIVED1", archived=True)
    empty_header = Message("x", ({"type": "header", "text": {"type": "plain_text", "text": ""}},))
    assert (await sender.post("C0NOWHERE01", message())).outcome is Outcome.CHANNEL_BLOCKED
    assert (await sender.post("C0OTHERS001", message())).error == "not_in_channel"
    assert (await sender.post("C0ARCHIVED1", message())).error == "is_archived"
    assert (await sender.post(CHANNEL, empty_header)).outcome is Outcome.BAD_MESSAGE
    assert (await sender.update(CHANNEL, "1.0", message())).outcome is Outcome.NOT_EDITABLE


async def test_pacing_by_the_server_is_a_wait(slack: FakeSlack, sender: SlackSender):
    slack.pace = 60.0
    assert (await sender.post(CHANNEL, message())).outcome is Outcome.SENT
    result = await sender.post(CHANNEL, message("k2"))
    assert (result.outcome, result.retry_after) == (Outcome.WAIT, timedelta(seconds=1))


async def test_delete_takes_a_message_back_once(slack: FakeSlack, sender: SlackSender):
    ts = (await sender.post(CHANNEL, message())).ts
    assert (await sender.delete(CHANNEL, ts)).outcome is Outcome.SENT
    assert (await sender.delete(CHANNEL, ts)).outcome is Outcome.NOT_EDITABLE
    assert slack.messages(CHANNEL) == []


# --- looking a lost post up ---------------------------------------------------------------------------------------------


async def test_a_lost_post_is_found_by_its_key(slack: FakeSlack, sender: SlackSender):
    slack.fault("chat.postMessage", "commit_reset")
    await sender.post(CHANNEL, message())
    found = await sender.look_up(CHANNEL, KEY, **around())
    assert (found.found, found.ts) == (Found.YES, slack.messages(CHANNEL)[0]["ts"])
    assert (await sender.look_up(CHANNEL, "another", **around())).found is Found.NO


async def test_a_lost_reply_is_looked_for_in_its_thread(slack: FakeSlack, sender: SlackSender):
    root = (await sender.post(CHANNEL, message("root"))).ts
    reply = (await sender.post(CHANNEL, message(), thread_ts=root)).ts
    assert (await sender.look_up(CHANNEL, KEY, **around())).found is Found.NO
    assert (await sender.look_up(CHANNEL, KEY, **around(), thread_ts=root)).ts == reply


async def test_in_a_thread_that_is_gone_nothing_is_left(slack: FakeSlack, sender: SlackSender):
    root = (await sender.post(CHANNEL, message("root"))).ts
    await sender.delete(CHANNEL, root)
    assert (await sender.look_up(CHANNEL, KEY, **around(), thread_ts=root)).found is Found.NO
    assert (await sender.post(CHANNEL, message(), thread_ts=root)).outcome is Outcome.NOT_EDITABLE


async def test_looking_up_pages_through_the_whole_stretch(slack: FakeSlack, sender: SlackSender):
    slack.page = 3
    wanted = (await sender.post(CHANNEL, message())).ts
    for number in range(10):
        await sender.post(CHANNEL, message(f"other{number}"))
    found = await sender.look_up(CHANNEL, KEY, **around())
    assert found.ts == wanted
    assert len(slack.called("conversations.history")) == 4


async def test_only_our_own_message_with_the_key_counts(slack: FakeSlack, sender: SlackSender):
    ts = (await sender.post(CHANNEL, message())).ts
    slack.messages(CHANNEL)[0]["bot_id"] = "B0SOMEBODY"
    assert (await sender.look_up(CHANNEL, KEY, **around())).found is Found.NO
    slack.messages(CHANNEL)[0] |= {"bot_id": BOT_ID, "metadata": {"event_type": "other", "event_payload": {"key": KEY}}}
    assert (await sender.look_up(CHANNEL, KEY, **around())).found is Found.NO
    slack.messages(CHANNEL)[0]["metadata"]["event_type"] = "policywatch"
    assert (await sender.look_up(CHANNEL, KEY, **around())).ts == ts


async def test_a_message_outside_the_stretch_is_not_found(slack: FakeSlack, sender: SlackSender):
    await sender.post(CHANNEL, message())
    long_ago = datetime.now(UTC) - timedelta(days=1)
    assert (await sender.look_up(CHANNEL, KEY, **around(long_ago))).found is Found.NO


@pytest.mark.parametrize("fault", ["ratelimited", "html_502", "missing_scope", "reset", "commit_cut_json"])
async def test_a_failed_scan_never_says_no(slack: FakeSlack, sender: SlackSender, fault: str):
    await sender.auth()
    slack.fault("conversations.history", fault, times=2)  # aiohttp asks again by itself after a reset: it is a GET
    result = await sender.look_up(CHANNEL, KEY, **around())
    assert result.found is Found.FAILED
    assert result.error


async def test_a_scan_that_fails_on_its_second_page_never_says_no(slack: FakeSlack, sender: SlackSender):
    slack.page = 1
    for number in range(3):
        await sender.post(CHANNEL, message(f"other{number}"))
    slack.fault("conversations.history", Fault(commit=True, body='{"ok": true, "messages": [], "has_more": true}'))
    assert (await sender.look_up(CHANNEL, KEY, **around())).found is Found.FAILED


async def test_a_channel_that_may_not_be_read_is_a_failed_look_up(sender: SlackSender):
    result = await sender.look_up("C0OTHERS001", KEY, **around())
    assert (result.found, result.error) == (Found.FAILED, "not_in_channel")


async def test_all_copies_are_found_for_the_sweep(slack: FakeSlack, sender: SlackSender):
    first = (await sender.post(CHANNEL, message())).ts
    second = (await sender.post(CHANNEL, message())).ts
    assert (await sender.copies(CHANNEL, KEY, **around())).ts == (first, second)
    assert (await sender.look_up(CHANNEL, KEY, **around())).ts == first


# --- who and where --------------------------------------------------------------------------------------------------------


async def test_auth_names_the_bot_its_scopes_and_links_messages(slack: FakeSlack, sender: SlackSender):
    identity = await sender.auth()
    assert identity.bot_id == BOT_ID
    assert "chat:write" in identity.scopes
    assert (
        identity.permalink(CHANNEL, "1591898640.000100")
        == f"https://fake.slack.example/archives/{CHANNEL}/p1591898640000100"
    )
    await sender.auth()
    assert len(slack.called("auth.test")) == 1


async def test_a_refused_token_is_an_error_that_does_not_tell_the_token(slack: FakeSlack):
    sender = SlackSender("xoxb-secret-and-wrong", base_url=slack.api_url)
    with pytest.raises(SlackError, match="refuses the bot token: invalid_auth") as caught:
        await sender.auth()
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    result = await sender.post(CHANNEL, message())
    assert result.outcome is Outcome.STOPPED


async def test_a_slack_that_does_not_answer_is_not_called_a_refusal(slack: FakeSlack, sender: SlackSender):
    slack.fault("auth.test", "html_502")
    with pytest.raises(SlackError, match="cannot be asked"):
        await sender.auth()
    assert (await sender.auth()).bot_id == BOT_ID, "a passing failure must not be remembered"


async def test_info_tells_membership(slack: FakeSlack, sender: SlackSender):
    slack.add_channel("C0PRIVATE01", private=True, member=False)
    assert (await sender.info(CHANNEL)).member
    assert not (await sender.info("C0OTHERS001")).member
    assert (await sender.info("C0PRIVATE01")).error == "channel_not_found"


async def test_a_missing_scope_names_what_is_needed(slack: FakeSlack, sender: SlackSender):
    body = {"ok": False, "error": "missing_scope", "needed": "channels:history", "provided": "chat:write"}
    slack.fault("chat.postMessage", Fault(body=json.dumps(body)))
    assert (await sender.post(CHANNEL, message())).error == "missing_scope: needs channels:history"


async def test_no_token_and_no_text_gets_into_the_log(slack: FakeSlack, sender: SlackSender, caplog):
    caplog.set_level(logging.DEBUG)
    slack.fault("chat.postMessage", "html_502")
    slack.fault("chat.postMessage", error_fault("invalid_blocks"))
    for _ in range(3):
        await sender.post(CHANNEL, message(text="a headline nobody should find in a log"))
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert slack.bot_token not in written
    assert "a headline nobody" not in written
