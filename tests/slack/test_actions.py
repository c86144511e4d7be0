"""Clicks, menus, modals, the shortcut and the Home tab, as signed requests over real HTTP."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.errors import UsageError
from bot.model import Reason, Span
from bot.slack import blocks, modals, reports
from bot.slack.elements import visible
from bot.slack.ports import Ledger, Muted, StoryRow, Told, Why
from bot.slack.values import Marks
from tests.fakes.slack_desk import troubled_source
from tests.fakes.slack_requests import button, chosen, click, submission
from tests.slack.conftest import NOW, make_article, make_view
from tests.slack.site import Site, clicked, opened, picked, shown_text, typed, until

RADIO = {"type": "radio_buttons"}


@pytest.fixture(autouse=True)
def story(site: Site) -> None:
    second = make_article(article_id=2, title="Another outlet", source_name="Wire")
    site.queries.views["s12"] = make_view(best=second)


async def test_ill_take_it_is_noted_once_and_named(site: Site):
    first = await clicked(site, chosen(blocks.MORE, "take:s12"))
    again = await clicked(site, chosen(blocks.MORE, "take:s12"))
    other = await clicked(site, chosen(blocks.MORE, "take:s12"), user="U0BORIS001")
    assert (first["text"], again["text"]) == ("You take s12.", "You take s12.")
    assert first["response_type"] == "ephemeral"
    assert not first["replace_original"]
    assert other["text"].startswith("Somebody else has")
    assert site.commands.marks["s12"] == Marks(taken_by="U0ANNA0001")
    assert site.commands.changes == 1


async def test_who_took_a_story_gives_it_back_from_the_answer(site: Site):
    taken = await clicked(site, chosen(blocks.MORE, "take:s12"))
    (give,) = next(block for block in taken["blocks"] if block["type"] == "actions")["elements"]
    assert give["text"]["text"] == "Give it back"
    given = await clicked(site, give)
    assert (given["text"], given["replace_original"]) == ("You do not take s12.", True)
    assert site.commands.marks["s12"] == Marks()
    await clicked(site, chosen(blocks.MORE, "take:s12"), user="U0BORIS001")
    refused = await clicked(site, chosen(blocks.MORE, "take:s12"))
    assert "Give it back" not in shown_text(refused), "it is another's"


async def test_follow_and_mute_here(site: Site):
    assert (await clicked(site, chosen(blocks.MORE, "follow:s12")))["text"] == "You follow s12."
    assert site.commands.done == [("follow", ("s12", "D0ANNA0001"), "U0ANNA0001")], "told in the direct conversation"
    site.slack.fault("conversations.open", "missing_scope")
    assert "im:write" in (await clicked(site, chosen(blocks.MORE, "follow:s12")))["text"]
    await clicked(site, chosen(blocks.MORE, "mute:s12"))
    assert site.commands.done[-1] == ("mute_here", ("s12", "story", "C0POLICY001"), "U0ANNA0001")


def undo_of(told: dict) -> dict:
    """The button below an answer that undoes what it says."""
    (row,) = (block for block in told["blocks"] if block["type"] == "actions")
    (found,) = row["elements"]
    assert found["text"]["text"] == "Undo"
    return found


async def test_a_mute_is_undone_from_its_answer_which_then_says_so(site: Site):
    told = await clicked(site, chosen(blocks.MORE, "mute:s12"))
    assert site.commands.labels
    for _ in range(2):
        undone = await clicked(site, undo_of(told), channel="C0ELSEWHERE")
        assert undone["replace_original"], "the button is gone"
        assert [block["type"] for block in undone["blocks"]] == ["rich_text"]
        assert site.commands.done[-1] == ("unmute_here", ("s12", "C0POLICY001"), "U0ANNA0001"), "where it was muted"
        assert not site.commands.labels
    site.queries.allowed = set()
    assert "Only people listed" in (await clicked(site, undo_of(told)))["text"]


async def test_a_mute_by_a_modal_is_undone_in_the_modal(site: Site):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    answer = await site.interact(submission(view, picked("what", "actor")))
    await site.interact(click(undo_of(answer["view"]), view=view))
    await until(lambda: site.slack.views[-1][0] == "update")
    assert "hears more" in shown_text(site.slack.views[-1][1]["view"])
    assert site.commands.done[-1][0] == "unmute_here"


async def test_what_is_muted_here_is_listed_with_a_way_back(site: Site):
    assert "Nothing is muted in this channel" in (await site.type("muted"))["text"]
    site.queries.mutes = [
        Muted("C0POLICY001", f"actor:Company {number}", f"on Company {number}", "U0ANNA0001", NOW)
        for number in range(12)
    ] + [Muted("C0ELSEWHERE", "place:US", "from United States", "U0ANNA0001", NOW)]
    listed = await site.type("muted")
    assert "Muted in this channel (12)" in listed["text"]
    assert "nothing more on Company 0" in listed["text"]
    assert "United States" not in listed["text"]
    (row,) = (block for block in listed["blocks"] if block["type"] == "actions")
    assert len(row["elements"]) == 10
    await clicked(site, row["elements"][3])
    assert site.commands.done[-1] == ("unmute_here", ("actor:Company 3", "C0POLICY001"), "U0ANNA0001")


async def test_why_shows_the_sentence_and_the_reasons(site: Site):
    reasons = (Reason("action", "“will not sell” is a halt", Span("text", 0, 4, "will"), "actions:refuse_sale"),)
    site.queries.views["s12"] = replace(make_view(), reasons=reasons)
    told = await clicked(site, chosen(blocks.MORE, "why:s12"))
    assert "We will not sell facial-recognition technology" in told["text"]
    assert "actions:refuse_sale" in json.dumps(told["blocks"])
    assert "#C0POLICY001  told as new (route policy-team)" in "".join(map(visible, told["blocks"])), "by which route"


async def test_not_relevant_asks_whether_everywhere_or_here_and_offers_filters(site: Site):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    values = [
        option["value"]
        for block in view["blocks"]
        if block.get("block_id") == "what"
        for option in block["element"]["options"]
    ]
    assert values == ["not_a_change", "story", "actor", "action", "place"]
    assert "Not for this channel: United States" in shown_text(view)
    assert site.commands.done == [], "nothing happens before it is saved"


async def test_not_a_policy_change_collapses_stores_one_label_and_can_be_undone(site: Site):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    for _ in range(2):
        answer = await site.interact(submission(view, picked("what", "not_a_change") | typed("reason", "an opinion")))
        assert answer["response_action"] == "update"
        assert "marked as no policy change everywhere" in shown_text(answer["view"])
    assert site.commands.done[0] == ("dismiss", ("s12", "an opinion"), "U0ANNA0001")
    assert site.commands.labels == {("s12", "not_a_change", "")}
    assert site.commands.changes == 1
    await clicked(site, button(blocks.UNDO, "s12"))
    assert site.commands.labels == set()
    assert site.commands.marks["s12"].dismissed_by is None


async def test_not_for_this_channel_becomes_a_filter_of_the_channel_of_the_click(site: Site):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    await site.interact(submission(view, picked("what", "actor")))
    assert site.commands.done == [("mute_here", ("s12", "actor", "C0POLICY001"), "U0ANNA0001")]


@pytest.mark.parametrize(
    ("values", "done"),
    [
        (picked("how", "merge") | typed("into", "S9"), ("merge", ("s12", "s9"), "U0ANNA0001")),
        (picked("how", "merge") | picked("other", "s7"), ("merge", ("s12", "s7"), "U0ANNA0001")),
        (
            picked("how", "correct") | typed("text", "It is for\n one year."),
            ("correct", ("s12", "It is for one year."), "U0ANNA0001"),
        ),
        (
            picked("how", "split") | {"article": {"article": {"selected_option": {"value": "2"}}}},
            ("split", ("s12", 2), "U0ANNA0001"),
        ),
    ],
)
async def test_wrong_story_merges_splits_or_corrects(site: Site, values: dict, done: tuple):
    view = await opened(site, chosen(blocks.MORE, "wrong:s12"))
    answer = await site.interact(submission(view, values))
    assert answer["response_action"] == "update"
    assert site.commands.done == [done]


async def test_the_other_story_is_chosen_from_the_recent_ones(site: Site):
    view = await opened(site, chosen(blocks.MORE, "wrong:s12"))
    other = next(block for block in view["blocks"] if block.get("block_id") == "other")["element"]
    assert [one["value"] for one in other["options"]] == [f"s{number}" for number in range(11, 0, -1)], "not itself"
    assert other["options"][0]["text"]["text"] == "s11: Change number 11"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (picked("how", "merge") | typed("into", "the other"), "into"),
        (picked("how", "merge") | typed("into", "s12"), "into"),
        (picked("how", "split"), "article"),
        (picked("how", "correct") | typed("text", "  "), "text"),
        ({}, "into"),
    ],
)
async def test_a_mistake_in_a_modal_is_shown_beside_its_field(site: Site, values: dict, field: str):
    view = await opened(site, chosen(blocks.MORE, "wrong:s12"))
    answer = await site.interact(submission(view, values))
    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == [field]
    assert field in {block.get("block_id") for block in view["blocks"]} | {"article"}
    assert site.commands.done == []


async def test_changes_can_be_limited_to_listed_people(site: Site):
    site.queries.allowed = set()
    assert "Only people listed" in (await clicked(site, button(blocks.NOT_RELEVANT, "s12")))["text"]
    assert "Only people listed" in (await clicked(site, chosen(blocks.MORE, "wrong:s12")))["text"]
    assert "Only people listed" in (await clicked(site, button(blocks.UNDO, "s12")))["text"]
    assert "Only people listed" in (await clicked(site, button(reports.MUTE_SOURCE, "example-post")))["text"]
    modal = modals.not_relevant(site.queries.show_now("s12"), "C0POLICY001", site.queries.words)
    for name in ("analyse", "missed"):
        answer = await clicked(site, button(f"pw_why_action_{name}", "https://example.org/x"))
        assert "Only people listed" in answer["text"]
    answer = await site.interact(submission(modal, picked("what", "not_a_change")))
    assert "Only people listed" in shown_text(answer["view"])
    assert site.commands.done == []


async def test_a_button_of_a_story_that_is_gone_says_so(site: Site):
    for action in (
        button(blocks.NOT_RELEVANT, "s99"),
        chosen(blocks.MORE, "why:s99"),
        chosen(blocks.MORE, "why:<junk>"),
    ):
        assert (await clicked(site, action))["text"] == "That story is no longer there."


async def test_an_error_becomes_a_sentence_for_the_person(site: Site, caplog):
    site.queries.fails = UsageError("The database is being upgraded.")
    assert (await clicked(site, chosen(blocks.MORE, "why:s12")))["text"] == "The database is being upgraded."
    site.queries.fails = ZeroDivisionError()
    assert "went wrong" in (await clicked(site, chosen(blocks.MORE, "why:s12")))["text"]
    assert "a click failed" in caplog.text


async def test_a_window_that_slack_does_not_open_is_a_sentence_and_one_line_in_the_log(site: Site, caplog):
    told = await clicked(site, button(blocks.NOT_RELEVANT, "s12"), trigger="too.old")
    assert "Please click again" in told["text"]
    assert "invalid_trigger_id" in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


async def test_an_answer_that_slack_does_not_show_is_one_line_in_the_log(site: Site, caplog):
    closed = {"id": "V7", "type": "modal"}
    await site.interact(click(button("pw_why_action_missed", "https://example.org/x"), view=closed))
    await until(lambda: "did not show" in caplog.text)
    assert site.commands.done
    assert "Traceback" not in caplog.text


async def test_a_slow_modal_is_closed_with_a_word_and_saved_all_the_same(site: Site):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    site.commands.delay = 0.6
    answer = await site.interact(submission(view, picked("what", "not_a_change")))
    assert "Noted" in shown_text(answer["view"])
    await until(lambda: site.commands.labels)


async def test_a_modal_that_cannot_be_saved_says_so(site: Site, caplog):
    view = await opened(site, button(blocks.NOT_RELEVANT, "s12"))
    site.commands.fails = UsageError("Story s12 is gone.")
    answer = await site.interact(submission(view, picked("what", "not_a_change")))
    assert "Story s12 is gone." in shown_text(answer["view"])
    site.commands.fails = ZeroDivisionError()
    answer = await site.interact(submission(view, picked("what", "not_a_change")))
    assert "went wrong" in shown_text(answer["view"])
    assert "a modal could not be saved" in caplog.text


async def test_link_buttons_and_unknown_buttons_are_acknowledged(site: Site):
    await site.interact(click(button(blocks.READ, "s12")))
    await site.interact(click(button("of_an_older_version", "x")))
    await site.interact(submission(modals.modal("Old", [], callback="of_an_older_version"), {}))
    assert site.queries.asked == []


async def test_more_replaces_the_page_and_share_posts_it(site: Site):
    answer = await site.type("recent 5")
    page, share = next(block for block in answer["blocks"] if block["type"] == "actions")["elements"]
    second = await clicked(site, page)
    assert second["replace_original"] is True
    assert "s7 " in second["text"]
    assert "6–10 of 12" in second["text"]
    shared = await clicked(site, share)
    assert shared["response_type"] == "in_channel"
    assert "actions" not in [block["type"] for block in shared["blocks"]]


async def test_the_last_page_has_no_more_button(site: Site):
    answer = await site.type("recent 5 offset:10")
    (row,) = [block for block in answer["blocks"] if block["type"] == "actions"]
    assert [element["text"]["text"] for element in row["elements"]] == ["Share here"]


async def test_a_source_is_muted_from_its_notice(site: Site):
    told = await clicked(site, button(reports.MUTE_SOURCE, "example-post"))
    assert told["text"] == "example-post is muted."


async def test_a_digest_is_given_as_markdown(site: Site):
    site.queries.digests["policy:2020-W24"] = "## Digest\n\n- [x](<https://x.example>)\n" * 50
    told = await clicked(site, button(reports.COPY_DIGEST, "policy:2020-W24"))
    assert "- [x](<https://x.example>)" in told["blocks"][0]["elements"][0]["elements"][0]["text"]
    assert "no longer kept" in (await clicked(site, button(reports.COPY_DIGEST, "gone")))["text"]


async def test_why_of_an_unseen_address_offers_what_can_be_done(site: Site):
    answer = await site.type("why https://example.org/unseen")
    assert "was not seen" in answer["text"]
    (row,) = [block for block in answer["blocks"] if block["type"] == "actions"]
    assert [element["text"]["text"] for element in row["elements"]] == [
        "Analyse now",
        "Suggest as source",
        "It was missed",
    ]
    for element in row["elements"]:
        await clicked(site, element)
    assert [name for name, _, _ in site.commands.done] == ["analyse", "suggest_source", "record_missed"]
    assert {what for _, what, _ in site.commands.done} == {"https://example.org/unseen"}


async def test_why_shows_the_sentence_the_steps_and_the_channels_and_only_counts_the_weights(site: Site):
    steps = (Reason("action", "limit: bans", Span("text", 0, 4, "bans"), "senses:ban"), Reason("modality", "future"))
    weights = tuple(Reason("score", f"title:x{number} +0.1", entry=f"ranker:title:x{number}") for number in range(9))
    site.queries.whys["https://example.org/a"] = Why(
        "https://example.org/a",
        seen=True,
        quote="The council bans it.",
        reasons=(*steps, *weights),
        score=0.94,
        told=(Told("C0POLICY001", "policy-team", "told as new"), Told("D0ANNA", "follow", "on its way as passed")),
    )
    answer = await site.type("why https://example.org/a")
    said = "\n".join(map(visible, answer["blocks"]))
    for words in (
        "“The council bans it.”",
        "limit: bans  “bans”  senses:ban",
        "mood: future",
        "Score 0.94, from 9 facts and phrases: about 94 of 100 texts",
        "#C0POLICY001  told as new (route policy-team)",
        "D0ANNA  on its way as passed (route follow)",
    ):
        assert words in said
    assert "ranker" not in said


async def test_the_other_answers(site: Site):
    row = StoryRow("s12", "Microsoft will not sell to police", NOW, ("US",), 42, "https://example.org/1")
    site.queries.ledgers["Microsoft"] = Ledger("Microsoft", (row,) * 12, 12)
    site.queries.whys["https://example.org/a"] = Why(
        "https://example.org/a",
        seen=True,
        title="A title",
        verdict="Told as s12.",
        told=(Told("C0POLICY001", "policy-team", "told as new"),),
        story=row,
    )
    site.queries.sources_now = [troubled_source()]
    assert "Microsoft: stance now (12)" in (await site.type("stance microsoft"))["text"]
    assert '"value": "timeline Microsoft offset:10"' in shown_text(await site.type("timeline microsoft"))
    assert "Did you mean Microsoft?" in (await site.type("stance mikrosoft"))["text"]
    assert "Told as s12." in (await site.type("why https://example.org/a"))["text"]
    assert "HTTP 404" in shown_text(await site.type("sources"))
    assert (await site.type("status"))["text"] == "All well.\n61 sources, last checked just now, 2 broken"
    assert "Coverage (1)" in shown_text(await site.type("show s12"))
    assert (await site.type("show s99"))["text"] == "There is no story s99."
