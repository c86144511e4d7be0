"""Ask the real Slack whether it takes the sample messages: its method `blocks.validate`, which needs no token.

    python docs/tools/validate.py [https://slack.com/api/]

By hand only: it needs the internet, and nothing of the tests or of `make check` calls it. It prints a line for each sample
of docs/tools/samples.py and ends with status 1 when one was refused, 2 when Slack could not be asked.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SLACK = "https://slack.com/api/"


def validate(blocks: list[Any], base_url: str = SLACK) -> str:
    """Return what Slack says against blocks; empty when it takes them.

    Raises:
        OSError: Slack could not be asked.
    """
    if not base_url.startswith(("https://", "http://127.0.0.1:")):
        raise OSError("an address of Slack begins with https://")
    body = json.dumps({"blocks": blocks}).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(f"{base_url}blocks.validate", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        said: Mapping[str, Any] = json.load(answer)
    return "" if said.get("ok") else f"{said.get('error')} {said.get('response_metadata') or said.get('errors') or ''}"


def main(arguments: list[str]) -> int:
    """Ask for every sample."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from docs.tools.samples import samples

    refused = 0
    for one in samples():
        blocks = one["view"]["blocks"] if "view" in one else one["blocks"]
        if not blocks:
            continue
        try:
            problem = validate(blocks, *arguments[:1])
        except (OSError, ValueError) as error:
            print(f"Slack could not be asked: {error}", file=sys.stderr)
            return 2
        print(f"{'refused' if problem else 'ok':<8} {one['title']}  {problem}".rstrip())
        refused += bool(problem)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
