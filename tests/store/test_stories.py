"""Stories in both databases: look-ups, writing plans, views, merges and splits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import stories as deciding
from bot.errors import UsageError
from bot.model import (
    Analysis,
    Article,
    Fingerprint,
    PolicyChange,
    Span,
    Stage,
    StoryEvent,
    StoryLook,
    StoryRole,
    Transition,
)
from bot.store import Store, Tx
from bot.store.tables.stories import story_keys
from tests.stories.build import T0, analysis, article, change

POLICE = {"targets": ("police",), "jurisdictions": ("US",)}


def feed(
    store: Store,
    report: Article,
    *changes: PolicyChange,
    now: datetime | None = None,
    tell: bool = True,
    questions: tuple[Span, ...] = (),
) -> tuple[int, tuple[StoryEvent, ...]]:
    """What the pipeline does with one article; returns its id and what happened to the stories."""
    said: Analysis = replace(analysis(*changes), open_questions=questions)
    with store.transaction(lock=True) as tx:
        return feed_in(tx, report, said, now or report.published, tell=tell)


def feed_in(
    tx: Tx, report: Article, said: Analysis, now: datetime, *, tell: bool = True
) -> tuple[int, tuple[StoryEvent, ...]]:
    article_id, _ = tx.articles.add(report, said, "v1")
    ids = tx.articles.save_changes(article_id, said.changes)
    fingerprint = deciding.fingerprint(report.title, report.text)
    copied = tx.stories.own(article_id)
    if copied is None:
        hit = deciding.best(fingerprint, tx.stories.near(fingerprint.bands, but=article_id))
        copied = tx.stories.copy_of(hit[0], hit[1].reason) if hit else None
    tx.stories.add_fingerprint(article_id, fingerprint)
    also = [story for story, _ in copied.stories] if copied else ()
    candidates = tx.stories.candidates(deciding.looks_for(report, said), also)
    plan = deciding.assign(report, said, candidates, copied, rank=deciding.rank(report, said.lead))
    events = tx.stories.apply(
        plan, article=report, article_id=article_id, changes=said.changes, change_ids=ids, now=now
    )
    for event in events:
        if event.transition and tell:
            tx.stories.mark_told(event.story_id, alerted=True)
    return article_id, events


def halt(actor: str = "Microsoft", **fields: Any) -> PolicyChange:
    return change(actor, "halt", **(POLICE | fields))


def test_reports_of_one_act_become_one_story_and_one_alert(store: Store) -> None:
    _, first = feed(store, article("Microsoft won't sell face recognition to police", source_id="a"), halt())
    _, second = feed(
        store,
        article("Microsoft bars police from face recognition", source_id="b", day=0.1),
        change("Microsoft", "ban", **POLICE),
    )
    _, third = feed(
        store, article("Amazon pauses police use", source_id="a", day=0.2), change("Amazon", "pause", **POLICE)
    )
    assert [event.key for event in first] == ["new"]
    assert [(event.story_id, event.key, event.changed) for event in second] == [(first[0].story_id, "", True)]
    assert third[0].story_id != first[0].story_id
    with store.reading() as tx:
        story = tx.stories.get(first[0].story_id)
        assert story is not None
        assert (story.article_count, story.source_count, story.alerted, story.told) == (2, 2, True, True)
        assert story.change == halt()
        assert tx.stories.view(third[0].story_id).story.change.actor == "Amazon"  # type: ignore[union-attr]


def test_a_near_copy_on_another_site_joins_though_nothing_else_fits(store: Store) -> None:
    body = (
        "The company said on Thursday that it would not sell the software to any police department in the country until a national law is in place. "
        * 3
    )
    original, first = feed(store, article("Microsoft holds back", text=body, source_id="a"), halt())
    copy, second = feed(
        store,
        article("Tech giant says no", text="(AP) - " + body, source_id="b", day=9),
        change("Brad Smith", "call_for", **POLICE),
    )
    assert second[0].story_id == first[0].story_id
    assert second[0].transition is None
    with store.reading() as tx:
        assert tx.stories.copy_of(copy, "again").article_id == original
        assert tx.stories.for_article(copy) == ((first[0].story_id, StoryRole.LEAD),)


def test_a_stage_moves_the_story_and_is_told_with_what_was_before(store: Store) -> None:
    place = {"targets": ("government",), "jurisdictions": ("US-OR/Portland",)}
    proposed = change("Portland City Council", "propose", stage="proposed", line="Portland proposes a ban", **place)
    passed = change("Portland City Council", "ban", stage="passed", line="Portland bans city use", **place)
    _, first = feed(store, article("Portland weighs a ban on face recognition", source_id="a"), proposed)
    _, second = feed(store, article("Portland passes ban on face recognition", source_id="b", day=90), passed)
    _, third = feed(store, article("Portland's ban on face recognition", source_id="c", day=91), passed)
    assert [event.key for event in (*first, *second, *third)] == ["new", "stage:passed", ""]
    assert len({event.story_id for event in (*first, *second, *third)}) == 1
    with store.reading() as tx:
        view = tx.stories.view(first[0].story_id)
        assert view is not None
        assert view.story.stage is Stage.PASSED
        assert view.previous is not None
        assert (view.previous.stage, view.previous.line, view.previous.ref) == (
            Stage.PROPOSED,
            "Portland proposes a ban",
            view.story.ref,
        )
        assert [(record.stage, record.news) for record in tx.stories.stages(view.story.id)] == [
            (Stage.PROPOSED, True),
            (Stage.PASSED, True),
        ]


def test_an_older_article_improves_the_date_and_tells_nobody(store: Store) -> None:
    _, first = feed(store, article("Microsoft won't sell to police", source_id="a", day=2), halt())
    _, late = feed(
        store, article("Microsoft won't sell to US police", source_id="b", day=0), halt(), now=T0 + timedelta(days=3)
    )
    assert (late[0].story_id, late[0].transition) == (first[0].story_id, None)
    with store.reading() as tx:
        story = tx.stories.get(first[0].story_id)
        assert story is not None
        assert (story.first_at, story.last_at) == (T0, T0 + timedelta(days=2))
        assert story.stage_at == T0, "people read when it was announced"
        assert [one.at for one in tx.stories.stages(story.id)] == [T0]
        view = tx.stories.view(story.ref)
        assert view is not None
        assert view.first is not None
        assert view.first.source_id == "b"


def test_judging_an_article_again_keeps_its_story_and_replaces_what_it_said(store: Store) -> None:
    report = article("Microsoft won't sell to police", source_id="a")
    article_id, first = feed(store, report, halt(), halt("IBM", primary=False))
    better = halt(condition="until there is a national law", actor="Microsoft Corp")
    again, second = feed(store, report, better)
    assert again == article_id
    assert [(event.story_id, event.transition) for event in second] == [(first[0].story_id, None)]
    with store.reading() as tx:
        story = tx.stories.get(first[0].story_id)
        assert story is not None
        assert story.article_count == 1
        assert story.change.condition == "until there is a national law"


def test_a_story_stays_news_until_somebody_decides_to_tell(store: Store) -> None:
    _, first = feed(store, article("Perhaps Microsoft halts", source_id="a"), halt(score=0.5), tell=False)
    _, second = feed(store, article("Microsoft halts sale to police", source_id="b", day=0.1), halt())
    _, third = feed(store, article("Microsoft stops sale to police", source_id="c", day=0.2), halt())
    assert [event.transition for event in (*first, *second, *third)] == [Transition.NEW, Transition.NEW, None]


def test_a_view_shows_also_unclear_before_best_and_counts(store: Store) -> None:
    _, amazon = feed(
        store,
        article("Amazon pauses police use", day=-1, source_id="a"),
        change("Amazon", "pause", line="Amazon paused police use", **POLICE),
    )
    text = "It is unclear whether police outside the US are covered."
    report = article("Microsoft won't sell to police", source_id="b", text=text)
    recalls = change("Amazon", "pause", primary=False, line="Amazon paused police use", **POLICE)
    unknown = change("IBM", "halt", primary=False, line="IBM ended its offer")
    review = change("Microsoft", "review", line="Microsoft reviews its customers", score=0.6)
    question = Span("text", 0, len(text), text)
    _, first = feed(store, report, halt(), review, recalls, unknown, questions=(question,))
    own = article(
        "Our position", source_id="ms", day=0.01, url="https://blogs.microsoft.example/x", source_actor="Microsoft"
    )
    feed(store, own, halt())
    feed(
        store,
        article(
            "Microsoft won't sell",
            source_id="reuters",
            url="https://www.reuters.com/x",
            canonical_url="https://reuters.com/x",
            day=0.02,
        ),
        halt(),
    )
    with store.reading() as tx:
        view = tx.stories.view(first[0].story_id)
    assert view is not None
    assert view.also == ("reviews its customers",)
    assert view.unclear == (text,)
    assert [(item.line, item.ref, item.url is not None) for item in view.before] == [
        ("Amazon paused police use", f"s{amazon[0].story_id}", True),
        ("IBM ended its offer", "", False),
    ]
    assert (view.official, view.wire, view.others) == (1, 1, 1)
    assert view.best is not None
    assert view.best.source_id == "ms"
    assert view.first is not None
    assert view.first.source_id == "b"
    assert any(reason.code == "new_story" for reason in view.reasons)


def test_what_a_text_says_again_is_not_what_was_before(store: Store) -> None:
    lead = halt(line="Microsoft will not sell to police")
    recalls = change("IBM", "halt", primary=False, line="IBM ended its offer")
    _, first = feed(store, article("Microsoft won't sell to police"), lead, replace(lead, primary=False), recalls)
    with store.reading() as tx:
        view = tx.stories.view(first[0].story_id)
    assert view is not None
    assert [item.line for item in view.before] == ["IBM ended its offer"]


def test_merged_stories_redirect_and_their_reports_move(store: Store) -> None:
    _, one = feed(store, article("Microsoft won't sell to police", source_id="a"), halt())
    _, other = feed(
        store, article("Redmond says no", source_id="b", day=0.1), change("Redmond", "fine", targets=("schools",))
    )
    keep, gone = one[0].story_id, other[0].story_id
    assert keep != gone
    with store.transaction(lock=True) as tx:
        assert tx.stories.merge(f"s{keep}", gone) == keep
    with store.transaction(lock=True) as tx:
        assert tx.stories.resolve(f"s{gone}") == keep
        view = tx.stories.view(gone)
        assert view is not None
        assert (view.story.id, view.story.article_count) == (keep, 2)
        assert [candidate.story_id for candidate in tx.stories.load([keep, gone])] == [keep]
        with pytest.raises(UsageError, match="one story already"):
            tx.stories.merge(keep, gone)
        with pytest.raises(UsageError, match="no story s999"):
            tx.stories.merge(keep, "s999")
    _, later = feed(
        store, article("Redmond says no again", source_id="c", day=0.3), change("Redmond", "fine", targets=("schools",))
    )
    assert later[0].story_id == keep


def test_a_report_is_split_off_with_its_copies_and_nobody_is_told(store: Store) -> None:
    body = (
        "A completely different matter was decided by the same company on the same day, said the statement that it gave. "
        * 3
    )
    _, one = feed(store, article("Microsoft won't sell to police", source_id="a"), halt())
    wrong, _ = feed(store, article("Microsoft won't sell to police either", text=body, source_id="b", day=0.1), halt())
    copy, _ = feed(store, article("A copy", text=body, source_id="c", day=0.2), halt())
    with store.transaction(lock=True) as tx:
        new = tx.stories.split(one[0].story_id, wrong, T0 + timedelta(days=1))
    with store.transaction(lock=True) as tx:
        assert tx.stories.for_article(wrong) == tx.stories.for_article(copy) == ((new, StoryRole.LEAD),)
        kept, split = tx.stories.get(one[0].story_id), tx.stories.get(new)
        assert kept is not None
        assert split is not None
        assert (kept.article_count, split.article_count, split.told, split.alerted) == (1, 2, True, False)
        with pytest.raises(UsageError, match="no report of"):
            tx.stories.split(one[0].story_id, wrong, T0)
        with pytest.raises(UsageError, match="nothing to split"):
            tx.stories.split(new, wrong, T0)


@pytest.mark.parametrize("ref", ["", "s", "x1", "s0", "999", "s" + "9" * 30, "s-1", "1.5", "²"])
def test_names_that_mean_no_story(store: Store, ref: str) -> None:
    with store.reading() as tx:
        assert tx.stories.resolve(ref) is None
        assert tx.stories.view(ref) is None


def test_curated_stories_are_joined_and_never_news(store: Store) -> None:
    lead = change(
        "Boston City Council",
        "ban",
        stage="passed",
        targets=("police",),
        jurisdictions=("US-MA/Boston",),
        line="Boston bans police use",
    )
    with store.transaction(lock=True) as tx:
        curated = tx.stories.create(
            lead,
            stage=Stage.PASSED,
            at=T0,
            now=T0,
            curated=True,
            keys=deciding.keys_for(lead, lead.line),
            title=lead.line,
            thread="boston",
        )
    _, events = feed(store, article("Boston votes to ban police face recognition", source_id="a", day=2), lead)
    assert [(event.story_id, event.transition) for event in events] == [(curated, None)]
    with store.reading() as tx:
        story = tx.stories.get(curated)
        assert story is not None
        assert (story.curated, story.thread, story.article_count) == (True, "boston", 1)


def test_dates_ahead_are_found_before_they_come(store: Store) -> None:
    feed(store, article("A", source_id="a"), halt("IBM", effective="2020-07-01"))
    feed(
        store,
        article("B", source_id="a"),
        change("Boston City Council", "pause", expires="2020-07", targets=("police",), jurisdictions=("US-MA/Boston",)),
    )
    feed(
        store,
        article("C", source_id="a"),
        change("Oakland City Council", "ban", effective="2021", targets=("police",), jurisdictions=("US-CA/Oakland",)),
    )
    with store.reading() as tx:
        found = tx.stories.expiring(T0, timedelta(days=30))
        assert sorted((deadline.kind, deadline.date) for deadline in found) == [
            ("effective", "2020-07-01"),
            ("expires", "2020-07"),
        ]
        assert tx.stories.expiring(T0, timedelta(days=3)) == []
        assert [deadline.date for deadline in tx.stories.expiring(T0 + timedelta(days=200), timedelta(days=10))] == [
            "2021"
        ]


def test_a_material_revision_is_kept(store: Store) -> None:
    _, first = feed(store, article("Microsoft won't sell to police", source_id="a"), halt())
    _, second = feed(
        store, article("Microsoft won't sell to police for now", source_id="b", day=0.1), halt(condition="until a law")
    )
    assert second[0].revision == "Condition: until a law"
    with store.reading() as tx:
        assert [text for _, text in tx.stories.revisions(first[0].story_id)] == ["Condition: until a law"]


def test_a_look_up_is_limited_however_many_share_a_key(store: Store) -> None:
    with store.transaction(lock=True) as tx:
        ids = [
            tx.stories.create(
                halt(f"Firm {index}"), stage=Stage.ANNOUNCED, at=T0 + timedelta(hours=index), now=T0, keys=("p:US|act",)
            )
            for index in range(60)
        ]
    with store.reading() as tx:
        found = tx.stories.candidates([StoryLook(("p:US|act", "a:nobody"), None, None, limit=10)])
        assert [candidate.story_id for candidate in found] == ids[:-11:-1]
        early = tx.stories.candidates([StoryLook(("p:US|act",), T0, T0 + timedelta(hours=2))])
        assert [candidate.story_id for candidate in early] == [ids[2], ids[1], ids[0]]
        assert tx.stories.candidates([StoryLook((), None, None)]) == []


def test_keys_follow_a_storys_last_report(store: Store) -> None:
    _, first = feed(store, article("Microsoft won't sell to police", source_id="a"), halt())
    feed(store, article("Microsoft won't sell to police, it says", source_id="b", day=3), halt())
    with store.reading() as tx:
        latest = tx.connection.execute(
            select(func.min(story_keys.c.at)).where(story_keys.c.story_id == first[0].story_id)
        ).scalar_one()
        assert latest == T0 + timedelta(days=3)


def test_fingerprints_are_found_by_shared_bands_most_first(store: Store) -> None:
    with store.transaction() as tx:
        ids = [
            tx.articles.add(article(f"T{index}", url=f"https://e.example/{index}"), analysis(), "v1")[0]
            for index in range(3)
        ]
        for article_id, bands in zip(ids, [(1, 2, -(2**63)), (1, 2**63 - 1), (7,)], strict=True):
            tx.stories.add_fingerprint(article_id, Fingerprint(bands, b"s", b"o", 3, "t"))
        tx.stories.add_fingerprint(ids[2], Fingerprint((8,), b"s2", b"", 4, "u"))
        found = tx.stories.near((1, 2, 7))
        assert list(found) == ids[:2]
        assert found[ids[0]] == Fingerprint((), b"s", b"o", 3, "t")
        assert list(tx.stories.near((1, 2), but=ids[0])) == [ids[1]]
        assert list(tx.stories.near((8, 7))) == [ids[2]]
        assert tx.stories.near(()) == {}


def test_judging_the_only_report_again_corrects_the_story(store: Store) -> None:
    report = article("Seattle says no", source_id="a")
    _, first = feed(store, report, change("Seattle", "call_for", stage="proposed", line="Seattle calls for rules"))
    _, again = feed(store, report, halt(line="Microsoft halts sale to police"))
    assert [(event.story_id, event.transition) for event in again] == [(first[0].story_id, None)]
    with store.reading() as tx:
        view = tx.stories.view(first[0].story_id)
        assert view is not None
        assert (view.story.change.actor, view.story.stage, view.previous) == ("Microsoft", Stage.ANNOUNCED, None)


def test_a_stage_named_more_exactly_is_no_step(store: Store) -> None:
    place = {"targets": ("government",), "jurisdictions": ("US-OR/Portland",)}
    _, first = feed(
        store, article("Portland bans face scans", source_id="a"), change("Portland City Council", "ban", **place)
    )
    _, second = feed(
        store,
        article("Portland council passes ban on face scans", source_id="b", day=0.1),
        change("Portland City Council", "ban", stage="passed", **place),
    )
    assert (second[0].story_id, second[0].transition) == (first[0].story_id, None)
    with store.reading() as tx:
        view = tx.stories.view(first[0].story_id)
        assert view is not None
        assert (view.story.stage, view.previous) == (Stage.PASSED, None)
        assert [(record.stage, record.news) for record in tx.stories.stages(first[0].story_id)] == [
            (Stage.PASSED, True)
        ]


def test_a_curated_story_gives_way_to_the_observed_one(store: Store) -> None:
    lead = halt()
    with store.transaction(lock=True) as tx:
        curated = tx.stories.create(lead, stage=Stage.ANNOUNCED, at=T0, now=T0, curated=True, keys=("a:microsoft",))
    _, events = feed(store, article("Amazon pauses police use", source_id="a"), change("Amazon", "pause", **POLICE))
    with store.transaction(lock=True) as tx:
        tx.stories.supersede(curated, events[0].story_id)
        assert tx.stories.resolve(curated) == events[0].story_id
        assert [one.story_id for one in tx.stories.candidates([StoryLook(("a:microsoft",), None, None)])] == []


def test_a_step_back_to_where_a_story_was_is_a_transition_of_its_own(store: Store) -> None:
    place = {"targets": ("police",), "jurisdictions": ("US-WA/Tacoma",)}
    keys = []
    story_id = 0
    for day, (action, stage, says) in enumerate(
        (
            ("ban", "passed", "Tacoma council passes ban on face recognition"),
            ("ban", "in force", "Tacoma ban on face recognition takes effect"),
            ("ban", "challenged", "Tacoma ban on face recognition taken to court"),
            ("ban", "in force", "Tacoma ban on face recognition back in force"),
            ("ban", "challenged", "Tacoma ban on face recognition taken to court anew"),
        )
    ):
        step = change("Tacoma City Council", action, stage=stage, line=f"{says} ({day})", **place)
        _, events = feed(store, article(says, source_id=f"s{day}", day=30.0 * day), step)
        keys += [event.key for event in events]
        story_id = events[0].story_id
    assert keys == ["new", "stage:in force", "stage:challenged", "stage:in force:4", "stage:challenged:5"]
    with store.reading() as tx:
        told = [tx.stories.step(story_id, key) for key in keys]
        assert [one.line[-2:-1] for one in told if one] == ["0", "1", "2", "3", "4"]
        best = [view.best for key in keys if (view := tx.stories.view(story_id, key))]
        assert [one.source_id for one in best if one] == ["s0", "s1", "s2", "s3", "s4"]


def test_the_best_report_is_one_of_the_step_that_is_told(store: Store) -> None:
    place = {"targets": ("government",), "jurisdictions": ("US-OR/Portland",)}
    proposed = change("Portland City Council", "propose", stage="proposed", line="Portland proposes a ban", **place)
    passed = change("Portland City Council", "ban", stage="passed", line="Portland bans city use", **place)
    statement = article(
        "Portland City Council proposes a ban on face recognition",
        source_id="portland",
        source_actor="Portland City Council",
    )
    _, first = feed(store, statement, proposed)
    feed(store, article("Portland passes ban on face recognition", source_id="b", day=90), passed)
    feed(store, article("Portland bans face recognition", source_id="c", day=90.1), passed)
    story_id = first[0].story_id
    with store.reading() as tx:
        now, before = tx.stories.view(story_id), tx.stories.view(story_id, "new")
        assert now is not None
        assert before is not None
        assert now.best is not None
        assert now.best.source_id == "b", "an official page on the proposal says nothing of its passing"
        assert before.best is not None
        assert before.best.source_id == "portland"
        assert now.previous is not None
        assert now.previous.url == before.best.url
        (listed,) = tx.reports.recent().items
        assert listed.best is not None
        assert listed.best.source_id == "b"
        assert [one.best.source_id for one in tx.reports.export() if one.best] == ["b"]
    feed(
        store,
        article("The council's ordinance passes", source_id="portland", source_actor="Portland City Council", day=91),
        passed,
    )
    with store.reading() as tx:
        view = tx.stories.view(story_id)
        assert view is not None
        assert view.best is not None
        assert view.best.source_id == "portland"


def test_an_older_article_on_an_earlier_step_leaves_the_day_of_the_later_one(store: Store) -> None:
    place = {"targets": ("police",), "jurisdictions": ("US-WA/Tacoma",)}
    ban = change("Tacoma City Council", "ban", stage="passed", **place)
    plan = change("Tacoma City Council", "propose", stage="considered", **place)
    _, first = feed(store, article("Tacoma passes ban on face recognition", source_id="a", day=9), ban)
    _, late = feed(store, article("Tacoma considers ban on face recognition", source_id="b", day=0), plan)
    assert (late[0].story_id, late[0].transition) == (first[0].story_id, None)
    with store.reading() as tx:
        story = tx.stories.get(first[0].story_id)
        assert story is not None
        assert (story.stage, story.first_at, story.stage_at) == (Stage.PASSED, T0, T0 + timedelta(days=9))
