"""Alerts in the terminal, from the same blocks as in Slack: what `make run` shows without a token.

The port is that of :class:`bot.slack.client.SlackSender`. Feed text was cleaned when the blocks were made; it is
cleaned of control sequences again here, and rich reads no markup in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.model import Found, LookUp, Message, Outcome, SendResult
from bot.slack.client import ChannelInfo, Copies, Identity
from bot.slack.elements import visible
from bot.slack.text import clean, one_line, unescape

_STYLES = {"header": "bold", "context": "dim"}


class TerminalSender:
    """Prints messages in a frame; edits and replies as one line each. Looking up works within one process."""

    def __init__(
        self,
        console: Console | None = None,
        *,
        channels: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Print on ``console`` (default: standard output); ``channels`` maps ids to the names to show."""
        self._console = console or Console(highlight=False)
        self._channels = dict(channels or {})
        self._clock = clock
        self._last = 0.0
        self._sent: dict[str, tuple[str, Message]] = {}
        self._latest: dict[str, str] = {}

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,  # noqa: ARG002 - of the port
    ) -> SendResult:
        """Print a new message, or one line for a reply. ``broadcast`` makes no difference here."""
        ts = self._next_ts()
        self._sent[ts] = (channel, message)
        if thread_ts:
            self._note(f" └ {_summary(message)}")
        else:
            self._latest[channel] = ts
            self._frame(channel, message)
        return SendResult(Outcome.SENT, ts=ts)

    async def update(self, channel: str, ts: str, message: Message) -> SendResult:
        """Print what changed in a message, on one line."""
        known = self._sent.get(ts)
        self._sent[ts] = (channel, message)
        change = _changed(known[1] if known else None, message)
        if change:
            which = "same" if self._latest.get(channel, ts) == ts else "earlier"
            self._note(f"  {self._name(channel)} {which} message: {change}")
        return SendResult(Outcome.SENT, ts=ts)

    async def delete(self, channel: str, ts: str) -> SendResult:
        """Say that a message was taken back."""
        known = self._sent.pop(ts, None)
        if known is None:
            return SendResult(Outcome.NOT_EDITABLE, ts=ts, error="message_not_found")
        self._note(f"{self._name(channel)} taken back: {_summary(known[1])}")
        return SendResult(Outcome.SENT, ts=ts)

    async def look_up(
        self, channel: str, send_key: str, *, oldest: datetime, latest: datetime, thread_ts: str | None = None
    ) -> LookUp:
        """Find what this process printed with the key. A terminal keeps nothing beyond that."""
        copies = await self.copies(channel, send_key, oldest=oldest, latest=latest, thread_ts=thread_ts)
        return LookUp(Found.YES, ts=copies.ts[0]) if copies.ts else LookUp(Found.NO)

    async def copies(
        self,
        channel: str,
        send_key: str,
        *,
        oldest: datetime,  # noqa: ARG002 - of the port
        latest: datetime,  # noqa: ARG002
        thread_ts: str | None = None,  # noqa: ARG002
    ) -> Copies:
        """Return the ids of everything printed with the key."""
        keys = {
            ts
            for ts, (where, message) in self._sent.items()
            if where == channel and (message.metadata.get("event_payload") or {}).get("key") == send_key
        }
        return Copies(tuple(sorted(keys)))

    async def auth(self) -> Identity:
        """Return who speaks here."""
        return Identity("terminal", "terminal", "terminal", "terminal", "https://slack.com/")

    async def info(self, channel: str) -> ChannelInfo:
        """Every channel exists in the terminal."""
        return ChannelInfo(channel, name=self._name(channel).lstrip("#"), member=True)

    def _next_ts(self) -> str:
        self._last = max(self._clock().timestamp(), self._last + 0.000_1)
        return f"{self._last:.6f}"

    def _name(self, channel: str) -> str:
        return f"#{clean(self._channels.get(channel, channel)).lstrip('#')}"

    def _note(self, line: str) -> None:
        self._console.print(Text(line, style="dim"), no_wrap=True, overflow="ellipsis")

    def _frame(self, channel: str, message: Message) -> None:
        width = min(self._console.width, 100)
        name = self._name(channel)
        self._console.print(Text(f"┌ {name} " + "─" * max(1, width - len(name) - 3)))
        for line in message_lines(message):
            indent = "  " if line.plain.startswith(("  ", "• ")) else ""
            for index, part in enumerate(line.wrap(self._console, max(20, width - 2 - len(indent))) or [line]):
                part.rstrip()
                row = Text("│ " + (indent if index else "")).append_text(part)
                self._console.print(row, no_wrap=True, overflow="ignore", crop=False)
        self._console.print(Text("└" + "─" * (width - 1)))


def message_lines(message: Message) -> list[Text]:
    """Return a message as styled lines: its blocks, or its text where it has none."""
    if not message.blocks:
        return [Text(clean(unescape(line))) for line in message.text.split("\n")]
    return [line for block in message.blocks for line in _block_lines(block)]


def _block_lines(block: Mapping[str, Any]) -> Iterator[Text]:
    kind = str(block.get("type"))
    if kind == "actions":
        yield Text(" ".join(map(_control, block.get("elements", ()))), style="cyan")
    elif kind == "rich_text":
        for part in block.get("elements", ()):
            yield from _rich_lines(part)
    elif kind == "divider":
        yield Text("─" * 20, style="dim")
    else:
        for line in visible(block).split("\n"):
            yield Text(clean(line), style=_STYLES.get(kind, ""))


def _rich_lines(part: Mapping[str, Any]) -> Iterator[Text]:
    kind = part.get("type")
    if kind == "rich_text_list":
        for item in part.get("elements", ()):
            for index, line in enumerate(_rich_lines(item)):
                yield Text("  " if index else "• ").append_text(line)
        return
    line = Text("  " if kind == "rich_text_quote" else "")
    for leaf in part.get("elements", ()):
        first, *rest = visible(leaf).split("\n")
        line.append(_printable(first), style=_leaf_style(leaf))
        for more in rest:
            yield line
            line = Text(_printable(more), style=_leaf_style(leaf))
    yield line


def _leaf_style(leaf: Mapping[str, Any]) -> str:
    if leaf.get("type") == "link":
        return "underline"
    style = leaf.get("style") or {}
    return " ".join(name for name in ("bold", "italic") if style.get(name))


def _printable(text: str) -> str:
    """Clean a piece of a line, keeping the spaces at its ends."""
    lead = text[: len(text) - len(text.lstrip(" "))]
    tail = text[len(text.rstrip(" ")) :]
    return (lead + clean(text) + tail) if text.strip(" ") else text


def _control(element: Mapping[str, Any]) -> str:
    if element.get("type") == "overflow":
        options = " · ".join(clean(visible(option)) for option in element.get("options", ()))
        return f"[… {options}]"
    return f"[{clean(visible(element.get('text', {})))}]"


def _summary(message: Message) -> str:
    return one_line(unescape(message.text.split("\n", 1)[0]), 160)


def _changed(before: Message | None, after: Message) -> str:
    """Return the lines of the newer message that the older one did not have, notes first; buttons do not count."""
    new = _words(after)
    if before is None:
        return one_line(new[0], 160)
    old = set(_words(before))
    return one_line("; ".join(line for line in reversed(new) if line and line not in old), 240)


def _words(message: Message) -> list[str]:
    blocks = tuple(block for block in message.blocks if block.get("type") != "actions")
    return [line.plain.strip() for line in message_lines(replace(message, blocks=blocks))]
