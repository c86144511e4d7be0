"""Reports of 2018 to 2026 that were recorded as address, label and one sentence in other words: articles nobody tuned for.

Their headlines are rebuilt from the addresses, so capitals, apostrophes and small words are often lost: figures on them are a lower bound.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SMALL = frozenset(["of", "to", "on", "in", "for", "the", "a", "and", "by", "at", "from"])
FEWEST_WORDS = 5
"""Of a path's part that is taken for a headline."""


def headline_of(url: str) -> str:
    """The headline that an address spells out, in title case; empty where it spells none."""
    parts = [part for part in urlsplit(url).path.split("/") if part]
    longest = max(parts, key=lambda part: len(re.findall("[a-z]{2,}", part)), default="")
    longest = re.sub(r"\.(html?|php|aspx?)$", "", longest)
    longest = re.sub(r"^\d+[-_]|[-_][a-z]*\d{4,}[a-z0-9]*$", "", longest)
    words = re.split("[-_]+", longest)
    if len(words) < FEWEST_WORDS:
        return ""
    return " ".join(word if word in SMALL else word.capitalize() for word in words)


def read_reports(file: Path) -> list[dict[str, Any]]:
    """Labelled lines, as in the corpora, of the reports whose address spells a headline."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    told = [{**row, "title": headline_of(row["url"])} for row in rows]
    return [row for row in told if row["title"]]


def held_out(row: dict[str, Any]) -> bool:
    """Half of the events are never trained on."""
    event = row["label"].get("event_key") or row["id"]
    return int(hashlib.sha256(event.encode()).hexdigest(), 16) % 2 == 1
