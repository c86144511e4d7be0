"""What a later report adds to a story: missing fields filled, the best statement leading, and what people must hear.

A *material revision* is a new condition, a date, or the word that a report was wrong: those who were told get it in the
message's thread. Everything else (more outlets, a better quotation) only edits the message.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from bot.model import Action, Article, PolicyChange
from bot.stories.actors import Same, actor_key, same_actor
from bot.stories.families import LIFTING, Fit, fit
from bot.stories.keys import IN_COURT
from bot.stories.stages import PHASE, Phase
from bot.stories.text import telling_words, words

_CORRECTION: Final = "Correction: "
_FILLED: Final = ("actor_id", "product", "condition", "duration", "effective", "expires", "decided", "quote", "speaker")
_WEIGHTY: Final = (
    ("condition", "condition"),
    ("duration", "duration"),
    ("effective", "takes effect"),
    ("expires", "expires"),
)
_TERMS: Final = ("condition", "duration", "effective", "expires")
_TERMS_PROPOSED: Final = ("condition", "duration", "effective")
_CORRECTED = re.compile(
    r"\b(?:correct(?:s|ed|ion)|retract(?:s|ed|ion)|clarif(?:y|ies|ied|ication)|erratum|withdrawn report|earlier version|"
    r"previously (?:said|stated|reported)|an earlier headline|was wrong|misstated)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\s*(?:correct(?:ion|ed)|clarification|retraction|editor['’]s note)\s*[-–—:|]\s*", re.IGNORECASE)
_NOTE = re.compile(
    r"^(?:correction|corrected|clarification|retraction|editor['’]s note)\b\W|"
    r"\bearlier (?:version|headline) (?:of|on) this\b|\b(?:an|the) earlier version\b|"
    r"\bthis (?:article|story|post|report|headline|piece) (?:has been|was|is) (?:corrected|clarified|retracted|amended|withdrawn)\b|"
    r"\bwe (?:retract|regret the error|have retracted)\b",
    re.IGNORECASE,
)
"""A note by the outlet on its own report; other sentences may say "corrected" of anything."""
_BREAK: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_OFFICIAL: Final = 0


def filled(lead: PolicyChange, change: PolicyChange, rank: int) -> PolicyChange | None:
    """Return the story's lead improved by another report of the same act; None when there is nothing to improve.

    The actor's own statement takes the lead when it says the same act; other reports only fill what is missing.
    """
    if fit(lead.action, change.action) in (Fit.OPPOSED, Fit.UNRELATED):
        return None
    if rank == _OFFICIAL and change.score >= lead.score and change != lead:
        base, other = change, lead
    else:
        base, other = lead, change
    missing = {
        name: getattr(other, name)
        for name in _FILLED
        if getattr(base, name) is None and getattr(other, name) is not None
    }
    missing.pop("speaker", None)  # a quotation and its speaker belong together
    if base.quote is None and other.quote is not None:
        missing["speaker"] = other.speaker
    if not base.targets and other.targets:
        missing["targets"] = other.targets
    if not base.jurisdictions and other.jurisdictions:
        missing["jurisdictions"] = other.jurisdictions
    better = replace(base, **missing)
    return better if better != lead else None


def advanced(lead: PolicyChange, change: PolicyChange) -> PolicyChange:
    """Return what leads a story that moved to another stage: the report of the move, with what it leaves unsaid from before.

    A law that is taken to court stays its lawmakers' law. The terms of what ends hold no longer; nor do those of a
    proposal, whose last date is the day on which comments close.
    """
    better = replace(
        change,
        targets=change.targets or lead.targets,
        jurisdictions=change.jurisdictions or lead.jurisdictions,
        product=change.product or lead.product,
        actor_id=change.actor_id or (lead.actor_id if change.actor == lead.actor else None),
    )
    if change.action in IN_COURT and lead.action not in IN_COURT:
        better = replace(
            better, actor=lead.actor, actor_id=lead.actor_id, action=lead.action, jurisdictions=lead.jurisdictions
        )
    if change.action is Action.OTHER:  # "rejects it", "puts the vote off": of the act that it was
        better = replace(better, action=lead.action)
    if PHASE[change.stage] is Phase.OVER or change.action in LIFTING:
        return better
    terms = _TERMS if PHASE[lead.stage] is not Phase.BEFORE else _TERMS_PROPOSED
    return replace(better, **{name: getattr(better, name) or getattr(lead, name) for name in terms})


def revision(lead: PolicyChange, change: PolicyChange, article: Article) -> str | None:
    """Say in words what a report changes that people who were told must hear; None for ordinary coverage."""
    if _CORRECTED.search(article.title) or _CORRECTED.search(change.evidence.quote):
        return f"{_CORRECTION}{article.title}"
    if fit(lead.action, change.action) in (Fit.OPPOSED, Fit.UNRELATED):
        return None
    for name, label in _WEIGHTY:
        before, now = getattr(lead, name), getattr(change, name)
        if now and before and not _says_the_same(before, now):
            continue  # desks word one condition differently: a difference alone is not news
        if now and not before:
            comments = name == "expires" and PHASE[change.stage] is Phase.BEFORE
            return f"{'Comments until' if comments else label.capitalize()}: {_day(now)}"
    return None


def corrects(revision: str) -> bool:
    """Tell whether a revision says that a report was wrong; else it adds to what is known."""
    return revision.startswith(_CORRECTION)


def _day(value: str) -> str:
    """`2026-12-04` as people read it; anything else as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%b %Y}"


def correction(before: Article, after: Article) -> str | None:
    """Say in the outlet's own words what an edit corrects; None when it says nothing of the kind.

    Either the headline has become one ("Correction: …"), or the text has a new note ("An earlier version of this article
    said …").
    """
    if _CORRECTED.search(after.title) and not _CORRECTED.search(before.title):
        return f"{_CORRECTION}{_LABEL.sub('', after.title)}"
    known = set(_sentences(before.text))
    for sentence in _sentences(after.text):
        if sentence not in known and _NOTE.search(sentence):
            return f"{_CORRECTION}{_LABEL.sub('', sentence)}"
    return None


def other_item(before: Article, after: Article, was: PolicyChange | None, now: PolicyChange | None) -> bool:
    """Tell whether a publisher gave one id to two different items, and did not edit one.

    Their headlines share no telling word, and they have different addresses, or tell of different actors.
    """
    first, second = telling_words(before.title), telling_words(after.title)
    if not first or not second or first & second:
        return False
    if before.canonical_url != after.canonical_url:
        return True
    if was is None or now is None:
        return False
    return same_actor(actor_key(was.actor, was.actor_id), actor_key(now.actor, now.actor_id)) is Same.NO


def another_under_link(before: Article, after: Article, was: PolicyChange | None, now: PolicyChange | None) -> bool:
    """Tell whether a publisher gave the link of one item to another one, under an id of its own.

    As a feed does that shows only its latest item and links each to its landing page. An edited headline keeps some of its
    words; two items of one template ("X bans …", "Y bans …") tell of different actors; a home page is no item's own.
    """
    if " ".join(before.title.casefold().split()) == " ".join(after.title.casefold().split()):
        return False
    first, second = telling_words(before.title), telling_words(after.title)
    if 2 * len(first & second) < min(len(first), len(second)) or urlsplit(after.canonical_url).path in {"", "/"}:
        return True
    if was is None or now is None:
        one, other = set(words(before.title)), set(words(after.title))
        return now is not None and 2 * len(one & other) < len(one | other)
    return same_actor(actor_key(was.actor, was.actor_id), actor_key(now.actor, now.actor_id)) is Same.NO


def shortened(before: str, after: str) -> bool:
    """Tell whether a text is only the beginning of the one before, as feeds cut it: nothing was edited."""
    start, whole = " ".join(after.rstrip(" .…[]").split()), " ".join(before.split())
    return len(start) < len(whole.rstrip(" .…[]")) and whole.startswith(start)


def _sentences(text: str) -> list[str]:
    return [" ".join(sentence.split()) for sentence in _BREAK.split(text) if sentence.strip()]


def _says_the_same(one: str, other: str) -> bool:
    return bool(set(words(one)) & set(words(other)))
