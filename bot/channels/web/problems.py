"""What a caller is told when a request cannot be served: RFC 9457, always with what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
WHAT_TO_DO = {
    400: "Send one JSON object in UTF-8, with Content-Type: application/json.",
    401: "Send Authorization: Bearer KEY, with a key that the operator made by `faqbot key`.",
    404: "There is nothing here. GET /docs lists what there is.",
    405: "Use a method that the Allow header names. GET /docs lists what there is.",
    408: "Send the whole body at once.",
    413: "Send a shorter body: a question has room in 16 KB.",
    422: "Mend the fields that `errors` names.",
    429: "Wait as many seconds as Retry-After says, then send it again.",
    500: "Try again. If it goes on, tell the operator the time of the request.",
    503: "Try again in a while. What you sent was not kept.",
}


class Problem(Exception):
    """A request that cannot be served; ends as a response of application/problem+json."""

    def __init__(
        self, status: int, detail: str = "", *, errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.status = status
        self.detail = detail or WHAT_TO_DO.get(status, "")
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def response(self, resources: Sequence[Mapping[str, str]] | None = None) -> Response:
        """The response; `resources` are the numbers of a region, for somebody who may need them."""
        phrase = HTTPStatus(self.status).phrase
        body: dict[str, Any] = {
            "type": f"/docs#{self.status}", "title": phrase, "status": self.status, "detail": self.detail,
        }  # fmt: skip
        if self.errors:
            body["errors"] = list(self.errors)
        if resources is not None:
            body["resources"] = list(resources)
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(json.dumps(body, ensure_ascii=False), self.status, headers, MEDIA_TYPE)


def field(name: str, message: str) -> Problem:
    """The problem of one field of a request."""
    return Problem(422, errors=[{"field": name, "message": message}])


async def refused(request: Request, error: Exception) -> Response:
    """What becomes of a Problem, or of what the framework refuses by itself."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, RequestValidationError):
        errors = [{"field": str(one["loc"][-1]), "message": one["msg"]} for one in error.errors()]
        return Problem(422, errors=errors).response()
    if isinstance(error, HTTPException):
        return Problem(error.status_code, headers=error.headers).response()
    raise error
