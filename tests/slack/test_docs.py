"""The pictures in the documentation are what the bot sends now, and the page on Slack names what exists."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bot.slack.commands import VERBS
from bot.slack.manifest import SCOPES
from docs.tools import blockkit_html, photograph, validate
from docs.tools.samples import samples
from tests.fakes.slack_rules import refuse_message, refuse_view
from tests.fakes.slack_server import FakeSlack

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")


IMAGES = ROOT / "docs" / "images"


def test_the_pictures_are_up_to_date():
    """Each was taken of the HTML that the bot's own blocks give now; the pixels need a browser, this does not."""
    noted = json.loads((IMAGES / photograph.DRAWN).read_text(encoding="utf-8"))
    assert noted == photograph.digests(photograph.pages()), "run: python docs/tools/photograph.py"


def test_every_picture_is_there_and_shown_on_the_page():
    shown = re.findall(r"\(images/([^)]+)\)", PAGE)
    kept = {path.name: path.read_bytes() for path in IMAGES.glob("*.png")}
    assert set(kept) == set(photograph.pages())
    assert set(shown) == set(kept)
    for name, data in kept.items():
        wide, high = struct.unpack(">II", data[16:24])
        assert wide == photograph.WIDTH * photograph.SCALE, name
        assert high > 100, name
    assert sum(map(len, kept.values())) < 1_500_000


@pytest.mark.parametrize("one", samples(), ids=lambda one: one["title"])
def test_samples_are_messages_and_views_that_slack_takes(one: dict):
    if "view" in one:
        assert refuse_view(one["view"]) == []
    else:
        assert refuse_message({"text": one["text"], "blocks": one["blocks"]}) is None


def test_the_html_escapes_and_shows_everything(tmp_path: Path):
    hostile = {
        "title": "<script>",
        "text": "x",
        "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "<script>alert(1)</script>"}}],
    }
    assert "<script>" not in blockkit_html.page([hostile])
    html = blockkit_html.page(samples())
    assert "Microsoft will not sell facial recognition to US police" in html
    assert "I&#x27;ll take it" in html
    with pytest.raises(ValueError, match="carousel"):
        blockkit_html.block({"type": "carousel"})


def test_the_tools_run_as_the_page_says(tmp_path: Path):
    out = tmp_path / "messages.html"
    subprocess.run([sys.executable, "docs/tools/blockkit_html.py", str(out)], cwd=ROOT, check=True)
    assert "Read source" in out.read_text(encoding="utf-8")
    given = json.dumps([{"title": "t", "text": "Only <text>"}])
    command = [sys.executable, "docs/tools/blockkit_html.py", str(out), "-"]
    subprocess.run(command, cwd=ROOT, check=True, input=given, text=True)
    assert "Only &lt;text&gt;" in out.read_text(encoding="utf-8")


async def test_the_live_check_asks_for_every_sample_and_says_what_is_refused(slack: FakeSlack, capsys):
    assert await asyncio.to_thread(validate.main, [slack.api_url]) == 0
    assert capsys.readouterr().out.count("ok ") == len([one for one in samples() if one.get("view") or one["blocks"]])
    assert "unknown block" in await asyncio.to_thread(validate.validate, [{"type": "carousel"}], slack.api_url)
    assert await asyncio.to_thread(validate.main, ["http://slack.example/"]) == 2


def test_the_page_names_every_command_and_every_scope():
    named = set(re.findall(r"`([^`]+)`", PAGE.replace("\\|", "|")))
    words = {word for text in named for word in re.findall(r"[a-z:]+", text)}
    assert set(VERBS) <= words
    assert set(SCOPES) <= named
