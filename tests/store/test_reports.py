"""What people ask: listings, explanations, numbers."""

from datetime import timedelta

import pytest

from bot.model import Action, DeliveryKind, DeliveryState, Filters, Health, NewDelivery, Stage, StoryRole
from bot.stories.stances import NO_STANCE, stances
from tests.store.samples import analysis, article, change, entry, report, source

LEASE = timedelta(minutes=5)


@pytest.fixture
def tx(store, clock):
    with store.transaction() as tx:
        tx.sources.sync(
            [source("wire", category="trade_press"), source("gov", name="The Ministry", category="regulator")], clock()
        )
        yield tx


def told(tx, clock, name, **fields):
    """One story an hour."""
    clock.advance(hours=1)
    options = {key: fields.pop(key) for key in ("source_id", "rank", "story") if key in fields}
    return report(tx, clock(), f"https://e.example/{name}", change(**fields), published=clock(), title=name, **options)


def ids(page):
    return [item.story.id for item in page.items]


def test_listings_go_page_by_page_without_gap_or_repeat(tx, clock):
    made = [told(tx, clock, f"n{number}", line=f"n{number}") for number in range(5)]
    same_time = [
        report(tx, clock(), f"https://e.example/same{number}", change(), published=clock()) for number in range(3)
    ]
    everything = [*reversed(same_time), *reversed(made)]
    # the last of `made` and the three of `same_time` share their time: the id decides
    assert ids(tx.reports.recent(limit=100)) == everything
    seen, after = [], None
    for _ in range(10):
        page = tx.reports.recent(limit=3, after=after)
        assert page.total == 8
        seen += ids(page)
        after = page.next
        if after is None:
            break
    assert seen == everything
    assert ids(tx.reports.recent(limit=3, offset=6)) == everything[6:]
    assert [item.story.id for item in tx.reports.export()] == everything


def test_exports_read_everything_in_batches(tx, clock, monkeypatch):
    monkeypatch.setattr("bot.store.reports._BATCH", 2)
    made = [told(tx, clock, f"n{number}") for number in range(5)]
    assert [item.story.id for item in tx.reports.export()] == made[::-1]
    assert [item.best.title for item in tx.reports.export()] == ["n4", "n3", "n2", "n1", "n0"]
    assert tx.reports.recent(limit=5).next is None


def test_listings_are_bounded_in_time(tx, clock):
    start = clock()
    told(tx, clock, "first")
    second = told(tx, clock, "second")
    told(tx, clock, "third")
    page = tx.reports.recent(since=start + timedelta(hours=2), until=start + timedelta(hours=3))
    assert (ids(page), page.total) == ([second], 1)


QUESTIONS = [
    (Filters(), {"us", "ca", "eu", "nowhere"}),
    (Filters(actors=("microsoft",)), {"us"}),
    (Filters(actors=("ca-dmv",)), {"ca"}),
    (Filters(actions=("ban", "halt")), {"us", "ca"}),
    (Filters(stages=("in force",)), {"eu"}),
    (Filters(targets=("schools",)), {"eu"}),
    (Filters(jurisdictions=("US",)), {"us", "ca", "nowhere"}),
    (Filters(jurisdictions=("US-CA",)), {"ca", "nowhere"}),
    (Filters(jurisdictions=("EU", "DE")), {"eu", "nowhere"}),
    (Filters(categories=("regulator",)), {"eu"}),
    (Filters(min_score=0.9), {"us"}),
    (Filters(actions=("ban",), jurisdictions=("EU", "DE")), set()),
    (Filters(actors=("\x00",), actions=("\x00",), stages=("\ud800",), targets=("\x00",), categories=("\x00",)), set()),
]


def test_filters_are_those_of_routes(tx, clock):
    made = {
        told(tx, clock, "us", score=0.95): "us",
        told(tx, clock, "ca", actor="California DMV", actor_id="ca-dmv", action=Action.BAN, jurisdictions=("US-CA/Oakland",), score=0.5): "ca",
        told(tx, clock, "eu", actor="EU", action=Action.ENACT, stage=Stage.IN_FORCE, targets=("police", "schools"), jurisdictions=("DE",), score=0.5, source_id="gov"): "eu",
        told(tx, clock, "nowhere", actor="IBM", action=Action.REVIEW, jurisdictions=(), score=0.5): "nowhere",
    }  # fmt: skip
    for filters, expected in QUESTIONS:
        assert {made[story_id] for story_id in ids(tx.reports.recent(filters=filters))} == expected, filters


def test_the_best_article_is_the_most_official_then_the_earliest(tx, clock):
    story = told(tx, clock, "blogged")
    assert tx.reports.recent().items[0].best.title == "blogged"
    told(tx, clock, "official", rank=0, source_id="gov", story=story)
    told(tx, clock, "official later", rank=0, source_id="gone-source", story=story)
    (item,) = tx.reports.recent().items
    assert (item.best.title, item.best.source_name, item.best.rank) == ("official", "The Ministry", 0)
    assert item.best.url == article("https://e.example/official").url
    assert item.story.article_count == 3


def test_curated_stories_are_listed_marked_and_can_be_left_out(tx, clock):
    told(tx, clock, "seen")
    past = change(targets=("schools",))
    old = tx.stories.create(past, stage=Stage.PASSED, at=clock() - timedelta(days=400), now=clock(), curated=True)
    page = tx.reports.recent()
    assert [(item.story.curated, item.best is None) for item in page.items] == [(False, False), (True, True)]
    assert old not in ids(tx.reports.recent(curated=False))
    assert next(iter(tx.reports.latest("Microsoft"))).id == old
    assert tx.reports.latest("IBM") == []


def test_merged_stories_are_listed_once(tx, clock):
    keep, other = told(tx, clock, "keep"), told(tx, clock, "other")
    tx.stories.merge(keep, other)
    page = tx.reports.recent()
    assert (ids(page), page.total) == ([keep], 1)
    assert [story.id for story in tx.reports.latest("Microsoft")] == [keep]
    assert tx.reports.counts(clock()).stories == 1


def test_the_last_word_on_each_matter_is_all_that_stances_need(tx, clock):
    users = [(), ("police",), ("border",), ("police", "border")]
    decided = ["2019", None, "2031-05", None, "nonsense", "2020-02-29", None, "2031-05-20"]
    for number in range(48):
        fields = {
            "action": [Action.HALT, Action.RESUME, Action.FINE][number % 3],
            "actor": ["Microsoft", "Oakland City Council"][number // 2 % 2],
            "jurisdictions": [("US",), ("US-CA", "US-NY"), ()][number // 4 % 3],
            "targets": users[number // 5 % 4],
            "decided": decided[number % 8],
            "stage": [Stage.ANNOUNCED, Stage.EXPIRED, Stage.WITHDRAWN, Stage.ANNOUNCED, Stage.PASSED][number % 5],
        }
        told(tx, clock, f"n{number}", line=f"n{number}", **fields)
    for actor in ("Microsoft", "oakland city council"):
        every = [listed.story for listed in tx.reports.export(filters=Filters(actors=(actor,)))]
        last = tx.reports.latest(actor, but=NO_STANCE)
        assert 0 < len(last) < len(every)
        wanted = [(one.line, one.current, one.since) for one in stances(every, clock())]
        assert [(one.line, one.current, one.since) for one in stances(last, clock())] == wanted


def test_an_alert_is_explained_from_entry_to_delivery(tx, clock):
    url, canonical = "https://e.example/a?utm_source=rss", "https://e.example/a"
    added = tx.entries.add("wire", [entry("k", url=url), entry("other")], clock(), canonical={"k": canonical})
    story = report(
        tx, clock(), canonical, change(), change(actor="Microsoft", action=Action.COMMIT, line="will revise reviews")
    )
    article_id = tx.articles.find(canonical).id
    tx.articles.want_page(article_id, url, clock())
    tx.entries.judge(added["k"], article_id, "change", "a company halts sales")
    tx.outbox.enqueue(
        NewDelivery(DeliveryKind.POST, "C1", f"post:{story}:C1:new", "team", story_id=story, transition="new"), clock()
    )

    for asked in ([url], [canonical], [url, canonical]):
        told_of = tx.reports.explain(*asked)
        assert [(one.source_id, one.verdict, one.reason) for one in told_of.entries] == [
            ("wire", "change", "a company halts sales")
        ]
        (explained,) = told_of.articles
        assert explained.article.id == article_id
        assert [found.line for found in explained.analysis.changes] == [change().line, "will revise reviews"]
        assert explained.page == "wanted"
        assert not explained.curated
        assert [(m.story.id, m.role) for m in explained.memberships] == [
            (story, StoryRole.LEAD),
            (story, StoryRole.ALSO),
        ]
        assert [d.dedupe_key for d in explained.memberships[0].deliveries] == [f"post:{story}:C1:new"]


def test_a_silence_is_explained_too(tx, clock):
    added = tx.entries.add("wire", [entry("k", url="https://e.example/phone")], clock())
    tx.entries.judge(added["k"], None, "off_topic", "no word of the topic")
    told_of = tx.reports.explain("https://e.example/phone")
    assert [one.reason for one in told_of.entries] == ["no word of the topic"]
    assert told_of.articles == ()
    assert tx.reports.explain("https://e.example/never-seen") == type(told_of)((), ())


def test_an_article_without_entry_is_explained(tx):
    article_id, _ = tx.articles.add(article("https://e.example/h"), analysis(), "f", curated=True)
    (explained,) = tx.reports.explain("https://e.example/h").articles
    assert (explained.article.id, explained.curated, explained.page, explained.memberships) == (
        article_id,
        True,
        None,
        (),
    )


def test_numbers(tx, clock):
    tx.sources.sync([source("a"), source("b"), source("off", enabled=False)], clock())
    (state,) = tx.sources.claim(["a"], "w", clock(), LEASE)
    polled = clock()
    tx.sources.finish(state._replace(health=Health.FAILING, last_polled_at=polled), "w")
    tx.sources.mute("b", clock() + timedelta(days=1))
    tx.entries.add("a", [entry("old")], clock() - timedelta(days=2))
    tx.entries.add("a", [entry("new")], clock())
    told(tx, clock, "now")
    report(tx, clock(), "https://e.example/older", change(), published=clock() - timedelta(days=20))
    report(tx, clock(), "https://e.example/oldest", change(), published=clock() - timedelta(days=40))
    tx.stories.create(change(), stage=Stage.PASSED, at=clock(), now=clock(), curated=True)
    tx.articles.want_page(tx.articles.find("https://e.example/now").id, "https://e.example/now", clock())
    due = clock()
    for number in range(2):
        tx.outbox.enqueue(NewDelivery(DeliveryKind.POST, "C1", f"post:{number}", "team", story_id=number), due)
    counts = tx.reports.counts(clock.advance(minutes=5))
    assert (counts.sources, counts.health, counts.muted) == (2, {Health.FAILING: 1, Health.OK: 1}, 1)
    assert (counts.last_polled_at, counts.entries_day, counts.articles, counts.pages_wanted) == (polled, 1, 3, 1)
    assert (counts.stories, counts.stories_curated, counts.stories_week, counts.stories_month) == (3, 1, 1, 2)
    assert (counts.deliveries, counts.oldest_due_at) == ({DeliveryState.PENDING: 2}, due)


def test_numbers_of_an_empty_database(tx, clock):
    tx.sources.sync([], clock())
    counts = tx.reports.counts(clock())
    assert (counts.sources, counts.health, counts.last_polled_at, counts.stories, counts.deliveries) == (
        0,
        {},
        None,
        0,
        {},
    )
    assert counts.oldest_due_at is None


def test_counting_stops_where_it_would_cost(tx, clock, monkeypatch):
    monkeypatch.setattr("bot.store.reports.COUNTED", 2)
    for number in range(3):
        told(tx, clock, f"n{number}")
    page = tx.reports.recent()
    assert (len(page.items), page.total) == (3, 2)
