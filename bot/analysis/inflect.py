"""Inflected forms of the vocabulary's base forms, so that operators write `ban` and not four spellings of it.

Each function maps a base form to ``{surface: form codes}``. Codes: ``b`` base, ``s`` third person, ``d`` past, ``n`` past
participle, ``g`` -ing, ``N`` noun, ``P`` fixed phrase. A surface may have several codes (`ban`: base and noun).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Forms = Mapping[str, tuple[str, ...]]

_VOWELS = frozenset("aeiou")
_PLURAL_VERBS = {"is": "are", "has": "have", "was": "were"}


def english_verb(base: str, irregular: Forms) -> dict[str, str]:
    """All forms of an English verb; in `walk back` the first word changes, in `temporarily ban` the one after -ly."""
    words = base.split()
    place = 1 if len(words) > 1 and words[0].endswith("ly") else 0
    head = words[place]
    third, past, participle, gerund = irregular.get(head) or _regular(head)
    found: dict[str, str] = {}
    for form, code in ((head, "b"), (third, "s"), (past, "d"), (participle, "n"), (gerund, "g")):
        surface = " ".join([*words[:place], form, *words[place + 1 :]])
        found[surface] = found.get(surface, "") + code
    return found


def _regular(head: str) -> tuple[str, str, str, str]:
    if "-" in head:
        prefix, _, rest = head.rpartition("-")
        third, past, participle, gerund = _regular(rest)
        return tuple(f"{prefix}-{form}" for form in (third, past, participle, gerund))  # type: ignore[return-value]
    stem = head
    if head.endswith(("s", "x", "z", "ch", "sh", "o")):
        third = head + "es"
    elif head.endswith("y") and head[-2:-1] not in _VOWELS:
        third = head[:-1] + "ies"
    else:
        third = head + "s"
    if head.endswith("ee"):
        return third, head + "d", head + "d", head + "ing"
    if head.endswith("ie"):
        return third, head + "d", head + "d", head[:-2] + "ying"
    if head.endswith("e"):
        return third, head + "d", head + "d", head[:-1] + "ing"
    if head.endswith("y") and head[-2:-1] not in _VOWELS:
        return third, head[:-1] + "ied", head[:-1] + "ied", head + "ing"
    if _doubles(head):
        stem = head + head[-1]
    return third, stem + "ed", stem + "ed", stem + "ing"


def _doubles(head: str) -> bool:
    """One syllable, ending in one vowel and one consonant: `nab`, not `deploy`."""
    return (
        len(head) >= 3
        and head[-1] not in _VOWELS | set("wxyc")
        and head[-2] in _VOWELS
        and head[-3] not in _VOWELS
        and sum(letter in _VOWELS for letter in head) == 1
    )


def english_plural_verb(singular: str) -> str:
    """The form that goes with several: `bans` to `ban`, `passes` to `pass`, `is` to `are`.

    >>> [english_plural_verb(each) for each in ("proposes", "goes", "is", "denies")]
    ['propose', 'go', 'are', 'deny']
    """
    if singular in _PLURAL_VERBS:
        return _PLURAL_VERBS[singular]
    if singular.endswith("ies"):
        return singular.removesuffix("ies") + "y"
    return singular.removesuffix("es" if singular.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")) else "s")


def english_noun(base: str) -> dict[str, str]:
    """Singular and plural; the last word changes."""
    if base.endswith("y") and base[-2:-1] not in _VOWELS:
        plural = base[:-1] + "ies"
    elif base.endswith(("s", "x", "z", "ch", "sh")):
        plural = base + "es"
    else:
        plural = base + "s"
    return {base: "N", plural: "N"}


def german_verb(base: str, irregular: Forms) -> dict[str, str]:
    """Forms of a German verb.

    Listed forms (third person, past, participle) are taken as they stand, others derived as of a weak verb. In a separable
    verb a bar stands after the prefix: `aus|setzen` gives `setzt aus`, `ausgesetzt`, `auszusetzen`; see :func:`german_split`
    for `setzt … aus`.
    """
    prefix, _, root = base.rpartition("|")
    third, past, participle = _german_principal(base, irregular)
    found: dict[str, str] = {}
    for form, code in ((third, "s"), (past, "d"), (_german_plural(past), "d"), (root, "b")):
        surface = f"{form} {prefix}" if prefix else form
        found[surface] = found.get(surface, "") + code
    for form, code in ((prefix + third, "s"), (prefix + root, "b"), (participle, "n")):
        found[form] = found.get(form, "") + (code if code not in found.get(form, "") else "")
    if prefix:
        found[f"{prefix}zu{root}"] = "b"
    return found


def german_split(base: str, irregular: Forms) -> dict[str, str]:
    """Finite forms of a separable verb without the prefix, which stands at the end of its clause."""
    third, past, _ = _german_principal(base, irregular)
    return {third: "s", past: "d", _german_plural(past): "d", base.rpartition("|")[2]: "b"}


def _german_principal(base: str, irregular: Forms) -> tuple[str, str, str]:
    prefix, _, root = base.rpartition("|")
    listed = irregular.get(base.replace("|", ""))
    if listed:
        return listed[0], listed[1], listed[2]
    stem = root.removesuffix("en") if root.endswith("en") else root.removesuffix("n")
    link = "e" if stem.endswith(("t", "d")) else ""
    return f"{stem}{link}t", f"{stem}{link}te", _weak_participle(prefix, stem, link)


def _german_plural(past: str) -> str:
    return past + "n" if past.endswith("e") else past + "en"


_INSEPARABLE = ("be", "ge", "er", "ver", "zer", "ent", "emp", "miss", "unter", "über", "wider")


def _weak_participle(prefix: str, stem: str, link: str) -> str:
    plain = stem.startswith(_INSEPARABLE) or stem.endswith("ier")
    return f"{prefix}{'' if plain else 'ge'}{stem}{link}t"


def german_noun(base: str) -> dict[str, str]:
    """The noun and its common endings."""
    return dict.fromkeys((base, base + "s", base + "es", base + "e", base + "en", base + "n", base + "er"), "N")


def german_adjectives(names: Iterable[str], adjectives: Iterable[str]) -> list[str]:
    """`Mannheimer`, `Hamburger` of place names, and the endings of `niederländisch`."""
    forms = [
        f"{name}er" if not name.endswith("e") else f"{name}r" for name in names if " " not in name and "-" not in name
    ]
    forms = [form for form in forms if not form.endswith("enen")]
    for adjective in adjectives:
        if adjective.endswith("isch"):
            stems = {adjective, adjective[:1].upper() + adjective[1:]}
            forms.extend(stem + ending for stem in stems for ending in ("", "e", "en", "er", "es", "em"))
    return forms


def plurals(words: Iterable[str], language: str) -> list[str]:
    """Terms with their plural forms."""
    found: list[str] = []
    for word in words:
        found.append(word)
        if language == "en" and not word.endswith("s") and word[-1:].isalpha():
            found.append(next(reversed(english_noun(word))))
        elif language == "de" and word[-1:].isalpha():
            found.extend((word + "en", word + "s", word + "n", word + "e"))
    return found
