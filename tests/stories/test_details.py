"""Names and figures: what reports in other words share."""

from __future__ import annotations

from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.details import details, initials_in, shared

TEXT = (
    "The board of Marwick voted 8 to 1 on Tuesday for the rule, which Dana Osei brought in. The Federal Trade Commission "
    "had asked for $300,000; the maker pays 1.4 billion over 5 years. SB 6280 would follow in 2021."
)


def test_names_figures_votes_and_bills_are_taken_and_common_ones_left() -> None:
    found = set(details("Marwick says no", TEXT))
    assert {"marwick", "dana", "osei", "#8-1", "#300000", "#1.4b", "§s6280", "ftc"} <= found
    assert not {"tuesday", "the", "#5", "#2021", "#1"} & found


def test_capitals_of_a_headline_in_title_case_are_no_names() -> None:
    assert details("Council Stops Face Scans at Libraries After Long Debate", "") == ()
    assert "marwick" in details("Council of Marwick stops face scans at its libraries", "")


def test_a_sentences_first_word_is_no_name_when_it_stands_in_small_letters_elsewhere() -> None:
    found = details("", "Officers may look. The officers of Marwick may not.")
    assert "marwick" in found
    assert not [each for each in found if each.startswith("officer")]


def test_what_many_stories_share_weighs_less_and_the_actors_nothing() -> None:
    mine = ("marwick", "osei", "#38")
    assert shared(mine, mine, (), {})[0] == 2.0
    assert shared(mine, mine, {"marwick"}, {"osei": 5, "#38": 2})[0] == 0.6
    assert shared(mine, mine, (), {})[1][0] == "#38"


def test_long_names_have_initials() -> None:
    assert initials_in("the Federal Trade Commission and the Information Commissioner’s Office") == {"ftc", "ico"}
    assert same_actor(actor_key("LAPD"), actor_key("Los Angeles Police Department")) is Same.YES
    assert same_actor(actor_key("LAPD"), actor_key("Las Cruces Police Department")) is Same.NO


def test_a_description_is_no_name() -> None:
    assert same_actor(actor_key("tax agency"), actor_key("IRS", "irs")) is Same.UNKNOWN
    assert same_actor(actor_key("Tax Matters"), actor_key("IRS", "irs")) is Same.NO
