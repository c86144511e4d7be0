"""Every reader that Slack asks, over a database that the pipeline filled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Filters, Schedule
from bot.slack import pages
from bot.slack.asks import Ask
from bot.slack.elements import visible
from bot.slackdesk import told_rows
from tests.integration.world import ANNA, BAN, HALT, NOTHING, PAUSE, PLAN, POLICY, SUIT, World


def filled(world: World) -> World:
    world.report(HALT)
    world.report(HALT, "post")
    world.report(PAUSE)
    world.report(PLAN)
    world.report(NOTHING)
    world.clock.advance(days=2)
    world.report(BAN)
    return world


def test_recent_pages_filters_and_the_empty_answer(world: World):
    reader = filled(world).reader
    page = reader.recent(Ask("recent", count=2), world.now)
    assert (len(page.rows), page.total) == (2, 3)
    assert page.rows[0].line.startswith("Oakland"), "what moved last stands first"
    assert page.rows[0].stage is not None
    assert page.rows[0].url
    assert page.sources.total == 3
    assert len(reader.recent(Ask("recent", count=2, offset=2), world.now).rows) == 1
    state = reader.recent(Ask("recent", filters=Filters(jurisdictions=("US-CA",))), world.now)
    assert [row.ref for row in state.rows] == [page.rows[0].ref]
    empty = reader.recent(Ask("recent", since=timedelta(hours=1), filters=Filters(actors=("IBM",))), world.now)
    assert not empty.rows
    assert empty.last is None, "what it never saw of IBM is not the newest story"
    early = reader.recent(Ask("recent", since=timedelta(hours=1), filters=Filters(actors=("Amazon",))), world.now)
    assert early.last is not None
    assert early.last.line.startswith("Amazon"), "the newest that was asked for, not the newest of all"


def test_an_actor_is_meant_under_any_of_its_names(world: World):
    reader = filled(world).reader
    for name in ("Amazon", "amzn", "Amazon Inc"):
        found = reader.recent(Ask("recent", filters=Filters(actors=(name,))), world.now)
        assert [row.line.split()[0] for row in found.rows] == ["Amazon"], name
    assert reader.stances("California", world.now).actor is None, "a place is no actor"


def test_search_finds_words_and_names_the_newest_otherwise(world: World):
    reader = filled(world).reader
    found = reader.search(Ask("search", "amazon"), world.now)
    assert [row.line.split()[0] for row in found.rows] == ["Amazon"]
    assert not reader.search(Ask("search", "zeppelin"), world.now).rows


def test_what_was_dismissed_is_in_no_listing_until_it_is_restored(world: World):
    reader = filled(world).reader
    world.deeds.dismiss("s1", "", ANNA, world.now)
    assert "s1" not in {row.ref for row in reader.recent(Ask("recent"), world.now).rows}
    assert not reader.search(Ask("search", "microsoft"), world.now).rows
    assert not reader.stances("Microsoft", world.now).rows
    assert reader.show("s1") is not None
    world.deeds.restore("s1", ANNA, world.now)
    assert "s1" in {row.ref for row in reader.recent(Ask("recent"), world.now).rows}


def test_show_with_coverage_and_stages(world: World):
    reader = filled(world).reader
    microsoft = reader.show("s1")
    assert microsoft is not None
    assert len(microsoft.articles) == 2
    assert microsoft.view.story.source_count == 2
    oakland = reader.show("s3")
    assert oakland is not None
    assert [row.stage for row in oakland.stages if row.stage] == ["considered", "passed"]
    here = [(one.route, one.words) for one in oakland.told if one.channel == POLICY]
    assert here == [("policy", "on its way as new"), ("policy", "on its way as passed")]
    assert reader.show("s99") is None
    world.deeds.merge("s2", "s1", ANNA, world.now)
    merged = reader.show("s2")
    assert merged is not None
    assert merged.view.story.ref == "s1"


def test_stances_and_timeline_of_an_actor(world: World):
    reader = filled(world).reader
    stances = reader.stances("microsoft", world.now)
    assert stances.actor == "Microsoft"
    assert [row.ref for row in stances.rows] == ["s1"]
    assert reader.timeline("Amazon", 0, 10).total == 1
    unknown = reader.stances("Microsft", world.now)
    assert unknown.actor is None
    assert "Microsoft" in unknown.near


def test_a_timeline_is_read_page_by_page_the_newest_first(world: World):
    refs = []
    for words in (PLAN, SUIT):
        refs.append(world.story(words))
        world.clock.advance(days=40)
    pages = [world.reader.timeline("Oakland City Council", offset, 1) for offset in (0, 1, 2)]
    assert [[row.ref for row in page.rows] for page in pages] == [[refs[1]], [refs[0]], []]
    assert {page.total for page in pages} == {2}


def test_why_tells_of_the_seen_and_the_unseen(world: World):
    reader = filled(world).reader
    with world.store.reading() as tx:
        articles = [tx.articles.get(number) for number in (1, 5)]
    told, silent = (reader.why(article.url) for article in articles if article is not None)
    assert told.seen
    assert told.story is not None
    assert (told.told[0].channel, told.told[0].words) == (POLICY, "on its way as new")
    assert told.quote
    assert told.score
    assert told.reasons
    assert told.source == "Wire"
    assert silent.seen
    assert silent.story is None
    assert silent.verdict
    assert not reader.why("https://nowhere.example/").seen


def test_vocabulary_is_made_once_for_a_configuration(world: World):
    vocabulary = world.reader.vocabulary()
    assert vocabulary is world.reader.vocabulary()
    assert vocabulary.places["US-CA"] == "California"
    assert "Microsoft" in vocabulary.actors
    assert set(vocabulary.sources) == {"wire", "post", "herald"}


def test_sources_status_and_who_may_change(world: World):
    reader = filled(world).reader
    world.deeds.mute_source("post", timedelta(days=1), ANNA, world.now)
    counts, troubled = reader.sources(world.now)
    assert counts.total == 3
    assert [row.source.id for row in troubled] == ["post"]
    assert {check.name for check in reader.status(world.now)} >= {"database", "worker", "slack", "config"}
    assert reader.may_change("U0ANYBODY1")


def test_a_source_whose_polls_warn_of_something_is_listed_with_it(world: World):
    with world.store.transaction() as tx:
        tx.runtime.remember(
            "warned:herald", ["Herald shares no entry with the last poll: some may have been missed."], world.now
        )
    _, troubled = world.reader.sources(world.now)
    assert [row.source.id for row in troubled] == ["herald"]
    (_, said, _) = pages.source_row(troubled[0], world.now)
    assert "ok  Herald shares no entry with the last poll: some may have been missed." in visible(said)


def test_home_and_routes_show_files_subscriptions_and_what_is_followed(world: World):
    filled(world)
    world.deeds.follow("s1", ANNA, world.now)
    world.deeds.subscribe(Filters(), Schedule("daily"), replace(ANNA, channel="C0SUBSCR001"), world.now)
    home = world.reader.home(ANNA.user, world.now)
    assert [(row.ref, row.line.split()[0]) for row in home.following] == [("s1", "Microsoft")]
    assert len(home.recent.rows) == 3
    assert len(home.routes) == 4
    assert home.operator, "nobody is listed, so that everybody looks after the sources"
    assert [route.name for route in world.reader.routes(POLICY)] == ["policy"]


def test_a_digest_is_read_back_by_its_key(world: World):
    filled(world)
    assert world.reader.digest_markdown("digest:nothing") is None
    world.deeds.digest_now(None, ANNA, world.now)
    with world.store.reading() as tx:
        (key,) = [one.dedupe_key for one in tx.outbox.list() if one.kind == "digest"]
    assert "Microsoft" in str(world.reader.digest_markdown(key))


def test_a_step_that_is_told_for_the_second_time_is_named_by_its_stage_alone(world: World):
    filled(world)
    with world.store.reading() as tx:
        (post, *_) = tx.outbox.by_story(1)
    (told,) = told_rows([replace(post, transition="stage:passed:5")])
    assert told.words == "on its way as passed"
