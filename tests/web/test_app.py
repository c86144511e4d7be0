"""The tracker over real HTTP on loopback, with plain values behind it."""

import base64
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
    Source,
    SourceRow,
    SourceState,
    Span,
    Stage,
    Story,
    StoryView,
)
from bot.web import Tracker, build_app
from bot.web.pages import ago, safe_url, summarise

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
        self.asked = []

    def stories(self, *, limit, offset, words):
        self.asked.append((limit, offset, words))
        return self.views[offset : offset + limit]

    def story(self, ref):
        return next((each for each in self.views if each.story.ref == ref), None)

    def sources(self):
        return self.rows

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


async def test_unknown_story_is_404(serve):
    session = await serve(FakePages())
    async with session.get("/stories/s99") as response:
        assert response.status == 404
        assert response.headers["X-Content-Type-Options"] == "nosniff"


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
    )
    off = SourceRow(Source("b", "Bee", "https://b.example", enabled=False), None)
    session = await serve(FakePages(rows=[ok, off, bad]))
    async with session.get("/sources") as response:
        text = await response.text()
    assert text.index("Zebra") < text.index("Aardvark") < text.index("Bee")
    assert "HTTP 404" in text
    assert summarise([ok, off, bad], NOW) == "2 sources, last checked just now, 1 broken"


def test_times_read_naturally():
    assert ago(NOW - timedelta(seconds=30), NOW) == "just now"
    assert ago(NOW - timedelta(minutes=5), NOW) == "5 min ago"
    assert ago(NOW - timedelta(hours=30), NOW) == "30 h ago"
    assert ago(NOW - timedelta(days=5), NOW) == "5 days ago"
    assert ago(None, NOW) == "never"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//host/x", "http:", "http://[", "", None])
def test_only_web_addresses_become_links(url):
    assert safe_url(url) == ""
