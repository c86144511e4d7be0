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
            judged.append((_adjusted(frame, who), who))
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


def _adjusted(frame: Frame, who: Who | None) -> Frame:
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
    if frame.action == "sue" and who.type == "court":
        frame.action = "rule"
    head = frame.act.head
    signing = head is not None and head.role == "approve" and frame.act.inner == "use"
    if (
        frame.action == "permit"
        and signing
        and who.type in {"agency", "police", "vendor", "platform", "deployer", "organisation"}
    ):
        frame.action, frame.strength = "adopt", "use"
    if frame.strength in {"considered", "proposed"} and not who.public:
        _private_musing(frame, who)
    return frame


def _private_musing(frame: Frame, who: Who) -> None:
    """A company's or person's musing is no proposal; a person or group that wants a limit calls for it."""
    if who.type in {"ngo", "person", "trade_body"}:
        frame.action, frame.stage, frame.strength = "call_for", "announced", "soft"
    elif frame.strength == "considered":
        frame.action, frame.strength = "review", "soft"
