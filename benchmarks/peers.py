"""What the HTTP service is measured beside: a bare ASGI application, and FastAPI saying back what it got."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

SIZE = int(os.environ.get("PEER_SIZE", "4000"))  # bytes of an answer
PADDING = "x" * SIZE

Message = MutableMapping[str, Any]


async def bare(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Read a body and send as many bytes as the service does."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json"), (b"content-length", str(SIZE).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PADDING.encode()})


class Asked(BaseModel):
    """The body of the service, without what may be left out."""

    text: str


class Echo(BaseModel):
    """What was asked, made as long as an answer of the service."""

    text: str
    padding: str


echo = FastAPI()


@echo.post("/v1/ask")
async def ask(asked: Asked) -> Echo:
    """Check a body and send it back, as long as an answer of the service."""
    return Echo(text=asked.text, padding=PADDING[: SIZE - len(asked.text) - 25])
