"""How long `faqbot ask` takes as a whole process, beside a bare interpreter in the same run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[1]
BARE = (sys.executable, "-c", "pass")
COMMANDS = {
    "python -c pass": BARE,
    "faqbot --version": (sys.executable, "-m", "bot", "--version"),
    "faqbot config": (sys.executable, "-m", "bot", "config"),
    "faqbot topics": (sys.executable, "-m", "bot", "topics"),
    "faqbot ask": (sys.executable, "-m", "bot", "ask", "is ketamine an opioid?"),
}


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """How long a command takes, from its start to its end; it has to succeed."""
    start = perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return perf_counter() - start


def measure(rounds: int) -> dict[str, float]:
    """The median of every command in milliseconds; they take turns, so that a busy moment meets them all."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE" and k[:7] != "FAQBOT_"}
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command, environment)  # writes byte code, and warms the disk's cache
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            times[name].append(seconds(command, environment))
    return {name: 1000 * median(found) for name, found in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="of every command (default: 30)")
    found = measure(max(1, parser.parse_args().rounds))
    bare = found["python -c pass"]
    print("| whole process | median ms | beside a bare interpreter |")
    print("|---|---|---|")
    for name, milliseconds in found.items():
        print(f"| {name} | {milliseconds:.0f} | {milliseconds / bare:.1f} × |")


if __name__ == "__main__":
    main()
