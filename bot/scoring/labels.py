"""Labels: what a reader said of an article. Both dialects of the labelled files are read.

One dialect names each item's actors, alternative actions and background changes; the other labels by event, with a ``role``
for each item and the events of a round-up under ``also_events``. A field that a dialect lacks stays empty and is then not
scored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import Problem
from bot.model import SOFT_ACTIONS, Action
from bot.scoring.lines import BadLine, Fields, parse_lines, refuse

SURE_ENOUGH = 0.5
"""Labels below this confidence are left out of every figure, and counted as left out."""

NO_ACTION = "none"

_ACTIONS = frozenset(Action) | {NO_ACTION}
_ROLES = frozenset({"report", "reaction", "background", "roundup", "unrelated"})
_SOFT = frozenset(str(action) for action in SOFT_ACTIONS)


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader said of one article."""

    id: str
    title: str
    is_change: bool
    action: str
    """An :class:`bot.model.Action`, or ``none``."""
    alt_actions: frozenset[str] = frozenset()
    """Other readings that count as right."""
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    stage: str | None = None
    event_key: str | None = None
    also_events: tuple[str, ...] = ()
    role: str | None = None
    alert: str | None = None
    """For stream corpora: what ``replay`` should say in ``alert``."""
    kind_if_not: str | None = None
    confidence: float = 1.0

    @property
    def unsure(self) -> bool:
        """Too uncertain to be measured against."""
        return self.confidence < SURE_ENOUGH

    @property
    def soft(self) -> bool:
        """A call, a review or `other`: an alert on it is neither right nor wrong."""
        return self.action in _SOFT

    @property
    def core(self) -> bool:
        """A change that must be found."""
        return self.is_change and not self.soft

    @property
    def right_actions(self) -> frozenset[str]:
        """Every action that counts as right."""
        return self.alt_actions | {self.action}

    @property
    def clustered(self) -> bool:
        """Counts for the story figures: a sure report of a core change whose event is named."""
        return self.core and not self.unsure and self.event_key is not None and self.role in {None, "report"}


def read_labels(lines: Iterable[str], file: str = "labels") -> list[Label]:
    """Read a labels file.

    Args:
        lines: the file's lines, each ``{"id": …, "title": …, "label": {…}}``.
        file: its name, for messages.

    Raises:
        UsageError: all bad lines and repeated ids at once, as ``file:line: what is wrong``.
    """
    labels: list[Label] = []
    problems: list[Problem] = []
    first_line: dict[str, int] = {}
    for number, fields in parse_lines(lines, file):
        try:
            label = _label(fields)
        except BadLine as error:
            problems.append(Problem(file, number, str(error)))
            continue
        if label.id in first_line:
            problems.append(Problem(file, number, f"id {label.id!r} is already on line {first_line[label.id]}"))
            continue
        first_line[label.id] = number
        labels.append(label)
    refuse(problems)
    return labels


def _label(fields: Fields) -> Label:
    given = fields.object("label")
    action = given.optional_text("action") or NO_ACTION
    alternatives = given.texts("alt_actions")
    for one in (action, *alternatives):
        if one not in _ACTIONS:
            raise BadLine(f"{one!r} is no action; one of: {', '.join(sorted(_ACTIONS))}")
    role = given.optional_text("role")
    if role is not None and role not in _ROLES:
        raise BadLine(f"{role!r} is no role; one of: {', '.join(sorted(_ROLES))}")
    is_change = given.flag("is_policy_change")
    if is_change and action == NO_ACTION:
        raise BadLine("'is_policy_change' is true, so 'action' must say which")
    return Label(
        id=fields.text("id"),
        title=fields.optional_text("title") or "",
        is_change=is_change,
        action=action,
        alt_actions=frozenset(alternatives),
        actors=given.texts("actors"),
        targets=given.texts("targets"),
        jurisdictions=given.texts("jurisdictions"),
        stage=given.optional_text("stage"),
        event_key=given.optional_text("event_key"),
        also_events=given.texts("also_events"),
        role=role,
        alert=given.optional_text("alert"),
        kind_if_not=given.optional_text("kind_if_not"),
        confidence=given.share("confidence", 1.0),
    )
