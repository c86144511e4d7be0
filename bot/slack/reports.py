"""Digests and messages to operators as Slack messages. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bot.model import Message
from bot.slack import answers
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.limits import fit
from bot.slack.values import DigestDetail, DigestGroup, DigestLine, DigestView, NoticeView

LINE = 110
NOTE = 60
QUOTE = 240
GROUP_LINES = 12
COPY_DIGEST = "pw_copy_digest"
MUTE_SOURCE = "pw_mute_source"
NO_NAMES: Mapping[str, str] = MappingProxyType({})


def digest(view: DigestView, names: Mapping[str, str] = NO_NAMES) -> Message:
    """Return a digest: one linked line for each change, grouped; what is less certain is only counted.

    Args:
        view: what it says.
        names: of places, for groups that are places.
    """
    title = t.one_line(view.title, e.HEADER - 10) or "Policy changes"
    sources_line = t.one_line(view.sources_line, 200)
    parts: list[e.Element] = []
    for group in view.groups:
        if group.lines:
            parts.append(e.section(e.words(_label(group, names), bold=True)))
            parts.append(e.bullets([_digest_row(line) for line in group.lines[:GROUP_LINES]]))
            if more := len(group.lines) - GROUP_LINES if len(group.lines) > GROUP_LINES else 0:
                where = ", in thread" if view.threaded and group.label != "AHEAD" else ""
                parts.append(e.section(e.words(f"and {more} more{where}", italic=True)))
    if view.maybe:
        where = ", in thread" if view.threaded else ""
        parts.append(e.section(e.words("MAYBE", bold=True), e.words(f"  {len(view.maybe)} less certain{where}")))
    if not parts:
        return answers.text_only(". ".join(filter(None, (title, sources_line))))
    blocks = [e.header(title, "title"), e.rich(*parts, block_id="body")]
    if sources_line:
        blocks.append(e.context(sources_line, block_id="sources"))
    if view.key:
        blocks.append(e.actions(e.button("Copy as Markdown", COPY_DIGEST, value=view.key), block_id="actions"))
    spoken = [
        title,
        *(f"{_label(group, names)}: {_spoken(group.lines)}" for group in view.groups if group.lines),
        sources_line,
    ]
    return fit(Message(t.escape(t.shorten("\n".join(filter(None, spoken)), 2_000)), tuple(blocks)))


def _label(group: DigestGroup, names: Mapping[str, str]) -> str:
    if group.place is None:
        return t.one_line(group.label, 60)
    return t.one_line(t.place(group.place, names), 60) or "No place stated"


def digest_thread(view: DigestView, names: Mapping[str, str] = NO_NAMES) -> Message:
    """Return one reply in the thread of a digest: its stories with terms, date, place and the sentence that says it."""
    parts: list[e.Element] = []
    for detail in view.details:
        line = detail.line
        maybe = [e.words("  less certain", italic=True)] if detail.maybe else []
        title = e.link(t.one_line(line.line, LINE) or detail.ref, line.url) | {"style": {"bold": True}}
        parts.append(e.section(title, e.words(f"  {t.one_line(detail.ref, 14)}"), *maybe))
        if facts := _facts(detail, names):
            parts.append(e.section(e.words(facts)))
        if said := t.one_line(detail.quote, QUOTE).strip("\"“”„»«' "):
            speaker = t.one_line(detail.speaker, NOTE)
            parts.append(e.quote(e.words(f"“{said}”" + (f"  {speaker}" if speaker else ""))))
    text = f"{t.one_line(view.title, 100)}: details"
    return fit(Message(t.escape(text), (e.rich(*(parts or [e.section(e.words(text))]), block_id="body"),)))


def _facts(detail: DigestDetail, names: Mapping[str, str]) -> str:
    terms = [t.one_line(term, 80) for term in detail.terms]
    facts = [term[:1].upper() + term[1:] for term in terms]
    moved = f"{detail.before} → " if detail.before else ""
    facts += [f"{moved}{detail.stage} {t.iso_day(detail.on)}".strip()]
    facts += [t.places(detail.places, names) or "place not stated"]
    facts += [t.plural(detail.sources, "source")] if detail.sources > 1 else []
    return t.join_short(facts, " · ", 180)


def digest_markdown(view: DigestView, names: Mapping[str, str] = NO_NAMES) -> str:
    """Return the digest as Markdown, to copy or mail."""
    lines = [f"## {_markdown(view.title)}", ""]
    for label, entries in [*((_label(group, names), group.lines) for group in view.groups), ("MAYBE", view.maybe)]:
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
    day = f"{_markdown(line.day)}: " if line.day else ""
    return f"- {day}{text}" + (f" ({_markdown(line.note)})" if line.note else "")


def _markdown(text: str) -> str:
    """Escape what Markdown would read as markup."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in t.clean(text))


def _digest_row(line: DigestLine) -> list[e.Element]:
    note = t.one_line(line.note, NOTE)
    day = t.one_line(line.day, 20)
    return [
        *([e.words(f"{day}  ")] if day else []),
        e.link(t.one_line(line.line, LINE), line.url),
        *([e.words(f"  {note}")] if note else []),
    ]


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
