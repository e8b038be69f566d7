"""Talk to the bot.

Type a question in your own words, or the number of a question that was offered. /help lists what else there is.
The arrow keys pick what was offered, Ctrl-C clears the line, Ctrl-D leaves. For a screen reader use --plain (or
FAQBOT_PLAIN=1): lines of text, nothing redrawn. Where the input or the output is not a terminal it is so anyway.
Nothing is kept of what you type, unless you name a --history file, /save the conversation, or pass it on to a /person.

examples:
  faqbot chat
  faqbot chat --region UK
  faqbot chat --content my_shop/ --watch
  faqbot chat < questions.txt
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from bot.channels.terminal.conversation import Options, converse
from bot.cli import CLEAN, Call, handovers_of, warn
from bot.engine import Bot
from bot.knowledge import shipped
from bot.settings import HANDOVER_SETTINGS, add_flags

PLAIN = "FAQBOT_PLAIN"


def register(parser: ArgumentParser) -> None:
    """Take how the conversation is shown and kept."""
    parser.add_argument("--plain", action="store_true", help="no line editor and no styles: Markdown as it was written")
    parser.add_argument("--full", action="store_true", help="show whole answers, not the short ones first")
    parser.add_argument("--history", metavar="FILE", type=Path, help="keep what is typed in FILE, for the arrow keys")
    parser.add_argument("--watch", action="store_true", help="read the content again when a file of it changes")
    add_flags(parser, HANDOVER_SETTINGS, "the help desk")


def run(call: Call) -> int:
    """Talk until the person leaves."""
    settings, args = call.settings, call.args
    bot = Bot.load(settings.content, region=settings.region, cache=settings.cache)
    warn(bot.kb.warnings)
    refresh = None
    if args.watch:
        from bot.channels.terminal.watch import Watch

        refresh = Watch(settings.content or shipped()).refresh
    plain = args.plain or call.environment.get(PLAIN, "0") not in ("", "0")
    options = Options(plain, args.full, args.history, refresh, handovers_of(call))
    converse(bot, call.stdin, call.stdout, call.environment, options)
    return CLEAN
