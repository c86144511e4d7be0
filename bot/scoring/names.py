"""Are two names the same? Actors, places and targets as labels and decisions write them.

An actor is *exactly* right when both names belong to one entry of the vocabulary (or read alike where neither is in it).
It is right when moreover one speaks or acts for the other: a subsidiary and its parent (Amazon Web Services, Amazon), a
person and the organisation (Brad Smith, Microsoft), a place and its own council, parliament or government (Boston, Boston
City Council). A city's police and its council are two actors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from bot.topic import Topic

_TARGETS = {
    "public spaces": "public_space",
    "federal government": "government",
    "airports": "transport",
    "social media": "social_media",
}
"""Targets as one dialect of the labels writes them; those without a counterpart (`companies`) are not scored."""

_GOVERNING = (
    "{} government", "government of {}", "state of {}", "city of {}", "town of {}", "commonwealth of {}", "{} governor",
    "{} city council", "{} council", "{} legislature", "{} state legislature", "{} parliament", "{} lawmakers", "{} senate",
    "{} house", "{} mayor",
)  # fmt: skip
_PARENS = re.compile(r"\(([^)]*)\)")
_MARKS = re.compile(r"[^\w&+/]+")
_ENDINGS = re.compile(r" (members?|commissioners|councill?ors|officials)$")


def plain(name: str) -> str:
    """A name without case, accents, dots, possessives, leading articles and `members`: `The U.S. Senate` is `us senate`."""
    decomposed = unicodedata.normalize("NFKD", name).replace("’", "'")
    text = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().replace(".", "").replace("'s", "")
    text = _MARKS.sub(" ", text).strip().removeprefix("the ")
    return _ENDINGS.sub("", text)


class Names:
    """What the vocabulary knows of names; empty, names are only compared as they read."""

    def __init__(self) -> None:
        self._entries: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._places: dict[str, str] = {}
        self._governing: dict[str, str] = {}

    @classmethod
    def of(cls, topic: Topic) -> Names:
        """The names of a topic's actors and places."""
        names = cls()
        for place in topic.places:
            for name in (*place.names, *place.exact):
                names._add_place(place.code, name)
            for body in place.bodies:
                names._governing.setdefault(plain(body), place.code)
            for force in place.police:
                names._entries.setdefault(plain(force), f"police of {place.code}")
            names._entries.setdefault(plain(f"{place.name} police"), f"police of {place.code}")
        for actor in topic.actors:
            names.add_actor(actor.id, (actor.name, *actor.aliases, *actor.exact), actor.parent)
        return names

    def add_actor(self, entry: str, written: Iterable[str], parent: str | None = None) -> None:
        """One entry of the actors file with every way to write it."""
        for name in written:
            self._entries[plain(name)] = entry
        if parent:
            self._parents[entry] = parent

    def _add_place(self, code: str, name: str) -> None:
        key = plain(name)
        self._places.setdefault(key, code)
        self._governing.setdefault(key, code)
        for form in _GOVERNING:
            self._governing.setdefault(form.format(key), code)

    def same_actor(self, one: str, other: str) -> bool:
        """Exactly the same actor."""
        return bool(self._ways(one) & self._ways(other))

    def like_actor(self, one: str, other: str) -> bool:
        """The same actor, or one that acts for the other."""
        if self.same_actor(one, other):
            return True
        ours, theirs = self._kin(one), self._kin(other)
        return (
            bool(ours & self._ways(other))
            or bool(theirs & self._ways(one))
            or bool(self._rules(one) & self._rules(other))
        )

    def _ways(self, name: str) -> set[str]:
        """Keys of an actor: its entry, or else the name as it reads, with and without a remark in parentheses."""
        readings = {plain(name), plain(_PARENS.sub(" ", name))} if "(" in name else {plain(name)}
        entries = {self._entries[reading] for reading in readings if reading in self._entries}
        return entries or readings

    def _kin(self, name: str) -> set[str]:
        kin = set(self._ways(name))
        edge = set(kin)
        while edge := {self._parents[entry] for entry in edge if entry in self._parents} - kin:
            kin |= edge
        return kin

    def _rules(self, name: str) -> set[str]:
        """Codes of the places that this name governs."""
        return {self._governing[key] for key in (plain(name), plain(_PARENS.sub(" ", name))) if key in self._governing}

    def code(self, place: str) -> str:
        """A label's place as a code: names (`Ohio`) are looked up, codes stay as they are."""
        return self._places.get(plain(place), place)


def places_overlap(gold: Iterable[str], said: Iterable[str]) -> bool:
    """At least one place is in both, or lies within one of the other (`US-OR/Portland` within `US-OR`)."""
    theirs = list(said)
    return any(_within(g, s) or _within(s, g) for g in gold for s in theirs)


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith((f"{outer}-", f"{outer}/"))


def known_targets(
    given: Iterable[str], targets: Iterable[str], synonyms: Mapping[str, str] = _TARGETS
) -> frozenset[str]:
    """Targets of a label in the words of the interface; those without a counterpart are left out."""
    known = frozenset(targets)
    return frozenset(synonyms.get(one, one) for one in given) & known
