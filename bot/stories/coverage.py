"""Which of a story's sources is best: the actor's own statement, then a regulator or wire, then others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bot.stories.actors import Same, actor_key, same_actor

if TYPE_CHECKING:
    from bot.model import Article, PolicyChange

OFFICIAL: Final = 0
WIRE: Final = 1
OTHERS: Final = 2

_PUBLIC: Final = frozenset({"government_regulator", "regulator", "legislature", "court", "government", "agency"})
_WIRES: Final = frozenset(
    {
        "reuters.com",
        "apnews.com",
        "afp.com",
        "bloomberg.com",
        "dpa.com",
        "ansa.it",
        "efe.com",
        "kyodonews.net",
        "pa.media",
    }
)
_WIRE_CATEGORIES: Final = frozenset({"wire", "news_agency"})


def rank(article: Article, change: PolicyChange | None, category: str | None = None) -> int:
    """Rank an article among the sources of a story on ``change``: 0 official, 1 wire or regulator, 2 others.

    Args:
        article: The article; its source's actor, where the source is somebody's own publication, makes it official.
        change: What the article leads with.
        category: The source's category, as the configuration says.
    """
    if change is not None and article.source_actor:
        own = same_actor(actor_key(article.source_actor), actor_key(change.actor, change.actor_id))
        if own is Same.YES or article.source_actor == change.actor_id:
            return OFFICIAL
    if category in _PUBLIC or category in _WIRE_CATEGORIES:
        return WIRE
    host = (urlsplit(article.canonical_url).hostname or "").removeprefix("www.")
    return WIRE if host in _WIRES or any(host.endswith(f".{wire}") for wire in _WIRES) else OTHERS
