"""Draw Slack messages as SVG pictures: Block Kit to images that any page can show, without a browser.

    python docs/tools/blockkit_svg.py docs/images             one picture for each sample of docs/tools/samples.py

Line breaks come from a table of letter widths, and each run of words is stretched to the width that was reckoned with,
so that a picture looks the same with any font.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

WIDTH, LEFT, INDENT = 680, 64, 16
LINE = 22
FONT = "Lato, 'Helvetica Neue', Arial, sans-serif"
MONO = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"
INK, GREY, BLUE = "#1d1c1d", "#616061", "#1264a3"


@dataclass(frozen=True)
class Style:
    """How a run of words looks."""

    size: float = 15
    bold: bool = False
    italic: bool = False
    mono: bool = False
    colour: str = INK


@dataclass
class Canvas:
    """Collects shapes from top to bottom."""

    y: float = 16
    shapes: list[str] = field(default_factory=list)

    def words(
        self, runs: list[tuple[str, Style]], left: float = LEFT, right: float = WIDTH - 20, gap: float = 2
    ) -> None:
        """Set runs of words as wrapped lines."""
        for line in wrap(runs, right - left):
            self.y += LINE * max((style.size for _, style in line), default=15) / 15
            x = left
            for content, style in line:
                length = width(content, style)
                if content.strip():
                    self.shapes.append(run(x, self.y, content.rstrip(), style))
                x += length
        self.y += gap

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        fill: str = "#fff",
        stroke: str = "#bbb",
        radius: float = 4,
    ) -> None:
        """Draw a rectangle."""
        self.shapes.append(
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{high:.0f}" rx="{radius:.0f}" fill="{fill}" stroke="{stroke}"/>'
        )

    def done(self, title: str) -> str:
        """Return the picture."""
        high = self.y + 16
        frame = f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{high - 1:.0f}" rx="8" fill="#fff" stroke="#ddd"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high:.0f}" viewBox="0 0 {WIDTH} {high:.0f}" role="img">'
            f"<title>{escape(title)}</title>\n{frame}\n" + "\n".join(self.shapes) + "\n</svg>\n"
        )


def width(text: str, style: Style) -> float:
    """Reckon the width of a text in pixels."""
    if style.mono:
        return len(text) * style.size * 0.602
    return math.fsum(_em(char) for char in text) * style.size * (1.06 if style.bold else 1)


def _em(char: str) -> float:
    if char in "iljtfrI.,:;'|!()[] ·’“”":
        return 0.3
    if char in "mwMW@%—…→":
        return 0.86
    if char.isupper() or char.isdigit():
        return 0.62 if char.isupper() else 0.55
    return 1.0 if ord(char) > 0x2E80 else 0.53


def run(x: float, y: float, text: str, style: Style) -> str:
    """Return one run of words at a place."""
    looks = f'font-family="{MONO if style.mono else FONT}" font-size="{style.size:g}" fill="{style.colour}"'
    if style.bold:
        looks += ' font-weight="700"'
    if style.italic:
        looks += ' font-style="italic"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {looks} textLength="{width(text, style):.1f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>'


def wrap(runs: list[tuple[str, Style]], room: float) -> Iterator[list[tuple[str, Style]]]:
    """Break runs into lines at spaces and line ends."""
    line: list[tuple[str, Style]] = []
    used = 0.0
    for text, style in runs:
        for word in re.findall(r"\n|[^\s]+[^\S\n]*|[^\S\n]+", text):
            length = width(word.rstrip(), style)
            if word == "\n" or (line and used + length > room):
                yield line
                line, used = [], 0.0
            if word == "\n" or (not line and not word.strip() and not text.startswith(word)):
                continue
            if line and line[-1][1] == style:
                line[-1] = (line[-1][0] + word, style)
            else:
                line.append((word, style))
            used += width(word, style)
    if line:
        yield line


def leaf(one: Mapping[str, Any], base: Style) -> tuple[str, Style]:
    """Return one element of rich text as a run."""
    kind, style = one["type"], one.get("style") or {}
    if kind in {"link", "user", "channel"}:
        shown = (
            one.get("text") or one.get("url") or "@" + str(one.get("user_id", ""))
            if kind != "channel"
            else "#" + str(one["channel_id"])
        )
        return shown, Style(base.size, base.bold, base.italic, base.mono, BLUE)
    text = str(one.get("fallback" if kind == "date" else "text", ""))
    mono = base.mono or bool(style.get("code"))
    colour = "#c01343" if style.get("code") else base.colour
    return text, Style(13 if mono else base.size, bool(style.get("bold")), bool(style.get("italic")), mono, colour)


def rich(canvas: Canvas, part: Mapping[str, Any]) -> None:
    """Draw one part of rich text."""
    kind = part["type"]
    if kind == "rich_text_list":
        for item in part["elements"]:
            top = canvas.y
            canvas.words([leaf(one, Style()) for one in item["elements"]], LEFT + INDENT, gap=0)
            canvas.shapes.append(run(LEFT + 2, top + LINE, "•", Style()))
        canvas.y += 2
    elif kind == "rich_text_quote":
        top = canvas.y
        canvas.words([leaf(one, Style()) for one in part["elements"]], LEFT + INDENT)
        canvas.box(LEFT, top + 6, 4, canvas.y - top - 4, fill="#ddd", stroke="none", radius=2)
    else:
        mono = Style(13, mono=True) if kind == "rich_text_preformatted" else Style()
        canvas.words([leaf(one, mono) for one in part["elements"]])


def controls(canvas: Canvas, elements: list[Mapping[str, Any]]) -> None:
    """Draw a row of buttons; a menu is drawn open."""
    x = float(LEFT)
    canvas.y += 10
    menu: list[str] = []
    for one in elements:
        label = "⋯" if one["type"] == "overflow" else str(one["text"]["text"])
        style = Style(13, bold=True)
        wide = width(label, style) + 24
        canvas.box(x, canvas.y, wide, 28)
        canvas.shapes.append(run(x + 12, canvas.y + 19, label, style))
        if one["type"] == "overflow":
            menu = [str(option["text"]["text"]) for option in one["options"]]
        x += wide + 8
    if menu:
        canvas.box(x, canvas.y, 116, 20 * len(menu) + 8, stroke="#ddd", radius=6)
        for index, label in enumerate(menu):
            canvas.shapes.append(run(x + 12, canvas.y + 18 + 20 * index, label, Style(13, colour=GREY)))
        canvas.y += 20 * len(menu) - 20
    canvas.y += 34


def field_input(canvas: Canvas, block: Mapping[str, Any]) -> None:
    """Draw an input of a modal."""
    canvas.words([(str(block["label"]["text"]) + (" (optional)" if block.get("optional") else ""), Style(bold=True))])
    element = block["element"]
    if element["type"] == "radio_buttons":
        for option in element["options"]:
            chosen = "◉" if option == element.get("initial_option") else "○"
            canvas.words([(f"{chosen} {option['text']['text']}", Style())], LEFT + 4, gap=0)
        canvas.y += 6
        return
    canvas.y += 6
    canvas.box(LEFT, canvas.y, WIDTH - LEFT - 24, 30)
    canvas.shapes.append(
        run(
            LEFT + 10,
            canvas.y + 20,
            str((element.get("placeholder") or {}).get("text", "")) or " ",
            Style(14, colour="#888"),
        )
    )
    canvas.y += 36


def picture(one: Mapping[str, Any]) -> str:
    """Return one message or view as an SVG document; an unknown block is an error."""
    canvas = Canvas()
    canvas.box(18, 18, 34, 34, fill="#1f3a5f", stroke="none", radius=6)
    canvas.shapes.append(run(30, 41, "P", Style(16, bold=True, colour="#fff")))
    canvas.words([("Policywatch ", Style(bold=True)), (" APP  18:05", Style(11, colour=GREY))])
    for block in one["blocks"]:
        kind = block["type"]
        if kind == "header":
            canvas.words([(str(block["text"]["text"]), Style(18, bold=True))], gap=0)
        elif kind == "context":
            canvas.words([(" · ".join(str(part["text"]) for part in block["elements"]), Style(13, colour=GREY))], gap=4)
        elif kind == "rich_text":
            for part in block["elements"]:
                rich(canvas, part)
        elif kind == "actions":
            controls(canvas, block["elements"])
        elif kind == "input":
            field_input(canvas, block)
        elif kind == "divider":
            canvas.box(LEFT, canvas.y + 8, WIDTH - LEFT - 24, 0, stroke="#ddd")
            canvas.y += 12
        else:
            raise ValueError(f"cannot draw a block of type {kind!r}")
    return canvas.done(str(one.get("title", "")))


def file_name(title: str) -> str:
    """Return a file name for a caption."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + ".svg"


def pictures() -> dict[str, str]:
    """Return all samples: file name to SVG."""
    from docs.tools.samples import samples

    return {file_name(one["title"]): picture(one) for one in samples()}


def main(arguments: list[str]) -> int:
    """Write the pictures into a folder."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures().items():
        (folder / name).write_text(svg, encoding="utf-8")
        print(folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
