"""The messages that the documentation shows, made by the code that makes the real ones. Counts and outlets are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import (
    Action,
    ArticleRef,
    Check,
    Filters,
    Health,
    Message,
    PolicyChange,
    Reason,
    Related,
    Route,
    Schedule,
    Source,
    SourceRow,
    SourceState,
    Span,
    Stage,
    Story,
    StoryView,
)
from bot.slack import answers, blocks, home, modals, pages, reports
from bot.slack.asks import Ask, Vocabulary, Wrong
from bot.slack.commands import parse
from bot.slack.ports import HomeView, Ledger, Listing, Muted, Shown, SourceCounts, StoryRow, Told, Why
from bot.slack.text import escape
from bot.slack.values import DigestDetail, DigestGroup, DigestLine, DigestView, Marks, NoticeView, Rendering

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


def backlog() -> list[StoryView]:
    """What happened while the bot was down."""
    lines = (
        ("Microsoft will not sell facial recognition to US police", ("US",)), ("Amazon pauses police use of Rekognition", ("US",)),
        ("IBM ends its general-purpose offer", ()), ("Example County ends its face matching trial", ("US",)),
        ("Example Regulator opens an inquiry into shops", ("EU",)), ("Example Rail drops cameras that recognise faces", ("EU",)),
    )  # fmt: skip
    view = microsoft()
    return [
        replace(view, story=replace(view.story, id=12 + number, change=replace(view.story.change, line=line, jurisdictions=places)))
        for number, (line, places) in enumerate(lines)
    ]  # fmt: skip


def rows() -> tuple[StoryRow, ...]:
    """A page of `recent`."""
    return (
        StoryRow("s12", "Microsoft will not sell to police", NOW, ("US",), 42, "https://wire.example/1"),
        StoryRow("s11", "Amazon pauses police use one year", NOW - timedelta(days=1), (), 38, "https://wire.example/2"),
        StoryRow("s9", "IBM ends general-purpose offer", NOW - timedelta(days=3), (), 51, "https://wire.example/3"),
    )


def digest() -> DigestView:
    """A week."""
    lines = tuple(DigestLine(row.line, row.url, f"{row.at.day} Jun · {row.sources} sources") for row in rows())
    return DigestView(
        "Facial recognition, 8–14 June: 3 new, 1 moved, 1 deadline",
        (
            DigestGroup("NEW", lines),
            DigestGroup("MOVED", (DigestLine("Boston ban", "https://paper.example/boston", "proposed → passed"),)),
            DigestGroup("AHEAD", (DigestLine("consultation closes (example regulator)", "https://regulator.example", day="30 Jun"),)),
        ),
        (DigestLine("x"), DigestLine("y")), "61 sources, 2 broken since Tuesday: Example Post, Example Gazette", "policy-team:2020-W24",
        details=(
            DigestDetail(
                DigestLine("Microsoft will not sell facial recognition to US police", "https://wire.example/1"), "s12", terms=("until a national law",),
                stage="announced", on="2020-06-11", places=("US",), quote=SENTENCE, speaker="Microsoft statement", sources=42,
            ),
            DigestDetail(
                DigestLine("Boston bans city use of face surveillance", "https://paper.example/boston"), "s8", before="proposed", stage="passed",
                on="2020-06-24", places=("US-MA/Boston",), quote="The council voted unanimously to bar city agencies from using face surveillance.",
            ),
            DigestDetail(
                DigestLine("Example County may end its face matching trial", "https://paper.example/county"), "s14", maybe=True, stage="considered",
                on="2020-06-12", quote="The sheriff is said to be weighing an end of the trial.",
            ),
        ),
    )  # fmt: skip


def troubled() -> SourceRow:
    """A source that does not answer."""
    source = Source("example-post", "Example Post", "https://post.example/feed")
    state = SourceState(
        "example-post",
        source.url,
        NOW,
        health=Health.FAILING,
        health_since=NOW - timedelta(days=2),
        last_error="HTTP 404",
    )
    return SourceRow(source, state)


def samples() -> list[dict[str, Any]]:
    """All pictures: a caption, and the message or view in its frame."""
    return [*_alerts(), *_answers(), *_reports(), *_views()]


def _alerts() -> list[dict[str, Any]]:
    view, many = microsoft(), microsoft(42)
    marks = Marks(taken_by="U0ANNA", corrected_by="U0BEN", corrected="It is until a national law, not for ever.")
    forward = Related(
        "s8", "Boston bans city use of face surveillance", NOW, "https://example.slack.com/p2", Stage.PASSED
    )
    proposed = replace(boston(), previous=None)
    change = replace(
        proposed.story.change,
        line="Boston City Council weighs a ban on face surveillance",
        decided="2020-06-09",
        stage=Stage.PROPOSED,
        quote="The council will take up an ordinance that bars city agencies from using it.",
    )
    told = replace(proposed, story=replace(proposed.story, stage=Stage.PROPOSED, source_count=3, change=change))
    return [
        shot("An alert", blocks.alert(view, HERE), menu=True),
        shot("The same message after 42 sources", blocks.alert(many, HERE), edited=True, replies=True),
        shot("Its thread", blocks.coverage_reply(many, tuple(filter(None, (many.best, view.best)))), "thread"),
        shot("A matter that moved on", blocks.alert(boston(), HERE, transition="stage:passed")),
        shot("The older message links forward", blocks.alert(told, replace(HERE, marks=Marks(forward=forward))), edited=True),
        shot("Taken, and corrected", blocks.alert(view, replace(HERE, marks=marks)), edited=True),
        shot("The channel is told of the correction", Message(escape(f"Corrected by ben: {marks.corrected}"))),
        shot("Marked as not relevant", blocks.alert(view, replace(HERE, marks=Marks(dismissed_by="U0ANNA"))), edited=True),
        shot("Muted in this channel", blocks.alert(view, replace(HERE, marks=Marks(muted_by="U0ANNA", muted="on Microsoft"))), edited=True),
        shot("A backlog", blocks.catch_up(backlog(), HERE)),
        shot("The first word in a channel", blocks.welcome(61, 4)),
        shot("The first word in a channel that nothing is sent to yet", blocks.welcome(61, 4, sends=False)),
    ]  # fmt: skip


def _answers() -> list[dict[str, Any]]:
    counts = SourceCounts(61, 2, NOW - timedelta(minutes=2))
    listing = Listing(rows(), 7, None, counts)
    last = StoryRow("s8", "Boston bans city use of face surveillance", datetime(2020, 5, 29, tzinfo=UTC))
    told = Why(
        "https://example.org/phone",
        seen=True,
        title="New phone unlocks by face",
        source="Example Gadgets",
        verdict="Not told: no decision by anybody.",
        reasons=(Reason("no_action", "a product launch; nobody decides about its use"),),
    )
    sold = Why(
        "https://wire.example/microsoft",
        seen=True,
        title="Microsoft will not sell face recognition to police",
        source="Example Wire",
        verdict="s12 (new): policy-team: now, all filters take it",
        quote=SENTENCE,
        reasons=(*microsoft().reasons, Reason("score", "title:decided +1.2"), Reason("score", "any:public +0.8")),
        score=0.97,
        told=(Told("C0123456789", "policy-team", "told as new"),),
        story=rows()[0],
    )
    stances = Ledger("Microsoft", (replace(rows()[0], stage=Stage.ANNOUNCED, jurisdictions=("US",)),), 1)
    checks = [
        Check("database", ok=True, detail="answers"),
        Check("worker", ok=True, detail="last seen 4 s ago"),
        Check("slack", ok=True, detail="no refusal"),
    ]
    typo, bad = parse("recnt", WORDS), parse("recent since:400d", WORDS)
    assert isinstance(typo, Wrong)
    assert isinstance(bad, Wrong)
    found = [
        shot("/policywatch recent", answers.listing(listing, Ask("recent", count=3), WORDS, NOW)),
        shot("/policywatch recent, when nothing happened", answers.listing(Listing((), 0, last, counts), Ask("recent"), WORDS, NOW)),
        shot("/policywatch help", answers.help_page(Ask("help"))),
        shot("A word it does not know", answers.wrong(typo)),
        shot("A value it does not take", answers.wrong(bad)),
        shot("/policywatch why, of what was told", pages.why(sold)),
        shot("/policywatch why, of what was not told", pages.why(told)),
        shot("/policywatch why, of an address it never saw", pages.why(Why("https://example.org/unknown", seen=False))),
        shot("Why, from a message's menu", pages.story_why(Shown(microsoft(), told=sold.told))),
        shot("/policywatch show s12", pages.story(Shown(microsoft(42), tuple(filter(None, (microsoft(42).best, microsoft().best)))), HERE)),
        shot("/policywatch stance Microsoft", pages.ledger(stances, Ask("stance", subject="Microsoft"), WORDS)),
        shot("/policywatch sources", pages.sources(replace(counts, broken=1), [troubled()], Ask("sources"), NOW)),
        shot("/policywatch status", pages.status(checks, answers.sources_line(counts, NOW))),
        shot("/policywatch muted", pages.muted(muted())),
    ]  # fmt: skip
    return [one | {"frame": "ephemeral"} for one in found]


def _reports() -> list[dict[str, Any]]:
    broken = NoticeView(
        "Example Post: failing since Tue 09:10 (6 polls). HTTP 404; the site now advertises https://example.org/rss",
        ("Last entry Mon 16:20; later items may be missed.",),
        "url at config/sources.yaml:41", "policywatch sources test https://example.org/rss", "example-post", "Next message: on recovery.",
    )  # fmt: skip
    network = NoticeView(
        "58 of 61 sources failing, probably our own network",
        ("Example Post, Example Gazette, Example Wire and 55 more",),
        test="policywatch sources list",
        footer="Next message: on recovery.",
    )
    return [
        shot("A weekly digest", reports.digest(digest(), PLACES), replies=True),
        shot("The thread of a digest", reports.digest_thread(digest(), PLACES), "thread"),
        shot("A broken source (operators)", reports.notice(broken)),
        shot("Our own network (operators)", reports.notice(network)),
    ]


def muted() -> tuple[Muted, ...]:
    """What a channel hears nothing of."""
    return (
        Muted("C0123456789", "actor:Microsoft", "on Microsoft", "U0ANNA", NOW - timedelta(days=1)),
        Muted("C0123456789", "place:US-CA", "from California", "U0ANNA", NOW - timedelta(days=9)),
    )


def _views() -> list[dict[str, Any]]:
    listing = Listing(rows(), 7, None, SourceCounts(61, 2, NOW - timedelta(minutes=2)))
    routes = (
        Route("policy-team", "C0123456789"),
        Route("eu", "C0987654321", schedule=Schedule("weekly", 9, zone="Europe/Brussels"), filters=Filters(jurisdictions=("EU",)), origin="subscription"),
    )  # fmt: skip
    view = HomeView(listing, routes, following=rows()[:1], troubled=(troubled(),), operator=True, muted=muted()[:1])
    coverage = tuple(filter(None, (microsoft(42).best, microsoft().best)))
    return [
        {"title": "Not relevant", "frame": "modal", "view": modals.not_relevant(Shown(microsoft()), "C1", WORDS)},
        {
            "title": "Wrong story",
            "frame": "modal",
            "view": modals.wrong_story(Shown(microsoft(42), coverage), "C1", rows()),
        },
        {"title": "Home", "frame": "home", "view": home.home(view, WORDS, NOW)},
    ]


def shot(title: str, message: Message, frame: str = "message", **more: bool) -> dict[str, Any]:
    """A message as the drawing tools take it."""
    return {
        "title": title,
        "text": message.text,
        "blocks": [dict(block) for block in message.blocks],
        "frame": frame,
        **more,
    }
