"""Verb-final clauses in the order that the grammar reads: for languages whose settings say `order: verb-final`."""

from __future__ import annotations

from bot.analysis.items import Item


def verb_second(items: list[Item]) -> list[Item]:
    """A verb-final clause in the order that the grammar reads: participle or infinitive right after what governs it.

    `will Gesichtserkennung verbieten` -> `will verbieten Gesichtserkennung`; `hat … verboten` -> `verbot …`.
    """
    ordered: list[Item] = []
    clause: list[Item] = []
    for item in [*items, None]:
        if item is not None and item.kind != "break":
            clause.append(item)
            continue
        ordered.extend(_moved(clause))
        clause = []
        if item is not None:
            ordered.append(item)
    return ordered


def _denied(clause: list[Item]) -> list[Item]:
    """`verkauft keine …`: the negation is said after the verb and means it."""
    for place, item in enumerate(clause):
        if item.kind == "mark" and item.role == "negation":
            verb = next((back for back in range(place - 1, -1, -1) if clause[back].kind == "verb"), None)
            if verb is not None:
                return [*clause[:verb], item, *clause[verb:place], *clause[place + 1 :]]
    return clause


def _moved(clause: list[Item]) -> list[Item]:
    clause = _denied(clause)
    if len(clause) < 3 or clause[-1].kind != "verb" or clause[-1].form not in {"b", "n", "d"}:
        return clause
    last = clause[-1]
    if last.passive:
        return clause
    for place, item in enumerate(clause[:-1]):
        governs = (
            item.kind == "mark" and item.role in {"may", "would", "must", "expected", "future"}
        ) or item.role == "want"
        if governs and item.word != "zu":
            between = clause[place + 1 : -1]
            denied = [one for one in between if one.kind == "mark" and one.role == "negation"]
            return [*clause[: place + 1], *denied, last, *(one for one in between if one not in denied)]
    names = [place for place, item in enumerate(clause) if item.kind == "name"]
    if last.form == "d" and names and names[0] == 0:
        return [clause[0], last, *clause[1:-1]]
    return clause
