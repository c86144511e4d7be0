import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import SourceKind, shown_url
from bot.sources import read, urls
from tests.sources.samples import NOW, fetched, item, rss, source, state

BASE = "https://news.example/blog/feed"


@pytest.mark.parametrize(
    ("link", "meant"),
    [
        ("https://a.example/1", "https://a.example/1"), ("/1", "https://news.example/1"), ("1?a=b#c", "https://news.example/blog/1?a=b#c"),
        ("//a.example/1", "https://a.example/1"), ("  https://a.example/1\n", "https://a.example/1"), ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://u:p@a.example/1", "https://a.example/1"), ("HTTPS://A.example/1", "https://A.example/1"), ("https://a.example/\u200bx", "https://a.example/x"),
        ("", None), (None, None), ("\x1b", None), ("#top", None), ("\x1b#top", None), ("javascript:alert(1)", None), ("java\nscript:alert(1)", None), ("mailto:a@b.example", None),
        ("ftp://a.example/", None), ("https://", None), ("http://[::1", None), ("https://a.example/" + "x" * 5000, None),
    ],
)  # fmt: skip
def test_links_become_absolute_or_nothing(link: str | None, meant: str | None) -> None:
    found = urls.absolute(link, BASE)
    assert found == meant or (found is not None and meant is not None and found.lower() == meant.lower())


@given(st.text(max_size=60))
@example(">")
@example("0\xa0\x1b")
def test_any_link_is_a_safe_address_or_nothing(link: str) -> None:
    found = urls.absolute(link, BASE)
    if found is not None:
        assert found.lower().startswith(("http://", "https://"))
        assert not any(char in found for char in ' \n\t\r\x00"<>')
        assert urls.absolute(found, BASE) == found


@given(st.text(max_size=60))
def test_any_address_is_judged_without_an_exception(url: str) -> None:
    urls.problem(url)
    urls.problem(f"http://{url}")
    assert isinstance(urls.host_of(f"http://{url}"), str)


def test_what_reading_needs_and_gives_can_cross_to_another_process() -> None:
    asked = (source(kind=SourceKind.FEED, select={"item": "li"}), state(), fetched(rss(item(guid="1"))), NOW)
    assert pickle.loads(pickle.dumps(read(*pickle.loads(pickle.dumps(asked))))) == read(*asked)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://x.example/feed?q=1&monkey=2", "https://x.example/feed?q=1&monkey=2"),
        ("https://joe:hush@x.example/a@b", "https://x.example/a@b"),
        ("https://x.example/?api_key=abc&q=face", "https://x.example/?api_key=hidden&q=face"),
        ("https://x.example/?q=face&apiKey=abc#top", "https://x.example/?q=face&apiKey=hidden#top"),
        ("https://x.example/?key=a&access_token=b", "https://x.example/?key=hidden&access_token=hidden"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    assert shown_url(address) == shown
