"""Block Kit as plain dictionaries: one small function for each shape that messages use. Pure.

Text given to these functions is shortened to Slack's limit for its place; it should already be clean. Feed text only
goes into ``plain_text`` objects (with emoji codes off) and ``rich_text`` elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.slack import text as t

Element = dict[str, Any]
Block = dict[str, Any]

HEADER = 150
BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
OPTION_TEXT = 75
OPTION_VALUE = 150
PLAIN = 3_000
_USER = re.compile(r"[UW][A-Z0-9]{3,}", re.ASCII)


def plain(text: str, limit: int = PLAIN) -> Element:
    """Return a ``plain_text`` object that shows the text as it is (``:smile:`` stays a word)."""
    return {"type": "plain_text", "text": t.shorten(text, limit) or " ", "emoji": False}


def words(text: str, *, bold: bool = False, italic: bool = False, code: bool = False) -> Element:
    """Return a ``rich_text`` text element."""
    style = {name: True for name, on in (("bold", bold), ("italic", italic), ("code", code)) if on}
    element: Element = {"type": "text", "text": text or " "}
    return element | {"style": style} if style else element


def link(text: str, url: str | None) -> Element:
    """Return a link, or its text alone when the address is not safe to follow."""
    safe = t.safe_url(url, t.MAX_LINK)
    return {"type": "link", "url": safe, "text": text or safe} if safe else words(text)


def user(user_id: str) -> Element:
    """Name a person. In a message this notifies nobody who is not in the channel; what is no Slack user id is text."""
    return {"type": "user", "user_id": user_id} if _USER.fullmatch(user_id) else words(t.one_line(user_id, 40))


def channel(channel_id: str) -> Element:
    """Name a channel as Slack shows it, as a link; a conversation that is no channel is its id."""
    if channel_id[:1] in {"C", "G"}:
        return {"type": "channel", "channel_id": channel_id}
    return words(t.one_line(channel_id, 30))


def at_time(moment: datetime) -> Element:
    """Return a time that each reader sees in their own zone; elsewhere ``18:04 UTC``."""
    return {
        "type": "date",
        "timestamp": int(moment.timestamp()),
        "format": "{time}",
        "fallback": t.clock(t.utc(moment)),
    }


def section(*elements: Element) -> Element:
    """Return a paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(*elements: Element) -> Element:
    """Return a quotation of rich text."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def bullets(items: Iterable[Sequence[Element]]) -> Element:
    """Return a bulleted list of rich text."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [section(*item) for item in items]}


def code_lines(text: str) -> Element:
    """Return lines in a fixed-width face, for tables."""
    return {"type": "rich_text_preformatted", "elements": [words(text)]}


def rich(*parts: Element, block_id: str | None = None) -> Block:
    """Return a ``rich_text`` block."""
    return _with_id({"type": "rich_text", "elements": list(parts)}, block_id)


def header(text: str, block_id: str | None = None) -> Block:
    """Return the headline of a message."""
    return _with_id({"type": "header", "text": plain(text, HEADER)}, block_id)


def context(*texts: str, block_id: str | None = None) -> Block:
    """Return small grey lines."""
    return _with_id({"type": "context", "elements": [plain(text) for text in texts]}, block_id)


def divider() -> Block:
    """Return a rule."""
    return {"type": "divider"}


def button(text: str, action_id: str, *, value: str = "", url: str | None = None, style: str | None = None) -> Element:
    """Return a button; with ``url`` it opens the page (Slack still reports the click)."""
    element: Element = {"type": "button", "text": plain(text, BUTTON_TEXT), "action_id": action_id}
    if value:
        element["value"] = t.clean(value)[: BUTTON_VALUE // 5]
    if url:
        element["url"] = url
    if style:
        element["style"] = style
    return element


def overflow(action_id: str, options: Mapping[str, str]) -> Element:
    """Return the ``…`` menu; ``options`` maps values to what people read (at most five)."""
    return {
        "type": "overflow",
        "action_id": action_id,
        "options": [option(text, value) for value, text in options.items()],
    }


def option(text: str, value: str) -> Element:
    """Return one choice of a menu or select."""
    return {"text": plain(text, OPTION_TEXT), "value": t.clean(value)[:OPTION_VALUE]}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    """Return a row of buttons."""
    return _with_id({"type": "actions", "elements": list(elements)}, block_id)


def _with_id(block: Block, block_id: str | None) -> Block:
    return block | {"block_id": block_id} if block_id else block


_SILENT = frozenset({"button", "overflow", "actions", "divider"})
_STACKED = frozenset({"rich_text", "rich_text_list", "context"})


def visible(block: Mapping[str, Any]) -> str:
    """Return what a person reads of a block, as plain text: for screen readers and for one-line notes."""
    kind = block.get("type")
    if kind in _SILENT:
        return ""
    if kind in {"date", "user"}:
        return str(block.get("fallback") or f"@{block.get('user_id', '')}")
    if kind == "channel":
        return f"#{block.get('channel_id', '')}"
    inner = block.get("text")
    if isinstance(inner, Mapping):
        return visible(inner)
    if isinstance(inner, str):
        return inner
    children = block.get("elements") or block.get("fields") or ()
    return ("\n" if kind in _STACKED else "").join(visible(child) for child in children)
