import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources import gates as module
from bot.sources.gates import SLOW, Gates, Laggards, Places


class Time:
    """Monotonic seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


async def test_one_host_gets_its_places_and_no_more() -> None:
    gates = Gates(in_all=10, per_host=2, spacing=0)
    running, most = 0, 0
    release = asyncio.Event()

    async def work(host: str) -> None:
        nonlocal running, most
        async with gates.slot(host):
            running += 1
            most = max(most, running)
            await release.wait()
            running -= 1

    same = [asyncio.create_task(work("a.example")) for _ in range(5)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert running == 2
    other = asyncio.create_task(work("b.example"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert running == 3, "another host does not wait for this one"
    release.set()
    await asyncio.gather(*same, other)
    assert most == 3


async def test_waiting_at_a_host_holds_no_place_of_all() -> None:
    gates = Gates(in_all=2, per_host=1, spacing=0)
    release, entered = asyncio.Event(), []

    async def work(host: str) -> None:
        async with gates.slot(host):
            entered.append(host)
            await release.wait()

    tasks = [asyncio.create_task(work(host)) for host in ("slow", "slow", "slow", "quick")]
    for _ in range(5):
        await asyncio.sleep(0)
    assert entered == ["slow", "quick"]
    release.set()
    await asyncio.gather(*tasks)


async def test_starts_at_one_host_are_spaced_and_a_crawl_delay_widens_it() -> None:
    time = Time()
    gates = Gates(in_all=10, per_host=5, spacing=0.5, monotonic=time, sleep=time.sleep)
    for _ in range(3):
        async with gates.slot("a.example"):
            pass
    assert time.slept == [0.5, 0.5]
    gates.widen("a.example", 4.0)
    gates.widen("a.example", 2.0)
    for _ in range(2):
        async with gates.slot("a.example"):
            pass
    assert time.slept == [0.5, 0.5, 0.5, 4.0]
    async with gates.slot("b.example"):
        pass
    assert len(time.slept) == 4


async def test_idle_hosts_are_forgotten() -> None:
    gates = Gates(in_all=10, per_host=1, spacing=0)
    for number in range(3_000):
        async with gates.slot(f"h{number}.example"):
            pass
    assert len(gates._hosts) <= 1_024


async def test_own_hosts_are_bounded_by_the_total_alone() -> None:
    time = Time()
    gates = Gates(in_all=3, per_host=1, spacing=9, own=lambda host: host == "mine", monotonic=time, sleep=time.sleep)
    async with gates.slot("mine"), gates.slot("mine"), gates.slot("mine"):
        assert gates.in_all.locked()
    assert time.slept == []
    gates.widen("mine", 2.0)
    for _ in range(2):
        async with gates.slot("mine"):
            pass
    assert time.slept == [2.0], "but what its robots file asks for is kept"


def test_an_address_is_slow_until_it_answers_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    laggards = Laggards()
    laggards.note("a", SLOW)
    laggards.note("b", SLOW / 2)
    assert "a" in laggards
    assert "b" not in laggards
    laggards.note("a", 0.1)
    assert not laggards
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    for each in "abcad":
        laggards.note(each, 60)
    assert [each for each in "abcd" if each in laggards] == ["a", "c", "d"], (
        "the one that was slow longest ago is forgotten"
    )


async def test_places_are_handed_over_in_the_order_of_asking() -> None:
    places, order = Places(2), list[int]()

    async def stay(number: int) -> None:
        await places.acquire()
        order.append(number)
        await asyncio.sleep(0)
        places.release()

    await asyncio.gather(*(stay(number) for number in range(9)))
    assert order == list(range(9))
    assert not places.locked()


async def test_a_place_is_not_lost_with_one_who_gave_up_waiting() -> None:
    places = Places(1)
    await places.acquire()
    waiting, next_one = asyncio.create_task(places.acquire()), asyncio.create_task(places.acquire())
    await asyncio.sleep(0)
    waiting.cancel()
    places.release()
    await next_one
    with pytest.raises(asyncio.CancelledError):
        await waiting
    places.release()
    assert not places.locked()


async def test_a_place_handed_over_in_the_moment_of_giving_up_goes_to_the_next() -> None:
    places = Places(1)
    await places.acquire()
    waiting, next_one = asyncio.create_task(places.acquire()), asyncio.create_task(places.acquire())
    await asyncio.sleep(0)
    places.release()  # to `waiting`, which has not run since
    waiting.cancel()
    await next_one
    assert waiting.cancelled()
    assert places.locked(), "the next one holds it"


@given(st.lists(st.sampled_from(["take", "leave", "give up"]), max_size=40), st.integers(1, 3))
def test_never_more_are_in_than_there_are_places_and_none_is_lost(steps: list[str], at_once: int) -> None:
    async def play() -> None:
        places, inside, waiting = Places(at_once), 0, list[asyncio.Task[None]]()

        async def settle() -> int:
            nonlocal waiting
            for _ in range(3):
                await asyncio.sleep(0)
            entered = [one for one in waiting if one.done()]
            waiting = [one for one in waiting if not one.done()]
            return sum(not one.cancelled() for one in entered)

        for step in steps:
            if step == "take":
                waiting.append(asyncio.create_task(places.acquire()))
            elif step == "leave" and inside:
                places.release()
                inside -= 1
            elif step == "give up" and waiting:
                waiting.pop().cancel()
            inside += await settle()
            assert inside <= at_once
            assert inside == at_once or not waiting
        for _ in range(inside):
            places.release()
        await settle()
        assert not waiting or places.locked()

    asyncio.run(play())
