"""Markdown laid out for a terminal: the one place that knows rich."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import Markdown, MarkdownElement, TableElement
from rich.table import Table

from bot.channels.terminal.screen import Show, columns


class FoldedTable(TableElement):
    """A table whose long words are broken where a column is narrow; rich would cut them off."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, every word of it whole."""
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                for column in table.columns:
                    column.overflow = "fold"
            yield table


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
