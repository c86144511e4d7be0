import asyncio
from datetime import timedelta

import pytest

from bot.model import FailureKind
from bot.sources.http import Fetcher
from bot.sources.robots import Robots
from tests.fakes import feed_server
from tests.fakes.feed_server import FeedServer, Page
from tests.sources.samples import NOW


@pytest.fixture
def robots(fetcher: Fetcher) -> Robots:
    return Robots(fetcher)


async def test_what_is_disallowed_is_refused_and_the_file_is_asked_for_once(server: FeedServer, robots: Robots) -> None:
    server.serve("/robots.txt", Page("User-agent: *\nDisallow: /private/\nAllow: /private/open\n", "text/plain"))
    refusal = await robots.refusal(server.url("/private/a"), NOW)
    assert refusal is not None
    assert (refusal.kind, refusal.retry_after) == (FailureKind.ROBOTS, None)
    assert await robots.refusal(server.url("/private/open"), NOW) is None
    assert await robots.refusal(server.url("/news/1"), NOW) is None
    assert len(server.requests) == 1
    await robots.refusal(server.url("/news/1"), NOW + timedelta(days=1))
    assert len(server.requests) == 2


async def test_pages_that_want_it_at_the_same_time_ask_for_it_once(server: FeedServer, robots: Robots) -> None:
    server.serve("/robots.txt", Page("User-agent: *\nDisallow: /private/\n", "text/plain"))
    answers = await asyncio.gather(*(robots.refusal(server.url(f"/{path}/1"), NOW) for path in ("a", "private", "c")))
    assert [answer is None for answer in answers] == [True, False, True]
    assert len(server.requests) == 1


async def test_rules_for_us_by_name(server: FeedServer, robots: Robots) -> None:
    server.serve(
        "/robots.txt", Page("User-agent: *\nDisallow: /\n\nUser-agent: policywatch\nDisallow: /x\n", "text/plain")
    )
    assert await robots.refusal(server.url("/news/1"), NOW) is None
    assert await robots.refusal(server.url("/x"), NOW) is not None


@pytest.mark.parametrize("code", [401, 403, 404, 410])
async def test_no_file_allows_all(server: FeedServer, robots: Robots, code: int) -> None:
    server.serve("/robots.txt", feed_server.status(code))
    assert await robots.refusal(server.url("/news/1"), NOW) is None


@pytest.mark.parametrize("code", [429, 500, 503])
async def test_a_file_that_cannot_be_had_forbids_for_a_while(server: FeedServer, robots: Robots, code: int) -> None:
    server.serve("/robots.txt", feed_server.in_turn(feed_server.status(code), Page("", "text/plain")))
    refusal = await robots.refusal(server.url("/news/1"), NOW)
    assert refusal is not None
    assert refusal.retry_after == NOW + timedelta(minutes=30)
    assert await robots.refusal(server.url("/news/1"), NOW + timedelta(minutes=10)) is not None
    assert await robots.refusal(server.url("/news/1"), NOW + timedelta(minutes=31)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff" * 500,
        b"<html>not found</html>",
        b"Disallow: /",
        b"Crawl-delay: soon\n",
        b"User-agent: *\nCrawl-delay: -1",
    ],
)
async def test_what_cannot_be_understood_forbids_nothing(server: FeedServer, robots: Robots, body: bytes) -> None:
    server.serve("/robots.txt", Page(body, "text/plain"))
    assert await robots.refusal(server.url("/news/1"), NOW) is None


async def test_a_crawl_delay_spaces_the_host_within_reason(
    server: FeedServer, fetcher: Fetcher, robots: Robots
) -> None:
    server.serve("/robots.txt", Page("User-agent: *\nCrawl-delay: 900\n", "text/plain"))
    await robots.refusal(server.url("/news/1"), NOW)
    assert fetcher.gates._gate("127.0.0.1").spacing == 30.0


async def test_robots_files_pass_the_same_guard(robots: Robots) -> None:
    refusal = await robots.refusal("http://10.0.0.1/news/1", NOW)
    assert refusal is not None
    assert "private" in refusal.detail
