"""Every command: its help, its listings, its errors in one line, its exit status. In this process, through `bot.cli.main`."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli import COMMANDS, main
from tests.conftest import ROOT
from tests.conftest import _drop_database as drop_database
from tests.conftest import _make_database as make_database
from tests.fakes.feed_server import status
from tests.integration.processes import environment, run
from tests.scenario.compiled import compile_once
from tests.scenario.news import bakery, ban, considered
from tests.scenario.world import World

DOCUMENTED = (
    "run", "worker", "web", "poll --source --due", "demo --once", "db upgrade", "db check", "config check", "config schema",
    "sources list", "sources show", "sources add", "sources remove", "sources mute --for", "sources unmute",
    "sources test --json --select", "sources import", "sources export", "document versions", "document diff --from --to", "recent", "search", "show", "stance", "export --format",
    "analyse --json --jsonl", "replay --json", "score", "explain", "digest --since --format", "history import", "outbox list",
    "outbox retry", "outbox drop", "slack manifest --url", "slack check", "doctor",
)  # fmt: skip
"""What people were promised, with the options."""
LISTINGS = (
    "recent", "search boise", "show s1", "stance", "stance 'Boise City Council'", "explain https://gazette.example/news/boise-ban",
    "sources list", "sources list --all", "sources show gazette", "outbox list", "outbox list --all", "doctor", "labels list",
)  # fmt: skip


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Invoke = Callable[..., Ended]


@pytest.fixture(autouse=True)
def _compile_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_once(monkeypatch)


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Invoke]:
    """Run a command with an environment of its own."""
    handlers, level = logging.root.handlers[:], logging.root.level

    def run_it(*arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Ended:
        with monkeypatch.context() as inside:
            for name in ("DATABASE_URL", "SLACK_BOT_TOKEN", "SLACK_CHANNEL", "POLICYWATCH_CONFIG", "DYNO"):
                inside.delenv(name, raising=False)
            for name, value in (env or {}).items():
                inside.setenv(name, value)
            if stdin is not None:
                inside.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main(list(arguments))
        printed = capsys.readouterr()
        return Ended(int(ended.value.code or 0), printed.out, printed.err)

    yield run_it
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> dict[str, str]:
    """A database in which a little has happened, a minute ago, and its configuration."""
    folder = tmp_path_factory.mktemp("filled")
    shutil.copy(_sqlite_template, folder / "filled.db")
    url = f"sqlite:///{folder / 'filled.db'}"

    async def fill() -> None:
        async with World(url, folder, now=datetime.now(UTC) - timedelta(hours=2)) as world:
            world.publish("gazette")
            world.publish("herald")
            world.sources["spare"] = {
                "id": "spare",
                "name": "Spare",
                "url": "http://127.0.0.1:8009/feed",
                "enabled": False,
            }
            world.begin()
            await world.round()
            at = world.clock.advance(hours=1)
            long = "The members spoke for it and against it until late. " * 12  # no page is wanted
            tulsa = considered("Tulsa", at)
            tulsa = replace(tulsa, text=f"{tulsa.text} {long}")
            world.publish("gazette", ban("Boise", at, words=long), tulsa, bakery(1, at))
            world.server.serve("/herald/feed", status(404))
            await world.poll()
            await world.deliver()
            assert len(world.posts()) == 2

    asyncio.run(fill())
    return {"DATABASE_URL": url, "POLICYWATCH_CONFIG": str(folder / "config")}


@pytest.fixture
def own(filled: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A copy of it that a test may change."""
    source = Path(filled["DATABASE_URL"].removeprefix("sqlite:///"))
    shutil.copy(source, tmp_path / "own.db")
    shutil.copytree(filled["POLICYWATCH_CONFIG"], tmp_path / "config")
    return {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.db'}", "POLICYWATCH_CONFIG": str(tmp_path / "config")}


def split(line: str) -> list[str]:
    return [part.strip("'") for part in re.findall(r"'[^']*'|\S+", line)]


# --- what there is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(invoke: Invoke, name: str):
    shown = invoke(name, "--help")
    assert shown.status == 0
    assert shown.out.startswith(f"Usage: policywatch {name}")


@pytest.mark.parametrize("line", DOCUMENTED)
def test_every_promised_command_and_option_is_there(invoke: Invoke, line: str):
    words = line.split()
    command = [word for word in words if not word.startswith("--")]
    shown = invoke(*command, "--help")
    assert shown.status == 0, shown.err
    assert all(re.search(rf"{option}\b", shown.out) for option in words[len(command) :]), shown.out


def test_the_overview_names_all_commands_and_imports_none():
    code = "import sys; from bot.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(sorted(m for m in sys.modules if m.startswith('bot')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert all(re.search(rf"^  {name} ", done.stdout, re.MULTILINE) for name in COMMANDS)
    assert done.stdout.splitlines()[-1] == "['bot', 'bot.cli', 'bot.errors']"


def test_every_command_of_the_operators_manual_exists():
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(
        encoding="utf-8"
    )
    named = set(re.findall(r"`policywatch ([a-z]+)", text))
    assert named
    assert named <= set(COMMANDS)


# --- listings ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", LISTINGS)
def test_every_listing_is_valid_json_when_asked(invoke: Invoke, filled: dict[str, str], line: str):
    shown = invoke(*split(line), "--json", env=filled)
    assert json.loads(shown.out) is not None
    assert shown.status == (1 if line == "doctor" else 0), shown.err
    assert "\x1b" not in shown.out


@pytest.mark.parametrize("line", LISTINGS)
def test_every_listing_is_plain_lines_in_a_pipe(invoke: Invoke, filled: dict[str, str], line: str):
    shown = invoke(*split(line), env=filled)
    assert shown.out.strip()
    assert "\x1b" not in shown.out
    assert "Traceback" not in shown.out + shown.err


def test_a_stance_says_since_when_on_what_terms_and_where_that_can_be_read(invoke: Invoke, own: dict[str, str]):
    from sqlalchemy import create_engine

    change = "json_set(change, '$.condition', 'until there is a state law', '$.expires', '2099-12-31')"
    with create_engine(own["DATABASE_URL"]).begin() as connection:
        connection.exec_driver_sql(f"UPDATE stories SET change = {change} WHERE actor LIKE 'Boise%'")
    shown = invoke("stance", "boise city council", env=own).out
    assert " · until there is a state law · until 2099-12-31 · US-ID/Boise" in shown
    assert "  since 20" in shown
    assert "https://gazette.example/news/boise-ban" in shown
    (stance,) = json.loads(invoke("stance", "--jurisdiction", "US-ID", "--json", env=own).out)
    assert (stance["condition"], stance["until"][:10]) == ("until there is a state law", "2099-12-31")
    assert [one["url"] for one in stance["evidence"]] == ["https://gazette.example/news/boise-ban"]


def test_what_the_listings_say(invoke: Invoke, filled: dict[str, str]):
    recent = json.loads(invoke("recent", "--json", env=filled).out)
    assert {row["story"] for row in recent} == {"s1", "s2"}
    assert any(row["change"].startswith("Boise City Council bans police use of facial recognition") for row in recent)
    assert [row["story"] for row in json.loads(invoke("search", "tulsa", "--json", env=filled).out)] == [
        next(row["story"] for row in recent if "Tulsa" in row["change"])
    ]
    assert json.loads(invoke("search", "zebra", "--json", env=filled).out) == []
    assert "Nothing holds 'zebra'" in invoke("search", "zebra", env=filled).out
    listed = {row["id"]: row for row in json.loads(invoke("sources", "list", "--all", "--json", env=filled).out)}
    assert (listed["gazette"]["state"], listed["spare"]["state"]) == ("ok", "off")
    assert "404" in listed["herald"]["error"]
    why = invoke("explain", "https://gazette.example/b/1?utm_source=x", env=filled).out
    assert "off_topic" in why
    why = invoke("explain", "https://gazette.example/news/boise-ban", env=filled).out
    assert "policy-team: now" in why
    assert "post to C0POLICY001 (policy-team): sent" in why
    assert "was never seen" in invoke("explain", "https://nobody.example/", env=filled).out


def test_the_ledger_is_exported_as_csv_and_json(invoke: Invoke, filled: dict[str, str]):
    rows = json.loads(invoke("export", "--format", "json", env=filled).out)
    lines = list(csv.DictReader(io.StringIO(invoke("export", "--format", "csv", env=filled).out)))
    assert [row["story"] for row in rows] == [line["story"] for line in lines]
    assert {line["jurisdictions"] for line in lines} == {"US-ID/Boise", "US-OK/Tulsa"}


@pytest.mark.parametrize("kind", ["md", "html", "slack"])
def test_a_digest_can_be_copied(invoke: Invoke, filled: dict[str, str], kind: str):
    shown = invoke("digest", "--since", "7d", "--format", kind, env=filled)
    assert shown.status == 0, shown.err
    assert "Boise" in shown.out
    if kind == "slack":
        assert json.loads(shown.out)["blocks"]


def test_the_feeds_are_exported_as_opml_and_imported_again(invoke: Invoke, own: dict[str, str], tmp_path: Path):
    opml = invoke("sources", "export", env=own).out
    assert opml.count("<outline") == 2
    file = tmp_path / "feeds.opml"
    file.write_text(opml.replace("/gazette/feed", "/another/feed"))
    shown = invoke("sources", "import", str(file), env=own)
    assert shown.status == 0, shown.err
    assert "1 of 2 feeds added" in shown.out
    assert "/another/feed" in (Path(own["POLICYWATCH_CONFIG"]) / "sources.yaml").read_text()
    assert invoke("config", "check", env=own).status == 0


# --- what changes something --------------------------------------------------------------------------------------------


def test_muting(invoke: Invoke, own: dict[str, str]):
    assert "gazette is muted until" in invoke("sources", "mute", "gazette", "--for", "7d", env=own).out
    assert json.loads(invoke("sources", "list", "--json", env=own).out)[0]["state"] == "ok, muted"
    assert invoke("sources", "unmute", "gazette", env=own).status == 0
    assert json.loads(invoke("sources", "list", "--json", env=own).out)[0]["state"] == "ok"


def test_removing_a_source(invoke: Invoke, own: dict[str, str]):
    assert invoke("sources", "remove", "herald", env=own).status == 0
    assert [row["id"] for row in json.loads(invoke("sources", "list", "--json", env=own).out)] == ["gazette"]
    gone = invoke("sources", "remove", "herald", env=own)
    assert gone.status == 2
    assert gone.err.count("\n") == 1


def test_merging_and_splitting(invoke: Invoke, own: dict[str, str]):
    assert "s2 is part of s1 now" in invoke("merge", "s1", "s2", env=own).out
    shown = json.loads(invoke("show", "s2", "--json", env=own).out)
    assert shown["story"]["story"]["id"] == 1
    article = shown["articles"][-1]["article_id"]
    assert f"Article {article} is story s3 now" in invoke("split", "s1", str(article), env=own).out
    assert invoke("merge", "s1", "s2", env=own).status == 2


def test_curated_history_is_imported_once(invoke: Invoke, own: dict[str, str], tmp_path: Path):
    file = tmp_path / "history.yaml"
    file.write_text(
        "events:\n  - id: springfield-2019\n    date: 2019-05-14\n    actor: Springfield City Council\n    action: ban\n"
        "    line: Springfield City Council bans city use of facial recognition\n    stage: passed\n"
        "    jurisdictions: [US-MA/Springfield]\n    source: https://example.org/springfield\n"
    )
    first = invoke("history", "import", str(file), env=own)
    assert first.status == 0, first.err
    assert "1 of 1 changes added" in first.out
    assert "0 of 1 changes added" in invoke("history", "import", str(file), env=own).out
    assert "curated" in invoke("recent", "--since", "1000w", "--limit", "50", env=own).out


def test_a_delivery_is_dropped(invoke: Invoke, own: dict[str, str]):
    sent = json.loads(invoke("outbox", "list", "--all", "--json", env=own).out)[0]["id"]
    assert invoke("outbox", "drop", str(sent), env=own).status == 2
    assert invoke("outbox", "retry", "999", env=own).status == 2


def test_a_database_is_made_and_checked(invoke: Invoke, tmp_path: Path):
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/new/policywatch.db"}
    before = invoke("db", "check", env=env)
    assert before.status == 1
    assert "policywatch db upgrade" in before.err
    assert invoke("db", "upgrade", env=env).status == 0
    assert invoke("db", "upgrade", env=env).status == 0
    assert invoke("db", "check", env=env).status == 0


def test_one_pass_over_what_is_named_or_due(invoke: Invoke, own: dict[str, str]):
    """The outlets have closed meanwhile: a failed poll is told, and is no failure of the pass."""
    env = own | {"POLICYWATCH_ALLOW_NETWORKS": "127.0.0.0/8"}
    ended = invoke("poll", "--source", "gazette", env=env)
    assert ended.status == 0
    assert ended.out.endswith(
        "1 source polled, 1 failed; 0 new entries, 0 alerts; 0 article pages read; 1 message sent.\n"
    )
    assert ended.err.startswith("gazette: ")
    ended = invoke("poll", "--source", "gazette", "--due", env=env)
    assert ended.out.startswith("0 sources polled, 0 failed;"), "only what is named, and that is not due"


# --- errors --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("frobnicate", "No such command 'frobnicate'"),
        ("recnt", "Did you mean 'recent'?"),
        ("recent --since yesterday", "12h or 7d"),
        ("recent --limit 0", "--limit"),
        ("show s999", "there is no story 's999'"),
        ("show", "Missing argument"),
        ("search", "Missing argument"),
        ("sources show nobody", "no source has the id 'nobody'"),
        ("sources mute nobody", "no source has the id 'nobody'"),
        ("sources test /nowhere/at/all.xml", "cannot be read"),
        ("sources import /nowhere.opml", "cannot be read"),
        ("poll --source nobody", "no enabled source has the id 'nobody'"),
        ("poll --source spare", "no enabled source has the id 'spare'"),
        ("outbox retry 1x", "not a valid integer"),
        ("merge s1 s999", "there is no story 's999'"),
        ("split s1 999", "article 999 is not part of s1"),
        ("export", "--format"),
        ("export --format xml", "xml"),
        ("digest --since soon", "12h or 7d"),
        ("analyse /nowhere.txt", "cannot be read"),
        ("replay /nowhere.jsonl", "cannot be read"),
        ("history import /nowhere.yaml", "cannot be read"),
        ("slack check", "SLACK_BOT_TOKEN is not set"),
        ("slack manifest", "--url"),
    ],
)
def test_wrong_use_is_one_sentence_and_status_2(invoke: Invoke, filled: dict[str, str], line: str, said: str):
    ended = invoke(*line.split(), env=filled)
    assert ended.status == 2, (ended.out, ended.err)
    assert said in ended.err
    assert ended.err.count("\n") == 1, ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL: write sqlite:///"),
        ({"SLACK_BOT_TOKEN": "xoxp-1"}, "SLACK_BOT_TOKEN: "),
        ({"PORT": "many"}, "PORT: "),
        ({"POLICYWATCH_ALLOW_NETWORKS": "10.0.0.0/99"}, "POLICYWATCH_ALLOW_NETWORKS: "),
        ({"POLICYWATCH_LOG": "xml"}, "POLICYWATCH_LOG: "),
    ],
)
def test_a_bad_variable_is_named_with_status_2(invoke: Invoke, filled: dict[str, str], env: dict[str, str], said: str):
    ended = invoke("recent", env=filled | env)
    assert (ended.status, ended.err.count("\n")) == (2, 1), ended.err
    assert said in ended.err


def test_a_database_that_does_not_answer_is_one_sentence_and_status_1(invoke: Invoke, filled: dict[str, str]):
    url = "postgresql://someone:hunter2@127.0.0.1:1/none"
    for line in ("recent", "outbox list", "sources list", "doctor", "poll", "worker", "db check"):
        ended = invoke(*line.split(), env=filled | {"DATABASE_URL": url})
        assert ended.status == 1, (line, ended.err)
        assert "Traceback" not in ended.err, line
        assert "hunter2" not in ended.err + ended.out
        assert line == "doctor" or ended.err.count("\n") == 1, (line, ended.err)


def test_an_unexpected_error_is_one_line_and_debug_shows_where(invoke: Invoke, filled: dict[str, str], monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("bot.commands.reports._row", broken)
    ended = invoke("recent", env=filled)
    assert ended.status == 1
    assert ended.err == "unexpected error: ZeroDivisionError: oh  (policywatch --debug … shows where)\n"
    assert "Traceback" in invoke("--debug", "recent", env=filled).err
    assert "Traceback" in invoke("recent", "--debug", env=filled).err, "people append it to the command that failed"


def test_a_group_without_a_command_names_its_commands_in_one_line(invoke: Invoke):
    ended = invoke("db")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "policywatch db: say what: check, upgrade  (policywatch db --help shows how)\n"


def test_policywatch_alone_shows_its_commands_a_line_each(invoke: Invoke):
    ended = invoke()
    assert (ended.status, ended.out) == (2, "")
    assert "\n  recent " in ended.err


def test_a_closed_pipe_is_quiet(filled: dict[str, str]):
    """`policywatch … | head`: the reader has gone while there is something to print."""
    env = environment(**filled)
    command = f"{sys.executable} -m bot config schema | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    assert done.stdout == "0\n"


# --- configuration -------------------------------------------------------------------------------------------------------

BROKEN = {
    "sources.yaml": (
        "sources:\n"
        "  - id: one\n"
        "    name: One\n"
        "    url: http://127.0.0.1:9/one\n"
        "    kind: fed\n"
        "  - id: two\n"
        "    name: Two\n"
        "    url: nowhere\n"
        "    evry: 5m\n"
    ),
    "alerts.yaml": 'routes:\n  - name: team\n    channel: "#policy"\n    send: now\n',
}


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """A configuration with four mistakes, and no database yet."""
    folder = tmp_path / "config"
    folder.mkdir()
    for name, text in BROKEN.items():
        (folder / name).write_text(text)
    return {"DATABASE_URL": f"sqlite:///{tmp_path}/p.db", "POLICYWATCH_CONFIG": str(folder)}


def test_all_mistakes_at_once_with_file_and_line(invoke: Invoke, broken: dict[str, str]):
    ended = invoke("config", "check", env=broken)
    folder = broken["POLICYWATCH_CONFIG"]
    assert ended.status == 2
    assert ended.out == ""
    lines = ended.err.splitlines()
    assert [line.split(": ")[0] for line in lines[:-1]] == [
        f"{folder}/sources.yaml:5",
        f"{folder}/sources.yaml:8",
        f"{folder}/sources.yaml:9",
        f"{folder}/alerts.yaml:3",
    ]
    assert 'kind "fed" is unknown; write "feed"' in lines[0]
    assert '"evry"' in lines[2]
    assert '"every"' in lines[2]
    assert all("write" in line for line in lines[:-1])
    assert lines[-1] == "4 errors. Nothing changed."


@pytest.mark.parametrize("command", ["poll", "run", "worker", "web"])
def test_nothing_starts_on_a_broken_config_without_a_last_good_one(
    invoke: Invoke, broken: dict[str, str], command: str
):
    ended = invoke(command, env=broken | {"PORT": "0"})
    assert ended.status == 2
    assert len(ended.err.splitlines()) == 4
    assert "sources.yaml:5: " in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("command", ["web", "worker"])
def test_sqlite_is_refused_where_the_disk_does_not_last(invoke: Invoke, filled: dict[str, str], command: str):
    ended = invoke(command, env=filled | {"DYNO": "web.1", "PORT": "0"})
    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert "on Heroku each process has a disk of its own" in ended.err
    assert "set DATABASE_URL to a PostgreSQL database" in ended.err


def test_a_port_in_use_is_one_sentence(invoke: Invoke, own: dict[str, str]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = invoke("run", env=own | {"PORT": str(port)})
    assert (ended.status, ended.err.count("\n")) == (2, 1)
    assert f"port {port} cannot be used" in ended.err


@pytest.mark.parametrize("command", ["worker", "web", "poll", "recent"])
def test_a_schema_that_is_missing_is_named_before_anything_starts(invoke, filled, postgres_server: str, command: str):
    url, name = make_database(postgres_server)
    try:
        ended = invoke(command, env=filled | {"DATABASE_URL": url, "PORT": "0"})
    finally:
        drop_database(postgres_server, name)
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert "policywatch db upgrade" in ended.err


def test_a_check_says_which_config_stays_in_force(invoke: Invoke, own: dict[str, str]):
    (Path(own["POLICYWATCH_CONFIG"]) / "sources.yaml").write_text(BROKEN["sources.yaml"])
    ended = invoke("config", "check", env=own)
    assert ended.status == 2
    assert re.search(
        r"^3 errors\. Nothing changed; the config of \d\d \w+ \d\d:\d\d stays in force\.$", ended.err, re.MULTILINE
    )


def test_a_good_config_is_summed_up(invoke: Invoke, filled: dict[str, str]):
    ended = invoke("config", "check", env=filled)
    assert ended.status == 0
    assert ended.out.startswith("2 sources on, 1 off; 2 routes; ")
    assert json.loads(invoke("config", "schema", env=filled).out)


# --- texts in, lines out -----------------------------------------------------------------------------------------------

STREAM = [
    {
        "id": "late", "url": "https://herald.example/boise", "title": "Boise City Council bans police use of facial recognition",
        "text": "The ban on face recognition was passed by the council of Boise on Tuesday, and the mayor welcomed it.",
        "published": "2026-11-12T12:00:00Z", "source": "herald", "lang": "en",
    },
    {
        "id": "noise", "url": "https://herald.example/phone", "title": "New phone unlocks by face", "text": "In a tenth of a second.",
        "published": "2026-11-12T13:00:00Z",
    },
    {
        "id": "early", "url": "https://gazette.example/boise", "title": "Boise City Council bans police use of facial recognition",
        "text": "The Boise City Council voted on Tuesday to ban the use of facial recognition by the police department.",
        "published": "2026-11-12T10:00:00Z", "source": "gazette",
    },
    {
        "id": "again", "url": "https://gazette.example/boise?utm_source=x", "title": "Boise City Council bans police use of facial recognition",
        "text": "The Boise City Council voted on Tuesday to ban the use of facial recognition by the police department.",
        "published": "2026-11-12T14:00:00Z", "source": "other",
    },
]  # fmt: skip


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    file = tmp_path / "stream.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in STREAM))
    return file


def test_replay_works_in_the_order_of_publication_and_prints_in_the_order_of_input(invoke, filled, stream: Path):
    ended = invoke("replay", str(stream), env=filled)
    assert ended.status == 0, ended.err
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert [line["id"] for line in lines] == ["late", "noise", "early", "again"]
    assert [line["alert"] for line in lines] == ["update", "none", "new", "none"]
    assert lines[0]["story"] == lines[2]["story"] == lines[3]["story"] is not None
    assert lines[3]["duplicate_of"] == "early"
    assert lines[1]["story"] is None
    assert set(lines[0]) >= {
        "id",
        "relevant",
        "score",
        "changes",
        "reasons",
        "duplicate_of",
        "story",
        "stories",
        "alert",
    }
    assert invoke("replay", str(stream), "--json", env=filled).out == ended.out, "lines in, lines out"
    assert json.loads(invoke("recent", "--json", env=filled).out)[0]["story"] in {"s1", "s2"}, "nothing was stored"


def test_analyse_prints_one_line_for_each_in_order(invoke: Invoke, filled: dict[str, str], stream: Path):
    for argument, given in ((str(stream), None), ("-", stream.read_text())):
        ended = invoke("analyse", argument, "--jsonl", env=filled, stdin=given)
        assert ended.status == 0, ended.err
        lines = [json.loads(line) for line in ended.out.splitlines()]
        assert [(line["id"], line["relevant"]) for line in lines] == [
            ("late", True), ("noise", False), ("early", True), ("again", True),
        ]  # fmt: skip
        assert not {"duplicate_of", "story", "alert"} & set(lines[0])
        change = lines[2]["changes"][0]
        assert (change["actor"], change["action"], change["targets"]) == ("Boise City Council", "ban", ["police"])


def test_analyse_names_each_bad_line_and_goes_on_with_the_good_ones(invoke: Invoke, filled: dict[str, str]):
    lines = [
        '{"id": "a", "title": "A bakery opens"}',
        "{",
        "",
        '{"id": "x"}',
        "7",
        '{"id": "b", "text": "A market opens."}',
    ]
    ended = invoke("analyse", "--jsonl", "-", env=filled, stdin="\n".join(lines))
    assert ended.status == 2
    assert [json.loads(line)["id"] for line in ended.out.splitlines()] == ["a", "b"]
    said = ended.err.splitlines()
    assert [line.split(" (")[0] for line in said] == [
        "-:2: no JSON", "-:4: title or text is missing", '-:5: not a JSON object; write one like {"id": "a1", "title": "…"}',
    ]  # fmt: skip


def test_analyse_of_a_text(invoke: Invoke, filled: dict[str, str], tmp_path: Path):
    file = tmp_path / "text.txt"
    file.write_text("Boise City Council bans police use of facial recognition\nIt voted on Tuesday.")
    shown = invoke("analyse", str(file), env=filled)
    assert shown.status == 0
    assert shown.out.startswith("a policy change, score ")
    assert json.loads(invoke("analyse", str(file), "--json", env=filled).out)["relevant"] is True
    empty = invoke("analyse", "-", env=filled, stdin="")
    assert "Traceback" not in empty.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "stream.jsonl:2: no JSON"),
        ("[1]", "stream.jsonl:2: not a JSON object"),
        ('{"id": "x"}', "stream.jsonl:2: url is missing"),
        ('{"id": "late", "url": "u", "title": "t", "published": "2020-01-01"}', "id 'late' stands at line 1 too"),
        ('{"id": "x", "url": "u", "title": "t", "published": "yesterday"}', "published 'yesterday' is no time"),
    ],
)
def test_a_bad_line_is_named(invoke: Invoke, filled: dict[str, str], stream: Path, line: str, said: str):
    stream.write_text(json.dumps(STREAM[0]) + "\n" + line + "\n")
    ended = invoke("replay", str(stream), env=filled)
    assert (ended.status, ended.err.count("\n")) == (2, 1), ended.err
    assert said in ended.err


def test_score_of_a_tiny_file(invoke: Invoke, filled: dict[str, str], stream: Path, tmp_path: Path):
    decisions = tmp_path / "decisions.jsonl"
    decisions.write_text(invoke("replay", str(stream), env=filled).out)
    labels = tmp_path / "labels.jsonl"
    change = {
        "is_policy_change": True, "actors": ["Boise City Council"], "action": "ban", "targets": ["police"],
        "jurisdictions": ["US-ID/Boise"], "stage": "passed", "event_key": "boise", "confidence": 1.0,
    }  # fmt: skip
    nothing = {
        "is_policy_change": False,
        "actors": [],
        "action": None,
        "targets": [],
        "jurisdictions": [],
        "confidence": 1.0,
    }
    labels.write_text(
        "".join(json.dumps({**line, "label": nothing if line["id"] == "noise" else change}) + "\n" for line in STREAM)
    )
    ended = invoke("score", str(labels), str(decisions), env=filled)
    assert ended.status == 0, ended.err
    assert "precision 1.000  recall 1.000" in ended.out
    assert json.loads(invoke("score", str(labels), str(decisions), "--json", env=filled).out)
    assert invoke("score", str(labels), "/nowhere.jsonl", env=filled).status == 2


# --- the real thing ------------------------------------------------------------------------------------------------------


def test_the_module_is_the_command(broken: dict[str, str]):
    """`python -m bot` in a process of its own, with nothing but its environment."""
    ended = run("config", "check", env=environment(**broken))
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.endswith("4 errors. Nothing changed.\n")


def test_a_page_without_a_network_is_one_sentence(invoke: Invoke, filled: dict[str, str]):
    ended = invoke("sources", "test", "http://127.0.0.1:8009/feed", env=filled)
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert "loopback" in ended.err
    ended = invoke("analyse", "http://127.0.0.1:8009/feed", env=filled)
    assert (ended.status, ended.err.count("\n")) == (1, 1)
    assert "loopback" in ended.err


def test_a_file_is_tested_as_a_feed(invoke: Invoke, filled: dict[str, str], tmp_path: Path):
    from tests.scenario.news import rss

    file = tmp_path / "feed.xml"
    file.write_text(rss([ban("Boise", datetime(2026, 11, 12, tzinfo=UTC))]))
    assert "Boise City Council bans" in invoke("sources", "test", str(file), env=filled).out
    assert json.loads(invoke("sources", "test", str(file), "--json", env=filled).out)["total"] == 1
    file.write_text("/etc/passwd")
    ended = invoke("sources", "test", str(file), env=filled)
    assert ended.status == 1
    assert "root:" not in ended.out + ended.err, "a body that holds a path opens no file"


def test_a_text_without_a_headline_is_judged_by_its_first_sentence(invoke: Invoke, filled: dict[str, str]):
    line = json.dumps(
        {"text": "Boston City Council voted on Tuesday to ban police use of facial recognition. It was 13 to 0."}
    )
    ended = invoke("analyse", "--jsonl", "-", env=filled, stdin=line)
    assert ended.status == 0, ended.err
    assert json.loads(ended.out)["relevant"]
