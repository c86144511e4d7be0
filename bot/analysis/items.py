"""A sentence as the grammar sees it: the meaningful words in order, each as the part of speech that its place suggests."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeVar

from bot.analysis.lexicon import Found, Mention
from bot.analysis.text import Sentence, Token, behind_hyphen

T = TypeVar("T")
ItemKind = Literal["verb", "noun", "topic", "weak", "other", "name", "mark", "break", "comma"]


@dataclass(frozen=True, slots=True)
class Item:
    """One meaningful word group of a sentence."""

    kind: ItemKind
    first: int
    last: int
    role: str = ""
    """Role of a sense, class of a mark, introducing word class of a break."""
    form: str = ""
    """Form of a verb: b s d n g, P for a phrase."""
    mention: Mention | None = None
    word: str = ""
    """Its words, folded."""
    passive: bool = False


_NOT = frozenset(
    {"wont", "doesnt", "dont", "didnt", "cant", "couldnt", "wouldnt", "shouldnt"}
)  # as addresses spell them
_CURRENCIES = frozenset("$£€¥₹")
_MARKS = ("negation", "would", "may", "must", "expected", "future")
_START: Callable[[Mention], int] = attrgetter("first")
_BREAKS = ("condition", "background", "clause", "relative")


def items_of(found: Found, sentence: Sentence, *, title: bool) -> list[Item]:
    """The items of a sentence, in order."""
    return _Reader(found, sentence, title).read()


def _first_reading(readings: tuple[Mention, ...]) -> int:
    return readings[0].first


def _within(found: list[T], low: int, high: int, first: Callable[[T], int]) -> list[T]:
    """The part of a sorted list that begins at tokens ``low`` to ``high`` (exclusive)."""
    return found[bisect_left(found, low, key=first) : bisect_left(found, high, key=first)]


class _Reader:
    def __init__(self, found: Found, sentence: Sentence, title: bool) -> None:
        self.found = found
        self.tokens = found.tokens.items
        self.sentence = sentence
        self.title = title
        low, high = sentence.first, sentence.last
        self.terms = {one.first: one for one in _within(found.terms, low, high, _START)}
        self.names = {one.first: one for one in _within(found.names, low, high, _START)}
        self.senses: dict[int, tuple[Mention, ...]] = {}
        for readings in _within(found.senses, low, high, _first_reading):
            whole = self._whole(readings)
            if whole:
                self.senses[whole[0].first] = whole
        self.known = self.terms.keys() | self.names.keys() | self.senses.keys()
        self.term_tokens = {i for one in self.terms.values() for i in range(one.first, one.last)}
        self.name_ends = {one.last: one for one in self.names.values()}
        self.before: Item | None = None

    def read(self) -> list[Item]:
        items: list[Item] = []
        index = self.sentence.first
        while index < self.sentence.last:
            self.before = items[-1] if items else None
            item = self._at(index)
            if item is None:
                index += 1
                continue
            items.append(item)
            index = max(item.last, index + 1)
        return items

    def _whole(self, readings: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """Without readings whose split-off prefix does not follow before the next comma or full stop."""
        if all(not one.key.tail and one.ref.beside is None for one in readings):
            return readings
        return tuple(
            one
            for one in readings
            if (not one.key.tail or self._follows(one.last, one.key.tail))
            and (one.ref.beside is None or self._beside(one.last, one.ref.beside))
        )

    def _beside(self, index: int, name: str) -> bool:
        """A word of the class stands within the next few words."""
        return any(
            self.found.is_class(place, name) or (name == "money" and self.tokens[place].norm in _CURRENCIES)
            for place in range(index, min(index + 6, self.sentence.last))
        )

    def _follows(self, index: int, tail: str) -> bool:
        """The split-off part stands later in the clause and nothing that belongs to it comes after."""
        for place in range(index + 1, min(index + (25 if self.found.verb_final else 8), self.sentence.last)):
            if self.tokens[place].norm == tail:
                after = place + 1
                if after >= self.sentence.last or not self.tokens[after].word:
                    return True
                return self.found.is_class(
                    after, "conjunction", "preposition", "clause", "background", "by", "condition", "again"
                )
            if self.tokens[place].norm in {",", ";", ":", "."}:
                return False
        return False

    def _at(self, index: int) -> Item | None:  # noqa: PLR0911 - one return for each kind of word
        token = self.tokens[index]
        if not token.word:
            return self._punctuation(index, token)
        if index not in self.found.classes and index not in self.known:
            return None
        name = self.names.get(index)
        if name is not None and name.kind != "body" and (name.last - name.first > 1 or index not in self.senses):
            return Item("name", name.first, name.last, mention=name)
        mark = self._mark(index)
        senses = self.senses.get(index)
        if senses is not None and (self._mere_noun(index, senses) or self._particle(index)):
            senses = None
        if mark is not None and (senses is None or mark.last >= senses[0].last):
            return mark
        term = self.terms.get(index)
        if term is not None and (term.kind != "weak" or senses is None) and (name is None or term.kind != "other"):
            kind: ItemKind = "topic" if term.kind in {"core", "product"} else "weak" if term.kind == "weak" else "other"
            return Item(kind, term.first, term.last, mention=term)
        if name is not None and name.kind == "body" and (senses is None or self._body_first(index, name.last)):
            return Item("name", name.first, name.last, mention=name)
        if senses is not None and not self._compound(index):
            return self._sense(senses)
        if name is not None:
            return Item("name", name.first, name.last, mention=name)
        return self._break(index)

    def _body_first(self, index: int, last: int) -> bool:
        """`advocates`, `supervisors`: people, unless the place wants a verb."""
        if self._nounish(index) or index == self.sentence.first or self.tokens[index - 1].norm in {",", "and"}:
            return True
        return last in self.senses or self.found.is_class(last, "would", "may", "must", "future", "be", "have")

    def _particle(self, index: int) -> bool:
        """`gives … back`, not `backs`."""
        return self.found.is_class(index, "again") and (index - 1 in self.term_tokens or index in self.name_ends)

    def _mere_noun(self, index: int, readings: tuple[Mention, ...]) -> bool:
        """`the police force`, `the proposed rules`: a noun or adjective by its place, known to the vocabulary only as a verb."""
        forms = set("".join(one.key.form for one in readings))
        if not self.found.capitals and not self.tokens[index].capital:
            return False  # nouns have a capital here
        if forms <= {"b", "s"}:
            return self._nounish(index) and not self._verbal_before(index)
        if forms <= {"d", "n"}:
            if index > self.sentence.first and self.found.is_class(index - 1, "formerly"):
                return True
            beside = self.found.classes.get(index - 1, {}) if index > self.sentence.first else {}
            if "determiner" in beside or (
                "preposition" in beside and self.tokens[index - 1].norm in {"with", "of", "in", "for", "on"}
            ):
                return True
            last = readings[0].last
            noun_next = last in self.senses and any("N" in one.key.form for one in self.senses[last])
            return (
                noun_next
                and index - 1 not in {name.last - 1 for name in self.names.values()}
                and not self._be_before(index)
            )
        return False

    def _compound(self, index: int) -> bool:
        """`Trump-ordered plan`: part of an adjective."""
        return (
            index - 2 >= self.sentence.first
            and behind_hyphen(self.tokens, index)
            and all(code not in self.senses[index][0].key.form for code in "bsN")
        )

    def _punctuation(self, index: int, token: Token) -> Item | None:
        if token.norm == ",":
            return Item("comma", index, index + 1, word=",")
        if token.norm in {";", ":", "--", "|", "\u2026", "?", "!", "."} or (
            token.norm == "-" and token.gap and self._gap(index)
        ):
            inner_dot = token.norm == "." and not (self.title and index + 1 < self.sentence.last)
            if inner_dot and not self._ellipsis(index):
                return None
            return Item("break", index, index + 1, role="mark", word=token.norm)
        return None

    def _ellipsis(self, index: int) -> bool:
        return index > 0 and self.tokens[index - 1].norm == "."

    def _gap(self, index: int) -> bool:
        return index + 1 < len(self.tokens) and self.tokens[index + 1].gap

    def _mark(self, index: int) -> Item | None:
        at = self.found.classes.get(index)
        if at is None:
            return None
        for name in _MARKS:
            last = at.get(name)
            if last is not None:
                word = " ".join(token.norm for token in self.tokens[index:last])
                if name == "may" and self.tokens[index].norm == "may" and self._month(index):
                    return None
                return Item("mark", index, last, role=name, word=word)
        return None

    def _month(self, index: int) -> bool:
        before = self.tokens[index - 1].norm if index > self.sentence.first else ""
        after = self.tokens[index + 1].norm if index + 1 < self.sentence.last else ""
        return before in {"in", "since", "until", "last", "on", "by", "of"} or after[:1].isdigit()

    def _break(self, index: int) -> Item | None:
        at = self.found.classes.get(index, {})
        for name in _BREAKS:
            last = at.get(name)
            if last is not None:
                word = " ".join(token.norm for token in self.tokens[index:last])
                return Item("break", index, last, role=name, word=word)
        if "conjunction" in at:
            return Item("comma", index, at["conjunction"], word=self.tokens[index].norm)
        if "by" in at:
            return Item("mark", index, at["by"], role="by", word="by")
        if "instrument" in at:
            return Item("mark", index, at["instrument"], role="instrument", word=self.tokens[index].norm)
        return None

    def _sense(self, readings: tuple[Mention, ...]) -> Item:
        index = readings[0].first
        forms = "".join(one.key.form for one in readings)
        can_noun, can_verb = "N" in forms, any(code in forms for code in "bsdng")
        noun = can_noun and (not can_verb or self._is_noun(index, readings))
        wanted = "N" if noun else "bsdng" if can_verb else "P"
        best = next((one for one in readings if any(code in one.key.form for code in wanted)), readings[0])
        word = " ".join(token.norm for token in self.tokens[best.first : best.last])
        if noun:
            return Item("noun", best.first, best.last, role=best.kind, form="N", mention=best, word=word)
        if "P" in best.key.form and wanted == "P":
            return Item("verb", best.first, best.last, role=best.kind, form="P", mention=best, word=word)
        form = self._verb_form(best)
        return Item("verb", best.first, best.last, best.kind, form, best, word=word, passive=form == "n")

    def _is_noun(self, index: int, readings: tuple[Mention, ...]) -> bool:  # noqa: C901, PLR0911 - one rule a line, in order
        forms = "".join(one.key.form for one in readings)
        last = readings[0].last
        if self._verbal_before(index):
            return False
        if not self.found.capitals:
            return self.tokens[index].capital and (index > self.sentence.first or self._opening(index, last))
        if self._nounish(index) or (index > self.sentence.first and behind_hyphen(self.tokens, index)):
            return True
        last_item = self.before
        if last_item is not None and last_item.kind == "verb" and last_item.last == index and "g" not in forms:
            return last_item.role not in {"say", "neutral"} or "s" not in forms
        before = self.name_ends.get(index)
        if "rule" in {one.kind for one in readings} and before is None and "N" in forms and self.tokens[index - 1].word:
            return True
        after = self.tokens[last] if last < self.sentence.last else None
        if index - 1 in self.term_tokens or (after is None and before is None and not set("sdg") & set(forms)):
            return True
        if before is not None:
            if "s" in forms:
                return after is not None and after.norm in {"on", "of"} and not self.title
            if after is not None and after.norm in {"of", "on"}:
                return True
            if "b" in forms:
                return not (_plural(before, self.tokens) or self._joined(before))
            return "N" in forms and not any(code in forms for code in "dn")
        if after is not None and after.norm in {"on", "of", "against", "over"} and "g" not in forms:
            return True
        return "s" not in forms and "d" not in forms and "g" not in forms and self._opening(index, last)

    def _joined(self, name: Mention) -> bool:
        """`Bunnings and Kmart pause …`: two names make a plural subject."""
        before = name.first - 1
        return before > self.sentence.first and self.tokens[before].norm == "and" and before in self.name_ends

    def _opening(self, index: int, last: int) -> bool:
        """A noun opens the sentence; a base form before its object (`Ban face scans now`) is an imperative."""
        return index == self.sentence.first and not (last in self.term_tokens or last in self.names)

    def _verbal_before(self, index: int) -> bool:
        """After `to`, an auxiliary or an adverb in -ly that follows one stands a verb."""
        place = index - 1
        while place > self.sentence.first and (
            self.tokens[place].norm.endswith("ly") or self.tokens[place].norm == "not"
        ):
            place -= 1
        if place < self.sentence.first:
            return False
        at = self.found.classes.get(place, {})
        if place > self.sentence.first and self.found.classes.get(place - 1, {}).get("negation", 0) == place + 1:
            return True  # `no longer`
        if self.tokens[place].norm in {"to", "n't"} | _NOT or any(
            name in at for name in ("would", "may", "must", "do")
        ):
            return True
        return "future" in at or (self.tokens[place].norm.endswith("n't"))

    def _nounish(self, index: int) -> bool:
        """After an article, a possessive, a preposition or a number stands a noun, adjectives between them or not."""
        for place in range(index - 1, max(self.sentence.first - 1, index - 4), -1):
            token = self.tokens[place]
            if token.norm in {"'s", "'"} or token.norm[:1].isdigit():
                return place + 1 not in self.name_ends  # `Macy's stops …`: the name itself ends so
            at = self.found.classes.get(place, {})
            if at.get("negation", 0) > place + 1:
                return False  # `no longer`
            if "determiner" in at or (
                "preposition" in at and token.norm not in {"to", "as", "like", "than", "out", "off", "up"}
            ):
                return True
            if not token.word or at or place in self.senses or place in self.names or place in self.term_tokens:
                return False
            if place in {one - 1 for one in self.name_ends} or token.norm.endswith("ly"):
                return False
        return False

    def _verb_form(self, mention: Mention) -> str:
        codes = mention.key.form
        index = mention.first
        be = self._be_before(index) or self._be_after(mention)
        if "n" in codes and be:
            return "n"
        if "g" in codes:
            return "s" if be else "g"
        if "n" in codes and "d" in codes and "b" not in codes:
            return "n" if self._participle(mention) else "d"
        if "b" in codes:
            return "b" if "s" not in codes else "s"
        for code in "snbd" if self.found.verb_final else "nsdb":
            if code in codes:
                return code
        return "b"

    def _be_after(self, mention: Mention) -> bool:
        """`verboten werden`, at the end of a clause; `hat … verboten` is active."""
        if not self.found.verb_final:
            return False
        if self.found.is_class(mention.last, "be"):
            return True
        return any(self.found.is_class(place, "be") for place in range(self.sentence.first, mention.first)) and not any(
            self.found.is_class(place, "have") for place in range(self.sentence.first, mention.first)
        )

    def _be_before(self, index: int) -> bool:
        for place in range(index - 1, max(self.sentence.first - 1, index - 4), -1):
            at = self.found.classes.get(place, {})
            if "be" in at:
                return True
            norm = self.tokens[place].norm
            if not ("negation" in at or norm.endswith("ly") or norm in {"now", "also", "already", "again", "being"}):
                return False
        return False

    def _participle(self, mention: Mention) -> bool:  # noqa: PLR0911 - one rule a line, in order
        """`banned` without an auxiliary: a past tense when an object follows, else a headline's passive."""
        before = mention.first - 1
        at = self.found.classes.get(before, {}) if before >= self.sentence.first else {}
        if "have" in at or mention.kind == "say":
            return False
        if self.found.verb_final and any(
            self.found.is_class(place, "have") for place in range(self.sentence.first, mention.first)
        ):
            return False
        after = mention.last
        if after >= self.sentence.last:
            return True
        token = self.tokens[after]
        following = self.found.classes.get(after, {})
        if not token.word:
            return token.norm not in {'"', "'"}
        if "determiner" in following or after in self.names or after in self.term_tokens:
            return False
        if token.norm == "to":
            return mention.kind in {"order", "allow", "call", "require", "warn"}
        if "preposition" in following:
            return token.norm not in {"out", "off", "up"} and not self._votes_to(mention)
        return False

    def _votes_to(self, mention: Mention) -> bool:
        """`The council voted on Tuesday to ban …`: a name that decides, though a day stands before what it decides."""
        if mention.kind != "approve" or mention.first not in self.name_ends:
            return False
        soon = self.tokens[mention.last + 1 : min(mention.last + 5, self.sentence.last)]
        return any(token.norm == "to" for token in soon)


def _plural(mention: Mention, tokens: tuple[Token, ...]) -> bool:
    word = tokens[mention.last - 1].norm
    if mention.kind in {"place", "adjective"}:
        return False
    return word in {"police", "cops", "feds"} or (
        mention.kind == "body" and word.endswith("s") and not word.endswith("ss")
    )
