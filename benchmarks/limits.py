"""What the limits that ship come to, beside their neighbours: questions answered rightly and wrongly at each.

python -m benchmarks.limits [SUITE.yaml|DIR ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bot.check import load
from bot.engine import Bot
from bot.evaluate import CHOICE, Outcome, by_all_processors, run
from bot.knowledge import KnowledgeBase, shipped
from bot.knowledge.limits import Limits
from bot.knowledge.suites import Question, read_suites

ROOT = Path(__file__).parents[1]
SAFETY = "safety"  # the folder of suites that no limit has a say in
NEIGHBOURS = {
    "answer": (0.6, 0.7, 0.8, 0.9, 1.0),
    "ask": (0.1, 0.2, 0.3, 0.4),
    "lead": (0.0, 0.001, 0.01, 0.05),
    "beside": (0.0, 0.7, 0.8, 0.9),
}
NO_ANSWERS = ("clarify", "decline")


class Row(NamedTuple):
    """What came of all questions where one limit has another value, and the others are those that ship."""

    limit: str
    value: float
    right: int  # answered so, or not answered where nothing may be
    answered: int
    wrong: int  # answers that are not what the question wants
    asked_back: int


def row(kb: KnowledgeBase, questions: Sequence[Question], limit: tuple[str, float]) -> Row:
    """Ask every question under a limit."""
    name, value = limit
    outcomes = list(run(Bot(kb, limits=Limits()._replace(**{name: value})), questions))
    answers = list(filter(answered, outcomes))
    return Row(
        limit=name,
        value=value,
        right=sum(one.right for one in outcomes),
        answered=len(answers),
        wrong=sum(not one.right for one in answers),
        asked_back=sum(one.given.startswith(CHOICE) for one in outcomes),
    )


def answered(outcome: Outcome) -> bool:
    """Whether a question got an answer, right or wrong."""
    return not outcome.given.startswith(CHOICE) and outcome.given not in NO_ANSWERS


def table(rows: Sequence[Row], questions: int) -> Iterator[str]:
    """The rows as Markdown, those that ship in bold."""
    yield f"| limit | of {questions} right | answered | wrongly | asked back |\n|---|---|---|---|---|"
    for one in rows:
        name = f"{one.limit} {one.value:g}"
        name = f"**{name}**" if one.value == getattr(Limits(), one.limit) else name
        yield f"| {name} | {one.right} | {one.answered} | {one.wrong} | {one.asked_back} |"


def suites(paths: Sequence[Path]) -> list[Question]:
    """The questions of suites, less those of safety."""
    files = [file for path in paths for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]
    return read_suites([file for file in files if SAFETY not in file.parts])[0]


def rows(kb: KnowledgeBase, questions: Sequence[Question]) -> Iterator[Row]:
    """The rows of every limit, by all processors; what ships is asked once."""
    usual = Limits()._asdict()
    others = [(name, value) for name, values in NEIGHBOURS.items() for value in values if value != usual[name]]
    asked = by_all_processors(partial(row, kb, questions), [("answer", usual["answer"]), *others])
    ships = next(asked)
    found = {(one.limit, one.value): one for one in asked}
    for name, values in NEIGHBOURS.items():
        yield from (found.get((name, value), ships._replace(limit=name, value=value)) for value in values)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.limits", description=__doc__)
    parser.add_argument("suites", nargs="*", type=Path, default=[ROOT / "tests" / "questions"], help="files or folders")
    questions = suites(parser.parse_args().suites)
    print("\n".join(table(list(rows(load(shipped()), questions)), len(questions))))


if __name__ == "__main__":
    main()
