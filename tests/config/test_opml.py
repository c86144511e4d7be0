"""Subscription lists in and out."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config.opml import Outline, new_entries, read_opml, suggest_id, write_opml
from bot.model import Source, SourceKind

LIST = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head><title>Mine</title></head><body>
  <outline text="Law" title="Law">
    <outline text="Herald &amp; Sons" type="rss" xmlUrl="https://herald.example/feed?a=1&b=2" htmlUrl="https://herald.example"/>
    <outline title="Stadtblatt" XMLURL="http://stadt.example/rss" language="de-de"/>
  </outline>
  <outline text="A folder without feeds"><outline text="note"/></outline>
  <outline text="No scheme" xmlUrl="gazette.example/rss"/>
</body></opml>"""


def test_a_list_is_read_as_readers_write_it():
    outlines, wrong = read_opml(LIST)
    assert wrong == []
    assert outlines == [
        Outline("https://herald.example/feed?a=1&b=2", "Herald & Sons", "Law", None),
        Outline("http://stadt.example/rss", "Stadtblatt", "Law", "de-de"),
        Outline("gazette.example/rss", "No scheme", "", None),
    ]


def test_entries_are_made_of_what_is_new():
    outlines, _ = read_opml(LIST)
    entries, skipped = new_entries(outlines, ids={"stadtblatt"}, urls={"https://herald.example/feed?a=1&b=2"})
    assert entries == [
        {"id": "stadtblatt-2", "name": "Stadtblatt", "url": "http://stadt.example/rss", "language": "de-de"}
    ]
    assert [(one.url, one.reason.split(";")[0]) for one in skipped] == [
        ("https://herald.example/feed?a=1&b=2", "is there already"),
        ("gazette.example/rss", 'url "gazette.example/rss" lacks its beginning'),
    ]
    assert len(new_entries([outlines[1], outlines[1]], ids=(), urls=())[0]) == 1


def test_what_is_no_list():
    assert read_opml(b"")[1][0].startswith("is no XML (")
    assert read_opml(b"feeds: []")[1] == ["is no OPML file; export the subscriptions of a feed reader as OPML"]
    assert read_opml(b"<rss><channel/></rss>")[1] == [
        "is no OPML file; export the subscriptions of a feed reader as OPML"
    ]
    assert read_opml(b"<opml><body/></opml>")[1] == [
        "holds no subscription (no outline with xmlUrl); export it again as OPML"
    ]
    assert read_opml(b"<opml>" + b" " * 5_000_001)[1] == ["is larger than 5,000,000 bytes; split it"]


def test_entities_are_not_expanded_and_files_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://secret.example/")
    levels = b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
        + levels
        + b']><opml><body><outline text="&j;" xmlUrl="https://e.example/"/></body></opml>'
    )
    outside = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]><opml><body><outline text="&s;" xmlUrl="https://e.example/"/>&s;</body></opml>'
    ).encode()
    start = time.perf_counter()
    for raw in (bomb, outside, bomb.decode().encode("utf-16"), outside.decode().encode("utf-16")):
        outlines, _ = read_opml(raw)
        assert len(str(outlines)) < 500
        assert "secret.example" not in str(outlines)
    assert time.perf_counter() - start < 2


def test_ids():
    assert suggest_id("Über Öffentlichkeit!", "https://x.example", ()) == "uber-offentlichkeit"
    assert suggest_id("新闻", "https://www.news.example/rss", ()) == "news-example"
    assert suggest_id("新闻", "nonsense", ("source",)) == "source-2"


SOURCES = [
    Source("a", "A & <B>", "https://a.example/?x=1&y=2", category="trade_press"),
    Source("b", "B\x00\x1b[31m", "https://b.example/", language="fr"),
    Source("c", "C", "https://c.example/", enabled=False),
    Source("d", "D", "https://d.example/", kind=SourceKind.PAGE),
    Source("e", "E", "https://e.example/", category="trade_press"),
]


def test_what_is_written_is_read_back():
    raw = write_opml(SOURCES, title="Policywatch", now=datetime(2026, 11, 1, tzinfo=UTC))
    assert raw.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert b"Sun, 01 Nov 2026 00:00:00 +0000" in raw
    outlines, wrong = read_opml(raw)
    assert wrong == []
    assert outlines == [
        Outline("https://a.example/?x=1&y=2", "A & <B>", "trade press", "en"),
        Outline("https://e.example/", "E", "trade press", "en"),
        Outline("https://b.example/", "B[31m", "", "fr"),
    ]


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: f"<opml><body><outline xmlUrl='{text}'/>".encode("utf-8", "replace")),
    )
)
@example(b"<:")
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_subscriptions_or_a_sentence(raw):
    outlines, wrong = read_opml(raw)
    assert bool(outlines) != bool(wrong)
    entries, _ = new_entries(outlines, ids=(), urls=())
    assert all(entry["url"].startswith("http") for entry in entries)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_can_be_written(name, title):
    raw = write_opml([Source("a", name, "https://a.example/")], title=title, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert read_opml(raw)[0][0].url == "https://a.example/"
