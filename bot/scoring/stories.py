"""Stories: how well the articles of one event were put together, and how often people were told.

B-cubed (Bagga and Baldwin, 1998): for each article, precision is the share of its story that belongs to its event,
recall the share of its event that is in its story; both are averaged over articles. Measured over sure reports of core
changes that were found and put into a story; ``with_missed`` counts those not found as stories of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from bot.scoring.judging import Pair


@dataclass(frozen=True, slots=True)
class BCubed:
    """Averages over articles; None without articles."""

    items: int
    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        """Harmonic mean."""
        if self.precision is None or self.recall is None or not self.precision + self.recall:
            return None
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True, slots=True)
class Mix:
    """A wrong merge (one story, several events) or a wrong split (one event, several stories)."""

    name: str
    """The story, or the event."""
    parts: tuple[tuple[str, int], ...]
    """What it was mixed of, with the number of articles, largest first."""


@dataclass(frozen=True, slots=True)
class StoryScore:
    """The figures over stories."""

    events: int
    clusters: BCubed
    with_missed: BCubed
    alerts: int
    """First messages and stages told on articles of an event."""
    alerted_events: int
    not_found: tuple[str, ...]
    """Events of which no article was found relevant."""
    merged_away: tuple[str, ...]
    """Events that were found and of which nobody was told, since their articles went into stories already told."""
    repeated: tuple[tuple[str, int], ...]
    """Events told more than once."""
    wrong_merges: tuple[Mix, ...]
    wrong_splits: tuple[Mix, ...]
    as_expected: tuple[int, int]
    """(right, judged) for labels that say what ``alert`` should be."""
    unexpected: tuple[str, ...]
    """Those that were not, in words."""

    @property
    def alerts_per_event(self) -> float | None:
        """Messages for each event that was told at all."""
        return self.alerts / self.alerted_events if self.alerted_events else None


def bcubed(events: Mapping[str, Hashable], stories: Mapping[str, Hashable]) -> BCubed:
    """B-cubed precision and recall.

    Args:
        events: the right group of each article id.
        stories: the group it was put into; an id that is missing counts as a group of its own.
    """
    if not events:
        return BCubed(0, None, None)
    groups: dict[str, Hashable] = {one: stories.get(one, ("alone", one)) for one in events}
    event_sizes = Counter(events.values())
    group_sizes = Counter(groups.values())
    together = Counter((events[one], groups[one]) for one in events)
    precision = sum(sorted(together[events[one], groups[one]] / group_sizes[groups[one]] for one in events))
    recall = sum(sorted(together[events[one], groups[one]] / event_sizes[events[one]] for one in events))
    return BCubed(len(events), precision / len(events), recall / len(events))


def score_stories(pairs: Sequence[Pair]) -> StoryScore | None:
    """The story figures; None when the decisions say nothing of stories (``analyse``) or no label names an event."""
    reports = [pair for pair in pairs if pair.label.clustered]
    if not reports or all(pair.decision.alert is None and pair.decision.story is None for pair in pairs):
        return None
    events = {pair.label.id: str(pair.label.event_key) for pair in reports}
    stories = {pair.label.id: pair.decision.story for pair in reports if pair.decision.relevant and pair.decision.story}
    told: Counter[str] = Counter()
    for pair in reports:
        told[events[pair.label.id]] += pair.decision.tells
    found = {events[one] for one in stories}
    merges, splits = _mixes(events, stories)
    right, judged, unexpected = _expectations(pairs)
    return StoryScore(
        events=len(set(events.values())),
        clusters=bcubed({one: events[one] for one in stories}, stories),
        with_missed=bcubed(events, stories),
        alerts=told.total(),
        alerted_events=sum(1 for count in told.values() if count),
        not_found=tuple(sorted(set(events.values()) - found)),
        merged_away=tuple(sorted(event for event in found if not told[event])),
        repeated=tuple(sorted((event, count) for event, count in told.items() if count > 1)),
        wrong_merges=merges,
        wrong_splits=splits,
        as_expected=(right, judged),
        unexpected=unexpected,
    )


def _mixes(events: Mapping[str, str], stories: Mapping[str, str]) -> tuple[tuple[Mix, ...], tuple[Mix, ...]]:
    by_story: dict[str, Counter[str]] = defaultdict(Counter)
    by_event: dict[str, Counter[str]] = defaultdict(Counter)
    for one, story in stories.items():
        by_story[story][events[one]] += 1
        by_event[events[one]][story] += 1
    return _several(by_story), _several(by_event)


def _several(groups: Mapping[str, Counter[str]]) -> tuple[Mix, ...]:
    mixes = [
        Mix(name, tuple(sorted(parts.items(), key=lambda part: (-part[1], part[0]))))
        for name, parts in groups.items()
        if len(parts) > 1
    ]
    return tuple(sorted(mixes, key=lambda mix: (-sum(count for _, count in mix.parts), mix.name)))


def _expectations(pairs: Sequence[Pair]) -> tuple[int, int, tuple[str, ...]]:
    judged = [pair for pair in pairs if pair.label.alert is not None and pair.decision.alert is not None]
    wrong = [
        f"{pair.label.id}: {pair.decision.alert}, expected {pair.label.alert} ({pair.label.title})"
        for pair in judged
        if pair.decision.alert != pair.label.alert
    ]
    return len(judged) - len(wrong), len(judged), tuple(sorted(wrong))
