"""Which address is the same address: one canonical URL for an article, however a feed, phone or aggregator writes it.

A URL goes in, a URL comes out; nothing is fetched, so a redirecting link (an aggregator's, a shortener's) keeps its own
identity. Rules: RFC 3986 section 6 (syntax-based normalisation), the WHATWG list of default ports, the tracking
parameters that analytics vendors document, and the AMP cache URL format (ampproject.org).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from bot.stories.text import word_set

if TYPE_CHECKING:
    from bot.model import Entry

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "hsa_",
    "vero_",
    "wt_",
    "at_",
    "ns_",
    "_hs",
    "mc_",
    "ga_",
    "itm_",
    "trk_",
)
_TRACKING = word_set(
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid igshid igsh li_fat_id mkt_tok s_cid cmpid
    cmp cid icid ncid ocid ito smid smtyp sr_share share_id spref rss feed_id from_rss partner rcode ref ref_src
    ref_url referer referrer source_ref xtor _ga _gl _openstat zanpid epik srnd taid sref tsource tid_source
    guccounter guce_referrer guce_referrer_sig dgcid cn-reloaded mod_source amp_js_v usqp outputtype emci emdi
    ceid sfmc_id sh sharetype camp campaign_id utm spm soc_src soc_trk cx_testid cx_testvariant cx_artpos
    """
)
_SOURCE_VALUES = ("rss", "feed", "email", "newsletter", "social", "twitter", "facebook", "google")
_AMP_PARAMETERS = frozenset({"amp", "outputtype", "view"})
_PRINT_PARAMETERS = frozenset({"print", "printer", "printable", "printpage", "pagewanted"})
_MOBILE_LABELS = frozenset({"m", "mobile", "amp", "touch", "wap"})
_INDEX_FILES = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp|shtml)$", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp(?:\.html?)?|\.amp(?:\.html)?|/amphtml)/?$", re.IGNORECASE)
_AMP_SEGMENT = re.compile(r"/amp(?:html)?/(?=[^/])", re.IGNORECASE)
_PRINT_PATH = re.compile(r"/print(?:able|er)?/?$", re.IGNORECASE)
_ROTATING_LABEL = re.compile(r"^(?:www|w)\d{1,3}$|^(?:edge|cdn|node|mirror|web|srv)-?\d{1,3}$")
_COMMON_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_NOTHING_TO_ESCAPE = re.compile(r"[A-Za-z0-9\-._~/:@!$&'()*+,;=]*")
"""Paths as nearly all are: each character of them stands for itself."""
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT_IN_PATHS = _UNRESERVED | frozenset(b"/:@!$&'()*+,;=")
_MAX_LENGTH = 4096
_DROPPED = dict.fromkeys(map(ord, "\t\r\n"))  # as browsers do (WHATWG URL, "remove all ASCII tab or newline")
_MAX_STEPS = 64


def canonical_url(url: str) -> str:
    """Return the one form of ``url`` under which articles are looked up.

    Idempotent and total: what cannot be read as an http(s) address comes back as it was, trimmed. ``http`` and ``https`` are one (the result says ``https``), ``www.`` and mobile hosts are
    dropped, AMP caches are undone, tracking parameters removed and the rest sorted.
    """
    text = url.strip().translate(_DROPPED)[:_MAX_LENGTH]
    for _ in range(_MAX_STEPS):  # unwrapping an AMP cache address, or dropping `/print`, may lay bare another one
        step = _once(text)
        if step == text:
            return step
        text = step
    return text


def article_identity(entry: Entry) -> tuple[str, str]:
    """Return ``(canonical_url, discriminator)`` of the article an entry stands for.

    Without a link the address is a URN of the source and entry; where several entries of one document share a link (a
    landing page, a live blog) the discriminator, a short hash of the entry's key, or of its title where the key is only
    that link again, tells them apart.
    """
    link = entry.url.strip() if entry.url else ""
    if not link:
        return f"urn:policywatch:{quote(entry.source_id, safe='')}:{_digest(entry.key)}", ""
    canonical = canonical_url(link)
    if not entry.shared_link:
        return canonical, ""
    telling = entry.key if canonical_url(entry.key) != canonical else _folded_title(entry.title)
    return canonical, _digest(telling)


def _folded_title(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _once(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        return text
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return text
    host = _host(host)
    if not host:
        return text
    unwrapped = _from_amp_cache(host, parts.path, parts.query)
    if unwrapped is not None:
        return unwrapped
    host, was_amp = _drop_device_labels(host)
    if host == "news.google.com":
        return _google_news(parts.path)
    if port is not None and port not in _DEFAULT_PORTS.values():
        host = f"{host}:{port}"
    path = _path(parts.path, was_amp=was_amp)
    return urlunsplit(("https", host, path, _query(parts.query), ""))


def _host(host: str) -> str:
    """Lower-case ASCII host without a trailing dot; empty when it cannot be one."""
    if _COMMON_HOST.fullmatch(host):
        return host
    host = unicodedata.normalize("NFKC", host).casefold().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    if any(character in host for character in " %/?#@\\[]<>\"'`{}|^") and ":" not in host:
        return ""
    return f"[{host}]" if ":" in host else host


def _drop_device_labels(host: str) -> tuple[str, bool]:
    """Drop ``www.``, mobile and AMP labels, and numbered mirrors, while a registrable name (two labels) remains."""
    labels = host.split(".")
    was_amp = False
    while len(labels) > 2 and (labels[0] == "www" or labels[0] in _MOBILE_LABELS or _ROTATING_LABEL.match(labels[0])):
        was_amp = was_amp or labels[0] == "amp"
        labels = labels[1:]
    return ".".join(labels), was_amp


def _from_amp_cache(host: str, path: str, query: str) -> str | None:
    """Undo Google's AMP viewer and the AMP caches; None for any other host.

    ``https://www.google.com/amp/s/example.org/a`` and ``https://example-org.cdn.ampproject.org/c/s/example.org/a`` both
    carry the address in the path; ``s/`` stands for https.
    """
    if host.endswith("cdn.ampproject.org"):
        match = re.match(r"^/(?:[a-z]|wp|ii)/(?:s/)?(.+)$", path)
    elif path.startswith("/amp/") and re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        match = re.match(r"^/amp/(?:s/)?(.+)$", path)
    else:
        return None
    if match is None or "." not in match[1].split("/", 1)[0]:
        return None
    return f"https://{match[1]}" + (f"?{query}" if query else "")


def _google_news(path: str) -> str:
    """An aggregator's own link: not resolved, but one spelling; its parameters only say language and country."""
    return urlunsplit(("https", "news.google.com", _path(path.replace("/rss/", "/", 1), was_amp=False), "", ""))


def _path(path: str, *, was_amp: bool) -> str:
    if _NOTHING_TO_ESCAPE.fullmatch(path) is None:
        path = _encode(path)
    if "/." in path or "//" in path:
        path = re.sub(r"/{2,}", "/", _without_dots(path))
    path = _INDEX_FILES.sub("/", path)
    shorter = _AMP_SEGMENT.sub("/", _AMP_PATH.sub("", path))
    if shorter.strip("/") or was_amp:
        path = shorter
    shorter = _PRINT_PATH.sub("", path)
    if shorter.strip("/"):
        path = shorter
    path = path.rstrip("/")
    return path if path.startswith("/") or not path else f"/{path}"


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _query(query: str) -> str:
    """Parameters that name the article, sorted; a link taken from HTML without unescaping still has its ``&amp;``."""
    if not query:
        return ""
    pairs = parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True, errors="surrogateescape")
    kept = {(name, value) for name, value in pairs if not _is_noise(name.lower(), value)}
    return "&".join(
        f"{_encode_text(name)}={_encode_text(value)}" if value else _encode_text(name) for name, value in sorted(kept)
    )


def _is_noise(name: str, value: str) -> bool:
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    if name == "source" and value.lower().startswith(_SOURCE_VALUES):
        return True
    if name in _AMP_PARAMETERS and (name == "amp" or value.lower() == "amp"):
        return True
    return name in _PRINT_PARAMETERS and value.lower() in {"", "1", "true", "yes", "print", "all"}


def _encode(text: str) -> str:
    """Decode what needs no escape in a path and escape, in upper-case hex, what does: one spelling for each octet."""
    out: list[str] = []
    position = 0
    raw = text.encode("utf-8", "surrogateescape" if _has_only_escaped_surrogates(text) else "replace")
    while position < len(raw):
        octet = raw[position]
        if octet == 0x25 and _is_hex(raw[position + 1 : position + 3]):
            value = int(raw[position + 1 : position + 3], 16)
            out.append(chr(value) if value in _UNRESERVED else f"%{value:02X}")
            position += 3
            continue
        out.append(chr(octet) if octet in _KEPT_IN_PATHS else f"%{octet:02X}")
        position += 1
    return "".join(out)


def _is_hex(pair: bytes) -> bool:
    return len(pair) == 2 and all(octet in b"0123456789abcdefABCDEF" for octet in pair)


def _has_only_escaped_surrogates(text: str) -> bool:
    return all(not 0xD800 <= ord(character) <= 0xDFFF or 0xDC80 <= ord(character) <= 0xDCFF for character in text)


def _encode_text(text: str) -> str:
    """Escape a decoded parameter name or value."""
    return quote(
        text.encode("utf-8", "surrogateescape" if _has_only_escaped_surrogates(text) else "replace"),
        safe="-._~/:@!$'()*,",
    )
