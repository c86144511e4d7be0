"""Everything a hostile or broken server is known to try, in one table, over real HTTP, through the real client and reader.

Whatever it is, the poll ends in time, with a value of the expected kind, having reached no address that was not opened and
having stored nothing that cannot be shown. ``World.secret`` stands for a service inside our network: it must never be asked.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest

from bot.model import Failure, FailureKind, Reading
from bot.sources import read
from bot.sources.entries import MAX_ENTRIES
from bot.sources.http import Fetcher
from bot.sources.text import MAX_TEXT, MAX_TITLE
from tests.fakes import feed_server
from tests.fakes.feed_server import Answer, FeedServer, Page
from tests.sources.conftest import QUICK
from tests.sources.samples import NOW, item, rss, source, state

LIMITS = replace(QUICK, total=1.0, connect=0.5, read=0.3, body=1024 * 1024)
FEED = rss(item("Fine", guid="1"))
NAMES: dict[str, tuple[str, ...]] = {
    "loopback.example": ("127.0.0.2",), "private-a.example": ("10.1.2.3",), "private-b.example": ("172.16.9.9",),
    "private-c.example": ("192.168.0.10",), "several.example": ("10.0.0.1", "192.168.1.1", "fd00::1"), "cgnat.example": ("100.64.0.1",),
    "metadata.example": ("169.254.169.254",), "azure.example": ("168.63.129.16",), "nowhere.example": ("0.0.0.0",), "multicast.example": ("224.0.0.251",),
    "reserved.example": ("240.0.0.1",), "broadcast.example": ("255.255.255.255",), "benchmark.example": ("198.18.0.1",),
    "documentation.example": ("203.0.113.7",), "mapped.example": ("::ffff:127.0.0.2",), "mapped-private.example": ("::ffff:10.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:2",), "nat64-local.example": ("64:ff9b:1::7f00:2",), "sixtofour.example": ("2002:7f00:2::1",),
    "teredo.example": ("2001::7f00:2",), "compatible.example": ("::127.0.0.2",), "isatap.example": ("2606:4700::5efe:7f00:2",),
    "v6-loopback.example": ("::1",), "v6-unspecified.example": ("::",), "v6-local.example": ("fe80::1",), "v6-private.example": ("fd12::1",),
    "v6-multicast.example": ("ff02::1",),
}  # fmt: skip


class Names:
    """Public names with the addresses above; ``rebind.example`` is ours the first time and the secret's afterwards."""

    def __init__(self) -> None:
        self.rebound = 0

    def __call__(self, host: str) -> tuple[str, ...]:
        found = NAMES.get(host)
        if host == "rebind.example":
            self.rebound += 1
            found = ("127.0.0.1",) if self.rebound == 1 else ("127.0.0.2",)
        if found is None:
            raise OSError(socket.EAI_NONAME, "unknown")
        return found


@dataclass
class World:
    server: FeedServer
    secret: FeedServer
    fetcher: Fetcher


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with (
        FeedServer() as server,
        FeedServer(host="127.0.0.2") as secret,
        Fetcher("c", allow_networks=["127.0.0.1/32"], limits=LIMITS, look_up=Names()) as fetcher,
    ):
        secret.serve("/", Page(rss(item("Secret", guid="s"))))
        yield World(server, secret, fetcher)


Arrange = Callable[[World], str]


def at(address: str) -> Arrange:
    """The configured address itself; ``{port}`` is the secret's."""
    return lambda world: address.replace("{port}", str(world.secret.port))


def via(location: str) -> Arrange:
    """A redirect to it."""
    return lambda world: world.server.serve(
        "/a", feed_server.redirect(location.replace("{port}", str(world.secret.port)))
    )


def answering(answer: Answer | Page | bytes) -> Arrange:
    return lambda world: world.server.serve("/a", answer)


def rebinding(world: World) -> str:
    url = f"http://rebind.example:{world.server.port}/a"
    world.server.serve("/a", feed_server.redirect(f"http://rebind.example:{world.secret.port}/"))
    return url


def chain(world: World) -> str:
    for number in range(40):
        world.server.serve(f"/{number}", feed_server.redirect(f"/{number + 1}"))
    return world.server.url("/0")


def circle(world: World) -> str:
    world.server.serve("/b", feed_server.redirect("/a"))
    return world.server.serve("/a", feed_server.redirect("/b"))


def entities(subset: str, use: str = "&x;") -> bytes:
    return FEED.replace(b"<rss", f"<!DOCTYPE rss [{subset}]><rss".encode(), 1).replace(
        b"<title>Fine", f"<title>{use}".encode()
    )


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
REFUSED, REDIRECT, BAD_URL = {FailureKind.REFUSED_ADDRESS}, {FailureKind.REDIRECT}, {FailureKind.BAD_URL}
SPELLED = REFUSED | BAD_URL | {FailureKind.DNS}
TIMEOUT, LARGE, ENCODING = {FailureKind.TIMEOUT}, {FailureKind.TOO_LARGE}, {FailureKind.ENCODING}
HTTP = {FailureKind.HTTP, FailureKind.CONNECT, FailureKind.TOO_LARGE}
MALFORMED, NOT_A_FEED = {FailureKind.MALFORMED}, {FailureKind.NOT_A_FEED, FailureKind.MALFORMED}
READ: set[FailureKind] = set()

CASES: dict[str, tuple[Arrange, set[FailureKind]]] = {
    # addresses: by name, at once and by redirect
    **{f"name {name}": (at(f"http://{name}:{{port}}/"), REFUSED) for name in NAMES},
    **{f"redirect to {name}": (via(f"http://{name}:{{port}}/"), REFUSED) for name in list(NAMES)[::3]},
    "a name that changes its address between two hops": (rebinding, REFUSED),
    # addresses: literal, in every spelling
    **{
        f"literal {host}": (at(f"http://{host}:{{port}}/"), SPELLED)
        for host in ("127.0.0.2", "[::1]", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]", "2130706434", "0x7f000002", "0177.0.0.2", "127.2", "127.0.0.2.",
                     "[64:ff9b::7f00:2]", "[fe80::1%25lo]", "①②⑦.⓪.⓪.②")
    },
    "redirect to a literal": (via("http://127.0.0.2:{port}/"), REFUSED),
    "redirect to cloud metadata": (via("http://169.254.169.254/latest/meta-data/"), REFUSED),
    # schemes, ports, forms
    **{f"scheme {url}": (at(url), BAD_URL) for url in ("file:///etc/passwd", "ftp://x.example/", "gopher://x.example:6379/_INFO", "data:text/xml,x", "javascript:1")},
    **{f"redirect to {url}": (via(url), REDIRECT) for url in ("file:///etc/passwd", "ftp://x.example/", "data:text/xml,x", "http://u:p@x.example/", "http://")},
    **{f"port {port}": (at(f"http://loopback.example:{port}/"), BAD_URL) for port in (22, 25, 6379, 70_000)},
    "an address with a line break": (at("http://x.example/\r\nX: y"), BAD_URL),
    "an address of 10,000 characters": (at("http://x.example/" + "a" * 10_000), BAD_URL),
    "a redirect without end": (chain, REDIRECT),
    "a circle": (circle, REDIRECT),
    # time and size
    "headers that never come": (answering(feed_server.hanging()), TIMEOUT),
    "a body that stops": (answering(feed_server.hanging(FEED[:50])), TIMEOUT),
    "a body that drips": (answering(feed_server.dripping()), TIMEOUT),
    "an endless body": (answering(feed_server.endless()), LARGE),
    "a large body": (answering(Page(b" " * (1024 * 1024 + 1))), LARGE),
    "a promised size": (answering(feed_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")), LARGE),
    **{f"a bomb of {coding}": (answering(feed_server.bomb(coding, 8 * 1024 * 1024)), LARGE) for coding in ("gzip", "deflate", "br", "zstd")},
    "a bomb in a bomb": (answering(Page(gzip.compress(gzip.compress(b" " * 8 * 1024 * 1024)), headers={"Content-Encoding": "gzip, gzip"})), LARGE),
    "three encodings": (answering(Page(FEED, headers={"Content-Encoding": "gzip, gzip, gzip"})), ENCODING),
    "an unknown encoding": (answering(Page(FEED, headers={"Content-Encoding": "compress"})), ENCODING),
    "an encoding that is a lie": (answering(Page(FEED, headers={"Content-Encoding": "zstd"})), ENCODING),
    "a truncated gzip": (answering(Page(gzip.compress(FEED)[:-20], headers={"Content-Encoding": "gzip"})), ENCODING),
    "a body shorter than promised": (answering(feed_server.broken_off(FEED, len(FEED) + 9)), {FailureKind.CONNECT}),
    # HTTP
    "a header of 200 KB": (answering(feed_server.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n")), HTTP),
    "10,000 headers": (answering(feed_server.raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")), HTTP),
    "no HTTP": (answering(feed_server.raw(b"SSH-2.0-OpenSSH_9.6\r\n")), HTTP),
    "no answer": (answering(feed_server.raw(b"")), HTTP),
    "a bad chunk": (answering(feed_server.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")), HTTP),
    "two lengths": (answering(feed_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello")), HTTP),
    "only interim answers": (answering(feed_server.raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000)), HTTP | TIMEOUT),
    # documents
    "a billion laughs": (answering(Page(entities(LAUGHS, "&j;"))), MALFORMED),
    "a long entity many times": (answering(Page(entities(f'<!ENTITY x "{"y" * 50_000}">', "&x;" * 2_000))), MALFORMED),
    "a parameter entity": (answering(Page(entities('<!ENTITY % p "<!ENTITY x &#39;y&#39;>"> %p; <!ENTITY z "&x;&x;">'))), MALFORMED),
    "an external entity": (answering(Page(entities('<!ENTITY x SYSTEM "file:///etc/passwd">', "T &x;"))), READ),
    "an external DTD": (lambda world: world.server.serve("/a", Page(FEED.replace(b"<rss", f'<!DOCTYPE rss SYSTEM "{world.secret.url("/")}"><rss'.encode(), 1))), READ),
    "30,000 elements deep": (answering(Page(b"<rss><channel><item><title>" + b"<b>" * 30_000)), MALFORMED | {FailureKind.EMPTY}),
    "300,000 tags": (answering(Page(b"<rss><channel><item><title>" + b"<b>" * 300_000)), LARGE),
    "JSON 100,000 deep": (answering(Page(b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 100_000, "application/json")), MALFORMED),
    "a number of 100,000 digits": (answering(Page(b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 100_000 + b"}]}")), MALFORMED),
    "lone surrogates and NULs in JSON": (answering(Page(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"id": "\ud800\x00", "title": "T\udfff\x00"}]}), "application/json")), READ),
    "5,000 items": (answering(Page(rss(*(item(f"T{n}", guid=str(n)) for n in range(5_000))))), READ),
    "a title of 500 KB": (answering(Page(rss(item("x " * 250_000, guid="1")))), READ),
    "a text of 700 KB": (answering(Page(rss(item(guid="1", text="<p>word " * 60_000)))), READ),
    "script, markup and control characters in a title": (answering(Page(rss(item("<script>alert(1)</script><img src=x onerror=alert(1)>\u202eT\u0007", guid="1")))), READ | MALFORMED),
    "links that are scripts": (answering(Page(rss(item(guid="1", link="javascript:alert(1)"), item(guid="2", link="data:text/html,x")))), READ),
    "dates of 1970 and 2999": (answering(Page(rss(item(guid="1", date="Thu, 01 Jan 1970 00:00:00 GMT"), item(guid="2", date="Tue, 01 Jan 2999 00:00:00 GMT")))), READ),
    "a path in place of a feed": (answering(Page(b"/etc/passwd", "text/plain")), NOT_A_FEED),
    "an address in place of a feed": (lambda world: world.server.serve("/a", Page(world.secret.url("/"), "text/plain")), NOT_A_FEED),
    "a web page": (answering(Page(b"<!DOCTYPE html><html><body>Buy</body></html>", "text/html")), NOT_A_FEED),
    "nothing": (answering(Page(b"")), {FailureKind.EMPTY}),
    "noise": (answering(Page(bytes(range(256)) * 100)), NOT_A_FEED),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
async def test_hostile(name: str, world: World) -> None:
    arrange, expected = CASES[name]
    url = arrange(world)
    began, cpu = time.monotonic(), time.process_time()
    answer = await asyncio.wait_for(world.fetcher.fetch(url, now=NOW), 5)
    found = answer if isinstance(answer, Failure) else read(source(), state(), answer, NOW)
    assert time.monotonic() - began < 5
    assert time.process_time() - cpu < 4
    assert world.secret.requests == []
    if isinstance(found, Failure):
        assert found.kind in expected, found
        assert len(found.detail) < 400
        assert "\n" not in found.detail
        return
    assert isinstance(found, Reading)
    assert not expected or expected == READ | MALFORMED, found
    assert len(found.entries) <= MAX_ENTRIES
    for entry in found.entries:
        assert len(entry.title) <= MAX_TITLE
        assert len(entry.text) <= MAX_TEXT
        whole = f"{entry.title}{entry.text}{entry.key}{entry.url}"
        whole.encode()
        assert not any(bad in whole for bad in ("\x00", "\x07", "\u202e", "<script", "javascript:", "root:", "Secret"))
        assert entry.published is None or 1990 <= entry.published.year <= 2020


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 100
