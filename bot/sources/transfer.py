"""One request through libcurl: with :mod:`bot.sources.multi`, which runs many side by side, the only module that knows it.

A transfer follows no redirect, keeps no cookie and uses no proxy. What goes wrong is a :class:`Trouble`; only
cancellation is raised. libcurl calls back in the middle of its work, where an exception would only be printed, so each
callback keeps what it met and breaks the transfer off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus

import pycurl

from bot.sources.bodies import BodyBroken, BodyReader, BodyTooLarge
from bot.sources.headers import Head
from bot.sources.multi import Ended, Multi, new_multi

OK = HTTPStatus.OK
_UNREAD = 64 * 1024
"""Bytes of the body of an error or a redirect that are taken to keep the connection; behind them it is broken off."""
_IDLE = 5
"""Seconds for which a connection is kept: a host is asked for its robots file and a few pages, and then not for long."""
_TICKS = 8
"""How often within the limit of silence running transfers are looked at."""
_TOO_LONG_A_LINE = 100
"""A code without a name in pycurl: a header line above libcurl's own limit, which is higher than ours."""


class Trouble(Enum):
    """Why there is no whole answer."""

    URL = auto()
    DNS = auto()
    REFUSED = auto()
    """The guard let no connection be made."""
    CONNECT = auto()
    CONNECT_TIME = auto()
    CERTIFICATE = auto()
    TLS = auto()
    SILENCE = auto()
    """Nothing came for too long."""
    TIME = auto()
    """All the time there was is used up."""
    NO_ANSWER = auto()
    CUT = auto()
    """The answer broke off."""
    NOT_HTTP = auto()
    HEADERS = auto()
    """Too many of them, or too long."""
    LARGE = auto()
    ENCODING = auto()
    OTHER = auto()
    INSIDE = auto()
    """A mistake of ours."""


@dataclass(slots=True)
class Answer:
    """What came of one request."""

    head: Head
    body: bytes = b""
    """Decompressed; of a 200 only."""
    received: int = 0
    """Bytes of the body over the wire."""
    trouble: Trouble | None = None
    """None: the answer is whole; or it is no 200, and then its head says all."""
    why: str = ""
    """A few words on the trouble, without any part of an address but the host."""
    fault: Exception | None = None
    """What a callback of ours raised."""


_CODES = {
    pycurl.E_URL_MALFORMAT: Trouble.URL,
    pycurl.E_COULDNT_RESOLVE_HOST: Trouble.DNS,
    pycurl.E_COULDNT_CONNECT: Trouble.CONNECT,
    pycurl.E_PEER_FAILED_VERIFICATION: Trouble.CERTIFICATE,
    pycurl.E_SSL_CONNECT_ERROR: Trouble.TLS,
    pycurl.E_SSL_CIPHER: Trouble.TLS,
    pycurl.E_SSL_CACERT_BADFILE: Trouble.TLS,
    pycurl.E_GOT_NOTHING: Trouble.NO_ANSWER,
    pycurl.E_OPERATION_TIMEDOUT: Trouble.TIME,
    pycurl.E_SEND_ERROR: Trouble.NO_ANSWER,
    pycurl.E_RECV_ERROR: Trouble.NO_ANSWER,
    pycurl.E_PARTIAL_FILE: Trouble.CUT,
    pycurl.E_UNSUPPORTED_PROTOCOL: Trouble.NOT_HTTP,  # an answer without status line
    pycurl.E_FTP_WEIRD_SERVER_REPLY: Trouble.NOT_HTTP,  # HTTP's as well
    pycurl.E_BAD_CONTENT_ENCODING: Trouble.NOT_HTTP,
    pycurl.E_FILESIZE_EXCEEDED: Trouble.LARGE,
    _TOO_LONG_A_LINE: Trouble.HEADERS,
}
_WORSE = {Trouble.HEADERS, Trouble.INSIDE}
"""What counts although a head has come that says it all."""
_BREAK_OFF = 0
"""Fewer bytes than a callback was given: libcurl ends the transfer."""
_ALWAYS: tuple[tuple[int, int | str], ...] = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.HTTP_CONTENT_DECODING, 0),  # decoded here, within bounds
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PATH_AS_IS, 1),
    (pycurl.PROXY, ""),  # none, whatever the environment says
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.DNS_CACHE_TIMEOUT, 120),
    (pycurl.MAXAGE_CONN, _IDLE),
)


class Transfers:
    """Runs transfers; one for the whole process, in one event loop.

    Args:
        agent: the User-Agent.
        authorities: a file of certificates in PEM; who is trusted for HTTPS.
        refused: says why an address may not be connected to, or None when it may.
        at_once: transfers that are expected to run at once; as many connections and handles are kept.
        connect: seconds until a connection stands, TLS included.
        read: seconds in which something must arrive.
        header_line: most bytes of one header.
        header_count: most header lines, those of interim answers and trailers counted.
    """

    def __init__(
        self,
        agent: str,
        authorities: str,
        refused: Callable[[str], str | None],
        *,
        at_once: int,
        connect: float,
        read: float,
        header_line: int,
        header_count: int,
    ) -> None:
        self._refused = refused
        self._at_once = at_once
        self._read = read
        self._bounds = connect, header_line, header_count
        self._constant = (
            (pycurl.USERAGENT, agent),
            (pycurl.CAINFO, authorities),
            (pycurl.CONNECTTIMEOUT_MS, _milliseconds(connect)),
            *_ALWAYS,
        )
        self._multi = new_multi()
        self._multi.setopt(pycurl.M_MAXCONNECTS, at_once)
        self._free: list[_Handle] = []
        self._running: set[_Handle] = set()
        self._watching: asyncio.TimerHandle | None = None

    async def get(
        self, url: str, headers: Sequence[bytes], *, seconds: float, most: int, addresses: str | None = None
    ) -> Answer:
        """GET ``url``.

        Args:
            url: without userinfo and fragment, percent-encoded.
            headers: each as ``b"Name: value"``.
            seconds: for all of it.
            most: bytes of the body, as received and decompressed.
            addresses: to connect to, as libcurl's ``host:port:address,address``; None when the host is an address.
        """
        handle = self._free.pop() if self._free else self._new()
        reusable = False  # nothing of another transfer can be left in one that ended well
        self._running.add(handle)
        try:
            running = handle.start(self._multi, url, headers, seconds, most, addresses)
            if self._watching is None:
                self._watch()
            await running
            reusable = True
            return handle.answer(None)
        except pycurl.error as error:
            return handle.answer(error)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return Answer(Head(()), trouble=Trouble.OTHER, why="it was closed")  # by close()
        finally:
            self._running.discard(handle)
            if not reusable:
                with contextlib.suppress(RuntimeError, pycurl.error):  # mostly it has ended already
                    self._multi.remove_handle(handle.curl)
            handle.clear()
            if reusable and len(self._free) < self._at_once:
                self._free.append(handle)
            else:
                handle.curl.close()

    async def close(self) -> None:
        """End what runs, and every connection."""
        if self._watching is not None:
            self._watching.cancel()
        await self._multi.aclose()
        for handle in self._free:
            handle.curl.close()
        self._free.clear()

    def _new(self) -> _Handle:
        handle = _Handle(self._refused, *self._bounds)
        handle.curl.unsetopt(pycurl.CAPATH)  # the authorities stay in memory only where they are one file
        for option, value in self._constant:
            handle.curl.setopt(option, value)
        return handle

    def _watch(self) -> None:
        """Break off where nothing has arrived for too long.

        (libcurl's own limit of speed starts with the first byte, and judges by the mean of the last six seconds.)
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        for handle in self._running:
            handle.look(now, self._read)
        self._watching = loop.call_later(self._read / _TICKS, self._watch) if self._running else None


class _Handle:
    """An easy handle of libcurl, and what has come of the transfer it makes now."""

    def __init__(self, refused: Callable[[str], str | None], connect: float, longest: int, most_lines: int) -> None:
        self._refused = refused
        self._connect = connect
        self._longest = longest
        self._most_lines = most_lines
        self._seconds = 0.0
        self._most = 0
        self.curl = pycurl.Curl()
        self.clear()
        self.curl.setopt(pycurl.HEADERFUNCTION, self._on_line)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._on_body)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._on_connect)

    def clear(self) -> None:
        """Hold nothing of the last transfer, whose body may be large."""
        self._lines: list[bytes] = []
        self._head: Head | None = None
        self._reader: BodyReader | None = None
        self._unread = 0
        self._refusals: list[str] = []
        self._trouble: Trouble | None = None
        self._why = ""
        self._fault: Exception | None = None
        self._arrived = (0, 0)
        self._began = 0.0
        self._since = 0.0
        self._running: Ended | None = None

    def start(
        self,
        multi: Multi,
        url: str,
        headers: Sequence[bytes],
        seconds: float,
        most: int,
        addresses: str | None,
    ) -> Ended:
        curl = self.curl
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.HTTPHEADER, headers)
        if addresses is not None:
            curl.setopt(pycurl.RESOLVE, [f"+{addresses}"])  # + lets it be forgotten after DNS_CACHE_TIMEOUT
        if seconds != self._seconds:
            curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(seconds))
            self._seconds = seconds
        if most != self._most:
            curl.setopt(pycurl.MAXFILESIZE_LARGE, most)
            self._most = most
        self._running = multi.add_handle(curl)
        self._began = self._since = self._running.get_loop().time()
        return self._running

    def look(self, now: float, longest: float) -> None:
        """Fail the transfer when nothing has come for ``longest`` seconds, or its time is up by the loop's own clock."""
        arrived = len(self._lines), self._reader.received if self._reader else self._unread
        if now - self._began >= self._seconds:
            self._fail(Trouble.TIME)
        elif arrived != self._arrived or not self._asked():  # until the connection stands another limit counts
            self._arrived, self._since = arrived, now
        elif now - self._since >= longest:
            self._fail(Trouble.SILENCE)

    def _fail(self, trouble: Trouble) -> None:
        if self._running is not None and not self._running.done():
            self._trouble = trouble
            self._running.set_exception(pycurl.error(pycurl.E_OPERATION_TIMEDOUT, ""))

    def answer(self, error: pycurl.error | None) -> Answer:
        """What came of it."""
        head = self._head or Head(self._lines)
        if error is not None:
            trouble, why = self._judge(*error.args)
            said_all = head.complete and head.status > OK and trouble not in _WORSE
            return Answer(head, trouble=None if said_all else trouble, why=why, fault=self._fault)
        if not head.complete:  # libcurl takes a head that broke off for a whole one
            return Answer(head, trouble=Trouble.CUT)
        if self._reader is None:
            return Answer(head)
        try:
            return Answer(head, self._reader.finish(), self._reader.received)
        except BodyBroken as broken:
            return Answer(head, trouble=Trouble.ENCODING, why=str(broken))

    def _judge(self, code: int, message: str = "") -> tuple[Trouble, str]:
        """What libcurl's code means here."""
        if self._trouble is not None:
            return self._trouble, self._why
        asked = self._asked()
        if self._refusals and not asked:
            return Trouble.REFUSED, self._refusals[0]
        trouble, why = _CODES.get(code, Trouble.OTHER), pycurl.easy_strerror(code)
        if trouble is Trouble.TIME and not asked and self._connect < self._seconds:
            trouble = Trouble.CONNECT_TIME
        elif trouble is Trouble.NO_ANSWER and self._lines:
            trouble = Trouble.CUT
        elif trouble in {Trouble.NO_ANSWER, Trouble.CONNECT}:
            number = self.curl.getinfo(pycurl.OS_ERRNO)
            trouble = Trouble.CONNECT if number else trouble
            why = self._why or (os.strerror(number) if number else "")
        elif trouble in {Trouble.CERTIFICATE, Trouble.TLS}:
            why = _reason(message)
        return trouble, why

    def _asked(self) -> bool:
        return bool(self.curl.getinfo(pycurl.REQUEST_SIZE))

    def _on_line(self, line: bytes) -> int | None:
        lines = self._lines
        lines.append(line)
        if len(lines) <= self._most_lines and len(line) <= self._longest:
            return None
        self._trouble = Trouble.HEADERS
        return _BREAK_OFF

    def _on_body(self, chunk: bytes) -> int | None:
        try:
            if self._head is None:
                self._head = Head(self._lines)
                if self._head.status == OK:
                    self._reader = BodyReader(self._head.get("Content-Encoding", ""), self._most)
            if self._reader is not None:
                self._reader.feed(chunk)
                return None
            self._unread += len(chunk)
            if self._unread <= _UNREAD:
                return None
        except BodyTooLarge:
            self._trouble = Trouble.LARGE
        except BodyBroken as broken:
            self._trouble, self._why = Trouble.ENCODING, str(broken)
        except Exception as error:  # noqa: BLE001  libcurl would print it
            self._trouble, self._fault = Trouble.INSIDE, error
        return _BREAK_OFF

    def _on_connect(self, _: int, address: pycurl.CurlSockAddr) -> _Lent | int:
        """Make the socket for one connection, unless the guard refuses its address."""
        try:
            host = address.addr[0]
            why = self._refused(host if isinstance(host, str) else "")
            if why is None:
                return _Lent(socket.socket(address.family, address.socktype, address.protocol))
            self._refusals.append(why)
        except OSError as error:  # no more file descriptors
            self._why = error.strerror or ""
        except Exception as error:  # noqa: BLE001  libcurl would print it
            self._trouble, self._fault = Trouble.INSIDE, error
        return pycurl.SOCKET_BAD


class _Lent:
    """A socket that libcurl takes a duplicate of; ours ends as soon as it has."""

    __slots__ = ("_made",)

    def __init__(self, made: socket.socket) -> None:
        self._made = made

    def fileno(self) -> int:
        return self._made.fileno()

    def __del__(self) -> None:
        self._made.close()


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would be no limit


def _reason(message: str) -> str:
    """The end of ``SSL certificate problem: has expired`` or of ``...: error:0A00010B:SSL routines::wrong ...``."""
    reason = message.partition(": ")[2] or message
    if reason.startswith("error:"):
        reason = reason.rpartition(":")[2]
    return "".join(char for char in reason if char.isprintable())
