"""How Markdown comes onto a screen, or into a pipe."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TextIO

Show = Callable[[str], None]

MOST_COLUMNS = 100  # longer lines are hard to read
CLEARED = "\x1b[2J\x1b[3J\x1b[H"  # empties the screen and what can be scrolled back to
BOLD = re.compile(r"\*\*(.+?)\*\*")
ASIDE = re.compile(r"\*[^*]+\*")  # a line in italics
INDENTED = ("- ", "* ")  # items of a list, whose further lines are set in


def plainly(stdout: TextIO) -> Show:
    """Shows Markdown as it was written; on a terminal no line is cut within a word, and no table is too wide."""

    def show(text: str) -> None:
        width = columns(stdout)
        lines = text.splitlines() if width is None else _linear(text.splitlines(), width)
        stdout.write("\n".join(line for given in lines for line in _fitted(given, width)) + "\n")
        stdout.flush()

    return show


def columns(stdout: TextIO) -> int | None:
    """The width of lines on a terminal at this moment; None where the output is no terminal."""
    if not stdout.isatty():
        return None
    try:
        wide = os.get_terminal_size(stdout.fileno()).columns
    except (OSError, ValueError):  # no file behind it
        from shutil import get_terminal_size

        wide = get_terminal_size().columns
    return min(MOST_COLUMNS, wide) if wide else None


def capable(stdout: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether the output is a terminal that understands more than text."""
    return stdout.isatty() and environment.get("TERM", "dumb") not in ("dumb", "unknown", "")


def best(stdout: TextIO, environment: Mapping[str, str]) -> Show:
    """Shows Markdown laid out where the output is capable of that, else as it was written."""
    if not capable(stdout, environment):
        return plainly(stdout)

    def show(text: str) -> None:
        from bot.channels.terminal.layout import rendered  # 50 ms that neither a pipe nor a prompt need wait for

        rendered(stdout, environment)(text)

    return show


def _linear(lines: Sequence[str], width: int) -> Iterator[str]:
    """Lines without the marks of bold type, and a table that is too wide row by row: its name, then every cell."""
    for is_table, run in groupby(lines, lambda line: line.startswith("|")):
        block = [BOLD.sub(r"\1", line) for line in run]
        if not is_table or len(block) < 3 or max(map(len, block)) <= width:
            yield from block
            continue
        titles, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in block)
        for name, *cells in rows:
            yield name
            yield from (f"- {title}: {cell}" for title, cell in zip(titles[1:], cells, strict=False) if cell)


def _fitted(line: str, width: int | None) -> Iterator[str]:
    if ASIDE.fullmatch(line):
        line = line.strip("*")
    if width is None or len(line) <= width or line.startswith("|"):
        yield line
        return
    from textwrap import wrap

    yield from wrap(line, width, subsequent_indent="  " if line.startswith(INDENTED) else "", break_on_hyphens=False)
