"""Words find the same stories on both databases."""

from datetime import timedelta

import pytest

from bot.model import Action
from bot.store import search
from bot.store.words import LONGEST, words_of
from tests.store.samples import change, report, source

STORIES = {
    "microsoft": change(),
    "amazon": change(actor="Amazon", action=Action.PAUSE, line="Amazon pauses police use of Rekognition for a year"),
    "zurich": change(actor="Zürich", action=Action.BAN, line="Zürich bans cameras in the Straße"),
    "oakland": change(actor="Oakland", action=Action.BAN, line="Oakland bans the city's use"),
}


@pytest.fixture
def find(store, clock):
    with store.transaction() as tx:
        tx.sources.sync([source()], clock())
        ids = {
            report(
                tx,
                clock.advance(hours=1),
                f"https://e.example/{name}",
                one,
                title=f"{name}: headline",
                published=clock(),
            ): name
            for name, one in STORIES.items()
        }
        curated = change(actor="San Francisco", action=Action.BAN, line="San Francisco bans city use")
        ids[
            tx.stories.create(curated, stage=curated.stage, at=clock() - timedelta(days=365), now=clock(), curated=True)
        ] = "history"

        def find(words: str) -> list[str]:
            return [ids[item.story.id] for item in tx.reports.search(words).items]

        find.tx = tx
        find.ids = {name: story_id for story_id, name in ids.items()}
        yield find


QUESTIONS = {
    "microsoft": ["microsoft"],
    "MICRO": ["microsoft"],
    "police": ["amazon", "microsoft"],
    "police rekog": ["amazon"],
    "police zurich": [],
    "zurich": ["zurich"],
    "ZÜRICH strasse": ["zurich"],
    "citys": ["oakland"],
    "city": ["oakland", "history"],
    "city’s": ["oakland"],
    "headline": ["oakland", "zurich", "amazon", "microsoft"],
    "san francisco": ["history"],
    "bans": ["oakland", "zurich", "history"],
    "soft": [],
    "100% _ \x00": [],
    "": ["oakland", "zurich", "amazon", "microsoft", "history"],
    "'\"; --": ["oakland", "zurich", "amazon", "microsoft", "history"],
}


@pytest.mark.parametrize("rare", [search.RARE, 2, 0], ids=["rare words first", "as it comes", "newest stories first"])
def test_all_words_are_found_as_beginnings_newest_first(find, monkeypatch, rare):
    monkeypatch.setattr(search, "RARE", rare)
    assert {words: find(words) for words in QUESTIONS} == QUESTIONS


def test_headlines_of_later_articles_are_found(find, clock):
    report(
        find.tx, clock(), "https://other.example/", change(), story=find.ids["microsoft"], title="Redmond's decision"
    )
    assert find("redmond") == ["microsoft"]
    assert find("redmonds") == ["microsoft"]


def test_what_an_article_only_recalls_does_not_find_it(find, clock):
    article_id = find.tx.articles.find("https://e.example/microsoft").id
    recalled = change(actor="IBM", primary=False, line="IBM ended its general-purpose offer")
    find.tx.articles.save_changes(article_id, [change(), recalled])
    assert find("ibm") == []
    assert find("microsoft") == ["microsoft"]


def test_a_new_headline_replaces_the_old_ones_words(find):
    from bot.model import TextOrigin

    article_id = find.tx.articles.find("https://e.example/microsoft").id
    find.tx.articles.update_text(article_id, "Redmond steps back", "…", TextOrigin.PAGE)
    find.tx.articles.save_changes(article_id, [change()])
    assert find("redmond") == ["microsoft"]
    assert find("microsoft headline") == []


def test_words_are_folded_distinct_and_bounded():
    assert words_of("The café’s café — ＡＩ_ban, 2020-07!") == ["the", "cafes", "cafe", "ai", "ban", "2020", "07"]
    assert words_of("x" * 500) == ["x" * LONGEST]
    assert words_of("\ud800 \x00 \N{FACE WITH TEARS OF JOY}") == []
