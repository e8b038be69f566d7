"""Ask the questions of the suites, and report what was not answered right.

Without a file or folder, the suites are those of the content folder, in tests/questions.

examples:
  faqbot test
  faqbot test tests/questions/risks.yaml
  faqbot test --json --content my_shop/

exit codes: 0 everything right but for known misses, 1 something wrong, 2 the test could not run
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot import evaluate
from bot.cli import CLEAN, FINDINGS, Call, aligned
from bot.engine import Bot
from bot.errors import ContentError, Problem
from bot.evaluate import Outcome
from bot.knowledge import shipped
from bot.knowledge.suites import Question, read_suites

ALL = "all"
COLUMNS = ("suite", "questions", "right", "known misses", "wrong", "harmful")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many questions of a suite were answered right, missed as the suite says, or wrong (harmful ones included)."""

    suite: str
    questions: int
    right: int
    known_misses: int
    wrong: int
    harmful: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all questions, and what is wrong with the suites themselves."""

    outcomes: tuple[Outcome, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def wrong(self) -> list[Outcome]:
        """The questions that were not answered right, and whose suite does not know of it."""
        return [one for one in self.outcomes if not one.right and not one.excused]

    @property
    def mended(self) -> list[Outcome]:
        """The questions that are answered right, and are still marked as known misses."""
        return [one for one in self.outcomes if one.right and one.question.known_miss]

    def tallies(self) -> list[Tally]:
        """A tally for each suite in order, and one for all of them."""
        suites = list(dict.fromkeys(one.question.suite for one in self.outcomes))
        of_suites = [_tally(suite, [one for one in self.outcomes if one.question.suite == suite]) for suite in suites]
        return [*of_suites, _tally(ALL, self.outcomes)]


def register(parser: ArgumentParser) -> None:
    """Take suites, and the shape of the report."""
    parser.add_argument("suites", metavar="FILE|DIR", nargs="*", type=Path, help="suites; a folder with all below it")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")


def run(call: Call) -> int:
    """Ask every question and print the report; content that does not load is a finding."""
    usual = (call.settings.content or shipped()) / "tests" / "questions"
    suites = call.args.suites or [folder for folder in (usual,) if folder.is_dir()]
    try:
        bot = Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)
        questions, problems = read_suites(suites)
        report = Report(tuple(evaluate.run(bot, questions)), tuple(problems))
    except ContentError as error:
        report = Report(problems=error.problems)
    if call.args.json:
        call.say(json.dumps(_values(report), ensure_ascii=False, indent=2))
    elif report.outcomes or report.problems:
        call.say("\n".join(_lines(report)))
    else:
        places = ", ".join(map(str, suites or [usual]))
        call.say(f"There are no questions in {places}: write some, for example in {usual / 'hours.yaml'}")
    return FINDINGS if report.problems or report.wrong else CLEAN


def _tally(suite: str, outcomes: Sequence[Outcome]) -> Tally:
    right = sum(one.right for one in outcomes)
    known = sum(one.excused for one in outcomes)
    harmful = sum(one.harmful for one in outcomes)
    return Tally(suite, len(outcomes), right, known, len(outcomes) - right - known, harmful)


def _lines(report: Report) -> Iterator[str]:
    yield from map(str, report.problems)
    for one in report.wrong:
        said = " → ".join(map(repr, (*one.question.before, one.question.question)))
        yield f"{_place(one)}: {said} wants {_wanted(one.question)}, and got {one.given}"
    for one in report.mended:
        yield f"{_place(one)}: {one.question.question!r} is right now: take its known_miss out"
    if report.outcomes:
        rows = [COLUMNS, *(tuple(map(str, asdict(tally).values())) for tally in report.tallies())]
        yield ""
        yield from aligned(rows)


def _values(report: Report) -> dict[str, Any]:
    """The report as JSON values."""
    return {
        "suites": [asdict(tally) for tally in report.tallies()],
        "wrong": [
            {
                "file": str(one.question.place.path), "line": one.question.place.line,
                "question": one.question.question, "wanted": _wanted(one.question), "given": one.given,
                "harmful": one.harmful,
            }
            for one in report.wrong
        ],
        "mended": [_place(one) for one in report.mended],
        "problems": [{"file": str(p.path), "line": p.line, "message": p.message} for p in report.problems],
    }  # fmt: skip


def _place(outcome: Outcome) -> str:
    return f"{outcome.question.place.path}:{outcome.question.place.line}"


def _wanted(question: Question) -> str:
    """What would have been right, in a phrase."""
    parts = ", then ".join(" or ".join(part) for part in question.parts)
    wanted = question.safety or parts or " or ".join(question.intents) or ("a person" if question.handover else "")
    unwanted = f"not {' nor '.join(question.must_not)}" if question.must_not else ""
    return ", ".join(filter(None, (wanted, unwanted)))
