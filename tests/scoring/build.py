"""Small labels and decisions for the scoring tests."""

from bot.scoring import DecidedChange, Decision, Label


def label(id_, action="none", *, change=None, **fields):
    fields.setdefault("title", f"title of {id_}")
    if "alt_actions" in fields:
        fields["alt_actions"] = frozenset(fields["alt_actions"])
    return Label(id=id_, is_change=action != "none" if change is None else change, action=action, **fields)


def decision(id_, *changes, relevant=None, score=None, **fields):
    """``changes`` are actions, (actor, action) or DecidedChange values."""
    made = tuple(_change(one) for one in changes)
    relevant = any(one.primary for one in made) if relevant is None else relevant
    score = (0.9 if relevant else 0.1) if score is None else score
    return Decision(id=id_, relevant=relevant, score=score, changes=made, **fields)


def _change(given):
    if isinstance(given, DecidedChange):
        return given
    actor, action = ("Boston City Council", given) if isinstance(given, str) else given
    return DecidedChange(actor=actor, action=action)
