"""Photograph the sample messages: the pictures of docs/slack.md, one PNG for each sample of docs/tools/samples.py.

    python docs/tools/photograph.py [docs/images] [NAME …]     all of them, or only those named like an-alert

Needs Chromium (`apt-get install chromium fonts-lato`), and makes the files smaller where `pngquant` is installed. Neither the
bot nor its tests need them: beside the pictures stands ``drawn.json``, which names the HTML that each was taken of, and
the tests compare that with the HTML that the bot's own blocks give now.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WIDTH = 704
SCALE = 2
DRAWN = "drawn.json"
PATIENCE = 60.0
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-extensions",
    "--remote-debugging-pipe",
    "about:blank",
]
_MEASURE = """(async () => { await document.fonts.ready; return JSON.stringify([...document.querySelectorAll('figure')].map(f => {
    const r = f.getBoundingClientRect(); return {x: r.x, y: r.y + scrollY, width: r.width, height: Math.ceil(r.height)}; })); })()"""


def file_name(title: str) -> str:
    """Return a file name for a caption."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + ".png"


def pages() -> dict[str, str]:
    """Return the page of each sample: file name to HTML."""
    from docs.tools.blockkit_html import page
    from docs.tools.samples import samples

    return {file_name(one["title"]): page([one], title=one["title"], captions=False) for one in samples()}


def digests(of: Mapping[str, str]) -> dict[str, str]:
    """Return what pins each picture to its page."""
    return {name: hashlib.sha256(html.encode()).hexdigest()[:32] for name, html in of.items()}


class Browser:
    """Chromium, spoken to over two pipes (DevTools protocol): one page, from which pieces are photographed."""

    def __init__(self, profile: Path) -> None:
        """Start it.

        Raises:
            FileNotFoundError: there is no Chromium.
        """
        names = ("chromium", "chromium-browser", "google-chrome")
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            raise FileNotFoundError("no chromium: apt-get install chromium fonts-lato")
        to_child, ours = os.pipe()
        theirs, from_child = os.pipe()
        command = shlex.join([found, *_FLAGS, f"--user-data-dir={profile}"])
        self._process = subprocess.Popen(
            ["sh", "-c", f"exec {command} 3<&{to_child} 4>&{from_child}"],
            pass_fds=(to_child, from_child),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_child)
        os.close(from_child)
        self._out, self._in = os.fdopen(ours, "wb"), os.fdopen(theirs, "rb")
        self._number, self._session = 0, ""

    def show(self, html: Path) -> None:
        """Open a page."""
        target = self.call("Target.createTarget", url=html.as_uri())["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        metrics = {"width": WIDTH, "height": 800, "deviceScaleFactor": SCALE, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **metrics)

    def figures(self, expected: int) -> list[dict[str, float]]:
        """Say where the figures are, once all of them are there."""
        for _ in range(100):
            found = self.call("Runtime.evaluate", expression=_MEASURE, awaitPromise=True, returnByValue=True)
            boxes: list[dict[str, float]] = json.loads(found["result"].get("value") or "[]")
            if len(boxes) == expected:
                return boxes
            time.sleep(0.1)
        raise TimeoutError("the page does not show all figures")

    def photograph(self, box: Mapping[str, float]) -> bytes:
        """Photograph a piece of the page."""
        clip = {**box, "scale": 1}
        taken = self.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
        return base64.b64decode(taken["data"])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol and wait for its result."""
        self._number += 1
        request = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            request["sessionId"] = self._session
        self._out.write(json.dumps(request).encode() + b"\0")
        self._out.flush()
        while True:
            answer = json.loads(self._read())
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self) -> bytes:
        parts = []
        while (byte := self._in.read(1)) not in {b"\0", b""}:
            parts.append(byte)
        if not parts:
            raise EOFError("Chromium ended")
        return b"".join(parts)

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(PATIENCE)


def photograph(folder: Path, wanted: Mapping[str, str]) -> None:
    """Take the pictures, all figures standing on one page."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        place = Path(scratch)
        (place / "all.html").write_text(_together(list(wanted.values())), encoding="utf-8")
        browser = Browser(place / "profile")
        try:
            browser.show(place / "all.html")
            for name, box in zip(wanted, browser.figures(len(wanted)), strict=True):
                (folder / name).write_bytes(browser.photograph(box))
                _shrink(folder / name)
                print(folder / name)
        finally:
            browser.close()


def _together(all_pages: Sequence[str]) -> str:
    style = re.search(r"<style>.*?</style>", all_pages[0], re.DOTALL)
    assert style is not None
    figures = (figure for html in all_pages for figure in re.findall(r"<figure>.*?</figure>", html, re.DOTALL))
    return f'<!doctype html><meta charset="utf-8">{style[0]}{"".join(figures)}'


def _shrink(picture: Path) -> None:
    """Keep the colours that are seen: a third of the size."""
    if shutil.which("pngquant"):
        subprocess.run(["pngquant", "--force", "--strip", "--ext=.png", "48", str(picture)], check=True, timeout=120)


def main(arguments: list[str]) -> int:
    """Take the pictures into a folder, and note of what."""
    root = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(root))
    folder = Path(arguments[0]) if arguments else root / "docs" / "images"
    found: dict[str, Any] = pages()
    only = {f"{name.removesuffix('.png')}.png" for name in arguments[1:]}
    if only - found.keys():
        print(f"no such sample: {', '.join(sorted(only - found.keys()))}", file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    photograph(folder.resolve(), {name: html for name, html in found.items() if not only or name in only})
    for old in folder.glob("*.png"):
        if old.name not in found:
            old.unlink()
    noted = folder / DRAWN
    known = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
    taken = {name: value for name, value in digests(found).items() if not only or name in only}
    kept = {name: value for name, value in known.items() if name in found}
    noted.write_text(json.dumps(dict(sorted((kept | taken).items())), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
