"""The lead of an article where grammar and phrases must agree: its action, and a lead where the grammar found no act at all.

The grammar says what a sentence does and can point at the words; the phrases (:mod:`bot.analysis.phrases`) have seen more
ways to say it. The action that both together make likeliest is taken, and what the grammar says counts the more the surer
it is of its act.
"""

from __future__ import annotations

from bot.analysis.acts import Act
from bot.analysis.changes import Candidate
from bot.analysis.frames import SOFT, STRONG, Frame
from bot.analysis.phrases import Phrased
from bot.analysis.reading import Reading
from bot.analysis.text import Sentence

SURE, UNSURE = 2.6, 1.0
"""Log-odds that the grammar's action gets for an act that is told to happen, and for a noun or a mere deciding word."""
_LIMITS = frozenset({"halt", "pause", "ban", "restrict"})
_LIFTS = frozenset({"resume", "repeal"})
"""What undoes a limit is told in the same words ("lifts its moratorium"): only the grammar knows which way round."""
_STAGES = {"propose": "proposed", "enact": "enacted"}
"""Where an action that the grammar did not see stands."""


def settle_action(lead: Candidate, phrased: Phrased) -> bool:
    """Give the lead the likeliest action; whether it is another than the grammar's, which may have another decider."""
    frame = lead.frame
    if not phrased.actions:
        return False
    trust = SURE if frame.strength in STRONG else UNSURE
    likely = max(
        phrased.actions, key=lambda action: (phrased.actions[action] + trust * (action == frame.action), action)
    )
    if likely == frame.action or frame.rejects or (frame.strength in STRONG and _turned(frame.action, likely)):
        return False
    restage(frame, likely)
    return True


def _turned(one: str, other: str) -> bool:
    return one in _LIFTS and other in _LIMITS


def restage(frame: Frame, action: str) -> None:
    """Another action for a frame; a stage that only the old one can have goes with it."""
    tabled = frame.stage in {"considered", "proposed"}
    if action == "propose" and frame.stage == "announced":
        frame.stage = "proposed"
    elif tabled and action != "propose" and action not in SOFT:
        frame.stage = _STAGES.get(action, "announced")
    frame.action = action


def bare_lead(reading: Reading, phrased: Phrased) -> Frame | None:
    """A frame for the sentence that names the technology first, with the action that the phrases make likeliest."""
    sentence = _first_on_topic(reading)
    if sentence is None or not phrased.actions:
        return None
    action = max(phrased.actions, key=lambda one: (phrased.actions[one], one))
    act = Act("event", action, None, "topic", first=sentence.last, last=sentence.last)
    found = reading.found(sentence.part)
    names = tuple(one for one in found.names if sentence.first <= one.first < sentence.last)
    return Frame(act, sentence, action, _STAGES.get(action, "announced"), "spotted", subjects=names)


def _first_on_topic(reading: Reading) -> Sentence | None:
    for found in (reading.title, reading.text):
        for sentence in found.tokens.sentences:
            if (sentence.part, sentence.index) in reading.topic_sentences:
                return sentence
    return None
