"""What people see: the mock-ups as tests, and that nothing untrusted gets through."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.model import Delivery, DeliveryKind, DeliveryState, Message, Related, Stage
from bot.slack import blocks, pages, reports
from bot.slack.elements import visible
from bot.slack.limits import check
from bot.slack.ports import Shown
from bot.slack.render import render
from bot.slack.values import DigestDetail, DigestGroup, DigestLine, DigestView, Marks, NoticeView, Rendering, Telling
from tests.fakes.slack_rules import refuse_message
from tests.slack.conftest import NAMES, NOW, make_article, make_change, make_view

HERE = Rendering(names=NAMES, now=NOW)


def seen(message: Message) -> str:
    """All that a person reads in the blocks."""
    return "\n".join(visible(block) for block in message.blocks)


def of_type(value: Any, kind: str) -> list[dict]:
    if isinstance(value, dict):
        return ([value] if value.get("type") == kind else []) + [x for v in value.values() for x in of_type(v, kind)]
    if isinstance(value, list | tuple):
        return [x for v in value for x in of_type(v, kind)]
    return []


def fine(message: Message) -> Message:
    assert check(message) == []
    assert refuse_message({"text": message.text, "blocks": list(message.blocks)}) is None
    return message


def test_an_alert_reads_like_the_mock_up():
    message = fine(blocks.alert(make_view(), HERE))
    assert seen(message).split("\n") == [
        "Microsoft will not sell facial recognition to US police",
        "Until a national law · announced 11 Jun 2020 · United States",
        "“We will not sell facial-recognition technology to police departments until there is a national law.”  Microsoft statement",
        "Also  will revise how it reviews customers; asks Congress for rules",
        "Unclear  police outside the US",
        "Before  Amazon paused police use · IBM ended its offer",
        "1 source, no official page seen yet: Example Post, 18:04 UTC",
        "",
    ]
    assert message.text.split("\n")[0] == "Microsoft will not sell facial recognition to US police"
    assert "1 source, no official page seen yet: Example Post" in message.text


def test_its_buttons_are_read_not_relevant_and_a_menu():
    (row,) = of_type(list(blocks.alert(make_view(), HERE).blocks), "actions")
    read, not_relevant, menu = row["elements"]
    assert (read["text"]["text"], read["url"]) == ("Read source", "https://news.example/microsoft")
    assert (not_relevant["text"]["text"], not_relevant["value"]) == ("Not relevant", "s12")
    assert [option["text"]["text"] for option in menu["options"]] == [
        "Why",
        "Wrong story",
        "Mute here",
        "Follow",
        "I'll take it",
    ]
    assert [option["value"] for option in menu["options"]] == [
        "why:s12",
        "wrong:s12",
        "mute:s12",
        "follow:s12",
        "take:s12",
    ]


def test_links_lead_to_the_stories_before_and_times_are_shown_in_each_readers_zone():
    message = blocks.alert(make_view(), HERE)
    assert [link["url"] for link in of_type(list(message.blocks), "link")] == [
        "https://news.example/amazon",
        "https://news.example/ibm",
        "https://news.example/microsoft",
    ]
    (date,) = of_type(list(message.blocks), "date")
    assert (date["timestamp"], date["fallback"]) == (int(NOW.timestamp()), "18:04 UTC")


def test_with_many_sources_only_the_coverage_line_differs():
    one = blocks.alert(make_view(), HERE)
    best, first = make_article(source_name="Official Blog", article_id=2), make_article(source_name="Wire")
    many = fine(blocks.alert(make_view(story={"source_count": 42}, best=best, first=first), HERE))
    assert [b.get("block_id") for b, c in zip(one.blocks, many.blocks, strict=True) if b != c] == ["coverage"]
    assert "42 sources · best: Official Blog · first: Wire 18:04 UTC · coverage in thread" in seen(many)


def test_an_outlet_that_is_both_best_and_first_is_named_once():
    view = make_view(story={"source_count": 12})
    assert blocks.coverage_line(view) == "12 sources · best and first: Example Post 18:04 UTC · coverage in thread"


def test_an_official_page_is_called_official():
    assert "1 source, official: Example Post" in seen(blocks.alert(make_view(official=1, others=0), HERE))


def test_coverage_in_the_thread():
    view = make_view(story={"source_count": 42}, official=0, wire=3, others=39)
    message = fine(blocks.coverage_reply(view, [make_article(article_id=n, title=f"Title {n}") for n in range(30)]))
    assert seen(message).startswith("Coverage (42): official 0 · wire 3 · others 39")
    assert message.text == "Coverage (42): official 0 · wire 3 · others 39"
    assert "and 32 more sources" in seen(message)


def test_a_stage_message_says_the_move_and_links_the_earlier_one():
    earlier = Related(
        "s12",
        "Boston: ban proposed",
        NOW - timedelta(days=20),
        "https://fake.slack.example/archives/C1/p1",
        Stage.PROPOSED,
    )
    view = make_view(
        make_change(line="Boston bans city use of face surveillance", decided=None, stage=Stage.PASSED),
        story={"stage": Stage.PASSED, "last_at": NOW + timedelta(days=13)},
        previous=earlier,
    )
    message = fine(blocks.alert(view, HERE))
    assert message.text.split("\n")[0] == "Boston bans city use of face surveillance: proposed → passed"
    assert "Earlier  Boston: ban proposed (proposed, 22 May 2020)" in seen(message)
    assert of_type(list(message.blocks), "link")[0]["url"] == earlier.url


def test_the_date_beside_a_stage_is_of_that_stage():
    view = make_view(story={"stage": Stage.PASSED, "last_at": NOW + timedelta(days=13)})
    assert "passed 24 Jun 2020" in blocks.facts_line(view, NAMES)


def test_an_old_message_keeps_its_stage_and_says_where_the_matter_went():
    moved = make_view(
        make_change(line="Boston bans city use", decided=None),
        story={"stage": Stage.PASSED},
        previous=Related("s12", "Boston: ban proposed", NOW, stage=Stage.PROPOSED),
    )
    old = fine(blocks.alert(moved, HERE, transition="new"))
    assert old.text.split("\n")[0] == "Boston bans city use"
    assert "proposed 11 Jun 2020" in seen(old)
    assert "Now passed" in seen(old)
    assert "Earlier" not in seen(old)
    newer = blocks.alert(moved, HERE, transition="stage:passed")
    assert newer.text.startswith("Boston bans city use: proposed → passed")
    in_force = replace(moved, story=replace(moved.story, stage=Stage.IN_FORCE))
    assert "Now in force" in seen(blocks.alert(in_force, HERE, transition="stage:passed"))


def test_the_first_of_three_messages_keeps_its_own_stage_and_day():
    latest = make_view(
        make_change(line="Boston bans city use", decided=None),
        story={"stage": Stage.IN_FORCE, "stage_at": NOW + timedelta(days=90), "last_at": NOW + timedelta(days=90)},
        previous=Related("s12", "Boston: ban passed", NOW + timedelta(days=13), stage=Stage.PASSED),
    )
    first = seen(blocks.alert(latest, replace(HERE, step=(Stage.PROPOSED, NOW)), transition="new"))
    assert "proposed 11 Jun 2020" in first
    assert "Now in force" in first


def test_without_a_thread_the_message_does_not_point_to_one():
    view = make_view(story={"source_count": 3})
    assert "in thread" not in seen(blocks.alert(view, HERE, telling=Telling(threaded=False)))


def test_what_people_did_shows_on_the_message():
    marks = Marks(
        taken_by="U0ANNA",
        corrected="it is one year, not forever",
        forward=Related("s20", "Law passed", NOW, stage=Stage.PASSED),
    )
    message = fine(
        blocks.alert(
            make_view(),
            replace(HERE, marks=marks),
            telling=Telling(late=timedelta(hours=3), unstated=("place",), threaded=False),
        )
    )
    assert message.text.startswith("CORRECTED: Microsoft will not sell")
    for line in (
        "Corrected  it is one year, not forever",
        "Now passed  Law passed",
        "@U0ANNA takes it",
        "Told 3 h after",
        "States no place",
    ):
        assert line in seen(message)


def test_a_dismissed_message_collapses_names_who_and_can_be_undone():
    message = fine(blocks.alert(make_view(), replace(HERE, marks=Marks(dismissed_by="U0ANNA"))))
    assert len(message.blocks) == 2
    assert "Not a policy change, says @U0ANNA" in seen(message)
    assert of_type(list(message.blocks), "button")[0]["action_id"] == blocks.UNDO
    assert of_type(list(message.blocks), "rich_text"), "Slack refuses to replace rich text by another kind"


def test_a_merged_message_points_to_its_story():
    message = fine(
        blocks.alert(
            make_view(), replace(HERE, marks=Marks(merged_into=Related("s3", "The one", NOW, "https://x.example/3")))
        )
    )
    assert "Part of another story: The one" in seen(message)


HOSTILE = "<!channel> <!here> @here @everyone <@U1> <https://evil.example|Microsoft> *b* _i_ ~s~ `c` &amp; :smile: [red]\x1b[31m\u202egnp"


def test_markup_in_feed_text_stays_text():
    view = make_view(
        make_change(line=HOSTILE, quote=HOSTILE, speaker=HOSTILE, condition=HOSTILE),
        also=(HOSTILE,),
        unclear=(HOSTILE,),
        before=(Related("s1", HOSTILE, NOW, "javascript:alert(1)"),),
        best=make_article(source_name=HOSTILE, url="https://ok.example/"),
    )
    message = fine(blocks.alert(view, HERE))
    dumped = json.dumps(message.blocks)
    assert "mrkdwn" not in dumped
    assert "broadcast" not in dumped
    assert "javascript" not in dumped
    assert not of_type(list(message.blocks), "user")
    assert all(not text["emoji"] for text in of_type(list(message.blocks), "plain_text"))
    assert "<!" not in message.text
    assert "<@" not in message.text
    assert "&lt;!channel&gt;" in message.text
    assert not any(char in dumped + message.text for char in ("\x1b", "\u202e", "\\u001b", "\\u202e"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://u:p@evil.example/",
        "http://",
        "https://a b",
        "https://x|y",
        "HTTPS://" + "x" * 3000,
        "",
        None,
        "//x.example",
        "https://[::1",
        "https://x.example:99999/",
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None):
    message = fine(blocks.alert(make_view(best=make_article(url=url), first=make_article(url=url), before=()), HERE))
    assert not of_type(list(message.blocks), "link")
    assert [button["text"]["text"] for button in of_type(list(message.blocks), "button")] == ["Not relevant"]


def test_a_very_long_quotation_keeps_the_message_short():
    view = make_view(make_change(quote="Facial recognition words " * 400))
    message = fine(blocks.alert(view, HERE))
    (quote,) = of_type(list(message.blocks), "rich_text_quote")
    shown = visible(quote)
    assert len(shown) < 360
    assert "…”" in shown
    assert "recogniti…" not in shown, "cut within a word"


def test_places_are_names():
    view = make_view(make_change(jurisdictions=("US-CA/San Francisco", "US-WA", "EU", "BR")))
    assert blocks.facts_line(view, NAMES).endswith(
        "San Francisco, California, US-WA (United States), European Union +1"
    )
    assert blocks.facts_line(make_view(make_change(jurisdictions=())), NAMES).endswith("place not stated")


def test_a_catch_up_is_one_message_that_says_so():
    members = [make_view(story={"id": n}) for n in range(1, 18)]
    message = fine(blocks.catch_up(members, HERE))
    assert message.text.startswith("Catching up: 17 policy changes")
    assert "and 7 more: /policywatch recent 17" in seen(message)
    assert "17 more in one message: over 12 alerts in an hour" in blocks.catch_up(members, HERE, per_hour=12).text


def test_a_mute_is_told_in_words_that_fit():
    for muted, says in (
        ("", "on this"),
        ("of this kind (ban)", "of this kind (ban)"),
        ("from California", "from California"),
    ):
        marks = Marks(muted_by="U0ANNA0001", muted=muted)
        message = blocks.alert(make_view(), replace(HERE, marks=marks))
        assert f" wants no more {says} in this channel" in seen(message)


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("It is unclear whether police outside the US are covered.", "whether police outside the US are covered"),
        ("It was not immediately clear, how long it lasts.", "how long it lasts"),
        ("Unklar ist noch, ob es für die Polizei gilt.", "ob es für die Polizei gilt"),
        ("police outside the US", "police outside the US"),
        ("It is unclear.", "It is unclear"),
    ],
)
def test_an_open_question_is_told_without_the_words_of_its_label(sentence: str, shown: str):
    assert f"Unclear  {shown}\n" in seen(blocks.alert(make_view(unclear=(sentence,)), HERE))


def test_what_is_curated_is_not_called_a_source():
    view = make_view(story={"curated": True}, best=None, first=None)
    page = pages.story(Shown(view), HERE)
    assert "curated, not observed" in seen(page)
    assert "Coverage" not in seen(page)


def test_the_first_word_says_when_nothing_is_sent_there():
    said = blocks.welcome(61, 4, sends=False).text
    assert said.endswith("Nothing is sent here yet. To hear of every change: /policywatch subscribe")


def test_the_welcome_line():
    assert blocks.welcome(61, 4).text == "Watching 61 sources; 4 changes in the last 30 days, not alerted."
    assert "1 source;" in blocks.welcome(1, 0).text


def test_a_digest_reads_like_the_mock_up():
    view = DigestView(
        "Facial recognition, 8–14 June: 3 new, 1 moved, 1 deadline",
        (
            DigestGroup("NEW", (DigestLine("Microsoft halts sale to US police", "https://x.example/1", "s12"),)),
            DigestGroup("MOVED", (DigestLine("Boston ban", "https://x.example/2", "proposed → passed"),)),
            DigestGroup("AHEAD", (DigestLine("consultation closes (example regulator)", None, day="30 Jun"),)),
        ),
        (DigestLine("less"), DigestLine("certain")),
        "61 sources, 2 broken since Tuesday: A, B",
        "policy-team:2020-W24",
    )
    message = fine(reports.digest(view))
    assert seen(message).split("\n")[:9] == [
        "Facial recognition, 8–14 June: 3 new, 1 moved, 1 deadline",
        "NEW",
        "Microsoft halts sale to US police  s12",
        "MOVED",
        "Boston ban  proposed → passed",
        "AHEAD",
        "30 Jun  consultation closes (example regulator)",
        "MAYBE  2 less certain, in thread",
        "61 sources, 2 broken since Tuesday: A, B",
    ]
    assert of_type(list(message.blocks), "button")[0]["value"] == "policy-team:2020-W24"
    assert "[Boston ban](<https://x.example/2>) (proposed → passed)" in reports.digest_markdown(view)
    assert "\\[x\\](javascript" in reports.digest_markdown(
        DigestView("t", (DigestGroup("NEW", (DigestLine("[x](javascript:1)"),)),))
    )


def test_a_digest_of_places_shows_their_names_and_one_without_a_thread_points_to_none():
    groups = (
        DigestGroup("", tuple(DigestLine(f"Change {n}") for n in range(14)), place="US"),
        DigestGroup("", (DigestLine("x"),), place=""),
    )
    view = DigestView("t", groups, (DigestLine("y"),))
    assert [line for line in seen(fine(reports.digest(view, NAMES))).split("\n") if not line.startswith("Change")] == [
        "t", "United States", "and 2 more, in thread", "No place stated", "x", "MAYBE  1 less certain, in thread",
    ]  # fmt: skip
    assert "in thread" not in seen(fine(reports.digest(replace(view, threaded=False), NAMES)))
    assert "**United States**" in reports.digest_markdown(view, NAMES)


def test_a_digest_without_news_is_one_line():
    message = fine(
        reports.digest(DigestView("Facial recognition, 11 June: nothing new", sources_line="61 sources, all well"))
    )
    assert [block["type"] for block in message.blocks] == ["rich_text"]
    assert seen(message) == "Facial recognition, 11 June: nothing new. 61 sources, all well"


def test_the_thread_of_a_digest_tells_each_story_in_detail():
    payload = {
        "of": "digest", "title": "Facial recognition, 8–14 June: 1 new",
        "details": [
            {
                "line": "Microsoft halts sale to US police", "url": "https://x.example/1", "sources": 42, "ref": "s12",
                "terms": ["until a national law", ""], "stage": "announced", "on": "2020-06-11", "places": ["US"],
                "quote": "“We do not sell it.”", "speaker": "Microsoft statement",
            },
            {"line": "A columnist's guess", "maybe": True, "ref": "s13"},
        ],
    }  # fmt: skip
    message = fine(render(make_delivery(DeliveryKind.REPLY, payload=payload), None, HERE))
    assert seen(message).split("\n") == [
        "Microsoft halts sale to US police  s12",
        "Until a national law · announced 11 Jun 2020 · United States · 42 sources",
        "“We do not sell it.”  Microsoft statement",
        "A columnist's guess  s13  less certain",
        "place not stated",
    ]


def test_a_digest_of_three_hundred_lines_still_fits():
    lines = tuple(
        DigestLine(f"Change number {n} " + "word " * 30, f"https://x.example/{'p' * 300}/{n}") for n in range(300)
    )
    view = DigestView("Many", tuple(DigestGroup(f"G{n}", lines) for n in range(6)), lines)
    fine(reports.digest(view))
    details = tuple(DigestDetail(line, "s1", quote="word " * 2_000, places=("US",) * 40) for line in lines[:8])
    fine(reports.digest_thread(DigestView("Many", details=details)))


def test_a_notice_reads_like_the_mock_up():
    view = NoticeView(
        "Example Post: failing since Tue 09:10 (6 polls). HTTP 404; the site now advertises https://example.org/rss",
        ("Last entry Mon 16:20; later items may be missed.",),
        "url at config/sources.yaml:41",
        "policywatch sources test https://example.org/rss",
        "example-post",
        "Next message: on recovery.",
    )
    message = fine(reports.notice(view))
    assert "Fix: url at config/sources.yaml:41     Test: policywatch sources test https://example.org/rss" in seen(
        message
    )
    assert of_type(list(message.blocks), "button")[0]["value"] == "example-post"
    assert message.text.endswith("Next message: on recovery.")


def make_delivery(kind: DeliveryKind, **changes) -> Delivery:
    fields = {
        "id": 7,
        "kind": kind,
        "channel": "C0POLICY001",
        "route": "policy-team",
        "dedupe_key": "k",
        "state": DeliveryState.SENDING,
        "created_at": NOW,
        "send_key": "d7.1",
    }
    return Delivery(**(fields | changes))


def test_a_post_carries_the_key_by_which_it_is_found_again():
    message = render(make_delivery(DeliveryKind.POST, story_id=12), make_view(), HERE)
    assert message.metadata == {"event_type": "policywatch", "event_payload": {"key": "d7.1", "story": "s12"}}
    assert render(make_delivery(DeliveryKind.EDIT), make_view(), HERE).metadata == {}


def test_a_plain_delivery_has_text_only():
    message = render(make_delivery(DeliveryKind.POST, plain=True), make_view(), HERE)
    assert message.blocks == ()
    assert message.text.startswith("Microsoft will not sell")
    assert message.metadata


@pytest.mark.parametrize("kind", list(DeliveryKind))
@pytest.mark.parametrize(
    "payload", [{}, {"text": None, "groups": 3, "lines": "x", "marks": [], "late_seconds": "no", "sources": "y"}]
)
def test_every_kind_renders_whatever_its_payload_is(kind: DeliveryKind, payload: dict):
    fine(render(make_delivery(kind, payload=payload), make_view(), HERE))


def test_marks_come_with_the_payload():
    payload = {
        "marks": {
            "taken_by": "U0ANNA",
            "forward": {"line": "Passed", "stage": "passed", "at": "2020-06-24", "ref": "s20"},
        },
        "late_seconds": 7_200,
    }
    text = seen(render(make_delivery(DeliveryKind.EDIT, payload=payload), make_view(), HERE))
    assert "@U0ANNA takes it" in text
    assert "Now passed  Passed" in text
    assert "Told 2 h after it was published" in text


def test_a_post_without_its_story_is_a_defect():
    with pytest.raises(ValueError, match="needs its story"):
        render(make_delivery(DeliveryKind.POST), None, HERE)
