"""What each command imports: only what it needs, so that it starts at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import BuildContent

ROOT = Path(__file__).parents[1]
PROGRAM = """
import sys
from bot.cli import main
try:
    main(sys.argv[1:], {})
except SystemExit:
    pass
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
WATCHED = {"prompt_toolkit", "rich", "yaml", "rapidfuzz", "Stemmer", "asyncio", "sqlite3", "http", "importlib_metadata"}


def imported(arguments: list[str], typed: str = "") -> set[str]:
    """The libraries, of those that are watched, which a call loads with its output in a pipe."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, input=typed, capture_output=True, text=True, check=True
    )
    return WATCHED.intersection(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    ("arguments", "libraries"),
    [
        (["ask", "hours"], "yaml rapidfuzz Stemmer"),
        (["ask", "--json", "hours"], "yaml rapidfuzz Stemmer"),
        (["ask", "--explain", "hours"], "yaml rapidfuzz Stemmer"),
        (["chat"], "yaml rapidfuzz Stemmer"),
        (["test"], "yaml rapidfuzz Stemmer"),
        (["check"], "yaml rapidfuzz Stemmer"),
        (["topics"], "yaml rapidfuzz Stemmer"),
        (["config"], ""),
        (["--version"], ""),
    ],
    ids=str,
)
def test_a_command_imports_only_what_it_needs(content: BuildContent, arguments: list[str], libraries: str) -> None:
    assert imported(["--content", str(content()), *arguments]) <= set(libraries.split())


def test_help_imports_no_library_of_the_screen() -> None:
    assert not imported(["--help"]) & {"rich", "prompt_toolkit"}


def test_the_way_in_imports_little() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import bot.cli, sys; print(*(m for m in sys.modules if m.startswith('bot')))"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.split() == ["bot", "bot.errors", "bot.settings", "bot.cli"]


def test_what_is_set_is_shown_without_the_extra_of_help_desks(content: BuildContent) -> None:
    program = "import sys; sys.modules['httpx'] = None; from bot.cli import main; sys.exit(main(sys.argv[1:], {}))"
    done = subprocess.run(
        [sys.executable, "-c", program, "config", "--content", str(content())],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["export", "forget someone", "gaps", "purge", "stats", "desk status"])
def test_a_command_that_reads_the_log_says_which_extra_it_needs(content: BuildContent, command: str) -> None:
    program = "import sys; sys.modules['sqlalchemy'] = None; from bot.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, *command.split(), "--content", str(content())],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"FAQBOT_SECRET": "0123456789abcdef"},
    )  # fmt: skip

    assert done.returncode == 2
    assert "pip install 'faqbot[web" in done.stderr
