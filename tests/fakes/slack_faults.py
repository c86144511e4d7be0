"""How the fake Slack can fail: what happens to one call, and how its answer is spoilt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Fault:
    """What happens to one call: whether it takes effect, and how its answer is spoilt."""

    commit: bool = False
    how: str = "answer"  # answer | reset | hang | cut
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def error_fault(code: str, *, commit: bool = False, status: int = 200, **headers: str) -> Fault:
    """An answer ``{"ok": false, "error": code}``."""
    body = json.dumps({"ok": False, "error": code})
    return Fault(commit=commit, status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"
FAULTS: dict[str, Callable[[], Fault]] = {
    "commit_reset": lambda: Fault(commit=True, how="reset"),
    "reset": lambda: Fault(how="reset"),
    "commit_hang": lambda: Fault(commit=True, how="hang"),
    "hang": lambda: Fault(how="hang"),
    "html_502": lambda: Fault(status=502, body=HTML, content_type="text/html"),
    "commit_html_502": lambda: Fault(commit=True, status=502, body=HTML, content_type="text/html"),
    "commit_cut_body": lambda: Fault(commit=True, how="cut"),
    "commit_cut_json": lambda: Fault(commit=True, body='{"ok": true, "ts": "15'),
    "commit_text": lambda: Fault(commit=True, body="ok", content_type="text/plain"),
    "commit_empty": lambda: Fault(commit=True, body=""),
    "commit_list": lambda: Fault(commit=True, body="[1]"),
    "commit_no_ts": lambda: Fault(commit=True, body='{"ok": true}'),
    "fatal_error": lambda: error_fault("fatal_error", commit=True),
    "internal_error": lambda: error_fault("internal_error", commit=True),
    "ratelimited": lambda: error_fault("ratelimited", status=429, Retry_After="7"),
    "ratelimited_odd": lambda: error_fault("ratelimited", status=429, Retry_After="soon"),
    "ratelimited_bare": lambda: Fault(status=429, body="", content_type="text/html"),
}
