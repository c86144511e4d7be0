"""One delivery of the outbox becomes one message. Pure: everything that is read arrives as an argument."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.model import Delivery, DeliveryKind, Message, StoryView
from bot.slack import blocks, reports
from bot.slack.text import escape, one_line
from bot.slack.values import Rendering, digest_from, marks_from, notice_from, telling_from

EVENT_TYPE = "policywatch"


def render(delivery: Delivery, view: StoryView | None, rendering: Rendering) -> Message:
    """Return the message that a delivery sends.

    Args:
        delivery: the claimed row; for an edit with the kind of the message that it edits. Its ``send_key`` becomes the message's metadata, its ``payload`` says what the story
            does not (:mod:`bot.slack.values`); with ``plain`` the blocks are left out.
        view: the story as it is now, for posts, edits and replies.
        rendering: names of places, marks, members of a catch-up.

    Raises:
        ValueError: the delivery needs a story and ``view`` is None.
    """
    payload = delivery.payload
    rendering = replace(rendering, marks=marks_from(payload, rendering.marks))
    message = _render(delivery, view, rendering)
    if delivery.plain:
        message = Message(message.text)
    return replace(message, metadata=metadata(delivery, view))


def metadata(delivery: Delivery, view: StoryView | None = None) -> dict[str, Any]:
    """Return the metadata by which a lost post is found again; empty for edits, which keep what the post carried."""
    if delivery.kind is DeliveryKind.EDIT or not delivery.send_key:
        return {}
    payload = {"key": delivery.send_key} | ({"story": view.story.ref} if view else {})
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def _render(delivery: Delivery, view: StoryView | None, rendering: Rendering) -> Message:
    payload = delivery.payload
    if delivery.kind is DeliveryKind.REPLY and payload.get("text"):
        return Message(escape(one_line(str(payload["text"]), 2_000)))
    message = _without_story(delivery, rendering)
    if message:
        return message
    if view is None:
        missing = f"delivery {delivery.id} ({delivery.kind}) needs its story"
        raise ValueError(missing)
    if delivery.kind is DeliveryKind.REPLY:
        return blocks.coverage_reply(view, rendering.articles)
    return blocks.alert(view, rendering, transition=delivery.transition, telling=telling_from(payload))


def _without_story(delivery: Delivery, rendering: Rendering) -> Message | None:
    payload = delivery.payload
    match delivery.kind:
        case DeliveryKind.NOTICE:
            return reports.notice(notice_from(payload))
        case DeliveryKind.DIGEST:
            return reports.digest(digest_from(payload), rendering.names)
        case DeliveryKind.WELCOME:
            counts = _count(payload.get("sources")), _count(payload.get("recent"))
            return blocks.welcome(*counts, sends=payload.get("sends") is not False)
        case DeliveryKind.CATCH_UP:
            return blocks.catch_up(rendering.members, rendering, per_hour=_per_hour(payload))
        case DeliveryKind.REPLY if payload.get("of") == "digest":
            return reports.digest_thread(digest_from(payload), rendering.names)
        case _:
            return None


def _per_hour(payload: Mapping[str, Any]) -> int | None:
    return _count(payload.get("per_hour")) if payload.get("over_limit") else None


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | float) else 0
