"""Request Tracker 5, over its REST interface, version 2. integrations/rt has the scrip that tells of what happens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email import message_from_string
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.desks import Author, Conversation, Event, HelpDesk, Kind, Message, Option, Status, Ticket, marks, with_mark
from bot.errors import DeskError
from bot.mail import automatic
from bot.signatures import signed

if TYPE_CHECKING:
    from bot.remote import Remote

OPTIONS = (
    Option("url", "address of RT, for example https://rt.example.org"),
    Option("token", "token that integrations/rt/install.pl printed", secret=True),
    Option("secret", "signs what RT tells: $FaqbotSecret of RT_SiteConfig.pm", secret=True),
    Option("queue", "queue that tickets are opened in", "Support"),
    Option("user", "account that the token is for", "faqbot"),
)
STATUS: Mapping[Status, str] = {"open": "open", "pending": "stalled", "solved": "resolved"}
KINDS: Mapping[str, Kind] = {"Create": "created", "Correspond": "message", "Comment": "note"}
READ = ("text/plain", "text/html")  # types of what is written, the better one first
REFUSALS = {
    401: "RT does not know this token (FAQBOT_RT_TOKEN)",
    403: "there is none of that name (FAQBOT_RT_QUEUE), or install.pl of integrations/rt was not run for it",
    404: "no RT answers at this address (FAQBOT_RT_URL)",
}
UNREACHABLE = "is the address right (FAQBOT_RT_URL), and RT up?"
SYSTEM = ("RT_System", "Nobody")
HIGHEST = 100  # priority
TAGS = "Tags"  # the custom field
PAGE = 100
SEARCHED = 20  # tickets of the same subject that are looked into for a mark


class Part(NamedTuple):
    """What was written in a transaction, its type, and the headers of its mail."""

    text: str = ""
    kind: str = ""
    headers: Mapping[str, str] = {}


class RequestTracker:
    """One RT, through the eyes of the account of the bot."""

    name = "rt"
    signed = True
    tells_auto = True

    def __init__(self, remote: Remote, options: Mapping[str, str]) -> None:
        self._remote = remote
        self._secret, self._queue, self._bot = options["secret"], options["queue"], options["user"]
        self._has_tags = cache(self._looked_up_tags)

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        """Open a ticket in the queue, for the person where an address is known."""
        if again and (found := self._opened(conversation)):
            return found
        values: dict[str, Any] = {
            "Queue": self._queue,
            "Subject": conversation.subject,
            "Content": conversation.text(),
            "ContentType": "text/plain",
        }
        if conversation.email:
            values["Requestor"] = conversation.email
        if conversation.urgent:
            values["Priority"] = HIGHEST
        if self._has_tags(self._queue):
            values["CustomFields"] = {TAGS: ["faqbot", *conversation.flags]}
        return str(self._remote.send("POST", "ticket", values)["id"])

    def _opened(self, conversation: Conversation) -> str:
        """The ticket of a conversation, where there is one."""
        subject = conversation.subject.replace("\\", "\\\\").replace("'", "\\'")
        query = f"Queue='{self._queue}' AND Creator='{self._bot}' AND Subject='{subject}'"
        found = self._remote.get("tickets", query=query, orderby="id", order="DESC", per_page=SEARCHED)
        tickets = (str(one["id"]) for one in found["items"])
        return next((ticket for ticket in tickets if self._written(ticket, conversation.key)), "")

    def reply(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Correspond: the requestors get a mail."""
        self._write(ticket, "correspond", text, key, again=again)

    def add_note(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Comment: no requestor sees it."""
        self._write(ticket, "comment", text, key, again=again)

    def _write(self, ticket: str, kind: str, text: str, key: str, *, again: bool) -> None:
        if again and self._written(ticket, key):
            return
        values = {"Content": with_mark(text, key), "ContentType": "text/plain"}
        self._remote.send("POST", f"ticket/{ticket}/{kind}", values)

    def _written(self, ticket: str, key: str) -> bool:
        return any(key in marks(part.text) for part in self._texts(ticket).values())

    def set_status(self, ticket: str, status: Status) -> None:
        """Open, stall or resolve."""
        self._remote.send("PUT", f"ticket/{ticket}", {"Status": STATUS[status]})

    def escalate(self, ticket: str, tags: Sequence[str]) -> None:
        """Give the highest priority, and add tags where the queue has the field."""
        found = self._remote.get(f"ticket/{ticket}")
        values: dict[str, Any] = {"Priority": HIGHEST}
        field = next((one for one in found.get("CustomFields", ()) if one["name"] == TAGS), None)
        if field:
            values["CustomFields"] = {TAGS: list(dict.fromkeys((*field["values"], *tags)))}
        self._remote.send("PUT", f"ticket/{ticket}", values)

    def get(self, ticket: str) -> Ticket:
        """The ticket with every mail and note."""
        found = self._remote.get(f"ticket/{ticket}", **{"fields[Queue]": "Name"})
        people = {person["id"] for role in ("Requestor", "Cc") for person in found.get(role, ())}
        messages = []
        texts = self._texts(ticket)
        for one in self._pages(f"ticket/{ticket}/history", fields="Type,Creator,Created"):
            if one["Type"] not in KINDS:
                continue
            part, creator = texts.get(str(one["id"]), Part()), one["Creator"]["id"]
            messages.append(
                Message(
                    f"rt-{one['id']}", self._author(creator, privileged=creator not in people),
                    one["Type"] == "Comment", part.text, automatic(part.headers),
                    datetime.fromisoformat(one["Created"]), creator if "@" in creator else "",
                )
            )  # fmt: skip
        owner = found["Owner"]["id"]
        return Ticket(
            str(found["id"]), found["Status"], found["Subject"] or "", tuple(messages),
            "" if owner in (*SYSTEM, self._bot) else owner, found["Queue"].get("Name", ""),
        )  # fmt: skip

    def _texts(self, ticket: str) -> dict[str, Part]:
        """By transaction: what was written, with the headers of the mail."""
        found: dict[str, Part] = {}
        fields = "Content,ContentType,Filename,Headers,TransactionId"
        for one in self._pages(f"ticket/{ticket}/attachments", fields=fields):
            part = found.setdefault(one["TransactionId"], Part("", "", _headers(one["Headers"] or "")))
            kind = one["ContentType"] or ""
            if kind in READ and not one["Filename"] and (not part.kind or (part.kind, kind) == READ[::-1]):
                found[one["TransactionId"]] = part._replace(text=one["Content"] or "", kind=kind)
        return found

    def _pages(self, path: str, **query: str) -> Iterator[Mapping[str, Any]]:
        """Everything that a collection holds. RT does not say how many pages there are where rights hide some."""
        page, more = 1, True
        while more:
            items = self._remote.get(path, per_page=PAGE, page=page, **query)["items"]
            yield from items
            page, more = page + 1, len(items) == PAGE

    def changed_since(self, moment: datetime) -> Iterable[str]:
        """The tickets of every queue that the account sees."""
        query = f"LastUpdated >= '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}'"
        return [str(one["id"]) for one in self._pages("tickets", query=query, orderby="id", order="ASC")]

    def close(self) -> None:
        """Let go of the connections."""
        self._remote.close()

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Whether our scrip signed it."""
        return signed(self._secret, headers, body, now)

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        """The one transaction that our scrip tells of."""
        try:
            told = json.loads(body)
            return [
                Event(
                    kind=KINDS.get(told["type"], "other"),
                    ticket=str(int(told["ticket"])),
                    author=self._author(told["creator"], privileged=bool(told["privileged"])),
                    text=str(told["content"] or ""),
                    auto=automatic(dict(told["headers"])),
                    delivery=f"rt-{int(told['transaction'])}",
                    sender=str(told["email"] or ""),
                    queue=str(told["queue"]),
                )
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeskError(
                f"RT told something that cannot be read ({error!r}): is its scrip the one of here?"
            ) from error

    def missing(self) -> Iterable[str]:
        """The queue, rights in it, and the field for tags."""
        try:
            self._remote.get(f"queue/{self._queue}")
        except DeskError as error:
            yield f"the queue {self._queue} cannot be seen: {REFUSALS.get(error.status, UNREACHABLE)} ({error})"
            return
        if not self._has_tags(self._queue):
            yield f"the queue {self._queue} has no field {TAGS}: run install.pl of integrations/rt for it"

    def _looked_up_tags(self, queue: str) -> bool:
        fields = self._remote.get(f"queue/{queue}").get("TicketCustomFields", ())
        return any(one.get("name") == TAGS for one in fields)

    def _author(self, name: str, *, privileged: bool) -> Author:
        if name == self._bot:
            return "bot"
        return "system" if name in SYSTEM else "agent" if privileged else "customer"


def connect(options: Mapping[str, str]) -> HelpDesk:
    """The RT at an address."""
    from bot.remote import Remote  # of an extra

    remote = Remote(f"{options['url'].rstrip('/')}/REST/2.0", {"Authorization": f"token {options['token']}"})
    return RequestTracker(remote, options)


def _headers(text: str) -> dict[str, str]:
    """The headers of a mail, by name."""
    return dict(message_from_string(text).items())
