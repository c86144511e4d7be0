"""Clicks: buttons, menus and modals. Each listener acknowledges, calls one port, and answers the person who clicked.

Messages that change are edited through the outbox, by whoever implements the ports; a second click therefore finds
things done and changes nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.errors import PolicywatchError
from bot.model import Message
from bot.slack import answers, blocks, modals, pages, reports
from bot.slack import elements as e
from bot.slack.asks import MOST_COUNT, Ask, Asker
from bot.slack.client import error_code
from bot.slack.commands import parse
from bot.slack.desk import Desk, publish_home, run
from bot.slack.home import RECENT
from bot.slack.limits import fit
from bot.slack.ports import Done, Shown
from bot.slack.text import escape
from bot.slack.writing import write

Body = dict[str, Any]
View = dict[str, Any]

log = logging.getLogger(__name__)

_REF = re.compile(r"s\d{1,12}")


@dataclass(frozen=True, slots=True)
class Click:
    """What a `block_actions` request says."""

    by: Asker
    value: str
    response_url: str | None
    trigger: str
    view_id: str | None
    """Set when the click was in a modal or the Home tab."""
    ephemeral: bool
    home: bool = False
    """In the Home tab."""

    @property
    def ref(self) -> str:
        """The story that a button's value names; empty when it names none."""
        found = _REF.fullmatch(self.value.rsplit(":", 1)[-1])
        return found[0] if found else ""


def read_click(body: Mapping[str, Any]) -> Click:
    """Read a `block_actions` request."""
    action = (body.get("actions") or [{}])[0]
    chosen = action.get("selected_option") or {}
    container = body.get("container") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or ""
    return Click(
        by=asker_of(body, str(channel)),
        value=str(chosen.get("value") or action.get("value") or ""),
        response_url=body.get("response_url"),
        trigger=str(body.get("trigger_id") or ""),
        view_id=(body.get("view") or {}).get("id"),
        ephemeral=bool(container.get("is_ephemeral")),
        home=(body.get("view") or {}).get("type") == "home",
    )


def asker_of(body: Mapping[str, Any], channel: str = "") -> Asker:
    """Read who did it."""
    user = body.get("user") or {}
    return Asker(str(user.get("id", "")), channel, str(user.get("name") or user.get("username") or ""))


def listen(app: AsyncApp, desk: Desk) -> None:
    """Register all listeners for clicks and modals."""
    handlers: dict[str, Callable[[Desk, Click], Awaitable[None]]] = {
        blocks.NOT_RELEVANT: _not_relevant,
        blocks.MORE: _more,
        blocks.UNDO: _undo,
        answers.PAGE: _page,
        answers.SHARE: _share,
        answers.RELEASE: _release,
        reports.MUTE_SOURCE: _mute_source,
        reports.COPY_DIGEST: _copy_digest,
        f"{pages.WHY_ACTION}_analyse": _analyse,
        f"{pages.WHY_ACTION}_suggest": _suggest,
        f"{pages.WHY_ACTION}_missed": _missed,
    }
    for action_id, handler in handlers.items():
        app.action(action_id)(_listener(desk, handler))
    app.action(re.compile(answers.UNMUTE_HERE))(_listener(desk, _unmute_here))
    app.view(modals.NOT_RELEVANT_MODAL)(_submission(desk, _save_verdict))
    app.view(modals.WRONG_STORY_MODAL)(_submission(desk, _save_repair))


def _listener(desk: Desk, handler: Callable[[Desk, Click], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def listen_to(ack: AsyncAck, body: Body) -> None:
        await ack()
        click = read_click(body)
        try:
            await handler(desk, click)
        except PolicywatchError as error:
            await _say(desk, click, str(error))
        except SlackApiError as error:
            log.warning("Slack did not take the answer to a click: %s", error_code(error))
            await _say(desk, click, "Slack did not open the window in time. Please click again.")
        except Exception:
            log.exception("a click failed")
            await _say(desk, click, "That went wrong on our side; the operators find it in the log.")

    return listen_to


async def _say(desk: Desk, click: Click, text: str) -> None:
    """Say one sentence. That Slack does not take it either is a line in the log: nobody is left to be told."""
    try:
        await _answer(desk, click, answers.text_only(text))
    except SlackApiError as error:
        log.warning("Slack did not show what a click came to: %s", error_code(error))


async def _answer(desk: Desk, click: Click, message: Message, *, replace_it: bool = False) -> None:
    """Answer where the person can see it: in the modal that was clicked in, in one above the Home tab, else below the message."""
    if click.home:
        await desk.client.views_open(trigger_id=click.trigger, view=modals.page("Policywatch", message))
    elif click.view_id:
        await desk.client.views_update(view_id=click.view_id, view=modals.page("Policywatch", message))
    else:
        await desk.responder.send(click.response_url, message, replace=replace_it)


async def _shown(desk: Desk, click: Click) -> Shown | None:
    shown = await run(desk.queries.show, click.ref) if click.ref else None
    if shown is None:
        await _say(desk, click, "That story is no longer there.")
    return shown


async def _changed(desk: Desk, click: Click, doer: Callable[..., Done], *arguments: Any) -> None:
    """Call a doer that only some people may use, and say what came of it."""
    done = await desk.change(click.by, doer, *arguments, click.by, desk.clock())
    await _answer(desk, click, answers.done(done, click.by.channel))


# --- alerts ---------------------------------------------------------------------------------------------------------------


async def _not_relevant(desk: Desk, click: Click) -> None:
    if refused := await desk.refuses(click.by):
        return await _say(desk, click, refused.text)
    if shown := await _shown(desk, click):
        vocabulary = await run(desk.queries.vocabulary)
        await desk.client.views_open(
            trigger_id=click.trigger, view=modals.not_relevant(shown, click.by.channel, vocabulary)
        )
    return None


async def _more(desk: Desk, click: Click) -> None:
    what = click.value.partition(":")[0]
    if not click.ref:
        return await _say(desk, click, "That story is no longer there.")
    match what:
        case "take":
            done = await run(desk.commands.take, click.ref, click.by, desk.clock())
            await _answer(desk, click, answers.done(done, click.by.channel))
        case "follow":
            await _follow(desk, click)
        case "mute":
            await _changed(desk, click, desk.commands.mute_here, click.ref, "story")
        case "wrong":
            await _wrong_story(desk, click)
        case _:
            if shown := await _shown(desk, click):
                await _answer(desk, click, pages.story_why(shown))
    return None


async def _release(desk: Desk, click: Click) -> None:
    done = await run(desk.commands.release, click.ref, click.by, desk.clock())
    await _answer(desk, click, answers.text_only(done.text), replace_it=click.ephemeral)


async def _follow(desk: Desk, click: Click) -> None:
    channel = await desk.direct(click.by.user)
    if channel is None:
        return await _say(desk, click, "I cannot write to you directly; an operator has to grant the scope im:write.")
    by = replace(click.by, channel=channel)
    return await _say(desk, click, (await run(desk.commands.follow, click.ref, by, desk.clock())).text)


async def _wrong_story(desk: Desk, click: Click) -> None:
    if refused := await desk.refuses(click.by):
        return await _say(desk, click, refused.text)
    if shown := await _shown(desk, click):
        recent = await run(desk.queries.recent, Ask("recent", since=RECENT, count=MOST_COUNT), desk.clock())
        view = modals.wrong_story(shown, click.by.channel, recent.rows)
        await desk.client.views_open(trigger_id=click.trigger, view=view)
    return None


async def _undo(desk: Desk, click: Click) -> None:
    await _changed(desk, click, desk.commands.restore, click.ref)


async def _unmute_here(desk: Desk, click: Click) -> None:
    """Undo a mute where it was made; the answer takes the place of the one that held the button, the Home tab is shown anew."""
    channel, _, subject = click.value.partition(" ")
    by = replace(click.by, channel=channel)
    done = await desk.change(by, desk.commands.unmute_here, subject, by, desk.clock())
    if click.home:
        await publish_home(desk, click.by.user)
        if done.ok:
            return None
    return await _answer(desk, click, answers.text_only(done.text), replace_it=click.ephemeral)


# --- answers and reports ----------------------------------------------------------------------------------------------------


async def _page(desk: Desk, click: Click) -> None:
    message, _ = await desk.ask(click.value, click.by)
    await _answer(desk, click, message, replace_it=click.ephemeral)


async def _share(desk: Desk, click: Click) -> None:
    asked = parse(click.value, await run(desk.queries.vocabulary))
    if isinstance(asked, Ask):
        message, share = await desk.ask(write(replace(asked, share=True)), click.by)
        await desk.responder.send(click.response_url, message, share=share)


async def _mute_source(desk: Desk, click: Click) -> None:
    message, _ = await desk.ask(f"mute {click.value} 7d", click.by)
    await _answer(desk, click, message)


async def _copy_digest(desk: Desk, click: Click) -> None:
    text = await run(desk.queries.digest_markdown, click.value)
    if text is None:
        return await _say(desk, click, "That digest is no longer kept.")
    await _answer(desk, click, fit(Message(escape("The digest as Markdown"), (e.rich(e.code_lines(text)),))))
    return None


async def _analyse(desk: Desk, click: Click) -> None:
    await _changed(desk, click, desk.commands.analyse, click.value)


async def _suggest(desk: Desk, click: Click) -> None:
    await _say(desk, click, (await run(desk.commands.suggest_source, click.value, click.by, desk.clock())).text)


async def _missed(desk: Desk, click: Click) -> None:
    await _changed(desk, click, desk.commands.record_missed, click.value)  # a label, and it may fetch the page


# --- modals -------------------------------------------------------------------------------------------------------------------

Saver = Callable[[Desk, Asker, modals.About, Mapping[str, Any]], Done]


def _submission(desk: Desk, save: Saver) -> Callable[..., Awaitable[None]]:
    """Save what a modal holds, and show in its place what came of it; mistakes are shown beside their fields."""

    async def submitted(ack: AsyncAck, body: Body, view: View) -> None:
        about = modals.about_of(view)
        mistakes = modals.repair_of(view, about)[1] if view.get("callback_id") == modals.WRONG_STORY_MODAL else {}
        if mistakes:
            await ack(response_action="errors", errors=mistakes)
            return
        asker = asker_of(body, about.channel)

        async def work() -> Message:
            try:
                done = await desk.change(asker, save, desk, asker, about, view)
            except PolicywatchError as error:
                return answers.text_only(str(error))
            except Exception:
                log.exception("a modal could not be saved")
                return answers.text_only("That went wrong on our side; the operators find it in the log.")
            return answers.done(done, about.channel)

        message, _ = await desk.settle(work())
        message = message or answers.text_only("Noted; the message changes in a moment.")
        await ack(response_action="update", view=modals.page("Policywatch", message))

    return submitted


def _save_verdict(desk: Desk, asker: Asker, about: modals.About, view: Mapping[str, Any]) -> Done:
    verdict = modals.verdict_of(view)
    if verdict.what == modals.NOT_A_CHANGE:
        return desk.commands.dismiss(about.ref, verdict.reason, asker, desk.clock())
    return desk.commands.mute_here(about.ref, verdict.what, asker, desk.clock())


def _save_repair(desk: Desk, asker: Asker, about: modals.About, view: Mapping[str, Any]) -> Done:
    repair, _ = modals.repair_of(view, about)
    match repair.how:
        case "split":
            return desk.commands.split(about.ref, repair.article_id, asker, desk.clock())
        case "correct":
            return desk.commands.correct(about.ref, repair.text, asker, desk.clock())
        case _:
            return desk.commands.merge(about.ref, repair.into, asker, desk.clock())
