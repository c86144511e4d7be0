"""What Slack refuses, written from its documentation and apart from ``bot.slack.limits``, so that one checks the other."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

TEXTS = {"plain_text", "mrkdwn"}
ELEMENT_IDS = re.compile(r"^.{1,255}$", re.DOTALL)


def length(text: str) -> int:
    """Length in UTF-16 units of the escaped text: never less than what Slack counts."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le", "surrogatepass")) // 2


def refuse_message(arguments: Mapping[str, Any], *, update: bool = False) -> str | None:
    """Return Slack's error for a message's arguments, or None."""
    text = arguments.get("text") or ""
    blocks = arguments.get("blocks") or []
    if not text and not blocks:
        return "no_text"
    if not isinstance(text, str) or length(text) > (4_000 if update else 40_000):
        return "msg_too_long"
    metadata = arguments.get("metadata")
    if metadata is not None:
        if not isinstance(metadata, dict) or not metadata.get("event_type") or "event_payload" not in metadata:
            return "invalid_metadata_format"
        if len(json.dumps(metadata)) > 8_000:
            return "metadata_too_large"
    if blocks:
        if refusals(blocks, most=50):
            return "invalid_blocks"
        if sum(length(text) for text in all_strings(blocks)) > 11_000:
            return "msg_blocks_too_long"
    return None


def refuse_view(view: Any) -> list[str]:
    """Return what is wrong with a modal or Home tab."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return ["view.type"]
    wrong = refusals(view.get("blocks", []), most=100)
    if view["type"] == "modal":
        for key in ("title", "submit", "close"):
            if key in view:
                wrong += text_object(view[key], 24, key, plain_only=True)
        if "title" not in view:
            wrong.append("view.title: missing")
        if any(block.get("type") == "input" for block in view["blocks"]) and "submit" not in view:
            wrong.append("view.submit: missing with inputs")
    if length(view.get("private_metadata", "")) > 3_000:
        wrong.append("private_metadata: too long")
    if length(view.get("callback_id", "")) > 255:
        wrong.append("callback_id: too long")
    return wrong


def refusals(blocks: Any, *, most: int) -> list[str]:
    """Return all that is wrong with a list of blocks."""
    if not isinstance(blocks, Sequence) or isinstance(blocks, str):
        return ["blocks: not a list"]
    wrong = [f"blocks: {len(blocks)}"] if len(blocks) > most else []
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict) or block.get("type") not in BLOCKS:
            wrong.append(f"{number}: unknown block")
            continue
        block_id = block.get("block_id")
        if block_id is not None:
            if block_id in seen or not 1 <= len(block_id) <= 255:
                wrong.append(f"{number}: block_id")
            seen.add(block_id)
        wrong += [f"{number}: {problem}" for problem in BLOCKS[block["type"]](block)]
    return wrong


def text_object(text: Any, limit: int, where: str, *, plain_only: bool = False) -> list[str]:
    if not isinstance(text, dict) or text.get("type") not in TEXTS:
        return [f"{where}: no text object"]
    if plain_only and text["type"] != "plain_text":
        return [f"{where}: plain_text only"]
    if text["type"] == "mrkdwn" and "emoji" in text:
        return [f"{where}: emoji is for plain_text"]
    if not isinstance(text.get("text"), str) or not text["text"]:
        return [f"{where}: must be more than 0 characters"]
    return [f"{where}: must be less than {limit + 1} characters"] if length(text["text"]) > limit else []


def section(block: dict[str, Any]) -> list[str]:
    wrong = [] if block.get("text") or block.get("fields") else ["text or fields"]
    if block.get("text"):
        wrong += text_object(block["text"], 3_000, "text")
    if len(block.get("fields", [])) > 10:
        wrong.append("fields: more than 10")
    for field in block.get("fields", []):
        wrong += text_object(field, 2_000, "field")
    return wrong + (element(block["accessory"]) if "accessory" in block else [])


def header(block: dict[str, Any]) -> list[str]:
    return text_object(block.get("text"), 150, "header", plain_only=True)


def context(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    wrong = [] if 1 <= len(elements) <= 10 else ["context: 1 to 10 elements"]
    for item in elements:
        wrong += text_object(item, 3_000, "context") if item.get("type") != "image" else []
    return wrong


def actions(block: dict[str, Any]) -> list[str]:
    elements = block.get("elements") or []
    wrong = [] if 1 <= len(elements) <= 25 else ["actions: 1 to 25 elements"]
    ids = [item.get("action_id") for item in elements if item.get("action_id")]
    if len(ids) != len(set(ids)):
        wrong.append("actions: action_id twice")
    return wrong + [problem for item in elements for problem in element(item)]


def input_block(block: dict[str, Any]) -> list[str]:
    wrong = text_object(block.get("label"), 2_000, "label", plain_only=True)
    if "hint" in block:
        wrong += text_object(block["hint"], 2_000, "hint", plain_only=True)
    return wrong + element(block.get("element") or {})


def option(item: Any, value_limit: int) -> list[str]:
    wrong = text_object(item.get("text"), 75, "option")
    if not isinstance(item.get("value"), str) or not 1 <= length(item["value"]) <= value_limit:
        wrong.append("option: value")
    if "description" in item:
        wrong += text_object(item["description"], 75, "option description")
    return wrong


def button(item: dict[str, Any]) -> list[str]:
    wrong = text_object(item.get("text"), 75, "button", plain_only=True)
    if length(item.get("value", "")) > 2_000:
        wrong.append("button: value")
    if "url" in item and (not re.match(r"https?://", item["url"]) or length(item["url"]) > 3_000):
        wrong.append("button: url")
    if item.get("style", "primary") not in {"primary", "danger"}:
        wrong.append("button: style")
    return wrong


def overflow(item: dict[str, Any]) -> list[str]:
    options = item.get("options") or []
    wrong = [] if 1 <= len(options) <= 5 else ["overflow: 1 to 5 options"]
    return wrong + [problem for choice in options for problem in option(choice, 150)]


def select(item: dict[str, Any]) -> list[str]:
    options = item.get("options") or []
    wrong = [] if 1 <= len(options) <= 100 else ["select: 1 to 100 options"]
    if "placeholder" in item:
        wrong += text_object(item["placeholder"], 150, "placeholder", plain_only=True)
    if "initial_option" in item and item["initial_option"] not in options:
        wrong.append("select: initial_option is none of the options")
    return wrong + [problem for choice in options for problem in option(choice, 150)]


def choices(item: dict[str, Any]) -> list[str]:
    options = item.get("options") or []
    wrong = [] if 1 <= len(options) <= 10 else ["choices: 1 to 10 options"]
    if "initial_option" in item and item["initial_option"] not in options:
        wrong.append("choices: initial_option is none of the options")
    return wrong + [problem for choice in options for problem in option(choice, 150)]


def text_input(item: dict[str, Any]) -> list[str]:
    wrong = []
    if length(item.get("initial_value", "")) > 3_000:
        wrong.append("input: initial_value")
    if "placeholder" in item:
        wrong += text_object(item["placeholder"], 150, "placeholder", plain_only=True)
    return wrong


CONTROLS = {
    "button": button,
    "overflow": overflow,
    "static_select": select,
    "multi_static_select": select,
    "radio_buttons": choices,
    "checkboxes": choices,
    "plain_text_input": text_input,
    "url_text_input": text_input,
    "conversations_select": lambda _: [],
}


def element(item: Any) -> list[str]:
    if not isinstance(item, dict) or item.get("type") not in CONTROLS:
        return ["unknown element"]
    wrong = [] if ELEMENT_IDS.match(item.get("action_id", "x")) else ["action_id"]
    return wrong + CONTROLS[item["type"]](item)


RICH_LEAVES = {
    "text": {"text"},
    "link": {"url"},
    "user": {"user_id"},
    "channel": {"channel_id"},
    "date": {"timestamp", "format"},
    "emoji": {"name"},
}
STYLES = {"bold", "italic", "strike", "code", "underline"}


def rich_text(block: dict[str, Any]) -> list[str]:
    parts = block.get("elements")
    if not parts:
        return ["rich_text: empty"]
    wrong: list[str] = []
    for part in parts:
        kind = part.get("type")
        if kind == "rich_text_list":
            if part.get("style") not in {"bullet", "ordered"} or not part.get("elements"):
                wrong.append("rich_text_list")
            for item in part.get("elements", []):
                wrong += rich_leaves(item) if item.get("type") == "rich_text_section" else ["list item"]
        elif kind in {"rich_text_section", "rich_text_quote", "rich_text_preformatted"}:
            wrong += rich_leaves(part)
        else:
            wrong.append(f"unknown rich text part {kind}")
    return wrong


def rich_leaves(part: dict[str, Any]) -> list[str]:
    wrong = [] if part.get("elements") else ["empty rich text"]
    for leaf in part.get("elements", []):
        needed = RICH_LEAVES.get(leaf.get("type"))
        if needed is None:
            wrong.append(f"unknown rich text element {leaf.get('type')}")
            continue
        wrong += [f"{leaf['type']}: {key} missing" for key in needed if not leaf.get(key) and leaf.get(key) != 0]
        if leaf["type"] == "link" and not re.match(r"https?://[^\s/]", leaf.get("url", "")):
            wrong.append("link: url")
        if leaf["type"] == "user" and not re.match(r"[UW][A-Z0-9]+$", leaf.get("user_id", "")):
            wrong.append("user: user_id")
        if leaf["type"] == "date" and not isinstance(leaf.get("timestamp"), int):
            wrong.append("date: timestamp")
        wrong += [f"style {name}" for name in leaf.get("style", {}) if name not in STYLES]
    return wrong


BLOCKS = {
    "section": section,
    "header": header,
    "context": context,
    "actions": actions,
    "divider": lambda _: [],
    "input": input_block,
    "rich_text": rich_text,
}


def all_strings(value: Any) -> list[str]:
    """Every string that blocks carry, besides their types."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() if key != "type" for text in all_strings(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in all_strings(inner)]
    return []
