"""The values that rooms hand to each other: frozen dataclasses, named as in docs/architecture.md.

Rules for everything here: times are timezone-aware UTC; a URL is absolute; text is plain (no HTML) unless a name says
otherwise; offsets count Unicode code points. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Literal

# --- sources ---------------------------------------------------------------------------------------------------------


class SourceKind(StrEnum):
    """How a source is read: a feed, a listing without a feed, or one policy page watched for changed wording."""

    FEED = "feed"
    PAGE = "page"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Source:
    """Something polled, as the configuration says. What was learned about it is :class:`SourceState`."""

    id: str
    name: str
    url: str
    kind: SourceKind = SourceKind.FEED
    every: timedelta | None = None
    """Poll interval wish; None: adaptive."""
    alert_since: datetime | None = None
    """Alert on entries published since; None: since the source was added."""
    enabled: bool = True
    category: str | None = None
    """Routes filter on it: corporate_newsroom, government_regulator, legislature, court, ngo, trade_press, …"""
    jurisdiction: str | None = None
    """Where the publisher sits (`US`, `EU`, `GB`); a weak hint for analysis."""
    language: str = "en"
    actor: str | None = None
    """Canonical actor name when the source is that actor's own publication: its statements count as official."""
    dedicated: bool = False
    """The source publishes only on the topic: its entries' pages are fetched even when the feed text is thin."""
    select: Mapping[str, str] = field(default_factory=dict)
    """For pages: CSS selectors (item, link, title, date, summary) or a JSON path map."""
    where: str = ""
    """`file:line` of its definition, for messages to operators."""


class Health(StrEnum):
    """State of a source. Operators are told on entering any but OK, and once on return to OK."""

    OK = "ok"
    LATE = "late"
    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes the next request conditional (RFC 9110 section 13) and an unchanged body cheap."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the database knows of a source."""

    id: str
    url: str
    """The address the validators belong to: a changed `url` in the config voids them."""
    added_at: datetime
    baseline_at: datetime | None = None
    """When the first successful poll was stored; None: the next one is the baseline."""
    validators: Validators = Validators()
    known_slices: bytes = b""
    """Hashes (8 bytes each) of the raw items of the last body."""
    moved_to: str | None = None
    """Target of a permanent redirect, used for fetching and reported to operators."""
    next_poll_at: datetime | None = None
    interval: timedelta | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_entry_at: datetime | None = None
    """Publication (or first sight) of the newest entry."""
    habit: timedelta | None = None
    """Usual gap between entries, learned; what adaptive polling and unusual silence are measured against."""
    failures: float = 0.0
    """Weighted consecutive failures."""
    polls_failed: int = 0
    health: Health = Health.OK
    health_since: datetime | None = None
    last_error: str | None = None
    muted_until: datetime | None = None
    entries_total: int = 0
    title: str | None = None


class FailureKind(StrEnum):
    """Why a source, page or robots file could not be had."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    HTTP = "http"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    TOO_LARGE = "too_large"
    REFUSED_ADDRESS = "refused_address"
    REDIRECT = "redirect"
    BAD_URL = "bad_url"
    ENCODING = "encoding"
    NOT_A_FEED = "not_a_feed"
    MALFORMED = "malformed"
    EMPTY = "empty"
    ROBOTS = "robots"
    NO_TEXT = "no_text"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """An expected failure, as a value."""

    kind: FailureKind
    detail: str
    """One sentence for operators, no secrets."""
    status: int | None = None
    retry_after: datetime | None = None
    """Not before; from Retry-After (RFC 9110 section 10.2.3), already resolved and bounded."""
    moved_to: str | None = None
    """Where the thing seems to live now (a feed advertised by the page that answered instead)."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A completed HTTP exchange: 200 with a body, or 304 without."""

    url: str
    """Address after redirects."""
    status: int
    body: bytes
    """Decompressed; empty on 304."""
    content_type: str
    validators: Validators
    not_modified: bool
    """True on 304, or when the body's hash equals the one given."""
    fetched_at: datetime
    moved_to: str | None = None
    """Target when every hop so far was permanent (301, 308)."""
    max_age: timedelta | None = None
    """From Cache-Control."""
    bytes_received: int = 0


# --- entries and articles ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a source published, normalised, not judged."""

    source_id: str
    key: str
    """Identity within the source: GUID, else link, else a hash of what does not change."""
    url: str | None
    """As published, made absolute; None when the entry has no link."""
    title: str
    text: str
    """The richest text the feed gives, plain, paragraphs separated by a blank line."""
    published: datetime | None
    """Clamped: dates before 1990 or more than a day ahead of the fetch are None."""
    updated: datetime | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    guid: str | None = None
    shared_link: bool = False
    """Another entry of the same document has the same link: the link alone does not identify it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one successful poll of a source gave."""

    entries: tuple[Entry, ...]
    """All entries that may be new; entries whose raw slice is known may be left out."""
    validators: Validators
    known_slices: bytes = b""
    total: int = 0
    """How many entries the document holds, known ones included."""
    title: str | None = None
    ttl: timedelta | None = None
    """The publisher's wish (`ttl`, `sy:updatePeriod`, Cache-Control)."""
    warnings: tuple[str, ...] = ()
    snapshot: bytes | None = None
    """Of a document whose wording is new: the page itself, to be stored as its newest version and given to the next read."""


class TextOrigin(StrEnum):
    """Where an article's text comes from."""

    FEED = "feed"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Article:
    """An entry whose text is to be judged. Identity: (canonical_url, discriminator)."""

    canonical_url: str
    discriminator: str
    """Empty unless several articles share one canonical URL (document version, shared landing page, no link)."""
    url: str
    """As published: what people are sent to."""
    title: str
    text: str
    source_id: str
    published: datetime
    """Publication, else first sight."""
    first_seen: datetime
    language: str = "en"
    text_origin: TextOrigin = TextOrigin.FEED
    source_jurisdiction: str | None = None
    source_actor: str | None = None
    id: int | None = None
    """Database id once stored."""


# --- understanding -------------------------------------------------------------------------------------------------------


class Action(StrEnum):
    """What an actor does about the technology (INTERFACE.md)."""

    HALT = "halt"
    PAUSE = "pause"
    RESTRICT = "restrict"
    BAN = "ban"
    RESUME = "resume"
    PERMIT = "permit"
    ADOPT = "adopt"
    PROPOSE = "propose"
    ENACT = "enact"
    REPEAL = "repeal"
    SUE = "sue"
    SETTLE = "settle"
    RULE = "rule"
    FINE = "fine"
    ORDER = "order"
    INVESTIGATE = "investigate"
    COMMIT = "commit"
    CALL_FOR = "call_for"
    REVIEW = "review"
    DELETE = "delete"
    OTHER = "other"


SOFT_ACTIONS = frozenset({Action.CALL_FOR, Action.REVIEW, Action.OTHER})
"""Recorded, and by default told in digests only: readers disagree most on them."""


class Stage(StrEnum):
    """How far a change has come."""

    CONSIDERED = "considered"
    ANNOUNCED = "announced"
    PROPOSED = "proposed"
    PASSED = "passed"
    ENACTED = "enacted"
    IN_FORCE = "in force"
    CHALLENGED = "challenged"
    POSTPONED = "postponed"
    STRUCK_DOWN = "struck down"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REVERSED = "reversed"


TARGETS = (
    "police", "government", "border", "military", "schools", "retail", "employers", "housing", "health", "transport",
    "venues", "social_media", "public_space", "anyone",
)  # fmt: skip
"""Whose use is meant, most specific reading first in ties."""


@dataclass(frozen=True, slots=True)
class Span:
    """Exact words of an article. ``article.title[start:end]`` or ``article.text[start:end]`` equals ``quote``."""

    part: Literal["title", "text"]
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a verdict that a person can check."""

    code: str
    """Stable and short: `topic`, `action`, `actor`, `negated`, `opinion`, `background`, `no_actor`, …"""
    detail: str
    span: Span | None = None
    entry: str | None = None
    """The vocabulary entry that matched, as `file-stem:id`."""


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A decision or formal step about whether or how facial recognition may be developed, sold or used."""

    actor: str
    """Canonical name, or as written where the actors file has none."""
    action: Action
    evidence: Span
    """The exact sentence that says it."""
    actor_id: str | None = None
    product: str | None = None
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    condition: str | None = None
    duration: str | None = None
    effective: str | None = None
    """ISO 8601 date, reduced precision allowed: `2020`, `2020-07`, `2020-07-01`."""
    expires: str | None = None
    decided: str | None = None
    """When the actor decided, where the text says; for background changes approximate."""
    stage: Stage = Stage.ANNOUNCED
    primary: bool = True
    quote: str | None = None
    """What people should read: a direct quotation if the article has one, else the evidence sentence."""
    speaker: str | None = None
    line: str = ""
    """The composed change line: `Microsoft will not sell facial recognition to US police`."""
    score: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the bot sees in a text."""

    changes: tuple[PolicyChange, ...]
    """Strongest primary first, then other primaries, then background."""
    score: float
    """0…1: of texts scored x, about a share x is about a policy change."""
    relevant: bool
    """At least one primary change at or above the digest threshold."""
    on_topic: bool
    reasons: tuple[Reason, ...]
    open_questions: tuple[Span, ...] = ()
    """What the article says is unclear."""

    @property
    def lead(self) -> PolicyChange | None:
        """The strongest primary change."""
        return next((change for change in self.changes if change.primary), None)


# --- stories ---------------------------------------------------------------------------------------------------------


class Transition(StrEnum):
    """What makes a story worth telling. The stage is part of a delivery's key: `stage:passed`."""

    NEW = "new"
    STAGE = "stage"


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
    """`new`, `stage:passed`: the transition as delivery keys name it; empty without one."""
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


# --- alerts and deliveries ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a route sends: at once, or as a digest at a local time."""

    kind: Literal["now", "daily", "weekly"] = "now"
    hour: int = 9
    minute: int = 0
    weekday: int = 0
    """Monday is 0; for weekly."""
    zone: str = "UTC"
    """IANA time zone."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A part of each day at a local time; over midnight where the end is earlier than the start."""

    start: time
    end: time
    zone: str = "UTC"
    """IANA time zone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stories a route takes; an empty field takes all."""

    actors: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    min_score: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Which stories go to which channel, and when."""

    name: str
    channel: str
    """Slack conversation id, `C0123456789`."""
    kind: Literal["policy", "operators"] = "policy"
    schedule: Schedule = Schedule()
    filters: Filters = Filters()
    max_per_hour: int = 12
    thread: bool = True
    broadcast: bool = False
    quiet: Quiet | None = None
    """When nothing is posted at once: it comes at the end of that time."""
    origin: Literal["file", "subscription"] = "file"
    created_at: datetime | None = None
    """First time it was in force: nothing earlier is ever sent to it."""
    where: str = ""


class DeliveryKind(StrEnum):
    """One Slack call owed."""

    POST = "post"
    """A story's message for one transition."""
    EDIT = "edit"
    """Refresh that message; one row for each message, coalesced."""
    REPLY = "reply"
    """In the thread of a story's message."""
    CATCH_UP = "catch_up"
    """Many stories in one message after a backlog, or over `max_per_hour`."""
    DIGEST = "digest"
    NOTICE = "notice"
    """To operators: source health, refused config, dead deliveries."""
    WELCOME = "welcome"
    """Once for each channel after the baseline: what is watched."""


class DeliveryState(StrEnum):
    """pending -> sending -> sent | waiting | unknown | blocked | dead (docs/architecture.md)."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be put into the outbox. ``dedupe_key`` is unique: enqueuing it twice stores one row."""

    kind: DeliveryKind
    channel: str
    dedupe_key: str
    route: str
    story_id: int | None = None
    transition: str = ""
    """`new`, `stage:passed`, …"""
    payload: Mapping[str, Any] = field(default_factory=dict)
    """JSON; what rendering needs beyond the story (late alerts, catch-up members, notice text)."""
    not_before: datetime | None = None
    parent_id: int | None = None
    """The delivery whose message is edited or replied to."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox, claimed or listed."""

    id: int
    kind: DeliveryKind
    channel: str
    route: str
    dedupe_key: str
    state: DeliveryState
    created_at: datetime
    story_id: int | None = None
    transition: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    attempts: int = 0
    not_before: datetime | None = None
    send_key: str | None = None
    """Written with the claim, carried in the message's metadata, looked up before a repeated post."""
    started_at: datetime | None = None
    ts: str | None = None
    """Slack's message id once known."""
    parent_id: int | None = None
    parent_ts: str | None = None
    plain: bool = False
    """Blocks were refused once: send as plain text."""
    error: str | None = None
    sent_at: datetime | None = None
    first_started_at: datetime | None = None
    """Start of the first call: a look-up for a lost message begins there."""
    doubtful: bool = False
    """A call of it once ended unknown: after it is sent, a sweep looks for a double."""
    parent_kind: DeliveryKind | None = None
    """Of an edit: what kind of message is edited (the edit carries its story, transition, payload and send key)."""
    folded_into: int | None = None
    """The catch-up delivery that tells it instead."""


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered Slack message. ``text`` is always there: notifications and screen readers use it."""

    text: str
    blocks: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Outcome(StrEnum):
    """How one Slack call ended (docs/delivery.md)."""

    SENT = "sent"
    WAIT = "wait"
    UNKNOWN = "unknown"
    BAD_MESSAGE = "bad_message"
    CHANNEL_BLOCKED = "channel_blocked"
    STOPPED = "stopped"
    NOT_EDITABLE = "not_editable"


@dataclass(frozen=True, slots=True)
class SendResult:
    """Result of one Slack call, as a value."""

    outcome: Outcome
    ts: str | None = None
    error: str | None = None
    retry_after: timedelta | None = None


class Found(StrEnum):
    """Result of looking a lost post up."""

    YES = "yes"
    NO = "no"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LookUp:
    """What paging through a channel's history for a delivery key gave."""

    found: Found
    ts: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What to write after one Slack call or one look-up: alerts decides it, the store writes it in one transaction."""

    state: DeliveryState
    not_before: datetime | None = None
    """When an unfinished delivery is due again; None: at once."""
    ts: str | None = None
    error: str | None = None
    plain: bool = False
    channel_next_at: datetime | None = None
    """Nothing else is sent to the channel before; None: the channel's pace is not changed."""
    block: str | None = None
    """The channel refuses us, and why."""
    stop: str | None = None
    """Slack refuses everything, and why."""
    probe_at: datetime | None = None
    """When a blocked channel, or a stopped Slack, is tried again with one delivery."""
    uneditable: bool = False
    """The message that was to be edited is never edited again."""
    sweep_at: datetime | None = None
    """When to look for doubles of this message."""
    notices: tuple[NewDelivery, ...] = ()
    """To operators. Those on a block or a stop are enqueued only when it begins."""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """A story's transition that a digest route has taken, kept until its digest is composed."""

    route: str
    channel: str
    story_id: int
    transition: str
    at: datetime
    maybe: bool = False
    """Below the alert threshold: told as less certain."""
    id: int | None = None


# --- reports -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a readiness answer, of `doctor` and of `status`."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source as listings show it: what the config says beside what was learned."""

    source: Source
    state: SourceState | None
