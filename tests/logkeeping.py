"""Loggers as they were: commands configure the whole process's logging, and a test must not find what another left."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NEW: tuple[Any, ...] = (logging.NOTSET, [], [], True, False)


@contextmanager
def kept_logs() -> Iterator[None]:
    """Give every logger back its level, handlers, filters, propagation and whether it is on; one made meanwhile is as if new."""
    before = {name: _state(logger) for name, logger in _loggers()}
    off = logging.root.manager.disable
    try:
        yield
    finally:
        logging.disable(off)
        for name, logger in _loggers():
            level, *rest = before.get(name, _NEW)
            logger.setLevel(level)  # also forgets what every logger had worked out from the levels above it
            logger.handlers[:], logger.filters[:], logger.propagate, logger.disabled = rest


def _loggers() -> Iterator[tuple[str, logging.Logger]]:
    yield "", logging.root
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger):
            yield name, logger


def _state(logger: logging.Logger) -> tuple[Any, ...]:
    return logger.level, list(logger.handlers), list(logger.filters), logger.propagate, logger.disabled
