"""Articles are unique by identity; their changes keep their ids; wanted pages are leased and retried."""

import dataclasses
from datetime import timedelta

import pytest

from bot.model import Action, Stage, TextOrigin
from bot.store.articles import FETCHED, GIVEN_UP, WANTED
from tests.store.samples import analysis, article, change, source

LEASE = timedelta(minutes=2)


@pytest.fixture
def tx(store, clock):
    with store.transaction() as tx:
        tx.sources.sync([source()], clock())
        yield tx


def test_an_article_comes_back_equal(tx):
    full = article(
        discriminator="v2",
        language="de",
        text_origin=TextOrigin.PAGE,
        source_jurisdiction="DE",
        source_actor="Bundestag",
    )
    article_id, created = tx.articles.add(full, analysis(), "f")
    assert created
    assert tx.articles.get(article_id) == dataclasses.replace(full, id=article_id)
    assert tx.articles.find(full.canonical_url, "v2").id == article_id
    assert tx.articles.find(full.canonical_url) is None
    assert tx.articles.get(10**9) is None


def test_identity_is_url_and_discriminator_of_any_length(tx):
    url = "https://wire.example/" + "x" * 9000
    first, created = tx.articles.add(article(url), analysis(), "f")
    assert created
    assert tx.articles.add(article(url, title="Edited headline"), analysis(), "g") == (first, False)
    second, created = tx.articles.add(article(url, discriminator="v2"), analysis(), "f")
    assert created
    assert tx.articles.add(article(url + "y"), analysis(), "f")[1]
    assert tx.articles.get(first).title == article().title
    assert [found.id for found in tx.articles.by_canonical_url(url)] == [first, second]


def test_hostile_text_is_stored_with_offsets_kept(tx):
    article_id, _ = tx.articles.add(article(title="A\x00B", text="x\ud800y" + "z" * 2_000_000), analysis(), "f")
    stored = tx.articles.get(article_id)
    assert stored.title == "A\N{REPLACEMENT CHARACTER}B"
    assert stored.text.startswith("x\N{REPLACEMENT CHARACTER}yz")
    assert len(stored.text) == 1_000_000


def test_the_analysis_comes_back_and_can_be_replaced(tx):
    first = analysis(change())
    article_id, _ = tx.articles.add(article(), first, "f1")
    tx.articles.save_changes(article_id, first.changes)
    assert tx.articles.analysis(article_id) == first
    second = analysis(score=0.1, on_topic=False, open_questions=(change().evidence,))
    tx.articles.rejudge(article_id, second, "f2")
    tx.articles.save_changes(article_id, ())
    tx.articles.update_text(article_id, "New", "New text", TextOrigin.PAGE)
    assert tx.articles.analysis(article_id) == second
    assert (tx.articles.get(article_id).text, tx.articles.get(article_id).text_origin) == ("New text", TextOrigin.PAGE)
    assert tx.articles.analysis(10**9) is None


def test_a_change_found_again_keeps_its_id(tx):
    article_id, _ = tx.articles.add(article(), analysis(), "f")
    ban = change(actor="Boston", action=Action.BAN, stage=Stage.PASSED)
    recalled = change(primary=False, line="Microsoft had asked for rules")
    ids = tx.articles.save_changes(article_id, [change(), ban, recalled])
    better_ban = dataclasses.replace(ban, quote="A longer sentence of the page", score=0.5)
    order = change(actor="Oakland", action=Action.ORDER)
    again = tx.articles.save_changes(article_id, [better_ban, recalled, order])
    assert again[:2] == [ids[1], ids[2]]
    assert again[2] not in ids
    assert tx.articles.changes(article_id) == (better_ban, recalled, order)
    assert tx.articles.save_changes(article_id, [change(), ban])[0] == ids[0], "a change that comes back has its old id"


def test_stale_articles_are_those_of_another_fingerprint(tx):
    old = [tx.articles.add(article(f"https://e.example/{number}"), analysis(), "f1")[0] for number in range(3)]
    new, _ = tx.articles.add(article("https://e.example/new"), analysis(), "f2")
    tx.articles.add(article("https://e.example/history"), analysis(), "f0", curated=True)
    assert [stale.id for stale in tx.articles.stale("f2", 2)] == old[:2]
    for stale in tx.articles.stale("f2", 10):
        tx.articles.rejudge(stale.id, analysis(), "f2")
    assert tx.articles.stale("f2", 10) == []
    assert {stale.id for stale in tx.articles.stale("f1", 10)} == {*old, new}


def wanted(tx, owner, now, limit=10):
    return [page.article_id for page in tx.articles.claim_wanted(owner, now, LEASE, limit)]


def test_wanted_pages_are_leased_retried_and_given_up(tx, clock):
    ids = [tx.articles.add(article(f"https://e.example/{number}"), analysis(), "f")[0] for number in range(3)]
    for article_id in ids:
        tx.articles.want_page(article_id, f"https://e.example/{article_id}", clock())
        tx.articles.want_page(article_id, "https://e.example/asked-again", clock())
    assert wanted(tx, "w1", clock(), limit=2) == ids[:2]
    assert wanted(tx, "w2", clock()) == ids[2:]
    assert wanted(tx, "w3", clock()) == []

    tx.articles.page_done(ids[0])
    tx.articles.page_failed(ids[1], clock() + timedelta(hours=1), "HTTP 503")
    tx.articles.page_failed(ids[2], None, "HTTP 410")
    assert [tx.articles.page_state(article_id) for article_id in ids] == [FETCHED, WANTED, GIVEN_UP]
    clock.advance(LEASE)
    assert wanted(tx, "w3", clock()) == []
    clock.advance(hours=1)
    (page,) = tx.articles.claim_wanted("w3", clock(), LEASE, 10)
    assert (page.article_id, page.attempts, page.source_id) == (ids[1], 1, "wire")
    assert page.url == f"https://e.example/{ids[1]}"
    tx.articles.page_done(ids[1])
    tx.articles.page_failed(ids[1], clock(), "a late answer of a lapsed lease")
    assert tx.articles.page_state(ids[1]) == FETCHED
    assert tx.articles.page_state(10**9) is None


def test_a_dead_workers_page_is_taken_over(tx, clock):
    article_id, _ = tx.articles.add(article(), analysis(), "f")
    tx.articles.want_page(article_id, "https://e.example/", clock())
    assert wanted(tx, "dead", clock()) == [article_id]
    clock.advance(LEASE)
    assert wanted(tx, "alive", clock()) == [article_id]
