"""The vocabulary of a topic in one automaton: one pass over a text finds every word, actor, place and sign.

Keys are token sequences joined by single spaces, so that hyphens, line breaks and punctuation between words do not matter
and no match begins or ends within a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import ahocorasick

from bot.analysis import inflect
from bot.analysis.matches import (
    KEPT,
    Key,
    Mention,
    covered,
    fold,
    longest,
    marked,
    marks_of,
    placed,
    raw_form,
    readings,
)  # fmt: skip
from bot.analysis.text import Tokens, read
from bot.topic import Actor, Place, Sense, Term, Topic, Vocabulary

__all__ = ["Found", "Key", "Lexicon", "Mention", "fold"]


@dataclass(slots=True)
class Found:
    """Everything found in one part of an article, by layer, in order of position."""

    tokens: Tokens
    terms: list[Mention] = field(default_factory=list)
    names: list[Mention] = field(default_factory=list)
    senses: list[tuple[Mention, ...]] = field(default_factory=list)
    """Each with its other readings: `plan` the verb, `plan` the noun."""
    targets: list[Mention] = field(default_factory=list)
    signs: list[Mention] = field(default_factory=list)
    verb_final: bool = False
    """The language puts infinitives and participles at the end of a clause."""
    capitals: bool = True
    """A capital inside a sentence marks a name."""
    classes: dict[int, dict[str, int]] = field(default_factory=dict)
    """By first token: class name -> last token (exclusive) of the longest match."""

    quoted: list[tuple[int, int]] | None = None
    """Token places of opening and closing quotation marks, once somebody has asked."""

    def is_class(self, index: int, *names: str) -> bool:
        """Whether a word of one of the classes begins at the token."""
        at = self.classes.get(index)
        return at is not None and any(name in at for name in names)


class Lexicon:
    """The compiled words of one language, with the names of actors and places."""

    def __init__(self, topic: Topic, vocabulary: Vocabulary) -> None:
        """Compile; takes some milliseconds for thousands of entries."""
        self.vocabulary = vocabulary
        self.topic = topic
        self.months = {word: number + 1 for number, word in enumerate(_words(vocabulary, "months"))}
        self.abbreviations = frozenset(word.replace(".", "") for word in _words(vocabulary, "abbreviations"))
        self.places = {place.code: place for place in topic.places}
        self.actors_by_place: dict[str, list[Actor]] = defaultdict(list)
        for actor in topic.actors:
            if actor.jurisdiction:
                self.actors_by_place[actor.jurisdiction].append(actor)
        self._towns = {
            place.name.lower().replace(" ", ""): place
            for place in sorted(topic.places, key=lambda place: place.rank)
            if place.kind in {"city", "county"} and len(place.name) >= _TOWN
        }
        self._verb_final = vocabulary.settings.get("order") == "verb-final"
        self._capitals = vocabulary.settings.get("capitals") != "nouns"
        self._german = vocabulary.language == "de"
        self._keys: dict[str, list[Key]] = defaultdict(list)
        self._add_terms()
        self._add_names()
        self._add_senses()
        self._add_classes()
        self._automaton = ahocorasick.Automaton()
        for text, keys in self._keys.items():
            self._automaton.add_word(f" {text} ", (text.count(" ") + 1, tuple(keys)))
        if self._keys:
            self._automaton.make_automaton()

    @property
    def size(self) -> int:
        """Number of distinct token sequences."""
        return len(self._keys)

    def town_of(self, url: str) -> Place | None:
        """The city or county whose name an outlet's address begins with: `portland.gov`, `www.bostonglobe.example`."""
        for label in url.partition("://")[2].partition("/")[0].lower().split(".")[:-1]:
            for length in range(len(label), _TOWN - 1, -1):
                if label[:length] in self._towns:
                    return self._towns[label[:length]]
        return None

    def topic_words(self) -> list[str]:
        """Token sequences that can put a text on topic."""
        return [
            words
            for words, keys in self._keys.items()
            if any(key.layer == "term" and key.kind in {"core", "product"} for key in keys)
        ]

    def read(self, part: Literal["title", "text"], source: str) -> Tokens:
        """Tokens of a part."""
        return read(part, source, self.abbreviations)

    def find(self, tokens: Tokens, other: str = " ") -> Found:
        """All mentions in a part.

        Args:
            tokens: the part.
            other: folded words of the rest of the article (:meth:`company`), for entries that need company.
        """
        found = Found(tokens, verb_final=self._verb_final, capitals=self._capitals)
        norms = [item.norm for item in tokens.items]
        present = other + self.company(tokens)
        layers: dict[str, list[Mention]] = {"term": [], "name": [], "sense": [], "target": [], "sign": []}
        for mention in self._matches(tokens, norms, present):
            layer = mention.key.layer
            if layer == "class":
                at = found.classes.setdefault(mention.first, {})
                at[mention.kind] = max(at.get(mention.kind, 0), mention.last)
            else:
                layers[layer].append(mention)
        found.terms = longest(layers["term"])
        found.names = longest(placed(layers["name"], present))
        found.senses = readings(layers["sense"], covered(found.terms))
        found.targets = longest(layers["target"])
        found.signs = sorted(layers["sign"], key=lambda mention: mention.first)
        return found

    def company(self, tokens: Tokens) -> str:
        """All words of a part, padded with spaces: what entries with `needs` or `context` look for their company in."""
        return " " + " ".join(item.norm for item in tokens.items if item.word or item.norm in KEPT) + " "

    def _matches(self, tokens: Tokens, norms: list[str], present: str) -> Iterator[Mention]:
        if not self._keys or not norms:
            return
        # Hyphens and quotes inside names must not hide them, so matching runs on word tokens only.
        places = [index for index, item in enumerate(tokens.items) if item.word or item.norm in KEPT]
        if not places:
            return
        joined = " " + " ".join(norms[index] for index in places) + " "
        at_end: dict[int, int] = {}
        position = 0
        for order, index in enumerate(places):
            position += len(norms[index]) + 1
            at_end[position] = order
        if self._german:
            yield from self._compounds(tokens, places)
        for end, (length, keys) in self._automaton.iter(joined):
            order = at_end[end]
            first, last = places[order - length + 1], places[order] + 1
            if last - first > length and not _bridgeable(tokens, first, last):
                continue
            for key in keys:
                if _fits(tokens, first, last, key, present):
                    yield Mention(first, last, key)

    def _compounds(self, tokens: Tokens, places: list[int]) -> Iterator[Mention]:
        """`Rekordbußgeld`, `Löschanordnung`: a noun that no entry holds means what its last part means."""
        for index in places:
            item = tokens.items[index]
            if not item.capital or len(item.norm) < _COMPOUND or item.norm in self._keys:
                continue
            for cut in range(3, len(item.norm) - 4):
                keys = [
                    key
                    for key in self._keys.get(item.norm[cut:], ())
                    if key.layer in {"sense", "name"} and ("N" in key.form or key.kind == "body")
                ]
                if keys:
                    for key in keys:
                        yield Mention(index, index + 1, replace(key, form="N") if key.layer == "sense" else key)
                    break

    def _put(self, text: str, key: Key) -> None:
        folded = fold(text)
        if folded:
            keys = self._keys[folded]
            if key.layer == "sense":
                for position, known in enumerate(keys):
                    if known.layer == "sense" and known.ref is key.ref and not known.tail:
                        keys[position] = Key("sense", key.kind, key.ref, known.form + key.form)
                        return
            keys.append(key)

    def _add_terms(self) -> None:
        language = self.vocabulary.language
        for term in self.vocabulary.terms:
            for word in inflect.plurals(term.words, language) if not term.exact else term.words:
                raw = raw_form(word) if term.exact else None
                self._put(word, Key("term", term.kind, term, raw=raw, needs=_folded(term.needs)))
        for actor in self.topic.actors:
            for product in actor.products:
                term = Term(f"product-of-{actor.id}", (product,), "product", actor=actor.id)
                self._put(product, Key("term", "product", term, capital=product[:1].isupper()))

    def _add_names(self) -> None:
        for actor in self.topic.actors:
            self._add_actor(actor)
        for place in self.topic.places:
            self._add_place(place)
        for body in self.vocabulary.bodies:
            for word in inflect.plurals(body.words, self.vocabulary.language):
                self._put(word, Key("name", "body", body.id))

    def _add_actor(self, actor: Actor) -> None:
        needs = _folded(actor.needs)
        exact = {raw_form(name) for name in actor.exact}
        for name in (actor.name, *actor.aliases):
            if raw_form(name) not in exact:
                self._put(name, Key("name", "actor", actor, capital=name[:1].isupper()))
        for name in actor.exact:
            self._put(name, Key("name", "actor", actor, raw=raw_form(name), needs=needs))

    def _add_place(self, place: Place) -> None:
        for name in place.names:
            for form in (name, name + "s") if self._german and name[-1:] not in "sxz" else (name,):
                self._put(form, Key("name", "place", place, capital=True))  # `Sachsens Landtag`
        for name in place.exact:
            self._put(name, Key("name", "place", place, raw=raw_form(name)))
        for name in place.adjectives:
            self._put(name, Key("name", "adjective", place, capital=True))
        if self._german:
            for form in inflect.german_adjectives(place.names, place.adjectives):
                self._put(form, Key("name", "adjective", place, capital=form[:1].isupper()))
        for kind, names in (("placebody", place.bodies), ("placepolice", place.police)):
            for name in names:
                # `SPD` is Seattle's police only where Seattle is named; elsewhere it is a party.
                needs = _folded(place.names) if name.isupper() and len(name) <= _SHORT else ()
                self._put(name, Key("name", kind, place, capital=True, needs=needs))

    def _add_senses(self) -> None:
        verb = inflect.german_verb if self._german else inflect.english_verb
        noun = inflect.german_noun if self._german else inflect.english_noun
        irregular = self.vocabulary.forms
        for sense in self.vocabulary.senses:
            for base in sense.verbs:
                self._add_sense(sense, verb(base, irregular))
                if self._german and "|" in base:
                    self._add_split(sense, base.partition("|")[0], inflect.german_split(base, irregular))
                elif not self._german and base.count(" ") == 1 and base.split()[1] in _PARTICLES:
                    head, particle = base.split()
                    self._add_split(sense, particle, inflect.english_verb(head, irregular))
            for base in sense.nouns:
                self._add_sense(sense, noun(base))
            self._add_sense(sense, dict.fromkeys(sense.phrases, "P"))

    def _add_split(self, sense: Sense, tail: str, forms: dict[str, str]) -> None:
        """`setzt … aus`, `turns … off`: the form alone, which counts when the rest follows in the clause."""
        for surface, codes in forms.items():
            self._keys[fold(surface)].append(Key("sense", sense.role, sense, form=codes, tail=tail))

    def _add_sense(self, sense: Sense, forms: dict[str, str]) -> None:
        for surface, codes in forms.items():
            self._put(surface, Key("sense", sense.role, sense, form=codes))

    def _add_classes(self) -> None:
        for name, group in self.vocabulary.classes.items():
            for word in group.words:
                self._put(word, Key("class", name, name))
        for target in self.vocabulary.targets:
            for word in target.words:
                self._put(word, Key("target", target.id, target.id))
        for confuser in self.vocabulary.confusers:
            for where, words in (("title", confuser.title), ("text", confuser.text), ("unless", confuser.unless)):
                for word in words:
                    self._put(word, Key("sign", f"{confuser.id}:{where}", confuser, marks=marks_of(word)))


_COMPOUND = 10
"""Letters of the shortest German compound that is taken apart."""
_ABBREVIATED = 2
"""Letters of a word whose full stop ends no sentence: `St.`, `Ft.`"""
_TOWN = 6
"""Letters of the shortest name of a town that is looked for in addresses."""
_SHORT = 3
"""Letters of an abbreviation that says too little alone."""
_PARTICLES = frozenset({"off", "out", "down", "back", "away", "aside", "on"})


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(word) for word in words)


def _words(vocabulary: Vocabulary, name: str) -> tuple[str, ...]:
    group = vocabulary.classes.get(name)
    return group.words if group else ()


def _bridgeable(tokens: Tokens, first: int, last: int) -> bool:
    """Only hyphens, quotes and slashes may stand between the words of one entry."""
    return all(
        item.word or (item.norm in {"-", "'", '"', "/", ".", "&", "+"} and not (item.norm == "." and item.gap))
        for item in tokens.items[first:last]
    ) and not any(
        tokens.items[index].norm == "."
        and tokens.items[index + 1].gap
        and tokens.items[index + 1].capital
        and len(tokens.items[index - 1].norm) > _ABBREVIATED  # `St. Paul`
        for index in range(first + 1, last - 1)
    )


def _fits(tokens: Tokens, first: int, last: int, key: Key, present: str) -> bool:
    if key.needs and not any(f" {need} " in present for need in key.needs):
        return False
    if key.marks != ("", "") and not marked(tokens, first, last, key.marks):
        return False
    if key.raw is not None:
        if tokens.shouting and not key.raw.isupper():
            return False
        raws = " ".join(item.raw for item in tokens.items[first:last] if item.word or item.norm in KEPT)
        return raws == key.raw
    return not key.capital or tokens.items[first].capital
