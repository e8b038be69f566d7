"""django-helpdesk, over its REST interface. integrations/django-helpdesk has the app that tells of what happens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.desks import Author, Conversation, Event, HelpDesk, Message, Option, Status, Ticket, marks, with_mark
from bot.errors import DeskError, SettingError
from bot.signatures import signed

if TYPE_CHECKING:
    from bot.remote import Remote

OPTIONS = (
    Option("url", "address of django-helpdesk, with the path that it is mounted at"),
    Option("token", "token of the account (rest_framework.authtoken), which is_staff", secret=True),
    Option("user", "number of the account's user, as the address of its page in the admin shows it"),
    Option("secret", "signs what the app tells: FAQBOT_SECRET of its settings", secret=True),
    Option("queue", "number of the queue that tickets are opened in", "1"),
)
STATUS: Mapping[Status, Mapping[str, Any]] = {
    "open": {"status": 1, "on_hold": False},
    "pending": {"status": 1, "on_hold": True},
    "solved": {"status": 3, "on_hold": False},
}
SHOWN = {1: "open", 2: "open", 3: "solved", 4: "solved", 5: "solved"}
NORMAL, HIGHEST = 3, 1  # priority
PAGE = 50
SEARCHED = 2  # pages of the newest tickets that are looked into for a mark
TEMPLATE = re.compile(r"\{[{#]")  # would be read as a template: django-helpdesk renders what is written in a ticket


class DjangoHelpdesk:
    """One django-helpdesk, through the eyes of the account of the bot."""

    name = "django_helpdesk"
    signed = True
    tells_auto = False  # it keeps no headers of mails

    def __init__(self, remote: Remote, options: Mapping[str, str]) -> None:
        self._remote = remote
        self._secret, self._queue, self._bot = options["secret"], int(options["queue"]), int(options["user"])

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        """Open a ticket in the queue, for the person where an address is known."""
        if again and (found := self._opened(conversation.key)):
            return found
        values: dict[str, Any] = {
            "queue": self._queue,
            "title": conversation.subject[:200],
            "description": conversation.text(),
            "priority": HIGHEST if conversation.urgent else NORMAL,
        }
        if conversation.email:
            values["submitter_email"] = conversation.email
        return str(self._remote.send("POST", "tickets/", values)["id"])

    def _opened(self, key: str) -> str:
        """The ticket that bears a mark, among the newest."""
        for at, one in enumerate(self._newest_first("tickets/")):
            if key in marks(one["description"] or ""):
                return str(one["id"])
            if at >= SEARCHED * PAGE:
                break
        return ""

    def reply(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Write a public follow-up, which is mailed to the submitter."""
        self._write(ticket, text, key, public=True, again=again)

    def add_note(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Write a private follow-up."""
        self._write(ticket, text, key, public=False, again=again)

    def _write(self, ticket: str, text: str, key: str, *, public: bool, again: bool) -> None:
        if again and self.get(ticket).holds(key):
            return
        values = {
            "ticket": int(ticket), "title": "Answer" if public else "Note for agents", "public": public,
            "user": self._bot, "comment": TEMPLATE.sub(lambda found: f'{{{{ "{found[0]}" }}}}', with_mark(text, key)),
        }  # fmt: skip
        self._remote.send("POST", "followups/", values)

    def set_status(self, ticket: str, status: Status) -> None:
        """Open, put on hold or resolve."""
        self._remote.send("PATCH", f"tickets/{ticket}/", STATUS[status])

    def escalate(self, ticket: str, tags: Sequence[str]) -> None:
        """Give the highest priority; this desk has no tags."""
        self._remote.send("PATCH", f"tickets/{ticket}/", {"priority": HIGHEST})

    def get(self, ticket: str) -> Ticket:
        """The ticket with every follow-up that says something."""
        found = self._remote.get(f"tickets/{ticket}/")
        said = found["description"] or ""
        follow_ups = sorted(found["followup_set"], key=lambda one: int(one["id"]))
        sender = found["submitter_email"] or ""
        opening = follow_ups[0] if follow_ups else None
        began = _time(opening) if opening else None
        first = Message(f"dj-t{found['id']}", self._author(opening), False, said, None, began, sender)
        if opening and (opening["comment"] or "").strip() in ("", said.strip()):  # it says the same once more
            follow_ups = follow_ups[1:]
        later = (
            Message(
                f"dj-f{one['id']}", self._author(one), not one["public"], one["comment"], None, _time(one),
                "" if one["user"] else sender,
            )
            for one in follow_ups if one["comment"]
        )  # fmt: skip
        owner = found["assigned_to"]
        status = "pending" if found["on_hold"] else SHOWN.get(found["status"], "open")
        return Ticket(
            str(found["id"]), status, found["title"], (first, *later), str(owner or "") if owner != self._bot else "",
            str(found["queue"]),
        )  # fmt: skip

    def changed_since(self, moment: datetime) -> Iterable[str]:
        """The tickets with a follow-up of a moment or later, the opening one included."""
        found = []
        for one in self._newest_first("followups/"):
            when = _time(one)
            if when < moment.astimezone(UTC):
                break
            found.append(str(one["ticket"]))
        return list(dict.fromkeys(reversed(found)))

    def _newest_first(self, path: str) -> Iterator[Mapping[str, Any]]:
        """What a collection holds, which the interface gives oldest first."""
        count = self._remote.get(path, page_size=1)["count"]
        for page in range((count + PAGE - 1) // PAGE, 0, -1):
            yield from reversed(self._remote.get(path, page_size=PAGE, page=page)["results"])

    def close(self) -> None:
        """Let go of the connections."""
        self._remote.close()

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Whether our app signed it."""
        return signed(self._secret, headers, body, now)

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        """The one new ticket or follow-up that our app tells of."""
        try:
            told = json.loads(body)
            ticket, follow_up = int(told["ticket"]), told["followup"]
            author: Author = "agent" if told["user"] else "customer"
            delivery = f"dj-t{ticket}" if follow_up is None else f"dj-f{int(follow_up)}"
            kind = "created" if follow_up is None else "message" if told["public"] else "note"
            return [
                Event(
                    kind, str(ticket), author, delivery=delivery, sender=str(told["email"]), queue=str(told["queue"])  # type: ignore[arg-type]
                )
            ]  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise DeskError(
                f"django-helpdesk told something that cannot be read ({error!r}): is it our app?"
            ) from error

    def missing(self) -> Iterable[str]:
        """Whether the account may read tickets and follow-ups at all."""
        for path in ("tickets/", "followups/"):
            try:
                self._remote.get(path, page_size=1)
            except DeskError as error:
                yield f"{path.rstrip('/')} cannot be read: the account needs is_staff and a token ({error})"

    def _author(self, follow_up: Mapping[str, Any] | None) -> Author:
        user = follow_up["user"] if follow_up else None
        return "customer" if user is None else "bot" if user == self._bot else "agent"


def connect(options: Mapping[str, str]) -> HelpDesk:
    """The django-helpdesk at an address; raises SettingError."""
    for name in ("user", "queue"):
        if not options[name].isdecimal():
            raise SettingError(f"FAQBOT_DJANGO_HELPDESK_{name.upper()}: {options[name]!r} is no number")
    from bot.remote import Remote  # of an extra

    remote = Remote(f"{options['url'].rstrip('/')}/api", {"Authorization": f"Token {options['token']}"})
    return DjangoHelpdesk(remote, options)


def _time(follow_up: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(follow_up["date"])
