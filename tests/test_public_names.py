from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bot

ROOT = Path(__file__).parents[1]
PUBLIC = (
    "Alarmed", "Answered", "Asked", "Bot", "Context", "Declined", "Explanation", "KnowledgeBase", "Match", "Reply",
)  # fmt: skip


def test_the_public_names_are_these() -> None:
    assert tuple(bot.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(bot, name).__name__ == name
    assert name in dir(bot)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'bot' has no attribute 'Robot'"):
        _ = bot.Robot


def test_importing_the_package_reads_no_other_module_of_it() -> None:
    code = "import sys, bot; print([name for name in sys.modules if name.startswith('bot.') or name == 'yaml'])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"


def test_the_package_is_typed() -> None:
    assert Path(bot.__path__[0], "py.typed").is_file()
