"""The one place where the parts are put together. Nothing connects or reads files before it is asked to."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from bot import __version__
from bot.alerts.ports import SenderPort
from bot.alerts.settings import DeliverySettings, RoutingSettings
from bot.analysis import Analyser
from bot.config.load import load, load_files
from bot.config.values import Config
from bot.errors import ConfigError, UsageError
from bot.model import Route, Source
from bot.settings import Settings
from bot.sources.cadence import CadenceLimits
from bot.sources.http import Fetcher, FetchLimits
from bot.store import Store


def utc_now() -> datetime:
    """The clock of production: now, in UTC."""
    return datetime.now(UTC)


class Judgement:
    """A configuration in force, with what is built from it once: the analyser and each room's own settings."""

    def __init__(self, config: Config, analyser: Analyser | None = None) -> None:
        self.config = config
        self.analyser = analyser or Analyser(config.topic)

    @property
    def fingerprint(self) -> str:
        """Which code and vocabulary judged a text: a stored article with another one is judged again, silently."""
        return f"{__version__}:{self.config.topic.fingerprint}"[:64]

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The enabled sources, by id."""
        return {source.id: source for source in self.config.sources if source.enabled}

    @cached_property
    def routing(self) -> RoutingSettings:
        """Thresholds, lateness, and what names in filters mean."""
        settings, topic = self.config.settings, self.config.topic
        aliases = {
            alias.casefold(): actor.name for actor in topic.actors for alias in (actor.id, *actor.aliases, *actor.exact)
        }
        aliases |= {name.casefold(): place.code for place in topic.places for name in (*place.exact, *place.names)}
        return RoutingSettings(
            alert_score=settings.thresholds.alert,
            digest_score=settings.thresholds.digest,
            late_after=settings.late_after,
            settle=settings.settle,
            members={place.code: place.members for place in topic.places if place.members},
            aliases=aliases | {actor.name.casefold(): actor.name for actor in topic.actors},
        )

    @cached_property
    def delivery(self) -> DeliverySettings:
        """How deliveries are sent, repeated and folded."""
        return DeliverySettings(
            operators=self.operators_channels,
            unknown_posts=self.config.settings.unknown_posts,
            late_after=self.config.settings.late_after,
            max_per_hour={route.name: route.max_per_hour for route in self.config.routes},
        )

    @property
    def operators_channels(self) -> tuple[str, ...]:
        """Channels that hear of broken sources, refused configuration, dead deliveries."""
        return tuple(dict.fromkeys(route.channel for route in self.config.routes if route.kind == "operators"))

    @cached_property
    def cadence(self) -> CadenceLimits:
        """Bounds of adaptive polling."""
        poll = self.config.settings.poll
        return CadenceLimits(shortest=poll.min_interval, longest=poll.max_interval)

    @cached_property
    def place_names(self) -> dict[str, str]:
        """Display name of each jurisdiction code."""
        return {place.code: place.name for place in self.config.topic.places}


class Live:
    """The configuration in force. Replaced whole by a reload; readers take one reference and keep it for their step."""

    def __init__(self, config: Config) -> None:
        self._lock = threading.Lock()
        self._now = Judgement(config)
        self.refused: ConfigError | None = None
        """Why the files as they are now are not in force; None: they are."""
        self.unsettled = False
        """A change of the files was noticed, and the database does not know of it yet."""

    def get(self) -> Judgement:
        """The configuration in force at this moment."""
        return self._now

    def replace(self, config: Config) -> None:
        """Put another configuration in force; an unchanged topic keeps its compiled vocabulary."""
        with self._lock:
            same = config.topic.fingerprint == self._now.config.topic.fingerprint
            self._now = Judgement(config, self._now.analyser if same else None)


_ours: set[str] = set()
"""Owners that this very process has made."""


def new_owner() -> str:
    """A name for this process in leases: `host:process id:something random`."""
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    _ours.add(owner)
    return owner


def is_dead(owner: str) -> bool:
    """Tell whether a lease's owner was a process of this machine that is no more. False where that cannot be known."""
    host, _, rest = owner.partition(":")
    pid, _, random = rest.partition(":")
    if host != socket.gethostname()[:40] or not pid.isdecimal() or not random or owner in _ours:
        return False
    if int(pid) == os.getpid():
        return True  # a container's processes get the same id at each start
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipeline works with."""

    settings: Settings
    store: Store
    live: Live
    clock: Callable[[], datetime] = utc_now
    owner: str = field(default_factory=new_owner)
    """Names this process in leases."""

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self.live.get().config

    def routes(self) -> tuple[Route, ...]:
        """All routes in force: the files', then subscriptions, each with the time since when it is in force."""
        with self.store.transaction() as tx:
            return tx.runtime.sync_routes(self.config.routes, self.clock())


def open_parts(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Parts:
    """Open the database (this machine's own SQLite file is upgraded on the way) and read the configuration.

    Raises:
        ConfigError: the files are refused and the database holds no last good configuration.
        StoreError: the database cannot be used.
    """
    store = open_store(settings)
    refused: ConfigError | None = None
    try:
        config = load(settings.config_dir, env=settings.environ)
    except ConfigError as error:
        refused = error
        try:
            config = last_good(settings, store, error)
        except BaseException:
            store.close()
            raise
    live = Live(config)
    live.refused = refused
    return Parts(settings, store, live, clock)


def open_store(settings: Settings) -> Store:
    """Open the database; a SQLite file is made and upgraded, a PostgreSQL schema is checked.

    Raises:
        StoreError: it cannot be used; the message says what to do.
    """
    store = Store.open(settings.database_url)
    try:
        if settings.is_sqlite:
            store.upgrade()
        else:
            store.check_schema()
    except BaseException:
        store.close()
        raise
    return store


def last_good(settings: Settings, store: Store, refused: ConfigError) -> Config:
    """The last good configuration from the database, so that a restart does not lose it.

    Raises:
        ConfigError: there is none; ``refused`` says why the files are not taken.
    """
    with store.reading() as tx:
        saved = tx.runtime.last_config()
    if saved is None:
        raise refused
    return load_files(saved.files, env=settings.environ)


def make_fetcher(settings: Settings, config: Config) -> Fetcher:
    """The one client for all fetches: sources, article pages, robots files."""
    wanted = config.settings.fetch
    limits = FetchLimits(
        in_all=wanted.concurrency,
        per_host=wanted.per_host,
        spacing=wanted.spacing.total_seconds(),
        total=wanted.timeout.total_seconds(),
        body=wanted.max_bytes,
    )
    networks = [str(network) for network in settings.allow_networks]
    return Fetcher(settings.contact, allow_networks=networks, limits=limits, hurried=True)


def make_sender(settings: Settings) -> SenderPort:
    """Slack when there is a token, else this terminal."""
    if settings.slack_bot_token:
        from bot.slack.client import SlackSender

        return SlackSender(settings.slack_bot_token, base_url=settings.slack_api_url)
    from bot.slack.terminal import TerminalSender

    return TerminalSender()


def refuse_fleeting_disk(settings: Settings, process: str) -> None:
    """Refuse SQLite for `web` and `worker` apart where the disk does not last.

    Raises:
        UsageError: says why, and what to set.
    """
    if settings.platform and settings.is_sqlite:
        raise UsageError(
            f"{process}: on {settings.platform} each process has a disk of its own that is emptied at every restart, so that web and worker"
            " would not see the same SQLite file and every deployment would forget what was told;"
            " set DATABASE_URL to a PostgreSQL database"
        )
