"""Index keys: what a report is looked up by, so that matching never walks the archive.

A key is a short text: ``t:`` any story, ``a:`` actor, ``p:`` place (with the sort of act where the place is a whole country), ``m:`` number of
a bill at a place, ``o:`` product, ``w:`` telling word of the headline. Actor, place and measure keys reach back as far as a
measure's stages lie apart; headline words only as far as one burst of coverage.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bot.model import Action, Analysis, Article, PolicyChange, StoryLook, date_of
from bot.stories.actors import NATIONS, SAME_NAMES, actor_key, names_in
from bot.stories.families import FAMILY, LINK_BACK, THREAD_WINDOW, Family
from bot.stories.measures import measures
from bot.stories.places import level, narrowest
from bot.stories.text import fold, plain_title, telling_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR: Final = timedelta(days=21)
"""How far apart two reports may be that only headline words or a whole country bring together."""
ANY: Final = "t:"
"""Every story: on one topic there are few in a few days, and a report may name nobody that a key could be made of."""
DAYS: Final = timedelta(days=3)
"""How far apart a report and a story may be that nothing but their time brings together."""
AHEAD: Final = timedelta(days=45)
"""How much later a story may have begun than a report that arrives late."""
TITLE_KEYS: Final = 6
COURT_KEYS: Final = 24
IN_COURT: Final = frozenset({Action.SUE, Action.RULE})
"""Acts that may be a step of somebody else's law."""
_SORTS: Final = {
    Family.LIMIT: "act", Family.ALLOW: "act", Family.LAW: "act", Family.ENFORCE: "case", Family.LITIGATE: "case",
    Family.TALK: "talk",
}  # fmt: skip


def keys_for(change: PolicyChange, title: str = "") -> tuple[str, ...]:
    """Return the keys under which a story with this change, reported under this headline, is found."""
    keys = [ANY]
    actor = actor_key(change.actor, change.actor_id)
    if actor.core:
        keys.append(f"a:{actor.text}")
    if not actor.core or actor.vague:
        keys += [f"a:{name}" for name in sorted(names_in(title) & NATIONS)]
    if actor.id:
        keys.append(f"a:#{actor.id}")
    place = narrowest(change.jurisdictions)
    if place:
        keys.append(f"p:{place}" if level(place) else f"p:{place}|{_SORTS[FAMILY[change.action]]}")
    scope = place.split("/")[0] if place else ""
    keys += [f"m:{scope}:{number}" for number in sorted(measures(f"{title} {change.evidence.quote}"))]
    if change.product:
        keys.append(f"o:{fold(change.product)}"[:80])
    keys += [f"w:{word}" for word in title_words(title)]
    return tuple(dict.fromkeys(key[:120] for key in keys))


def title_words(title: str) -> tuple[str, ...]:
    """The few words of a headline that tell it from others, longest first."""
    return tuple(sorted(telling_words(plain_title(title)), key=lambda word: (-len(word), word))[:TITLE_KEYS])


def looks_for(article: Article, analysis: Analysis) -> tuple[StoryLook, ...]:
    """Return the look-ups that find every story the article may belong to."""
    at = article.published
    title = article.title or article.text[:160]
    primary = _all_keys((change for change in analysis.changes if change.primary), title)
    looks = []
    if primary:
        looks.append(StoryLook(tuple(key for key in primary if key != ANY), at - NEAR, at + NEAR))
        looks.append(StoryLook((ANY,), at - DAYS, at + DAYS, limit=30))
        far = _only(primary, ("a:", "m:", "p:"))
        far = tuple(key for key in far if "|" not in key)
        if far:
            looks.append(StoryLook(far, at - THREAD_WINDOW, at + AHEAD))
        contested = _contested(analysis.changes, title)
        if contested:
            looks.append(StoryLook(contested, at - THREAD_WINDOW, at, limit=12))
        actors = _only(primary, ("a:", "m:"))
        if actors:
            looks.append(StoryLook(actors, at - LINK_BACK, at, limit=12))
    for change in analysis.changes:
        when = date_of(change.decided)
        if when is not None or not change.primary:
            keys = _only(keys_for(change), ("a:", "m:"))
            since, until = (when - timedelta(days=400), when + timedelta(days=400)) if when else (None, at)
            if keys:
                looks.append(StoryLook(keys, since, min(until, at) if until else at, limit=20))
    return tuple(dict.fromkeys(looks))


def _contested(changes: Iterable[PolicyChange], title: str) -> tuple[str, ...]:
    """Keys of whoever the headline of a suit or judgement may name as the lawmakers: "judge strikes down Tacoma's ban"."""
    if not any(change.primary and change.action in IN_COURT for change in changes):
        return ()
    told = [SAME_NAMES.get(word, word) for word in words(plain_title(title))]
    telling = telling_words(plain_title(title))
    alone = [f"a:{word}" for word in told if word in telling]
    pairs = [f"a:{one} {other}" for one, other in pairwise(told)]
    return tuple(dict.fromkeys([*alone, *pairs]))[:COURT_KEYS]


def _all_keys(changes: Iterable[PolicyChange], title: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for change in changes for key in keys_for(change, title)))


def _only(keys: Iterable[str], kinds: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if key.startswith(kinds))
