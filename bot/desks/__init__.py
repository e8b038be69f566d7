"""Help desks: what passes between the bot and a desk, whichever it is. Every module of this package is one desk.

A module has OPTIONS and `connect(options)`. It is imported when it is called for; what an extra installs, it imports in
`connect`.
"""

from __future__ import annotations

import hashlib
import pkgutil
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from textwrap import indent
from typing import Literal, NamedTuple, Protocol, cast, runtime_checkable

from bot.errors import DeskError, SettingError

Author = Literal["customer", "agent", "bot", "system"]
Kind = Literal["created", "message", "note", "status", "other"]
Status = Literal["open", "pending", "solved"]

KEY_DIGITS = 16  # hexadecimal; enough to tell apart all that a desk will ever hold
MARK = re.compile(rf"\bfaqbot:([0-9a-f]{{{KEY_DIGITS}}})\b")
MOST_ANSWERS, MOST_UNSURE_ANSWERS = 2, 1  # to a ticket; the second where mail of machines cannot be told
SUBJECT = 70  # characters of a question that a subject shows
INDENT = "    "  # of all lines of a message but the first, so that none looks like another message
REASONS = {"asked": "a person was asked for", "declined": "the bot had no answer"}  # others are categories of safety
DEFAULT = "outbox"


class Said(NamedTuple):
    """One message of a conversation, as it was shown."""

    author: Author
    text: str
    titles: tuple[str, ...] = ()  # of the answers in it
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a channel hands over to a desk: everything a person needs to go on."""

    id: str  # the same for the same hand-over, however often it is tried
    channel: str  # web, terminal, slack, …
    turns: tuple[Said, ...]
    reason: str = "asked"  # asked, declined, or a category of safety
    flags: tuple[str, ...] = ()  # categories of danger that were raised, or nothing
    contact: str = ""  # how the person can be reached, as they wrote it
    link: str = ""  # where the conversation can be read, if anywhere

    @property
    def key(self) -> str:
        """What marks the ticket, so that it is not opened twice."""
        return key_of("conversation", self.channel, self.id)

    @property
    def urgent(self) -> bool:
        """Whether somebody may be in danger."""
        return bool(self.flags)

    @property
    def email(self) -> str:
        """The e-mail address among what they wrote of how they can be reached; empty without one."""
        found = re.search(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]{1,190}\.[^\W\d_]{2,24}", self.contact)
        return found[0] if found else ""

    @property
    def subject(self) -> str:
        """A line for lists of tickets. It never quotes somebody who may be in danger."""
        if self.flags:
            return f"URGENT: possible {', '.join(self.flags).replace('_', ' ')} ({self.channel})"
        asked = " ".join(self._asked().split())
        return f"{asked[:SUBJECT]}{'…' if len(asked) > SUBJECT else ''}" or f"Hand-over from {self.channel}"

    @property
    def summary(self) -> tuple[str, str, str]:
        """Three lines: what was asked, why it is handed over, which answers were tried."""
        tried = list(dict.fromkeys(title for turn in self.turns for title in turn.titles))
        reason = REASONS.get(self.reason) or f"possible {self.reason.replace('_', ' ')}"
        return (
            f"Asked: {' '.join(self._asked().split()) or '-'}",
            f"Handed over because: {reason}",
            f"Answers tried: {'; '.join(tried) or 'none'}",
        )

    def text(self) -> str:
        """The whole ticket as plain text: danger, summary, whom to reach, transcript, and the mark at its end."""
        danger = [f"*** URGENT: possible {flag.replace('_', ' ')}. Read this first. ***" for flag in self.flags]
        reach = [f"Contact: {' '.join(self.contact.split()) or 'none given'}", *([self.link] if self.link else [])]
        lines = [f"[{_at(turn)}{turn.author}] {indent(turn.text.strip(), INDENT).lstrip()}" for turn in self.turns]
        blocks = ("\n".join([*danger, *self.summary, *reach]), "--- transcript ---", *lines, marked(self.key))
        return "\n\n".join(blocks) + "\n"

    def _asked(self) -> str:
        return next((turn.text for turn in reversed(self.turns) if turn.author == "customer"), "")


class Message(NamedTuple):
    """Something written in a ticket. `id`: the delivery id that an event of it has."""

    id: str
    author: Author
    internal: bool
    text: str
    auto: bool | None = None  # None: this desk cannot tell whether a machine wrote it
    time: datetime | None = None
    sender: str = ""  # address of who wrote it, where that is known


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands. `owner` is empty where nobody but the bot has it."""

    id: str
    status: str
    subject: str
    messages: tuple[Message, ...] = ()
    owner: str = ""
    queue: str = ""

    def holds(self, key: str) -> bool:
        """Whether something that bears a mark was written here."""
        return any(key in marks(message.text) for message in self.messages)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on a desk."""

    kind: Kind
    ticket: str
    author: Author
    text: str = ""
    auto: bool | None = None
    delivery: str = ""  # the same for the same happening, however often and by whichever way it is told
    sender: str = ""
    queue: str = ""


class Desk(Protocol):
    """Where a conversation can be handed over."""

    name: str

    def open_ticket(self, conversation: Conversation, *, again: bool = False) -> str:
        """Write a ticket and give its reference; raises DeskError where it may not have been written.

        `again`: it may have been tried before, so the desk is searched for it first.
        """
        ...


@runtime_checkable
class HelpDesk(Desk, Protocol):
    """A desk that can be read and written to. Every method that calls it raises DeskError; all may be shared."""

    signed: bool  # whether its webhooks are signed
    tells_auto: bool  # whether it tells mail of machines from others

    def reply(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Write what the customer sees; nothing where it was tried before (`again`) and the key is there already."""
        ...

    def add_note(self, ticket: str, text: str, key: str, *, again: bool = False) -> None:
        """Write what agents alone see."""
        ...

    def set_status(self, ticket: str, status: Status) -> None:
        """Open, set aside or close a ticket."""
        ...

    def escalate(self, ticket: str, tags: Sequence[str]) -> None:
        """Raise the priority of a ticket as far as it goes, and tag it where the desk has tags."""
        ...

    def get(self, ticket: str) -> Ticket:
        """The ticket with all that is written in it."""
        ...

    def changed_since(self, moment: datetime) -> Iterable[str]:
        """The tickets that changed at a moment or later."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> bool:
        """Whether a webhook comes from the desk, and is fresh. `headers` by names in lower case; `now` in seconds."""
        ...

    def events(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        """What a webhook tells; raises DeskError for what cannot be read. No network."""
        ...

    def missing(self) -> Iterable[str]:
        """What the desk lacks that is needed: rights, a queue, a field; each says what to do."""
        ...

    def close(self) -> None:
        """Let go of its connections."""
        ...


def may_answer(event: Event, *, answered: int, human: bool) -> bool:
    """Whether an event may be answered in public: the whole guard against loops and against talking over a colleague.

    `answered`: public replies of the bot in the ticket; `human`: whether a person wrote in it or owns it.
    """
    most = MOST_UNSURE_ANSWERS if event.auto is None else MOST_ANSWERS
    written = event.author == "customer" and event.kind in ("created", "message")
    return written and event.auto is not True and not human and answered < most


def key_of(*parts: str) -> str:
    """The key of something that is to be written once."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:KEY_DIGITS]


def marked(key: str) -> str:
    """The mark that a text of the bot bears."""
    return f"faqbot:{key}"


def with_mark(text: str, key: str) -> str:
    """A text that bears the mark of a key, at its end where it has none."""
    return text if key in marks(text) else f"{text}\n\n{marked(key)}\n"


def marks(text: str) -> Collection[str]:
    """The keys of all marks in a text."""
    return frozenset(MARK.findall(text))


class Option(NamedTuple):
    """What a desk has to be told, by an environment variable: FAQBOT_, the desk, the name."""

    name: str
    about: str
    default: str | None = None  # None: it must be set
    secret: bool = False


class Module(Protocol):
    """A module of this package."""

    OPTIONS: tuple[Option, ...]

    def connect(self, options: Mapping[str, str]) -> Desk:
        """The desk that options name; raises DeskError, SettingError."""
        ...


def names() -> tuple[str, ...]:
    """The names of the desks."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def variables(name: str) -> Mapping[str, Option]:
    """The environment variables that a desk is set up by."""
    return {f"FAQBOT_{name}_{option.name}".upper(): option for option in _module(name).OPTIONS}


def connect(name: str, environment: Mapping[str, str]) -> Desk:
    """The desk of that name, as the environment sets it up; raises SettingError. Nothing is sent yet."""
    if name not in names():
        raise SettingError(f"there is no desk {name!r}: use one of {', '.join(names())}")
    options = {}
    for variable, option in variables(name).items():
        given = environment.get(variable, "").strip() or option.default
        if given is None:
            raise SettingError(f"the desk {name} needs {variable}: {option.about}")
        options[option.name] = given
    try:
        return _module(name).connect(options)
    except ImportError as error:
        raise DeskError(f"the desk {name} needs an extra: pip install 'faqbot[desks]' ({error})") from error


def _module(name: str) -> Module:
    return cast(Module, import_module(f"{__name__}.{name}"))


def _at(turn: Said) -> str:
    return f"{turn.time.astimezone(UTC):%Y-%m-%d %H:%M} " if turn.time else ""
