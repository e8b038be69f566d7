"""A desk that is reached by mail: every help desk opens a ticket for it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from bot.desks import Conversation, Desk, Option
from bot.errors import DeskError, SettingError

PATIENCE = 30  # seconds that a mail server may take for each answer
REFERENCE = 8  # digits of the key that a person is told
PLAIN, STARTTLS, TLS = "off", "starttls", "tls"
HERE = ("127.0.0.1", "::1", "localhost")

OPTIONS = (
    Option("to", "address of the desk that tickets are mailed to"),
    Option("sender", "address that they come from"),
    Option("host", "mail server that takes them", "localhost"),
    Option("port", "its port", "587"),
    Option("tls", "starttls, tls (from the first byte) or, on this machine alone, off", STARTTLS),
    Option("user", "account on the mail server", ""),
    Option("password", "its password", "", secret=True),
    Option("certificates", "file with the certificates of authorities of your own", ""),
)


class Email:
    """Hands conversations over by mail. The message id is that of the conversation, so that a second one is known."""

    name = "email"

    def __init__(self, options: Mapping[str, str]) -> None:
        self._options = options
        self._domain = parseaddr(options["sender"])[1].rpartition("@")[2] or "localhost"

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        """Mail a ticket and give its reference; raises DeskError where the server did not take it.

        A server cannot be asked whether it took a mail before: a second one has the same Message-ID and the same
        reference in its subject.
        """
        reference = conversation.key[:REFERENCE].upper()
        mail = self._headed(f"[{reference}] {conversation.subject}", f"<faqbot.{conversation.key}@{self._domain}>")
        if conversation.urgent:
            mail["X-Priority"] = "1"
            mail["Importance"] = "high"
        if conversation.email:
            mail["Reply-To"] = conversation.email
        mail.set_content(conversation.text().encode("utf-8", "replace").decode())
        self._send(mail)
        return reference

    def notify(self, subject: str, text: str) -> None:
        """Mail a text that is no ticket; raises DeskError."""
        mail = self._headed(subject, make_msgid(domain=self._domain))
        mail.set_content(text.encode("utf-8", "replace").decode())
        self._send(mail)

    def _headed(self, subject: str, name: str) -> EmailMessage:
        """A mail that no machine answers (RFC 3834, and what Exchange heeds)."""
        mail = EmailMessage()
        mail["From"] = self._options["sender"]
        mail["To"] = self._options["to"]
        mail["Subject"] = " ".join(subject.encode("utf-8", "replace").decode().split())
        mail["Date"] = formatdate()
        mail["Message-ID"] = name
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        return mail

    def _send(self, mail: EmailMessage) -> None:
        given = self._options
        server = f"{given['host']}:{given['port']}"
        try:
            with self._connected() as smtp:
                if given["user"]:
                    smtp.login(given["user"], given["password"])
                refused = smtp.send_message(mail)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            raise DeskError(f"the mail server {server} did not take the mail: {error}") from error
        if refused:
            raise DeskError(f"the mail server {server} refused {', '.join(refused)}")

    def _connected(self) -> smtplib.SMTP:
        given = self._options
        host, port = given["host"], int(given["port"])
        trusted = ssl.create_default_context(cafile=given["certificates"] or None)
        if given["tls"] == TLS:
            return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=trusted)
        smtp = smtplib.SMTP(host, port, timeout=PATIENCE)
        if given["tls"] == STARTTLS:
            try:
                smtp.starttls(context=trusted)
            except (OSError, smtplib.SMTPException):
                smtp.close()
                raise
        return smtp


def connect(options: Mapping[str, str]) -> Desk:
    """The desk at an address; raises SettingError."""
    if options["tls"] not in (PLAIN, STARTTLS, TLS):
        raise SettingError(f"FAQBOT_EMAIL_TLS: {options['tls']!r} is none of {STARTTLS}, {TLS}, {PLAIN}")
    if options["tls"] == PLAIN and (options["host"] not in HERE or options["password"]):
        raise SettingError("FAQBOT_EMAIL_TLS=off sends everything in the clear: it is for a server on this machine")
    if not options["port"].isdecimal() or not 0 < int(options["port"]) < 65536:
        raise SettingError(f"FAQBOT_EMAIL_PORT: {options['port']!r} is no port")
    for name in ("to", "sender"):
        if "@" not in parseaddr(options[name])[1]:
            raise SettingError(f"FAQBOT_EMAIL_{name.upper()}: {options[name]!r} is no address")
    return Email(options)
