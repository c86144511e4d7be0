from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.slack.verify import Verifier, sign
from tests.fakes.slack_requests import SECRET, signed

BODY = b"command=%2Fpolicywatch&text=recent"


def verifier(now: datetime | None = None) -> Verifier:
    return Verifier(SECRET, lambda *_: True, lambda: now or datetime.now(UTC))


def test_what_slack_signs_is_accepted_and_the_sdk_agrees():
    headers = signed(BODY)
    assert verifier().problem(headers, BODY) is None
    assert SignatureVerifier(SECRET).is_valid_request(BODY, headers)
    assert sign(SECRET, headers["X-Slack-Request-Timestamp"], BODY) == headers["X-Slack-Signature"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"X-Slack-Request-Timestamp": "soon"}, "no timestamp"),
        ({"X-Slack-Request-Timestamp": ""}, "no timestamp"),
        ({"X-Slack-Request-Timestamp": "-5"}, "no timestamp"),
        ({"X-Slack-Request-Timestamp": "١٢٣"}, "no timestamp"),
        ({"X-Slack-Request-Timestamp": "9" * 400}, "no timestamp"),
        ({"X-Slack-Request-Timestamp": "1"}, "stale timestamp"),
        ({"X-Slack-Signature": ""}, "no signature"),
        ({"X-Slack-Signature": "v0=ünïcode"}, "no signature"),
        ({"X-Slack-Signature": "v0=" + "0" * 64}, "wrong signature"),
        ({"X-Slack-Signature": "v1=" + "0" * 64}, "no signature"),
    ],
)
def test_anything_else_is_refused_with_a_word(change: dict[str, str], says: str):
    assert verifier().problem(signed(BODY) | change, BODY) == says


def test_a_changed_body_another_secret_and_a_missing_header_are_refused():
    assert verifier().problem(signed(BODY), BODY + b"x") == "wrong signature"
    assert verifier().problem(signed(BODY, secret="other"), BODY) == "wrong signature"
    assert verifier().problem({}, BODY) == "no timestamp"


@pytest.mark.parametrize("seconds", [-301, 301])
def test_the_window_is_five_minutes_either_way(seconds: int):
    now = time.time()
    at_edge = signed(BODY, at=now + (299 if seconds > 0 else -299))
    beyond = signed(BODY, at=now + seconds + (1 if seconds > 0 else -1))
    moment = datetime.fromtimestamp(now, UTC)
    assert verifier(moment).problem(at_edge, BODY) is None
    assert verifier(moment).problem(beyond, BODY) == "stale timestamp"


def test_a_body_that_is_no_text_is_refused_even_when_signed():
    assert verifier().problem(signed(b"\xff\xfe"), b"\xff\xfe") == "body is not UTF-8"


@given(st.dictionaries(st.sampled_from(["X-Slack-Signature", "X-Slack-Request-Timestamp"]), st.text()), st.binary())
def test_junk_never_raises(headers: dict[str, str], body: bytes):
    assert verifier().problem(headers, body) is not None


async def test_a_signature_is_good_once_and_junk_does_not_use_it_up():
    used: set[str] = set()

    def use(signature: str, now: datetime) -> bool:
        assert now - datetime.now(UTC) < timedelta(seconds=1)
        fresh = signature not in used
        used.add(signature)
        return fresh

    once = Verifier(SECRET, use, lambda: datetime.now(UTC))
    headers = signed(BODY)
    assert await once.refuse(headers, b"changed") == "wrong signature"
    assert used == set()
    assert await once.refuse(headers, BODY) is None
    assert await once.refuse(headers, BODY) == "replayed"


def test_the_secret_is_not_shown():
    assert SECRET not in repr(verifier())
