"""A whole folder: what comes out of good files, and every problem of bad ones with its file and line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config.files import BASE, Texts
from bot.config.load import check_texts, load, load_files
from bot.errors import ConfigError
from bot.model import Filters, Schedule, SourceKind

from .conftest import ALERTS, SOURCES


def test_two_files_are_a_complete_configuration(folder):
    config = folder.load()
    herald, council = config.sources
    assert (herald.id, herald.name, herald.url) == ("herald", "The Herald", "https://herald.example/feed.xml")
    assert (herald.kind, herald.every, herald.enabled) == (SourceKind.FEED, timedelta(minutes=15), True)
    assert (council.name, council.kind, council.enabled) == ("council", SourceKind.PAGE, False)
    assert council.select == {"link": "a.item"}
    assert [source.where for source in config.sources] == [
        f"{folder.path}/sources.yaml:5",
        f"{folder.path}/sources.yaml:10",
    ]
    policy, operators = config.routes
    assert (policy.name, policy.channel, policy.kind, policy.schedule) == (
        "policy-team",
        "C0123456789",
        "policy",
        Schedule(),
    )
    assert policy.where == f"{folder.path}/alerts.yaml:2"
    assert policy.filters == Filters()
    assert operators.kind == "operators"
    assert config.folder == folder.path
    assert config.warnings == ()
    assert config.topic.id == "facial-recognition"
    assert config.settings.thresholds.alert == config.topic.alert


def test_the_example_of_the_interface(folder):
    folder.write(
        "sources.yaml",
        "sources:\n  - id: ms-on-the-issues\n    name: Microsoft On the Issues\n"
        "    url: https://blogs.microsoft.com/on-the-issues/feed/\n    kind: feed\n    every: 5s\n"
        "    alert_since: 2026-11-01\n    enabled: true\n",
    )
    (source,) = folder.load().sources
    assert source.every == timedelta(seconds=5)
    assert source.alert_since == datetime(2026, 11, 1, tzinfo=UTC)


def test_the_mistakes_of_the_mock_up(folder):
    folder.write("sources.yaml", "sources:\n" + "\n" * 11 + "  - id: a\n    kind: fed\n    url: https://a.example/\n")
    folder.write("alerts.yaml", "routes:\n\n\n\n  - name: x\n    channel: '#policy'\n")
    assert folder.problems() == [
        'sources.yaml:14: kind "fed" is unknown; write "feed" (or page, document)',
        'alerts.yaml:6: channel "#policy" is a name; write its id, like C0123456789 (Slack: channel name → About → bottom)',
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("sources.yaml", "", "sources.yaml: the file is empty; write its keys, as the shipped example does"),
        ("sources.yaml", "- id: a\n", 'sources.yaml:1: the file is a list, not a mapping of keys; begin it with "sources:"'),
        ("sources.yaml", b"sources:\n  - id: caf\xe9\n", "sources.yaml:2: is not UTF-8 text (byte 0xe9); save the file as UTF-8"),
        ("sources.yaml", "sources:\n\t- id: a\n", "sources.yaml:2: a tab is used for indentation; write spaces"),
        ("sources.yaml", "sources:\n  - url: https://a.example\n", 'sources.yaml:2: "id" is missing; add id: ms-on-the-issues'),
        ("sources.yaml", "sources:\n  - id: a\n", 'sources.yaml:2: "url" is missing; add url: https://example.org/feed.xml'),
        ("sources.yaml", "sources:\n  - id: a\n    url: https://a.example\n    every: 15\n", 'sources.yaml:4: every "15" has no unit; write 15s, 15m, 15h or 15d'),
        ("sources.yaml", "sources:\n  - id: a\n    url: https://a.example\n    alert_since: soon\n", 'sources.yaml:4: alert_since "soon" is no date; write it like 2026-11-01 or 2026-11-01T09:00:00Z'),
        ("sources.yaml", "sources:\n  - id: a\n    url: https://a.example\n    select: {lnk: a}\n", 'sources.yaml:4: select has the part "lnk" is unknown; write "link" (or item, title, date, summary, content)'),
        ("sources.yaml", "# later\nsources:\n", 'sources.yaml:2: sources is empty; write [], or one "- id: …" below it for each'),
        ("alerts.yaml", "settings: {}\n", 'alerts.yaml:1: "routes" is missing; add routes: [], or one "- name: …" below it for each'),
        ("alerts.yaml", "routes:\n  - name: a\n", 'alerts.yaml:2: "channel" is missing; add channel: C0123456789'),
        ("alerts.yaml", "routes:\n  - name: a\n    channel: #policy\n", 'alerts.yaml:3: channel is empty, as "#policy" is read as a comment; write C0123456789'),
        ("alerts.yaml", "routes:\n  - name: a\n    chanel: C0123456789\n    channel: C0123456789\n", 'alerts.yaml:3: "chanel" is not a key here; write "channel"'),
        ("alerts.yaml", "routes:\n  - name: a\n    channel: C0123456789\n    kind: operator\n", 'alerts.yaml:4: kind "operator" is unknown; write "operators" (or policy)'),
        ("alerts.yaml", "routes:\n  - name: a\n    channel: C0123456789\n    send: daily 9 Brussels\n", 'alerts.yaml:4: send has the time "9"; write hours and minutes from 00:00 to 23:59, like 09:00; it has the time zone "Brussels", which is unknown; write "Europe/Brussels"'),
        ("alerts.yaml", "routes:\n  - name: a\n    channel: C0123456789\n    max_per_hour: 0\n", "alerts.yaml:4: max_per_hour 0 is too small; write 1 or more"),
        ("alerts.yaml", "routes: []\nsettings:\n  poll: {min_interval: 2d, max_interval: 1h}\n", "alerts.yaml:3: min_interval is longer than max_interval; write a shorter one"),
        ("alerts.yaml", "routes: []\nsettings:\n  thresholds:\n    alert: 0.3\n    digest: 0.6\n", "alerts.yaml:5: digest 0.6 is above alert 0.3; write 0.3 or less"),
        ("alerts.yaml", "routes: []\nsettings:\n  unknown_posts: resend\n", 'alerts.yaml:3: unknown_posts "resend" is unknown; write hold or repost'),
        ("alerts.yaml", "routes: []\nsettings:\n  operators: [U0123456789, ann]\n", 'alerts.yaml:3: an item of operators "ann" is no Slack user id; write it like U0123456789 (profile → ⋮ → Copy member ID)'),
        ("alerts.yaml", "routes: []\nsettings:\n  polls: {}\n", 'alerts.yaml:3: "polls" is not a key here; write "poll"'),
    ],
)  # fmt: skip
def test_one_mistake_one_line(folder, name, text, said):
    folder.write(name, text)
    assert folder.problems() == [said]


def test_one_go_is_enough_whatever_kinds_of_mistakes_come_together(folder):
    """Values, places and categories, variables that are not set, times with zones: in one route, on one line even."""
    folder.write("sources.yaml", "sources:\n  - {id: a, url: 'https://a.example/${KEY}', kind: fed}\n")
    folder.write(
        "alerts.yaml",
        "routes:\n"
        "  - {name: one, channel: C0123456789, when: {jurisdictions: [Atlantis, '${PLACE}'], actions: [bann], categories: [odd]}}\n"
        "  - name: two\n    channel: '${WHERE}'\n    send: weekly mun 25:00 Mars/Phobos\n    quiet: 1:99-7:00 Nowhere\n"
        "    when: {jurisdictions: [Lemuria]}\n"
        "  - {name: three, channel: C0123456789, kind: operators, send: daily 09:00, when: {jurisdictions: [US]}}\n"
        "  - {name: two, channel: C0123456789}\n",
    )
    found = folder.problems({"SLACK_BOT_TOKEN": "xoxb-x"})
    assert [line.split(";")[0] for line in found] == [
        "sources.yaml:2: ${KEY} is not set in the environment",
        'sources.yaml:2: kind "fed" is unknown',
        "alerts.yaml:2: ${PLACE} is not set in the environment",
        'alerts.yaml:2: an item of actions "bann" is unknown',
        'alerts.yaml:2: jurisdictions "Atlantis" is unknown',
        "alerts.yaml:4: ${WHERE} is not set in the environment",
        'alerts.yaml:5: send has the day "mun" is unknown',
        'alerts.yaml:6: quiet has the time "1:99"',
        'alerts.yaml:7: jurisdictions "Lemuria" is unknown',
        "alerts.yaml:8: send of an operators route is always now",
        'alerts.yaml:9: name "two" is used twice, first at alerts.yaml:3',
    ]
    assert '; it has the time "25:00"; write' in found[6]
    assert '; it has the time zone "Mars/Phobos"' in found[6]
    assert '; it has the time zone "Nowhere"' in found[7]


def test_problems_of_all_files_come_at_once_sorted(folder):
    folder.write("sources.yaml", SOURCES.replace("15m", "15").replace("kind: page", "kind: pages"))
    folder.write("alerts.yaml", ALERTS.replace("now", "never").replace("C0987654321", "ops"))
    folder.write("sources.d/own.yaml", "sources:\n  - id: b\n    url: nowhere\n")
    folder.write("topics/facial-recognition/actors.yaml", "actors:\n  - idd: x\n")
    found = folder.problems()
    assert [line.split(": ")[0] for line in found] == [
        "sources.yaml:6", "sources.yaml:11", "sources.d/own.yaml:3", "alerts.yaml:4", "alerts.yaml:7",
        "topics/facial-recognition/actors.yaml:2", "topics/facial-recognition/actors.yaml:2",
    ]  # fmt: skip


def test_missing_things(tmp_path, folder):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "nowhere", env={})
    assert str(caught.value) == (
        f"{tmp_path}/nowhere: the folder is missing; make it, with sources.yaml and alerts.yaml in it, or set "
        "POLICYWATCH_CONFIG to the folder that has them"
    )
    with pytest.raises(ConfigError, match="is not a folder; make it"):
        load(folder.path / "sources.yaml", env={})
    (folder.path / "alerts.yaml").unlink()
    assert folder.problems() == [
        "alerts.yaml: the file is missing; create it, or set POLICYWATCH_CONFIG to the folder that has it"
    ]
    (folder.path / "sources.yaml").unlink()
    assert len(folder.problems()) == 2


def test_a_folder_that_may_not_be_read(folder, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(folder.path), "is_dir", refuse)
    assert folder.problems() == [f"{folder.path}: cannot be read (permission denied); make it readable for this user"]


def test_ids_and_names_used_twice_name_both_lines(folder):
    folder.write("sources.yaml", SOURCES.replace("id: council", "id: herald"))
    folder.write("alerts.yaml", ALERTS.replace("name: operators", "name: policy-team"))
    assert folder.problems() == [
        'sources.yaml:9: id "herald" is used twice, first at sources.yaml:3; give each source an id of its own',
        'alerts.yaml:6: name "policy-team" is used twice, first at alerts.yaml:2; give each route a name of its own',
    ]  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["https://herald.example/feed.xml", "https://HERALD.example:443/feed.xml", "https://herald.example/feed.xml#top"],
)
def test_one_address_twice_names_both_lines(folder, url):
    folder.write("sources.yaml", f"{SOURCES}  - id: again\n    url: {url}\n")
    assert folder.problems() == [
        'sources.yaml:16: url is that of "herald" at sources.yaml:5 too; remove one of the two'
    ]
    folder.write("sources.yaml", f"{SOURCES}  - id: again\n    url: {url}\n    enabled: false\n")
    assert folder.problems() == []


@pytest.mark.parametrize("url", ["http://herald.example/feed.xml", "https://www.herald.example/feed.xml/"])
def test_an_address_that_is_nearly_another_is_a_warning(folder, url):
    folder.write("sources.yaml", f"{SOURCES}  - id: again\n    url: {url}\n")
    assert folder.warnings() == [
        'sources.yaml:16: url is nearly that of "herald" at sources.yaml:5; remove one of the two if they are the same'
    ]


def test_two_parts_of_one_page_are_two_sources(folder):
    page = "  - id: {0}\n    url: https://page.example/\n    kind: page\n    select: {{link: '{0}'}}\n"
    folder.write("sources.yaml", "sources:\n" + page.format("one") + page.format("two"))
    assert folder.problems() == []


def test_every_setting_arrives(folder):
    folder.write(
        "alerts.yaml",
        ALERTS + "settings:\n  thresholds: {alert: 0.8, digest: 0.4}\n  poll: {min_interval: 1m, max_interval: 6h}\n"
        "  fetch: {concurrency: 4, per_host: 1, spacing: 3s, timeout: 10s, max_bytes: 50000}\n  late_after: 6h\n  settle: 30s\n"
        "  edit_every: 5m\n  operators: U0123456789\n  unknown_posts: repost\n",
    )
    found = folder.load().settings
    assert (found.thresholds.alert, found.thresholds.digest) == (0.8, 0.4)
    assert (found.poll.min_interval, found.poll.max_interval) == (timedelta(minutes=1), timedelta(hours=6))
    assert (found.fetch.concurrency, found.fetch.per_host, found.fetch.max_bytes) == (4, 1, 50_000)
    assert (found.fetch.spacing, found.fetch.timeout) == (timedelta(seconds=3), timedelta(seconds=10))
    assert (found.late_after, found.settle, found.edit_every) == (
        timedelta(hours=6),
        timedelta(seconds=30),
        timedelta(minutes=5),
    )
    assert (found.operators, found.unknown_posts) == (("U0123456789",), "repost")


@pytest.mark.parametrize(("written", "enabled"), [("no", False), ("off", False), ("yes", True), ("false", False)])
def test_switches_may_be_written_as_people_do(folder, written, enabled):
    folder.write("sources.yaml", SOURCES.replace("enabled: false", f"enabled: {written}"))
    assert folder.load().sources[1].enabled is enabled


def test_blocks_whose_lines_are_all_comments_are_fine(folder):
    folder.write("alerts.yaml", ALERTS.replace("when: {}", "when:") + "settings:\n  # late_after: 1h\n  poll:\n")
    assert folder.load().settings.poll.max_interval == timedelta(hours=6)


def test_an_alert_threshold_below_the_topics_digest_takes_the_digest_with_it(folder):
    folder.write("alerts.yaml", ALERTS + "settings:\n  thresholds: {alert: 0.1}\n")
    assert folder.load().settings.thresholds.digest == pytest.approx(0.1)


# --- where a channel's variable is not set -----------------------------------------------------------------------------


def test_without_a_token_a_channel_that_is_not_set_is_the_terminal(folder):
    folder.write("alerts.yaml", ALERTS.replace("C0123456789", "${SLACK_CHANNEL}").replace("C0987654321", "${OPS}"))
    config = folder.load()
    assert [route.channel for route in config.routes] == ["terminal:slack-channel", "terminal:ops"]
    assert folder.warnings() == [
        "alerts.yaml:3: ${SLACK_CHANNEL} is not set and there is no SLACK_BOT_TOKEN: this route prints in the terminal; set both to post",
        "alerts.yaml:7: ${OPS} is not set and there is no SLACK_BOT_TOKEN: this route prints in the terminal; set both to post",
    ]


def test_with_a_token_it_is_a_mistake(folder):
    folder.write("alerts.yaml", ALERTS.replace("C0123456789", "${SLACK_CHANNEL}"))
    assert folder.problems({"SLACK_BOT_TOKEN": "xoxb-test"}) == [
        "alerts.yaml:3: ${SLACK_CHANNEL} is not set in the environment; set SLACK_CHANNEL, or write the value here"
    ]
    config = folder.load({"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_CHANNEL": "C0123456700"})
    assert config.routes[0].channel == "C0123456700"
    folder.write("alerts.yaml", ALERTS.replace("C0123456789", "terminal:x"))
    assert folder.problems({"SLACK_BOT_TOKEN": "xoxb-test"}) == [
        'alerts.yaml:3: channel "terminal:x" is the terminal, and SLACK_BOT_TOKEN is set; write a channel id, like C0123456789'
    ]


def test_only_channels_fall_back(folder):
    folder.write("sources.yaml", SOURCES.replace("https://herald.example/feed.xml", "https://h.example/${KEY}"))
    assert folder.problems() == [
        "sources.yaml:5: ${KEY} is not set in the environment; set KEY, or write the value here"
    ]
    assert folder.load({"KEY": "k"}).sources[0].url == "https://h.example/k"


# --- stored configurations -----------------------------------------------------------------------------------------------


def test_stored_texts_give_the_same_configuration(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: mine\n    url: https://mine.example/\n")
    folder.write("topics/facial-recognition/actors.yaml", "actors:\n  - id: acme\n    name: Acme\n    type: vendor\n")
    config = folder.load()
    stored = load_files(config.files, {})
    assert stored.topic == config.topic
    assert any(actor.name == "Acme" for actor in stored.topic.actors)
    assert [source.id for source in stored.sources] == [source.id for source in config.sources]
    assert stored.settings == config.settings
    assert stored.folder is None
    assert stored.sources[0].where == "sources.yaml:5"
    assert set(config.files) >= {
        "sources.yaml",
        "alerts.yaml",
        "sources.d/own.yaml",
        "topics/facial-recognition/actors.yaml",
    }
    assert f"{BASE}topics/facial-recognition/actors.yaml" in config.files


def test_stored_texts_can_be_refused_too():
    with pytest.raises(ConfigError, match="holds no files"):
        load_files({}, {})
    with pytest.raises(ConfigError):
        load_files({"sources.yaml": "sources: []", "alerts.yaml": "routes: 3"}, {})


def test_the_fingerprint_follows_texts_and_variables(folder):
    folder.write("alerts.yaml", ALERTS.replace("C0123456789", "${SLACK_CHANNEL}"))
    first = folder.load({"SLACK_CHANNEL": "C0000000001"}).fingerprint
    assert folder.load({"SLACK_CHANNEL": "C0000000001", "OTHER": "x"}).fingerprint == first
    assert folder.load({"SLACK_CHANNEL": "C0000000002"}).fingerprint != first
    folder.write("sources.yaml", SOURCES + "# a word\n")
    assert folder.load({"SLACK_CHANNEL": "C0000000001"}).fingerprint != first


def test_values_of_variables_are_not_stored(folder):
    folder.write("sources.yaml", SOURCES.replace("feed.xml", "${KEY}"))
    assert "hush-hush" not in "".join(folder.load({"KEY": "hush-hush"}).files.values())


@given(st.sampled_from(["sources.yaml", "alerts.yaml"]), st.integers(0, 400), st.integers(0, 12), st.text(max_size=6))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slip_of_the_hand_anywhere_is_a_config_error_or_nothing(name, at, cut, inserted):
    texts = {"sources.yaml": SOURCES, "alerts.yaml": ALERTS}
    text = texts[name]
    texts[name] = text[:at] + inserted + text[at + cut :]
    # A topic of one line keeps this fast; the shipped one is read elsewhere.
    texts["topics/t/topic.yaml"] = "id: t\nname: t\n"
    texts["topics/t/en/terms.yaml"] = "terms: []\n"
    error: ConfigError | None = None
    try:
        load_files(texts, {})
    except ConfigError as found:
        error = found
    assert error is None or (error.problems and all(problem.message for problem in error.problems))


def test_an_id_used_twice_is_told_beside_other_mistakes():
    text = "sources:\n  - {id: a, name: A, url: https://a.example/f, kind: fed}\n  - {id: a, name: B, url: https://b.example/f}\n"
    said = [str(problem) for problem in check_texts(Texts({"sources.yaml": text, "alerts.yaml": "routes: []\n"}), {})]
    assert any('kind "fed" is unknown' in each for each in said), said
    assert any('id "a" is used twice, first at sources.yaml:2' in each for each in said), said
