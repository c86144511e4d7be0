"""All articles on one policy change, how they are found, joined and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model.changes import PolicyChange, Reason, Stage


class Transition(StrEnum):
    """What makes a story worth telling. The stage is part of a delivery's key (:func:`step_key`)."""

    NEW = "new"
    STAGE = "stage"


def step_key(steps: Sequence[Stage]) -> str:
    """Name the last of a story's steps as delivery keys do: `stage:passed`.

    A step back, or to where the story was before, is told again: its number is part of its name, `stage:passed:5`.
    """
    order, last = list(Stage), steps[-1]
    again = any(order.index(one) >= order.index(last) for one in steps[:-1])
    return f"stage:{last}:{len(steps)}" if again else f"stage:{last}"


def step_of(transition: str) -> tuple[Stage | None, int | None]:
    """Read a key of :func:`step_key`: the stage and, where it has one, the number of the step. `new` has neither."""
    name, _, number = transition.removeprefix("stage:").partition(":")
    stage = Stage(name) if transition.startswith("stage:") and name in set(Stage) else None
    return stage, int(number) if stage and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """An article as people are shown it."""

    article_id: int
    url: str
    title: str
    source_id: str
    source_name: str
    published: datetime
    rank: int = 2
    """0 the actor's own or an official page, 1 wire or regulator, 2 others."""


@dataclass(frozen=True, slots=True)
class Story:
    """All articles on one policy change; the unit people are told about."""

    id: int
    change: PolicyChange
    """The lead: the best-evidenced statement of the change."""
    stage: Stage
    first_at: datetime
    """Publication of its earliest article."""
    last_at: datetime
    created_at: datetime
    stage_at: datetime | None = None
    """Publication of the report that moved it to its stage."""
    curated: bool = False
    """From the curated history, not observed."""
    merged_into: int | None = None
    article_count: int = 0
    source_count: int = 0
    alerted: bool = False
    told: bool = False
    """People were told of it, or it was decided not to tell them (baseline, curated, soft): its appearing is no news any more."""
    thread: str | None = None
    """Name of the matter, where the curated history gives one."""

    @property
    def ref(self) -> str:
        """How people name it: `s12`."""
        return f"s{self.id}"


@dataclass(frozen=True, slots=True)
class StoryCandidate:
    """A stored story that an article may belong to, with what matching needs of it."""

    story_id: int
    change: PolicyChange
    """The lead."""
    stage: Stage
    stage_at: datetime
    """When that stage was first reported."""
    first_at: datetime
    last_at: datetime
    titles: tuple[str, ...] = ()
    """Headlines of its reports, differing ones, a handful."""
    readings: tuple[PolicyChange, ...] = ()
    """How its other reports read the change, where they differ from the lead in action, actor or targets."""
    details: tuple[str, ...] = ()
    """Names and figures of its reports (:mod:`bot.stories.details`)."""
    curated: bool = False
    told: bool = False
    article_count: int = 0


@dataclass(frozen=True, slots=True)
class StoryLook:
    """One look-up of candidates: stories with any of the keys, whose last report lies between the two times."""

    keys: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    limit: int = 40


class StoryRole(StrEnum):
    """Why an article belongs to a story."""

    LEAD = "lead"
    """The article is about this change."""
    ALSO = "also"
    """A lesser act of the same actor, told in the lead's message."""
    ASIDE = "aside"
    """A primary change of another actor, which the article does not lead with."""
    BACKGROUND = "background"
    """Only recalled."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What is kept of a text to find its near-copies (:mod:`bot.stories.nearcopies` makes and compares it)."""

    bands: tuple[int, ...]
    """Signed 64-bit keys for the indexed table; sharing one makes two articles candidates."""
    signature: bytes
    """MinHash of the whole text, four bytes a row; empty when the text is too short."""
    opening: bytes
    """MinHash of the opening; empty likewise."""
    size: int
    """Words of the normalised text."""
    title: str
    """The headline as compared: folded words without an outlet's name."""


@dataclass(frozen=True, slots=True)
class CopyOf:
    """The article seen first that another one is a near-copy of."""

    article_id: int
    reason: str
    """How that was seen, in words."""
    stories: tuple[tuple[int, StoryRole], ...] = ()
    """What the first one joined."""
    own: bool = False
    """It is the article itself, judged again: its page arrived, or code or vocabulary changed."""
    edited_at: datetime | None = None
    """Of its own: when the outlet edited its words; a step that they tell took place by then, and is news."""


@dataclass(frozen=True, slots=True)
class StoryPart:
    """What one change of an article means for one story. Decided by :mod:`bot.stories`, written by :mod:`bot.store`."""

    change_index: int
    """Index into ``Analysis.changes``."""
    role: StoryRole
    story_id: int | None
    """None: begins a story; for ALSO: the same story as the LEAD part."""
    keys: tuple[str, ...] = ()
    """Index keys the story is found by from now on."""
    reasons: tuple[Reason, ...] = ()
    transition: Transition | None = None
    """What is news; None when nobody is to be told."""
    stage: Stage | None = None
    """The story's stage from now on; None: unchanged."""
    lead: PolicyChange | None = None
    """The story's lead from now on, improved by this report; None: unchanged."""
    revision: str | None = None
    """What a report changed that people who were told must hear, in words: a thread reply."""
    previous: int | None = None
    """The earlier story that a new one follows: an extension, a reversal, the next step of the matter."""
    readings: tuple[PolicyChange, ...] = ()
    """Other ways in which the article tells the act (of its other party), for matching."""
    details: tuple[str, ...] = ()
    """Names and figures of the article, for matching."""


@dataclass(frozen=True, slots=True)
class StoryPlan:
    """What an article means for the stories."""

    parts: tuple[StoryPart, ...]
    rank: int = 2
    """Of the article among the story's sources: 0 official, 1 wire or regulator, 2 others."""
    copy_of: int | None = None

    @property
    def lead(self) -> StoryPart | None:
        """The part that may ping."""
        return next((part for part in self.parts if part.role is StoryRole.LEAD), None)


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """What writing a plan did to one story, for routing."""

    story_id: int
    role: StoryRole
    created: bool
    transition: Transition | None
    key: str
    """`new`, or as :func:`step_key` names the step: the transition in delivery keys; empty without one."""
    revision: str | None = None
    changed: bool = False
    """What a message shows of the story changed: its messages are to be edited."""


@dataclass(frozen=True, slots=True)
class Related:
    """Another story a message points to."""

    ref: str
    line: str
    at: datetime
    url: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class StoryView:
    """A story with all that a message or page shows of it."""

    story: Story
    also: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()
    before: tuple[Related, ...] = ()
    previous: Related | None = None
    """The same matter at its earlier stage, for a stage message."""
    best: ArticleRef | None = None
    first: ArticleRef | None = None
    official: int = 0
    wire: int = 0
    others: int = 0
    reasons: tuple[Reason, ...] = ()
