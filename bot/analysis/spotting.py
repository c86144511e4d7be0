"""What a sentence can only be about where the clause grammar finds no act: its most decisive word, beside the technology.

Newsrooms bend grammar in more ways than a grammar knows. A headline with a decider, a deciding word and the technology is
rarely about anything else; how much such a finding counts is left to the weights of the score.
"""

from __future__ import annotations

from bot.analysis.acts import Act
from bot.analysis.frames import Frame
from bot.analysis.items import Item
from bot.analysis.lexicon import Found
from bot.analysis.text import Sentence

_ACTIONS = {
    "fine": "fine", "settle": "settle", "sue": "sue", "unlawful": "rule", "rule": "rule", "order": "order",
    "investigate": "investigate", "delete": "delete", "stop": "halt", "resume": "resume", "limit": "restrict",
    "lift": "repeal", "expire": "repeal", "allow": "permit", "commit": "commit", "approve": "enact", "effect": "enact",
    "propose": "propose", "bill": "propose", "require": "enact", "extend": "pause",
}  # fmt: skip
"""What a word of a role says by itself."""
_ORDER = tuple(_ACTIONS)
_LAWFUL = frozenset({"fine", "settle", "sue", "unlawful", "rule", "order", "investigate", "delete"})

_OTHERWISE = frozenset({"call", "warn", "negation", "must"})
"""Words that say that somebody wants it, or that it is not so."""


def spotted(found: Found, sentence: Sentence, items: list[Item]) -> Frame | None:
    """The frame of a sentence's most decisive word, or None when it has none or does not name the technology.

    Args:
        found: the part of the article.
        sentence: one of its sentences, for which the grammar found no act.
        items: its meaningful words.
    """
    topic = any(item.kind == "topic" for item in items)
    if not topic and sentence.part != "title":
        return None
    words = [item for item in items if item.role in _ACTIONS and item.kind in {"verb", "noun"}]
    if not words or any(item.kind == "other" or item.role in _OTHERWISE for item in items):
        return None
    head = min(words, key=lambda item: (item.role not in _LAWFUL, item.kind == "noun", item.first))
    action = (head.mention.ref.action if head.mention is not None else None) or _ACTIONS[head.role]
    if head.role == "approve" and any(item.role == "limit" for item in words):
        action = next(item.mention.ref.action for item in words if item.role == "limit" and item.mention is not None)
    if head.first == sentence.first and head.form == "b":
        return None  # addresses somebody
    if found.is_class(sentence.first, "question_start"):
        return None
    act = Act(
        "event", action, None, "topic" if topic else None, role=head.role, first=head.first, last=sentence.last, head=head,
        chain=(head,),
    )  # fmt: skip
    return Frame(act, sentence, action or "other", "announced", "spotted")
