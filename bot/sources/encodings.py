"""Bytes of a page as text, as browsers decide it (pure, never raises)."""

from __future__ import annotations

import codecs
import re

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TEXT_CODECS = re.compile(
    r"(?:utf|iso|cp|windows|koi8|mac|latin|ascii|us-ascii|shift|sjis|euc|gb|big5|hz|johab|tis|viscii|ms|x-).*"
)

_MEANT = dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252")
"""What these labels mean on the web (WHATWG Encoding standard)."""

_MARKUP = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml|<head|<body|<!--)", re.IGNORECASE)


def not_text(body: bytes, content_type: str) -> str | None:
    """Say in a few words what a body is that is no page of text (a PDF, a picture), or None where it may be one."""
    kind = content_type.partition(";")[0].strip().lower()
    if body.startswith(b"%PDF-"):
        return f"a document of type {kind or 'PDF'}"
    textual = not kind or kind.startswith("text/") or "html" in kind or "xml" in kind
    return None if textual or _MARKUP.match(body) else f"a document of type {kind[:60]}"


def decoded(body: bytes, content_type: str) -> str:
    """Decode a page: byte order mark, then the header's charset, then the page's own, then UTF-8, then windows-1252."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    header = _HEADER.search(content_type)
    meta = _META.search(body[:4096])
    named = (str(header[1]) if header else "", meta[1].decode("ascii") if meta else "", "utf-8")
    for label in (label.lower() for label in named):
        if not _TEXT_CODECS.fullmatch(label):
            continue
        try:
            return codecs.lookup(_MEANT.get(label, label)).decode(body)[0]
        except (LookupError, UnicodeError, ValueError):
            continue
    return body.decode("cp1252", "replace")
