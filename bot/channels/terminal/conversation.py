"""A conversation on a terminal, one line after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from bot.channels.terminal.completion import suggestions
from bot.channels.terminal.screen import Show, best, capable, plainly
from bot.channels.terminal.session import COMMANDS, Turn, begin, take
from bot.engine import Bot

MARK = "> "


def converse(bot: Bot, stdin: TextIO, stdout: TextIO, environment: Mapping[str, str], *, plain: bool = False) -> None:
    """Talk until the lines end or a person leaves.

    With a capable terminal at both ends the line is edited, and completed over the titles; else, and with `plain`,
    lines are read as they come.
    """
    aloud = plainly(stdout)
    show = aloud if plain else best(stdout, environment)
    turn = begin(bot)
    if not plain and stdin.isatty() and capable(stdout, environment):
        lines = _edited_lines(bot, turn.session.voice.say("prompt_hint"))
    else:
        lines = plain_lines(stdin, stdout)
    _talk(turn, lines, stdout, show, aloud)


def _talk(turn: Turn, lines: Iterable[str], stdout: TextIO, show: Show, aloud: Show) -> None:
    show(turn.page)
    stdout.write("\n")
    for line in lines:
        turn = take(turn.session, line)
        if turn.page:
            stdout.write("\n")
            (aloud if turn.urgent else show)(turn.page)
            stdout.write("\n")
        if turn.over:
            return


def plain_lines(stdin: TextIO, stdout: TextIO) -> Iterator[str]:
    """The lines of a stream; each is repeated behind the mark, unless it was typed there."""
    typed = stdin.isatty()
    while True:
        try:
            if typed:
                stdout.write(MARK)
                stdout.flush()
            line = stdin.readline()
        except KeyboardInterrupt:
            if not typed:
                raise
            stdout.write("\n")  # the terminal has dropped the line; a new one begins
            continue
        if not line:
            break
        if not typed and line.strip():
            stdout.write(f"{MARK}{line.rstrip()}\n")
        yield line
    if typed:
        stdout.write("\n")


def _edited_lines(bot: Bot, hint: str) -> Iterator[str]:
    from bot.channels.terminal.prompt import lines  # 130 ms that nobody but a person at a keyboard waits for

    kb = bot.kb
    titles = tuple(intent.title for intent in kb.intents.values())
    return lines(MARK, hint, lambda typed: suggestions(typed, titles, tuple(COMMANDS)))
