"""Show what people ask and do not get, and what would answer it.

What was declined, asked back, answered narrowly or answered to no help is grouped by likeness. A group is shown where
it comes from several conversations, with the intent that it might belong to and the lines of YAML to paste. Put the
phrasings into words of your own first: nobody's message belongs in the content.

examples:
  faqbot gaps
  faqbot gaps --since 30d --min 5
  faqbot gaps --json
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.cli import CLEAN, Call, age, log_of
from bot.engine import Bot
from bot.settings import DATABASE_SETTING, add_flags
from bot.stats.gaps import LEAST, Gap, gaps

LIMIT = 20


def register(parser: ArgumentParser) -> None:
    """Take the stretch of time, how many conversations a group needs, and the shape."""
    parser.add_argument("--since", type=age, metavar="AGE", help="36h, 7d or 4w; else all that is kept")
    text = f"conversations that a group must come from; default {LEAST}, as fewer might tell who it was"
    parser.add_argument("--min", type=_count, default=LEAST, metavar="N", help=text)
    parser.add_argument(
        "--limit", type=_count, default=LIMIT, metavar="N", help=f"groups shown at most; default {LIMIT}"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Print the groups, those from most conversations first."""
    bot = Bot.load(call.settings.content, region=call.settings.region, cache=call.settings.cache)
    since = datetime.now(UTC) - call.args.since if call.args.since is not None else None
    with log_of(call) as log:
        found = gaps(log.rows(since), bot, call.args.min, call.args.limit)
    if call.args.json:
        call.say(json.dumps({"gaps": [gap.to_dict() for gap in found]}, ensure_ascii=False, indent=2))
    elif found:
        call.say("\n\n".join("\n".join(_lines(number, gap)) for number, gap in enumerate(found, 1)))
        call.say("\nPut the phrasings into words of your own before you paste them.")
    else:
        call.say(f"No gap comes from {call.args.min} conversations or more.")
    return CLEAN


def _lines(number: int, gap: Gap) -> Iterator[str]:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in gap.outcomes.items())
    yield f"{number}. “{gap.texts[0]}”: {gap.turns} questions in {gap.conversations} conversations ({outcomes})"
    if gap.texts[1:]:
        yield f"   also {', '.join(f'“{text}”' for text in gap.texts[1:])}"
    if gap.suggestion:
        title, intent, score = gap.suggestion.title, gap.suggestion.intent, gap.suggestion.score
        yield f"   might belong to “{title}” ({intent}, {score:g} of 100)"
    else:
        yield "   nothing in the content comes near: a new intent"
    for paste in gap.paste:
        yield f"   {paste.file}, below {paste.below}"
        yield from paste.lines


def _count(typed: str) -> int:
    if not typed.isdecimal() or int(typed) < 1:
        raise ArgumentTypeError(f"{typed!r} is no number of 1 or more")
    return int(typed)
