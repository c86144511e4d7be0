"""Cutting a feed at its items must never change what is read from it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.model import Entry, Reading, SourceKind
from bot.sources import parser, read, read_known, slices
from bot.sources.reading import AT_ONCE
from bot.sources.slices import DIGEST, Sliced, sliced
from tests.sources.samples import NOW, fetched, item, rss, source, state
from tests.sources.test_recorded_feeds import mutilated

TYPE = "application/xml"


def whole(body: bytes) -> Reading | None:
    found = read(source(), state(), fetched(body, TYPE), NOW)
    return found if isinstance(found, Reading) else None


def cut(body: bytes, known: bytes = b"") -> Sliced | None:
    return sliced(body, TYPE, known)


def entries_in_slices(body: bytes, known: bytes) -> tuple[Entry, ...]:
    found = read(source(), state(known_slices=known, entries_total=9), fetched(body, TYPE), NOW)
    return found.entries if isinstance(found, Reading) else ()


def assert_same_entries(body: bytes, *masks: int) -> bool:
    """Whether the document can be cut; if so, what is read of the slices outside each mask equals the whole's entries."""
    all_of_it = cut(body)
    reading = whole(body) if all_of_it is not None else None
    if all_of_it is None or reading is None:
        return False
    context, *digests = [all_of_it.hashes[at : at + DIGEST] for at in range(0, len(all_of_it.hashes), DIGEST)]
    by_key = {entry.key: entry for entry in reading.entries}
    for mask in masks:
        known = {digest for index, digest in enumerate(digests) if mask >> index & 1}
        for remembered in (b"".join(known), b"".join([context, *known])):  # by parsing the whole, and by what is known
            found = entries_in_slices(body, remembered)
            for entry in found:
                assert by_key.get(entry.key) == entry
            if len(reading.entries) == len(digests) and cut(body, remembered) is not None:
                unseen = [index for index, digest in enumerate(digests) if digest not in known]
                assert found == tuple(reading.entries[index] for index in unseen)
    return True


FEED = rss(
    *(item(f"Title {n}", guid=f"g{n}", link=f"https://news.example/{n}", text=f"<p>Text {n}</p>") for n in range(6))
)


def test_known_items_are_left_out_and_everything_else_stays() -> None:
    first = cut(FEED)
    assert first is not None
    assert (first.total, first.unseen, first.document, len(first.hashes)) == (6, 6, FEED, 7 * DIGEST)
    grown = FEED.replace(b"<item>", item("New", guid="new").encode() + b"<item>", 1)
    second = cut(grown, first.hashes)
    assert second is not None
    assert (second.total, second.unseen) == (7, 1)
    assert second.document.count(b"<item>") == 1
    assert b"New" in second.document
    assert b"<title>Example News</title>" in second.document
    assert [entry.key for entry in entries_in_slices(grown, first.hashes)] == ["new"]


def test_churn_around_the_items_costs_no_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = cut(FEED)
    assert first is not None
    monkeypatch.setattr(parser, "parse", lambda *_: pytest.fail("feedparser was called"))
    churned = FEED.replace(
        b"<channel>", b"<channel><lastBuildDate>now</lastBuildDate><ttl>45</ttl><!-- served by 7 -->"
    )
    found = read(source(), state(known_slices=first.hashes, entries_total=6, title="T"), fetched(churned), NOW)
    assert isinstance(found, Reading)
    assert (found.entries, found.total, found.known_slices, found.title) == ((), 6, first.hashes, "T")
    assert found.ttl is not None
    assert found.ttl.total_seconds() == 45 * 60
    assert read_known(source(), state(known_slices=first.hashes, title="T"), fetched(churned)) == found


def test_what_is_quickly_told_says_the_same_as_the_whole_reading_or_nothing() -> None:
    first = cut(FEED)
    assert first is not None
    known = state(known_slices=first.hashes, entries_total=6, title="T")
    same = fetched(FEED)
    assert read_known(source(), known, same) == read(source(), known, same, NOW)
    large = FEED.replace(b"<channel>", b"<channel><!-- " + b"x" * AT_ONCE + b" -->")
    for body in (large, b"", b"<rss", FEED.replace(b"<rss", b"<!DOCTYPE rss><rss", 1)):
        assert read_known(source(), known, fetched(body)) is None
    assert read_known(source(), state(), same) is None, "nothing is known yet"
    assert read_known(source(kind=SourceKind.PAGE), known, same) is None


def test_what_was_cut_out_on_a_quick_look_is_read_without_cutting_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = cut(FEED)
    assert first is not None
    known = state(known_slices=first.hashes, entries_total=6)
    grown = fetched(FEED.replace(b"<item>", item("New", guid="new").encode() + b"<item>", 1))
    found = read_known(source(), known, grown)
    assert isinstance(found, Sliced)
    whole = read(source(), known, grown, NOW)
    monkeypatch.delattr("bot.sources.slices.sliced")
    reading = read(source(), known, grown, NOW, cut=found)
    assert isinstance(reading, Reading)
    assert [entry.title for entry in reading.entries] == ["New"]
    assert reading == whole


def test_an_edited_item_is_read_again() -> None:
    first = cut(FEED)
    assert first is not None
    edited = FEED.replace(b"Title 3", b"Title 3, edited")
    assert [(entry.key, entry.title) for entry in entries_in_slices(edited, first.hashes)] == [
        ("g3", "Title 3, edited")
    ]


ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://amt.example/">'
    '<entry><id>1</id><title>A</title><link href="a"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry>'
    '<entry><id>2</id><title>B</title><link href="b"/></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="c"/>'
    '<item rdf:about="https://r.example/1"><title>One</title></item><item rdf:about="https://r.example/2"><title>Two</title></item></rdf:RDF>'
)


@pytest.mark.parametrize(
    "feed", [FEED, b"\xef\xbb\xbf" + FEED, ATOM.encode(), RDF.encode()], ids=["rss", "bom", "atom", "rdf"]
)
def test_every_kind_can_be_cut(feed: bytes) -> None:
    found = cut(feed)
    assert found is not None
    assert assert_same_entries(feed, *range(2**found.total))


def changed(old: str, new: str, feed: bytes = FEED) -> bytes:
    assert old.encode() in feed
    return feed.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    "feed",
    [
        changed("<rss", "<!DOCTYPE rss><rss"), changed('encoding="utf-8"', 'encoding="iso-8859-1"'), FEED + b"\xff",
        changed("</item>", ""), changed("Title 2", "&undefined;"), changed("Title 2", "<foo:bar/>"), changed("Title 2", "<item>x</item>"),
        changed("<item>", "<items><item>x</item></items><item>"), changed("<item>", "<item/><item>"), changed("<rss", "<html").replace(b"</rss>", b"</html>"),
        changed("<title>Title 1", '<title xmlns:dc="http://other.example/">Title 1'), FEED[:-20], b"", b"<rss/>", FEED.decode().encode("utf-16"),
        b"<rss><channel>" + b"<a>" * 200 + b"</a>" * 200 + b"<item>x</item></channel></rss>",
    ],
    ids=range(16),
)  # fmt: skip
def test_what_is_not_plain_is_read_whole(feed: bytes) -> None:
    assert cut(feed) is None


def test_the_header_may_contradict_the_encoding() -> None:
    assert sliced(FEED, "text/xml; charset=iso-8859-1", b"") is None
    assert sliced(FEED, "text/xml; charset=UTF-8", b"") is not None


def test_an_item_inside_a_comment_or_cdata_is_no_item() -> None:
    tricky = changed(
        "<title>Title 1</title>",
        "<title>Title 1</title><!-- </item><item> --><description><![CDATA[</item><item>]]></description>",
    )
    found = cut(tricky)
    assert found is not None
    assert found.total == 6
    assert assert_same_entries(tricky, *range(2**6))


def test_an_id_or_link_that_repeats_needs_both_items() -> None:
    """A repeating id does not identify; a slice alone would look as if it did."""
    first = cut(FEED)
    assert first is not None
    for new in (
        item("New", guid="g3", link="https://news.example/new"), item("New", guid="new", link="https://news.example/3"),
        item("New", guid="new").replace("</item>", "<link><![CDATA[https://news.example/3]]></link></item>"),
    ):  # fmt: skip
        grown = FEED.replace(b"<item>", new.encode() + b"<item>", 1)
        assert cut(grown, first.hashes) is None
        reading = whole(grown)
        assert reading is not None
        assert entries_in_slices(grown, first.hashes) == reading.entries


def test_items_that_are_known_are_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = cut(FEED)
    assert first is not None
    monkeypatch.delattr(slices, "_by_parsing")
    grown = FEED.replace(b"<item>", item("New", guid="new").encode() + b"<item>", 1)
    for feed, unseen in ((FEED, 0), (grown, 1), (changed("</item>", "</item>  <!-- here -->"), 0)):
        found = cut(feed, first.hashes)
        assert found is not None
        assert found.unseen == unseen


@pytest.mark.parametrize(
    "feed",
    [
        FEED.replace(b"<item>", b"<!-- <item>", 1).replace(b"</item>", b"</item> -->", 1),
        FEED.replace(b"<item>", b"<description><![CDATA[<item>", 1).replace(b"</item>", b"</item>]]></description>", 1),
        FEED.replace(b"<item>", b"<items><item>", 1).replace(b"</item>", b"</item></items>", 1),
        changed("<channel>", '<channel xmlns:dc="http://other.example/">'), changed("</item>", ""), FEED[:-20],
        changed("<item>", "<item/><item>"), changed("<item>", "<item></entry><item>"), changed("<item>", "</item><item>"),
        changed("<item>", "<item><![CDATA[</entry><entry>]]></item><item>"), changed("</item>", "</item>\x0c"),
    ],
    ids=range(11),
)  # fmt: skip
def test_known_items_in_another_place_are_looked_at_again(feed: bytes) -> None:
    first = cut(FEED)
    assert first is not None
    known = {first.hashes[at : at + DIGEST] for at in range(0, len(first.hashes), DIGEST)}
    assert slices._by_known(FEED, known) is not None
    assert slices._by_known(feed, known) is None


@cache
def content(path: Path) -> bytes:
    return path.read_bytes()


def test_recorded_feeds_give_the_same_entries_from_slices(recorded: list[Path]) -> None:
    cuttable = sum(assert_same_entries(content(path), 1, 0b0101_0101, -2) for path in recorded)
    assert cuttable >= 130


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(), where=st.lists(st.floats(0, 1), min_size=1, max_size=4), mask=st.integers(0, 2**40),
    piece=st.sampled_from([
        b"<b>x</b>", b"<div>d</div>", b"<!-- c -->", b"<![CDATA[<item>]]>", b"&amp;", b"&#60;", b"<title>T</title>", b'<p xml:lang="de">y</p>',
        b"<description>z</description>", b'<x xmlns="http://www.w3.org/1999/xhtml"/>', b"<source><id>s</id></source>", b'<a xml:base="http://b.example/"/>',
        b"<guid>1</guid>", b"<link>http://l.example/</link>", b"<id>7</id>", b"<content><div>q</div></content>", b"<language>fr</language>", b"<image/>",
    ]),
)  # fmt: skip
def test_mutations_give_the_same_entries_from_slices(
    recorded: list[Path], data: st.DataObject, where: list[float], mask: int, piece: bytes
) -> None:
    path = data.draw(st.sampled_from(recorded).filter(lambda path: len(content(path)) < 60_000))
    body = content(path)
    for share in where:  # between elements, so that many stay well-formed
        at = body.find(b">", int(share * len(body))) + 1
        body = body[:at] + piece + body[at:]
    assert_same_entries(body, mask)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.data(),
    where=st.lists(
        st.tuples(
            st.floats(0, 1),
            st.sampled_from([
                b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<item>", b"</item>", b"<entry>", b"</entry>", b"<item/>", b"</item ><item x='1'>", b"<items/>",
                b"<title>T</title>", b"<dc:date>1</dc:date>", b"<x xmlns='u:1'/>", b"<p:x xmlns:p='u:2'>", b"</p:x>", b"&#60;", b"<?pi <item> ?>", b"\n", b"\x0c", b"</channel>",
            ]),
        ),
        min_size=1, max_size=4,
    ),
    root=st.sampled_from([b"", b' xmlns:p="u:2"', b' xmlns="u:3"', b' xmlns:dc="u:4"']),
)  # fmt: skip
def test_what_is_known_tells_the_items_of_a_changed_document_as_parsing_it_does(
    recorded: list[Path], data: st.DataObject, where: list[tuple[float, bytes]], root: bytes
) -> None:
    body = content(data.draw(st.sampled_from(recorded).filter(lambda path: len(content(path)) < 60_000)))
    first = cut(body)
    if first is None:
        return
    known = {first.hashes[at : at + DIGEST] for at in range(0, len(first.hashes), DIGEST)}
    for share, piece in where:
        at = body.find(b">", int(share * len(body))) + 1
        body = body[:at] + piece + body[at:]
    body = body.replace(b"<rss", b"<rss" + root, 1).replace(b"<feed", b"<feed" + root, 1)
    quickly = slices._by_known(body, known)
    assert quickly is None or quickly == slices._by_parsing(body, known)


_steps = st.lists(
    st.tuples(st.just("cut"), st.floats(0, 1), st.integers(0, 40))
    | st.tuples(st.just("swap"), st.floats(0, 1), st.floats(0, 1)),
    max_size=3,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), steps=_steps, mask=st.integers(0, 2**40))
def test_mutilations_give_the_same_entries_from_slices(
    recorded: list[Path], data: st.DataObject, steps: list[tuple[str, float, object]], mask: int
) -> None:
    path = data.draw(st.sampled_from(recorded).filter(lambda path: len(content(path)) < 60_000))
    assert_same_entries(mutilated(content(path), steps), mask)
