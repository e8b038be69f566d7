"""What every listener of one workspace shares, and the content that can be changed under it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from slack_sdk.web import WebClient

from bot.channels.slack.calls import Slack
from bot.channels.slack.flags import Flags
from bot.channels.slack.hearing import Place
from bot.channels.slack.memory import DUPLICATES_FOR, MOST_CLAIMS, Kept, Thread, Threads
from bot.channels.slack.outbox import Outbox
from bot.dialogue import Context
from bot.engine import Bot
from bot.errors import ContentError, RecordError
from bot.handover import HandOvers
from bot.privacy import hashed
from bot.record import Log, Turn
from bot.reply import Voice

CHANNEL = "slack"  # in the log and on tickets
COMMAND = "/faq"
DESK_THREADS = 4  # that may wait for a desk
LAST_CALLS = 15.0  # seconds in which what waits is sent when the process ends

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Options:
    """How the bot is run in a workspace, whatever it answers."""

    secret: str  # salts the hashes of people
    command: str = COMMAND
    alert: bool = False  # whether a ticket is raised at once where somebody may be in danger
    log_refusals: bool = False
    keep_days: int = 30


class Workspace:
    """A bot, Slack, the log and a help desk, and what is remembered. `bot` is swapped in one go by `reload`."""

    def __init__(
        self, load: Callable[[], Bot], client: WebClient, options: Options, *, log: Log | None = None,
        handovers: HandOvers | None = None, outbox: Outbox | None = None, clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        """`load` gives the bot anew; raises ContentError here and now where it cannot."""
        self._load = load
        self.bot = load()
        self.options = options
        self.log, self.handovers = log, handovers
        self.outbox = outbox or Outbox()
        self.tickets = Outbox(DESK_THREADS, pause=0.0)
        self.slack = Slack(client, self.outbox)
        self.threads = Threads(clock)
        self.flags = Flags(log, clock)
        self.seen: Kept[str, bool] = Kept(DUPLICATES_FOR, MOST_CLAIMS, clock)
        self.told: Kept[str, bool] = Kept(DUPLICATES_FOR, MOST_CLAIMS, clock)  # channels with another organisation

    @property
    def voice(self) -> Voice:
        """The bot's own words."""
        return Voice(self.bot.kb)

    def person(self, place: Place) -> str:
        """Who speaks, as a salted hash."""
        return hashed(f"slack {place.team} {place.user}", self.options.secret)

    def is_new(self, *keys: str) -> bool:
        """Whether something was not seen before; from now on it was."""
        return self.seen.claim(keys, True)

    def placed(self, place: Place) -> Place:
        """The place, remembered where another organisation reads along: clicks and commands do not say so."""
        if place.outside and not place.direct:
            self.told.put(place.channel, True)
        return place._replace(outside=place.outside or bool(self.told.get(place.channel)))

    def thread(self, place: Place) -> Thread:
        """What is remembered of the thread that somebody speaks in, or the thread that begins."""
        return self.threads.of(place) or Thread(Context(region=self.bot.region))

    def hands_over(self, place: Place) -> bool:
        """Whether a person can be asked for from a place."""
        return self.handovers is not None and not place.outside

    def write(self, turn: Callable[[], Turn]) -> None:
        """Have a turn written down soon. Whatever goes wrong there, the reply is sent."""
        if self.log is None:
            return
        try:
            self.log.write(turn())
        except Exception:
            logger.exception("a turn could not be written down")

    def reload(self) -> bool:
        """Read the content anew; the old one stays where the new one is wrong."""
        try:
            self.bot = self._load()
        except (ContentError, OSError) as error:
            logger.error("the content stays as it was, as the new one does not load:\n%s", error)
            return False
        logger.info("the content was read anew: %s", self.bot.kb.hash)
        return True

    def purge(self) -> None:
        """Delete from the log what is older than may be kept."""
        if self.log is None:
            return
        before = datetime.now(UTC) - timedelta(days=self.options.keep_days)
        try:
            logger.info("%d turns from before %s were deleted", self.log.purge(before), before.date())
        except RecordError as error:
            logger.warning("old turns are not deleted yet: %s", error)

    def close(self, seconds: float = LAST_CALLS) -> int:
        """Send and write down what still waits; how many calls were not made."""
        left = self.tickets.close(seconds) + self.outbox.close(seconds)
        if left:
            logger.error("%d calls to Slack or to the desk were not made before the end", left)
        if self.handovers:
            self.handovers.close()
        if self.log:
            self.log.close()
        return left
