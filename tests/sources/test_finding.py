from __future__ import annotations

import pytest

from bot.model import Failure, FailureKind, SourceKind
from bot.sources.finding import Found, find
from bot.sources.http import Fetcher
from bot.sources.suggest import suggest
from tests.fakes.feed_server import FeedServer, Page
from tests.sources.samples import NOW, fetched, item, rss

FEED = rss(*(item(f"T{n}", guid=str(n)) for n in range(3)))
FRAME = '<nav><a href="/about-us-and-our-work">About us and our work since 1990</a></nav><footer><a href="/terms">Terms of use for this site</a></footer>'
CARDS = "".join(
    f'<div class="card post-{n}"><a class="thumb" href="/n/{n}"><img></a><h3 class="t"><a href="/n/{n}">City number {n} votes on face search</a></h3>'
    f'<span class="when">{n} June 2020</span><p>Teaser {n} of the article.</p></div>'
    for n in range(1, 8)
)  # fmt: skip
LISTS = {
    "cards": f'<div class="grid wide">{CARDS}</div>',
    "list": "<ul>" + "".join(f'<li class="{"odd" if n % 2 else "even"}"><a href="/n/{n}">Commission takes decision number {n}</a> <time datetime="2020-06-0{n}">x</time></li>' for n in range(1, 8)) + "</ul>",
    "table": "<table class='docs'>" + "".join(f"<tr><td class='d'>0{n}.06.2020</td><td><a href='/n/{n}'>Ruling number {n} of the chamber</a></td></tr>" for n in range(1, 8)) + "</table>",
    "articles": "".join(f"<article><header><h2><a href='/n/{n}'>Senate hearing {n} on biometrics</a></h2></header><p>Text</p></article>" for n in range(1, 8)),
}  # fmt: skip


def html(main: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>News</title>{head}</head><body>{FRAME}<div id='main'>{main}</div></body></html>"


@pytest.mark.parametrize("kind", LISTS)
def test_a_listing_of_any_build_gets_selectors_that_work(kind: str) -> None:
    found = suggest(fetched(html(LISTS[kind]), "text/html", url="https://site.example/news"), NOW)
    assert found is not None
    assert [raw.link for raw in found.entries] == [f"https://site.example/n/{n}" for n in range(1, 8)]
    assert all("number" in raw.title or "hearing" in raw.title for raw in found.entries)
    if kind != "articles":
        assert all(raw.published is not None for raw in found.entries), found.select


@pytest.mark.parametrize("page", ["", "<p>One <a href='/x'>link to something else here</a></p>", "<p>plain</p>"])
def test_a_page_without_a_listing_gets_none(page: str) -> None:
    assert suggest(fetched(html(page), "text/html", url="https://site.example/news"), NOW) is None


async def found_at(fetcher: Fetcher, url: str) -> Found:
    found = await find(fetcher, url, NOW)
    assert isinstance(found, Found), found
    return found


async def test_an_address_that_is_a_feed(server: FeedServer, fetcher: Fetcher) -> None:
    found = await found_at(fetcher, server.serve("/feed", Page(FEED)))
    assert (found.kind, found.url, found.title, len(found.entries)) == (
        SourceKind.FEED,
        server.url("/feed"),
        "Example News",
        3,
    )


async def test_a_page_that_names_its_feed(server: FeedServer, fetcher: Fetcher) -> None:
    server.serve("/broken.xml", Page("<html></html>", "text/html"))
    server.serve("/real.xml", Page(FEED))
    links = '<link rel="alternate" type="application/rss+xml" href="/broken.xml"><link rel="alternate" type="application/rss+xml" href="/real.xml">'
    found = await found_at(fetcher, server.serve("/", Page(html(LISTS["cards"], links), "text/html")))
    assert (found.url, found.how) == (server.url("/real.xml"), "the feed the page names")


async def test_a_feed_at_the_usual_place(server: FeedServer, fetcher: Fetcher) -> None:
    server.serve("/rss.xml", Page(FEED))
    found = await found_at(fetcher, server.serve("/news", Page(html(LISTS["cards"]), "text/html")))
    assert (found.url, found.how) == (server.url("/rss.xml"), "the feed at the usual place")


async def test_a_page_without_a_feed_gets_selectors(server: FeedServer, fetcher: Fetcher) -> None:
    found = await found_at(fetcher, server.serve("/news", Page(html(LISTS["list"]), "text/html")))
    assert (found.kind, found.how, len(found.entries)) == (SourceKind.PAGE, "a listing", 7)
    assert found.select["item"]
    assert len(server.requests) <= 14


async def test_a_sitemap(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.serve(
        "/sitemap.xml", Page("<urlset><url><loc>https://a.example/b-c</loc></url></urlset>", "application/xml")
    )
    found = await found_at(fetcher, url)
    assert (found.kind, found.entries[0].title) == (SourceKind.PAGE, "b c")


async def test_nothing_to_watch(server: FeedServer, fetcher: Fetcher) -> None:
    for path, page in (("/a", Page(html("<p>x</p>"), "text/html")), ("/b", Page(b"\x00\x01", "image/png"))):
        found = await find(fetcher, server.serve(path, page), NOW)
        assert isinstance(found, Failure)
        assert found.kind is FailureKind.NOT_A_FEED
    gone = await find(fetcher, server.url("/missing"), NOW)
    assert isinstance(gone, Failure)
    assert gone.status == 404
