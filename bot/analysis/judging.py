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


def judge_one(frame: Frame, reading: Reading, cast: Cast) -> list[Judged]:
    """A frame without an act of its own, with the first of its sentence's names that can act; alone where it names none."""
    return [(frame, cast.of_frame(frame, reading.found(frame.sentence.part)) if frame.subjects else None)]


_COMPANIES = frozenset({"platform", "vendor", "deployer", "organisation", "landlord"})
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
    _own_rules(frame, who)
    if frame.action == "permit" and not who.public and frame.strength == "decided":
        frame.strength = "use"  # a company's permission is its product, not a rule
    if frame.action == "delete" and who.type in {"regulator", "court", "oversight", "prosecutor"}:
        frame.action, frame.strength, frame.act.inner = "order", "legal", "delete"
    if who.type == "court":
        _ruling(frame)
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
_OWN_WORD = frozenset({"halt", "pause", "ban", "restrict", "resume", "delete"})


def _reported(frame: Frame) -> bool:
    """`said that it would pause`: what a company says of itself in the past tense is decided."""
    head = frame.act.head
    says = head is not None and (head.role == "say" or (head.mention is not None and head.mention.ref.id == "announce"))
    return says and frame.act.action in _OWN_WORD


def _own_rules(frame: Frame, who: Who) -> None:
    """What an act amounts to by who does it: a company has no law to make, a council's backing is a vote."""
    head = frame.act.head
    if who.type in _COMPANIES and frame.action == "enact":
        frame.action = "commit"
        if head is not None and head.role not in {"use", "approve"}:
            frame.strength = "nominal"  # `firms write standards`
    inside = next((item.mention.ref.action for item in frame.act.chain if item.role == "limit" and item.mention), None)
    backed = head is not None and head.word.startswith("back") and frame.action in {"call_for", "propose"}
    if backed and inside and who.type in {"city", "county", "legislature"}:
        frame.action, frame.stage, frame.strength = inside, "passed", "decided"
    tabled = head is not None and head.kind == "verb" and head.word.removeprefix("re").startswith("introduc")
    limit = inside is not None and frame.action in {"ban", "halt", "pause", "restrict"}
    # `councilwoman introduces ban`: to be voted on
    if tabled and limit and who.type in {"city", "county", "legislature"}:
        frame.action, frame.stage, frame.strength = "propose", "proposed", "proposed"
    if frame.action == "settle" and who.public and any(item.word.endswith("deal") for item in frame.act.chain):
        frame.action, frame.strength = "adopt", "begin_use"  # a purchase


def _ruling(frame: Frame) -> None:
    """Whatever a court does is a ruling, unless it fines, orders or approves a settlement."""
    if frame.action == "repeal":
        frame.stage = frame.stage if frame.stage == "reversed" else "struck down"
    elif frame.action not in {"rule", "fine", "order", "settle"}:
        frame.stage = "announced"
    if frame.action not in {"fine", "order", "settle"}:
        frame.action = "rule"
    if frame.strength not in {"nominal", "spotted"}:
        frame.strength = "legal"


def _private_musing(frame: Frame, who: Who) -> None:
    """A company's or person's musing is no proposal; a person or group that wants a limit calls for it."""
    tabled = any(item.role == "bill" for item in frame.act.chain) and any(
        item.role == "propose" and item.kind == "verb" for item in frame.act.chain
    )
    if tabled and who.type == "person":
        return  # who introduces a bill is a lawmaker
    if who.type in {"ngo", "person", "trade_body"}:
        frame.action, frame.stage, frame.strength = "call_for", "announced", "soft"
    elif frame.strength == "considered":
        frame.action, frame.strength = "review", "soft"
