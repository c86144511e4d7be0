"""Topic files: pydantic models of ``topics/<topic>/**.yaml``, merged with an operator's overlay into :class:`bot.topic.Topic`.

An overlay entry with the id (for places: the code) of a shipped one adds to its lists and replaces its single values;
``off: true`` switches the entry off; a new id adds an entry. Shipped files are never copied, so upgrades reach everyone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, TypeVar

from pydantic import Field, field_validator

from bot.config.reading import Section, closest, read_model
from bot.errors import Problem
from bot.model import TARGETS, Action, Stage
from bot.topic import (
    ACTOR_TYPES,
    PLACE_KINDS,
    Actor,
    Confuser,
    HistoryEvent,
    Place,
    Sense,
    Term,
    Topic,
    Vocabulary,
    WordClass,
)

ROLES = (
    "limit", "stop", "lift", "resume", "expire", "extend", "use", "supply", "require", "allow", "approve", "effect",
    "become", "propose", "want", "consider", "call", "warn", "bill", "plan", "veto", "fine", "sue", "settle", "rule",
    "unlawful", "order", "investigate", "delete", "review", "commit", "light", "say", "neutral",
)  # fmt: skip
"""What the clause grammar can do with a sense."""


def _one_of(value: str, allowed: tuple[str, ...], what: str) -> str:
    if value not in allowed:
        near = closest(value, allowed)
        raise ValueError(
            f'{what} "{value}" is unknown; write {f"{near!r}" if near else "one of " + ", ".join(allowed)}'
        )
    return value


class _Entry(Section):
    off: bool = False


class ActorModel(_Entry):
    """One entry of actors.yaml."""

    id: str
    name: str | None = None
    type: str = "organisation"
    jurisdiction: str | None = None
    aliases: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    parent: str | None = None

    @field_validator("type")
    @classmethod
    def _type(cls, value: str) -> str:
        return _one_of(value, ACTOR_TYPES, "type")


class PlaceModel(_Entry):
    """One entry of jurisdictions.yaml."""

    code: str
    names: tuple[str, ...] = ()
    adjectives: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    kind: str = "city"
    parent: str | None = None
    members: tuple[str, ...] = ()
    police: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    rank: int = 0

    @field_validator("kind")
    @classmethod
    def _kind(cls, value: str) -> str:
        return _one_of(value, PLACE_KINDS, "kind")


class EventModel(_Entry):
    """One entry of history.yaml."""

    id: str
    date: str = ""
    actor: str = ""
    action: str = "other"
    line: str = ""
    thread: str | None = None
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    condition: str | None = None
    stage: str = "announced"
    source: str | None = None
    effective: str | None = None
    expires: str | None = None

    @field_validator("date", "effective", "expires")
    @classmethod
    def _date(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", value):
            raise ValueError(f'"{value}" is no date; write "2020-06-11", "2020-06" or "2020"')
        return value

    @field_validator("action")
    @classmethod
    def _action(cls, value: str) -> str:
        return _one_of(value, tuple(Action), "action")

    @field_validator("stage")
    @classmethod
    def _stage(cls, value: str) -> str:
        return _one_of(value, tuple(Stage), "stage")

    @field_validator("targets")
    @classmethod
    def _targets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_one_of(target, TARGETS, "target") for target in value)


class TermModel(_Entry):
    """One entry of terms.yaml."""

    id: str
    words: tuple[str, ...] = ()
    kind: Literal["core", "product", "weak", "other"] = "core"
    exact: bool = False
    actor: str | None = None
    needs: tuple[str, ...] = ()


class SenseModel(_Entry):
    """One entry of senses.yaml."""

    id: str
    role: str = ""
    action: str | None = None
    stage: str | None = None
    verbs: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    @field_validator("role")
    @classmethod
    def _role(cls, value: str) -> str:
        return _one_of(value, ROLES, "role")

    @field_validator("action")
    @classmethod
    def _action(cls, value: str | None) -> str | None:
        return value if value is None else _one_of(value, tuple(Action), "action")

    @field_validator("stage")
    @classmethod
    def _stage(cls, value: str | None) -> str | None:
        return value if value is None else _one_of(value, tuple(Stage), "stage")


class ConfuserModel(_Entry):
    """One entry of confusers.yaml."""

    id: str
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class TopicFile(Section):
    """topic.yaml."""

    id: str | None = None
    name: str | None = None
    languages: tuple[str, ...] = ()
    alert: float | None = Field(default=None, ge=0, le=1)
    digest: float | None = Field(default=None, ge=0, le=1)


class ActorsFile(Section):
    """actors.yaml."""

    actors: tuple[ActorModel, ...] = ()


class PlacesFile(Section):
    """jurisdictions.yaml."""

    places: tuple[PlaceModel, ...] = ()


class HistoryFile(Section):
    """history.yaml."""

    events: tuple[EventModel, ...] = ()


class TermsFile(Section):
    """<language>/terms.yaml."""

    terms: tuple[TermModel, ...] = ()


class SensesFile(Section):
    """<language>/senses.yaml."""

    senses: tuple[SenseModel, ...] = ()


class GrammarFile(Section):
    """<language>/grammar.yaml."""

    classes: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    months: tuple[str, ...] = ()
    settings: Mapping[str, str] = Field(default_factory=dict)


class FormsFile(Section):
    """<language>/forms.yaml."""

    forms: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("forms")
    @classmethod
    def _four(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for base, forms in value.items():
            if len(forms) not in {3, 4}:
                raise ValueError(f'"{base}" has {len(forms)} forms; write third person, past, participle and -ing')
        return value


class TargetsFile(Section):
    """<language>/targets.yaml."""

    targets: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    bodies: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("targets")
    @classmethod
    def _targets(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        return {_one_of(target, TARGETS, "target"): words for target, words in value.items()}

    @field_validator("bodies")
    @classmethod
    def _bodies(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        return {_one_of(body, ACTOR_TYPES, "body"): words for body, words in value.items()}


class ConfusersFile(Section):
    """<language>/confusers.yaml."""

    confusers: tuple[ConfuserModel, ...] = ()


class PatternsFile(Section):
    """<language>/patterns.yaml."""

    patterns: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("patterns")
    @classmethod
    def _compile(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        for name, patterns in value.items():
            for pattern in patterns:
                try:
                    re.compile(pattern, re.IGNORECASE)
                except re.error as error:
                    raise ValueError(f'pattern of "{name}" is no regular expression ({error}): {pattern}') from error
        return value


class LinesFile(Section):
    """<language>/lines.yaml."""

    lines: Mapping[str, str] = Field(default_factory=dict)


class RankerFile(Section):
    """ranker.yaml: weights of the score."""

    weights: Mapping[str, float] = Field(default_factory=dict)


_COMMON: dict[str, type[Section]] = {
    "topic.yaml": TopicFile,
    "actors.yaml": ActorsFile,
    "jurisdictions.yaml": PlacesFile,
    "history.yaml": HistoryFile,
}
_LANGUAGE: dict[str, type[Section]] = {
    "terms.yaml": TermsFile,
    "senses.yaml": SensesFile,
    "grammar.yaml": GrammarFile,
    "forms.yaml": FormsFile,
    "targets.yaml": TargetsFile,
    "confusers.yaml": ConfusersFile,
    "patterns.yaml": PatternsFile,
    "lines.yaml": LinesFile,
    "ranker.yaml": RankerFile,
}
_KEYS = {"actors": "id", "places": "code", "events": "id", "terms": "id", "senses": "id", "confusers": "id"}

FileModels = Mapping[str, type[Section]]


def model_of(name: str) -> type[Section] | None:
    """The model of a topic file by its name relative to the topic's folder (`actors.yaml`, `en/terms.yaml`)."""
    if "/" not in name:
        return _COMMON.get(name)
    language, _, rest = name.partition("/")
    return _LANGUAGE.get(rest) if re.fullmatch(r"[a-z]{2,3}", language) else None


def load_topic(
    files: Mapping[str, str],
    *,
    overlay: Mapping[str, str] | None = None,
    env: Mapping[str, str] | None = None,
    prefix: str = "",
    overlay_prefix: str = "",
) -> tuple[Topic | None, list[Problem]]:
    """Read a topic.

    Args:
        files: texts of the shipped files by name relative to the topic's folder.
        overlay: texts of an operator's files, same names, merged over them.
        env: values for `${NAME}`.
        prefix: put before names in messages (`config/topics/facial-recognition/`).
        overlay_prefix: the same for the operator's files.

    Returns:
        The topic, or None with every problem found.
    """
    problems: list[Problem] = []
    merged: dict[str, Mapping[str, Any]] = {}
    for texts, before in ((files, prefix), (overlay or {}, overlay_prefix)):
        for name, text in sorted(texts.items()):
            content, found = _read(name, text, before, env or {})
            problems.extend(found)
            if content is not None:
                merged[name] = _merge(merged[name], content) if name in merged else content
    if problems:
        return None, problems
    topic = _topic(merged, _fingerprint(files, overlay or {}))
    problems = _cross_check(topic, prefix)
    return (None if problems else topic), problems


def _read(name: str, text: str, before: str, env: Mapping[str, str]) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    model = model_of(name)
    if model is None:
        names = (*_COMMON, *(f"en/{known}" for known in _LANGUAGE))
        near = closest(name, names)
        return None, [Problem(before + name, 0, f"this file is unknown; write {near or 'one of ' + ', '.join(names)}")]
    if not _has_content(text):
        return {}, []
    value, _, problems = read_model(before + name, model, env=env, text=text)
    return (value.model_dump(exclude_unset=True) if value is not None else None), problems


def _has_content(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lists of entries by key, other lists united, mappings key by key, single values replaced."""
    merged = dict(base)
    for name, value in over.items():
        old = merged.get(name)
        if isinstance(value, (list, tuple)) and isinstance(old, (list, tuple)):
            merged[name] = _merge_list(old, value, _KEYS.get(name))
        elif isinstance(value, dict) and isinstance(old, dict):
            merged[name] = _merge(old, value)
        else:
            merged[name] = value
    return merged


def _merge_list(old: Sequence[Any], new: Sequence[Any], key: str | None) -> list[Any]:
    if key is None:
        return [*old, *(value for value in new if value not in old)]
    entries = {entry[key]: entry for entry in old}
    for entry in new:
        known = entries.get(entry[key])
        entries[entry[key]] = _merge(known, entry) if known else entry
    return list(entries.values())


def _fingerprint(*sets: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for texts in sets:
        for name in sorted(texts):
            digest.update(f"{name}\0{texts[name]}\0".encode())
        digest.update(b"\1")
    return digest.hexdigest()[:16]


T = TypeVar("T")


def _entries(content: Mapping[str, Any], name: str, make: Callable[..., T]) -> tuple[T, ...]:
    """Dataclasses of the entries that are not switched off."""
    return tuple(
        make(
            **{key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key != "off"}
        )
        for entry in content.get(name, ())
        if not entry.get("off")
    )


def _actor(**fields: Any) -> Actor:
    fields["name"] = fields.get("name") or fields["id"]
    return Actor(**fields)


def _actors(content: Mapping[str, Any]) -> tuple[Actor, ...]:
    """Actors that are on; one whose parent is switched off stands alone."""
    off = {entry["id"] for entry in content.get("actors", ()) if entry.get("off")}
    actors = _entries(content, "actors", _actor)
    return tuple(replace(actor, parent=None) if actor.parent in off else actor for actor in actors)


def _place(**fields: Any) -> Place:
    fields["names"] = fields.get("names") or (fields["code"],)
    return Place(**fields)


def _topic(files: Mapping[str, Mapping[str, Any]], fingerprint: str) -> Topic:
    head = files.get("topic.yaml", {})
    found = sorted({name.partition("/")[0] for name in files if "/" in name})
    wished = [language for language in head.get("languages", ()) if language in found]
    languages = [*wished, *(language for language in found if language not in wished)]
    return Topic(
        id=head.get("id") or "topic",
        name=head.get("name") or "the topic",
        vocabularies={language: _vocabulary(files, language) for language in languages},
        actors=_actors(files.get("actors.yaml", {})),
        places=_entries(files.get("jurisdictions.yaml", {}), "places", _place),
        history=_entries(files.get("history.yaml", {}), "events", HistoryEvent),
        alert=head.get("alert", 0.5) if head.get("alert") is not None else 0.5,
        digest=head.get("digest", 0.5) if head.get("digest") is not None else 0.5,
        fingerprint=fingerprint,
    )


def _vocabulary(files: Mapping[str, Mapping[str, Any]], language: str) -> Vocabulary:
    def of(name: str) -> Mapping[str, Any]:
        return files.get(f"{language}/{name}", {})

    grammar, targets = of("grammar.yaml"), of("targets.yaml")
    classes = dict(grammar.get("classes", {})) | {"months": grammar.get("months", [])}
    return Vocabulary(
        language=language,
        terms=_entries(of("terms.yaml"), "terms", Term),
        senses=_entries(of("senses.yaml"), "senses", Sense),
        classes={name: WordClass(name, tuple(words)) for name, words in classes.items()},
        targets=tuple(WordClass(name, tuple(words)) for name, words in targets.get("targets", {}).items()),
        bodies=tuple(WordClass(name, tuple(words)) for name, words in targets.get("bodies", {}).items()),
        confusers=_entries(of("confusers.yaml"), "confusers", Confuser),
        patterns={name: tuple(patterns) for name, patterns in of("patterns.yaml").get("patterns", {}).items()},
        forms={base: tuple(forms) for base, forms in of("forms.yaml").get("forms", {}).items()},
        lines=dict(of("lines.yaml").get("lines", {})),
        weights=dict(of("ranker.yaml").get("weights", {})),
        settings=dict(grammar.get("settings", {})),
    )


def _cross_check(topic: Topic, prefix: str) -> list[Problem]:
    """What one file alone cannot know: references from one to another."""
    problems = []
    if not topic.vocabularies:
        problems.append(Problem(prefix + "en/terms.yaml", 0, "no language folder; add one with terms and senses"))
    ids = [actor.id for actor in topic.actors]
    for actor in topic.actors:
        if actor.parent and actor.parent not in ids:
            near = closest(actor.parent, ids)
            hint = f'write "{near}"' if near else "write the id of an actor"
            text = f'parent "{actor.parent}" of "{actor.id}" is no actor; {hint}'
            problems.append(Problem(prefix + "actors.yaml", 0, text))
    return [*problems, *_repeated(ids, prefix + "actors.yaml")]


def _repeated(ids: list[str], file: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield Problem(file, 0, f'id "{one}" stands there twice; give one of them another id')
        seen.add(one)
