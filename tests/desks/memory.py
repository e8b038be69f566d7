"""A help desk in memory, for what needs no real one. It forgets nothing, and forgives nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.desks import Conversation, Event, Message, Status, Ticket, marked, marks
from bot.errors import DeskError
from bot.signatures import signed


class Memory:
    """Holds tickets. `down` makes every call fail, `deaf` those that write."""

    name = "memory"
    signed = True
    tells_auto = True

    def __init__(self, secret: str = "") -> None:
        self.secret = secret
        self.tickets: dict[str, Ticket] = {}
        self.changed: dict[str, datetime] = {}
        self.escalated: list[tuple[str, tuple[str, ...]]] = []
        self.down = self.deaf = False
        self.now = datetime.now(UTC)

    def customer(self, ticket: str, text: str, **values: Any) -> str:
        """Have a customer write; the delivery of it."""
        return self._add(
            ticket, Message("", "customer", False, text, **{"auto": False, "sender": "jo@x.org", **values})
        )

    def agent(self, ticket: str, text: str, *, internal: bool = False) -> str:
        """Have an agent write; the delivery of it."""
        return self._add(ticket, Message("", "agent", internal, text, False))

    def texts(self, ticket: str, *, internal: bool) -> list[str]:
        """What the bot wrote."""
        written = (one for one in self.tickets[ticket].messages if one.author == "bot")
        return [one.text for one in written if one.internal == internal]

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        self._reach(write=True)
        for known in self.tickets.values():
            if again and known.holds(conversation.key):
                return known.id
        ticket = str(len(self.tickets) + 1)
        self._add(ticket, Message("", "bot", False, conversation.text()))
        return ticket

    def reply(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        self._write(ticket, text, key, internal=False, again=again)

    def add_note(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        self._write(ticket, text, key, internal=True, again=again)

    def set_status(self, ticket: str, status: Status) -> None:
        self._reach(write=True)
        self.tickets[ticket] = replace(self.tickets[ticket], status=status)

    def escalate(self, ticket: str, tags: Sequence[str]) -> None:
        self._reach(write=True)
        self.escalated.append((ticket, tuple(tags)))

    def get(self, ticket: str) -> Ticket:
        self._reach()
        if ticket not in self.tickets:
            raise DeskError(f"there is no ticket {ticket}")
        return self.tickets[ticket]

    def changed_since(self, moment: datetime) -> Iterable[str]:
        self._reach()
        return [ticket for ticket, changed in self.changed.items() if changed >= moment]

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        return signed(self.secret, headers, body, now)

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        try:
            return [Event("message", one["ticket"], "customer", delivery=one["delivery"]) for one in json.loads(body)]
        except (ValueError, KeyError, TypeError) as error:
            raise DeskError("that cannot be read") from error

    def missing(self) -> Iterable[str]:
        return []

    def close(self) -> None:
        pass

    def _reach(self, *, write: bool = False) -> None:
        if self.down or (write and self.deaf):
            raise DeskError("the desk is down")

    def _write(self, ticket: str, text: str, key: str, *, internal: bool, again: bool) -> None:
        self._reach(write=True)
        if again and self.tickets[ticket].holds(key):
            return
        whole = text if key in marks(text) else f"{text}\n\n{marked(key)}"
        self._add(ticket, Message("", "bot", internal, whole))

    def _add(self, ticket: str, message: Message) -> str:
        known = self.tickets.get(ticket, Ticket(ticket, "open", "a question", queue="Support"))
        name = f"m-{ticket}-{len(known.messages) + 1}"
        message = message._replace(id=name, time=message.time or self.now)
        self.tickets[ticket] = replace(known, messages=(*known.messages, message))
        self.changed[ticket] = self.now
        return name
