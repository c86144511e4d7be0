"""Show Slack messages as they look: Block Kit to self-contained HTML pages, which headless Chromium photographs.

    python docs/tools/blockkit_html.py messages.html          all sample messages of docs/tools/samples.py, on one page
    some-command | python docs/tools/blockkit_html.py out.html -     a JSON list of {"title", "text", "blocks"}

It draws only the blocks that Policywatch makes, escapes everything, and needs nothing but the standard library;
docs/tools/photograph.py makes the pictures of the documentation from it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

STYLE = (Path(__file__).parent / "blockkit.css").read_text(encoding="utf-8")
ICON = (
    '<svg class="avatar" viewBox="0 0 36 36"><rect width="36" height="36" fill="#1f3a5f"/>'
    '<path d="M6 18c3-5 7.5-7.5 12-7.5S27 13 30 18c-3 5-7.5 7.5-12 7.5S9 23 6 18z" fill="none" stroke="#fff" stroke-width="2.2"/>'
    '<circle cx="18" cy="18" r="4" fill="#f2c744"/></svg>'
)
EYE = (
    '<svg width="14" height="14" viewBox="0 0 20 20"><path d="M1.5 10C4 6 7 4.5 10 4.5S16 6 18.5 10C16 14 13 15.5 10 15.5'
    'S4 14 1.5 10z" fill="none" stroke="#616061" stroke-width="1.6"/><circle cx="10" cy="10" r="2.5" fill="#616061"/></svg>'
)

NAMES = {"U0ANNA": "anna", "U0BEN": "ben", "C0123456789": "policy", "C0987654321": "eu-policy"}
"""What Slack shows for the ids in the samples."""

Shot = Mapping[str, Any]
"""A sample: ``title``, ``blocks``, ``text``; ``frame`` is `message`, `ephemeral`, `thread`, `modal` or `home`."""


def page(shots: Sequence[Shot], *, title: str = "Messages", captions: bool = True) -> str:
    """Return a whole HTML document with one figure for each message or view."""
    parts = []
    for one in shots:
        caption = f"<figcaption>{escape(str(one.get('title', '')))}</figcaption>\n" if captions else ""
        parts.append(f"{caption}<figure>{framed(one)}</figure>")
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>\n'
        f"{body}\n</html>\n"
    )


def framed(one: Shot) -> str:
    """Return a message or view in the frame that Slack gives it."""
    inner = "\n".join(block(part, menus=bool(one.get("menu"))) for part in shown_blocks(one))
    match one.get("frame", "message"):
        case "modal":
            view = one["view"]
            buttons = f'<span class="button">{text(view["close"])}</span>' if "close" in view else ""
            buttons += f'<span class="submit">{text(view["submit"])}</span>' if "submit" in view else ""
            return (
                f'<div class="frame modal"><div class="bar">{text(view["title"])}</div><div class="content">{inner}</div>'
                f'<div class="foot">{buttons}</div></div>'
            )
        case "home":
            return f'<div class="frame home"><div class="bar">Policywatch <span>Home</span></div><div class="content">{inner}</div></div>'
        case "thread":
            return f'<div class="frame"><div class="bar">Thread <span>#policy</span></div>{message(inner, one)}</div>'
        case "ephemeral":
            only = f'<div class="only">{EYE} Only visible to you</div>'
            return f'<div class="frame ephemeral">{only}{message(inner, one)}</div>'
        case _:
            return f'<div class="frame">{message(inner, one)}</div>'


def shown_blocks(one: Shot) -> Sequence[Mapping[str, Any]]:
    """Return the blocks of a sample; a message without any is its text."""
    plain = {"type": "section", "text": {"type": "plain_text", "text": one.get("text", "")}}
    found: Sequence[Mapping[str, Any]] = one["view"]["blocks"] if "view" in one else one.get("blocks") or [plain]
    return found


def message(inner: str, one: Shot) -> str:
    """Return a message by the bot."""
    head = f'<div class="who"><b>Policywatch</b><span class="app">APP</span><span class="when">{escape(one.get("when", "18:05"))}</span></div>'
    edited = '<span class="edited">(edited)</span>' if one.get("edited") else ""
    replies = f'<div class="replies">{ICON}<b>1 reply</b><span>Last reply today at 19:40</span></div>'
    return f'<div class="message">{ICON}<div class="inner">{head}\n{inner}{edited}{replies if one.get("replies") else ""}</div></div>'


def block(one: Mapping[str, Any], *, menus: bool = False) -> str:
    """Return one block as HTML; an unknown kind is an error, so that no picture lacks something."""
    drawer = _BLOCKS.get(one["type"])
    if one["type"] == "actions":
        return f'<div class="actions">{"".join(control(each, menus=menus) for each in one["elements"])}</div>'
    if drawer is None:
        raise ValueError(f"cannot draw a block of type {one['type']!r}")
    return drawer(one)


def _input(one: Mapping[str, Any]) -> str:
    optional = " <span>(optional)</span>" if one.get("optional") else ""
    return f'<div class="label">{text(one["label"])}{optional}</div>{control(one["element"])}'


_BLOCKS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "header": lambda one: f"<h3>{text(one['text'])}</h3>",
    "context": lambda one: f'<div class="context">{" · ".join(map(text, one["elements"]))}</div>',
    "section": lambda one: f"<p>{text(one['text'])}</p>",
    "divider": lambda _: "<hr>",
    "rich_text": lambda one: "\n".join(map(rich, one["elements"])),
    "input": _input,
}


def text(one: Mapping[str, Any]) -> str:
    """Return a text object, escaped."""
    return escape(str(one["text"]))


def rich(part: Mapping[str, Any]) -> str:
    """Return one part of rich text."""
    kind = part["type"]
    if kind == "rich_text_list":
        items = "".join(f"<li>{''.join(map(leaf, item['elements']))}</li>" for item in part["elements"])
        return f"<ul>{items}</ul>"
    opening = {
        "rich_text_section": '<p class="pre">',
        "rich_text_quote": "<blockquote>",
        "rich_text_preformatted": "<pre>",
    }[kind]
    return f"{opening}{''.join(map(leaf, part['elements']))}</{opening[1:-1].split(' ')[0]}>"


def leaf(one: Mapping[str, Any]) -> str:
    """Return one run of rich text."""
    kind = one["type"]
    if kind == "link":
        content = f'<a href="{escape(one["url"])}">{escape(one.get("text") or one["url"])}</a>'
    elif kind in {"user", "channel"}:
        name = one.get("user_id") or one.get("channel_id")
        name = NAMES.get(str(name), name)
        content = f'<span class="mention">{"@" if kind == "user" else "#"}{escape(str(name))}</span>'
    else:
        content = escape(str(one.get("fallback" if kind == "date" else "text", "")))
    for style, tag in (("bold", "b"), ("italic", "i"), ("code", "code")):
        if (one.get("style") or {}).get(style):
            content = f"<{tag}>{content}</{tag}>"
    return content


def control(one: Mapping[str, Any], *, menus: bool = False) -> str:
    """Return a button, menu or input; with ``menus`` a menu is shown open."""
    kind = one["type"]
    if kind == "button":
        return f'<span class="button">{text(one["text"])}</span>'
    if kind == "overflow":
        options = "".join(f"<div>{text(option['text'])}</div>" for option in one["options"])
        return '<span class="button dots">•••</span>' + (f'<span class="menu">{options}</span>' if menus else "")
    if kind == "radio_buttons":
        return "".join(_choice(option, chosen=option == one.get("initial_option")) for option in one["options"])
    placeholder = one.get("placeholder") or {"text": ""}
    return f'<div class="field{" select" if "select" in kind else ""}">{text(placeholder)}</div>'


def _choice(option: Mapping[str, Any], *, chosen: bool) -> str:
    more = f"<small>{text(option['description'])}</small>" if "description" in option else ""
    dot = f'<span class="dot{" on" if chosen else ""}"></span>'
    return f'<div class="choice">{dot}<span>{text(option["text"])}{more}</span></div>'


def main(arguments: list[str]) -> int:
    """Write the page; without ``-`` the samples are drawn."""
    if len(arguments) not in {1, 2} or (len(arguments) == 2 and arguments[1] != "-"):
        print(__doc__, file=sys.stderr)
        return 2
    if len(arguments) == 2:
        shots = json.load(sys.stdin)
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        from docs.tools.samples import samples

        shots = samples()
    Path(arguments[0]).write_text(page(shots, title="Policywatch in Slack"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
