"""The chat in a real terminal: tmux types, and what is on the screen is read."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REQUIRED = bool(os.environ.get("FAQBOT_TEST_TMUX"))  # continuous integration installs it, and must not skip
SOON = 120.0  # seconds to wait at most for what must appear; content that is read anew takes a while

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and not REQUIRED, reason="tmux is not installed: apt-get install tmux"
)


class Screen:
    """A window of tmux in which the chat runs."""

    def __init__(self, socket: Path, columns: int, command: str) -> None:
        self._socket = str(socket)
        self.tmux("new-session", "-d", "-x", str(columns), "-y", "40", command)

    def tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", "/dev/null", *arguments], capture_output=True, text=True, check=True
        )
        return done.stdout

    def type(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def write(self, text: str) -> None:
        self.tmux("send-keys", "-l", text)

    def shows(self, wanted: str) -> str:
        """The screen once it shows the wanted text, however wrapped."""
        until = time.monotonic() + SOON
        shown = ""
        while time.monotonic() < until:
            shown = self.tmux("capture-pane", "-p", "-S", "-200")
            if wanted in " ".join(shown.split()):
                return shown
            time.sleep(0.05)
        raise AssertionError(f"{wanted!r} does not appear in:\n{shown}")

    def ends(self) -> bool:
        """Whether the command has ended by itself."""
        until = time.monotonic() + SOON
        while time.monotonic() < until:
            if subprocess.run(["tmux", "-S", self._socket, "has-session"], capture_output=True).returncode:
                return True
            time.sleep(0.05)
        return False


@pytest.fixture(params=[40, 80, 160])
def screen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Screen]:
    environment = {"TERM": "screen-256color", "FAQBOT_CACHE": str(tmp_path / "cache"), "LANG": "C.UTF-8"}
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    window = Screen(tmp_path / "socket", request.param, f"cd {ROOT}; {settings} {sys.executable} -m bot chat")
    yield window
    subprocess.run(["tmux", "-S", str(tmp_path / "socket"), "kill-server"], capture_output=True)


def test_a_person_completes_a_question_picks_a_follow_up_asks_why_and_quits(screen: Screen) -> None:
    screen.shows("/help")
    screen.write("bladder")
    screen.shows("Can ketamine damage the bladder?")  # the menu
    screen.type("Tab", "Enter")
    screen.shows("ketamine bladder syndrome")
    screen.shows("What are the long-term risks")
    screen.type("Down")
    screen.shows("> What are the long-term risks")
    screen.type("Down")
    screen.shows("> Why must ketamine")
    screen.type("Enter")
    screen.shows("structured")
    screen.write("/why")
    screen.type("Enter")
    screen.shows("The nearest questions")
    screen.write("/quit")
    screen.type("Enter")

    assert screen.ends()


def test_ctrl_c_clears_the_line_a_long_paste_is_one_message_and_ctrl_d_leaves(screen: Screen) -> None:
    screen.shows("/help")
    screen.write("what is ketam")
    screen.type("C-c")
    screen.tmux("set-buffer", "is it a lot of text\n" * 199 + "he is not breathing")
    screen.tmux("paste-buffer", "-p")
    screen.type("Enter")
    screen.shows("emergency")
    screen.type("C-d")

    assert screen.ends()
