"""A delivery of the outbox as the message that is true now: reads the story, hands it to the blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot import labels
from bot.model import Delivery, DeliveryKind, Message, Related, StoryView, step_of
from bot.slack.render import render
from bot.slack.values import Marks, Rendering, story_url
from bot.store import Store, Tx

LISTED = 40
"""Reports that a coverage reply lists."""
WORKSPACE = "slack_workspace"
"""Fact that holds the address of the Slack workspace, by which messages can link to each other."""


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
        """Render a delivery; None when its story is gone, or dismissed or merged before it was told."""
        now, marks, step = self._clock(), Marks(), None
        told = delivery.transition if delivery.kind is DeliveryKind.POST else ""
        with self._store.reading() as tx:
            view = tx.stories.view(delivery.story_id, told) if delivery.story_id is not None else None
            if delivery.story_id is not None and view is None:
                return None
            views = (tx.stories.view(one) for one in _members(delivery))
            members = tuple(one for one in views if one is not None and not labels.dismissed(tx, one.story.id, now))
            articles = tuple(tx.stories.coverage(view.story.id, LISTED)) if view is not None else ()
            if view is not None and delivery.kind is DeliveryKind.POST:
                step = tx.stories.step(view.story.id, delivery.transition)
                then = tx.stories.change_at(view.story.id, delivery.transition)
                view = replace(view, story=replace(view.story, change=then)) if then else view
                view, marks = self._marked(tx, delivery, view, now)
                if delivery.parent_id is None and (marks.dismissed_by or marks.merged_into):
                    return None
        rendering = Rendering(
            names=self._names,
            now=now,
            public_url=self._public_url,
            marks=marks,
            articles=articles,
            members=_once(members),
            why=delivery.route,
            step=(step.stage, step.at) if step else None,
        )
        return render(delivery, view, rendering)

    def _marked(self, tx: Tx, delivery: Delivery, view: StoryView, now: datetime) -> tuple[StoryView, Marks]:
        """What people did to a message's story, and where the channel's other messages on it are.

        Of a story merged into one that the channel was told of too, the message points to that one; where it was not,
        it goes on as that story's message.
        """
        assert delivery.story_id is not None
        others = [
            one
            for one in tx.outbox.by_story(view.story.id)
            if one.kind is DeliveryKind.POST and one.channel == delivery.channel and one.ts is not None
        ]
        if delivery.story_id != view.story.id and others:
            own = tx.stories.get(delivery.story_id)
            gone = StoryView(own) if own is not None else view
            merger = labels.merged_by(tx, delivery.story_id, now)
            return gone, Marks(
                merged_into=self._related(tx, view, others[-1]), merged_by=merger.person if merger else None
            )
        said, muted = (
            labels.standing(tx, view.story.id, now),
            labels.muted_from(tx, view.story, delivery.channel, now),
        )
        mine = delivery.parent_id or delivery.id
        before, after = (
            [one for one in others if (one.id < mine) is earlier and one.id != mine] for earlier in (True, False)
        )
        if view.previous is not None and before and (url := _permalink(tx, before[-1])):
            view = replace(view, previous=replace(view.previous, url=url))
        return view, Marks(
            taken_by=said.taken.person if said.taken else None,
            dismissed_by=said.dismissed.person if said.dismissed else None,
            corrected=str(labels.value_of(said.corrected).get("text") or "") or None if said.corrected else None,
            corrected_by=said.corrected.person if said.corrected else None,
            muted_by=muted.person if muted else None,
            muted=labels.mute_words(muted.subject, self._names) if muted and ":" in muted.subject else "",
            forward=self._related(tx, view, after[-1]) if after else None,
        )

    def _related(self, tx: Tx, view: StoryView, message: Delivery) -> Related:
        """Another message on a story, as a link to it; where the workspace's address is not known, to the story."""
        story, best = tx.stories.get(view.story.id) or view.story, view.best or view.first
        url = _permalink(tx, message) or story_url(self._public_url, story.ref) or (best.url if best else None)
        return Related(story.ref, story.change.line, story.last_at, url, step_of(message.transition)[0])


def remember_workspace(store: Store, url: str, now: datetime) -> None:
    """Keep the address of the Slack workspace, with a slash at its end."""
    with store.transaction() as tx:
        tx.runtime.remember(WORKSPACE, url, now)


def _permalink(tx: Tx, message: Delivery) -> str | None:
    workspace = tx.runtime.recall(WORKSPACE)
    if not isinstance(workspace, str) or message.ts is None:
        return None
    return f"{workspace}archives/{message.channel}/p{message.ts.replace('.', '')}"


def _members(delivery: Delivery) -> list[int]:
    """Stories of a catch-up, as folding left them in the payload."""
    members = delivery.payload.get("members") or ()
    found = [one.get("story_id", one.get("story")) if isinstance(one, Mapping) else one for one in members]
    return [one for one in found if isinstance(one, int)]


def _once(views: tuple[StoryView, ...]) -> tuple[StoryView, ...]:
    return tuple({view.story.id: view for view in views}.values())
