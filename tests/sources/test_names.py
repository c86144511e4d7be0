"""Looking names up: in threads of its own, once for all who ask at the same time, remembered for two minutes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence

import pytest

from bot.sources.names import Names, is_literal


class Book:
    """Answers when it is let, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        self.open.wait(10)
        if host.startswith("missing"):
            raise OSError("unknown")
        return ["192.0.2.1", "2001:db8::1"]


@pytest.fixture
def book() -> Iterator[Book]:
    one = Book()
    yield one
    one.open.set()


async def test_addresses_are_handed_on_as_libcurl_takes_them(book: Book) -> None:
    names = Names(book)
    assert await names.addresses("feed.example", 443) == "feed.example:443:192.0.2.1,2001:db8::1"
    names.close()


async def test_a_name_is_looked_up_once_for_all_and_remembered(book: Book) -> None:
    names = Names(book)
    await asyncio.gather(*(names.addresses("feed.example", 80) for _ in range(5)))
    await names.addresses("feed.example", 80)
    assert book.asked == ["feed.example"]
    names.close()


async def test_a_name_that_was_not_found_is_asked_for_again(book: Book) -> None:
    names = Names(book)
    for _ in range(2):
        with pytest.raises(OSError, match="unknown"):
            await names.addresses("missing.example", 80)
    assert len(book.asked) == 2
    names.close()


async def test_who_gives_up_does_not_take_the_answer_from_others(book: Book) -> None:
    names = Names(book)
    book.open.clear()
    hasty = asyncio.create_task(names.addresses("feed.example", 80))
    patient = asyncio.create_task(names.addresses("feed.example", 80))
    await asyncio.sleep(0.01)
    hasty.cancel()
    await asyncio.sleep(0.01)
    book.open.set()
    assert (await patient).startswith("feed.example:80:")
    assert hasty.cancelled()
    names.close()


async def test_dead_name_servers_block_neither_the_loop_nor_closing(book: Book) -> None:
    names = Names(book, threads=2)
    book.open.clear()
    waiting = [asyncio.create_task(names.addresses(f"dead-{number}.example", 80)) for number in range(8)]
    began = time.monotonic()
    await asyncio.sleep(0.05)
    names.close()
    assert time.monotonic() - began < 1
    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert len(book.asked) == 2, "so many at once"


@pytest.mark.parametrize(
    ("host", "literal"),
    [("127.0.0.1", True), ("::1", True), ("fe80::1%lo", True), ("2130706433", True), ("feed.example", False), ("server1", False), ("1.example", False)],
)  # fmt: skip
def test_addresses_are_told_from_names(host: str, literal: bool) -> None:
    assert is_literal(host) is literal
