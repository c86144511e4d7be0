"""Getting it: HTTP, feeds, pages, documents, articles, cadence and health. Reading never raises; failures are values."""

from bot.sources.reading import read, read_known

__all__ = ["read", "read_known"]
