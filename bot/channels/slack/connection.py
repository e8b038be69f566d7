"""The connection by which Slack sends what happens (Socket Mode), and its replacement every few hours."""

from __future__ import annotations

from contextlib import suppress
from socket import SHUT_RDWR, socket
from time import time

from slack_bolt import App
from slack_bolt.adapter.socket_mode.base_handler import BaseSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

PING_EVERY = 5.0  # seconds; a connection that was closed without Slack's notice is made anew after that
AT_ONCE = 10  # requests that are read and acknowledged beside each other
READ = 16_384  # bytes; slack_sdk reads a burst recursively, part by part, and 1,024 at a time go deep


class Handler(BaseSocketModeHandler):
    """Passes what Slack sends to an app, and its acknowledgements back."""

    def __init__(self, app: App, app_token: str) -> None:
        self.app = app
        self.client = Client(
            app_token=app_token, web_client=app.client, proxy=app.client.proxy, logger=app.logger,
            ping_interval=PING_EVERY, concurrency=AT_ONCE, receive_buffer_size=READ,
        )  # fmt: skip
        self.client.socket_mode_request_listeners.append(self.handle)

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Have a request answered by the app, and acknowledge it."""
        started = time()
        send_response(client, req, run_bolt_app(self.app, req), started)


class Client(SocketModeClient):
    """Gives up a connection at once.

    slack_sdk waits until its reader has waited for three seconds, and reads nothing of the new connection meanwhile: a
    click would be acknowledged too late.
    """

    def connect(self) -> None:
        """Open a connection; the one before it ends as soon as the new one is there."""
        if self.current_session is not None:
            self.current_session.close = _Ending(self.current_session)  # type: ignore[method-assign]
        super().connect()

    def disconnect(self) -> None:
        """End the connection."""
        if self.current_session is not None:
            _Ending(self.current_session)()


class _Ending:
    """Ends a connection: its reader first, which then lets go of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __call__(self) -> None:
        if (open_one := self._connection.sock) is not None:
            with suppress(OSError):
                socket.shutdown(open_one, SHUT_RDWR)  # below TLS, which the reader may be in the middle of
        self._connection.disconnect()
