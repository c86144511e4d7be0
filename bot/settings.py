"""The environment, read once by entry points (docs/operations.md explains the variables)."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import SettingsError

PROJECT_PAGE = "https://github.com/policywatch/policywatch"
DEFAULT_DATABASE = "sqlite:///var/policywatch.db"
SLACK_API = "https://slack.com/api/"

# Platforms whose disk is gone after a restart; each sets one of these in every process it starts.
EPHEMERAL_PLATFORMS = {
    "DYNO": "Heroku",
    "RENDER": "Render",
    "FLY_APP_NAME": "Fly.io",
    "RAILWAY_ENVIRONMENT": "Railway",
    "K_SERVICE": "Cloud Run",
    "VCAP_APPLICATION": "Cloud Foundry",
    "SCALINGO_APP": "Scalingo",
}

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides. Secrets are left out of ``repr`` so that no log can hold them."""

    database_url: str = field(default=DEFAULT_DATABASE, repr=False)
    config_dir: Path = Path("config")
    slack_bot_token: str | None = field(default=None, repr=False)
    slack_signing_secret: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)
    slack_api_url: str = SLACK_API
    public_url: str | None = None
    contact: str = PROJECT_PAGE
    tracker_token: str | None = field(default=None, repr=False)
    allow_networks: tuple[IPNetwork, ...] = ()
    log_format: Literal["text", "json"] = "json"
    log_level: str = "INFO"
    port: int = 8000
    platform: str | None = None
    """Name of a platform whose disk does not last, when this process runs on one."""
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    """For `${NAME}` in configuration files."""

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.database_url.startswith("sqlite")


def read_settings(environ: Mapping[str, str] | None = None, *, terminal: bool | None = None) -> Settings:
    """Read the environment.

    Args:
        environ: variables; the process's own when left out. An empty value counts as absent.
        terminal: whether standard error is a terminal (decides the log format); asked when left out.

    Raises:
        SettingsError: a variable holds a value that cannot be used; the sentence names it and what to write.
    """
    given = {key: value.strip() for key, value in (os.environ if environ is None else environ).items() if value.strip()}
    on_terminal = sys.stderr.isatty() if terminal is None else terminal
    return Settings(
        database_url=_database_url(given.get("DATABASE_URL", DEFAULT_DATABASE)),
        config_dir=Path(given.get("POLICYWATCH_CONFIG", "config")),
        slack_bot_token=_token(given, "SLACK_BOT_TOKEN", "xoxb-"),
        slack_signing_secret=given.get("SLACK_SIGNING_SECRET"),
        slack_app_token=_token(given, "SLACK_APP_TOKEN", "xapp-"),
        slack_api_url=_address(given, "SLACK_API_URL", SLACK_API).rstrip("/") + "/",
        public_url=_address(given, "POLICYWATCH_PUBLIC_URL", "").rstrip("/") or None,
        contact=given.get("POLICYWATCH_CONTACT", PROJECT_PAGE),
        tracker_token=given.get("POLICYWATCH_TRACKER_TOKEN"),
        allow_networks=_networks(given.get("POLICYWATCH_ALLOW_NETWORKS", "")),
        log_format=_log_format(given.get("POLICYWATCH_LOG"), on_terminal=on_terminal),
        log_level=_log_level(given.get("POLICYWATCH_LOG_LEVEL", "INFO")),
        port=_port(given.get("PORT", "8000")),
        platform=next((name for variable, name in EPHEMERAL_PLATFORMS.items() if variable in given), None),
        environ=given,
    )


def _database_url(url: str) -> str:
    scheme = url.split(":", 1)[0].split("+", 1)[0]
    if scheme not in {"sqlite", "postgres", "postgresql"} or "://" not in url:
        raise SettingsError("DATABASE_URL: write sqlite:///path/to/file.db or postgresql://user:password@host/database")
    return url


def _token(given: Mapping[str, str], name: str, prefix: str) -> str | None:
    token = given.get(name)
    if token is not None and not token.startswith(prefix):
        raise SettingsError(f"{name}: starts with {token[:5]!r}; a token of this kind starts with {prefix!r}")
    return token


def _address(given: Mapping[str, str], name: str, default: str) -> str:
    address = given.get(name, default)
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise SettingsError(f"{name}: {address!r} is no address; write https://host or http://host:port")
    return address


def _networks(text: str) -> tuple[IPNetwork, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        message = f"POLICYWATCH_ALLOW_NETWORKS: {error}; write networks like 10.0.0.0/8,192.168.1.0/24"
        raise SettingsError(message) from error


def _log_format(value: str | None, *, on_terminal: bool) -> Literal["text", "json"]:
    if value is None:
        return "text" if on_terminal else "json"
    if value == "text":
        return "text"
    if value == "json":
        return "json"
    raise SettingsError(f"POLICYWATCH_LOG: {value!r} is unknown; write text or json")


def _log_level(value: str) -> str:
    level = value.upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise SettingsError(f"POLICYWATCH_LOG_LEVEL: {value!r} is unknown; write debug, info, warning or error")
    return level


def _port(value: str) -> int:
    if not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise SettingsError(f"PORT: {value!r} is no port; write a number from 1 to 65535")
    return int(value)
