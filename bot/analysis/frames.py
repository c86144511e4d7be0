"""From what a clause comes to, to what somebody does: action, stage and how surely it is decided."""

from __future__ import annotations

from dataclasses import dataclass

from bot.analysis.acts import REFUSES, Act
from bot.analysis.items import Item
from bot.analysis.lexicon import Mention
from bot.analysis.text import Sentence

LIMITS = frozenset({"ban", "pause", "restrict", "halt"})
SOFT = frozenset({"call_for", "review", "other"})
STRONG = frozenset({"decided", "legal", "proposed", "considered"})
"""Strengths of acts that are said to happen."""
LEGAL = frozenset({"fine", "sue", "settle", "rule", "order", "investigate"})


@dataclass(slots=True)
class Frame:
    """A candidate for a policy change: one act with its reading."""

    act: Act
    sentence: Sentence
    action: str
    stage: str
    strength: str
    """decided, legal, proposed, considered, plan_use, begin_use, use, nominal, spotted, soft: how the act is said."""
    subjects: tuple[Mention, ...] = ()
    """Names left of the act in its clause, from the left."""
    background: bool = False
    order: int = 0
    """Position among all frames of the article."""

    @property
    def rejects(self) -> bool:
        """A limit or bill is voted down, vetoed or put off: whatever else the words say, it was not passed."""
        return self.action == "other" and self.refuses and self.act.inner == "limit"

    @property
    def refuses(self) -> bool:
        """The verb votes down, vetoes or puts off."""
        head = self.act.head
        if head is None:
            return False
        return (
            head.role == "veto" or head.word.startswith(REFUSES) or (head.role == "limit" and self.stage == "postponed")
        )

    @property
    def weight(self) -> float:
        """How good a candidate it is, before anything is known about the article."""
        base = _STRENGTH[self.strength]
        base += {"topic": 1.0, "weak": 0.4, "other": -1.5}.get(self.act.obj or "", 0.0)
        base += 0.3 if self.subjects or self.act.by is not None else 0.0
        base -= 1.2 if self.background else 0.0
        return base


_STRENGTH = {
    "decided": 3.0, "legal": 2.6, "proposed": 2.5, "considered": 2.3, "plan_use": 1.6, "begin_use": 1.5, "use": 1.0, "nominal": 1.2, "spotted": 1.0, "soft": 0.8,
}  # fmt: skip


def frame_of(act: Act, sentence: Sentence) -> Frame | None:
    """The reading of an act, or None when nothing is done about the technology."""
    if act.intro == "condition":
        return None  # `until Congress passes a law`
    reading = _reading(act)
    if reading is None:
        return None
    action, stage, strength = reading
    if act.temporary and action in {"ban", "halt"} and strength == "decided":
        action = "pause"
    return Frame(act, sentence, action, stage, strength)


def _reading(act: Act) -> tuple[str, str, str] | None:
    if act.kind == "wait" and act.role == "unlawful":
        return "rule", "announced", "legal"
    if act.kind in {"none", "nothing", "thing", "wait"} or (act.negated and act.kind == "none"):
        return None
    if act.modal == "must" and act.finite:
        return "call_for", "announced", "soft"
    reader = _READERS.get(act.kind)
    return reader(act) if reader else None


def _limit(act: Act) -> tuple[str, str, str] | None:
    action = act.action or "restrict"
    stage = act.stage or "announced"
    if not act.finite:
        return (action, stage, "nominal") if act.modal == "" else ("propose", "considered", "nominal")
    if act.modal in {"may", "expected"}:
        return "propose", "considered", "considered"
    if act.modal == "would":
        return "propose", "proposed", "proposed"
    return action, stage, "decided"


def _bill(act: Act) -> tuple[str, str, str] | None:
    if act.finite and act.inner in {"limit", "allow", "use"}:
        if act.modal in {"would", "may", "to", "expected"}:
            return "propose", "proposed", "proposed"
        return act.action or "enact", act.stage or "enacted", "decided"
    return "propose", act.stage or "proposed", "nominal"


def _plan(act: Act) -> tuple[str, str, str] | None:
    return (
        ("propose", "considered" if act.inner != "limit" else "proposed", "nominal") if act.inner != "nothing" else None
    )


def _allow(act: Act) -> tuple[str, str, str] | None:
    if not act.finite:
        return "permit", "announced", "nominal"
    if act.modal in {"may", "would", "expected"}:
        return "propose", "considered", "considered"
    return "permit", "announced", "decided"


def _use(act: Act) -> tuple[str, str, str] | None:
    if act.inner == "supply" or not act.finite:
        return None
    action = act.action or "adopt"
    head = act.head
    begun = head is not None and head.form in {"s", "d", "b"} and _sense(head) == "start-use" and head.kind == "verb"
    if begun and act.modal == "":
        return action, "announced", "begin_use"
    if act.modal in {"to", "future", "expected"} or act.inner == "want" or act.stage == "considered":
        return action, act.stage or "announced", "plan_use"
    if act.modal in {"may", "would"}:
        return "review", "considered", "soft"
    return action, "announced", "use"


def _sense(item: Item) -> str:
    return item.mention.ref.id if item.mention is not None else ""


def _event(act: Act) -> tuple[str, str, str] | None:
    action, stage = act.action or "other", act.stage or "announced"
    if action in SOFT and not (action == "other" and act.withdrawn):
        return action, stage, "soft"
    if action == "propose":
        return action, stage, "considered" if stage == "considered" else "proposed"
    if act.modal in {"may", "would", "expected"}:
        if action in LEGAL:
            return action, "considered", "considered" if act.modal == "expected" else "soft"
        return "propose", "considered", "considered"
    if not act.finite and not (action == "fine" and act.patients):
        return action, stage, "nominal"
    return action, stage, "legal" if action in LEGAL else "decided"


def _soft(act: Act) -> tuple[str, str, str] | None:
    return act.action or "other", act.stage or "announced", "soft"


_READERS = {"limit": _limit, "bill": _bill, "plan": _plan, "allow": _allow, "use": _use, "event": _event, "soft": _soft}
