"""Show what was asked, what came of it, and how fast.

A question is resolved where it was answered, and the same person did not ask it again, did not say that it was no help
and did not call for a person within seven days. Deflected are people who got an answer, and no ticket within
seven days. Small talk is no question.

examples:
  faqbot stats
  faqbot stats --since 30d --json
  faqbot stats --since 4w --html report.html
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cli import CLEAN, Call, age, aligned, log_of
from bot.engine import Bot
from bot.settings import DATABASE_SETTING, add_flags
from bot.stats import SHOWN, Line, Report, percent, told
from bot.stats.page import LABELS, LINE_COLUMNS, counted, line_cells, page

USUAL = "7d"
MOST_LINES = 20  # intents that are listed in the terminal


def register(parser: ArgumentParser) -> None:
    """Take the stretch of time and the shape."""
    parser.add_argument("--since", type=age, default=USUAL, metavar="AGE", help=f"36h, 7d or 4w; default {USUAL}")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one JSON object")
    shape.add_argument("--html", type=Path, metavar="FILE", help="write a page with charts, without scripts")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Print the report, or write it to a file."""
    kb = Bot.load(call.settings.content, cache=call.settings.cache).kb
    now = datetime.now(UTC)
    since: datetime = now - timedelta(seconds=call.args.since.total_seconds())
    with log_of(call) as log:
        report = told(log.rows(since), log.hand_overs(since), kb, now, since, _suggestions(call, since))
    if call.args.json:
        call.say(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    elif call.args.html:
        call.args.html.write_text(page(report), encoding="utf-8")
        call.say(f"written to {call.args.html}")
    else:
        call.say("\n".join(_lines(report)))
    return CLEAN


def _suggestions(call: Call, since: datetime) -> Mapping[str, int]:
    """What became of what was suggested to agents."""
    from bot.record.inbox import Inbox

    with Inbox.open(call.settings.database_url) as inbox:
        return inbox.outcomes(since)


def _lines(report: Report) -> Iterator[str]:
    if not report.turns:
        yield f"Nothing was asked since {report.since:%Y-%m-%d %H:%M} UTC."
        return
    rows = [(LABELS[kind], str(report.kinds[kind]), percent(report.share(kind))) for kind in SHOWN]
    yield from aligned([("questions", str(report.questions), ""), *rows])
    yield ""
    yield f"resolved: {report.resolved}; of these, {report.open} still within seven days"
    yield f"deflected: {report.deflected}"
    yield f"feedback: {report.helpful} helpful, {report.unhelpful} not helpful"
    latency = ", ".join(f"{name} {value:.1f} ms" for name, value in report.latency._asdict().items())
    yield f"latency: {latency}"
    for title, counts in counted(report):
        if counts:
            yield f"{title[0].lower()}{title[1:]}: {', '.join(f'{name} {number}' for name, number in counts.items())}"
    yield from _table("topic", report.topics)
    yield from _table("intent", report.intents[:MOST_LINES])


def _table(name: str, lines: Sequence[Line]) -> Iterator[str]:
    if lines:
        yield ""
        yield from aligned([(name, *LINE_COLUMNS[1:]), *map(line_cells, lines)])
