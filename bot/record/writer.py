"""Writing behind the request: whoever hands over a turn never waits for the database."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic

from bot.errors import RecordError
from bot.record.rows import Row

BATCH_SECONDS = 0.05  # that turns are collected for before they are written in one go
MOST_WAITING = 10_000  # turns; what comes after is dropped, and counted
LONGEST_BATCH = 500
PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between tries while the database is down

logger = logging.getLogger("faqbot.log")


class Writer:
    """A thread that writes turns in batches, and tries again for as long as the database is down.

    What finds no room meanwhile is counted in `dropped`. Safe to share between threads.
    """

    def __init__(self, keep: Callable[[Sequence[Row]], None], most: int = MOST_WAITING) -> None:
        """`keep` writes a batch in one transaction, twice without harm; it raises RecordError while that may yet do."""
        self._keep = keep
        self._most = most
        self._waiting: deque[Row] = deque()
        self.in_hand = 0  # turns of the batch that is being written
        self._lock = threading.Lock()  # of `dropped`
        self._stirred, self._stopping = threading.Event(), threading.Event()
        self._stop_by = 0.0
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="faqbot-log", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Turns that are not written yet."""
        return len(self._waiting) + self.in_hand

    def write(self, row: Row) -> None:
        """Have a turn written soon."""
        if self._stopping.is_set() or len(self._waiting) >= self._most:
            self._drop(1)
            return
        self._waiting.append(row)
        if not self._stirred.is_set():  # once a batch: waking the thread for every turn costs the request dearly
            self._stirred.set()

    def close(self, seconds: float) -> None:
        """Write what still waits, for so long at most; what is left then is counted as dropped."""
        if not self._stopping.is_set():
            self._stop_by = monotonic() + seconds
            self._stopping.set()
            self._stirred.set()
        self._thread.join(max(0.0, self._stop_by - monotonic()) + PAUSE)
        left, self.in_hand = self.waiting, 0
        self._waiting.clear()
        self._drop(left)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stirred.wait()
            self._stopping.wait(BATCH_SECONDS)
            self._stirred.clear()  # before the queue is emptied: what comes now stirs again
            self._empty()
        self._empty()

    def _empty(self) -> None:
        """Write what waits now; what comes meanwhile is collected for the next batch, and not written row by row."""
        left = len(self._waiting)
        while left:
            batch = [self._waiting.popleft() for _ in range(min(LONGEST_BATCH, left))]
            left -= len(batch)
            self.in_hand = len(batch)
            self._write(batch)
            self.in_hand = 0

    def _write(self, batch: Sequence[Row]) -> None:
        """Write one batch, again and again while the database is down; the queue fills meanwhile."""
        pause, failed = PAUSE, False
        while True:
            try:
                self._keep(batch)
            except RecordError as error:
                if not failed:
                    logger.warning("%s; turns wait in memory, %d dropped so far", error, self.dropped)
                failed = True
                if self._out_of_time(pause):
                    self._drop(len(batch))
                    return
                pause = min(2 * pause, LONGEST_PAUSE)
            except Exception:  # a turn that cannot be written must not keep the others from it
                self._write_singly(batch)
                return
            else:
                if failed:
                    logger.warning("the log is written again; %d turns were dropped so far", self.dropped)
                return

    def _write_singly(self, batch: Sequence[Row]) -> None:
        if len(batch) == 1:
            logger.exception("a turn cannot be written, and is dropped")
            self._drop(1)
            return
        for row in batch:
            self._write([row])

    def _out_of_time(self, pause: float) -> bool:
        """Wait for the next try; whether there is to be none."""
        if not self._stopping.wait(pause):
            return False
        left = self._stop_by - monotonic()
        threading.Event().wait(max(0.0, min(pause, left)))
        return left <= 0

    def _drop(self, number: int) -> None:
        with self._lock:
            self.dropped += number
