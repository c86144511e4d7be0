"""Who decided: from the subject of an act, and where that says too little, from the rest of the article, to a canonical name."""

from __future__ import annotations

from dataclasses import replace

from bot.analysis.acts import Act
from bot.analysis.bodies import SPEAKERS, Bodies, Who, first_code
from bot.analysis.frames import Frame
from bot.analysis.lexicon import Found, Mention
from bot.topic import PUBLIC_TYPES, Actor, Place

__all__ = ["Cast", "Who"]


class Cast(Bodies):
    """The actors of one article."""

    # --- one subject ---------------------------------------------------------------------------------------------------

    def of_frame(self, frame: Frame, found: Found) -> Who | None:
        """The actor of a frame, from its own clause."""
        act = frame.act
        who = self._agent(frame, found)
        if who is not None:
            return who
        free, bound = self._heads(frame, found)
        heads = [*free, *bound]
        if not heads and act.head is not None and act.head.role == "say" and not act.passive:
            heads = list(act.patients[:1])  # `Smith said Microsoft would …`
        heads = [one for one in heads if not any(_qualifies(one, other) for other in heads)]
        bench = [one for one in heads if _type_of(one) in {"court", "regulator"}]
        if frame.action == "rule" and bench:
            heads = bench  # `federal court rules FBI use unlawful`
        elif any(one.kind != "body" or self._place_beside(one, found) is not None for one in heads):
            heads.sort(key=lambda one: one.kind == "body" and self._place_beside(one, found) is None)
        for mention in heads:
            if not act.passive and frame.strength != "nominal" and mention in bound and _within(mention, found):
                continue  # `the largest maker in the United States will not …`
            who = self.of_mention(mention, found, frame.action)
            if who is not None:
                return replace(who, oblique=mention in bound)
        return self._unknown(frame, found)

    def _agent(self, frame: Frame, found: Found) -> Who | None:
        """Who is not left of the act as its subject: after `by`, the holder of an office, the place of an agentless act."""
        act = frame.act
        phrase = act.head is not None and act.head.form == "P" and act.by is not None and act.by.kind == "actor"
        if act.by is not None and (act.passive or phrase or act.role in {"unlawful", "rule"}):
            who = self.of_mention(act.by, found, frame.action)
            if who is not None and not (
                who.type in SPEAKERS and (who.id is None or who.guessed) and frame.action == "sue"
            ):
                return who
        officer = self._officer_before(frame, found) if not frame.subjects else None
        if officer is not None:
            return officer
        if not frame.subjects and frame.strength != "legal" and _agentless(act):
            for mention in act.patients:
                if self._placing(mention, found, frame.action):
                    return self.of_mention(mention, found, frame.action)
        return None

    def whom(self, frame: Frame, who: Who | None, found: Found) -> Who | None:
        """Whom it is done to, for acts of the law: the company fined, sued or told to stop, the authority judged."""
        act = frame.act
        if frame.action not in _DONE_TO:
            return None
        subjects = frame.subjects if act.passive else ()
        inside = [one for one in found.names if act.first <= one.first < frame.sentence.last]
        for mention in (*subjects, *act.patients, *inside):
            if mention.kind not in {"actor", "placepolice"}:
                continue
            other = self.of_mention(mention, found, frame.action)
            if other is not None and other.type in _DONE_TO[frame.action] and (who is None or other.name != who.name):
                return other
        for term in found.terms:
            owner = self.actors.get(term.ref.actor or "") if term.kind == "product" else None
            if owner is None or not frame.sentence.first <= term.first < frame.sentence.last:
                continue
            if owner.type in _DONE_TO[frame.action] and (who is None or owner.name != who.name):
                return Who(owner.name, owner.type, owner.id, first_code(owner.jurisdiction))
        return None

    def saying(self, frame: Frame, types: frozenset[str]) -> Who | None:
        """A company that stands before the act as the one who says it: `Microsoft says police cannot buy …`."""
        for found, one in self.mentioned:
            before = found.tokens.part == frame.sentence.part and frame.sentence.first <= one.first < frame.act.first
            if before and one.kind == "actor" and one.ref.type in types:
                return self.of_mention(one, found, frame.action)
        return None

    def _placing(self, mention: Mention, found: Found, action: str) -> bool:
        """`… banned in Portland`, `… considered in the EU`."""
        territory = mention.kind in {"place", "placebody"} or (
            mention.kind == "actor" and mention.ref.type in {"bloc", "country", "state", "city"}
        )
        before = [item.norm for item in found.tokens.items[max(0, mention.first - 2) : mention.first]]
        return territory and ("in" in before or "at" in before[-1:] or (action == "adopt" and "to" in before))

    def _heads(self, frame: Frame, found: Found) -> tuple[list[Mention], list[Mention]]:
        """Names of the subject group: those that stand free, and those after a preposition."""
        free: list[Mention] = []
        bound: list[Mention] = []
        for mention in frame.subjects:
            before = mention.first - 1
            while before > frame.sentence.first and found.tokens.items[before].norm in {"the", "a", "an", "der", "die"}:
                before -= 1
            norm = found.tokens.items[before].norm if before >= frame.sentence.first else ""
            prepositional = found.is_class(before, "preposition") and norm not in {"of", "'s"} if before >= 0 else False
            (bound if prepositional or norm == "of" else free).append(mention)
        return sorted(free, key=lambda one: one.kind == "adjective"), bound

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
        return Who(actor.name, actor.type, actor.id, first_code(actor.jurisdiction), mention, found.tokens.part)

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
        if action in _IN_COURT and place.code.startswith("US-"):
            return self._party(place, mention, part)
        if named is not None and named.type == "city":
            return Who(named.name, "city", named.id, place.code, mention, part)
        return Who(
            self.council(place), "city" if place.kind != "state" else "legislature", None, place.code, mention, part
        )

    def _party(self, place: Place, mention: Mention, part: str) -> Who:
        """As which a place goes to court: a state as its attorney general, a city as itself."""
        if place.kind != "state":
            return Who(f"City of {place.name}", "city", None, place.code, mention, part)
        known = next((one for one in self.by_place.get(place.code, ()) if one.type == "prosecutor"), None)
        if known is not None:
            return Who(known.name, known.type, known.id, place.code, mention, part)
        return Who(f"{place.name} Attorney General", "prosecutor", None, place.code, mention, part)

    # --- the rest of the article ------------------------------------------------------------------------------------------

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
        return self._surname(name, frame.action) or (
            Who(name, "organisation", part=found.tokens.part) if len(name) > 2 else None
        )

    def _surname(self, name: str, action: str) -> Who | None:
        """Who is named in full elsewhere: `Inslee` for `Gov. Jay Inslee`."""
        if " " in name:
            return None
        for found, one in self.mentioned:
            if one.kind == "actor" and one.last - one.first > 1 and found.tokens.items[one.last - 1].raw == name:
                return self.of_mention(one, found, action)
        return self._office_holder(name)

    def _officer_before(self, frame: Frame, found: Found) -> Who | None:
        """`Cuomo signs …`: a surname right before the verb, whose office the article gives elsewhere."""
        index = frame.act.first - 1
        if index < frame.sentence.first or not found.tokens.items[index].capital or not found.capitals:
            return None
        return self._surname(found.tokens.items[index].raw, frame.action)

    def _office_holder(self, surname: str) -> Who | None:
        """The body that a surname stands for: `Attorney General Ken Paxton`, `Gov. Gavin Newsom`."""
        for found, one in self.mentioned:
            if one.kind != "body" or one.ref not in _OFFICES:
                continue
            items = found.tokens.items
            for index in range(one.last, min(one.last + 4, len(items))):
                if items[index].raw == surname:
                    return self._body(one, found, self._place_beside(one, found))
                if not (items[index].capital or items[index].norm == "."):
                    break
        return None

    def _likely_actor(self, frame: Frame, wanted: frozenset[str] | None) -> Who | None:
        public = [(found, one) for found, one in self.mentioned if one.kind == "actor"]
        for found, one in public:
            if (wanted is None and one.ref.type not in SPEAKERS) or (wanted is not None and one.ref.type in wanted):
                who = self.of_mention(one, found, frame.action)
                if who is not None:
                    return _guess(who)
        return None

    def _likely_body(self, frame: Frame, wanted: frozenset[str] | None) -> Who | None:
        for found, one in self.mentioned:
            if one.kind in {"placebody", "placepolice", "body"} and (
                wanted is None or one.kind != "body" or one.ref in wanted
            ):
                who = self.of_mention(one, found, frame.action)
                if who is not None and who.type not in SPEAKERS:
                    return _guess(who)
        return None

    def fallback(self, frame: Frame, among: frozenset[str] | None = None) -> Who | None:
        """The likeliest decider of an act whose clause names none; ``among`` these types where the action leaves it open."""
        wanted = _FITTING.get(frame.action, among)
        who = self._likely_actor(frame, wanted) or self._likely_body(frame, wanted)
        if who is not None or frame.action in {"rule", "fine"}:
            return who  # a place has no say in rulings
        for found, one in self.mentioned:
            if one.kind == "place":
                return _guess(self._place(one.ref, one, found, frame.action))
        if self.source_actor is not None:
            return Who(
                self.source_actor.name,
                self.source_actor.type,
                self.source_actor.id,
                first_code(self.source_actor.jurisdiction),
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
    "sue": frozenset({"prosecutor", "ngo", "person"}),
    "adopt": frozenset({"police", "agency", "executive", "city", "country", "school", "state"}),
}


_IN_COURT = frozenset({"sue", "settle"})
_OFFICES = frozenset({"executive", "prosecutor", "regulator", "court", "legislature", "city", "police"})
_COMPANIES = frozenset({"vendor", "platform", "deployer", "organisation", "landlord"})
_OTHERS = _COMPANIES | {"police", "agency", "school", "executive"}
_DONE_TO: dict[str, frozenset[str]] = {
    "fine": _OTHERS, "sue": _OTHERS, "order": _OTHERS, "investigate": _OTHERS, "rule": _OTHERS,
    "settle": _COMPANIES, "ban": frozenset({"deployer", "landlord"}),
}  # fmt: skip


def _qualifies(one: Mention, other: Mention) -> bool:
    """`the state attorney general`: the last of two nouns is the body."""
    return one.kind == "body" and other.kind == "body" and one.last == other.first


def _type_of(mention: Mention) -> str:
    return str(mention.ref) if mention.kind == "body" else str(getattr(mention.ref, "type", ""))


def _within(mention: Mention, found: Found) -> bool:
    """`in the United States`: a place where, not who."""
    territory = mention.kind in {"place", "adjective"} or (
        mention.kind == "actor" and mention.ref.type in {"bloc", "country", "state", "city"}
    )
    before = [item.norm for item in found.tokens.items[max(0, mention.first - 2) : mention.first]]
    return territory and bool({"in", "across"} & set(before))


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
    return replace(who, guessed=True)
