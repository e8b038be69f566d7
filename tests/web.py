"""A service for tests, within the process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from bot import Bot
from bot.channels.web.app import create_app
from bot.channels.web.keys import ADMIN, ASK, Keys, made
from bot.channels.web.site import Options, Site
from bot.record import Log

SECRET = "a secret of sixteen characters and more"  # noqa: S105 - of no service
ASK_KEY, ASK_KEPT = made("desk", ASK)
ADMIN_KEY, ADMIN_KEPT = made("operator", ADMIN)
KEYS = Keys([ASK_KEPT, ADMIN_KEPT])
ALARM = "my friend took too much and won't wake up"
KEPT = Path(tempfile.gettempdir()) / f"faqbot-tests-{os.getuid()}"  # made ready once for all processes that test
QUESTION = "is ketamine an opioid?"


@cache
def shipped_bot() -> Bot:
    """The bot of the content that ships, for the United Kingdom."""
    return Bot.load(region="UK", cache=KEPT)


@contextmanager
def service(load: Callable[[], Bot] = shipped_bot, log: Log | None = None, **options: Any) -> Iterator[TestClient]:
    """A client of a service that has started, and ends afterwards."""
    site = Site(load, Options(**{"secret": SECRET, "keys": KEYS, **options}), log)
    with TestClient(create_app(site), raise_server_exceptions=False) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {key}"}
