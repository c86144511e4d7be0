"""Processes for what needs much of a processor and may not be trusted to come back: parsing what strangers send.

Python runs one thread at a time, so a document that takes a second to parse holds up every other poll; and a fault in a C
library ends the process it happens in. So large documents go to a few worker processes. They are started when there is
enough to do at once, because starting costs more than a few feeds do. What a document does to its worker stays there:

* a worker that dies takes no other document with it: each that was under way is tried again alone, in a process of its own;
* the one that kills that process too, or does not come back in time, is quarantined: its caller gets a failure as a value.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.popen_forkserver import Popen
from multiprocessing.process import BaseProcess
from types import ModuleType, TracebackType
from typing import Self, TypeVar

from bot.model import Failure, FailureKind
from bot.turns import Turns

log = logging.getLogger(__name__)

T = TypeVar("T")

CROWD = 16
"""Calls under way in threads from which processes are started: a pass over a few feeds never needs them."""
IDLE = 300.0
"""Seconds without a call after which :meth:`Pool.rest` ends the processes."""
TIME_LIMIT = 60.0
"""Seconds after which a document is given up; the worst feed that the limits let through takes some ten."""
RESULTS = 64
"""Results under way or waiting to be stored: a feed's is some hundred kilobytes, and a first pass brings thousands."""
_PRELOADED = ["bot.sources.reading", "bot.sources.articles"]


class Pool:
    """A few processes, and threads until they are worth starting. An async context manager.

    Args:
        processes: How many; by default one a core, four at most.
        crowd: Calls under way in threads from which processes are started; 0: from the first.
        limit: Seconds for one call.
    """

    def __init__(self, processes: int | None = None, *, crowd: int = CROWD, limit: float = TIME_LIMIT) -> None:
        self._size = processes or max(1, min(4, os.cpu_count() or 1))
        self._crowd = crowd
        self._limit = limit
        self._in_threads = 0
        self._executor: ProcessPoolExecutor | None = None
        self._used_at = 0.0
        # Few wait in the executor's own queue: their time limit would run while they wait.
        self._room = asyncio.Semaphore(2 * self._size)
        self._alone = asyncio.Lock()
        self.results = asyncio.Semaphore(RESULTS)
        """To be held from before a call until its result is used up: what waits in memory for its turn is bounded."""
        self.storing = Turns()
        """Where results are used up."""
        self._waking: Future[None] | None = None

    async def __aenter__(self) -> Self:
        """Start nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        self.close()

    @property
    def running(self) -> bool:
        """Whether processes have been started."""
        return self._executor is not None

    @property
    def _awake(self) -> bool:
        """Whether the first process has imported what it needs; until then, most of a second, threads go on reading."""
        call = self._waking
        return call is not None and call.done() and not call.cancelled() and call.exception() is None

    async def run(self, function: Callable[..., T], *args: object, isolated: bool = False) -> T | Failure:
        """Call a function elsewhere, and wait for it.

        Args:
            function: Of a module; it, its arguments and its result are pickled.
            *args: Its arguments.
            isolated: In a process whatever it costs, because this input looks dangerous.

        Returns:
            Its result; or, when the input kills the process it is worked in twice or takes too long, a failure.

        Raises:
            Exception: What the function raises.
        """
        if not isolated and not self._awake and self._in_threads < self._crowd:
            self._in_threads += 1
            try:
                return await asyncio.to_thread(function, *args)
            finally:
                self._in_threads -= 1
        async with self._room:
            executor = self._executor or self._start()
            self._used_at = asyncio.get_running_loop().time()
            try:
                return await self._called(executor, function, *args)
            except (BrokenProcessPool, TimeoutError) as error:
                if self._executor is executor:
                    self.close()
                if isinstance(error, TimeoutError):
                    return _quarantined(f"took longer than {self._limit:g} s")
        return await self._run_alone(function, *args)

    def _start(self) -> ProcessPoolExecutor:
        self._executor = executor = _started(self._size)
        self._waking = executor.submit(_prepare)
        return executor

    async def _run_alone(self, function: Callable[..., T], *args: object) -> T | Failure:
        """Try an input again that was under way when a worker died: it may be the one, or may have been beside it."""
        async with self._alone:
            executor = _started(1)
            try:
                return await self._called(executor, function, *args)
            except BrokenProcessPool:
                return _quarantined("killed the process that read it, twice")
            except TimeoutError:
                return _quarantined(f"took longer than {self._limit:g} s")
            finally:
                _end(executor)

    async def _called(self, executor: ProcessPoolExecutor, function: Callable[..., T], *args: object) -> T:
        call = asyncio.get_running_loop().run_in_executor(executor, function, *args)
        return await asyncio.wait_for(call, self._limit)

    def rest(self) -> None:
        """End the processes when they have had nothing to do for a while; the next crowd starts them again."""
        if self._executor is not None and asyncio.get_running_loop().time() - self._used_at > IDLE:
            self.close()

    def close(self) -> None:
        """End the processes now, whatever they are at."""
        if self._executor is not None:
            _end(self._executor)
            self._executor = self._waking = None


def _started(size: int) -> ProcessPoolExecutor:
    # A fork of this process would copy its threads' locks; the server is forked from once, when it has imported the parsers.
    context = _Context()
    context.set_forkserver_preload(_PRELOADED)
    return ProcessPoolExecutor(size, mp_context=context, initializer=_prepare)


class _Reader(ForkServerProcess):
    """A process that does not import the program it was started from: that would cost each some 45 MB and half a second."""

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Popen:  # noqa: N802 - multiprocessing's name
        # multiprocessing tells a new process to run the main module again, for functions defined there; ours never are.
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        try:
            return ForkServerProcess._Popen(process_obj)  # noqa: SLF001 - no public way
        finally:
            sys.modules["__main__"] = main


class _Context(ForkServerContext):
    Process = _Reader


def _prepare() -> None:
    """In a worker: Ctrl-C is for the process that people see; it ends its workers itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end(executor: ProcessPoolExecutor) -> None:
    """End an executor's workers at once; whoever waits for one of them gets :class:`BrokenProcessPool`."""
    # Python 3.14 has kill_workers(); before, the processes are only in this attribute, which shutdown() takes away.
    processes = list((executor._processes or {}).values())  # noqa: SLF001
    for process in processes:
        process.kill()
    executor.shutdown(wait=False, cancel_futures=True)


def _quarantined(why: str) -> Failure:
    log.error("document quarantined", extra={"why": why})
    return Failure(FailureKind.INTERNAL, f"It is quarantined: it {why}.")
