"""What may stand in ``sources.yaml``, ``sources.d/*.yaml`` and ``alerts.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic.json_schema import models_json_schema

from bot.config import scalars
from bot.config.explain import unknown_value
from bot.config.reading import Section
from bot.model import TARGETS, Action, Quiet, Schedule, Stage

CATEGORIES = (
    "corporate_newsroom", "vendor_blog", "government_regulator", "legislature", "court", "ngo", "research_standards",
    "trade_press", "general_tech", "local_press", "aggregator", "terms_tracking", "tracker",
)  # fmt: skip
"""Kinds of publisher that the shipped sources use; files may use others of their own."""

SELECTORS = ("item", "link", "title", "date", "summary", "content")
"""What a page's or document's ``select`` may name."""


def _text(pattern: str, description: str) -> Any:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": description})


def _known(words: Sequence[str]) -> Callable[[Any], str]:
    """A validator for one of ``words``, forgiving about case, blanks and hyphens."""

    def check(value: Any) -> str:
        plain = str(value).strip().lower().replace("-", "_").replace(" ", "_")
        found = next((word for word in words if word.replace(" ", "_") == plain), None)
        if found is None:
            raise ValueError(unknown_value(str(value), words))
        return found

    return check


def _one_or_many(value: Any) -> Any:
    """`actions: ban` is as good as `actions: [ban]`; an empty key takes all."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str | int | float) else value


def _empty_block(value: Any) -> Any:
    """A block whose lines are all commented out says nothing."""
    return {} if value is None else value


def _known_parts(select: dict[str, str]) -> dict[str, str]:
    for name in select:
        if name not in SELECTORS:
            raise ValueError(f"has the part {unknown_value(name, SELECTORS)}")
    return select


Span = Annotated[
    timedelta,
    BeforeValidator(scalars.span),
    PlainSerializer(scalars.span_text, return_type=str, when_used="json"),
    _text("^[0-9]+[smhdw]$", "a time span: 5s, 15m, 2h, 1d"),
]
Moment = Annotated[datetime, BeforeValidator(scalars.moment), _text("^[0-9]{4}-", "a date, or a date with time")]
Address = Annotated[str, BeforeValidator(scalars.address), _text("^(https?://|\\$\\{)", "an http(s) address")]
Id = Annotated[str, BeforeValidator(scalars.source_id), _text("^[A-Za-z0-9][A-Za-z0-9._-]*$", "stable and unique")]
Place = Annotated[str, BeforeValidator(scalars.place), _text("^[A-Z]{2}", "ISO 3166: US, US-CA, EU")]
Language = Annotated[str, BeforeValidator(scalars.language), _text("^[a-z]{2,3}(-.+)?$", "en, fr, pt-BR")]
Category = Annotated[str, BeforeValidator(scalars.category), _text("^[a-z][a-z0-9_]*$", "kind of publisher")]
Channel = Annotated[
    str, BeforeValidator(scalars.channel), _text("^([CGD][A-Z0-9]{8,}|\\$\\{.+\\})$", "a Slack channel id or ${NAME}")
]
Person = Annotated[str, BeforeValidator(scalars.person), _text("^([UW][A-Z0-9]{8,}|\\$\\{.+\\})$", "a Slack user id")]
Send = Annotated[
    Schedule,
    BeforeValidator(scalars.schedule),
    PlainSerializer(scalars.schedule_text, return_type=str, when_used="json"),
    _text("^(now|daily|weekly)", "now | daily 09:00 Europe/Brussels | weekly mon 09:00 America/New_York"),
]
QuietHours = Annotated[
    Quiet | None,
    BeforeValidator(scalars.quiet),
    PlainSerializer(scalars.quiet_text, return_type=str, when_used="json"),
    _text("^[0-9]{1,2}:[0-9]{2}", "22:00-07:00 Europe/Brussels: what would be posted then comes at the end of it"),
]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Score = Annotated[float, Field(ge=0, le=1)]
Words = Annotated[tuple[Text, ...], BeforeValidator(_one_or_many)]
Actions = Annotated[tuple[Annotated[str, BeforeValidator(_known(list(Action)))], ...], BeforeValidator(_one_or_many)]
Stages = Annotated[tuple[Annotated[str, BeforeValidator(_known(list(Stage)))], ...], BeforeValidator(_one_or_many)]
Targets = Annotated[tuple[Annotated[str, BeforeValidator(_known(TARGETS))], ...], BeforeValidator(_one_or_many)]
Select = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=500)]],
    BeforeValidator(_empty_block),
    AfterValidator(_known_parts),
]


class SourceKeys(Section):
    """The keys that every kind of source entry may have."""

    id: Id = Field(examples=["ms-on-the-issues"])
    name: Text | None = Field(None, examples=["Microsoft On the Issues"])
    kind: Literal["feed", "page", "document"] = "feed"
    every: Span | None = None
    alert_since: Moment | None = None
    enabled: bool = True
    category: Category | None = None
    jurisdiction: Place | None = None
    language: Language = "en"
    actor: Text | None = None
    dedicated: bool = False
    select: Select = Field(default_factory=dict)


class SourceEntry(SourceKeys):
    """A source."""

    url: Address = Field(examples=["https://example.org/feed.xml"])


class SourceChange(SourceKeys):
    """An entry of sources.d: a new source, or the keys that change on one that is there already."""

    url: Address | None = Field(None, examples=["https://example.org/feed.xml"])
    override: bool = Field(False, description="this entry, though it has a url, changes the source of the same id")


class SourcesFile(Section):
    """File sources.yaml."""

    sources: tuple[SourceEntry, ...]


class SourcesOverlay(Section):
    """Files sources.d/*.yaml."""

    sources: tuple[SourceChange, ...]


class When(Section):
    """Filters of a route; a filter that is left out, or empty, takes all."""

    actors: Words = ()
    actions: Actions = ()
    jurisdictions: Words = ()
    targets: Targets = ()
    stages: Stages = ()
    categories: Words = ()
    min_score: Score | None = None


class RouteEntry(Section):
    """Which stories go to which channel, and when."""

    name: Text = Field(examples=["policy-team"])
    channel: Channel = Field(examples=["C0123456789"])
    kind: Literal["policy", "operators"] = "policy"
    send: Send = Field(Schedule(), examples=["now"])
    when: Annotated[When, BeforeValidator(_empty_block)] = When()
    max_per_hour: int = Field(12, ge=1, le=1000)
    thread: bool = True
    broadcast: bool = False
    quiet: QuietHours = Field(None, examples=["22:00-07:00 Europe/Brussels"])
    group: Literal["news", "place", "actor"] = "news"
    when_empty: Literal["nothing", "line"] = "nothing"


class ThresholdsBlock(Section):
    """Scores; left out: the topic's own."""

    alert: Score | None = None
    digest: Score | None = None


class PollBlock(Section):
    """Bounds of the interval that is learned for a source; a source's own `every` is kept as it is."""

    min_interval: Span = timedelta(minutes=5)
    max_interval: Span = timedelta(hours=6)


class FetchBlock(Section):
    """Bounds of fetching, in all and for each host."""

    concurrency: int = Field(32, ge=1, le=256)
    per_host: int = Field(2, ge=1, le=16)
    spacing: Span = timedelta(seconds=1)
    timeout: Span = timedelta(seconds=45)
    max_bytes: int = Field(10_000_000, ge=10_000, le=200_000_000)


class SettingsBlock(Section):
    """What holds for all routes and sources."""

    thresholds: Annotated[ThresholdsBlock, BeforeValidator(_empty_block)] = ThresholdsBlock()
    poll: Annotated[PollBlock, BeforeValidator(_empty_block)] = PollBlock()
    fetch: Annotated[FetchBlock, BeforeValidator(_empty_block)] = FetchBlock()
    late_after: Span = timedelta(hours=12)
    settle: Span = timedelta(minutes=2)
    edit_every: Span = timedelta(minutes=2)
    operators: Annotated[tuple[Person, ...], BeforeValidator(_one_or_many)] = ()
    unknown_posts: Literal["hold", "repost"] = "hold"


class AlertsFile(Section):
    """File alerts.yaml."""

    routes: tuple[RouteEntry, ...]
    settings: Annotated[SettingsBlock, BeforeValidator(_empty_block)] = SettingsBlock()


def json_schema() -> dict[str, Any]:
    """One JSON Schema (2020-12) that every file of a configuration folder fits, for editors and `config schema`.

    A single file is described by ``$defs/SourcesFile``, ``$defs/SourcesOverlay`` (`sources.d`) or ``$defs/AlertsFile``.
    """
    _, schema = models_json_schema(
        [(SourcesFile, "validation"), (SourcesOverlay, "validation"), (AlertsFile, "validation")],
        title="Policywatch configuration",
        description="sources.yaml, sources.d/*.yaml or alerts.yaml",
    )
    for model in (PollBlock, FetchBlock, SettingsBlock, RouteEntry, AlertsFile):
        _write_defaults_as_people_do(schema["$defs"][model.__name__]["properties"], model)
    files = [{"$ref": f"#/$defs/{name}"} for name in ("SourcesFile", "SourcesOverlay", "AlertsFile")]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "anyOf": files}


def _write_defaults_as_people_do(properties: dict[str, Any], model: type[Section]) -> None:
    """`5m` instead of pydantic's `PT5M`, which these files would refuse."""
    defaults = model.model_construct().model_dump(mode="json")
    for name, described in properties.items():
        if "default" in described:
            described["default"] = defaults[name]
