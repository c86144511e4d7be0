"""The SAX driver that feedparser is given: the standard expat reader with text collected before it is handed over.

Without it expat reports text around every escaped character (``&lt;``) as a piece of its own, which is most of what
feedparser spends its time on: feeds carry escaped HTML. The text is the same. feedparser chooses its driver by module name
from ``feedparser.api.PREFERRED_XML_PARSERS``.
"""

from __future__ import annotations

from xml.parsers.expat import XMLParserType
from xml.sax.expatreader import ExpatParser
from xml.sax.xmlreader import XMLReader


class CollectingParser(ExpatParser):
    """Expat that reports one piece of text between two tags."""

    def reset(self) -> None:
        """Begin a document."""
        super().reset()
        parser: XMLParserType = self._parser  # type: ignore[attr-defined]  # set by reset(), in every version of Python
        parser.buffer_text = True
        parser.buffer_size = 65536


def create_parser() -> XMLReader:
    """Make a parser, as ``xml.sax.make_parser`` expects of a driver module."""
    return CollectingParser()
