"""One fetch on its way through redirects: which hops are allowed, and what is remembered of them (pure)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from yarl import URL

from bot.model import Failure, FailureKind, Validators
from bot.sources import urls

_PERMANENT = frozenset({301, 308})


@lru_cache(maxsize=8192)
def address(url: str) -> URL | str:
    """The address, parsed; or in a few words what is wrong with it. Remembered: the same few thousand come again and again."""
    if (wrong := urls.problem(url)) is not None:
        return wrong
    try:
        return URL(url).with_fragment(None)
    except (ValueError, UnicodeError):
        return "is not valid"


class Trip:
    """One fetch on its way through redirects.

    Args:
        url: where it starts.
        validators: of the last stored answer.
        request: headers to send on every hop, each as ``b"Name: value"``.
        now: time of the fetch.
        body_limit: most bytes of a body.
    """

    def __init__(self, url: URL, validators: Validators, request: list[bytes], now: datetime, body_limit: int) -> None:
        self.url = url
        self.validators = validators
        self.request = request
        self.now = now
        self.body_limit = body_limit
        self._seen: set[URL] = set()
        self._permanent = True
        self._secret = url.user is not None or url.password is not None
        self._hops = 0
        self.address = _shown(url)
        """Where the trip stands, without userinfo or fragment."""

    @property
    def host(self) -> str:
        """The host asked now, for messages."""
        return self.url.host or "?"

    @property
    def conditional(self) -> bool:
        """Whether it asks for changes only."""
        return bool(self.validators.etag or self.validators.last_modified)

    @property
    def credentials(self) -> str | None:
        """``user:password`` of the address where the trip stands now, or None."""
        if self.url.user is None and self.url.password is None:
            return None
        return f"{self.url.user or ''}:{self.url.password or ''}"

    @property
    def moved_to(self) -> str | None:
        """Only when every hop was permanent, none fell back to plain HTTP, and no credential would be lost or stored."""
        return self.address if self._hops and self._permanent and not self._secret else None

    def redirect(self, status: int, location: str) -> Failure | None:
        """Step to ``location``, or say why not."""
        if not location:
            return Failure(FailureKind.REDIRECT, f"{self.host} redirects without saying where to.", status)
        try:
            target = self.url.join(URL(location.strip())).with_fragment(None)
        except (ValueError, UnicodeError):
            return Failure(FailureKind.REDIRECT, f"{self.host} redirects to an address that is not valid.", status)
        if (wrong := urls.problem(str(target))) is not None:
            return Failure(FailureKind.REDIRECT, f"{self.host} redirects to an address that {wrong}.", status)
        same = target.origin() == self.url.origin()
        named = target.user is not None or target.password is not None
        if named and not same:
            return Failure(FailureKind.REDIRECT, f"{self.host} redirects to an address with credentials in it.", status)
        if same and not named and self._secret:
            target = target.with_user(self.url.user).with_password(self.url.password)
        self._seen.add(self.url)
        if target in self._seen:
            return Failure(FailureKind.REDIRECT, f"{self.host} redirects in a circle.", status)
        self._permanent &= status in _PERMANENT and not (self.url.scheme == "https" and target.scheme == "http")
        self._hops += 1
        self.url = target
        self.address = _shown(target)
        return None


def _shown(url: URL) -> str:
    return str(url if url.user is None and url.password is None else url.with_user(None))
