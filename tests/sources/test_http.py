"""The client against a real server on loopback."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import trustme

from bot import __version__
from bot.model import Failure, FailureKind, Fetched, Validators
from bot.sources.http import Fetcher
from tests.fakes import feed_server
from tests.fakes.feed_server import FeedServer, Page
from tests.sources.conftest import LOOPBACK, QUICK
from tests.sources.samples import NOW, item, rss

FEED = rss(item())


async def got(fetcher: Fetcher, url: str, validators: Validators = Validators()) -> Fetched:
    answer = await fetcher.fetch(url, validators, now=NOW)
    assert isinstance(answer, Fetched), answer
    return answer


async def failed(fetcher: Fetcher, url: str, validators: Validators = Validators()) -> Failure:
    answer = await fetcher.fetch(url, validators, now=NOW)
    assert isinstance(answer, Failure), answer
    assert answer.detail.endswith(".")
    return answer


class TestAnswers:
    async def test_a_first_fetch_brings_the_body_and_its_validators(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve(
            "/feed",
            Page(
                FEED,
                etag='W/"1"',
                last_modified="Thu, 11 Jun 2020 18:00:00 GMT",
                headers={"Cache-Control": "max-age=900"},
            ),
        )
        found = await got(fetcher, url)
        assert (found.url, found.status, found.body) == (url, 200, FEED)
        assert found.validators == Validators('W/"1"', "Thu, 11 Jun 2020 18:00:00 GMT", sha256(FEED).digest())
        assert found.content_type == "application/rss+xml; charset=utf-8"
        assert (found.not_modified, found.moved_to, found.max_age) == (False, None, timedelta(minutes=15))
        asked = server.requests[0].headers
        assert asked["User-Agent"] == f"Policywatch/{__version__} (+https://policywatch.example/about)"
        assert {"gzip", "br", "zstd"} <= set(asked["Accept-Encoding"].split(", "))
        assert "If-None-Match" not in asked
        assert "Cookie" not in asked

    async def test_an_unchanged_feed_costs_a_304(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/feed", Page(FEED, etag='"1"'))
        first = await got(fetcher, url)
        second = await got(fetcher, url, first.validators)
        assert (second.status, second.not_modified, second.body, second.bytes_received) == (304, True, b"", 0)
        assert second.validators == first.validators, "what a 304 does not repeat is kept"
        assert server.requests[1].headers["If-None-Match"] == '"1"'

    async def test_last_modified_alone_is_enough(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/feed", Page(FEED, last_modified="Thu, 11 Jun 2020 18:00:00 GMT"))
        first = await got(fetcher, url)
        assert (await got(fetcher, url, first.validators)).status == 304

    async def test_the_same_body_without_validators_is_seen_to_be_the_same(
        self, server: FeedServer, fetcher: Fetcher
    ) -> None:
        url = server.serve("/feed", Page(FEED))
        first = await got(fetcher, url)
        second = await got(fetcher, url, first.validators)
        assert (second.status, second.not_modified) == (200, True)
        server.serve("/feed", Page(rss(item("Other"))))
        assert not (await got(fetcher, url, first.validators)).not_modified

    async def test_a_304_nobody_asked_for_is_a_failure(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/feed", feed_server.status(304))
        assert (await failed(fetcher, url)).status == 304

    @pytest.mark.parametrize("coding", feed_server.CODINGS)
    async def test_compressed_bodies(self, server: FeedServer, fetcher: Fetcher, coding: str) -> None:
        url = server.serve("/feed", Page(FEED, coding=coding))
        found = await got(fetcher, url)
        assert found.body == FEED
        assert found.bytes_received == len(feed_server.CODINGS[coding](FEED)) or coding == "gzip"

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (204, FailureKind.HTTP), (206, FailureKind.HTTP), (400, FailureKind.HTTP), (401, FailureKind.HTTP),
            (403, FailureKind.HTTP), (404, FailureKind.HTTP), (410, FailureKind.GONE), (429, FailureKind.RATE_LIMITED),
            (500, FailureKind.HTTP), (503, FailureKind.HTTP), (599, FailureKind.HTTP),
        ],
    )  # fmt: skip
    async def test_statuses(self, server: FeedServer, fetcher: Fetcher, code: int, kind: FailureKind) -> None:
        failure = await failed(fetcher, server.serve("/feed", feed_server.status(code)))
        assert (failure.kind, failure.status, failure.retry_after) == (kind, code, None)
        assert str(code) in failure.detail

    @pytest.mark.parametrize("code", [429, 503, 403])
    @pytest.mark.parametrize("value", ["300", "Fri, 12 Jun 2020 09:05:00 GMT"])
    async def test_retry_after(self, server: FeedServer, fetcher: Fetcher, code: int, value: str) -> None:
        failure = await failed(fetcher, server.serve("/feed", feed_server.status(code, retry_after=value)))
        assert failure.retry_after == NOW + timedelta(minutes=5)
        assert failure.kind is (FailureKind.HTTP if code == 503 else FailureKind.RATE_LIMITED)


class TestRedirects:
    async def test_a_permanent_move_is_remembered(self, server: FeedServer, fetcher: Fetcher) -> None:
        server.serve("/new", Page(FEED))
        server.serve("/newer", feed_server.redirect("/new", 308))
        found = await got(fetcher, server.serve("/old", feed_server.redirect("/newer", 301)))
        assert found.url == found.moved_to == server.url("/new")

    @pytest.mark.parametrize("codes", [(302,), (303,), (307,), (301, 302), (302, 301)])
    async def test_a_move_is_permanent_only_when_every_hop_is(
        self, server: FeedServer, fetcher: Fetcher, codes: tuple[int, ...]
    ) -> None:
        server.serve(f"/{len(codes)}", Page(FEED))
        for number, code in enumerate(codes):
            server.serve(f"/{number}", feed_server.redirect(f"/{number + 1}", code))
        found = await got(fetcher, server.url("/0"))
        assert (found.url, found.moved_to) == (server.url(f"/{len(codes)}"), None)

    async def test_validators_are_asked_about_at_the_end_of_the_way(self, server: FeedServer, fetcher: Fetcher) -> None:
        server.serve("/new", Page(FEED, etag='"1"'))
        url = server.serve("/old", feed_server.redirect("/new", 301))
        first = await got(fetcher, url)
        second = await got(fetcher, url, first.validators)
        assert (second.status, second.moved_to) == (304, server.url("/new"))

    async def test_circles_and_long_ways_end(self, server: FeedServer, fetcher: Fetcher) -> None:
        server.serve("/b", feed_server.redirect("/a"))
        assert "circle" in (await failed(fetcher, server.serve("/a", feed_server.redirect("/b")))).detail
        for number in range(30):
            server.serve(f"/{number}", feed_server.redirect(f"/{number + 1}"))
        failure = await failed(fetcher, server.url("/0"))
        assert failure.kind is FailureKind.REDIRECT
        assert len([asked for asked in server.requests if asked.path[1:].isdigit()]) == QUICK.redirects + 1

    @pytest.mark.parametrize(
        "location",
        ["file:///etc/passwd", "ftp://example.org/", "javascript:alert(1)", "http://example.org:22/", "http://", "http://[::1",
         "gopher://127.0.0.1:6379/_INFO", "//user:pw@example.org/feed", "http://example.org:99999/"],
    )  # fmt: skip
    async def test_what_may_not_be_fetched_may_not_be_redirected_to(
        self, server: FeedServer, fetcher: Fetcher, location: str
    ) -> None:
        failure = await failed(fetcher, server.serve("/a", feed_server.redirect(location)))
        assert failure.kind is FailureKind.REDIRECT

    async def test_a_redirect_without_a_target(self, server: FeedServer, fetcher: Fetcher) -> None:
        assert (await failed(fetcher, server.serve("/a", feed_server.status(302)))).kind is FailureKind.REDIRECT


class TestGuard:
    async def test_loopback_is_refused_unless_opened(self, server: FeedServer) -> None:
        server.serve("/feed", Page(FEED))
        async with Fetcher("c", limits=QUICK) as closed:
            for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]"):
                failure = await failed(closed, server.url("/feed", host=host))
                assert failure.kind is FailureKind.REFUSED_ADDRESS, host
                assert "loopback" in failure.detail
            for host in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1"):  # other spellings of 127.0.0.1
                failure = await failed(closed, server.url("/feed", host=host))
                assert failure.kind in {FailureKind.REFUSED_ADDRESS, FailureKind.BAD_URL}, host
        assert server.requests == []

    async def test_every_hop_is_checked(self, server: FeedServer) -> None:
        """The first hop may be reached, the second may not."""
        async with (
            FeedServer(host="127.0.0.2") as inner,
            Fetcher("c", allow_networks=["127.0.0.1/32"], limits=QUICK) as fetcher,
        ):
            inner.serve("/secret", Page(FEED))
            for target in (
                inner.url("/secret"),
                "http://169.254.169.254/latest/meta-data/",
                "http://[::ffff:10.0.0.1]/",
            ):
                failure = await failed(fetcher, server.serve("/a", feed_server.redirect(target)))
                assert failure.kind is FailureKind.REFUSED_ADDRESS
            assert inner.requests == []

    async def test_a_name_that_resolves_to_a_private_address_is_refused(self) -> None:
        async with Fetcher("c", limits=QUICK, look_up=lambda _: ["10.0.0.7", "192.168.0.1"]) as fetcher:
            failure = await failed(fetcher, "http://public.example/feed")
        assert failure.kind is FailureKind.REFUSED_ADDRESS
        assert "public.example" in failure.detail

    @pytest.mark.parametrize(
        "url",
        ["file:///etc/passwd", "ftp://x.example/", "x.example/feed", "", "http://", "http://x.example:25/", "http://x.example:6379/",
         "http://x.example:99999/", "http://[::1", "http://x.example/a b", "http://x.example/\n", "https://" + "a" * 5000, "http://\x00/"],
    )  # fmt: skip
    async def test_addresses_that_are_not_fetched(self, fetcher: Fetcher, url: str) -> None:
        assert (await failed(fetcher, url)).kind is FailureKind.BAD_URL


class TestLimits:
    async def test_headers_that_never_come(self, server: FeedServer) -> None:
        url = server.serve("/feed", feed_server.hanging())
        async with Fetcher("c", allow_networks=LOOPBACK, limits=replace(QUICK, read=0.1)) as fetcher:
            assert (await failed(fetcher, url)).kind is FailureKind.TIMEOUT

    async def test_a_body_that_stops(self, server: FeedServer) -> None:
        url = server.serve("/feed", feed_server.hanging(FEED[:100]))
        async with Fetcher("c", allow_networks=LOOPBACK, limits=replace(QUICK, read=0.1)) as fetcher:
            assert (await failed(fetcher, url)).kind is FailureKind.TIMEOUT

    async def test_a_body_that_drips_runs_into_the_total_time(self, server: FeedServer) -> None:
        url = server.serve("/feed", feed_server.dripping())
        async with Fetcher("c", allow_networks=LOOPBACK, limits=replace(QUICK, total=0.2)) as fetcher:
            failure = await failed(fetcher, url)
        assert (failure.kind, failure.detail) == (
            FailureKind.TIMEOUT,
            "127.0.0.1 did not finish its answer within 0.2 s.",
        )

    async def test_an_endless_body(self, server: FeedServer, fetcher: Fetcher) -> None:
        failure = await failed(fetcher, server.serve("/feed", feed_server.endless()))
        assert failure.kind is FailureKind.TOO_LARGE

    @pytest.mark.parametrize("coding", ["gzip", "br", "zstd", "deflate"])
    async def test_bombs(self, server: FeedServer, fetcher: Fetcher, coding: str) -> None:
        failure = await failed(fetcher, server.serve("/feed", feed_server.bomb(coding, 8 * 1024 * 1024)))
        assert (failure.kind, failure.detail) == (
            FailureKind.TOO_LARGE,
            "The answer of 127.0.0.1 is larger than 1024 KB.",
        )

    async def test_a_promised_size_is_believed_at_once(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/feed", feed_server.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"))
        assert (await failed(fetcher, url)).kind is FailureKind.TOO_LARGE

    async def test_a_smaller_limit_for_one_fetch(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/robots.txt", Page(b"x" * 2000))
        answer = await fetcher.fetch(url, now=NOW, body_limit=1000)
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.TOO_LARGE

    async def test_monstrous_headers(self, server: FeedServer, fetcher: Fetcher) -> None:
        long = server.serve("/long", feed_server.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"))
        many = server.serve("/many", feed_server.raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n"))
        assert (await failed(fetcher, long)).kind in {FailureKind.TOO_LARGE, FailureKind.HTTP}
        assert (await failed(fetcher, many)).kind in {FailureKind.TOO_LARGE, FailureKind.HTTP}

    async def test_broken_http(self, server: FeedServer, fetcher: Fetcher) -> None:
        for number, data in enumerate((b"this is not http\r\n\r\n", b"HTTP/1.1 banana\r\n\r\n", b"")):
            failure = await failed(fetcher, server.serve(f"/{number}", feed_server.raw(data)))
            assert failure.kind in {FailureKind.HTTP, FailureKind.CONNECT}

    async def test_a_body_that_breaks_off_is_not_taken_for_the_whole(
        self, server: FeedServer, fetcher: Fetcher
    ) -> None:
        url = server.serve("/feed", feed_server.broken_off(FEED, len(FEED) + 100))
        assert (await failed(fetcher, url)).kind is FailureKind.CONNECT

    async def test_an_encoding_that_is_a_lie(self, server: FeedServer, fetcher: Fetcher) -> None:
        url = server.serve("/feed", Page(FEED, headers={"Content-Encoding": "br"}))
        assert (await failed(fetcher, url)).kind is FailureKind.ENCODING

    async def test_nobody_listens(self, server: FeedServer, fetcher: Fetcher) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            assert (await failed(fetcher, f"http://127.0.0.1:{port}/")).kind is FailureKind.CONNECT

    async def test_a_name_that_does_not_exist(self, fetcher: Fetcher) -> None:
        assert (await failed(fetcher, "http://nothing.invalid/")).kind is FailureKind.DNS

    async def test_requests_to_one_host_are_bounded(self, server: FeedServer) -> None:
        for number in range(12):
            server.serve(f"/{number}", feed_server.in_turn(Page(FEED)))
        async with Fetcher("c", allow_networks=LOOPBACK, limits=replace(QUICK, per_host=3)) as fetcher:
            await asyncio.gather(*(got(fetcher, server.url(f"/{number}")) for number in range(12)))
        assert server.busiest <= 3


class TestSecrets:
    async def test_credentials_go_to_their_host_and_nowhere_else(
        self, server: FeedServer, fetcher: Fetcher, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        async with FeedServer(host="127.0.0.3") as other:
            other.serve("/feed", Page(FEED))
            server.serve("/same", feed_server.redirect("/feed", 301))
            server.serve("/other", feed_server.redirect(other.url("/feed"), 301))
            server.serve("/feed", Page(FEED))
            secret = f"http://reader:hunter2@127.0.0.1:{server.port}"
            same, moved = await got(fetcher, f"{secret}/same"), await got(fetcher, f"{secret}/other")
            assert (same.url, same.moved_to) == (server.url("/feed"), None)
            assert moved.url == other.url("/feed")
            assert all("Authorization" in asked.headers for asked in server.requests)
            assert "Authorization" not in other.requests[0].headers
            failure = await failed(fetcher, f"{secret}/missing?token=hunter2")
        assert "hunter2" not in f"{same} {moved} {failure} {caplog.text}"


class TestTls:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def authorities(self, authority: trustme.CA, tmp_path: Path) -> str:
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        return str(tmp_path / "ca.pem")

    @pytest.fixture
    async def secure(self, authority: trustme.CA) -> AsyncIterator[FeedServer]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        async with FeedServer(ssl_context=context) as running:
            running.serve("/feed", Page(FEED, etag='"1"'))
            yield running

    async def test_a_trusted_certificate(self, secure: FeedServer, authorities: str) -> None:
        async with Fetcher("c", allow_networks=LOOPBACK, limits=QUICK, authorities=authorities) as fetcher:
            first = await got(fetcher, secure.url("/feed"))
            assert (await got(fetcher, secure.url("/feed"), first.validators)).status == 304

    async def test_an_untrusted_certificate(self, secure: FeedServer, fetcher: Fetcher) -> None:
        failure = await failed(fetcher, secure.url("/feed"))
        assert failure.kind is FailureKind.TLS

    async def test_a_certificate_for_another_name(self, secure: FeedServer, authorities: str) -> None:
        async with Fetcher("c", allow_networks=LOOPBACK, limits=QUICK, authorities=authorities) as fetcher:
            failure = await failed(fetcher, secure.url("/feed", host="localhost"))
        assert failure.kind is FailureKind.TLS
        assert "certificate" in failure.detail

    async def test_a_step_down_to_plain_http_is_followed_but_not_remembered(
        self, secure: FeedServer, server: FeedServer, authorities: str
    ) -> None:
        server.serve("/feed", Page(FEED))
        secure.serve("/old", feed_server.redirect(server.url("/feed"), 301))
        async with Fetcher("c", allow_networks=LOOPBACK, limits=QUICK, authorities=authorities) as fetcher:
            found = await got(fetcher, secure.url("/old"))
        assert (found.url, found.moved_to) == (server.url("/feed"), None)


async def test_environment_proxies_are_not_used(
    server: FeedServer, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert (await got(fetcher, server.serve("/feed", Page(FEED)))).status == 200


async def test_cookies_are_not_kept(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.serve("/feed", Page(FEED, headers={"Set-Cookie": "id=1; Path=/"}))
    await got(fetcher, url)
    await got(fetcher, url)
    assert "Cookie" not in server.requests[1].headers
