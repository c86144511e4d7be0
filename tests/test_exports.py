"""The ledger and the figures as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.exports import LEDGER, as_csv, metrics
from bot.model import Check, DeliveryState, Health
from bot.store.reports import Counts

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_figures_are_lines_that_prometheus_reads():
    counts = Counts(
        sources=3, health={Health.OK: 2, Health.FAILING: 1}, muted=0, last_polled_at=NOW - timedelta(seconds=90),
        entries_day=12, articles=34, stories=5, stories_curated=94, stories_week=1, stories_month=2, pages_wanted=0,
        deliveries={DeliveryState.PENDING: 1}, oldest_due_at=NOW - timedelta(minutes=2),
    )  # fmt: skip
    text = metrics(counts, [Check("slack", False, "refuses everything")], NOW)
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'policywatch_[a-z_]+(\{[a-z]+="[a-z_ ]+"\})? [0-9.e+-]+', line) for line in samples), text
    assert 'policywatch_sources{state="failing"} 1' in samples
    assert "policywatch_last_poll_age_seconds 90" in samples
    assert 'policywatch_deliveries{state="pending"} 1' in samples
    assert "policywatch_oldest_delivery_age_seconds 120" in samples
    assert 'policywatch_ready{check="slack"} 0' in samples


def test_a_cell_that_a_spreadsheet_would_calculate_is_text():
    row = dict.fromkeys(LEDGER) | {"line": "=HYPERLINK(1)", "targets": ["police", "border"]}
    assert as_csv([row]).splitlines()[1].split(",")[4:7] == ["'=HYPERLINK(1)", "", "police border"]
