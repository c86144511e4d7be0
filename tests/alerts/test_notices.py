"""What operators are told, and when not again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import notices
from bot.alerts.folding import plan
from bot.alerts.settings import DeliverySettings
from bot.errors import Problem
from bot.model import Delivery, DeliveryKind, DeliveryState, FailureKind, Health, NewDelivery, Source, SourceState

SINCE = datetime(2020, 6, 9, 9, 10, tzinfo=UTC)
NOW = SINCE + timedelta(hours=2)
SOURCE = Source("ms", "Microsoft On the Issues", "https://example.org/feed", where="config/sources.yaml:41")


def state(health: Health, **more: object) -> SourceState:
    values = {"polls_failed": 6, "last_error": "HTTP 404", "last_entry_at": SINCE - timedelta(hours=17)} | more
    return SourceState("ms", SOURCE.url, SINCE - timedelta(days=30), health=health, health_since=SINCE, **values)


def delivery(number: int = 7, **more: object) -> Delivery:
    values = {"kind": DeliveryKind.POST, "channel": "C1", "story_id": 12, "state": DeliveryState.SENDING} | more
    return Delivery(id=number, route="policy", dedupe_key="k", created_at=NOW, **values)


def test_a_failing_source_is_told_with_what_to_mend():
    (notice,) = notices.source_changed(
        SOURCE, state(Health.FAILING), NOW, ["C9"], of=61, advertised="https://example.org/rss"
    )
    assert notice.payload["headline"] == (
        "Microsoft On the Issues: failing since Tue 9 Jun 09:10 UTC (6 polls). HTTP 404; the site now advertises https://example.org/rss"
    )
    assert notice.payload["lines"] == ["Last entry Mon 8 Jun 16:10 UTC; later items may be missed."]
    assert notice.payload["fix"] == "url at config/sources.yaml:41"
    assert notice.payload["test"] == "policywatch sources test https://example.org/rss"
    assert notice.payload["mute"] == "ms"
    assert notice.payload["footer"] == "Next message: on recovery."


def test_each_state_is_told_once_in_each_operators_channel():
    def keys(health: Health, channels: list[str]) -> list[str]:
        return [one.dedupe_key for one in notices.source_changed(SOURCE, state(health), NOW, channels)]

    assert keys(Health.FAILING, ["C8", "C9", "C9"]) == [
        "notice:ms:failing:2020-06-09T09:10:00+00:00:C8",
        "notice:ms:failing:2020-06-09T09:10:00+00:00:C9",
    ]
    assert len({*keys(Health.FAILING, ["C9"]), *keys(Health.SILENT, ["C9"]), *keys(Health.OK, ["C9"])}) == 3


def test_silence_and_recovery_have_their_own_words():
    (silent,) = notices.source_changed(SOURCE, state(Health.SILENT, polls_failed=0), NOW, ["C9"])
    assert silent.payload["headline"] == "Microsoft On the Issues: unusually silent since Tue 9 Jun 09:10 UTC."
    (well,) = notices.source_changed(SOURCE, state(Health.OK), NOW, ["C9"])
    assert well.payload["headline"] == "Microsoft On the Issues: works again since Tue 9 Jun 09:10 UTC."
    assert "fix" not in well.payload


def test_a_refused_config_is_told_with_every_line():
    problems = [Problem("config/sources.yaml", line, 'kind "fed" is unknown; write "feed"') for line in range(1, 10)]
    (notice,) = notices.refused_config(problems, SINCE, "abc", NOW, ["C9"])
    assert (
        notice.payload["headline"]
        == "Config refused: 9 errors. Nothing changed; the config of Tue 9 Jun 09:10 UTC stays in force."
    )
    assert notice.payload["lines"][0] == 'config/sources.yaml:1: kind "fed" is unknown; write "feed"'
    assert notice.payload["lines"][-1] == "and 3 more"


def test_no_notice_about_a_notice_and_none_to_the_blocked_channel_itself():
    assert notices.dead(delivery(kind=DeliveryKind.NOTICE), "invalid_blocks", ["C9"]) == ()
    assert notices.dead(delivery(kind=DeliveryKind.EDIT, parent_kind=DeliveryKind.NOTICE), "x", ["C9"]) == ()
    (dead,) = notices.dead(delivery(), "invalid_blocks", ["C9"])
    assert "s12" in dead.payload["lines"][0]
    assert [one.channel for one in notices.blocked(delivery(channel="C9"), "is_archived", NOW, ["C8", "C9"])] == ["C8"]
    (blocked,) = notices.blocked(delivery(), "not_in_channel", NOW, ["C9"])
    assert "/invite" in blocked.payload["lines"][0]


def test_many_at_once_are_worded_from_their_members():
    def payload(count: int, of: int, health: str = "trouble") -> dict[str, object]:
        return {"members": [{"source": f"s{n}", "name": f"S{n}"} for n in range(count)], "of": of, "health": health}

    assert notices.worded(payload(58, 61))["headline"] == "58 of 61 sources failing, probably our own network"
    assert notices.worded(payload(7, 61))["headline"] == "7 of 61 sources failing"
    assert notices.worded(payload(7, 61, "ok"))["headline"] == "7 of 61 sources work again"
    assert notices.worded(payload(58, 61))["lines"][0].endswith("and 46 more")
    assert notices.worded({"headline": "x"}) == {"headline": "x"}


@pytest.mark.parametrize(
    ("health", "failed", "says"),
    [
        (Health.FAILING, FailureKind.CONNECT, "30 of 40 sources failing, probably our own network"),
        (Health.FAILING, FailureKind.HTTP, "30 of 40 sources failing"),
        (Health.LATE, None, "30 of 40 sources late, the worker was probably stopped"),
        (Health.SILENT, None, "30 of 40 sources unusually silent"),
    ],
)
def test_many_in_trouble_at_once_say_what_they_share(health: Health, failed: FailureKind | None, says: str):
    told = [
        delivery(number, kind=DeliveryKind.NOTICE, state=DeliveryState.PENDING, payload=one.payload)
        for number in range(30)
        for one in notices.source_changed(
            replace(SOURCE, id=f"s{number}"), state(health), NOW, ["C1"], of=40, failed=failed
        )
    ]
    ((members, into),) = ((one.members, one.into) for one in plan("C1", told, [], NOW, DeliverySettings()).folds)
    assert isinstance(into, NewDelivery)
    assert notices.worded({**into.payload, "members": list(members.values())})["headline"] == says


def test_trouble_of_several_kinds_has_no_word_of_its_own():
    members = [{"source": "a", "health": "silent"}, {"source": "b", "health": "gone", "answered": True}]
    assert notices.worded({"members": members, "of": 9})["headline"] == "2 of 9 sources not well"


def test_each_channel_is_welcomed_once():
    (one, two) = notices.welcome(["C1", "C2", "C1"], 61, 4)
    assert one.payload["text"] == "Watching 61 sources; 4 changes in the last 30 days, not alerted."
    assert (one.dedupe_key, two.dedupe_key) == ("welcome:C1", "welcome:C2")
    assert (
        notices.welcome(["C1"], 1, 1)[0].payload["text"]
        == "Watching 1 source; 1 change in the last 30 days, not alerted."
    )


def test_a_key_in_an_address_is_told_to_no_channel():
    keyed = replace(SOURCE, url="https://joe:hush@example.org/feed?api_key=s3cr3t&q=1")
    (notice,) = notices.source_changed(keyed, state(Health.FAILING)._replace(url=keyed.url), NOW, ["C1"])
    assert notice.payload["test"] == "policywatch sources test ms"
    assert "s3cr3t" not in str(notice)
    assert "hush" not in str(notice)


def test_a_source_that_works_again_without_news_is_told_as_both():
    (notice,) = notices.source_changed(SOURCE, state(Health.SILENT), NOW, ["C1"], before=Health.FAILING)
    assert notice.payload["headline"] == (
        "Microsoft On the Issues: works again since Tue 9 Jun 09:10 UTC, but is unusually silent."
    )
