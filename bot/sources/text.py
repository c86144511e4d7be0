"""Plain text out of what publishers put into feeds and pages (pure, never raises, linear and bounded).

HTML becomes paragraphs separated by a blank line. What would confuse the rooms behind is taken out here, once: control
characters (a NUL cannot be stored), lone surrogates, direction overrides, icon-font characters, and invisible characters
inside words.
"""

from __future__ import annotations

import html
import re
import unicodedata

from bs4 import BeautifulSoup
from lxml import etree

Element = etree._Element  # noqa: SLF001  lxml's only name of the type
MAX_TITLE = 400
MAX_TEXT = 100_000
_MAX_TITLE_MARKUP = 4_000
_MAX_MARKUP = 600_000

_BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\xad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_ASCII_BAD = {number: None for number in range(128) if _BAD.match(chr(number))}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INSTRUCTION = re.compile(r"<\?[^>]*>?")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_PARAGRAPH, _LINE = "\ue000", "\ue001"
"""Private-use characters mark breaks inside the tree; scrubbed input has none of its own."""
_LINES = re.compile(f"\\s*{_LINE}\\s*(?:{_LINE}\\s*)+")
_UNSEEN = (
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "object",
    "svg",
    "math",
    "head",
    "select",
    "textarea",
    "button",
)
_BLOCKS = (
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "tr",
    "section", "article", "header", "footer", "aside", "figure", "figcaption", "hr", "address", "details", "summary", "nav",
    "main", "caption", "fieldset", "form", "center",
)  # fmt: skip
_CELLS = ("td", "th", "option")
_MARKS = dict.fromkeys(_BLOCKS, _PARAGRAPH) | dict.fromkeys(_CELLS, " ") | {"br": _LINE}
"""What stands behind the text of an element, and before that of a block."""
_BOILERPLATE = re.compile(
    r"(?:The post .{1,400} (?:appeared first on|first appeared on) .{1,200}"
    r"|(?:Continue reading|Read more|Read the full (?:story|article))\b.{0,200}|\[?(?:…|\.\.\.)\]?)",
    re.IGNORECASE | re.DOTALL,
)


def scrub(text: str) -> str:
    """Take out characters that cannot be stored or that hide, and compose accents (NFC)."""
    if text.isascii():
        return text if text.isprintable() else text.translate(_ASCII_BAD)
    return unicodedata.normalize("NFC", _BAD.sub("", text))


def line(text: str, limit: int = MAX_TITLE) -> str:
    """One line of plain text: white space folded, cut at a word with an ellipsis above ``limit`` characters."""
    return shorten(" ".join(scrub(text[: limit * 10]).split()), limit)


def line_of_html(markup: str, limit: int = MAX_TITLE) -> str:
    """One line out of markup: tags dropped, entities resolved (also those escaped twice)."""
    text = markup[:_MAX_TITLE_MARKUP]
    if "<" in text:
        text = soup(text).get_text()
    for _ in range(2):
        if _ENTITY.search(text) is None:
            break
        text = html.unescape(text)
    return line(text, limit)


def paragraphs(text: str, limit: int = MAX_TEXT) -> str:
    """Plain text with its paragraphs: white space folded within each, a blank line between them."""
    parts = _BLANK_LINE.split(scrub(text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")))
    return _joined([" ".join(part.split()) for part in parts], limit)


def paragraphs_of_html(markup: str, limit: int = MAX_TEXT) -> str:
    """Plain text with its paragraphs out of markup; scripts, styles and controls are left out."""
    text = scrub(markup[:_MAX_MARKUP])
    if "<" not in text:
        return paragraphs(html.unescape(text) if "&" in text else text, limit)
    root = parse_html(text)
    if root is None:
        return ""
    return text_of(root, limit)


def soup(markup: str) -> BeautifulSoup:
    """The markup for CSS selectors, parsed by lxml; processing instructions, which only XML has, are taken out."""
    text = _INSTRUCTION.sub("", scrub(markup))
    return BeautifulSoup(text if "<" in text else f"<p>{text}</p>", "lxml")


def parse_html(markup: str | bytes, encoding: str | None = None) -> Element | None:
    """Parse markup leniently, without network, entities of its own or unbounded depth; None when nothing is in it."""
    parser = etree.HTMLParser(
        recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding=encoding
    )
    try:
        root = etree.fromstring(markup, parser)
    except (etree.LxmlError, ValueError, AssertionError, LookupError):
        return None
    return root if isinstance(root, Element) else None


def text_of(root: Element, limit: int = MAX_TEXT) -> str:
    """The visible text below ``root``, in paragraphs. Changes the tree."""
    etree.strip_elements(root, *_UNSEEN, with_tail=False)
    for element in root.iter():
        mark = _MARKS.get(element.tag)
        if mark is not None:
            element.tail = mark + (element.tail or "")
            if mark is _PARAGRAPH:
                element.text = mark + (element.text or "")
    flat = str(etree.tostring(root, method="text", encoding="unicode", with_tail=False))
    if _LINE in flat:
        flat = _LINES.sub(_PARAGRAPH, flat)
    return _joined(
        ["\n".join(" ".join(row.split()) for row in part.split(_LINE)).strip() for part in flat.split(_PARAGRAPH)],
        limit,
    )


def _joined(parts: list[str], limit: int) -> str:
    kept = [part for part in parts if part]
    while kept and _BOILERPLATE.fullmatch(kept[-1]):
        kept.pop()
    return shorten(scrub("\n\n".join(kept)), limit)


def shorten(text: str, limit: int) -> str:
    """Cut at a word boundary, with an ellipsis, so that the result has at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word = cut.rfind(" ", limit // 2)
    return (cut[:word] if word > 0 else cut).rstrip() + "…"


def headline(text: str) -> str:
    """A title for an entry that has none: the first sentence, or what of it fits."""
    first = text.split("\n", 1)[0]
    end = re.search(r"[.!?][\"'”’)]?\s", first)
    return shorten(first[: end.end()].strip() if end else first, 120)
