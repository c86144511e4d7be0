"""What a clause comes to: the value that the clause grammar computes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.analysis.items import Item
from bot.analysis.lexicon import Mention

REFUSES = ("kill", "nix")
"""Beginnings of verbs that end a program, and a bill before it is law."""


@dataclass(slots=True)
class Act:
    """What a word group comes to. ``kind`` is one of

    thing (the technology), use, limit, bill, plan, allow: contents, nothing is decided yet unless ``finite``;
    event: something is decided (``action``, ``stage``); soft: called for, reviewed, said; none: nothing.
    """

    kind: str
    action: str | None = None
    stage: str | None = None
    obj: str | None = None
    """What it is about: topic, weak (`the technology`), other (a rival), or None."""
    role: str = ""
    """Role of the outermost operator."""
    inner: str = ""
    """Kind of the innermost content: use, limit, bill, supply, require."""
    finite: bool = False
    """Its outermost operator is a verb that can be a statement."""
    modal: str = ""
    """would, may, must, expected, to, future."""
    negated: bool = False
    passive: bool = False
    pending: Item | None = None
    """A verb that still wants its object from the left (passive, `takes effect`)."""
    first: int = 0
    last: int = 0
    """Tokens of the whole group."""
    head: Item | None = None
    """The outermost operator."""
    intro: str = ""
    """Class of the word that opened its clause: background, condition, relative, clause, mark."""
    chain: tuple[Item, ...] = ()
    """Operators, outermost first."""
    temporary: bool = False
    by: Mention | None = None
    """The agent named with `by`."""
    patients: tuple[Mention, ...] = ()
    """Names between the operators: whom it is done to."""
    refused: bool = False
    """`will not sell`, as against `stops selling`."""
    barred: bool = False
    """`police may not use`: the subject is whom somebody forbids it."""
    withdrawn: bool = False
    """A plan or proposal was dropped."""
    right: Act | None = None
    """What stands to the right of a waiting verb; its object when nothing fits on the left."""
    left: Act | None = None
    """What stands to the left of a waiting verb, as far as it has been read."""
    clause: int = 0
    """Which clause of the sentence, from the left."""
