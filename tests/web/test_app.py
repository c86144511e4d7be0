"""The tracker over real HTTP on loopback, with plain values behind it."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web

from bot.model import (
    Action,
    ArticleRef,
    Check,
    Health,
    PolicyChange,
    Reason,
    Related,
    Source,
    SourceRow,
    SourceState,
    Span,
    Stage,
    Story,
    StoryView,
)
from bot.store.entries import StoredEntry
from bot.store.story_steps import StageRecord
from bot.web import Tracker, build_app
from bot.web.pages import ago, iso_day, safe_url, span, stage_day, summarise

NOW = datetime(2020, 6, 12, 9, tzinfo=UTC)
HOSTILE = '<script>alert("x")</script> & "quotes"'


def view(line="Microsoft will not sell facial recognition to US police", url="https://example.org/a", ref=12):
    change = PolicyChange(
        actor="Microsoft",
        action=Action.HALT,
        evidence=Span("title", 0, 9, "Microsoft"),
        targets=("police",),
        jurisdictions=("US",),
        condition="until a national law",
        quote="We will not sell.",
        speaker="Brad Smith",
        line=line,
    )
    story = Story(ref, change, Stage.ANNOUNCED, NOW, NOW, NOW, source_count=1)
    article = ArticleRef(1, url, "Title", "src", "Source", NOW)
    return StoryView(story, best=article, first=article)


class FakePages:
    def __init__(self, views=(), rows=(), checks=(Check("database", True, "answers"),)):
        self.views, self.rows, self.checks_ = list(views), list(rows), list(checks)
        self.articles_, self.steps_, self.entries_ = [], [], []
        self.asked = []

    def stories(self, *, limit, offset, words):
        self.asked.append((limit, offset, words))
        return self.views[offset : offset + limit]

    def story(self, ref):
        return next((each for each in self.views if each.story.ref == ref), None)

    def articles(self, ref):
        return self.articles_

    def steps(self, ref):
        return self.steps_

    def sources(self):
        return self.rows

    def entries(self, source_id):
        return self.entries_

    def export(self, kind):
        return f"a ledger in {kind}"

    def metrics(self):
        return "policywatch_articles 3\n"

    def checks(self):
        return self.checks_


@pytest.fixture
async def serve():
    runners, sessions = [], []

    async def start(pages, token=None):
        runner = web.AppRunner(build_app(pages, Tracker(lambda: NOW, token, names={"US": "United States"}.get)))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        session = aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}")
        runners.append(runner)
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        await session.close()
    for runner in runners:
        await runner.cleanup()


async def test_the_page_shows_a_story_readably(serve):
    session = await serve(FakePages([view()]))
    async with session.get("/") as response:
        text = await response.text()
    assert response.status == 200
    assert "Microsoft will not sell facial recognition to US police" in text
    assert "United States" in text
    assert "We will not sell." in text
    assert 'href="https://example.org/a"' in text


async def test_hostile_text_stays_text_and_no_script_can_run(serve):
    session = await serve(FakePages([view(line=HOSTILE, url="javascript:alert(1)")]))
    for path in ("/", "/stories/s12"):
        async with session.get(path) as response:
            text = await response.text()
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        assert "javascript:" not in text
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy


async def test_search_words_come_back_escaped_and_reach_the_reader(serve):
    pages = FakePages()
    session = await serve(pages)
    async with session.get("/", params={"q": HOSTILE}) as response:
        text = await response.text()
    assert "<script>" not in text
    assert pages.asked[-1][2] == HOSTILE


async def test_paging(serve):
    pages = FakePages([view(line=f"Change {number}", ref=number) for number in range(120)])
    session = await serve(pages)
    async with session.get("/?page=2") as response:
        text = await response.text()
    assert "Change 50" in text
    assert "Change 49<" not in text
    assert "page=3" in text
    for odd in ("0", "-1", "x", "99999999999999999999"):
        async with session.get("/", params={"page": odd}) as response:
            assert response.status == 200


@pytest.mark.parametrize("path", ["/stories/s99", "/stories/%3Cscript%3E", "/sources/nobody", "/nowhere"])
async def test_what_is_not_there_is_a_page_that_says_so(serve, path):
    session = await serve(FakePages())
    async with session.get(path) as response:
        text = await response.text()
    assert (response.status, response.content_type) == (404, "text/html")
    assert "There is no " in text
    assert "<script>" not in text
    assert 'href="/"' in text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    async with session.post(path) as response:
        assert response.content_type == "text/plain"


async def test_a_story_under_another_name_leads_to_its_own(serve):
    class Merged(FakePages):
        def story(self, ref):
            return self.views[0] if ref in {"s12", "12", "s7"} else None

    session = await serve(Merged([view()]))
    for ref in ("12", "s7"):
        async with session.get(f"/stories/{ref}", allow_redirects=False) as response:
            assert (response.status, response.headers["Location"]) == (302, "/stories/s12")


async def test_a_story_page_has_its_fields_stages_and_all_reports(serve):
    late = NOW + timedelta(days=20)
    shown = view()
    shown = replace(
        shown,
        story=replace(shown.story, stage=Stage.REVERSED, stage_at=late, source_count=3, article_count=4),
        also=("will revise how it reviews customers",),
        unclear=("whether police outside the US are covered",),
        before=(Related("s9", "IBM ended its offer", NOW), Related("", "Amazon paused police use", NOW)),
        reasons=(Reason("action", "supply: sell", entry="senses:supply"),),
    )
    pages = FakePages([shown])
    pages.articles_ = [
        ArticleRef(3, "https://microsoft.example/p", "Our position", "ms", "Microsoft", NOW, rank=0),
        ArticleRef(1, "https://example.org/a", "Title", "src", "Source", NOW, rank=2),
        ArticleRef(2, "javascript:alert(1)", HOSTILE, "bad", "Bad", NOW, rank=2),
    ]
    pages.steps_ = [
        StageRecord(Stage.ANNOUNCED, NOW, True, "will not sell"),
        StageRecord(Stage.REVERSED, late, True, "sells again"),
    ]
    session = await serve(pages)
    async with session.get("/stories/s12") as response:
        text = await response.text()
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "Stage reversed 2 Jul 2020" in plain, "the day it reached that stage, not the first report's"
    assert "First report 12 Jun 2020" in plain
    assert "Where United States" in plain
    assert "Condition until a national law" in plain
    assert plain.index("12 Jun 2020 announced will not sell") < plain.index("2 Jul 2020 reversed sells again")
    assert "3 reports of 4 from 3 sources" in plain
    assert plain.index("Official (1) Our position") < plain.index("Others (2) Title")
    assert "Wires and regulators" not in plain
    assert 'href="https://microsoft.example/p"' in text
    assert "javascript:" not in text
    assert 'href="/stories/s9"' in text
    assert 'href="/stories/"' not in text, "a recalled change that is no story has no page"
    assert "senses:supply" in plain


async def test_a_curated_story_names_where_it_stands(serve):
    shown = view()
    change = replace(shown.story.change, quote=None, speaker="https://example.org/statement", decided="2020-02")
    curated = replace(
        shown, story=replace(shown.story, change=change, curated=True, source_count=0), best=None, first=None
    )
    session = await serve(FakePages([curated]))
    for path in ("/", "/stories/s12"):
        async with session.get(path) as response:
            text = await response.text()
        assert "curated, not observed" in text
        assert 'href="https://example.org/statement"' in text
        assert "Feb 2020" in text
        assert "1 Feb 2020" not in text, "no day is known"


async def test_a_source_page_says_how_it_is_and_what_became_of_its_entries(serve):
    state = SourceState(
        "z", "https://z.example", NOW, last_polled_at=NOW, health=Health.FAILING, health_since=NOW, last_error="HTTP 404",
        interval=timedelta(minutes=15), muted_until=NOW + timedelta(days=3), entries_total=7,
    )  # fmt: skip
    pages = FakePages(
        rows=[
            SourceRow(
                Source("z", "Zebra", "https://z.example", category="local_press"),
                state,
                "HTTP 404",
                "some may have been missed",
            )
        ]
    )
    pages.entries_ = [
        StoredEntry(1, "z", "k", "javascript:x", None, HOSTILE, NOW, NOW, "off_topic", "does not speak of it", None)
    ]
    session = await serve(pages)
    async with session.get("/sources") as response:
        assert 'href="/sources/z"' in await response.text()
    async with session.get("/sources/z") as response:
        text = await response.text()
    plain = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "failing since 12 Jun 2020" in plain
    assert "Why HTTP 404" in plain
    assert "Warning some may have been missed" in plain
    assert "until 15 Jun 2020" in plain
    assert "just now, every 15 min" in plain
    assert "feed, local press" in plain
    assert "off topic : does not speak of it" in plain
    assert "javascript:" not in text
    assert "<script>" not in text


async def test_pages_can_be_used_without_eyes_or_a_mouse(serve):
    rows = [SourceRow(Source("z", "Zebra", "https://z.example"), None)]
    session = await serve(FakePages([view()], rows))
    for path in ("/", "/stories/s12", "/sources", "/sources/z", "/nowhere"):
        async with session.get(path) as response:
            text = await response.text()
        assert '<html lang="en">' in text
        assert text.count("<h1>") == 1
        assert re.search(r"<title>[^<]+</title>", text)
        assert 'href="#main"' in text
        assert '<main id="main">' in text
        assert text.count("<a ") == len(re.findall(r"<a [^>]*href=", text))
        for field in re.findall(r'<input id="(\w+)"', text):
            assert f'<label for="{field}">' in text
    async with session.get("/") as response:
        assert '<a href="/" aria-current="page">' in await response.text()


async def test_readiness_names_what_fails(serve):
    session = await serve(
        FakePages(checks=[Check("database", True, "ok"), Check("worker", False, "last seen 2 h ago")])
    )
    async with session.get("/healthz") as response:
        assert response.status == 200
    async with session.get("/readyz") as response:
        body = await response.json()
    assert response.status == 503
    assert body["checks"]["worker"] == {"ok": False, "detail": "last seen 2 h ago"}


async def test_a_fault_is_one_sentence_without_details(serve):
    class Broken(FakePages):
        def stories(self, **_):
            raise RuntimeError("password=hunter2")

    session = await serve(Broken())
    async with session.get("/") as response:
        text = await response.text()
    assert response.status == 503
    assert "hunter2" not in text
    assert "Traceback" not in text


async def test_the_tracker_asks_for_its_token(serve):
    session = await serve(FakePages([view()]), token="open-sesame")
    right = base64.b64encode(b"me:open-sesame").decode()
    cases = {
        None: 401,
        "Basic " + base64.b64encode(b"me:wrong").decode(): 401,
        "Basic %%%": 401,
        "Bearer wrong": 401,
        "Basic " + right: 200,
        "Bearer open-sesame": 200,
    }
    for header, status in cases.items():
        async with session.get("/", headers={"Authorization": header} if header else {}) as response:
            assert response.status == status, header
    async with session.get("/healthz") as response:
        assert response.status == 200


async def test_sources_page_shows_broken_ones_first(serve):
    ok = SourceRow(
        Source("a", "Aardvark", "https://a.example"), SourceState("a", "https://a.example", NOW, last_polled_at=NOW)
    )
    bad = SourceRow(
        Source("z", "Zebra", "https://z.example"),
        SourceState(
            "z",
            "https://z.example",
            NOW,
            last_polled_at=NOW,
            health=Health.FAILING,
            health_since=NOW,
            last_error="HTTP 404",
        ),
        "HTTP 404",
    )
    off = SourceRow(Source("b", "Bee", "https://b.example", enabled=False), None)
    session = await serve(FakePages(rows=[ok, off, bad]))
    async with session.get("/sources") as response:
        text = await response.text()
    assert text.index("Zebra") < text.index("Aardvark") < text.index("Bee")
    assert "HTTP 404" in text
    assert summarise([ok, off, bad], NOW) == "2 sources, last checked just now, 1 broken"


def test_dates_are_as_exact_as_they_are_known():
    assert [iso_day(value) for value in ("2020", "2020-07", "2020-07-01", "2020-13", "soon", "", None)] == [
        "2020", "Jul 2020", "1 Jul 2020", "2020-13", "soon", "", "",
    ]  # fmt: skip
    story = view().story
    assert stage_day(story) == "12 Jun 2020"
    assert stage_day(replace(story, stage_at=NOW + timedelta(days=1))) == "13 Jun 2020"
    assert stage_day(replace(story, change=replace(story.change, decided="2020-06-11"))) == "11 Jun 2020"


def test_times_read_naturally():
    spans = [timedelta(seconds=45), timedelta(minutes=1), timedelta(minutes=90), timedelta(hours=24), timedelta(days=3)]
    assert [span(value) for value in spans] == ["45 s", "1 min", "90 min", "1 day", "3 days"]
    assert ago(NOW - timedelta(seconds=30), NOW) == "just now"
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert ago(NOW - timedelta(hours=30), NOW) == "30 h ago"
    assert ago(NOW - timedelta(days=5), NOW) == "5 days ago"
    assert ago(None, NOW) == "never"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "http:", "http://[", "", None])
def test_only_web_addresses_become_links(url):
    assert safe_url(url) == ""


@pytest.mark.parametrize(
    ("path", "kind", "says"),
    [
        ("/export.csv", "text/csv; charset=utf-8", "a ledger in csv"),
        ("/export.json", "application/json; charset=utf-8", "a ledger in json"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8", "policywatch_articles 3\n"),
    ],
)
async def test_exports_and_figures_are_served_and_ask_for_the_token(serve, path, kind, says):
    session = await serve(FakePages())
    async with session.get(path) as response:
        assert (response.status, response.headers["Content-Type"], await response.text()) == (200, kind, says)
    guarded = await serve(FakePages(), token="secret")
    async with guarded.get(path) as response:
        assert response.status == 401
    async with guarded.get(path, headers={"Authorization": "Bearer secret"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/", "/sources"])
async def test_a_dead_worker_is_said_on_the_pages_and_not_by_readiness_alone(serve, path: str):
    dead = Check("worker", False, "last seen 12 Jun 08:00 UTC, 60 min ago; it is dead or stuck")
    async with (await serve(FakePages(checks=[dead]))).get(path) as response:
        assert "Worker: last seen 12 Jun 08:00 UTC, 60 min ago; it is dead or stuck." in await response.text()
    alive = Check("worker", True, "last seen 12 s ago")
    async with (await serve(FakePages(checks=[alive]))).get(path) as response:
        assert "Worker:" not in await response.text()


async def test_a_source_page_shows_no_key_and_no_password(serve):
    url = "https://joe:hush@z.example/feed?api_key=s3cr3t"
    row = SourceRow(Source("z", "Zebra", url), SourceState("z", url, NOW, last_polled_at=NOW, moved_to=url))
    async with (await serve(FakePages(rows=[row]))).get("/sources/z") as response:
        text = await response.text()
    assert "https://z.example/feed?api_key=hidden" in text
    assert "hush" not in text
    assert "s3cr3t" not in text
