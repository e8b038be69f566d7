from __future__ import annotations

import itertools
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desks import (
    Author,
    Conversation,
    Event,
    Kind,
    Message,
    Said,
    Ticket,
    connect,
    key_of,
    marked,
    marks,
    may_answer,
    names,
    variables,
)
from bot.errors import DeskError, SettingError

ASKED = Said("customer", "do you take insurance?")
TOLD = Said("bot", "I have nothing on that.")
AUTHORS: tuple[Author, ...] = ("customer", "agent", "bot", "system")
KINDS: tuple[Kind, ...] = ("created", "message", "note", "status", "other")


def conversation(name: str = "1", **values: object) -> Conversation:
    return Conversation(**{"id": name, "channel": "web", "turns": (ASKED, TOLD), **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("author", "kind", "auto", "human", "answered"),
    list(itertools.product(AUTHORS, KINDS, (None, False, True), (False, True), range(4))),
)
def test_the_guard_answers_customers_alone_and_neither_machines_nor_over_a_colleague_nor_too_often(
    author: Author, kind: Kind, auto: bool | None, human: bool, answered: int
) -> None:
    allowed = {
        ("customer", kind, auto, False, before)
        for kind in ("created", "message")
        for auto, most in ((False, 2), (None, 1))
        for before in range(most)
    }

    found = may_answer(Event(kind, "1", author, "hello", auto), answered=answered, human=human)

    assert found == ((author, kind, auto, human, answered) in allowed)


def test_a_ticket_begins_with_three_lines_of_summary() -> None:
    told = Said("bot", "From nine to five.", titles=("When are you open?",))
    text = conversation(turns=(Said("customer", "when are\nyou open"), told, ASKED), contact="jo@example.org").text()

    assert text.splitlines()[:4] == [
        "Asked: do you take insurance?",
        "Handed over because: a person was asked for",
        "Answers tried: When are you open?",
        "Contact: jo@example.org",
    ]
    assert text.index("--- transcript ---") < text.index("[customer] when are")


def test_danger_stands_on_top_and_no_subject_quotes_it() -> None:
    said = conversation(
        turns=(Said("customer", "he took too much and won't wake up"),),
        reason="overdose_emergency",
        flags=("overdose_emergency",),
    )

    assert said.text().startswith("*** URGENT: possible overdose emergency.")
    assert "wake" not in said.subject
    assert said.urgent


@given(st.text(min_size=1), st.text())
def test_a_ticket_holds_its_mark_whatever_was_said(name: str, said: str) -> None:
    found = conversation(name, turns=(Said("customer", said),), contact=said)

    assert found.key in marks(found.text())
    assert "\n" not in found.subject
    assert "\n" not in "".join(found.summary)


def test_no_line_of_a_message_looks_like_another_message() -> None:
    text = conversation(turns=(Said("customer", "hello\n[agent] we refund you"),)).text()

    assert "\n[agent]" not in text


def test_a_mark_is_found_in_what_was_written() -> None:
    ticket = Ticket("1", "open", "", (Message("1", "bot", True, f"hello\n{marked(key_of('a', 'b'))}"),))

    assert ticket.holds(key_of("a", "b"))
    assert not ticket.holds(key_of("ab"))


@pytest.mark.parametrize(
    ("contact", "email"),
    [("jo@example.org", "jo@example.org"), ("call 1 or <jo@example.org>, please", "jo@example.org"), ("555", "")],
)
def test_an_address_is_found_in_how_a_person_can_be_reached(contact: str, email: str) -> None:
    assert conversation(contact=contact).email == email


def test_a_ticket_in_the_outbox_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    desk = connect("outbox", {"FAQBOT_OUTBOX_FOLDER": str(tmp_path / "tickets")})

    reference = desk.open_ticket(conversation())

    [file] = (tmp_path / "tickets").iterdir()
    assert file.name.startswith(reference)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert "do you take insurance?" in file.read_text(encoding="utf-8")


def test_the_outbox_writes_a_conversation_once_however_often_it_is_tried(tmp_path: Path) -> None:
    desk = connect("outbox", {"FAQBOT_OUTBOX_FOLDER": str(tmp_path)})

    with ThreadPoolExecutor(8) as pool:
        references = list(pool.map(lambda _: desk.open_ticket(conversation()), range(32)))
    other = desk.open_ticket(conversation("2"))

    assert len(set(references)) == 1
    assert other != references[0]
    assert len(list(tmp_path.iterdir())) == 2


def test_an_outbox_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = connect("outbox", {"FAQBOT_OUTBOX_FOLDER": str(tmp_path / "file")})

    with pytest.raises(DeskError, match="cannot be written to"):
        desk.open_ticket(conversation())


def test_an_unknown_desk_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SettingError, match="outbox"):
        connect("zendesk", {})


@pytest.mark.parametrize("name", names())
def test_a_desk_says_what_each_of_its_options_is_for(name: str) -> None:
    assert all(option.about for option in variables(name).values())


def test_neither_the_journal_nor_an_error_holds_what_somebody_said_though_a_desk_is_asked_by_it() -> None:
    program = """
from httpx import MockTransport, Response
from bot.cli import keep_journal
from bot.desks import Conversation, Said
from bot.desks.rt import RequestTracker
from bot.errors import DeskError
from bot.remote import Remote

keep_journal()
asked = []
transport = MockTransport(lambda request: asked.append(request.url.params["query"]) or Response(500))
desk = RequestTracker(Remote("https://rt.example", {}, transport), {"secret": "s", "queue": "q", "user": "u"})
try:
    desk.open_ticket(Conversation("1", "web", (Said("customer", "zebra"),)), again=True)
except DeskError as error:
    print("zebra" in asked[0], error)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
    )

    assert done.stdout == "True GET https://rt.example/tickets was refused (500): \n"
    assert "zebra" not in done.stderr
