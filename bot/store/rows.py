"""Policy changes, spans and reasons, as rows and as JSON, and back again: equal to what was put in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping

from bot.model import Action, PolicyChange, Reason, Span, Stage

_PLAIN = (
    "actor", "action", "actor_id", "product", "targets", "jurisdictions", "condition", "duration", "effective",
    "expires", "decided", "stage", "primary", "quote", "speaker", "line", "score",
)  # fmt: skip
"""Fields of a change that are columns of the same name; ``evidence`` and ``reasons`` are JSON."""


def span_to_json(span: Span) -> dict[str, Any]:
    """Write a span as JSON."""
    return {"part": span.part, "start": span.start, "end": span.end, "quote": span.quote}


def span_from_json(value: Mapping[str, Any]) -> Span:
    """Read a span back."""
    return Span(part=value["part"], start=value["start"], end=value["end"], quote=value["quote"])


def reasons_to_json(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Write reasons as JSON; what is empty is left out."""
    return [
        {"code": reason.code, "detail": reason.detail}
        | ({"span": span_to_json(reason.span)} if reason.span else {})
        | ({} if reason.entry is None else {"entry": reason.entry})
        for reason in reasons
    ]


def reasons_from_json(values: Sequence[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Read reasons back."""
    return tuple(
        Reason(
            code=value["code"],
            detail=value["detail"],
            span=span_from_json(value["span"]) if "span" in value else None,
            entry=value.get("entry"),
        )
        for value in values
    )


def change_to_row(change: PolicyChange) -> dict[str, Any]:
    """Give the columns of ``policy_changes`` that hold the change itself (not its article, position or id)."""
    row = {name: getattr(change, name) for name in _PLAIN}
    return row | {"evidence": span_to_json(change.evidence), "reasons": reasons_to_json(change.reasons)}


def change_from_row(row: Mapping[str, Any] | RowMapping) -> PolicyChange:
    """Read a change from a row of ``policy_changes`` (``result.mappings()``)."""
    return PolicyChange(
        **{name: row[name] for name in _PLAIN},
        evidence=span_from_json(row["evidence"]),
        reasons=reasons_from_json(row["reasons"]),
    )


def change_to_json(change: PolicyChange) -> dict[str, Any]:
    """Write a change as JSON, for a column that holds a whole one."""
    row = change_to_row(change)
    return row | {
        "action": change.action.value,
        "stage": change.stage.value,
        "targets": list(change.targets),
        "jurisdictions": list(change.jurisdictions),
    }


def change_from_json(value: Mapping[str, Any]) -> PolicyChange:
    """Read a change back from :func:`change_to_json`."""
    return change_from_row(
        dict(value)
        | {
            "action": Action(value["action"]),
            "stage": Stage(value["stage"]),
            "targets": tuple(value["targets"]),
            "jurisdictions": tuple(value["jurisdictions"]),
        }
    )
