"""The ledger as CSV or JSON, and the figures that a monitoring system collects. Values in, text out.

What the `export` command prints and what the tracker serves at `/export.csv`, `/export.json` and `/metrics` is made here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.model import Check, Story
from bot.store.reports import Counts, Listed

LEDGER = (
    "story", "actor", "action", "stage", "line", "product", "targets", "jurisdictions", "condition", "duration", "effective",
    "expires", "first_reported", "changed", "sources", "curated", "quote", "speaker", "url",
)  # fmt: skip
"""Columns, in this order."""


def ledger(found: Iterable[Listed]) -> list[dict[str, Any]]:
    """One row a story: who, what, since when, on what condition, with evidence."""
    return [_row(listed) for listed in found]


def _row(listed: Listed) -> dict[str, Any]:
    story: Story = listed.story
    change = story.change
    return {
        "story": story.ref,
        "actor": change.actor,
        "action": change.action.value,
        "stage": story.stage.value,
        "line": change.line,
        "product": change.product,
        "targets": list(change.targets),
        "jurisdictions": list(change.jurisdictions),
        "condition": change.condition,
        "duration": change.duration,
        "effective": change.effective,
        "expires": change.expires,
        "first_reported": _moment(story.first_at),
        "changed": _moment(listed.at),
        "sources": story.source_count,
        "curated": story.curated,
        "quote": change.quote,
        "speaker": change.speaker,
        "url": evidence(listed),
    }


def evidence(listed: Listed) -> str | None:
    """The address where a change can be read; of curated ones the statement or law that they name, where that is an address."""
    stated = listed.story.change.speaker or ""
    return listed.best.url if listed.best else stated if stated.startswith(("https://", "http://")) else None


def as_json(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as one JSON document, which ends with a line break."""
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV with a head line; lists are words with spaces between."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(LEDGER), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(row[name]) for name in LEDGER} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    """A CSV cell; text that a spreadsheet would take for a formula is quoted (OWASP, CSV injection)."""
    if isinstance(value, list):
        return " ".join(map(str, value))
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _moment(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


# --- figures for a monitoring system -----------------------------------------------------------------------------------


def metrics(counts: Counts, checks: Iterable[Check], now: datetime) -> str:
    """The figures in Prometheus' text format (version 0.0.4); every name begins with `policywatch_`."""
    waiting = (now - counts.oldest_due_at).total_seconds() if counts.oldest_due_at else 0.0
    polled = [("", (now - counts.last_polled_at).total_seconds())] if counts.last_polled_at else []
    families: list[tuple[str, str, list[tuple[str, float]]]] = [
        ("sources", "Sources that are watched, by state.", [(f'state="{s}"', n) for s, n in counts.health.items()]),
        ("sources_muted", "Sources that alert on nothing for a time.", [("", counts.muted)]),
        ("last_poll_age_seconds", "Seconds since any source was polled.", polled),
        ("entries_day", "Entries seen in the last 24 hours.", [("", counts.entries_day)]),
        ("articles", "Articles stored.", [("", counts.articles)]),
        ("stories", "Stories, observed and curated.",
         [('kind="observed"', counts.stories), ('kind="curated"', counts.stories_curated)]),
        ("stories_week", "Observed stories that appeared in the last 7 days.", [("", counts.stories_week)]),
        ("pages_wanted", "Article pages still to be read.", [("", counts.pages_wanted)]),
        ("deliveries", "Deliveries not finished, and dead ones, by state.",
         [(f'state="{s}"', n) for s, n in counts.deliveries.items()]),
        ("oldest_delivery_age_seconds", "Seconds the oldest delivery that could be sent has waited.", [("", waiting)]),
        ("ready", "1 when a check of /readyz passes.", [(f'check="{one.name}"', one.ok) for one in checks]),
    ]  # fmt: skip
    return "".join(_family(*family) for family in families)


def _family(name: str, says: str, samples: Sequence[tuple[str, float]]) -> str:
    lines = [f"# HELP policywatch_{name} {says}", f"# TYPE policywatch_{name} gauge"]
    lines += [f"policywatch_{name}{'{' + label + '}' if label else ''} {float(value):g}" for label, value in samples]
    return "\n".join(lines) + "\n"
