"""The bot in a workspace as a process: Socket Mode or HTTP, signals, and its end."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.web import WebClient
from waitress.server import create_server

from bot.channels.slack.calls import TIMEOUT, called
from bot.channels.slack.connection import Handler
from bot.channels.slack.listeners import LISTENER_THREADS, application
from bot.channels.slack.manifest import PATH
from bot.channels.slack.outbox import Busy, Refused, Unreached
from bot.channels.slack.tokens import Tokens
from bot.channels.slack.workspace import Workspace
from bot.errors import ChannelError

HEALTH = "/healthz"
STAMP = "HTTP_X_SLACK_REQUEST_TIMESTAMP"
REQUEST_THREADS = 8  # of HTTP; they acknowledge, and nothing else
LARGEST = 1_000_000  # bytes of a request; Slack's are smaller
PURGE_EVERY = 24 * 60 * 60  # seconds

logger = logging.getLogger(__name__)


def web_client(token: str, url: str) -> WebClient:
    """A client of Slack that never tries again by itself: what waits, waits in its lane of the outbox."""
    return WebClient(token, base_url=url, timeout=TIMEOUT, retry_handlers=[])


def serve(workspace: Workspace, client: WebClient, tokens: Tokens, ready: Callable[[str], None]) -> None:
    """Answer by Socket Mode until a signal ends it; `ready` is told whom it is connected as. Raises ChannelError."""
    with ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="faqbot-slack-hears") as executor:
        app, name = started(workspace, client, executor)
        handler = Handler(app, tokens.app)
        try:
            called(handler.connect)
        except (Busy, Unreached, Refused) as error:
            handler.client.close()
            raise ChannelError(
                f"Slack opens no connection: {error}. `faqbot slack check` says what is missing"
            ) from error
        with _signals(workspace) as ended:
            ready(name)
            ended.wait()
        handler.client.close()
    workspace.close()


def serve_http(
    workspace: Workspace, client: WebClient, tokens: Tokens, host: str, port: int, ready: Callable[[str], None]
) -> None:
    """Answer over HTTP until a signal ends it; `ready` is told the address. Raises ChannelError."""
    with ThreadPoolExecutor(LISTENER_THREADS, thread_name_prefix="faqbot-slack-hears") as executor:
        app, _ = started(workspace, client, executor, signing_secret=tokens.signing)
        server = http_server(app, host, port)
        with _signals(workspace) as ended:
            Thread(target=server.run, name="faqbot-slack-http", daemon=True).start()
            ready(f"http://{server.effective_host}:{server.effective_port}{PATH}")
            ended.wait()
        server.close()
        server.task_dispatcher.shutdown()
    workspace.close()


def started(workspace: Workspace, client: WebClient, executor: ThreadPoolExecutor, **more: Any) -> tuple[App, str]:
    """The app, and whom Slack knows it as; raises ChannelError where Slack does not know it, or cannot be reached."""
    try:
        known = called(client.auth_test)
        app = application(workspace, client, executor, **more)
    except (Busy, Unreached) as error:
        raise ChannelError(f"Slack cannot be reached: {error}") from error
    except Refused as error:
        raise ChannelError(
            f"Slack does not take SLACK_BOT_TOKEN ({error}): is it of another app, or revoked?"
        ) from error
    return app, f"{known.get('user')} in {known.get('team')}"


def http_server(app: App, host: str, port: int) -> Any:
    """A server of what Slack sends over HTTP; raises ChannelError where the address cannot be had."""
    try:
        return create_server(
            endpoint(app), host=host, port=port, threads=REQUEST_THREADS, max_request_body_size=LARGEST, ident="",
            clear_untrusted_proxy_headers=True,
        )  # fmt: skip
    except OSError as error:
        raise ChannelError(f"cannot listen on {host}:{port}: is something else there? ({error})") from error


def endpoint(app: App) -> WSGIApplication:
    """What is answered over HTTP: Slack's requests, whose signatures bolt checks, and whether the bot is alive."""
    handler = SlackRequestHandler(app, PATH)

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == HEALTH:
            return _short(start, "200 OK", b"ok\n")
        if not environ.get(STAMP, "0").isdecimal():  # slack_sdk would take it for a number
            return _short(start, "401 Unauthorized", b"the request is not signed\n")
        return handler(environ, start)

    return answer


def _short(start: StartResponse, status: str, body: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def _signals(workspace: Workspace) -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set; SIGHUP reads the content anew. What is too old is deleted once a day."""
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    def reload(number: int, frame: FrameType | None) -> None:
        Thread(target=workspace.reload, name="faqbot-slack-reload").start()

    def purge() -> None:
        while True:
            workspace.purge()
            if ended.wait(PURGE_EVERY):
                return

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    before[signal.SIGHUP] = signal.signal(signal.SIGHUP, reload)
    purging = Thread(target=purge, name="faqbot-slack-purge")
    purging.start()
    try:
        yield ended
    finally:
        ended.set()
        purging.join()
        for number, handler in before.items():
            signal.signal(number, handler)
