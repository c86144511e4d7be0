"""Numbers of bills and acts: what tells the measures of one lawmaking body apart.

A bill has one number in each chamber (SB 182 and HB 338 became one law), so only numbers of one chamber contradict.
"""

from __future__ import annotations

import re
from typing import Final

_NAMED: Final = re.compile(
    r"\b(?P<chamber>[sha])\.?\s?(?:b|f|r|j\.?\s?r)\.?\s?(?:no\.?\s?)?-?(?P<number>\d{1,6})\b|"
    r"\b(?:bill|act|public act|ordinance|council file|l\.?\s?d\.?)\s(?:no\.?\s?|number\s)?(?P<other>\d{2,6})\b",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(r"\b(?P<chamber>[SHA])\.\s?(?P<number>\d{2,5})\b")
_YEARS: Final = range(1990, 2041)


def measures(text: str) -> frozenset[str]:
    """Return the measures a text names, as ``s6280`` (Senate), ``h338`` (House), ``a1215`` (Assembly) or ``205``."""
    found = set()
    for match in _NAMED.finditer(text):
        if match["chamber"]:
            found.add(match["chamber"].lower() + match["number"])
        elif int(match["other"]) not in _YEARS:
            found.add(match["other"])
    found |= {match["chamber"].lower() + match["number"] for match in _SHORT.finditer(text)}
    return frozenset(found)


def contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    """True when both name a bill of one chamber, and not the same."""
    if one & other:
        return False
    return bool({name[0] for name in one if name[0].isalpha()} & {name[0] for name in other if name[0].isalpha()})
