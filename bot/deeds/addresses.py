"""What people do about an address: analyse it now, suggest its site as a source, record that it was missed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import NamedTuple

from bot import intake, labels, stories
from bot.alerts import notices
from bot.errors import UsageError
from bot.model import Analysis, Article, Entry, Failure, Source, TextOrigin
from bot.slack.asks import Asker
from bot.slack.ports import Done
from bot.slack.text import safe_url
from bot.sources.articles import ArticlePage, extract, fetch_article
from bot.sources.robots import Robots
from bot.store import Tx
from bot.store.runtime import Label
from bot.telling import ASKED
from bot.wiring import Parts, make_fetcher

ASKED_SOURCE = Source(ASKED, "Analysed on request", "https://asked.invalid/", enabled=False)
"""What articles analysed on request belong to. It is in no configuration, so that nothing polls it."""


class _Asked(NamedTuple):
    """What an article that somebody asked for turned out to say."""

    verdict: str
    reason: str


class AddressDeeds:
    """Doers whose subject is an address."""

    _parts: Parts

    def analyse(self, url: str, by: Asker, now: datetime) -> Done:
        """Fetch and judge an address now, and store it, so that `why` knows it; no channel is told. May take a while.

        It is stored beside what a source may publish later under the same address, and joins no story: what is found by
        asking must not keep the channels from hearing of it when a source reports it.
        """
        url = _checked(url)
        known = self._known(url)
        if known is not None:
            return Done(known.reason)
        page = asyncio.run(self._fetch(url, now))
        if isinstance(page, Failure):
            return Done(f"That page could not be read: {page.detail}", ok=False)
        judgement = self._parts.live.get()
        article = _article(url, page, now)
        analysis, _ = intake.examine(judgement, article)
        with self._parts.store.transaction(lock=True) as tx:
            found = self._seen(tx, article, analysis)
            tx.sources.know(ASKED_SOURCE, now)
            article_id, _ = tx.articles.add(article, analysis, judgement.fingerprint)
            tx.articles.save_changes(article_id, analysis.changes)
            entry = Entry(ASKED, url, url, page.title, page.text, page.published)
            added = tx.entries.add(ASKED, [entry], now, {url: article.canonical_url})
            for entry_id in added.values():
                reason = f"{found.reason} Analysed on request of {by.name or by.user}; no channel was told."
                tx.entries.judge(entry_id, article_id, found.verdict, reason)
        return Done(self._known_or(url, found).reason)

    def _known_or(self, url: str, found: _Asked) -> _Asked:
        return self._known(url) or found

    def _known(self, url: str) -> _Asked | None:
        """What was made of an address before."""
        with self._parts.store.reading() as tx:
            found = tx.reports.explain(url, stories.canonical_url(url)).entries
        entries = sorted(found, key=lambda one: one.source_id == ASKED)
        return _Asked(entries[0].verdict, entries[0].reason) if entries else None

    async def _fetch(self, url: str, now: datetime) -> ArticlePage | Failure:
        async with make_fetcher(self._parts.settings, self._parts.config) as fetcher:
            fetched = await fetch_article(fetcher, Robots(fetcher), url, now)
        return fetched if isinstance(fetched, Failure) else await asyncio.to_thread(extract, fetched, now)

    def _seen(self, tx: Tx, article: Article, analysis: Analysis) -> _Asked:
        """Say what an article says, and of which story it would be."""
        lead = analysis.lead
        if lead is None or not analysis.relevant:
            telling = [one.detail for one in analysis.reasons if one.code not in {"topic", "score"}]
            why = telling[0] if telling else "no sentence states one"
            return _Asked("no_change", f"No policy change (score {analysis.score:.2f}): {why}.")
        candidates = tx.stories.candidates(stories.looks_for(article, analysis))
        plan = stories.assign(article, analysis, candidates, None)
        part = plan.lead
        story = f" It tells of s{part.story_id}." if part is not None and part.story_id is not None else ""
        return _Asked("change", f"A policy change (score {lead.score:.2f}): {lead.line} ({lead.stage.value}).{story}")

    def suggest_source(self, url: str, by: Asker, now: datetime) -> Done:
        """Note for the operators that an address should become a source, and tell them once."""
        url = _checked(url)
        subject, channels = labels.subject_of(url), self._parts.live.get().operators_channels
        with self._parts.store.transaction() as tx:
            if not tx.runtime.labels(now, subject=subject, label=labels.SUGGESTED):
                value = {"url": url, "name": by.name}
                tx.runtime.label(Label(subject, labels.SUGGESTED, by.user, now, value=value))
                for notice in notices.suggested(url, by.name or by.user, subject, channels):
                    tx.outbox.enqueue(notice, now)
        return Done(
            "Noted; the operators are told." if channels else "Noted for the operators: policywatch labels list"
        )

    def record_missed(self, url: str, by: Asker, now: datetime) -> Done:
        """Store a label: this address was a policy change and was not told. Its words are fetched where nobody has them."""
        url = _checked(url)
        subject = labels.subject_of(url)
        with self._parts.store.transaction() as tx:
            if not tx.runtime.labels(now, subject=subject, label=labels.MISSED):
                value = {"url": url, "name": by.name}
                tx.runtime.label(Label(subject, labels.MISSED, by.user, now, value=value))
        said = "Recorded as missed; it helps to improve what the bot sees."
        if self._known(url) is None and not self.analyse(url, by, now).ok:
            return Done(f"{said} The page itself could not be read.")
        return Done(said)


def _checked(url: str) -> str:
    checked = safe_url(url)
    if not checked:
        raise UsageError("Give one address that begins with http:// or https://.")
    return checked


def _article(url: str, page: ArticlePage, now: datetime) -> Article:
    """A page that somebody asked for; the discriminator keeps it apart from the article that a source may bring."""
    return Article(
        canonical_url=stories.canonical_url(url),
        discriminator=ASKED,
        url=url,
        title=page.title,
        text=page.text,
        source_id=ASKED,
        published=page.published or now,
        first_seen=now,
        language=(page.language or "en").split("-")[0].lower(),
        text_origin=TextOrigin.PAGE,
    )
