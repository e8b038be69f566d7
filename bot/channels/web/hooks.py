"""POST /hooks/{desk}: a help desk tells of what happened; it is kept, and dealt with afterwards."""

from __future__ import annotations

import asyncio
import logging
import time

from fastapi import Request
from fastapi.responses import Response

from bot.channels.web.api import sent
from bot.channels.web.bodies import read
from bot.channels.web.content import JSON
from bot.channels.web.problems import Problem
from bot.channels.web.site import site_of
from bot.desks import names
from bot.errors import DeskError, RecordError

MOST = 1024 * 1024  # bytes
logger = logging.getLogger(__name__)
TRY_AGAIN = {"Retry-After": "30"}


async def told(request: Request, desk: str) -> Response:
    """Keep what a help desk tells. It is signed over its time and its body, and on the disk before this is answered."""
    site = site_of(request)
    known, inbox = site.hooks.get(desk), site.inbox
    body = await read(request, MOST, heard=MOST + 1)
    if known is None or inbox is None:
        if desk in names():
            logger.warning("the desk %s told of something, and is none that is served here: set FAQBOT_DESK", desk)
        raise Problem(404)
    if body.problem and body.problem.status != 400:
        raise body.problem
    headers = dict(request.headers)  # their names are in lower case
    if not known.verify(headers, body.raw, time.time()):
        logger.warning("the desk %s told of something with another secret, or with a clock that is wrong", desk)
        raise Problem(
            401, "Sign the body with the secret of the desk, and check the clock: it must be right to 5 minutes."
        )
    try:
        events = [(event.delivery, event.ticket) for event in known.events(headers, body.raw)]
    except DeskError as error:
        raise Problem(400, str(error)) from None
    try:
        new = await asyncio.to_thread(inbox.put, known.name, events)
    except RecordError:
        raise Problem(503, headers=TRY_AGAIN) from None
    response = sent(JSON.encode({"new": new}))
    response.status_code = 202
    return response
