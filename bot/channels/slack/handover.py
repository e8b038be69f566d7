"""A person takes over: what is asked before, the ticket, and what is said of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from bot.channels.slack.blocks import PLACEHOLDER, Block, Message, plain, said, section
from bot.channels.slack.hearing import Place
from bot.channels.slack.memory import Exchange, Thread
from bot.channels.slack.mrkdwn import escaped
from bot.channels.slack.outbox import Busy, Job, Refused, Unreached
from bot.channels.slack.rescue import Ways, privately, to_person
from bot.channels.slack.workspace import CHANNEL, Workspace
from bot.decision import Alarmed, Answered
from bot.desks import Conversation, Said
from bot.errors import DeskError, RecordError
from bot.record import turn_of
from bot.safety import numbers_line
from bot.stats import FAILED, OPENED

VIEW = "faq_ticket"
WORDS, CONTACT = "words", "contact"  # inputs
TITLE = 24  # characters of a title or a button of a view
LONGEST_WORDS, LONGEST_CONTACT = 3000, 200  # characters
DESK = "desk"  # the lane of tickets
ASKED = "asked"

logger = logging.getLogger(__name__)


class Handed(NamedTuple):
    """What a form remembers of where it was opened."""

    place: Place
    turn: str

    def packed(self) -> str:
        """As text, which fits the 3,000 characters that a view may keep."""
        return json.dumps([*self.place[:4], self.turn])

    @classmethod
    def unpacked(cls, text: str, fresh: Place) -> Handed:
        """What `packed` gave, with what is known of the place of whoever sends the form."""
        team, channel, thread, user, turn = json.loads(text)
        direct = channel.startswith("D")
        return cls(Place(team, channel, thread, user, direct, fresh.outside), turn)


def form(workspace: Workspace, place: Place, turn: str) -> Block:
    """The form that is filled in before a person is asked for."""
    voice = workspace.voice

    def field(name: str, *, lines: bool, most: int, optional: bool) -> Block:
        element = {
            "type": "plain_text_input", "action_id": name, "multiline": lines, "max_length": most,
        }  # fmt: skip
        label = plain(voice.say(f"slack_ticket_{name}"), PLACEHOLDER)
        return {"type": "input", "block_id": name, "label": label, "element": element, "optional": optional}

    return {
        "type": "modal", "callback_id": VIEW, "private_metadata": Handed(place, turn).packed(),
        "title": plain(voice.say("slack_ticket_title"), TITLE),
        "submit": plain(voice.say("slack_ticket_send"), TITLE),
        "close": plain(voice.say("slack_ticket_cancel"), TITLE),
        "blocks": [
            section(escaped(voice.say("slack_ticket_consent"))),
            field(WORDS, lines=True, most=LONGEST_WORDS, optional=False),
            field(CONTACT, lines=False, most=LONGEST_CONTACT, optional=True),
        ],
    }  # fmt: skip


def filled_in(view: Mapping[str, Any]) -> tuple[str, str]:
    """The words and the contact of a form that was sent."""
    values = view.get("state", {}).get("values", {})
    words, contact = ((values.get(name, {}).get(name, {}).get("value") or "").strip() for name in (WORDS, CONTACT))
    return words, contact


def hand_over(workspace: Workspace, handed: Handed, view: str, words: str, contact: str) -> None:
    """Have a ticket written of a form (`view`, its id) that was filled in, and say so where it was opened."""
    place = handed.place
    thread = workspace.thread(place)
    flag = _danger(workspace, place, thread, words) or workspace.flags.of(workspace.person(place))
    conversation = Conversation(
        id=view, channel=CHANNEL, turns=(*_turns(thread), Said("customer", words)), reason=flag or ASKED,
        flags=(flag,) if flag else (), contact=_contact(place, contact),
    )  # fmt: skip

    def made(reference: str) -> None:
        line = said(workspace.voice.say("slack_ticket_made", reference=reference))
        _tell(workspace, place, line, openly=not flag)

    def failed(error: object) -> None:
        voice = workspace.voice
        line = said(voice.say("slack_ticket_failed", contact=voice.say("contact")))
        _tell(workspace, place, line, openly=False)

    _write(workspace, conversation, place, handed.turn or view, made, failed)


def _danger(workspace: Workspace, place: Place, thread: Thread, words: str) -> str:
    """The category of danger that the words of a form raise, whose writer is answered at once; empty without one."""
    reply = workspace.bot.rescued(words, thread.context)
    if reply is None or not reply.urgent:
        return ""
    exchange = Exchange.new(words, reply)
    after = thread.after(exchange)
    workspace.threads.keep(place, after)
    privately(workspace, place, exchange, Ways(remember=lambda at: workspace.threads.keep(at, after)))
    workspace.flags.put(workspace.person(place), reply.context.flag)
    workspace.write(
        lambda: turn_of(
            exchange.turn, CHANNEL, words, reply, person=workspace.person(place), conversation=thread.conversation
        )
    )
    return reply.context.flag


def refuse(workspace: Workspace, place: Place, url: str, line: str = "slack_ticket_outside") -> None:
    """Tell whoever asked for a person that this cannot be done here, and how it can."""
    voice = workspace.voice
    message = said(voice.say(line, contact=voice.say("contact")))
    if url:
        workspace.slack.respond(url, [message])
    else:
        _tell(workspace, place, message, openly=False)


def alert(workspace: Workspace, place: Place, thread: Thread, exchange: Exchange) -> None:
    """Have an urgent ticket written where the operator wants one, and tell the writer what came of it.

    One is written for a conversation and a category. None is written from a channel that others share.
    """
    category = next((part.category for part in exchange.reply.parts if isinstance(part, Alarmed)), "")
    if not workspace.options.alert or not workspace.hands_over(place):
        return
    name = f"alert {thread.conversation} {category}"
    if not workspace.is_new(name):
        return
    conversation = Conversation(
        id=name, channel=CHANNEL, turns=_turns(thread), reason=category, flags=(category,),
        contact=_contact(place, ""),
    )  # fmt: skip
    voice = workspace.voice

    def made(reference: str) -> None:
        line = said(voice.say("slack_urgent_made", reference=reference))
        to_person(workspace, place, [line], Ways())

    def failed(error: object) -> None:
        safety = workspace.bot.kb.safety
        numbers = numbers_line(safety, safety.region(exchange.reply.context.region)) if safety else ""
        line = said(voice.say("slack_urgent_failed", contact=voice.say("contact")), numbers)
        to_person(workspace, place, [line], Ways())

    _write(workspace, conversation, place, exchange.turn, made, failed)


def _write(
    workspace: Workspace, conversation: Conversation, place: Place, turn: str, made: Callable[[str], None],
    failed: Callable[[object], None],
) -> None:  # fmt: skip
    """Have a ticket written behind the request; a desk that fails is tried once more before that is said."""
    handovers = workspace.handovers
    if handovers is None:
        failed("there is no desk")
        return

    def write() -> str:
        linked = replace(conversation, link=_link(workspace, place))
        try:
            return handovers.pass_on(linked)
        except DeskError as error:
            logger.warning("a ticket may not have been written, and is tried again: %s", error)
            return handovers.pass_on(linked)

    def kept(result: str, then: Callable[[Any], None], what: Any) -> None:
        _record(workspace, turn, conversation.reason, result)
        then(what)

    job = Job(write, lambda ref: kept(OPENED, made, ref), lambda error: kept(FAILED, failed, error))
    workspace.tickets.put((DESK, conversation.key), job, urgent=conversation.urgent)


def _record(workspace: Workspace, turn: str, reason: str, result: str) -> None:
    if workspace.log is None:
        return
    try:
        workspace.log.hand_over(turn, reason, result)
    except RecordError as error:
        logger.warning("a hand-over could not be written down: %s", error)


def _tell(workspace: Workspace, place: Place, line: Message, *, openly: bool) -> None:
    """Say something of a ticket: in the thread, or to the writer alone."""
    slack = workspace.slack
    if place.direct or (openly and place.thread and not place.outside):
        slack.post(place.channel, [line], place.thread, failed=lambda _: slack.post(place.user, [line]))
    elif place.channel:
        slack.whisper(place.channel, place.user, [line], place.thread, failed=lambda _: slack.post(place.user, [line]))
    else:
        slack.post(place.user, [line])


def _turns(thread: Thread) -> tuple[Said, ...]:
    """What was said in a thread, as a desk gets it."""
    turns: list[Said] = []
    for exchange in thread.exchanges:
        titles = tuple(part.title for part in exchange.reply.parts if isinstance(part, Answered))
        turns += [Said("customer", exchange.asked or "-"), Said("bot", exchange.reply.text, titles)]
    return tuple(turns)


def _contact(place: Place, given: str) -> str:
    return f"{given + '; ' if given else ''}Slack user {place.user} of workspace {place.team}"


def _link(workspace: Workspace, place: Place) -> str:
    """The address of the thread; empty where Slack gives none."""
    if not place.thread:
        return ""
    try:
        return workspace.slack.link(place.channel, place.thread)
    except (Busy, Unreached, Refused) as error:
        logger.info("a ticket goes without a link to its thread: %s", error)
        return ""
