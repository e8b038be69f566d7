"""Check the content: every problem with its file and line.

examples:
  faqbot check
  faqbot check --content my_shop/
  faqbot check --release --unreviewed-ok

exit codes: 0 nothing found, 1 problems, 2 the check could not run
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from bot.check import load, release_problems
from bot.cli import CLEAN, FINDINGS, Call
from bot.errors import ContentError, Problem
from bot.knowledge import shipped
from bot.knowledge.suites import read_suites
from bot.safety import Alarms
from bot.safety.cases import case_problems


def register(parser: ArgumentParser) -> None:
    """Take what a release asks for."""
    parser.add_argument("--release", action="store_true", help="also: numbers over 180 days old, and unreviewed texts")
    parser.add_argument("--unreviewed-ok", action="store_true", help="accept that nobody reviewed rules and entries")


def run(call: Call) -> int:
    """Print every problem, or what was found to be in order."""
    try:
        kb = load(call.settings.content)
        problems = [
            *(case_problems(kb.safety, Alarms(kb.safety, kb.spoken())) if kb.safety else ()),
            *_suite_problems(call.settings.content),
        ]
        if call.args.release:
            problems += release_problems(kb, date.today(), unreviewed_ok=call.args.unreviewed_ok)
        if problems:
            raise ContentError(problems)
    except ContentError as error:
        call.say(str(error))
        call.say(f"\n{counted(len(error.problems), 'problem')}")
        return FINDINGS
    for warning in kb.warnings:
        call.say(warning)
    phrasings = sum(len(intent.phrasings) for intent in kb.intents.values())
    held = f"{counted(len(kb.topics), 'topic')}, {counted(len(kb.intents), 'intent')}, {counted(phrasings, 'phrasing')}"
    call.say(f"No problems: {held}. Content hash {kb.hash}.")
    return CLEAN


def _suite_problems(content: Path | None) -> list[Problem]:
    """What is wrong with the question suites of a content folder."""
    folder = (content or shipped()) / "tests" / "questions"
    return read_suites([folder])[1] if folder.is_dir() else []


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "problem"), counted(2, "problem")
    ('1 problem', '2 problems')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
