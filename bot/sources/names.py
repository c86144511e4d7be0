"""Names looked up in threads of our own: a few dead name servers must not hold up the rest of the process.

(libcurl looks names up in threads too, but waits for them in the event loop when it is closed: half a minute with a
dead name server. So it is handed addresses.)
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

LookUp = Callable[[str], Sequence[str]]
"""Gives the literal addresses of a name; raises OSError when there are none. Runs in a thread."""
_LITERAL = re.compile(r"[0-9.]+|.*:.*")
_KEPT = 110.0
"""Seconds; a little less than the two minutes for which libcurl keeps what it is handed."""
_TIDY_AT = 1024
"""Names that are too old are forgotten when more than this many are remembered."""
_ENOUGH = 16
"""Addresses of one name that are tried at most."""


def is_literal(host: str) -> bool:
    """Tell an address from a name, without looking anything up. (Odd spellings of addresses count as either.)"""
    return _LITERAL.fullmatch(host) is not None


class Names:
    """Looks names up, and remembers for two minutes what was found.

    Args:
        look_up: for tests; by default the system's way.
        threads: names that are looked up at once.
    """

    def __init__(self, look_up: LookUp | None = None, threads: int = 16) -> None:
        self._look_up = look_up or _system
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="dns")
        self._known: dict[str, tuple[float, asyncio.Future[Sequence[str]]]] = {}

    async def addresses(self, host: str, port: int) -> str:
        """Every address of ``host`` in the form that libcurl is handed: ``host:port:address,address``.

        Raises:
            OSError: it has none.
            ValueError: it cannot be a name.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        key = f"{host}:{port}"
        until, found = self._known.get(key, (0.0, None))
        if found is None or until < now:
            if len(self._known) >= _TIDY_AT:
                self._known = {each: known for each, known in self._known.items() if known[0] >= now}
            found = loop.run_in_executor(self._threads, self._look_up, host)
            self._known[key] = now + _KEPT, found
            found.add_done_callback(lambda done: self._forget_failure(key, done))
        addresses = await asyncio.shield(found)  # who gives up waiting does not take the answer from others
        return f"{key}:{','.join(addresses)}"

    def close(self) -> None:
        """Let look-ups under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _forget_failure(self, key: str, done: asyncio.Future[Sequence[str]]) -> None:
        if (done.cancelled() or done.exception() is not None) and self._known.get(key, (0.0, None))[1] is done:
            del self._known[key]


def _system(host: str) -> Sequence[str]:
    infos = socket.getaddrinfo(host, None, socket.AF_UNSPEC, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    usable = [address for address in found if "%" not in address]  # libcurl takes no scope ids
    if not usable:
        raise OSError(socket.EAI_NONAME, "no address")
    return usable[:_ENOUGH]
