"""One article read with one vocabulary: tokens, mentions, and the frames of its sentences."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from bot.analysis.acts import Act
from bot.analysis.clauses import acts_of, fronted
from bot.analysis.frames import STRONG, Frame, frame_of
from bot.analysis.headlines import attributed
from bot.analysis.items import Item, items_of
from bot.analysis.lexicon import Found, Lexicon, Mention
from bot.analysis.order import verb_second
from bot.analysis.spotting import spotted
from bot.analysis.text import Sentence

MAX_SENTENCES = 120
"""Sentences of the text that are read for acts."""
LEAD = 4
"""Sentences at the top of the text that are read even when they do not name the technology."""
PLEDGES = 12
"""Sentences at the top of the text that are read when they hold a pledge or a call."""
SPOTTED = 2
"""Sentences of the text, and the headline, in which a decisive word is noted where the grammar finds no act."""
MAX_TOKENS = 160
"""A longer sentence is a list or a page's menu; its first part is read."""


@dataclass(slots=True)
class Reading:
    """What was found, before anything is judged."""

    title: Found
    text: Found
    frames: list[Frame] = field(default_factory=list)
    """In order of the article, title first."""
    title_topic: bool = False
    text_topic: bool = False
    lead_topic: bool = False
    """A core term stands in the first three sentences."""
    topic_sentences: set[tuple[str, int]] = field(default_factory=set)

    @property
    def on_topic(self) -> bool:
        """The article mentions the technology."""
        return self.title_topic or self.text_topic

    def found(self, part: str) -> Found:
        """Mentions of a part."""
        return self.title if part == "title" else self.text


def read_article(lexicon: Lexicon, title: str, text: str) -> Reading:
    """Find everything in an article."""
    title_tokens, text_tokens = lexicon.read("title", title), lexicon.read("text", text)
    title_words, text_words = lexicon.company(title_tokens), lexicon.company(text_tokens)
    reading = Reading(lexicon.find(title_tokens, text_words), lexicon.find(text_tokens, title_words))
    _mark_topic(reading)
    if not reading.on_topic:
        return reading
    for found in (reading.title, reading.text):
        for sentence in found.tokens.sentences[:MAX_SENTENCES]:
            if sentence.index <= LEAD or _mentions(found, sentence) or _pledges(found, sentence):
                reading.frames.extend(_frames(found, sentence))
    for order, frame in enumerate(reading.frames):
        frame.order = order
    return reading


def _mentions(found: Found, sentence: Sentence) -> bool:
    """The sentence names the technology or something that can stand for it; others say nothing about it."""
    place = bisect_left(found.terms, sentence.first, key=lambda term: term.first)
    return place < len(found.terms) and found.terms[place].first < sentence.last


def _pledges(found: Found, sentence: Sentence) -> bool:
    """`The company promised to review …`: a pledge or call in the upper part of an article may leave the technology unsaid."""
    if sentence.index > PLEDGES:
        return False
    place = bisect_left(found.senses, sentence.first, key=lambda readings: readings[0].first)
    while place < len(found.senses) and found.senses[place][0].first < sentence.last:
        if found.senses[place][0].kind in {"commit", "call"}:
            return True
        place += 1
    return False


def _mark_topic(reading: Reading) -> None:
    for found in (reading.title, reading.text):
        firsts = [term.first for term in found.terms if term.kind in {"core", "product"}]
        for sentence in found.tokens.sentences:
            if any(sentence.first <= first < sentence.last for first in firsts):
                reading.topic_sentences.add((sentence.part, sentence.index))
    parts = {part for part, _ in reading.topic_sentences}
    reading.title_topic, reading.text_topic = "title" in parts, "text" in parts
    reading.lead_topic = any(part == "text" and index <= 3 for part, index in reading.topic_sentences)


def _frames(found: Found, sentence: Sentence) -> list[Frame]:
    if sentence.last - sentence.first > MAX_TOKENS:
        sentence = Sentence(
            sentence.part, sentence.index, sentence.first, sentence.first + MAX_TOKENS, sentence.start, sentence.end
        )
    items = items_of(found, sentence, title=sentence.part == "title")
    if found.verb_final:
        items = verb_second(items)
    items = fronted(items)
    told = attributed(found, sentence, items) if sentence.part == "title" else None
    if told is not None:
        told.subjects = tuple(one for one in found.names if told.act.first <= one.first < told.act.last)
        return [told]
    frames: list[Frame] = []
    before = sentence.first
    for act in acts_of(items):
        _resumed(found, act)
        frame = frame_of(act, sentence)
        earlier, before = before, max(before, act.last)
        if frame is None:
            continue
        frame.subjects = _subjects(found, sentence, items, act, earlier)
        if _imperative(frame, items) or _impersonal(frame):
            ordered = any(item.role == "order" and item.last <= frame.act.first for item in items)
            frame.action, frame.strength = ("order", "legal") if ordered else ("call_for", "soft")
            frame.stage = "announced"
        frame.background = act.intro in {"background", "relative"} or _recalled(found, sentence, act.first)
        frames.append(frame)
    known = any((one.strength in STRONG or one.rejects) and not one.background for one in frames)
    if sentence.index <= SPOTTED and not known:
        one = spotted(found, sentence, items)
        if one is not None:
            one.subjects = _subjects(found, sentence, items, one.act, sentence.first)
            frames.append(one)
    return frames


def _resumed(found: Found, act: Act) -> None:
    """`to offer face recognition again`, `lets police have it back`: what is done again was stopped."""
    if act.kind not in {"use", "allow"} or not act.finite or act.negated or act.obj is None:
        return
    for index in range(act.first + 1, min(act.last + 5, len(found.tokens.items))):
        if found.tokens.items[index].norm in {",", "."}:
            return
        if found.is_class(index, "again"):
            act.kind, act.action = "event", "permit" if act.kind == "allow" else "resume"
            return


def _impersonal(frame: Frame) -> bool:
    """`It is hard to ban …`: an infinitive that nobody is the subject of."""
    limits = frame.act.head is not None and frame.act.head.role in {"limit", "stop"}
    return frame.act.modal == "to" and limits and not frame.subjects and not frame.act.passive


def _imperative(frame: Frame, items: list[Item]) -> bool:
    """`Ban it now`: a base form that opens its clause addresses somebody."""
    head = frame.act.head
    if (
        head is None
        or head.form != "b"
        or frame.act.modal
        or frame.act.negated
        or frame.strength not in {"decided", "use"}
    ):
        return False
    before = [item for item in items if item.last <= frame.act.first]
    return (
        head.first == frame.act.first
        and (not before or before[-1].kind == "break")
        and not (before and before[-1].role == "clause")
    )


def _subjects(found: Found, sentence: Sentence, items: list[Item], act: Act, before: int) -> tuple[Mention, ...]:
    """Names left of an act in its clause; in a clause without any, those of the sentence so far.

    The subject of a relative clause is the name before it (`Amazon, which paused …`), and what follows such a clause goes on
    with that name; a name after a comma or `and` begins a subject of its own (`…, and IBM ended …`). ``before`` is where the
    act before it ends.
    """
    breaks = [item for item in items if item.kind == "break" and item.last <= act.first]
    names = [one for one in found.names if sentence.first <= one.first < act.first]
    last = breaks[-1] if breaks else None
    if last is not None and last.role == "relative":
        named = [one for one in names if one.last <= last.first]
        if found.is_class(last.last, "pronoun"):
            return tuple(names)  # `told lawmakers that it no longer …`
        if act.intro == "relative" and not any(one.first >= last.last for one in names):
            beside = [one for one in named if last.first - one.last <= _BESIDE]
            return tuple(beside[-1:]) or tuple(names)
        if act.intro != "relative" and named and _closed(items, last, act):
            start = breaks[-2].last if len(breaks) > 1 else sentence.first
            return tuple(one for one in named if one.first >= start) or tuple(named)
    start = last.last if last is not None else sentence.first
    own = tuple(one for one in names if one.first >= start)
    fresh = tuple(one for one in own if one.first >= before)
    if fresh and before > start and _opens(found, fresh[0]):
        return fresh
    return own or tuple(names)


_BESIDE = 2
"""Tokens between a name and the relative clause that is about it."""


def _closed(items: list[Item], opening: Item, act: Act) -> bool:
    """A comma ends the relative clause before the act: `Amazon, which sold it, suspended …`."""
    return any(item.kind == "comma" and opening.last <= item.first and item.last <= act.first for item in items)


def _opens(found: Found, name: Mention) -> bool:
    """The name begins a clause after a comma, `and` or `but`."""
    index = name.first - 1
    while index > 0 and found.is_class(index, "determiner"):
        index -= 1
    return index >= 0 and found.is_class(index, "conjunction")


def _recalled(found: Found, sentence: Sentence, first: int) -> bool:
    """The act is said with `had`, `last year` or `joins` before it."""
    return any(found.tokens.items[index].norm == "had" for index in range(max(sentence.first, first - 3), first))
