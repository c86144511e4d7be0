"""From entries to stories and owed messages: what one poll, or one article page, changes in the database.

Judging happens before the transaction, on values; :class:`Desk` then writes entry, article, changes, story and deliveries
inside the one transaction that the caller has opened under the matching lock.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import stories, wording
from bot.model import (
    Analysis,
    Article,
    Entry,
    Fingerprint,
    PolicyChange,
    Reason,
    Source,
    SourceKind,
    TextOrigin,
)
from bot.sources.articles import ArticlePage
from bot.sources.urls import host_of
from bot.store import Tx
from bot.store.entries import Changed
from bot.store.entries import Judgement as Verdict
from bot.telling import Edited, Teller, Told
from bot.wiring import Judgement

log = logging.getLogger(__name__)

THIN = 600
"""A feed text of fewer characters is too short to judge by itself: its page is fetched."""
MOST_EDITS = 24
"""Edits of one entry that are followed: two copies that take turns under one key must not keep us busy for ever."""
BORROWED = frozenset({"republished", "same_article"})
"""Verdicts of entries whose article another entry brought: its words are that one's."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with its article and what was seen in it."""

    entry: Entry
    article: Article
    analysis: Analysis
    fingerprint: Fingerprint | None
    """Of its words, for near-copies; only on-topic articles have one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A known entry whose words differ from those stored, with what was made of those."""

    entry: Entry
    changed: Changed
    article: Article | None
    """None: it has none of its own."""
    lead: PolicyChange | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A known entry with its article judged on the words that it has now."""

    entry: Entry
    changed: Changed
    article: Article | None = None
    """As it reads now; None: nothing of it is to be judged again."""
    analysis: Analysis | None = None
    fingerprint: Fingerprint | None = None
    correction: str | None = None
    """What the outlet says was wrong."""


def sort_out(tx: Tx, source: Source, entries: Sequence[Entry]) -> tuple[list[Entry], list[Stored]]:
    """Tell the new entries of a document, and those whose words were edited; the rest is as it was."""
    unknown, changed = tx.entries.compare(source.id, entries, most=MOST_EDITS)
    edited = []
    for entry in entries:
        known = changed.pop(entry.key, None)
        if known is None:
            continue
        own = known.article_id is not None and known.verdict not in BORROWED
        article = tx.articles.get(known.article_id) if own and known.article_id is not None else None
        lead = None
        if article is not None and article.id is not None:
            lead = next((change for change in tx.articles.changes(article.id) if change.primary), None)
        edited.append(Stored(entry, known, article, lead))
    return [entry for entry in entries if entry.key in unknown], edited


def judge_edit(judgement: Judgement, source: Source, stored: Stored, now: datetime) -> Edit | Judged:
    """Judge a known entry on its new words (CPU-bound, touches nothing).

    A page's text stays, it is fuller than the feed's: then only the title is new. Where the key was given to another
    item (one id for whatever is the latest), that is a new entry under a key of its own.
    """
    entry, before = stored.entry, stored.article
    if before is None:
        return Edit(entry, stored.changed)
    fresh = judge(judgement, source, entry, now)
    if stories.other_item(before, fresh.article, stored.lead, fresh.analysis.lead):
        same = fresh.article.canonical_url == before.canonical_url
        key = f"sha256:{hashlib.sha256(f'reused {entry.key} {entry.title}'.encode()).hexdigest()[:40]}"
        return judge(judgement, source, replace(entry, key=key, shared_link=entry.shared_link or same), now)
    kept = before.text_origin is TextOrigin.PAGE or stories.shortened(before.text, entry.text)
    after = replace(before, title=entry.title or before.title, text=before.text if kept else entry.text)
    if (after.title, after.text) == (before.title, before.text):
        return Edit(entry, stored.changed)
    analysis, fingerprint = examine(judgement, after)
    return Edit(entry, stored.changed, after, analysis, fingerprint, stories.correction(before, after))


def judge(judgement: Judgement, source: Source, entry: Entry, now: datetime) -> Judged:
    """Make an article of an entry and judge its text (CPU-bound, touches nothing)."""
    canonical, discriminator = stories.article_identity(entry)
    article = Article(
        canonical_url=canonical,
        discriminator=discriminator,
        url=entry.url or source.shown_url,
        title=entry.title,
        text=entry.text,
        source_id=source.id,
        published=entry.published or now,
        first_seen=now,
        language=(entry.language or source.language).split("-")[0].lower(),
        source_jurisdiction=source.jurisdiction,
        source_actor=source.actor,
    )
    if wording.is_version(article):
        article = _headed(judgement, article, source)
    analysis, fingerprint = examine(judgement, article)
    return Judged(entry, article, analysis, fingerprint)


def examine(judgement: Judgement, article: Article) -> tuple[Analysis, Fingerprint | None]:
    """Analyse a text. One that breaks the analysis is quarantined: it is stored, with the reason, and harms nothing else."""
    try:
        analyse = judgement.analyser.analyse
        analysis = wording.examine(article, analyse) if wording.is_version(article) else analyse(article)
        return analysis, stories.fingerprint(article.title, article.text) if analysis.on_topic else None
    except Exception as error:
        log.exception("analysis failed, article quarantined", extra={"url": article.url})
        reason = Reason("quarantined", f"the analysis failed on this text ({type(error).__name__})")
        return Analysis((), 0.0, relevant=False, on_topic=False, reasons=(reason,)), None


def _headed(judgement: Judgement, article: Article, source: Source) -> Article:
    """A document's version with a headline; with the plain one where the analysis breaks on it, which is quarantined then."""
    try:
        return wording.headed(article, source, judgement.analyser.analyse)
    except Exception:
        log.exception("no headline for a changed wording", extra={"url": article.url})
        return article


def with_page(article: Article, page: ArticlePage) -> Article:
    """An article with its page's words in place of the feed's; the feed's title stays, it is what outlets announce.

    The page's date counts where the feed gave none: an old article must not pass for today's.
    """
    published = article.published
    if not _dated(article) and page.published is not None:
        published = min(page.published, article.first_seen)
    title = article.title or page.title
    return replace(article, title=title, text=page.text, text_origin=TextOrigin.PAGE, published=published)


def named_by_page(article: Article, page: ArticlePage) -> str | None:
    """The canonical address by which a page calls itself, where that is another than the article's and of the same site.

    A reprint names the outlet it has the article from; that is a report of its own all the same.
    """
    if page.canonical_url is None or article.discriminator or host_of(page.canonical_url) != host_of(page.url):
        return None
    named = stories.canonical_url(page.canonical_url)
    return named if named != article.canonical_url else None


class AlreadyKnown(Exception):
    """An entry that was taken for new is stored already, or comes twice."""


class Desk(Teller):
    """Writes what was judged. One desk serves one source within one transaction."""

    def take(self, judged: Sequence[Judged], *, all_new: bool = False) -> list[Told]:
        """Store what is new of ``judged`` with verdict and reason; give what became of each that was new.

        Raises:
            AlreadyKnown: ``all_new`` was said, and one of them is not; the transaction is to be given up.
        """
        canonical = {one.entry.key: one.article.canonical_url for one in judged}
        added = self._tx.entries.add(self._source.id, [one.entry for one in judged], self._now, canonical)
        if all_new and len(added) < len(judged):
            raise AlreadyKnown
        again = self._tx.entries.republished(self._source.id, [one.entry for one in judged if one.entry.key in added])
        fresh = [one for one in judged if one.entry.key in added]
        fresh.sort(key=lambda each: each.article.published)
        own = [one for one in fresh if one.entry.key not in again]
        articles = self._tx.articles.add_many([(one.article, one.analysis) for one in own], self._judgement.fingerprint)
        stored = {id(one): article for one, article in zip(own, articles, strict=True)}
        told: list[Told] = []
        for number, one in enumerate(fresh):
            if id(one) in stored:
                fresh[number], article_id, created = self._unless_another(one, *stored[id(one)])
                told.append(self._article(fresh[number], article_id, created))
            else:
                earlier = again[one.entry.key]
                why = f"this source published the same words before, as entry {earlier.id}"
                told.append(Told("republished", why, article_id=earlier.article_id))
        self._tx.entries.judge_many(
            [
                Verdict(added[one.entry.key], result.verdict, result.reason, result.article_id)
                for one, result in zip(fresh, told, strict=True)
            ]
        )
        return told

    def _unless_another(self, one: Judged, article_id: int, created: bool) -> tuple[Judged, int, bool]:
        """An entry with its article: one of its own when that known at its address is another item of this source."""
        known = self._tx.articles.get(article_id) if not created and one.entry.guid is not None else None
        if known is None or known.source_id != self._source.id:
            return one, article_id, created
        lead = next((change for change in self._tx.articles.changes(article_id) if change.primary), None)
        if not stories.another_under_link(known, one.article, lead, one.analysis.lead):
            return one, article_id, created
        canonical, discriminator = stories.article_identity(replace(one.entry, shared_link=True))
        one = replace(one, article=replace(one.article, canonical_url=canonical, discriminator=discriminator))
        ((article_id, created),) = self._tx.articles.add_many(
            [(one.article, one.analysis)], self._judgement.fingerprint
        )
        return one, article_id, created

    def _article(self, one: Judged, article_id: int, created: bool) -> Told:
        if not created:
            why = f"the address is known as article {article_id}: {one.article.canonical_url}"
            return Told("same_article", why, article_id=article_id)
        self._ask_for_page(article_id, one.entry, one.article, one.analysis)
        dated = one.entry.published is not None
        told = self.tell(article_id, one.article, one.analysis, one.fingerprint, dated=dated, fresh=True)
        return replace(told, article_id=article_id)

    def _ask_for_page(self, article_id: int, entry: Entry, article: Article, analysis: Analysis) -> None:
        """Have the page read when the feed's text is thin, and the topic is there or the source has no other."""
        thin = entry.url is not None and len(article.text) < THIN and article.text_origin is TextOrigin.FEED
        if thin and (analysis.on_topic or self._source.dedicated) and self._source.kind is not SourceKind.DOCUMENT:
            self._tx.articles.want_page(article_id, article.url, self._now, self._state.last_ok_at)

    def page_arrived(self, article: Article, analysis: Analysis, fingerprint: Fingerprint | None) -> Told:
        """Replace an article's text by its page's and judge it again."""
        assert article.id is not None
        self._reword(article, analysis)
        told = self.tell(article.id, article, analysis, fingerprint, dated=_dated(article))
        for entry in self._tx.entries.of_article(article.id):
            if entry.verdict not in BORROWED:
                self._tx.entries.judge(entry.id, article.id, told.verdict, told.reason)
        return told

    def page_of(self, article: Article, other: Article) -> None:
        """Note that an article's page calls itself by the address of another that is known: nothing is told a second time."""
        assert article.id is not None
        why = f"its page says that it is article {other.id}: {other.canonical_url}"
        for entry in self._tx.entries.of_article(article.id):
            if entry.verdict not in BORROWED:
                self._tx.entries.judge(entry.id, article.id, "same_article", why)

    def edited(self, edits: Iterable[Edit]) -> list[Told]:
        """Store the new words of known entries and what follows from them; give what became of each judged again."""
        told = []
        for one in edits:
            if not self._tx.entries.reword(one.changed, one.entry):
                continue  # somebody else has stored other words meanwhile
            if one.article is None or one.article.id is None or one.analysis is None:
                continue
            self._reword(one.article, one.analysis)
            self._ask_for_page(one.article.id, one.entry, one.article, one.analysis)
            at = min(one.entry.updated or self._now, self._now)
            how = Edited(max(at, one.article.published), one.correction)
            result = self.tell(
                one.article.id, one.article, one.analysis, one.fingerprint, dated=_dated(one.article), edited=how
            )
            count = one.changed.updates + 1
            last = ", the last that is followed" if count >= MOST_EDITS else ""
            reason = f"{result.reason}; judged again on edited words (edit {count}{last})"
            self._tx.entries.judge(one.changed.id, one.article.id, result.verdict, reason)
            told.append(replace(result, article_id=one.article.id))
        return told

    def _reword(self, article: Article, analysis: Analysis) -> None:
        assert article.id is not None
        self._tx.articles.update_text(article.id, article.title, article.text, article.text_origin, article.published)
        self._tx.articles.rejudge(article.id, analysis, self._judgement.fingerprint)


def _dated(article: Article) -> bool:
    """Whether the source gave a date; else the first sight stands in its place."""
    return article.published != article.first_seen
