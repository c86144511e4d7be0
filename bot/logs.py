"""Structured logs: one line an event, as text for people or as JSON for machines; secrets never get through."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from bot.settings import Settings

# Slack tokens, the password of a database or proxy address, and Authorization values.
_SECRETS = re.compile(
    r"(xox[a-z]-|xapp-)[\w-]+|(?<=://)([^/\s:@]*):[^/\s@]+(?=@)|(?i:(bearer|basic)\s+[\w.~+/=-]{8,})|(?<=hooks\.slack\.com/)\S+"
)
_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """Replace every secret-looking part of ``text``."""
    return _SECRETS.sub(lambda match: f"{match[1] or match[2] or ''}[hidden]", text)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    return {key: value for key, value in record.__dict__.items() if key not in _STANDARD}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC, RFC 3339), level, logger, event and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_extras(record),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return redact(json.dumps(fields, default=str, ensure_ascii=False))


class TextFormatter(logging.Formatter):
    """`12:00:03 event  key=value …`; warnings and errors carry their level."""

    def format(self, record: logging.LogRecord) -> str:
        """Render one record."""
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        extras = "".join(f"  {key}={value}" for key, value in _extras(record).items())
        trace = "\n" + self.formatException(record.exc_info) if record.exc_info else ""
        return redact(f"{clock} {level}{record.getMessage()}{extras}{trace}")


def configure_logs(
    settings: Settings, stream: TextIO | None = None, format_: Literal["text", "json"] | None = None
) -> None:
    """Send all logs to ``stream`` (standard error) in the format that the settings ask for."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if (format_ or settings.log_format) == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level)
    # A tick that is skipped because the last one still works is what `max_instances` is for.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # Libraries that log request bodies, connections or each tick: only what is wrong.
    for name in (
        "slack_bolt",
        "slack_sdk",
        "aiohttp.access",
        "trafilatura",
        "htmldate",
        "alembic",
        "asyncio",
    ):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
