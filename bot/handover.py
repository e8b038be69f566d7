"""Handing a conversation over to a help desk: once, within a time that a person waits, and never without a word."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillGoing
from dataclasses import replace
from threading import Lock

from bot.decision import Alarmed
from bot.desks import Conversation, Desk, Said
from bot.dialogue import Context
from bot.engine import Bot
from bot.errors import DeskError
from bot.knowledge.rules import ALARMS
from bot.privacy import redacted

PATIENCE = 15.0  # seconds that a person waits; the desk may take longer, and then a second try finds its ticket
AT_ONCE = 4  # hand-overs that are under way beside each other
KEPT = 1000  # references that are kept for whoever sends the same again

Alert = Callable[[str, str], None]  # mails a subject and a text to whoever is on call; raises DeskError

logger = logging.getLogger("faqbot.desk")


class HandOvers:
    """Hands conversations over to one desk. Safe to share between threads; keeps no text once it is written."""

    def __init__(
        self, desk: Desk, *, redact: bool = False, alert: Alert | None = None, patience: float = PATIENCE
    ) -> None:
        """`redact`: whether what tells whose it is goes out of every message before it is written."""
        self.desk = desk
        self._redact, self._alert, self._patience = redact, alert, patience
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="faqbot-handover")
        self._lock = Lock()
        self._going: dict[str, Future[str]] = {}
        self._done: OrderedDict[str, str] = OrderedDict()

    def pass_on(self, conversation: Conversation) -> str:
        """Write the ticket and give its reference; raises DeskError where it is not sure to be written.

        Whoever sends the same again meanwhile waits for the same ticket, and gets the same reference afterwards.
        """
        key = conversation.key
        with self._lock:
            if key in self._done:
                return self._done[key]
            if key not in self._going:
                self._going[key] = self._pool.submit(self._write, conversation)
            going = self._going[key]
        try:
            return going.result(self._patience)
        except StillGoing:
            slow = f"the desk {self.desk.name} has not answered in {self._patience:g} s"
            logger.warning("a conversation may not have been handed over yet: %s", slow)
            raise DeskError(slow) from None

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown()

    def _write(self, conversation: Conversation) -> str:
        if self._redact:
            turns = tuple(turn._replace(text=redacted(turn.text)) for turn in conversation.turns)
            conversation = replace(conversation, turns=turns)
        reference = ""
        try:
            reference = self.desk.open_ticket(conversation, again=True)
        except DeskError as error:
            logger.warning("a conversation could not be handed over: %s", error)
            raise
        finally:
            if conversation.urgent and self._alert:
                self._warn(conversation, self._alert)
            with self._lock:
                self._going.pop(conversation.key, None)
                if reference:
                    self._done[conversation.key] = reference
                if len(self._done) > KEPT:
                    self._done.popitem(last=False)
        return reference

    def _warn(self, conversation: Conversation, alert: Alert) -> None:
        """Tell whoever is on call, whether there is a ticket or not; without a word of what was said."""
        try:
            text = f"Somebody may be in danger, and asked for a person. The ticket bears faqbot:{conversation.key}."
            alert(conversation.subject, text)
        except DeskError as error:
            logger.error("whoever is on call could not be told: %s", error)


def flags_of(bot: Bot, turns: tuple[Said, ...], region: str) -> tuple[str, ...]:
    """The categories of danger that what a person said raises, each once."""
    replies = (bot.rescued(turn.text, Context(region=region)) for turn in turns if turn.author == "customer")
    parts = (part for reply in replies if reply for part in reply.parts if isinstance(part, Alarmed))
    return tuple(dict.fromkeys(part.category for part in parts if part.category in ALARMS))
