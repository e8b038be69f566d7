"""Hand-over by mail, to a real server of SMTP."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
from argparse import Namespace
from collections.abc import Iterator
from email.message import EmailMessage
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from bot.cli import Call, alert_of
from bot.desks import Conversation, Said, connect, marks
from bot.errors import DeskError, SettingError
from bot.mail import automatic
from bot.settings import settle

HOST = "127.0.0.1"
AUTHORITY = trustme.CA()
SAID = Conversation(
    "1",
    "web",
    (Said("customer", "he won't wake up"),),
    "overdose_emergency",
    ("overdose_emergency",),
    "Jo <jo@example.org>",
)


class Post:
    """Keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refusal = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        if self.refusal:
            return self.refusal
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.got.append(mail)
        return "250 OK"


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def environment(post: Post, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What sets up the desk for a server that takes nothing without TLS and a password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert(HOST).configure_cert(context)
    AUTHORITY.cert_pem.write_to_path(tmp_path / "authority.pem")
    with socket.socket() as one:
        one.bind((HOST, 0))
        port = one.getsockname()[1]

    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=given.password == b"secret of the tests", handled=False)

    controller = Controller(
        post, HOST, port, tls_context=context, require_starttls=True, auth_required=True, authenticator=check
    )
    controller.start()
    yield {
        "FAQBOT_EMAIL_TO": "support@desk.test", "FAQBOT_EMAIL_SENDER": "FAQ bot <faqbot@desk.test>",
        "FAQBOT_EMAIL_HOST": HOST, "FAQBOT_EMAIL_PORT": str(port), "FAQBOT_EMAIL_USER": "faqbot",
        "FAQBOT_EMAIL_PASSWORD": "secret of the tests", "FAQBOT_EMAIL_CERTIFICATES": str(tmp_path / "authority.pem"),
    }  # fmt: skip
    controller.stop()


def test_a_hand_over_is_a_mail_that_no_machine_answers(post: Post, environment: dict[str, str]) -> None:
    reference = connect("email", environment).open_ticket(SAID)

    [mail] = post.got
    assert mail["To"] == "support@desk.test"
    assert mail["Reply-To"] == "jo@example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert automatic(dict(mail.items()))
    assert mail["Subject"] == f"[{reference}] URGENT: possible overdose emergency (web)"
    assert mail["X-Priority"] == "1"
    assert SAID.key in marks(mail.get_content())
    assert mail.get_content().startswith("*** URGENT")


def test_a_second_try_bears_the_same_name_so_that_a_desk_knows_it(post: Post, environment: dict[str, str]) -> None:
    desk = connect("email", environment)
    references = {desk.open_ticket(SAID, again=again) for again in (False, True)}

    assert len(references) == 1
    assert len({mail["Message-ID"] for mail in post.got}) == 1


def test_nothing_in_a_conversation_becomes_a_header(post: Post, environment: dict[str, str]) -> None:
    said = Conversation(
        "2", "web", (Said("customer", "hi\r\nBcc: all@example.org\r\n\r\n\ud800"),), contact="x@y.zz\nBcc: a@b.cc"
    )
    connect("email", environment).open_ticket(said)

    [mail] = post.got
    assert mail["Bcc"] is None


def test_a_server_that_refuses_is_an_error_with_its_words(post: Post, environment: dict[str, str]) -> None:
    post.refusal = "552 the box is full"

    with pytest.raises(DeskError, match="the box is full"):
        connect("email", environment).open_ticket(SAID)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"FAQBOT_EMAIL_CERTIFICATES": ""}, "CERTIFICATE_VERIFY_FAILED"),
        ({"FAQBOT_EMAIL_PASSWORD": "wrong"}, "535"),
        ({"FAQBOT_EMAIL_PORT": "1"}, "refused"),
        ({"FAQBOT_EMAIL_CERTIFICATES": "/nowhere.pem"}, "No such file"),
    ],
)
def test_nothing_is_sent_to_whoever_is_not_the_server(
    post: Post, environment: dict[str, str], changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(DeskError, match=reason):
        connect("email", environment | changed).open_ticket(SAID)
    assert post.got == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"FAQBOT_EMAIL_TO": ""}, "FAQBOT_EMAIL_TO"),
        ({"FAQBOT_EMAIL_TO": "nobody"}, "no address"),
        ({"FAQBOT_EMAIL_TLS": "ssl"}, "starttls, tls, off"),
        ({"FAQBOT_EMAIL_TLS": "off"}, "in the clear"),
        (
            {"FAQBOT_EMAIL_TLS": "off", "FAQBOT_EMAIL_PASSWORD": "", "FAQBOT_EMAIL_HOST": "mail.example.org"},
            "in the clear",
        ),
        ({"FAQBOT_EMAIL_PORT": "smtp"}, "no port"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_sent(
    environment: dict[str, str], changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(SettingError, match=reason):
        connect("email", environment | changed)


def test_whoever_is_on_call_gets_a_mail_of_their_own(post: Post, environment: dict[str, str]) -> None:
    settings = settle({}, {**environment, "FAQBOT_ON_CALL": "on-call@desk.test"})
    alert = alert_of(Call(Namespace(), settings, environment, StringIO(), StringIO()))
    assert alert

    alert("URGENT: possible suicide crisis in ticket 7", "Please look at ticket 7 now.")

    [mail] = post.got
    assert mail["To"] == "on-call@desk.test"
    assert mail["Subject"] == "URGENT: possible suicide crisis in ticket 7"
    assert mail["Auto-Submitted"] == "auto-generated"
