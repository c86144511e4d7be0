"""A story as a Slack message: alert, stage message, coverage, catch-up. Pure.

The shape is fixed so that a channel stays readable: headline, facts, quotation, at most four labelled lines, coverage,
one row of buttons. An edit keeps the kinds of blocks (Slack refuses to replace rich text by another kind).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.model import OPEN_STAGES, ArticleRef, Message, Related, Stage, StoryView, step_of
from bot.slack import elements as e
from bot.slack import text as t
from bot.slack.limits import fit
from bot.slack.values import Marks, Rendering, Telling, story_url

HEADLINE = 140
FACTS = 200
QUOTE = 280
LABELLED = 170
LINK_TEXT = 70
OUTLET = 40
CATCH_UP_LINES = 10

# Action ids that the app listens to. They are part of messages already sent: never reuse one for something else.
READ = "pw_read"
NOT_RELEVANT = "pw_not_relevant"
MORE = "pw_more"
UNDO = "pw_undo"
NO_MARKS = Marks()
_SAYS_UNCLEAR = re.compile(
    r"^(?:(?:it|that)(?: is|[’']s| was| remains| remained)(?: also| still)? (?:unclear|unknown|not(?: yet| immediately)? (?:clear|known))"
    r"|(?:unklar|offen) (?:ist|bleibt|war|blieb)(?: (?:noch|auch|zunächst))?)[, ]+",
    re.IGNORECASE,
)
MORE_OPTIONS = {"why": "Why", "wrong": "Wrong story", "mute": "Mute here", "follow": "Follow", "take": "I'll take it"}


def alert(view: StoryView, rendering: Rendering, *, transition: str = "", telling: Telling | None = None) -> Message:
    """Return the message for a story that appeared, or moved to another stage.

    Args:
        view: the story as it is now; an edit of the message is the same call with the newer view.
        rendering: names of places and what people did to the story.
        transition: what the message was sent for, `new` or `stage:passed`: it keeps telling that stage when the story
            has moved on, and says where to. Empty: the story's stage now.
        telling: how late it is, and what else the delivery knows.
    """
    marks, telling = rendering.marks, telling or Telling()
    if marks.dismissed_by or marks.merged_into:
        return fit(_collapsed(view, marks))
    view, moved_on = _as_told(view, transition, rendering.step)
    title = headline(view, marks)
    facts = facts_line(view, rendering.names)
    coverage = _coverage_elements(view, threaded=telling.threaded)
    blocks = [
        e.header(title, "title"),
        e.context(facts, block_id="facts"),
        e.rich(*_body(view), block_id="body"),
        e.rich(e.section(*coverage), block_id="coverage"),
    ]
    if notes := _notes(marks, moved_on, telling):
        blocks.append(e.rich(*notes, block_id="notes"))
    blocks.append(_buttons(view))
    spoken = [title, facts, _quotation(view), *_labelled_texts(view), "".join(map(e.visible, coverage))]
    return fit(Message(t.escape("\n".join(filter(None, spoken))), tuple(blocks)))


def _as_told(view: StoryView, transition: str, step: tuple[Stage, datetime] | None) -> tuple[StoryView, Stage | None]:
    """Return the story at the stage that a message tells of, and the stage it has reached since (None: the same)."""
    now = view.story.stage
    told, at = now, None
    if step is not None:
        told, at = step
    elif transition.startswith("stage:"):
        told = step_of(transition)[0] or now
    elif transition == "new" and view.previous:
        told, at = view.previous.stage or now, view.previous.at
    if told is now:
        return (view if transition != "new" else replace(view, previous=None)), None
    story = replace(view.story, stage=told)
    if at is not None:
        story = replace(story, stage_at=at, last_at=at)
    return replace(view, story=story, previous=None), now


def headline(view: StoryView, marks: Marks = NO_MARKS) -> str:
    """Return the first line, which is also the phone's notification."""
    change = view.story.change
    line = t.clean(change.line) or t.clean(f"{change.actor}: {change.action.replace('_', ' ')}")
    moved = ""
    if view.previous:
        before = view.previous.stage
        moved = f": {before} → {view.story.stage}" if before else f": now {view.story.stage}"
    prefix = "CORRECTED: " if marks.corrected else ""
    return prefix + t.shorten(line, HEADLINE - len(moved) - len(prefix)) + moved


def facts_line(view: StoryView, names: Mapping[str, str]) -> str:
    """Return `Until a national law · announced 11 Jun 2020 · United States`: terms, stage with its date, places."""
    story = view.story
    change = story.change
    condition = t.one_line(change.condition, 90)
    where = t.places(change.jurisdictions, names)
    parts = (
        condition[:1].upper() + condition[1:],
        t.one_line(change.duration, 40),
        f"from {t.iso_day(change.effective)}" if change.effective else "",
        f"{_until(story.stage)} {t.iso_day(change.expires)}" if change.expires else "",
        f"{story.stage} {_stage_day(view)}",
        where or "place not stated",
    )
    return t.join_short(parts, " · ", FACTS)


def _until(stage: Stage) -> str:
    return "comments until" if stage in OPEN_STAGES else "until"


def _stage_day(view: StoryView) -> str:
    """Return when the stage was reached: the change's own date while it speaks of that stage, else the last article's."""
    story = view.story
    if story.change.stage is not story.stage:
        return t.day(t.utc(story.last_at))
    return t.iso_day(story.change.decided) or t.day(t.utc(story.stage_at or story.first_at))


def coverage_line(view: StoryView) -> str:
    """Return the line that edits change: how many sources, the best one, the first one with its time."""
    return "".join(e.visible(element) for element in _coverage_elements(view))


def _coverage_elements(view: StoryView, *, threaded: bool = True) -> list[e.Element]:
    count = max(view.story.source_count, 1)
    best, first = view.best or view.first, view.first or view.best
    if view.story.curated and not view.best:
        return [e.words("curated, not observed")]
    if best is None or first is None:
        return [e.words(t.plural(count, "source"))]
    if count == 1:
        lead = "1 source, official: " if view.official else "1 source, no official page seen yet: "
        return [e.words(lead), _outlet(best), e.words(", "), e.at_time(best.published)]
    same = best.article_id == first.article_id
    ahead = [] if same else [e.words("best: "), _outlet(best), e.words(" · ")]
    return [
        e.words(f"{t.plural(count, 'source')} · "),
        *ahead,
        e.words("best and first: " if same else "first: "),
        _outlet(first),
        e.words(" "),
        e.at_time(first.published),
        *([e.words(" · coverage in thread")] if threaded else []),
    ]


def _outlet(article: ArticleRef) -> e.Element:
    name = t.one_line(article.source_name, OUTLET) or t.host_of(article.url) or "source"
    return e.link(name, article.url)


def _quotation(view: StoryView) -> str:
    """Return the sentence people should read, in quotation marks, with its speaker."""
    change = view.story.change
    text = t.one_line(change.quote or change.evidence.quote, QUOTE).strip("\"“”„»«' ")
    if not text:
        return ""
    speaker = t.one_line(change.speaker, 60)
    return f"“{text}”  {speaker}".strip() if speaker else f"“{text}”"


def _labelled(view: StoryView) -> list[tuple[str, list[e.Element]]]:
    lines: list[tuple[str, list[e.Element]]] = []
    if view.previous:
        lines.append(("Earlier", _related(view.previous, with_day=True)))
    if also := t.join_short(view.also, "; ", LABELLED):
        lines.append(("Also", [e.words(also)]))
    if unclear := t.join_short(map(_open_question, view.unclear), "; ", LABELLED):
        lines.append(("Unclear", [e.words(unclear)]))
    if view.before:
        links: list[e.Element] = []
        for index, related in enumerate(view.before[:3]):
            links += ([e.words(" · ")] if index else []) + _related(related)
        if len(view.before) > 3:
            links.append(e.words(f" · +{len(view.before) - 3}"))
        lines.append(("Before", links))
    return lines


def _open_question(sentence: str) -> str:
    """Return what is unclear without the words that say so: the label in front says it."""
    said = t.clean(sentence).rstrip(".")
    return _SAYS_UNCLEAR.sub("", said) or said


def _labelled_texts(view: StoryView) -> list[str]:
    return [f"{label}: {''.join(e.visible(part) for part in parts)}" for label, parts in _labelled(view)]


def _related(related: Related, *, with_day: bool = False) -> list[e.Element]:
    text = t.one_line(related.line, LINK_TEXT) or related.ref
    stage = f"{related.stage}, " if with_day and related.stage else ""
    after = f" ({stage}{t.day(t.utc(related.at))})" if with_day else ""
    return [e.link(text, related.url), *([e.words(after)] if after else [])]


def _body(view: StoryView) -> list[e.Element]:
    parts: list[e.Element] = []
    if quotation := _quotation(view):
        parts.append(e.quote(e.words(quotation)))
    rows: list[e.Element] = []
    for index, (label, elements) in enumerate(_labelled(view)):
        rows += [e.words(("\n" if index else "") + label, bold=True), e.words("  "), *elements]
    if rows:
        parts.append(e.section(*rows))
    return parts or [e.section(e.words("No sentence could be quoted."))]


def _notes(marks: Marks, moved_on: Stage | None, telling: Telling) -> list[e.Element]:
    lines: list[list[e.Element]] = []
    if marks.corrected:
        said = [e.words("Corrected", bold=True), e.words(f"  {t.one_line(marks.corrected, LABELLED)}")]
        lines.append([*said, e.words("  "), e.user(marks.corrected_by)] if marks.corrected_by else said)
    if marks.forward:
        stage = f" {marks.forward.stage}" if marks.forward.stage else ""
        lines.append([e.words(f"Now{stage}", bold=True), e.words("  "), *_related(marks.forward)])
    elif moved_on:
        lines.append([e.words(f"Now {moved_on}", bold=True)])
    if marks.taken_by:
        lines.append([e.user(marks.taken_by), e.words(" takes it")])
    if marks.muted_by:
        what = t.one_line(marks.muted, 60) or "on this"
        lines.append([e.user(marks.muted_by), e.words(f" wants no more {what} in this channel")])
    if telling.unstated:
        lines.append([e.words(f"States no {' and no '.join(telling.unstated)}, so it may concern you", italic=True)])
    if telling.late:
        lines.append([e.words(f"Told {t.span(telling.late)} after it was published", italic=True)])
    return [e.section(*line) for line in lines]


def _buttons(view: StoryView) -> e.Block:
    ref = view.story.ref
    best = view.best or view.first
    url = t.safe_url(best.url) if best else None
    read = [e.button("Read source", READ, value=ref, url=url)] if url else []
    more = e.overflow(MORE, {f"{key}:{ref}": text for key, text in MORE_OPTIONS.items()})
    return e.actions(*read, e.button("Not relevant", NOT_RELEVANT, value=ref), more, block_id="actions")


def _collapsed(view: StoryView, marks: Marks) -> Message:
    """Return what is left of a message whose story is no policy change, or part of another story."""
    line = t.shorten(headline(view), HEADLINE)
    if marks.merged_into:
        target = marks.merged_into
        who = [e.words(", says "), e.user(marks.merged_by)] if marks.merged_by else []
        note = [e.words("Part of another story: "), *_related(target), *who]
        text = f"{line}\nPart of another story: {t.one_line(target.line, LINK_TEXT)}"
        buttons: list[e.Block] = []
    else:
        note = [e.words("Not a policy change, says "), e.user(marks.dismissed_by or "")]
        text = f"{line}\nMarked as not a policy change"
        buttons = [e.actions(e.button("Undo", UNDO, value=view.story.ref), block_id="actions")]
    body = e.rich(e.section(e.words(line)), e.section(*note), block_id="body")
    return Message(t.escape(text), (body, *buttons))


def coverage_reply(view: StoryView, articles: Sequence[ArticleRef] = ()) -> Message:
    """Return the one thread reply that lists the coverage; it is edited, not repeated."""
    count = max(view.story.source_count, 1)
    summary = f"Coverage ({count:,}): official {view.official} · wire {view.wire} · others {view.others}"
    listed = [article for article in articles if t.clean(article.title) or article.url][:10]
    if not listed:
        listed = [article for article in dict.fromkeys((view.best, view.first)) if article]
    rows = [[_outlet(article), e.words(f"  {t.one_line(article.title, 90)}")] for article in listed]
    parts: list[e.Element] = [e.section(e.words(summary, bold=True))]
    if rows:
        parts.append(e.bullets(rows))
    if count > len(rows):
        parts.append(e.section(e.words(f"and {t.plural(count - len(rows), 'more source')}", italic=True)))
    return fit(Message(t.escape(summary), (e.rich(*parts, block_id="coverage"),)))


def catch_up(members: Sequence[StoryView], rendering: Rendering, *, per_hour: int | None = None) -> Message:
    """Return one message in place of many: after a backlog, or for what is over a route's maximum ``per_hour``."""
    count = len(members)
    what = t.plural(count, "policy change")
    if per_hour is not None:
        title = f"{count:,} more in one message: over {per_hour:,} alerts in an hour"
    else:
        title = f"Catching up: {what} from while this bot was not looking"
    rows = [_catch_up_row(view, rendering) for view in members[:CATCH_UP_LINES]]
    parts: list[e.Element] = [e.bullets(rows)] if rows else [e.section(e.words("Nothing is left to tell."))]
    if count > CATCH_UP_LINES:
        more = f"and {count - CATCH_UP_LINES:,} more: /policywatch recent {min(count, 50)}"
        parts.append(e.section(e.words(more, italic=True)))
    blocks = (e.header(title, "title"), e.rich(*parts, block_id="body"))
    lines = [title, *("".join(e.visible(element) for element in row) for row in rows)]
    return fit(Message(t.escape("\n".join(lines)), blocks))


def _catch_up_row(view: StoryView, rendering: Rendering) -> list[e.Element]:
    best = view.best or view.first
    url = (best.url if best else None) or story_url(rendering.public_url, view.story.ref)
    where = t.places(view.story.change.jurisdictions, rendering.names, most=1)
    note = " · ".join(filter(None, (t.short_day(t.utc(view.story.first_at)), where, view.story.ref)))
    return [e.link(t.shorten(headline(view), 100), url), e.words(f"  {note}")]


def welcome(sources: int, recent: int, *, sends: bool = True) -> Message:
    """Return what each channel hears once, after the baseline: what is watched, and that it starts from now.

    Where no route ``sends`` to the channel it says so, and how to make one.
    """
    line = f"Watching {t.plural(sources, 'source')}; {t.plural(recent, 'change')} in the last 30 days, not alerted."
    lines = [line] if sends else [line, "Nothing is sent here yet. To hear of every change: /policywatch subscribe"]
    hint = "See them: /policywatch recent since:30d · What this bot can do: /policywatch help"
    return fit(
        Message(t.escape("\n".join(lines)), (e.rich(*(e.section(e.words(one)) for one in lines)), e.context(hint)))
    )
