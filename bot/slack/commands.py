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
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from bot.model import TARGETS, Action, Filters, Schedule, Stage
from bot.slack.asks import MOST_COUNT, Ask, Verb, Vocabulary, Wrong
from bot.slack.text import clean, one_line, safe_url
from bot.slack.writing import DAYS, FILTERED

COMMAND = "/policywatch"
VERBS: tuple[Verb, ...] = get_args(Verb)
EXAMPLES: dict[str, str] = {
    "help": "help",
    "recent": "recent in:EU since:30d",
    "search": "search Rekognition police",
    "show": "show s12",
    "stance": "stance Microsoft",
    "timeline": "timeline Amazon",
    "why": "why https://example.org/article",
    "sources": "sources",
    "status": "status",
    "mute": "mute example-post 7d",
    "unmute": "unmute example-post",
    "muted": "muted",
    "subscribe": "subscribe in:EU action:ban daily 09:00 Europe/Brussels",
    "unsubscribe": "unsubscribe",
    "digest": "digest now",
    "snooze": "snooze 3d",
}
_ALIASES: dict[str, Verb] = {
    "list": "recent",
    "latest": "recent",
    "find": "search",
    "story": "show",
    "health": "sources",
    "?": "help",
}
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "’": "'"})
_TOKEN = re.compile(r'([a-z]+):"([^"]*)"|"([^"]*)"|(\S+)', re.IGNORECASE)
MOST_TEXT = 1_000
NO_NAMES = Vocabulary()

LONGEST = {"since": timedelta(days=365), "mute": timedelta(days=365), "snooze": timedelta(days=30)}
SHORTEST = timedelta(hours=1)


class _Mistake(Exception):
    """Carries a :class:`Wrong` out of the depths of the grammar."""

    def __init__(self, message: str, example: str = "") -> None:
        super().__init__(message)
        self.wrong = Wrong(message, example)


def parse(text: str, vocabulary: Vocabulary = NO_NAMES) -> Ask | Wrong:
    """Understand what was typed after `/policywatch`. Never raises; empty text asks for help."""
    words = tokens(clean(text)[:MOST_TEXT])
    if not words:
        return Ask("help")
    try:
        return _understand(words, vocabulary)
    except _Mistake as mistake:
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
        raise _Mistake(*_unknown_word(words[0]))
    rest = words[1:]
    share = bool(rest) and rest[-1].lower() == "share"
    if share:
        rest = rest[:-1]
    try:
        return replace(_READERS[verb](verb, rest, vocabulary), share=share)
    except _Mistake as mistake:
        raise _Mistake(mistake.wrong.message, fitting(mistake.wrong.example, verb, vocabulary)) from mistake


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
    ask = Ask(verb, since=_since(options), filters=_filters(options, vocabulary), offset=_offset(options))
    if verb == "search":
        if not plain:
            raise _Mistake("Search for what?", EXAMPLES[verb])
        return replace(ask, subject=" ".join(plain))
    if len(plain) > 1 or (plain and not plain[0].isdecimal()):
        stray = next(word for word in plain if not word.isdecimal() or word is not plain[0])
        raise _Mistake(
            f"I do not understand “{one_line(stray, 40)}” here. Filters are written {_filter_words()}.", EXAMPLES[verb]
        )
    return replace(ask, count=_count(plain[0])) if plain else ask


def _story(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    found = re.fullmatch(r"s?(\d{1,12})", rest[0].lower().strip("#.,")) if len(rest) == 1 else None
    if not found:
        raise _Mistake("Name a story by its number.", EXAMPLES[verb])
    return Ask(verb, subject=f"s{int(found[1])}")


def _actor(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    plain, options = _split(rest, ("actor", "offset"), verb)
    names = [*plain, *options.get("actor", ())]
    if not names:
        raise _Mistake("Whose?", EXAMPLES[verb])
    return Ask(verb, subject=_known_actor(" ".join(names), vocabulary), offset=_offset(options))


def _address(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    url = safe_url(rest[0] if rest else None)
    if not url or len(rest) > 1:
        raise _Mistake("Give one address that begins with http:// or https://.", EXAMPLES[verb])
    return Ask(verb, subject=url)


def _source(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    """Read `mute SOURCE [7d]` and `unmute SOURCE`."""
    lasting = None
    if verb == "mute" and len(rest) > 1 and re.fullmatch(r"(for:)?\d+\w", rest[-1].lower()):
        lasting = duration(rest[-1].lower().removeprefix("for:"), "mute", EXAMPLES[verb])
        rest = rest[:-1]
    if not rest:
        raise _Mistake("Which source?", EXAMPLES[verb])
    return Ask(verb, subject=_known_source(" ".join(rest), vocabulary, verb), lasting=lasting or timedelta(days=7))


def _subscription(verb: Verb, rest: list[str], vocabulary: Vocabulary) -> Ask:
    """Read `subscribe|unsubscribe [filters] [now | daily … | weekly …] [by:place]`."""
    plain, options = _split(rest, (*_FILTER_KEYS, *(("by",) if verb == "subscribe" else ())), verb)
    ask = Ask(verb, filters=_filters(options, vocabulary), schedule=_schedule(plain, verb))
    if "by" not in options:
        return ask
    if ask.schedule is None or ask.schedule.kind == "now":
        raise _Mistake("by: groups the lines of a digest; say when it is sent, too.", f"{EXAMPLES[verb]} by:actor")
    group = _GROUPS.get(options["by"][-1].lower())
    if group is None:
        raise _Mistake("by: takes news, place or actor.", f"{EXAMPLES[verb]} by:actor")
    return replace(ask, group=group)


def _digest(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    plain, options = _split(rest, ("since",), verb)
    if [word.lower() for word in plain] not in ([], ["now"]):
        raise _Mistake("A digest is sent on request with “now”.", EXAMPLES[verb])
    return Ask(verb, since=_since(options))


def _snooze(verb: Verb, rest: list[str], _: Vocabulary) -> Ask:
    if len(rest) != 1:
        raise _Mistake("For how long? From 1h to 30d; “off” ends it.", EXAMPLES[verb])
    if rest[0].lower() in {"off", "end", "0"}:
        return Ask(verb, lasting=timedelta(0))
    return Ask(verb, lasting=duration(rest[0].lower(), "snooze", EXAMPLES[verb]))


_READERS: dict[str, Callable[[Verb, list[str], Vocabulary], Ask]] = {
    "help": _bare, "status": _bare, "sources": _bare, "recent": _listing, "search": _listing, "show": _story,
    "stance": _actor, "timeline": _actor, "why": _address, "mute": _source, "unmute": _source, "muted": _bare,
    "subscribe": _subscription, "unsubscribe": _subscription, "digest": _digest, "snooze": _snooze,
}  # fmt: skip


# --- values -------------------------------------------------------------------------------------------------------------

_FILTER_KEYS = ("actor", "in", "action", "target", "stage", "category", "score")
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
    for word in words:
        key, colon, value = word.partition(":")
        if not colon or not key.isalpha() or value.startswith("//"):
            plain.append(word)
            continue
        key = key.lower().removesuffix("s") if key.lower() not in keys else key.lower()
        if key not in keys:
            near = difflib.get_close_matches(key, [one for one in keys if one != "offset"], n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}:?" if near else f"Write {_key_words(keys)}."
            raise _Mistake(f"I do not know “{one_line(key, 30)}:” here. {hint}", EXAMPLES[verb])
        values = [clean(part) for part in value.split(",") if clean(part)]
        if not values:
            raise _Mistake(f"{key}: needs a value.", EXAMPLES[verb])
        options.setdefault(key, []).extend(values)
    return plain, options


def _count(word: str) -> int:
    if not 1 <= int(word[:9]) <= MOST_COUNT:
        raise _Mistake(f"I show from 1 to {MOST_COUNT} at a time.", "recent 10")
    return int(word)


def _offset(options: Mapping[str, Sequence[str]]) -> int:
    value = options.get("offset", ("0",))[-1]
    return min(int(value[:6]), 100_000) if value.isdecimal() else 0


def _since(options: Mapping[str, Sequence[str]]) -> timedelta | None:
    return duration(options["since"][-1].lower(), "since", "recent since:30d") if "since" in options else None


def duration(value: str, what: str, example: str) -> timedelta:
    """Read `12h`, `7d`, `2w` within the range of ``what`` (since, mute, snooze)."""
    longest = LONGEST[what]
    found = re.fullmatch(r"(\d{1,5})([hdw])", value)
    length = int(found[1]) * _UNITS[found[2]] if found else timedelta(0)
    if not SHORTEST <= length <= longest:
        raise _Mistake(
            f"“{one_line(value, 20)}” is no length I can use: from 1h to {longest.days}d, like 12h, 7d or 2w.", example
        )
    return length


def _filters(options: Mapping[str, Sequence[str]], vocabulary: Vocabulary) -> Filters:
    return Filters(
        actors=tuple(_known_actor(value, vocabulary, strict=False) for value in options.get("actor", ())),
        actions=tuple(_choice("action", value, [a.value for a in Action]) for value in options.get("action", ())),
        jurisdictions=tuple(known_place(value, vocabulary) for value in options.get("in", ())),
        targets=tuple(_choice("target", value, TARGETS) for value in options.get("target", ())),
        stages=tuple(_choice("stage", value, [s.value for s in Stage]) for value in options.get("stage", ())),
        categories=tuple(_choice("category", value, vocabulary.categories) for value in options.get("category", ())),
        min_score=_score(options["score"][-1]) if "score" in options else None,
    )


def _choice(key: str, value: str, known: Sequence[str]) -> str:
    wanted = value.lower().replace("-", "_")
    for candidate in known:
        if wanted.replace(" ", "_") == candidate.replace(" ", "_"):
            return candidate
    near = difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Write one of: {', '.join(known) or '(none is configured)'}."
    example = f"recent {key}:{near[0] if near else (known or ['…'])[0]}"
    raise _Mistake(f"“{one_line(value, 30)}” is no {key} I know. {hint}", example)


def _score(value: str) -> float:
    if not re.fullmatch(r"0?\.\d{1,4}|[01](\.0{1,4})?", value):
        raise _Mistake("score: takes a number from 0 to 1.", "recent score:0.8")
    return float(value)


def known_place(value: str, vocabulary: Vocabulary) -> str:
    """Return the code of a place that was typed as a code or a name, in any case."""
    wanted = value.casefold()
    by_name = {name.casefold(): code for code, name in vocabulary.places.items()}
    by_code = {code.casefold(): code for code in vocabulary.places}
    last = {code.casefold().rsplit("/", 1)[-1]: code for code in vocabulary.places if "/" in code}
    found = by_code.get(wanted) or by_name.get(wanted) or last.get(wanted)
    if found:
        return found
    if re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?(/.{1,60})?", value):
        return value  # a well-formed code that the vocabulary does not list yet
    near = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.6)
    name = vocabulary.places[by_name[near[0]]] if near else ""
    hint = f"Did you mean {name}?" if name else "Write a name or code: California, US-CA, EU."
    raise _Mistake(
        f"I do not know the place “{one_line(value, 40)}”. {hint}", f'recent in:"{name}"' if name else "recent in:EU"
    )


def _known_actor(value: str, vocabulary: Vocabulary, *, strict: bool = False) -> str:
    wanted = value.casefold()
    exact = next((name for name in vocabulary.actors if name.casefold() == wanted), None)
    if exact or not strict:
        return exact or value
    raise _Mistake(f"I do not know “{one_line(value, 40)}”.", EXAMPLES["stance"])


def _known_source(value: str, vocabulary: Vocabulary, verb: str) -> str:
    wanted = value.casefold()
    for source_id, name in vocabulary.sources.items():
        if wanted in {source_id.casefold(), name.casefold()}:
            return source_id
    near = difflib.get_close_matches(wanted, [source.casefold() for source in vocabulary.sources], n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}?" if near else "See them with: sources"
    raise _Mistake(
        f"I do not know the source “{one_line(value, 40)}”. {hint}", f"{verb} {near[0]}" if near else "sources"
    )


def _schedule(words: list[str], verb: Verb) -> Schedule | None:
    """Read `now`, `daily [09:00] [Zone]`, `weekly [mon] [09:00] [Zone]`."""
    if not words or [word.lower() for word in words] == ["now"]:
        return Schedule() if words else None
    kind, *rest = (word for word in words)
    if kind.lower() not in {"daily", "weekly"}:
        raise _Mistake(
            f"I do not understand “{one_line(kind, 40)}” here. Write now, daily 09:00 or weekly mon 09:00, and filters.",
            EXAMPLES[verb],
        )
    schedule = Schedule(kind="daily") if kind.lower() == "daily" else Schedule(kind="weekly")
    for word in rest:
        schedule = replace(schedule, **_schedule_part(word, schedule, verb))
    return schedule


def _schedule_part(word: str, schedule: Schedule, verb: Verb) -> dict[str, Any]:
    time = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", word)
    if time:
        return {"hour": int(time[1]), "minute": int(time[2])}
    if schedule.kind == "weekly" and word[:3].lower() in DAYS and word.isalpha():
        return {"weekday": DAYS.index(word[:3].lower())}
    try:
        return {"zone": ZoneInfo(word).key}
    except (ValueError, OSError, LookupError):
        message = f"“{one_line(word, 40)}” is no time, day or time zone. Times go from 00:00 to 23:59, zones look like Europe/Brussels."
        raise _Mistake(message, EXAMPLES[verb]) from None
