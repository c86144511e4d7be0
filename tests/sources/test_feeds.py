"""What a feed document becomes: entries, or why there are none."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.model import Entry, Failure, FailureKind, Reading
from bot.sources import entries as entries_module
from bot.sources import read
from tests.sources.samples import NOW, URL, fetched, item, rss, source, state

EIGHTEEN = datetime(2020, 6, 11, 18, 0, tzinfo=UTC)


def reading(body: bytes | str, content_type: str = "application/rss+xml; charset=utf-8", **known: object) -> Reading:
    found = read(source(), state(**known), fetched(body, content_type), NOW)
    assert isinstance(found, Reading), found
    return found


def failure(body: bytes | str, content_type: str = "application/rss+xml", **known: object) -> Failure:
    found = read(source(), state(**known), fetched(body, content_type), NOW)
    assert isinstance(found, Failure), found
    assert found.detail.endswith(".")
    return found


def only(body: bytes | str, content_type: str = "application/rss+xml; charset=utf-8") -> Entry:
    (entry,) = reading(body, content_type).entries
    return entry


def test_an_rss_item() -> None:
    entry = only(
        rss(
            item(
                "City bans <b>facial</b> recognition", guid="g1", link="/news/1?a=1&b=2", text="<p>The council voted 8-1.</p><p>It applies now.</p>",
                extra="<category>Policy</category><dc:creator>Ann Lee</dc:creator>",
            ),
            head="<title>Example News</title><link>https://news.example/</link><language>en-US</language>",
        )
    )  # fmt: skip
    assert entry == Entry(
        source_id="example", key="g1", url="https://news.example/news/1?a=1&b=2", title="City bans facial recognition",
        text="The council voted 8-1.\n\nIt applies now.", published=EIGHTEEN, language="en", authors=("Ann Lee",),
        categories=("Policy",), guid="g1",
    )  # fmt: skip


def test_an_atom_entry() -> None:
    entry = only(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://amt.example/"><title>Amt</title><entry>
        <id>tag:amt.example,2020:1</id><title type="text">Use of &lt;b&gt; tags</title><link rel="self" href="x"/>
        <link href="meldung/1"/><published>2020-06-11T18:00:00Z</published><updated>2020-06-11T19:00:00Z</updated>
        <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p><p>Two</p></div></content>
        <summary>Short</summary></entry></feed>""",
        "application/atom+xml",
    )
    assert (entry.key, entry.url, entry.title) == (
        "tag:amt.example,2020:1",
        "https://amt.example/meldung/1",
        "Use of <b> tags",
    )
    assert (entry.text, entry.language) == ("One\n\nTwo", "de")
    assert (entry.published, entry.updated) == (EIGHTEEN, EIGHTEEN + timedelta(hours=1))


def test_an_rdf_item() -> None:
    entry = only(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://r.example/"><title>R</title><link>https://r.example/</link></channel>
        <item rdf:about="https://r.example/1"><title>One</title><link>https://r.example/1</link><dc:date>2020-06-11T18:00:00Z</dc:date></item></rdf:RDF>"""
    )
    assert (entry.key, entry.url, entry.published) == ("https://r.example/1", "https://r.example/1", EIGHTEEN)


def test_the_richest_text_wins() -> None:
    content = "<content:encoded><![CDATA[<p>The whole story, in several sentences.</p>]]></content:encoded>"
    assert only(rss(item(text="Short", extra=content))).text == "The whole story, in several sentences."
    hollow = '<content:encoded><![CDATA[<img src="https://news.example/a-very-long-address-of-a-picture.png"/>]]></content:encoded>'
    assert only(rss(item(text="The words are in the summary.", extra=hollow))).text == "The words are in the summary."


@pytest.mark.parametrize(
    ("date", "meant"),
    [
        ("Thu, 11 Jun 2020 20:00:00 CEST", EIGHTEEN), ("11 Jun 20 18:00:00 GMT", EIGHTEEN), ("June 11, 2020 6:00 PM", EIGHTEEN),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None), ("Fri, 12 Jun 2099 00:00:00 GMT", None), ("yesterday", None),
    ],
)  # fmt: skip
def test_dates(date: str, meant: datetime | None) -> None:
    assert only(rss(item(date=date, guid="1"))).published == meant


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x", "file:///etc/passwd", "#top"]
)
def test_links_that_are_no_pages_are_dropped(link: str) -> None:
    entry = only(rss(item(link=link, guid="1")))
    assert entry.url is None
    assert "javascript" not in entry.key


def test_credentials_in_links_are_dropped() -> None:
    assert only(rss(item(link="https://user:pw@news.example/1"))).url == "https://news.example/1"


def test_feedburner_keeps_the_original_address() -> None:
    feed = rss(
        item(link="https://feeds.example/~r/1", extra="<fb:origLink>https://news.example/1</fb:origLink>")
    ).replace(b"<rss ", b'<rss xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0" ')
    assert only(feed).url == "https://news.example/1"


@pytest.mark.parametrize(
    ("head", "wish"),
    [
        ("<ttl>90</ttl>", timedelta(minutes=90)), ("<ttl>soon</ttl>", None), ("<ttl>0</ttl>", None), ("<ttl>999999999</ttl>", timedelta(days=7)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", timedelta(hours=6)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>x</sy:updateFrequency>", timedelta(hours=1)),
    ],
)  # fmt: skip
def test_the_publishers_wish(head: str, wish: timedelta | None) -> None:
    assert reading(rss(item(), head=head)).ttl == wish


def test_cache_control_is_a_wish_too() -> None:
    found = read(source(), state(), fetched(rss(item()), max_age=timedelta(minutes=10)), NOW)
    assert isinstance(found, Reading)
    assert found.ttl == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("iso-8859-1", "iso-8859-1"), ("windows-1252", "cp1252"), ("koi8-r", "koi8-r")],
)  # fmt: skip
def test_encodings(declared: str, codec: str) -> None:
    title = "Запрет" if codec == "koi8-r" else "Décision"
    feed = f'<?xml version="1.0" encoding="{declared}"?><rss version="2.0"><channel><item><title>{title}</title></item></channel></rss>'
    assert only(feed.encode(codec), "application/rss+xml").title == title


def test_an_unchanged_answer_keeps_what_is_known() -> None:
    found = read(source(), state(known_slices=b"12345678", title="T"), fetched(b"", not_modified=True), NOW)
    assert isinstance(found, Reading)
    assert (found.entries, found.known_slices, found.validators.etag) == ((), b"12345678", '"e"')


def test_a_local_file_or_address_in_the_body_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(rss(item("Secret")))
    for body in (str(feed), f"file://{feed}", "http://127.0.0.1:9/feed"):
        assert failure(body, "text/plain").kind is FailureKind.NOT_A_FEED


def test_entities_do_not_reach_files_and_do_not_explode(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y SYSTEM "http://127.0.0.1:9/">]>'
    feed = (
        rss(item("T &x; &y;", guid="1"))
        .replace(b"<rss", doctype.encode() + b"<rss")
        .replace(b"&amp;x;", b"&x;")
        .replace(b"&amp;y;", b"&y;")
    )
    assert "hunter2" not in str(read(source(), state(), fetched(feed), NOW))
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    bomb = (
        rss(item("T", guid="1"))
        .replace(b"<rss", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss'.encode())
        .replace(b"<title>T", b"<title>&l9;")
    )
    before = time.process_time()
    assert failure(bomb).kind is FailureKind.MALFORMED
    assert failure(bomb.decode().encode("utf-16")).kind is FailureKind.MALFORMED
    quadratic = rss(item("T", guid="1")).replace(
        b"<rss", f'<!DOCTYPE rss [<!ENTITY l9 "{"x" * 100_000}">]><rss'.encode()
    )
    assert failure(quadratic.replace(b"<title>T", b"<title>" + b"&l9;" * 1_000)).kind is FailureKind.MALFORMED
    assert time.process_time() - before < 0.5


def test_harmless_entities_are_read() -> None:
    doctype = '<!DOCTYPE rss [<!ENTITY mdash "&#8212;"><!ENTITY paper "Example News">]>'
    feed = (
        rss(item("A QB PC", guid="1"))
        .replace(b"<rss", doctype.encode() + b"<rss")
        .replace(b"QB", b"&mdash;")
        .replace(b"PC", b"&paper;")
    )
    assert only(feed).title == "A — Example News"


class TestNothingInIt:
    PAGE = """<!DOCTYPE html><html><head><title>News</title><base href="/site/">
        <link rel="stylesheet alternate" type="text/css" href="/x.css"><link rel="alternate" type="application/rss+xml" title="Comments" href="comments.xml">
        <link rel="alternate" type="application/rss+xml" title="News" href="news.xml"></head><body><p>Welcome</p></body></html>"""

    def test_a_web_page_names_its_feed(self) -> None:
        found = failure(self.PAGE, "text/html")
        assert (found.kind, found.moved_to) == (FailureKind.NOT_A_FEED, "https://news.example/site/news.xml")

    def test_a_web_page_without_a_feed(self) -> None:
        found = failure("<html><body>404, sorry</body></html>", "text/html")
        assert (found.kind, found.moved_to) == (FailureKind.NOT_A_FEED, None)

    def test_a_feed_served_as_html_is_a_feed(self) -> None:
        assert len(reading(rss(item()), "text/html").entries) == 1

    def test_a_feed_that_has_not_begun_is_fine_and_one_that_lost_its_entries_is_not(self) -> None:
        assert reading(rss()).entries == ()
        assert failure(rss(), entries_total=5).kind is FailureKind.EMPTY

    def test_items_without_anything_in_them(self) -> None:
        assert failure(rss("<item></item>")).kind is FailureKind.EMPTY

    @pytest.mark.parametrize("body", [b"", b"  \n ", b"\xef\xbb\xbf"])
    def test_an_empty_body(self, body: bytes) -> None:
        assert failure(body).kind in {FailureKind.EMPTY, FailureKind.NOT_A_FEED}

    def test_a_broken_feed_without_entries(self) -> None:
        assert failure(b'<?xml version="1.0"?><rss version="2.0"><channel><ti').kind is FailureKind.MALFORMED

    @pytest.mark.parametrize("body", ["plain words", "<sitemap/>", '{"a": 1}', "%PDF-1.7", "[1, 2]", "{", "null"])
    def test_other_things(self, body: str) -> None:
        assert failure(body, "application/octet-stream").kind in {FailureKind.NOT_A_FEED, FailureKind.MALFORMED}


def test_a_truncated_feed_gives_what_it_holds_and_is_asked_whole_again() -> None:
    whole = rss(*(item(f"T{n}", guid=str(n)) for n in range(5)))
    found = reading(whole[: whole.index(b"T3")])
    assert [entry.key for entry in found.entries][:3] == ["0", "1", "2"]
    assert (found.validators.etag, found.validators.last_modified) == (None, None)
    assert found.validators.body_hash is not None
    assert found.warnings
    assert reading(whole).validators.etag == '"e"'


def test_at_most_so_many_entries_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    count = entries_module.MAX_ENTRIES + 10
    dates = [(EIGHTEEN - timedelta(hours=count - n)).strftime("%a, %d %b %Y %H:%M:%S GMT") for n in range(count)]
    found = reading(rss(*(item(f"T{n}", guid=str(n), date=date) for n, date in enumerate(dates))))
    assert len(found.entries) == entries_module.MAX_ENTRIES
    assert found.entries[0].key == "10", "the oldest ten are left out"
    assert found.warnings


def test_relative_links_use_the_address_after_redirects() -> None:
    feed = rss(item(link="a/1", guid="1"), head="<title>T</title>")
    found = read(source(), state(), fetched(feed, url="https://moved.example/blog/feed"), NOW)
    assert isinstance(found, Reading)
    assert found.entries[0].url == "https://moved.example/blog/a/1"


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<item>" * 5_000, b"<rss version='2.0'><channel><item><title>" + b"&" * 100_000, b"<rss>" + b"<a>" * 5_000,
        b"<rss><channel><item><description>" + b"<![CDATA[" * 20_000, b"<?xml version='1.0'?>" * 5_000, b"<!DOCTYPE " * 5_000,
        b"<rss " + b"a='b' " * 20_000 + b">", b"<!--" * 20_000, b"{" * 100_000, b'{"items":' + b"[" * 100_000,
        b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 10_000 + b"}]}",
    ],
    ids=range(11),
)  # fmt: skip
def test_hostile_documents_cost_bounded_time_and_are_values(body: bytes) -> None:
    before = time.process_time()
    assert isinstance(read(source(), state(), fetched(body), NOW), Reading | Failure)
    assert time.process_time() - before < 3


def test_the_feeds_own_title_is_learned() -> None:
    assert reading(rss(item(), head="<title>Example &amp;amp; Sons</title>")).title == "Example & Sons"
    assert reading(rss(item())).total == 1
    assert URL.startswith("https://")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("A &#xD83D;&#xDE00; B", "A 😀 B"), ("A &#55357;&#56832; B", "A 😀 B"), ("A &#xD83D; B", "A B"), ("A &#99999999999; B", "A B"), ("A &#x1F600; &#55357; B", "A 😀 B")],
)  # fmt: skip
def test_a_character_that_does_not_exist_costs_itself_and_not_the_feed(written: str, meant: str) -> None:
    body = rss(item("TITLE", guid="1"), item("Other", guid="2")).replace(b"TITLE", written.encode())
    found = read(source(), state(), fetched(body), NOW)
    assert isinstance(found, Reading), found
    assert [entry.title for entry in found.entries] == [meant, "Other"]
