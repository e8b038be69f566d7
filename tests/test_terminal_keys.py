"""The chat under a person's fingers: the line editor, and the whole command at a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.channels.terminal.prompt import Editor, Help, Rest, Suggested
from bot.errors import ChannelError
from tests.conftest import BuildContent

ROOT = Path(__file__).parents[1]
QUIET = {"PROMPT_TOOLKIT_NO_CPR": "1"}  # nobody here answers where the cursor is
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d|10\d)(?:;\d+)*m")


NO_HELP = Help("", lambda typed: (), lambda line: "", lambda: (), lambda: "")


def test_the_rest_of_a_title_is_suggested_once_it_was_begun() -> None:
    rest = Rest(replace(NO_HELP, suggest=lambda typed: ["Can I pay by card?"]))

    assert rest.get_suggestion(Buffer(), Document("ca")) is None
    found = rest.get_suggestion(Buffer(), Document("can i"))
    assert found is not None
    assert found.text == " pay by card?"


def test_a_history_is_kept_for_this_user_alone(tmp_path: Path) -> None:
    kept = tmp_path / "history"
    with create_pipe_input() as keyboard:
        keyboard.send_text("what are your hours\r\x04")
        list(Editor("> ", NO_HELP, kept, stdin=keyboard, stdout=DummyOutput()).lines())

    assert "what are your hours" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_history_that_cannot_be_kept_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="cannot keep a history"):
        Editor("> ", NO_HELP, tmp_path / "no" / "such", stdin=None, stdout=DummyOutput())


def test_the_editor_clears_a_line_on_ctrl_c_and_leaves_on_ctrl_d() -> None:
    with create_pipe_input() as keyboard:
        keyboard.send_text("forget this\x03what are your hours\r\x04")

        typed = list(Editor("> ", NO_HELP, stdin=keyboard, stdout=DummyOutput()).lines())

    assert typed == ["what are your hours"]


def test_a_suggestion_takes_the_place_of_all_that_was_typed() -> None:
    completer = Suggested(replace(NO_HELP, suggest=lambda typed: [f"{typed}, all of it"]))

    (found,) = completer.get_completions(Document("holi"), CompleteEvent())

    assert (found.text, found.start_position) == ("holi, all of it", -len("holi"))


@contextmanager
def at_a_terminal(folder: Path, columns: int, *arguments: str, **environment: str) -> Iterator[int]:
    """`faqbot chat` at a terminal of so many columns: the file to type into and to read from."""
    keyboard, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "chat", "--content", str(folder), *arguments],
        cwd=ROOT, stdin=end, stdout=end, stderr=end, env={**kept, **QUIET, **environment}, start_new_session=True,
    )  # fmt: skip
    os.close(end)
    try:
        yield keyboard
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


def seen(terminal: int, wanted: str) -> str:
    """What the terminal shows up to and with the wanted text, waited for two minutes at most."""
    shown = b""
    until = time.monotonic() + 120
    while wanted.encode() not in shown and time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 65_536)
    text = shown.decode(errors="replace")
    assert wanted in text
    return text


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [((), {"TERM": "xterm-256color"}), ((), {"TERM": "xterm", "NO_COLOR": "1"}), ((), {"TERM": "dumb"}),
     (("--plain",), {"TERM": "xterm"})],
)  # fmt: skip
def test_a_person_can_chat_in_forty_columns(
    content: BuildContent, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    with at_a_terminal(content(), 40, *arguments, **environment) as terminal:
        shown = seen(terminal, "> ")
        os.write(terminal, b"what are your hours\r")
        shown += seen(terminal, "holidays?")
        os.write(terminal, b"1\r")
        shown += seen(terminal, "No.")
        os.write(terminal, b"/quit\r")

    if environment["TERM"] == "dumb" or arguments:
        assert "\x1b" not in shown
    assert ("NO_COLOR" not in environment) or not COLOUR.search(shown)
