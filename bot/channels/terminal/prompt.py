"""The line editor: the one place that knows prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from bot.channels.terminal.completion import SHOWN

STYLE = Style([("hint", "ansibrightblack")])

Suggest = Callable[[str], Sequence[str]]


class Suggested(Completer):
    """Offers whole lines for what was typed of one."""

    def __init__(self, suggest: Suggest) -> None:
        """`suggest` gives the lines that may be meant, best first."""
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The lines, each in place of all that was typed."""
        typed = document.text_before_cursor
        for line in self._suggest(typed):
            yield Completion(line, start_position=-len(typed))


def lines(
    mark: str, hint: str, suggest: Suggest, *, stdin: Input | None = None, stdout: Output | None = None
) -> Iterator[str]:
    """The lines that a person types, completed while they do, until Ctrl-D on an empty line.

    Ctrl-C clears the line. `hint` stands in an empty line.
    """
    keys = KeyBindings()

    @keys.add("c-c")
    def clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    editor: PromptSession[str] = PromptSession(
        mark,
        placeholder=[("class:hint", hint)],
        style=STYLE,
        completer=Suggested(suggest),
        complete_while_typing=True,
        reserve_space_for_menu=SHOWN,
        key_bindings=keys,
        input=stdin,
        output=stdout,
    )
    while True:
        try:
            yield editor.prompt()
        except EOFError:
            return
