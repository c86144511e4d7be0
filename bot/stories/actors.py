"""Is it the same actor? Names as articles write them, made comparable.

Articles name one body in many ways: `Boston`, `the Boston City Council`, `Boston's mayor` decide for one city. What decides
here is the name's *core* (`boston`) and the *kind* of body (lawmaking, police, court, …). The actors file already makes
most names canonical; this catches the rest, and needs no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.stories.text import word_set, words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


class Body(StrEnum):
    """Kind of public body; ``NONE`` where the name does not say (a company, a person, a bare place)."""

    LAW = "law"
    POLICE = "police"
    COURT = "court"
    PROSECUTOR = "prosecutor"
    REGULATOR = "regulator"
    SCHOOL = "school"
    NONE = ""


class Branch(StrEnum):
    """Which branch of a government; ``NONE`` where the name does not say."""

    LEGISLATURE = "legislature"
    EXECUTIVE = "executive"
    NONE = ""


class Same(StrEnum):
    """How two actors relate."""

    YES = "same"
    MAYBE = "maybe"
    PARTY = "party"
    """The other party of an act that one imposes on the other."""
    UNKNOWN = "unknown"
    NO = "different"


@dataclass(frozen=True, slots=True)
class ActorKey:
    """A name taken apart."""

    core: frozenset[str]
    """Its telling words; empty when it is nothing but generic ones ("the city council"): it may be anyone."""
    body: Body
    text: str
    """The core's words in order, for index keys."""
    branch: Branch = Branch.NONE
    id: str | None = None
    """Of the actors file."""
    initials: str = ""
    """What a name of several words is called in short."""

    @property
    def vague(self) -> bool:
        """Perhaps no actor at all ("developers", "campaigners"): not in the actors file, no body of a known kind."""
        return self.id is None and self.body is Body.NONE

    def within(self, names: Collection[str], form: Callable[[str], str] = str) -> bool:
        """Whether its name, or what it is called in short, stands among ``names`` (words, or their stems by ``form``)."""
        telling = self.core - NATIONS or self.core
        return bool(telling) and (all(form(word) in names for word in telling) or self.initials in names)

    @property
    def national(self) -> bool:
        """A nation's or bloc's own lawmakers or government: they do many things on one topic at a time."""
        return bool(self.core) and self.core <= NATIONS and self.body in (Body.LAW, Body.NONE)


def _alternatives(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(part.strip() for part in text.split(','))})\b")


_BODIES: Final = (
    (Body.POLICE, _alternatives("police, sheriff, sheriffs, constabulary, law enforcement, scotland yard")),
    (Body.COURT, _alternatives("court, tribunal, judge, supreme, appeals")),
    (
        Body.PROSECUTOR,
        _alternatives("attorney general, attorneys general, prosecutor, prosecutors, district attorney, ag"),
    ),
    (
        Body.REGULATOR,
        _alternatives(
            "data protection, privacy commissioner, information commissioner, privacy watchdog, dpa, commissioner"
        ),
    ),
    (Body.SCHOOL, _alternatives("school, schools, university, college")),
    (
        Body.LAW,
        _alternatives(
            "council, councilors, councillors, councilmembers, board of supervisors, supervisors, town meeting, legislature, "
            "legislators, lawmakers, senate, senators, senator, house, assembly, delegates, congress, congressional, parliament, "
            "governor, gov, mayor, commissioners, government, administration, city, county, state, town, union, commission, "
            "select board, aldermen, representatives, democrats, republicans, ministry, minister, cabinet, president"
        ),
    ),
)
_BRANCHES: Final = (
    (
        Branch.LEGISLATURE,
        _alternatives(
            "congress, congressional, senate, senators, senator, house, parliament, legislature, legislators, lawmakers, assembly, delegates"
        ),
    ),
    (
        Branch.EXECUTIVE,
        _alternatives("administration, government, ministry, minister, cabinet, president, department, commission"),
    ),
)
NATIONS: Final = word_set("us eu gb china france germany italy netherlands ireland india canada australia")
"""Nations and blocs as they stand in an actor's core."""
_GENERIC: Final = word_set(
    """the of and for in on to a an city council councils councilor councilors councillors councilmembers councilmember county
    state states town meeting board supervisors supervisor legislature legislators lawmakers senate senators senator sen
    house assembly assemblymember delegates representatives representative rep congress congressional congresswoman
    congressman congressmen members member parliament governor gov mayor commissioners government governments
    administration federal national general department departments dept office ministry minister cabinet president
    police sheriff sheriffs constabulary court courts tribunal high supreme appeal appeals judge attorney attorneys
    prosecutor district data protection authority privacy information commissioner commissioners commission agency select
    aldermen democrats democratic republicans republican committee officials officers authorities local force service
    union inc corp corporation ltd llc company companies plc co group school schools"""
)
SAME_NAMES: Final = dict(
    pair.split(":")
    for pair in word_set(
        """u: s:us united: american:us america:us usa:us uk:gb britain:gb british:gb kingdom:gb european:eu europe:eu
    brussels:eu ec:eu trump:us biden:us obama:us chinese:china french:france german:germany italian:italy dutch:netherlands
    irish:ireland indian:india canadian:canada australian:australia ny:york"""
    )
)
"""Words that name one nation or bloc; an empty value drops the word ("u" of "U.S.", "united")."""
_SHORTEST: Final = 3
_PREFIXES: Final = frozenset({"US", "UK"})
_NAMED_OFFICE: Final = re.compile(r"\b(?:governor|gov|mayor|senator|sen|rep|president)\s+(?!of\b|for\b)\w+(?:\s+\w+)*$")


def actor_key(actor: str, actor_id: str | None = None) -> ActorKey:
    """Take a name apart."""
    folded = " ".join(words(actor))
    body = next((kind for kind, pattern in _BODIES if pattern.search(folded)), Body.NONE)
    office = _NAMED_OFFICE.search(folded)
    if office is not None and office.start() > 0:  # "vermont governor phil scott": the office decides, not the person
        folded = folded[: office.start()]
    tokens: dict[str, None] = {}
    for word in folded.split():
        mapped = SAME_NAMES.get(word, word)
        if mapped and mapped not in _GENERIC:
            tokens[mapped] = None
    if actor_id is None and actor == actor.lower():  # "tax agency", "developers": a description, which names nobody
        tokens.clear()
    if not tokens and re.search(r"\bcongress(?:ional)?\b", folded):
        tokens["us"] = None
    branch = next((kind for kind, pattern in _BRANCHES if pattern.search(folded)), Branch.NONE)
    return ActorKey(frozenset(tokens), body, " ".join(tokens), branch, actor_id, _initials(actor))


def _initials(actor: str) -> str:
    letters = "".join(word[0] for word in actor.split() if word[0].isupper() and word not in _PREFIXES).lower()
    return letters if len(letters) >= _SHORTEST else ""


def names_in(text: str) -> frozenset[str]:
    """The words of a text as they would stand in an actor's core: to see whether it names somebody."""
    return frozenset(SAME_NAMES.get(word, word) for word in words(text))


def same_actor(one: ActorKey, other: ActorKey) -> Same:
    """Say whether two names mean one decider."""
    kinds_fit = one.body is other.body or Body.NONE in (one.body, other.body)
    if one.id is not None and one.id == other.id:
        return Same.YES
    if not one.core or not other.core:
        return Same.UNKNOWN
    if one.text in (other.initials, other.text) and one.text not in NATIONS and kinds_fit:
        return Same.YES if not _other_branch(one, other) else Same.MAYBE
    if other.text == one.initials and kinds_fit:
        return Same.YES
    if one.core == other.core:
        return Same.YES if kinds_fit and not _other_branch(one, other) else Same.MAYBE
    nested = one.core <= other.core or other.core <= one.core
    return Same.MAYBE if nested and kinds_fit else Same.NO


def _other_branch(one: ActorKey, other: ActorKey) -> bool:
    """A nation's parliament and government are two deciders; a city's or state's organs decide one measure together."""
    branches = {one.branch, other.branch}
    return Branch.NONE not in branches and len(branches) > 1 and one.core <= NATIONS
