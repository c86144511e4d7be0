"""Topic files: pydantic models of ``topics/<topic>/**.yaml``, merged with an operator's overlay into :class:`bot.topic.Topic`.

An overlay entry with the id (for places: the code) of a shipped one adds to its lists and replaces its single values;
``off: true`` switches the entry off; a new id adds an entry. Shipped files are never copied, so upgrades reach everyone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bot.config.reading import closest, read_model
from bot.config.topicfiles import COMMON, KEYS, LANGUAGE, model_of
from bot.errors import Problem
from bot.topic import Actor, Confuser, HistoryEvent, PhraseWeights, Place, Sense, Term, Topic, Vocabulary, WordClass

__all__ = ["load_topic", "model_of"]


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


def read_history(text: str, *, env: Mapping[str, str] | None = None) -> tuple[tuple[HistoryEvent, ...], list[Problem]]:
    """Read a file shaped like a topic's ``history.yaml`` that stands by itself: its events, or every problem found."""
    content, problems = _read("history.yaml", text, "", env or {})
    return (() if problems else _entries(content or {}, "events", HistoryEvent)), problems


def _read(name: str, text: str, before: str, env: Mapping[str, str]) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    model = model_of(name)
    if model is None:
        names = (*COMMON, *(f"en/{known}" for known in LANGUAGE))
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
            merged[name] = _merge_list(old, value, KEYS.get(name))
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
        phrases=PhraseWeights(**of("phrases.yaml")) if of("phrases.yaml") else None,
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
