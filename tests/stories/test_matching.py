"""What belongs together, what does not, and what is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Action, Article, CopyOf, PolicyChange, Stage, StoryCandidate, StoryPart, StoryRole, Transition
from bot.stories import assign, keys_for, looks_for
from tests.stories.build import T0, analysis, article, change, story

BOSTON = {"targets": ("government", "police"), "jurisdictions": ("US-MA/Boston",)}


def lead(
    report: Article, *changes: PolicyChange, among: tuple[StoryCandidate, ...] = (), copied: CopyOf | None = None
) -> StoryPart:
    part = assign(report, analysis(*changes), among, copied).lead
    assert part is not None
    assert part.reasons
    return part


def joins(part: StoryPart) -> int | None:
    return part.story_id


def test_the_first_report_begins_a_story_and_is_news() -> None:
    part = lead(article(), change())
    assert part.story_id is None
    assert part.transition is Transition.NEW
    assert "a:microsoft" in part.keys


@pytest.mark.parametrize("action", ["halt", "pause", "ban", "restrict", "commit"])
def test_what_desks_call_ban_halt_or_pause_is_one_act(action: str) -> None:
    known = story(
        7, change(targets=("police",), jurisdictions=("US",)), "Microsoft won't sell face recognition to police"
    )
    part = lead(
        article("Microsoft bars police from its software", day=1),
        change(action=action, targets=("police",), jurisdictions=("US",)),
        among=(known,),
    )
    assert part.story_id == 7
    assert part.transition is None


def test_boston_and_boston_city_council_are_one_actor() -> None:
    known = story(
        3,
        change("Boston City Council", "ban", stage="passed", **BOSTON),
        "Boston bans municipal use of face surveillance",
    )
    part = lead(
        article("Boston votes to ban face recognition", day=1),
        change("Boston", "ban", stage="passed", **BOSTON),
        among=(known,),
    )
    assert part.story_id == 3


def test_portland_oregon_is_not_portland_maine() -> None:
    known = story(
        3,
        change("Portland City Council", "ban", stage="passed", jurisdictions=("US-OR/Portland",)),
        "Portland bans face recognition",
    )
    part = lead(
        article("Portland bans face recognition in city", day=2),
        change("Portland City Council", "ban", stage="passed", jurisdictions=("US-ME/Portland",)),
        among=(known,),
    )
    assert part.story_id is None


def test_a_council_that_bans_police_use_and_later_school_use_is_two() -> None:
    known = story(
        3,
        change("Boston City Council", "ban", stage="passed", targets=("police",), jurisdictions=("US-MA/Boston",)),
        "Boston bars police from using face recognition",
    )
    later = change("Boston City Council", "ban", stage="passed", targets=("schools",), jurisdictions=("US-MA/Boston",))
    part = lead(article("Boston's schools may not scan pupils' faces", day=20), later, among=(known,))
    assert part.story_id is None
    assert part.transition is Transition.NEW
    assert part.previous is None


def test_two_companies_doing_the_same_are_two() -> None:
    known = story(3, change("IBM", "halt", targets=("police",), jurisdictions=("US",)), "IBM gives up face recognition")
    part = lead(
        article("Amazon gives police a year without face recognition", day=1),
        change("Amazon", "pause", targets=("police",), jurisdictions=("US",)),
        among=(known,),
    )
    assert part.story_id is None


def test_one_company_that_does_two_things_in_a_week_is_two() -> None:
    known = story(
        3, change(targets=("police",), jurisdictions=("US",)), "Microsoft won't sell face recognition to police"
    )
    part = lead(
        article("Microsoft fined over pupils' face scans", day=4),
        change(action="settle", targets=("schools",), jurisdictions=("US",)),
        among=(known,),
    )
    assert part.story_id is None


def test_lesser_acts_of_the_same_actor_ride_along() -> None:
    plan = assign(
        article(),
        analysis(change(targets=("police",)), change(action="review", score=0.6), change(action="call_for", score=0.5)),
        (),
    )
    assert [part.role for part in plan.parts] == [StoryRole.LEAD, StoryRole.ALSO, StoryRole.ALSO]
    assert [part.transition for part in plan.parts] == [Transition.NEW, None, None]


def test_another_actors_act_in_the_article_pings_nobody_but_is_kept() -> None:
    other = change("Amazon", "pause", targets=("police",), says="Amazon paused sales to police.", score=0.7)
    plan = assign(article(), analysis(change(), other), ())
    aside = plan.parts[1]
    assert (aside.role, aside.story_id, aside.transition) == (StoryRole.ASIDE, None, None)
    calls = change("ACLU", "call_for", says="The ACLU urged Congress to act.", score=0.6)
    assert len(assign(article(), analysis(change(), calls), ()).parts) == 1


def test_a_story_that_was_only_told_aside_is_news_when_an_article_leads_with_it() -> None:
    known = story(5, change("Amazon", "pause", targets=("police",), jurisdictions=("US",)), told=False)
    part = lead(
        article("Amazon pauses police use", day=0.2),
        change("Amazon", "pause", targets=("police",), jurisdictions=("US",)),
        among=(known,),
    )
    assert (part.story_id, part.transition) == (5, Transition.NEW)


def test_recalled_changes_attach_to_their_stories_and_tell_nobody() -> None:
    ibm = story(1, change("IBM", "halt"), "IBM gives up face recognition", day=-3)
    amazon = story(2, change("Amazon", "pause", targets=("police",)), "Amazon pauses police use", day=-1)
    recalls = (
        change("IBM", "halt", primary=False),
        change("Amazon", "pause", primary=False, targets=("police",)),
        change("Google", "halt", primary=False),
    )
    plan = assign(article(), analysis(change(targets=("police",)), *recalls), (ibm, amazon))
    assert [(part.role, part.story_id, part.transition) for part in plan.parts[1:]] == [
        (StoryRole.BACKGROUND, 1, None),
        (StoryRole.BACKGROUND, 2, None),
    ]


def test_a_round_up_alerts_on_nothing_and_joins_what_is_known() -> None:
    ibm = story(1, change("IBM", "halt"), "IBM gives up face recognition", day=-3)
    three = [
        change("IBM", "halt", says="IBM left the market on Monday."),
        change("Amazon", "pause", says="Amazon paused police use on Wednesday.", targets=("police",)),
        change("Microsoft", "halt", says="Microsoft followed on Thursday.", targets=("police",)),
    ]
    plan = assign(article("The week in face recognition"), analysis(*three), (ibm,))
    assert not [part for part in plan.parts if part.transition]
    assert plan.parts[0].story_id == 1
    named = assign(article("Microsoft follows the others"), analysis(*reversed(three)), (ibm,))
    assert named.lead is not None
    assert named.lead.transition is Transition.NEW


def test_partners_of_one_act_are_one_story() -> None:
    says = "Four commissioners found that the company broke the law."
    many = [
        change(f"Privacy Commissioner of {place}", "rule", says=says)
        for place in ("Canada", "Quebec", "Alberta", "British Columbia")
    ]
    plan = assign(article("Commissioners: scraping faces broke the law"), analysis(*many), ())
    assert [part.role for part in plan.parts] == [StoryRole.LEAD] + 3 * [StoryRole.ALSO]
    assert plan.parts[0].transition is Transition.NEW


def test_a_headline_alone_is_helped_by_its_words() -> None:
    known = story(
        4,
        change("US Department of Homeland Security", "halt", targets=("border",), jurisdictions=("US",)),
        "Homeland Security drops plan to scan citizens' faces at airports",
    )
    bare = change("", "halt", jurisdictions=("US",))
    assert lead(article("Plan to scan citizens' faces at airports dropped", day=1), bare, among=(known,)).story_id == 4
    assert lead(article("Stadium drops its face scans for fans", day=1), bare, among=(known,)).story_id is None


def test_a_near_copy_goes_where_its_original_went() -> None:
    known = story(9, change("IBM", "halt"), "IBM gives up face recognition")
    copied = CopyOf(31, "the same text", ((9, StoryRole.LEAD),))
    misread = change("Arvind Krishna", "call_for", stage="in force")
    part = lead(article("Krishna writes to Congress", day=2), misread, among=(known,), copied=copied)
    assert (part.story_id, part.transition, part.stage) == (9, None, None)
    assert part.reasons[0].code == "copy"


def test_a_report_long_after_is_another_act() -> None:
    known = story(
        4, change("Amazon", "pause", targets=("police",), jurisdictions=("US",)), "Amazon pauses police use for a year"
    )
    later = change(
        "Amazon",
        "pause",
        targets=("police",),
        jurisdictions=("US",),
        says="Amazon extends its pause until further notice.",
    )
    part = lead(article("Amazon extends pause on police use", day=340), later, among=(known,))
    assert part.story_id is None
    assert part.previous == 4
    retold = lead(
        article("How Amazon paused police use", day=340), replace(known.change, decided="2020-06-11"), among=(known,)
    )
    assert retold.story_id == 4


def test_a_law_moves_through_its_stages_in_one_story() -> None:
    proposed = story(
        2,
        change(
            "Portland City Council",
            "propose",
            stage="proposed",
            targets=("government",),
            jurisdictions=("US-OR/Portland",),
        ),
        "Portland plans to ban face recognition",
        day=0,
    )
    passed = change(
        "Portland City Council", "ban", stage="passed", targets=("government",), jurisdictions=("US-OR/Portland",)
    )
    part = lead(article("Portland passes its ban on face recognition", day=150), passed, among=(proposed,))
    assert (part.story_id, part.transition, part.stage) == (2, Transition.STAGE, Stage.PASSED)
    again = replace(
        proposed,
        stage=Stage.PASSED,
        change=passed,
        last_at=article(day=150).published,
        stage_at=article(day=150).published,
    )
    more = lead(article("Portland's ban on face recognition, explained", day=152), passed, among=(again,))
    assert (more.story_id, more.transition, more.stage) == (2, None, None)
    late = lead(article("Portland weighs a ban", day=149), replace(proposed.change), among=(again,))
    assert (late.story_id, late.transition) == (2, None)


def test_a_governors_signature_joins_the_legislatures_bill() -> None:
    bill = story(
        2,
        change(
            "Washington State Legislature",
            "enact",
            stage="passed",
            targets=("government",),
            jurisdictions=("US-WA",),
            says="Lawmakers passed SB 6280.",
        ),
        "Washington lawmakers pass face recognition bill",
    )
    signed = change(
        "Washington Governor Jay Inslee",
        "enact",
        stage="enacted",
        targets=("government",),
        jurisdictions=("US-WA",),
        says="Inslee signed SB 6280 into law.",
    )
    part = lead(article("Inslee signs face recognition rules", day=15), signed, among=(bill,))
    assert (part.story_id, part.transition, part.stage) == (2, Transition.STAGE, Stage.ENACTED)
    other = change(
        "Washington State Legislature",
        "enact",
        stage="passed",
        targets=("government",),
        jurisdictions=("US-WA",),
        says="Lawmakers passed SB 5528.",
    )
    assert lead(article("Another bill on cameras passes", day=15), other, among=(bill,)).story_id is None


def test_a_resumption_reverses_the_story_it_undoes_and_a_permission_is_new() -> None:
    known = story(4, change("Amazon", "pause", targets=("police",), jurisdictions=("US",)), "Amazon pauses police use")
    back = lead(
        article("Amazon sells to police again", day=40),
        change("Amazon", "resume", targets=("police",), jurisdictions=("US",)),
        among=(known,),
    )
    assert (back.story_id, back.transition, back.stage) == (4, Transition.STAGE, Stage.REVERSED)
    ban = story(
        5,
        change(
            "San Francisco Board of Supervisors",
            "ban",
            stage="enacted",
            targets=("government",),
            jurisdictions=("US-CA/San Francisco",),
        ),
        "San Francisco bans face recognition",
    )
    permit = change(
        "San Francisco Board of Supervisors", "permit", targets=("government",), jurisdictions=("US-CA/San Francisco",)
    )
    part = lead(article("San Francisco lets staff unlock phones by face", day=200), permit, among=(ban,))
    assert (part.story_id, part.transition, part.previous) == (None, Transition.NEW, 5)


def test_the_same_headline_a_year_later_is_another_act_that_links_back() -> None:
    pause = change("Amazon", "pause", targets=("police",), jurisdictions=("US",))
    known = story(4, pause, "Amazon pauses police use of its face recognition")
    part = lead(article("Amazon pauses police use of its face recognition", day=330), pause, among=(known,))
    assert (part.story_id, part.transition, part.previous) == (None, Transition.NEW, 4)


def test_curated_history_retold_never_alerts_and_its_next_stage_does() -> None:
    ban = change(
        "Portland City Council", "ban", stage="passed", targets=("government",), jurisdictions=("US-OR/Portland",)
    )
    known = story(8, ban, "Portland bans city and shop use", curated=True, told=True)
    assert lead(article("Portland bans face recognition", day=3), ban, among=(known,)).transition is None
    forced = change(
        "Portland City Council", "ban", stage="in force", targets=("government",), jurisdictions=("US-OR/Portland",)
    )
    part = lead(article("Portland's ban takes effect", day=110), forced, among=(known,))
    assert (part.story_id, part.transition, part.stage) == (8, Transition.STAGE, Stage.IN_FORCE)


def test_an_article_older_than_the_story_joins_it_silently() -> None:
    known = story(8, change(targets=("police",), jurisdictions=("US",)), "Microsoft won't sell to police", day=2)
    part = lead(
        article("Microsoft won't sell face recognition to police", day=0),
        change(targets=("police",), jurisdictions=("US",)),
        among=(known,),
    )
    assert (part.story_id, part.transition) == (8, None)


def test_a_new_condition_is_a_revision_and_more_coverage_is_not() -> None:
    known = story(8, change(targets=("police",), jurisdictions=("US",)), "Microsoft won't sell to police")
    same = change(targets=("police",), jurisdictions=("US",))
    assert lead(article("Microsoft won't sell to police", day=0.1), same, among=(known,)).revision is None
    conditional = replace(same, condition="until there is a national law")
    part = lead(article("Microsoft: no sale until a law", day=0.1), conditional, among=(known,))
    assert part.revision == "Condition: until there is a national law"
    assert part.lead is not None
    assert part.lead.condition == "until there is a national law"
    corrected = lead(article("Correction: Microsoft's statement covers US police only", day=0.3), same, among=(known,))
    assert corrected.revision is not None
    assert corrected.revision.startswith("Correction")


def test_an_article_without_a_primary_change_has_no_lead() -> None:
    plan = assign(article(), analysis(change(primary=False)), ())
    assert plan.lead is None
    assert plan.parts == ()
    assert assign(article(), analysis(), ()).parts == ()


def test_keys_and_looks_meet() -> None:
    one = change("Boston City Council", "ban", stage="passed", **BOSTON)
    report = article("Boston council bans police face scans")
    stored = set(keys_for(change("Boston", "halt", jurisdictions=("US-MA/Boston",)), "City halts scans"))
    looks = looks_for(report, analysis(one))
    assert stored & {key for look in looks for key in look.keys}
    assert all(look.since is None or look.since < T0 for look in looks)
    assert all(len(key) <= 120 for look in looks for key in look.keys)


CHANGES = st.builds(
    lambda actor, action, targets, places, stage, primary, decided, says: change(
        actor,
        action.value,
        targets=targets,
        jurisdictions=places,
        stage=stage.value,
        primary=primary,
        decided=decided,
        says=says,
    ),
    st.sampled_from(
        ["", "Microsoft", "Amazon", "Boston", "Boston City Council", "US Congress", "EU", "developers", "ACLU", "ICO"]
    ),
    st.sampled_from(Action),
    st.sampled_from([(), ("police",), ("schools",), ("government", "police"), ("anyone",)]),
    st.sampled_from([(), ("US",), ("US-MA/Boston",), ("US-MA",), ("EU",), ("GB",)]),
    st.sampled_from(Stage),
    st.booleans(),
    st.sampled_from([None, "2020", "2020-06-11", "2019-13", "soon"]),
    st.sampled_from(
        [
            "It will no longer do so.",
            "It extends its pause.",
            "Lawmakers passed SB 6280.",
            "",
            "The governor signed it.",
        ]
    ),
)


@given(
    st.lists(CHANGES, max_size=5),
    st.lists(st.tuples(CHANGES, st.integers(-400, 400), st.booleans(), st.booleans()), max_size=6),
    st.sampled_from(["", "Boston bans face scans", "Microsoft and Amazon halt sales", "EC may ban face scans"]),
    st.one_of(st.none(), st.tuples(st.integers(1, 6), st.sampled_from(StoryRole), st.booleans())),
)
def test_any_plan_pings_at_most_once_and_only_for_its_lead(
    said: list[PolicyChange],
    stored: list[tuple[PolicyChange, int, bool, bool]],
    title: str,
    copy: tuple[int, StoryRole, bool] | None,
) -> None:
    known = [
        story(number, one, title, day=day, told=told, curated=curated)
        for number, (one, day, told, curated) in enumerate(stored, 1)
    ]
    copied = CopyOf(99, "the same text", ((copy[0], copy[1]),), own=copy[2]) if copy else None
    plan = assign(article(title, text="x"), analysis(*said), known, copied)
    assert [part.role for part in plan.parts if part.transition] in ([], [StoryRole.LEAD])
    assert sum(part.role is StoryRole.LEAD for part in plan.parts) == any(one.primary for one in said)
    assert {part.story_id for part in plan.parts} <= {None, *(one.story_id for one in known)}
    assert len({part.change_index for part in plan.parts}) == len(plan.parts)
    assert all(part.reasons for part in plan.parts)
    assert plan == assign(article(title, text="x"), analysis(*said), list(reversed(known)), copied)


SHOPS = {"targets": ("retail",), "jurisdictions": ("US",)}


def test_either_party_of_an_imposed_act_may_be_named() -> None:
    known = story(5, change("FTC", "ban", actor_id="ftc", **SHOPS), "Rite Aid banned from face scans for five years")
    other = article("Rite Aid banned from face scans in its shops after FTC complaint", day=0.3)
    assert joins(lead(other, change("Rite Aid", "ban", actor_id="rite-aid", **SHOPS), among=(known,))) == 5


def test_companies_that_name_each_other_do_two_things() -> None:
    known = story(5, change("Amazon", "halt"), "Amazon follows IBM and halts sales, Microsoft may be next")
    other = article("Microsoft halts sales like Amazon", day=0.3)
    assert joins(lead(other, change("Microsoft", "halt"), among=(known,))) is None


def test_a_citys_act_may_be_given_to_its_state_when_the_headline_names_the_city() -> None:
    known = story(
        6, change("Portland City Council", "ban", stage="passed", jurisdictions=("US-OR/Portland",)), "Portland bans it"
    )
    states = change("Oregon Legislature", "ban", stage="passed", jurisdictions=("US-OR",))
    assert joins(lead(article("Oregon: Portland bans face scans", day=2), states, among=(known,))) == 6
    assert joins(lead(article("Oregon bans face scans", day=2), states, among=(known,))) is None
    assert joins(lead(article("Oregon follows Portland and bans face scans", day=30), states, among=(known,))) is None


def test_names_and_figures_bring_together_what_headlines_word_differently() -> None:
    text = "A settlement with Robert Williams, jailed in 2020, is worth $300,000 and binds the force to audits of 2,017 cases."
    begun = lead(article("Promise after a wrongful arrest", text=text), change("Detroit", "propose"))
    assert "#300000" in begun.details
    known = story(8, change("Detroit", "propose"), "Promise after a wrongful arrest", details=begun.details)
    pays = change("Detroit", "settle", targets=("anyone",))
    told = "The city pays Robert Williams $300,000."
    assert joins(lead(article("City settles", text=told, day=0.5), pays, among=(known,))) == 8
    assert joins(lead(article("City settles", text="The city pays a man.", day=0.5), pays, among=(known,))) is None


def test_one_bill_is_one_measure_whichever_house_a_desk_names() -> None:
    first = article("Washington lawmakers pass face scan rules", text="The House voted for SB 6280 on Monday.")
    state = change("Washington State Legislature", "enact", stage="passed", jurisdictions=("US-WA",))
    known = story(9, state, first.title, details=lead(first, state).details)
    congress = change("US Congress", "enact", stage="passed", jurisdictions=("US",))
    title = "House and Senate agree on face scan rules"
    named = article(title, text="Both chambers agree on a last version of SB 6280.", day=1)
    assert joins(lead(named, congress, among=(known,))) == 9
    assert joins(lead(article(title, day=1), congress, among=(known,))) is None


def test_an_act_that_the_text_tells_as_others_do_joins_them_though_its_lead_reads_opposite() -> None:
    place = {"jurisdictions": ("US-CA/Oakland",), "stage": "passed"}
    known = story(10, change("Oakland City Council", "ban", **place), "Oakland council bans it")
    permit = change("Oakland City Council", "permit", **place)
    beside = change("Oakland City Council", "ban", primary=False, **place)
    assert joins(lead(article("Oakland council voted", day=0.5), permit, beside, among=(known,))) == 10
    assert joins(lead(article("Oakland council voted", day=0.5), permit, among=(known,))) is None
    assert joins(lead(article("Oakland council voted", day=9), permit, beside, among=(known,))) is None


def test_any_story_of_these_days_is_looked_at() -> None:
    report = article("Face scans end", text="Nobody is named.")
    looks = looks_for(report, analysis(change("agency", "halt")))
    anyone = [look for look in looks if look.keys == ("t:",)]
    assert len(anyone) == 1
    assert anyone[0].since is not None
    assert anyone[0].since > T0 - timedelta(days=5)
    assert "t:" in keys_for(change("IBM", "halt"))
