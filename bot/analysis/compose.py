"""The change line and the summary: composed from fields and exact words, nothing that no sentence supports."""

from __future__ import annotations

import re

from bot.analysis import inflect
from bot.analysis.fields import Fields
from bot.analysis.frames import Frame
from bot.analysis.items import Item
from bot.analysis.lexicon import Lexicon
from bot.analysis.who import Who
from bot.model import Analysis, PolicyChange

MAX_LINE = 160
MAX_SUMMARY = 400
"""Characters of a summary before the quotation."""
_USERS = ("police", "government", "military", "employers", "anyone")
"""Targets that use the technology; the others are places where it is used."""
_PEOPLE = frozenset({"police", "government", "military", "border"})
"""Targets that belong to a country: `US police`."""
_COMPANIES = frozenset({"vendor", "platform", "deployer", "organisation", "landlord"})


_ACTOR_VERB = re.compile(r"^(\{actor\} )([a-z]+s)\b")


class Composer:
    """The line templates of a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Take the templates of the vocabulary."""
        self.lexicon = lexicon
        self.lines = lexicon.vocabulary.lines
        self.topic = lexicon.topic.name
        self.forms = lexicon.vocabulary.forms

    def line(self, frame: Frame, who: Who | None, fields: Fields, actor: str, whom: Who | None = None) -> str:
        """`Microsoft will not sell facial recognition to US police`.

        Args:
            frame: the act.
            who: its actor, None when nobody is known.
            fields: the fields of the change.
            actor: the actor's name as people see it.
            whom: whom it is done to: the company fined, sued, told to stop.
        """
        thing = self._thing(fields)
        named = whom.name if whom is not None and whom.name != actor else ""
        base = self._verb(frame)
        values = {
            "actor": actor or self._word("nobody"),
            "object": self._object(thing, fields, who),
            "thing": thing,
            "place": self._places(fields),
            "to": self._receivers(fields, who),
            "whom": named,
            "verb": base,
            "verbs": self._form(base, "s"),
            "verbing": self._form(base, "g"),
            "limit": self._limit(frame, "a"),
            "the_limit": self._limit(frame, "the"),
        }
        template = next(
            (self.lines[key] for key in self._keys(frame, who, named=bool(named)) if key in self.lines),
            "{actor}: {object}",
        )
        if who is not None and self._are_many(who, actor):
            template = _ACTOR_VERB.sub(lambda found: found[1] + inflect.english_plural_verb(found[2]), template)
        text = " ".join(_fill(template, values).split())
        if who is not None and who.id is None:
            text = text[:1].upper() + text[1:]  # `man sues …`; a known name keeps its own first letter (easyJet)
        return text if len(text) <= MAX_LINE else text[: MAX_LINE - 1].rstrip() + "\u2026"

    def _are_many(self, who: Who, actor: str) -> bool:
        """`Lawmakers`, `Privacy groups`: their verb has no s. Names of places and companies that end so are one."""
        head = actor.partition(" of ")[0]
        noun = who.id is None and who.mention is not None and who.mention.kind == "body"
        return noun and self.lexicon.vocabulary.language == "en" and head.endswith("s") and not head.endswith("ss")

    def _keys(self, frame: Frame, who: Who | None, *, named: bool) -> list[str]:
        """Names of the templates that fit, most telling first."""
        act, action = frame.act, frame.action
        keys: list[str] = []
        if action == "halt":
            keys += self._halts(frame, who)
        if action == "rule":
            verdict = _verdict(frame)
            keys += [f"rule_{verdict}_whom"] if verdict and named else []
            keys += [f"rule_{verdict}"] if verdict else []
        keys += self._roles(frame, who)
        if action == "order" and act.inner in {"delete", "halt"} and named:
            keys.append(f"order_{act.inner}_whom")
        if action == "adopt" and frame.strength == "plan_use":
            keys.append("adopt_plan")
        if action == "commit" and act.inner in {"halt", "pause"}:
            keys.append("commit_halt")
        if any(item.role == "extend" for item in act.chain) and action in {"pause", "ban", "restrict"}:
            keys.append("extend")
        if action == "other" and frame.refuses and frame.stage != "postponed":
            keys.append("other_rejected")
        if named:
            keys.append(f"{action}_whom")
        return [*keys, f"{action}_{frame.stage.replace(' ', '_')}", action]

    def _roles(self, frame: Frame, who: Who | None) -> list[str]:
        """Templates that say how the actor stands to the act: sued itself, or the parliament in which a bill lies."""
        act = frame.act
        if who is None:
            return []
        reviewing = any(item.role == "review" for item in act.chain)
        if reviewing and frame.action in {"commit", "review"} and who.type in _COMPANIES:
            return ["review_own"]
        if frame.action == "sue" and act.passive and act.by is None and not who.guessed:
            return ["sue_sued"]
        if frame.action == "rule" and frame.stage == "struck down" and act.inner == "limit":
            return ["rule_struck_limit"]
        billed = frame.action == "propose" and frame.stage == "proposed" and who.type == "legislature"
        return ["propose_bill"] if billed and any(item.role == "bill" for item in act.chain) else []

    def _halts(self, frame: Frame, who: Who | None) -> list[str]:
        act = frame.act
        supplying = any(item.role == "supply" for item in act.chain)
        using = who is not None and who.type not in {"vendor", "platform"}
        if act.withdrawn:
            return ["halt_withdrawn"]
        if act.refused:
            return ["halt_refused" if supplying else "halt_refused_use"]
        if supplying and who is not None and who.type in {"vendor", "platform", "organisation", "deployer"}:
            return ["halt_no_longer" if act.negated else "halt_supply"]
        return ["halt_use"] if using else []

    # --- words ---------------------------------------------------------------------------------------------------------

    def _thing(self, fields: Fields) -> str:
        if fields.product:
            return fields.product
        thing = self._word("thing") or self.topic
        return f"{self._word(f'kind_{fields.quality}')} {thing}".strip() if fields.quality else thing

    def _object(self, thing: str, fields: Fields, who: Who | None) -> str:
        users = self._users(fields, who)
        use = _fill(self._word("use_of"), {"users": users, "thing": thing}) if users else thing
        return f"{use} {self._places(fields)}".strip()

    def _users(self, fields: Fields, who: Who | None) -> str:
        names = [target for target in fields.named if target in _USERS][:2]
        return self._owned(self._and([self._target(f"user_{name}", who) for name in names]), names, fields, who)

    def _receivers(self, fields: Fields, who: Who | None) -> str:
        names = [target for target in fields.named if target in _USERS][:2]
        if not names:
            return ""
        words = self._and([self._target(f"to_{name}", who) for name in names])
        return _fill(self._word("to"), {"targets": self._owned(words, names, fields, who)})

    def _places(self, fields: Fields) -> str:
        names = [target for target in fields.named if target not in _USERS][:2]
        words = [self._word(f"where_{name}") for name in names]
        return self._and([word for word in words if word])

    def _target(self, key: str, who: Who | None) -> str:
        own = f"{key}_city" if who is not None and who.type in {"city", "county"} else key
        return self.lines.get(own) or self.lines.get(key) or key.partition("_")[2].replace("_", " ")

    def _and(self, words: list[str]) -> str:
        return f" {self.lines.get('and', 'and')} ".join(words)

    def _owned(self, words: str, names: list[str], fields: Fields, who: Who | None) -> str:
        """`US police`, where a sentence names the country of somebody else's police."""
        if not words or not fields.placed or (who is not None and who.public) or names[0] not in _PEOPLE:
            return words
        place = self.lexicon.places.get(fields.jurisdictions[0]) if fields.jurisdictions else None
        if place is None:
            return words
        return f"{place.exact[0] if place.exact else place.adjectives[0] if place.adjectives else place.name} {words}"

    def _limit(self, frame: Frame, article: str) -> str:
        """What is proposed, called for or lifted: `a ban on`, `the moratorium on`."""
        for item in frame.act.chain:
            if frame.refuses and item is frame.act.head:
                continue  # `delays`, `kills`: what is done to the limit
            if item.role in {"limit", "allow", "stop"} and item.mention is not None:
                action = "halt" if item.role == "stop" else item.mention.ref.action
                word = self._word(f"{article}_{action}")
                if word:
                    return word
        return self._word(f"{article}_{frame.act.action}") or self._word(f"{article}_rules")

    def _verb(self, frame: Frame) -> str:
        """The verb that is stopped or refused, in its base form; a plain one where it would not read well."""
        known = [word.strip() for word in self._word("verbs_of_supply").split(",")]
        for item in frame.act.chain:
            if item.role == "supply" and item.mention is not None:
                surface = self._surface(item)
                return next((base for base in known if surface in inflect.english_verb(base, self.forms)), known[0])
        return self._word("verb_of_use")

    def _surface(self, item: Item) -> str:
        return item.word

    def _form(self, base: str, code: str) -> str:
        forms = inflect.english_verb(base, self.forms) if base else {}
        return next((surface for surface, codes in forms.items() if code in codes), base)

    def _word(self, name: str) -> str:
        return self.lines.get(name, "")


def _verdict(frame: Frame) -> str:
    """unlawful, lawful, or nothing: what a ruling found."""
    for item in frame.act.chain:
        if item.role == "unlawful" and item.mention is not None:
            favourable = item.mention.ref.id == "lawful"
            return "lawful" if favourable != frame.act.negated else "unlawful"
    return ""


def _fill(template: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    return template


def summary(analysis: Analysis) -> str:
    """The article in at most MAX_SUMMARY characters: the lead line with its condition, other primaries, what is unclear."""
    lead = analysis.lead
    if lead is None:
        return ""
    others = [change.line for change in analysis.changes if change.primary and change is not lead]
    questions = [question.quote for question in analysis.open_questions]
    text = ""
    for part in (_with_terms(lead), *others, *questions):
        sentence = part if part.endswith((".", "!", "?", "\u2026", "\u201d", '"')) else f"{part}."
        longer = f"{text} {sentence}".strip()
        if len(longer) <= MAX_SUMMARY:
            text = longer
    return text or lead.line[: MAX_SUMMARY - 1].rstrip() + "\u2026"


def _with_terms(change: PolicyChange) -> str:
    """The line with how long and on what condition; `until …` follows at once, the rest after a comma."""
    text = change.line
    for value in (change.duration, change.condition):
        if value and value.lower() not in text.lower():
            joined = f"{text} {value}" if value.lower().startswith(("until", "for ", "bis")) else f"{text}, {value}"
            text = joined if len(joined) < MAX_SUMMARY else text
    return text
