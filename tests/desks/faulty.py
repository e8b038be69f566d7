"""A way to a desk that can break: between faqbot and the real desk, request by request."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Fault = Literal["", "refused", "error after", "slow"]
PASSED_ON = ("authorization", "content-type", "accept")


class Way:
    """Passes requests on to a desk. `fault` says what happens to one, by its method and path."""

    def __init__(self, to: str) -> None:
        self.to = to
        self.fault: Callable[[str, str], Fault] = lambda method, path: ""
        self.seconds = 30.0  # that "slow" takes
        self.posted: list[str] = []  # paths of POSTs that the desk has done
        self.lock = threading.Lock()
        self.url = ""

    def once(self, fault: Fault, method: str, part: str) -> None:
        """Have the next request of a kind fail, and no other."""
        left = [fault]

        def chosen(given: str, path: str) -> Fault:
            with self.lock:
                return left.pop() if left and given == method and part in path else ""

        self.fault = chosen


@contextmanager
def way(to: str) -> Iterator[Way]:
    """A way to a desk, on a port of its own."""
    found = Way(to)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.passed("GET")

        def do_POST(self) -> None:
            self.passed("POST")

        def do_PUT(self) -> None:
            self.passed("PUT")

        def do_PATCH(self) -> None:
            self.passed("PATCH")

        def passed(self, method: str) -> None:
            fault = found.fault(method, self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if fault == "refused":
                self.close_connection = True
                self.connection.close()
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() in PASSED_ON}
            request = urllib.request.Request(found.to + self.path, body or None, headers, method=method)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                    status, said = answer.status, answer.read()
            except urllib.error.HTTPError as error:
                status, said = error.code, error.read()
            if method == "POST":
                found.posted.append(self.path)
            if fault == "error after":
                status, said = 500, b"it broke afterwards"
            if fault == "slow":
                time.sleep(found.seconds)
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
