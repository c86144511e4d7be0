"""Raw-slice reduction: give feedparser only the items of a document that were not read before (pure).

Nearly every changed feed differs from its last body in one new item, or in nothing but a date in its head. feedparser
needs about a millisecond for each item; finding where the items begin and end, and hashing them, needs a hundredth of that.
So the document is cut at its top-level ``<item>``/``<entry>`` elements, each raw slice is hashed, and the known ones are
left out of what feedparser sees. What comes out is the same as from the whole document (a property test holds that), and
to be sure of it anything not plainly simple is not cut at all:

* only UTF-8, declared as such or not at all, without DOCTYPE, well-formed with its namespaces (as expat says);
* only RSS, RDF and Atom roots, items only where they belong, none inside another;
* every prefix means one namespace throughout, because feedparser remembers declarations from one item to the next;
* an id or link of a new item that also stands in another item needs both to be seen (what repeats does not identify).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from xml.parsers import expat

DIGEST = 8
"""Bytes of one slice's hash; a collision would hide one item, at odds of one in 10^15 for a feed of a hundred items."""
MAX_SLICES = 4_000
_MAX_DEPTH = 100

_ATOM, _ATOM03 = "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"
_XHTML = "http://www.w3.org/1999/xhtml"
_RSS10 = "http://purl.org/rss/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LAYOUTS: dict[str, tuple[int, str]] = {
    # root: depth of its items, and their name
    "rss": (3, "item"),
    f"{_RDF} RDF": (2, f"{_RSS10} item"),
    f"{_ATOM} feed": (2, f"{_ATOM} entry"),
    f"{_ATOM03} feed": (2, f"{_ATOM03} entry"),
}
_DECLARATION = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml\s[^>]*>")
_UTF8 = re.compile(rb"encoding\s*=\s*[\"']utf-?8[\"']", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\"';\s]+)", re.IGNORECASE)
_SOURCE_BLOCK = re.compile(rb"<source\b.*?</source>", re.DOTALL)
_TEXT_IDS = re.compile(rb"<(?:guid|id|link|[A-Za-z]\w*:origLink)(?:\s[^>]*)?>\s*(.*?)\s*</", re.DOTALL)
_ABOUT = re.compile(rb"^<[^>]*?\babout\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LINKS = re.compile(rb"<(?:\w+:)?link\s([^>]*)>")
_HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REL = re.compile(rb"\brel\s*=\s*[\"']([^\"']*)[\"']")
_WRITTEN_OTHERWISE = re.compile(rb"[&<>\"']")
"""Characters for which XML has names."""
_TAGS = re.compile(rb"</?(?:item|entry)[\s/>]")
_SLASH = ord("/")
_BLANKS = b" \t\r\n"
"""White space of XML; other kinds are characters that it does not allow."""
_PAGE_RELS = frozenset({b"alternate", b"via", b"related"})


@dataclass(frozen=True, slots=True)
class Sliced:
    """A document cut at its items."""

    document: bytes
    """The document without the known slices."""
    hashes: bytes
    """Of what is around its slices and of all of them, known and new, for the next poll."""
    total: int
    unseen: int


def sliced(body: bytes, content_type: str, known: bytes) -> Sliced | None:
    """Cut a feed document.

    Args:
        body: the document.
        content_type: of the response; its charset must not contradict UTF-8.
        known: hashes of the slices read before, :data:`DIGEST` bytes each.

    Returns:
        The reduced document, or None when it must be read whole.
    """
    if not _plain(body, content_type):
        return None
    seen = {known[at : at + DIGEST] for at in range(0, len(known), DIGEST)}
    cut = (_by_known(body, seen) if seen else None) or _by_parsing(body, seen)
    if cut is None or not cut.spans or len(cut.spans) > MAX_SLICES:
        return None
    hashes = b"".join([cut.context, *cut.digests])
    if len(cut.new) == len(cut.spans):
        return Sliced(body, hashes, len(cut.spans), len(cut.new))
    if cut.new and _repeats(body, cut.spans, cut.new):
        return None
    return Sliced(_without(body, cut.spans, set(cut.new)), hashes, len(cut.spans), len(cut.new))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the items of a document are, and which are new."""

    spans: list[tuple[int, int]]
    digests: list[bytes]
    new: list[int]
    """Places in ``spans``."""
    context: bytes
    """Of the namespaces that stand around the items: what is well-formed in one context need not be so in another."""


def _by_parsing(body: bytes, seen: set[bytes]) -> _Cut | None:
    """The items as expat finds them in the whole document."""
    cutter = _Cutter(body)
    if not cutter.run():
        return None
    return _Cut(cutter.spans, *_compared(body, cutter.spans, seen), cutter.context)


def _by_known(body: bytes, seen: set[bytes]) -> _Cut | None:
    """The items as they stand in the text, where expat agrees that all are items; it reads only what is new of them.

    An item that was read before in the same context is well-formed still. None: the document must be parsed as a whole.
    """
    spans = _as_written(body)
    if not spans or body.find(b"xmlns", spans[0][0]) >= 0:  # a prefix declared in an item matters to others
        return None
    digests, new = _compared(body, spans, seen)
    if 2 * len(new) > len(spans):
        return None
    name = b"item" if body.startswith(b"<i", spans[0][0]) else b"entry"
    reduced, count = _with_stand_ins(body, spans, set(new), b"<%b></%b>" % (name, name))
    cutter = _Cutter(reduced)
    if not cutter.run() or len(cutter.spans) != count or cutter.context not in seen:
        return None
    return _Cut(spans, digests, new, cutter.context)


def _as_written(body: bytes) -> list[tuple[int, int]]:
    """From each start tag of an item to the next end tag; empty where they do not take turns."""
    tags = [found.span() for found in _TAGS.finditer(body)]
    spans = []
    for (start, _), (end, after) in zip(tags[::2], tags[1::2], strict=False):
        if body[start + 1] == _SLASH or body[end + 1] != _SLASH:
            return []
        spans.append((start, body.index(b">", after - 1) + 1))
    return spans if 2 * len(spans) == len(tags) else []


def _with_stand_ins(body: bytes, spans: list[tuple[int, int]], kept: set[int], stand_in: bytes) -> tuple[bytes, int]:
    """The document with an empty item in the place of each row of items that are not kept; and how many items it has."""
    parts, at, count, in_row = list[bytes](), 0, 0, False
    for index, (start, end) in enumerate(spans):
        between = body[at:start]
        if index in kept:
            parts += (between, body[start:end])
            count, in_row = count + 1, False
        elif not in_row or between.strip(_BLANKS):
            parts += (between, stand_in)
            count, in_row = count + 1, True
        at = end
    parts.append(body[at:])
    return b"".join(parts), count


def _compared(body: bytes, spans: list[tuple[int, int]], seen: set[bytes]) -> tuple[list[bytes], list[int]]:
    """The hashes of items, and the places of those that are new."""
    digests = [_digest(body[start:end]) for start, end in spans]
    return digests, [index for index, digest in enumerate(digests) if digest not in seen]


def _digest(raw: bytes) -> bytes:
    return sha256(raw).digest()[:DIGEST]  # processors have instructions for it: twice as fast as BLAKE2


def _plain(body: bytes, content_type: str) -> bool:
    """UTF-8 beyond doubt."""
    charset = _CHARSET.search(content_type)
    if charset is not None and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        return False
    declaration = _DECLARATION.match(body)
    if declaration is not None and b"encoding" in declaration[0] and _UTF8.search(declaration[0]) is None:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Elsewhere(Exception):
    """The document is not built as the layouts say."""


class _Cutter:
    """Handlers for expat that note where each top-level item starts and ends."""

    __slots__ = (
        "around",
        "body",
        "depth",
        "item_depth",
        "item_name",
        "misplaced",
        "parser",
        "pending",
        "prefixes",
        "spans",
        "start",
        "uris",
    )

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.spans: list[tuple[int, int]] = []
        self.depth, self.start = 0, 0
        self.item_depth, self.item_name = 0, ""
        self.misplaced: dict[str, bool] = {}
        self.prefixes: dict[str | None, str | None] = {}
        self.uris: dict[str | None, str | None] = {}
        self.pending: list[tuple[str | None, str | None]] = []
        self.around: list[object] = []
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.ordered_attributes = True  # a list is cheaper than a dictionary, and neither is looked at
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartNamespaceDeclHandler = self.declared
        self.parser.StartElementHandler = self.begins
        self.parser.EndElementHandler = self.ends

    def run(self) -> bool:
        """Find the items; False when the document is not plainly a feed."""
        parser = self.parser
        try:
            parser.Parse(self.body, True)
        except (expat.ExpatError, _Elsewhere, ValueError):
            return False
        finally:  # the handlers and the parser hold each other
            parser.StartNamespaceDeclHandler = parser.StartElementHandler = parser.EndElementHandler = None
            parser.StartDoctypeDeclHandler = None
        return True

    @property
    def context(self) -> bytes:
        """Fingerprint of the namespaces declared before the first item, and by which elements."""
        return _digest(repr(self.around).encode("utf-8", "surrogatepass"))

    def doctype(self, *_: object) -> None:
        """Refuse a DOCTYPE: its entities could hold anything."""
        raise _Elsewhere

    def declared(self, prefix: str | None, uri: str | None) -> None:
        """Refuse a prefix that means two namespaces, and a namespace with two prefixes; XHTML inside texts is common."""
        if prefix is None and uri == _XHTML:
            return
        if self.prefixes.setdefault(prefix, uri) != uri or self.uris.setdefault(uri, prefix) != prefix:
            raise _Elsewhere
        self.pending.append((prefix, uri))

    def begins(self, name: str, _: object) -> None:
        """Note the start of an item; refuse what is called so elsewhere."""
        self.depth += 1
        if self.depth == self.item_depth and name == self.item_name:
            self.start = self.parser.CurrentByteIndex
            return
        if self.pending:
            if not self.spans:
                self.around.append((self.depth, name, *self.pending))
            self.pending.clear()
        if self.depth == 1:
            self._root(name)
        wrong = self.misplaced.get(name)
        if wrong is None:
            wrong = self.misplaced[name] = name.rpartition(" ")[2].lower() in {"item", "entry"}
        if wrong or self.depth > _MAX_DEPTH:
            raise _Elsewhere

    def ends(self, name: str) -> None:
        """Note the end of an item; an empty one (``<item/>``) is not worth its trouble."""
        if self.depth == self.item_depth and name == self.item_name:
            at = self.parser.CurrentByteIndex
            if not self.body.startswith(b"</", at):
                raise _Elsewhere
            self.spans.append((self.start, self.body.index(b">", at) + 1))
        self.depth -= 1

    def _root(self, name: str) -> None:
        if name not in _LAYOUTS or (name.startswith(_RDF) and _RSS10 not in self.uris):
            raise _Elsewhere
        self.item_depth, self.item_name = _LAYOUTS[name]


def _without(body: bytes, spans: list[tuple[int, int]], kept: set[int]) -> bytes:
    parts, at = [], 0
    for index, (start, end) in enumerate(spans):
        if index not in kept:
            parts.append(body[at:start])
            at = end
    parts.append(body[at:])
    return b"".join(parts)


def _repeats(body: bytes, spans: list[tuple[int, int]], new: list[int]) -> bool:
    """Whether an id or link of a new item stands in another item too."""
    if _plainly_new(body, [spans[index] for index in new]):
        return False
    owners: dict[bytes, int] = {}
    fresh = set(new)
    for index, (start, end) in enumerate(spans):
        for identity in set(_identities(body[start:end])):
            other = owners.setdefault(identity, index)
            if other != index and (index in fresh or other in fresh):
                return True
    return False


def _plainly_new(body: bytes, spans: list[tuple[int, int]]) -> bool:
    """Whether what new items are known by stands nowhere else in the document, however it is written: nearly always so.

    Without references by number a well-formed document can write these characters in one way only.
    """
    if b"#" in body and b"&#" in body:  # one byte is found at once; of two, each & of escaped texts is looked at
        return False
    for start, end in spans:
        for identity in set(_identities(body[start:end])):
            if not identity or _WRITTEN_OTHERWISE.search(identity) is not None:
                return False
            if body.find(identity, 0, start) >= 0 or body.find(identity, end) >= 0:
                return False
    return True


def _identities(raw: bytes) -> Iterator[bytes]:
    """Everything in a raw item that its id or link could come from; rather too much than too little."""
    if b"<source" in raw:
        raw = _SOURCE_BLOCK.sub(b"", raw)
    for found in _TEXT_IDS.finditer(raw):
        if found[1]:
            yield _bare(found[1])
    about = _ABOUT.match(raw)
    if about is not None:
        yield _bare(about[1] or about[2] or b"")
    for link in _LINKS.finditer(raw):
        rel = _REL.search(link[1])
        href = _HREF.search(link[1])
        if href is not None and (rel is None or rel[1].strip().lower() in _PAGE_RELS):
            yield _bare(href[1] or href[2] or b"")


def _bare(raw: bytes) -> bytes:
    if raw.startswith(b"<![CDATA["):
        return raw.removeprefix(b"<![CDATA[").removesuffix(b"]]>").strip()
    return html.unescape(raw.decode()).strip().encode() if b"&" in raw else raw
