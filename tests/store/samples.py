"""Values that store tests build on."""

from datetime import UTC, datetime
from typing import Any

from bot.model import (
    Action,
    Analysis,
    Article,
    Entry,
    PolicyChange,
    Reason,
    Source,
    Span,
    Stage,
    StoryPart,
    StoryPlan,
    StoryRole,
    Transition,
)

NOON = datetime(2020, 6, 11, 12, 0, tzinfo=UTC)


def source(source_id: str = "wire", **fields: Any) -> Source:
    return Source(**{"id": source_id, "name": source_id.title(), "url": f"https://{source_id}.example/feed"} | fields)


def entry(key: str = "e1", **fields: Any) -> Entry:
    return Entry(
        **{
            "source_id": "wire",
            "key": key,
            "url": f"https://wire.example/{key}",
            "title": f"Council votes on cameras, part {key}",
            "text": f"The council voted on {key} last night.",
            "published": NOON,
        }
        | fields
    )


def article(canonical_url: str = "https://wire.example/a", **fields: Any) -> Article:
    return Article(
        **{
            "canonical_url": canonical_url,
            "discriminator": "",
            "url": canonical_url + "?ref=rss",
            "title": "Microsoft will not sell to police",
            "text": "Microsoft said on Thursday it will not sell facial recognition to police.",
            "source_id": "wire",
            "published": NOON,
            "first_seen": NOON,
        }
        | fields
    )


def change(**fields: Any) -> PolicyChange:
    return PolicyChange(
        **{
            "actor": "Microsoft",
            "action": Action.HALT,
            "evidence": Span("text", 0, 9, "Microsoft"),
            "targets": ("police",),
            "jurisdictions": ("US",),
            "stage": Stage.ANNOUNCED,
            "line": "Microsoft will not sell facial recognition to US police",
            "score": 0.97,
        }
        | fields
    )


def analysis(*changes: PolicyChange, **fields: Any) -> Analysis:
    return Analysis(
        **{
            "changes": changes,
            "score": 0.9,
            "relevant": bool(changes),
            "on_topic": True,
            "reasons": (Reason("topic", "says facial recognition", Span("text", 0, 3, "Mic"), "terms:fr"),),
        }
        | fields
    )


def report(
    tx: Any, now: datetime, url: str, *changes: PolicyChange, story: int | None = None, rank: int = 2, **fields: Any
) -> int:
    """Store an article with these changes and let it begin a story, or join one; gives the story's id.

    The first change leads; further ones are background of ``also`` stories when they are not primary.
    """
    one = article(url, **fields)
    article_id, _ = tx.articles.add(one, analysis(*changes), "f")
    ids = tx.articles.save_changes(article_id, changes)
    lead = StoryPart(0, StoryRole.LEAD, story, transition=None if story else Transition.NEW)
    others = tuple(StoryPart(place, StoryRole.ALSO, None) for place in range(1, len(changes)))
    plan = StoryPlan((lead, *others), rank)
    events = tx.stories.apply(plan, article=one, article_id=article_id, changes=changes, change_ids=ids, now=now)
    return int(events[0].story_id)
