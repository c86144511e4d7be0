"""Digests and messages to operators as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import Message
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.limits import fit
from bot.slack.values import DigestLine, DigestView, NoticeView

LINE = 110
NOTE = 60
GROUP_LINES = 12
COPY_DIGEST = "pw_copy_digest"
MUTE_SOURCE = "pw_mute_source"


def digest(view: DigestView) -> Message:
    """Return a digest: one linked line for each change, grouped; what is less certain is only counted."""
    title = t.one_line(view.title, e.HEADER - 10) or "Policy changes"
    parts: list[e.Element] = []
    for group in view.groups:
        if group.lines:
            parts.append(e.section(e.words(t.one_line(group.label, 60), bold=True)))
            parts.append(e.bullets([_digest_row(line) for line in group.lines[:GROUP_LINES]]))
            if len(group.lines) > GROUP_LINES:
                parts.append(e.section(e.words(f"and {len(group.lines) - GROUP_LINES} more, in thread", italic=True)))
    if view.maybe:
        parts.append(e.section(e.words("MAYBE", bold=True), e.words(f"  {len(view.maybe)} less certain, in thread")))
    if not parts:
        parts.append(e.section(e.words("Nothing changed.")))
    blocks = [e.header(title, "title"), e.rich(*parts, block_id="body")]
    if sources_line := t.one_line(view.sources_line, 200):
        blocks.append(e.context(sources_line, block_id="sources"))
    if view.key:
        blocks.append(e.actions(e.button("Copy as Markdown", COPY_DIGEST, value=view.key), block_id="actions"))
    spoken = [
        title,
        *(f"{t.one_line(group.label, 60)}: {_spoken(group.lines)}" for group in view.groups if group.lines),
        sources_line,
    ]
    return fit(Message(t.escape(t.shorten("\n".join(filter(None, spoken)), 2_000)), tuple(blocks)))


def digest_thread(view: DigestView) -> Message | None:
    """Return the thread reply of a digest: what did not fit, and what is less certain; None when there is nothing."""
    groups = [(group.label, group.lines[GROUP_LINES:]) for group in view.groups] + [("MAYBE", view.maybe)]
    parts: list[e.Element] = []
    for label, lines in groups:
        if lines:
            parts.append(e.section(e.words(t.one_line(label, 60), bold=True)))
            parts.append(e.bullets([_digest_row(line) for line in lines[:30]]))
    if not parts:
        return None
    text = f"{t.one_line(view.title, 100)}: details"
    return fit(Message(t.escape(text), (e.rich(*parts, block_id="body"),)))


def digest_markdown(view: DigestView) -> str:
    """Return the digest as Markdown, to copy or mail."""
    lines = [f"## {_markdown(view.title)}", ""]
    for label, entries in [*((group.label, group.lines) for group in view.groups), ("MAYBE", view.maybe)]:
        if entries:
            lines += [f"**{_markdown(label)}**", ""]
            lines += [_markdown_row(entry) for entry in entries]
            lines.append("")
    if view.sources_line:
        lines.append(_markdown(view.sources_line))
    return "\n".join(lines).rstrip() + "\n"


def _markdown_row(line: DigestLine) -> str:
    url = t.safe_url(line.url)
    text = f"[{_markdown(line.line)}](<{url}>)" if url else _markdown(line.line)
    return f"- {text}" + (f" ({_markdown(line.note)})" if line.note else "")


def _markdown(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in t.clean(text))


def _digest_row(line: DigestLine) -> list[e.Element]:
    note = t.one_line(line.note, NOTE)
    return [e.link(t.one_line(line.line, LINE), line.url), *([e.words(f"  {note}")] if note else [])]


def _spoken(lines: Sequence[DigestLine]) -> str:
    return "; ".join(t.one_line(line.line, 80) for line in lines[:5])


def notice(view: NoticeView) -> Message:
    """Return a message to operators: what broke, what may be missed, where to mend it, what comes next."""
    title = t.one_line(view.headline, 300) or "Policywatch"
    lines = [title, *(t.one_line(line, 300) for line in view.lines[:8])]
    parts: list[e.Element] = [e.section(e.words(lines[0], bold=True))]
    parts += [e.section(e.words(line)) for line in lines[1:] if line]
    fix, test = t.one_line(view.fix, 200), t.one_line(view.test, 300)
    repair: list[e.Element] = []
    if fix:
        repair += [e.words("Fix: "), e.words(fix, code=True)]
    if test:
        repair += [e.words(("     " if fix else "") + "Test: "), e.words(test, code=True)]
    if repair:
        parts.append(e.section(*repair))
        lines.append("".join(e.visible(element) for element in repair))
    blocks = [e.rich(*parts, block_id="body")]
    footer = t.one_line(view.footer, 200)
    if view.mute:
        blocks.append(e.actions(e.button("Mute 7d", MUTE_SOURCE, value=view.mute), block_id="actions"))
    if footer:
        blocks.append(e.context(footer, block_id="footer"))
    return fit(Message(t.escape("\n".join(filter(None, [*lines, footer]))), tuple(blocks)))
