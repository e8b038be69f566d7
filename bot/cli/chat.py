"""Talk to the bot.

Type a question in your own words, or the number of a question that was offered. /help lists what else there is.
Ctrl-C clears the line, Ctrl-D leaves. Where the input or the output is not a terminal, lines are read plainly.

examples:
  faqbot chat
  faqbot chat --region UK
  faqbot chat < questions.txt
"""

from __future__ import annotations

from argparse import ArgumentParser

from bot.channels.terminal.conversation import converse
from bot.cli import CLEAN, Call, warn
from bot.engine import Bot


def register(parser: ArgumentParser) -> None:
    """Take `--plain`."""
    parser.add_argument("--plain", action="store_true", help="no line editor and no styles: Markdown as it was written")


def run(call: Call) -> int:
    """Talk until the person leaves."""
    bot = Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)
    warn(bot.kb.warnings)
    converse(bot, call.stdin, call.stdout, call.environment, plain=call.args.plain)
    return CLEAN
