"""The load: a loopback server with many feeds of 50 KB and 30 entries, in a process of its own, that changes on request.

    with LoadServer(2000) as server:
        server.mode("changed", share=0.05)
        server.url(7)

Bodies are put together before the server says where it is, and when they change; it is a bare asyncio protocol, so that what
is measured is the client. Modes:

* ``same``: validators, and 304 to who sends them back;
* ``changed``: the same, but ``share`` of the feeds have one new entry (each call of ``mode`` one more);
* ``bare``: no validators at all, the same bodies;
* ``churn``: no validators, and each answer has another build date and comment in its head.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = 30
EPOCH = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
_WORDS = [
    "council",
    "budget",
    "schools",
    "road",
    "harbour",
    "market",
    "weather",
    "season",
    "match",
    "museum",
    "library",
    "opening",
    "report",
    "minister",
    "company",
    "quarter",
    "growth",
    "prices",
    "energy",
    "water",
    "forest",
    "river",
    "summer",
    "winter",
    "police",
    "hospital",
    "study",
    "researchers",
    "students",
    "teachers",
    "music",
    "film",
    "award",
    "public",
    "private",
    "meeting",
    "vote",
    "plan",
    "project",
    "station",
    "bridge",
    "train",
    "flight",
    "software",
    "update",
    "release",
    "camera",
    "phone",
    "network",
]
_ON_TOPIC = "The city council voted to ban facial recognition by its police department, the mayor said on Tuesday."
ON_TOPIC_EVERY = 200
"""One entry in so many speaks of facial recognition, as in the feeds of general outlets (or rarer)."""


@lru_cache(maxsize=512)
def _paragraph(seed: int) -> str:
    rng = random.Random(seed)
    sentences = [" ".join(rng.choices(_WORDS, k=rng.randrange(9, 20))).capitalize() + "." for _ in range(5)]
    return f'&lt;p&gt;{" ".join(sentences)} &lt;a href="https://example.org/{seed}"&gt;Read on&lt;/a&gt;&lt;/p&gt;'


def item(feed: int, number: int) -> str:
    """One entry of about 1.6 KB; higher numbers are newer."""
    seed = feed * 1009 + number
    rng = random.Random(seed)
    title = " ".join(rng.choices(_WORDS, k=8)).capitalize()
    text = "".join(_paragraph(rng.randrange(512)) for _ in range(3))
    if seed % ON_TOPIC_EVERY == 0:
        text = f"&lt;p&gt;{_ON_TOPIC}&lt;/p&gt;{text}"
    at = format_datetime(EPOCH + timedelta(minutes=number), usegmt=True)
    return (
        f"<item><title>{title} {number}</title><link>https://feed{feed}.example/{number}</link>"
        f'<guid isPermaLink="false">tag:feed{feed}.example,{number}</guid><pubDate>{at}</pubDate>'
        f"<category>news</category><description>{text}</description></item>\n"
    )


def body(feed: int, extra: int, churn: int = 0) -> bytes:
    """A feed whose newest ``extra`` entries have pushed out as many old ones."""
    head = f"<!-- {churn} --><lastBuildDate>{format_datetime(EPOCH + timedelta(seconds=churn), usegmt=True)}</lastBuildDate>"
    items = "".join(item(feed, number) for number in range(ENTRIES + extra - 1, extra - 1, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Feed {feed}</title><link>https://feed{feed}.example/</link><description>News of {feed}</description>"
        f"{head}\n{items}</channel></rss>"
    ).encode()


@dataclass
class _Site:
    """What the server gives."""

    feeds: int
    name: str = "same"
    extra: list[int] = field(default_factory=list)
    churned: int = 0
    requests: int = 0
    sent: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.extra = [0] * self.feeds
        self.bodies = [body(feed, 0) for feed in range(self.feeds)]

    def mode(self, name: str, share: float) -> None:
        self.name = name
        if name == "changed":
            step = max(int(1 / share), 1)
            for feed in range(0, self.feeds, step):
                self.extra[feed] += 1
                self.bodies[feed] = body(feed, self.extra[feed])

    def answer(self, feed: int, asked: bytes) -> bytes:
        self.requests += 1
        etag = f'"{feed}-{self.extra[feed]}"'
        if self.name in {"same", "changed"} and etag.encode() in asked:
            reply = f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
            self.sent += len(reply)
            return reply
        whole = self.bodies[feed]
        if self.name == "churn":
            self.churned += 1
            date = format_datetime(EPOCH + timedelta(seconds=self.churned), usegmt=True).encode()
            start, _, rest = whole.partition(b"<!-- 0 -->")
            whole = b"%s<!-- %d --><lastBuildDate>%s%s" % (start, self.churned, date, rest[rest.index(b"</last") :])
        validators = f"ETag: {etag}\r\n" if self.name in {"same", "changed"} else ""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n{validators}Content-Length: {len(whole)}\r\n\r\n"
        self.sent += len(whole) + len(head)
        return head.encode() + whole

    def control(self, path: str) -> bytes:
        _, _, name, share = path.split("/")
        if name != "counts":
            self.mode(name, float(share))
        told = json.dumps({"requests": self.requests, "bytes": self.sent}).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)


class _Protocol(asyncio.Protocol):
    def __init__(self, site: _Site) -> None:
        self._site, self._rest = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            asked, self._rest = self._rest[: end + 4], self._rest[end + 4 :]
            path = asked[4 : asked.index(b" ", 4)].decode()
            if path.startswith("/feed/"):
                self._transport.write(self._site.answer(int(path[6:]), asked))
            elif path.startswith("/control/"):
                self._transport.write(self._site.control(path))
            else:
                self._transport.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")


async def _serve(feeds: int, certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    site = _Site(feeds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Protocol(site), "127.0.0.1", 0, ssl=context, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the parent closes its end
    server.close()


class LoadServer:
    """The running server.

    Args:
        feeds: how many.
        folder: serve HTTPS, with the authority's certificate in ``folder/ca.pem``; None: plain HTTP.
    """

    def __init__(self, feeds: int, folder: Path | None = None) -> None:
        self.feeds, self._folder = feeds, folder

    def __enter__(self) -> Self:
        certificate = _certificate(self._folder) if self._folder else ""
        command = [sys.executable, "-m", "benchmarks.load", str(self.feeds), certificate]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip()
        self.base = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        self._trust = ssl.create_default_context(cafile=str(self._folder / "ca.pem")) if self._folder else None
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def url(self, feed: int) -> str:
        return f"{self.base}/feed/{feed}"

    def mode(self, name: str, share: float = 1.0) -> None:
        """Answer in another way from now on."""
        self._control(f"{name}/{share}")

    def counts(self) -> dict[str, int]:
        """Requests and bytes of answers so far."""
        return self._control("counts/0")

    def _control(self, what: str) -> dict[str, int]:
        with urllib.request.urlopen(f"{self.base}/control/{what}", context=self._trust) as answer:
            found: dict[str, int] = json.loads(answer.read())
        return found


def _certificate(folder: Path) -> str:
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(folder / "server.pem"))
    return str(folder / "server.pem")


@contextmanager
def load(feeds: int, folder: Path | None = None) -> Iterator[LoadServer]:
    """A running server."""
    with LoadServer(feeds, folder) as server:
        yield server


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2]))
