"""What each kind of verb or noun makes of its content: the table behind ``drops (plan (require (face scans)))``.

An operator is a function of the item and of what stands to its right (or, for passives, to its left). Each line of the table
is one fact of the domain; the words themselves are vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.analysis.acts import REFUSES, Act
from bot.analysis.items import Item

Operator = Callable[[Item, Act], Act]

_CONTENT = frozenset({"thing", "use", "allow", "nothing"})


def _ref(item: Item) -> tuple[str | None, str | None]:
    if item.mention is None:
        return None, None
    return item.mention.ref.action, item.mention.ref.stage


def _limit(item: Item, act: Act) -> Act:  # noqa: PLR0911 - one return for each kind of content
    action, _ = _ref(item)
    if item.mention is not None and item.mention.ref.id == "lose":
        return _lose(act)
    if act.kind == "limit" and act.inner != "regulation":
        if item.kind == "verb" and action == "pause":
            return Act("event", "other", "postponed", act.obj, inner="limit")  # `delays a ban`, or the vote on it
        return replace(
            act, action=action if action == "pause" else act.action, temporary=act.temporary or action == "pause"
        )
    if act.kind == "bill":
        if item.kind == "verb":
            return Act("event", "other", None, act.obj, inner="bill") if action != "restrict" else act
        return replace(act, action=action, inner="limit")
    if act.kind == "plan" and item.kind == "noun":
        return Act("event", "propose", "proposed", act.obj, inner="limit")  # `curbs in a new proposal`
    if act.kind == "plan":
        done = _dropped(act, action or "halt")
        return replace(done, stage="postponed", withdrawn=False) if action == "pause" else done
    if act.kind == "event" and item.kind == "verb":
        return replace(act, kind="none")
    return Act("limit", action, None, act.obj, inner=act.kind, temporary=action == "pause")


def _dropped(act: Act, action: str) -> Act:
    """Giving up a plan: of use it is a halt, of a limit the end of a proposal."""
    if act.inner in {"limit", "bill"}:
        return Act("event", "other", "withdrawn", act.obj, inner="limit", withdrawn=True)
    return Act("event", "halt" if action == "ban" else action, "withdrawn", act.obj, inner="use", withdrawn=True)


def _stop(item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"} and item.kind == "verb" and item.word.startswith(REFUSES):
        return Act("event", "other", "withdrawn", act.obj, inner="limit")  # `kills a ban`: one that was to be voted on
    if act.kind == "limit":
        return Act("event", "repeal", None, act.obj, inner="limit")
    if act.kind in {"plan", "bill"}:
        return _dropped(act, "halt")
    if act.kind == "event" and act.action == "sue":
        return Act("event", "settle", None, act.obj, inner=act.kind)  # `ends the lawsuit`
    if act.kind == "event":
        return replace(act, kind="none")
    return Act("event", "halt", None, act.obj, inner=act.role if act.role in {"supply", "use"} else act.kind)


def _lift(item: Item, act: Act) -> Act:
    action, _ = _ref(item)
    if act.kind == "bill" and act.inner == "bill" and item.mention is not None and item.mention.ref.id == "amend":
        return Act("event", "enact", None, act.obj, inner="bill")
    ordered = act.kind == "event" and act.action in {"order", "fine"} and item.kind == "verb"  # `sets the order aside`
    if act.kind in {"limit", "bill"} or ordered:
        return Act("event", action or "repeal", "reversed" if ordered else None, act.obj, inner="limit")
    if item.kind == "noun":
        return Act("allow", "permit", None, act.obj, inner="allow")
    if item.kind == "verb" and item.word.startswith(_ANNULS) and act.kind in {"thing", "use", "plan"}:
        return Act("event", "rule", "struck down", act.obj, inner="use")
    if act.kind in {"plan", "use", "allow"}:
        return Act("event", "halt", None, act.obj, inner="use")
    return Act("none", obj=act.obj)


_ANNULS = ("strike", "struck", "quash", "annul", "invalidat", "void")


def _lose(act: Act) -> Act:
    """`Police lose face recognition`: somebody else takes it away."""
    if act.kind in {"thing", "use"} and act.obj == "topic":
        return Act("event", "ban", None, act.obj, inner="use", barred=True)
    return Act("none", obj=act.obj)


def _resume(_item: Item, act: Act) -> Act:
    if act.kind == "bill" or (act.kind == "limit" and any(one.role == "bill" for one in act.chain)):
        return Act("event", "propose", "proposed", act.obj, inner="limit")  # `revives a bill to limit …`
    if act.kind == "limit":
        return replace(act, finite=True)
    return Act("event", "resume", None, act.obj, inner=act.kind)


def _expire(_item: Item, act: Act) -> Act:
    if act.kind == "use" and act.obj is not None:
        return Act("event", "halt", "expired", act.obj, inner="use")  # `lets its contract lapse`
    return (
        Act("event", "repeal", "expired", act.obj, inner="limit")
        if act.kind in {"limit", "bill"}
        else Act("none", obj=act.obj)
    )


def _extend(item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"}:
        # What is extended had an end: a pause, whatever the headline calls it.
        action = "pause" if act.kind == "limit" and act.action in {"ban", "pause", "halt"} else act.action
        return replace(act, kind="event" if item.kind == "verb" else act.kind, action=action)
    if act.kind == "event" and act.action == "halt" and item.kind == "verb":
        return replace(act, action="pause")
    if act.kind in {"soft", "event", "plan"}:
        return act
    contract = act.kind == "use" and item.kind == "verb" and any(one.word.startswith("contract") for one in act.chain)
    if contract:
        return Act("event", "adopt", None, act.obj, inner="use")
    return Act("use", "adopt", None, act.obj) if item.kind == "verb" else act


def _use(item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"} and item.kind == "verb" and item.word.startswith("adopt"):
        return _approve(item, replace(act, stage=None))  # `adopted an ordinance that would …`
    nominal = not act.finite or (act.kind == "bill" and act.role == "bill")
    if act.kind in {"limit", "bill", "event"} and item.kind == "verb" and nominal:
        return _light(item, act)  # `introduces a bill that would …`
    if act.kind in {"limit", "bill", "plan", "event"}:
        return replace(act) if item.kind == "noun" else Act("none", obj=act.obj)
    return Act("use", "adopt", None, act.obj, inner="use")


def _supply(item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"}:
        return _light(item, act)
    if act.kind == "event":
        return Act("none", obj=act.obj)
    if act.kind == "plan" or (act.kind == "allow" and item.kind == "verb"):
        return act  # `gives police the green light`
    return Act("use", None, None, act.obj, inner="supply")


def _require(_item: Item, act: Act) -> Act:
    if act.kind == "limit":
        return act
    return Act("use", "enact", None, act.obj, inner="require")


def _allow(item: Item, act: Act) -> Act:
    if act.kind == "limit":
        return replace(act, kind="none")
    if act.kind == "event" and act.stage == "expired":
        return act
    if act.kind == "bill" and item.kind == "verb":
        return _approve(item, act)  # `clears a bill`
    return Act("allow", "permit", None, act.obj, inner="allow")


def _approve(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"}:
        action = act.action if act.inner != "bill" or act.kind == "limit" else None
        return Act("event", action or "enact", "passed", act.obj, inner=act.kind, temporary=act.temporary)
    if act.kind in {"use", "allow", "plan"}:
        if act.inner == "limit":
            return Act("event", act.action or "enact", "passed", act.obj, inner="limit")
        return Act("event", "permit", "passed", act.obj, inner="use")
    if act.kind == "event":
        return replace(act, stage="passed")
    return Act("event" if act.obj else "none", "permit", "passed", act.obj, inner="thing")


def _effect(item: Item, act: Act) -> Act:
    if act.kind == "event" and item.form != "P":
        return act  # `begins legal action`
    if act.kind in {"limit", "bill"}:
        return Act("event", act.action or "enact", "in force", act.obj, inner=act.kind)
    if act.kind in {"use", "thing", "plan"} and item.form != "P":
        return Act("use", "adopt", None, act.obj, inner="use")
    return Act("none", obj=act.obj)


def _become(_item: Item, act: Act) -> Act:
    return act if act.kind != "nothing" else Act("none")


def _propose(item: Item, act: Act) -> Act:
    if item.kind == "noun":
        inner = act.inner if act.kind == "plan" else "limit" if act.kind == "event" else act.kind
        return Act("plan", "propose", "proposed", act.obj, inner=inner)
    if act.kind in {"limit", "bill", "allow", "plan"}:
        stage = "considered" if act.stage == "considered" else "proposed"
        return Act("event", "propose", stage, act.obj, inner=act.inner if act.kind == "plan" else act.kind)
    if act.kind == "use" and act.inner == "require":
        return Act("event", "propose", "proposed", act.obj, inner="require")
    if act.kind == "event" and act.action == "fine":
        return replace(act, stage="proposed")  # announced to the one who is to pay
    if act.kind == "event":
        return replace(act, action="propose", stage="proposed")
    return Act("soft", "other", None, act.obj, inner=act.kind)


def _want(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"}:
        return Act("event", "propose", "considered", act.obj, inner="limit", finite=True)
    if act.kind == "allow":
        return Act("event", "propose", "considered", act.obj, inner="allow")
    if act.kind == "use":
        return Act("use", "adopt", "considered", act.obj, inner="want" if act.inner != "require" else "require")
    if act.kind == "event" and act.inner in {"limit", "bill"} and act.action != "propose":
        return Act("event", "propose", "considered", act.obj, inner="limit")
    return act if act.kind != "nothing" else Act("none")


def _consider(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"} or (
        act.kind == "event" and act.action in {"halt", "propose", "repeal", "enact", "ban"}
    ):
        return Act("event", "propose", "considered", act.obj, inner=act.kind)
    if act.kind in {"allow", "plan"}:
        return Act("event", "propose", "considered", act.obj, inner=act.inner or act.kind)
    return Act("soft", "review", None, act.obj, inner=act.kind)


def _call(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill", "event", "allow", "plan", "soft"}:
        return Act("soft", "call_for", None, act.obj, inner=act.kind)
    return Act("soft", "other", None, act.obj, inner=act.kind)


def _warn(_item: Item, act: Act) -> Act:
    return Act("soft", "other", None, act.obj, inner="warn")


def _bill(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "allow", "event"}:
        return Act("bill", act.action, None, act.obj, inner="limit", modal=act.modal)
    if act.kind in {"bill", "plan"}:
        return act
    return Act("bill", None, None, act.obj, inner="bill")


def _plan(_item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill"}:
        return Act("plan", act.action, "proposed", act.obj, inner="limit")
    if act.kind == "event":
        return replace(act, finite=False)
    return Act("plan", None, None, act.obj, inner=act.inner or act.kind)


def _veto(item: Item, act: Act) -> Act:
    if act.kind in {"limit", "bill", "plan"}:
        stage = (
            "postponed" if item.mention is not None and item.form and "delay" in item.mention.ref.id else "withdrawn"
        )
        return Act("event", "other", stage, act.obj, inner="limit")
    if act.kind in {"use", "allow"}:
        return Act("event", "halt", None, act.obj, inner="use")
    return Act("soft", "other", None, act.obj)


def _legal(item: Item, act: Act) -> Act:
    action, _ = _ref(item)
    inner = act.kind if act.kind not in {"nothing", "none"} else ""
    telling = item.mention is not None and item.mention.ref.id == "tell" and not item.passive
    if telling and act.modal != "to" and act.kind not in {"event", "limit"}:
        return Act("none", obj=act.obj)
    if (
        item.role == "order"
        and not item.passive
        and act.finite
        and act.kind in {"event", "limit"}
        and act.modal != "to"
    ):
        return act  # `told reporters that it no longer offers …`
    if item.role == "rule" and item.kind == "verb":
        return Act("event", "rule", None, act.obj, inner=inner)
    if item.role == "order" and act.kind == "event" and act.action in {"halt", "delete"}:
        inner = act.action
    if (
        act.kind == "event"
        and act.role in {"fine", "sue", "settle", "order", "rule", "unlawful"}
        and item.role in {"order", "rule", "investigate"}
    ):
        return replace(act, action="rule" if act.role == "unlawful" else act.action)
    return Act("event", action, None, act.obj, inner=inner)


def _unlawful(_item: Item, act: Act) -> Act:
    return Act("event", "rule", None, act.obj, inner=act.kind)


def _delete(_item: Item, act: Act) -> Act:
    return Act("event", "delete", None, act.obj, inner=act.kind)


def _review(_item: Item, act: Act) -> Act:
    return Act("soft", "review", None, act.obj, inner=act.kind)


def _commit(item: Item, act: Act) -> Act:
    if act.kind == "event" and act.action in {"halt", "pause"} and act.inner == "supply":
        return act
    if act.kind == "event" and act.action in {"halt", "pause"}:
        return Act("event", "commit", None, act.obj, inner=act.action)
    if act.kind == "limit" and item.kind == "verb":
        return replace(act, kind="event")
    return Act("event", "commit", None, act.obj, inner=act.kind)


def _light(_item: Item, act: Act) -> Act:
    """`puts … on hold`, `imposes a moratorium`, `faces a lawsuit`: the noun is what is done."""
    if act.kind == "limit":
        return replace(act, finite=True)
    if act.kind == "bill":
        inside = next((one.mention.ref.id for one in act.chain if one.mention is not None and one.role == "bill"), "")
        if inside == "rules" and act.modal != "would":
            return Act("event", act.action or "enact", None, act.obj, inner=act.inner)
        return Act("event", "propose", "proposed", act.obj, inner=act.inner)
    if act.kind in {"nothing", "thing", "none"}:
        return Act("none", obj=act.obj)
    return replace(act)


def _say(_item: Item, act: Act) -> Act:
    return act if act.kind != "nothing" else Act("none")


OPERATORS: dict[str, Operator] = {
    "limit": _limit, "stop": _stop, "lift": _lift, "resume": _resume, "expire": _expire, "extend": _extend, "use": _use,
    "supply": _supply, "require": _require, "allow": _allow, "approve": _approve, "effect": _effect, "become": _become,
    "propose": _propose, "want": _want, "consider": _consider, "call": _call, "warn": _warn, "bill": _bill, "plan": _plan,
    "veto": _veto, "fine": _legal, "sue": _legal, "settle": _legal, "rule": _legal, "order": _legal, "investigate": _legal,
    "unlawful": _unlawful, "delete": _delete, "review": _review, "commit": _commit, "light": _light, "say": _say,
}  # fmt: skip
