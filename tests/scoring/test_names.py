import pytest

from bot.scoring import Names
from bot.scoring.names import known_targets, places_overlap, plain
from bot.topic import Actor, Place, Topic


@pytest.fixture(scope="module")
def names():
    return Names.of(
        Topic(
            id="t",
            vocabularies={},
            actors=(
                Actor("amazon", "Amazon", "platform", "US", aliases=("Amazon.com",)),
                Actor("aws", "Amazon Web Services", "platform", "US", exact=("AWS",), parent="amazon"),
                Actor("jassy", "Andy Jassy", "person", "US", parent="aws"),
                Actor("microsoft", "Microsoft", "platform", "US"),
                Actor("ico", "ICO", "regulator", "GB", aliases=("Information Commissioner's Office",)),
            ),
            places=(
                Place(
                    "US-MA/Boston", ("Boston",), police=("Boston Police Department",), bodies=("Boston City Council",)
                ),
                Place(
                    "US-ME/Portland",
                    ("Portland",),
                    bodies=("Portland City Council (Maine)", "Portland, Maine City Council"),
                ),
                Place("US-CA", ("California",), exact=("Calif.",), kind="state", bodies=("California Legislature",)),
                Place("US-OH", ("Ohio",), kind="state"),
            ),
        )
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amazon.com", "amazon"),
        ("The Information Commissioner’s Office", "ICO"),
        ("U.S. Senate", "the US Senate"),
        ("Portland City Council (Maine)", "Portland, Maine City Council"),
        ("New Orleans City Council members", "New Orleans City Council"),
        ("Conseil d’État", "Conseil d'Etat"),
    ],
)
def test_the_same_actor(names, one, other):
    assert names.same_actor(one, other) or plain(one) == plain(other) or names.like_actor(one, other)
    assert names.like_actor(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Amazon Web Services", "Amazon"),
        ("Andy Jassy", "Amazon"),
        ("Boston", "Boston City Council"),
        ("State of California", "California Legislature"),
        ("California Governor", "California"),
    ],
)
def test_one_that_acts_for_the_other(names, one, other):
    assert not names.same_actor(one, other)
    assert names.like_actor(one, other)
    assert names.like_actor(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Microsoft", "Amazon"),
        ("Boston Police Department", "Boston City Council"),
        ("Boston police", "Boston"),
        ("Ohio", "California"),
        ("Some Bureau", "Other Bureau"),
    ],
)
def test_different_actors(names, one, other):
    assert not names.like_actor(one, other)


def test_police_and_department_are_one(names):
    assert names.same_actor("Boston Police Department", "Boston police")


def test_places_by_name_and_around(names):
    assert names.code("Ohio") == "US-OH"
    assert names.code("Calif.") == "US-CA"
    assert names.code("DE-BE") == "DE-BE"
    assert places_overlap(["US-CA"], ["US-CA/San Francisco"])
    assert places_overlap(["US-CA/San Francisco"], ["US"])
    assert not places_overlap(["US-CA"], ["US-CO"])
    assert not places_overlap(["US-C"], ["US-CA"])
    assert not places_overlap([], ["US"])


def test_targets_of_the_other_dialect():
    assert known_targets(["public spaces", "companies", "police"], ["police", "public_space"]) == {
        "police",
        "public_space",
    }


def test_without_a_vocabulary_names_are_compared_as_they_read():
    assert Names().like_actor("The F.T.C.", "FTC")
    assert not Names().like_actor("Amazon Web Services", "Amazon")
