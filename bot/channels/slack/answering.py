"""From what somebody says or clicks to what is posted."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import NamedTuple

from bot.channels.slack.blocks import Look, Message, messages, numbers, said
from bot.channels.slack.handover import alert
from bot.channels.slack.hearing import Place
from bot.channels.slack.home import prompts
from bot.channels.slack.memory import Exchange, Thread
from bot.channels.slack.rescue import Ways, is_private, privately
from bot.channels.slack.workspace import CHANNEL, Workspace
from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge.values import NONE_OF_THESE
from bot.record import turn_of
from bot.reply import Reply
from bot.safety import numbers_line
from bot.understanding import Understood

NUMBERS = "numbers"  # what asks for them

logger = logging.getLogger(__name__)


class Weighed(NamedTuple):
    """A reply, and the questions that it was found for; none where a choice was clicked."""

    reply: Reply
    asked: Sequence[Understood] = ()


def answer(workspace: Workspace, place: Place, text: str, url: str = "") -> None:
    """Answer a message where it was sent; with `url`, to its writer alone."""
    started = perf_counter()
    with workspace.threads.held(place):
        thread = workspace.thread(place)
        if not text and not thread.context.flag and not workspace.flags.of(workspace.person(place)):
            _help(workspace, place, url)
            return
        weighed = _considered(workspace, place, text or NUMBERS, thread.context)
        exchange = Exchange.new(text, weighed.reply)
        _give(workspace, place, thread, exchange, Look(), url)
    _noted(workspace, place, thread, exchange, weighed.asked, started)


def tell(workspace: Workspace, place: Place, intent: str, url: str = "") -> bool:
    """Answer the click on a choice; False where the base no longer holds it, and the person is told so."""
    started = perf_counter()
    with workspace.threads.held(place):
        thread = workspace.thread(place)
        exchange = _looked_up(workspace, place, thread, intent)
        if exchange is None:
            _say(workspace, place, [said(workspace.voice.say("slack_gone"))], url)
            return False
        _give(workspace, place, thread, exchange, Look(asked=exchange.asked), url)
    _noted(workspace, place, thread, exchange, (), started, clicked=True)
    return True


def look_up(workspace: Workspace, place: Place, intent: str) -> Exchange | None:
    """The entry of an intent, for whoever shows it; None where the base does not hold it."""
    started = perf_counter()
    with workspace.threads.held(place):
        thread = workspace.thread(place)
        exchange = _looked_up(workspace, place, thread, intent)
        if exchange is None:
            return None
        workspace.threads.keep(place, thread.after(exchange))
    _noted(workspace, place, thread, exchange, (), started, clicked=True)
    return exchange


def _looked_up(workspace: Workspace, place: Place, thread: Thread, intent: str) -> Exchange | None:
    bot, context = workspace.bot, thread.context
    if intent != NONE_OF_THESE and intent not in bot.kb.intents:
        return None
    if not context.flag and (flag := workspace.flags.of(workspace.person(place))):
        context = replace(context, flag=flag)
    return Exchange.new(workspace.voice.title(intent), bot.tell(intent, context))


def tell_more(workspace: Workspace, place: Place, turn: str, intents: Sequence[str], url: str = "") -> None:
    """Give the whole of an answer; by the intents in it where what was said is forgotten."""
    thread = workspace.thread(place)
    known = thread.exchange(turn)
    found = [known] if known else [_looked_up(workspace, place, thread, intent) for intent in intents]
    exchanges = [exchange for exchange in found if exchange]
    if not exchanges:
        _say(workspace, place, [said(workspace.voice.say("slack_gone"))], url)
    for exchange in exchanges:
        _post(workspace, place, exchange, Look(full=True), url)


def apologise(workspace: Workspace, place: Place, url: str = "") -> None:
    """Say that something went wrong, with whom to call: somebody waits for an answer."""
    kb = workspace.bot.kb
    line = numbers_line(kb.safety, kb.safety.region(workspace.bot.region)) if kb.safety else ""
    _say(workspace, place, [said(workspace.voice.say("error"), line)], url)


def _help(workspace: Workspace, place: Place, url: str) -> None:
    voice = workspace.voice
    line = voice.say("slack_help", example=voice.example(), topics=voice.topics())
    _say(workspace, place, [said(line, voice.say("notice"))], url)


def _considered(workspace: Workspace, place: Place, text: str, context: Context) -> Weighed:
    """The reply to a message. The flag of a person is looked up only when no alarm waits for its reply."""
    weighed = _safely(workspace.bot, text, context)
    if weighed.reply.urgent or context.flag:
        return weighed
    flag = workspace.flags.of(workspace.person(place))
    return _safely(workspace.bot, text, replace(context, flag=flag)) if flag else weighed


def _safely(bot: Bot, text: str, context: Context) -> Weighed:
    try:
        asked, reply = bot.considered(text, context)
    except Exception:  # what breaks behind the screening must not take its reply along
        if rescue := bot.rescued(text, context):
            return Weighed(rescue)
        raise
    return Weighed(reply, asked)


def _give(workspace: Workspace, place: Place, thread: Thread, exchange: Exchange, look: Look, url: str) -> None:
    """Remember an exchange, and have its reply posted."""
    after = thread.after(exchange)
    workspace.threads.keep(place, after)
    if is_private(exchange.reply):
        privately(workspace, place, exchange, Ways(url, remember=lambda at: workspace.threads.keep(at, after)))
        return
    voice = workspace.voice
    first = () if thread.exchanges else (voice.say("notice"),)
    again = () if url or place.direct or thread.exchanges else (voice.say("slack_mention_again"),)
    _post(workspace, place, exchange, replace(look, notes=(*first, *again)), url)
    if place.direct and not url:
        titles = [choice.title for choice in exchange.reply.choices if choice.intent != NONE_OF_THESE]
        workspace.slack.prompt(place.channel, titles or prompts(workspace.bot.kb), voice.say("slack_prompts"))


def _post(workspace: Workspace, place: Place, exchange: Exchange, look: Look, url: str) -> None:
    """Have a reply posted. Where others read along, its line of numbers goes to the writer alone."""
    reply = exchange.reply
    alone = bool(url) or place.direct
    look = replace(look, hand_over=workspace.hands_over(place), feedback=not url, closing=alone)
    _say(workspace, place, messages(reply, exchange.turn, workspace.bot.kb, look), url)
    if not alone and (reply.closing or reply.resources):
        line = [said(reply.closing, numbers(reply))]
        slack = workspace.slack
        slack.whisper(
            place.channel, place.user, line, place.thread,
            urgent=True, failed=lambda _: slack.post(place.user, line, urgent=True),
        )  # fmt: skip


def _say(workspace: Workspace, place: Place, lines: Sequence[Message], url: str) -> None:
    if url:
        workspace.slack.respond(url, lines, place.thread)
    else:
        workspace.slack.post(place.channel, lines, place.thread)


def _noted(
    workspace: Workspace, place: Place, thread: Thread, exchange: Exchange, asked: Sequence[Understood],
    started: float, *, clicked: bool = False,
) -> None:  # fmt: skip
    """Write down what came of a message, and whose conversation is flagged by it; alert the desk where that is due."""
    reply, person = exchange.reply, workspace.person(place)
    milliseconds = 1000 * (perf_counter() - started)
    if reply.urgent:
        alert(workspace, place, thread.after(exchange), exchange)
        workspace.flags.put(person, reply.context.flag)
    workspace.write(
        lambda: turn_of(
            exchange.turn, CHANNEL, "" if clicked else exchange.asked, reply, asked, milliseconds=milliseconds,
            person=person, conversation=thread.conversation, refusals=workspace.options.log_refusals,
        )
    )  # fmt: skip
