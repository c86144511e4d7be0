"""What Slack's commands and buttons read, answered from the database; and the app put together with it.

Implements :class:`bot.slack.ports.Queries`; :mod:`bot.deeds` implements the doers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from bot import labels, stories
from bot.deeds import Deeds
from bot.deeds.addresses import ASKED_SOURCE
from bot.model import (
    ArticleRef,
    Check,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Filters,
    Health,
    Route,
    SourceRow,
    Story,
    step_of,
)
from bot.queries import Reader
from bot.slack.app import build_app, make_desk
from bot.slack.asks import DEFAULT_SINCE, Ask, Vocabulary
from bot.slack.home import MOST_STORIES, RECENT
from bot.slack.ports import HomeView, Ledger, Listing, Muted, Shown, SourceCounts, StoryRow, Told, Why
from bot.slack.reports import digest_markdown
from bot.slack.routes import slack_routes as routes_for
from bot.slack.socketmode import SocketMode
from bot.slack.values import digest_from
from bot.slack.verify import Verifier
from bot.store import Tx
from bot.store.reports import Listed, Page
from bot.stories.stances import NO_STANCE, stances
from bot.telling import ASKED
from bot.wiring import Judgement, Parts

BROKEN = frozenset({Health.FAILING, Health.GONE})
COVERAGE = 20


def slack_routes(parts: Parts) -> Sequence[web.AbstractRouteDef]:
    """The route that Slack's HTTP requests come in on, with signature and replay checks."""
    assert parts.settings.slack_signing_secret is not None

    def use_signature(signature: str, now: datetime) -> bool:
        with parts.store.transaction() as tx:
            return tx.runtime.use_signature(signature, now)

    verifier = Verifier(parts.settings.slack_signing_secret, use_signature=use_signature, clock=parts.clock)
    return routes_for(_app(parts), verifier)


def socket_mode(parts: Parts) -> SocketMode:
    """The same app over a WebSocket that we open; needs SLACK_APP_TOKEN."""
    assert parts.settings.slack_app_token is not None
    return SocketMode(_app(parts), parts.settings.slack_app_token, base_url=parts.settings.slack_api_url)


def _app(parts: Parts):  # type: ignore[no-untyped-def]  # noqa: ANN202 - Bolt is untyped
    desk = make_desk(
        SlackReader(parts),
        Deeds(parts),
        parts.clock,
        token=parts.settings.slack_bot_token,
        base_url=parts.settings.slack_api_url,
        public_url=parts.settings.public_url,
    )
    return build_app(desk)


class SlackReader:
    """Readers for Slack. Each method is one short read transaction."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._reader = Reader(parts)
        self._vocabulary: tuple[Judgement, Vocabulary] | None = None

    def vocabulary(self) -> Vocabulary:
        """Names of the configuration in force, made once for each."""
        judgement = self._parts.live.get()
        if self._vocabulary is None or self._vocabulary[0] is not judgement:
            config = judgement.config
            made = Vocabulary(
                places=judgement.place_names,
                actors=tuple(actor.name for actor in config.topic.actors),
                sources={source.id: source.name for source in config.sources if source.enabled},
                categories=tuple(sorted({source.category for source in config.sources if source.category})),
            )
            self._vocabulary = (judgement, made)
        return self._vocabulary[1]

    def may_change(self, user: str) -> bool:
        """Whether a person may mute and the like, and sees source health: listed in `settings.operators`, or nobody is."""
        operators = self._parts.config.settings.operators
        return not operators or user in operators

    # --- stories -------------------------------------------------------------------------------------------------------

    def recent(self, ask: Ask, now: datetime) -> Listing:
        """Stories by filters, the newest first."""
        with self._parts.store.reading() as tx:
            page = tx.reports.recent(
                since=now - (ask.since or DEFAULT_SINCE),
                filters=self._filters(ask.filters),
                limit=ask.count,
                offset=ask.offset,
            )
            return self._listing(tx, page, ask)

    def search(self, ask: Ask, now: datetime) -> Listing:
        """Stories that hold all words."""
        with self._parts.store.reading() as tx:
            page = tx.reports.recent(
                since=now - ask.since if ask.since else None,
                filters=self._filters(ask.filters),
                words=ask.subject,
                limit=ask.count,
                offset=ask.offset,
            )
            return self._listing(tx, page, ask)

    def show(self, ref: str) -> Shown | None:
        """One story with coverage and stages."""
        with self._parts.store.reading() as tx:
            view = tx.stories.view(ref)
            if view is None:
                return None
            articles = tuple(tx.stories.coverage(view.story.id, COVERAGE))
            stages = tuple(
                StoryRow(view.story.ref, record.line or view.story.change.line, record.at, stage=record.stage)
                for record in tx.stories.stages(view.story.id)
            )
            told = told_rows(tx.outbox.by_story(view.story.id))
        return Shown(view, articles, stages, told)

    def stances(self, actor: str, now: datetime) -> Ledger:
        """An actor's stances now."""
        name = self._actor(actor)
        with self._parts.store.reading() as tx:
            ledger = {story.id: story for story in tx.reports.latest(name, but=NO_STANCE)}
            known = bool(ledger) or tx.reports.timeline(name, 0, 0)[1] > 0
        found = [one for one in stances(ledger.values(), now) if one.current]
        rows = tuple(_row(ledger[one.stories[0]]) for one in found if one.stories)
        return self._ledger(name, rows, len(rows), known=known)

    def timeline(self, actor: str, offset: int, count: int) -> Ledger:
        """Everything an actor did, the newest first."""
        name = self._actor(actor)
        with self._parts.store.reading() as tx:
            page, total = tx.reports.timeline(name, offset, count)
        return self._ledger(name, tuple(map(_row, page)), total, known=total > 0)

    def why(self, url: str) -> Why:
        """Why an address was, or was not, told."""
        with self._parts.store.reading() as tx:
            found = tx.reports.explain(url, stories.canonical_url(url))
        if not found.entries and not found.articles:
            return Why(url, seen=False)
        # What a source brought says what channels were told; what somebody asked for counts only without it.
        entries = sorted(found.entries, key=lambda one: one.source_id == ASKED)
        articles = sorted(found.articles, key=lambda one: one.article.source_id == ASKED)
        entry = entries[0] if entries else None
        article = articles[0] if articles else None
        member = article.memberships[0] if article and article.memberships else None
        lead = article.analysis.lead if article else None
        reasons = (*(lead.reasons if lead else ()), *article.analysis.reasons) if article else ()
        return Why(
            url,
            seen=True,
            title=article.article.title if article else entry.title if entry else "",
            source=self._source_name(entry.source_id) if entry else "",
            verdict=entry.reason if entry else "judged, without an entry",
            quote=lead.evidence.quote if lead else "",
            reasons=reasons,
            score=article.analysis.score if article and lead else None,
            told=told_rows(member.deliveries) if member else (),
            story=_row(member.story) if member else None,
        )

    def digest_markdown(self, key: str) -> str | None:
        """A digest that was sent, as Markdown."""
        with self._parts.store.reading() as tx:
            delivery = tx.outbox.by_key(key)
        names = self._parts.live.get().place_names
        return digest_markdown(digest_from(delivery.payload), names) if delivery else None

    # --- sources, routes, home -------------------------------------------------------------------------------------------

    def sources(self, now: datetime) -> tuple[SourceCounts, Sequence[SourceRow]]:
        """Counts, and the sources that are not well or muted, or whose polls warn of something."""
        rows = [row for row in self._reader.sources() if row.source.enabled]
        with self._parts.store.reading() as tx:
            counts = _counts(tx)
        troubled = [
            row
            for row in rows
            if row.state
            and (
                row.warning
                or row.state.health is not Health.OK
                or (row.state.muted_until is not None and row.state.muted_until > now)
            )
        ]
        return counts, troubled

    def status(self, now: datetime) -> Sequence[Check]:  # noqa: ARG002 - of the port
        """What readiness depends on."""
        return self._reader.checks()

    def routes(self, channel: str) -> Sequence[Route]:
        """Routes that send to a channel."""
        return [route for route in self._parts.routes() if route.channel == channel]

    def muted(self, channel: str, now: datetime) -> Sequence[Muted]:
        """What a channel hears nothing of."""
        return [one for one in self._muted(now) if one.channel == channel]

    def _muted(self, now: datetime) -> list[Muted]:
        names = self._parts.live.get().place_names
        with self._parts.store.reading() as tx:
            said = tx.runtime.labels(now, label=labels.MUTE_HERE)
        return [
            Muted(one.channel, one.subject, labels.mute_words(one.subject, names), one.person, one.at)
            for one in sorted(said, key=lambda one: one.at, reverse=True)
        ]

    def home(self, user: str, now: datetime) -> HomeView:
        """A person's Home tab."""
        operator = self.may_change(user)
        recent = self.recent(Ask("recent", since=RECENT, count=MOST_STORIES), now)
        with self._parts.store.reading() as tx:
            held = [label.subject for label in tx.runtime.labels(now, label=labels.FOLLOW) if label.person == user]
            followed = [view for subject in held if (view := tx.stories.view(subject)) is not None]
        return HomeView(
            recent,
            tuple(self._parts.routes()),
            tuple(_row(one.story, best=one.best) for one in followed),
            tuple(self.sources(now)[1]) if operator else (),
            tuple(self._reader.checks()) if operator else (),
            operator=operator,
            muted=tuple(self._muted(now)) if operator else (),
        )

    # --- parts -----------------------------------------------------------------------------------------------------------

    def _filters(self, filters: Filters) -> Filters:
        """A union as a filter takes its members in, and an actor is meant under any of its names."""
        members = self._parts.live.get().routing.members
        codes = [code for place in filters.jurisdictions for code in (place, *members.get(place, ()))]
        actors = tuple(dict.fromkeys(map(self._actor, filters.actors)))
        return replace(filters, actors=actors, jurisdictions=tuple(dict.fromkeys(codes)))

    def _listing(self, tx: Tx, page: Page, ask: Ask) -> Listing:
        rows = tuple(_row(one.story, one.at, one.best) for one in page.items)
        newest = () if rows else self._ever(tx, ask)
        last = _row(newest[0].story, newest[0].at, newest[0].best) if newest else None
        return Listing(rows, page.total, last, _counts(tx))

    def _ever(self, tx: Tx, ask: Ask) -> Sequence[Listed]:
        """The newest story of any age that answers the question, where none of the time asked for does."""
        if ask.verb == "search" and ask.since is None:
            return ()  # all time was asked for
        return tx.reports.recent(filters=self._filters(ask.filters), words=ask.subject, limit=1).items

    def _actor(self, name: str) -> str:
        known = self._parts.live.get().routing.aliases.get(name.casefold(), name)
        return known if known in self.vocabulary().actors else name  # places have aliases, too

    def _ledger(self, name: str, rows: tuple[StoryRow, ...], total: int, *, known: bool) -> Ledger:
        if known:
            return Ledger(name, rows, total)
        import difflib

        near = difflib.get_close_matches(name, self.vocabulary().actors, n=3)
        return Ledger(name if name in self.vocabulary().actors else None, (), 0, tuple(near))

    def _source_name(self, source_id: str) -> str:
        source = ASKED_SOURCE if source_id == ASKED else self._parts.live.get().sources.get(source_id)
        return source.name if source else source_id


def _row(story: Story, at: datetime | None = None, best: ArticleRef | None = None) -> StoryRow:
    return StoryRow(
        story.ref,
        story.change.line,
        at or story.first_at,
        story.change.jurisdictions,
        story.source_count,
        best.url if best else None,
        story.stage,
        curated=story.curated,
    )


_FATE = {
    DeliveryState.SENT: "told",
    DeliveryState.UNKNOWN: "being looked for: nobody knows whether Slack took it",
    DeliveryState.BLOCKED: "held until the channel lets the bot in",
    DeliveryState.DEAD: "refused by Slack",
    DeliveryState.DROPPED: "not sent",
}
"""What became of a message, in words; a state that is not here is on its way."""


def told_rows(deliveries: Iterable[Delivery]) -> tuple[Told, ...]:
    """What became of the messages on a story; replies and edits belong to them and are left out."""
    return tuple(
        Told(
            one.channel,
            one.route,
            " ".join(
                filter(
                    None,
                    (
                        _FATE.get(one.state, "on its way"),
                        f"as {step_of(one.transition)[0] or one.transition}" if one.transition else "",
                        "in a catch-up message" if one.folded_into is not None else "",
                    ),
                )
            ),
        )
        for one in deliveries
        if one.kind is DeliveryKind.POST
    )


def _counts(tx: Tx) -> SourceCounts:
    now_counts = tx.reports.source_counts()
    broken = sum(number for health, number in now_counts.health.items() if health in BROKEN)
    return SourceCounts(now_counts.total, broken, now_counts.last_polled_at)
