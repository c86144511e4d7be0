from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.sources.entries import RawEntry, identified, newest
from tests.sources.samples import NOW


def keys(*raws: RawEntry) -> list[str]:
    return [entry.key for entry in identified("s", raws)]


def test_the_publishers_id_comes_first_then_the_link() -> None:
    assert keys(RawEntry(guid="tag:1", link="https://a.example/1", title="A")) == ["tag:1"]
    assert keys(RawEntry(link="https://a.example/1", title="A")) == ["https://a.example/1"]


def test_an_edited_headline_or_text_keeps_the_key() -> None:
    for identity in ({"guid": "1"}, {"link": "https://a.example/1"}):
        before = keys(RawEntry(title="City bans", text="x", **identity))
        assert before == keys(RawEntry(title="City BANS it", text="y", published=NOW, **identity))


def test_one_id_on_every_item_is_no_id() -> None:
    found = identified("s", [RawEntry(guid="same", link=f"https://a.example/{n}", title=f"T{n}") for n in range(3)])
    assert [entry.key for entry in found] == [f"https://a.example/{n}" for n in range(3)]
    assert {entry.guid for entry in found} == {None}


def test_an_id_that_repeats_is_dropped_and_others_are_kept() -> None:
    found = keys(
        RawEntry(guid="a", link="https://a.example/1", title="1"),
        RawEntry(guid="a", link="https://a.example/2", title="2"),
        RawEntry(guid="b", link="https://a.example/3", title="3"),
    )
    assert found == ["https://a.example/1", "https://a.example/2", "b"]


def test_one_link_on_different_items_does_not_identify_them() -> None:
    found = identified("s", [RawEntry(link="https://a.example/", title=f"T{n}") for n in range(3)])
    assert len({entry.key for entry in found}) == 3
    assert all(entry.shared_link and entry.url == "https://a.example/" for entry in found)
    with_ids = identified("s", [RawEntry(guid=str(n), link="https://a.example/", title="T") for n in range(3)])
    assert [entry.key for entry in with_ids] == ["0", "1", "2"]
    assert all(entry.shared_link for entry in with_ids)


def test_the_same_item_twice_is_one() -> None:
    twice = RawEntry(guid="a", link="https://a.example/1", title="City bans")
    edited = RawEntry(guid="a", link="https://a.example/1", title="City bans it")
    found = identified("s", [twice, edited])
    assert [(entry.key, entry.title, entry.shared_link) for entry in found] == [("a", "City bans", False)]


def test_without_id_and_link_the_title_identifies_and_the_day_tells_equal_titles_apart() -> None:
    first, again = (
        RawEntry(title="Minutes", published=NOW),
        RawEntry(title="Minutes", published=NOW - timedelta(days=7)),
    )
    assert len(set(keys(first, again))) == 2
    assert keys(first) == keys(RawEntry(title="Minutes", text="now with text", published=NOW))
    assert len(keys(first, first)) == 1


def test_what_cannot_be_read_is_left_out_and_what_has_no_title_gets_one() -> None:
    assert identified("s", [RawEntry(guid="1", published=NOW)]) == ()
    assert identified("s", [RawEntry(guid="1", text="The city voted. More.")])[0].title == "The city voted."
    assert identified("s", [RawEntry(link="https://a.example/1")])[0].title == "https://a.example/1"


def test_keys_are_bounded() -> None:
    assert len(keys(RawEntry(guid="x" * 5000, title="T"))[0]) <= 400


def test_the_newest_are_kept_in_document_order() -> None:
    raws = [RawEntry(guid=str(n), title=str(n), published=NOW + timedelta(hours=n)) for n in range(5)]
    assert [raw.guid for raw in newest([*raws, RawEntry(guid="undated", title="u")], 2)] == ["3", "4"]
    assert [raw.guid for raw in newest([RawEntry(guid=str(n)) for n in range(5)], 2)] == ["0", "1"]


_small = st.none() | st.sampled_from(["a", "b", "c"])


_item = st.builds(
    RawEntry, guid=_small, link=_small, title=st.sampled_from(["", "T", "U"]), text=st.sampled_from(["", "x"])
)


@given(st.lists(_item, max_size=6))
def test_keys_are_unique(raws: list[RawEntry]) -> None:
    found = keys(*raws)
    assert len(found) == len(set(found))


@given(st.lists(_item, max_size=6, unique_by=lambda raw: (raw.guid, raw.link)))
def test_keys_do_not_depend_on_order(raws: list[RawEntry]) -> None:
    assert set(keys(*reversed(raws))) == set(keys(*raws))
