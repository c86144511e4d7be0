"""A delivery of the outbox as the message that is true now: reads the story, hands it to the blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.alerts import notices
from bot.model import Delivery, DeliveryKind, Message, StoryView
from bot.slack.render import render
from bot.slack.values import Rendering
from bot.store import Store

LISTED = 40
"""Reports that a coverage reply lists."""


class StoreRenderer:
    """Renders from the database. Implements :class:`bot.alerts.ports.Renderer`."""

    def __init__(
        self, store: Store, names: Mapping[str, str], public_url: str | None, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._names = names
        self._public_url = public_url
        self._clock = clock

    def render(self, delivery: Delivery) -> Message | None:
        """Render a delivery; None when its story is gone and there is nothing to say any more."""
        with self._store.reading() as tx:
            view = tx.stories.view(delivery.story_id) if delivery.story_id is not None else None
            if delivery.story_id is not None and view is None:
                return None
            members = tuple(found for one in _members(delivery) if (found := tx.stories.view(one)) is not None)
            articles = tuple(tx.stories.coverage(view.story.id, LISTED)) if view is not None else ()
        if delivery.kind is DeliveryKind.NOTICE:
            delivery = replace(delivery, payload=notices.worded(delivery.payload))
        rendering = Rendering(
            names=self._names,
            now=self._clock(),
            public_url=self._public_url,
            articles=articles,
            members=_once(members),
            why=delivery.route,
        )
        return render(delivery, view, rendering)


def _members(delivery: Delivery) -> list[int]:
    """Stories of a catch-up, as folding left them in the payload."""
    members = delivery.payload.get("members") or ()
    found = [one.get("story_id", one.get("story")) if isinstance(one, Mapping) else one for one in members]
    return [one for one in found if isinstance(one, int)]


def _once(views: tuple[StoryView, ...]) -> tuple[StoryView, ...]:
    return tuple({view.story.id: view for view in views}.values())
