"""A policy page that nobody announces a change of: its versions are kept, and changed wording is told as any article is."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from bot.model import Stage
from tests.fakes.feed_server import Page
from tests.scenario.world import World

HOUR = timedelta(hours=1)
STAYS = (
    "These terms govern your use of the services that we offer to customers in every country.",
    "You may not use the services to break the law, to harm a person or to mislead anybody about who you are.",
    "Fees are due at the end of each month, and unpaid fees bear interest from the day on which they were due.",
)
OLD = "We sell facial recognition to police departments in the United States under strict terms."
NEW = "We will not sell facial recognition to police departments in the United States."


def terms(*sentences: str, frame: str = "Menu", css: str = "a") -> Page:
    body = "".join(f'<p class="{css}">{escape(one)}</p>' for one in (*STAYS, *sentences))
    return Page(
        f'<!doctype html><html lang="en"><head><title>Terms</title><style>.{css}{{}}</style></head>'
        f"<body><nav>{frame}</nav><main>{body}</main></body></html>",
        content_type="text/html",
    )


async def watched(world: World, page: Page) -> None:
    url = world.server.serve("/terms", page)
    world.sources["terms"] = {"id": "terms", "name": "Acme terms", "url": url, "kind": "document", "actor": "Microsoft"}
    world.begin()
    await world.round(after=HOUR)


async def test_changed_wording_becomes_an_alert_with_the_new_and_the_old_sentence(any_world: World):
    world = any_world
    await watched(world, terms(OLD))
    assert world.texts() == []
    assert world.count("document_versions") == 1
    world.server.serve("/terms", terms(NEW))
    polled = (await world.round(after=6 * HOUR))["terms"]
    assert polled.failure is None
    assert [(told.verdict, told.alert) for told in polled.told] == [("change", "new")], polled.told
    (post,) = world.posts()
    assert "Microsoft" in post["text"]
    shown = str(post["blocks"])
    assert NEW.rstrip(".") in shown
    with world.reading() as tx:
        (entry,) = tx.entries.of_source("terms", 10)
        article = tx.articles.get(entry.article_id)
    assert article is not None
    assert article.text == f"New wording:\n\n{NEW}\n\nOld wording:\n\n{OLD}"
    assert world.count("document_versions") == 2
    await world.round(after=6 * HOUR)
    assert len(world.posts()) == 1


async def test_markup_is_no_wording(world: World):
    await watched(world, terms(OLD))
    world.server.serve("/terms", terms(OLD, frame="Another menu", css="b"))
    polled = (await world.round(after=6 * HOUR))["terms"]
    assert (polled.failure, polled.told) == (None, ())
    assert world.count("document_versions") == 1
    assert world.texts() == []


async def test_other_words_are_recorded_and_told_to_nobody(world: World):
    await watched(world, terms(OLD, "Questions are answered within two days."))
    world.server.serve("/terms", terms(OLD, "Questions are answered within three days."))
    polled = (await world.round(after=6 * HOUR))["terms"]
    assert [told.verdict for told in polled.told] == ["off_topic"]
    assert world.texts() == []
    assert world.count("document_versions") == 2


async def test_a_clause_that_goes_and_comes_back_is_told_each_time_as_what_it_is(world: World):
    await watched(world, terms(OLD))
    for sentence in (NEW, OLD):
        world.server.serve("/terms", terms(sentence))
        await world.round(after=24 * HOUR)
    assert len({entry.key for entry in world.entries("terms")}) == 2, "each version is an entry of its own"
    assert world.count("document_versions") == 3


async def test_a_rule_that_goes_without_another_is_no_new_rule(world: World):
    await watched(world, terms(NEW))
    world.server.serve("/terms", terms())
    polled = (await world.round(after=6 * HOUR))["terms"]
    assert [told.verdict for told in polled.told] == ["change"], polled.told
    (post,) = world.posts()
    assert post["text"].startswith("Microsoft drops from its terms: We will not sell facial recognition"), post["text"]
    with world.reading() as tx:
        (entry,) = tx.entries.of_source("terms", 10)
        (change,) = tx.articles.changes(entry.article_id)
    assert change.stage is Stage.REVERSED
