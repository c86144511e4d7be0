"""Processes for parsing: what one document does to its worker harms no other, and nothing is left running."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

from bot.model import Failure, FailureKind
from bot.pool import Pool


def number_of_process(_: object) -> int:
    return os.getpid()


def doubled(value: int) -> int:
    return 2 * value


def deadly(_: object) -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


def deadly_once(mark: str) -> str:
    """Dies the first time: as beside a document that kills the worker of both."""
    file = Path(mark)
    if not file.exists():
        file.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "read"


def refuses(_: object) -> int:
    raise ValueError("not like this")


def sleepy(seconds: float) -> str:
    time.sleep(seconds)
    return "awake"


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(2, crowd=0) as pool:
        yield pool


async def test_few_calls_run_in_threads_and_start_no_process():
    async with Pool() as pool:
        assert await asyncio.gather(*(pool.run(number_of_process, n) for n in range(12))) == [os.getpid()] * 12
        assert not pool.running


async def test_a_crowd_starts_processes():
    async with Pool(1, crowd=4) as pool:
        used = await asyncio.gather(*(pool.run(number_of_process, n) for n in range(12)))
        assert used.count(os.getpid()) == 4
        assert len(set(used)) == 2


async def test_a_dangerous_input_is_isolated_at_once():
    async with Pool(1) as pool:
        assert await pool.run(number_of_process, 1, isolated=True) != os.getpid()


async def test_an_input_that_kills_its_worker_is_quarantined_and_all_others_come_back(pool: Pool):
    others = [pool.run(doubled, n) for n in range(30)]
    found = await asyncio.gather(*others[:15], pool.run(deadly, 1), *others[15:])
    failure = found.pop(15)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.INTERNAL
    assert "quarantined" in failure.detail
    assert found == [2 * n for n in range(30)]
    assert await pool.run(doubled, 21) == 42  # the pool was rebuilt


async def test_an_input_that_was_only_beside_the_killer_is_read_the_second_time(pool: Pool, tmp_path: Path):
    assert await pool.run(deadly_once, str(tmp_path / "mark")) == "read"


async def test_what_takes_too_long_is_given_up_and_its_process_ended():
    async with Pool(1, crowd=0) as pool:
        assert await pool.run(doubled, 1) == 2
        began = time.monotonic()
        pool._limit = 0.3  # only now: a new process must start within it, which takes seconds on a busy machine
        failure = await pool.run(sleepy, 600)
        pool._limit = 60.0
        assert isinstance(failure, Failure)
        assert time.monotonic() - began < 60
        assert await pool.run(doubled, 2) == 4


async def test_a_process_does_not_import_the_program_it_was_started_from(pool: Pool, monkeypatch: pytest.MonkeyPatch):
    """The command line with all rooms behind it would cost each process some 45 MB."""
    main = ModuleType("__main__")
    main.__file__ = "/nowhere/policywatch"  # running it would end the process
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert await pool.run(doubled, 1) == 2
    assert sys.modules["__main__"] is main


async def test_an_exception_of_the_function_is_the_callers(pool: Pool):
    with pytest.raises(ValueError, match="not like this"):
        await pool.run(refuses, 1)
    assert await pool.run(doubled, 1) == 2


async def test_the_end_does_not_wait_for_what_is_under_way():
    async with Pool(1, crowd=0) as pool:
        process = await pool.run(number_of_process, 1)
        hanging = asyncio.create_task(pool.run(sleepy, 60))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
    assert time.monotonic() - began < 5
    assert isinstance(process, int)
    await _gone(process)


async def test_idle_processes_are_ended_and_come_back(pool: Pool, monkeypatch: pytest.MonkeyPatch):
    first = await pool.run(number_of_process, 1)
    pool.rest()
    assert pool.running
    monkeypatch.setattr("bot.pool.IDLE", -1.0)
    pool.rest()
    assert not pool.running
    assert await pool.run(number_of_process, 1) != first


async def _gone(process: int) -> None:
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("the worker process lives on")


class Asleep(ThreadPoolExecutor):
    """In the place of processes: what is asked of it waits until it has woken."""

    _processes = None


def name_of_thread() -> str:
    return threading.current_thread().name


async def test_threads_read_on_until_the_processes_are_awake(monkeypatch: pytest.MonkeyPatch) -> None:
    wake, leave = threading.Event(), threading.Event()
    monkeypatch.setattr("bot.pool._prepare", wake.wait)
    monkeypatch.setattr("bot.pool._started", lambda size: Asleep(size, thread_name_prefix="process"))
    async with Pool(1, crowd=1) as pool:
        busy = asyncio.create_task(pool.run(leave.wait, 30))
        await asyncio.sleep(0)
        crowded = asyncio.create_task(pool.run(name_of_thread))
        await asyncio.sleep(0)
        assert pool.running
        leave.set()
        assert await busy
        assert (await pool.run(name_of_thread)).startswith("asyncio"), "they are not awake yet"
        assert not crowded.done()
        wake.set()
        assert (await crowded).startswith("process")
        assert (await pool.run(name_of_thread)).startswith("process")
