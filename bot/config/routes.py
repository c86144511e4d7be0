"""Routes and settings of ``alerts.yaml`` as values, checked against the topic and the sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.config.explain import closest, unknown_value
from bot.config.reading import Node, validate
from bot.config.schema import CATEGORIES, AlertsFile, RouteEntry, SettingsBlock, When
from bot.config.values import FetchLimits, PollLimits, Settings, Thresholds
from bot.errors import Problem
from bot.model import Filters, Route, Source
from bot.topic import Place, Topic

_CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?(?:/\S.*)?")


@dataclass(slots=True)
class Alerts:
    """The outcome."""

    routes: list[Route] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def build_routes(value: AlertsFile, root: Node, file: str, topic: Topic, sources: Sequence[Source]) -> Alerts:
    """Check the routes as a whole and against what they name.

    Args:
        value: the checked file.
        root: its nodes, for lines.
        file: its name in messages.
        topic: whose actors and places filters name.
        sources: whose categories filters name.
    """
    alerts = Alerts()
    names = _Names(topic, sources)
    seen: dict[str, int] = {}
    for index, entry in enumerate(value.routes):
        line = root.line_of("routes", index, "name")
        if _is_second(entry.name, line, seen, file, alerts):
            continue
        for check in (_check_operators, _check_quiet, _check_digest):
            check(entry, index, root, file, alerts)
        filters = _Filters(root, ("routes", index, "when"), file, names, alerts).resolve(entry.when)
        alerts.routes.append(_route(entry, filters, f"{file}:{line}"))
    _check_all(alerts, file, root)
    return alerts


def check_refused(root: Node, file: str, topic: Topic, sources: Sequence[Source]) -> list[Problem]:
    """What a file that is refused already says wrongly besides: of its routes that can be read, and of the filters of the others.

    So that people mend everything in one go.
    """
    names, alerts, seen = _Names(topic, sources), Alerts(), dict[str, int]()
    routes = root.child("routes")
    for index, node in enumerate(routes.items() if routes is not None else ()):
        name = node.child("name")
        if name is not None and isinstance(name.value, str):
            _is_second(name.value.strip(), name.line, seen, file, alerts)
        entry = _read(node, RouteEntry, file)
        if entry is not None:
            _check_operators(entry, index, root, file, alerts)
        filters = _Filters(root, ("routes", index, "when"), file, names, alerts)
        when = node.child("when")
        for key in ("jurisdictions", "categories"):
            listed = when.child(key) if when is not None else None
            part = None if listed is None else _read(Node({key: listed}, listed.line, ""), When, file)
            if part is not None:
                filters.resolve(part)
    return [one for one in alerts.problems if '"${' not in one.message]


def _is_second(name: str, line: int, seen: dict[str, int], file: str, alerts: Alerts) -> bool:
    """Note a route's name, and the mistake of having used it before."""
    if name not in seen:
        seen[name] = line
        return False
    said = f'name "{name}" is used twice, first at {file}:{seen[name]}; give each route a name of its own'
    alerts.problems.append(Problem(file, line, said))
    return True


M = TypeVar("M", RouteEntry, When)


def _read(node: Node, model: type[M], file: str) -> M | None:
    return validate(node, model, file)[0]


def build_settings(block: SettingsBlock, root: Node, file: str, topic: Topic) -> tuple[Settings, list[Problem]]:
    """The settings with defaults filled in; thresholds that are left out are the topic's."""
    alert = topic.alert if block.thresholds.alert is None else block.thresholds.alert
    digest = min(topic.digest, alert) if block.thresholds.digest is None else block.thresholds.digest
    problems = []
    if digest > alert:
        line = root.line_of("settings", "thresholds", "digest")
        problems.append(Problem(file, line, f"digest {digest} is above alert {alert}; write {alert} or less"))
    if block.poll.min_interval > block.poll.max_interval:
        line = root.line_of("settings", "poll", "min_interval")
        problems.append(Problem(file, line, "min_interval is longer than max_interval; write a shorter one"))
    settings = Settings(
        thresholds=Thresholds(alert, digest),
        poll=PollLimits(**dict(block.poll)),
        fetch=FetchLimits(**dict(block.fetch)),
        late_after=block.late_after,
        settle=block.settle,
        edit_every=block.edit_every,
        operators=block.operators,
        unknown_posts=block.unknown_posts,
    )
    return settings, problems


def _route(entry: RouteEntry, filters: Filters, where: str) -> Route:
    return Route(
        name=entry.name,
        channel=entry.channel,
        kind=entry.kind,
        schedule=entry.send,
        filters=filters,
        max_per_hour=entry.max_per_hour,
        thread=entry.thread,
        broadcast=entry.broadcast,
        quiet=entry.quiet,
        group=entry.group,
        when_empty=entry.when_empty,
        where=where,
    )


def _check_operators(entry: RouteEntry, index: int, root: Node, file: str, alerts: Alerts) -> None:
    """Operators are told at once and of everything."""
    if entry.kind != "operators":
        return
    if entry.send.kind != "now":
        said = "send of an operators route is always now; write now, or leave it out"
        alerts.problems.append(Problem(file, root.line_of("routes", index, "send"), said))
    if entry.when != When():
        said = "when has no effect on an operators route; remove it, or write kind: policy"
        alerts.warnings.append(Problem(file, root.line_of("routes", index, "when"), said))


def _check_quiet(entry: RouteEntry, index: int, root: Node, file: str, alerts: Alerts) -> None:
    """Quiet hours hold up what is posted at once; a digest has its own time, and operators are told at any."""
    if entry.quiet is None or (entry.kind == "policy" and entry.send.kind == "now"):
        return
    which = "an operators route" if entry.kind == "operators" else "a route that sends a digest"
    said = f"quiet has no effect on {which}; remove it"
    alerts.warnings.append(Problem(file, root.line_of("routes", index, "quiet"), said))


def _check_digest(entry: RouteEntry, index: int, root: Node, file: str, alerts: Alerts) -> None:
    """How lines are grouped, and what is said of nothing, matters to digests only."""
    if entry.kind == "policy" and entry.send.kind != "now":
        return
    for key in sorted({"group", "when_empty"} & entry.model_fields_set):
        said = f"{key} has an effect on digests only; remove it, or write send: daily 09:00 Europe/Brussels"
        alerts.warnings.append(Problem(file, root.line_of("routes", index, key), said))


def _check_all(alerts: Alerts, file: str, root: Node) -> None:
    line = root.line_of("routes")
    if alerts.problems:
        return
    if not any(route.kind == "policy" for route in alerts.routes):
        alerts.warnings.append(
            Problem(file, line, "no policy route: nobody is told of changes; add one with a channel")
        )
    if not any(route.kind == "operators" for route in alerts.routes):
        said = "no operators route: nobody is told of broken sources; add one with kind: operators"
        alerts.warnings.append(Problem(file, line, said))


class _Names:
    """What filters may name, by every way of writing it in small letters."""

    def __init__(self, topic: Topic, sources: Iterable[Source]) -> None:
        self.categories = sorted({*CATEGORIES, *(source.category for source in sources if source.category)})
        self.actors: dict[str, str] = {}
        for actor in topic.actors:
            for written in (actor.name, actor.id, *actor.exact, *actor.aliases):
                self.actors.setdefault(written.lower(), actor.name)
        self.codes = {place.code.lower(): place.code for place in topic.places}
        self.places: dict[str, list[Place]] = {}
        for place in topic.places:
            for written in {*place.names, *place.exact}:
                self.places.setdefault(written.lower(), []).append(place)


@dataclass(frozen=True, slots=True)
class _Filters:
    """Turns the words of one `when:` into what stories are compared with."""

    root: Node
    path: tuple[str | int, ...]
    file: str
    names: _Names
    alerts: Alerts

    def resolve(self, when: When) -> Filters:
        return Filters(
            actors=tuple(self._actor(index, written) for index, written in enumerate(when.actors)),
            actions=when.actions,
            jurisdictions=tuple(self._jurisdictions(when.jurisdictions)),
            targets=when.targets,
            stages=when.stages,
            categories=tuple(self._categories(when.categories)),
            min_score=when.min_score,
        )

    def _line(self, key: str, index: int) -> int:
        return self.root.line_of(*self.path, key, index)

    def _problem(self, key: str, index: int, said: str) -> None:
        self.alerts.problems.append(Problem(self.file, self._line(key, index), f"{key} {said}"))

    def _warn(self, key: str, index: int, said: str) -> None:
        self.alerts.warnings.append(Problem(self.file, self._line(key, index), f"{key} {said}"))

    def _actor(self, index: int, written: str) -> str:
        """Canonical name. An unknown one is no mistake: changes by it carry the name as their article writes it."""
        known = self.names.actors.get(written.lower())
        if known is None:
            guess = closest(written, self.names.actors)
            hint = (
                f'write "{self.names.actors[guess.lower()]}" if that is meant' if guess else "it is matched as written"
            )
            self._warn("actors", index, f'"{written}" is not in the actors file; {hint}')
        return known or written

    def _categories(self, written: Iterable[str]) -> Iterator[str]:
        for index, word in enumerate(written):
            if word in self.names.categories:
                yield word
            else:
                self._problem("categories", index, unknown_value(word, self.names.categories))

    def _jurisdictions(self, written: Iterable[str]) -> Iterator[str]:
        for index, word in enumerate(written):
            code = self._place(index, word)
            if code is not None:
                yield code

    def _place(self, index: int, written: str) -> str | None:
        """The code of a place written as code or name."""
        code = self.names.codes.get(written.lower())
        named = self.names.places.get(written.lower(), [])
        if code is not None:
            return code
        if len(named) == 1:
            return named[0].code
        if named:
            codes = " or ".join(sorted(place.code for place in named))
            self._problem("jurisdictions", index, f'"{written}" is the name of several places; write {codes}')
        elif _CODE.fullmatch(written) and written[:2].lower() in self.names.codes:
            return written
        else:
            known = [place.names[0] for places in self.names.places.values() for place in places]
            self._problem("jurisdictions", index, unknown_value(written, sorted({*known, *self.names.codes.values()})))
        return None
