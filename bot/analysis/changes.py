"""From judged frames to the changes of an article: which are one, which are primary, and how sure each is."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from bot.analysis.deciders import Deciders
from bot.analysis.features import merit, object_of, where
from bot.analysis.frames import STRONG, Frame
from bot.analysis.judging import Judged
from bot.analysis.quotes import quoted_places
from bot.analysis.reading import Reading
from bot.analysis.who import Cast, Who

MAX_CHANGES = 8
_FAMILY = {
    "pause": "limit",
    "ban": "limit",
    "restrict": "limit",
    "halt": "limit",
    "propose": "propose",
    "enact": "limit",
}


@dataclass(slots=True)
class Candidate:
    """One change: its best frame, and the others that say the same."""

    frame: Frame
    who: Who | None
    merit: float
    primary: bool = True
    support: list[Frame] = field(default_factory=list)
    score: float = 0.0


def candidates(reading: Reading, judged: list[Judged], cast: Cast, score: float) -> list[Candidate]:
    """The changes of an article, best first: primaries, then background.

    Args:
        reading: the article.
        judged: its frames with their actors.
        cast: its actors, for acts whose clause names none.
        score: probability that the article is about a policy change; the best primary gets it.
    """
    ranked = sorted(
        ((merit(frame, who, reading), frame, who) for frame, who in judged if _worth(frame, who, reading)),
        key=lambda one: (-one[0], one[1].order),
    )
    deciders = Deciders(reading, judged, cast)
    found: list[Candidate] = []
    for value, frame, who in ranked:
        person = deciders.of(frame, who)
        same = next((one for one in found if _same(one, frame, person)), None)
        if same is not None:
            same.support.append(frame)
        elif len(found) < MAX_CHANGES and (not found or _stands(frame, who, person, found[0], reading)):
            found.append(Candidate(frame, person, value))
    if not found:
        return []
    for one in found:
        _own_offer(one)
    lead = next((one for one in found if not one.frame.background), found[0])
    for one in found:
        one.primary = one is lead or _is_primary(one, lead)
        one.score = _score(one, lead, score)
    found.sort(key=lambda one: (not one.primary, one is not lead, -one.score, one.frame.order))
    return found


def _own_offer(one: Candidate) -> None:
    """`Microsoft bans police …` above a text in which it will not sell: the text says what it is."""
    if one.frame.action == "ban" and one.who is not None and one.who.type in {"platform", "vendor"}:
        told = next((frame.action for frame in one.support if frame.action in {"halt", "pause"}), None)
        if told is not None:
            one.frame.action = told


def _stands(frame: Frame, who: Who | None, person: Who | None, lead: Candidate, reading: Reading) -> bool:  # noqa: PLR0911 - one rule a line
    """Whether a further change is told well enough to be recorded beside the lead.

    It needs its own verb, an actor that is known and is its subject, and the technology as its object; nobody's quoted
    opinion counts. Here precision matters more than recall: people read these lines as facts.
    """
    act = frame.act
    if who is None or person is None or who.oblique or not (person.id or person.place):
        return False
    if who.guessed and who.mention not in frame.subjects:
        return False
    if person.type in {"ngo", "person", "trade_body"} and frame.action != "sue":
        return False
    own = lead.who is not None and lead.who.name == person.name
    if frame.strength == "soft":
        pledged = act.head is not None and act.head.role in {"commit", "call"}
        return (pledged or (own and _will_review(frame))) and frame.action in _SOFT and not _quoted(frame, reading)
    if frame.strength not in STRONG or not act.finite:
        return False
    if own and frame.action == "commit" and any(item.role == "review" for item in act.chain):
        return not _quoted(frame, reading)  # `promised to review how customers …`
    using = act.obj is None and any(item.role in {"use", "supply"} for item in act.chain)  # `stop police from using it`
    if not (using or act.obj in {"topic", "weak"}) or object_of(frame, reading) not in {"topic", "near", "weak"}:
        return own and frame.sentence.part == "title"
    if act.modal in {"to", "may", "expected"} and not (
        own or (act.head is not None and act.head.role in {"want", "consider"})
    ):
        return False
    if act.intro == "relative" and where(frame) != "title" and not _follows(who, frame, reading):
        return False
    return own or not _quoted(frame, reading)


_SOFT = frozenset({"call_for", "review", "commit"})


def _will_review(frame: Frame) -> bool:
    """`will also revise how it reviews customers`: announced, not merely reported."""
    return frame.action == "review" and frame.act.modal in {"future", "would", "to"}


def _asks_lawmakers(frame: Frame) -> bool:
    """`ask Congress for rules`, in an article that is about the technology."""
    rules = any(item.role in {"bill", "limit", "approve"} for item in frame.act.chain)
    return rules and any(getattr(one.ref, "type", one.ref) == "legislature" for one in frame.act.patients)


def _mentions(frame: Frame, reading: Reading) -> bool:
    """Its sentence names the technology or something that stands for it."""
    terms = reading.found(frame.sentence.part).terms
    return any(frame.sentence.first <= term.first < frame.sentence.last and term.kind != "other" for term in terms)


def _follows(who: Who, frame: Frame, reading: Reading) -> bool:
    """`IBM told lawmakers that it …`, `Boston, which …`: the clause is about the name before it."""
    found = reading.found(frame.sentence.part)
    if who.mention is None or who.part != frame.sentence.part or who.mention.last > frame.act.first:
        return False
    between = range(who.mention.last, frame.act.first)
    norms = [found.tokens.items[index].norm for index in between]
    return any(found.is_class(index, "say") for index in between) or (len(norms) <= 3 and "which" in norms)


def _quoted(frame: Frame, reading: Reading) -> bool:
    found = reading.found(frame.sentence.part)
    return any(first < frame.act.first < last for first, last in quoted_places(found))


def _worth(frame: Frame, who: Who | None, reading: Reading) -> bool:
    """Good enough to be recorded at all."""
    tied = object_of(frame, reading)
    if tied == "other":
        return False
    if where(frame) == "title":
        return True
    if frame.strength == "soft":
        return (
            (frame.action == "call_for" or _will_review(frame))
            and (tied != "none" or _mentions(frame, reading) or _asks_lawmakers(frame))
            and who is not None
            and (who.public or who.type in {"platform", "vendor"})
        )
    if frame.strength in {"nominal", "spotted", "use", "begin_use"}:
        return where(frame) == "lead" and tied in {"topic", "near"}
    return tied in {"topic", "near"} or (where(frame) == "lead" and tied == "weak") or frame.act.role == "commit"


def _same(one: Candidate, frame: Frame, who: Who | None) -> bool:
    mine = one.who
    actor = who is None or mine is None or who.name == mine.name or (who.guessed and who.type == mine.type)
    if who is not None and mine is not None and who.type == mine.type == "legislature" and who.place == mine.place:
        actor = True  # a chamber and its parliament
    if not actor:
        return False
    first, second = one.frame.action, frame.action
    return (
        first == second
        or _FAMILY.get(first, first) == _FAMILY.get(second, second)
        or frame.strength in {"nominal", "spotted", "use", "begin_use"}
    )


def _is_primary(one: Candidate, lead: Candidate) -> bool:
    """What headline and lead say of the same actor is primary; another actor's act told later is recalled."""
    if one.frame.background:
        return False
    same_actor = one.who is not None and lead.who is not None and one.who.name == lead.who.name
    if where(one.frame) == "title":
        return one.frame.strength in STRONG
    if same_actor:
        return True
    return where(one.frame) == "lead" and one.frame.strength in STRONG and lead.frame.strength not in STRONG


def _score(one: Candidate, lead: Candidate, score: float) -> float:
    if one is lead:
        return score
    bounded = min(max(score, 0.001), 0.999)
    logit = math.log(bounded / (1 - bounded)) - max(0.3, lead.merit - one.merit)
    return round(min(score, 1 / (1 + math.exp(-logit))), 4)
