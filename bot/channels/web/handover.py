"""POST /v1/handover: a conversation goes to the help desk, and nothing of it is kept here."""

from __future__ import annotations

import asyncio
import logging
import secrets

from fastapi import Request
from fastapi.responses import Response

from bot.channels.web.api import TRY_AGAIN, data
from bot.channels.web.bodies import demanded, sound
from bot.channels.web.content import Content
from bot.channels.web.problems import Problem
from bot.channels.web.shapes import HandOver
from bot.channels.web.site import Site, site_of
from bot.desks import Conversation, Said
from bot.errors import DeskError, RecordError
from bot.handover import HandOvers, flags_of
from bot.stats import FAILED, OPENED

PATH = "/v1/handover"
MOST = 512 * 1024  # bytes; a conversation is longer than a question
CHANNEL = "web"

logger = logging.getLogger(__name__)


async def hand_over(request: Request) -> Response:
    """Hand a conversation over to the help desk. It is written there before this is answered, and kept nowhere else.

    Every problem carries the numbers of the region, for somebody who may need them.
    """
    site = site_of(request)
    content = site.content
    region = ""
    try:
        await site.admit(request, "handover")
        given = await demanded(request, HandOver, MOST)
        region = content.region(given.region) or ""
        if site.options.handovers is None:
            raise Problem(503, content.voice.say("handover_failed", contact=content.voice.say("contact")))
        conversation = await site.work(MOST, lambda: _conversation(content, given, region))
        reference = await _passed_on(site, site.options.handovers, given.turn, conversation)
    except Problem as problem:
        site.metrics.problems.labels(str(problem.status)).inc()
        return problem.response(content.resources(region))
    return data({"reference": reference})


def _conversation(content: Content, given: HandOver, region: str) -> Conversation:
    """What is handed over. Danger is looked for anew: nobody has to say that they are in it."""
    turns = []
    for one in given.turns:
        known = [content.kb.title(intent) for intent in one.intents if intent in content.kb.intents]
        turns.append(Said("customer", sound(one.text)))
        turns.append(Said("bot", sound(one.reply), tuple(known)))
    flags = flags_of(content.bot, tuple(turns), region)
    reason = flags[0] if flags else "asked"
    name = f"{given.turn} {given.contact}" if given.turn else secrets.token_hex(16)
    return Conversation(name, CHANNEL, tuple(turns), reason, flags, sound(given.contact))


async def _passed_on(site: Site, handovers: HandOvers, turn: str, conversation: Conversation) -> str:
    """The reference of the ticket; raises Problem where there may be none."""
    try:
        reference = await asyncio.to_thread(handovers.pass_on, conversation)
    except DeskError:
        await _write_down(site, turn, conversation.reason, FAILED)
        voice = site.content.voice
        detail = voice.say("handover_failed", contact=voice.say("contact"))
        raise Problem(503, detail, headers=TRY_AGAIN) from None
    await _write_down(site, turn, conversation.reason, OPENED)
    return reference


async def _write_down(site: Site, turn: str, reason: str, result: str) -> None:
    """Have the log know that a turn was handed over, and what came of it: no word of it, nor the ticket."""
    if site.log is None or not turn:
        return
    try:
        await asyncio.to_thread(site.log.hand_over, turn, reason, result)
    except RecordError as error:
        logger.warning("a hand-over could not be written down: %s", error)
