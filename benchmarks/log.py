"""What the conversation log costs a turn: in the request that hands it over, and in the thread that writes it.

python -m benchmarks.log

Processor time of one thread, the least and the median of many short runs: other work on the machine only adds to it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep, thread_time

from bot.engine import Bot
from bot.privacy import hashed
from bot.record import Log, Outcome, Stamp, fresh_id, outcome_of, turn_of

QUESTION = "is ketamine an opioid?"
BATCH, RUNS = 256, 400  # rows of a batch: about what 50 ms bring at full load


def stamp() -> Stamp:
    """What a request puts together for its turn."""
    return Stamp(fresh_id(), datetime.now(UTC), 1.5, hashed("192.0.2.1", "x" * 32), "c" * 32)


def timed(do: Callable[[], None]) -> float:
    """Microseconds of this thread for one row of a batch."""
    start = thread_time()
    do()
    return 1e6 * (thread_time() - start) / BATCH


def hand_over(log: Log, outcome: Outcome) -> None:
    """Hand over as many turns as a batch has."""
    for _ in range(BATCH):
        log.write_again(outcome, stamp())


def main() -> None:
    """Measure, and print."""
    bot = Bot.load()
    asked, reply = bot.considered(QUESTION)
    outcome = outcome_of(turn_of("", "web", QUESTION, reply, asked))
    with tempfile.TemporaryDirectory() as folder, Log.open(f"sqlite:///{Path(folder) / 'log.db'}") as log:
        requests, writes = [], []
        for _ in range(RUNS):
            requests.append(timed(lambda: hand_over(log, outcome)))
            while log.waiting:
                sleep(0.005)
            rows = [(stamp(), outcome) for _ in range(BATCH)]
            writes.append(timed(lambda rows=rows: log._keep(rows)))  # type: ignore[misc]
    for what, found in (("in the request", requests), ("in the thread of the log", writes)):
        print(f"{what}: {min(found):.1f} µs a turn at least, {median(found):.1f} in the median")


if __name__ == "__main__":
    main()
