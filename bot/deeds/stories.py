"""What people do to stories: take, follow, dismiss, correct, merge, split, and keep a channel from more of it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from bot import labels, regrouping
from bot.alerts import routing
from bot.errors import UsageError
from bot.labels import name_of, ref_of, value_of
from bot.model import DeliveryKind, Route, Story
from bot.slack.asks import Asker
from bot.slack.ports import Done
from bot.slack.text import one_line
from bot.store import Tx
from bot.store.runtime import Label
from bot.wiring import Parts

DOUBLE_CLICK = timedelta(seconds=10)
"""A second click on *Follow* within this time is the same one; a later one ends following."""
MOST_TEXT = 300


def known(tx: Tx, ref: str) -> int:
    """Find the story that a name means now.

    Raises:
        UsageError: there is none.
    """
    story_id = tx.stories.resolve(ref)
    if story_id is None:
        raise UsageError(f"There is no story {one_line(ref, 20)}.")
    return story_id


class StoryDeeds:
    """Doers whose subject is a story. They hold the matching lock: what two people do at once happens one after the other."""

    _parts: Parts

    def take(self, ref: str, by: Asker, now: datetime) -> Done:
        """Note that a person takes care of a story; the first one stays."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            held = labels.standing(tx, story_id, now).taken
            if held is not None and held.person != by.user:
                return Done(f"{name_of(held)} takes care of {ref_of(story_id)} already.", ok=False)
            if held is None:
                labels.say(tx, ref_of(story_id), labels.TAKEN, by, now)
                labels.edit_messages(tx, story_id, now)
        taken = ref_of(story_id)
        return Done(f"You take care of {taken}; its messages say so.", release=taken)

    def release(self, ref: str, by: Asker, now: datetime) -> Done:
        """Undo :meth:`take`, for who took it."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            if tx.runtime.unlabel(ref_of(story_id), labels.TAKEN, person=by.user):
                labels.edit_messages(tx, story_id, now)
        return Done(f"You do not take care of {ref_of(story_id)}; anybody can.")

    def follow(self, ref: str, by: Asker, now: datetime) -> Done:
        """Have a person told directly of every later stage; a second time ends it."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            held = tx.runtime.labels(now, subject=ref_of(story_id), label=labels.FOLLOW)
            mine = next((one for one in held if one.person == by.user), None)
            if mine is not None and now - mine.at > DOUBLE_CLICK:
                tx.runtime.unlabel(mine.subject, labels.FOLLOW, person=by.user)
                return Done(f"You no longer follow {ref_of(story_id)}.")
            if mine is None:
                # A direct conversation can be looked up and edited; a person's id can only be posted to.
                channel = by.channel if by.channel.startswith("D") else by.user
                labels.say(tx, ref_of(story_id), labels.FOLLOW, by, now, channel=channel)
        return Done(f"You follow {ref_of(story_id)}: I write to you when it moves to another stage.")

    # --- not relevant --------------------------------------------------------------------------------------------------

    def dismiss(self, ref: str, reason: str, by: Asker, now: datetime) -> Done:
        """Mark a story as no policy change, everywhere."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            held = labels.dismissed(tx, story_id, now)
            if held is None:
                labels.say(tx, ref_of(story_id), labels.NOT_A_CHANGE, by, now, reason=one_line(reason, MOST_TEXT))
                labels.edit_messages(tx, story_id, now)
        who = "You" if held is None or held.person == by.user else name_of(held)
        return Done(f"{who} marked {ref_of(story_id)} as no policy change; it collapses in every channel.")

    def restore(self, ref: str, by: Asker, now: datetime) -> Done:  # noqa: ARG002 - of the port
        """Undo :meth:`dismiss`."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            if tx.runtime.unlabel(ref_of(story_id), labels.NOT_A_CHANGE):
                labels.edit_messages(tx, story_id, now)
        return Done(f"{ref_of(story_id)} counts as a policy change again.")

    def mute_here(self, ref: str, what: str, by: Asker, now: datetime) -> Done:
        """Keep ``by.channel`` from more like a story: ``what`` is `story`, `actor`, `action` or `place`."""
        if not by.channel:
            return Done("That works only in a channel.", ok=False)
        with self._parts.store.transaction(lock=True) as tx:
            story = tx.stories.get(known(tx, ref))
            assert story is not None  # known
            subject = _like(story, what)
            held = tx.runtime.labels(now, subject=subject, label=labels.MUTE_HERE, channel=by.channel)
            if not held:
                value = {"name": by.name, "story": story.ref}
                tx.runtime.label(Label(subject, labels.MUTE_HERE, by.user, now, by.channel, value))
                posts = [one for one in tx.outbox.by_story(story.id) if one.kind is DeliveryKind.POST]
                here = [one for one in posts if one.channel == by.channel]
                if what == "story":
                    unsent = [one.id for one in here if one.ts is None]
                    tx.outbox.cancel(unsent, f"muted in this channel by {by.name or by.user}")
                for post in here:
                    tx.outbox.request_edit(post.id, now)  # the message says who wants no more of it
        said = labels.mute_words(subject, self._parts.live.get().place_names)
        return Done(f"This channel hears nothing more {said}.", undo=subject)

    def unmute_here(self, subject: str, by: Asker, now: datetime) -> Done:
        """Undo :meth:`mute_here` in ``by.channel``, whoever did it; nothing of the meantime is sent."""
        with self._parts.store.transaction(lock=True) as tx:
            held = tx.runtime.labels(now, subject=subject, label=labels.MUTE_HERE, channel=by.channel)
            tx.runtime.unlabel(subject, labels.MUTE_HERE, channel=by.channel)
            for ref in {str(value_of(one).get("story") or one.subject) for one in held}:
                story_id = tx.stories.resolve(ref)
                posts = () if story_id is None else tx.outbox.by_story(story_id)
                for post in posts:
                    if post.kind is DeliveryKind.POST and post.channel == by.channel:
                        tx.outbox.request_edit(post.id, now)  # the message said who wanted no more of it
        said = labels.mute_words(subject, self._parts.live.get().place_names)
        return Done(f"Undone: this channel hears more {said}, from now on. Nothing of the meantime is sent.")

    # --- wrong story ---------------------------------------------------------------------------------------------------

    def correct(self, ref: str, text: str, by: Asker, now: datetime) -> Done:
        """Mark a story as corrected, and tell each of its channels once."""
        text = one_line(text, MOST_TEXT)
        if not text:
            return Done("Say what is right, in one sentence.", ok=False)
        with self._parts.store.transaction(lock=True) as tx:
            story_id = known(tx, ref)
            held = labels.standing(tx, story_id, now).corrected
            if held is None or value_of(held).get("text") != text:
                tx.runtime.unlabel(ref_of(story_id), labels.CORRECTED)
                labels.say(tx, ref_of(story_id), labels.CORRECTED, by, now, text=text)
                labels.edit_messages(tx, story_id, now)
                _announce(tx, story_id, f"Corrected by {by.name or by.user}: {text}", now)
        return Done(f"{ref_of(story_id)} is marked as corrected, and its channels are told.")

    def merge(self, ref: str, into: str, by: Asker, now: datetime) -> Done:
        """Make a story part of another."""
        with self._parts.store.transaction(lock=True) as tx:
            gone, kept = known(tx, ref), known(tx, into)
            if ref == into:
                return Done(f"{ref} is that story itself; name another one.", ok=False)
            if gone != kept:
                regrouping.merge(tx, kept, gone, now, by)
        return Done(f"{ref} is part of {into} now.")

    def split(self, ref: str, article_id: int, by: Asker, now: datetime) -> Done:
        """Make an article of a story a story of its own. Nobody is pinged."""
        with self._parts.store.transaction(lock=True) as tx:
            story_id, subject = known(tx, ref), f"article:{article_id}"
            done = tx.runtime.labels(now, subject=subject, label=labels.NOT_SAME)
            new = next(
                (value_of(one).get("new") for one in done if value_of(one).get("story") == ref_of(story_id)), None
            )
            if new is None or story_id in {each for each, _ in tx.stories.for_article(article_id)}:
                new = ref_of(regrouping.split(tx, story_id, article_id, now, by))
        return Done(f"That article is story {new} now; {ref_of(story_id)} goes on without it.")


def _like(story: Story, what: str) -> str:
    """The subject of a mute."""
    change = story.change
    match what:
        case "story":
            return story.ref
        case "actor":
            return f"actor:{change.actor}"
        case "action":
            return f"action:{change.action.value}"
        case "place" if change.jurisdictions:
            return f"place:{change.jurisdictions[0]}"
        case "place":
            raise UsageError(f"{story.ref} states no place; mute the story, its actor or its kind instead.")
        case _:
            raise UsageError(f"{one_line(what, 20)!r} cannot be muted; write story, actor, action or place.")


def _announce(tx: Tx, story_id: int, text: str, now: datetime) -> None:
    """Owe each channel one line below its latest message on a story, shown in the channel too, once for each wording."""
    latest = {one.channel: one for one in tx.outbox.by_story(story_id) if one.kind is DeliveryKind.POST}
    what = f"correction:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    for post in latest.values():
        if post.folded_into is None:
            route = Route(post.route, post.channel, broadcast=True)
            tx.outbox.enqueue(routing.reply(post.id, route, what, {"text": text}, story_id), now)
