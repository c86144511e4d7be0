from __future__ import annotations

import io
from datetime import timedelta

import pytest
from rich.console import Console

from bot.model import Found, Message, Outcome
from bot.slack import blocks
from bot.slack.terminal import TerminalSender
from bot.slack.values import Rendering
from tests.slack.conftest import NAMES, NOW, make_change, make_view

HERE = Rendering(names=NAMES, now=NOW)


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def terminal(out: io.StringIO) -> TerminalSender:
    console = Console(file=out, width=90, highlight=False)
    return TerminalSender(console, channels={"C1": "policy"}, clock=lambda: NOW)


async def test_a_message_is_framed_and_named_after_its_channel(terminal: TerminalSender, out: io.StringIO):
    result = await terminal.post("C1", blocks.alert(make_view(), HERE))
    lines = out.getvalue().splitlines()
    assert result.outcome is Outcome.SENT
    assert lines[0].startswith("┌ #policy ─")
    assert lines[1] == "│ Microsoft will not sell facial recognition to US police"
    assert lines[-1].startswith("└─")
    assert any("[Read source] [Not relevant] [… Why · Wrong story" in line for line in lines)
    assert all(len(line) <= 90 for line in lines)


async def test_a_pipe_gets_no_colour_codes(terminal: TerminalSender, out: io.StringIO):
    await terminal.post("C1", blocks.alert(make_view(), HERE))
    assert "\x1b" not in out.getvalue()


async def test_a_terminal_gets_styles(out: io.StringIO):
    terminal = TerminalSender(
        Console(file=out, width=90, force_terminal=True, color_system="standard"), clock=lambda: NOW
    )
    await terminal.post("C1", blocks.alert(make_view(), HERE))
    assert "\x1b[1m" in out.getvalue()


@pytest.mark.parametrize(
    "hostile",
    ["\x1b]0;owned\x07title", "\x1b[31mred", "a\x9b2Jb", "[bold red]x[/]", "[/nothing]", "\r\nline", "\u202egnp"],
)
async def test_control_sequences_and_markup_in_titles_do_nothing(
    terminal: TerminalSender, out: io.StringIO, hostile: str
):
    await terminal.post("C1", blocks.alert(make_view(make_change(line=hostile, quote=hostile)), HERE))
    await terminal.post("C1", Message(hostile))
    assert not any(char in out.getvalue() for char in "\x1b\x9b\x07\r\u202e")
    if hostile.startswith("["):
        assert hostile in out.getvalue(), "brackets are text, not markup"


async def test_an_edit_is_one_line_that_says_what_changed(terminal: TerminalSender, out: io.StringIO):
    ts = (await terminal.post("C1", blocks.alert(make_view(), HERE))).ts
    before = out.tell()
    result = await terminal.update("C1", ts, blocks.alert(make_view(story={"source_count": 12}), HERE))
    (line,) = out.getvalue()[before:].splitlines()
    assert result.ts == ts
    assert line.strip().startswith("#policy same message: 12 sources · best and first: Example Post")


async def test_an_edit_that_changes_nothing_prints_nothing(terminal: TerminalSender, out: io.StringIO):
    message = blocks.alert(make_view(), HERE)
    ts = (await terminal.post("C1", message)).ts
    before = out.tell()
    await terminal.update("C1", ts, message)
    assert out.tell() == before


async def test_a_reply_is_one_line(terminal: TerminalSender, out: io.StringIO):
    ts = (await terminal.post("C1", blocks.alert(make_view(), HERE))).ts
    before = out.tell()
    await terminal.post("C1", blocks.coverage_reply(make_view(story={"source_count": 42}, others=42)), thread_ts=ts)
    assert out.getvalue()[before:] == " └ Coverage (42): official 0 · wire 0 · others 42\n"


async def test_ids_differ_and_what_was_printed_is_found_by_its_key(terminal: TerminalSender):
    keyed = Message("x", metadata={"event_type": "policywatch", "event_payload": {"key": "k1"}})
    first, second = (await terminal.post("C1", keyed)).ts, (await terminal.post("C1", Message("y"))).ts
    span = {"oldest": NOW - timedelta(1), "latest": NOW}
    assert first != second
    assert (await terminal.look_up("C1", "k1", **span)).ts == first
    assert (await terminal.look_up("C1", "k2", **span)).found is Found.NO
    assert (await terminal.delete("C1", first)).outcome is Outcome.SENT
    assert (await terminal.delete("C1", first)).outcome is Outcome.NOT_EDITABLE


async def test_the_port_answers_who_and_where(terminal: TerminalSender):
    assert (await terminal.auth()).bot_id
    assert (await terminal.info("C1")).member
