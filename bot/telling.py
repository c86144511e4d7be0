"""What an article means for people: its changes go into the ledger and their stories, and the messages that follow are owed.

:class:`Teller` writes inside the one transaction that its caller has opened under the matching lock; what belongs together
and what is news is decided in :mod:`bot.stories`, which routes take it in :mod:`bot.alerts.routing`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from bot import labels, stories
from bot.alerts import routing
from bot.alerts.quiet import quiet_until
from bot.alerts.routing import Sighting
from bot.model import (
    Analysis,
    Article,
    CopyOf,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Fingerprint,
    Route,
    Source,
    SourceState,
    Story,
    StoryCandidate,
    StoryEvent,
    StoryPlan,
    StoryRole,
    Transition,
)
from bot.store import Tx
from bot.wiring import Judgement

FRESH = timedelta(hours=48)
"""A story this young that only baselines have seen may still alert when a watched source reports it."""
CONTEMPORARY = timedelta(days=14)
"""A report this close to a change of the curated history reports it; a later one retells it."""
ASKED = "asked"
"""Source id and discriminator of articles that somebody had analysed: nobody is told of them, and they join no story."""
OFF_TOPIC = "does not speak of facial recognition"
COVERAGE_FROM = 2
"""Sources from which on a message gets a thread reply that lists them."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one article, for the entry's verdict, `explain` and `replay`."""

    verdict: str
    """`change`, `ledger`, `background`, `no_change`, `off_topic`, `same_article`, `republished`, `quarantined`."""
    reason: str
    alert: str = "none"
    """`new`, `stage`, `update` or `none` (INTERFACE.md)."""
    story_id: int | None = None
    stories: tuple[int, ...] = ()
    copy_of: int | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """That an article's words were edited after it was stored."""

    at: datetime
    correction: str | None = None
    """What the outlet says was wrong, for those who were told."""


class Teller:
    """Tells of one source's articles, within one transaction."""

    def __init__(self, tx: Tx, judgement: Judgement, source: Source, state: SourceState, now: datetime) -> None:
        self._tx = tx
        self._judgement = judgement
        self._source = source
        self._state = state
        self._now = now

    @cached_property
    def _routes(self) -> tuple[Route, ...]:
        return self._tx.runtime.sync_routes(self._judgement.config.routes, self._now)

    def tell(
        self,
        article_id: int,
        article: Article,
        analysis: Analysis,
        fingerprint: Fingerprint | None,
        *,
        dated: bool,
        edited: Edited | None = None,
        fresh: bool = False,
    ) -> Told:
        """Put an article's changes into the ledger and its story, and owe the messages that follow.

        One that is told of again (its page arrived, its words were ``edited``) stays in its story. Once people have heard
        of it, it makes no second ping; only an edit that tells of another stage does. A ``fresh`` one was stored a moment ago,
        in this transaction: nothing is known of it.
        """
        ids = self._tx.articles.save_changes(article_id, analysis.changes, fresh=fresh)
        nothing = _nothing(analysis, edited)
        if nothing is not None:
            return nothing
        known = None if fresh else self._tx.stories.own(article_id)
        if edited is not None and known is not None:
            if not analysis.relevant:
                return self._unsaid(known, article_id, edited)
            known = replace(known, edited_at=edited.at)
        if not analysis.on_topic:
            return Told("off_topic", OFF_TOPIC)
        copied = known or self._copied(article_id, fingerprint)
        if fingerprint is not None:
            self._tx.stories.add_fingerprint(article_id, fingerprint, fresh=fresh)
        copy_id = copied.article_id if copied is not None and known is None else None
        if not analysis.relevant:
            # Below the digest threshold primaries stay ledger rows; what is recalled still attaches to its story.
            analysis = replace(analysis, changes=tuple(replace(change, primary=False) for change in analysis.changes))
        if not analysis.changes:
            return Told("no_change", self._why_silent(analysis), copy_of=copy_id)
        plan, recorded = self._assign(article, analysis, copied)
        copy_id = plan.copy_of if known is None else None
        if edited is not None:
            plan = _corrected(plan, edited)
        events = self._tx.stories.apply(
            plan,
            article=article,
            article_id=article_id,
            changes=analysis.changes,
            change_ids=ids,
            now=self._now,
            fresh=fresh,
        )
        if recorded is not None and events and events[0].role is StoryRole.LEAD:
            self._tx.stories.supersede(recorded, events[0].story_id)
        sighting = self._sighting(article, dated=dated)
        return self._announce(events, sighting, analysis, edited=edited, copy_of=copy_id)

    def _copied(self, article_id: int, fingerprint: Fingerprint | None) -> CopyOf | None:
        """The article seen before that this one is a near-copy of, with the stories that it joined."""
        if fingerprint is None:
            return None
        hit = stories.best(fingerprint, self._tx.stories.near(fingerprint.bands, but=article_id))
        return self._tx.stories.copy_of(hit[0], hit[1].reason) if hit else None

    def _assign(self, article: Article, analysis: Analysis, copied: CopyOf | None) -> tuple[StoryPlan, int | None]:
        """Decide which stories an article belongs to; also gives the curated one that its own is to take the place of."""
        also = [story_id for story_id, _ in copied.stories] if copied else ()
        found = self._tx.stories.candidates(stories.looks_for(article, analysis), also=also)
        candidates = [self._as_known(candidate) for candidate in found]
        rank = stories.rank(article, analysis.lead, self._source.category)
        plan = stories.assign(article, analysis, candidates, copied, rank=rank)
        recorded = _recorded(plan, article, candidates)
        if recorded is not None:
            others = [candidate for candidate in candidates if candidate.story_id != recorded]
            plan = stories.assign(article, analysis, others, copied, rank=rank)
        return plan, recorded

    def _unsaid(self, own: CopyOf, article_id: int, edited: Edited) -> Told:
        """Edited words state no change any more. What people were told stays told; what the outlet corrects, they hear."""
        lead = next(story_id for story_id, role in own.stories if role is StoryRole.LEAD)
        reason = f"its words were edited and state no change any more; s{lead} stays as it was told"
        if edited.correction:
            self._tx.stories.note_revision(lead, article_id, edited.correction, edited.at)
            self._revise(lead, edited.correction)
        told = dict.fromkeys(story_id for story_id, _ in own.stories)
        return Told("change", reason, story_id=lead, stories=tuple(told))

    def _as_known(self, candidate: StoryCandidate) -> StoryCandidate:
        """A story that nobody was told of while it was young (only baselines showed it) is no news any more."""
        strong = candidate.change.score >= self._judgement.routing.alert_score
        past = strong and self._now - candidate.first_at > FRESH
        return replace(candidate, told=True) if past and not candidate.told else candidate

    def _announce(
        self,
        events: Sequence[StoryEvent],
        sighting: Sighting,
        analysis: Analysis,
        *,
        edited: Edited | None,
        copy_of: int | None,
    ) -> Told:
        alert, reasons = "none", list[str]()
        for event in events:
            if event.transition is not None:
                if edited is not None and event.transition is Transition.STAGE:  # the step is as young as the edit
                    sighting = replace(sighting, published=edited.at, first_seen=edited.at, dated=True)
                told, why = self._transition(event, sighting)
                reasons.append(why)
                alert = event.transition.value if told else alert
            else:
                if event.revision:
                    self._revise(event.story_id, event.revision)
                if event.changed and self._refresh(event.story_id) and alert == "none":
                    alert = "update"
        lead = next((event for event in events if event.role is StoryRole.LEAD), None)
        verdict = (
            "change"
            if lead
            else "ledger"
            if any(c.score > 0 for c in analysis.changes) and not events
            else "background"
        )
        if lead and not reasons:
            reasons.append(f"another report of s{lead.story_id}")
        if not lead:
            reasons.append(self._why_silent(analysis))
        return Told(
            verdict,
            "; ".join(reasons),
            alert,
            lead.story_id if lead else None,
            tuple(dict.fromkeys(event.story_id for event in events)),
            copy_of,
        )

    def _sighting(self, article: Article, *, dated: bool) -> Sighting:
        return Sighting(
            published=article.published,
            first_seen=article.first_seen,
            dated=dated,
            category=self._source.category,
            source_added_at=self._state.added_at,
            alert_since=self._source.alert_since,
            baseline_at=None if self._in_baseline(article) else self._state.baseline_at,
            muted_until=self._state.muted_until,
            last_ok_at=self._state.last_ok_at,
        )

    def _transition(self, event: StoryEvent, sighting: Sighting) -> tuple[bool, str]:
        """Owe the messages of a transition. Gives whether anybody is told, and why or why not."""
        story = self._tx.stories.get(event.story_id)
        assert story is not None
        followers: tuple[Route, ...] = ()
        settings = self._judgement.routing
        if event.transition is Transition.STAGE:
            followers = labels.followers(self._tx, story, self._now)
            # Messages of the stages before link forward once the new one is there, which may settle first.
            linked_at = self._now + self._judgement.config.settings.edit_every + settings.settle
            labels.edit_messages(self._tx, story.id, self._now, linked_at)
        planned = routing.plan(story, event.key, sighting, (*self._routes, *followers), self._now, settings)
        said = labels.read_overlay(self._tx, story.id, self._now)
        plan = labels.overlay(planned, story, said, self._now, settings.members)
        for delivery in plan.deliveries:
            self._tx.outbox.enqueue(delivery, self._now)
        if plan.digest:
            self._tx.outbox.take_for_digest(plan.digest)
        # Who muted or snoozed it has heard what they want to hear of its appearing: that is settled as if it were told.
        if event.transition is Transition.NEW and self._settled(story, alerted=bool(planned.deliveries)):
            self._tx.stories.mark_told(story.id, alerted=bool(plan.deliveries))
        why = "; ".join(f"{verdict.route}: {verdict.how}, {verdict.reason}" for verdict in plan.verdicts)
        return bool(plan.deliveries), f"{story.ref} ({event.key}): {why or 'no route'}"

    def _why_silent(self, analysis: Analysis) -> str:
        return _why_silent(analysis, self._judgement.routing.digest_score)

    def _in_baseline(self, article: Article) -> bool:
        return self._state.baseline_at is None or article.first_seen <= self._state.baseline_at

    def _settled(self, story: Story, *, alerted: bool) -> bool:
        """Whether a story's appearing is no news any more.

        Not yet: one below the alert threshold (a stronger report may alert), and a young one that only a baseline showed.
        """
        if alerted:
            return True
        if story.change.score < self._judgement.routing.alert_score:
            return False
        return self._now - story.first_at > FRESH

    def _refresh(self, story_id: int) -> bool:
        """Have a story's messages edited, and its coverage listed in their threads. Gives whether there is any message."""
        soon = self._now + self._judgement.config.settings.edit_every
        posts = _latest(self._tx.outbox.by_story(story_id))
        for post in posts.values():
            self._tx.outbox.request_edit(post.id, self._now, soon)
        story = self._tx.stories.get(story_id)
        if story is not None and story.source_count >= COVERAGE_FROM:
            for post in posts.values():
                if post.payload.get("thread", True):
                    self._list_coverage(post, story_id, soon)
        return bool(posts)

    def _list_coverage(self, post: Delivery, story_id: int, soon: datetime) -> None:
        owed = replace(
            routing.reply(post.id, _quiet(post), "coverage", {}, story_id), not_before=soon
        )  # gathers a few outlets before it first appears
        if self._tx.outbox.enqueue(owed, self._now) is None:
            for reply in self._tx.outbox.by_story(story_id):
                if reply.dedupe_key == owed.dedupe_key:
                    self._tx.outbox.request_edit(reply.id, self._now, soon)

    def _revise(self, story_id: int, text: str) -> None:
        """Tell a material revision in the threads of the story's messages."""
        added = not stories.corrects(text)
        what = f"revision:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        routes = {route.name: route for route in self._routes}
        story, said = self._tx.stories.get(story_id), labels.read_overlay(self._tx, story_id, self._now)
        for post in _latest(self._tx.outbox.by_story(story_id)).values():
            if story is None or said.dismissed or labels.mute_of(said.muted, post.channel, story):
                continue
            if added and post.ts is None and post.state is DeliveryState.PENDING:
                continue  # it is still to be posted, and will say so itself
            route = routes.get(post.route) or _quiet(post)
            owed = routing.reply(post.id, route, what, {"text": text}, story_id)
            self._tx.outbox.enqueue(replace(owed, not_before=quiet_until(route.quiet, self._now)), self._now)


def rejudge_silently(
    tx: Tx, judgement: Judgement, article: Article, analysis: Analysis, fingerprint: Fingerprint | None, now: datetime
) -> None:
    """Write a new judgement of a stored article: ledger and stories follow, nobody is told and nothing is edited."""
    assert article.id is not None
    tx.articles.rejudge(article.id, analysis, judgement.fingerprint)
    ids = tx.articles.save_changes(article.id, analysis.changes)
    if article.discriminator == ASKED or not (analysis.relevant and fingerprint):
        return
    own = tx.stories.own(article.id)
    candidates = tx.stories.candidates(
        stories.looks_for(article, analysis), also=[story_id for story_id, _ in own.stories] if own else ()
    )
    plan = stories.assign(article, analysis, candidates, own, rank=stories.rank(article, analysis.lead))
    events = tx.stories.apply(
        plan, article=article, article_id=article.id, changes=analysis.changes, change_ids=ids, now=now
    )
    for event in events:
        if event.transition is Transition.NEW:
            tx.stories.mark_told(event.story_id, alerted=False)


def _nothing(analysis: Analysis, edited: Edited | None) -> Told | None:
    """What is to be said of an article that concerns no story, as nearly every one: told without a look into the database."""
    quarantined = next((reason for reason in analysis.reasons if reason.code == "quarantined"), None)
    if quarantined is not None:
        return Told("quarantined", quarantined.detail)
    return Told("off_topic", OFF_TOPIC) if edited is None and not analysis.on_topic else None


def _recorded(plan: StoryPlan, article: Article, candidates: Sequence[StoryCandidate]) -> int | None:
    """The curated story that an article of its own time reports: the observed story takes its place.

    A later article retells the curated story and joins it in silence; one that moves it to another stage is news on it.
    """
    lead = plan.lead
    if lead is None or lead.story_id is None or lead.transition is not None:
        return None
    story = next((each for each in candidates if each.story_id == lead.story_id and each.curated), None)
    return story.story_id if story and article.published - story.first_at <= CONTEMPORARY else None


def _corrected(plan: StoryPlan, edited: Edited) -> StoryPlan:
    """Let the lead tell what the outlet says was wrong, unless it tells another stage."""
    if not edited.correction:
        return plan
    parts = (
        replace(part, revision=edited.correction)
        if part.role is StoryRole.LEAD and part.story_id is not None and part.transition is None
        else part
        for part in plan.parts
    )
    return replace(plan, parts=tuple(parts))


def _quiet(post: Delivery) -> Route:
    """The route of a message as far as a reply that must not broadcast needs it."""
    return Route(post.route, post.channel)


def _latest(deliveries: Sequence[Delivery]) -> dict[str, Delivery]:
    """The newest message of a story in each channel; what was folded into a catch-up has none of its own."""
    return {one.channel: one for one in deliveries if one.kind is DeliveryKind.POST and one.folded_into is None}


def _why_silent(analysis: Analysis, digest_score: float) -> str:
    """The sentence that people read when they ask why an article stayed silent."""
    telling = [reason.detail for reason in analysis.reasons if reason.code not in {"topic", "score"}]
    likeness = next((reason.entry for reason in analysis.reasons if reason.entry and ":like:" in reason.entry), None)
    if not telling and analysis.changes:
        telling = [f"score {analysis.score:.2f} is below {digest_score:g}"]
    like = f"reads like {likeness.rsplit(':', 1)[1].replace('_', ' ')}" if likeness else ""
    return "; ".join([*telling[:1], *([like] if like else [])]) or "no sentence states a policy change"
