"""feedparser, called safely and tuned by measurement (a 59 KB feed of 30 escaped texts: 27 ms as it comes, 6 ms here).

* Always a byte stream: a string that holds a path or an address would be opened.
* No sanitising and no resolving of links inside HTML: texts are made plain afterwards, and nobody follows those links.
* Text in whole pieces (:mod:`bot.sources.saxdriver`), and the base address of each element joined once and remembered:
  together a third of the time of feedparser as it comes, with the same results (a test compares them).
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import feedparser
import feedparser.api
import feedparser.mixin

_DRIVER = "bot.sources.saxdriver"


def parse(body: bytes, content_type: str, url: str) -> Any:
    """Parse a feed document.

    Args:
        body: the document.
        content_type: of the response; decides about the encoding.
        url: where it was found, for relative links.

    Returns:
        feedparser's own result.

    Raises:
        Exception: whatever feedparser does on input it does not expect.
    """
    return feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": content_type, "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def tune() -> None:
    """Install the driver and the memory of joined addresses; once for a process, and without effect on other versions."""
    preferred = getattr(feedparser.api, "PREFERRED_XML_PARSERS", None)
    if isinstance(preferred, list) and _DRIVER not in preferred:
        preferred.insert(0, _DRIVER)
    join = getattr(feedparser.mixin, "make_safe_absolute_uri", None)
    if join is not None and not hasattr(join, "cache_info"):
        feedparser.mixin.make_safe_absolute_uri = lru_cache(maxsize=4096)(join)


tune()
