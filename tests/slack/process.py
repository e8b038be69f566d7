"""`faqbot slack` as a process in front of the fake."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.processes import ROOT, clean
from tests.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.slack.shapes import SIGNING_SECRET

SECONDS = 60  # that a start or an end may take on a busy machine


class Running(NamedTuple):
    """A process that answers in Slack, the line in which it said so, and what it says on standard error."""

    process: subprocess.Popen[str]
    line: str
    errors: Path

    def post(
        self, body: str, headers: dict[str, str], path: str = "/slack/events", method: str = "POST"
    ) -> tuple[int, str]:
        """The status and the text of a request."""
        connection = http.client.HTTPConnection(urlsplit(self.line.split()[-1]).netloc, timeout=SECONDS)
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operating system does; the exit code."""
        self.process.send_signal(how)
        return self.process.wait(SECONDS)


def environment(slack: FakeSlack, **more: str) -> dict[str, str]:
    """What a process is told of the fake."""
    kept = {name: value for name, value in clean().items() if not name.startswith("SLACK_")}
    return {
        **kept, "FAQBOT_SLACK_API": slack.url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET, "FAQBOT_REGION": "UK",
        "FAQBOT_CACHE": str(Path(tempfile.gettempdir()) / f"faqbot-tests-{os.getuid()}"), **more,
    }  # fmt: skip


@contextmanager
def running(slack: FakeSlack, folder: Path, *arguments: str, **more: str) -> Iterator[Running]:
    """A process that answers, and has said so."""
    errors = folder / "errors.txt"
    told = environment(
        slack, FAQBOT_OUTBOX_FOLDER=str(folder / "outbox"), FAQBOT_DATABASE_URL=f"sqlite:///{folder / 'log.db'}", **more
    )
    with errors.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "slack", *arguments],
            cwd=ROOT, env=told, stdout=subprocess.PIPE, stderr=file, text=True,
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("faqbot answers "), errors.read_text(encoding="utf-8")
        yield Running(process, line, errors)
    finally:
        process.kill()
        process.communicate()
