"""Entries are unique by source and key, whatever strange keys sources make, and every one has a verdict."""

import pytest

from bot.errors import StoreError
from bot.store.entries import UNJUDGED, Judgement, content_hash
from tests.store.samples import NOON, analysis, article, entry, source

STRANGE = ["", "a\x00b", "\ud800", "x" * 50_000, "é" * 3000, "'; DROP TABLE entries; --", "%_|\\"]


@pytest.fixture
def tx(store, clock):
    with store.transaction() as tx:
        tx.sources.sync([source("wire"), source("blog")], clock())
        yield tx


def test_only_new_entries_are_inserted_and_named(tx, clock):
    first = tx.entries.add("wire", [entry("e1"), entry("e2"), entry("e1", title="again")], clock())
    assert list(first) == ["e1", "e2"]
    second = tx.entries.add("wire", [entry("e2", title="changed"), entry("e3")], clock())
    assert list(second) == ["e3"]
    assert tx.entries.get(first["e2"]).title == entry("e2").title
    assert tx.entries.get(first["e1"]).title == entry("e1").title
    assert tx.entries.add("wire", [], clock()) == {}


def test_ids_go_with_their_own_keys(tx, clock):
    added = tx.entries.add("wire", [entry(f"e{number}") for number in range(2500)], clock())
    assert len(added) == 2500
    for key in ("e0", "e999", "e1000", "e2499"):
        assert tx.entries.get(added[key]).key == key


@pytest.mark.parametrize("many", [2, 30])
def test_of_few_and_of_many_only_the_new_ones_are_named_each_by_its_own_id(tx, clock, many):
    """Many are inserted on SQLite in another way than few."""
    known = tx.entries.add("wire", [entry(f"e{number}") for number in range(0, many, 2)], clock())
    tx.entries.add("blog", [entry(f"e{number}") for number in range(many)], clock())
    added = tx.entries.add("wire", [entry(f"e{number}") for number in reversed(range(many))], clock())
    assert set(added) == {f"e{number}" for number in range(1, many, 2)}
    assert not set(added.values()) & set(known.values())
    for key, entry_id in added.items():
        stored = tx.entries.get(entry_id)
        assert (stored.key, stored.source_id) == (key, "wire")


def unknown(tx, source_id, keys):
    return tx.entries.compare(source_id, [entry(key) for key in keys], most=9)[0]


def test_unknown_keys_are_told_for_each_source(tx, clock):
    tx.entries.add("wire", [entry("e1")], clock())
    assert unknown(tx, "wire", ["e1", "e2"]) == {"e2"}
    assert unknown(tx, "blog", ["e1"]) == {"e1"}
    assert unknown(tx, "wire", []) == set()
    many = {f"k{number}" for number in range(5000)}
    assert unknown(tx, "wire", many) == unknown(tx, "blog", many) == many


def test_strange_keys_are_keys_like_others(tx, clock):
    added = tx.entries.add("wire", [entry(key, url="https://e.example/" + key) for key in STRANGE], clock())
    assert set(added) == set(STRANGE)
    assert unknown(tx, "wire", [*STRANGE, "x" * 50_001]) == {"x" * 50_001}
    assert tx.entries.add("wire", [entry(key) for key in STRANGE], clock()) == {}


def test_an_entry_of_an_unknown_source_is_refused(store, clock):
    with pytest.raises(StoreError), store.transaction() as tx:
        tx.entries.add("nobody", [entry("e1")], clock())


def test_verdicts_are_written_and_read(tx, clock):
    added = tx.entries.add("wire", [entry("e1"), entry("e2")], clock())
    assert tx.entries.get(added["e1"]).verdict == UNJUDGED
    article_id, _ = tx.articles.add(article(), analysis(), "f")
    tx.entries.judge(added["e1"], article_id, "change", "halt by Microsoft")
    tx.entries.judge_many([Judgement(added["e2"], "off_topic", "no word of the topic")])
    tx.entries.judge_many([])
    one, two = (tx.entries.get(added[key]) for key in ("e1", "e2"))
    assert (one.verdict, one.reason, one.article_id) == ("change", "halt by Microsoft", article_id)
    assert (two.verdict, two.reason, two.article_id) == ("off_topic", "no word of the topic", None)
    assert tx.entries.of_article(article_id) == [one]
    assert tx.entries.get(10**9) is None


def test_entries_are_found_by_published_and_canonical_url(tx, clock):
    long = "https://e.example/" + "p" * 6000
    tx.entries.add("wire", [entry("e1", url=long + "?utm=1")], clock(), canonical={"e1": long})
    tx.entries.add("blog", [entry("b1", url=long), entry("b2", url=None)], clock())
    assert [found.key for found in tx.entries.by_url(long)] == ["e1", "b1"]
    assert [found.key for found in tx.entries.by_url(long + "?utm=1")] == ["e1"]
    assert tx.entries.by_url("https://e.example/else") == []


def test_the_same_words_under_a_new_key_are_recognised(tx, clock):
    old = entry("old", title="City bans cameras", text="The  city council voted.", published=None)
    added = tx.entries.add("wire", [old], clock())
    new = entry(
        "new", url="https://wire.example/n", title="City bans cameras", text="The city council\nvoted.", published=NOON
    )
    edited = entry("edited", title="City bans cameras", text="The city council voted against.")
    found = tx.entries.republished("wire", [new, edited, old])
    assert {key: stored.id for key, stored in found.items()} == {"new": added["old"]}
    assert tx.entries.republished("blog", [new]) == {}


@pytest.mark.parametrize("before", [0, 1])
def test_the_same_words_twice_in_one_batch_are_recognised(tx, clock, before):
    """The first poll of a source looks in what it has just stored; a later one asks the database."""
    tx.entries.add("blog", [entry("a", title="City bans cameras", text="The city council voted.")], clock())
    tx.entries.add(
        "wire", [entry(f"old{number}", title=f"Another matter, {number}") for number in range(before)], clock()
    )
    if before:
        tx.entries = type(tx.entries)(tx.connection)  # another transaction, as far as it knows
    batch = [entry(key, title="City bans cameras", text="The city council voted.") for key in ("a", "b")]
    batch += [entry(key, title="Hi", text="") for key in ("c", "d")]
    batch += [entry(f"e{number}", title=f"Something else, {number}", text="Another text.") for number in range(6)]
    added = tx.entries.add("wire", batch, clock())
    found = tx.entries.republished("wire", batch)
    assert {key: stored.id for key, stored in found.items()} == {"b": added["a"]}


def test_titles_that_say_nothing_are_no_fingerprint():
    assert content_hash(entry("a", title="Press release", text="")) is None
    assert content_hash(entry("a", title="City council bans cameras", text="")) is not None


def test_a_sources_entries_are_listed_the_last_first(tx, clock):
    tx.entries.add("wire", [entry("e1"), entry("e2"), entry("e3")], clock())
    tx.entries.add("blog", [entry("b1")], clock())
    assert [found.key for found in tx.entries.of_source("wire", 2)] == ["e3", "e2"]


def test_a_documents_entries_are_new_changed_or_as_they_were(tx, clock):
    ids = tx.entries.add("wire", [entry("e1"), entry("e2"), entry("e3", title="Hi", text="")], clock())
    tx.entries.judge(ids["e2"], None, "change", "because")
    edited = entry("e2", title="Council votes again on cameras")
    again = [entry("e1", published=None), edited, entry("e3", title="A longer title than before", text=""), entry("e4")]
    new, changed = tx.entries.compare("wire", again, most=2)
    assert new == {"e4"}
    assert {key: (one.id, one.verdict, one.updates) for key, one in changed.items()} == {
        "e2": (ids["e2"], "change", 0),
        "e3": (ids["e3"], UNJUDGED, 0),
    }
    assert tx.entries.compare("blog", again, most=2)[0] == {"e1", "e2", "e3", "e4"}
    assert tx.entries.compare("wire", [entry("e2"), edited], most=2)[1] == {}, "one copy reads as stored"
    assert tx.entries.compare("wire", [entry("e1", title="Hi", text="")], most=2)[1] == {}, "too little to compare"
    assert tx.entries.compare("wire", [], most=2) == (set(), {})

    assert tx.entries.reword(changed["e2"], edited)
    assert not tx.entries.reword(changed["e2"], edited), "somebody else did"
    assert tx.entries.reword(changed["e3"], again[2])
    assert tx.entries.get(ids["e2"]).title == edited.title
    assert tx.entries.get(ids["e2"]).verdict == "change"
    back = tx.entries.compare("wire", [entry("e2")], most=2)[1]["e2"]
    assert back.updates == 1
    assert tx.entries.reword(back, entry("e2"))
    assert tx.entries.compare("wire", [edited], most=2)[1] == {}, "changed often enough"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The vote was close. 12 comments", "The vote  was close. 1,204 comments"),
        ("The vote was close. Comments (3)", "The vote was close. Comments (17)"),
        ("Posted 2 hours ago. The vote was close.", "Posted a day ago. The vote was close."),
        ("The vote was close. Last updated: 10 June 2020 at 18:04 UTC", "The vote was close. Last updated: 11 June 2020 at 7:15 UTC"),
        ("The vote was close. Updated on June 10, 2020", "The vote was close. Updated on July 1, 2020"),
        ("The vote was close. Modified 2020-06-10T18:04", "The vote was close. Modified 2020-06-11T09:00"),
    ],
)  # fmt: skip
def test_what_changes_by_itself_is_no_change_of_words(one, other):
    assert content_hash(entry(text=one)) == content_hash(entry(text=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It takes effect on 1 July 2020.", "It takes effect on 1 August 2020."),
        ("The council voted 7 to 2 for it.", "The council voted 6 to 3 for it."),
        ("The fine is 5 million euros.", "The fine is 50 million euros."),
        ("The council updated 3 ordinances in June.", "The council updated its rules in June."),
    ],
)
def test_dates_and_figures_of_the_matter_are_words(one, other):
    assert content_hash(entry(text=one)) != content_hash(entry(text=other))
