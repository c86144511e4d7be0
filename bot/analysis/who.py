"""Who decided: from the subject of an act, and where that says too little, from the rest of the article, to a canonical name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.analysis.acts import Act
from bot.analysis.frames import Frame
from bot.analysis.lexicon import Found, Lexicon, Mention
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

    @property
    def public(self) -> bool:
        """Has public authority."""
        return self.type in PUBLIC_TYPES


_LAWMAKING = frozenset(
    {
        "ban",
        "pause",
        "restrict",
        "halt",
        "propose",
        "enact",
        "repeal",
        "permit",
        "other",
        "review",
        "adopt",
        "commit",
        "call_for",
    }
)
_SPEAKERS = frozenset({"ngo", "person", "trade_body", "standards", "tracker"})


class Cast:
    """The actors and places of one article."""

    def __init__(
        self, topic: Topic, lexicon: Lexicon, parts: Sequence[Found], source_actor: Actor | None = None
    ) -> None:
        """Index what was found in the title and the text."""
        self.topic = topic
        self.lexicon = lexicon
        self.parts = parts
        self.source_actor = source_actor
        self.actors = {actor.id: actor for actor in topic.actors}
        self.by_place = lexicon.actors_by_place
        self.places = lexicon.places
        self.mentioned = [(found, one) for found in parts for one in found.names]

    # --- one subject ---------------------------------------------------------------------------------------------------

    def of_frame(self, frame: Frame, found: Found) -> Who | None:
        """The actor of a frame, from its own clause."""
        act = frame.act
        if act.by is not None and (act.passive or act.role in {"unlawful", "rule"}):
            who = self.of_mention(act.by, found, frame.action)
            if who is not None and not (
                who.type in _SPEAKERS and (who.id is None or who.guessed) and frame.action == "sue"
            ):
                return who
        if not frame.subjects and frame.strength != "legal" and _agentless(act):
            for mention in act.patients:
                if self._placing(mention, found, frame.action):
                    return self.of_mention(mention, found, frame.action)
        heads = list(self._heads(frame, found))
        if any(one.kind != "body" or self._place_beside(one, found) is not None for one in heads):
            heads.sort(key=lambda one: one.kind == "body" and self._place_beside(one, found) is None)
        for mention in heads:
            who = self.of_mention(mention, found, frame.action)
            if who is not None:
                return who
        return self._unknown(frame, found)

    def _placing(self, mention: Mention, found: Found, action: str) -> bool:
        """`… banned in Portland`, `… considered in the EU`."""
        territory = mention.kind in {"place", "placebody"} or (
            mention.kind == "actor" and mention.ref.type in {"bloc", "country", "state", "city"}
        )
        before = [item.norm for item in found.tokens.items[max(0, mention.first - 2) : mention.first]]
        return territory and ("in" in before or "at" in before[-1:] or (action == "adopt" and "to" in before))

    def _heads(self, frame: Frame, found: Found) -> Iterable[Mention]:
        """Names of the subject group; those after a preposition come last."""
        free: list[Mention] = []
        bound: list[Mention] = []
        for mention in frame.subjects:
            before = mention.first - 1
            norm = found.tokens.items[before].norm if before >= frame.sentence.first else ""
            prepositional = found.is_class(before, "preposition") and norm not in {"of", "'s"} if before >= 0 else False
            (bound if prepositional or (norm == "of" and free) else free).append(mention)
        return [*sorted(free, key=lambda one: one.kind == "adjective"), *bound]

    def of_mention(self, mention: Mention, found: Found, action: str) -> Who | None:  # noqa: PLR0911 - one return a kind
        """The actor that a name stands for."""
        if mention.kind == "actor":
            return self._actor(mention, found, action)
        if mention.kind in {"placebody", "placepolice"}:
            place: Place = mention.ref
            if mention.kind == "placepolice":
                return Who(place.police[0], "police", place=place.code, mention=mention, part=found.tokens.part)
            kind = "city" if place.kind in {"city", "county"} else "legislature"
            return Who(place.bodies[0], kind, place=place.code, mention=mention, part=found.tokens.part)
        if mention.kind == "place":
            body = self._body_beside(mention, found)
            if body is not None:
                return self._body(body, found, mention.ref)
            return self._place(mention.ref, mention, found, action)
        if mention.kind == "adjective":
            body = self._body_beside(mention, found)
            return self._body(body, found, mention.ref) if body is not None else None
        beside = self._place_beside(mention, found)
        if beside is None and found.is_class(mention.first, "generic"):
            return None  # `some cities`: nobody in particular
        return self._body(mention, found, beside)

    def _actor(self, mention: Mention, found: Found, action: str) -> Who:
        actor: Actor = mention.ref
        if actor.type == "person" and actor.parent in self.actors and action != "sue":
            actor = self.actors[actor.parent]
        if actor.type in {"bloc", "country"} and actor.jurisdiction:
            inner = self._inner(actor.jurisdiction, action)
            if inner is not None:
                actor = inner
        return Who(actor.name, actor.type, actor.id, _first(actor.jurisdiction), mention, found.tokens.part)

    def _inner(self, code: str, action: str) -> Actor | None:
        """Through whom a bloc or country acts: the body of it that the article names, else its executive for proposals."""
        inside: list[Actor] = [
            one.ref
            for _, one in self.mentioned
            if one.kind == "actor"
            and one.ref.jurisdiction == code
            and one.ref.type in PUBLIC_TYPES - {"bloc", "country"}
        ]
        wanted = {
            "propose": ("executive", "legislature"),
            "rule": ("court",),
            "fine": ("regulator",),
            "order": ("regulator", "court"),
        }.get(action, ())
        if not wanted:
            return inside[0] if inside else None
        for kind in wanted:
            chosen = next((actor for actor in inside if actor.type == kind), None)
            if chosen is not None:
                return chosen
        if code == "EU" or action in {"fine", "order"}:
            return next((one for kind in wanted for one in self.by_place.get(code, ()) if one.type == kind), None)
        return None

    def _place(self, place: Place, mention: Mention, found: Found, action: str) -> Who:
        part = found.tokens.part
        office = self._office(place) if action == "adopt" else None
        if office is not None:
            return office
        named = next(
            (one for one in self.by_place.get(place.code, ()) if one.type in {"city", "state", "country", "county"}),
            None,
        )
        if place.kind in {"country", "bloc"}:
            inner = self._inner(place.code, action)
            if inner is not None:
                return Who(inner.name, inner.type, inner.id, place.code, mention, part)
            name = named.name if named is not None else place.name
            return Who(name, "country", named.id if named else None, place.code, mention, part)
        if named is not None and named.type == "city":
            return Who(named.name, "city", named.id, place.code, mention, part)
        return Who(
            self.council(place), "city" if place.kind != "state" else "legislature", None, place.code, mention, part
        )

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
                return Who(_title(f"{place.name} {written}"), one.ref, None, place.code, one, found.tokens.part)
        return None

    def council(self, place: Place) -> str:
        """Name of the body that makes a place's rules."""
        if place.bodies:
            return place.bodies[0]
        return f"{place.name} Legislature" if place.kind == "state" else f"{place.name} City Council"

    # --- common nouns --------------------------------------------------------------------------------------------------

    def _body(self, mention: Mention, found: Found, place: Place | None) -> Who | None:
        kind: str = mention.ref
        word = " ".join(item.norm for item in found.tokens.items[mention.first : mention.last])
        if place is None or (kind in {"city", "county", "school"} and place.kind in {"state", "country"}):
            place = self._near_place(kind) or place
        if kind in _SPEAKERS | {"deployer"}:
            return self._speaker(mention, found, kind)
        named = self._named(kind, place)
        if named is None and kind == "executive" and place is not None and place.kind == "country":
            named = self._named("agency", place)
        if named is not None:
            return Who(
                named.name, named.type, named.id, _first(named.jurisdiction), mention, found.tokens.part, guessed=True
            )
        if place is None:
            return Who(self._as_written(mention, found), kind, None, None, mention, found.tokens.part)
        return Who(self._placed_body(kind, word, place), kind, None, place.code, mention, found.tokens.part)

    def _placed_body(self, kind: str, word: str, place: Place) -> str:
        if kind in {"city", "county"} or (kind == "legislature" and place.bodies):
            return self.council(place)
        if kind == "police":
            return place.police[0] if place.police else f"{place.name} Police"
        if kind == "executive" and place.kind == "country":
            return f"{(place.adjectives or place.names)[0]} Government"
        title = {"prosecutor": "Attorney General", "legislature": "Legislature"}.get(kind, _title(word))
        return f"{place.name} {title}"

    def _named(self, kind: str, place: Place | None) -> Actor | None:
        """An actor of the kind that the article names elsewhere (`the regulator` … `ICO`)."""
        for _, one in self.mentioned:
            if (
                one.kind == "actor"
                and one.ref.type == kind
                and (place is None or _first(one.ref.jurisdiction) == place.code)
            ):
                return one.ref  # type: ignore[no-any-return]
        return None

    def _speaker(self, mention: Mention, found: Found, kind: str) -> Who:
        named = self._named(kind, None)
        if named is None and kind == "deployer":
            named = self._named("platform", None) or self._named("vendor", None)
        if named is not None:
            return Who(
                named.name, named.type, named.id, _first(named.jurisdiction), mention, found.tokens.part, guessed=True
            )
        return Who(self._as_written(mention, found), kind, None, None, mention, found.tokens.part)

    def _as_written(self, mention: Mention, found: Found) -> str:
        """The noun with the capitalised words before it, in running text; else the noun alone."""
        items = found.tokens.items
        first = mention.first
        if found.tokens.part == "text" and items[mention.first].capital:
            while first > 0 and items[first - 1].word and items[first - 1].capital and mention.first - first < 4:
                if found.is_class(first - 1, "determiner"):
                    break
                first -= 1
        return found.tokens.quote(items[first].start, items[mention.last - 1].end)

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

    # --- the rest of the article ------------------------------------------------------------------------------------------

    def _near_place(self, kind: str) -> Place | None:
        """The first place of the right size that the article names."""
        wanted = {
            "city": {"city", "county"}, "county": {"county"}, "police": {"city", "county"}, "legislature": {"state", "country", "bloc"},
            "executive": {"country", "state", "city"}, "prosecutor": {"state"}, "regulator": {"country", "bloc"}, "school": {"city", "county"},
        }.get(kind)  # fmt: skip
        if wanted is None:
            return None
        for _, one in self.mentioned:
            if one.kind in {"place", "adjective", "placebody"} and one.ref.kind in wanted:
                return one.ref  # type: ignore[no-any-return]
        return None

    def _unknown(self, frame: Frame, found: Found) -> Who | None:
        """A capitalised group right before the act: an organisation that the vocabulary does not know."""
        items = found.tokens.items
        last = frame.act.first
        while last > frame.sentence.first and (
            not items[last - 1].word or found.is_class(last - 1, "future", "have", "be", "may", "would", "must")
        ):
            if items[last - 1].norm not in {"'", '"'} and not items[last - 1].word:
                return None
            last -= 1
        first = last
        while first > frame.sentence.first and items[first - 1].word and items[first - 1].capital and last - first < 5:
            if found.is_class(first - 1, "preposition", "determiner", "clause", "question_start"):
                break
            first -= 1
        if not found.capitals or found.is_class(frame.sentence.first, "pronoun"):
            return None
        if first == last or any(one.first <= first < one.last for one in found.terms) or frame.act.passive:
            return None
        if found.is_class(first, "pronoun", "determiner", "say", "now", "earlier") or frame.strength in {
            "nominal",
            "soft",
        }:
            return None
        name = found.tokens.quote(items[first].start, items[last - 1].end)
        return Who(name, "organisation", part=found.tokens.part) if len(name) > 2 else None

    def fallback(self, frame: Frame, among: frozenset[str] | None = None) -> Who | None:
        """The likeliest decider of an act whose clause names none; ``among`` these types where the action leaves it open."""
        wanted = _FITTING.get(frame.action, among)
        public = [(found, one) for found, one in self.mentioned if one.kind == "actor"]
        for found, one in public:
            if (wanted is None and one.ref.type not in _SPEAKERS) or (wanted is not None and one.ref.type in wanted):
                who = self.of_mention(one, found, frame.action)
                if who is not None:
                    return _guess(who)
        for found, one in self.mentioned:
            if one.kind in {"placebody", "placepolice", "body"} and (
                wanted is None or one.kind != "body" or one.ref in wanted
            ):
                who = self.of_mention(one, found, frame.action)
                if who is not None and who.type not in _SPEAKERS:
                    return _guess(who)
        for found, one in self.mentioned:
            if one.kind == "place":
                return _guess(self._place(one.ref, one, found, frame.action))
        if self.source_actor is not None:
            return Who(
                self.source_actor.name,
                self.source_actor.type,
                self.source_actor.id,
                _first(self.source_actor.jurisdiction),
                guessed=True,
            )
        return None


_FITTING: dict[str, frozenset[str]] = {
    "propose": frozenset(
        {"legislature", "executive", "city", "county", "state", "country", "bloc", "agency", "regulator"}
    ),
    "rule": frozenset({"court", "regulator"}),
    "fine": frozenset({"regulator", "court", "prosecutor", "oversight"}),
    "order": frozenset({"regulator", "court", "agency", "executive", "prosecutor", "oversight"}),
    "investigate": frozenset({"regulator", "legislature", "prosecutor", "agency", "oversight"}),
    "enact": frozenset({"legislature", "executive", "city", "county", "state", "country", "bloc"}),
    "adopt": frozenset({"police", "agency", "executive", "city", "country", "school", "state"}),
}


def _agentless(act: Act) -> bool:
    """Says what is done and not by whom: a passive, a noun, `takes effect`."""
    head = act.head
    return (
        act.passive
        or head is None
        or head.kind == "noun"
        or head.form == "P"
        or head.role in {"effect", "expire", "approve", "use"}
    )


def _guess(who: Who) -> Who:
    return Who(who.name, who.type, who.id, who.place, who.mention, who.part, guessed=True)


def _first(jurisdiction: str | None) -> str | None:
    return jurisdiction.split("|")[0] if jurisdiction else None


def _title(words: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in words.split())
