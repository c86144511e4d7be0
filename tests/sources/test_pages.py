from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Entry, Failure, FailureKind, Reading, SourceKind
from bot.sources import read
from bot.sources.sitemaps import read_sitemap
from tests.sources.samples import NOW, fetched, source, state

LISTING = """<html lang="en-GB"><head><base href="/press/"></head><body><nav><a href="/">Home page of the commissioner</a></nav>
<ul class="news">
<li class="release"><a href="1"><img src="x.png"></a><h3><a href="1">Fine for a face database</a></h3><time datetime="2020-06-11T18:00:00Z">yesterday</time><p>The regulator <b>fined</b> it.</p></li>
<li class="release"><h3><a href="https://other.example/2">Guidance on live use</a></h3><span class="date">9 June 2020</span><p>New guidance.</p><a href="https://other.example/2">Read more</a></li>
<li class="release"><h3>Notice without a link</h3></li>
<li class="advert"><a href="/buy">Buy this</a></li></ul></body></html>"""
SELECT = {"item": "li.release", "title": "h3", "date": "time, .date", "summary": "p"}


def reading(body: bytes | str, select: dict[str, str], content_type: str = "text/html") -> Reading | Failure:
    return read(
        source(kind=SourceKind.PAGE, select=select),
        state(),
        fetched(body, content_type, url="https://reg.example/news"),
        NOW,
    )


def entries(body: bytes | str, select: dict[str, str], content_type: str = "text/html") -> tuple[Entry, ...]:
    found = reading(body, select, content_type)
    assert isinstance(found, Reading), found
    return found.entries


def test_a_listing_by_selectors() -> None:
    first, second, third = entries(LISTING, SELECT)
    assert (first.url, first.key, first.title, first.text) == (
        "https://reg.example/press/1", "https://reg.example/press/1", "Fine for a face database", "The regulator fined it.",
    )  # fmt: skip
    assert (first.published, first.language) == (datetime(2020, 6, 11, 18, tzinfo=UTC), "en")
    assert (second.url, second.published) == ("https://other.example/2", datetime(2020, 6, 9, tzinfo=UTC))
    assert (third.url, third.title) == (None, "Notice without a link")


def test_only_the_item_is_needed() -> None:
    found = entries(LISTING, {"item": "li.release"})
    assert [entry.title for entry in found][1] == "Guidance on live use"
    assert found[0].url == "https://reg.example/press/1"
    assert [entry.title for entry in entries(LISTING, {"item": "h3 a"})] == [
        "Fine for a face database",
        "Guidance on live use",
    ]


def test_attributes_can_be_taken() -> None:
    page = '<div data-id="7" data-href="/a/7"><b title="Ban agreed">x</b><i data-on="2020-06-11">y</i></div>'
    (entry,) = entries(page, {"item": "div", "link": "@data-href", "title": "b@title", "date": "i@data-on"})
    assert (entry.url, entry.title, entry.published) == (
        "https://reg.example/a/7",
        "Ban agreed",
        datetime(2020, 6, 11, tzinfo=UTC),
    )


def test_a_link_beside_the_headline_with_read_more_takes_the_heading() -> None:
    page = "".join(f'<article><h2>Headline number {n}</h2><a href="/{n}">Read more</a></article>' for n in range(3))
    assert [entry.title for entry in entries(page, {"item": "article"})] == [f"Headline number {n}" for n in range(3)]


def test_the_same_link_twice_is_one_item_and_one_link_for_all_is_shared() -> None:
    twice = '<p><a href="/1"></a></p><p><a href="/1">Headline</a></p><p><a href="/2">Other</a></p>'
    assert [(entry.url, entry.title) for entry in entries(twice, {"item": "p"})] == [
        ("https://reg.example/1", "Headline"), ("https://reg.example/2", "Other"),
    ]  # fmt: skip
    shared = "".join(f'<p><b>Notice {n}</b><a href="/all">PDF</a></p>' for n in range(3))
    found = entries(shared, {"item": "p", "title": "b"})
    assert len({entry.key for entry in found}) == 3
    assert all(entry.shared_link for entry in found)


def test_selectors_that_match_nothing_any_more_are_a_failure() -> None:
    found = reading(LISTING, {"item": "li.story"})
    assert isinstance(found, Failure)
    assert (found.kind, "li.story" in found.detail) == (FailureKind.EMPTY, True)


@pytest.mark.parametrize(
    ("select", "kind"),
    [({}, FailureKind.NOT_A_FEED), ({"item": "li["}, FailureKind.MALFORMED), ({"item": "li", "link": "a:nope(("}, FailureKind.MALFORMED)],
)  # fmt: skip
def test_selectors_that_cannot_be_used(select: dict[str, str], kind: FailureKind) -> None:
    found = reading(LISTING, select)
    assert isinstance(found, Failure)
    assert found.kind is kind


DOCUMENTS = {
    "count": 2,
    "results": [
        {"number": "2020-1", "title": "Use of <b>biometrics</b>", "on": "2020-06-11", "abstract": "A rule.", "agencies": [{"name": "TSA"}], "links": ["/d/1"]},
        {"number": "2020-2", "title": "Notice", "on": "06/05/2020", "abstract": None, "agencies": [], "links": []},
    ],
}  # fmt: skip


def test_json_by_paths() -> None:
    select = {
        "item": "results",
        "link": "https://reg.example/doc/{number}",
        "title": "title",
        "date": "on",
        "summary": "abstract",
    }
    first, second = entries(json.dumps(DOCUMENTS), select, "application/json")
    assert (first.url, first.title, first.text) == ("https://reg.example/doc/2020-1", "Use of biometrics", "A rule.")
    assert first.published == datetime(2020, 6, 11, tzinfo=UTC)
    assert (second.url, second.text) == ("https://reg.example/doc/2020-2", "")
    deep = {"item": "results", "link": "links.0", "title": "agencies[0].name"}
    assert [(entry.url, entry.title) for entry in entries(json.dumps(DOCUMENTS), deep, "application/json")] == [
        ("https://reg.example/d/1", "TSA")
    ]


def test_json_whose_shape_changed_is_a_failure() -> None:
    for body in (json.dumps({"items": []}), json.dumps({"results": []}), "[]", "{broken"):
        found = reading(body, {"item": "results"}, "application/json")
        assert isinstance(found, Failure), body


def test_a_root_list() -> None:
    body = json.dumps([{"url": "https://reg.example/1", "title": "T", "date": "2020-06-11"}])
    assert entries(body, {"item": "$"}, "application/json")[0].url == "https://reg.example/1"


SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://reg.example/2020/06/city-bans-it.html</loc><lastmod>2020-06-11</lastmod></url>
<url><loc>https://reg.example/2</loc><news:news><news:publication><news:name>N</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2020-06-11T18:00:00Z</news:publication_date><news:title>Council votes</news:title></news:news></url></urlset>"""


def test_a_news_sitemap_needs_no_selectors() -> None:
    plain, news = entries(SITEMAP, {}, "application/xml")
    assert (plain.url, plain.title) == ("https://reg.example/2020/06/city-bans-it.html", "city bans it")
    assert (news.title, news.language, news.published) == ("Council votes", "en", datetime(2020, 6, 11, 18, tzinfo=UTC))


def test_an_index_of_sitemaps_names_the_one_to_watch() -> None:
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://reg.example/a.xml</loc><lastmod>2020-06-11</lastmod>'
        "</sitemap><sitemap><loc>https://reg.example/news.xml</loc></sitemap></sitemapindex>"
    )
    found = reading(index, {}, "application/xml")
    assert isinstance(found, Failure)
    assert found.moved_to == "https://reg.example/news.xml"


def test_a_sitemap_with_entities_reads_no_file(tmp_path: object) -> None:
    evil = SITEMAP.replace("<urlset", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset', 1).replace(
        "Council votes", "&e;"
    )
    assert "root:" not in str(reading(evil, {}, "application/xml"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([LISTING, SITEMAP, json.dumps(DOCUMENTS)]),
    st.floats(0, 1),
    st.integers(0, 40),
    st.binary(max_size=12),
)
def test_mutilated_listings_never_raise(body: str, where: float, cut: int, piece: bytes) -> None:
    raw = body.encode()
    at = int(where * len(raw))
    found = reading(raw[:at] + piece + raw[at + cut :], {**SELECT, "item": "li.release, results"}, "text/html")
    assert isinstance(found, Reading | Failure)


@pytest.mark.parametrize(("part", "css"), [("link", "h3 a.go"), ("title", "h4"), ("link", "@data-href")])
def test_a_link_or_title_that_no_item_has_any_more_is_a_failure_that_names_it(part: str, css: str) -> None:
    found = reading(LISTING, SELECT | {part: css})
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.EMPTY
    assert f"the {part} is ({css})" in found.detail


@pytest.mark.parametrize(("part", "css"), [("date", ".when"), ("summary", "p.teaser")])
def test_dates_or_summaries_that_no_item_has_any_more_are_a_warning_that_names_them(part: str, css: str) -> None:
    found = reading(LISTING, SELECT | {part: css})
    assert isinstance(found, Reading)
    assert len(found.entries) == 3
    (warning,) = found.warnings
    assert f"a {part} where `select` says ({css})" in warning


def test_a_json_path_that_leads_nowhere_any_more_is_a_failure() -> None:
    select = {"item": "results", "title": "title", "link": "https://reg.example/doc/{id}"}
    found = reading(json.dumps(DOCUMENTS), select, "application/json")
    assert isinstance(found, Failure)
    assert "doc/{id}" in found.detail


def test_the_title_of_a_picture_is_not_the_title_of_the_page() -> None:
    picture = '<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:title>A cat</image:title></image:image>'
    (first, *_) = entries(SITEMAP.replace("<news:news>", f"{picture}<news:news>", 1), {}, "application/xml")
    assert first.title == entries(SITEMAP, {}, "application/xml")[0].title


def test_an_index_of_sitemaps_is_read_on_the_29th_of_february() -> None:
    index = b"<sitemapindex><sitemap><loc>https://reg.example/a.xml</loc></sitemap></sitemapindex>"
    found = read_sitemap(index, "https://reg.example/sitemap.xml", datetime(2028, 2, 29, tzinfo=UTC))
    assert isinstance(found, Failure)
    assert found.moved_to == "https://reg.example/a.xml"


def test_boxes_in_boxes_cost_bounded_time() -> None:
    began = time.process_time()
    found = entries("<div>" * 3000 + '<a href="/x">t</a>' + "</div>" * 3000, {"item": "div"})
    assert [entry.title for entry in found] == ["t"]
    assert time.process_time() - began < 4


@pytest.mark.parametrize(
    "sitemap",
    [
        '<?xml version="1.0"?><s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>https://reg.example/a-b</s:loc></s:url></s:urlset>',
        f"<?xml version='1.0'?><!-- {'made by a plugin ' * 200} --><urlset><url><loc>https://reg.example/a-b</loc></url></urlset>",
    ],
    ids=["prefixed", "a long comment first"],
)  # fmt: skip
def test_sitemaps_of_other_spellings(sitemap: str) -> None:
    assert [entry.title for entry in entries(sitemap, {}, "application/xml")] == ["a b"]
