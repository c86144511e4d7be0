"""The shipped actors and places: every code and parent exists, names are not claimed twice."""

from collections import Counter, defaultdict

import pytest

from bot.topic import ACTOR_TYPES, PLACE_KINDS
from tests.corpus.measures import judgement


@pytest.fixture(scope="module")
def topic():
    return judgement().config.topic


def test_codes_and_parents_exist(topic):
    codes = {place.code for place in topic.places}
    ids = {actor.id for actor in topic.actors}
    for actor in topic.actors:
        assert actor.type in ACTOR_TYPES
        assert set((actor.jurisdiction or "").split("|")) - {""} <= codes, actor
        assert actor.parent is None or actor.parent in ids, actor
    for place in topic.places:
        assert place.kind in PLACE_KINDS
        assert set(place.members) <= codes, place


def test_ids_and_codes_are_unique(topic):
    for values in ([actor.id for actor in topic.actors], [place.code for place in topic.places]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_no_two_actors_claim_one_name(topic):
    loose, exact = defaultdict(set), defaultdict(set)
    for actor in topic.actors:
        for name in {actor.name, *actor.aliases} - set(actor.exact):
            loose[name.casefold()].add(actor.id)
        for name in actor.exact:
            exact[name].add(actor.id)
    assert {name: ids for name, ids in loose.items() if len(ids) > 1} == {}
    assert {name: ids for name, ids in exact.items() if len(ids) > 1} == {}
    assert {name: ids for name, ids in exact.items() if loose[name.casefold()] - ids} == {}


def test_a_shared_place_name_can_be_decided(topic):
    """Of places that share a name, all but the likeliest have words that make it theirs."""
    named = defaultdict(list)
    for place in topic.places:
        for name in place.names:
            named[name].append(place)
    shared = {name: places for name, places in named.items() if len(places) > 1}
    assert {"Portland", "Cambridge", "Springfield", "Georgia", "Washington", "Birmingham"} <= set(shared)
    for name, places in shared.items():
        ranked = sorted(places, key=lambda place: -place.rank)
        assert all(place.context for place in ranked[1:]), name
        assert ranked[0].rank > ranked[1].rank or ranked[0].rank < 0, name


def test_the_world_is_covered(topic):
    codes = {place.code for place in topic.places}
    union = next(place for place in topic.places if place.code == "EU")
    assert len(union.members) == 27
    states = {code for code in codes if code.startswith("US-") and "/" not in code}
    assert len(states) == 52  # with D.C. and Puerto Rico
    assert len([code for code in codes if code.startswith("CA-") and "/" not in code]) == 13
    assert len([code for code in codes if code.startswith("AU-") and "/" not in code]) == 8
    assert len([code for code in codes if code.startswith("DE-") and "/" not in code]) == 16
    assert {"GB-ENG", "GB-WLS", "GB-SCT", "GB-NIR", "NO", "HK", "TW", "NZ", "IN", "BR", "ZA", "KE"} <= codes
    assert len(topic.actors) >= 600


@pytest.mark.parametrize(
    ("actor", "names"),
    [
        ("ICO", ["Information Commissioner's Office"]),
        ("Dutch Data Protection Authority", ["Autoriteit Persoonsgegevens", "AP"]),
        ("US Department of Homeland Security", ["DHS", "Department of Homeland Security"]),
        ("Metropolitan Police", ["Met", "Scotland Yard"]),
        ("Meta", ["Facebook"]),
    ],
)
def test_well_known_names(topic, actor, names):
    found = next(one for one in topic.actors if one.name == actor)
    assert set(names) <= {*found.aliases, *found.exact}


def test_short_names_that_mean_other_things_need_their_capitals(topic):
    exact = {name for actor in topic.actors for name in actor.exact}
    assert {"ICO", "ICE", "AP", "Met", "MSG", "ART", "Ring", "Target", "CLEAR", "EPIC", "AFP", "EU"} <= exact
    needs = {name for actor in topic.actors if actor.needs for name in actor.exact}
    assert {"AP", "Met", "MSG", "ART", "Ring", "Target", "CLEAR", "AFP", "Liberty", "Delta"} <= needs
