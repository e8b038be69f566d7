"""What is remembered between two messages: bounded, and for a while."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Generic, NamedTuple, TypeVar

from bot.channels.slack.hearing import Place
from bot.dialogue import Context
from bot.record import FLAGGED_FOR
from bot.reply import Reply

REMEMBERED_FOR = FLAGGED_FOR.total_seconds()  # a thread holds the flag of an alarm
MOST_THREADS = 10_000
DUPLICATES_FOR = 60 * 60  # seconds; Slack sends an event again for some six minutes
MOST_CLAIMS = 20_000
LONGEST_ASKED = 4000  # characters of a message that are remembered
LOCKS = 64  # that all threads share
EXCHANGES = 8  # of a thread: what is sent along when a person takes over

Name = TypeVar("Name", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Name, Value]):
    """Values by name, for so many seconds, the newest so many. Safe to share between threads."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float]) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._values: OrderedDict[Name, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, name: Name) -> Value | None:
        """The value of a name; None where there is none, or it is too old."""
        with self._lock:
            until, value = self._values.get(name, (0.0, None))
            return value if until > self._clock() else None

    def put(self, name: Name, value: Value) -> None:
        """Keep a value; the oldest goes where there are too many."""
        with self._lock:
            self._put(name, value)

    def claim(self, names: tuple[Name, ...], value: Value) -> bool:
        """Keep a value by names that are all new; False, and nothing is kept, where one is known."""
        with self._lock:
            now = self._clock()
            if any(self._values[name][0] > now for name in names if name in self._values):
                return False
            for name in names:
                self._put(name, value)
            return True

    def _put(self, name: Name, value: Value) -> None:
        now = self._clock()
        self._values[name] = (now + self._seconds, value)
        self._values.move_to_end(name)
        while self._values and (len(self._values) > self._most or next(iter(self._values.values()))[0] <= now):
            self._values.popitem(last=False)


class Exchange(NamedTuple):
    """A message, as it was typed (its beginning) or clicked, and what was replied; `turn` names it."""

    turn: str
    asked: str
    reply: Reply

    @classmethod
    def new(cls, asked: str, reply: Reply) -> Exchange:
        """An exchange with a name of its own."""
        return cls(secrets.token_hex(16), asked[:LONGEST_ASKED], reply)


@dataclass(frozen=True, slots=True)
class Thread:
    """What is remembered of a thread: for the next message, and for a person who takes over."""

    context: Context
    conversation: str = field(default_factory=lambda: secrets.token_hex(16))
    exchanges: tuple[Exchange, ...] = ()

    def after(self, exchange: Exchange) -> Thread:
        """The thread with one more exchange."""
        kept = (*self.exchanges, exchange)[-EXCHANGES:]
        return replace(self, context=exchange.reply.context, exchanges=kept)

    def exchange(self, turn: str) -> Exchange | None:
        """The exchange that a turn names; None where it is forgotten."""
        return next((one for one in self.exchanges if one.turn == turn), None)


class _Key(NamedTuple):
    team: str
    channel: str
    thread: str
    user: str  # whose it is alone; empty for what all in a thread share


class Threads:
    """Threads by workspace, channel and thread.

    What follows an alarm belongs to the person it was raised for, and nobody else who writes in the same thread meets
    it. What is said in a direct message outside of threads goes on from what was said there before.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._kept: Kept[_Key, Thread] = Kept(REMEMBERED_FOR, MOST_THREADS, clock)
        self._locks = [Lock() for _ in range(LOCKS)]

    def held(self, place: Place) -> Lock:
        """A lock for whoever reads a thread and then keeps it: what is said in one thread is answered in turn."""
        return self._locks[hash((place.team, place.channel, "" if place.direct else place.thread)) % LOCKS]

    def of(self, place: Place) -> Thread | None:
        """The thread that something is said in; None where it begins."""
        thread = "" if place.direct and place.root else place.thread
        own = self._kept.get(_Key(place.team, place.channel, thread, place.user))
        return own or self._kept.get(_Key(place.team, place.channel, thread, ""))

    def keep(self, place: Place, thread: Thread) -> None:
        """Remember a thread as it stands after a reply."""
        user = place.user if thread.context.flag or not place.thread else ""
        key = _Key(place.team, place.channel, place.thread, user)
        self._kept.put(key, thread)
        if place.direct:
            self._kept.put(key._replace(thread=""), thread)
