"""Is this request really from Slack, and new? Decided before Bolt sees it.

Slack signs ``v0:timestamp:body`` with HMAC-SHA256 (docs: Verifying requests from Slack). Bolt's own check raises on a
timestamp that is no number, a signature that is not ASCII and a body that is not UTF-8; here each is a refusal.
A used signature is remembered (through a port, so that several web processes agree) and not accepted again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks requests against the app's signing secret."""

    signing_secret: str = field(repr=False)
    use_signature: Callable[[str, datetime], bool]
    """Remembers a signature; False when it was used before. Runs in a thread."""
    clock: Callable[[], datetime]

    def problem(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Say why a request cannot be Slack's; None when its signature is right and recent. Does not look for replays."""
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        if not _TIMESTAMP.fullmatch(timestamp):
            return "no timestamp"
        if not _SIGNATURE.fullmatch(signature):
            return "no signature"
        if abs(self.clock().timestamp() - int(timestamp)) > WINDOW.total_seconds():
            return "stale timestamp"
        if not hmac.compare_digest(sign(self.signing_secret, timestamp, body), signature):
            return "wrong signature"
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return "body is not UTF-8"
        return None

    async def refuse(self, headers: Mapping[str, str], body: bytes) -> str | None:
        """Say why a request is refused, replays included; None when it may go on.

        Raises:
            StoreError: used signatures could not be looked up.
        """
        if problem := self.problem(headers, body):
            return problem
        fresh = await asyncio.to_thread(self.use_signature, headers["X-Slack-Signature"], self.clock())
        return None if fresh else "replayed"


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature that Slack would send."""
    base = b"v0:" + timestamp.encode("ascii") + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
