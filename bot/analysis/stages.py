"""How far a change has come: what its sentences say, else what such an act by such an actor amounts to.

A council that bans has voted, a governor who signs has enacted, an agency's own ban holds at once; a fine or an order is
announced, and in force only where the text says so.
"""

from __future__ import annotations

from bot.analysis.changes import Candidate
from bot.analysis.reading import Reading

_ORDER = ("considered", "announced", "proposed", "passed", "enacted", "in force")
_LAWMAKERS = frozenset({"city", "county", "legislature", "state", "country", "bloc", "executive"})
_LAWS = frozenset({"ban", "restrict", "pause", "permit", "repeal", "enact"})
_OWN_RULES = frozenset({"police", "agency", "deployer", "school"})
"""Who only rules its own house: what it decides holds at once."""
_PENDING = frozenset({"settle", "order"})
_AHEAD = frozenset({"to", "future", "expected"})


def stage_of(one: Candidate, reading: Reading) -> str:
    """The stage of a change.

    Args:
        one: the change, with the other frames that tell it.
        reading: its article, whose headline and first sentences may say more (`signed`, `takes effect`).
    """
    stage = one.frame.stage
    kind = one.who.type if one.who is not None else ""
    said = _said(one, reading, kind)
    if said is not None:
        return said
    if stage != "announced" or one.frame.action in {"propose", "call_for", "review"}:
        return stage
    told = [frame.stage for frame in one.support if frame.stage in _ORDER[3:] and not frame.background]
    if told and one.frame.action not in {"halt", "rule", "investigate"}:
        return max(told, key=_ORDER.index)
    return _usual(one, kind, voted=one.primary and _says("voted", reading))


def _said(one: Candidate, reading: Reading, kind: str) -> str | None:  # noqa: PLR0911 - one rule a line, in order
    """What the words of the article say beyond the act's own verb."""
    action, stage = one.frame.action, one.frame.stage
    if action == "halt" and stage == "announced" and one.who is not None and one.who.public and _plan_dropped(one):
        return "withdrawn"
    if action == "rule" and one.primary and _says("struck", reading):
        return "struck down"
    if action == "rule" and one.primary and _says("overturned", reading):
        return "reversed"
    if action in _PENDING and one.primary and stage == "announced" and _says("unconfirmed", reading):
        return "proposed"
    if action == "enact" and one.primary and _says("consulted", reading):
        return "proposed"  # `adopts draft guidelines for public consultation`
    law = action in _LAWS and kind in _LAWMAKERS and stage in {"announced", "passed"}
    if law and one.primary and _signed(kind, reading):
        return "enacted"
    musing = any(item.role in {"consider", "want"} for item in one.frame.act.chain)  # its own words say no more
    if stage == "considered" and kind in _LAWMAKERS and _says("tabled" if musing else "filed", reading):
        return "proposed"
    return None


def _plan_dropped(one: Candidate) -> bool:
    """A plan was given up that was not carried out yet: `scraps its plan for mandatory scans`."""
    return any(
        item.role in {"plan", "require"} or item.word in {"mandatory", "proposal", "decision"}
        for frame in (one.frame, *one.support)
        for item in frame.act.chain
    )


def _signed(kind: str, reading: Reading) -> bool:
    """Somebody signed it; a council's ordinance that a mayor is still to sign has passed."""
    if kind == "executive":
        return _says("signed", reading) and not _says("unsigned", reading)
    return _says("enacted", reading) and not _says("unsigned", reading)


def _usual(one: Candidate, kind: str, *, voted: bool) -> str:  # noqa: PLR0911 - one rule a line, in order
    """What an act by such an actor amounts to."""
    act, action = one.frame.act, one.frame.action
    if action == "sue":
        return "challenged"
    if action == "delete" and act.modal == "" and one.frame.strength == "decided":
        return "in force"
    if any(item.role == "extend" for item in act.chain) or (action == "pause" and kind in {"regulator", "oversight"}):
        return "in force"
    if action in _LAWS and kind in _LAWMAKERS:
        if kind in {"executive", "country", "bloc"} and not voted:
            return "announced" if act.modal in _AHEAD else "enacted"
        return "passed"
    if (
        (action in {"pause", "ban", "restrict"} or (action == "order" and kind == "police"))
        and kind in _OWN_RULES
        and act.modal == ""
    ):
        return "passed" if voted else "in force"
    return one.frame.stage


def _says(name: str, reading: Reading) -> bool:
    """A word of the class stands in the headline or the first sentences."""
    for found in (reading.title, reading.text):
        last = found.tokens.sentences[min(3, len(found.tokens.sentences)) - 1].last if found.tokens.sentences else 0
        if any(index < last and name in names for index, names in found.classes.items()):
            return True
    return False
