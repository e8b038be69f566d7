"""The application: which path leads where, and what stands around all of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.channels.web import api, pages
from bot.channels.web.armour import Armour
from bot.channels.web.ask import PATH, ask
from bot.channels.web.handover import PATH as HANDOVER
from bot.channels.web.handover import hand_over
from bot.channels.web.hooks import told
from bot.channels.web.openapi import described, docs, document
from bot.channels.web.problems import Problem, refused
from bot.channels.web.site import Site

Routes = Mapping[str, tuple[Callable[..., Awaitable[Response]], dict[str, Any]]]

REMEMBERED = 600  # seconds that a browser may take it as said which origins are welcome


def create_app(site: Site) -> FastAPI:
    """The ASGI application of a site. It closes the site when it ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        purging = asyncio.create_task(site.purge_daily())
        yield
        purging.cancel()
        with suppress(asyncio.CancelledError):
            await purging
        await site.options.rate.close()
        await asyncio.to_thread(site.close)

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.site = site
    _route(app, site)
    for kind in (Problem, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _refused)
    app.add_middleware(Armour)
    if site.options.origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=site.options.origins, allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type"], expose_headers=["retry-after"], max_age=REMEMBERED,
        )  # fmt: skip
    return app


async def _refused(request: Any, error: Exception) -> Any:
    """A refusal; that of a question carries the numbers of the region."""
    site: Site = request.app.state.site
    if isinstance(error, HTTPException) and request.url.path == PATH:
        return Problem(error.status_code, headers=error.headers).response(site.content.resources())
    response = await refused(request, error)
    site.metrics.problems.labels(str(response.status_code)).inc()
    return response


def _route(app: FastAPI, site: Site) -> None:
    counted = (401, 429)
    sent = (400, 408, 413, 422, *counted)
    post: Routes = {
        PATH: (ask, described("Reply", body="Ask", refusals=sent)),
        "/v1/feedback": (api.feedback, described("Kept", body="Feedback", refusals=(*sent, 503))),
        "/hooks/{desk}": (told, described("Told", status=202, refusals=(400, 401, 404, 408, 413, 503))),
        HANDOVER: (hand_over, described("HandedOver", body="HandOver", refusals=(*sent, 503))),
        "/v1/explain": (api.explain, described("Explanation", body="Explain", refusals=sent, key=True)),
    }
    get: Routes = {
        "/v1/topics": (api.topics, described("Topics")),
        "/v1/intents/{intent}": (api.intent, described("Entry", refusals=(404, 422))),
        "/v1/suggest": (api.suggest, described("Suggestions", refusals=(422, *counted))),
        "/healthz": (api.health, described("Health")),
        "/readyz": (api.ready, described("Health")),
        "/metrics": (api.metrics, described("", media_type="text/plain")),
    }
    for method, routes in (("POST", post), ("GET", get)):
        for path, (endpoint, said) in routes.items():
            app.add_api_route(path, endpoint, methods=[method], openapi_extra=said, response_class=Response)
    app.include_router(pages.routes)
    app.add_api_route("/docs", docs, include_in_schema=False)

    described_before: dict[str, dict[str, Any]] = {}

    def openapi() -> dict[str, Any]:
        kb = site.content.kb.hash
        if kb not in described_before:
            described_before.clear()
            described_before[kb] = document(app, site.content, version())
        return described_before[kb]

    app.openapi = openapi  # type: ignore[method-assign]

    async def described_as_json() -> Any:
        return api.data(app.openapi())

    app.add_api_route("/openapi.json", described_as_json, include_in_schema=False)


def version() -> str:
    """The version of the distribution; 0 for a checkout that is not installed."""
    try:
        return installed("faqbot")
    except PackageNotFoundError:
        return "0"
