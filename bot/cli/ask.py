"""Ask one question, or many, and leave.

On a terminal the answer is laid out; in a pipe it is plain Markdown. With - as the question, every line of standard
input that is not blank is asked, by itself, and answered as it comes.

examples:
  faqbot ask "is ketamine an opioid?"
  faqbot ask is ketamine an opioid --explain
  faqbot ask --json "and xanax?" | jq .kind
  faqbot ask --json - < questions.txt > replies.jsonl

exit codes: 0 everything was answered, 1 something was not, 2 an error
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable

from bot.channels.terminal import page
from bot.channels.terminal.screen import best, plainly
from bot.cli import CLEAN, FINDINGS, Call, warn
from bot.decision import Alarmed, Answered
from bot.engine import Bot
from bot.reply import Reply, Voice

STREAM = "-"

Answer = Callable[[str], Reply]


def register(parser: ArgumentParser) -> None:
    """Take the question and the shape of the answer."""
    parser.add_argument("question", metavar="QUESTION", nargs="+", help="the question; - reads one a line")
    parser.add_argument("--json", action="store_true", help="print the reply as JSON: one object, or one a line with -")
    parser.add_argument("--explain", action="store_true", help="say why, word by word")


def run(call: Call) -> int:
    """Answer every question; 0 where each part of each was answered, safety replies included."""
    bot = Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)
    warn(bot.kb.warnings)
    streaming = call.args.question == [STREAM]
    questions: Iterable[str] = [" ".join(call.args.question)]
    if streaming:
        questions = (line.strip() for line in call.stdin if line.strip())
    answer = _as_json(call, bot, None if streaming else 2) if call.args.json else _as_text(call, bot)
    code = CLEAN
    for question in questions:
        if not all(isinstance(part, Answered | Alarmed) for part in answer(question).parts):
            code = FINDINGS
    return code


def _as_json(call: Call, bot: Bot, indent: int | None) -> Answer:
    def answer(question: str) -> Reply:
        reply = bot.reply(question)
        shown = reply.to_dict()
        if call.args.explain:
            shown["explanation"] = bot.explain(question).to_dict()
        call.say(json.dumps(shown, ensure_ascii=False, indent=indent))
        return reply

    return answer


def _as_text(call: Call, bot: Bot) -> Answer:
    aloud, voice = plainly(call.stdout), Voice(bot.kb)
    between = ""  # an empty line before every reply but the first

    def answer(question: str) -> Reply:
        nonlocal between
        reply = bot.reply(question)
        show = aloud if reply.kind == "safety" else best(call.stdout, call.environment)
        show(between + page.whole(reply, voice))
        if call.args.explain:
            show("\n" + page.explanation(bot.explain(question), reply, bot.kb, voice))
        between = "\n"
        return reply

    return answer
