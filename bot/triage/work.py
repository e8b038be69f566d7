"""Working through the queue of a desk: claim, read, decide, write, and begin anew where that was cut off."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.desks import HelpDesk, Ticket, key_of
from bot.engine import Bot
from bot.errors import BotError, DeskError
from bot.handover import Alert
from bot.privacy import hashed
from bot.record.inbox import Inbox, Job
from bot.triage import HOUR, READ, Plan, Policy, Write, planned
from bot.triage.followed import outcomes

POLL_EVERY = 120.0  # seconds
OVERLAP = timedelta(minutes=5)  # that is asked for again: clocks differ, and desks keep whole seconds
PATIENT = 2  # tries in which a message may not be there yet
IDLE = 0.5  # seconds between looks into an empty queue

logger = logging.getLogger("faqbot.desk")


@dataclass(frozen=True)
class Clerk:
    """Deals with the events of one desk. Safe to share between threads."""

    bot: Callable[[], Bot]  # the one that is served now
    desk: HelpDesk
    inbox: Inbox
    policy: Policy
    secret: str  # salts the hashes of senders
    alert: Alert | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def work_once(self) -> bool:
        """Deal with one event, or keep it for later; whether there was one. Raises RecordError."""
        job = self.inbox.claim(self.desk.name)
        if job is None:
            return False
        try:
            self._deal_with(job)
        except Exception as error:
            if not isinstance(error, BotError):
                logger.exception("ticket %s of %s could not be dealt with", job.ticket, job.desk)
            if self.inbox.failed(job, str(error) or type(error).__name__):
                logger.error("%s of %s is parked after %d tries: %s", job.delivery, job.desk, job.tries, error)
            else:
                logger.warning("ticket %s of %s is tried again later: %s", job.ticket, job.desk, error)
        else:
            self.inbox.done(job)
        return True

    def poll(self) -> int:
        """Find what the desk did not tell of, since it was asked last; how many events were new."""
        began = self.clock()
        since = self.inbox.polled(self.desk.name)
        if since is None:  # what was there before the bot is nobody's event
            self.inbox.set_polled(self.desk.name, began)
            return 0
        since -= OVERLAP
        found = 0
        for name in self.desk.changed_since(since):
            messages = (one for one in self.desk.get(name).messages if one.author in READ)
            told = [(one.id, name) for one in messages if one.time is None or one.time >= since]
            found += self.inbox.put(self.desk.name, told)  # at once: there may be many tickets
        self.inbox.set_polled(self.desk.name, began)
        return found

    def consider(self, ticket: Ticket, delivery: str) -> Plan:
        """What would be done about a message."""
        written = self.inbox.written(self.desk.name, ticket.id)
        now = self.clock()
        sender = self._sender(ticket, delivery)
        for_sender = self.inbox.written_for(sender, now - HOUR) if sender else 0
        return planned(
            self.bot(), ticket, delivery, self.policy, written, now, desk=self.desk.name, for_sender=for_sender
        )

    def _deal_with(self, job: Job) -> None:
        """Do everything that is planned; what fails keeps nothing else from being done. Raises the first failure."""
        ticket = self.desk.get(job.ticket)
        if job.tries <= PATIENT and all(message.id != job.delivery for message in ticket.messages):
            raise DeskError(f"ticket {job.ticket} does not show {job.delivery} yet")
        plan = self.consider(ticket, job.delivery)
        written = self.inbox.written(job.desk, job.ticket)
        sender = self._sender(ticket, job.delivery)
        steps = [partial(self._write, job, ticket, write, sender) for write in plan.writes]
        if plan.alert and self.alert:
            steps.insert(0, partial(self._warn, job, self.alert, plan.alert))
        if plan.escalate:
            steps.append(partial(self.desk.escalate, job.ticket, plan.escalate))
        if failures := [error for error in map(_failure, steps) if error]:
            raise failures[0]
        for key, outcome in outcomes(self.bot().kb, ticket, job.delivery, written):
            self.inbox.came_of(key, outcome)

    def _write(self, job: Job, ticket: Ticket, write: Write, sender: str) -> None:
        """Write a text once: that it is about to be is on the disk before; if it was there, the desk is searched."""
        again = self.inbox.plan(job.desk, job.ticket, write.key, write.kind, sender, write.intents)
        if again and ticket.holds(write.key):
            return
        if not job.may_write(self.clock()):
            raise DeskError("the desk is too slow: there is no time left to write before somebody else may")
        (self.desk.reply if write.public else self.desk.add_note)(job.ticket, write.text, write.key, again=again)

    def _warn(self, job: Job, alert: Alert, told: tuple[str, str]) -> None:
        """Tell whoever is on call; rather twice than not at all."""
        key = key_of("alert", job.desk, job.ticket, job.delivery)
        if all(row["key"] != key for row in self.inbox.written(job.desk, job.ticket)):
            alert(*told)
            self.inbox.plan(job.desk, job.ticket, key, "alert", "")

    def _sender(self, ticket: Ticket, delivery: str) -> str:
        sender = next((one.sender for one in ticket.messages if one.id == delivery), "")
        return hashed(sender.lower(), self.secret) if sender else ""


def _failure(step: Callable[[], None]) -> BotError | None:
    """What goes wrong with a step."""
    try:
        step()
    except BotError as error:
        return error
    return None


class Workers:
    """Threads that work through the queue of a desk, and one that asks the desk what has changed."""

    def __init__(self, clerk: Clerk, poll_every: float = POLL_EVERY) -> None:
        self._clerk, self._poll_every = clerk, poll_every
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"faqbot-desk-{number}", daemon=True)
            for number in range(clerk.inbox.workers)
        ]
        self._threads.append(threading.Thread(target=self._poll, name="faqbot-desk-poll", daemon=True))

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """End after what is in hand, for which there is so long at most; what is cut off is done by the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds)

    def _work(self) -> None:
        while not self._stopping.is_set():
            if not self._tried(self._clerk.work_once, "the queue"):
                self._stopping.wait(IDLE)

    def _poll(self) -> None:
        while not self._stopping.is_set():
            self._tried(self._clerk.poll, "the desk")
            self._stopping.wait(self._poll_every)

    def _tried(self, do: Callable[[], int], what: str) -> bool:
        try:
            return bool(do())
        except BotError as error:
            logger.warning("%s cannot be reached, and is tried again: %s", what, error)
        except Exception:
            logger.exception("something went wrong with %s", what)
        return False
