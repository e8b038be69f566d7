"""Delete everything of one person from the conversation log.

A person is known by the address that questions came from, or in Slack by the word slack and the ids of workspace and
user: the log holds a hash of it, which the same FAQBOT_SECRET as that of the service makes again. A turn is known by
the id that its reply carried.

examples:
  faqbot forget 203.0.113.7
  faqbot forget "slack T0123ABCD U0456EFGH"
  faqbot forget --turn 3f0c9a42d5e8b1760c9f

exit codes: 0 something was deleted, 1 there was nothing, 2 it could not be done
"""

from __future__ import annotations

from argparse import ArgumentParser

from bot.cli import CLEAN, FINDINGS, Call, log_of
from bot.errors import SettingError
from bot.privacy import hashed
from bot.settings import DATABASE_SETTING, add_flags, variable


def register(parser: ArgumentParser) -> None:
    """Take whom or what to forget."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("person", metavar="PERSON", nargs="?", help="an address, or 'slack TEAM USER'")
    which.add_argument("--turn", metavar="ID", help="the id of one turn")
    which.add_argument("--conversation", metavar="ID", help="the id of a whole conversation")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Delete, and say how many turns went."""
    args, secret = call.args, call.settings.secret
    if args.person and not secret:
        raise SettingError(f"{variable('secret')} is not set: without it nobody can be found again in the log")
    person = hashed(args.person, secret) if args.person else ""
    with log_of(call) as log:
        gone = log.forget(person=person, turn=args.turn or "", conversation=args.conversation or "")
    call.say(f"deleted: {gone} turn{'' if gone == 1 else 's'}")
    return CLEAN if gone else FINDINGS
