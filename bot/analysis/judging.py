"""Frames with their actors: what the kind of actor changes about the reading of an act."""

from __future__ import annotations

from bot.analysis.frames import Frame
from bot.analysis.lexicon import Found
from bot.analysis.reading import Reading
from bot.analysis.who import Cast, Who

Judged = tuple[Frame, Who | None]


def judge(reading: Reading, cast: Cast) -> list[Judged]:
    """Every frame with its grammatical actor; frames whose verb wants another kind of actor are left out."""
    judged: list[Judged] = []
    named: dict[str, Who] = {}
    for frame in reading.frames:
        found = reading.found(frame.sentence.part)
        who = cast.of_frame(frame, found)
        if who is None and not frame.act.passive:
            who = named.get(_meant(frame, found))
        elif who is not None and not who.guessed:
            named["last"] = who
            if frame.sentence.part == "title":
                named.setdefault("we", who)
        if frame.action == "rule" and who is not None and who.type in _PARTIES:
            bench = cast.fallback(frame)  # `man wins case against police`: the court decided
            who = bench if bench is not None and bench.type in {"court", "regulator"} else None
        if _fits(frame, who):
            judged.append((_adjusted(frame, who, found), who))
    return judged


_PARTIES = frozenset({"person", "ngo", "deployer", "platform", "vendor", "organisation", "police"})


def _meant(frame: Frame, found: Found) -> str:
    """Whom a pronoun before the act means: `we` the one that the headline is about, `it` the one named last."""
    for index in range(max(frame.sentence.first, frame.act.first - 4), frame.act.first):
        if found.is_class(index, "first_person"):
            return "we"
        if found.is_class(index, "pronoun"):
            return "last"
    return ""


def _fits(frame: Frame, who: Who | None) -> bool:
    head = frame.act.head
    wanted = head.mention.ref.by if head is not None and head.mention is not None else ()
    return not wanted or (who is not None and who.type in wanted)


def _own_product(frame: Frame, found: Found, who: Who) -> bool:
    """`bans police from using its …`, `bans police use of Rekognition`: what it keeps from others is its own."""
    for term in found.terms:
        if frame.act.first <= term.first < frame.sentence.last and term.kind in {"core", "product", "weak"}:
            before = found.tokens.items[term.first - 1].norm if term.first else ""
            if before in {"its", "their", "our"} or term.ref.actor == who.id:
                return True
    return False


def _adjusted(frame: Frame, who: Who | None, found: Found) -> Frame:
    if who is None:
        return frame
    if frame.action == "call_for" and who.type in {"city", "county"} and frame.act.modal != "must":
        frame.action, frame.stage, frame.strength = "propose", "considered", "considered"
    if (
        frame.action == "enact"
        and frame.act.inner == "require"
        and who.type not in {"legislature", "country", "state", "city", "bloc"}
    ):
        frame.action = "adopt"
    if frame.action == "permit" and not who.public and frame.strength == "decided":
        frame.strength = "use"  # a company's permission is its product, not a rule
    if frame.action == "delete" and who.type in {"regulator", "court", "oversight", "prosecutor"}:
        frame.action, frame.strength, frame.act.inner = "order", "legal", "delete"
    if frame.action in {"sue", "repeal"} and who.type == "court":
        struck = frame.action == "repeal" and frame.stage != "reversed"
        frame.stage = "struck down" if struck else frame.stage
        frame.action = "rule"
    head = frame.act.head
    signing = head is not None and head.role == "approve" and frame.act.inner == "use"
    if (
        frame.action == "permit"
        and signing
        and who.type in {"agency", "police", "vendor", "platform", "deployer", "organisation"}
    ):
        frame.action, frame.strength = "adopt", "use"
    _own_words(frame, who, found)
    return frame


def _own_words(frame: Frame, who: Who, found: Found) -> None:
    """What an act comes to when it is one's own: a maker's ban, a promise in reported speech, a private musing."""
    if (
        frame.action == "ban"
        and who.type in _MAKERS
        and frame.strength == "decided"
        and _own_product(frame, found, who)
    ):
        frame.action = "pause" if frame.act.temporary else "halt"  # a maker's ban on others is an end of its offer
    if frame.act.modal == "would" and who.type in _COMPANIES and _reported(frame):
        frame.action, frame.stage, frame.strength = str(frame.act.action), "announced", "decided"
    elif frame.strength in {"considered", "proposed"} and not who.public:
        _private_musing(frame, who)


_MAKERS = frozenset({"platform", "vendor"})
_COMPANIES = frozenset({"platform", "vendor", "deployer", "organisation", "landlord"})
_OWN_WORD = frozenset({"halt", "pause", "ban", "restrict", "resume", "delete"})


def _reported(frame: Frame) -> bool:
    """`said that it would pause`: what a company says of itself in the past tense is decided."""
    head = frame.act.head
    says = head is not None and (head.role == "say" or (head.mention is not None and head.mention.ref.id == "announce"))
    return says and frame.act.action in _OWN_WORD


def _private_musing(frame: Frame, who: Who) -> None:
    """A company's or person's musing is no proposal; a person or group that wants a limit calls for it."""
    if who.type in {"ngo", "person", "trade_body"}:
        frame.action, frame.stage, frame.strength = "call_for", "announced", "soft"
    elif frame.strength == "considered":
        frame.action, frame.strength = "review", "soft"
