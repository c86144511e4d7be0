"""Operators' commands about sources, against real servers: what is found at an address, what is written, what is shown."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.commands.document import document_command
from bot.commands.sources import sources_command
from bot.config.load import load
from bot.model import SourceKind
from bot.store import Store
from tests.fakes.feed_server import FeedServer, Page
from tests.scenario.compiled import compile_once

NOW = datetime(2026, 11, 12, tzinfo=UTC)
ITEMS = "".join(
    f'<li class="release"><h3><a href="/n/{n}">Regulator takes decision number {n}</a></h3>'
    f'<time datetime="2026-11-0{n}">x</time></li>'
    for n in range(1, 6)
)
LISTING = f"<!doctype html><html><head><title>Office news</title></head><body><ul>{ITEMS}</ul></body></html>"
REGISTER = {
    "count": 2,
    "results": [
        {
            "title": f"Rule {n} on face recognition",
            "html_url": f"https://register.example/{n}",
            "publication_date": f"2026-11-0{n}",
            "abstract": "The agency sets rules.",
        }
        for n in (1, 2)
    ],
}
SITEMAP = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<url><loc>https://site.example/news/a-council-decides</loc><lastmod>2026-11-01</lastmod></url></urlset>"
)
BEGIN = "# ours, and to stay\nsources:\n  - id: first\n    url: https://first.example/feed  # the best one\n"
RULE = "We will not sell face recognition to the police, and we ask every customer to say what it is for."
CLAUSES = "You pay at the end of the month. You keep your password to yourself. Do no harm to anybody with it. " * 3


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A configuration folder that the commands take for theirs."""
    compile_once(monkeypatch)
    (tmp_path / "sources.yaml").write_text(BEGIN)
    (tmp_path / "alerts.yaml").write_text("routes: []\n")
    for name, value in {
        "POLICYWATCH_CONFIG": str(tmp_path),
        "DATABASE_URL": sqlite_url,
        "POLICYWATCH_ALLOW_NETWORKS": "127.0.0.0/8",
    }.items():
        monkeypatch.setenv(name, value)
    handlers, level = logging.root.handlers[:], logging.root.level
    yield tmp_path
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


async def run(*arguments: str) -> Result:
    """Run a command beside the server, as from a shell."""
    group = {"sources": sources_command, "document": document_command}[arguments[0]]
    return await asyncio.to_thread(CliRunner().invoke, group, list(arguments[1:]))


def written(folder: Path) -> dict[str, object]:
    """The one source that was added."""
    text = (folder / "sources.yaml").read_text()
    assert text.startswith(BEGIN), "comments and layout stay"
    (added,) = (source for source in load(folder, env={}).sources if source.id != "first")
    return {"kind": added.kind, "name": added.name, "url": added.url, "select": dict(added.select)}


@pytest.mark.parametrize(
    ("page", "kind", "select"),
    [
        (Page(LISTING, content_type="text/html"), SourceKind.PAGE, {"item": "ul > li.release", "title": "h3", "link": "h3 a", "date": "time"}),
        (Page(json.dumps(REGISTER), content_type="application/json"), SourceKind.PAGE, {"item": "results", "title": "title", "link": "html_url", "date": "publication_date", "summary": "abstract"}),
        (Page(SITEMAP, content_type="application/xml"), SourceKind.PAGE, {}),
    ],
    ids=["listing", "json", "sitemap"],
)  # fmt: skip
async def test_what_has_no_feed_is_added_with_what_finds_its_entries(
    server: FeedServer, folder: Path, page, kind, select
):
    url = server.serve("/news", page)
    done = await run("sources", "add", url)
    assert done.exit_code == 0, (done.output, done.exception)
    added = written(folder)
    assert (added["kind"], added["url"], added["select"]) == (kind, url, select)
    tested = await run("sources", "test", str(load(folder, env={}).sources[-1].id))
    assert tested.exit_code == 0, (tested.output, tested.exception)
    assert tested.output.count("2026-11-0") == len(tested.output.splitlines()) - 1 > 0, "each entry with its date"
    again = await run("sources", "test", url)
    assert again.output == tested.output, "its address, as operators are told to try, means the same"


async def test_a_sitemap_is_tested_by_its_address(server: FeedServer, folder: Path):
    packed = Page(gzip.compress(SITEMAP.encode()), content_type="application/x-gzip")
    tested = await run("sources", "test", server.serve("/news.xml.gz", packed))
    assert tested.exit_code == 0, (tested.output, tested.exception)
    assert "2026-11-0" in tested.output


async def test_an_index_of_sitemaps_leads_to_the_one_for_news(server: FeedServer, folder: Path):
    inner = server.serve("/news-sitemap.xml", Page(SITEMAP, content_type="application/xml"))
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{server.url('/old.xml')}</loc></sitemap><sitemap><loc>{inner}</loc></sitemap></sitemapindex>"
    )
    done = await run("sources", "add", server.serve("/sitemap.xml", Page(index, content_type="application/xml")))
    assert done.exit_code == 0, (done.output, done.exception)
    assert written(folder)["url"] == inner


async def test_a_page_without_anything_is_not_added(server: FeedServer, folder: Path):
    done = await run("sources", "add", server.serve("/x", Page("<!doctype html><p>Hi", content_type="text/html")))
    assert done.exit_code == 1
    assert "Nothing was added" in str(done.exception)
    assert (folder / "sources.yaml").read_text() == BEGIN


async def test_selectors_are_tried_without_an_entry(server: FeedServer, folder: Path):
    url = server.serve("/news", Page(LISTING, content_type="text/html"))
    good = await run("sources", "test", url, "--select", "item=li", "--select", "date=time")
    assert "Regulator takes decision number 5" in good.output
    bad = await run("sources", "test", url, "--select", "item=li.gone")
    assert bad.exit_code == 1
    assert "li.gone" in str(bad.exception)


async def test_a_document_is_added_kept_and_compared(server: FeedServer, folder: Path, sqlite_url: str):
    def body(*more: str) -> str:
        paragraphs = "".join(f"<p>{one}</p>" for one in (CLAUSES, *more))
        return f"<!doctype html><html><head><title>Terms of Acme</title></head><body>{paragraphs}</body></html>"

    url = server.serve("/terms", Page(body(), content_type="text/html"))
    done = await run("sources", "add", url, "--document", "--id", "terms")
    assert done.exit_code == 0, (done.output, done.exception)
    assert written(folder) == {"kind": SourceKind.DOCUMENT, "name": "Terms of Acme", "url": url, "select": {}}
    none = await run("document", "diff", "terms")
    assert "no version of terms is stored yet" in str(none.exception)
    store = Store.open(sqlite_url)
    with store.transaction() as tx:
        tx.sources.sync(load(folder, env={}).sources, NOW)
        for n, text in enumerate((body(), body(RULE))):
            tx.documents.add("terms", text.encode(), NOW.replace(hour=n))
    store.close()
    shown = await run("document", "diff", "terms")
    assert shown.exit_code == 0, shown.exception
    assert (
        shown.output.splitlines()[0]
        == "Terms of Acme, version 1 (2026-11-12 00:00) and 2 (2026-11-12 01:00): wording differs in 1 place"
    )
    assert shown.output.splitlines()[2:] == [f"+ {RULE}"]
    back = await run("document", "diff", "terms", "--from", "2", "--to", "1", "--json")
    assert json.loads(back.output)["passages"] == [{"old": RULE, "new": None}]
    assert "versions 1 to 2" in str((await run("document", "diff", "terms", "--to", "9")).exception)
    listed = await run("document", "versions", "terms", "--json")
    assert [row["version"] for row in json.loads(listed.output)] == [2, 1]
    assert "there are: terms" in str((await run("document", "diff", "first")).exception)


async def test_an_import_that_cannot_be_written_does_not_say_that_feeds_were_added(folder: Path, monkeypatch):
    monkeypatch.setenv("DYNO", "web.1")
    opml = folder / "in.opml"
    opml.write_text('<opml version="2.0"><body><outline text="One" xmlUrl="https://one.example/feed"/></body></opml>')
    done = await run("sources", "import", str(opml))
    assert done.exit_code == 0, (done.output, done.exception)
    assert "https://one.example/feed" in done.output
    assert "1 of 1 feeds are to be added by hand." in done.output
    assert (folder / "sources.yaml").read_text() == BEGIN
