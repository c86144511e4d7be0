"""A policy page watched for changed wording (pure, never raises).

The page is kept as it came (raw first), and its text is extracted anew from the old and the new version each time. So a
change of this code, or of the markup, changes nothing; only words do. Changed wording becomes an entry with the new and the
old sentences, which goes through the same analysis as any article:

    New wording:

    We will not sell facial recognition to police departments.

    Old wording:

    We sell facial recognition to police departments under strict terms.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from lxml import etree
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_css

from bot.model import Entry, Failure, FailureKind, Fetched, Reading, Source, SourceState, shown_url
from bot.sources import dates, urls
from bot.sources import text as texts
from bot.sources.discovery import page_title
from bot.sources.encodings import decoded, not_text
from bot.sources.standins import stand_in

NEW, OLD = "New wording:", "Old wording:"
"""Paragraphs that stand before the sentences they speak of."""
MIN_TEXT = 200
"""A document with fewer characters is an error page, a consent page or an empty frame."""
_SHRUNK = 0.4
"""A version with less than this share of the old words is not believed at once..."""
_BELIEVED_AFTER = 2
"""...but after so many polls in a row that found it."""
_ALIKE = 0.4
_MAX_PASSAGES = 60
_MAX_DOCUMENT = 1_000_000
_MAX_ENTRY = 30_000
_FRAME = ("nav", "header", "footer", "aside", "form", "dialog")
_FRAME_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "alert"})
_STAMP = re.compile(
    r"(?:this (?:page|document|policy|version) was )?(?:last )?(?:updated|modified|revised|reviewed|effective|published|in force)"
    r"(?: date| on| as of| since)*\s*[:—–-]?\s*(.{0,60})",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*\d{4}.{0,120}|\d+ min(?:ute)?s?(?: read)?|[\W\d_]+", re.IGNORECASE
)
_DATE_WORDS = frozenset(
    {*dates.MONTHS, *(name.lower() for name in (*calendar.month_name, *calendar.day_name, *calendar.day_abbr) if name)}
    | {"at", "on", "of", "de", "am", "pm", "utc", "gmt", "est", "edt", "pst", "pdt", "cet", "cest", "bst"}
)
_TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " ", "…": "..."}
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]\.)+|\b(?:Inc|Ltd|Co|Corp|Mr|Ms|Mrs|Dr|No|Nos|Art|Sec|St|vs|approx|e\.g|i\.e)\.)$"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;:])[\"')\]”’]*\s+(?=[\"'(\[“‘]?[A-ZÀ-Þ0-9])")


@dataclass(frozen=True, slots=True)
class Passage:
    """One place where the wording differs: old and new words, either None where there were none."""

    old: str | None
    new: str | None


def read_document(
    source: Source, state: SourceState, fetched: Fetched, now: datetime, previous: bytes | None
) -> Reading | Failure:
    """Compare a policy page with its last stored version.

    Args:
        source: ``select.content`` may name the part of the page that matters, as a CSS selector.
        state: tells how often in a row polls have failed.
        fetched: a 200 answer.
        now: time of the fetch: what is new is dated by it.
        previous: ``Reading.snapshot`` of the last version; None on the first poll, which is the baseline.

    Returns:
        No entry and a snapshot the first time; nothing when the words are the same; else one entry, with a snapshot.
    """
    host = urls.host_of(fetched.url)
    if (what := not_text(fetched.body, fetched.content_type)) is not None:
        return Failure(FailureKind.NO_TEXT, f"{host} gives {what}, and only the wording of web pages is compared.")
    markup = decoded(fetched.body, fetched.content_type)
    new = _text(markup, source.select)
    if isinstance(new, str) and len(new) < MIN_TEXT:
        new = Failure(
            FailureKind.NO_TEXT, f"The document at {host} has hardly any text: it is probably not the document."
        )
    elif isinstance(new, str) and (instead := stand_in(page_title(fetched.body) or "", new)) is not None:
        new = Failure(FailureKind.NO_TEXT, f"{host} gives {instead} instead of the document.")
    if isinstance(new, Failure):
        return new
    baseline = Reading((), fetched.validators, total=1, ttl=fetched.max_age, snapshot=markup.encode("utf-8", "replace"))
    old = _text(previous.decode("utf-8", "replace"), source.select) if previous is not None else ""
    if isinstance(old, Failure) or len(old) < MIN_TEXT:  # nothing to compare with, or the selector was changed since
        return baseline
    if len(new) < _SHRUNK * len(old) and state.polls_failed < _BELIEVED_AFTER:
        return Failure(
            FailureKind.NO_TEXT,
            f"The document at {host} has lost most of its text; it is looked at again before that is believed.",
        )
    passages = diff(old, new)
    if not passages:
        return baseline._replace(snapshot=None)
    return baseline._replace(entries=(_entry(source, fetched.url, old, new, passages, now),))


def text_of_version(snapshot: bytes, select: Mapping[str, str]) -> str:
    """The text of a stored version, in paragraphs, as it is compared (for showing differences)."""
    found = _text(snapshot.decode("utf-8", "replace"), select)
    return "" if isinstance(found, Failure) else found


def diff(old: str, new: str) -> tuple[Passage, ...]:
    """Where the wording of two texts differs, sentence by sentence, in the order of the new text.

    Typography, white space, numbering-only and date-of-update lines do not count as wording.
    """
    before, after = _sentences(old), _sentences(new)
    # sentences that stand in very many places would make the comparison quadratic; "autojunk" leaves them to their neighbours
    matcher = difflib.SequenceMatcher(None, [key for key, _ in before], [key for key, _ in after], autojunk=True)
    passages: list[Passage] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            passages += _passages([words for _, words in before[a:b]], [words for _, words in after[c:d]])
    return tuple(_without_moves(passages))


def _sentences(text: str) -> list[tuple[str, str]]:
    """(what is compared, what is shown) for each sentence that can carry wording."""
    found: list[tuple[str, str]] = []
    for paragraph in text.split("\n\n"):
        if _is_furniture(paragraph):
            continue
        sentences = _split(" ".join(paragraph.split()))
        found.extend((sentence.translate(_TYPOGRAPHY), sentence) for sentence in sentences)
    return found


def _split(paragraph: str) -> list[str]:
    parts: list[str] = []
    for part in _SENTENCE_END.split(paragraph):
        if parts and _ABBREVIATION.search(parts[-1]):
            parts[-1] = f"{parts[-1]} {part}"
        elif part.strip():
            parts.append(part.strip())
    return parts


def _is_furniture(paragraph: str) -> bool:
    """A copyright line, a number, or "Last updated" with nothing but a date: these change without anything being said."""
    if _FURNITURE.fullmatch(paragraph):
        return True
    stamp = _STAMP.fullmatch(paragraph)
    if stamp is None:
        return False
    words = [word.lower() for word in re.findall(r"\w+", stamp[1])]
    return any(word[0].isdigit() for word in words) and all(word[0].isdigit() or word in _DATE_WORDS for word in words)


def _passages(old: list[str], new: list[str]) -> Iterator[Passage]:
    """Pair each new sentence with the old one it most likely came from: the one that shares most of its words."""
    left = [(Counter(sentence.lower().split()), sentence) for sentence in old]
    for sentence in new:
        words = Counter(sentence.lower().split())
        likeness = [_likeness(words, other) for other, _ in left[:_MAX_PASSAGES]]
        best = max(range(len(likeness)), key=likeness.__getitem__, default=None)
        if best is not None and likeness[best] >= _ALIKE:
            yield Passage(left.pop(best)[1], sentence)
        else:
            yield Passage(None, sentence)
    for _, sentence in left:
        yield Passage(sentence, None)


def _likeness(words: Counter[str], others: Counter[str]) -> float:
    """Shared words, as a share of all (Dice)."""
    return 2 * (words & others).total() / ((words.total() + others.total()) or 1)


def _without_moves(passages: list[Passage]) -> Iterator[Passage]:
    """A sentence that left one place and came back in another was moved, not changed."""
    gone = {passage.old.translate(_TYPOGRAPHY) for passage in passages if passage.old and passage.new is None}
    come = {passage.new.translate(_TYPOGRAPHY) for passage in passages if passage.new and passage.old is None}
    moved = gone & come
    for passage in passages:
        alone = passage.new if passage.old is None else passage.old if passage.new is None else None
        if alone is None or alone.translate(_TYPOGRAPHY) not in moved:
            yield passage


def _entry(source: Source, url: str, old: str, new: str, passages: tuple[Passage, ...], now: datetime) -> Entry:
    shown = passages[:_MAX_PASSAGES]
    news = [passage.new for passage in shown if passage.new]
    olds = [passage.old for passage in shown if passage.old]
    parts = [*([NEW, *news] if news else []), *([OLD, *olds] if olds else [])]
    count = len(passages)
    version = sha256(b"\x00".join(sha256(text.encode("utf-8", "replace")).digest() for text in (old, new))).hexdigest()[
        :40
    ]
    return Entry(
        source_id=source.id,
        key=f"version:{version}",
        url=shown_url(url),
        title=texts.line(f"{source.name}: wording changed in {count} place{'' if count == 1 else 's'}"),
        text=texts.shorten("\n\n".join(parts), _MAX_ENTRY),
        published=now,
        language=source.language,
        shared_link=True,
    )


def _text(markup: str, select: Mapping[str, str]) -> str | Failure:
    selector = select.get("content") or select.get("item")
    if selector is None:
        root = texts.parse_html(texts.scrub(markup))
        return "" if root is None else texts.text_of(_main(root), _MAX_DOCUMENT)
    try:
        soup = texts.soup(markup)
        found = compile_css(selector).select(soup, limit=50)
    except (SelectorSyntaxError, RecursionError, ValueError) as error:
        return Failure(
            FailureKind.MALFORMED, f"The document's selector `{selector}` cannot be used ({type(error).__name__})."
        )
    if not found:
        return Failure(
            FailureKind.EMPTY, f"Nothing in the document matches `{selector}`: the page was probably rebuilt."
        )
    return "\n\n".join(texts.paragraphs_of_html(str(part), _MAX_DOCUMENT) for part in found)


def _main(root: texts.Element) -> texts.Element:
    """The part of a page that is its document: its one ``<main>`` or ``<article>``, else the body without its frame."""
    for name in ("main", "article"):
        parts = list(root.iter(name))
        if len(parts) == 1 and _words(parts) >= MIN_TEXT:
            root = parts[0]
            break
    for element in list(root.iter("*")):
        if element is not root and (element.tag in _FRAME or element.get("role") in _FRAME_ROLES):
            _remove(element)
    return root


def _words(elements: Iterable[texts.Element]) -> int:
    return sum(
        len(str(etree.tostring(element, method="text", encoding="unicode", with_tail=False)).strip())
        for element in elements
    )


def _remove(element: texts.Element) -> None:
    """Take an element out, keeping the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = " " + (element.tail or "")
    before = element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)
