"""The edges of the service: bodies that stall, proxies, and alarms in requests with everything wrong."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from bot.channels.web.app import create_app
from bot.channels.web.site import Options, Site
from tests.processes import SECONDS, Served, served
from tests.web import ALARM, QUESTION, SECRET, shipped_bot

WRONG_KEY = {"Authorization": "Bearer fb_of_nobody"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any


def stalled(path: str, begun: bytes, *, gone: bool = False) -> Answer:
    """What a service says to a body that stops after its beginning: it waits for more, or its sender has gone."""
    app = create_app(Site(shipped_bot, Options(SECRET, patience=0.05)))
    sent: list[dict[str, Any]] = []
    waiting = [{"type": "http.request", "body": begun, "more_body": True}]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop()
        if not gone:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": path, "raw_path": path.encode(), "root_path": "", "query_string": b"", "headers": [],
        "client": ("192.0.2.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, json.loads(b"".join(one.get("body", b"") for one in sent[1:])))


def test_a_body_that_stalls_is_not_waited_for_and_its_sender_gets_the_numbers() -> None:
    answer = stalled("/v1/ask", b'{"text": "is ketamine')

    assert answer.status == 408
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    assert answer.body["detail"] == "Send the whole body at once."
    assert "999" in str(answer.body["resources"])


def test_an_alarm_is_answered_though_its_body_stalls() -> None:
    answer = stalled("/v1/ask", b'{"text": "' + ALARM.encode())

    assert (answer.status, answer.body["kind"], answer.body["urgent"]) == (200, "safety", True)


def test_feedback_that_stalls_is_refused() -> None:
    assert stalled("/v1/feedback", b'{"turn": ').status == 408


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/feedback"])
def test_a_sender_who_has_gone_is_no_error_of_the_service(path: str, caplog: pytest.LogCaptureFixture) -> None:
    assert stalled(path, b'{"text": ', gone=True).status == 400
    assert caplog.text == ""


def asked(service: Served, forwarded: str) -> int:
    """The status of a question that says where it was forwarded from."""
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=SECONDS)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    connection.request("POST", "/v1/ask", json.dumps({"text": QUESTION}), headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("proxies", "forwarded", "allowed"),
    [
        ("127.0.0.1", ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], 4),
        ("127.0.0.1", ["192.0.2.1", "192.0.2.1", "192.0.2.1"], 2),
        ("127.0.0.0/8, 10.0.0.0/8", ["192.0.2.1, 10.0.0.7", "192.0.2.2, 10.0.0.7", "192.0.2.3, 10.0.0.7"], 3),
        # What a visitor wrote into the header itself stands before what the proxy put there, and is not believed.
        ("127.0.0.1", ["198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1", "198.51.100.3, 192.0.2.1"], 2),
        ("10.0.0.0/8", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], 2),
        ("", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], 2),
    ],
)
def test_only_a_proxy_that_was_named_is_believed_where_a_request_came_from(
    tmp_path: Path, proxies: str, forwarded: Sequence[str], allowed: int
) -> None:
    with served(tmp_path, "sqlite:///none", "--no-log", FAQBOT_PROXIES=proxies, FAQBOT_RATE="2/hour") as service:
        codes = [asked(service, one) for one in forwarded]

    assert codes == [200] * allowed + [429] * (len(forwarded) - allowed)


def test_a_process_answers_an_alarm_with_everything_wrong_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    broken = {"context": "of nobody", "region": 7, "intent": [], "more": {}}
    bodies = [
        json.dumps({**broken, "text": ALARM}),
        json.dumps({**broken, "padding": "x" * 40_000, "text": ALARM}),
        json.dumps({**broken, "text": f"{ALARM} {'please ' * 6000}"}),
        json.dumps({**broken, "text": ALARM})[:-9],
    ]
    with served(tmp_path, url, "--region", "UK", FAQBOT_REQUIRE_KEY="1", FAQBOT_RATE="1/hour") as service:
        connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=SECONDS)
        answers = []
        for body in [json.dumps({"text": QUESTION}), *bodies * 3]:
            connection.request("POST", "/v1/ask", body, WRONG_KEY)
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())))
        connection.close()

    (refused, problem), *alarms = answers
    assert (refused, "999" in str(problem["resources"])) == (401, True)
    assert [(status, reply["kind"], reply["urgent"]) for status, reply in alarms] == [(200, "safety", True)] * 12
    assert all("999" in reply["text"] for _, reply in alarms)


def test_a_connection_that_is_cut_in_a_body_stops_nobody_else(tmp_path: Path) -> None:
    with served(tmp_path, "sqlite:///none", "--no-log") as service:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", urlsplit(service.url).port or 0), timeout=SECONDS) as cut:
                cut.sendall(b'POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"text": "is ket')
        assert service.post("/v1/ask", {"text": QUESTION})[0] == 200
        assert service.stop() == 0

    assert "Traceback" not in service.errors.read_text(encoding="utf-8")
