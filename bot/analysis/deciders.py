"""Who decided, where the clause that tells it names only whom it is done to, a mere noun, or a place.

`Serco ordered to stop`, `police lose face matching`, `court rules`, `China drafts rules`: the decider stands elsewhere in the
article. The best witness is another sentence that tells the same act in the active; then a body of the right kind that the
article names; then the body that such acts of such a place come from.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from bot.analysis.bodies import SPEAKERS, is_vague
from bot.analysis.frames import LEGAL, STRONG, Frame
from bot.analysis.judging import Judged
from bot.analysis.lexicon import Found, Mention
from bot.analysis.reading import Reading
from bot.analysis.who import Cast, Who

AUTHORITIES = frozenset(
    {"court", "regulator", "oversight", "agency", "executive", "prosecutor", "legislature", "city", "county", "state",
     "country", "bloc"}
)  # fmt: skip
"""Who can forbid, order, fine and rule."""
COMPANIES = frozenset({"vendor", "platform", "deployer", "landlord"})
_MAKERS = frozenset({"vendor", "platform"})
_RULED = COMPANIES | {"police", "agency", "school", "organisation"}
"""Who may be the one that something is done to."""
_LAWLESS = frozenset({"ngo", "person", "deployer"})
_FORBIDS = frozenset({"ban", "restrict", "order", "fine", "pause"})
_KIN = {
    "ban": {"ban", "order", "restrict", "pause", "enact", "settle", "fine", "rule"},
    "pause": {"pause", "ban", "order", "halt", "restrict", "rule", "enact"},
    "restrict": {"restrict", "ban", "order", "enact", "pause", "settle", "propose"},
    "order": {"order", "ban", "fine", "rule", "delete", "halt"},
    "fine": {"fine", "order", "rule", "settle"},
    "rule": {"rule", "order", "fine"},
    "investigate": {"investigate", "order", "rule"},
    "permit": {"permit", "enact", "repeal", "restrict"},
    "repeal": {"repeal", "permit", "enact"},
    "enact": {"enact", "ban", "restrict", "permit", "pause"},
    "propose": {"propose", "ban", "restrict", "enact"},
    "halt": {"halt", "ban", "pause", "order"},
    "adopt": {"adopt", "permit", "enact"},
}  # fmt: skip
"""Actions by which the same matter may be told elsewhere in the article."""
_ALLOWED = frozenset({"police", "agency", "school", "deployer"})
"""Who is allowed something, more often than allowing it."""
_APPROVERS = frozenset({"city", "legislature", "regulator", "court"})
_PLAINTIFFS = frozenset({"prosecutor", "ngo", "person"})
_LAWS = frozenset({"ban", "permit", "propose", "enact", "repeal"})


class Deciders:
    """The deciders of one article's acts."""

    def __init__(self, reading: Reading, judged: list[Judged], cast: Cast) -> None:
        self.reading = reading
        self.judged = judged
        self.cast = cast

    def of(self, frame: Frame, who: Who | None) -> Who | None:
        """The decider of an act; ``who`` is its grammatical actor. May make a bar on others the maker's halt.

        Of a mere noun only the kind is kept, without a name.
        """
        decider = self._of(frame, who)
        return replace(decider, name="") if decider is not None and is_vague(decider) else decider

    def _of(self, frame: Frame, who: Who | None) -> Who | None:  # noqa: PLR0911 - one rule a line, in order
        if who is None:
            return self._told(frame, None, None) or self._heading(frame) or self.cast.fallback(frame)
        maker = self._maker(frame, who)
        if maker is not None:
            frame.action, frame.act.refused = "halt", True
            return maker
        if frame.action == "sue" and frame.act.passive and frame.act.by is None and who.type in _RULED:
            return self._plaintiff(frame, who)
        if self._done_to(frame, who):
            return self._authority(frame, who)
        if frame.action == "permit" and who.type in _ALLOWED:
            return self._approver(frame, who) or self._watchdog(who) or who
        if frame.action in {"order", "rule", "fine", "investigate"} and who.type not in AUTHORITIES | {"police"}:
            return self._told(frame, who, AUTHORITIES) or self.cast.fallback(frame, AUTHORITIES) or who
        if who.type in _LAWLESS and who.id is None and self._powerless(frame, who):
            return self._told(frame, who, None) or self.cast.fallback(frame) or who
        if is_vague(who):
            return self._told(frame, who, None, kind=who.type) or who
        if who.mention is not None and who.mention.kind == "place":
            return self._within(frame, who) or who
        return who

    # --- whom it is done to -----------------------------------------------------------------------------------------------

    def _maker(self, frame: Frame, who: Who) -> Who | None:
        """`Police cannot buy it from Microsoft`, `Microsoft says police may not use …`: the maker keeps it from them."""
        act = frame.act
        cut_off = act.passive or (act.head is not None and act.head.form == "P")
        if not (act.barred or (cut_off and frame.action in {"ban", "halt", "pause"} and who.type == "police")):
            return None
        maker = self.cast.saying(frame, COMPANIES)
        if maker is not None or who.type in COMPANIES:
            return maker
        found = self.reading.found(frame.sentence.part)
        for one in found.names[bisect_left(found.names, frame.act.first, key=lambda one: one.first) :]:
            if one.first >= frame.sentence.last:
                break
            said = _from(one, found) or found.is_class(one.last, "say")
            if one.kind == "actor" and one.ref.type in _MAKERS and said:
                return self.cast.of_mention(one, found, frame.action)
        return None

    def _done_to(self, frame: Frame, who: Who) -> bool:
        """The grammatical actor is the one that something is done to."""
        act = frame.act
        if act.barred:
            return True
        if act.passive and act.by is None and frame.action in _FORBIDS and who.type in _RULED:
            return True
        return who.type in COMPANIES and who.id is not None and self._target_of_other(frame, who)

    def _target_of_other(self, frame: Frame, who: Who) -> bool:
        """Another sentence says that an authority does it to them: `The FTC barred Rite Aid from …`."""
        if frame.action not in {"ban", "restrict", "order"}:
            return False
        for other, by in self.judged:
            if other is frame or by is None or by.type not in AUTHORITIES or by.name == who.name or other.background:
                continue
            named = any(one.kind == "actor" and one.ref.id == who.id for one in other.act.patients)
            if named and other.action in {"ban", "restrict", "order", "fine", "settle"}:
                return True
        return False

    def _authority(self, frame: Frame, who: Who) -> Who | None:
        found = self._told(frame, who, AUTHORITIES)
        if found is not None:
            return found
        own = self._council(frame, who)
        if own is not None and who.type == "police" and not _own_rule(frame):
            return own
        if who.type == "police" and who.place is not None:
            return who
        guess = self.cast.fallback(frame, AUTHORITIES)
        if (
            guess is not None
            and guess.name != who.name
            and (guess.type not in {"country", "bloc", "state"} or who.public)
        ):
            return guess
        return own or who

    def _approver(self, frame: Frame, who: Who) -> Who | None:
        """`Police get council approval for …`: the council allows it, and not the police."""
        found = self.reading.found(frame.sentence.part)
        for one in found.names:
            inside = frame.sentence.first <= one.first < frame.sentence.last
            if inside and one.kind == "body" and one.ref in _APPROVERS:
                by = self.cast.of_mention(one, found, frame.action)
                if by is not None and by.name != who.name:
                    return replace(by, guessed=True) if not is_vague(by) else self._council(frame, who)
        return None

    def _watchdog(self, who: Who) -> Who | None:
        """`Danish club may screen fans`: the regulator that the article names allows it to a company, not the company."""
        if who.type not in COMPANIES:
            return None
        for found, one in self.cast.mentioned:
            if getattr(one.ref, "type", one.ref) == "regulator" and one.kind in {"actor", "body"}:
                by = self.cast.of_mention(one, found, "permit")
                if by is not None and by.id is not None:
                    return replace(by, guessed=True)
        return None

    def _plaintiff(self, frame: Frame, who: Who) -> Who | None:
        """`Walgreens sued over …`: whoever another sentence says sues; else the one sued stands for the case."""
        for other, by in self.judged:
            if other.action == "sue" and other is not frame and by is not None and by.name != who.name:
                return replace(by, guessed=True)
        return self.cast.fallback(frame, _PLAINTIFFS) or who

    def _council(self, frame: Frame, who: Who) -> Who | None:
        """`Minneapolis police lose …`: whoever makes the rules of the place whose police it is."""
        place = self.cast.places.get(who.place or "")
        if place is None or place.kind not in {"city", "county", "state"} or frame.action in LEGAL:
            return None
        kind = "legislature" if place.kind == "state" else "city"
        return Who(self.cast.council(place), kind, None, place.code, who.mention, who.part, guessed=True)

    # --- elsewhere in the article -----------------------------------------------------------------------------------------

    def _told(
        self, frame: Frame, who: Who | None, among: frozenset[str] | None, *, kind: str | None = None
    ) -> Who | None:
        """The actor of another sentence that tells the same act, the strongest first; ``kind`` is the type it must have."""
        kin = _KIN.get(frame.action, {frame.action})
        best: tuple[float, Who] | None = None
        for other, by in self.judged:
            if other is frame or by is None or by.guessed or other.background or is_vague(by):
                continue
            if other.action not in kin or by.type in SPEAKERS or (who is not None and by.name == who.name):
                continue
            if (among is not None and by.type not in among) or (kind is not None and by.type != kind):
                continue
            if other.act.barred or (other.act.passive and other.act.by is None and by.type in _RULED):
                continue
            if other.strength not in STRONG or not (by.id or by.place):
                continue
            value = other.weight + (1.0 if other.action == frame.action else 0.0) - 0.05 * other.sentence.index
            if best is None or value > best[0]:
                best = (value, by)
        return replace(best[1], guessed=True) if best is not None else None

    def _heading(self, frame: Frame) -> Who | None:
        """`Homeland Security: citizens can opt out`: who is named before a headline's colon says it."""
        if frame.sentence.part != "title":
            return None
        found = self.reading.title
        tokens = found.tokens.items
        for name in found.names[:1]:
            if name.first <= 1 and name.last < len(tokens) and tokens[name.last].norm == ":" and name.kind != "body":
                return self.cast.of_mention(name, found, frame.action)
        return None

    def _within(self, frame: Frame, who: Who) -> Who | None:
        """Through which body a place acts: one of it that another sentence names as the actor of the same act."""
        if who.id is not None and who.type not in {"country", "bloc", "state", "city"}:
            return None
        kin = _KIN.get(frame.action, {frame.action})
        for other, by in self.judged:
            if by is None or by.guessed or other.background or by.mention is None or by.mention.kind == "place":
                continue
            told = other.act.modal == "must" and by.type in {"prosecutor", "executive"}
            near = other.action in kin or (other.strength == "soft" and other.sentence.index <= 2)
            if not near or by.name == who.name or by.type in SPEAKERS or not by.public or is_vague(by):
                continue
            law = frame.action in _LAWS | {"restrict", "pause"} and who.type in {"legislature", "city"}
            if law and not told and (by.type == "executive" or other.action not in kin):
                continue
            known = by.id is not None or by.place == who.place
            if _inside(by.place, who.place) and known and self._can(by, frame):
                return replace(by, guessed=True)
        return None

    def _can(self, by: Who, frame: Frame) -> bool:
        """A police force does not make laws, a court none but rulings."""
        if by.type == "police":
            return frame.action not in _LAWS
        if by.type == "court":
            return frame.action in {"rule", "order", "ban", "pause", "halt"}
        return True

    def _powerless(self, frame: Frame, who: Who) -> bool:
        return frame.action in {"propose", "enact", "permit"} or (
            who.type == "ngo" and frame.action in {"ban", "pause", "restrict"}
        )


def _own_rule(frame: Frame) -> bool:
    """`Police forbidden to use outside services`: said in the passive, with no law and no council near, it may be their own rule."""
    return frame.act.passive and not frame.act.barred


def _from(mention: Mention, found: Found) -> bool:
    """`from Microsoft`, `Microsoft's face recognition`."""
    tokens = found.tokens.items
    before = tokens[mention.first - 1].norm if mention.first else ""
    after = tokens[mention.last].norm if mention.last < len(tokens) else ""
    return before in {"from", "by"} or after in {"'s", "'"}


def _inside(inner: str | None, outer: str | None) -> bool:
    return inner is not None and outer is not None and (inner == outer or inner.startswith((f"{outer}-", f"{outer}/")))
