"""Rows of ``stories`` as values, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping

from bot.model import Fingerprint, PolicyChange, Reason, Span, Story, StoryCandidate, date_of
from bot.store.rows import change_from_json, change_to_json

MAX_TITLES = 8
"""Differing headlines a story keeps for matching."""
MAX_READINGS = 6
"""Differing readings of the change a story keeps for matching."""
MAX_DETAILS = 120
"""Names and figures a story keeps for matching: those of its first few reports."""
_QUOTE_KEPT = 600


def lead_columns(change: PolicyChange) -> dict[str, Any]:
    """The columns of ``stories`` that say what its lead says."""
    return {
        "change": change_to_json(change),
        "actor": change.actor,
        "actor_id": change.actor_id,
        "action": change.action,
        "targets": change.targets,
        "jurisdictions": change.jurisdictions,
        "line": change.line,
        "score": change.score,
        "effective": change.effective,
        "expires": change.expires,
        "decided_at": date_of(change.decided),
    }


def story_from_row(row: RowMapping) -> Story:
    """Read a story."""
    return Story(
        id=row["id"],
        change=change_from_json(row["change"]),
        stage=row["stage"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        created_at=row["created_at"],
        stage_at=row["stage_at"],
        curated=row["curated"],
        merged_into=row["merged_into"],
        article_count=row["article_count"],
        source_count=row["source_count"],
        alerted=row["alerted"],
        told=row["told"],
        thread=row["thread"],
    )


def candidate_from_row(row: RowMapping) -> StoryCandidate:
    """Read what matching needs of a story."""
    return StoryCandidate(
        story_id=row["id"],
        change=change_from_json(row["change"]),
        stage=row["stage"],
        stage_at=row["stage_at"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        titles=tuple(row["titles"]),
        readings=tuple(change_from_json(value) for value in row["readings"]),
        details=tuple(row["details"]),
        curated=row["curated"],
        told=row["told"],
        article_count=row["article_count"],
    )


def more_titles(kept: Sequence[str], title: str) -> list[str]:
    """The kept headlines and one more, when it differs and there is room."""
    title = title[:300]
    if not title or title in kept or len(kept) >= MAX_TITLES:
        return list(kept)
    return [*kept, title]


def more_details(kept: Sequence[str], details: Sequence[str]) -> list[str]:
    """The kept names and figures, and more while there is room."""
    return list(dict.fromkeys((*kept, *details)))[:MAX_DETAILS]


def more_readings(
    kept: Sequence[Mapping[str, Any]], lead: PolicyChange, change: PolicyChange
) -> list[Mapping[str, Any]]:
    """The kept readings and one more, when its actor, action or targets differ from all and there is room."""
    known = {_reading_key(lead)} | {_reading_key(change_from_json(value)) for value in kept}
    if _reading_key(change) in known or len(kept) >= MAX_READINGS:
        return list(kept)
    return [*kept, change_to_json(_light(change))]


def _reading_key(change: PolicyChange) -> tuple[Any, ...]:
    return (change.actor_id or change.actor, change.action, change.targets, change.jurisdictions)


def _light(change: PolicyChange) -> PolicyChange:
    """A change without what matching does not look at."""
    quote = change.evidence.quote[:_QUOTE_KEPT]
    span = Span(change.evidence.part, change.evidence.start, change.evidence.start + len(quote), quote)
    return replace(change, evidence=span, reasons=(), quote=None, speaker=None)


def fingerprint_from_row(row: RowMapping) -> Fingerprint:
    """Read a fingerprint back; its bands are only for looking up and are left out."""
    return Fingerprint((), bytes(row["signature"]), bytes(row["opening"]), row["size"], row["title"])


def reason_codes(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons of a match, light: they have no spans."""
    return [{"code": reason.code, "detail": reason.detail} for reason in reasons]
