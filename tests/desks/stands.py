"""A real desk as tests see it: from the side of the customer, of an agent, and of the bot."""

from __future__ import annotations

import email
import email.policy
import json
import os
import subprocess
import time
from collections.abc import Mapping
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import rt.rest2

from bot.desks import HelpDesk, connect
from tests.desks.machinery import run

VARIABLE = "FAQBOT_TEST_DESKS"
SECONDS = 150  # that a desk may take to do what it does by itself
NAMES = ("rt", "django_helpdesk")


def known() -> Mapping[str, Mapping[str, str]]:
    """What is known of the desks that were started; skips where none were, unless they are demanded."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"no real help desk: run python -m tests.desks start FOLDER, and set {VARIABLE} to FOLDER")
    found: Mapping[str, Mapping[str, str]] = json.loads((Path(folder) / "desks.json").read_text(encoding="utf-8"))
    return found


class Stand(Protocol):
    """One desk, seen from outside."""

    name: str
    known: Mapping[str, str]
    desk: HelpDesk

    def mail(self, customer: str, text: str, ticket: str = "", headers: Mapping[str, str] = {}) -> None:
        """Have a customer write to the desk, or an answer to a ticket."""
        ...

    def ticket_of(self, customer: str) -> str:
        """The one ticket of a customer; waits for it."""
        ...

    def agent(self, ticket: str, text: str, *, public: bool) -> None:
        """Have an agent answer, or write a note."""
        ...

    def take(self, ticket: str) -> None:
        """Have an agent own a ticket."""
        ...

    def as_agent(self, ticket: str) -> list[tuple[bool, str]]:
        """Everything in a ticket, as an agent sees it: whether it is internal, and its text."""
        ...

    def tickets_of(self, beginning: str) -> list[tuple[str, list[str]]]:
        """The tickets of customers whose addresses begin so, each with all that is written in it."""
        ...

    def environment(self) -> dict[str, str]:
        """What sets up faqbot for this desk."""
        ...


@cache
def stand(name: str) -> Stand:
    """The stand of a desk that was started."""
    found = known()
    if name not in found:
        pytest.skip(f"{name} was not started")
    return RT(found[name]) if name == "rt" else Django(found[name])


def fresh(name: str = "jo") -> str:
    """An address that nobody had before."""
    return f"{name}-{uuid4().hex[:10]}@customer.test"


def mails_to(folder: Path, customer: str) -> list[EmailMessage]:
    """The mails that a desk sent to a customer, oldest first."""
    found = []
    for path in sorted(
        (one for one in folder.iterdir() if one.suffix != ".part"), key=lambda one: one.stat().st_mtime_ns
    ):
        for piece in path.read_bytes().split(b"-" * 79 + b"\n"):
            mail = email.message_from_bytes(piece.strip() + b"\n", policy=email.policy.default)
            assert isinstance(mail, EmailMessage)
            if customer in str(mail["To"] or "") + str(mail["Bcc"] or "") + str(mail["Cc"] or ""):
                found.append(mail)
    return found


def body(mail: EmailMessage) -> str:
    """The text of a mail."""
    part = mail.get_body(("plain", "html"))
    return str(part.get_content()) if part else ""


def eventually(what: Any, seconds: float = SECONDS, pause: float = 0.2) -> Any:
    """What a function gives once it gives something true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(pause)
    raise AssertionError(f"nothing came of {what} in {seconds} s")


def letter(customer: str, text: str, subject: str, headers: Mapping[str, str]) -> bytes:
    """A mail of a customer, as it comes in."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Jo <{customer}>", "support@desk.test", subject
    mail["Message-ID"] = f"<{uuid4().hex}@customer.test>"
    for name, value in headers.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def called(method: str, url: str, authorization: str, values: object = None) -> Any:
    """The JSON that a desk on this machine answers with."""
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    data = None if values is None else json.dumps(values).encode()
    request = Request(url, data, headers, method=method)  # noqa: S310
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        return json.load(answer)


class RT:
    """Request Tracker."""

    name = "rt"

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        desk = connect("rt", self.environment())
        assert isinstance(desk, HelpDesk)
        self.desk = desk
        self._client = rt.rest2.Rt(f"{known['url']}/REST/2.0/", token=known["agent"])

    def environment(self) -> dict[str, str]:
        known = self.known
        return {
            "FAQBOT_RT_URL": known["url"], "FAQBOT_RT_TOKEN": known["bot"], "FAQBOT_RT_SECRET": known["secret"],
            "FAQBOT_RT_QUEUE": known["queue"],
        }  # fmt: skip

    def mail(self, customer: str, text: str, ticket: str = "", headers: Mapping[str, str] = {}) -> None:
        subject = f"Re: [desk.test #{ticket}] a question" if ticket else "a question"
        gate = ("rt-mailgate", "--queue", "Support", "--action", "correspond", "--url", self.known["url"])
        done = subprocess.run(gate, input=letter(customer, text, subject, headers), capture_output=True)
        assert done.returncode == 0, done.stderr

    def ticket_of(self, customer: str) -> str:
        query = f"Requestor.EmailAddress = '{customer}'"
        found = eventually(lambda: list(self._client.search(raw_query=query)))
        assert len(found) == 1
        return str(found[0]["id"])

    def agent(self, ticket: str, text: str, *, public: bool) -> None:
        (self._client.reply if public else self._client.comment)(ticket, text)

    def take(self, ticket: str) -> None:
        self._client.edit_ticket(ticket, Owner="agent")

    def as_agent(self, ticket: str) -> list[tuple[bool, str]]:
        found = []
        for one in self._client.get_ticket_history(ticket) or []:
            if one["Type"] in ("Create", "Correspond", "Comment"):
                url = f"{self.known['url']}/REST/2.0/transaction/{one['id']}/attachments?fields=Content,ContentType"
                parts = called("GET", url, f"token {self.known['agent']}")["items"]
                text = next((part["Content"] for part in parts if part["ContentType"] == "text/plain"), "")
                found.append((one["Type"] == "Comment", text))
        return found

    def tickets_of(self, beginning: str) -> list[tuple[str, list[str]]]:
        found = self._client.search(raw_query=f"Requestor.EmailAddress LIKE '{beginning}'")
        return [(str(one["id"]), self._texts(str(one["id"]))) for one in found]

    def _texts(self, ticket: str) -> list[str]:
        url = f"{self.known['url']}/REST/2.0/ticket/{ticket}/attachments?fields=Content,ContentType&per_page=100"
        return [one["Content"] or "" for one in called("GET", url, f"token {self.known['agent']}")["items"]]


class Django:
    """django-helpdesk."""

    name = "django_helpdesk"

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        desk = connect(self.name, self.environment())
        assert isinstance(desk, HelpDesk)
        self.desk = desk

    def environment(self) -> dict[str, str]:
        known = self.known
        return {
            "FAQBOT_DJANGO_HELPDESK_URL": known["url"], "FAQBOT_DJANGO_HELPDESK_TOKEN": known["bot"],
            "FAQBOT_DJANGO_HELPDESK_USER": known["user"], "FAQBOT_DJANGO_HELPDESK_SECRET": known["secret"],
            "FAQBOT_DJANGO_HELPDESK_QUEUE": known["queue"],
        }  # fmt: skip

    def mail(self, customer: str, text: str, ticket: str = "", headers: Mapping[str, str] = {}) -> None:
        subject = f"Re: [support-{ticket}] a question" if ticket else "a question"
        path = Path(self.known["mails"]) / uuid4().hex
        path.write_bytes(letter(customer, text, subject, headers))
        site = {"DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": self.known["site"], "HOME": self.known["folder"]}
        run(self.known["admin"], "get_email", **site)

    def ticket_of(self, customer: str) -> str:
        found = eventually(lambda: [one for one in self._tickets() if one["submitter_email"] == customer])
        assert len(found) == 1
        return str(found[0]["id"])

    def agent(self, ticket: str, text: str, *, public: bool) -> None:
        self._call(
            "POST",
            "followups/",
            {"ticket": int(ticket), "title": "by hand", "comment": text, "public": public, "user": None},
        )

    def take(self, ticket: str) -> None:
        self._call("PATCH", f"tickets/{ticket}/", {"assigned_to": int(self.known["user"]) + 1})

    def as_agent(self, ticket: str) -> list[tuple[bool, str]]:
        found = self._call("GET", f"tickets/{ticket}/")
        return [(False, found["description"]), *((not one["public"], one["comment"]) for one in found["followup_set"])]

    def tickets_of(self, beginning: str) -> list[tuple[str, list[str]]]:
        count = self._call("GET", "tickets/?page_size=1")["count"]
        pages = (self._call("GET", f"tickets/?page_size=200&page={at + 1}") for at in range((count + 199) // 200))
        mine = (one for page in pages for one in page["results"] if one["submitter_email"].startswith(beginning))
        return [(str(one["id"]), [said["comment"] or "" for said in one["followup_set"]]) for one in mine]

    def _tickets(self) -> list[dict[str, Any]]:
        count = self._call("GET", "tickets/?page_size=1")["count"]
        last = max(1, (count + 49) // 50)
        pages = [self._call("GET", f"tickets/?page_size=50&page={page}") for page in {max(1, last - 1), last}]
        return [one for page in pages for one in page["results"]]

    def _call(self, method: str, path: str, values: object = None) -> Any:
        return called(method, f"{self.known['url']}/api/{path}", f"Token {self.known['agent']}", values)
