"""What a topic is: actors, places, history and the words of each language, as frozen dataclasses.

The values here are read from ``topics/<topic>/*.yaml`` by :mod:`bot.config.topic` and used by :mod:`bot.analysis`
(words, actors, places) and by whoever needs the curated history. Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ACTOR_TYPES = (
    "platform", "vendor", "deployer", "agency", "executive", "legislature", "city", "county", "state", "country",
    "bloc", "police", "regulator", "oversight", "court", "prosecutor", "ngo", "trade_body", "standards", "tracker",
    "international", "school", "landlord", "person", "organisation",
)  # fmt: skip
"""Kinds of actor; who may decide with force of law, and who may only speak, follows from it (see PUBLIC_TYPES)."""

PUBLIC_TYPES = frozenset(
    {"agency", "executive", "legislature", "city", "county", "state", "country", "bloc", "police", "regulator",
     "oversight", "court", "prosecutor", "international", "school"}
)  # fmt: skip
"""Actors with public authority: their considering a concrete ban or limit is already news (`propose`, `considered`)."""

PLACE_KINDS = ("country", "state", "county", "city", "bloc")


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation or person that decides things, from ``actors.yaml``."""

    id: str
    name: str
    """Canonical name: what people are shown, and what routes filter on."""
    type: str = "organisation"
    """One of ACTOR_TYPES."""
    jurisdiction: str | None = None
    """Code of the place it acts in (`US`, `US-CA/San Francisco`); several are separated by a bar: `PL|AE`."""
    aliases: tuple[str, ...] = ()
    """Other names; matched without regard to case and with possessive endings."""
    exact: tuple[str, ...] = ()
    """Short or ambiguous names, matched with exactly these capitals: `ICO`, `ICE`, `Met`."""
    needs: tuple[str, ...] = ()
    """Words one of which the text must hold before an `exact` alias (or the name, when `exact` has it) counts."""
    products: tuple[str, ...] = ()
    """Names of its facial-recognition products; a mention of one is a mention of the topic and hints at the actor."""
    parent: str | None = None
    """Id of the actor it belongs to; a person's organisation."""
    targets: tuple[str, ...] = ()
    """Whose use an act by it or against it concerns (`retail` for a chain of shops), where no words of the text say more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place that has its own rules, from ``jurisdictions.yaml``."""

    code: str
    """ISO 3166 code (`US`, `US-CA`), `EU`, or `US-CA/San Francisco` for a place below them."""
    names: tuple[str, ...]
    """The first is what people are shown."""
    adjectives: tuple[str, ...] = ()
    """`Californian`, `French`: a mention as well; matched with capitals."""
    exact: tuple[str, ...] = ()
    """Abbreviations matched with exactly these capitals: `US`, `D.C.`, `Calif.`."""
    kind: str = "city"
    """One of PLACE_KINDS."""
    parent: str | None = None
    """Code of the place around it; left out, it follows from the code."""
    members: tuple[str, ...] = ()
    """Codes of a bloc's members."""
    police: tuple[str, ...] = ()
    """Names of its own police, when not `<name> police`."""
    bodies: tuple[str, ...] = ()
    """Names of its council or parliament, canonical one first: `San Francisco Board of Supervisors`."""
    context: tuple[str, ...] = ()
    """Where a name is shared (`Portland`, `Cambridge`): words that make it this one."""
    rank: int = 0
    """Among places of one name, the higher rank wins without context."""

    @property
    def name(self) -> str:
        """The name that people are shown."""
        return self.names[0]

    @property
    def around(self) -> str | None:
        """Code of the place around it."""
        if self.parent:
            return self.parent
        for mark in ("/", "-"):
            if mark in self.code:
                return self.code.rsplit(mark, 1)[0]
        return None


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """A past change from the curated history: into the ledger, never alerted."""

    id: str
    date: str
    """ISO 8601, reduced precision allowed."""
    actor: str
    """Id of an actor, or a name as written where the actors file has none."""
    action: str
    line: str
    """One sentence in the ledger's words."""
    thread: str | None = None
    """Events of one matter share it."""
    targets: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    condition: str | None = None
    stage: str = "announced"
    source: str | None = None
    """URL or citation."""
    effective: str | None = None
    expires: str | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A way to name the technology, one of its products, or something that only looks like it."""

    id: str
    words: tuple[str, ...]
    kind: Literal["core", "product", "weak", "other"] = "core"
    """`core` and `product` make a text on topic; `weak` (biometrics, surveillance) can be the object of an act in a
    text that is on topic; `other` is a rival object (number plates, masks, TikTok) that takes an act away."""
    exact: bool = False
    """Match with exactly these capitals."""
    actor: str | None = None
    """Id of the actor whose product it is."""
    needs: tuple[str, ...] = ()
    """Words one of which must be in the text before it counts."""


@dataclass(frozen=True, slots=True)
class Sense:
    """A group of words with one meaning in the clause grammar: verbs, nouns and fixed phrases."""

    id: str
    role: str
    """What the grammar does with it (see ``docs/vocabulary.md``): `limit`, `stop`, `use`, `consider`, `pass`, …"""
    action: str | None = None
    """The action it stands for when the grammar asks."""
    stage: str | None = None
    verbs: tuple[str, ...] = ()
    """Base forms; the inflected ones are derived, irregular ones stand in ``forms``."""
    nouns: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    """Fixed word sequences, matched as they stand."""
    beside: str | None = None
    """A class of words one of which must follow within a few words: `pays $5 million` settles, `pays by face` does not."""
    by: tuple[str, ...] = ()
    """Types of actor; given, it counts only when one of them is its subject (`finds`: a court, not a study)."""


@dataclass(frozen=True, slots=True)
class WordClass:
    """A named list of words or phrases: `negation`, `modal`, `months`, a target, a confuser's signs."""

    id: str
    words: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Confuser:
    """A kind of text that mentions the topic and holds no policy change."""

    id: str
    title: tuple[str, ...] = ()
    """Signs in the headline."""
    text: tuple[str, ...] = ()
    """Signs anywhere."""
    unless: tuple[str, ...] = ()
    """Signs that make it count after all."""


@dataclass(frozen=True, slots=True)
class PhraseWeights:
    """What phrases say (see :mod:`bot.analysis.phrases`)."""

    facts: float = 1.0
    """How much the log-odds of the facts count beside those of the phrases."""
    change: Mapping[str, float] = field(default_factory=dict)
    """Log-odds, by phrase, that an article reports a change."""
    actions: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By action: how much each phrase speaks for it."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language."""

    language: str
    terms: tuple[Term, ...] = ()
    senses: tuple[Sense, ...] = ()
    classes: Mapping[str, WordClass] = field(default_factory=dict)
    """Words that the grammar knows by the class's name."""
    targets: tuple[WordClass, ...] = ()
    bodies: tuple[WordClass, ...] = ()
    """Kinds of actor by common nouns (`city council`, `regulator`); the id is one of ACTOR_TYPES."""
    confusers: tuple[Confuser, ...] = ()
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Regular expressions of the fields (conditions, durations, dates, amounts), tried in order."""
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Inflected forms of irregular verbs, by base form: third person, past, participle, -ing."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """Templates of the change line, by action."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """The ranker: contribution of each feature to the score, in log-odds."""
    phrases: PhraseWeights | None = None
    """The learned words of headline and lead; None: the facts decide alone."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Switches of the language's grammar (see ``docs/vocabulary.md``)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Everything the analysis knows about a subject."""

    id: str
    vocabularies: Mapping[str, Vocabulary]
    """By language code; texts in another language are read with the first."""
    actors: tuple[Actor, ...] = ()
    places: tuple[Place, ...] = ()
    history: tuple[HistoryEvent, ...] = ()
    name: str = ""
    """What people are shown: `facial recognition`."""
    alert: float = 0.5
    """Score from which a change is told at once."""
    digest: float = 0.5
    """Score from which a change is in digests and makes an article relevant; below it, ledger only."""
    fingerprint: str = ""
    """Hash of all files; a new one means that stored articles are to be re-analysed silently."""

    def __hash__(self) -> int:
        """Topics are compared by what they were read from."""
        return hash((self.id, self.fingerprint))
