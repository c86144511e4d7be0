"""The change line and the summary: composed from fields and exact words, nothing that no sentence supports."""

from __future__ import annotations

from bot.analysis.fields import Fields
from bot.analysis.frames import Frame
from bot.analysis.lexicon import Lexicon
from bot.analysis.who import Who
from bot.model import Analysis

MAX_LINE = 160
MAX_SUMMARY = 400
"""Characters of a summary before the quotation."""


class Composer:
    """The line templates of a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the templates of the vocabulary."""
        self.lexicon = lexicon
        self.lines = lexicon.vocabulary.lines
        self.topic = lexicon.topic.name

    def line(self, frame: Frame, who: Who | None, fields: Fields, actor: str) -> str:
        """`Microsoft will not sell facial recognition to US police`."""
        thing = fields.product or self._word("thing") or self.topic
        targets = self._targets(fields, who)
        whose = (
            self._fill(self.lines.get("use_of", "{targets} {thing}"), targets=targets, thing=thing)
            if targets
            else thing
        )
        template = self.lines.get(self._key(frame), self.lines.get(frame.action, "{actor}: {object}"))
        text = self._fill(
            template, actor=actor, object=whose, thing=thing, verb=self._verb(frame),
            to=self._fill(self.lines.get("to", ""), targets=targets) if targets else "",
            **{"in": ""},
        )  # fmt: skip
        if fields.duration:
            text += " " + self._fill(self.lines.get("for", "({duration})"), duration=fields.duration)
        text = " ".join(text.split())
        return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1].rstrip() + "\u2026"

    def _key(self, frame: Frame) -> str:
        if frame.action == "halt" and frame.act.withdrawn:
            return "withdrawn"
        if frame.action == "halt" and frame.act.refused:
            return "refuse"
        if frame.action == "propose" and frame.stage == "considered":
            return "considered"
        if frame.stage in {"passed", "in force"} and f"{frame.action}_{frame.stage.replace(' ', '_')}" in self.lines:
            return f"{frame.action}_{frame.stage.replace(' ', '_')}"
        return frame.action

    def _verb(self, frame: Frame) -> str:
        """The verb that is refused, in its base form."""
        for item in frame.act.chain:
            if item.role in {"supply", "use"} and item.mention is not None:
                surface = item.mention.ref.verbs
                return surface[0] if surface else ""
        return self.lines.get("verb", "use")

    def _targets(self, fields: Fields, who: Who | None) -> str:
        words = [self._word(f"target_{target}") or target.replace("_", " ") for target in fields.targets[:2]]
        if not words:
            return ""
        text = self.lines.get("and", " and ").join(words)
        place = fields.jurisdictions[0] if fields.jurisdictions else None
        if place and (who is None or not who.public) and place in self.lexicon.places:
            named = self.lexicon.places[place]
            short = named.exact[0] if named.exact else named.adjectives[0] if named.adjectives else named.name
            text = f"{short} {text}"
        return text

    def _word(self, name: str) -> str:
        return self.lines.get(name, "")

    def _fill(self, template: str, **values: str) -> str:
        for name, value in values.items():
            template = template.replace("{" + name + "}", value)
        return template


def summary(analysis: Analysis) -> str:
    """The article in at most MAX_SUMMARY characters: the lead line with its condition, other primaries, what is unclear."""
    lead = analysis.lead
    if lead is None:
        return ""
    parts = [lead.line + (f", {lead.condition}" if lead.condition else "")]
    parts += [change.line for change in analysis.changes if change.primary and change is not lead]
    parts += [question.quote for question in analysis.open_questions]
    text = ""
    for part in parts:
        longer = f"{text} {part.rstrip('.')}.".strip()
        if len(longer) > MAX_SUMMARY:
            break
        text = longer
    return text or parts[0][: MAX_SUMMARY - 1].rstrip() + "\u2026"
