"""What a conversation costs: a reply with context beside one without, and the chat up to its prompt.

python -m benchmarks.dialogue [SUITE.yaml ...] [--rounds 30]
"""

from __future__ import annotations

import argparse
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

from bot.dialogue import Context
from bot.engine import Bot
from bot.knowledge.suites import Question, read_suites

ROOT = Path(__file__).parents[1]
USUAL = ROOT / "tests" / "questions" / "dialogues.yaml"
BARE = (sys.executable, "-c", "import prompt_toolkit")
CHAT = (sys.executable, "-m", "bot", "chat")
PROMPT = b"a question, a number"  # the hint behind the mark


def milliseconds_of_replies(bot: Bot, turns: Sequence[tuple[str, Context | None]]) -> float:
    """The median over turns of the best of five replies."""
    found = []
    for message, context in turns:
        times = []
        for _ in range(5):
            start = perf_counter()
            bot.reply(message, context)
            times.append(perf_counter() - start)
        found.append(min(times))
    return 1000 * median(found)


def later_turns(bot: Bot, questions: Sequence[Question]) -> list[tuple[str, Context | None]]:
    """Every turn of the dialogues but the first, with its context."""
    found: list[tuple[str, Context | None]] = []
    for question in questions:
        context: Context | None = None
        for message in question.before:
            context = bot.reply(message, context).context
        if question.before:
            found.append((question.question, context))
    return found


def seconds_to_prompt() -> float:
    """How long the chat takes at a terminal until it waits for a line."""
    environment = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    keyboard, end = pty.openpty()
    start = perf_counter()
    process = subprocess.Popen(CHAT, cwd=ROOT, env=environment, stdin=end, stdout=end, stderr=subprocess.DEVNULL)
    os.close(end)
    shown = b""
    while PROMPT not in shown:
        shown += os.read(keyboard, 65_536)
    taken = perf_counter() - start
    os.write(keyboard, b"/quit\r")
    try:
        while os.read(keyboard, 65_536):
            pass
    except OSError:  # the other end is closed
        pass
    process.wait()
    os.close(keyboard)
    return taken


def seconds_bare() -> float:
    """How long importing the line editor takes, as a whole process."""
    start = perf_counter()
    subprocess.run(BARE, check=True)
    return perf_counter() - start


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dialogue", description=__doc__)
    parser.add_argument("suites", nargs="*", type=Path, default=[USUAL], help="suites that hold dialogues")
    parser.add_argument("--rounds", type=int, default=20, help="of every process (default: 20)")
    arguments = parser.parse_args()
    bot = Bot.load()
    turns = later_turns(bot, read_suites(arguments.suites)[0])
    alone = milliseconds_of_replies(bot, [(message, None) for message, _ in turns])
    within = milliseconds_of_replies(bot, turns)
    print("| reply to the later turns of dialogues | median ms | beside no context |\n|---|---|---|")
    print(f"| without context | {alone:.2f} | 1.0 × |\n| with context | {within:.2f} | {within / alone:.2f} × |\n")
    both = [(seconds_bare(), seconds_to_prompt()) for _ in range(arguments.rounds + 1)][1:]
    bare, chat = (1000 * median(times) for times in zip(*both, strict=True))
    print("| whole process | median ms | beside the import |\n|---|---|---|")
    print(f"| python -c 'import prompt_toolkit' | {bare:.0f} | 1.0 × |")
    print(f"| faqbot chat, to its prompt | {chat:.0f} | {chat / bare:.1f} × |")


if __name__ == "__main__":
    main()
