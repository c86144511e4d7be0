"""Show Slack messages as they look: Block Kit to one self-contained HTML page, for the documentation's pictures.

    python docs/tools/blockkit_html.py messages.html          all sample messages of docs/tools/samples.py
    some-command | python docs/tools/blockkit_html.py out.html -     a JSON list of {"title", "text", "blocks"}

It draws only the blocks that Policywatch makes, escapes everything, and needs nothing but the standard library. A page
is photographed with any headless browser: chromium --headless --screenshot=out.png --window-size=720,900 messages.html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

STYLE = """
body { font: 15px/1.46 Lato, "Helvetica Neue", Arial, sans-serif; color: #1d1c1d; background: #fff; margin: 24px; }
h2 { font-size: 13px; color: #616061; font-weight: 400; margin: 28px 0 6px; }
.message { display: flex; gap: 10px; max-width: 640px; border: 1px solid #e4e4e4; border-radius: 8px; padding: 12px 16px; }
.avatar { flex: none; width: 36px; height: 36px; border-radius: 6px; background: #1f3a5f; color: #fff; text-align: center; line-height: 36px; }
.who b { margin-right: 6px; } .who span { color: #616061; font-size: 12px; }
.who .app { background: #e8e8e8; border-radius: 2px; padding: 0 4px; font-size: 10px; }
h3 { font-size: 18px; margin: 2px 0 4px; line-height: 1.3; }
.context { color: #616061; font-size: 13px; margin: 2px 0 6px; }
p { margin: 2px 0; white-space: pre-line; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #ddd; }
ul { margin: 2px 0; padding-left: 22px; }
pre, code { font: 12px/1.5 Menlo, Consolas, monospace; background: #f8f8f8; border: 1px solid #e4e4e4; border-radius: 4px; }
pre { padding: 8px; white-space: pre-wrap; } code { padding: 1px 3px; color: #c01343; }
a { color: #1264a3; text-decoration: none; } .mention { background: #e8f5fa; color: #1264a3; border-radius: 3px; padding: 0 2px; }
hr { border: 0; border-top: 1px solid #e4e4e4; }
.actions { margin-top: 8px; } .button { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 3px 12px; margin: 0 8px 4px 0; font-weight: 700; font-size: 13px; }
.menu { display: inline-block; vertical-align: top; border: 1px solid #ddd; border-radius: 6px; font-size: 13px; padding: 2px 10px; color: #616061; }
.label { font-weight: 700; margin-top: 8px; } .field { border: 1px solid #bbb; border-radius: 4px; padding: 4px 8px; color: #888; }
"""


def page(messages: Sequence[Mapping[str, Any]], *, title: str = "Messages") -> str:
    """Return a whole HTML document; each message has ``title`` (a caption), ``text`` and ``blocks``."""
    body = "\n".join(f"<h2>{escape(str(one.get('title', '')))}</h2>\n{message(one)}" for one in messages)
    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>\n{body}\n</html>\n'


def message(one: Mapping[str, Any], *, who: str = "Policywatch", when: str = "18:05") -> str:
    """Return one message in its frame."""
    blocks = one.get("blocks") or [
        {"type": "context", "elements": [{"type": "plain_text", "text": one.get("text", "")}]}
    ]
    inner = "\n".join(map(block, blocks))
    head = f'<div class="who"><b>{escape(who)}</b><span class="app">APP</span> <span>{escape(when)}</span></div>'
    return f'<div class="message"><div class="avatar">P</div><div>{head}\n{inner}</div></div>'


def block(one: Mapping[str, Any]) -> str:
    """Return one block as HTML; an unknown kind is an error, so that no picture lacks something."""
    kind = one["type"]
    if kind == "header":
        return f"<h3>{text(one['text'])}</h3>"
    if kind == "context":
        return f'<div class="context">{" · ".join(text(element) for element in one["elements"])}</div>'
    if kind == "section":
        return f"<p>{text(one['text'])}</p>"
    if kind == "divider":
        return "<hr>"
    if kind == "actions":
        return f'<div class="actions">{"".join(map(control, one["elements"]))}</div>'
    if kind == "rich_text":
        return "\n".join(map(rich, one["elements"]))
    if kind == "input":
        optional = " (optional)" if one.get("optional") else ""
        return f'<div class="label">{text(one["label"])}{optional}</div>{control(one["element"])}'
    raise ValueError(f"cannot draw a block of type {kind!r}")


def text(one: Mapping[str, Any]) -> str:
    """Return a text object, escaped."""
    return escape(str(one["text"]))


def rich(part: Mapping[str, Any]) -> str:
    """Return one part of rich text."""
    kind = part["type"]
    if kind == "rich_text_list":
        items = "".join(f"<li>{''.join(map(leaf, item['elements']))}</li>" for item in part["elements"])
        return f"<ul>{items}</ul>"
    tag = {"rich_text_section": "p", "rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}[kind]
    return f"<{tag}>{''.join(map(leaf, part['elements']))}</{tag}>"


def leaf(one: Mapping[str, Any]) -> str:
    """Return one run of rich text."""
    kind = one["type"]
    if kind == "link":
        return f'<a href="{escape(one["url"])}">{escape(one.get("text") or one["url"])}</a>'
    if kind == "user":
        return f'<span class="mention">@{escape(one["user_id"])}</span>'
    if kind == "channel":
        return f'<span class="mention">#{escape(one["channel_id"])}</span>'
    content = escape(str(one.get("fallback" if kind == "date" else "text", "")))
    for style, tag in (("bold", "b"), ("italic", "i"), ("code", "code")):
        if (one.get("style") or {}).get(style):
            content = f"<{tag}>{content}</{tag}>"
    return content


def control(one: Mapping[str, Any]) -> str:
    """Return a button, menu or input."""
    kind = one["type"]
    if kind == "button":
        return f'<span class="button">{text(one["text"])}</span>'
    if kind == "overflow":
        options = "<br>".join(text(option["text"]) for option in one["options"])
        return f'<span class="button">⋯</span><span class="menu">{options}</span>'
    if kind == "radio_buttons":
        return "".join(
            f"<p>{'◉' if option == one.get('initial_option') else '○'} {text(option['text'])}</p>"
            for option in one["options"]
        )
    placeholder = one.get("placeholder") or {"text": ""}
    return f'<div class="field">{text(placeholder)}</div>'


def main(arguments: list[str]) -> int:
    """Write the page; without ``-`` the samples are drawn."""
    if len(arguments) not in {1, 2} or (len(arguments) == 2 and arguments[1] != "-"):
        print(__doc__, file=sys.stderr)
        return 2
    if len(arguments) == 2:
        messages = json.load(sys.stdin)
    else:
        sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
        from docs.tools.samples import samples

        messages = samples()
    Path(arguments[0]).write_text(page(messages, title="Policywatch in Slack"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
