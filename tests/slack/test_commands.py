"""The grammar: what people type, what is understood, and what they are told when it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import TARGETS, Action, Filters, Quiet, Schedule, Stage
from bot.slack.asks import Ask, Wrong
from bot.slack.commands import VERBS, parse
from bot.slack.typed import EXAMPLES, misspelt
from bot.slack.writing import write
from tests.fakes.slack_desk import FakeQueries

WORDS = FakeQueries().words


def understood(text: str) -> Ask:
    ask = parse(text, WORDS)
    assert isinstance(ask, Ask), ask
    return ask


def wrong(text: str) -> str:
    mistake = parse(text, WORDS)
    assert isinstance(mistake, Wrong), mistake
    return mistake.message


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("", Ask("help")),
        ("help", Ask("help")),
        ("help all", Ask("help", subject="all")),
        ("recent", Ask("recent")),
        ("RECENT 10", Ask("recent", count=10)),
        ("recent since:30d in:EU", Ask("recent", since=timedelta(days=30), filters=Filters(jurisdictions=("EU",)))),
        ("recent in:california", Ask("recent", filters=Filters(jurisdictions=("US-CA",)))),
        ('recent in:"San Francisco"', Ask("recent", filters=Filters(jurisdictions=("US-CA/San Francisco",)))),
        (
            "recent in:“san francisco” 3",
            Ask("recent", count=3, filters=Filters(jurisdictions=("US-CA/San Francisco",))),
        ),
        (
            "recent in:US,EU action:ban,pause",
            Ask("recent", filters=Filters(jurisdictions=("US", "EU"), actions=("ban", "pause"))),
        ),
        ("recent actor:microsoft share", Ask("recent", filters=Filters(actors=("Microsoft",)), share=True)),
        ('recent stage:"in force"', Ask("recent", filters=Filters(stages=("in force",)))),
        ("recent stage:in-force score:0.8", Ask("recent", filters=Filters(stages=("in force",), min_score=0.8))),
        ("search Rekognition police", Ask("search", subject="Rekognition police")),
        ("show s12", Ask("show", subject="s12")),
        ("show 12", Ask("show", subject="s12")),
        ("stance microsoft", Ask("stance", subject="Microsoft")),
        ("timeline Clearview AI", Ask("timeline", subject="Clearview AI")),
        ("why https://example.org/a?b=c", Ask("why", subject="https://example.org/a?b=c")),
        ("why <https://example.org/a|example.org/a>", Ask("why", subject="https://example.org/a")),
        ("mute example-post", Ask("mute", subject="example-post", lasting=timedelta(days=7))),
        ("mute Example Post 2w", Ask("mute", subject="example-post", lasting=timedelta(days=14))),
        ("unmute ms-blog", Ask("unmute", subject="ms-blog", lasting=timedelta(days=7))),
        ("subscribe", Ask("subscribe")),
        (
            "subscribe in:EU daily 08:30 Europe/Brussels",
            Ask(
                "subscribe",
                filters=Filters(jurisdictions=("EU",)),
                schedule=Schedule("daily", 8, 30, 0, "Europe/Brussels"),
            ),
        ),
        (
            "subscribe daily 09:00 by:actor",
            Ask("subscribe", schedule=Schedule("daily", 9, 0, 0, "UTC"), group="actor"),
        ),
        ("sources offset:15", Ask("sources", offset=15)),
        ("subscribe weekly fri 17:00", Ask("subscribe", schedule=Schedule("weekly", 17, 0, 4, "UTC"))),
        ("digest now", Ask("digest")),
        ("snooze 3d", Ask("snooze", lasting=timedelta(days=3))),
        ("snooze off", Ask("snooze", lasting=timedelta(0))),
        ("latest 3", Ask("recent", count=3)),
    ],
)
def test_what_people_type(text: str, ask: Ask):
    assert understood(text) == ask


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("recnt", "Did you mean recent?"),
        ("xyzzy", "Words I know: help, recent"),
        ("recent 0", "from 1 to 20"),
        ("recent 999999999999", "from 1 to 20"),
        ("recent lately", "Filters are written since:"),
        ("recent police", "Did you mean target:police?"),
        ("recent EU", "Did you mean in:EU?"),
        ("recent california", "Did you mean in:California?"),
        ("subscribe Microsoft", "Did you mean actor:Microsoft?"),
        ("subscribe ban", "Did you mean action:ban?"),
        ("recent 3 4", "I do not understand “4”"),
        ("recent since:400d", "from 1h to 365d"),
        ("recent since:soon", "from 1h to 365d"),
        ("recent action:bann", "Did you mean ban?"),
        ("recent action:zzz", "Write one of: halt, pause"),
        ("recent actn:ban", "Did you mean action:?"),
        ("recent in:Californa", "Did you mean California?"),
        ("recent in:", "in: needs a value"),
        ("recent score:7", "from 0 to 1"),
        ("search", "Search for what?"),
        ("show me", "by its number"),
        ("why", "address that begins with http"),
        ("why javascript:alert(1)", "address that begins with http"),
        ("mute", "Which source?"),
        ("mute example-pst", "Did you mean example-post?"),
        ("mute example-post 900d", "from 1h to 365d"),
        ("subscribe hourly", "Write now, daily 09:00 or weekly mon 09:00"),
        ("subscribe daily 25:00", "Times go from 00:00 to 23:59"),
        ("subscribe daily 09:00 Mars/Olympus_Mons", "zones look like Europe/Brussels"),
        ("subscribe daily 09:00 Europe/Bruxelles", "Did you mean Europe/Brussels?"),
        ("subscribe weekly fri 09:00 brussels", "Did you mean Europe/Brussels?"),
        ("subscribe daily ../../etc/passwd", "zones look like Europe/Brussels"),
        ("subscribe by:actor", "say when it is sent, too"),
        ("subscribe daily by:colour", "by: takes news, place or actor"),
        ("subscribe quiet:night", "quiet: takes two times that differ"),
        ("subscribe quiet:09:00-09:00", "quiet: takes two times that differ"),
        ('subscribe quiet:"22:00-07:00 Mars/Base"', "and a time zone"),
        ("subscribe daily quiet:22:00-07:00", "a digest has its own time"),
        ("subscribe thread:maybe", "thread: takes yes or no"),
        ("subscribe since:7d", "I do not know “since:” here"),
        ("recent for:7d", "I do not know “for:” here."),
        ("stance since:7d", "Write actor:."),
        ("digest later", "with “now”"),
        ("snooze", "From 1h to 30d"),
        ("snooze 31d", "from 1h to 30d"),
    ],
)
def test_a_mistake_is_answered_with_what_is_accepted(text: str, says: str):
    assert says in wrong(text)
    example = parse(text, WORDS).example
    assert isinstance(parse(example, WORDS), Ask), f"the example “{example}” does not work itself"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_that_works(verb: str):
    assert understood(EXAMPLES[verb]).verb == verb


@given(st.text())
def test_no_text_is_an_error(text: str):
    assert isinstance(parse(text, WORDS), Ask | Wrong)


@given(st.sampled_from(VERBS), st.text(max_size=40))
def test_no_argument_is_an_error(verb: str, text: str):
    result = parse(f"{verb} {text}", WORDS)
    if isinstance(result, Wrong):
        assert result.message


hours = st.integers(1, 700).map(lambda n: timedelta(hours=n))
filters = st.builds(
    Filters,
    st.lists(st.sampled_from(["Microsoft", "City of X"]), max_size=2).map(tuple),
    st.lists(st.sampled_from([a.value for a in Action]), max_size=2).map(tuple),
    st.lists(st.sampled_from(list(WORDS.places)), max_size=2).map(tuple),
    st.lists(st.sampled_from(TARGETS), max_size=2).map(tuple),
    st.lists(st.sampled_from([s.value for s in Stage]), max_size=2).map(tuple),
    st.lists(st.sampled_from(WORDS.categories), max_size=2).map(tuple),
    st.none() | st.sampled_from([0.5, 0.25]),
)
schedules = st.none() | st.builds(
    Schedule,
    st.just("weekly"),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 6),
    st.sampled_from(["UTC", "Europe/Brussels"]),
)
asks = st.one_of(
    st.builds(
        Ask,
        st.just("recent"),
        count=st.integers(1, 20),
        offset=st.integers(0, 999),
        since=st.none() | hours,
        filters=filters,
        share=st.booleans(),
    ),
    st.builds(Ask, st.just("search"), subject=st.just("face scan"), offset=st.integers(0, 9), filters=filters),
    st.builds(Ask, st.just("subscribe"), filters=filters, schedule=schedules, thread=st.booleans()),
    st.builds(
        Ask, st.just("subscribe"), filters=filters, quiet=st.just(Quiet(time(22), time(7, 30), "Europe/Brussels"))
    ),
    st.builds(
        Ask,
        st.just("subscribe"),
        schedule=st.just(Schedule("daily")),
        group=st.sampled_from(["news", "place", "actor"]),
    ),
    st.builds(Ask, st.just("snooze"), lasting=hours),
    st.builds(Ask, st.just("timeline"), subject=st.just("City of X"), offset=st.integers(0, 99)),
)


@given(asks)
def test_a_written_command_is_understood_as_it_was_meant(ask: Ask):
    assert understood(write(ask)) == replace(ask)


@pytest.mark.parametrize(
    ("loose", "strict"),
    [
        ("recent in: EU", "recent in:EU"),
        ("subscribe in:EU, US daily", "subscribe in:EU,US daily"),
        ("subscribe in: EU, daily 08:00", "subscribe in:EU daily 08:00"),
        ("snooze 3 days", "snooze 3d"),
        ("snooze for 2 weeks", "snooze 2w"),
        ("mute Example Post for 3 days", "mute example-post 3d"),
        ("mute example-post for:12h", "mute example-post 12h"),
        ("unsubscribe all", "unsubscribe"),
        ("subscribe quiet:22:00-07:00 Europe/Brussels", 'subscribe quiet:"22:00-07:00 Europe/Brussels"'),
        ("subscribe in:EU quiet: 22:00-07:00", 'subscribe in:EU quiet:"22:00-07:00 UTC"'),
    ],
)
def test_what_people_type_loosely_is_understood(loose: str, strict: str):
    assert parse(loose, WORDS) == parse(strict, WORDS)
    assert isinstance(parse(loose, WORDS), Ask)


def test_an_address_without_its_scheme_is_shown_with_it():
    mistake = parse("why example.org/a?b=1", WORDS)
    assert isinstance(mistake, Wrong)
    assert mistake.example == "why https://example.org/a?b=1"


def test_only_what_is_nearly_a_known_actor_is_doubted():
    known = ("Microsoft", "Boston City Council")
    assert misspelt(["Micrsoft"], known) == "I know no “Micrsoft”; did you mean Microsoft?"
    for name in ("microsoft", "Acme Cameras", "Oakland Board"):
        assert misspelt([name], known) == "", name
