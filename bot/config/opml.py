"""OPML, the exchange format of feed readers: subscription lists in and out. Pure: bytes in, values out.

The reader expands no entities, loads nothing from elsewhere and forgives what lists in the wild get wrong (a bare `&` in an
address). OPML 2.0: http://opml.org/spec2.opml
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from bot.config import scalars
from bot.config.reading import MAX_BYTES, shorten
from bot.model import Source, SourceKind

MAX_OUTLINES = 5000
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription of a list."""

    url: str
    title: str
    folder: str = ""
    """Title of the group it stands in."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A subscription that is not taken over, and why."""

    url: str
    reason: str


def read_opml(raw: bytes) -> tuple[list[Outline], list[str]]:
    """Subscriptions of an OPML file.

    Returns:
        The subscriptions in their order, and what is wrong with the file as a whole (no subscriptions then).
    """
    if len(raw) > MAX_BYTES:
        return [], [f"is larger than {MAX_BYTES:,} bytes; split it"]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(_repaired(raw), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        return [], [f"is no XML ({shorten(str(error), 100)}); export it again as OPML"]
    if root is None or _tag(root) != "opml":
        return [], ["is no OPML file; export the subscriptions of a feed reader as OPML"]
    outlines = list(_outlines(root))
    if not outlines:
        return [], ["holds no subscription (no outline with xmlUrl); export it again as OPML"]
    if len(outlines) > MAX_OUTLINES:
        return [], [f"holds more than {MAX_OUTLINES:,} subscriptions; split it"]
    return outlines, []


def new_entries(
    outlines: Iterable[Outline], *, ids: Collection[str], urls: Collection[str]
) -> tuple[list[dict[str, Any]], list[Skipped]]:
    """Entries for ``sources.yaml`` from subscriptions.

    Args:
        outlines: as :func:`read_opml` gives them.
        ids: ids in use; new ones are made from titles and kept apart from these.
        urls: addresses in use; their subscriptions are skipped, as are those that stand there twice.
    """
    taken, known = set(ids), set(urls)
    entries: list[dict[str, Any]] = []
    skipped: list[Skipped] = []
    for outline in outlines:
        try:
            url = scalars.address(outline.url)
        except ValueError as error:
            skipped.append(Skipped(outline.url, f"url {error}"))
            continue
        if url in known:
            skipped.append(Skipped(url, "is there already"))
            continue
        known.add(url)
        new_id = suggest_id(outline.title, url, taken)
        taken.add(new_id)
        entry: dict[str, Any] = {"id": new_id, "name": shorten(outline.title, 200) or new_id, "url": url}
        if outline.language:
            entry["language"] = outline.language
        entries.append(entry)
    return entries, skipped


def suggest_id(title: str, url: str, taken: Collection[str]) -> str:
    """A free id for a source: from its title, else from its host.

    >>> suggest_id("Café Policy: News", "https://example.org/feed", {"cafe-policy-news"})
    'cafe-policy-news-2'
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    host = (urlsplit(url).hostname or "source").removeprefix("www.")
    base = next((slug for text in (plain, host) if len(slug := _slug(text)) > 1), "source")
    number, found = 2, base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found


def write_opml(sources: Sequence[Source], *, title: str, now: datetime) -> bytes:
    """The feeds among the enabled sources as OPML 2.0, grouped by category. Pages have no feed and are left out."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _xml(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(now)
    body = etree.SubElement(root, "body")
    feeds = [source for source in sources if source.enabled and source.kind is SourceKind.FEED]
    for category in dict.fromkeys(source.category for source in feeds):
        parent = body
        if category:
            label = category.replace("_", " ")
            parent = etree.SubElement(body, "outline", text=label, title=label)
        for source in feeds:
            if source.category == category:
                name = _xml(source.name)
                etree.SubElement(
                    parent,
                    "outline",
                    type="rss",
                    text=name,
                    title=name,
                    xmlUrl=_xml(source.url),
                    language=source.language,
                )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _repaired(raw: bytes) -> bytes:
    """Bare ampersands written out, as in `?a=1&b=2`. It also makes every entity but XML's own five plain text."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw
    return _BARE_AMPERSAND.sub(b"&amp;", raw)


def _outlines(root: Any) -> Iterator[Outline]:
    for node in root.iter():
        if _tag(node) != "outline":
            continue
        attributes = {str(name).lower(): str(value).strip() for name, value in node.attrib.items()}
        url = attributes.get("xmlurl", "")
        if url:
            parent = node.getparent()
            folder = (
                "" if parent is None or _tag(parent) != "outline" else parent.get("title") or parent.get("text") or ""
            )
            title = attributes.get("title") or attributes.get("text") or ""
            yield Outline(
                url, shorten(html.unescape(title), 200), shorten(folder), _language(attributes.get("language", ""))
            )


def _language(written: str) -> str | None:
    """A language code, where the list gives one that can be used; anything else is left out."""
    try:
        return scalars.language(written)
    except ValueError:
        return None


def _tag(node: Any) -> str:
    # Not QName: it refuses the names that a forgiving parser lets through, such as `<:`.
    return node.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(node.tag, str) else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:50].strip("-")


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)
