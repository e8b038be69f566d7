"""Markdown laid out for a terminal: the one place that knows rich."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.channels.terminal.screen import Show, columns

GAP = 2  # columns of a screen between two of a table


class FoldedTable(TableElement):
    """A table that loses nothing; where its words do not fit side by side, its rows stand below each other."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, every word of it whole."""
        for table in super().__rich_console__(console, options):
            if not isinstance(table, Table):
                yield table
            elif sum(widths := _widths(table)) + GAP * (len(widths) + 1) > options.max_width:
                yield from _stacked(table)
            else:
                for column, width in zip(table.columns, widths, strict=True):
                    column.overflow, column.min_width = "fold", width
                yield table


def _widths(table: Table) -> list[int]:
    """For every column of a table how wide it must be: no word is broken, and no name of a row, which comes first."""
    cells = [[str(cell) for cell in (column.header, *column.cells)] for column in table.columns]
    whole = [cells[0], *([word for cell in column for word in cell.split()] for column in cells[1:])] if cells else []
    return [max(map(cell_len, column), default=0) for column in whole]


def _stacked(table: Table) -> Iterator[Text | Padding]:
    """The rows of a table one below the other, each cell behind the title of its column."""
    titles = [column.header for column in table.columns]
    for name, *row in zip(*(column.cells for column in table.columns), strict=True):
        yield Text(str(name), style="bold")
        for title, cell in zip(titles[1:], row, strict=True):
            if not str(cell):
                continue
            yield Padding(Text(f"{title}: {cell}"), (0, 0, 0, 2))


class Laid(Markdown):
    """Markdown with tables that lose nothing."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {**Markdown.elements, "table_open": FoldedTable}


def rendered(stdout: TextIO, environment: Mapping[str, str]) -> Show:
    """Shows Markdown with bold type, lists and tables, as wide as the terminal is at that moment."""

    def show(text: str) -> None:
        plain = bool(environment.get("NO_COLOR"))
        console = Console(file=stdout, width=columns(stdout), no_color=plain, highlight=False)
        console.print(Laid(text, hyperlinks=False))
        stdout.flush()

    return show
