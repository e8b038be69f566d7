"""Write the conversation log out, a turn a line.

Every line is a JSON object with the turn, its feedback and its hand-overs; --csv makes it a table instead. Texts are
redacted, and persons are hashes; it is people's conversation all the same: keep it as you keep the log.

examples:
  faqbot export > log.jsonl
  faqbot export --since 7d --csv > log.csv
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bot.cli import CLEAN, Call, age, log_of
from bot.settings import DATABASE_SETTING, add_flags

if TYPE_CHECKING:
    from bot.record import Log

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that starts so for a formula


def register(parser: ArgumentParser) -> None:
    """Take the stretch of time and the shape."""
    parser.add_argument("--since", type=age, metavar="AGE", help="only what is younger, for example 36h, 7d or 4w")
    parser.add_argument("--csv", action="store_true", help="a table, rather than JSON lines")
    add_flags(parser, DATABASE_SETTING, "the log")


def run(call: Call) -> int:
    """Write every turn, oldest first."""
    since = datetime.now(UTC) - call.args.since if call.args.since is not None else None
    with log_of(call) as log:
        turns = _turns(log, since)
        if call.args.csv:
            _write_table(call, turns)
        else:
            for turn in turns:
                call.stdout.write(json.dumps(turn, ensure_ascii=False) + "\n")
    call.stdout.flush()
    return CLEAN


def _turns(log: Log, since: datetime | None) -> Iterator[dict[str, Any]]:
    """The turns as JSON values, each with its hand-overs."""
    passed_on: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in log.hand_overs(since):
        passed_on[row["turn"]].append(
            {"time": row["time"].isoformat(), "reason": row["reason"], "result": row["result"]}
        )
    for row in log.rows(since):
        yield {**row, "time": row["time"].isoformat(), "handovers": passed_on.get(row["turn"], [])}


def _write_table(call: Call, turns: Iterator[dict[str, Any]]) -> None:
    table: csv.DictWriter[str] | None = None
    for turn in turns:
        if table is None:
            table = csv.DictWriter(call.stdout, list(turn), lineterminator="\n")
            table.writeheader()
        table.writerow(_cells(turn))


def _cells(turn: Mapping[str, Any]) -> dict[str, str]:
    """The values as cells: lists with spaces between, and nothing that a spreadsheet would run."""
    cells = {}
    for name, value in turn.items():
        if name == "handovers":
            text = "; ".join(f"{one['time']} {one['reason']}: {one['result']}" for one in value)
        else:
            text = " ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        cells[name] = "'" + text if text.startswith(FORMULA) else text
    return cells
