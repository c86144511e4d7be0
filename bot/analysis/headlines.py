"""Headlines that name the court or regulator beside what it found: `…, tribunal says`, `Court: police may …`."""

from __future__ import annotations

from bot.analysis.acts import Act
from bot.analysis.frames import Frame
from bot.analysis.items import Item
from bot.analysis.lexicon import Found, Mention
from bot.analysis.text import Sentence

_AUTHORITIES = frozenset({"court", "regulator", "oversight", "prosecutor"})
_OPENING = 7
"""Tokens of a headline within which the colon after a name must stand."""
_BEFORE = 5
"""Tokens of a name in which the comma before it is looked for."""


def attributed(found: Found, sentence: Sentence, items: list[Item]) -> Frame | None:
    """The ruling or order that a headline attributes to an authority at its end or beginning, or None.

    What a court says of the technology is a ruling. A regulator's words are one when they say `unlawful` or when the verb
    is more than `says`, and an order when something must be done.
    """
    name, first, last, mere = _authority(found, sentence)
    if name is None:
        return None
    kind = name.ref if name.kind == "body" else getattr(name.ref, "type", "")
    inside = [item for item in items if first <= item.first and item.last <= last]
    if kind not in _AUTHORITIES or not any(item.kind == "topic" for item in inside):
        return None
    ordered = kind != "court" and any(item.role in {"must", "order"} for item in inside)
    judged = kind == "court" or not mere or any(item.role == "unlawful" for item in inside)
    if not ordered and not judged:
        return None
    stop = next((item.role for item in inside if item.role in {"stop", "delete"}), "")
    act = Act(
        "event", "order" if ordered else "rule", None, "topic", role="rule", finite=True, passive=True, by=name,
        inner={"stop": "halt"}.get(stop, stop), first=first, last=last,
        chain=tuple(item for item in inside if item.role == "unlawful"),
    )  # fmt: skip
    return Frame(act, sentence, "order" if ordered else "rule", "announced", "legal")


def _authority(found: Found, sentence: Sentence) -> tuple[Mention | None, int, int, bool]:
    """The name, the tokens that it is beside, and whether it merely says so."""
    tokens = found.tokens.items
    end = sentence.last - 1
    if found.is_class(end, "attribution"):
        name = next((one for one in found.names if one.last == end), None)
        if name is not None:
            for index in range(name.first - 1, max(sentence.first, name.first - _BEFORE), -1):
                if tokens[index].norm in {",", "--", "-"}:
                    return name, sentence.first, index, found.is_class(end, "say")
    beside = len(found.names) > 1 and found.names[0].last == found.names[1].first  # `European court: …`
    for name in found.names[: 2 if beside else 1]:
        if name.last < min(end, sentence.first + _OPENING) and tokens[name.last].norm == ":":
            return name, name.last + 1, sentence.last, True
    return None, 0, 0, True
