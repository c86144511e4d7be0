"""Filters and routes, checked against the topic and the sources."""

from __future__ import annotations

from datetime import time

import pytest

from bot.model import Filters, Quiet

from .conftest import ALERTS, SOURCES


def with_filter(folder, line: str) -> None:
    folder.write("alerts.yaml", ALERTS.replace("when: {}", f"when:\n      {line}"))


@pytest.mark.parametrize(
    ("line", "filters"),
    [
        ("actors: [microsoft, MSFT, Clearview AI]", Filters(actors=("Microsoft", "Microsoft", "Clearview AI"))),
        ("actions: [ban, call for, Call-For]", Filters(actions=("ban", "call_for", "call_for"))),
        ("actions: ban", Filters(actions=("ban",))),
        ("jurisdictions: [EU, us-ca, California, US-CA/San Francisco]", Filters(jurisdictions=("EU", "US-CA", "US-CA", "US-CA/San Francisco"))),
        ("jurisdictions: [UK, Germany]", Filters(jurisdictions=("GB", "DE"))),
        ("jurisdictions: US-CA/Nowhere Town", Filters(jurisdictions=("US-CA/Nowhere Town",))),
        ("targets: [police, social media]", Filters(targets=("police", "social_media"))),
        ("stages: [in force, struck_down]", Filters(stages=("in force", "struck down"))),
        ("categories: [government_regulator]", Filters(categories=("government_regulator",))),
        ("min_score: 0.75", Filters(min_score=0.75)),
        ("actors: []", Filters()),
        ("actors:", Filters()),
    ],
)  # fmt: skip
def test_filters_are_read_as_people_write_them(folder, line, filters):
    with_filter(folder, line)
    assert folder.load().routes[0].filters == filters


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("actions: [ban, bann]", 'alerts.yaml:6: an item of actions "bann" is unknown; write "ban"'),
        ("targets: polis", ('alerts.yaml:6: targets "polis" is unknown; write "police" (or government, border, military, schools, retail, '
                           "employers, housing, health, transport, venues, social_media, public_space, anyone)")),
        ("stages: [pased]", ('alerts.yaml:6: an item of stages "pased" is unknown; write "passed" (or considered, announced, proposed, enacted, '
                            "in force, challenged, postponed, struck down, withdrawn, expired, reversed)")),
        ("categories: [trade]", 'alerts.yaml:6: categories "trade" is unknown; write'),
        ("jurisdictions: [Califrnia]", 'alerts.yaml:6: jurisdictions "Califrnia" is unknown; write "California"'),
        ("jurisdictions: [Portland]", 'alerts.yaml:6: jurisdictions "Portland" is the name of several places; write US-ME/Portland or US-OR/Portland'),
        ("jurisdictions: [ZZ]", 'alerts.yaml:6: jurisdictions "ZZ" is unknown; write'),
        ("min_score: 75", "alerts.yaml:6: min_score 75 is too large; write 1 or less"),
        ("actor: Microsoft", 'alerts.yaml:6: "actor" is not a key here; write "actors"'),
    ],
)  # fmt: skip
def test_filters_that_name_nothing_are_refused(folder, line, said):
    with_filter(folder, line)
    (problem,) = folder.problems()
    assert problem.startswith(said)


def test_an_item_on_a_line_of_its_own_is_named_there(folder):
    with_filter(folder, "jurisdictions:\n        - US\n        - Atlantis")
    assert folder.problems()[0].startswith('alerts.yaml:8: jurisdictions "Atlantis" is unknown; ')


def test_an_unknown_actor_is_a_warning_because_articles_name_others_too(folder):
    with_filter(folder, "actors: [Microsfot, Qqqqq Zzzzz]")
    assert folder.load().routes[0].filters.actors == ("Microsfot", "Qqqqq Zzzzz")
    assert folder.warnings() == [
        'alerts.yaml:6: actors "Microsfot" is not in the actors file; write "Microsoft" if that is meant',
        'alerts.yaml:6: actors "Qqqqq Zzzzz" is not in the actors file; it is matched as written',
    ]


def test_a_category_of_ones_own_can_be_filtered_on(folder):
    folder.write("sources.yaml", SOURCES.replace("every: 15m", "category: my_own_kind"))
    with_filter(folder, "categories: [my_own_kind]")
    assert folder.problems() == []


def test_operators_are_told_at_once_and_of_everything(folder):
    folder.write("alerts.yaml", ALERTS + "    send: daily 09:00\n    when: {actions: ban}\n")
    assert folder.problems() == ["alerts.yaml:9: send of an operators route is always now; write now, or leave it out"]
    folder.write("alerts.yaml", ALERTS + "    send: now\n    when: {actions: ban}\n")
    assert folder.warnings() == [
        "alerts.yaml:10: when has no effect on an operators route; remove it, or write kind: policy"
    ]


def test_silence_is_warned_of(folder):
    folder.write("alerts.yaml", "routes: []\n")
    folder.write("sources.yaml", "sources: []\n")
    assert folder.warnings() == [
        "sources.yaml: no source is enabled: nothing is watched; write enabled: true on one",
        "alerts.yaml:1: no operators route: nobody is told of broken sources; add one with kind: operators",
        "alerts.yaml:1: no policy route: nobody is told of changes; add one with a channel",
    ]


def test_quiet_hours_arrive_and_are_refused_and_warned_of_with_their_line(folder):
    folder.write("alerts.yaml", ALERTS.replace("send: now", "send: now\n    quiet: 22:00-07:00 Europe/Brussels"))
    assert folder.load().routes[0].quiet == Quiet(time(22), time(7), "Europe/Brussels")
    assert folder.warnings() == []
    folder.write("alerts.yaml", ALERTS.replace("send: now", "send: now\n    quiet: 22:00"))
    (problem,) = folder.problems()
    assert problem.startswith('alerts.yaml:5: quiet "22:00" is no time of the day; write a start and an end')
    folder.write(
        "alerts.yaml",
        ALERTS.replace("send: now", "send: daily 09:00\n    quiet: 22:00-07:00").replace(
            "kind: operators", "kind: operators\n    quiet: 22:00-07:00"
        ),
    )
    assert folder.warnings() == [
        "alerts.yaml:5: quiet has no effect on a route that sends a digest; remove it",
        "alerts.yaml:10: quiet has no effect on an operators route; remove it",
    ]


def test_every_key_of_a_route_arrives(folder):
    folder.write(
        "alerts.yaml",
        ALERTS.replace(
            "send: now",
            "send: weekly fri 16:30 Europe/Brussels\n    max_per_hour: 3\n    thread: false\n    broadcast: true\n    group: place\n    when_empty: line",
        ),
    )
    route = folder.load().routes[0]
    assert (route.schedule.kind, route.schedule.weekday, route.schedule.hour, route.schedule.zone) == (
        "weekly",
        4,
        16,
        "Europe/Brussels",
    )
    assert (route.max_per_hour, route.thread, route.broadcast) == (3, False, True)
    assert (route.group, route.when_empty) == ("place", "line")
    assert folder.warnings() == []


def test_how_a_digest_looks_is_warned_of_on_a_route_that_sends_none(folder):
    folder.write("alerts.yaml", ALERTS.replace("send: now", "send: now\n    group: actor"))
    (warning,) = folder.warnings()
    assert warning.startswith("alerts.yaml:5: group has an effect on digests only; remove it, or write send: daily")
    folder.write("alerts.yaml", ALERTS.replace("send: now", "send: daily 09:00\n    group: places"))
    (problem,) = folder.problems()
    assert problem.startswith('alerts.yaml:5: group "places" is unknown; write "place"')
