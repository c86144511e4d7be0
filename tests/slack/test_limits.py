"""Any article gives a message that Slack takes: our check, and the fake's own rules, both say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Action, ArticleRef, Message, PolicyChange, Reason, Related, Span, Stage, Story, StoryView
from bot.slack import answers, blocks, home, limits, pages, reports
from bot.slack import text as t
from bot.slack.asks import Ask, Vocabulary
from bot.slack.limits import check, fit
from bot.slack.ports import HomeView, Ledger, Listing, Muted, Shown, SourceCounts, StoryRow, Told, Why
from bot.slack.values import DigestDetail, DigestGroup, DigestLine, DigestView, Marks, NoticeView, Rendering, Telling
from tests.fakes.slack_rules import length, refuse_message, refuse_view

SNIPPETS = [
    "<!channel>",
    "<https://evil|x>",
    "&",
    "\u202e",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "سياسة",
    "e\u0301" * 30,
    "\x00",
    "\x1b[31m",
    "@here",
    "*",
    "x" * 400,
    "word " * 300,
    "\n\n",
    "\ud800",
    "قالت الشركة إنها لن تبيع " * 420,  # a quotation of 10,000 characters
    "We will not sell it. " * 500,
]
texts = st.one_of(
    st.text(max_size=60), st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=20), max_size=12).map("".join)
)
maybe = st.none() | texts
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
urls = st.one_of(
    st.none(),
    texts,
    texts.map(lambda x: f"https://example.org/{x}"),
    st.integers(1, 4_000).map(lambda n: "https://e.org/" + "p" * n),
)
articles = st.builds(
    ArticleRef, st.integers(), urls.map(lambda u: u or ""), texts, texts, texts, moments, st.integers(0, 2)
)
related = st.builds(Related, st.just("s1"), texts, moments, urls, st.none() | st.sampled_from(Stage))
changes = st.builds(
    PolicyChange, actor=texts, action=st.sampled_from(Action), evidence=texts.map(lambda x: Span("text", 0, len(x), x)),
    jurisdictions=st.lists(texts, max_size=9).map(tuple), condition=maybe, duration=maybe, effective=maybe, expires=maybe, decided=maybe,
    stage=st.sampled_from(Stage), quote=maybe, speaker=maybe, line=texts,
)  # fmt: skip
stories = st.builds(
    Story, id=st.integers(1, 10**9), change=changes, stage=st.sampled_from(Stage), first_at=moments, last_at=moments,
    created_at=moments, source_count=st.integers(0, 10**6),
)  # fmt: skip
many_texts = st.lists(texts, max_size=5).map(tuple)
views = st.builds(
    StoryView, stories, many_texts, many_texts, st.lists(related, max_size=5).map(tuple), st.none() | related,
    st.none() | articles, st.none() | articles, st.integers(0, 99), st.integers(0, 99), st.integers(0, 99),
)  # fmt: skip
users = st.none() | st.just("U0ANNA")
marks = st.builds(
    Marks, users, users, maybe, users, users | st.just("an operator"), texts, st.none() | related, st.none() | related, users
)  # fmt: skip
renderings = st.builds(Rendering, names=st.just({"US": "United States"}), marks=marks)
lines = st.lists(st.builds(DigestLine, texts, urls, texts, texts), max_size=8).map(tuple)
details = st.builds(
    DigestDetail, st.builds(DigestLine, texts, urls, texts), texts, st.booleans(), many_texts, texts, texts, texts, many_texts,
    texts, texts, st.integers(0, 10**6),
)  # fmt: skip
rows = st.lists(
    st.builds(StoryRow, st.just("s12"), texts, moments, many_texts, st.integers(0, 10**6), urls), max_size=20
).map(tuple)
reasons = st.lists(
    st.builds(Reason, st.just("topic"), texts, texts.map(lambda x: Span("text", 0, len(x), x)), texts), max_size=20
).map(tuple)
LATER = datetime(2101, 1, 1, tzinfo=UTC)
WORDS = Vocabulary(places={"US": "United States"})


def taken(message: Message) -> None:
    assert check(message) == []
    arguments: dict[str, Any] = {"text": message.text, "blocks": list(message.blocks)}
    assert refuse_message(arguments) is None
    assert refuse_message(arguments, update=True) is None
    assert "<!" not in message.text
    message.text.encode()
    assert not any(char in message.text for char in "\u202e\x00\x1b")


@settings(max_examples=40, deadline=None)
@given(views, renderings, st.none() | st.timedeltas(timedelta(0), timedelta(days=400)))
def test_any_story_gives_an_alert_that_slack_takes(view: StoryView, rendering: Rendering, late: timedelta | None):
    message = blocks.alert(view, rendering, telling=Telling(late=late))
    taken(message)
    height = sum(1 for block in message.blocks for _ in block.get("elements", [0]))
    assert len(message.blocks) <= 6
    assert height <= 20
    assert limits.size(message.blocks) <= limits.TOTAL


@settings(max_examples=15, deadline=None)
@given(st.lists(views, max_size=3), renderings, st.lists(articles, max_size=4))
def test_any_coverage_and_catch_up_fits(members: list[StoryView], rendering: Rendering, coverage: list[ArticleRef]):
    taken(blocks.catch_up(members * 5, rendering))
    for view in members[:1]:
        taken(blocks.coverage_reply(view, coverage * 4))


@settings(max_examples=40, deadline=None)
@given(
    st.builds(
        DigestView, texts, st.lists(st.builds(DigestGroup, texts, lines), max_size=4).map(tuple), lines, texts, texts
    )
)
def test_any_digest_fits(view: DigestView):
    taken(reports.digest(view))
    reports.digest_markdown(view)


@settings(max_examples=20, deadline=None)
@given(st.lists(details, max_size=8).map(tuple), texts)
def test_any_detail_of_a_digest_fits(found: tuple[DigestDetail, ...], title: str):
    taken(reports.digest_thread(DigestView(title, details=found)))


@settings(max_examples=20, deadline=None)
@given(rows, texts, st.sampled_from(["recent", "search", "stance", "timeline"]))
def test_any_list_of_stories_fits(found: tuple[StoryRow, ...], word: str, verb: str):
    ask = Ask(verb, subject=word, offset=3)
    listing = Listing(found, 99, found[0] if found else None, SourceCounts(61, 2, LATER))
    taken(answers.listing(listing, ask, WORDS, LATER))
    taken(pages.ledger(Ledger(word or "x", found, 99, (word,)), ask, WORDS))
    view = home.home(HomeView(listing, following=found), WORDS, LATER)
    assert refuse_view(view) == []


@settings(max_examples=20, deadline=None)
@given(views, st.lists(articles, max_size=12).map(tuple), rows, urls, texts, reasons)
def test_any_explanation_and_any_story_page_fits(view, coverage, stages, url, word, why):
    taken(pages.story(Shown(view, coverage, stages), Rendering()))
    taken(pages.story_why(Shown(replace(view, reasons=why))))
    row = stages[0] if stages else None
    taken(
        pages.why(
            Why(
                url or word,
                seen=bool(why),
                title=word,
                source=word,
                verdict=word,
                reasons=why,
                quote=word,
                score=0.5 if word else None,
                told=(Told("C0POLICY001", word, word),) * 3,
                story=row,
            )
        )
    )


@settings(max_examples=40, deadline=None)
@given(st.builds(NoticeView, texts, many_texts, texts, texts, texts, texts))
def test_any_notice_fits(view: NoticeView):
    taken(reports.notice(view))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(Muted, st.just("C0POLICY001"), texts, texts, texts, moments), max_size=20))
def test_any_mutes_fit(found: list[Muted]):
    taken(pages.muted(found))
    assert refuse_view(home.home(HomeView(Listing(), muted=tuple(found)), WORDS, LATER)) == []


# --- text ---------------------------------------------------------------------------------------------------------------


@given(texts, st.integers(1, 200))
def test_shortening_keeps_within_the_limit_and_is_idempotent(text: str, limit: int):
    short = t.shorten(text, limit)
    assert t.measure(short) <= limit
    assert t.shorten(short, limit) == short
    assert short == text or short.endswith("…") or short == ""


@given(texts)
def test_cleaning_is_idempotent_and_leaves_one_encodable_line(text: str):
    once = t.clean(text)
    assert t.clean(once) == once
    assert "\n" not in once
    once.encode()


@given(texts)
def test_escaping_loses_nothing_and_leaves_no_markup(text: str):
    assert t.unescape(t.escape(text)) == text
    assert "<" not in t.escape(text)


@given(texts)
def test_the_two_measures_agree(text: str):
    assert t.measure(text) == length(text)


def test_shortening_cuts_between_words_and_never_within_a_character():
    assert t.shorten("Microsoft will not sell facial recognition", 20) == "Microsoft will not…"
    family = "👩‍👩‍👧‍👦"
    for limit in range(2, 30):
        assert "\u200d…" not in t.shorten(family * 3, limit)
    assert t.shorten("e\u0301" * 20, 8).count("e") == t.shorten("e\u0301" * 20, 8).count("\u0301")


def test_piled_up_marks_are_cut_and_real_writing_is_left_alone():
    assert t.clean("z" + "\u0335" * 500) == "z" + "\u0335" * 4
    for text in ("Việt Nam", "नमस्ते दुनिया", "می‌خواهم", "👩‍👩‍👧‍👦 ❤️", "Ångström", "שָׁלוֹם"):
        assert t.clean(text) == text


# --- the check itself -----------------------------------------------------------------------------------------------------


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain("ok")} | more


def menu(count: int, value: str = "v") -> dict[str, Any]:
    return {"type": "overflow", "action_id": "o", "options": [{"text": plain("x"), "value": value}] * count}


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def rich(*leaves: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(leaves)}]}


BAD_BLOCKS = {
    "51 blocks": [{"type": "divider"}] * 51,
    "long section": [{"type": "section", "text": plain("x" * 3_001)}],
    "section without text": [{"type": "section"}],
    "11 fields": [{"type": "section", "fields": [plain("x")] * 11}],
    "long field": [{"type": "section", "fields": [plain("x" * 2_001)]}],
    "long header": [{"type": "header", "text": plain("x" * 151)}],
    "header of emoji": [{"type": "header", "text": plain("😀" * 76)}],
    "header with markup": [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    "empty header": [{"type": "header", "text": plain("")}],
    "11 context elements": [{"type": "context", "elements": [plain("x")] * 11}],
    "empty context": [{"type": "context", "elements": []}],
    "long button": [actions(button(text=plain("x" * 76)))],
    "long value": [actions(button(value="x" * 2_001))],
    "bad url": [actions(button(url="javascript:1"))],
    "6 options": [actions(menu(6))],
    "no options": [actions(menu(0))],
    "long option value": [actions(menu(1, "x" * 151))],
    "empty option value": [actions(menu(1, ""))],
    "one action_id twice": [actions(button(), button())],
    "26 buttons": [actions(*(button(action_id=str(n)) for n in range(26)))],
    "empty actions": [actions()],
    "unknown block": [{"type": "carousel"}],
    "unknown element": [actions({"type": "lever", "action_id": "a"})],
    "empty rich text": [{"type": "rich_text", "elements": []}],
    "empty leaf": [rich({"type": "text", "text": ""})],
    "unknown leaf": [rich({"type": "broadcast", "range": "channel"})],
    "script link": [rich({"type": "link", "url": "javascript:1"})],
    "empty rich section": [rich()],
    "one block_id twice": [{"type": "divider", "block_id": "x"}] * 2,
    "too much in all": [rich({"type": "text", "text": "x" * 2_500})] * 4,
}


@pytest.mark.parametrize("blocks_", BAD_BLOCKS.values(), ids=BAD_BLOCKS.keys())
def test_each_limit_is_checked_and_made_to_fit(blocks_: list[dict[str, Any]]):
    message = Message("text", tuple(blocks_))
    assert check(message), "our check lets it pass"
    fitted = fit(message)
    assert check(fitted) == []
    assert refuse_message({"text": fitted.text, "blocks": list(fitted.blocks)}) is None


def test_text_has_limits_too():
    assert check(Message("x" * 4_001))
    assert check(Message(" "))
    assert check(fit(Message("x" * 9_000))) == []
    assert fit(Message("")).text


def test_what_fits_is_left_alone_and_the_buttons_survive():
    message = Message("text", (rich({"type": "text", "text": "x"}),))
    assert fit(message) is message
    many = Message("text", (*[rich({"type": "text", "text": "x"})] * 60, actions(button())))
    assert fit(many).blocks[-1]["type"] == "actions"
    assert len(fit(many).blocks) == 50
