"""The message shortcut, modals, the Home tab and invitations, as signed requests over real HTTP."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UsageError
from bot.model import Message, Route
from bot.slack import blocks, modals, pages
from bot.slack.events import WHY_SHORTCUT, address_in, story_of
from bot.slack.home import REFRESH
from bot.slack.ports import Muted, StoryRow
from bot.slack.values import Marks, Rendering
from tests.fakes.slack_desk import troubled_source
from tests.fakes.slack_requests import button, click, event, shortcut
from tests.slack.conftest import NAMES, NOW, make_article, make_view
from tests.slack.site import Site, shown_text, until

RADIO = {"type": "radio_buttons"}


@pytest.fixture(autouse=True)
def story(site: Site) -> None:
    second = make_article(article_id=2, title="Another outlet", source_name="Wire")
    site.queries.views["s12"] = make_view(best=second)


# --- in modals, threads and the Home tab -----------------------------------------------------------------------------------


async def asked_why(site: Site, message: dict[str, Any]) -> dict[str, Any]:
    before = len(site.slack.views)
    await site.interact(shortcut(WHY_SHORTCUT, message, trigger=site.slack.trigger()))
    await until(lambda: len(site.slack.views) > before)
    return site.slack.views[-1][1]["view"]


async def test_the_shortcut_explains_our_own_message(site: Site):
    message = blocks.alert(make_view(), Rendering(names=NAMES))
    view = await asked_why(site, {"ts": "1.1", "text": message.text, "blocks": [dict(b) for b in message.blocks]})
    assert "The sentence that says it" in shown_text(view)


async def test_the_shortcut_explains_the_address_in_anybodys_message(site: Site):
    await asked_why(site, {"ts": "1.1", "text": "look: <https://example.org/a?b=1&amp;c=2|this>"})
    assert site.queries.asked[-1] == ("why", ("https://example.org/a?b=1&c=2",))
    view = await asked_why(site, {"ts": "1.1", "text": "no address"})
    assert "holds no address" in shown_text(view)


async def test_a_shortcut_whose_window_cannot_open_is_answered_below_the_message(site: Site):
    url = site.slack.response_url()
    await site.interact(
        shortcut(WHY_SHORTCUT, {"ts": "1.1", "text": "https://example.org/unseen"}, trigger="too.old", response_url=url)
    )
    await until(lambda: site.slack.responses)
    assert "was not seen" in site.slack.responses[0][1]["text"]


async def test_a_shortcut_survives_errors_of_ours(site: Site):
    for error, says in ((UsageError("Not now."), "Not now."), (ZeroDivisionError(), "went wrong")):
        site.queries.fails = error
        assert says in shown_text(await asked_why(site, {"ts": "1.1", "text": "https://example.org/x"}))


async def test_buttons_within_a_modal_answer_in_it(site: Site):
    view = await asked_why(site, {"ts": "1.1", "text": "https://example.org/unseen"})
    await site.interact(click(button(f"{pages.WHY_ACTION}_missed", "https://example.org/unseen"), view=view))
    await until(lambda: site.slack.views[-1][0] == "update")
    assert site.slack.views[-1][1]["view_id"] == view["id"]
    assert "Recorded as missed." in shown_text(site.slack.views[-1][1]["view"])


def test_our_messages_name_their_story():
    dismissed = blocks.alert(make_view(), Rendering(marks=Marks(dismissed_by="U0ANNA")))
    for message in (blocks.alert(make_view(), Rendering()), dismissed):
        assert story_of({"blocks": [dict(block) for block in message.blocks]}) == "s12"
    assert story_of({"blocks": [{"type": "actions", "elements": [{"action_id": "other", "value": "s12"}]}]}) is None


json_values = st.recursive(
    st.none() | st.text(max_size=30) | st.integers(),
    lambda x: (
        st.lists(x, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["blocks", "text", "type", "url", "attachments", "elements", "value", "action_id", "from_url"]
            ),
            x,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["blocks", "text", "attachments"]), json_values))
def test_any_message_can_be_asked_about(message: dict):
    assert address_in(message) is None or address_in(message).startswith("http")
    story_of(message)


async def test_the_home_tab_shows_recent_stories_and_who_is_told(site: Site):
    site.queries.routes_of = {
        "C0POLICY001": [Route("policy", "C0POLICY001"), Route("sub", "C0POLICY001", origin="subscription")]
    }
    site.queries.sources_now = [troubled_source()]
    await site.happen(event("app_home_opened", tab="home", channel="D1"))
    await until(lambda: site.slack.views)
    how, arguments = site.slack.views[-1]
    text = shown_text(arguments["view"])
    assert (how, arguments["user_id"]) == ("publish", "U0ANNA0001")
    for words in (
        "Change number 12",
        "Who is told",
        "C0POLICY001",
        "from alerts.yaml",
        "by /policywatch subscribe",
        "You follow",
    ):
        assert words in text
    assert "HTTP 404" not in text, "source health is for operators"


async def test_operators_also_see_the_sources_and_anybody_may_refresh(site: Site):
    site.queries.operators = {"U0ANNA0001"}
    site.queries.sources_now = [troubled_source()] * 40
    await site.interact(click(button(REFRESH), view={"id": "V1"}))
    await until(lambda: site.slack.views)
    text = shown_text(site.slack.views[-1][1]["view"])
    assert "HTTP 404" in text
    assert "and 25 more" in text
    await site.happen(event("app_home_opened", tab="messages"))
    assert len(site.slack.views) == 1


async def test_a_mute_is_undone_from_the_home_tab_which_is_shown_anew(site: Site):
    site.queries.mutes = [Muted("C0POLICY001", "place:US-CA", "from California", "U0BORIS001", NOW)]
    await site.happen(event("app_home_opened", tab="home"))
    await until(lambda: site.slack.views)
    assert "California" not in shown_text(site.slack.views[-1][1]["view"]), "she may not undo it"
    site.queries.operators = {"U0ANNA0001"}
    await site.happen(event("app_home_opened", tab="home", channel="D2"))
    await until(lambda: len(site.slack.views) == 2)
    view = site.slack.views[-1][1]["view"]
    assert "from California" in shown_text(view)
    (undo,) = next(block for block in view["blocks"] if block.get("block_id") == "muted")["elements"]
    site.queries.mutes = []
    await site.interact(click(undo, view={"id": "V1", "type": "home"}))
    await until(lambda: len(site.slack.views) == 3)
    assert site.commands.done == [("unmute_here", ("place:US-CA", "C0POLICY001"), "U0ANNA0001")]
    how, arguments = site.slack.views[-1]
    assert (how, arguments["user_id"]) == ("publish", "U0ANNA0001")
    assert "Muted" not in shown_text(arguments["view"])


async def test_what_cannot_be_done_in_the_home_tab_is_said_above_it(site: Site):
    await site.happen(event("app_home_opened", tab="home"))
    await until(lambda: site.slack.views)
    home_tab, undo = site.slack.views[-1][1]["view"], button("pw_unmute_here_0", "C0POLICY001 s12")
    site.commands.fails = UsageError("Not now.")
    await site.interact(click(undo, view=home_tab, trigger=site.slack.trigger()))
    await until(lambda: site.slack.views[-1][0] == "open")
    assert "Not now." in shown_text(site.slack.views[-1][1]["view"])
    site.queries.allowed = set()
    await site.interact(click(undo, view=home_tab, trigger=site.slack.trigger()))
    await until(lambda: [how for how, _ in site.slack.views] == ["publish", "open", "publish", "open"])
    assert "Only people listed" in shown_text(site.slack.views[-1][1]["view"])


async def test_an_event_that_fails_is_logged_once_and_stays_acknowledged(site: Site, caplog):
    site.commands.fails = ZeroDivisionError()
    joined = event("member_joined_channel", channel="C0POLICY001")
    joined["event"]["user"] = "U0FAKEBOT"
    await site.happen(joined)
    await until(lambda: "a listener failed" in caplog.text)
    gc.collect()
    await asyncio.sleep(0.05)
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == ["bot.slack.app"]


async def test_a_home_tab_that_cannot_be_published_is_a_line_in_the_log(site: Site, caplog):
    site.slack.fault("views.publish", "html_502")
    await site.happen(event("app_home_opened", tab="home"))
    await until(lambda: "was not published" in caplog.text)
    assert site.slack.bot_token not in caplog.text


async def test_being_invited_is_noted_and_others_joining_is_not(site: Site):
    await site.happen(event("member_joined_channel", channel="C0POLICY001"))
    bot = event("member_joined_channel", channel="C0POLICY001")
    bot["event"] |= {"user": "U0FAKEBOT", "inviter": "U0ANNA0001"}
    await site.happen(bot)
    await until(lambda: site.commands.done)
    assert site.commands.done == [("joined", "C0POLICY001", "U0ANNA0001")]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=3_000))
def test_any_story_gives_modals_that_slack_takes(line: str, title: str, quote: str):
    from bot.slack.ports import Shown
    from tests.fakes.slack_desk import FakeQueries
    from tests.fakes.slack_rules import refuse_view
    from tests.slack.conftest import make_change

    articles = tuple(make_article(article_id=n % 120, title=title, source_name=line) for n in range(130))
    shown = Shown(make_view(make_change(line=line, actor=title or "x", quote=quote, jurisdictions=(line,))), articles)
    assert refuse_view(modals.not_relevant(shown, "C1", FakeQueries().words)) == []
    recent = tuple(StoryRow(f"s{number}", line, NOW) for number in range(120))
    assert refuse_view(modals.wrong_story(shown, "C1", recent)) == []
    assert refuse_view(modals.wrong_story(Shown(shown.view), "C1")) == []
    assert refuse_view(modals.page("Why", pages.story_why(shown))) == []
    assert refuse_view(modals.page("Long", Message(line, tuple({"type": "header"} for _ in range(200))))) == []
