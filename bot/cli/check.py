"""Check the content: every problem with its file and line.

With --contrast also by asking: near misses and harmless variants of every phrasing, made by rule. A near miss asks of
another thing, is negated, turned round, or says the opposite; an intent may answer it only where it lists the form in
reads_right_for. A harmless variant is misspelt, in text-speak or run together, and may not get another answer; being
asked back or declined is allowed.

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
    near, harmless = sum(t.near_misses for t in tallies), sum(t.harmless for t in tallies)
    near_wrong, harmless_wrong = sum(t.near_wrong for t in tallies), sum(t.harmless_wrong for t in tallies)
    if call.args.json:
        call.say(json.dumps([_values(tally) for tally in tallies], ensure_ascii=False, indent=2))
    else:
        for line in (line for tally in tallies for line in _lines(tally)):
            call.say(line)
        call.say(f"near misses: {near}, answered wrongly {near_wrong}")
        call.say(f"harmless variants: {harmless}, with another answer {harmless_wrong}")
    return FINDINGS if near_wrong or harmless_wrong > HARMLESS_BUDGET * harmless else CLEAN


def _lines(tally: Tally) -> Iterator[str]:
    if tally.near_wrong or tally.harmless_wrong:
        yield (
            f"{tally.intent}: {tally.near_wrong} of {tally.near_misses} near misses, "
            f"{tally.harmless_wrong} of {tally.harmless} harmless variants"
        )
        for one in tally.worst:
            yield f"  {one.variant.form}: {one.variant.text!r} got {one.given or 'no answer'}"


def _values(tally: Tally) -> dict[str, Any]:
    shown = [{"form": w.variant.form, "text": w.variant.text, "given": w.given} for w in tally.worst]
    return {
        "intent": tally.intent, "near_misses": tally.near_misses, "near_wrong": tally.near_wrong,
        "harmless": tally.harmless, "harmless_wrong": tally.harmless_wrong, "worst": shown,
    }  # fmt: skip


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
