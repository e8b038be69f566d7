"""The endpoints beside /v1/ask."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from bot.channels.web.bodies import demanded, sound
from bot.channels.web.content import JSON
from bot.channels.web.keys import ADMIN
from bot.channels.web.problems import Problem
from bot.channels.web.shapes import Explain, Feedback
from bot.channels.web.site import site_of
from bot.errors import RecordError

LONGEST_TYPED = 200  # characters
PATIENCE = 5  # seconds that the log may take to keep what somebody thought
TRY_AGAIN = {"Retry-After": "5"}


async def topics(request: Request) -> Response:
    """List every question that has an answer, by topic."""
    return data(site_of(request).content.topics)


async def intent(request: Request, intent: str) -> Response:
    """Give the answer to a question, by its intent."""
    entry = site_of(request).content.entry(intent)
    if entry is None:
        raise Problem(404, "There is no such intent: GET /v1/topics lists them.")
    return data(entry)


async def suggest(request: Request, q: Annotated[str, Query(max_length=LONGEST_TYPED)]) -> Response:
    """Suggest questions while one is typed. Nothing that is typed here is written down."""
    site = site_of(request)
    await site.admit(request, "suggest")
    found = await site.work(len(q), lambda: site.content.suggest(sound(q)))
    return data({"suggestions": [choice._asdict() for choice in found]})


async def feedback(request: Request) -> Response:
    """Keep what somebody thought of a turn; it is written down before this is answered. The last word wins."""
    site = site_of(request)
    await site.admit(request, "feedback")
    given = await demanded(request, Feedback)
    log = site.log
    if log is None:
        raise Problem(503, "This service keeps no log, and so no feedback.")
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.to_thread(log.give_feedback, given.turn, helpful=given.helpful, comment=given.comment)
    except (RecordError, TimeoutError):
        raise Problem(503, headers=TRY_AGAIN) from None
    site.metrics.feedback.labels("yes" if given.helpful else "no").inc()
    return data({"turn": given.turn, "helpful": given.helpful})


async def explain(request: Request) -> Response:
    """Explain a reply word by word. Wants a key of an admin; nothing is written down."""
    site = site_of(request)
    await site.admit(request, "explain", ADMIN)
    given = await demanded(request, Explain)
    known = site.tokens.open(given.context)
    context = known.context if known else site.content.fresh("")
    explanation = await site.work(len(given.text), lambda: site.content.bot.explain(sound(given.text), context))
    return data(explanation.to_dict())


async def health(request: Request) -> Response:
    """Say that the process is alive."""
    return data({"status": "alive"})


async def ready(request: Request) -> Response:
    """Say what is served. A log that is out of reach shows in `dropped`: the bot answers all the same."""
    site = site_of(request)
    log = "on" if site.log else "off"
    return data({"status": "ready", "kb": site.content.kb.hash, "log": log, "dropped": site.dropped})


async def metrics(request: Request) -> Response:
    """Give the counters, for Prometheus."""
    return Response(site_of(request).metrics.page(), media_type="text/plain; version=0.0.4; charset=utf-8")


def data(values: Any) -> Response:
    """Values as a response of JSON."""
    return sent(JSON.encode(values))


def sent(encoded: str) -> Response:
    """A response of JSON that nobody keeps a copy of."""
    return Response(encoded, headers={"Cache-Control": "no-store"}, media_type="application/json")
