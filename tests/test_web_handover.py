from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.channels.web.handover import MOST
from bot.desks import Conversation, connect
from bot.errors import DeskError
from bot.handover import HandOvers
from bot.record import Log
from tests.web import ALARM, QUESTION, service

TURN = "0123456789abcdef" * 2
SAID = {"text": QUESTION, "reply": "No.", "intents": ["ketamine_is_opioid"]}
CONVERSATION: dict[str, Any] = {"turns": [SAID], "turn": TURN, "contact": "jo@example.org"}


class Down:
    """A desk that is down, or up."""

    name = "down"

    def __init__(self) -> None:
        self.down, self.opened = True, 0
        self.gate = threading.Event()
        self.gate.set()

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        self.gate.wait(20)
        if self.down:
            raise DeskError("it is down")
        self.opened += 1
        return str(self.opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    with service(handovers=HandOvers(connect("outbox", {"FAQBOT_OUTBOX_FOLDER": str(folder)}))) as found:
        yield found


def test_a_conversation_becomes_a_ticket_with_a_reference(client: TestClient, folder: Path) -> None:
    answer = client.post("/v1/handover", json=CONVERSATION)

    [ticket] = folder.iterdir()
    text = ticket.read_text(encoding="utf-8")
    assert answer.status_code == 200
    assert ticket.name.startswith(answer.json()["reference"])
    assert f"Asked: {QUESTION}" in text
    assert "Answers tried: Is ketamine an opioid?" in text
    assert "Contact: jo@example.org" in text


def test_sending_it_again_opens_no_second_ticket(client: TestClient, folder: Path) -> None:
    references = {client.post("/v1/handover", json=CONVERSATION).json()["reference"] for _ in range(3)}

    assert len(references) == len(list(folder.iterdir())) == 1


def test_another_way_to_reach_the_person_is_not_lost(client: TestClient, folder: Path) -> None:
    client.post("/v1/handover", json=CONVERSATION)
    client.post("/v1/handover", json={**CONVERSATION, "contact": "020 7946 0018"})

    assert len(list(folder.iterdir())) == 2


def test_danger_is_found_whatever_the_page_says_of_it(client: TestClient, folder: Path) -> None:
    client.post("/v1/handover", json={"turns": [{"text": ALARM, "reply": "all is well"}, SAID], "turn": TURN})

    [ticket] = folder.iterdir()
    text = ticket.read_text(encoding="utf-8")
    assert text.startswith("Subject: URGENT: possible overdose emergency (web)")
    assert "*** URGENT: possible overdose emergency" in text


def test_whoever_is_on_call_hears_of_danger_even_where_the_desk_is_down() -> None:
    told: list[tuple[str, str]] = []
    with service(handovers=HandOvers(Down(), alert=lambda *said: told.append(said))) as client:
        client.post("/v1/handover", json={"turns": [SAID], "turn": TURN})
        assert told == []
        client.post("/v1/handover", json={"turns": [{"text": ALARM}], "turn": TURN})

    assert len(told) == 1
    assert "wake" not in " ".join(told[0])


def test_what_tells_whose_it_is_goes_out_where_that_is_wanted(folder: Path) -> None:
    handovers = HandOvers(connect("outbox", {"FAQBOT_OUTBOX_FOLDER": str(folder)}), redact=True)
    with service(handovers=handovers) as client:
        client.post("/v1/handover", json={"turns": [{"text": "my name is Jo Miller, call 020 7946 0018"}]})

    [ticket] = folder.iterdir()
    assert "my name is [name], call [number]" in ticket.read_text(encoding="utf-8")


def test_a_desk_that_is_down_is_admitted_with_whom_to_call() -> None:
    with service(handovers=HandOvers(Down())) as client:
        answer = client.post("/v1/handover", json=CONVERSATION)

    assert answer.status_code == 503
    assert "could not reach the desk" in answer.json()["detail"]
    assert "turn to the people who gave you this chat" in answer.json()["detail"]
    assert {"999"} <= {one["number"] for one in answer.json()["resources"]}


def test_a_slow_desk_is_not_waited_for_and_its_ticket_is_found_later(caplog: pytest.LogCaptureFixture) -> None:
    desk = Down()
    desk.down = False
    desk.gate.clear()
    with service(handovers=HandOvers(desk, patience=0.2)) as client:
        first = client.post("/v1/handover", json=CONVERSATION)
        meanwhile = client.post("/v1/handover", json=CONVERSATION)
        desk.gate.set()
        later = [client.post("/v1/handover", json=CONVERSATION) for _ in range(20)]

    assert (first.status_code, meanwhile.status_code) == (503, 503)
    assert "has not answered in 0.2 s" in caplog.text
    assert later[-1].json() == {"reference": "1"}
    assert desk.opened == 1


def test_a_desk_that_is_up_again_is_written_to() -> None:
    desk = Down()
    with service(handovers=HandOvers(desk)) as client:
        first = client.post("/v1/handover", json=CONVERSATION).status_code
        desk.down = False
        second = client.post("/v1/handover", json=CONVERSATION).status_code

    assert (first, second, desk.opened) == (503, 200, 1)


def test_without_a_desk_nothing_is_promised() -> None:
    with service() as client:
        answer = client.post("/v1/handover", json=CONVERSATION)
        widget = client.get("/widget.js").text

    assert answer.status_code == 503
    assert '"handover":false' in widget


def test_the_widget_knows_that_there_is_a_desk(client: TestClient) -> None:
    assert '"handover":true' in client.get("/widget.js").text


def test_the_log_knows_that_it_was_handed_over_and_not_a_word_of_it(folder: Path, url: str) -> None:
    log = Log.open(url)
    with service(log=log, handovers=HandOvers(Down())) as client:
        client.post("/v1/handover", json=CONVERSATION)

    with Log.open(url) as log:
        rows = [(row["turn"], row["reason"], row["result"]) for row in log.hand_overs()]
    assert rows == [(TURN, "asked", "failed")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"turns": "hello"},
        {"turns": [{"reply": "no text"}]},
        {"turns": [SAID], "turn": "../../etc/passwd"},
        {"turns": [SAID], "contact": "x" * 301},
        {"turns": [SAID] * 101},
        {"turns": [{"text": "x" * 16_001}]},
        {"turns": [SAID], "flags": ["none"]},
    ],
)
def test_what_is_no_conversation_is_refused_with_the_numbers(client: TestClient, folder: Path, body: object) -> None:
    answer = client.post("/v1/handover", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert answer.json()["resources"]
    assert not folder.exists()


def test_what_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/handover", content=b"[" * (MOST + 1))

    assert answer.status_code == 413
    assert answer.json()["detail"] == "Send a body of at most 512 KB."


def test_words_that_no_encoding_has_are_written_all_the_same(client: TestClient, folder: Path) -> None:
    answer = client.post("/v1/handover", content=b'{"turns": [{"text": "a \\ud800 b"}]}')

    assert answer.status_code == 200
    assert len(list(folder.iterdir())) == 1


def test_hand_overs_that_come_together_are_one(folder: Path) -> None:
    desk = Down()
    desk.down = False
    handovers = HandOvers(desk)
    said = Conversation("1", "web", ())
    run: Callable[[], str] = lambda: handovers.pass_on(said)  # noqa: E731
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(run())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    handovers.close()

    assert found == ["1"] * 16
    assert desk.opened == 1
