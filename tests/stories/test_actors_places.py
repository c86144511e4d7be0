from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Action
from bot.stories.actors import Body, Same, actor_key, same_actor
from bot.stories.families import Fit, fit
from bot.stories.places import Places, narrowest, relate


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Boston", "Boston City Council", Same.YES),
        ("City of Boston", "the Boston City Council", Same.YES),
        ("San Francisco Board of Supervisors", "San Francisco", Same.YES),
        ("Vermont Governor Phil Scott", "Vermont Legislature", Same.YES),
        ("State of California", "California Legislature", Same.YES),
        ("European Commission", "EU", Same.YES),
        ("Detroit Police Department", "Detroit City Council", Same.MAYBE),
        ("Trump administration", "US Department of Homeland Security", Same.MAYBE),
        ("Microsoft", "Microsoft Corp.", Same.YES),
        ("Microsoft", "Amazon", Same.NO),
        ("Boston City Council", "Cambridge City Council", Same.NO),
        ("the city council", "Boston City Council", Same.UNKNOWN),
        ("", "Boston", Same.UNKNOWN),
        ("the court", "Boston City Council", Same.UNKNOWN),
    ],
)
def test_names_of_one_decider(one: str, other: str, same: Same) -> None:
    assert same_actor(actor_key(one), actor_key(other)) is same
    assert same_actor(actor_key(other), actor_key(one)) is same


def test_one_id_is_one_actor_whatever_it_is_called() -> None:
    assert same_actor(actor_key("Alphabet", "google"), actor_key("Google", "google")) is Same.YES


def test_a_commissioner_of_a_country_keeps_its_country() -> None:
    key = actor_key("Office of the Privacy Commissioner of Canada")
    assert key.core == {"canada"}
    assert key.body is Body.REGULATOR


@given(st.text(), st.text())
def test_total_and_symmetric(one: str, other: str) -> None:
    assert same_actor(actor_key(one), actor_key(other)) is same_actor(actor_key(other), actor_key(one))


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        (("US-MA/Boston",), ("US-MA/Boston", "US"), Places.SAME),
        (("US-MA/Boston",), ("US-MA",), Places.WITHIN),
        (("US-MA/Boston",), ("US",), Places.WITHIN),
        (("US-MA/Boston",), ("US-MA/Brookline",), Places.APART),
        (("US-OR/Portland",), ("US-ME/Portland",), Places.APART),
        (("US-MA",), ("US-MAX",), Places.APART),
        ((), ("US",), Places.UNKNOWN),
    ],
)
def test_places(one: tuple[str, ...], other: tuple[str, ...], relation: Places) -> None:
    assert relate(one, other) is relation
    assert relate(other, one) is relation


def test_narrowest_place() -> None:
    assert narrowest(("US", "US-MA/Boston", "US-MA")) == "US-MA/Boston"
    assert narrowest(()) is None


def test_desks_words_for_one_act_fit_and_opposites_do_not() -> None:
    assert fit(Action.HALT, Action.PAUSE) is Fit.FAMILY
    assert fit(Action.BAN, Action.ENACT) is Fit.RELATED
    assert fit(Action.BAN, Action.REPEAL) is Fit.OPPOSED
    assert fit(Action.HALT, Action.FINE) is Fit.UNRELATED


@given(st.sampled_from(Action), st.sampled_from(Action))
def test_fit_is_symmetric(one: Action, other: Action) -> None:
    assert fit(one, other) is fit(other, one)
    assert (fit(one, other) is Fit.SAME) == (one is other)
