"""Answers to `/policywatch …` as Slack messages. Pure.

An answer is seen by one person unless it is shared, so it may be longer than an alert; it still fits Slack's limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.model import Message
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.asks import DEFAULT_SINCE, Ask, Vocabulary, Wrong
from bot.slack.commands import COMMAND, NO_NAMES, fitting
from bot.slack.limits import fit
from bot.slack.ports import Done, Listing, SourceCounts, StoryRow
from bot.slack.typed import EXAMPLES, misspelt
from bot.slack.writing import filter_words, length_word, write

PAGE = "pw_page"
SHARE = "pw_share"
RELEASE = "pw_release"
UNMUTE_HERE = "pw_unmute_here"
"""Undoes a mute; the value is the channel, a blank, and what was muted."""
LINE = 110

HELP = (
    ("recent [N] [since:7d] [in:EU] [action:ban]", "what changed lately"),
    ("search WORDS", "stories that hold these words"),
    ("show s12", "one story with its coverage and stages"),
    ("stance ACTOR", "what an actor's policy is now"),
    ("why URL", "why something was, or was not, told"),
    ("subscribe [filters] [daily 09:00 Zone]", "send matching changes to this channel"),
    ("status", "whether the bot works, and when it last looked"),
)
MORE_HELP = (
    ("timeline ACTOR", "everything an actor did, newest first"),
    ("sources", "which sources are not well"),
    ("mute SOURCE [7d] · unmute SOURCE", "stop a source's alerts for a time"),
    ("muted", "what was muted in this channel, and how to undo it"),
    ('subscribe … quiet:"22:00-07:00 Zone" thread:no', "nothing at these times, no coverage in threads"),
    ("unsubscribe [filters]", "end what subscribe began"),
    ("digest now [since:7d]", "a digest in this channel, now"),
    ("snooze 3d · snooze off", "one daily digest here in place of alerts"),
    ("… share", "at the end of any command: shows the answer to the channel"),
)


def text_only(text: str) -> Message:
    """Return a one-sentence answer."""
    line = t.one_line(text, 2_000) or "Done."
    return fit(Message(t.escape(line), (e.rich(e.section(e.words(line))),)))


def done(what: Done, channel: str) -> Message:
    """Return what came of a deed, with a button that undoes it where there is one."""
    said = text_only(what.text)
    buttons = [undo_button("Undo", channel, what.undo)] if what.undo else []
    if what.release:
        buttons.append(e.button("Give it back", RELEASE, value=what.release))
    return replace(said, blocks=(*said.blocks, e.actions(*buttons, block_id="actions"))) if buttons else said


def undo_button(text: str, channel: str, subject: str, number: int = 0) -> e.Element:
    """Return a button that lets a channel hear again of what was muted there; ``number`` tells those of one row apart."""
    return e.button(text, f"{UNMUTE_HERE}_{number}", value=f"{channel} {subject}")


def wrong(mistake: Wrong) -> Message:
    """Return what is accepted, and one example that works."""
    parts = [e.section(e.words(t.one_line(mistake.message, 500)))]
    spoken = mistake.message
    if mistake.example:
        parts.append(e.section(e.words("Example: "), e.words(f"{COMMAND} {mistake.example}", code=True)))
        spoken += f"\nExample: {COMMAND} {mistake.example}"
    return fit(Message(t.escape(spoken), (e.rich(*parts),)))


def help_page(ask: Ask, vocabulary: Vocabulary = NO_NAMES) -> Message:
    """Return the seven commands people need, or with `help all` the rest too, or one command's example."""
    topic = ask.subject.strip()
    if topic in EXAMPLES and topic != "help":
        rows = [row for row in HELP + MORE_HELP if topic in row[0].split()] or [(topic, "")]
        example = fitting(EXAMPLES[topic], topic, vocabulary)
        rows = [*rows, (example, "for example")]
    else:
        rows = [*HELP, *(MORE_HELP if topic == "all" else ())]
    items = [[e.words(f"{COMMAND} {command}", code=True), e.words(f"  {says}")] for command, says in rows]
    blocks = [e.rich(e.section(e.words("Policywatch", bold=True)), e.bullets(items))]
    if topic != "all":
        blocks.append(e.context(f"The rest: {COMMAND} help all · In a thread: message menu … → Why this?"))
    return fit(
        Message(t.escape("Policywatch: " + "; ".join(f"{command}: {says}" for command, says in rows)), tuple(blocks))
    )


def listing(found: Listing, ask: Ask, vocabulary: Vocabulary, now: datetime) -> Message:
    """Return one page of `recent` or `search`; an empty one says when something last happened."""
    if not found.rows:
        return _empty(found, ask, vocabulary, now)
    scope = _scope(ask)
    shown = f"{ask.offset + 1}–{ask.offset + len(found.rows)}" if ask.offset else str(len(found.rows))
    head = f"{scope} · {shown} of {found.total:,}"
    rows = story_rows(found.rows, vocabulary.places, now)
    blocks = [
        e.context(head, block_id="scope"),
        e.rich(*(e.section(*row) for row in rows), block_id="rows"),
        e.context(sources_line(found.sources, now), block_id="sources"),
    ]
    if not ask.share:
        blocks.append(_paging(found, ask))
        blocks.append(e.context(f"Try: {_suggestion(ask)}", block_id="try"))
    spoken = [head, *("".join(map(e.visible, row)) for row in rows)]
    return fit(Message(t.escape("\n".join(spoken)), tuple(blocks)))


def _scope(ask: Ask) -> str:
    filters = " ".join(filter_words(ask.filters)) or "all channels"
    if ask.verb == "search":
        return t.one_line(f"“{ask.subject}” · {filters if ask.filters != Ask('search').filters else 'all time'}", 200)
    return t.one_line(f"last {t.span(_since(ask))}, {filters}", 200)


def _since(ask: Ask) -> timedelta:
    return ask.since or DEFAULT_SINCE


def _suggestion(ask: Ask) -> str:
    return "search Rekognition police" if ask.filters.jurisdictions else "recent in:EU since:30d"


def story_rows(rows: Sequence[StoryRow], places: Mapping[str, str], now: datetime) -> list[list[e.Element]]:
    """Return one line for each story; only the first that has several sources says what its number counts."""
    first = next((row for row in rows if row.sources > 1), None)
    return [_story_row(row, places, now, counted=row is first) for row in rows]


def _story_row(row: StoryRow, places: Mapping[str, str], now: datetime, *, counted: bool) -> list[e.Element]:
    """Return `s12  11 Jun  US  Microsoft will not sell to police · 42 sources`, the line linked."""
    where = t.short_place(row.jurisdictions[0], places) if row.jurisdictions else "—"
    more = f" +{len(row.jurisdictions) - 1}" if len(row.jurisdictions) > 1 else ""
    when = _row_day(row.at, now)
    notes = [f" · {t.plural(row.sources, 'source') if counted else f'{row.sources:,}'}"] if row.sources > 1 else []
    if row.curated:
        notes.append(" · curated, not observed")
    return [
        e.words(t.one_line(row.ref, 14), bold=True),
        e.words(f"  {when}  {t.shorten(where, 40)}{more}  "),
        e.link(t.one_line(row.line, LINE) or row.ref, row.url),
        *(e.words(note) for note in notes),
    ]


def _row_day(at: datetime, now: datetime) -> str:
    """Return `11 Jun`, with its year where that is not plain."""
    return t.short_day(t.utc(at)) if now - at < timedelta(days=300) else t.day(t.utc(at))


def _paging(found: Listing, ask: Ask) -> e.Block:
    controls = []
    if ask.offset + len(found.rows) < found.total:
        more = replace(ask, offset=ask.offset + len(found.rows))
        controls.append(e.button("More", PAGE, value=write(more)))
    controls.append(e.button("Share here", SHARE, value=write(ask)))
    return e.actions(*controls, block_id="actions")


def _empty(found: Listing, ask: Ask, vocabulary: Vocabulary, now: datetime) -> Message:
    if ask.verb == "search":
        text = f"Nothing holds “{t.one_line(ask.subject, 80)}”."
    else:
        filters = " ".join(filter_words(ask.filters))
        text = f"No changes in {t.span(_since(ask))}{' for ' + filters if filters else ''}."
    if found.last:
        text += f" Last: {found.last.ref}, {_row_day(found.last.at, now)}."
    text += f" {sources_line(found.sources, now, short=True)}"
    wider = replace(ask, since=timedelta(days=90), offset=0)
    hint = f"Try: {write(wider)}" if ask.verb == "recent" and length_word(_since(ask)) != "90d" else "Try: help"
    if doubt := misspelt(ask.filters.actors, vocabulary.actors):
        text += f" {doubt}"
    line = t.shorten(text, 600)
    last = [e.section(*row) for row in story_rows((found.last,), vocabulary.places, now)] if found.last else []
    return fit(Message(t.escape(line), (e.rich(e.section(e.words(line)), *last), e.context(hint))))


def sources_line(counts: SourceCounts, now: datetime, *, short: bool = False) -> str:
    """Return `61 sources, last checked 2 min ago, 2 broken`."""
    head = t.plural(counts.total, "source")
    if counts.checked_at is None:
        return f"{head}, none checked yet" + ("." if short else "")
    if short:
        return f"{head} checked {t.ago(counts.checked_at, now)}."
    broken = f", {counts.broken} broken" if counts.broken else ""
    return f"{head}, last checked {t.ago(counts.checked_at, now)}{broken}"
