"""Check the content: every problem with its file and line.

With --contrast also by asking: near misses and harmless variants of every phrasing, made by rule. A near miss asks of
another thing, is negated, turned round, or says the opposite; an intent may answer it only where it lists the form
(negated, reversed, opposite) in reads_right_for, and has to answer it there. A harmless variant is misspelt, in
text-speak or run together, and may not get another answer; being asked back or declined is allowed. Every part of a
reply counts.

examples:
  faqbot check
  faqbot check --content my_shop/
  faqbot check --release --unreviewed-ok
  faqbot check --contrast --intent opening_hours
  faqbot check --contrast --json --every 20 > report.json

exit codes: 0 nothing found, 1 problems or too many wrong answers, 2 the check could not run
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from bot.check import load, questions_about_nothing, release_problems
from bot.cli import CLEAN, FINDINGS, Call, watched
from bot.contrast import Tally, tallied
from bot.engine import Bot
from bot.errors import ContentError, Problem, SettingError
from bot.knowledge import KnowledgeBase, shipped
from bot.knowledge.suites import read_suites
from bot.safety import Alarms
from bot.safety.cases import case_problems

COUNTS = ("near_misses", "near_wrong", "unmet", "harmless", "harmless_wrong")
HARMLESS_BUDGET = 0.001  # of the harmless variants, how many may get another answer; of the near misses none


def register(parser: ArgumentParser) -> None:
    """Take what a release asks for."""
    parser.add_argument("--release", action="store_true", help="also: numbers, sources, wording, reviews")
    parser.add_argument("--unreviewed-ok", action="store_true", help="accept that nobody reviewed rules and entries")
    parser.add_argument("--contrast", action="store_true", help="try near misses and harmless variants; takes minutes")
    parser.add_argument("--intent", action="append", metavar="ID", help="with --contrast: only this one; repeatable")
    parser.add_argument("--every", type=_whole, default=1, metavar="N", help="with --contrast: every so many variants")
    parser.add_argument("--json", action="store_true", help="with --contrast: print the report as one JSON object")


def run(call: Call) -> int:
    """Print every problem, or what was found to be in order."""
    try:
        kb = load(call.settings.content)
        problems = [
            *(case_problems(kb.safety, Alarms(kb.safety, kb.spoken())) if kb.safety else ()),
            *_suite_problems(kb, call.settings.content),
        ]
        if call.args.release:
            problems += release_problems(kb, date.today(), unreviewed_ok=call.args.unreviewed_ok)
        if problems:
            raise ContentError(problems)
    except ContentError as error:
        call.say(str(error))
        call.say(f"\n{counted(len(error.problems), 'problem')}")
        return FINDINGS
    if call.args.contrast:
        return _contrasted(call)
    for warning in kb.warnings:
        call.say(warning)
    phrasings = sum(len(intent.phrasings) for intent in kb.intents.values())
    held = f"{counted(len(kb.topics), 'topic')}, {counted(len(kb.intents), 'intent')}, {counted(phrasings, 'phrasing')}"
    call.say(f"No problems: {held}. Content hash {kb.hash}.")
    return CLEAN


def _suite_problems(kb: KnowledgeBase, content: Path | None) -> list[Problem]:
    """What is wrong with the question suites of a content folder."""
    folder = (content or shipped()) / "tests" / "questions"
    questions, problems = read_suites([folder] if folder.is_dir() else [])
    return [*problems, *questions_about_nothing(kb, questions)]


def _contrasted(call: Call) -> int:
    """Try the variants of the intents, and print the report."""
    bot = Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)
    intents = call.args.intent or list(bot.kb.intents)
    if unknown := [intent for intent in intents if intent not in bot.kb.intents]:
        raise SettingError(f"--intent: {unknown[0]!r} is no intent of this content: give an id of intents/*.yaml")
    tallies = list(watched(tallied(bot, intents, call.args.every), len(intents), "Trying"))
    totals = {name: sum(getattr(tally, name) for tally in tallies) for name in COUNTS}
    if call.args.json:
        report = {"totals": totals, "intents": list(map(_values, tallies))}
        call.say(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in (line for tally in tallies for line in _lines(tally)):
            call.say(line)
        call.say(_row("all", totals))
    tolerated = HARMLESS_BUDGET * totals["harmless"]
    return FINDINGS if totals["near_wrong"] or totals["unmet"] or totals["harmless_wrong"] > tolerated else CLEAN


def _lines(tally: Tally) -> Iterator[str]:
    """An intent with its figures, and the worst of its variants."""
    yield _row(tally.intent, _counts(tally))
    for one in tally.worst:
        yield f"  {one.variant.form}: {one.variant.text!r} got {', '.join(one.given) or 'no answer'}"


def _row(name: str, counts: dict[str, int]) -> str:
    return (
        f"{name}: near misses {counts['near_misses']}, answered wrongly {counts['near_wrong']}, "
        f"listed and not answered {counts['unmet']}; "
        f"harmless variants {counts['harmless']}, with another answer {counts['harmless_wrong']}"
    )


def _counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in COUNTS}


def _values(tally: Tally) -> dict[str, Any]:
    shown = [
        {"form": w.variant.form, "phrasing": w.variant.phrasing, "text": w.variant.text, "given": list(w.given)}
        for w in tally.worst
    ]
    return {"intent": tally.intent, **_counts(tally), "worst": shown}


def _whole(typed: str) -> int:
    if not typed.isdecimal() or not int(typed):
        raise ArgumentTypeError(f"{typed!r} is no whole number from 1")
    return int(typed)


def counted(number: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "problem"), counted(2, "problem")
    ('1 problem', '2 problems')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
