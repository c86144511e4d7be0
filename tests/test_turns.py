"""Calls that take turns in one thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from bot import turns
from bot.turns import TOGETHER, Turns


class Slow:
    """A call that holds the thread until it is let go, and the calls made before and after it."""

    def __init__(self) -> None:
        self.made: list[object] = []
        self.threads: set[int] = set()
        self.began, self.goes_on = threading.Event(), threading.Event()

    def hold(self) -> str:
        self.began.set()
        assert self.goes_on.wait(10)
        return "held"

    def note(self, what: int) -> int:
        self.made.append(what)
        self.threads.add(threading.get_ident())
        return -what

    async def held(self, turns: Turns) -> asyncio.Task[str]:
        task = asyncio.create_task(turns.call(self.hold))
        assert await asyncio.to_thread(self.began.wait, 10)
        return task


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many calls went to the thread each time."""
    sizes: list[int] = []
    made = turns._made
    monkeypatch.setattr(turns, "_made", lambda calls: sizes.append(len(calls)) or made(calls))
    return sizes


async def test_what_waits_goes_to_the_thread_together_in_the_order_it_was_asked_for(
    slow: Slow, hops: list[int]
) -> None:
    one = Turns()
    first = await slow.held(one)
    rest = [asyncio.create_task(one.call(slow.note, number)) for number in range(TOGETHER + 3)]
    await asyncio.sleep(0)
    slow.goes_on.set()
    assert await first == "held"
    assert await asyncio.gather(*rest) == [-number for number in range(TOGETHER + 3)]
    assert slow.made == list(range(TOGETHER + 3))
    assert threading.get_ident() not in slow.threads
    assert hops == [1, TOGETHER, 3]


async def test_long_calls_do_not_make_the_others_wait_for_the_last_of_them(
    slow: Slow, hops: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONG", -1.0)  # each is too long
    one = Turns()
    first = await slow.held(one)
    rest = [asyncio.create_task(one.call(slow.note, number)) for number in range(3)]
    await asyncio.sleep(0)
    slow.goes_on.set()
    await asyncio.gather(first, *rest)
    assert slow.made == [0, 1, 2]
    assert hops == [1, 3, 2, 1], "one of them is made each time, the others keep their turns"


async def test_what_a_call_raises_is_its_own_callers_matter(slow: Slow) -> None:
    def refuses() -> None:
        raise ValueError("not like this")

    one = Turns()
    first = await slow.held(one)
    before, bad, after = (asyncio.create_task(one.call(*each)) for each in ((slow.note, 1), (refuses,), (slow.note, 2)))
    await asyncio.sleep(0)
    slow.goes_on.set()
    with pytest.raises(ValueError, match="not like this"):
        await bad
    assert (await before, await after, await first) == (-1, -2, "held")


async def test_who_is_cancelled_before_its_turn_is_not_called_and_nobody_else_hears_of_it(slow: Slow) -> None:
    one = Turns()
    first = await slow.held(one)
    given_up, kept = (asyncio.create_task(one.call(slow.note, number)) for number in (1, 2))
    await asyncio.sleep(0)
    given_up.cancel()
    first.cancel()  # it is under way: it goes on, and its end is told to nobody
    await asyncio.sleep(0)
    slow.goes_on.set()
    assert await kept == -2
    assert slow.made == [2]
    assert given_up.cancelled()
    assert first.cancelled()
    assert await one.call(slow.note, 3) == -3
