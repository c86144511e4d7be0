from __future__ import annotations

from datetime import UTC, datetime
from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Entry
from bot.stories.identity import article_identity, canonical_url


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTP://WWW.Example.ORG:80/News/Item.html#top", "https://example.org/News/Item.html"),
        ("https://example.org/a/../b/./c/", "https://example.org/b/c"),
        ("https://example.org", "https://example.org"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org/story/index.php?utm_source=rss&utm_medium=feed&id=7", "https://example.org/story?id=7"),
        ("https://example.org/a?b=2&a=1&fbclid=xyz&gclid=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
        ("https://example.org/%7euser/caf%c3%a9", "https://example.org/~user/caf%C3%A9"),
        ("https://example.org/café", "https://example.org/caf%C3%A9"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://m.example.org/x", "https://example.org/x"),
        ("https://mobile.example.org/x", "https://example.org/x"),
        ("https://www3.example.org/x", "https://example.org/x"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://user:secret@example.org/x", "https://example.org/x"),
        ("https://example.org/2020/06/story/amp/", "https://example.org/2020/06/story"),
        ("https://example.org/2020/06/story.amp", "https://example.org/2020/06/story"),
        ("https://example.org/news/amp/technology-5114", "https://example.org/news/technology-5114"),
        ("https://amp.example.org/2020/story", "https://example.org/2020/story"),
        ("https://example.org/story?amp=1&outputType=amp", "https://example.org/story"),
        ("https://www.google.com/amp/s/www.example.org/story/amp/", "https://example.org/story"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/story?id=3", "https://example.org/story?id=3"),
        ("https://example.org/story/print/", "https://example.org/story"),
        ("https://example.org/story?print=true", "https://example.org/story"),
        ("https://medium.com/p/abc?source=rss----1", "https://medium.com/p/abc"),
        ("https://news.google.com/rss/articles/CBMiXyz?oc=5&hl=en-US", "https://news.google.com/articles/CBMiXyz"),
        ("  https://example.org/x\n", "https://example.org/x"),
    ],
)
def test_one_address_for_all_spellings(written: str, canonical: str) -> None:
    assert canonical_url(written) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://m.example", "https://example"),
        ("https://city.example.org/a", "https://state.example.org/a"),
        ("https://news.google.com/articles/CBMiA", "https://news.google.com/articles/CBMiB"),
        ("https://example.org/Path", "https://example.org/path"),
    ],
)
def test_different_articles_stay_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "junk",
    ["", " ", "no address", "http://", "http://[::1", "mailto:a@b.example", "https://a b/c", "//x", "http://a:99999/"],
)
def test_junk_comes_back(junk: str) -> None:
    assert canonical_url(junk) == junk.strip()


urls = st.one_of(
    st.text(),
    st.text(printable),
    st.builds(
        "{}://{}{}/{}?{}#{}".format,
        st.sampled_from(["http", "HTTPS", "https"]),
        st.sampled_from(["", "www.", "m.", "amp.", "www2.", "user@"]),
        st.sampled_from(
            ["example.org", "EXAMPLE.org:80", "bücher.example", "google.com", "x.cdn.ampproject.org", "[::1]", "a..b"]
        ),
        st.text(st.sampled_from("ab/.%é ;:amprint?&=#2F\\")),
        st.text(st.sampled_from("utm_=&;%ab+é2F")),
        st.text(max_size=5),
    ),
)


@given(urls)
def test_never_raises_and_is_idempotent(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(
    st.dictionaries(
        st.sampled_from(["id", "page", "q", "utm_source", "fbclid"]),
        st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1),
        min_size=1,
    )
)
def test_order_of_parameters_and_tracking_do_not_matter(parameters: dict[str, str]) -> None:
    forwards = "&".join(f"{name}={value}" for name, value in parameters.items())
    backwards = "&".join(
        f"{name}={value}" for name, value in reversed(parameters.items()) if name not in {"utm_source", "fbclid"}
    )
    assert canonical_url(f"https://example.org/a?{forwards}") == canonical_url(f"http://www.example.org/a/?{backwards}")


def entry(**fields: object) -> Entry:
    values: dict[str, object] = {
        "source_id": "s",
        "key": "k1",
        "url": "https://example.org/a",
        "title": "T",
        "text": "",
        "published": datetime(2020, 6, 11, tzinfo=UTC),
    }
    return Entry(**(values | fields))  # type: ignore[arg-type]


def test_an_entry_without_a_link_is_known_by_its_source_and_key() -> None:
    assert article_identity(entry(url=None)) == article_identity(entry(url=None, title="edited"))
    assert article_identity(entry(url=None))[0].startswith("urn:policywatch:s:")
    assert article_identity(entry(url=None)) != article_identity(entry(url=None, source_id="t"))
    assert article_identity(entry(url=None)) != article_identity(entry(url=None, key="k2"))


def test_entries_that_share_a_link_are_told_apart_by_key_else_by_title() -> None:
    one, two = entry(shared_link=True), entry(shared_link=True, key="k2")
    assert article_identity(one)[0] == article_identity(two)[0]
    assert article_identity(one)[1] != article_identity(two)[1] != ""
    by_link = {"shared_link": True, "key": "https://www.example.org/a?utm_source=x"}
    assert article_identity(entry(**by_link, title="One")) != article_identity(entry(**by_link, title="Two"))
    assert article_identity(entry(**by_link, title="One  thing")) == article_identity(
        entry(**by_link, title="one thing")
    )


def test_an_ordinary_link_is_the_same_article_from_every_source() -> None:
    assert (
        article_identity(entry())
        == article_identity(entry(source_id="other", key="zzz", url="http://www.example.org/a/?utm_source=x"))
        == ("https://example.org/a", "")
    )
