"""An article's page is wanted durably: a worker that dies, a site that is down and robots.txt lose neither entry nor page."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

from bot import pipeline, upkeep
from tests.fakes.feed_server import Page, in_turn, status
from tests.scenario.news import Item, page
from tests.scenario.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
HEADLINE = "Boise City Council bans the software"
THIN = "What was decided on Tuesday."
"""Off the topic, as far as the feed says."""
WHOLE = "The Boise City Council banned police use of facial recognition on Tuesday. The members voted seven to two to ban the software."
ALERT = "Boise City Council bans police use of facial recognition"


def thin(world: World, path: str = "/news/boise", *, text: str = THIN) -> Item:
    return Item(HEADLINE, text, world.clock.now, path, world.server.url(path))


def whole() -> Page:
    return Page(page(Item(HEADLINE, WHOLE)), content_type="text/html")


def page_state(world: World) -> str | None:
    """Of the newest entry's article."""
    with world.reading() as tx:
        states = [
            tx.articles.page_state(entry.article_id) for entry in tx.entries.of_source("gazette") if entry.article_id
        ]
    return states[0] if states else None


async def begin(world: World) -> Item:
    world.publish("gazette")
    world.sources["gazette"]["dedicated"] = True
    world.begin()
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    item = thin(world)
    world.publish("gazette", item)
    return item


async def test_a_worker_that_dies_between_an_entrys_commit_and_its_page_loses_neither(any_world: World):
    world = any_world
    await begin(world)
    world.server.serve("/news/boise", whole())
    await world.poll()
    # It has claimed the page, and is gone before it asks for it.
    assert [wanted.url for wanted in pipeline.claim_pages(world.parts, 8)] == [world.server.url("/news/boise")]
    assert world.server.asked("/news/boise") == []
    entry, _ = world.entries("gazette")
    assert entry.verdict == "off_topic", "judged on the feed's text meanwhile"

    after = world.new_parts(owner="the next one")
    upkeep.start_up(after)
    assert await world.read_pages(after) == 0, "the dead worker's lease still runs"
    world.clock.advance(pipeline.LEASE)
    assert await world.read_pages(after) == 1
    assert page_state(world) == "fetched"
    entry, _ = world.entries("gazette")
    assert entry.verdict == "change"
    await world.deliver(parts=after)
    assert world.texts() == [ALERT]
    await world.round(after=HOUR)
    assert await world.read_pages(after) == 0
    assert len(world.slack.called("chat.postMessage")) == 1


async def test_a_poll_that_dies_before_its_commit_is_polled_again_whole(any_world: World, monkeypatch):
    world = any_world
    await begin(world)
    before = world.state("gazette").validators

    class Killed(BaseException):
        """What the process does not survive."""

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "owe_notice", killed)  # the last step inside the transaction
        with contextlib.suppress(Killed):
            await world.poll()
    assert len(world.entries("gazette")) == world.count("articles") == 1, "the baseline's"
    assert world.count("wanted_pages") == 0
    assert world.state("gazette").validators == before, "a validator never advances without what its body held"

    after = world.new_parts(owner="the next one")
    assert upkeep.claim_due(after, 10) == [], "the dead worker's lease still runs"
    world.clock.advance(pipeline.LEASE + HOUR)
    polled = await world.poll(parts=after)
    assert [told.verdict for told in polled["gazette"].told] == ["off_topic"]
    assert page_state(world) == "wanted"


async def test_a_page_that_fails_is_tried_again_later(world: World):
    await begin(world)
    world.server.serve("/news/boise", in_turn(status(503), status(500), whole()))
    await world.poll()
    assert await world.read_pages() == 1
    assert page_state(world) == "wanted"
    assert await world.read_pages() == 0, "not at once"
    world.clock.advance(5 * MINUTE)
    assert await world.read_pages() == 1
    world.clock.advance(5 * MINUTE)
    assert await world.read_pages() == 0, "longer than the first time"
    world.clock.advance(HOUR)
    assert await world.read_pages() == 1
    assert page_state(world) == "fetched"
    await world.deliver()
    assert world.texts() == [ALERT]


async def test_a_503_with_retry_after_is_obeyed(world: World):
    await begin(world)
    world.server.serve("/news/boise", in_turn(status(503, retry_after="7200"), whole()))
    await world.poll()
    await world.read_pages()
    world.clock.advance(HOUR)
    assert await world.read_pages() == 0
    world.clock.advance(HOUR)
    assert await world.read_pages() == 1
    assert page_state(world) == "fetched"


async def test_a_page_that_is_gone_or_never_comes_is_given_up_and_the_feeds_text_stands(world: World):
    await begin(world)
    await world.poll()
    assert await world.read_pages() == 1
    assert page_state(world) == "given up", "404"
    entry, _ = world.entries("gazette")
    assert entry.verdict == "off_topic"

    world.publish("gazette", thin(world, "/news/dead", text="The second of two reports on it."))
    world.server.serve("/news/dead", status(500))
    await world.poll()
    tried = 0
    for _ in range(40):
        tried += await world.read_pages()
        world.clock.advance(6 * HOUR)
    assert tried == len(pipeline.PAGE_RETRIES) + 1
    assert page_state(world) == "given up"


async def test_robots_txt_is_respected(world: World):
    await begin(world)
    world.server.serve("/news/boise", whole())
    world.server.serve("/robots.txt", Page("User-agent: Policywatch\nDisallow: /news/\n", content_type="text/plain"))
    await world.poll()
    assert await world.read_pages() == 1
    assert world.server.asked("/news/boise") == []
    assert page_state(world) == "given up"
    assert world.server.asked("/gazette/feed"), "feeds are published to be polled"


async def test_a_robots_txt_that_cannot_be_had_forbids_for_now(world: World):
    await begin(world)
    world.server.serve("/news/boise", whole())
    world.server.serve("/robots.txt", in_turn(status(503), status(404)))
    await world.poll()
    assert await world.read_pages() == 1
    assert world.server.asked("/news/boise") == []
    assert page_state(world) == "wanted"
    world.clock.advance(HOUR)
    assert await world.read_pages() == 1
    assert page_state(world) == "fetched"


async def test_thin_entries_of_any_other_source_are_read_when_they_are_on_the_topic(world: World):
    world.publish("herald")
    world.begin()
    await world.round(after=MINUTE)
    world.clock.advance(HOUR)
    on_topic = thin(world, text="What was decided about facial recognition on Tuesday.")
    long = thin(world, "/news/long", text="Facial recognition was discussed for an hour. " * 20)
    world.publish("herald", on_topic, thin(world, "/news/other"), long)
    await world.poll()
    assert await world.read_pages() == 1
    assert [path for path in ("/news/boise", "/news/other", "/news/long") if world.server.asked(path)] == [
        "/news/boise"
    ]


async def test_a_page_of_a_baseline_alerts_on_nothing(world: World):
    world.server.serve("/news/boise", whole())
    world.publish("gazette", thin(world))
    world.sources["gazette"]["dedicated"] = True
    world.clock.advance(HOUR)
    world.begin()
    await world.round(after=MINUTE)
    await world.read_pages()
    await world.deliver()
    assert page_state(world) == "fetched"
    assert world.count("stories") == 1
    assert world.posts() == []


async def test_a_message_on_the_feeds_text_is_not_repeated_for_the_page(world: World):
    """The feed's own words alert at once; the page, when it comes, betters the same story."""
    item = replace(await begin(world), title=ALERT)
    world.publish("gazette", item)
    world.server.serve("/news/boise", whole())
    await world.round()
    assert len(world.posts()) == 1
    assert await world.read_pages() == 1
    world.clock.advance(HOUR)
    await world.deliver()
    assert len(world.posts()) == 1
    assert world.count("stories") == 1
    assert len(world.slack.called("chat.postMessage")) == 1


async def test_a_page_says_how_old_its_article_is(world: World):
    """The feed gave no date: what is old must not pass for today's news."""
    await begin(world)
    item = replace(thin(world), published=None)
    old = '<meta property="article:published_time" content="2025-03-01T10:00:00Z"></head>'
    body = page(Item(HEADLINE, WHOLE)).replace("</head>", old)
    world.server.serve("/news/boise", Page(body, content_type="text/html"))
    world.publish("gazette", item)
    await world.poll()
    await world.read_pages()
    await world.deliver()
    with world.reading() as tx:
        article = tx.articles.get(world.entries("gazette")[0].article_id)
    assert article is not None
    assert article.published.year == 2025
    assert world.texts() == []


async def test_a_page_that_calls_itself_by_a_known_address_is_that_article(world: World):
    await begin(world)
    world.server.serve("/news/boise", whole())
    await world.poll()
    await world.read_pages()
    await world.deliver()
    link = f'<link rel="canonical" href="{world.server.url("/news/boise")}"></head>'
    world.server.serve("/go/77", Page(page(Item(HEADLINE, WHOLE)).replace("</head>", link), content_type="text/html"))
    world.publish("gazette", replace(thin(world, "/go/77"), title="What the council of Boise did", text="Read on."))
    await world.poll()
    await world.read_pages()
    await world.deliver()
    entry = world.entries("gazette")[0]
    assert entry.verdict == "same_article", entry
    assert world.texts() == [ALERT]
