"""Longer answers: one story, an actor's ledger, why, sources, status, subscriptions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import Check, Health, Message, Reason, Route, SourceRow
from bot.slack import answers, blocks
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.asks import Ask, Vocabulary
from bot.slack.commands import COMMAND
from bot.slack.limits import fit
from bot.slack.ports import Ledger, Muted, Shown, SourceCounts, StoryRow, Told, Why
from bot.slack.values import Rendering
from bot.slack.writing import filter_words, quiet_words, schedule_words, write

WHY_ACTION = "pw_why_action"
"""Buttons under a `why` that was not seen: `analyse`, `suggest`, `missed`; the value is the address."""
REASONS = 8
SOURCES_PAGE = 15
MUTED_PAGE = 10


def story(shown: Shown, rendering: Rendering) -> Message:
    """Return one story as its alert, with its coverage and its stages below."""
    message = blocks.alert(shown.view, rendering)
    extra: list[e.Block] = []
    if len(shown.stages) > 1:
        rows = [_stage_row(row) for row in shown.stages[:10]]
        extra.append(e.rich(e.section(e.words("Stages", bold=True)), e.bullets(rows), block_id="stages"))
    if shown.articles:
        coverage = blocks.coverage_reply(shown.view, shown.articles)
        extra += [{**block, "block_id": "all_coverage"} for block in coverage.blocks]
    buttons = [block for block in message.blocks if block.get("type") == "actions"]
    rest = [block for block in message.blocks if block.get("type") != "actions"]
    ref = e.context(f"Story {shown.view.story.ref}", block_id="ref")
    return fit(replace(message, blocks=(*rest, *extra, *buttons, ref)))


def _stage_row(row: StoryRow) -> list[e.Element]:
    return [
        e.words(f"{t.day(t.utc(row.at))}  "),
        e.words(str(row.stage or ""), bold=True),
        e.words("  "),
        e.link(t.one_line(row.line, 90) or row.ref, row.url),
    ]


def ledger(found: Ledger, ask: Ask, vocabulary: Vocabulary) -> Message:
    """Return an actor's stances now, or its timeline."""
    if found.actor is None:
        return _unknown_actor(found, ask)
    what = "stance now" if ask.verb == "stance" else "timeline"
    name = t.one_line(found.actor, 80)
    if not found.rows:
        return answers.text_only(f"{name}: nothing is recorded yet.")
    shown = f"{ask.offset + 1}–{ask.offset + len(found.rows)} of " if ask.offset else ""
    title = f"{name}: {what} ({shown}{found.total or len(found.rows):,})"
    rows = [_dated_row(row, vocabulary) for row in found.rows[:20]]
    parts = [e.section(e.words(title, bold=True)), e.bullets(rows)]
    built = [e.rich(*parts, block_id="rows")]
    more = replace(ask, offset=ask.offset + len(rows))
    if not ask.share:
        controls = [e.button("Share here", answers.SHARE, value=write(ask))]
        if more.offset < found.total:
            controls.insert(0, e.button("More", answers.PAGE, value=write(more)))
        built.append(e.actions(*controls, block_id="actions"))
    spoken = [title, *("".join(map(e.visible, row)) for row in rows)]
    return fit(Message(t.escape("\n".join(spoken)), tuple(built)))


def _dated_row(row: StoryRow, vocabulary: Vocabulary) -> list[e.Element]:
    where = t.places(row.jurisdictions, vocabulary.places, most=2)
    facts = " · ".join(filter(None, (t.day(t.utc(row.at)), str(row.stage or ""), t.shorten(where, 60))))
    notes = [e.words("  curated, not observed", italic=True)] if row.curated else []
    return [
        e.words(f"{facts}  "),
        e.link(t.one_line(row.line, 110) or row.ref, row.url),
        e.words(f"  {row.ref}"),
        *notes,
    ]


def _unknown_actor(found: Ledger, ask: Ask) -> Message:
    name = t.one_line(ask.subject, 60)
    near = ", ".join(t.one_line(one, 40) for one in found.near[:5])
    text = f"Nothing is known of “{name}”." + (f" Did you mean {near}?" if near else "")
    if not found.near:
        return answers.text_only(text)
    example = write(replace(ask, subject=found.near[0]))
    return fit(Message(t.escape(text), (e.rich(e.section(e.words(text))), e.context(f"{COMMAND} {example}"))))


def why(found: Why) -> Message:
    """Return why an address was, or was not, told; for an unseen one, what can be done about it."""
    title = t.one_line(found.title, 140) or t.one_line(found.url, 140)
    parts = [
        e.section(e.link(title, found.url), *([e.words(f"  {t.one_line(found.source, 60)}")] if found.source else []))
    ]
    verdict = t.one_line(found.verdict, 300) or ("Seen." if found.seen else "This address was not seen by any source.")
    parts.append(e.section(e.words(verdict, bold=True)))
    parts += _grounds(found.quote, found.reasons, found.score)
    parts += _channels(found.told)
    if found.story:
        parts.append(
            e.section(
                e.words("Story "),
                e.words(found.story.ref, bold=True),
                e.words(f"  {t.one_line(found.story.line, 120)}"),
            )
        )
    built = [e.rich(*parts, block_id="why")]
    if not found.seen and t.safe_url(found.url):
        choices = (("Analyse now", "analyse"), ("Suggest as source", "suggest"), ("It was missed", "missed"))
        built.append(
            e.actions(
                *(e.button(text, f"{WHY_ACTION}_{name}", value=found.url) for text, name in choices), block_id="actions"
            )
        )
    return fit(Message(t.escape(f"{title}\n{verdict}"), tuple(built)))


def _grounds(quote: str, reasons: Sequence[Reason], score: float | None) -> list[e.Element]:
    """Return what a verdict rests on: the sentence, each step with its words and vocabulary entry, and the score.

    The weights that make up the score are only counted: they are for `policywatch explain`.
    """
    parts: list[e.Element] = []
    if said := t.one_line(quote, 300):
        parts.append(e.section(e.words("The sentence that says it:")))
        parts.append(e.quote(e.words(f"“{said}”")))
    steps = [reason for reason in reasons if reason.code != "score"]
    if steps:
        parts.append(e.bullets([reason_row(reason) for reason in steps[:REASONS]]))
    if more := len(steps) - REASONS if len(steps) > REASONS else 0:
        parts.append(e.section(e.words(f"and {more} more", italic=True)))
    if score is not None:
        weighed = len(reasons) - len(steps)
        of = f", from {t.plural(weighed, 'fact or phrase', 'facts and phrases')}" if weighed else ""
        says = f"Score {score:.2f}{of}: about {score * 100:.0f} of 100 texts with this score tell of a policy change."
        parts.append(e.section(e.words(says, italic=True)))
    return parts


def _channels(told: Sequence[Told]) -> list[e.Element]:
    """Return which channels were told, and by which route."""
    if not told:
        return []
    return [e.section(e.words("Channels", bold=True)), e.bullets([_told_row(one) for one in told[:10]])]


def _told_row(one: Told) -> list[e.Element]:
    return [e.channel(one.channel), e.words(f"  {t.one_line(one.words, 120)} (route {t.one_line(one.route, 60)})")]


def reason_row(reason: Reason) -> list[e.Element]:
    """Return one step of a verdict, with the words it rests on."""
    said = f"mood: {reason.detail}" if reason.code == "modality" else reason.detail
    row = [e.words(t.one_line(said, 200) or reason.code)]
    if reason.span:
        row.append(e.words(f"  “{t.one_line(reason.span.quote, 160)}”", italic=True))
    if reason.entry:
        row += [e.words("  "), e.words(t.one_line(reason.entry, 60), code=True)]
    return row


def story_why(shown: Shown) -> Message:
    """Return why a story was told: its sentence, its reasons and the routes that took it."""
    view = shown.view
    change = view.story.change
    quote = t.one_line(change.evidence.quote, 300)
    parts = [e.section(e.words(f"{view.story.ref}: {t.one_line(change.line, 140)}", bold=True))]
    parts += _grounds(quote, view.reasons or change.reasons, change.score)
    parts += _channels(shown.told)
    return fit(Message(t.escape(f"Why {view.story.ref}: {quote or t.one_line(change.line, 140)}"), (e.rich(*parts),)))


def sources(counts: SourceCounts, rows: Sequence[SourceRow], ask: Ask, now: datetime) -> Message:
    """Return how many sources there are, and a page of those that are not well or muted."""
    head = answers.sources_line(counts, now)
    items = [source_row(row, now) for row in rows[ask.offset : ask.offset + SOURCES_PAGE]]
    parts = [e.section(e.words(head, bold=True))]
    if items:
        parts.append(e.bullets(items))
    elif counts.checked_at is not None and not rows:
        parts.append(e.section(e.words("All are well, and none is muted.")))
    built = [e.rich(*parts)]
    left = len(rows) - ask.offset - len(items)
    if left > 0 and not ask.share:
        more = replace(ask, offset=ask.offset + len(items))
        built.append(e.actions(e.button(f"More ({left:,})", answers.PAGE, value=write(more)), block_id="actions"))
    spoken = [head, *("".join(map(e.visible, item)) for item in items[:10])]
    return fit(Message(t.escape("\n".join(spoken)), tuple(built)))


def source_row(row: SourceRow, now: datetime) -> list[e.Element]:
    """Return one source that needs a look: state, since when and why, and what its polls warn of."""
    state = row.state
    name = e.words(t.one_line(row.source.name, 60), bold=True)
    if state is None:
        return [name, e.words("  not polled yet")]
    said = [] if state.health is Health.OK else [str(state.health)]
    if said and state.health_since:
        said.append(f"since {t.weekday_clock(t.utc(state.health_since))} UTC")
    if state.muted_until and state.muted_until > now:
        said.append(f"muted until {t.short_day(t.utc(state.muted_until))}")
    why = row.why or state.last_error if state.health is not Health.OK else None
    more = "".join(f"  {t.one_line(each, 140)}" for each in (why, row.warning) if each)
    return [name, e.words(f"  {' '.join(said) or 'ok'}{more}  "), e.words(row.source.id, code=True)]


def muted(found: Sequence[Muted]) -> Message:
    """Return what was muted in a channel, with a button for each to undo it."""
    if not found:
        return answers.text_only(f"Nothing is muted in this channel. Sources that are muted: {COMMAND} sources")
    head = f"Muted in this channel ({len(found):,})"
    rows = [[*muted_row(one)] for one in found[:MUTED_PAGE]]
    built = (
        e.rich(e.section(e.words(head, bold=True)), e.bullets(rows)),
        undo_row(found),
        e.context(f"Sources that are muted: {COMMAND} sources"),
    )
    spoken = [head, *("".join(map(e.visible, row)) for row in rows)]
    return fit(Message(t.escape("\n".join(spoken)), built))


def muted_row(one: Muted) -> list[e.Element]:
    """Return `nothing more on Microsoft · @anna, 11 Jun`."""
    return [
        e.words("nothing more "),
        e.words(t.one_line(one.words, 80), bold=True),
        e.words(" · "),
        e.user(one.by),
        e.words(f", {t.short_day(t.utc(one.at))}"),
    ]


def undo_row(found: Sequence[Muted]) -> e.Block:
    """Return the buttons that undo the first of these mutes."""
    buttons = (
        answers.undo_button(f"Undo: {t.one_line(one.words, 60)}", one.channel, one.subject, number)
        for number, one in enumerate(found[:MUTED_PAGE])
    )
    return e.actions(*buttons, block_id="muted")


def status(checks: Sequence[Check], looked: str = "") -> Message:
    """Return what readiness depends on, one line each; and how many sources there are and when one was last ``looked`` at."""
    bad = [check for check in checks if not check.ok]
    head = (
        "All well."
        if not bad
        else f"{t.plural(len(bad), 'thing')} not well: {', '.join(t.one_line(c.name, 30) for c in bad)}."
    )
    rows = [
        [
            e.words("✓ " if check.ok else "✗ "),
            e.words(t.one_line(check.name, 40), bold=True),
            e.words(f"  {t.one_line(check.detail, 200)}"),
        ]
        for check in checks[:20]
    ]
    parts = [e.section(e.words(head, bold=True)), *(e.section(*row) for row in rows)]
    foot = [e.context(looked, block_id="sources")] if looked else []
    return fit(Message(t.escape("\n".join(filter(None, (head, looked)))), (e.rich(*parts), *foot)))


def route_row(route: Route) -> list[e.Element]:
    """Return one route: when it sends, and what it takes."""
    takes = " ".join(filter_words(route.filters)) or "every policy change"
    if route.kind == "operators":
        takes = "what goes wrong: broken sources, refused config"
    takes += f", quiet {quiet_words(route.quiet)}" if route.quiet else ""
    made = "from alerts.yaml" if route.origin == "file" else "by /policywatch subscribe"
    return [e.words(schedule_words(route.schedule), bold=True), e.words(f"  {t.one_line(takes, 200)}  ({made})")]
