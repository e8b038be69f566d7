"""POST /v1/ask: alarms first, then everything that may be wrong with a request."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import Response

from bot.channels.web.api import sent
from bot.channels.web.bodies import Body, read, validated
from bot.channels.web.content import Content, Given
from bot.channels.web.problems import Problem, field
from bot.channels.web.shapes import Ask
from bot.channels.web.site import Site, address, site_of
from bot.channels.web.tokens import Conversation, begun
from bot.dialogue import Context
from bot.knowledge.values import NONE_OF_THESE
from bot.privacy import hashed
from bot.record import Stamp, fresh_id

CHANNEL = "web"
PATH = "/v1/ask"

logger = logging.getLogger(__name__)


class Heard(NamedTuple):
    """What can be made of a request before it is judged."""

    text: str
    conversation: Conversation
    dropped: bool  # whether a context came that is of no use

    @property
    def context(self) -> Context:
        """What the message is read in the light of."""
        return self.conversation.context


async def ask(request: Request) -> Response:
    """Answer a message, or the click on a choice.

    A message that calls for a reply of safety gets it, whatever else is wrong with the request: its size, its key, its
    rate, its other fields or its context. Every problem carries the numbers of the region.
    """
    started = perf_counter()
    site = site_of(request)
    content = site.content
    body = await read(request)
    region = content.region(body.field("region")) or ""
    try:
        heard = _heard(body, site, content, region)
        given = await _answered(request, site, content, body, heard)
    except Problem as problem:
        site.metrics.problems.labels(str(problem.status)).inc()
        return problem.response(content.resources(region))
    except Exception:
        logger.exception("a message could not be answered")
        site.metrics.problems.labels("500").inc()
        return Problem(500).response(content.resources(region))
    reply, seconds = given.reply, perf_counter() - started
    site.metrics.count(reply, seconds)
    person = hashed(address(request), site.options.secret)
    stamp = Stamp(fresh_id(), datetime.now(UTC), round(1000 * seconds, 3), person, heard.conversation.id)
    site.write(len(given.message), lambda: given.noted(CHANNEL, refusals=site.options.log_refusals), stamp)
    token = site.tokens.seal(heard.conversation._replace(context=reply.context))
    return sent(given.sent(stamp.turn, token, reset=heard.dropped))


def _heard(body: Body, site: Site, content: Content, region: str) -> Heard:
    """The message and what it is to be read in the light of, as far as these can be made out."""
    token = body.field("context")
    known = site.tokens.open(token)
    dropped = known is None and token not in (None, "")
    conversation = known or begun(content.fresh(region))
    if region:
        conversation = conversation._replace(context=replace(conversation.context, region=region))
    return Heard(body.text, conversation, dropped)


async def _answered(request: Request, site: Site, content: Content, body: Body, heard: Heard) -> Given:
    """The reply; raises Problem where the request is refused and holds no alarm."""
    try:
        asked = await _judged(request, site, content, body, heard)
    except Problem:
        rescue = await site.work(len(heard.text), lambda: content.bot.rescued(heard.text, heard.context))
        if rescue is None:
            raise
        return Given(heard.text, rescue)
    if asked.intent:
        return Given("", content.bot.tell(asked.intent, heard.context))
    return await site.work(len(heard.text), lambda: _given(content, heard))


def _given(content: Content, heard: Heard) -> Given:
    try:
        return content.given(heard.text, heard.context)
    except Exception:  # what breaks behind the screening must not take its reply along
        if rescue := content.bot.rescued(heard.text, heard.context):
            return Given(heard.text, rescue)
        raise


async def _judged(request: Request, site: Site, content: Content, body: Body, heard: Heard) -> Ask:
    """The request where it may be served; raises Problem."""
    await site.admit(request, "ask")
    if body.problem:
        raise body.problem
    values: Mapping[str, Any] = body.values or {}
    asked = validated(Ask, {**values, "text": heard.text} if isinstance(values.get("text"), str) else dict(values))
    if asked.region and content.region(asked.region) is None:
        known = ", ".join(content.kb.safety.regions) if content.kb.safety else "none"
        raise field("region", f"is none that has numbers here: give one of {known}, or leave it out")
    if "intent" in asked.model_fields_set and asked.intent not in (*content.kb.intents, NONE_OF_THESE):
        raise field("intent", "is no question of this content: GET /v1/topics lists them")
    return asked
