"""Calls of other people's services: JSON over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from bot.errors import DeskError

CONNECT, ANSWER = 5.0, 60.0  # seconds: what hears of a call may be slow, what does not is down
SHOWN = 200  # characters of an answer that an error quotes


class Remote:
    """A service that takes and gives JSON. Safe to share between threads."""

    def __init__(self, base: str, headers: Mapping[str, str], transport: httpx.BaseTransport | None = None) -> None:
        """`base`: the URL that paths are below of; `transport`: for tests."""
        self._client = httpx.Client(
            base_url=base.rstrip("/") + "/",
            headers={"Accept": "application/json", **headers},
            timeout=httpx.Timeout(ANSWER, connect=CONNECT),
            transport=transport,
        )

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of a resource; raises DeskError."""
        return self._call("GET", path, params=query)

    def send(self, method: str, path: str, values: Mapping[str, Any]) -> Any:
        """What comes back for values that are sent; raises DeskError. It may have been done even so."""
        return self._call(method, path, json=values)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _call(self, method: str, path: str, **sent: Any) -> Any:
        try:
            answer = self._client.request(method, path, **sent)
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except httpx.HTTPStatusError as error:
            said = " ".join(error.response.text.split())[:SHOWN]
            url = error.request.url.copy_with(query=None)  # which may hold what somebody said
            status = error.response.status_code
            raise DeskError(f"{method} {url} was refused ({status}): {said}", status) from error
        except httpx.HTTPError as error:
            raise DeskError(
                f"{method} {self._client.base_url}{path} failed: {error or type(error).__name__}"
            ) from error
        except ValueError as error:
            raise DeskError(f"{method} {self._client.base_url}{path} gave no JSON: is that the address?") from error
