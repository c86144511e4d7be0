"""Many transfers of libcurl side by side in one event loop: its multi handle, driven by what its sockets and its clock say.

pycurl has the same in ``AsyncCurlMulti``, which has the event loop watch each socket of each transfer: for answers of a few
hundred bytes that is a third of all their cost. Here the loop watches one epoll, and the sockets are watched by that.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
from typing import Protocol

import pycurl

_IN, _OUT = 0x001, 0x004
"""EPOLLIN and EPOLLOUT, whose names are there on Linux only."""
_WAITS = {pycurl.POLL_IN: _IN, pycurl.POLL_OUT: _OUT, pycurl.POLL_INOUT: _IN | _OUT}
_NEVER = -1
_EARLY = 0.001
"""Seconds by which a timer may ring before its time: the event loop's clock is that coarse, and libcurl's counts milliseconds."""

Ended = asyncio.Future[pycurl.Curl]
"""Gives the handle when its transfer has ended well, and raises ``pycurl.error`` when it has not."""


class Multi(Protocol):
    """What both have in common."""

    def setopt(self, option: int, value: int, /) -> None:
        """Set an option of the multi handle."""

    def add_handle(self, curl: pycurl.Curl, /) -> Ended:
        """Start a transfer."""

    def remove_handle(self, curl: pycurl.Curl, /) -> None:
        """End a transfer; RuntimeError when there is none."""

    async def aclose(self) -> None:
        """End all transfers, whose futures are cancelled, and every connection."""


def new_multi() -> Multi:
    """The quicker one where there is epoll (Linux), elsewhere pycurl's own."""
    return EpollMulti() if hasattr(select, "epoll") else pycurl.AsyncCurlMulti()


class EpollMulti:
    """A multi handle whose sockets stand in one epoll (https://curl.se/libcurl/c/libcurl-multi.html, "multi_socket").

    To be used in one event loop, from the first transfer on.
    """

    def __init__(self) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._epoll = select.epoll()
        self._waited_for: set[int] = set()
        self._running: dict[pycurl.Curl, Ended] = {}
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def setopt(self, option: int, value: int) -> None:
        """Set an option of the multi handle."""
        self._multi.setopt(option, value)

    def add_handle(self, curl: pycurl.Curl) -> Ended:
        """Start a transfer."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._epoll.fileno(), self._on_ready)
        ended = self._running[curl] = self._loop.create_future()
        try:
            self._multi.add_handle(curl)
        except BaseException:
            del self._running[curl]
            raise
        return ended

    def remove_handle(self, curl: pycurl.Curl) -> None:
        """End a transfer; RuntimeError when there is none."""
        if (ended := self._running.pop(curl, None)) is None:
            raise RuntimeError("this handle makes no transfer")
        self._multi.remove_handle(curl)
        ended.cancel()

    async def aclose(self) -> None:
        """End all transfers, whose futures are cancelled, and every connection."""
        for curl in list(self._running):
            self.remove_handle(curl)
        self._multi.close()
        self._due = None
        self._set_timer()
        if self._loop is not None:
            self._loop.remove_reader(self._epoll.fileno())
            self._loop = None
        self._epoll.close()

    def _on_socket(self, what: int, descriptor: int, *_: object) -> None:
        """Note what libcurl waits for at a socket.

        One that it waits for no more stays in the epoll, because nearly always the next transfer uses it: what is said there
        meanwhile takes it out. (A socket that is closed the system takes out by itself.)
        """
        if (events := _WAITS.get(what)) is None:
            self._waited_for.discard(descriptor)
            return
        self._waited_for.add(descriptor)
        try:
            self._epoll.modify(descriptor, events)
        except FileNotFoundError:
            self._epoll.register(descriptor, events)

    def _on_timer(self, milliseconds: int) -> None:
        """Note when libcurl wants to be called whatever the sockets say, in place of what it said before.

        It says so several times in each transfer, mostly a later time: the event loop's timer is set anew only for an earlier
        one, and looks again when it rings.
        """
        self._due = None
        if self._loop is None or milliseconds == _NEVER:
            return
        self._due = self._loop.time() + milliseconds / 1000
        if self._timer is None or self._due < self._timer.when():
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._loop is not None and self._due is not None:
            self._timer = self._loop.call_at(self._due, self._on_time)

    def _on_time(self) -> None:
        assert self._loop is not None
        self._timer = None
        if self._due is None:
            return
        if self._due > self._loop.time() + _EARLY:
            self._set_timer()
            return
        self._due = None
        self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._tell()

    def _on_ready(self) -> None:
        for descriptor, events in self._epoll.poll(0):
            if descriptor not in self._waited_for:
                with contextlib.suppress(OSError):  # closed just now
                    self._epoll.unregister(descriptor)
                continue
            # What is neither is an error or the end, which either way of using the socket will find out.
            told = (events & ~_OUT and pycurl.CSELECT_IN) | (events & ~_IN and pycurl.CSELECT_OUT)
            self._multi.socket_action(descriptor, told)
        self._tell()

    def _tell(self) -> None:
        """Tell what has ended."""
        left = 1
        while left:
            left, well, badly = self._multi.info_read()
            for curl in well:
                self._end(curl, None)
            for curl, code, why in badly:
                self._end(curl, pycurl.error(code, why))

    def _end(self, curl: pycurl.Curl, error: pycurl.error | None) -> None:
        self._multi.remove_handle(curl)
        ended = self._running.pop(curl)
        if ended.done():  # given up in the same moment
            return
        if error is None:
            ended.set_result(curl)
        else:
            ended.set_exception(error)
