"""The service as a process, for tests."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
SECONDS = 20  # that anything may take


class Served(NamedTuple):
    """A process that serves, where it does, and what it has said on standard error."""

    process: subprocess.Popen[str]
    url: str
    errors: Path

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """The status and the JSON of one request on a connection of its own."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)
        try:
            connection.request("POST", path, json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def stop(self) -> int:
        """End it as an operating system does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


@contextmanager
def served(folder: Path, url: str, *arguments: str, **environment: str) -> Iterator[Served]:
    """A process that serves on a free port, and logs to a database."""
    errors = folder / "errors.txt"
    given = {"FAQBOT_RATE": "off", "FAQBOT_DATABASE_URL": url, **environment}
    with errors.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--port", "0", *arguments],
            cwd=ROOT, env={**clean(), **given}, stdout=subprocess.PIPE, stderr=file, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("faqbot answers at http://127.0.0.1:"), errors.read_text(encoding="utf-8")
        yield Served(process, line.split()[-1], errors)
    finally:
        process.kill()
        process.communicate()


def clean() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("FAQBOT_")}
