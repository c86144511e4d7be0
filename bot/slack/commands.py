"""The grammar of `/policywatch …`: text in, an :class:`Ask` or a helpful :class:`Wrong` out. Pure.

Words may come in any order after the verb; quotation marks keep words together (``in:"San Francisco"``). What
:func:`bot.slack.writing.write` gives is understood by :func:`parse` again: buttons carry commands as text.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal, get_args

from bot.slack.asks import MOST_COUNT, Ask, Verb, Vocabulary, Wrong
from bot.slack.text import clean, one_line, safe_url
from bot.slack.typed import (
    EXAMPLES,
    Mistake,
    duration,
    known_actor,
    known_source,
    meant,
    read_filters,
    read_quiet,
    read_schedule,
)
from bot.slack.writing import FILTERED

COMMAND = "/policywatch"
VERBS: tuple[Verb, ...] = get_args(Verb)
_ALIASES: dict[str, Verb] = {
    "list": "recent",
    "latest": "recent",
    "find": "search",
    "story": "show",
    "health": "sources",
    "?": "help",
}
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})
_TOKEN = re.compile(r'([a-z]+):"([^"]*)"|"([^"]*)"|(\S+)', re.IGNORECASE)
_LENGTH = re.compile(r"\s(?:for[: ])?(\d+ ?[a-z]+)$")
"""At the end of `mute SOURCE …`: `7d`, `for 7 days`."""
MOST_TEXT = 1_000
NO_NAMES = Vocabulary()


def parse(text: str, vocabulary: Vocabulary = NO_NAMES) -> Ask | Wrong:
    """Understand what was typed after `/policywatch`. Never raises; empty text asks for help."""
    words = tokens(clean(text)[:MOST_TEXT])
    if not words:
        return Ask("help")
    try:
        return _understand(words, vocabulary)
    except Mistake as mistake:
        return mistake.wrong


def tokens(text: str) -> list[str]:
    """Split into words; quoted ones stay together, `<address|label>` becomes the address."""
    found: list[str] = []
    for key, quoted, alone, word in _TOKEN.findall(text.translate(_QUOTES)):
        token = f"{key.lower()}:{quoted}" if key else alone or word
        if token.startswith("<http") and token.endswith(">"):
            token = token[1:-1].split("|", 1)[0]
        if token.strip():
            found.append(token)
    return found


def _understand(words: list[str], vocabulary: Vocabulary) -> Ask:
    first = words[0].lower().lstrip("/")
    verb = _ALIASES.get(first) or next((known for known in VERBS if known == first), None)
    if verb is None:
        raise Mistake(*_unknown_word(words[0]))
    rest = words[1:]
    share = bool(rest) and rest[-1].lower() == "share"
    if share:
        rest = rest[:-1]
    try:
        return replace(_READERS[verb](verb, rest, vocabulary), share=share)
    except Mistake as mistake:
        raise Mistake(mistake.wrong.message, fitting(mistake.wrong.example, verb, vocabulary)) from mistake


def fitting(example: str, verb: str, vocabulary: Vocabulary) -> str:
    """Make an example one of the command that was typed, with a source that is really there."""
    filters = example.removeprefix("recent ")
    if verb in FILTERED and filters != example and ":" in filters:
        return f"search police {filters}" if verb == "search" else f"{verb} {filters}"
    if verb == "digest" and filters.startswith("since:"):
        return f"digest now {filters}"
    source = next(iter(vocabulary.sources), "")
    return example.replace("example-post", source) if verb in {"mute", "unmute"} and source else example


def _unknown_word(word: str) -> tuple[str, str]:
    near = difflib.get_close_matches(word.lower(), (*VERBS, *_ALIASES), n=1, cutoff=0.5)
    shown = one_line(word, 40)
    if near:
        verb = _ALIASES.get(near[0], near[0])
        return f"I do not know “{shown}”. Did you mean {verb}?", EXAMPLES[verb]
    return f"I do not know “{shown}”. Words I know: {', '.join(VERBS)}.", EXAMPLES["recent"]


# --- one reader for each shape of command -------------------------------------------------------------------------------


def _bare(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    offset = re.fullmatch(r"offset:(\d{1,6})", rest[-1].lower()) if rest else None
    words = rest[:-1] if offset else rest
    return Ask(verb, subject=" ".join(words).lower(), offset=int(offset[1]) if offset else 0)


def _listing(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    """Read `recent [N] [since:7d] [filters]`, and `search words [filters]`."""
    plain, options = _split(rest, (*_FILTER_KEYS, "since", "offset"), verb)
    ask = Ask(verb, since=_since(options), filters=read_filters(options, vocabulary), offset=_offset(options))
    if verb == "search":
        if not plain:
            raise Mistake("Search for what?", EXAMPLES[verb])
        return replace(ask, subject=" ".join(plain))
    if len(plain) > 1 or (plain and not plain[0].isdecimal()):
        stray = next(word for word in plain if not word.isdecimal() or word is not plain[0])
        said, guess = f"I do not understand “{one_line(stray, 40)}” here.", meant(stray, vocabulary)
        if guess:
            raise Mistake(f"{said} Did you mean {guess}?", f"{verb} {guess}")
        raise Mistake(f"{said} Filters are written {_filter_words()}.", EXAMPLES[verb])
    return replace(ask, count=_count(plain[0])) if plain else ask


def _story(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    found = re.fullmatch(r"s?(\d{1,12})", rest[0].lower().strip("#.,")) if len(rest) == 1 else None
    if not found:
        raise Mistake("Name a story by its number.", EXAMPLES[verb])
    return Ask(verb, subject=f"s{int(found[1])}")


def _actor(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    plain, options = _split(rest, ("actor", "offset"), verb)
    names = [*plain, *options.get("actor", ())]
    if not names:
        raise Mistake("Whose?", EXAMPLES[verb])
    return Ask(verb, subject=known_actor(" ".join(names), vocabulary), offset=_offset(options))


def _address(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    url = safe_url(rest[0] if rest else None)
    if not url or len(rest) > 1:
        bare = safe_url(f"https://{rest[0]}") if len(rest) == 1 and "." in rest[0] and "//" not in rest[0] else None
        example = f"{verb} {bare}" if bare else EXAMPLES[verb]
        raise Mistake("Give one address that begins with http:// or https://.", example)
    return Ask(verb, subject=url)


def _source(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    """Read `mute SOURCE [7d]` and `unmute SOURCE`."""
    lasting = None
    length = _LENGTH.search(" ".join(rest).lower()) if verb == "mute" else None
    if length:
        lasting = duration(length[1], "mute", EXAMPLES[verb])
        rest = " ".join(rest)[: length.start()].split()
    if not rest:
        raise Mistake("Which source?", EXAMPLES[verb])
    return Ask(verb, subject=known_source(" ".join(rest), vocabulary, verb), lasting=lasting or timedelta(days=7))


def _subscription(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    """Read `subscribe|unsubscribe [filters] [now | daily … | weekly …] [by:place] [quiet:22:00-07:00 Zone] [thread:no]`."""
    if verb == "unsubscribe" and [word.lower() for word in rest] in (["all"], ["everything"]):
        rest = []
    plain, options = _split(rest, (*_FILTER_KEYS, *(("by", "quiet", "thread") if verb == "subscribe" else ())), verb)
    quiet = " ".join(options.get("quiet", ())[-1:])
    if quiet and " " not in quiet and len(plain) == 1 and "/" in plain[0]:
        quiet = f"{quiet} {plain.pop()}"
    ask = Ask(
        verb,
        filters=read_filters(options, vocabulary),
        schedule=read_schedule(plain, verb, vocabulary),
        quiet=read_quiet(quiet, verb) if quiet else None,
        thread=_yes(options["thread"][-1], verb) if "thread" in options else True,
    )
    at_once = ask.schedule is None or ask.schedule.kind == "now"
    if ask.quiet and not at_once:
        raise Mistake("quiet: is for what is told at once; a digest has its own time.", EXAMPLES[verb])
    if "by" not in options:
        return ask
    if at_once:
        raise Mistake("by: groups the lines of a digest; say when it is sent, too.", f"{EXAMPLES[verb]} by:actor")
    group = _GROUPS.get(options["by"][-1].lower())
    if group is None:
        raise Mistake("by: takes news, place or actor.", f"{EXAMPLES[verb]} by:actor")
    return replace(ask, group=group)


def _yes(value: str, verb: Verb) -> bool:
    if value.lower() not in {"yes", "no"}:
        raise Mistake("thread: takes yes or no.", f"{verb} thread:no")
    return value.lower() == "yes"


def _digest(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    plain, options = _split(rest, ("since",), verb)
    if [word.lower() for word in plain] not in ([], ["now"]):
        raise Mistake("A digest is sent on request with “now”.", EXAMPLES[verb])
    return Ask(verb, since=_since(options))


def _snooze(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    said = " ".join(rest).lower().removeprefix("for ")
    if not said:
        raise Mistake("For how long? From 1h to 30d; “off” ends it.", EXAMPLES[verb])
    if said in {"off", "end", "0"}:
        return Ask(verb, lasting=timedelta(0))
    return Ask(verb, lasting=duration(said, "snooze", EXAMPLES[verb]))


_READERS: dict[str, Callable[[Verb, list[str], Vocabulary], Ask]] = {
    "help": _bare, "status": _bare, "sources": _bare, "recent": _listing, "search": _listing, "show": _story,
    "stance": _actor, "timeline": _actor, "why": _address, "mute": _source, "unmute": _source, "muted": _bare,
    "subscribe": _subscription, "unsubscribe": _subscription, "digest": _digest, "snooze": _snooze,
}  # fmt: skip


# --- values -------------------------------------------------------------------------------------------------------------

_FILTER_KEYS = ("actor", "in", "action", "target", "stage", "category", "score")
_ENDS = re.compile(r"[a-z]+:|(now|daily|weekly)$", re.IGNORECASE)
"""A word that no value goes on with."""
_GROUPS: dict[str, Literal["news", "place", "actor"]] = {"news": "news", "place": "place", "actor": "actor"}


def _key_words(keys: Sequence[str]) -> str:
    """Name the filters that a command takes: `since:, actor: or in:`."""
    *most, last = [f"{key}:" for key in keys if key != "offset"]
    return f"{', '.join(most)} or {last}" if most else last


def _filter_words() -> str:
    return _key_words(("since", *_FILTER_KEYS))


def _split(words: Iterable[str], keys: Sequence[str], verb: Verb) -> tuple[list[str], dict[str, list[str]]]:
    """Part `key:value` words from plain ones; only ``keys`` are taken. Several values: `in:US,EU`."""
    plain: list[str] = []
    options: dict[str, list[str]] = {}
    left = list(words)
    while left:
        word = left.pop(0)
        key, colon, value = word.partition(":")
        if not colon or not key.isalpha() or value.startswith("//"):
            plain.append(word)
            continue
        key = key.lower().removesuffix("s") if key.lower() not in keys else key.lower()
        if key not in keys:
            near = difflib.get_close_matches(key, [one for one in keys if one != "offset"], n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}:?" if near else f"Write {_key_words(keys)}."
            raise Mistake(f"I do not know “{one_line(key, 30)}:” here. {hint}", EXAMPLES[verb])
        while (not value or value.endswith(",")) and left and not _ENDS.match(left[0]):
            value += left.pop(0)  # `in: EU`, `in:EU, US`
        values = [clean(part) for part in value.split(",") if clean(part)]
        if not values:
            raise Mistake(f"{key}: needs a value.", EXAMPLES[verb])
        options.setdefault(key, []).extend(values)
    return plain, options


def _count(word: str) -> int:
    if not 1 <= int(word[:9]) <= MOST_COUNT:
        raise Mistake(f"I show from 1 to {MOST_COUNT} at a time.", "recent 10")
    return int(word)


def _offset(options: Mapping[str, Sequence[str]]) -> int:
    value = options.get("offset", ("0",))[-1]
    return min(int(value[:6]), 100_000) if value.isdecimal() else 0


def _since(options: Mapping[str, Sequence[str]]) -> timedelta | None:
    return duration(options["since"][-1].lower(), "since", "recent since:30d") if "since" in options else None
