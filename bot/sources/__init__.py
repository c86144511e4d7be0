"""Getting it: HTTP, feeds, pages, documents, articles, cadence and health. Reading never raises; failures are values."""

from bot.sources.reading import read, read_known
from bot.sources.slices import Sliced

__all__ = ["Sliced", "read", "read_known"]
