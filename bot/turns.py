"""One thread in which the calls of many tasks are made in turn.

Judging and storing is Python's and the database's work, and one thread at a time can do it: a second one only takes Python's
lock from the first and from the event loop (a tenth to a fifth slower: measured). Going to a thread and coming back for
each call costs as well, and most when both threads are busy; so all that wait when the thread is free go there together: a
fourteenth of a pass where one feed in twenty has something new.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

TOGETHER = 16
"""Calls that go to the thread at once."""
LONG = 0.05
"""Seconds after which what was called is told, and the rest of them wait for the next time."""


class _Call(NamedTuple):
    result: asyncio.Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]


_Ended = list[tuple[Any, Exception | None]]
"""What calls returned or raised."""


class Turns:
    """Calls in one thread, in the order in which they were asked for. To be used in one event loop."""

    def __init__(self) -> None:
        self._waiting: deque[_Call] = deque()
        self._busy = False

    async def call(self, function: Callable[..., T], *args: object) -> T:
        """Call a function in the thread when its turn comes, and wait for it.

        Whoever is cancelled before its turn is not called; after it, the call goes on, and nobody hears of its end.

        Args:
            function: That blocks, or takes a while.
            *args: Its arguments.

        Returns:
            Its result.

        Raises:
            Exception: What the function raises; it is no other call's matter.
        """
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Call(result, function, args))
        if not self._busy:
            self._begin()
        return await result

    def _begin(self) -> None:
        """Send to the thread what waits."""
        calls = list[_Call]()
        while self._waiting and len(calls) < TOGETHER:
            call = self._waiting.popleft()
            if not call.result.done():
                calls.append(call)
        self._busy = bool(calls)
        if calls:
            ended = asyncio.get_running_loop().run_in_executor(None, _made, calls)
            ended.add_done_callback(lambda done: self._tell(calls, done))

    def _tell(self, calls: Sequence[_Call], done: asyncio.Future[_Ended]) -> None:
        """Tell the tasks what came of their calls, and go on with the next ones."""
        if done.cancelled():  # the loop is being closed
            return
        ended = done.result()
        self._waiting.extendleft(reversed(calls[len(ended) :]))
        for call, (value, error) in zip(calls, ended, strict=False):
            if call.result.done():
                continue
            if error is None:
                call.result.set_result(value)
            else:
                call.result.set_exception(error)
        self._begin()


def _made(calls: Sequence[_Call]) -> _Ended:
    """In the thread: make the first of the calls, as many as take no longer than is good for who waits."""
    ended, until = _Ended(), time.monotonic() + LONG
    for call in calls:
        if ended and time.monotonic() > until:
            break
        try:
            ended.append((call.function(*call.args), None))
        except Exception as error:  # noqa: BLE001 - raised to whoever asked
            ended.append((None, error))
    return ended
