"""Words of titles and texts, made comparable. Pure; used by near-copies and matching alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_OUTLET_SUFFIX = re.compile(r"\s+(?:[-–—|·»:]|::)\s+(?P<outlet>[^-–—|·»:]{2,60})$")
_LEADING_LABEL = re.compile(
    r"^(?:exclusive|breaking|update(?:\s?\d+)?|watch|video|report|analysis|opinion|explainer|live(?:\s+updates?)?|"
    r"correct(?:ed|ion)|print|reuters|ap|afp)\s*[-–—:|]\s*",
    re.IGNORECASE,
)


def word_set(text: str) -> frozenset[str]:
    """A set of words written as running text."""
    return frozenset(text.split())


STOP_WORDS = word_set(
    """
    a an the and or but of to in on at by for with from as is are was were be been being it its this that these
    those has have had will would can could may might must should shall do does did not no nor than then so if
    into over under after before about against amid among between during within without up down out off more most
    less least very just now new news report reports says said say according he she they we you i his her their
    our your who whom which what when where why how also all any some such only other another same own because
    until while per via one two first second last next year years month months week weeks day days time set get
    gets got make makes made take takes took
    """
)
"""Words that say nothing about which event a text is on."""

TOPIC_WORDS = word_set(
    """
    facial face faces recognition recognise recognize recognising recognizing technology technologies tech
    software system systems surveillance biometric biometrics ai artificial intelligence camera cameras use uses
    used using usage police government law enforcement public privacy data tool tools app scan scans scanning
    scanner scanners frt lfr identification identify images image photos photo program programme company companies
    city council state federal agency agencies department officials people citizens ban bans banned banning
    moratorium law laws bill bills ordinance vote votes voted pass passes passed propose proposes proposed
    proposal call calls rule rules regulate regulation controversial amid concerns concern over plan plans
    """
)
"""Words that nearly every text on the topic has: they do not tell one event from another."""


def fold(text: str) -> str:
    """One spelling: compatibility forms, case, curly quotes and accents are the same."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()


def words(text: str) -> list[str]:
    """The words of a text, folded, possessive endings dropped, in order."""
    return [re.sub(r"['’]s?$", "", word) for word in _WORD.findall(fold(text))]


def plain_title(title: str) -> str:
    """A title without what aggregators and desks add: ``Exclusive: …`` in front, `` - Outlet`` behind.

    A suffix is taken for an outlet's name when it has at most six words and what is left keeps at least four.
    """
    text = " ".join(title.split())
    text = _LEADING_LABEL.sub("", text)
    for _ in range(2):
        match = _OUTLET_SUFFIX.search(text)
        if match is None or len(match["outlet"].split()) > 6 or len(text[: match.start()].split()) < 4:
            break
        text = text[: match.start()]
    return text


def stem(word: str) -> str:
    """A crude English stem: enough that `bans`, `banned` and `banning` meet. Not a linguistic claim."""
    if len(word) > 4:
        for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s"):
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                word = word[: -len(ending)]
                break
    elif len(word) == 4 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


@lru_cache(maxsize=1024)
def telling_words(text: str) -> frozenset[str]:
    """Stems of the words that tell one event from another."""
    return frozenset(
        stem(word) for word in words(text) if word not in STOP_WORDS and word not in TOPIC_WORDS and len(word) > 1
    )
