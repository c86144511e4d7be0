"""The values that rooms hand to each other: frozen dataclasses, named as in docs/architecture.md.

Rules for everything here: times are timezone-aware UTC; a URL is absolute; text is plain (no HTML) unless a name says
otherwise; offsets count Unicode code points. Nothing here does I/O.

One module for each part of the way of the data; rooms import the names from here::

    sources     what is polled, what is known of it, what a fetch gave or why it failed
    articles    what a source published, and what of it is judged
    changes     what an article says: policy changes, their evidence and reasons
    stories     all articles on one change: how they are found, joined and shown
    routes      which stories go to which channel, and when
    deliveries  Slack calls owed, how they ended, what is written after them
    reports     what readiness answers and listings of sources show
"""

from bot.model.articles import Article, Entry, Reading, TextOrigin
from bot.model.changes import (
    OPEN_STAGES,
    SOFT_ACTIONS,
    TARGETS,
    Action,
    Analysis,
    PolicyChange,
    Reason,
    Span,
    Stage,
    date_of,
)
from bot.model.deliveries import (
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestItem,
    Found,
    LookUp,
    Message,
    NewDelivery,
    Outcome,
    SendResult,
    Settlement,
)
from bot.model.reports import Check, SourceRow
from bot.model.routes import Filters, Quiet, Route, Schedule
from bot.model.sources import (
    Failure,
    FailureKind,
    Fetched,
    Health,
    Source,
    SourceKind,
    SourceState,
    Validators,
    shown_url,
)
from bot.model.stories import (
    ArticleRef,
    CopyOf,
    Fingerprint,
    Related,
    Story,
    StoryCandidate,
    StoryEvent,
    StoryLook,
    StoryPart,
    StoryPlan,
    StoryRole,
    StoryView,
    Transition,
    step_key,
    step_of,
)

__all__ = [
    "OPEN_STAGES",
    "SOFT_ACTIONS",
    "TARGETS",
    "Action",
    "Analysis",
    "Article",
    "ArticleRef",
    "Check",
    "CopyOf",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DigestItem",
    "Entry",
    "Failure",
    "FailureKind",
    "Fetched",
    "Filters",
    "Fingerprint",
    "Found",
    "Health",
    "LookUp",
    "Message",
    "NewDelivery",
    "Outcome",
    "PolicyChange",
    "Quiet",
    "Reading",
    "Reason",
    "Related",
    "Route",
    "Schedule",
    "SendResult",
    "Settlement",
    "Source",
    "SourceKind",
    "SourceRow",
    "SourceState",
    "Span",
    "Stage",
    "Story",
    "StoryCandidate",
    "StoryEvent",
    "StoryLook",
    "StoryPart",
    "StoryPlan",
    "StoryRole",
    "StoryView",
    "TextOrigin",
    "Transition",
    "Validators",
    "date_of",
    "shown_url",
    "step_key",
    "step_of",
]
