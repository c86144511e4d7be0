from __future__ import annotations

from bot.slack.answers import text_only
from bot.slack.respond import Responder
from tests.fakes.slack_server import FakeSlack


async def test_an_answer_reaches_the_person_and_can_be_taken_back(slack: FakeSlack):
    url = slack.response_url()
    responder = Responder()
    assert await responder.send(url, text_only("hello"))
    assert await responder.send(url, text_only("hello all"), share=True, replace=True)
    assert await responder.remove(url)
    bodies = [body for _, body in slack.responses]
    assert [body.get("response_type") for body in bodies] == ["ephemeral", "in_channel", None]
    assert bodies[1]["replace_original"]
    assert bodies[2] == {"delete_original": True}


async def test_a_sixth_answer_is_refused_and_that_is_no_exception(slack: FakeSlack, caplog):
    url = slack.response_url()
    assert [await Responder().send(url, text_only("x")) for _ in range(6)] == [True] * 5 + [False]
    assert "did not take an answer: 404" in caplog.text


async def test_no_address_a_strange_one_and_a_slack_that_is_gone_are_no_exception(slack: FakeSlack, caplog):
    for url in (None, "", "file:///etc/passwd", "javascript:1"):
        assert not await Responder().send(url, text_only("x"))
    url = slack.response_url()
    await slack.stop()
    assert not await Responder().send(url, text_only("x"))
    assert "did not reach Slack" in caplog.text
    assert url not in caplog.text
