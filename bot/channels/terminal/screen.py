"""How Markdown comes onto a screen, or into a pipe."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap
from typing import TextIO

Show = Callable[[str], None]

INDENTED = ("- ", "* ")  # items of a list, whose further lines are set in


def plainly(stdout: TextIO) -> Show:
    """Shows Markdown as it was written; on a terminal no line is cut within a word, tables aside."""

    def show(text: str) -> None:
        width = shutil.get_terminal_size().columns if stdout.isatty() else 0
        stdout.write("\n".join(line for given in text.splitlines() for line in _fitted(given, width)) + "\n")
        stdout.flush()

    return show


def rendered(stdout: TextIO, environment: Mapping[str, str]) -> Show:
    """Shows Markdown with bold type, lists and tables, as wide as the terminal is at that moment."""
    from rich.console import Console  # 50 ms that a pipe need not wait for
    from rich.markdown import Markdown

    def show(text: str) -> None:
        console = Console(file=stdout, no_color=bool(environment.get("NO_COLOR")), highlight=False)
        console.print(Markdown(text, hyperlinks=False))
        stdout.flush()

    return show


def capable(stdout: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether the output is a terminal that understands more than text."""
    return stdout.isatty() and environment.get("TERM", "dumb") not in ("dumb", "unknown", "")


def best(stdout: TextIO, environment: Mapping[str, str]) -> Show:
    """`rendered` where the output is capable of it, else `plainly`."""
    return rendered(stdout, environment) if capable(stdout, environment) else plainly(stdout)


def _fitted(line: str, width: int) -> Iterator[str]:
    if not width or len(line) <= width or line.startswith("|"):
        yield line
        return
    yield from wrap(line, width, subsequent_indent="  " if line.startswith(INDENTED) else "", break_on_hyphens=False)
