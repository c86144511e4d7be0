"""Which body a common noun means: `the council`, `commissioners`, `the regulator`, with the place that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.analysis.lexicon import Found, Lexicon, Mention
from bot.analysis.text import behind_hyphen
from bot.topic import PUBLIC_TYPES, Actor, Place, Topic


@dataclass(frozen=True, slots=True)
class Who:
    """An actor as the article shows it."""

    name: str
    type: str
    id: str | None = None
    place: str | None = None
    """Code of the jurisdiction it implies."""
    mention: Mention | None = None
    part: str = "title"
    guessed: bool = False
    """Not the grammatical subject: taken from elsewhere in the article."""
    oblique: bool = False
    """Stands after a preposition, so it may not be the subject after all."""

    @property
    def public(self) -> bool:
        """Has public authority."""
        return self.type in PUBLIC_TYPES


SPEAKERS = frozenset({"ngo", "person", "trade_body", "standards", "tracker"})


class Bodies:
    """The places of one article with their bodies: what common nouns stand for."""

    def __init__(
        self,
        topic: Topic,
        lexicon: Lexicon,
        parts: Sequence[Found],
        source_actor: Actor | None = None,
        town: Place | None = None,
    ) -> None:
        """Index what was found in the title and the text; ``town`` is the one that the outlet's address names."""
        self.town = town
        self.topic = topic
        self.lexicon = lexicon
        self.parts = parts
        self.source_actor = source_actor
        self.actors = {actor.id: actor for actor in topic.actors}
        self.by_place = lexicon.actors_by_place
        self.places = lexicon.places
        self.home = lexicon.places.get(lexicon.vocabulary.settings.get("home", ""))
        """The country that a text in this language means where it names none."""
        self.mentioned = [(found, one) for found in parts for one in found.names]

    def _office(self, place: Place) -> Who | None:
        """A body of the place that the article names: `the Telangana state election commission`."""
        for found, one in self.mentioned:
            if (
                one.kind != "body"
                or one.ref not in {"agency", "regulator", "police", "school"}
                or one.last - one.first < 2
            ):
                continue
            beside = self._place_beside(one, found)
            if beside is not None and beside.code == place.code:
                written = found.tokens.quote(found.tokens.items[one.first].start, found.tokens.items[one.last - 1].end)
                return Who(title_case(f"{place.name} {written}"), one.ref, None, place.code, one, found.tokens.part)
        return None

    def council(self, place: Place) -> str:
        """Name of the body that makes a place's rules."""
        if place.bodies:
            return place.bodies[0]
        return f"{place.name} Legislature" if place.kind == "state" else f"{place.name} City Council"

    # --- common nouns --------------------------------------------------------------------------------------------------

    def _body(self, mention: Mention, found: Found, place: Place | None) -> Who | None:
        kind: str = mention.ref
        if behind_hyphen(found.tokens.items, mention.first) and found.is_class(mention.first, "us-house"):
            return None  # `in-house counsel`
        word = " ".join(item.norm for item in found.tokens.items[mention.first : mention.last])
        chamber = self._chamber(kind, mention, found) if place is None else None
        if chamber is not None:
            return self._known(chamber, mention, found)
        kind, place, given = self._kind_and_place(kind, word, place)
        if kind in SPEAKERS | {"deployer"}:
            return self._speaker(mention, found, kind)
        named = self._worded(kind, self._fuller(kind, word), place) or self._named(kind, place)
        if named is None and kind == "executive" and place is not None and place.kind == "country":
            named = self._named("agency", place)
        if named is None and kind in {"regulator", "executive"} and place is not None:
            named = self._only(kind, place)
        if named is not None:
            return self._known(named, mention, found)
        if place is None or not given:
            code = place.code if place is not None else None
            return Who(self._as_written(mention, found), kind, None, code, mention, found.tokens.part)
        return Who(self._placed_body(kind, word, place), kind, None, place.code, mention, found.tokens.part)

    def _fuller(self, kind: str, word: str) -> str:
        """`the court` is the `High Court` that the article names in another place."""
        if word not in _PLAIN:
            return word
        for found, one in self.mentioned:
            if one.kind == "body" and one.ref == kind and one.last - one.first > 1:
                return " ".join(item.norm for item in found.tokens.items[one.first : one.last])
        return word

    def _known(self, actor: Actor, mention: Mention, found: Found) -> Who:
        code = first_code(actor.jurisdiction)
        return Who(actor.name, actor.type, actor.id, code, mention, found.tokens.part, guessed=True)

    def _kind_and_place(self, kind: str, word: str, place: Place | None) -> tuple[str, Place | None, bool]:
        """What kind of body a noun is where it stands, its place, and whether a text would call it by that place."""
        if place is None or (kind in {"city", "county", "school"} and place.kind in {"state", "country"}):
            place = self._near_place(kind) or place
        if word in _CHIEFS and place is not None and place.kind in {"city", "county"}:
            kind = "police"
        if word == "commission" and (place is None or place.code == "EU") and self._about("EU"):
            return "executive", self.places.get("EU", place), True
        if (
            kind == "city"
            and word.startswith("commissioner")
            and place is not None
            and place.kind in {"country", "state"}
        ):
            kind = "regulator"  # `Canadian commissioners`
        if kind in {"executive", "prosecutor"} and place is not None and place.kind in {"city", "county"}:
            place = self._near_place(kind)
        if kind in {"regulator", "court"} and place is None:
            return kind, self._near_country() or self.home, False
        return kind, place or (self.home if kind in {"executive", "legislature"} else None), True

    def _chamber(self, kind: str, mention: Mention, found: Found) -> Actor | None:
        """`Democrats`, `senators`, `a House panel`: the federal Congress, where the article is about federal matters or no state."""
        if kind != "legislature":
            return None
        for name in ("us-senate", "us-house", "us-congress"):
            if found.is_class(mention.first, name):
                federal = any(
                    one.kind == "actor" and one.ref.type in _FEDERAL and one.ref.jurisdiction == "US"
                    for _, one in self.mentioned
                ) or any("federal" in names for part in self.parts for names in part.classes.values())
                elsewhere = any(
                    one.kind in {"place", "adjective"} and one.ref.code != "US" for _, one in self.mentioned
                )
                return self.actors.get(name) if federal or not elsewhere else None
        return None

    def _placed_body(self, kind: str, word: str, place: Place) -> str:
        if kind in {"city", "county"} or (kind == "legislature" and place.bodies):
            return self.council(place)
        if kind == "police":
            return place.police[0] if place.police else f"{place.name} Police"
        if kind == "executive" and place.kind == "country":
            return f"{(place.adjectives or place.names)[0]} Government"
        word = {"gov": "governor", "sen": "senate"}.get(word, word)
        title = {"prosecutor": "Attorney General", "legislature": "Legislature"}.get(kind, title_case(word))
        return f"{place.name} {title}"

    def _about(self, code: str) -> bool:
        """The article names a place, or an actor of it."""
        return any(
            (one.kind in {"place", "adjective"} and one.ref.code == code)
            or (one.kind == "actor" and first_code(one.ref.jurisdiction) == code)
            for _, one in self.mentioned
        )

    def _near_country(self) -> Place | None:
        """The first country that the article names, that a place in it lies in, or that an actor in it belongs to."""
        for _, one in self.mentioned:
            if one.kind in {"place", "adjective", "placebody", "placepolice"}:
                return self._country(one.ref.code)
        for types in (PUBLIC_TYPES, _LOCAL):
            for _, one in self.mentioned:
                if one.kind == "actor" and one.ref.type in types and one.ref.jurisdiction:
                    return self._country(first_code(one.ref.jurisdiction) or "")
        return None

    def _country(self, code: str) -> Place | None:
        return self.places.get(code.partition("/")[0].partition("-")[0])

    def _around(self, place: Place | None) -> list[Place]:
        """A place and the places around it, the smallest first."""
        chain: list[Place] = []
        code: str | None = place.code if place is not None else None
        while code and len(chain) < _DEEP:
            inner = self.places.get(code)
            if inner is not None:
                chain.append(inner)
            code = inner.around if inner is not None else code.rpartition("-")[0] or None
        return chain

    def _worded(self, kind: str, word: str, place: Place | None) -> Actor | None:
        """The court or agency of the place, or around it, whose name has the words: `the high court`, `appeals court`."""
        if kind not in {"court", "agency", "executive"} or word in _PLAIN:
            return None
        for around in self._around(place):
            known = [
                one
                for one in self.by_place.get(around.code, ())
                if one.type == kind and any(f" {word} " in f" {name.lower()} " for name in (one.name, *one.aliases))
            ]
            if known:
                return known[0] if len(known) == 1 else None
        return None

    def _only(self, kind: str, place: Place) -> Actor | None:
        """The actor of a kind that a place has, or the place around it, where such a common noun can mean one only."""
        for around in self._around(place):
            known = [one for one in self.by_place.get(around.code, ()) if one.type == kind]
            if kind == "regulator":
                known = [one for one in known if _guards_data(one)] or known
            if len(known) == 1 or (known and kind == "regulator" and around.kind in {"country", "bloc"}):
                return known[0]
            if kind != "regulator":
                return None
        return None

    def _named(self, kind: str, place: Place | None) -> Actor | None:
        """An actor of the kind that the article names elsewhere (`the regulator` … `ICO`)."""
        for _, one in self.mentioned:
            if (
                one.kind == "actor"
                and one.ref.type == kind
                and (place is None or first_code(one.ref.jurisdiction) == place.code)
            ):
                return one.ref  # type: ignore[no-any-return]
        return None

    def _speaker(self, mention: Mention, found: Found, kind: str) -> Who:
        named = self._named(kind, None)
        if named is None and kind == "deployer":
            named = self._named("platform", None) or self._named("vendor", None)
        if named is not None:
            return self._known(named, mention, found)
        return Who(self._as_written(mention, found), kind, None, None, mention, found.tokens.part)

    def _as_written(self, mention: Mention, found: Found) -> str:
        """The noun with the capitalised words before it: `Sunnyvale City Council` for a town that no file knows; else the noun."""
        items = found.tokens.items
        noun = found.tokens.quote(items[mention.first].start, items[mention.last - 1].end)
        first = mention.first
        if items[first].capital:
            while first > 0 and items[first - 1].word and items[first - 1].capital and mention.first - first < 4:
                if found.is_class(first - 1, "determiner"):
                    break
                first -= 1
        name = found.tokens.quote(items[first].start, items[mention.last - 1].end)
        if found.tokens.part == "text" or self._is_name(name, noun, mention, found):
            return name
        return noun

    def _is_name(self, name: str, noun: str, mention: Mention, found: Found) -> bool:
        """Whether a headline's capitals tell a name: it has them where names have them only, or the text says the same."""
        if name == noun or not found.capitals:
            return False
        after = [item for item in found.tokens.items[mention.last :] if item.word and len(item.raw) > 3]
        plain = sum(not item.capital for item in after)
        return plain > len(after) / 2 or any(
            name.casefold() in part.tokens.source.casefold() for part in self.parts if part.tokens.part == "text"
        )

    def _body_beside(self, place: Mention, found: Found) -> Mention | None:
        """`Springfield councilors`, `the French interior ministry`, `the city of Portland`."""
        for one in found.names:
            if (
                one.kind == "body"
                and place.last <= one.first <= place.last + 2
                and self._joined(place.last, one.first, found)
            ):
                return one
        return next(
            (
                one
                for one in found.names
                if one.kind == "body" and one.last <= place.first <= one.last + 1 and self._of(one, place, found)
            ),
            None,
        )

    def _place_beside(self, body: Mention, found: Found) -> Place | None:
        for one in found.names:
            if one.kind in {"place", "adjective"}:
                if one.last <= body.first <= one.last + 2 and self._joined(one.last, body.first, found):
                    return one.ref  # type: ignore[no-any-return]
                if body.last <= one.first <= body.last + 1 and self._of(body, one, found):
                    return one.ref  # type: ignore[no-any-return]
        return None

    def _joined(self, start: int, end: int, found: Found) -> bool:
        """Only `'s` or one ordinary word between."""
        between = found.tokens.items[start:end]
        if not all(item.word for item in between):
            return False
        acts = {readings[0].first for readings in found.senses}
        return not any(
            index in acts or found.is_class(index, "preposition", "clause", "conjunction")
            for index in range(start, end)
        )

    def _of(self, body: Mention, place: Mention, found: Found) -> bool:
        between = [item.norm for item in found.tokens.items[body.last : place.first]]
        return between in (["of"], ["in"], [","], [])

    def _near_place(self, kind: str) -> Place | None:
        """The first place of the right size that the article names."""
        wanted = {
            "city": {"city", "county"}, "county": {"county"}, "police": {"city", "county"}, "legislature": {"state", "country", "bloc"},
            "executive": {"country", "state"}, "prosecutor": {"state"}, "regulator": {"country", "bloc"}, "school": {"city", "county"},
        }.get(kind)  # fmt: skip
        if wanted is None:
            return None
        for _, one in self.mentioned:
            if one.kind in {"place", "adjective", "placebody"} and one.ref.kind in wanted:
                return one.ref  # type: ignore[no-any-return]
        return self.town if "city" in wanted else None


def is_vague(who: Who) -> bool:
    """A mere noun: `police`, `a school`, `the regulator`, of no place and no name."""
    return is_noun(who) and who.type in _NOBODY


def is_noun(who: Who) -> bool:
    """A common noun, of no place and no name: `the regulator`, `a federal court`."""
    if who.id is not None or who.place is not None or who.mention is None or who.mention.kind != "body":
        return False
    return len(who.name.split()) <= who.mention.last - who.mention.first


_NOBODY = frozenset({"police", "school", "city", "county", "state"})
"""Kinds of which the noun alone says nothing; `a regulator`, `a federal court` say something."""


_DEEP = 4
_LOCAL = frozenset({"deployer", "school", "landlord"})
"""Companies that act in one country, whose authorities rule on them."""
_FEDERAL = frozenset({"legislature", "person", "agency"})
_PLAIN = frozenset(
    {
        "court",
        "judge",
        "judges",
        "jury",
        "tribunal",
        "agency",
        "department",
        "government",
        "administration",
        "officials",
        "state",
    }
)
"""Nouns that every court and agency has."""
_CHIEFS = frozenset({"chief", "superintendent"})
_DATA = ("privacy", "data", "information", "datenschutz", "informatique")


def _guards_data(actor: Actor) -> bool:
    names = " ".join((actor.name, *actor.aliases)).lower()
    return any(word in names for word in _DATA)


def first_code(jurisdiction: str | None) -> str | None:
    """The first of an actor's jurisdictions."""
    return jurisdiction.split("|")[0] if jurisdiction else None


def title_case(words: str) -> str:
    """Each word with a capital."""
    return " ".join(word[:1].upper() + word[1:] for word in words.split())
