"""Modals: their blocks, and what was chosen in them. Pure.

A modal carries what it is about in ``private_metadata`` (JSON); Slack gives it back with the submission.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.model import ArticleRef, Message
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.asks import Vocabulary
from bot.slack.commands import parse
from bot.slack.limits import check_blocks
from bot.slack.ports import Shown, StoryRow

View = dict[str, Any]

NOT_RELEVANT_MODAL = "pw_not_relevant_modal"
WRONG_STORY_MODAL = "pw_wrong_story_modal"
NOT_A_CHANGE = "not_a_change"
TITLE = 24
MODAL_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class About:
    """What a modal is about."""

    ref: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody chose in *Not relevant*: ``what`` is `not_a_change`, `story`, `actor`, `action` or `place`."""

    what: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """What somebody chose in *Wrong story*: merge into a story, split an article off, or correct a statement."""

    how: str
    into: str = ""
    article_id: int = 0
    text: str = ""


def modal(
    title: str, blocks: Sequence[Mapping[str, Any]], *, callback: str = "", submit: str = "", about: About | None = None
) -> View:
    """Return a modal that Slack takes."""
    view: View = {
        "type": "modal",
        "title": e.plain(title, TITLE),
        "close": e.plain("Close" if not submit else "Cancel", TITLE),
        "blocks": [dict(block) for block in blocks][:MODAL_BLOCKS],
    }
    if submit:
        view["submit"] = e.plain(submit, TITLE)
    if callback:
        view["callback_id"] = callback
    if about:
        view["private_metadata"] = json.dumps({"ref": about.ref, "channel": about.channel})
    return view


def told(title: str, text: str) -> View:
    """Return a modal that only says something."""
    line = t.one_line(text, 2_000) or "Done."
    return modal(title, [e.rich(e.section(e.words(line)))])


def page(title: str, message: Message) -> View:
    """Return a modal that shows an answer; it works where the bot is no member, and in threads."""
    blocks = list(message.blocks)
    return modal(
        title,
        blocks if not check_blocks(blocks, most=MODAL_BLOCKS) else [e.rich(e.section(e.words(message.text[:2_000])))],
    )


def about_of(view: Mapping[str, Any]) -> About:
    """Read what a submitted modal is about."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        found = {}
    return About(str(found.get("ref", "")), str(found.get("channel", ""))) if isinstance(found, dict) else About("")


# --- not relevant -------------------------------------------------------------------------------------------------------


def not_relevant(shown: Shown, channel: str, vocabulary: Vocabulary) -> View:
    """Ask whether it is no policy change at all, or only not for this channel (and then offer a filter)."""
    change = shown.view.story.change
    place = change.jurisdictions[0] if change.jurisdictions else ""
    choices = [
        _choice("Not a policy change", NOT_A_CHANGE, "Collapses it in every channel; can be undone"),
        _choice("Not for this channel: this story", "story", "No more messages on it here"),
        _choice(f"Not for this channel: {t.one_line(change.actor, 40)}", "actor", "Nothing more by this actor here"),
        _choice(
            f"Not for this channel: decisions to {change.action.replace('_', ' ')}",
            "action",
            "Nothing more of this kind here",
        ),
    ]
    if place:
        choices.append(
            _choice(
                f"Not for this channel: {t.place(place, vocabulary.places)}", "place", "Nothing more from there here"
            )
        )
    blocks = [
        e.rich(e.section(e.words(t.one_line(change.line, 140) or shown.view.story.ref, bold=True))),
        _input(
            "what",
            "What is wrong?",
            {"type": "radio_buttons", "action_id": "what", "options": choices, "initial_option": choices[0]},
        ),
        _input(
            "reason",
            "Why?",
            _text_input("reason", "For example: it is an opinion. It helps to improve the bot"),
            optional=True,
        ),
    ]
    return modal(
        "Not relevant", blocks, callback=NOT_RELEVANT_MODAL, submit="Save", about=About(shown.view.story.ref, channel)
    )


def verdict_of(view: Mapping[str, Any]) -> Verdict:
    """Read what was chosen in *Not relevant*."""
    return Verdict(_chosen(view, "what") or NOT_A_CHANGE, _written(view, "reason"))


# --- wrong story --------------------------------------------------------------------------------------------------------


def wrong_story(shown: Shown, channel: str, recent: Sequence[StoryRow] = ()) -> View:
    """Ask which other story this one is part of, which article does not belong here, or what is stated wrongly.

    Args:
        shown: the story.
        channel: where it was asked.
        recent: stories to choose the other one from; an older one is named by its number.
    """
    view = shown.view
    others = [
        _choice(t.one_line(f"{row.ref}: {row.line}", e.OPTION_TEXT), row.ref)
        for row in recent
        if row.ref != view.story.ref
    ]
    articles = [
        _choice(t.one_line(f"{article.source_name}: {article.title}", e.OPTION_TEXT), str(article.article_id))
        for article in _distinct(shown.articles)
    ]
    hows = [_choice("It is part of another story", "merge"), _choice("A statement is wrong", "correct")]
    if len(articles) > 1:
        hows.insert(1, _choice("An article does not belong here", "split"))
    blocks = [
        e.rich(e.section(e.words(f"{view.story.ref}: {t.one_line(view.story.change.line, 140)}", bold=True))),
        _input(
            "how",
            "What is wrong?",
            {"type": "radio_buttons", "action_id": "how", "options": hows, "initial_option": hows[0]},
        ),
    ]
    if others:
        blocks.append(_input("other", "The other story", _select("other", others), optional=True))
    number = "Or its number, where it is older" if others else "The other story's number"
    blocks.append(_input("into", number, _text_input("into", "s12"), optional=True))
    if len(articles) > 1:
        label = "The article that does not belong here"
        blocks.append(_input("article", label, _select("article", articles), optional=True))
    blocks.append(
        _input(
            "text",
            "What is right, in one sentence",
            _text_input("text", "The pause is for one year, not for ever."),
            optional=True,
        )
    )
    return modal("Wrong story", blocks, callback=WRONG_STORY_MODAL, submit="Save", about=About(view.story.ref, channel))


def repair_of(view: Mapping[str, Any], about: About) -> tuple[Repair, dict[str, str]]:
    """Read what was chosen in *Wrong story*, and what is wrong with it (block id to sentence; empty when all is well)."""
    how = _chosen(view, "how") or "merge"
    article = _chosen(view, "article")
    understood = parse(f"show {_written(view, 'into') or _chosen(view, 'other') or '?'}")
    into = getattr(understood, "subject", "")
    repair = Repair(how, into, int(article) if article.isdecimal() else 0, t.one_line(_written(view, "text"), 300))
    if how == "merge" and not into:
        return repair, {"into": "Choose the other story, or write its number, like s12."}
    if how == "merge" and into == about.ref:
        return repair, {"into": "This is the story itself; name the other one."}
    if how == "split" and not repair.article_id:
        return repair, {"article": "Choose the article that does not belong here."}
    if how == "correct" and not repair.text:
        return repair, {"text": "Say what is right, in one sentence."}
    return repair, {}


def _distinct(articles: Sequence[ArticleRef]) -> list[ArticleRef]:
    return list({article.article_id: article for article in articles}.values())


# --- parts --------------------------------------------------------------------------------------------------------------


def _choice(text: str, value: str, description: str = "") -> dict[str, Any]:
    choice = e.option(text, value)
    return choice | {"description": e.plain(description, e.OPTION_TEXT)} if description else choice


def _input(block_id: str, label: str, element: dict[str, Any], *, optional: bool = False) -> e.Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": e.plain(label, 2_000),
        "element": element,
        "optional": optional,
    }


def _select(action_id: str, options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "type": "static_select",
        "action_id": action_id,
        "options": list(options[:100]),
        "placeholder": e.plain("Choose", 150),
    }


def _text_input(action_id: str, placeholder: str) -> dict[str, Any]:
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "max_length": 300,
        "placeholder": e.plain(placeholder, 150),
    }


def _field(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    values = (view.get("state") or {}).get("values") or {}
    field = (values.get(name) or {}).get(name)
    return field if isinstance(field, Mapping) else {}


def _chosen(view: Mapping[str, Any], name: str) -> str:
    return str((_field(view, name).get("selected_option") or {}).get("value") or "")


def _written(view: Mapping[str, Any], name: str) -> str:
    return t.clean(str(_field(view, name).get("value") or ""))
