"""Models of the topic files: which keys each file may have, and what they may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from bot.config.reading import Section, closest
from bot.model import TARGETS, Action, Stage
from bot.topic import ACTOR_TYPES, PLACE_KINDS

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
    targets: tuple[str, ...] = ()

    @field_validator("targets")
    @classmethod
    def _targets(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_one_of(target, TARGETS, "target") for target in value)

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
    beside: str | None = None
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


class PhrasesFile(Section):
    """<language>/phrases.yaml: what the words of headline and lead say; a line is a weight and a phrase."""

    facts: float = 1.0
    change: Mapping[str, float] = Field(default_factory=dict)
    actions: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)

    @field_validator("change", mode="before")
    @classmethod
    def _change(cls, value: object) -> object:
        return _weights("change", value)

    @field_validator("actions", mode="before")
    @classmethod
    def _actions(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {
            _one_of(str(action), tuple(Action), "action"): _weights(str(action), lines)
            for action, lines in value.items()
        }


def _weights(name: str, value: object) -> object:
    """`+0.52 title {ban} <tech>` a line, as a mapping of phrase to weight; what is no text is left to the model to refuse."""
    if not isinstance(value, str):
        return value
    weights: dict[str, float] = {}
    for line in value.splitlines():
        weight, _, phrase = line.partition(" ")
        try:
            weights[phrase] = float(weight)
        except ValueError:
            phrase = ""
        if not phrase:
            raise ValueError(
                f'a line of "{name}" is "{line[:60]}"; write a weight and a phrase: +0.5 title {{ban}} <tech>'
            )
    return weights


COMMON: dict[str, type[Section]] = {
    "topic.yaml": TopicFile,
    "actors.yaml": ActorsFile,
    "jurisdictions.yaml": PlacesFile,
    "history.yaml": HistoryFile,
}
LANGUAGE: dict[str, type[Section]] = {
    "terms.yaml": TermsFile,
    "senses.yaml": SensesFile,
    "grammar.yaml": GrammarFile,
    "forms.yaml": FormsFile,
    "targets.yaml": TargetsFile,
    "confusers.yaml": ConfusersFile,
    "patterns.yaml": PatternsFile,
    "lines.yaml": LinesFile,
    "ranker.yaml": RankerFile,
    "phrases.yaml": PhrasesFile,
}
KEYS = {"actors": "id", "places": "code", "events": "id", "terms": "id", "senses": "id", "confusers": "id"}


def model_of(name: str) -> type[Section] | None:
    """The model of a topic file by its name relative to the topic's folder (`actors.yaml`, `en/terms.yaml`)."""
    if "/" not in name:
        return COMMON.get(name)
    language, _, rest = name.partition("/")
    return LANGUAGE.get(rest) if re.fullmatch(r"[a-z]{2,3}", language) else None
