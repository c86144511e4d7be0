"""The messages that the documentation shows, made by the code that makes the real ones. Counts and outlets are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import Action, ArticleRef, Message, PolicyChange, Reason, Related, Span, Stage, Story, StoryView
from bot.slack import answers, blocks, home, modals, pages, reports
from bot.slack.asks import Ask, Vocabulary, Wrong
from bot.slack.ports import HomeView, Listing, Shown, SourceCounts, StoryRow, Why
from bot.slack.values import DigestGroup, DigestLine, DigestView, Marks, NoticeView, Rendering

NOW = datetime(2020, 6, 11, 18, 5, tzinfo=UTC)
PLACES = {"US": "United States", "US-MA/Boston": "Boston", "EU": "European Union"}
WORDS = Vocabulary(places=PLACES, actors=("Microsoft", "Amazon", "IBM"))
HERE = Rendering(names=PLACES, now=NOW)
SENTENCE = "Until a national law grounded in human rights is in place, the company will not sell this technology to police departments."


def microsoft(sources: int = 1) -> StoryView:
    """The reference example, in our own words."""
    change = PolicyChange(
        actor="Microsoft", action=Action.HALT, evidence=Span("text", 0, len(SENTENCE), SENTENCE), targets=("police",),
        jurisdictions=("US",), condition="until a national law", decided="2020-06-11", quote=SENTENCE,
        speaker="Microsoft statement", line="Microsoft will not sell facial recognition to US police", score=0.97,
    )  # fmt: skip
    wire = ArticleRef(
        1,
        "https://wire.example/microsoft",
        "Microsoft will not sell face recognition to police",
        "wire",
        "Example Wire",
        NOW - timedelta(minutes=1),
        1,
    )
    official = ArticleRef(2, "https://company.example/statement", "A statement", "company", "Microsoft", NOW, 0)
    story = Story(
        12, change, Stage.ANNOUNCED, NOW - timedelta(minutes=1), NOW, NOW, article_count=sources, source_count=sources
    )
    before = (
        Related("s11", "Amazon paused police use", NOW - timedelta(days=1), "https://wire.example/amazon"),
        Related("s9", "IBM ended its offer", NOW - timedelta(days=3), "https://wire.example/ibm"),
    )
    reasons = (
        Reason("topic", "speaks of facial recognition", None, "topic:facial-recognition"),
        Reason("action", "“will not sell” is a halt", Span("text", 80, 93, "will not sell"), "actions:refuse_sale"),
    )
    return StoryView(
        story, also=("will revise how it reviews customers", "asks Congress for rules"), unclear=("police outside the US",),
        before=before, best=official if sources > 1 else wire, first=wire, official=int(sources > 1), wire=min(sources, 3), others=max(sources - 3, 0), reasons=reasons,
    )  # fmt: skip


def boston() -> StoryView:
    """A matter that moved on."""
    line = "Boston bans city use of face surveillance"
    change = PolicyChange(
        actor="Boston City Council", action=Action.BAN, evidence=Span("title", 0, len(line), line), jurisdictions=("US-MA/Boston",),
        line=line, quote="The council voted unanimously to bar city agencies from using face surveillance.", stage=Stage.PASSED, decided="2020-06-24",
    )  # fmt: skip
    when = datetime(2020, 6, 24, 20, 10, tzinfo=UTC)
    paper = ArticleRef(
        7, "https://paper.example/boston", "Council bars face surveillance", "paper", "Example Paper", when
    )
    previous = Related(
        "s8",
        "Boston City Council weighs a ban",
        datetime(2020, 6, 9, tzinfo=UTC),
        "https://example.slack.com/archives/C1/p1",
        Stage.PROPOSED,
    )
    return StoryView(
        Story(8, change, Stage.PASSED, when, when, when, source_count=1), previous=previous, best=paper, first=paper
    )


def rows() -> tuple[StoryRow, ...]:
    """A page of `recent`."""
    return (
        StoryRow("s12", "Microsoft will not sell to police", NOW, ("US",), 42, "https://wire.example/1"),
        StoryRow("s11", "Amazon pauses police use one year", NOW - timedelta(days=1), (), 38, "https://wire.example/2"),
        StoryRow("s9", "IBM ends general-purpose offer", NOW - timedelta(days=3), (), 51, "https://wire.example/3"),
    )


def samples() -> list[dict[str, Any]]:
    """All pictures: a caption, and the message or view."""
    counts = SourceCounts(61, 2, NOW - timedelta(minutes=2))
    view = microsoft()
    digest = DigestView(
        "Facial recognition, 8–14 June: 3 new, 1 moved, 1 deadline",
        (
            DigestGroup("NEW", tuple(DigestLine(row.line, row.url, f"{row.sources} sources") for row in rows())),
            DigestGroup("MOVED", (DigestLine("Boston ban", "https://paper.example/boston", "proposed → passed"),)),
            DigestGroup("AHEAD", (DigestLine("Consultation closes (example regulator)", None, "30 Jun"),)),
        ),
        (DigestLine("x"), DigestLine("y")), "61 sources, 2 broken since Tuesday: Example Post, Example Gazette", "policy-team:2020-W24",
    )  # fmt: skip
    notice = NoticeView(
        "Example Post: failing since Tue 09:10 (6 polls). HTTP 404; the site now advertises https://example.org/rss",
        ("Last entry Mon 16:20; later items may be missed.",),
        "url at config/sources.yaml:41", "policywatch sources test https://example.org/rss", "example-post", "Next message: on recovery.",
    )  # fmt: skip
    why = Why(
        "https://example.org/phone",
        seen=True,
        title="New phone unlocks by face",
        source="Example Gadgets",
        verdict="Not told: no decision by anybody.",
        reasons=(Reason("no_action", "a product launch; nobody decides about its use"),),
    )
    listing = Listing(rows(), 7, None, counts)
    return [
        shot("An alert", blocks.alert(view, HERE)),
        shot("The same message after 42 sources", blocks.alert(microsoft(42), HERE)),
        shot("Its thread", blocks.coverage_reply(microsoft(42), tuple(filter(None, (microsoft(42).best, view.best))))),
        shot("A matter that moved on", blocks.alert(boston(), HERE, transition="stage:passed")),
        shot(
            "Taken, and corrected",
            blocks.alert(
                view, replace(HERE, marks=Marks(taken_by="anna", corrected="It is until a national law, not for ever."))
            ),
        ),
        shot("Marked as not relevant", blocks.alert(view, replace(HERE, marks=Marks(dismissed_by="anna")))),
        shot("A backlog", blocks.catch_up([view, boston()] * 4, HERE)),
        shot("/policywatch recent", answers.listing(listing, Ask("recent", count=3), WORDS, NOW)),
        shot("/policywatch help", answers.help_page(Ask("help"))),
        shot(
            "A word it does not know",
            answers.wrong(Wrong("I do not know “recnt”. Did you mean recent?", "recent in:EU since:30d")),
        ),
        shot("/policywatch why URL", pages.why(why)),
        shot("Why, from a message's menu", pages.story_why(Shown(view))),
        {"title": "Not relevant", "blocks": modals.not_relevant(Shown(view), "C1", WORDS)["blocks"]},
        shot("A weekly digest", reports.digest(digest)),
        shot("A broken source (operators)", reports.notice(notice)),
        shot("The first word in a channel", blocks.welcome(61, 4)),
        {"title": "Home", "blocks": home.home(HomeView(listing, following=("s12",)), WORDS, NOW)["blocks"]},
    ]


def shot(title: str, message: Message) -> dict[str, Any]:
    """A message as the drawing tools take it."""
    return {"title": title, "text": message.text, "blocks": [dict(block) for block in message.blocks]}
