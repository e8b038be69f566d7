"""Bodies of requests: read up to a limit, and what is in them."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, NamedTuple, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from bot.channels.web.problems import Problem
from bot.channels.web.site import site_of

MOST = 16 * 1024  # bytes of a body
HEARD = 64 * 1024  # bytes in which an alarm is looked for, whatever comes of the request
TEXT = re.compile(r'"text"\s*:\s*"((?:[^"\\]|\\.)*)', re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)

Shape = TypeVar("Shape", bound=BaseModel)


class Body(NamedTuple):
    """What came, as far as it was read, and the JSON object in it (None where there is none)."""

    raw: bytes
    values: dict[str, Any] | None
    problem: Problem | None  # why it cannot be used, though something in it may be readable

    @property
    def text(self) -> str:
        """What somebody may have wanted to say; also where the JSON is broken, cut off, or none at all.

        Where there is no `text`, or none that is a string, it is all that came: an alarm may stand in a field of
        another name.
        """
        said = self.values.get("text") if self.values else None
        if isinstance(said, str):
            return sound(said)
        raw = self.raw.decode("utf-8", "replace")
        found = TEXT.search(raw)
        return sound(ESCAPE.sub(_unescaped, found[1] if found else raw))

    def field(self, name: str) -> object:
        """A field, whatever it holds; None where there is none."""
        return self.values.get(name) if self.values else None


async def read(request: Request, most: int = MOST, heard: int = HEARD) -> Body:
    """The body of a request, as far as it came in time; what exceeds `heard` bytes is not read."""
    pieces, size, problem = [], 0, None
    try:
        async with asyncio.timeout(site_of(request).options.patience):
            async for piece in request.stream():
                pieces.append(piece)
                size += len(piece)
                if size > heard:
                    break
    except TimeoutError:
        problem = Problem(408, headers={"Connection": "close"})
    except ClientDisconnect:  # whoever asked has gone, and reads no answer
        problem = Problem(400)
    raw = b"".join(pieces)[:heard]
    if size > most:
        detail = f"Send a body of at most {most // 1024} KB."
        problem = Problem(413, detail, headers={"Connection": "close"} if size > heard else {})
    values = _object(raw) if size <= heard else None
    return Body(raw, values, problem or (Problem(400) if values is None else None))


async def demanded(request: Request, shape: type[Shape], most: int = MOST) -> Shape:
    """The body, of so many bytes at most, as a shape; raises Problem. For endpoints that nobody in danger uses."""
    body = await read(request, most, heard=most + 1)
    if body.problem:
        raise body.problem
    return validated(shape, json.loads(sound(json.dumps(body.values, ensure_ascii=False))))


def validated(shape: type[Shape], values: dict[str, Any]) -> Shape:
    """Values as a shape; raises Problem with every field that is wrong."""
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        errors = [
            {
                "field": sound(".".join(map(str, one["loc"]))) or "body",
                "message": one["msg"].removeprefix("Value error, "),
            }
            for one in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise Problem(422, errors=errors) from None


def sound(text: str) -> str:
    """The text with lone surrogates, which no encoding has, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}.get(found[2], found[2])
