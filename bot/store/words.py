"""Words as the search index knows them: the same on both databases, for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 40
"""Code points of a word that count; the column is no wider."""

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile(r"(?<=\w)['\u2019](?=\w)")


def words_of(text: str) -> list[str]:
    """Split a text into its distinct words, in order: without case, accents and apostrophes (``City's`` is ``citys``)."""
    folded = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    return list(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain)))
