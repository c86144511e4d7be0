"""A configuration folder -> :class:`Config`, or every problem of every file at once.

The files: ``sources.yaml`` and ``alerts.yaml``; ``sources.d/*.yaml``, which add to, change or switch off sources;
``topics/``, which does the same to the shipped topic. A folder with ``sources.d/`` needs no ``sources.yaml``: the shipped
one is used. Where `${SLACK_CHANNEL}` is not set and there is no token to post with, a route prints in the terminal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.config import files, scalars
from bot.config.explain import closest
from bot.config.files import Texts
from bot.config.merge import Merged, SourceList, doubled, merge
from bot.config.reading import Node, read_model
from bot.config.routes import build_routes, build_settings, check_refused
from bot.config.schema import AlertsFile, SourcesFile, SourcesOverlay
from bot.config.topics import read_topic
from bot.config.values import Config
from bot.errors import ConfigError, Problem, in_order
from bot.model import Source
from bot.topic import Topic

__all__ = ["Config", "check_texts", "load", "load_files"]


def load(folder: Path, *, env: Mapping[str, str]) -> Config:
    """Read a configuration folder.

    Args:
        folder: holds ``sources.yaml`` and ``alerts.yaml``.
        env: environment variables, for `${NAME}`; whether it has SLACK_BOT_TOKEN decides if channels must be set.

    Raises:
        ConfigError: with every problem found, in any file.
    """
    texts = files.collect(folder)
    return _Loader(texts, env).load(folder)


def load_files(texts: Mapping[str, str], env: Mapping[str, str]) -> Config:
    """Read a stored configuration (:attr:`Config.files` of an earlier one). Raises ConfigError as :func:`load` does."""
    return _Loader(Texts(texts), env).load(None)


def check_texts(texts: Texts, env: Mapping[str, str], *, sources_only: bool = False) -> list[Problem]:
    """Problems of texts that are not, or not yet, on the disk."""
    loader = _Loader(texts, env)
    try:
        if sources_only:
            loader.sources()
        else:
            loader.load(None)
    except ConfigError as error:
        return list(error.problems)
    return loader.problems


class _Loader:
    """One reading of all files; collects problems and goes on as long as something can still be checked."""

    def __init__(self, texts: Texts, env: Mapping[str, str]) -> None:
        self.texts, self.env = texts, env
        self.problems = list(texts.problems)
        self.warnings = list(texts.warnings)
        self.no_token = not env.get("SLACK_BOT_TOKEN")
        self.refused_alerts: Node | None = None
        self.all_sources = True

    def load(self, folder: Path | None) -> Config:
        if not self.texts.by_name:
            raise ConfigError(
                self.problems or [Problem("configuration", 0, "holds no files; write sources.yaml and alerts.yaml")]
            )
        topic, found = read_topic(self.texts, self.env)
        self.problems += found
        merged = self.sources()
        alerts = self.alerts()
        sources = self.with_actors(merged.sources, topic) if topic else merged.sources
        if alerts is None or topic is None:
            if topic is not None and self.refused_alerts is not None:
                found = check_refused(self.refused_alerts, self.texts.label(files.ALERTS), topic, sources)
                self.problems += self.not_echoes(found)
            raise ConfigError(self.problems)
        config = self.build(*alerts, topic, sources)
        if self.problems:
            raise ConfigError(self.problems)
        return replace(config, folder=folder, warnings=tuple(sorted(self.warnings, key=in_order)))

    def build(self, value: AlertsFile, root: Node, file: str, topic: Topic, sources: Iterable[Source]) -> Config:
        sources = tuple(sources)
        routes = build_routes(value, root, file, topic, sources)
        settings, found = build_settings(value.settings, root, file, topic)
        self.problems += [*self.not_echoes(routes.problems), *found]
        self.warnings += routes.warnings
        fingerprint = _fingerprint(self.texts.by_name, repr((sources, routes.routes, settings)))
        return Config(sources, tuple(routes.routes), settings, topic, dict(self.texts.by_name), fingerprint)

    def sources(self) -> Merged:
        base = next((name for name in (files.SOURCES, files.BASE + files.SOURCES) if name in self.texts.by_name), None)
        overlays = sorted(name for name in self.texts.by_name if name.startswith(f"{files.SOURCES_FOLDER}/"))
        lists = [
            self.source_list(name, SourcesFile if name == base else SourcesOverlay)
            for name in ([base] if base else []) + overlays
        ]
        complete = [one for one in lists if one is not None]
        merged = merge(complete)
        # Where a file is missing or refused, an overlay's "no such source" would only be its echo.
        self.all_sources = len(complete) == len(lists) and base is not None
        if base and self.all_sources:
            self.problems += merged.problems
            self.warnings += merged.warnings
            if not any(source.enabled for source in merged.sources):
                said = "no source is enabled: nothing is watched; write enabled: true on one"
                self.warnings.append(Problem(self.texts.label(base), 0, said))
        return merged

    def source_list(self, name: str, model: type[SourcesFile | SourcesOverlay]) -> SourceList | None:
        label = self.texts.label(name)
        value, root, found = read_model(label, model, env=self.env, text=self.texts.by_name[name])
        self.problems += found
        if value is None and root is not None:
            self.problems += doubled(label, root)
        return None if value is None or root is None else SourceList(label, root, value.sources)

    def alerts(self) -> tuple[AlertsFile, Node, str] | None:
        if files.ALERTS not in self.texts.by_name:
            return None
        label = self.texts.label(files.ALERTS)
        value, root, found = read_model(
            label, AlertsFile, env=self.env, text=self.texts.by_name[files.ALERTS], unset=self.terminal_channel
        )
        self.problems += found
        if value is None or root is None:
            self.refused_alerts = root
            return None
        self.warn_of_terminal(value, root, label)
        return value, root, label

    def not_echoes(self, found: Iterable[Problem]) -> list[Problem]:
        """Where a file of sources is refused, a category that only it names is not known."""
        return [one for one in found if self.all_sources or not one.message.startswith("categories ")]

    def terminal_channel(self, key: str, name: str) -> str | None:
        """Without a token nothing can be posted anyway: `make run` then shows alerts in the terminal."""
        if key != "channel" or not self.no_token:
            return None
        return scalars.TERMINAL + name.lower().replace("_", "-")

    def warn_of_terminal(self, value: AlertsFile, root: Node, label: str) -> None:
        for index, route in enumerate(value.routes):
            if not route.channel.startswith(scalars.TERMINAL):
                continue
            node = root.child("routes")
            line = root.line_of("routes", index, "channel")
            written = (node.items()[index].child("channel") if node else None) or root
            if self.no_token:
                said = f"{written.raw} is not set and there is no SLACK_BOT_TOKEN: this route prints in the terminal; set both to post"
                self.warnings.append(Problem(label, line, said))
            else:
                said = f'channel "{route.channel}" is the terminal, and SLACK_BOT_TOKEN is set; write a channel id, like C0123456789'
                self.problems.append(Problem(label, line, said))

    def with_actors(self, sources: Iterable[Source], topic: Topic) -> list[Source]:
        """Canonical names for the actors whose own publication a source is."""
        known = {
            written.lower(): actor.name for actor in topic.actors for written in (actor.id, *actor.aliases, actor.name)
        }
        return [self.with_actor(source, known) if source.actor else source for source in sources]

    def with_actor(self, source: Source, known: Mapping[str, str]) -> Source:
        written = source.actor or ""
        name = known.get(written.lower())
        if name is None:
            guess = closest(written, known)
            hint = (
                f'write "{known[guess.lower()]}" if that is meant'
                if guess
                else "add it to the actors file, or leave it"
            )
            file, _, line = source.where.rpartition(":")
            self.warnings.append(
                Problem(file, int(line), f'actor "{written}" of "{source.id}" is not in the actors file; {hint}')
            )
            return source
        return replace(source, actor=name)


def _fingerprint(texts: Mapping[str, str], values: str) -> str:
    """Of the texts, and of the values they give: a changed variable changes those alone."""
    digest = hashlib.sha256(values.encode("utf-8", "replace"))
    for name in sorted(texts):
        digest.update(f"\0{name}\0{texts[name]}".encode("utf-8", "replace"))
    return digest.hexdigest()[:32]
