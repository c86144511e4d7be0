"""The clause grammar: what a sentence says is done about the technology.

A sentence is read from right to left. Nouns and verbs are operators on what stands to their right, as in
`drops (its plan (to require (face scans)))`; breaks (`after`, `as`, `;`) close a clause. What a clause comes to is a
:class:`Act`. The order of operators matters and the distance does not much, which is what makes it more than a window of words.
"""

from __future__ import annotations

from dataclasses import replace

from bot.analysis.acts import Act
from bot.analysis.items import Item
from bot.analysis.operators import OPERATORS

_INTRANSITIVE = frozenset({"effect", "expire", "approve", "propose", "veto", "extend", "unlawful"})
_MODAL = frozenset({"would", "may", "must", "future", "expected"})
_FROM = frozenset({"limit", "order", "allow", "require", "call", "stop"})
_LEGAL = frozenset({"fine", "sue", "settle", "rule", "order", "investigate"})


def acts_of(items: list[Item]) -> list[Act]:
    """What the clauses of a sentence come to, from left to right."""
    acts: list[Act] = []
    act: Act | None = None
    for position in range(len(items) - 1, -1, -1):
        item = items[position]
        before = items[position - 1] if position else None
        if item.kind == "break":
            act = _cross_break(acts, act, item, before)
        elif item.kind == "comma":
            act = _cross_comma(acts, act, item, before)
        else:
            act = _take(acts, act, item, before)
    if act is not None and act.kind != "nothing":
        acts.append(_settled(act))
    acts.reverse()
    for number, one in enumerate(acts):
        one.clause = number
    return acts


def fronted(items: list[Item]) -> list[Item]:
    """`After leading the ban, X …`: the comma before the subject ends the clause that a sentence opens with."""
    if not items or not (
        (items[0].kind == "break" and items[0].role in {"background", "condition"})
        or (items[0].kind == "verb" and items[0].form == "g")  # `Following Amazon and IBM, Microsoft …`
    ):
        return items
    for position in range(1, len(items) - 1):
        if (
            items[position].kind == "comma"
            and items[position].word == ","
            and items[position + 1].kind in {"name", "topic"}
        ):
            return [*items[:position], replace(items[position], kind="break", role="mark"), *items[position + 1 :]]
    return items


def _cross_break(acts: list[Act], act: Act | None, item: Item, before: Item | None) -> Act | None:
    if act is None or act.kind == "nothing":
        return None
    act = _settled(act)
    if (
        item.role == "relative"
        and before is not None
        and (before.role in {"bill", "plan", "say", "require", "propose", "call"} or _sense(before) == "announce")
    ):
        return act
    if item.word == "whether" or (item.word in {"until", "before"} and before is not None and before.role == "say"):
        act.modal = act.modal or "may"
        return act
    act.intro = act.intro or item.role
    acts.append(act)
    return None


def _cross_comma(acts: list[Act], act: Act | None, item: Item, before: Item | None) -> Act | None:
    if act is None or (act.pending is not None and (act.left is None or act.left.kind == "thing")):
        return act
    act = _settled(act)
    if act.head is not None and act.head.role == "say" and act.head.form == "g" and item.word == ",":
        acts.append(act)  # `votes to ban …, saying that it is time`
        return None
    interrupted = act.modal in {"to", "future"} and item.word == ","  # `plans, for now, to ban`
    paired = before is not None and before.kind == "verb" and item.word == "and" and before.role == act.role
    if not act.finite or interrupted or paired:
        return act
    acts.append(act)
    return None


def _take(acts: list[Act], act: Act | None, item: Item, before: Item | None) -> Act | None:
    if item.kind in {"topic", "weak", "other"}:
        return _take_thing(acts, act, item)
    if item.kind == "name":
        return _take_name(act, item, before)
    if item.kind == "mark":
        return _take_mark(act, item)
    if item.kind == "noun":
        return _take_noun(act, item)
    return _take_verb(acts, act, item, before)


def _take_thing(acts: list[Act], act: Act | None, item: Item) -> Act:
    thing = Act("thing", obj=item.kind, first=item.first, last=item.last)
    if act is None or act.kind == "nothing":
        if act is not None:
            thing.by, thing.patients = act.by, act.patients
        return thing
    if act.pending is not None:
        act.left = _join(act.left, thing)
        return act
    if act.modal == "to" and act.head is not None and act.head.kind == "verb" and not act.passive:
        act.intro = "purpose"
        acts.append(act)
        return thing
    if act.finite and act.head is not None and act.head.kind == "verb" and act.kind != "thing":
        if act.obj is None and (act.head.role in _LEGAL or act.passive or act.head.role in _INTRANSITIVE):
            act.obj = item.kind
        return act  # else the technology is the subject of an active verb
    return _join(act, thing)


def _join(act: Act | None, thing: Act) -> Act:
    """Put the technology, or a rival, before what it qualifies: `facial recognition` + `ban`."""
    if act is None:
        return thing
    stronger = act.obj is None or (act.obj == "weak" and thing.obj == "topic")
    nearer = act.obj == "other" and act.kind in {"thing", "none", "nothing"} and thing.obj == "topic"
    if stronger or nearer:
        act.obj = thing.obj
    act.first = thing.first
    return act


def _settled(act: Act) -> Act:
    """A waiting verb gets what was read to its left."""
    content = act.left or act.right
    return _resolve(act, content) if act.pending is not None and content is not None else act


def _take_name(act: Act | None, item: Item, before: Item | None) -> Act | None:
    if item.mention is None:
        return act
    if act is None:
        act = Act("nothing", first=item.first, last=item.last)
    if before is not None and before.role == "by" and act.by is None:
        act.by = item.mention
    if act.pending is not None and act.left is None and act.role == "unlawful" and _sells_it(item):
        act.left = Act("thing", obj="topic", first=item.first, last=item.last)  # `finds Clearview unlawful`
    if act.obj is None and act.kind == "nothing" and _sells_it(item):
        act.obj = "topic"  # `fines Clearview AI`: the company is its product
    act.patients = (item.mention, *act.patients)
    return act


def _sells_it(item: Item) -> bool:
    return item.mention is not None and item.mention.kind == "actor" and item.mention.ref.type == "vendor"


def _take_mark(act: Act | None, item: Item) -> Act | None:  # noqa: PLR0911 - one return for each kind of mark
    if item.role == "instrument":
        return None if act is not None and not act.finite and act.kind == "thing" else act
    if act is None or item.role == "by":
        if act is not None and act.by is None and act.patients:
            act.by = act.patients[0]
            act.passive = act.passive or act.kind != "thing"
        return act
    if item.role == "negation":
        return _negate(act, item)
    if item.role == "future":
        if act.negated and act.action == "halt" and item.word != "to":
            act.finite = True
        act.modal = act.modal or ("to" if item.word == "to" else "future")
        act.finite = act.finite or item.word != "to"
        return act
    if item.role == "expected" and act.kind in {"limit", "bill"} and not act.finite:
        act.kind, act.action, act.stage, act.finite = "event", "propose", "considered", True
        act.first = item.first
        return act
    if item.role == "may" and act.negated and act.action == "halt" and act.kind == "event":
        act.action, act.finite, act.barred = "ban", True, True  # `may not use`: somebody else forbids it
        return act
    if act.finite or act.head is not None:
        act.modal = item.role if act.modal in {"", "to", "future"} else act.modal
        act.first = item.first
    return act


def _negate(act: Act, item: Item) -> Act:
    head = act.role
    act.first = item.first
    if item.word.startswith("stop") and act.kind in {"limit", "bill", "plan"}:
        return Act("none", obj=act.obj, first=item.first, last=act.last)  # `stops short of banning`
    if act.kind == "thing" and item.word.partition(" ")[0] in _FORGOES:
        return replace(
            act, kind="event", action="halt", finite=True, refused=True, negated=True, role="use", inner="use"
        )
    if item.word == "without" and act.head is not None and act.head.kind == "noun":
        return Act("none", obj=act.obj, first=item.first, last=act.last)  # `tested it without permission`
    if act.kind in {"use", "allow"} or head in {"use", "supply", "require"}:
        refused = replace(act)
        refused.kind = "limit" if act.kind == "allow" else "event"
        refused.action = "ban" if act.kind == "allow" else "halt"
        refused.finite = True
        refused.refused = "no longer" not in item.word and "no more" not in item.word
        refused.negated = True
        refused.role = head
        word = _spelled(item.word)
        if word in _UNABLE and act.kind == "use":
            refused.action, refused.barred = "ban", True
        # `does not use` states a fact; `will not use`, `no longer uses` and `does not sell` are decisions.
        if act.kind == "use" and head == "use" and word in _STATED:
            refused.finite = False
        return refused
    if act.kind in {"limit", "event", "soft", "bill"} and act.finite:
        act.negated = True
        act.kind = "none"
    return act


_FORGOES = frozenset({"rule", "rules", "ruled"})
"""`rules out face matching`: refuses the thing itself."""
_UNABLE = frozenset({"cant", "cannot"})
_STATED = frozenset({"not", "doesnt", "dont", "didnt", "isnt", "arent", "wasnt", "never", "without", "hasnt", "havent"})


def _spelled(word: str) -> str:
    """A negation without apostrophe or the gap that an address leaves in its place: `won't`, `wont`, `won t`."""
    return word.replace("'", "").replace(" t", "t")


def _resolve(act: Act, content: Act) -> Act:
    """Give a waiting verb what stands to its left as its object."""
    item = act.pending
    if item is None:
        return act
    done = apply(item, content)
    done.first, done.last = content.first, act.last
    done.modal, done.intro, done.by, done.patients = act.modal, act.intro, act.by, act.patients
    done.passive = act.passive
    done.finite = True
    done.head = item
    done.chain = (*act.chain, *content.chain)
    done.pending = None
    if act.negated or act.kind == "none":
        done.negated = True
        if act.action == "halt" and act.kind == "event":
            done.kind, done.action, done.refused = "event", "halt", act.refused
        else:
            done.kind = "none"
    return done


def _take_noun(act: Act | None, item: Item) -> Act:
    if act is not None and act.pending is not None:
        act.left = _wrap(item, act.left)
        return act
    if act is not None and act.finite and act.modal != "to" and act.head is not None and act.head.kind == "verb":
        return _noun_subject(act, item)
    return _wrap(item, act)


def _noun_subject(act: Act, item: Item) -> Act:
    """A noun left of a finite verb is its subject: `Bill would ban`, `Law bans`, `The ban will expire`."""
    if item.role in {"bill", "plan", "propose"} and act.kind in {"limit", "allow", "bill", "use"}:
        return Act(
            "bill", act.action, act.stage, act.obj, "bill", "limit" if act.kind == "limit" else act.kind,
            first=item.first, last=act.last, head=act.head, chain=(item, *act.chain), modal=act.modal, finite=True,
            patients=act.patients, temporary=act.temporary, intro=act.intro,
        )  # fmt: skip
    if item.role == "limit" and act.action == "halt" and act.inner in {"nothing", "none"}:
        act.action, act.stage, act.inner, act.obj = "repeal", "expired", "limit", act.obj  # `The ban ends`
    act.first = item.first
    return act


def _wrap(item: Item, act: Act | None) -> Act:
    """A noun as operator on what follows (`ban on …`) or on what stands before it (`facial recognition ban`)."""
    done = apply(item, act)
    done.first = item.first
    done.last = act.last if act is not None else item.last
    done.head = item
    done.chain = (item, *(act.chain if act is not None else ()))
    if act is not None:
        done.patients = act.patients
        done.by = act.by
        done.intro = act.intro
    return done


def _take_verb(acts: list[Act], act: Act | None, item: Item, before: Item | None) -> Act | None:
    if act is not None and act.pending is not None:
        if item.form == "g" and item.role not in {"say", "neutral"}:
            act.left = _wrap(item, act.left)
            return act
        act = _settled(act)
    if act is not None and _only_qualifies(item, act):
        return act
    if item.role == "neutral":
        if act is not None:
            act.intro = act.intro or "neutral"
            acts.append(act)
        return None
    if act is not None and _second_statement(item, act):
        acts.append(act)
        act = None
    if _wants_left(item, act, before):
        return _waiting(item, act)
    return _verb(item, act, named=before is not None and before.kind == "name")


def _only_qualifies(item: Item, act: Act) -> bool:
    """`legislation introduced in the House would ban …`: the participle belongs to the noun."""
    spoken = act.head is not None and act.head.form in {"s", "d"}
    return item.passive and act.finite and (act.modal in _MODAL or spoken)


def _second_statement(item: Item, act: Act) -> bool:
    """Two finite verbs in a row are two statements, unless the first one says the second."""
    if not act.finite or act.modal or act.head is None or act.head.kind != "verb" or act.role == "say":
        return False
    if act.kind == "soft" and act.action == "review" and _tends(item):
        return False  # `will revise how it reviews customers`
    return item.role != "say" and act.head.form in {"s", "d", "P"} and item.form in {"s", "d", "b", "P"}


def _wants_left(item: Item, act: Act | None, before: Item | None) -> bool:
    """Whether a verb has its object on its left: a passive, or `takes effect`, `is under consideration`."""
    free = act is None or act.kind in {"none", "nothing"}
    alone = free and (item.role in _INTRANSITIVE or (item.form == "P" and item.role == "consider"))
    if not (item.passive or alone) or item.role in {"say", "light"} or (item.role == "use" and before is None):
        return False
    if act is None or not item.passive:
        return True
    if item.role in _FROM and act.kind in {"use", "allow", "event", "limit"} and act.obj != "other":
        return False  # `banned from selling …`, `told to stop …`
    infinitive = act.kind in {"limit", "bill", "use", "allow"} and act.modal in {"to", ""}
    return not (infinitive and item.role in {"approve", "propose", "order", "allow", "call", "want"})


def _waiting(item: Item, act: Act | None) -> Act:
    waiting = Act(
        "event" if item.role in _LEGAL else "wait", _action(item), _stage(item), None, item.role, finite=True,
        passive=item.passive, pending=item, first=item.first, last=act.last if act else item.last, head=item, chain=(item,),
    )  # fmt: skip
    if act is not None:
        waiting.patients, waiting.by = act.patients, act.by
        if item.role == "limit" and act.kind == "thing":
            waiting.right = act
        if item.role in _LEGAL or item.role == "unlawful":
            waiting.obj = act.obj
    return waiting


def _verb(item: Item, act: Act | None, *, named: bool = True) -> Act:
    done = apply(item, act)
    done.first = item.first
    done.last = act.last if act is not None else item.last
    done.head = item
    done.chain = (item, *(act.chain if act is not None else ()))
    done.finite = True if item.form != "g" else done.kind == "event" and item.role not in {"use", "supply"} and named
    done.passive = item.passive
    if act is not None:
        done.patients = act.patients
        done.by = act.by
        done.temporary = done.temporary or act.temporary
        done.refused = done.refused or act.refused
        if item.role in {"say", "become"} or (item.role == "light" and act.finite):
            done.modal = "" if item.role == "become" or act.modal == "to" else act.modal
    return done


def _sense(item: Item) -> str:
    return str(getattr(item.mention.ref, "id", "")) if item.mention is not None else ""


def _tends(item: Item) -> bool:
    """Changes a procedure, and does not end it."""
    return item.role in {"lift", "use"} or (item.role == "limit" and _action(item) == "restrict")


def _action(item: Item) -> str | None:
    return item.mention.ref.action if item.mention is not None else None


def _stage(item: Item) -> str | None:
    return item.mention.ref.stage if item.mention is not None else None


def apply(item: Item, act: Act | None) -> Act:
    """What an operator makes of its content; the table of the grammar."""
    content = act if act is not None else Act("nothing")
    operator = OPERATORS.get(item.role)
    if content.kind == "soft" and content.action == "review" and item.kind == "verb" and _tends(item):
        return replace(content, role=item.role)  # `revises how it reviews customers`, `adds review factors`
    done = operator(item, content) if operator else Act("none", obj=content.obj)
    done.role = item.role
    if done.obj is None:
        done.obj = content.obj
    done.temporary = done.temporary or content.temporary
    return done
