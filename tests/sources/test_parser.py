"""feedparser as it is tuned here gives what it gives as it comes."""

from __future__ import annotations

import copy
from pathlib import Path

import feedparser.api
import feedparser.html
import feedparser.mixin
import feedparser.urls
import pytest
from feedparser.util import FeedParserDict
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sources import parser


def test_real_feeds_come_out_the_same(recorded: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def texts() -> list[str]:
        found = []
        for path in recorded:
            result = parser.parse(path.read_bytes(), "application/xml", "https://news.example/feed")
            found.append(repr((result.get("entries"), result.get("feed"), result.get("bozo"), result.get("version"))))
        return found

    tuned = texts()
    monkeypatch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", [])
    monkeypatch.setattr(feedparser.mixin, "make_safe_absolute_uri", feedparser.mixin.make_safe_absolute_uri.__wrapped__)
    monkeypatch.setattr(feedparser.mixin, "_urljoin", feedparser.urls._urljoin)
    monkeypatch.setattr(feedparser.mixin, "_cp1252", feedparser.html._cp1252)
    monkeypatch.setattr(feedparser.mixin, "copy", copy)
    for name in ("get", "__contains__", "__getitem__"):
        monkeypatch.setattr(FeedParserDict, name, getattr(FeedParserDict, name).__wrapped__)
    assert texts() == tuned


@given(st.text())
@example("".join(map(chr, range(0x600))) + "“quoted” – €")
def test_the_table_of_characters_maps_every_text_as_feedparsers_own_does(text: str) -> None:
    assert text.translate(feedparser.mixin._cp1252) == text.translate(feedparser.html._cp1252)


_addresses = st.text(alphabet="htps:/.a-Z9~_?#;&%@[] \té", max_size=30) | st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["https://", "http://", "HTTP://", "http:///", "//", ""]),
        st.sampled_from(["news.example", "News.example:8080", "a@b.example", "[::1]", "x:", ""]),
        st.text(alphabet="/.a-Z9~_?#;=", max_size=12),
    ),
)


@given(_addresses, _addresses)
@example("http://news.example/feed", "http://news.example/a/../b")
@example("http://news.example/feed", "http://news.example/a/.")
@example("", "https://news.example/2026/a-title.html")
def test_addresses_are_joined_as_feedparsers_own_function_does(base: str, address: str) -> None:
    base = feedparser.urls._urljoin("http://feed.example/", base)  # it never joins with anything but an address
    assert feedparser.mixin._urljoin(base, address) == feedparser.urls._urljoin(base, address)


def test_tuning_twice_changes_nothing() -> None:
    join, table, get = feedparser.mixin._urljoin, dict(feedparser.mixin._cp1252), FeedParserDict.get
    parser.tune()
    assert (feedparser.mixin._urljoin, feedparser.mixin._cp1252, FeedParserDict.get) == (join, table, get)
