"""The line editor: the one place that knows prompt_toolkit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style

from bot.channels.terminal.completion import SHOWN
from bot.channels.terminal.history import private

STYLE = Style([("hint", "ansibrightblack"), ("bottom-toolbar", "noreverse ansibrightblack")])
BETWEEN = " · "  # parts of the toolbar
LEAST_BEGUN = 3  # letters, before the rest of a title is suggested


@dataclass(frozen=True, slots=True)
class Help:
    """What the editor offers while somebody types: each is asked anew for every line."""

    hint: str  # stands in an empty line
    suggest: Callable[[str], Sequence[str]]  # lines that may be meant by what was typed, best first
    about: Callable[[str], str]  # what is said beside a suggested line
    choices: Callable[[], Sequence[str]]  # what was offered last, for the arrow keys
    toolbar: Callable[[], str]


class Suggested(Completer):
    """Offers whole lines for what was typed of one, and the choices in an empty one."""

    def __init__(self, help_: Help) -> None:
        self._help = help_

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """The lines, each in place of all that was typed."""
        typed = document.text_before_cursor
        if not typed:
            for number, line in enumerate(self._help.choices(), 1):
                yield Completion(line, display=f"{number} {line}", display_meta=self._help.about(line))
            return
        for line in self._help.suggest(typed):
            yield Completion(line, start_position=-len(typed), display_meta=self._help.about(line))


class Rest(AutoSuggest):
    """Suggests the rest of a line that was begun to the letter; the right arrow takes it."""

    def __init__(self, help_: Help) -> None:
        self._help = help_

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What is left of the first line that begins so."""
        typed = document.text
        if len(typed) < LEAST_BEGUN:
            return None
        begun = (line for line in self._help.suggest(typed) if line.lower().startswith(typed.lower()))
        return next((Suggestion(line[len(typed) :]) for line in begun), None)


class Editor:
    """Reads lines that a person types, completed while they do."""

    def __init__(
        self, mark: str, help_: Help, history: Path | None = None, *,
        stdin: Input | None = None, stdout: Output | None = None,
    ) -> None:  # fmt: skip
        """`history`: a file that keeps the lines, for this user's eyes only; raises ChannelError where it cannot."""
        kept = FileHistory(str(private(history))) if history else InMemoryHistory()
        self._prompt: PromptSession[str] = PromptSession(
            mark,
            placeholder=[("class:hint", help_.hint)],
            style=STYLE,
            completer=Suggested(help_),
            auto_suggest=Rest(help_),
            history=kept,
            bottom_toolbar=lambda: [("class:bottom-toolbar", shortened(help_.toolbar(), _columns()))],
            complete_while_typing=True,
            complete_in_thread=False,
            enable_suspend=True,
            reserve_space_for_menu=SHOWN,
            key_bindings=_keys(help_),
            input=stdin,
            output=stdout,
        )

    def lines(self) -> Iterator[str]:
        """The lines until Ctrl-D on an empty one. Ctrl-C clears the line."""
        while True:
            try:
                yield self._prompt.prompt()
            except EOFError:
                return

    def forget(self) -> None:
        """Forget the lines typed so far, those in a history file aside."""
        if isinstance(self._prompt.history, InMemoryHistory):
            self._prompt.history = self._prompt.default_buffer.history = InMemoryHistory()


def shortened(line: str, width: int) -> str:
    """A line of parts in as many columns: the last parts go first, then the end of the first part.

    >>> shortened("What tea is and does · /help · Tab completes", 24)
    'What tea is and… · /help'
    >>> shortened("Tea · /help", 24)
    'Tea · /help'
    """
    first, *others = line.split(BETWEEN)
    while len(others) > 1 and len(BETWEEN.join((first, *others))) > width:
        others.pop()
    left = width - len("".join(BETWEEN + one for one in others))
    shown = first if len(first) <= left else first[: max(0, left - 1)] + "…"
    return BETWEEN.join((shown, *others))


def _columns() -> int:
    from prompt_toolkit.application import get_app

    return get_app().output.get_size().columns


def _keys(help_: Help) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("c-c")
    def clear(event: KeyPressEvent) -> None:
        event.current_buffer.reset()

    @Condition
    def offering() -> bool:
        from prompt_toolkit.application import get_app

        return not get_app().current_buffer.text and bool(help_.choices())

    @keys.add("down", filter=offering)
    def pick(event: KeyPressEvent) -> None:
        event.current_buffer.start_completion(select_first=True)

    return keys
