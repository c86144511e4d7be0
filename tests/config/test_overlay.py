"""Files on top of others: an operator's own sources and topic entries."""

from __future__ import annotations

import pytest

from bot.config import shipped

from .conftest import SOURCES


def test_own_files_add_change_and_switch_off(folder):
    folder.write("sources.d/10-own.yaml", "sources:\n  - id: mine\n    url: https://mine.example/feed\n    every: 1h\n")
    folder.write(
        "sources.d/20-changes.yaml", "sources:\n  - id: herald\n    enabled: false\n  - id: mine\n    name: Mine\n"
    )
    sources = {source.id: source for source in folder.load().sources}
    assert list(sources) == ["herald", "council", "mine"]
    assert sources["herald"].enabled is False
    assert sources["herald"].url == "https://herald.example/feed.xml"
    assert sources["herald"].every is not None
    assert (sources["mine"].name, sources["mine"].url) == ("Mine", "https://mine.example/feed")
    assert sources["mine"].where == f"{folder.path}/sources.d/10-own.yaml:3"


def test_a_key_without_a_value_of_its_own_keeps_what_was_there(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: herald\n    category: local_press\n")
    herald = folder.load().sources[0]
    assert (herald.kind, herald.enabled, herald.name) == ("feed", True, "The Herald")


def test_another_url_for_an_id_needs_a_word(folder):
    text = "sources:\n  - id: herald\n    url: https://other.example/feed\n"
    folder.write("sources.d/own.yaml", text)
    assert folder.problems() == [
        'sources.d/own.yaml:2: id "herald" is taken by sources.yaml:3; write override: true to change that source, or choose another id'
    ]
    folder.write("sources.d/own.yaml", text + "    override: true\n")
    herald = folder.load().sources[0]
    assert herald.url == "https://other.example/feed"
    assert herald.where == f"{folder.path}/sources.d/own.yaml:3"


def test_a_change_of_a_source_that_is_not_there(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: heral\n    every: 1h\n  - id: zzz\n    every: 1h\n")
    assert folder.problems() == [
        'sources.d/own.yaml:2: no source has the id "heral" to change; write "herald", or remove this entry',
        'sources.d/own.yaml:4: no source has the id "zzz" to change; add its url to make it a source of its own, or remove this entry',
    ]
    folder.write("sources.d/own.yaml", "sources:\n  - id: zzz\n    url: https://z.example/\n    override: true\n")
    assert len(folder.problems()) == 1


def test_switching_off_what_an_upgrade_took_away_is_only_a_warning(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: zzz\n    enabled: false\n")
    assert folder.problems() == []
    assert folder.warnings()[0].startswith('sources.d/own.yaml:2: no source has the id "zzz" to change; ')


def test_override_belongs_into_own_files_only(folder):
    folder.write("sources.yaml", SOURCES.replace("every: 15m", "override: true"))
    assert folder.problems()[0].startswith('sources.yaml:6: "override" is not a key here; ')


def test_an_id_twice_in_one_own_file(folder):
    folder.write("sources.d/own.yaml", "sources:\n  - id: herald\n    every: 1h\n  - id: herald\n    every: 2h\n")
    assert folder.problems() == [
        'sources.d/own.yaml:4: id "herald" is used twice, first at sources.d/own.yaml:2; give each source an id of its own'
    ]


def test_a_switched_off_source_leaves_its_address_to_another(folder):
    folder.write(
        "sources.d/own.yaml",
        "sources:\n  - id: herald\n    enabled: false\n  - id: mine\n    url: https://herald.example/feed.xml\n",
    )
    assert folder.problems() == []


def test_a_refused_file_is_not_echoed_by_those_on_top_of_it(folder):
    folder.write("sources.yaml", SOURCES.replace("15m", "15"))
    folder.write("sources.d/own.yaml", "sources:\n  - id: herald\n    enabled: true\n")
    assert [said.split(": ")[0] for said in folder.problems()] == ["sources.yaml:6"]


def test_a_folder_with_own_files_needs_no_sources_file(folder):
    (folder.path / "sources.yaml").unlink()
    folder.write("sources.d/own.yaml", "sources:\n  - id: eff\n    enabled: false\n")
    config = folder.load()
    assert len(config.sources) > 50
    assert next(source for source in config.sources if source.id == "eff").enabled is False
    assert "shipped/sources.yaml" in config.files


def test_files_that_are_not_read_are_told(folder):
    folder.write("sources.d/own.yml", "sources: []\n")
    folder.write("alerts.yml", "")
    assert folder.warnings() == [
        "alerts.yml: is not read; name it alerts.yaml",
        "sources.d/own.yml: is not read; name it own.yaml",
    ]


def test_a_category_that_is_nearly_a_known_one(folder):
    folder.write("sources.yaml", SOURCES.replace("every: 15m", "category: trade_pres"))
    assert folder.warnings() == [
        'sources.yaml:3: category "trade_pres" of "herald" is a new one; write "trade_press" if that is meant'
    ]


def test_actors_of_sources_become_canonical(folder):
    folder.write("sources.yaml", SOURCES.replace("every: 15m", "actor: microsoft"))
    assert folder.load().sources[0].actor == "Microsoft"
    folder.write("sources.yaml", SOURCES.replace("every: 15m", "actor: Microsfot"))
    assert folder.load().sources[0].actor == "Microsfot"
    assert folder.warnings() == [
        'sources.yaml:5: actor "Microsfot" of "herald" is not in the actors file; write "Microsoft" if that is meant'
    ]


# --- topics --------------------------------------------------------------------------------------------------------------


def test_own_topic_entries_add_to_the_shipped_ones(folder):
    before = folder.load().topic
    folder.write(
        "topics/facial-recognition/actors.yaml",
        "actors:\n  - id: acme\n    name: Acme Vision\n    type: vendor\n  - id: palantir\n    off: true\n",
    )
    after = folder.load().topic
    names = {actor.name for actor in after.actors}
    assert "Acme Vision" in names
    assert "Palantir" not in names
    assert len(after.actors) == len(before.actors)
    assert after.fingerprint != before.fingerprint


def test_a_topic_of_another_name_takes_the_place(folder):
    folder.write("topics/gait/topic.yaml", "id: gait\nname: gait recognition\n")
    folder.write("topics/gait/en/terms.yaml", "terms:\n  - id: gait\n    words: [gait recognition]\n")
    assert folder.load().topic.name == "gait recognition"
    folder.write("topics/other/topic.yaml", "id: other\n")
    assert folder.problems() == [
        "topics: holds more than one topic, or none (facial-recognition, gait, other); keep one folder"
    ]


def test_a_topic_file_in_the_wrong_place(folder):
    folder.write("topics/actors.yaml", "actors: []\n")
    assert folder.problems() == [
        "topics/actors.yaml: stands in no topic's folder; move it to topics/facial-recognition/"
    ]


def test_mistakes_in_own_topic_files_have_their_line(folder):
    folder.write("topics/facial-recognition/actors.yaml", "actors:\n  - id: x\n    name: X\n    type: vendr\n")
    (said,) = folder.problems()
    assert said.startswith("topics/facial-recognition/actors.yaml:4: ")
    assert "vendor" in said


@pytest.mark.parametrize("name", ["sources.yaml", "alerts.yaml"])
def test_samples_and_topics_are_where_they_are_said_to_be(name):
    assert shipped.sample(name).is_file()
    assert (shipped.topics() / "facial-recognition").is_dir()
