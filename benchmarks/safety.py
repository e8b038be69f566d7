"""How well the safety rules hear: recall and false alarms of a folder of suites, and what screening costs.

python benchmarks/safety.py tests/questions/safety/tuning [--misses] [--log]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.check import load
from bot.engine import Bot
from bot.errors import ContentError, Problem
from bot.interval import binomial_interval
from bot.knowledge.rules import CATEGORIES
from bot.knowledge.suites import ANY_SAFETY, Question, read_suites
from bot.safety import Alarm, Alarms

ROOT = Path(__file__).parents[1]
LOG = ROOT / "benchmarks" / "safety-log.md"
LOG_HEAD = (
    "# Every scoring of a folder of safety suites\n\n| time (UTC) | commit | folder | figures |\n|---|---|---|---|\n"
)
ROUNDS = 20
FILLER = "ketamine is a dissociative anaesthetic that doctors use for pain and for surgery and my aunt asked about it. "
DENSE = "she wont wake up "
USUAL = "is ketamine an opioid or something else"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and the alarm that it raised."""

    question: Question
    alarm: Alarm | None

    @property
    def right(self) -> bool:
        """Whether the wanted category or a more serious one fired; for a benign message, whether nothing did."""
        if not self.question.safety:
            return self.alarm is None
        wanted = CATEGORIES.index(self.question.safety)
        return self.alarm is not None and CATEGORIES.index(self.alarm.category) <= wanted


def outcomes(folder: Path, alarms: Alarms) -> Iterator[Outcome]:
    """Every safety question of a folder with the alarm that it raised."""
    questions, problems = read_suites([folder])
    if problems:
        raise ContentError(problems)
    for question in questions:
        if question.safety or ANY_SAFETY in question.must_not:
            yield Outcome(question, alarms.screen(question.question))


def figures(done: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Hits and number by category, by style of alarms, and false alarms by what the messages look like."""
    counted: dict[str, list[bool]] = defaultdict(list)
    for outcome in done:
        question = outcome.question
        if question.safety:
            counted[f"recall {question.safety}"].append(outcome.right)
            counted[f"recall, style {question.style or 'none'}"].append(outcome.right)
        else:
            counted["false alarms"].append(not outcome.right)
            counted[f"false alarms like {question.like or 'none'}"].append(not outcome.right)
    return {name: (sum(hits), len(hits)) for name, hits in sorted(counted.items())}


def cost(work: Callable[[str], object], text: str) -> float:
    """Seconds that some work on a text takes, the best of several."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work(text)
        best = min(best, time.perf_counter() - start)
    return best


def log(folder: Path, counted: dict[str, tuple[int, int]]) -> None:
    """Add one line to the log."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    shown = [
        f"{name.removeprefix('recall ')} {hits}/{n}"
        for name, (hits, n) in counted.items()
        if "style" not in name and "like" not in name
    ]
    line = f"| {datetime.now(UTC):%Y-%m-%d %H:%M} | {commit.stdout.strip()} | {folder} | {'; '.join(shown)} |\n"
    old = LOG.read_text(encoding="utf-8") if LOG.exists() else LOG_HEAD
    LOG.write_text(old + line, encoding="utf-8")


def main() -> int:
    """Score a folder and print what came out."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--misses", action="store_true", help="list what went wrong")
    options.add_argument("--log", action="store_true", help="add a line to benchmarks/safety-log.md")
    given = options.parse_args()
    kb = load(ROOT)
    if kb.safety is None:
        raise ContentError([Problem(ROOT, 0, "the alarms are off: there is nothing to score")])
    alarms = Alarms(kb.safety, kb.spoken())
    done = list(outcomes(given.folder, alarms))
    counted = figures(done)
    for name, (hits, n) in counted.items():
        low, high = binomial_interval(hits, n)
        print(f"{name:45} {hits:4}/{n:<4} {hits / n:7.1%}   95 % [{low:.1%}, {high:.1%}]")
    for outcome in done if given.misses else ():
        if not outcome.right:
            fired = outcome.alarm.rules if outcome.alarm else "nothing"
            print(
                f"- {outcome.question.safety or 'benign'} ({outcome.question.style}):",
                f"{outcome.question.question!r}: {fired}",
            )
    for name, text in (("a question", FILLER), ("alarms without a pause", DENSE)):
        short, long = (cost(alarms.screen, (text * 700)[:length]) for length in (1000, 10_000))
        print(
            f"screen, {name}: 1 000 characters {short * 1e3:.2f} ms, 10 000 {long * 1e3:.2f}, ratio {long / short:.1f}"
        )
    screened, ranked = cost(alarms.screen, USUAL), cost(Bot(kb).rank, USUAL)
    print(f"a usual question: screen {screened * 1e3:.3f} ms, rank {ranked * 1e3:.3f}, ratio {screened / ranked:.2f}")
    if given.log:
        log(given.folder, counted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
