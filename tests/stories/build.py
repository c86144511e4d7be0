"""Small builders for stories' tests: a change, an article, an analysis, a stored story."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import Action, Analysis, Article, PolicyChange, Span, Stage, StoryCandidate
from bot.stories import keys_for

T0 = datetime(2020, 6, 11, 12, tzinfo=UTC)


def change(actor: str = "Microsoft", action: str = "halt", **fields: Any) -> PolicyChange:
    """A primary change; ``says`` is its evidence."""
    says = fields.pop("says", f"{actor} {action} facial recognition.")
    stage = Stage(fields.pop("stage", "announced"))
    fields.setdefault("line", f"{actor} {action}")
    fields.setdefault("score", 0.9)
    return PolicyChange(
        actor=actor, action=Action(action), evidence=Span("text", 0, len(says), says), stage=stage, **fields
    )


def article(title: str = "Microsoft will not sell face recognition to police", **fields: Any) -> Article:
    """An article; ``day`` counts from 11 June 2020."""
    at = T0 + timedelta(days=fields.pop("day", 0.0))
    fields.setdefault("url", f"https://news.example/{abs(hash((title, at))) % 10**9}")
    fields.setdefault("text", "")
    fields.setdefault("source_id", "daily-example")
    fields.setdefault("published", at)
    return Article(
        canonical_url=fields.pop("canonical_url", fields["url"]),
        discriminator="",
        title=title,
        first_seen=fields["published"],
        **fields,
    )


def analysis(*changes: PolicyChange) -> Analysis:
    """What an article says, strongest first."""
    primary = any(one.primary for one in changes)
    return Analysis(changes, max((one.score for one in changes), default=0.0), primary, on_topic=True, reasons=())


def story(
    story_id: int, lead: PolicyChange, *titles: str, day: float = 0.0, last: float | None = None, **fields: Any
) -> StoryCandidate:
    """A stored story whose reports span ``day`` to ``last``; told unless said otherwise."""
    fields.setdefault("told", True)
    fields.setdefault("stage", lead.stage)
    return StoryCandidate(
        story_id=story_id,
        change=lead,
        stage_at=T0 + timedelta(days=day),
        first_at=T0 + timedelta(days=day),
        last_at=T0 + timedelta(days=day if last is None else last),
        titles=titles,
        **fields,
    )


__all__ = ["T0", "analysis", "article", "change", "keys_for", "story"]
