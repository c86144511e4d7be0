"""Everything Policywatch raises on purpose, in one tree.

::

    PolicywatchError
    ├── UsageError            wrong use of a command or an unknown name (exit status 2)
    ├── SettingsError         a bad environment variable (exit status 2)
    ├── ConfigError           refused configuration: every problem with file and line (exit status 2)
    ├── StoreError            the database cannot be used: stops the worker, readiness goes red
    │   ├── SchemaError       the database's schema is older or newer than this code
    │   └── StoreUnavailable  connection refused or lost; the same call may succeed later
    └── SlackError            Slack cannot be asked; one message's failure is a value, not an error
        └── SlackRefused      Slack refuses everything (token, scopes): readiness goes red until an operator mends it

What is expected to fail in normal operation is *not* here: a source that cannot be fetched or parsed is a
:class:`bot.model.Failure`, a Slack call's result is a :class:`bot.model.SendResult`. Those are recorded and work goes on.
Each edge translates foreign exceptions once, with the cause chained.
"""

from __future__ import annotations

from dataclasses import dataclass


class PolicywatchError(Exception):
    """Base of all errors raised on purpose. ``str(error)`` is one clear line for the person at the terminal."""

    exit_status = 1


class UsageError(PolicywatchError):
    """A command was used wrongly, or names something that does not exist."""

    exit_status = 2


class SettingsError(PolicywatchError):
    """An environment variable holds a value that cannot be used."""

    exit_status = 2


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a configuration file.

    ``message`` says what is wrong and what to write instead; ``line`` counts from 1, 0 when the file as a whole is meant.
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


def in_order(problem: Problem) -> tuple[int, Problem]:
    """Sorts problems as people read a configuration: sources, what is laid over them, alerts, topics; then by line."""
    parts = problem.file.replace("\\", "/").split("/")
    if "topics" in parts[:-1]:
        return 3, problem
    return 2 if parts[-1] == "alerts.yaml" else 1 if "sources.d" in parts[:-1] else 0, problem


class ConfigError(PolicywatchError):
    """Refused configuration. Carries all problems at once, in the order of :func:`in_order`."""

    exit_status = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=in_order))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(PolicywatchError):
    """The database cannot be used as it is."""


class SchemaError(StoreError):
    """The database's schema does not fit this version of the code; the message says which command mends it."""


class StoreUnavailable(StoreError):
    """The database did not answer or dropped the connection; the same call may succeed later."""


class SlackError(PolicywatchError):
    """Slack cannot be used: it does not answer, or refuses."""


class SlackRefused(SlackError):
    """Slack refuses everything: the token is wrong or revoked, or a scope is missing.

    ``reason`` is Slack's own word for it, like ``token_revoked``.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
