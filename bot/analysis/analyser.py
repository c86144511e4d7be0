"""The analysis of one article: read, judge, score, compose. Pure and deterministic."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date
from functools import lru_cache

from bot.analysis.changes import Candidate, candidates
from bot.analysis.compose import Composer
from bot.analysis.dates import resolve
from bot.analysis.deciders import Deciders
from bot.analysis.features import Features, features
from bot.analysis.fields import FieldReader, Fields
from bot.analysis.frames import Frame
from bot.analysis.glance import Glance
from bot.analysis.judging import Judged, judge, judge_one
from bot.analysis.leads import bare_lead, settle_action
from bot.analysis.lexicon import Found, Lexicon
from bot.analysis.phrases import Phrased, PhraseReader, phrases_of
from bot.analysis.quotes import Quotation, open_questions, quotations, said
from bot.analysis.reading import Reading, read_article
from bot.analysis.stages import stage_of
from bot.analysis.who import Cast, Who
from bot.model import Action, Analysis, Article, PolicyChange, Reason, Span, Stage
from bot.topic import Topic, Vocabulary

NOT_ON_TOPIC = Analysis((), 0.0, False, False, (Reason("no_topic", "the technology is not mentioned"),))
MAX_REASONS = 6


class Analyser:
    """A topic's vocabulary, compiled once, and the analysis with it."""

    def __init__(self, topic: Topic) -> None:
        """Compile every language; some tens of milliseconds."""
        self.topic = topic
        first = next(iter(topic.vocabularies.values()), None)
        self._languages = {
            code: _Language(topic, _completed(vocabulary, first)) for code, vocabulary in topic.vocabularies.items()
        }
        self._actors = {actor.name: actor for actor in topic.actors}

    def analyse(self, article: Article) -> Analysis:
        """What the bot sees in an article. Never raises for what an article holds; time is bounded by MAX_CHARACTERS."""
        language = self._languages.get(article.language[:2].lower()) or next(iter(self._languages.values()), None)
        if language is None:
            return NOT_ON_TOPIC
        return language.analyse(article)

    def features(self, title: str, text: str, language: str = "en") -> Features:
        """The facts that the score is made of, for training and explaining."""
        chosen = self._languages[language]
        reading = read_article(chosen.lexicon, title, text)
        return features(reading, judge(reading, Cast(self.topic, chosen.lexicon, (reading.title, reading.text))))

    def phrases(self, title: str, text: str, language: str = "en") -> Mapping[str, float]:
        """The phrases of an article with their values, for training."""
        reading = read_article(self._languages[language].lexicon, title, text)
        return phrases_of(reading.title, reading.text)


def _completed(vocabulary: Vocabulary, first: Vocabulary | None) -> Vocabulary:
    """A language without weights or line templates of its own takes those of the topic's first language."""
    if first is None:
        return vocabulary
    return replace(vocabulary, weights=vocabulary.weights or first.weights, lines=vocabulary.lines or first.lines)


@lru_cache(maxsize=4)
def _compiled(topic: Topic) -> Analyser:
    return Analyser(topic)


def analyse(article: Article, topic: Topic) -> Analysis:
    """What the bot sees in an article; the compiled topic is kept by its fingerprint."""
    return _compiled(topic).analyse(article)


class _Language:
    def __init__(self, topic: Topic, vocabulary: Vocabulary) -> None:
        self.topic = topic
        self.lexicon = Lexicon(topic, vocabulary)
        self.glance = Glance(self.lexicon)
        self.fields = FieldReader(self.lexicon)
        self.composer = Composer(self.lexicon)
        self.weights = vocabulary.weights
        self.phrases = PhraseReader(vocabulary.phrases) if vocabulary.phrases is not None else None
        self.source_actors = {actor.name: actor for actor in topic.actors}
        self.source_ids = {actor.id: actor for actor in topic.actors}

    def analyse(self, article: Article) -> Analysis:
        if not self.glance.sees(article.title, article.text):
            return NOT_ON_TOPIC
        reading = read_article(self.lexicon, article.title, article.text)
        if not reading.on_topic:
            return NOT_ON_TOPIC
        source_actor = self.source_actors.get(article.source_actor or "")
        town = self.lexicon.town_of(article.url)
        cast = Cast(self.topic, self.lexicon, (reading.title, reading.text), source_actor, town)
        judged = judge(reading, cast)
        facts = features(reading, judged)
        phrased = self.phrased(reading)
        score = self.score(facts, phrased)
        found = candidates(reading, judged, cast, score)
        if phrased is not None and score >= self.topic.digest:
            found = self._settled(found, phrased, reading, judged, cast, score)
        published = article.published.astimezone(UTC).date()
        self._recall(found, reading, published)
        quotes = quotations(reading)
        changes = tuple(self._change(one, reading, cast, published, quotes, lead=one is found[0]) for one in found)
        relevant = any(change.primary and change.score >= self.topic.digest for change in changes)
        reasons = (
            *_topic_reasons(reading),
            *self._score_reasons(facts, phrased),
            *(() if changes else (Reason("no_change", "nobody decides anything about the technology"),)),
        )
        return Analysis(
            changes, round(score if changes else min(score, 0.2), 4), relevant, True, reasons, open_questions(reading)
        )

    def phrased(self, reading: Reading) -> Phrased | None:
        """What the phrases say, in a language that has learned some."""
        return self.phrases.read(reading.title, reading.text) if self.phrases is not None else None

    def score(self, facts: Features, phrased: Phrased | None) -> float:
        """Probability that the article is about a policy change: a logistic model over named facts, and one over phrases."""
        total = self._share * sum(self.weights.get(name, 0.0) * value for name, value in facts.items())
        total += phrased.weight if phrased is not None else 0.0
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    @property
    def _share(self) -> float:
        return self.phrases.facts if self.phrases is not None else 1.0

    def _settled(
        self,
        found: list[Candidate],
        phrased: Phrased,
        reading: Reading,
        judged: list[Judged],
        cast: Cast,
        score: float,
    ) -> list[Candidate]:
        """The changes with a lead whose action grammar and phrases agree on; one from the phrases where there is none."""
        if not found or not found[0].primary:
            frame = bare_lead(reading, phrased)
            bare = judge_one(frame, reading, cast) if frame is not None else []
            found = [*candidates(reading, bare, cast, score), *found]
        if found and settle_action(found[0], phrased):
            found[0].who = Deciders(reading, judged, cast).of(found[0].frame, found[0].who)
        return found

    def _change(
        self, one: Candidate, reading: Reading, cast: Cast, published: date, quotes: list[Quotation], *, lead: bool
    ) -> PolicyChange:
        frame, who = one.frame, one.who
        found = reading.found(frame.sentence.part)
        support = one.support
        lesser = not one.primary or (not lead and frame.strength == "soft") or _reviewing(frame)
        if not lesser and frame.sentence.part != "title":
            support = [*support, *(other for other in reading.frames if other.sentence.part == "title")][:3]
        frame.stage = stage_of(one, reading)
        values = self.fields.read(frame, who, reading, published, support, alone=lesser)
        if frame.action in {"halt", "ban"} and _for_a_time(values) and who is not None and who.type in _OWN_HOUSE:
            frame.action = "pause"
        sentence = _sentence_span(found, frame.sentence.start, frame.sentence.end)
        actor = who.name if who is not None else ""
        quote, speaker = (
            (sentence.quote, None) if lesser else said(frame, who, one.support, reading, quotes, self.source_ids)
        )
        return PolicyChange(
            actor=actor,
            actor_id=who.id if who is not None else None,
            action=Action(frame.action),
            evidence=sentence,
            product=values.product,
            targets=values.targets,
            jurisdictions=values.jurisdictions,
            condition=values.condition,
            duration=values.duration,
            effective=values.effective,
            expires=values.expires,
            decided=self._decided(one, reading, published),
            stage=Stage(frame.stage),
            primary=one.primary,
            quote=quote,
            speaker=speaker,
            line=self._line(one, found, cast, values),
            score=round(one.score, 4),
            reasons=tuple(_change_reasons(one, found)),
        )

    def _line(self, one: Candidate, found: Found, cast: Cast, values: Fields) -> str:
        """The change line; whoever makes the product stands in it as the one it is done to, or not at all."""
        whom = cast.whom(one.frame, one.who, found)
        maker = next((term.ref.actor for term in found.terms if term.ref.words[0] == values.product), None)
        if maker is not None and any(who is not None and who.id == maker for who in (whom, one.who)):
            values = replace(values, product=None) if _is_named(values.product, whom or one.who) else values
        frame = _telling(one)
        return self.composer.line(frame, one.who, values, one.who.name if one.who is not None else "", whom)

    def _decided(self, one: Candidate, reading: Reading, published: date) -> str | None:
        """Approximate date of a recalled change; a primary's date is the article's."""
        if one.primary:
            return None
        found = reading.found(one.frame.sentence.part)
        words = self.fields.match("earlier", found.tokens.quote(one.frame.sentence.start, one.frame.sentence.end))
        return resolve(words, published, self.lexicon.months, past=True) if words else None

    def _recall(self, found: list[Candidate], reading: Reading, published: date) -> None:
        """What the lead's actor did earlier, by the date that its sentence gives, is background too."""
        for one in found[1:]:
            if one.primary and one.frame.sentence.part == "text":
                sentence = one.frame.sentence
                words = self.fields.match("earlier", reading.text.tokens.quote(sentence.start, sentence.end))
                when = resolve(words, published, self.lexicon.months, past=True) if words else None
                one.primary = when is None or not when < published.isoformat()[: len(when)]

    def _score_reasons(self, facts: Features, phrased: Phrased | None) -> list[Reason]:
        weighed = [
            (self._share * self.weights.get(name, 0.0) * value, name, f"ranker:{name}")
            for name, value in facts.items()
            if name != "bias"
        ]
        for phrase, value in phrased.strongest if phrased is not None else ():
            weighed.append((value, f'words "{phrase}"', f"phrases:{phrase}"))
        weighed.sort(key=lambda one: -abs(one[0]))
        return [
            Reason("score", f"{name} {value:+.1f}", entry=entry)
            for value, name, entry in weighed[:MAX_REASONS]
            if abs(value) >= 0.15
        ]


def _sentence_span(found: Found, start: int, end: int) -> Span:
    return Span(found.tokens.part, start, end, found.tokens.quote(start, end))


def _telling(one: Candidate) -> Frame:
    """The frame that the line is worded after: for a halt, one that says what is no longer offered."""
    if one.frame.action != "halt" or one.frame.act.refused or one.frame.act.withdrawn:
        return one.frame
    return next(
        (
            frame
            for frame in one.support
            if frame.action == "halt" and frame.act.negated and any(item.role == "supply" for item in frame.act.chain)
        ),
        one.frame,
    )


_OWN_HOUSE = frozenset({"platform", "vendor", "deployer", "organisation", "landlord", "police", "school"})
"""Whose own decision to stop for a time is a pause; a law or an order of five years is none."""
_SPAN = re.compile(r"\b(?:day|week|month|year)s?\b", re.IGNORECASE)


def _for_a_time(values: Fields) -> bool:
    return values.duration is not None and _SPAN.search(values.duration) is not None


def _reviewing(frame: Frame) -> bool:
    """A pledge to review something, which says nothing else."""
    return frame.action == "commit" and any(item.role == "review" for item in frame.act.chain)


def _is_named(product: str | None, who: Who | None) -> bool:
    """A product called like its maker: `Clearview` by Clearview AI."""
    return product is not None and who is not None and product.lower() in who.name.lower()


def _topic_reasons(reading: Reading) -> list[Reason]:
    for found in (reading.title, reading.text):
        for term in found.terms:
            if term.kind in {"core", "product"}:
                items = found.tokens.items
                span = _sentence_span(found, items[term.first].start, items[term.last - 1].end)
                return [Reason("topic", f"mentions {span.quote}", span, f"terms:{term.ref.id}")]
    return []


def _change_reasons(one: Candidate, found: Found) -> list[Reason]:
    items = found.tokens.items
    reasons = []
    for item in one.frame.act.chain[:5]:
        if item.mention is not None and item.last <= len(items):
            span = _sentence_span(found, items[item.first].start, items[item.last - 1].end)
            reasons.append(Reason("action", f"{item.role}: {span.quote}", span, f"senses:{item.mention.ref.id}"))
    if one.frame.act.negated:
        reasons.append(Reason("negated", "said in the negative"))
    if one.frame.act.modal:
        reasons.append(Reason("modality", one.frame.act.modal))
    if one.who is None:
        reasons.append(Reason("no_actor", "no actor is named"))
    elif one.who.guessed:
        reasons.append(Reason("actor", f"{one.who.name}: taken from elsewhere in the article", entry=_entry(one)))
    else:
        reasons.append(Reason("actor", one.who.name, entry=_entry(one)))
    if not one.primary:
        reasons.append(Reason("background", "recalled, not what the article is about"))
    return reasons


def _entry(one: Candidate) -> str | None:
    return f"actors:{one.who.id}" if one.who is not None and one.who.id else None
