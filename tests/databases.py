"""Real databases for tests, and a proxy before one that can be cut."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.engine import make_url

USUAL = "postgresql://postgres@127.0.0.1:5432/test"
VARIABLE = "FAQBOT_TEST_POSTGRES"
KINDS = ("sqlite", "postgresql")


def server() -> str:
    """The URL of the PostgreSQL to test with; skips where none answers, unless one is demanded."""
    url = os.environ.get(VARIABLE) or USUAL
    if not os.environ.get(VARIABLE) and (why := _silent(url)):
        pytest.skip(f"no PostgreSQL answers at {url} ({why}): start one, or name another in {VARIABLE}")
    return url


@lru_cache
def _silent(url: str) -> str:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        return str(error).splitlines()[0]
    return ""


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: a file in a folder, or a schema of its own on the server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'log.db'}"
        return
    url, schema = server(), f"faqbot_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
        try:
            yield within(url, schema)
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE".encode())


def within(url: str, schema: str) -> str:
    """The URL of one schema, whose connections go by its name."""
    query = {"options": f"-csearch_path={schema}", "application_name": schema}
    return make_url(url).update_query_dict(query).render_as_string(hide_password=False)


def end_connections(url: str) -> None:
    """Have the server end every connection that goes by the name of a URL, whatever it is doing."""
    with psycopg.connect(server(), autocommit=True) as admin:
        name = make_url(url).query["application_name"]
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [name])


def through(url: str, port: int) -> str:
    """The same URL by way of a local port."""
    return make_url(url).set(host="127.0.0.1", port=port).render_as_string(hide_password=False)


class Proxy:
    """Passes bytes on to a server, until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._open: list[socket.socket] = []
        self.port = 0
        self.mend()

    def mend(self) -> None:
        """Listen, on the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port), reuse_port=True)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Refuse what comes, and cut every connection in the middle of what it does."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(self._to)
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while chunk := one.recv(65_536):
            other.sendall(chunk)
    with suppress(OSError):
        other.shutdown(socket.SHUT_RDWR)


def eventually(true: Callable[[], bool], seconds: float = 120.0) -> bool:
    """Whether something comes true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if true():
            return True
        pause.wait(0.05)
    return true()
