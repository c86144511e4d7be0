"""What the score is made of: a few dozen facts about an article, each with a name that a person can read.

The weights of the facts are data (``ranker.yaml``), learned by ``benchmarks/train_ranker.py`` from labelled articles.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.analysis.frames import LEGAL, STRONG, Frame
from bot.analysis.lexicon import Found, Mention
from bot.analysis.reading import Reading
from bot.analysis.who import Who

Features = dict[str, float]


def features(reading: Reading, judged: list[tuple[Frame, Who | None]]) -> Features:
    """Facts about an article and its frames, by name; absent means 0."""
    facts: Features = {"bias": 1.0}
    for part in ("title", "lead", "rest"):
        mine = [(frame, who) for frame, who in judged if where(frame) == part]
        _frame_facts(facts, part, reading, mine)
    _word_facts(facts, reading)
    _sense_facts(facts, reading)
    _sign_facts(facts, reading)
    _together(facts, judged)
    _best_facts(facts, reading, judged)
    _near_facts(facts, reading)
    return facts


def where(frame: Frame) -> str:
    """title, lead (the first two sentences) or rest."""
    if frame.sentence.part == "title":
        return "title"
    return "lead" if frame.sentence.index <= 2 else "rest"


def object_of(frame: Frame, reading: Reading) -> str:
    """How the act is tied to the technology: topic, near (named in the sentence), weak, none, other."""
    if frame.act.obj in {"topic", "other"}:
        return frame.act.obj
    if (frame.sentence.part, frame.sentence.index) in reading.topic_sentences:
        return "near"
    return frame.act.obj or "none"


def group(frame: Frame) -> str:
    """Actions that behave alike."""
    if frame.action in LEGAL:
        return "legal"
    if frame.action in {"ban", "pause", "restrict", "halt", "repeal", "resume", "delete"}:
        return "limit"
    if frame.action in {"adopt", "permit", "enact", "propose", "commit"}:
        return frame.action
    return "soft"


def merit(frame: Frame, who: Who | None, reading: Reading) -> float:
    """Order of the frames of one article."""
    tied = object_of(frame, reading)
    score = frame.weight + {"topic": 0.0, "near": 0.6, "weak": 0.2, "none": -0.4, "other": -1.0}[tied]
    if who is None:
        score -= 0.6
    elif who.public:
        score += 0.4
    elif who.type in {"ngo", "person"}:
        score -= 0.8
    return score + {"title": 1.8, "lead": 0.5, "rest": -0.5}[where(frame)]


def _frame_facts(facts: Features, part: str, reading: Reading, mine: list[tuple[Frame, Who | None]]) -> None:
    live = [(frame, who) for frame, who in mine if not frame.background]
    if not live:
        facts[f"{part}:nothing"] = 1.0
        if mine:
            facts[f"{part}:recalled"] = 1.0
        return
    frame, who = max(live, key=lambda pair: merit(pair[0], pair[1], reading))
    tied = object_of(frame, reading)
    how = "tied" if tied in {"topic", "near"} else "other" if tied == "other" else "loose"
    if part == "rest":
        if frame.strength in STRONG and how == "tied":
            facts["rest:strong"] = 1.0
        return
    facts[f"{part}:{frame.strength}:{how}"] = 1.0
    kind = "litigant" if frame.action == "sue" and _kind(who) == "speaker" else _kind(who)
    facts[f"{part}:by:{kind}"] = 1.0
    if frame.strength in {"considered", "proposed", "decided"} and kind == "nobody":
        facts[f"{part}:{frame.strength}:nobody"] = 1.0
    if frame.strength in {"use", "plan_use", "begin_use"}:
        facts[f"{part}:{frame.strength}:{kind}"] = 1.0
        if frame.action == "enact":
            facts[f"{part}:required"] = 1.0
    if tied == "topic" and frame.strength in STRONG:
        facts[f"{part}:strong:topic"] = 1.0
    if frame.strength == "legal":
        facts[f"{part}:legal:{frame.action}"] = 1.0


def _best_facts(facts: Features, reading: Reading, judged: list[tuple[Frame, Who | None]]) -> None:
    """The best frame of headline and lead, wherever it stands: what is known of one part holds for the other."""
    live = [(frame, who) for frame, who in judged if not frame.background and where(frame) != "rest"]
    if not live:
        return
    frame, who = max(live, key=lambda pair: merit(pair[0], pair[1], reading))
    tied = object_of(frame, reading)
    how = "tied" if tied in {"topic", "near"} else "other" if tied == "other" else "loose"
    facts[f"best:{frame.strength}:{how}"] = 1.0
    facts[f"best:by:{_kind(who)}"] = 1.0
    facts[f"best:action:{frame.action}"] = 1.0
    facts[f"best:{frame.strength}:{_kind(who)}"] = 1.0
    strong = [
        (frame, who)
        for frame, who in live
        if frame.strength in STRONG and object_of(frame, reading) in {"topic", "near"}
    ]
    if strong:
        facts["any:strong"] = 1.0
        if any(who is not None and who.public for _, who in strong):
            facts["any:strong:public"] = 1.0
        if any(frame.action in LEGAL for frame, _ in strong):
            facts["any:strong:legal"] = 1.0
        if len({frame.sentence.part for frame, _ in strong}) > 1:
            facts["any:strong:twice"] = 1.0


_REACH = 9
"""Tokens around the technology's name within which a word stands close to it."""


def _near_facts(facts: Features, reading: Reading) -> None:
    """Which words stand close to the technology's name, whatever the grammar made of them."""
    for part, found in (("title", reading.title), ("text", reading.text)):
        terms = [one.first for one in found.terms if one.kind in {"core", "product"}]
        for sentence in found.tokens.sentences[:2]:
            here = [first for first in terms if sentence.first <= first < sentence.last]
            for one in _whole_words(found):
                inside = sentence.first <= one.first < sentence.last
                if inside and any(abs(one.first - first) <= _REACH for first in here):
                    facts[f"near:{one.kind}"] = 1.0
                    facts[f"{part}:near:{one.ref.id}"] = 1.0


def _kind(who: Who | None) -> str:
    if who is None:
        return "nobody"
    if who.public:
        return "public"
    if who.type in {"platform", "vendor", "deployer", "organisation", "landlord"}:
        return "company"
    return "speaker"


def _word_facts(facts: Features, reading: Reading) -> None:
    title = reading.title
    facts["title:topic"] = float(reading.title_topic)
    if not reading.title_topic and any(term.kind == "other" for term in title.terms):
        facts["title:rival"] = 1.0
    facts["lead:topic"] = float(reading.lead_topic)
    items = title.tokens.items
    facts["title:question"] = float(bool(items) and any(item.norm == "?" for item in items[-2:]))
    facts["title:question_word"] = float(title.is_class(0, "question_start"))
    _counts(facts, "title", title, len(items))
    _counts(facts, "text", reading.text, 120)


_DECIDERS = frozenset({"city", "county", "legislature", "regulator", "court", "prosecutor", "oversight"})


def _counts(facts: Features, part: str, found: Found, limit: int) -> None:
    roles = {one.kind for readings in found.senses for one in readings if one.first < limit}
    for role in ("bill", "approve", "limit", "warn"):
        if role in roles:
            facts[f"{part}:word:{role}"] = 1.0
    kinds = {
        one.ref if one.kind == "body" else one.ref.type
        for one in found.names
        if one.first < limit and one.kind in {"body", "actor"}
    }
    kinds |= {"city" for one in found.names if one.first < limit and one.kind == "placebody"}
    if kinds & _DECIDERS:
        facts[f"{part}:names:decider"] = 1.0
    if kinds & {"ngo"}:
        facts[f"{part}:names:ngo"] = 1.0
    words = {name for at, names in found.classes.items() if at < limit for name in names}
    for name in ("first_person", "second_person", "must", "now"):
        if name in words:
            facts[f"{part}:class:{name}"] = 1.0


def _sense_facts(facts: Features, reading: Reading) -> None:
    """Which senses the headline's words have, whatever the grammar made of them."""
    end = _told(reading.title)
    for one in _whole_words(reading.title):
        if one.first < end:
            facts[f"title:sense:{one.ref.id}"] = 1.0


_OCCASIONS = frozenset({"opinion", "research", "crime_story", "lawless_use", "device_unlock"})
"""Kinds of text whose signs say nothing where they are only the occasion of what is told."""


def _whole_words(found: Found) -> Iterator[Mention]:
    """The first reading of each word with a sense; a verb that lacks its particle (`powered` of `power down`) has none."""
    for readings in found.senses:
        one = next((one for one in readings if not one.key.tail), None)
        if one is not None:
            yield one


def _told(title: Found) -> int:
    """Where a headline has told its news: what follows `after`, `amid` or `despite` is the occasion."""
    places = (index for index, names in title.classes.items() if index > 1 and "background" in names)
    return min(places, default=len(title.tokens.items))


def _sign_facts(facts: Features, reading: Reading) -> None:
    for part, found in (("title", reading.title), ("text", reading.text)):
        live, excused = set(), set()
        end = _told(found) if part == "title" else len(found.tokens.items)
        for one in found.signs:
            name, _, place = one.kind.partition(":")
            if one.first >= end and name in _OCCASIONS:
                continue
            if place == "unless":
                excused.add(name)
            elif place == part and not any(
                term.first <= one.first < term.last for term in found.terms if term.kind != "weak"
            ):
                live.add(name)
        for name in live - excused:
            facts[f"{part}:like:{name}"] = 1.0


def _together(facts: Features, judged: list[tuple[Frame, Who | None]]) -> None:
    title = {group(frame) for frame, _ in judged if where(frame) == "title" and frame.strength in STRONG}
    text = {group(frame) for frame, _ in judged if where(frame) != "title" and frame.strength in STRONG}
    if title & text:
        facts["together:agree"] = 1.0
    planned = any(
        frame.strength in {"plan_use", "begin_use"} and who is not None and who.public for frame, who in judged
    )
    if not title and not text and not planned:
        facts["together:nothing"] = 1.0
