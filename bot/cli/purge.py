"""Delete what is older than may be kept from the conversation log.

`faqbot serve` does so every day. Without --older-than it is what FAQBOT_KEEP_DAYS says, 30 days by default.

examples:
  faqbot purge
  faqbot purge --older-than 7d
"""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta

from bot.cli import CLEAN, Call, age, log_of
from bot.settings import DATABASE_SETTING, add_flags


def register(parser: ArgumentParser) -> None:
    """Take the age."""
    parser.add_argument("--older-than", type=age, metavar="AGE", help="for example 36h, 30d or 4w")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Delete, and say how many turns went."""
    kept: timedelta = call.args.older_than or timedelta(days=call.settings.keep_days)
    before = datetime.now(UTC) - kept
    with log_of(call) as log:
        gone = log.purge(before)
    from bot.record.inbox import Inbox  # of the same extra as the log

    with Inbox.open(call.settings.database_url) as inbox:
        inbox.purge(before)
    call.say(f"deleted: {gone} turn{'' if gone == 1 else 's'} from before {before:%Y-%m-%d %H:%M} UTC")
    return CLEAN
