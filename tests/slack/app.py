"""The bot within the process of a test, in front of the fake: what Slack sends goes through bolt."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import App, BoltRequest, BoltResponse
from slack_sdk.web import WebClient

from bot.channels.slack.listeners import application
from bot.channels.slack.outbox import Outbox
from bot.channels.slack.workspace import Options, Workspace
from bot.desks import Conversation, Desk
from bot.engine import Bot
from bot.errors import DeskError
from bot.handover import HandOvers
from bot.record import Log
from tests.slack.bots import shipped
from tests.slack.fake import BOT_TOKEN, FakeSlack
from tests.slack.shapes import Shape

SECRET = "a secret of sixteen characters and more"  # noqa: S105 - of no workspace


class Shelf:
    """A desk that keeps its tickets in memory; `broken` calls fail before it works."""

    name = "shelf"

    def __init__(self, broken: int = 0) -> None:
        self.tickets: dict[str, Conversation] = {}
        self.broken = broken

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        if self.broken:
            self.broken -= 1
            raise DeskError("the desk is closed")
        self.tickets.setdefault(conversation.key, conversation)
        return f"T-{list(self.tickets).index(conversation.key) + 1}"


class Dispatched:
    """A workspace whose listeners are done when what was sent comes back."""

    def __init__(self, slack: FakeSlack, workspace: Workspace, app: App) -> None:
        self.slack, self.workspace, self.app = slack, workspace, app

    def send(self, *payloads: Shape, retry: int = 0) -> BoltResponse:
        """Send payloads one after another, and wait until all that they call for is done; the last response."""
        for payload in payloads:
            headers: dict[str, str | Sequence[str]] = {"x-slack-retry-num": str(retry)} if retry else {}
            response = self.app.dispatch(BoltRequest(mode="socket_mode", body=payload, headers=headers))
        self.settle()
        return response

    def settle(self) -> None:
        """Wait until nothing is on its way."""
        self.slack.wait(lambda: self.workspace.tickets.waiting == 0 and self.workspace.outbox.waiting == 0)


@contextmanager
def dispatched(
    slack: FakeSlack, *, load: Callable[[], Bot] = shipped, desk: Desk | None = None, log: Log | None = None,
    clock: Callable[[], float] = time.time, pause: float = 0.0, **options: Any,
) -> Iterator[Dispatched]:  # fmt: skip
    """A workspace in front of a fake."""
    client = WebClient(BOT_TOKEN, base_url=slack.url, retry_handlers=[], timeout=10)
    outbox = Outbox(8, pause)
    given = Options(**{"secret": SECRET, **options})
    workspace = Workspace(
        load, client, given, log=log, handovers=HandOvers(desk) if desk else None, outbox=outbox, clock=clock
    )
    with ThreadPoolExecutor(4) as executor:
        yield Dispatched(slack, workspace, application(workspace, client, executor, process_before_response=True))
    workspace.close(1)


@contextmanager
def faked(patch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    """A fake of Slack, and nothing else in reach; at the end it must have refused nothing."""
    stay_here(patch)
    with FakeSlack() as fake:
        yield fake
        refused = [call.answer for call in fake.calls if call.answer.get("problems") or call.answer.get("unknown")]
        assert refused == []


def stay_here(patch: pytest.MonkeyPatch) -> None:
    """Let nothing reach another machine, and no setting of this one reach a test."""
    real = socket.getaddrinfo

    def local(host: Any, *rest: Any, **more: Any) -> Any:
        assert host in ("127.0.0.1", "localhost", None), f"a test asked for {host}"
        return real(host, *rest, **more)

    patch.setattr(socket, "getaddrinfo", local)
    for name in (
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET",
        "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy",
    ):  # fmt: skip
        patch.delenv(name, raising=False)
