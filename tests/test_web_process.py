"""The service as a process: its start, its signals, its end, and what a load loses meanwhile (nothing)."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.engine import make_url

from bot.channels.web.keys import ADMIN, made
from bot.record import Log
from tests.conftest import BuildContent
from tests.databases import Proxy, database, end_connections, eventually, server, through
from tests.processes import ROOT, SECONDS, Served, clean, served

THREADS = 8


@pytest.fixture
def log(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'log.db'}"


def written(url: str) -> dict[str, Any]:
    with Log.open(url) as log:
        return {row["turn"]: row["helpful"] for row in log.rows()}


def test_it_answers_and_ends_when_told_to_with_everything_written(tmp_path: Path, log: str) -> None:
    with served(tmp_path, log) as service:
        turns = {service.post("/v1/ask", {"text": "is ketamine an opioid?"})[1]["turn"] for _ in range(20)}
        code = service.stop()

    assert code == 0
    assert set(written(log)) == turns


def test_it_keeps_no_log_where_none_is_wanted(tmp_path: Path, log: str) -> None:
    with served(tmp_path, log, "--no-log") as service:
        assert service.post("/v1/ask", {"text": "is ketamine an opioid?"})[0] == 200
        assert service.stop() == 0

    assert not (tmp_path / "log.db").exists()


def test_a_signal_reads_the_content_anew_and_keeps_the_old_one_when_it_is_wrong(
    content: BuildContent, tmp_path: Path, log: str
) -> None:
    root = content()
    answers = root / "answers/hours.yaml"
    whole = answers.read_text(encoding="utf-8")
    with served(tmp_path, log, "--content", str(root)) as service:
        answers.write_text(whole.replace("We are open from nine to five", "We open at ten"), encoding="utf-8")
        service.process.send_signal(signal.SIGHUP)
        asked = {"intent": "opening_hours"}
        assert eventually(lambda: "We open at ten" in service.post("/v1/ask", asked)[1]["text"])
        answers.write_text("topic: nothing\n", encoding="utf-8")
        service.process.send_signal(signal.SIGHUP)
        assert eventually(lambda: "does not load" in service.errors.read_text(encoding="utf-8"))
        assert "We open at ten" in service.post("/v1/ask", asked)[1]["text"]
        assert "hours.yaml" in service.errors.read_text(encoding="utf-8")


def test_two_on_one_port_are_refused_with_what_to_do(tmp_path: Path, log: str) -> None:
    with served(tmp_path, log) as service:
        port = str(urlsplit(service.url).port)
        second = subprocess.run(
            [sys.executable, "-m", "bot", "serve", "--no-log", "--port", port],
            cwd=ROOT, env=clean(), capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    assert second.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
    assert "Traceback" not in second.stderr


class Load:
    """People who ask and give feedback until they are told to stop; what each was told."""

    def __init__(self, service: Served) -> None:
        self.turns: list[str] = []
        self.kept: list[str] = []
        self.codes: list[tuple[str, int]] = []
        self.broken: list[str] = []  # answers that broke off in the middle
        self._service = service
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(THREADS)
        for _ in range(THREADS):
            self._pool.submit(self._ask)

    def end(self) -> None:
        """Have everybody stop, and wait for them."""
        self._over.set()
        self._pool.shutdown()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(urlsplit(self._service.url).netloc, timeout=SECONDS)
        try:
            while not self._over.is_set():
                turn = self._post(connection, "/v1/ask", {"text": "does ketamine harm the bladder"})["turn"]
                self.turns.append(turn)
                if "turn" in self._post(connection, "/v1/feedback", {"turn": turn, "helpful": True}):
                    self.kept.append(turn)
        except (http.client.RemoteDisconnected, ConnectionError):
            return  # the service has ended, before it took the request
        except Exception as error:
            self.broken.append(repr(error))
        finally:
            connection.close()

    def _post(self, connection: http.client.HTTPConnection, path: str, body: object) -> Any:
        connection.request("POST", path, json.dumps(body))
        answer = connection.getresponse()
        read = answer.read()
        self.codes.append((path, answer.status))
        return json.loads(read)


def test_an_end_in_the_middle_of_a_load_loses_no_answer_and_no_feedback(tmp_path: Path, log: str) -> None:
    with served(tmp_path, log) as service:
        load = Load(service)
        assert eventually(lambda: len(load.kept) > 100)
        code = service.stop()
        load.end()

    rows = written(log)
    assert (code, load.broken) == (0, [])
    assert {status for _, status in load.codes} == {200}
    assert set(load.turns) <= set(rows)
    assert all(rows[turn] for turn in load.kept)


def test_a_database_that_goes_and_comes_in_the_middle_of_a_load_costs_no_answer_and_no_kept_feedback(
    tmp_path: Path,
) -> None:
    parsed = make_url(server())
    proxy = Proxy(parsed.host or "127.0.0.1", parsed.port or 5432)
    with (
        database("postgresql", tmp_path) as url,
        served(tmp_path, through(url, proxy.port), FAQBOT_SECRET="x" * 32) as service,
    ):
        load = Load(service)
        assert eventually(lambda: len(load.kept) > 50)
        proxy.cut()
        before = len(load.turns)
        assert eventually(lambda: ("/v1/feedback", 503) in load.codes and len(load.turns) > before + 50)
        proxy.mend()
        after = len(load.kept)
        assert eventually(lambda: len(load.kept) > after + 50)
        load.end()
        assert service.stop() == 0
        rows = written(url)

    assert load.broken == []
    assert {status for path, status in load.codes if path == "/v1/ask"} == {200}
    assert {status for path, status in load.codes if path == "/v1/feedback"} == {200, 503}
    assert set(load.turns) <= set(rows)
    assert all(rows[turn] for turn in load.kept)


def test_a_database_that_kills_its_connections_in_the_middle_of_a_load_costs_no_answer_and_no_kept_feedback(
    tmp_path: Path,
) -> None:
    with database("postgresql", tmp_path) as url, served(tmp_path, url, FAQBOT_SECRET="x" * 32) as service:
        load = Load(service)
        for _ in range(8):
            kept = len(load.kept)
            assert eventually(lambda kept=kept: len(load.kept) > kept + 10)  # type: ignore[misc]
            end_connections(url)
        load.end()
        assert service.stop() == 0
        rows = written(url)

    assert load.broken == []
    assert {status for path, status in load.codes if path == "/v1/ask"} == {200}
    assert {status for path, status in load.codes if path == "/v1/feedback"} <= {200, 503}
    assert set(load.turns) <= set(rows)
    assert all(rows[turn] for turn in load.kept)


def test_every_endpoint_keeps_to_its_description(tmp_path: Path, log: str) -> None:
    key, kept = made("test", ADMIN)
    refused = (
        '[checks]\nnegative_data_rejection.expected-statuses = ["4xx"]\n'  # 413 as well: too many turns are too long
    )
    (tmp_path / "schemathesis.toml").write_text(refused, encoding="utf-8")
    with served(tmp_path, log, FAQBOT_KEYS=kept.line()) as service:
        checked = subprocess.run(
            [
                sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run",
                f"{service.url}/openapi.json", "-H", f"Authorization: Bearer {key}", "--checks", "all",
                "--max-examples", "50", "--seed", "6", "--no-color", "--generation-database", "none",
            ],
            cwd=tmp_path, env=clean(), capture_output=True, text=True, check=False,
        )  # fmt: skip

    assert checked.returncode == 0, checked.stdout[-4000:]
    assert "11 selected / 11 total" in checked.stdout
