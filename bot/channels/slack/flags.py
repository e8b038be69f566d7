"""Who may be in danger: kept for a day, by a salted hash, in the database of the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from bot.channels.slack.memory import Kept
from bot.errors import RecordError
from bot.record import FLAGGED_FOR, Log

MOST = 10_000  # people, in memory

logger = logging.getLogger(__name__)


class Flags:
    """The flags of people. They are kept in memory, too: a database that fails must not take them away."""

    def __init__(self, log: Log | None, clock: Callable[[], float]) -> None:
        self._log = log
        self._kept: Kept[str, str] = Kept(FLAGGED_FOR.total_seconds(), MOST, clock)

    def of(self, person: str) -> str:
        """The category that a person (a salted hash) is flagged with; empty where there is none."""
        if known := self._kept.get(person):
            return known
        if self._log is None:
            return ""
        try:
            return self._log.flagged(person, datetime.now(UTC))
        except RecordError as error:
            logger.error("whether somebody is flagged cannot be read: %s", error)
            return ""

    def put(self, person: str, category: str) -> None:
        """Flag a person from now on."""
        self._kept.put(person, category)
        if self._log is None:
            return
        try:
            self._log.flag(person, category, datetime.now(UTC) + FLAGGED_FOR)
        except RecordError as error:
            logger.error("a flag is kept in memory alone, as it cannot be written: %s", error)
