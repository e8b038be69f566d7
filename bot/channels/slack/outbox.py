"""What is on its way to Slack: in order, and no faster than each channel takes it."""

from __future__ import annotations

import heapq
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, Thread
from typing import Any

PAUSE = 1.0  # seconds between two messages in a channel, which Slack asks for
TRIES = 9  # where Slack cannot be reached: three minutes of waits, besides what each try takes
LONGEST_WAIT = 60.0  # seconds between two such tries
EMPTY_LANES = 1000  # that are remembered for their pause

logger = logging.getLogger(__name__)


class Busy(Exception):
    """Slack wants to be left alone, so many seconds, in this lane."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unreached(Exception):
    """Slack could not be reached, or could not do it now."""


class Refused(Exception):
    """Slack will not do it: trying again gives the same. `error` is Slack's word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass(slots=True)
class Job:
    """A call that is to be made, and what is told of its result or its failure."""

    do: Callable[[], Any]
    done: Callable[[Any], None] | None = None
    failed: Callable[[Exception], None] | None = None
    tries: int = 0


@dataclass(slots=True)
class _Lane:
    """Jobs that go one after another; the urgent ones first. `due` is when the next may start."""

    urgent: deque[Job] = field(default_factory=deque)
    others: deque[Job] = field(default_factory=deque)
    due: float = 0.0
    listed: bool = False  # in the heap, or at work

    def __len__(self) -> int:
        return len(self.urgent) + len(self.others)


class Outbox:
    """Makes calls behind whoever asks for them. A lane that must wait holds up no other; nothing that waits is lost."""

    def __init__(self, threads: int = 16, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause, self._clock = pause, clock
        self._lanes: dict[Hashable, _Lane] = {}
        self._ready: list[tuple[float, int, Hashable]] = []  # a heap of when, order and lane
        self._order = count()
        self._changed = Condition()
        self._working = 0
        self._closed = False
        self._threads = [Thread(target=self._work, name=f"faqbot-slack-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    def put(self, lane: Hashable, job: Job, *, urgent: bool = False) -> None:
        """Have a call made after those that wait in its lane; an urgent one before all that are not."""
        with self._changed:
            known = self._lanes.setdefault(lane, _Lane())
            (known.urgent if urgent else known.others).append(job)
            self._list(lane, known)

    @property
    def waiting(self) -> int:
        """Calls that are not made yet, or under way."""
        with self._changed:
            return sum(map(len, self._lanes.values())) + self._working

    def close(self, seconds: float) -> int:
        """Make the calls that wait, for so long at most; how many were not made."""
        end = time.monotonic() + seconds
        with self._changed:
            while (sum(map(len, self._lanes.values())) + self._working) and (left := end - time.monotonic()) > 0:
                self._changed.wait(min(left, 0.1))
            self._closed = True
            self._changed.notify_all()
            return sum(map(len, self._lanes.values())) + self._working

    def _list(self, name: Hashable, lane: _Lane) -> None:
        if lane and not lane.listed:
            lane.listed = True
            heapq.heappush(self._ready, (lane.due, next(self._order), name))
            self._changed.notify()

    def _work(self) -> None:
        while taken := self._take():
            name, lane, job = taken
            wait = self._pause
            try:
                again, wait = self._made(job)
            except BaseException:
                logger.exception("what follows a call to Slack went wrong")
                again = False
            with self._changed:
                self._working -= 1
                if again:
                    lane.urgent.appendleft(job)  # it was first, and stays first
                lane.due, lane.listed = self._clock() + wait, False
                self._list(name, lane)
                self._changed.notify_all()

    def _take(self) -> tuple[Hashable, _Lane, Job] | None:
        """The next job that may start; waits for it. None at the end."""
        with self._changed:
            while not self._closed:
                wait = self._ready[0][0] - self._clock() if self._ready else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                _, _, name = heapq.heappop(self._ready)
                lane = self._lanes[name]
                self._working += 1
                self._forget()
                return name, lane, (lane.urgent or lane.others).popleft()
            return None

    def _forget(self) -> None:
        if len(self._lanes) > EMPTY_LANES:
            now = self._clock()
            for name in [n for n, lane in self._lanes.items() if not lane and not lane.listed and lane.due < now]:
                del self._lanes[name]

    def _made(self, job: Job) -> tuple[bool, float]:
        """Make a call; whether it must be made again, and how long its lane has to wait (seconds)."""
        try:
            result = job.do()
        except Busy as busy:
            logger.info("Slack asks to wait %g s", busy.seconds)
            return True, max(busy.seconds, self._pause)
        except Unreached as error:
            job.tries += 1
            if job.tries < TRIES:
                return True, min(2.0 ** (job.tries - 1), LONGEST_WAIT)
            logger.error("a call was given up after %d tries: %s", job.tries, error)
            _tell(job.failed, error)
        except Exception as error:
            logger.warning("a call was not taken: %s", error)
            _tell(job.failed, error)
        else:
            _tell(job.done, result)
        return False, self._pause


def _tell(listener: Callable[[Any], None] | None, what: Any) -> None:
    if listener:
        listener(what)
