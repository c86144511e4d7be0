"""The pictures in the documentation are what the bot sends now, and the page on Slack names what exists."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.slack.commands import VERBS
from bot.slack.manifest import SCOPES
from docs.tools import blockkit_html, blockkit_svg
from docs.tools.samples import samples
from tests.fakes.slack_rules import refusals

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")


def test_the_pictures_are_up_to_date():
    drawn = blockkit_svg.pictures()
    kept = {
        path.name: path.read_text(encoding="utf-8")
        for path in (ROOT / "docs" / "images").glob("*.svg")
        if path.name in drawn
    }
    assert kept == drawn, "run: python docs/tools/blockkit_svg.py docs/images"


def test_every_picture_of_the_page_exists():
    shown = set(re.findall(r"\(images/([^)]+)\)", PAGE))
    assert shown
    assert shown <= set(blockkit_svg.pictures())


@pytest.mark.parametrize("one", samples(), ids=lambda one: one["title"])
def test_samples_are_messages_that_slack_takes_and_fit_into_their_picture(one: dict):
    blocks = json.loads(json.dumps(one["blocks"]).replace('"anna"', '"U0ANNA"'))
    assert refusals(blocks, most=100) == []
    root = ET.fromstring(blockkit_svg.picture(one))
    texts = [node for node in root if node.tag.endswith("text")]
    assert texts
    for node in texts:
        assert float(node.get("x")) + float(node.get("textLength")) <= blockkit_svg.WIDTH
        assert float(node.get("y")) < float(root.get("height"))


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
    subprocess.run(
        [sys.executable, "docs/tools/blockkit_svg.py", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    assert (tmp_path / "an-alert.svg").exists()


def test_the_page_names_every_command_and_every_scope():
    named = set(re.findall(r"`([^`]+)`", PAGE.replace("\\|", "|")))
    words = {word for text in named for word in re.findall(r"[a-z:]+", text)}
    assert set(VERBS) <= words
    assert set(SCOPES) <= named
