import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Failure, FailureKind, Reading
from bot.sources import read
from tests.sources.samples import NOW, fetched, source, state


def reading(document: object) -> Reading | Failure:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read(source(), state(), fetched(body, "application/feed+json"), NOW)


def test_an_item_of_each_version() -> None:
    found = reading(
        {
            "version": "https://jsonfeed.org/version/1.1", "title": "Example", "home_page_url": "https://news.example/", "language": "en-GB",
            "items": [
                {
                    "id": "1", "url": "/a", "title": "City &amp; county ban it", "content_html": "<p>One</p><p>Two</p>", "summary": "s",
                    "date_published": "2020-06-11T20:00:00+02:00", "date_modified": "2020-06-11T19:00:00Z",
                    "authors": [{"name": "Ann Lee"}], "tags": ["Policy", 3],
                },
                {"id": 2, "external_url": "https://other.example/b", "content_text": "Plain\n\ntext", "author": {"name": "Bo"}},
            ],
        }
    )  # fmt: skip
    assert isinstance(found, Reading)
    assert found.title == "Example"
    first, second = found.entries
    assert (first.key, first.url, first.title, first.text) == (
        "1",
        "https://news.example/a",
        "City & county ban it",
        "One\n\nTwo",
    )
    assert (first.published, first.language) == (datetime(2020, 6, 11, 18, tzinfo=UTC), "en")
    assert (first.authors, first.categories) == (("Ann Lee",), ("Policy",))
    assert (second.key, second.url, second.title, second.text) == (
        "2",
        "https://other.example/b",
        "Plain",
        "Plain\n\ntext",
    )
    assert second.authors == ("Bo",)


def test_a_byte_order_mark_and_version_1() -> None:
    found = reading(b'\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "T"}]}')
    assert isinstance(found, Reading)
    assert found.entries[0].key == "1"


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"hello": "world"}, FailureKind.NOT_A_FEED), ({"version": "https://jsonfeed.org/version/1"}, FailureKind.MALFORMED),
        ({"version": "https://jsonfeed.org/version/1", "items": {}}, FailureKind.MALFORMED), (b"{not json", FailureKind.MALFORMED),
        (b'{"a":' * 100_000, FailureKind.MALFORMED),
    ],
)  # fmt: skip
def test_what_is_no_json_feed(document: object, kind: FailureKind) -> None:
    found = reading(document)
    assert isinstance(found, Failure)
    assert found.kind is kind


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_field = st.sampled_from(
    [
        "id",
        "url",
        "external_url",
        "title",
        "content_html",
        "content_text",
        "summary",
        "date_published",
        "authors",
        "author",
        "tags",
        "language",
    ]
)


@given(st.lists(st.dictionaries(_field, _json, max_size=6) | _json, max_size=4), _json, _json)
def test_fields_of_any_type_never_raise(items: list[object], title: object, home: object) -> None:
    document = {"version": "https://jsonfeed.org/version/1.1", "items": items, "title": title, "home_page_url": home}
    assert isinstance(reading(document), Reading | Failure)


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_any_unicode_encoding_is_read(codec: str) -> None:
    body = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "T"}]}'.encode(codec)
    found = read(source(), state(), fetched(body, "application/feed+json"), NOW)
    assert isinstance(found, Reading), found
    assert found.entries[0].title == "T"
