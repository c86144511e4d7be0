"""Where the files that come with Policywatch are: inside the package in a wheel, in ``config/`` of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1] / "config"


def topics() -> Path:
    """Folder of the shipped topics: one folder for each topic."""
    packaged = _PACKAGE / "topics"
    return packaged if packaged.is_dir() else _CHECKOUT / "topics"


def sample(name: str) -> Path:
    """Shipped ``sources.yaml`` or ``alerts.yaml``."""
    packaged = _PACKAGE / "samples" / name
    return packaged if packaged.is_file() else _CHECKOUT / name
