"""Names and figures of a report: what two desks share about one event though they word everything else differently.

A headline can be put in any words; `Robert Williams`, `38 sites`, `8-1` and `$300,000` cannot. Taken from the headline and the
opening, they stand beside the actor and the action as evidence, and weigh the less the more stories share them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from bot.stories.actors import SAME_NAMES
from bot.stories.measures import measures
from bot.stories.text import STOP_WORDS, TOPIC_WORDS, fold, plain_title, stem, word_set

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

OPENING: Final = 1_200
"""Characters of the text that are read: what most outlets give, and where the facts of an event stand."""
MAX_DETAILS: Final = 60
FIGURE: Final = "#"
"""Marks a figure, so that it is told from a name."""
BILL: Final = "§"
"""Marks the number of a bill."""

_NAME: Final = re.compile(r"[^\W\d_][\w'’-]*")
_VOTE: Final = re.compile(r"\b(\d{1,3})\s?(?:-|–|to)\s?(\d{1,3})\b")
_NUMBER: Final = re.compile(r"\d[\d.,]*")
_MAGNITUDE: Final = re.compile(r"\s?(bn|billion|m|million)\b", re.IGNORECASE)
_LONG_NAME: Final = re.compile(r"\b(?!The\b)[A-Z][\w’']+(?: (?:of the |of |and |for )?[A-Z][\w’']+){2,5}")
_SHORTEST: Final = 3
_YEARS: Final = range(1990, 2041)
_SMALL: Final = 13
"""Smaller figures (\"three cities\", \"5 years\") are everywhere, and days of the month nearly so."""
_EVERYWHERE: Final = word_set(
    """monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december reuters ap afp bbc guardian times post news press american americans america united states
    us uk eu europe european britain british washington china chinese congress senate house mr ms mrs dr i
    iphone twitter facebook google amazon microsoft ibm aclu"""
)
"""Names that stand in any text on the topic."""


def details(title: str, text: str) -> tuple[str, ...]:
    """Return the telling names (as stems) and figures (marked ``#``) of a report, in order, at most ``MAX_DETAILS``."""
    opening = text[:OPENING]
    found: dict[str, None] = {}
    for part in (plain_title(title), opening):
        found.update(dict.fromkeys(f"{BILL}{number}" for number in sorted(measures(part))))
        found.update(dict.fromkeys(_figures(part)))
    found.update(dict.fromkeys(sorted(initials_in(opening))))
    lower = {fold(match.group()) for match in _NAME.finditer(opening) if match.group().islower()}
    headline = plain_title(title)
    for part in (opening,) if _title_case(headline) else (headline, opening):
        found.update(dict.fromkeys(_names(part, lower)))
    return tuple(found)[:MAX_DETAILS]


def initials_in(text: str) -> frozenset[str]:
    """What names of three and more words are called in short: `ftc` for the Federal Trade Commission."""
    found = set()
    for match in _LONG_NAME.finditer(text):
        found.add("".join(word[0] for word in match.group().split() if word[0].isupper()).lower())
    return frozenset(short for short in found if len(short) >= _SHORTEST)


def _title_case(headline: str) -> bool:
    """Whether capitals in a headline say nothing of names."""
    long = [match.group() for match in _NAME.finditer(headline) if len(match.group()) > 3]
    return sum(word[0].isupper() for word in long) > 0.6 * len(long)


def _figures(text: str) -> Iterable[str]:
    for match in _VOTE.finditer(text):
        yield f"{FIGURE}{match[1]}-{match[2]}"
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[.,]$", "", match.group())
        magnitude = _MAGNITUDE.match(text, match.end())
        if magnitude:
            yield f"{FIGURE}{digits}{magnitude[1][0].lower()}"
            continue
        whole = re.sub(r"[.,](?=\d{3}\b)", "", digits)
        if whole.isdigit() and int(whole) >= _SMALL and int(whole) not in _YEARS and len(whole) < 12:
            yield f"{FIGURE}{int(whole)}"


def _names(text: str, lower: Collection[str]) -> Iterable[str]:
    """Capitalised words that do not stand in small letters elsewhere: a sentence's first word is mostly no name."""
    for match in _NAME.finditer(text):
        if not match.group()[0].isupper():
            continue
        word = re.sub(r"['’]s?$", "", fold(match.group()))
        if len(word) < 3 or word in lower or word in STOP_WORDS or word in TOPIC_WORDS or word in _EVERYWHERE:
            continue
        yield stem(SAME_NAMES.get(word, word))


def shared(
    one: Collection[str], other: Collection[str], without: Collection[str], commonness: Mapping[str, int]
) -> tuple[float, tuple[str, ...]]:
    """Weigh what two reports share: figures count double; a detail of many stories counts for little.

    Args:
        one: Details of a report.
        other: Details of a story.
        without: Stems of names weighed already (the actors', the place's).
        commonness: In how many of the stories at hand a detail stands.

    Returns:
        The weight, and the details, the most telling first.
    """
    found = set(one) & set(other) - set(without)
    weights = {each: _weight(each) / max(1, commonness.get(each, 1)) for each in found}
    ordered = sorted(weights, key=lambda each: (-weights[each], each))
    return sum(sorted(weights.values())), tuple(ordered)


def _weight(detail: str) -> float:
    return 1.0 if detail.startswith((FIGURE, BILL)) else 0.5
