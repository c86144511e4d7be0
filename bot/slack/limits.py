"""Slack's limits on messages and views, checked by ourselves, and a last net that makes any message fit. Pure.

Slack refuses a whole message for one field that is too long, and the SDK's models miss field lengths, empty texts,
block counts and unknown types. Lengths are measured as the strictest counter could see them
(:func:`bot.slack.text.measure`). The builders stay within the limits by themselves; :func:`fit` is for what they
overlook, and every message passes through it.
"""

from __future__ import annotations

import copy
import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.model import Message
from bot.slack.text import ELLIPSIS, measure, shorten

MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
TEXT = 4_000
"""`chat.update` takes no more; `chat.postMessage` would take 40,000."""
TOTAL = 8_000
"""All strings of a message's blocks together; refusals were reported from about 11,000."""
SECTION = 3_000
FIELDS = 10
FIELD = 2_000
HEADER = 150
CONTEXT = 10
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
URL = 3_000
OPTIONS = 5
SELECT_OPTIONS = 100
OPTION_VALUE = 150
OPTION_TEXT = 75
IDENTIFIER = 255
SHORTEST = 16
"""A text shorter than this is not shortened further: the block it is in goes instead."""

_BLOCKS = frozenset({"section", "header", "context", "actions", "divider", "rich_text", "input", "image"})
_RICH_PARTS = frozenset({"rich_text_section", "rich_text_quote", "rich_text_list", "rich_text_preformatted"})
_RICH_LEAVES = frozenset({"text", "link", "user", "date", "emoji", "channel"})
_CONTROLS = frozenset({
    "button", "overflow", "static_select", "multi_static_select", "plain_text_input", "radio_buttons", "checkboxes",
    "conversations_select", "url_text_input",
})  # fmt: skip

Found = Iterator[str]


def check(message: Message) -> list[str]:
    """Return what Slack would refuse in a message, each as `path: what is wrong`; empty when it fits."""
    found: list[str] = []
    if not message.text.strip():
        found.append("text: empty; notifications and screen readers need it")
    if measure(message.text) > TEXT:
        found.append(f"text: {measure(message.text)} characters, at most {TEXT}")
    return found + check_blocks(message.blocks, most=MESSAGE_BLOCKS)


def check_blocks(blocks: Sequence[Mapping[str, Any]], *, most: int = MESSAGE_BLOCKS) -> list[str]:
    """Return what Slack would refuse in the blocks of a message (``most`` = 50), modal or Home tab (100)."""
    found: list[str] = []
    if len(blocks) > most:
        found.append(f"blocks: {len(blocks)}, at most {most}")
    if (total := size(blocks)) > TOTAL and most == MESSAGE_BLOCKS:
        found.append(f"blocks: {total} characters in all, at most {TOTAL}")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        found.append("blocks: a block_id is used twice")
    for index, block in enumerate(blocks):
        found.extend(f"blocks[{index}]{problem}" for problem in _block(block))
    return found


def size(blocks: Sequence[Mapping[str, Any]]) -> int:
    """Return the measured length of all strings that blocks carry (texts, addresses, values, ids)."""
    return sum(measure(text) for text in _strings(list(blocks)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "type":
                yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _block(block: Mapping[str, Any]) -> Found:
    kind = block.get("type")
    if kind not in _BLOCKS:
        yield f": unknown block type {kind!r}"
        return
    if len(block.get("block_id", "")) > IDENTIFIER:
        yield f".block_id: more than {IDENTIFIER} characters"
    checker = _CHECKERS.get(str(kind))
    if checker:
        yield from checker(block)


def _header(block: Mapping[str, Any]) -> Found:
    text = block.get("text", {})
    if text.get("type") != "plain_text":
        yield ".text: a header takes plain_text only"
    yield from _text(text, HEADER, ".text")


def _section(block: Mapping[str, Any]) -> Found:
    if "text" not in block and "fields" not in block:
        yield ": a section needs text or fields"
    if "text" in block:
        yield from _text(block["text"], SECTION, ".text")
    fields = block.get("fields", ())
    if len(fields) > FIELDS:
        yield f".fields: {len(fields)}, at most {FIELDS}"
    for index, field in enumerate(fields):
        yield from _text(field, FIELD, f".fields[{index}]")
    if "accessory" in block:
        yield from _control(block["accessory"], ".accessory")


def _context(block: Mapping[str, Any]) -> Found:
    elements = block.get("elements", ())
    if not 1 <= len(elements) <= CONTEXT:
        yield f".elements: {len(elements)}, from 1 to {CONTEXT}"
    for index, element in enumerate(elements):
        yield from _text(element, SECTION, f".elements[{index}]")


def _actions(block: Mapping[str, Any]) -> Found:
    elements = block.get("elements", ())
    if not 1 <= len(elements) <= ACTIONS:
        yield f".elements: {len(elements)}, from 1 to {ACTIONS}"
    ids = [element.get("action_id") for element in elements]
    if len(ids) != len(set(ids)):
        yield ".elements: an action_id is used twice"
    for index, element in enumerate(elements):
        yield from _control(element, f".elements[{index}]")


def _input(block: Mapping[str, Any]) -> Found:
    yield from _text(block.get("label", {}), FIELD, ".label")
    if "hint" in block:
        yield from _text(block["hint"], FIELD, ".hint")
    yield from _control(block.get("element", {}), ".element")


def _rich_text(block: Mapping[str, Any]) -> Found:
    parts = block.get("elements", ())
    if not parts:
        yield ".elements: empty"
    for index, part in enumerate(parts):
        path = f".elements[{index}]"
        if part.get("type") not in _RICH_PARTS:
            yield f"{path}: unknown rich text part {part.get('type')!r}"
            continue
        sections = part.get("elements", ()) if part["type"] == "rich_text_list" else (part,)
        if not sections:
            yield f"{path}.elements: empty"
        for inner in sections:
            yield from _rich_leaves(inner, path)


def _rich_leaves(part: Mapping[str, Any], path: str) -> Found:
    if not part.get("elements"):
        yield f"{path}.elements: empty"
    for leaf in part.get("elements", ()):
        kind = leaf.get("type")
        if kind not in _RICH_LEAVES:
            yield f"{path}: unknown rich text element {kind!r}"
        elif kind == "text" and not leaf.get("text"):
            yield f"{path}: empty text"
        elif kind == "link":
            yield from _url(leaf.get("url", ""), path)


def _text(text: Mapping[str, Any], limit: int, path: str) -> Found:
    if text.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"{path}: unknown text type {text.get('type')!r}"
    content = text.get("text", "")
    if not content:
        yield f"{path}: empty"
    elif measure(content) > limit:
        yield f"{path}: {measure(content)} characters, at most {limit}"


def _url(url: str, path: str) -> Found:
    if not url.startswith(("http://", "https://")):
        yield f"{path}: a link must be http or https"
    if measure(url) > URL:
        yield f"{path}: address of {measure(url)} characters, at most {URL}"


def _control(element: Mapping[str, Any], path: str) -> Found:
    kind = element.get("type")
    if kind not in _CONTROLS:
        yield f"{path}: unknown element {kind!r}"
        return
    if not 1 <= len(element.get("action_id", "")) <= IDENTIFIER:
        yield f"{path}.action_id: from 1 to {IDENTIFIER} characters"
    if kind == "button":
        yield from _text(element.get("text", {}), BUTTON_TEXT, f"{path}.text")
        if measure(element.get("value", "")) > BUTTON_VALUE:
            yield f"{path}.value: more than {BUTTON_VALUE} characters"
        if "url" in element:
            yield from _url(element["url"], path)
    options = element.get("options")
    if options is not None:
        most = OPTIONS if kind == "overflow" else SELECT_OPTIONS
        if not 1 <= len(options) <= most:
            yield f"{path}.options: {len(options)}, from 1 to {most}"
        for option in options:
            yield from _text(option.get("text", {}), OPTION_TEXT, f"{path}.options")
            if not 1 <= measure(option.get("value", "")) <= OPTION_VALUE:
                yield f"{path}.options: a value of 1 to {OPTION_VALUE} characters"


_CHECKERS: dict[str, Callable[[Mapping[str, Any]], Found]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "rich_text": _rich_text,
}


# --- making it fit -----------------------------------------------------------------------------------------------------


def fit(message: Message) -> Message:
    """Return the message as it is when it fits, else shortened until it does; its first blocks and buttons survive."""
    if not check(message):
        return message
    text = shorten(message.text, TEXT - 1_000).strip() or "Policywatch"
    blocks = _within(copy.deepcopy([dict(block) for block in message.blocks]), MESSAGE_BLOCKS)
    for block in blocks:
        _clip(block)
    _squeeze(blocks)
    seen: set[str] = set()
    for block in blocks:
        if (block_id := block.get("block_id")) in seen:
            del block["block_id"]  # Slack makes one itself
        elif block_id:
            seen.add(block_id)
    blocks = [block for block in blocks if not list(_block(block))]
    return Message(text, tuple(blocks), message.metadata)


def _within(blocks: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Keep the first blocks and the last row of buttons; say how many were left out."""
    if len(blocks) <= most:
        return blocks
    tail = [blocks[-1]] if blocks[-1].get("type") == "actions" else []
    head = blocks[: most - 1 - len(tail)]
    left_out = len(blocks) - len(head) - len(tail)
    note = {
        "type": "context",
        "elements": [{"type": "plain_text", "text": f"… and {left_out} more parts", "emoji": False}],
    }
    return [*head, note, *tail]


_PLACES = {"header": HEADER, "button": BUTTON_TEXT, "fields": FIELD, "options": OPTION_TEXT}


def _clip(value: Any, place: str = "") -> None:
    """Shorten every text object to the limit of its place, in place."""
    if isinstance(value, list):
        for inner in value:
            _clip(inner, place)
    elif isinstance(value, dict):
        kind = str(value.get("type", ""))
        if kind in {"plain_text", "mrkdwn"}:
            value["text"] = shorten(str(value.get("text", "")), _PLACES.get(place, SECTION)) or " "
        for key, inner in value.items():
            _clip(inner, key if key in _PLACES else kind if kind in _PLACES else place)


def _squeeze(blocks: list[dict[str, Any]]) -> None:
    """Halve the longest text, or drop the longest link, until all strings together stay under the limit, in place."""
    while (total := size(blocks)) > TOTAL:
        heap = [(-measure(owner[key]), index, owner, key) for index, (owner, key) in enumerate(_leaves(blocks))]
        heapq.heapify(heap)
        while heap and total > TOTAL and -heap[0][0] >= SHORTEST:
            length, index, owner, key = heapq.heappop(heap)
            left = _cut(owner, key)
            total += length + left
            if left and key == "text":
                heapq.heappush(heap, (-left, index, owner, key))
        if total > TOTAL:
            blocks.pop(-2 if len(blocks) > 1 else -1)


def _cut(owner: dict[str, Any], key: str) -> int:
    """Shorten one string to half its length; a link loses its address and keeps its text. Return what it measures now."""
    if key == "text":
        owner[key] = shorten(owner[key], measure(owner[key]) // 2)
        return measure(owner[key])
    del owner[key]
    if owner.get("type") == "link":
        owner["type"] = "text"
        owner["text"] = str(owner.get("text") or ELLIPSIS)
    return 0


def _leaves(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and key in {"text", "url"}:
                yield value, key
            else:
                yield from _leaves(inner)
