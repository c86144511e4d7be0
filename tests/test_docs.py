"""The documentation against the code: commands, variables, links, targets, dependencies, and what must not be in a repository."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from bot.cli import COMMANDS, cli
from bot.settings import EPHEMERAL_PLATFORMS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
TARGETS = {"setup", "run", "test", "demo", "check", "bench"}
"""What people and deployments rely on."""

LONGEST = 420
"""Lines of a module: one can hold it in mind."""
WHOLE = {
    "bot/store/migrations/versions/0001_first_tables.py": "one migration is one step",
}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(page: str) -> list[str]:
    """What a page sets as code: spans in backticks, and the lines of indented or fenced blocks."""
    blocks = [line.strip() for line in page.splitlines() if line.startswith("    ")]
    spans = [span.replace("\\|", "|") for span in re.findall(r"`([^`\n]+)`", page)]
    fenced = [
        line
        for block in re.findall(r"^```\w*\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
        for line in block.split("\n")
    ]
    return [*blocks, *spans, *fenced]


# --- commands ------------------------------------------------------------------------------------------------------------


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with its path; groups are not commands."""
    context = click.Context(command, info_name="policywatch")
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from walk(child, (*path, name))


@cache
def commands() -> dict[tuple[str, ...], click.Command]:
    return dict(walk(cli))


def options(command: click.Command) -> set[str]:
    return {name for option in command.params if isinstance(option, click.Option) for name in option.opts}


GLOBAL = {name for option in cli.params if isinstance(option, click.Option) for name in option.opts} | {"--help", "-h"}


def invocations(page: str) -> Iterator[list[str]]:
    """The words after each `policywatch` that a page sets as code (`/policywatch` is Slack's)."""
    for code in code_of(page):
        for found in re.finditer(r"(?<![\w/@.-])(?:policywatch|python -m bot) ([^#`<>]+)", code):
            yield found[1].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_documented_command_exists_with_its_options(page: Path):
    groups = {path[:1] for path in commands() if len(path) == 2}
    for words in invocations(page.read_text(encoding="utf-8")):
        plain = [word.strip("[].,;:()") for word in words if word not in GLOBAL]
        if not plain or not re.fullmatch(r"[a-z]+", plain[0]):
            continue  # `policywatch COMMAND --help`, `policywatch …`
        assert plain[0] in COMMANDS, f"{page.name}: policywatch {' '.join(words)}"
        path: tuple[str, ...] = tuple(plain[:1])
        if path in groups:
            if len(plain) < 2 or not re.fullmatch(r"[a-z]+", plain[1]):
                continue
            path = tuple(plain[:2])
        assert path in commands(), f"{page.name}: policywatch {' '.join(words)}"
        named = {word for word in plain if re.fullmatch(r"--?[a-z][a-z-]*", word)}
        assert named <= options(commands()[path]) | GLOBAL, f"{page.name}: policywatch {' '.join(words)}"


def rows() -> dict[tuple[str, ...], tuple[str, str, str]]:
    """Rows of docs/commands.md by the command's path: usage, what it does, example."""
    found = {}
    for line in text_of("docs/commands.md").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[0].startswith("`policywatch "):
            words = cells[0].strip("`").split()[1:]
            path = tuple(words[:2]) if tuple(words[:2]) in commands() else tuple(words[:1])
            assert path not in found, f"{path} stands there twice"
            found[path] = (cells[0], cells[1], cells[2])
    return found


def test_every_command_is_documented_with_a_line_an_example_and_all_its_options():
    assert set(rows()) == set(commands())
    for path, (usage, does, example) in rows().items():
        missing = {name for name in options(commands()[path]) if name not in f"{usage} {does} {example}".replace("`", " ").split()
                   and f"[{name}]" not in usage and f"[{name} " not in usage}  # fmt: skip
        assert not missing, f"{path}: {missing}"
        assert len(does) > 20, path
        assert f"policywatch {' '.join(path)}" in example, path


def test_the_overview_of_the_command_line_names_what_there_is():
    assert {path[0] for path in commands()} == set(COMMANDS)
    assert all(command.help for command in commands().values())


# --- environment, links, files -------------------------------------------------------------------------------------------


def test_every_variable_is_documented_and_every_documented_one_is_read():
    read = set(re.findall(r'given(?:\.get\(|, )"([A-Z][A-Z_]+)"', text_of("bot/settings.py")))
    assert len(read) > 10
    table = text_of("docs/operations.md").partition("## Environment")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == read
    others = {*EPHEMERAL_PLATFORMS, "TEST_POSTGRES_URL", "SSL_CERT_FILE", "SLACK_CHANNEL", "CI", "NAME", "PYTHON"}
    for page in PAGES:
        for code in code_of(page.read_text(encoding="utf-8")):
            for name in re.findall(r"(?<![\w$])([A-Z][A-Z]+(?:_[A-Z]+)+)(?==|$)|\$\{?([A-Z_]+)", code):
                assert set(name) - {""} <= read | others, f"{page.name}: {code}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path):
    page_text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", page_text):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        aim = (page.parent / path).resolve() if path else page
        assert aim.exists(), f"{page.name}: {target}"
        if anchor:
            heads = re.findall(r"^#+ (.+)$", aim.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}, (
                f"{page.name}: {target}"
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_and_module_a_page_names_exists(page: Path):
    for code in code_of(page.read_text(encoding="utf-8")):
        for path in re.findall(r"(?<![\w./-])((?:bot|tests|docs|benchmarks)/[\w./-]+)", code):
            assert (ROOT / path.rstrip("./")).exists(), f"{page.name}: {path}"
        for module in re.findall(r"python -m ((?:bot|tests|benchmarks)(?:\.\w+)+)", code):
            parts = ROOT.joinpath(*module.split("."))
            assert parts.with_suffix(".py").exists() or (parts / "__main__.py").exists(), f"{page.name}: {module}"


def test_the_map_names_every_room():
    table = text_of("docs/architecture.md").partition("## The rooms")[2].partition("\nasyncio")[0]
    named = {
        name.removeprefix("bot/").strip("/")
        for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row)
    }
    modules = {path.name for path in (ROOT / "bot").iterdir() if path.suffix == ".py" and not path.name.startswith("_")}
    packages = {path.parent.name for path in (ROOT / "bot").glob("*/__init__.py")}
    assert modules | packages <= named
    assert {name for name in named if "/" not in name} <= modules | packages, "a room that is gone"


def test_the_index_of_decisions_lists_every_record():
    index = text_of("docs/decisions/README.md")
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert records
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == records
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]


def test_the_topic_page_names_every_file_and_only_those():
    named = set(re.findall(r"^\| `([\w/]+\.yaml)`", text_of("docs/vocabulary.md"), re.MULTILINE))
    topic = ROOT / "config" / "topics" / "facial-recognition"
    assert named == {path.relative_to(topic).as_posix() for path in topic.rglob("*.yaml") if path.parent.name != "de"}


# --- vocabulary by example -----------------------------------------------------------------------------------------------


def examples() -> dict[str, str]:
    """The YAML blocks of docs/vocabulary.md by the file that their first line names."""
    found: dict[str, str] = {}
    name = None
    for line in text_of("docs/vocabulary.md").splitlines():
        if head := re.fullmatch(r"    # topics/facial-recognition/(\S+\.yaml)", line):
            name = head[1]
            assert name not in found, f"two blocks for {name}"
            found[name] = ""
        elif line and not line.startswith("    "):
            name = None
        elif name:
            found[name] += f"{line[4:]}\n"
    return found


def test_the_examples_of_the_vocabulary_page_do_what_it_says(tmp_path: Path):
    from bot import replay
    from bot.analysis import Analyser
    from bot.config.load import load
    from bot.wiring import utc_now

    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    (tmp_path / "alerts.yaml").write_text("routes: []\n", encoding="utf-8")
    before = Analyser(load(tmp_path, env={}).topic)
    assert {
        "actors.yaml",
        "jurisdictions.yaml",
        "en/senses.yaml",
        "en/terms.yaml",
        "topic.yaml",
        "fr/terms.yaml",
    } <= set(examples())
    for name, text in examples().items():
        file = tmp_path / "topics" / "facial-recognition" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    after = Analyser(load(tmp_path, env={}).topic)
    table = text_of("docs/vocabulary.md").partition("| a headline |")[2].partition("\n\n")[0]
    shown = re.findall(r"^\| (.+?) \| `(.+?)` \| `(\w+)` \|$", table, re.MULTILINE)
    assert len(shown) >= 5
    for title, actor, action in shown:
        line = replay.Line("x", title, "", lang="fr" if "faciale" in title else "en")
        was, now = (one.analyse(replay.article_of(line, utc_now())) for one in (before, after))
        assert now.lead is not None, title
        assert (now.lead.actor, now.lead.action.value) == (actor, action), title
        assert was.lead is None or (was.lead.actor, was.lead.action.value) != (actor, action), (
            f"needs no example: {title}"
        )


# --- build, dependencies, hygiene ----------------------------------------------------------------------------------------


def test_make_has_its_targets_and_the_pages_name_no_other():
    makefile = text_of("Makefile")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    assert targets >= TARGETS
    for page in PAGES:
        for code in code_of(page.read_text(encoding="utf-8")):
            for target in re.findall(r"(?<![\w-])make ([a-z-]+)", code):
                assert target in targets, f"{page.name}: make {target}"


def test_the_processes_are_commands_of_ours():
    processes = dict(re.findall(r"^(\w+): (.+)$", text_of("Procfile"), re.MULTILINE))
    assert set(processes) == {"release", "web", "worker"}
    for line in processes.values():
        assert line.startswith("python -m bot ")
        assert tuple(line.split()[3:]) in commands()


def test_every_direct_dependency_says_why_it_is_there():
    text = text_of("pyproject.toml")
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for dependency in wanted:
        line = next(line for line in text.splitlines() if line.strip().startswith(json.dumps(dependency)))
        assert len(line.partition(json.dumps(dependency))[2].partition("#")[2].strip()) > 10, f"no reason: {dependency}"


@pytest.mark.parametrize(("lock", "extra"), [("requirements.txt", None), ("requirements-dev.txt", "dev")])
def test_the_locks_have_hashes_and_no_index(lock: str, extra: str | None):
    text = text_of(lock)
    assert not re.search(r"^\s*(-i|-f|--(extra-)?index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)
    assert "://" not in text
    packages = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert len(packages) > 30
    for package in packages:
        assert re.match(r"[\w.\-\[\],]+==\S+", package), package[:80]
        assert "--hash=sha256:" in package, package[:80]
    locked = {re.match(r"[\w.-]+", package)[0].lower().replace("_", "-").replace(".", "-") for package in packages}
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    for dependency in project["optional-dependencies"][extra] if extra else project["dependencies"]:
        assert re.match(r"[\w.-]+", dependency)[0].lower().replace("_", "-").replace(".", "-") in locked, dependency


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository, new ones included; without git, those of its folders."""
    command = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=30).stdout.decode()
        names = [name for name in listed.split("\0") if name]
    except (OSError, subprocess.SubprocessError):
        folders = ("bot", "config", "docs", "tests", "benchmarks")
        names = [
            str(path.relative_to(ROOT))
            for folder in folders
            for path in (ROOT / folder).rglob("*")
            if "__pycache__" not in path.parts
        ]
        names += [path.name for path in ROOT.iterdir() if path.is_file()]
    return tuple(path for name in names if (path := ROOT / name).is_file())


UNWANTED = {
    "an address of a package index": r"pypi\.(?:org|python\.org)/simple|pythonhosted\.org|(?<!no-emit-)index-url[= ]+\S*:/",
    "a path of somebody's machine": r"(?<![\w.-])/(?:work|root|home/\w+|Users/\w+)/\w",
    "a Slack token": r"xox[abeoprs]-\d{6,}-\w|xapp-\d-[A-Z0-9]{6,}-\d{6,}",
    "a private key": r"-{5}BEGIN (?:[A-Z]+ )?PRIVATE KEY",
    "a cloud or forge key": r"\bAKIA[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{30,}",
}


def test_the_repository_holds_no_index_address_no_machine_path_and_no_secret():
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for what, pattern in UNWANTED.items():
            found += [f"{path.relative_to(ROOT)}: {what}: {match[0]}" for match in re.finditer(pattern, text)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("sample", [
    "https://pypi.org/simple/x", "--index-url https://x", " /home/anna/x", "xoxb-123456789-a", "-----BEGIN RSA PRIVATE KEY",
])  # fmt: skip
def test_what_must_not_be_there_would_be_seen(sample: str):
    assert any(re.search(pattern, sample) for pattern in UNWANTED.values())


def test_every_module_has_a_docstring_and_fits_in_the_mind():
    wrong = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        if not ast.get_docstring(ast.parse(text)):
            wrong.append(f"{name}: no docstring")
        if name not in WHOLE and len(text.splitlines()) >= LONGEST:
            wrong.append(f"{name}: {len(text.splitlines())} lines")
    assert not wrong, "\n".join(wrong)
