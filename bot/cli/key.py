"""Make a key for the HTTP service.

The key itself goes to standard output and is shown once. The line to keep goes to standard error, or to the end of
--file, which is made for your eyes only; name that file by FAQBOT_KEYS_FILE, or put lines into FAQBOT_KEYS. To withdraw
a key, delete its line and start the service again.

examples:
  faqbot key help-desk
  faqbot key operator --admin --file keys.txt
"""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser
from pathlib import Path

from bot.cli import CLEAN, Call
from bot.errors import ChannelError, SettingError

PRIVATE = 0o600
NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)


def register(parser: ArgumentParser) -> None:
    """Take whose key it is, and what for."""
    parser.add_argument("name", metavar="NAME", help="whose key it is: letters, digits, dots and dashes")
    parser.add_argument("--admin", action="store_true", help="for the endpoints of an admin, too")
    parser.add_argument("--file", metavar="FILE", type=Path, help="add the line to FILE")


def run(call: Call) -> int:
    """Print a new key."""
    try:
        from bot.channels.web.keys import ADMIN, ASK, made
    except ImportError as error:
        raise ChannelError(f"faqbot key needs its extra: pip install 'faqbot[web]' ({error})") from error
    if not NAME.fullmatch(call.args.name):
        raise SettingError(f"{call.args.name!r} is no name for a key: use letters, digits, dots and dashes")
    key, kept = made(call.args.name, ADMIN if call.args.admin else ASK)
    if call.args.file:
        with open(call.args.file, "a", encoding="utf-8", opener=_private) as file:
            file.write(kept.line() + "\n")
    else:
        print(f"keep this line: {kept.line()}", file=sys.stderr)
    call.say(key)
    return CLEAN


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, PRIVATE)
