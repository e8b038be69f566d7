"""A conversation on a terminal, one line after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TextIO

from bot.channels.terminal.completion import suggestions
from bot.channels.terminal.history import private
from bot.channels.terminal.screen import CLEARED, Show, best, capable, plainly
from bot.channels.terminal.session import COMMANDS, Session, Turn, begin, take
from bot.engine import Bot
from bot.handover import HandOvers

if TYPE_CHECKING:
    from bot.channels.terminal.prompt import Editor

MARK = "> "
FINGERPRINT = 8  # characters of the content's hash that are shown


class Options(NamedTuple):
    """How a conversation is shown and kept."""

    plain: bool = False  # no line editor, no styles
    full: bool = False  # whole answers at once
    history: Path | None = None
    refresh: Callable[[Bot], tuple[Bot, str]] | None = None  # the bot to go on with, and what is said of it
    handovers: HandOvers | None = None


class Conversation:
    """What a person types at a terminal, and what is shown for it."""

    def __init__(self, bot: Bot, stdout: TextIO, show: Show, aloud: Show, options: Options) -> None:
        """`show` lays a page out, `aloud` shows it at once and plainly."""
        self._turn = begin(bot, full=options.full, handovers=options.handovers)
        self._stdout, self._show, self._aloud, self._options = stdout, show, aloud, options
        self._editor: Editor | None = None

    @property
    def session(self) -> Session:
        """As it stands after the last line."""
        return self._turn.session

    def talk(self, lines: Iterable[str]) -> None:
        """Answer every line until they end or a person leaves."""
        self._aloud(self._turn.page)  # plain text, which need not wait for what lays a page out
        self._stdout.write("\n")
        for line in lines:
            self._refreshed()
            self._turn = take(self.session, line)
            if self._turn.afresh:
                self._forget()
            self._say(self._turn)
            if self._turn.over:
                return

    def edited(self) -> Iterator[str]:
        """The lines of a person at a keyboard, completed over the titles."""
        from bot.channels.terminal.prompt import Editor, Help  # 130 ms that nobody else waits for

        voice = self.session.voice
        help_ = Help(voice.say("prompt_hint"), self._suggested, self._about, self._choices, self._toolbar)
        self._editor = Editor(MARK, help_, self._options.history)
        return self._editor.lines()

    def _say(self, turn: Turn) -> None:
        if turn.page:
            self._stdout.write("\n")
            (self._aloud if turn.urgent else self._show)(turn.page)
            self._stdout.write("\n")

    def _refreshed(self) -> None:
        """Go on with changed content, and say so."""
        if self._options.refresh:
            bot, said = self._options.refresh(self.session.bot)
            self._turn = Turn(self.session.with_bot(bot), said)
            self._say(self._turn)

    def _forget(self) -> None:
        if self._editor:
            self._editor.forget()
            self._stdout.write(CLEARED)

    def _suggested(self, typed: str) -> list[str]:
        titles = [intent.title for intent in self.session.bot.kb.intents.values()]
        return suggestions(typed, titles, tuple(COMMANDS))

    def _about(self, line: str) -> str:
        kb = self.session.bot.kb
        topic = next((intent.topic for intent in kb.intents.values() if intent.title == line), "")
        if topic in kb.topics:
            return kb.topics[topic].title
        return self.session.voice.say(f"command_{line[1:]}") if line.startswith("/") else ""

    def _choices(self) -> list[str]:
        reply = self.session.reply
        return [choice.title for choice in reply.choices] if reply else []

    def _toolbar(self) -> str:
        kb, context = self.session.bot.kb, self.session.context
        topics = (kb.intents[intent].topic for intent in context.intents if intent in kb.intents)
        title = next((kb.topics[topic].title for topic in topics if topic in kb.topics), "–")
        return self.session.voice.say("toolbar", topic=title, kb=kb.hash[:FINGERPRINT])


def converse(
    bot: Bot, stdin: TextIO, stdout: TextIO, environment: Mapping[str, str], options: Options | None = None
) -> None:
    """Talk until the lines end or a person leaves.

    With a capable terminal at both ends the line is edited, and completed over the titles; else, and with `plain`,
    lines are read as they come. Raises ChannelError for a history that cannot be kept, also where no line is edited.
    """
    options = options or Options()
    if options.history:
        private(options.history)
    aloud = plainly(stdout)
    show = aloud if options.plain else best(stdout, environment)
    conversation = Conversation(bot, stdout, show, aloud, options)
    editing = not options.plain and stdin.isatty() and capable(stdout, environment)
    conversation.talk(conversation.edited() if editing else plain_lines(stdin, stdout))


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
