"""What libcurl does for us, and what it must not do: on bare sockets, byte by byte."""

from __future__ import annotations

import asyncio
import gc
import select
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self

import pycurl
import pytest
from yarl import URL

from bot.model import Failure, FailureKind, Fetched, Validators
from bot.sources import guard, transfer
from bot.sources.http import Fetcher
from bot.sources.multi import EpollMulti
from tests.sources.conftest import LOOPBACK, QUICK
from tests.sources.samples import NOW, item, rss

FEED = rss(item())
DESCRIPTORS = Path("/proc/self/fd")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(FEED), FEED)


class Bare:
    """Answers the nth request on any connection with the nth of ``answers`` (the last for good).

    An answer is sent piece by piece; ``None`` hangs, ``...`` closes the connection.
    """

    def __init__(self, *answers: list[bytes | type(...) | None]) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.connections = 0
        self.open = 0
        self._all: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        self._server.close()
        for each in self._all:
            each.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        self._all.add(writer)
        try:
            while True:
                self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                for piece in self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]:
                    if piece is ...:
                        return
                    if piece is None:
                        await reader.read()
                        return
                    writer.write(piece)
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()


@pytest.fixture(params=[EpollMulti, pycurl.AsyncCurlMulti], ids=["epoll", "pycurl"])
def driven_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is promised holds with either: the one of Linux and that of everywhere else."""
    monkeypatch.setattr(transfer, "new_multi", request.param)


@asynccontextmanager
async def fetching(**more: object) -> AsyncIterator[Fetcher]:
    async with Fetcher(
        "c", allow_networks=LOOPBACK, limits=replace(QUICK, **more.pop("limits", {})), **more
    ) as fetcher:
        yield fetcher


async def fetch(url: str, validators: Validators = Validators(), **more: object) -> Fetched | Failure:
    async with fetching(**more) as fetcher:
        return await fetcher.fetch(url, validators, now=NOW)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


class TestRequest:
    @pytest.mark.parametrize(
        "path",
        ["", "/a b", "/a%20b?q=a+b&c=d%26e", "/ä/ö?ü=ß", "/a/../b/./c", "/a%2Fb%2fc", "/{x}|y^z`?a=[1]&b={2}|3", "/~u/a;p=1,2!$'()*", "//double//", "/%E4?%E4",
         "/x?", "/x?a=b#frag", "/100%", "/:@", "/a\\b", "/x?url=http://y.example/z?a=b"],
    )  # fmt: skip
    async def test_odd_paths_arrive_as_they_are_spelled(self, path: str) -> None:
        async with Bare([OK]) as server:
            url = server.url(path) if " " not in path else server.url(path.replace(" ", "%20"))
            await fetch(url)
            asked = URL(url).raw_path_qs
            assert server.asked[0].split(b"\r\n")[0].decode() == f"GET {asked} HTTP/1.1"

    async def test_all_that_is_asked_for(self) -> None:
        async with Bare([OK]) as server:
            await fetch(server.url("/x"), Validators('"é"', "Thu, 11 Jun 2020 18:00:00 GMT"))
            lines = server.asked[0].decode().split("\r\n")
            names = [line.partition(":")[0] for line in lines[1:] if line]
            assert names == ["Host", "User-Agent", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since"]
            assert f"Host: 127.0.0.1:{server.port}" in lines
            assert 'If-None-Match: "é"' in lines

    async def test_nothing_of_a_request_is_left_for_the_next(self) -> None:
        """The handle is used again; what stood in it is not."""
        async with Bare([OK]) as server, fetching() as fetcher:
            secret = f"http://joe:hunter2@127.0.0.1:{server.port}/1"
            await fetcher.fetch(secret, Validators('"1"', "then"), now=NOW, accept="text/secret")
            await fetcher.fetch(server.url("/2"), now=NOW)
            first, second = (asked.decode() for asked in server.asked)
            assert "Authorization: Basic am9lOmh1bnRlcjI=" in first
            assert "Authorization" not in second
            assert "If-" not in second
            assert "secret" not in second
            assert server.connections == 1

    @pytest.mark.parametrize(
        ("user", "sent"),
        [("joe@", "am9lOg=="), (":hush@", "Omh1c2g="), ("j%C3%B6e:p%3Aw@", "asO2ZTpwOnc="), ("joe:a%40b@", "am9lOmFAYg==")],
    )  # fmt: skip
    async def test_credentials_of_every_form_are_sent_and_not_shown(self, user: str, sent: str) -> None:
        async with Bare([OK]) as server:
            found = await fetch(f"http://{user}127.0.0.1:{server.port}/1")
            assert isinstance(found, Fetched)
            assert found.url == server.url("/1")
            assert f"Authorization: Basic {sent}\r\n".encode() in server.asked[0]

    @pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
    async def test_environment_proxies_are_not_used(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        async with Bare([OK]) as server:
            assert isinstance(await fetch(server.url()), Fetched)

    async def test_no_netrc_is_read(self, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login joe password hunter2\n")
        monkeypatch.setenv("HOME", str(tmp_path))
        async with Bare([OK]) as server:
            await fetch(server.url())
            assert b"Authorization" not in server.asked[0]

    async def test_an_address_of_ipv6(self) -> None:
        server = await asyncio.start_server(lambda _, writer: (writer.write(OK), writer.close()), "::1", 0)
        async with server:
            found = await fetch(f"http://[::1]:{server.sockets[0].getsockname()[1]}/")
        assert isinstance(found, Fetched), found


class TestNames:
    async def test_addresses_are_tried_in_turn(self) -> None:
        """Nobody listens at the first."""
        async with Bare([OK]) as server:
            found = await fetch(server.url(host="feed.example"), look_up=lambda _: ["127.0.0.9", "127.0.0.1"])
            assert isinstance(found, Fetched), found
            assert f"Host: feed.example:{server.port}\r\n".encode() in server.asked[0]

    async def test_only_those_that_may_be_reached(self, monkeypatch: pytest.MonkeyPatch) -> None:
        dialled: list[str] = []
        made = guard.refused
        monkeypatch.setattr(
            guard, "refused", lambda address, allowed: dialled.append(address) or made(address, allowed)
        )
        async with Bare([OK]) as server:
            found = await fetch(server.url(host="feed.example"), look_up=lambda _: ["10.0.0.1", "fd00::1", "127.0.0.1"])
            assert isinstance(found, Fetched), found
            assert "10.0.0.1" in dialled

    async def test_hosts_of_other_scripts(self) -> None:
        async with Bare([OK]) as server:
            found = await fetch(
                server.url(host="müller.example"),
                look_up=lambda host: ["127.0.0.1"] if host == "xn--mller-kva.example" else [],
            )
            assert isinstance(found, Fetched), found
            assert f"Host: xn--mller-kva.example:{server.port}\r\n".encode() in server.asked[0]

    async def test_a_name_with_a_dot_at_its_end(self) -> None:
        async with Bare([OK]) as server:
            found = await fetch(server.url(host="feed.example."), look_up=lambda _: ["127.0.0.1"])
            assert isinstance(found, Fetched), found

    async def test_a_look_up_that_takes_too_long(self) -> None:
        found = await fetch(
            "http://slow.example/", look_up=lambda _: __import__("time").sleep(0.5) or [], limits={"total": 0.1}
        )
        assert isinstance(found, Failure)
        assert (found.kind, found.detail) == (
            FailureKind.TIMEOUT,
            "slow.example did not finish its answer within 0.1 s.",
        )


class TestAnswer:
    async def test_interim_answers_and_trailers_are_neither_status_nor_headers(self) -> None:
        early = b'HTTP/1.1 103 Early Hints\r\nETag: "early"\r\n\r\n' * 3
        head = (
            b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: ETag\r\nETag: "real"\r\netag: "second"\r\n\r\n'
        )
        body = b'%x\r\n%s\r\n0\r\nETag: "late"\r\nHTTP/1.1: x\r\n\r\n' % (len(FEED), FEED)
        async with Bare([early, head, body]) as server:
            found = await fetch(server.url())
        assert isinstance(found, Fetched), found
        assert (found.status, found.body, found.validators.etag) == (200, FEED, '"real"')

    async def test_a_header_that_looks_like_a_status_line(self) -> None:
        async with Bare([b"HTTP/1.1 404 No\r\nHTTP/1.1 200: OK\r\nContent-Length: 0\r\n\r\n"]) as server:
            found = await fetch(server.url())
        assert isinstance(found, Failure)
        assert found.status == 404

    async def test_validators_come_back_as_they_came(self) -> None:
        async with Bare([OK.replace(b"OK\r\n", b'OK\r\nETag: W/"\xc3\xa9"\r\n')]) as server, fetching() as fetcher:
            first = await fetcher.fetch(server.url(), now=NOW)
            assert isinstance(first, Fetched)
            await fetcher.fetch(server.url(), first.validators, now=NOW)
            assert b'If-None-Match: W/"\xc3\xa9"\r\n' in server.asked[1]

    @pytest.mark.parametrize("head", ["404 Not Found", "429 Slow", "503 Busy", "301 Moved\r\nLocation: /"])
    @pytest.mark.parametrize("body", ["endless", "hanging", "promised", "broken off", "short"])
    async def test_an_answer_that_is_no_200_says_all_with_its_head(self, head: str, body: str) -> None:
        pieces = {
            "endless": [b"\r\n", *[b" " * 65536] * 64, None], "hanging": [b"Content-Length: 9\r\n\r\n", None], "promised": [b"Content-Length: 99999999999\r\n\r\n", None],
            "broken off": [b"Content-Length: 9\r\n\r\nx", ...], "short": [b"Content-Length: 1\r\n\r\nx"],
        }[body]  # fmt: skip
        async with Bare([f"HTTP/1.1 {head}\r\n".encode(), *pieces]) as server:
            found = await fetch(server.url("/x"), limits={"total": 0.5, "read": 0.2, "redirects": 0})
        assert isinstance(found, Failure)
        assert found.kind is FailureKind.REDIRECT or found.status == int(head[:3])

    async def test_bodies_without_a_length_end_with_the_connection(self) -> None:
        async with Bare([b"HTTP/1.0 200 OK\r\n\r\n", FEED, ...]) as server:
            found = await fetch(server.url())
        assert isinstance(found, Fetched), found
        assert found.body == FEED

    async def test_codings_of_the_transfer_are_undone_and_those_of_the_content_are_ours(self) -> None:
        import gzip

        packed = gzip.compress(FEED)
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
        async with Bare(
            [head, b"5\r\n" + packed[:5] + b"\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed) - 5, packed[5:])]
        ) as server:
            found = await fetch(server.url())
        assert isinstance(found, Fetched), found
        assert (found.body, found.bytes_received) == (FEED, len(packed))


class TestTexts:
    """What operators read."""

    @pytest.mark.parametrize(
        ("answer", "kind", "text"),
        [
            ([None], FailureKind.TIMEOUT, "127.0.0.1 sent nothing for 0.2 s."),
            ([b"HTTP/1.1 200 OK\r\nX: y\r\n", None], FailureKind.TIMEOUT, "127.0.0.1 sent nothing for 0.2 s."),
            ([OK[:-9], None], FailureKind.TIMEOUT, "127.0.0.1 sent nothing for 0.2 s."),
            ([...], FailureKind.CONNECT, "127.0.0.1 closed the connection without an answer."),
            ([b"HTTP/1.1 200 OK\r\nX: y\r\n", ...], FailureKind.CONNECT, "127.0.0.1 broke off in the middle of its answer."),
            ([OK[:-9], ...], FailureKind.CONNECT, "127.0.0.1 broke off in the middle of its answer."),
            ([b"SSH-2.0-OpenSSH_9.6\r\n", ...], FailureKind.HTTP, "The answer of 127.0.0.1 is not valid HTTP."),
            ([b"HTTP/1.1 banana\r\n\r\n", ...], FailureKind.HTTP, "The answer of 127.0.0.1 is not valid HTTP."),
            ([b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", ...], FailureKind.HTTP, "The answer of 127.0.0.1 is not valid HTTP."),
            ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello", ...], FailureKind.HTTP, "The answer of 127.0.0.1 is not valid HTTP."),
            ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", ...], FailureKind.TOO_LARGE, "The headers of 127.0.0.1 are longer than 32 KB or more than 256."),
            ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 400_000 + b"\r\n\r\n", ...], FailureKind.TOO_LARGE, "The headers of 127.0.0.1 are longer than 32 KB or more than 256."),
            ([b"HTTP/1.1 301 Moved\r\n" + b"X: y\r\n" * 300 + b"\r\n", ...], FailureKind.TOO_LARGE, "The headers of 127.0.0.1 are longer than 32 KB or more than 256."),
            ([b"HTTP/1.1 100 Continue\r\n\r\n" * 300, None], FailureKind.TOO_LARGE, "The headers of 127.0.0.1 are longer than 32 KB or more than 256."),
            ([b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", None], FailureKind.TOO_LARGE, "The answer of 127.0.0.1 is larger than 1024 KB."),
            ([b"HTTP/1.1 200 OK\r\n\r\n", *[b" " * 65536] * 32, None], FailureKind.TOO_LARGE, "The answer of 127.0.0.1 is larger than 1024 KB."),
            ([b"HTTP/1.1 200 OK\r\nContent-Encoding: x\r\n\r\n!", ...], FailureKind.ENCODING, "127.0.0.1 sent a body that cannot be read: unknown content encoding 'x'."),
            ([b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"], FailureKind.ENCODING, "127.0.0.1 sent a body that cannot be read: the gzip body cannot be decompressed."),
        ],
    )  # fmt: skip
    async def test_of_answers(self, answer: list[bytes], kind: FailureKind, text: str) -> None:
        async with Bare(answer) as server:
            found = await fetch(server.url("/?token=hunter2"), limits={"read": 0.2})
        assert isinstance(found, Failure)
        assert (found.kind, found.detail) == (kind, text)

    async def test_of_connections(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            found = await fetch(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        assert isinstance(found, Failure)
        assert (found.kind, found.detail) == (FailureKind.CONNECT, "No connection to 127.0.0.1: Connection refused.")

    async def test_of_connections_that_are_never_taken(self) -> None:
        """A TLS server that says nothing: no connection stands until both have agreed."""
        async with Bare([None]) as server:
            found = await fetch(server.url().replace("http:", "https:"), limits={"connect": 0.2})
        assert isinstance(found, Failure)
        assert (found.kind, found.detail) == (FailureKind.TIMEOUT, "127.0.0.1 did not accept a connection in 0.2 s.")

    async def test_of_tls(self) -> None:
        server = await asyncio.start_server(lambda _, writer: writer.write(b"HTTP/1.1 400 Bad\r\n\r\n"), "127.0.0.1", 0)
        async with server:
            found = await fetch(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        assert isinstance(found, Failure)
        assert found.kind is FailureKind.TLS
        assert found.detail == "No secure connection to 127.0.0.1 could be made (wrong version number)."

    async def test_of_no_file_descriptors(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with Bare([OK]) as server, fetching() as fetcher:

            def none(*_: object) -> socket.socket:
                raise OSError(24, "Too many open files")

            with monkeypatch.context() as patch:
                patch.setattr(transfer.socket, "socket", none)
                found = await fetcher.fetch(server.url(), now=NOW)
        assert isinstance(found, Failure)
        assert found.detail == "No connection to 127.0.0.1: Too many open files."


@pytest.mark.usefixtures("driven_by")
class TestConnections:
    async def test_one_is_used_again(self) -> None:
        async with Bare([OK]) as server, fetching() as fetcher:
            for _ in range(3):
                assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched)
            assert server.connections == 1

    async def test_one_that_the_server_has_closed_meanwhile_is_no_failure(self) -> None:
        async with Bare([OK, ...], [OK]) as server, fetching() as fetcher:
            assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched)
            await until(lambda: not server.open)
            assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched)
            assert server.connections == 2

    async def test_one_that_the_server_closes_on_the_next_request_is_no_failure(self) -> None:
        async with Bare([OK], [...], [OK]) as server, fetching() as fetcher:
            for _ in range(2):
                assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched)
            assert server.connections == 2

    async def test_few_are_kept(self) -> None:
        async with Bare([OK]) as server, fetching(limits={"in_all": 2}, look_up=lambda _: ["127.0.0.1"]) as fetcher:
            for number in range(9):
                await fetcher.fetch(server.url(host=f"host-{number}.example"), now=NOW)
            await until(lambda: server.open <= 2)

    async def test_idle_ones_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transfer, "_ALWAYS", (*transfer._ALWAYS, (transfer.pycurl.MAXAGE_CONN, 1)))
        async with Bare([OK]) as server, Bare([OK]) as other, fetching() as fetcher:
            await fetcher.fetch(server.url(), now=NOW)
            assert server.open == 1
            await asyncio.sleep(2.1)
            await fetcher.fetch(other.url(), now=NOW)
            await until(lambda: not server.open)

    async def test_all_end_with_the_fetcher(self) -> None:
        async with Bare([OK]) as server:
            async with fetching() as fetcher:
                await asyncio.gather(*(fetcher.fetch(server.url(), now=NOW) for _ in range(4)))
            await until(lambda: not server.open)


@pytest.mark.skipif(not hasattr(select, "epoll"), reason="only Linux has epoll")
class TestEpoll:
    async def test_what_an_idle_connection_says_is_heard_once(self) -> None:
        """It stays in the epoll for the next transfer; one that the server closes would wake the event loop for ever."""
        async with Bare([OK]) as server, fetching() as fetcher:
            await fetcher.fetch(server.url(), now=NOW)
            for writer in server._all:
                writer.close()
                await writer.wait_closed()
            await until(lambda: not fetcher._transfers._multi._epoll.poll(0))
            assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched)
            assert server.connections == 2

    async def test_the_event_loops_timer_is_set_anew_only_for_an_earlier_time(self) -> None:
        multi = EpollMulti()
        multi.add_handle(idle := pycurl.Curl())
        multi.remove_handle(idle)
        multi._on_timer(50_000)
        first = multi._timer
        multi._on_timer(60_000)
        assert multi._timer is first
        multi._on_time()  # it rings before what is due now
        assert multi._timer.when() == multi._due
        later = multi._timer
        multi._on_timer(10_000)
        assert later.cancelled()
        assert multi._timer.when() == multi._due
        multi._on_timer(-1)
        multi._on_time()
        assert multi._timer is None
        await multi.aclose()
        idle.close()


@pytest.mark.usefixtures("driven_by")
class TestEnds:
    async def test_a_cancelled_fetch_takes_its_connection_with_it(self) -> None:
        async with Bare([None], [OK]) as server, fetching(limits={"per_host": 9}) as fetcher:
            for _ in range(20):
                server.answers.insert(0, [None])
                task = asyncio.create_task(fetcher.fetch(server.url(), now=NOW))
                await until(lambda: bool(server.open))
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await until(lambda: not server.open)
            server.answers = [[OK]]
            answers = await asyncio.gather(*(fetcher.fetch(server.url(), now=NOW) for _ in range(8)))
            assert all(isinstance(answer, Fetched) for answer in answers)
            assert not fetcher._transfers._running

    @pytest.mark.parametrize("ticks", range(8))
    async def test_cancelling_at_any_moment_leaves_no_handle_in_use(self, ticks: int) -> None:
        async with Bare([OK]) as server, fetching(limits={"per_host": 9}) as fetcher:
            for _ in range(10):
                tasks = [asyncio.create_task(fetcher.fetch(server.url(), now=NOW)) for _ in range(3)]
                for _ in range(ticks):
                    await asyncio.sleep(0)
                tasks[1].cancel()
                first, _, last = await asyncio.gather(*tasks, return_exceptions=True)
                assert isinstance(first, Fetched)
                assert isinstance(last, Fetched)
            assert not fetcher._transfers._running

    async def test_a_timeout_of_the_caller(self) -> None:
        async with Bare([None]) as server, fetching() as fetcher:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await fetcher.fetch(server.url(), now=NOW)
            assert fetcher._transfers._free == []

    async def test_closing_ends_what_runs_with_a_value(self) -> None:
        async with Bare([None]) as server:
            fetcher = await Fetcher("c", allow_networks=LOOPBACK, limits=QUICK).__aenter__()
            tasks = [asyncio.create_task(fetcher.fetch(server.url(), now=NOW)) for _ in range(2)]
            await until(lambda: server.open == 2)
            await fetcher.__aexit__(None, None, None)
            for answer in await asyncio.gather(*tasks):
                assert isinstance(answer, Failure)
                assert answer.kind is FailureKind.CONNECT

    @pytest.mark.parametrize("where", ["guard", "body", "head"])
    async def test_a_mistake_of_ours_inside_libcurl_is_a_value_and_prints_nothing(
        self, where: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:  # fmt: skip
        def broken(*_: object) -> object:
            raise RuntimeError("hunter2")

        target, name = {"guard": (guard, "refused"), "body": (transfer.BodyReader, "feed"), "head": (transfer, "Head")}[
            where
        ]
        async with Bare([OK]) as server, fetching() as fetcher:
            with monkeypatch.context() as patch:
                patch.setattr(target, name, broken)
                found = await fetcher.fetch(server.url("/?token=secret"), now=NOW)
            assert isinstance(found, Failure)
            assert (found.kind, found.detail) == (
                FailureKind.INTERNAL,
                "Fetching from 127.0.0.1 failed inside: RuntimeError.",
            )
            assert isinstance(await fetcher.fetch(server.url(), now=NOW), Fetched), "the next one works"
        gc.collect()
        assert capfd.readouterr() == ("", "")
        assert "token" not in caplog.text

    @pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="descriptors are counted in /proc")
    async def test_nothing_is_left_open(self) -> None:
        before = len(list(DESCRIPTORS.iterdir()))
        async with Bare([OK], [...], [None], [OK]) as server:
            for _ in range(3):
                await fetch(server.url(), limits={"read": 0.05})
        await asyncio.sleep(0.05)
        gc.collect()
        assert len(list(DESCRIPTORS.iterdir())) <= before + 1
