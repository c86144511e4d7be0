"""Politeness: how many requests run at once, in all and at one host, and how far apart they start."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

CROWD = 8
_TIDY_AT = 1024
"""Idle hosts are forgotten when more than this many are remembered."""


SLOW = 5.0
"""Seconds from which on an answer counts as slow: nearly all come within one."""
_REMEMBERED = 4096
"""Slow addresses that are remembered at most, the latest."""


class Laggards:
    """Addresses whose last answer took long. Whoever polls lets them have only a share of what may run at once."""

    def __init__(self) -> None:
        self._addresses: dict[str, None] = {}

    def note(self, address: str, seconds: float) -> None:
        """Remember how long the last answer of an address took, its wait for a turn not counted."""
        self._addresses.pop(address, None)
        if seconds >= SLOW:
            self._addresses[address] = None
            if len(self._addresses) > _REMEMBERED:
                del self._addresses[next(iter(self._addresses))]

    def __contains__(self, address: str) -> bool:
        """Tell whether the last answer of an address was slow."""
        return address in self._addresses

    def __len__(self) -> int:
        """Count the slow addresses."""
        return len(self._addresses)


class Places:
    """So many at once, first come first served: a semaphore whose release costs the same however many wait.

    (asyncio's looks through all who were let in and have not run yet: with hundreds waiting, a tenth of an unchanged poll.)
    """

    __slots__ = ("_free", "_waiting")

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def acquire(self) -> None:
        """Take a place, or wait until one is handed over."""
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # handed over in the same moment
                self.release()
            raise

    def release(self) -> None:
        """Hand the place to whoever has waited longest, or free it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # who gave up waiting is passed over
                turn.set_result(None)
                return
        self._free += 1

    def locked(self) -> bool:
        """Tell whether the next one has to wait."""
        return not self._free


class _Host:
    __slots__ = ("next_at", "running", "spacing", "users")

    def __init__(self, at_once: int, spacing: float) -> None:
        self.running = Places(at_once)
        self.spacing = spacing
        self.next_at = 0.0
        self.users = 0


class Slot:
    """A place at one host and in all, held within ``async with``. (A plain class: this runs for every request.)"""

    __slots__ = ("_gate", "_gates")

    def __init__(self, gates: Gates, gate: _Host) -> None:
        self._gates = gates
        self._gate = gate

    async def __aenter__(self) -> None:
        """Wait."""
        gate = self._gate
        gate.users += 1
        try:
            await gate.running.acquire()
            try:
                if gate.spacing:
                    await self._gates.turn(gate)
                await self._gates.in_all.acquire()
            except BaseException:
                gate.running.release()
                raise
        except BaseException:
            gate.users -= 1
            raise

    async def __aexit__(self, *_: object) -> None:
        """Leave."""
        self._gates.in_all.release()
        self._gate.running.release()
        self._gate.users -= 1


class Gates:
    """A slot per request, first at its host and then in all, so that a slow host fills only its own slots.

    Args:
        in_all: requests at once.
        per_host: requests at once at one host.
        spacing: seconds between the starts of two requests to one host.
        own: tells a host of the operator's own, towards which only ``in_all`` counts.
        monotonic: seconds, for tests.
        sleep: for tests.
    """

    def __init__(
        self,
        in_all: int,
        per_host: int,
        spacing: float,
        *,
        own: Callable[[str], bool] = lambda _: False,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.in_all = Places(in_all)
        self._in_all = in_all
        self._own = own
        self._per_host = per_host
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}
        self._monotonic = monotonic
        self._sleep = sleep

    def widen(self, host: str, spacing: float) -> None:
        """Keep requests to ``host`` at least ``spacing`` seconds apart (its robots file asks for it)."""
        gate = self._gate(host)
        gate.spacing = max(gate.spacing, spacing)

    def slot(self, host: str) -> Slot:
        """Wait for this host's turn and a free place, then hold both: ``async with gates.slot(host): ...``."""
        return Slot(self, self._gate(host))

    def crowded(self, at_least: int = CROWD) -> set[str]:
        """Hosts at which so many requests run or wait that another one had better come later."""
        return {host for host, gate in self._hosts.items() if gate.users >= at_least and gate.running.locked()}

    async def turn(self, gate: _Host) -> None:
        """Wait until the host may be asked again."""
        now = self._monotonic()
        at = max(now, gate.next_at)
        gate.next_at = at + gate.spacing
        if at > now:
            await self._sleep(at - now)

    def _gate(self, host: str) -> _Host:
        gate = self._hosts.get(host)
        if gate is None:
            if len(self._hosts) >= _TIDY_AT:
                self._tidy()
            limits = (self._in_all, 0.0) if self._own(host) else (self._per_host, self._spacing)
            gate = self._hosts[host] = _Host(*limits)
        return gate

    def _tidy(self) -> None:
        now = self._monotonic()
        idle = [
            name
            for name, gate in self._hosts.items()
            if not gate.users and gate.next_at <= now and gate.spacing <= self._spacing
        ]
        for name in idle:
            del self._hosts[name]
